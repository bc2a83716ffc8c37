package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Files is what is remembered of files on disk, by path.
func (a *Account) Files(ctx context.Context) (map[string]File, error) {
	files := map[string]File{}
	tx, err := a.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, a.db.told(err)
	}
	err = each(ctx, tx, func(scan scanner) error {
		var f File
		var mod, taken, hashed, inode, device int64
		err := scan(&f.Path, &f.Size, &mod, &inode, &device, (*blob)(&f.Digest), &taken, &hashed)
		f.ModTime, f.Taken, f.HashedAt = when(mod), when(taken), when(hashed)
		f.Inode, f.Device = uint64(inode), uint64(device)
		files[f.Path] = f
		return err
	}, "SELECT path, size, mod_time, inode, device, digest, taken, hashed_at FROM files WHERE account = ?", a.name)
	return files, a.db.told(errors.Join(err, rollback(tx)))
}

// PutFiles remembers files, all in one transaction.
func (a *Account) PutFiles(ctx context.Context, files []File) error {
	if err := a.db.needs(Observe); err != nil || len(files) == 0 {
		return err
	}
	return a.db.write(ctx, func(tx *sql.Tx) error {
		w := writer{ctx: ctx, tx: tx, account: a.name}
		w.prepared(`INSERT INTO files (account, path, size, mod_time, inode, device, digest, taken, hashed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (account, path) DO UPDATE SET size = excluded.size, mod_time = excluded.mod_time, inode = excluded.inode,
			device = excluded.device, digest = excluded.digest, taken = excluded.taken, hashed_at = excluded.hashed_at`,
			len(files), func(i int) []any {
				f := &files[i]
				return []any{w.account, f.Path, f.Size, nanos(f.ModTime), int64(f.Inode), int64(f.Device), raw(f.Digest), nanos(f.Taken), nanos(f.HashedAt)}
			})
		return w.err
	})
}

// PutUpload remembers that Google holds some bytes, and forgets tokens that are
// too old to be of use.
func (a *Account) PutUpload(ctx context.Context, u Upload) error {
	if err := a.db.needs(Apply); err != nil {
		return err
	}
	return a.db.write(ctx, func(tx *sql.Tx) error {
		w := writer{ctx: ctx, tx: tx, account: a.name}
		w.exec("DELETE FROM uploads WHERE account = ? AND created_at <= ?", a.name, nanos(u.CreatedAt.Add(-tokenLife)))
		w.exec(`INSERT INTO uploads (account, digest, token, created_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, digest) DO UPDATE SET token = excluded.token, created_at = excluded.created_at`,
			a.name, raw(u.Digest), u.Token, nanos(u.CreatedAt))
		return w.err
	})
}

// UploadToken is the live token of some bytes, "" when there is none.
func (a *Account) UploadToken(ctx context.Context, d Digest) (string, error) {
	token := ""
	err := a.db.sql.QueryRowContext(ctx, "SELECT token FROM uploads WHERE account = ? AND digest = ? AND created_at > ?",
		a.name, raw(d), nanos(time.Now().Add(-tokenLife))).Scan(&token)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return token, a.db.told(err)
}

// Lease takes up to n of a day's calls in advance, as far as the limit lets it,
// and says how many it got. It is durable when it returns, so that a crash can
// only over-count.
func (db *DB) Lease(ctx context.Context, day string, n, limit int) (got int, err error) {
	if err := db.needs(Observe); err != nil {
		return 0, err
	}
	err = db.write(ctx, func(tx *sql.Tx) error {
		used, err := quota(ctx, tx, day)
		if err != nil {
			return err
		}
		if got = min(n, limit-used); got <= 0 {
			got = 0
			return nil
		}
		return spend(ctx, tx, day, got)
	})
	if err != nil {
		return 0, err
	}
	return got, nil
}

// Return gives back calls that were leased and not made.
func (db *DB) Return(ctx context.Context, day string, n int) error {
	if err := db.needs(Observe); err != nil || n <= 0 {
		return err
	}
	return db.write(ctx, func(tx *sql.Tx) error { return spend(ctx, tx, day, -n) })
}

// Quota is how many calls of a day are taken.
func (db *DB) Quota(ctx context.Context, day string) (int, error) {
	used, err := quota(ctx, db.sql, day)
	return used, db.told(err)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func quota(ctx context.Context, q querier, day string) (int, error) {
	used := 0
	err := q.QueryRowContext(ctx, "SELECT used FROM quota WHERE client = '' AND day = ?", day).Scan(&used)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return used, err
}

// spend counts calls and forgets the days before.
func spend(ctx context.Context, tx *sql.Tx, day string, n int) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO quota (client, day, used) VALUES ('', ?, ?) ON CONFLICT (client, day) DO UPDATE SET used = max(0, used + excluded.used)", day, n)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM quota WHERE client = '' AND day < ?", day)
	return err
}

// runsKept bounds the history.
const runsKept = 200

// AddRun remembers a run, and forgets those beyond the newest 200.
func (a *Account) AddRun(ctx context.Context, r Run) error {
	if err := a.db.needs(Apply); err != nil {
		return err
	}
	return a.db.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO runs (account, command, generation, outcome, started_at, ended_at, report) VALUES (?, ?, ?, ?, ?, ?, ?)",
			a.name, r.Command, r.Generation, r.Outcome, nanos(r.StartedAt), nanos(r.EndedAt), []byte(r.Report))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM runs WHERE account = ? AND id NOT IN (SELECT id FROM runs WHERE account = ? ORDER BY id DESC LIMIT ?)", a.name, a.name, runsKept)
		return err
	})
}

// Runs are the newest runs, the last first.
func (a *Account) Runs(ctx context.Context, n int) ([]Run, error) {
	tx, err := a.db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, a.db.told(err)
	}
	var runs []Run
	err = each(ctx, tx, func(scan scanner) error {
		var r Run
		var began, ended int64
		err := scan(&r.ID, &r.Command, &r.Generation, &r.Outcome, &began, &ended, (*[]byte)(&r.Report))
		r.StartedAt, r.EndedAt = when(began), when(ended)
		runs = append(runs, r)
		return err
	}, "SELECT id, command, generation, outcome, started_at, ended_at, report FROM runs WHERE account = ? ORDER BY id DESC LIMIT ?", a.name, n)
	return runs, a.db.told(errors.Join(err, rollback(tx)))
}

// Accounts are the names of the accounts that the state knows, sorted.
func (db *DB) Accounts(ctx context.Context) ([]string, error) {
	tx, err := db.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, db.told(err)
	}
	var names []string
	err = each(ctx, tx, func(scan scanner) error {
		name := ""
		err := scan(&name)
		names = append(names, name)
		return err
	}, "SELECT name FROM accounts ORDER BY name")
	return names, db.told(errors.Join(err, rollback(tx)))
}
