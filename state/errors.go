package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// LockedError says that another process works on the state.
type LockedError struct {
	Dir     string
	PID     int       // 0 when the holder has not said yet
	Command string    // as the holder was told by its Options
	Since   time.Time // zero when the holder has not said yet
}

// Error says who holds the lock, and since when.
func (e *LockedError) Error() string {
	who := "another process"
	if e.Command != "" {
		who = fmt.Sprintf("%q", e.Command)
	}
	if e.PID != 0 {
		who += fmt.Sprintf(" (process %d, since %s)", e.PID, e.Since.Local().Format(time.DateTime))
	}
	return fmt.Sprintf("the state in %s is in use by %s", e.Dir, who)
}

// NewerSchemaError says that a newer albumen has written the state.
type NewerSchemaError struct {
	Path         string
	Found, Known int
}

// Error names both versions and the remedy.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("the state %s has schema version %d, and this albumen knows versions up to %d: use the newer albumen, or restore a backup from before it", e.Path, e.Found, e.Known)
}

// OlderSchemaError says that the state has to be brought forward first, by a
// process that may write.
type OlderSchemaError struct {
	Path         string
	Found, Known int
}

// Error names both versions and the remedy.
func (e *OlderSchemaError) Error() string {
	return fmt.Sprintf("the state %s has schema version %d, and this albumen needs version %d: run a command that may write, once", e.Path, e.Found, e.Known)
}

// DamagedError says that the file can't be read as a state.
type DamagedError struct {
	Path string
	Err  error
}

// Error names the damage and the remedy.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("the state %s is damaged (%v): restore a backup", e.Path, e.Err)
}

// Unwrap is the damage itself.
func (e *DamagedError) Unwrap() error { return e.Err }

// FullError says that the disk is full. Nothing of the failed change was kept.
type FullError struct {
	Path string
	Err  error
}

// Error names the place and the remedy.
func (e *FullError) Error() string {
	return fmt.Sprintf("no space left for the state %s, and nothing was changed: free some space", e.Path)
}

// Unwrap is the system's or the database's error.
func (e *FullError) Unwrap() error { return e.Err }

// ReadOnlyError says that the state's folder or file can't be written to.
type ReadOnlyError struct {
	Path string
	Err  error
}

// Error names the place and the remedy.
func (e *ReadOnlyError) Error() string {
	return fmt.Sprintf("the state %s can't be written to (%v), and nothing was changed: make the folder and its files writable for this user, or choose another folder", e.Path, e.Err)
}

// Unwrap is the system's or the database's error.
func (e *ReadOnlyError) Unwrap() error { return e.Err }

// BusyError says that another process has the state open in a way that leaves no
// room for this one, for longer than is worth waiting.
type BusyError struct {
	Path string
	Err  error
}

// Error names the state.
func (e *BusyError) Error() string {
	return fmt.Sprintf("another process keeps the state %s busy: %v", e.Path, e.Err)
}

// Unwrap is the database's error.
func (e *BusyError) Unwrap() error { return e.Err }

// ModeError says that a method needs the state opened in another mode.
type ModeError struct {
	Mode, Needs Mode
}

// Error names both modes.
func (e *ModeError) Error() string {
	return fmt.Sprintf("the state is open to %s, and this needs it open to %s: nothing was changed", e.Mode, e.Needs)
}

// EndpointError says that an account lives on another service than asked.
type EndpointError struct {
	Account      string
	Bound, Asked string
}

// Error names both services and the remedy.
func (e *EndpointError) Error() string {
	return fmt.Sprintf("what is remembered of the account %q is about %s, not %s: use another account name or another state folder", e.Account, e.Bound, e.Asked)
}

// OpenIntentError says that the same wish is open already.
type OpenIntentError struct {
	ID       string
	OpenedAt time.Time
	Doubt    bool
}

// Error says since when, and whether an answer is awaited or lost.
func (e *OpenIntentError) Error() string {
	what := "open"
	if e.Doubt {
		what = "in doubt"
	}
	return fmt.Sprintf("the write %s is %s since %s", e.ID, what, e.OpenedAt.Local().Format(time.DateTime))
}

// NoIntentError says that no intent of this id is open.
type NoIntentError struct{ ID string }

// Error names the id.
func (e *NoIntentError) Error() string { return fmt.Sprintf("no write %s is open", e.ID) }

// UnboundError says that no album is bound to a key.
type UnboundError struct{ Key string }

// Error names the key.
func (e *UnboundError) Error() string { return fmt.Sprintf("no album is bound to %q", e.Key) }

// BoundError says that a binding would take what is bound already.
type BoundError struct {
	ID  string // the album
	Key string // that the album, or another one, is bound to
}

// Error names the album and the key that it is bound to.
func (e *BoundError) Error() string {
	return fmt.Sprintf("the album %s is bound to %q already", e.ID, e.Key)
}

// explain turns the errors of the database and the system into those of this
// package, which say what to do.
func (db *DB) explain(err error) error {
	var failed *sqlite.Error
	var malformed malformedError
	switch {
	case err == nil || explained(err):
		return err
	case errors.As(err, &malformed):
		return &DamagedError{db.path, err}
	case errors.As(err, &failed):
		return explainCode(db.path, failed.Code(), err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &FullError{db.path, err}
	case db.mode != ReadOnly && errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &ReadOnlyError{db.path, err}
	}
	return err
}

// explained reports whether an error is one of this package's already, of this
// file or of another one.
func explained(err error) bool {
	var damaged *DamagedError
	var full *FullError
	var readOnly *ReadOnlyError
	return errors.As(err, &damaged) || errors.As(err, &full) || errors.As(err, &readOnly)
}

func explainCode(path string, code int, err error) error {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return &FullError{path, err}
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return &FullError{path, err}
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return &DamagedError{path, err}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return &ReadOnlyError{path, err}
	case sqlite3.SQLITE_CANTOPEN:
		return explainCantOpen(path, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &BusyError{path, err}
	}
	return err
}

// explainCantOpen asks the system what the database does not say: whether the
// file may be read at all.
func explainCantOpen(path string, err error) error {
	f, opening := os.Open(path)
	if opening != nil {
		return fmt.Errorf("opening the state: %w", opening)
	}
	_ = f.Close()
	return &ReadOnlyError{path, err}
}
