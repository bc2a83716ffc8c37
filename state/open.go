package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Mode is what a process may do with the state.
type Mode int

// The modes, from the most careful to the one that may do all.
const (
	// ReadOnly opens only what exists and leaves it as it is. It works while
	// another process writes, and in a folder that can't be written to.
	ReadOnly Mode = iota
	// Observe may write the caches: files and quota. Several processes may, beside
	// one that applies.
	Observe
	// Apply may write all. One process at a time may.
	Apply
)

// String is the mode as an error names it.
func (m Mode) String() string {
	switch m {
	case ReadOnly:
		return "read"
	case Observe:
		return "observe"
	case Apply:
		return "apply"
	}
	return fmt.Sprintf("mode %d", int(m))
}

// Options say where the state is and what for it is opened. Dir must be set.
type Options struct {
	Dir     string // made if it is missing, for this user alone
	Mode    Mode   // the zero value only reads
	Command string // told to a second process that wants to apply
	Client  string // the OAuth client whose calls are counted; "" is a client, too
	Logger  *slog.Logger
}

// The files of a state folder.
const (
	fileName = "state.db"
	lockName = "lock"
)

// busyTimeout is how long a write waits for that of another process.
const busyTimeout = 5 * time.Second

// DB is an open state. It is safe for concurrent use.
type DB struct {
	path   string
	mode   Mode
	client string
	log    *slog.Logger
	lock   *flock.Flock // nil unless the mode is Apply
	writer *sql.DB      // one connection; nil when the mode is ReadOnly
	reader reader
}

// Open opens the state of a folder, creates it if the mode allows, and brings an
// older schema forward. Its errors are *LockedError, *NewerSchemaError,
// *OlderSchemaError, *DamagedError, *FullError, *ReadOnlyError, *BusyError, or
// those of the system; fs.ErrNotExist says that there is nothing to read. After an error all
// is as it was.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Dir == "" {
		return nil, errors.New("opening the state: no folder given")
	}
	if o.Mode < ReadOnly || o.Mode > Apply {
		return nil, fmt.Errorf("opening the state: there is no %s", o.Mode)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the state: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{path: filepath.Join(dir, fileName), mode: o.Mode, client: o.Client, log: o.Logger}
	if err := db.open(ctx, dir, o.Command); err != nil {
		err = db.explain(err)
		if failed := db.Close(); failed != nil {
			err = errors.Join(err, failed)
		}
		return nil, err
	}
	db.log.Debug("state opened", "path", db.path, "mode", db.mode.String())
	return db, nil
}

func (db *DB) open(ctx context.Context, dir, command string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("opening the state: %s is a file, and a folder is needed", dir)
	}
	if db.mode == ReadOnly {
		return db.openReader(ctx)
	}
	if err := db.openWriter(ctx, dir, command); err != nil {
		return err
	}
	return db.openReader(ctx)
}

// openWriter makes sure that the file is there and of this schema, under the
// lock. A process that observes keeps the lock only while it has to change the
// file as a whole, which is at its very first use and after an update. A file
// that can't be used is refused before anything is touched.
func (db *DB) openWriter(ctx context.Context, dir, command string) error {
	if _, err := db.ready(); err != nil {
		return err
	}
	err := os.MkdirAll(dir, 0o700)
	if err != nil {
		return fmt.Errorf("opening the state: %w", err)
	}
	lock := filepath.Join(dir, lockName)
	if db.mode == Apply {
		if db.lock, err = takeLock(lock, command); err != nil {
			return err
		}
	}
	ready, err := db.ready()
	if err != nil {
		return err
	}
	if !ready && db.mode == Observe {
		held, err := db.waitForLock(ctx, lock, command)
		if err != nil {
			return err
		}
		if held != nil {
			defer func() { _ = held.Unlock() }()
		}
	}
	if !ready {
		if err := db.create(ctx); err != nil {
			return err
		}
	}
	db.writer, err = openPool(db.path, writing, 1)
	if err != nil {
		return err
	}
	return db.check(ctx, db.writer)
}

// Close ends all work with the state and lets go of the lock. It may be called
// again.
func (db *DB) Close() error {
	err := db.reader.close()
	if db.writer != nil {
		err = errors.Join(err, db.writer.Close())
	}
	if db.lock != nil {
		err = errors.Join(err, db.lock.Unlock())
	}
	if err != nil {
		return fmt.Errorf("closing the state: %w", db.explain(err))
	}
	return nil
}

// needs refuses what the mode does not allow.
func (db *DB) needs(mode Mode) error {
	if db.mode < mode {
		return &ModeError{Mode: db.mode, Needs: mode}
	}
	return nil
}
