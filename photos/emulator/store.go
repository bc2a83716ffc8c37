package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// store keeps an account: the journal of its changes, the bytes of its items and
// the day's count of calls. In memory only the bytes are kept.
//
// A folder holds:
//
//	lock          locked while an emulator has the folder open
//	holder.json   who that is: {"address":"127.0.0.1:8085","pid":4711}
//	journal       every change, one line each; see journal.go
//	calls         the calls of the day; see quota.go
//	grants.json   who granted what to which client; see oauthkept.go
//	blobs/ab/abc… the bytes of items and uploads, named by their SHA-256
//	blobs/partial the bytes of upload sessions, named by their numbers
type store struct {
	dir        string
	lock       *flock.Flock
	journal    *journal
	blobs      blobs
	calls      *os.File
	sync       bool
	generation uint64
	closed     bool
}

// InUseError says that another emulator has the folder open.
type InUseError struct {
	Dir     string
	Address string // where it listens; "" if it did not say
	PID     int    // its process; 0 if it did not say
}

// Error says who has it open.
func (e *InUseError) Error() string {
	text := fmt.Sprintf("the emulated account in %s is in use", e.Dir)
	if e.PID != 0 {
		text += fmt.Sprintf(" by process %d", e.PID)
	}
	if e.Address != "" {
		text += fmt.Sprintf(", which listens on %s", e.Address)
	}
	return text
}

// holder is what stands in holder.json.
type holder struct {
	Address string `json:"address,omitempty"`
	PID     int    `json:"pid"`
}

// openStore opens what Options.Dir names, and the world that it holds.
func openStore(o Options) (*store, *world, error) {
	if o.Dir == "" {
		s := &store{blobs: newMemoryBlobs()}
		return s, newWorld(newKey(o.Seed, 0)), nil
	}
	s := &store{dir: o.Dir, sync: o.Sync}
	if err := s.acquire(o.Address); err != nil {
		return nil, nil, err
	}
	world, err := s.load(o)
	if err != nil {
		return nil, nil, errors.Join(err, s.close())
	}
	return s, world, nil
}

// acquire locks the folder and says who we are.
func (s *store) acquire(address string) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the emulated account: %w", err)
	}
	s.lock = flock.New(filepath.Join(s.dir, "lock"), flock.SetPermissions(0o600))
	locked, err := s.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock the emulated account in %s: %w", s.dir, err)
	}
	if !locked {
		inUse := &InUseError{Dir: s.dir}
		var h holder
		if text, err := os.ReadFile(s.holderFile()); err == nil && json.Unmarshal(text, &h) == nil {
			inUse.Address, inUse.PID = h.Address, h.PID
		}
		return inUse
	}
	text, err := json.Marshal(holder{Address: address, PID: os.Getpid()})
	if err == nil {
		err = replaceFile(s.holderFile(), append(text, '\n'))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("note who uses the emulated account: %w", err), s.lock.Unlock())
	}
	return nil
}

func (s *store) holderFile() string { return filepath.Join(s.dir, "holder.json") }

// replaceFile writes a file so that a reader sees the old one or the new one.
func replaceFile(name string, text []byte) error {
	temp := name + ".new"
	if err := os.WriteFile(temp, text, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, name)
}

// load reads the journal, or begins one, and opens the rest.
func (s *store) load(o Options) (*world, error) {
	path := filepath.Join(s.dir, "journal")
	world, j, err := openJournal(path, o.Seed)
	if err != nil {
		return nil, err
	}
	s.journal, s.generation = j, j.generation
	onDisk := &diskBlobs{dir: filepath.Join(s.dir, "blobs"), sync: s.sync}
	s.blobs = onDisk
	if err := onDisk.prepare(); err != nil {
		return nil, fmt.Errorf("prepare the folder for pictures: %w", err)
	}
	if j.compacted {
		if err := onDisk.sweep(world.sharesBytes(), world.activeSessions()); err != nil {
			return nil, fmt.Errorf("clear pictures that nothing needs: %w", err)
		}
	}
	s.calls, err = os.OpenFile(filepath.Join(s.dir, "calls"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the count of the day's calls: %w", err)
	}
	return world, nil
}

var errClosed = errors.New("the emulator is closed")

// append writes the changes of one call down.
func (s *store) append(changes []change) error {
	if s.closed {
		return errClosed
	}
	if s.journal == nil {
		return nil
	}
	return s.journal.append(changes, s.sync)
}

// restart begins a new world.
func (s *store) restart(seed int64) (*world, error) {
	if s.closed {
		return nil, errClosed
	}
	s.generation++
	world := newWorld(newKey(seed, s.generation))
	if s.journal != nil {
		j, err := rewriteJournal(s.journal.path, world, s.generation)
		if err != nil {
			return nil, err
		}
		s.journal.file.Close()
		s.journal = j
	}
	return world, s.blobs.sweep(nil, nil)
}

// close lets the folder go.
func (s *store) close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	if s.journal != nil {
		errs = append(errs, s.journal.file.Close())
	}
	if s.calls != nil {
		errs = append(errs, s.calls.Close())
	}
	if s.lock != nil {
		os.Remove(s.holderFile()) // only a hint: a stale one does no harm
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}
