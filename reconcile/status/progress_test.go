package status_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/reconcile/status"
)

// screen takes what is written, for several goroutines.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestProgressIsAPlainLineEveryFewSeconds where nobody sees a line move: with
// bytes, rate, time left, what is done and what is waited for.
func TestProgressIsAPlainLineEveryFewSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out screen
		p := status.NewProgress(&out, false, status.Style{})
		p.Expect(plan.Cost{Writes: 4, Uploads: 2, Bytes: 20_000})
		p.Event(reconcile.Event{Kind: reconcile.Uploading, Label: "a.jpg", Bytes: 10_000})
		p.Event(reconcile.Event{Kind: reconcile.Uploaded, Label: "a.jpg"})
		p.Event(reconcile.Event{Kind: reconcile.Uploaded, Label: "a.jpg"}) // asked for again, and not sent
		a := plan.Action{Key: "x", Kind: plan.CreateAlbum, Title: "X"}
		p.Event(reconcile.Event{Kind: reconcile.ActionStarted, Key: "x", Action: &a})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got, want := out.String(), "1 of 2 files, 10.0 kB at 2.0 kB/s, 5s left | 0 of 4 writes | x: create the album \"X\"\n"; got != want {
			t.Errorf("after 5 s: %q, want %q", got, want)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if n := strings.Count(out.String(), "\n"); n != 1 {
			t.Errorf("%d lines although nothing happened since the first", n)
		}
		p.Event(reconcile.Event{Kind: reconcile.Waiting, Why: "Google's pace of writes", Wait: 12 * time.Second})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if !strings.Contains(out.String(), "waiting 7s: Google's pace of writes") {
			t.Errorf("a wait is not told: %q", out.String())
		}
		p.Event(reconcile.Event{Kind: reconcile.ActionEnded, Key: "x", Action: &a, Result: &reconcile.Result{Status: reconcile.InDoubt}})
		p.Event(reconcile.Event{Kind: reconcile.ActionEnded, Key: "x", Action: &a, Result: &reconcile.Result{Status: reconcile.Done}})
		p.Stop()
		if !strings.Contains(out.String(), "1 of 4 writes") || !strings.HasSuffix(out.String(), "\n") || strings.ContainsAny(out.String(), "\r\x1b") {
			t.Errorf("the last line does not tell the end: %q", out.String())
		}
	})
}

// TestProgressMovesOnATerminal: one line with a bar, overwritten and wiped away
// at the end; a try that starts over takes its bytes back.
func TestProgressMovesOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out screen
		p := status.NewProgress(&out, true, status.Style{})
		p.Expect(plan.Cost{Writes: 1, Uploads: 1, Bytes: 1600})
		p.Event(reconcile.Event{Kind: reconcile.Uploading, Label: "a.jpg", Bytes: 800})
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		if got := out.String(); !strings.Contains(got, "\r\x1b[K[########........] 0 of 1 files, 800 B") {
			t.Errorf("half way: %q", got)
		}
		p.Event(reconcile.Event{Kind: reconcile.Uploading, Label: "a.jpg", Bytes: -800})
		p.Event(reconcile.Event{Kind: reconcile.UploadFailed, Label: "a.jpg", Err: errors.New("cut")})
		time.Sleep(100 * time.Millisecond)
		p.Stop()
		got := out.String()
		if !strings.Contains(got, "[................] 0 of 1 files, 0 B") || !strings.HasSuffix(got, "\r\x1b[K") || strings.Contains(got, "\n") {
			t.Errorf("at the end: %q", got)
		}
	})
}
