package emulator

import (
	"fmt"
	"time"
)

// session is a resumable upload: bytes that arrive in chunks, until they are
// finalised and become an upload like any other. What has arrived is as long as
// the file of the bytes; the journal does not count it.
type session struct {
	Name  string `json:"name,omitempty"`
	Type  string `json:"type,omitempty"` // as announced; what the bytes say counts in the end
	Size  int64  `json:"size,omitempty"` // as announced; 0 is unknown
	At    int64  `json:"at"`             // Unix seconds
	State string `json:"state,omitempty"`
	maker
}

// The states of a session, as X-Goog-Upload-Status names them (Google's guide to
// resumable uploads, and google/java-photoslibrary). An active one is kept
// without a word.
const (
	sessionActive    = "active"
	sessionFinal     = "final"
	sessionCancelled = "cancelled"
)

// status is the session's state as a header.
func (s *session) status() string {
	if s.State == "" {
		return sessionActive
	}
	return s.State
}

// sessionLife is how long a session can be continued. No source tells it; an
// upload token lives as long.
func (c Choices) sessionLife() time.Duration {
	return time.Duration(orDefault(int64(c.SessionLife), int64(24*time.Hour)))
}

func (s *session) dead(now time.Time, life time.Duration) bool {
	return !now.Before(time.Unix(s.At, 0).Add(life))
}

// session finds a session that can still be asked.
func (w *world) session(id string, now time.Time, life time.Duration) (number, *session) {
	n, ok := w.ids.number(sessionKind, id)
	if !ok {
		return 0, nil
	}
	s := w.sessions[n]
	if s == nil || s.dead(now, life) {
		return 0, nil
	}
	return n, s
}

// activeSessions are those whose bytes are needed.
func (w *world) activeSessions() map[number]bool {
	active := map[number]bool{}
	for n, s := range w.sessions {
		if s.State == "" {
			active[n] = true
		}
	}
	return active
}

func (w *world) applySession(c change) error {
	switch c.Op {
	case opSession:
		if c.Session == nil || c.Number < w.nextSession {
			return fmt.Errorf("session %d follows session %d", c.Number, w.nextSession-1)
		}
		s := *c.Session
		w.sessions[c.Number] = &s
		w.nextSession = c.Number + 1
	case opEnded:
		s := w.sessions[c.Number]
		if s == nil || s.State != "" || c.Title != sessionFinal && c.Title != sessionCancelled {
			return fmt.Errorf("session %d can't become %q", c.Number, c.Title)
		}
		s.State = c.Title
	case opForget:
		if c.Number > w.nextSession {
			return fmt.Errorf("no session %d", c.Number)
		}
		for ; w.oldSession < c.Number; w.oldSession++ {
			delete(w.sessions, w.oldSession)
		}
	}
	return nil
}
