package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Backup writes the memory as it is in one moment into a file of its own, for this
// user alone, while another process may work. The copy is checked before it gets
// its name, so that a crash or a full disk leaves none that can't be restored. A
// file that is there already is only replaced with overwrite; else the error is
// fs.ErrExist.
//
// The copy holds what the memory holds, upload tokens included.
func (db *DB) Backup(ctx context.Context, file string, overwrite bool) (err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	if err := db.mayBackUp(file, overwrite); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("writing the backup: %w", elsewhere(file, err))
	}
	defer func() { _ = os.Remove(fresh.Name()) }()
	err = errors.Join(fresh.Close(), db.copyTo(ctx, fresh.Name()))
	if err != nil {
		return fmt.Errorf("writing the backup: %w", db.explainCopy(file, err))
	}
	if _, err := verify(ctx, fresh.Name()); err != nil {
		return fmt.Errorf("checking the backup: %w", err)
	}
	if err := give(fresh.Name(), file, overwrite); err != nil {
		return fmt.Errorf("writing the backup: %w", elsewhere(file, err))
	}
	return nil
}

// copyTo copies one moment of the state into a file. Where this process writes,
// its readers may not even write elsewhere, so that one of another kind does it.
func (db *DB) copyTo(ctx context.Context, file string) error {
	take := func(pool *sql.DB) error {
		return errors.Join(os.Truncate(file, 0), copyInto(ctx, pool, file))
	}
	if db.mode == ReadOnly {
		return db.readWith(take)
	}
	pool, err := openPool(db.path, looking, 1)
	if err != nil {
		return err
	}
	return errors.Join(take(pool), pool.Close())
}

// mayBackUp refuses a name that is taken, before anything is copied.
func (db *DB) mayBackUp(file string, overwrite bool) error {
	there, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if own, err := os.Stat(db.path); err == nil && os.SameFile(own, there) {
		return fmt.Errorf("%s is the state itself", file)
	}
	if !overwrite {
		return &fs.PathError{Op: "create", Path: file, Err: fs.ErrExist}
	}
	return nil
}

// give lets a complete file have its name. Nothing that came there meanwhile is
// replaced unless it may be.
func give(fresh, file string, overwrite bool) error {
	if !overwrite {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if err := os.Rename(fresh, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// copyInto writes one moment of a database into an empty file, durably.
func copyInto(ctx context.Context, pool *sql.DB, file string) error {
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// verify opens a file that nobody writes and makes sure that it is a whole state:
// of this program, of a schema that it knows, and sound in every page. It tells
// the version of the schema.
func verify(ctx context.Context, path string) (version int, err error) {
	head, err := peek(path)
	if err != nil {
		return 0, err
	}
	if err := versionError(path, head.version); err != nil {
		return 0, err
	}
	pool, err := openPool(path, frozen, 1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return head.version, sound(ctx, pool, path)
}

// sound runs the database's own checks of the whole file.
func sound(ctx context.Context, pool *sql.DB, path string) error {
	var verdict, table string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return elsewhere(path, err)
	}
	if verdict != "ok" {
		return &DamagedError{path, errors.New(verdict)}
	}
	err := pool.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	switch {
	case err == nil:
		return &DamagedError{path, fmt.Errorf("a row of %s belongs to nothing", table)}
	case errors.Is(err, sql.ErrNoRows):
		return nil
	}
	return elsewhere(path, err)
}

// explainCopy tells whether a copy failed at the state or at where it goes.
func (db *DB) explainCopy(file string, err error) error {
	var failed *sqlite.Error
	if errors.As(err, &failed) {
		if code := failed.Code() & 0xff; code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB {
			return db.explain(err)
		}
	}
	return elsewhere(file, err)
}

// elsewhere explains the error of a file that is not the open state.
func elsewhere(file string, err error) error {
	return (&DB{path: file, mode: Apply}).explain(err)
}
