package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Account is the memory of one account. All rows belong to one, so that two
// accounts in a file never meet.
type Account struct {
	db   *DB
	name string
}

// Account names an account. It need not be known yet.
func (db *DB) Account(name string) *Account { return &Account{db: db, name: name} }

// tx is one change in the making.
type tx struct {
	db      *DB
	ctx     context.Context
	sql     *sql.Tx
	conn    *sql.Conn            // of the transaction, where it reads
	account int64                // the row of accounts
	shown   bool                 // something changed that View shows
	stmts   map[string]*sql.Stmt // by query; the transaction closes them
}

// write makes one change to the account.
func (a *Account) write(ctx context.Context, what string, mode Mode, change func(*tx) error) error {
	err := a.db.write(ctx, mode, func(t *tx) error { return a.count(t, change) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// count runs a change on the account's row and moves the serial if it showed.
func (a *Account) count(t *tx, change func(*tx) error) error {
	known, err := t.row([]any{&t.account}, "SELECT id FROM accounts WHERE name = ?", a.name)
	if err == nil && !known {
		_, err = t.row([]any{&t.account}, "INSERT INTO accounts (name) VALUES (?) RETURNING id", a.name)
	}
	if err != nil {
		return err
	}
	if err := change(t); err != nil || !t.shown {
		return err
	}
	_, err = t.exec("UPDATE accounts SET serial = serial + 1 WHERE id = ?", t.account)
	return err
}

// write makes one change: all of it or nothing, durable when it returns. It is
// not begun when ctx is over and not torn when ctx ends meanwhile: it takes
// milliseconds, and a change that was begun is worth its end.
func (db *DB) write(ctx context.Context, mode Mode, change func(*tx) error) error {
	if err := errors.Join(db.needs(mode), ctx.Err()); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	begun, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(err)
	}
	defer func() { _ = begun.Rollback() }()
	if err := change(&tx{db: db, ctx: ctx, sql: begun}); err != nil {
		return db.explain(err)
	}
	return db.explain(begun.Commit())
}

// read gives one moment of the state to a function, which may be run again.
func (db *DB) read(ctx context.Context, look func(*tx) error) error {
	return db.explain(db.readWith(func(pool *sql.DB) error {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		begun, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return err
		}
		defer func() { _ = begun.Rollback() }()
		return look(&tx{ctx: ctx, sql: begun, conn: conn})
	}))
}

// read gives one moment of the account to a function, which may be run again. An
// account that is not known yet has the row 0, to which nothing belongs.
func (a *Account) read(ctx context.Context, what string, look func(*tx) error) error {
	err := a.db.read(ctx, func(t *tx) error {
		if _, err := t.row([]any{&t.account}, "SELECT id FROM accounts WHERE name = ?", a.name); err != nil {
			return err
		}
		return look(t)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// prepared returns the statement of a query, made at its first use: a change of
// fifty members is made of the same few queries again and again.
func (t *tx) prepared(query string) (*sql.Stmt, error) {
	if stmt := t.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := t.sql.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	if t.stmts == nil {
		t.stmts = map[string]*sql.Stmt{}
	}
	t.stmts[query] = stmt
	return stmt, nil
}

// row runs a query of at most one row and scans it. It reports whether there was
// one.
func (t *tx) row(into []any, query string, args ...any) (bool, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// exec runs a statement and tells how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// change runs a statement on what View shows. It is written so that a row that
// would stay the same is not counted.
func (t *tx) change(query string, args ...any) error {
	n, err := t.exec(query, args...)
	t.shown = t.shown || n > 0
	return err
}

// each runs a query and gives its rows to a function.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := t.prepared(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
