package state

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// access is what a connection may do with the file.
type access int

const (
	writing access = iota
	reading        // beside the writer of the same process
	looking        // from a process that never writes
	frozen         // of a file that nobody writes
)

// openPool makes a pool of connections. None is opened before it is used.
func openPool(path string, as access, size int) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"foreign_keys(1)", "synchronous(FULL)", "fullfsync(1)", "journal_size_limit(16777216)",
	}}
	switch as {
	case writing:
		q.Set("mode", "rw")
		q.Set("_txlock", "immediate")
	case reading:
		q.Set("mode", "rw")
		q.Set("_query_only", "1")
	case looking:
		q.Set("mode", "ro")
	case frozen:
		q.Set("mode", "ro")
		q.Set("immutable", "1")
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	if filepath.VolumeName(path) != "" {
		name.Path = "/" + name.Path
	}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, fmt.Errorf("opening the state: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// applicationID stands in the file's header, so that another program's database
// is not taken for a state.
const applicationID = 0x616c626d // "albm"

// header is what the first bytes of the file tell without opening it. A newer
// version may still stand in the write-ahead log, so that it is asked for again.
type header struct {
	version int
}

// peek reads the header. A file that is no state is an error, and so is an empty
// one: the file is complete from the moment that it has its name.
func peek(path string) (header, error) {
	f, err := os.Open(path)
	if err != nil {
		return header{}, fmt.Errorf("opening the state: %w", err)
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return header{}, &DamagedError{path, errors.New("it is too short")}
	} else if err != nil {
		return header{}, fmt.Errorf("opening the state: %w", err)
	}
	if !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return header{}, &DamagedError{path, errors.New("it is no SQLite database")}
	}
	if binary.BigEndian.Uint32(head[68:]) != applicationID {
		return header{}, &DamagedError{path, errors.New("it is the database of another program")}
	}
	return header{version: int(binary.BigEndian.Uint32(head[60:]))}, nil
}

// ready reports whether the file is there and of this schema, as far as its
// header says.
func (db *DB) ready() (bool, error) {
	head, err := peek(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, db.orphanedLog()
	}
	if err != nil {
		return false, err
	}
	return head.version == schemaVersion(), versionError(db.path, head.version)
}

// orphanedLog refuses to create a file beside the log of another one: SQLite
// would take the log's pages into it.
func (db *DB) orphanedLog() error {
	info, err := os.Stat(db.path + "-wal")
	if err != nil || info.Size() == 0 {
		return nil
	}
	return &DamagedError{db.path, errors.New("the file is gone, and its -wal file is not")}
}

// create makes a new file or brings an old one forward. A new file gets its name
// when it is complete, so that a crash leaves none that looks damaged. The caller
// holds the lock.
func (db *DB) create(ctx context.Context) error {
	if ready, err := db.ready(); ready || err != nil {
		return err
	}
	if _, err := os.Stat(db.path); err == nil {
		return db.migrateFile(ctx, db.path)
	}
	fresh := db.path + ".new"
	removeDatabase(fresh)
	defer removeDatabase(fresh)
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("creating the state: %w", err)
	}
	if err := errors.Join(f.Close(), db.migrateFile(ctx, fresh)); err != nil {
		return fmt.Errorf("creating the state: %w", err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(db.path + suffix)
	}
	if err := os.Rename(fresh, db.path); err != nil {
		return fmt.Errorf("creating the state: %w", err)
	}
	return syncFolder(filepath.Dir(db.path))
}

// removeDatabase removes a file that never became a state, with what SQLite keeps
// beside it.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(path + suffix)
	}
}

// syncFolder makes the new name durable. Systems that can't do so for a folder
// do it by themselves.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = f.Sync()
	return f.Close()
}

// check makes sure that the file opens, is of this schema and keeps a
// write-ahead log. It reads the first page and the list of tables, no more.
func (db *DB) check(ctx context.Context, pool *sql.DB) error {
	var version, tables int
	if err := pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := versionError(db.path, version); err != nil {
		return err
	}
	if version < schemaVersion() {
		return &OlderSchemaError{Path: db.path, Found: version, Known: schemaVersion()}
	}
	if err := pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM accounts").Scan(&tables); err != nil {
		return err
	}
	if db.mode == ReadOnly {
		return nil
	}
	var journal string
	if err := pool.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&journal); err != nil {
		return err
	}
	// SQLite opens a file that can't be written to all the same, and complains at
	// the first write. This one changes nothing.
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}
