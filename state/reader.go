package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// readers is how many reads may run at a time.
const readers = 4

// maxReads is how often a read is begun anew before it gives up.
const maxReads = 10

// reader holds the connections that read.
//
// SQLite's readers of a log write to the index beside it, even on behalf of a
// connection that reads only. A process that must leave no trace therefore reads
// a file without a log as one that nobody writes, and looks after each read
// whether that held. When a writer came meanwhile the log is there, and the read
// is done again through it.
type reader struct {
	mu     sync.Mutex
	pool   *sql.DB
	frozen bool
	seen   stamp
	closed bool
}

// stamp changes when somebody else has written.
type stamp struct {
	log     bool // there is something in the write-ahead log
	size    int64
	changed time.Time
}

func takeStamp(path string) (stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}, fmt.Errorf("opening the state: %w", err)
	}
	log, err := os.Stat(path + "-wal")
	return stamp{log: err == nil && log.Size() > 0, size: info.Size(), changed: info.ModTime()}, nil
}

// openReader opens the connections that read, in the way that the mode wants.
func (db *DB) openReader(ctx context.Context) error {
	if db.mode != ReadOnly {
		pool, err := openPool(db.path, reading, readers)
		db.reader.pool = pool
		return err
	}
	head, err := peek(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("nothing is remembered yet: %w", err)
	}
	if err != nil {
		return err
	}
	if err := versionError(db.path, head.version); err != nil {
		return err
	}
	if err := db.reopen(); err != nil {
		return err
	}
	return db.readWith(func(pool *sql.DB) error { return db.check(ctx, pool) })
}

// reopen looks anew whether somebody writes, and opens the connections
// accordingly.
func (db *DB) reopen() error {
	r := &db.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return sql.ErrConnDone
	}
	seen, err := takeStamp(db.path)
	if err != nil {
		return err
	}
	as := frozen
	if seen.log {
		as = looking
	}
	pool, err := openPool(db.path, as, readers)
	if err != nil {
		return err
	}
	if r.pool != nil {
		err = r.pool.Close()
	}
	r.pool, r.frozen, r.seen = pool, as == frozen, seen
	return err
}

// readWith runs a read, and runs it again when somebody wrote under it.
func (db *DB) readWith(read func(*sql.DB) error) error {
	for try := 0; ; try++ {
		db.reader.mu.Lock()
		pool, frozen, seen, closed := db.reader.pool, db.reader.frozen, db.reader.seen, db.reader.closed
		db.reader.mu.Unlock()
		if closed {
			return sql.ErrConnDone
		}
		err := read(pool)
		if !frozen {
			return err
		}
		if try == maxReads {
			return errors.New("the file changes under each read")
		}
		if now, failed := takeStamp(db.path); failed != nil || now == seen {
			return errors.Join(err, failed)
		}
		if err := db.reopen(); err != nil {
			return err
		}
	}
}

// close ends all reads.
func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.pool == nil {
		return nil
	}
	return r.pool.Close()
}
