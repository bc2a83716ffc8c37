package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Account is one account's part of the state. It is safe for concurrent use.
type Account struct {
	db   *DB
	name string
}

// Account is the memory of the account of a name, empty when it is new.
func (db *DB) Account(name string) *Account { return &Account{db: db, name: name} }

// tokenLife is how long an upload token is trusted: Google's day, less an hour
// for the work that is still to be done with it.
const tokenLife = 23 * time.Hour

// BindEndpoint remembers at the first call which service the account lives on,
// and answers an EndpointError when it is another one later.
func (a *Account) BindEndpoint(ctx context.Context, endpoint string) error {
	known := ""
	err := a.db.sql.QueryRowContext(ctx, "SELECT endpoint FROM accounts WHERE name = ?", a.name).Scan(&known)
	switch {
	case err == nil && known == endpoint:
		return nil
	case err == nil && known != "":
		return &EndpointError{Account: a.name, Known: known, Asked: endpoint}
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return a.db.told(err)
	}
	if err := a.db.needs(Apply); err != nil {
		return err
	}
	return a.db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (name, endpoint) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET endpoint = excluded.endpoint", a.name, endpoint)
		return err
	})
}

// change runs f and raises the account's serial in one transaction.
func (a *Account) change(ctx context.Context, f func(*sql.Tx) error) error {
	if err := a.db.needs(Apply); err != nil {
		return err
	}
	return a.db.write(ctx, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (name, serial) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET serial = serial + 1", a.name)
		return err
	})
}

