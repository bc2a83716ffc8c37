package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// holder is what the process that holds the lock writes into its file. The file
// stays when the process ends; only the system's lock on it counts.
type holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// takeLock takes the lock of a state folder or says who holds it.
func takeLock(path, command string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the state: %w", err)
	}
	if !ok {
		return nil, lockedBy(path)
	}
	text, err := json.Marshal(holder{PID: os.Getpid(), Command: command, Since: time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		_ = lock.Unlock()
		return nil, fmt.Errorf("locking the state: %w", err)
	}
	return lock, nil
}

// lockedBy reads who holds the lock. A holder that has not written its name yet
// is another process all the same.
func lockedBy(path string) *LockedError {
	locked := &LockedError{Dir: filepath.Dir(path)}
	var h holder
	if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &h) == nil {
		locked.PID, locked.Command, locked.Since = h.PID, h.Command, h.Since
	}
	return locked
}

// waitForLock takes the lock, or sees that whoever holds it has made the file
// ready, and then takes none. A process that works on an older schema keeps the
// lock for long, and is named after a while.
func (db *DB) waitForLock(ctx context.Context, path, command string) (*flock.Flock, error) {
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		lock, err := takeLock(path, command)
		var locked *LockedError
		if !errors.As(err, &locked) {
			return lock, err
		}
		if ready, failed := db.ready(); ready || failed != nil {
			return nil, failed
		}
		if waited >= busyTimeout {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}
