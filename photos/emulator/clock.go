package emulator

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// clock is the account's time: that of Options.Now, and how far Advance has put
// it ahead. Every expiry goes by it: tokens, sessions, baseUrls, quotas, lags.
type clock struct {
	base  func() time.Time
	ahead atomic.Int64 // nanoseconds
}

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())) }

// Advance puts the account's clock ahead, for tests that can't wait. It is kept
// with the account, because what was made in the future must not be young again. The
// bytes of what dies by it are let go of at once.
func (e *Emulator) Advance(by time.Duration) error {
	if by <= 0 {
		return fmt.Errorf("a clock only goes forward, not by %v", by)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	ahead := e.world.ahead + int64(by)
	if ahead < 0 {
		return errors.New("the clock can't go ahead that far")
	}
	if err := e.commit(change{Op: opClock, At: ahead}); err != nil {
		return err
	}
	e.clock.ahead.Store(ahead)
	return e.letGo(e.Now())
}

// Now is the account's time.
func (e *Emulator) Now() time.Time { return e.clock.now() }

// clockBody is the answer of GET clock, and POST clock reads Advance of it.
type clockBody struct {
	Now     time.Time `json:"now,omitzero"`
	Ahead   string    `json:"ahead,omitempty"`
	Advance string    `json:"advance,omitempty"`
}

func (e *Emulator) clockBody() clockBody {
	return clockBody{Now: e.Now().UTC(), Ahead: time.Duration(e.clock.ahead.Load()).String()}
}

// advance does POST clock.
func (e *Emulator) advance(body clockBody) error {
	by, err := time.ParseDuration(body.Advance)
	if err != nil {
		return fmt.Errorf(`advance %q is no duration; write one as in {"advance":"36h"}`, body.Advance)
	}
	return e.Advance(by)
}
