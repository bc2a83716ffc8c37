package state

import (
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
)

// LockedError says that another process applies. Fields that could not be found
// out are zero.
type LockedError struct {
	PID     int
	Command string
	Since   time.Time
}

// Error names the holder.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return "another albumen works on this state"
	}
	return fmt.Sprintf("another albumen works on this state: process %d (%s), since %s", e.PID, e.Command, e.Since.Local().Format("15:04:05 on 2 January"))
}

// NewerSchemaError says that a later albumen wrote the state.
type NewerSchemaError struct {
	Path         string
	Found, Known int
}

// Error names both versions and the remedy.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("%s has schema version %d, and this albumen knows version %d: use a newer albumen; nothing was changed", e.Path, e.Found, e.Known)
}

// DamagedError says that the file is no sound state.
type DamagedError struct {
	Path string
	Err  error
}

// Error names the file and the remedy.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged (%v): put a backup in its place, or move it away and adopt the albums anew; nothing was changed", e.Path, e.Err)
}

// Unwrap is the database's own error.
func (e *DamagedError) Unwrap() error { return e.Err }

// OpenIntentError says that the same wish is under way or in doubt already.
type OpenIntentError struct{ ID string }

// Error names the intent.
func (e *OpenIntentError) Error() string {
	return fmt.Sprintf("the write %s is open already: it is settled before it is tried again", e.ID)
}

// EndpointError says that an account's memory is of another service.
type EndpointError struct{ Account, Known, Asked string }

// Error names both services and the remedy.
func (e *EndpointError) Error() string {
	return fmt.Sprintf("the state knows the account %q at %s, not at %s: name another --state-dir for the other service", e.Account, e.Known, e.Asked)
}

// SQLite's result codes that have a cause a user can mend.
const (
	codeBusy     = 5
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
)

// code is the primary result code of a database error, 0 for other errors.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func isReadOnly(err error) bool {
	c := code(err)
	return c == codeReadOnly || c == codeCantOpen
}

// told puts a database error into a user's words.
func (db *DB) told(err error) error {
	if err == nil {
		return nil
	}
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return err
	}
	switch code(err) {
	case codeCorrupt, codeNotADB:
		return &DamagedError{Path: db.path, Err: err}
	case codeFull:
		return fmt.Errorf("no space is left for the state %s: %w", db.path, err)
	case codeReadOnly, codeCantOpen:
		return fmt.Errorf("the state %s can't be written: %w", db.path, err)
	case codeBusy:
		return fmt.Errorf("the state %s is held by another process for too long: %w", db.path, err)
	case codeIO:
		return fmt.Errorf("the disk of the state %s fails: %w", db.path, err)
	}
	return err
}
