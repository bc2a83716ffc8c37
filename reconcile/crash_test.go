package reconcile_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// errDead is how every call of a dead process ends: it never went out.
var errDead = errors.New("the process is gone")

// mortal is the transport of a process that dies. A dead process makes no call
// any more, and what it writes into its state after its death is written into a
// folder that nobody opens again: whoever comes after it goes on from a copy of
// the state that was made at the moment of the death (see copyState).
type mortal struct {
	next http.RoundTripper
	dead atomic.Bool
}

func (m *mortal) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.dead.Load() {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errDead
	}
	resp, err := m.next.RoundTrip(r)
	if err == nil && m.dead.Load() { // it died while the answer was on its way
		_ = resp.Body.Close()
		return nil, errDead
	}
	return resp, err
}

// copyState copies a state as a process that is killed now would leave it. The
// database comes first and its log after it: a log is only ever added to at this
// size, so that the two belong together, and a half-written end of it is passed
// over by its checksums.
func copyState(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state.db", "state.db-wal"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
