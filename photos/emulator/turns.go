package emulator

import (
	"net/http"
	"sync"
	"time"
)

// turns lets one request at a time work on a session. A client that lost its
// connection comes back before the server has noticed, so whoever comes later
// makes the one before it stop reading.
type turns struct {
	mu   sync.Mutex
	held map[number]*turn
}

type turn struct {
	over  chan struct{}
	hurry func()
}

// enter waits for the session and takes it, until leave.
func (t *turns) enter(n number, hurry func()) (leave func()) {
	mine := &turn{over: make(chan struct{}), hurry: hurry}
	for {
		t.mu.Lock()
		before := t.held[n]
		if before == nil {
			if t.held == nil {
				t.held = map[number]*turn{}
			}
			t.held[n] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.held, n)
				t.mu.Unlock()
				close(mine.over)
			}
		}
		before.hurry() // under the lock: a handler that has returned may not be hurried
		t.mu.Unlock()
		<-before.over
	}
}

// hurry ends the reading of the call's body. A connection that can't be hurried
// ends by itself.
func (c *call) hurry() {
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Unix(1, 0))
}