// Intend notes a write before it is made. It is durable when Intend returns. An
// intent of the same id that is still open is an OpenIntentError.
func (a *Account) Intend(ctx context.Context, i Intent) error {
	return a.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO intents (account, id, key, kind, payload, opened_at, note)
			VALUES (?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING`,
			a.name, i.ID, i.Key, i.Kind, []byte(i.Payload), nanos(i.OpenedAt))
		if err != nil {
			return fmt.Errorf("noting the write: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, &OpenIntentError{ID: i.ID})
		}
		return nil
	})
}

// Doubt notes why the end of an open intent is not known.
func (a *Account) Doubt(ctx context.Context, id, note string) error {
	return a.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE intents SET note = ? WHERE account = ? AND id = ?", note, a.name, id)
		return err
	})
}

// Settle ends an open intent and writes its effects, in one transaction. An
// intent that did not happen is settled with no effects.
func (a *Account) Settle(ctx context.Context, id string, e Effects) error {
	return a.change(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM intents WHERE account = ? AND id = ?", a.name, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("the write %s is not open", id))
		}
		return a.apply(ctx, tx, e)
	})
}

// Record writes effects that come of no write, such as those of a look. It
// writes nothing when there are none.
func (a *Account) Record(ctx context.Context, e Effects) error {
	if e.empty() {
		return nil
	}
	return a.change(ctx, func(tx *sql.Tx) error { return a.apply(ctx, tx, e) })
}

// View reads all that a pass needs at one moment.
func (a *Account) View(ctx context.Context) (View, error) {
	v := View{Members: map[string][]Member{}}
	tx, err := a.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return v, a.db.told(err)
	}
	err = a.view(ctx, tx, &v)
	return v, a.db.told(errors.Join(err, rollback(tx)))
}

func (a *Account) view(ctx context.Context, tx *sql.Tx, v *View) error {
	if err := tx.QueryRowContext(ctx, "SELECT serial FROM accounts WHERE name = ?", a.name).Scan(&v.Serial); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := a.viewAlbums(ctx, tx, v); err != nil {
		return err
	}
	err := each(ctx, tx, func(scan scanner) error {
		var l Lost
		var at int64
		err := scan(&l.Key, &l.Item, (*blob)(&l.Digest), &l.By, &at)
		l.At = when(at)
		v.Lost = append(v.Lost, l)
		return err
	}, "SELECT key, item, digest, by, at FROM lost WHERE account = ? ORDER BY key, item", a.name)
	if err != nil {
		return err
	}
	err = each(ctx, tx, func(scan scanner) error {
		var m Media
		var at int64
		err := scan((*blob)(&m.Digest), &m.Item, &m.FileName, &m.Refused, &at)
		m.CreatedAt = when(at)
		v.Media = append(v.Media, m)
		return err
	}, "SELECT digest, item, file_name, refused, created_at FROM media WHERE account = ? ORDER BY digest", a.name)
	if err != nil {
		return err
	}
	err = each(ctx, tx, func(scan scanner) error {
		var d Digest
		err := scan((*blob)(&d))
		v.Uploads = append(v.Uploads, d)
		return err
	}, "SELECT digest FROM uploads WHERE account = ? AND created_at > ? ORDER BY digest", a.name, nanos(time.Now().Add(-tokenLife)))
	if err != nil {
		return err
	}
	return a.viewWork(ctx, tx, v)
}

func (a *Account) viewAlbums(ctx context.Context, tx *sql.Tx, v *View) error {
	err := each(ctx, tx, func(scan scanner) error {
		var b Album
		var created, read, gone int64
		err := scan(&b.Key, &b.ID, &b.Title, &b.Cover, &b.URL, &b.OnRemove, &created, &read, &gone)
		b.CreatedAt, b.ReadAt, b.GoneAt = when(created), when(read), when(gone)
		v.Albums = append(v.Albums, b)
		return err
	}, "SELECT key, id, title, cover, url, on_remove, created_at, read_at, gone_at FROM albums WHERE account = ? ORDER BY key", a.name)
	if err != nil {
		return err
	}
	for i := range v.Albums {
		key := v.Albums[i].Key
		members, err := a.members(ctx, tx, key)
		if err != nil {
			return err
		}
		if len(members) > 0 {
			v.Members[key] = members
		}
	}
	return nil
}

// members reads one album's members in their order.
func (a *Account) members(ctx context.Context, tx *sql.Tx, key string) ([]Member, error) {
	n := 0
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM members WHERE account = ? AND key = ?", a.name, key).Scan(&n); err != nil || n == 0 {
		return nil, err
	}
	members := make([]Member, 0, n)
	err := each(ctx, tx, func(scan scanner) error {
		var m Member
		err := scan(&m.Item, (*blob)(&m.Digest), &m.Label, &m.FileName, &m.Ours)
		members = append(members, m)
		return err
	}, "SELECT item, digest, label, file_name, ours FROM members WHERE account = ? AND key = ? ORDER BY rank, item", a.name, key)
	return members, err
}

func (a *Account) viewWork(ctx context.Context, tx *sql.Tx, v *View) error {
	err := each(ctx, tx, func(scan scanner) error {
		var i Intent
		var at int64
		err := scan(&i.ID, &i.Key, &i.Kind, (*[]byte)(&i.Payload), &at, &i.Note)
		i.OpenedAt = when(at)
		v.Intents = append(v.Intents, i)
		return err
	}, "SELECT id, key, kind, payload, opened_at, note FROM intents WHERE account = ? ORDER BY opened_at, id", a.name)
	if err != nil {
		return err
	}
	return each(ctx, tx, func(scan scanner) error {
		var q Quarantine
		var at int64
		err := scan((*blob)(&q.Digest), &q.Item, &q.Key, &q.Label, &q.Message, &at, &q.Generation)
		q.Since = when(at)
		v.Quarantine = append(v.Quarantine, q)
		return err
	}, "SELECT digest, item, key, label, message, since, generation FROM quarantine WHERE account = ? ORDER BY label, digest, item", a.name)
}

type scanner func(dest ...any) error

// each calls f for every row of a query.
func each(ctx context.Context, tx *sql.Tx, f func(scanner) error, query string, args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// blob scans a digest without keeping the database's bytes; an empty one is the
// zero digest.
type blob Digest

// Scan implements sql.Scanner.
func (b *blob) Scan(src any) error {
	*b = blob{}
	raw, ok := src.([]byte)
	if !ok && src != nil || len(raw) != 0 && len(raw) != len(b) {
		return fmt.Errorf("a digest of %d bytes", len(raw))
	}
	copy(b[:], raw)
	return nil
}

// raw is a digest as it is stored.
func raw(d Digest) []byte {
	if d == (Digest{}) {
		return []byte{}
	}
	return d[:]
}

// nanos is a time as it is stored, and when reads it back.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func when(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}
