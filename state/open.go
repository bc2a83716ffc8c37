package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the database driver
)

// Version is the schema that this build writes.
const Version = 1

// applicationID marks a SQLite file as albumen's ("albm").
const applicationID = 0x616c626d

//go:embed migrations/*.sql
var migrations embed.FS

// Mode says how much an opener may change.
type Mode int

// The modes.
const (
	// ReadOnly opens what exists and never writes.
	ReadOnly Mode = iota
	// Observe may write caches: file digests and the count of calls. Any number
	// of observers may work beside an applier.
	Observe
	// Apply may write everything and excludes other appliers.
	Apply
)

// Options say what to open. Dir must be set.
type Options struct {
	Dir     string // the folder of the state; made if it is not there, but in ReadOnly
	Mode    Mode
	Command string // told to a second applier; may be empty
	Logger  *slog.Logger
}

// DB is an open state. It is safe for concurrent use.
type DB struct {
	sql  *sql.DB
	path string
	mode Mode
	lock *flock.Flock
}

// Open opens the state of a folder and brings its schema up to date. Its errors
// say what is wrong in words for a user; LockedError, NewerSchemaError and
// DamagedError can be told apart. When it fails it has changed nothing that was
// there before.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{path: filepath.Join(o.Dir, "state.db"), mode: o.Mode}
	if o.Mode != ReadOnly {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("making the state folder: %w", err)
		}
	}
	if o.Mode == Apply {
		if err := db.take(o); err != nil {
			return nil, err
		}
	}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// take gets the lock, or says who has it.
func (db *DB) take(o Options) error {
	path := filepath.Join(o.Dir, "lock")
	lock := flock.New(path, flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking the state: %w", err)
	}
	if !got {
		return holder(path)
	}
	db.lock = lock
	note := fmt.Sprintf("%d\n%s\n%s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339), o.Command)
	if err := os.WriteFile(path, []byte(note), 0o600); err != nil {
		return errors.Join(fmt.Errorf("locking the state: %w", err), lock.Unlock())
	}
	return nil
}

// holder reads who holds a lock. What can't be read is left out.
func holder(path string) *LockedError {
	e := &LockedError{}
	note, err := os.ReadFile(path)
	if err != nil {
		return e
	}
	lines := strings.SplitN(string(note), "\n", 4)
	if len(lines) >= 3 {
		e.PID, _ = strconv.Atoi(lines[0])
		e.Since, _ = time.Parse(time.RFC3339, lines[1])
		e.Command = lines[2]
	}
	return e
}

func (db *DB) open(ctx context.Context) error {
	created := false
	if _, err := os.Stat(db.path); errors.Is(err, fs.ErrNotExist) {
		if db.mode == ReadOnly {
			return fmt.Errorf("there is no state in %s yet", filepath.Dir(db.path))
		}
		f, err := os.OpenFile(db.path, os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("making the state: %w", err)
		}
		created = true
		if err := f.Close(); err != nil {
			return fmt.Errorf("making the state: %w", err)
		}
	}
	if err := db.connect(ctx, ""); err != nil {
		if db.mode != ReadOnly || !isReadOnly(err) {
			return db.told(err)
		}
		// SQLite wants to write beside a database that it only reads, unless the
		// database can't change.
		if err := db.connect(ctx, "&immutable=1"); err != nil {
			return db.told(err)
		}
	}
	if db.mode == ReadOnly {
		return nil
	}
	if err := db.migrate(ctx); err != nil {
		if created {
			_ = os.Remove(db.path)
		}
		return db.told(err)
	}
	return nil
}

// connect opens the file and looks whether it is albumen's and not newer than
// this build, before anything is written.
func (db *DB) connect(ctx context.Context, extra string) error {
	name := "file:" + (&url.URL{Path: db.path}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)"
	if db.mode == ReadOnly {
		name += "&mode=ro&_pragma=query_only(1)" + extra
	}
	conn, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	conn.SetMaxOpenConns(1)
	conn.SetConnMaxIdleTime(0)
	version, id, tables := 0, 0, 0
	err = errors.Join(
		conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
		conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id),
		conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables),
	)
	switch {
	case err != nil:
	case tables > 0 && id != applicationID:
		err = &DamagedError{Path: db.path, Err: errors.New("it is a database of something else")}
	case version > Version:
		err = &NewerSchemaError{Path: db.path, Found: version, Known: Version}
	}
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	db.sql = conn
	return nil
}

// migrate brings the schema up to date, each step in one transaction.
func (db *DB) migrate(ctx context.Context) error {
	if _, err := db.sql.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	for {
		done, err := db.step(ctx)
		if err != nil || done {
			return err
		}
	}
}

// step makes one migration, or reports that none is left. It looks at the
// version inside of its transaction: another process may have been quicker.
func (db *DB) step(ctx context.Context) (done bool, err error) {
	err = db.write(ctx, func(tx *sql.Tx) error {
		version := 0
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		if version >= Version {
			done = true
			return nil
		}
		script, err := migrations.ReadFile(fmt.Sprintf("migrations/%04d.sql", version+1))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("bringing the state to version %d: %w", version+1, err)
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+1))
		return err
	})
	return done, err
}

// Close ends all work and lets the lock go.
func (db *DB) Close() error {
	var errs []error
	if db.sql != nil {
		errs = append(errs, db.sql.Close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Unlock())
	}
	return errors.Join(errs...)
}

// write runs f in one transaction that is durable when it returns.
func (db *DB) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.told(err)
	}
	if err := f(tx); err != nil {
		return errors.Join(db.told(err), rollback(tx))
	}
	return db.told(tx.Commit())
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// needs refuses what the mode does not allow, before anything is written.
func (db *DB) needs(m Mode) error {
	if db.mode < m {
		return fmt.Errorf("the state was opened to %s only", [...]string{"read", "observe", "apply"}[db.mode])
	}
	return nil
}
