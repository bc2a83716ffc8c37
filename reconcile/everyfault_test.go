package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
)

// tale is an account with a past, whose next apply makes the writes that are to be
// disturbed. A new kind of write joins with a tale that makes it, and a new way
// to fail with a row of misfortunes.
type tale struct {
	name   string
	writes int // that the undisturbed apply makes: a tale that makes fewer proves less
	tell   func(a *account)
	// anyOrder compares albums without their order: what is added late stands at the
	// end, because the API has no other place for an item that exists.
	anyOrder bool
}

func tales() []tale {
	return []tale{
		{"albums are made, filled, renamed and thinned out", 7, func(a *account) { everyKind(a.t, a) }, true},
		{"an album is adopted, another has a new key, both are exact", 4, func(a *account) {
			a.pictures("a", 1, 3)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Old, contents: [{files: a/001.jpg}, {files: a/002.jpg}]}}")
			a.apply()
			a.act(
				emulator.Action{Do: emulator.AddAlbum, Title: "Found"},
				emulator.Action{Do: emulator.AddItems, Album: "Found", Items: []string{"001.jpg", "003.jpg"}},
			)
			a.remove("a/003.jpg")
			a.picture("a/004.jpg", 4)
			a.spec(`
safety: {maxRemovalPercent: 100}
albums:
  found: {title: Found, adopt: {title: Found}, membership: exact, contents: [{files: a/*.jpg}]}
  z: {title: New, previously: [y], membership: exact, contents: [{files: a/002.jpg}]}
`)
		}, true},
		{"an album leaves the spec and is emptied", 1, func(a *account) {
			a.pictures("a", 1, 3)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Y, onRemove: empty, contents: [{files: a/001.jpg}, {files: a/002.jpg}]}}")
			a.apply()
			a.act(emulator.Action{Do: emulator.AddItems, Album: "Y", Items: []string{"003.jpg"}})
			a.allow = 10
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		}, false},
		{"files come in several batches, in order, and one is no picture", 4, func(a *account) {
			a.pictures("a", 1, 55)
			a.write("a/033.jpg", "this is text")
			a.spec("albums: {x: {title: X, cover: a/051.jpg, contents: [{files: a/*.jpg}]}}")
		}, false},
		{"what was taken out in the app comes back", 1, func(a *account) {
			a.pictures("a", 1, 4)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
			a.apply()
			a.act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg", "003.jpg"}})
		}, true},
	}
}

// misfortune is one way in which a write goes wrong.
type misfortune struct {
	name string
	// befall waits for the n-th write of the apply to come.
	befall func(a *account, n int) *mishap
	// left is how many intents a dead process leaves open.
	left int
}

func misfortunes() []misfortune {
	answered := func(f emulator.Fault) func(*account, int) *mishap {
		return func(a *account, n int) *mishap {
			return &mishap{account: a, nth: n, onCall: func(m *mishap, r *http.Request) {
				f.Method = methodName(r)
				if err := a.emu.SetFaults([]emulator.Fault{f}); err != nil {
					a.t.Error(err)
				}
			}}
		}
	}
	dies := func(m *mishap, _ *http.Request) { m.kill() }
	fills := func(m *mishap, _ *http.Request) { m.fill() }
	return []misfortune{
		{"refused", answered(emulator.Fault{Kind: emulator.Refuse}), 0},
		{"request lost", answered(emulator.Fault{Kind: emulator.LoseRequest}), 0},
		{"answer lost", answered(emulator.Fault{Kind: emulator.LoseAnswer}), 0},
		{"crash before the intent", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, onStart: dies} }, 0},
		{"crash after the intent", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, onCall: dies} }, 1},
		{"crash after the call", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, onAnswer: dies} }, 1},
		{"crash after the settle", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, onEnd: dies} }, 0},
		{"disk full at the intent", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, small: true, onStart: fills} }, 0},
		{"disk full at the settle", func(a *account, n int) *mishap { return &mishap{account: a, nth: n, small: true, onAnswer: fills} }, 0},
	}
}

// mishap watches the writes of one apply and lets something happen at the n-th.
type mishap struct {
	*account
	nth   int
	small bool // the state lies on a disk that can be filled
	// What happens, and when: of these one is set.
	onStart, onCall, onAnswer, onEnd func(*mishap, *http.Request)

	mu           sync.Mutex
	calls, begun int
	happened     bool
	process      mortal
	heir         string // the state that the dead process left
	stop         context.CancelFunc
	fillers      []string
	err          error // of the apply
}

// RoundTrip implements http.RoundTripper.
func (m *mishap) RoundTrip(r *http.Request) (*http.Response, error) {
	strike := false
	if isWrite(r) {
		m.mu.Lock()
		m.calls++
		strike = m.calls == m.nth
		m.mu.Unlock()
	}
	if strike {
		m.happen(m.onCall, r)
	}
	resp, err := m.process.RoundTrip(r)
	if strike && m.onAnswer != nil && err == nil {
		if m.happen(m.onAnswer, r); m.process.dead.Load() {
			_ = resp.Body.Close()
			return nil, errDead
		}
	}
	return resp, err
}

func (m *mishap) happen(f func(*mishap, *http.Request), r *http.Request) {
	if f != nil && !m.happened {
		m.happened = true
		f(m, r)
	}
}

// told counts actions, which are writes (law 1) unless a batch is cut.
func (m *mishap) told(e reconcile.Event) {
	switch e.Kind {
	case reconcile.ActionStarted:
		if m.begun++; m.begun == m.nth {
			m.happen(m.onStart, nil)
		}
	case reconcile.ActionEnded:
		if m.begun == m.nth {
			m.happen(m.onEnd, nil)
		}
	}
}

func (m *mishap) kill() {
	m.heir = filepath.Join(m.t.TempDir(), "heir")
	copyState(m.t, m.state, m.heir)
	m.process.dead.Store(true)
	m.stop()
}

// fill leaves no byte on the state's disk.
func (m *mishap) fill() {
	name := filepath.Join(m.state, fmt.Sprintf("filler%d", len(m.fillers)))
	m.fillers = append(m.fillers, name)
	f, err := os.Create(name)
	if err != nil {
		return
	}
	for _, size := range []int{64 << 10, 4 << 10, 1} {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		err = nil
	}
	_ = f.Close()
}

// TestEveryFault: for every write of every tale and every way in which it can go
// wrong, applying until nothing is left comes to the undisturbed world: no second
// album, no second item, nothing lost, nothing of others touched.
func TestEveryFault(t *testing.T) {
	t.Parallel()
	for _, story := range tales() {
		t.Run(story.name, func(t *testing.T) {
			t.Parallel()
			var want []string
			synctest.Test(t, func(t *testing.T) {
				a := directAccount(t)
				story.tell(a)
				m := &mishap{account: a}
				m.run()
				if m.calls < story.writes {
					t.Errorf("the apply makes %d writes, %d are to be disturbed", m.calls, story.writes)
				}
				a.restful()
				want = a.truth(story.anyOrder)
			})
			for n := 1; n <= story.writes; n++ {
				for i, bad := range misfortunes() {
					if (7*n+i)%slower > 0 {
						continue
					}
					t.Run(fmt.Sprintf("write %d %s", n, bad.name), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { disturbed(t, story, bad, n, want) })
					})
				}
			}
		})
	}
}

func disturbed(t *testing.T, story tale, bad misfortune, n int, want []string) {
	a := directAccount(t)
	m := bad.befall(a, n)
	if m.small {
		a.state = smallDisk(t, "2m")
	}
	story.tell(a)
	m.run()
	if !m.happened {
		t.Fatalf("nothing went wrong at write %d", n)
	}
	var broken *reconcile.MemoryError
	if full := errors.As(m.err, &broken); full != m.small {
		t.Errorf("the memory failed: %v, want %v: %v", full, m.small, m.err)
	}
	if m.heir != "" {
		a.state = m.heir
		if open := a.memory().Intents; len(open) != bad.left {
			t.Errorf("the dead process left %d intents open, want %d", len(open), bad.left)
		}
	}
	for _, name := range m.fillers {
		_ = os.Remove(name)
	}
	a.faults()
	a.restful()
	if diff := cmp.Diff(want, a.truth(story.anyOrder)); diff != "" {
		t.Errorf("world (-undisturbed +got):\n%s", diff)
	}
	if open := a.memory().Intents; len(open) != 0 {
		t.Errorf("%d intents stay open: %v", len(open), open)
	}
}

// run makes one apply in which the mishap happens.
func (m *mishap) run() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	before := m.dial
	m.stop, m.process.next = stop, before
	m.dial, m.event = m, m.told
	s := m.account.open()
	p, err := s.loop.Plan(ctx, s.request)
	if err == nil {
		_, err = s.loop.Apply(ctx, s.request, p)
	}
	m.err = err
	_ = s.budget.Close(context.Background()) // whose disk may be full
	if err := s.db.Close(); err != nil {
		m.t.Error(err)
	}
	m.dial, m.event = before, nil
}

// directAccount is an account for a bubble, without a network.
func directAccount(t *testing.T) *account {
	e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	a := &account{t: t, emu: e, url: "http://127.0.0.1", dir: t.TempDir(), state: t.TempDir(), log: &bytes.Buffer{}, token: "planted-access-token"}
	a.dial = direct{handler: e, takes: takes}
	return a
}

// restful applies day by day until nothing is left to do: what was refused is
// tried again a day later.
func (a *account) restful() {
	a.t.Helper()
	for range 12 {
		time.Sleep(25 * time.Hour)
		p, r, err := a.try(context.Background())
		if err == nil && p.Plan.Empty() && len(r.Results) == 0 {
			return
		}
		bad := slices.ContainsFunc(p.Plan.Deferred, func(d plan.Deferred) bool { return d.Reason == plan.Quarantine })
		if err == nil && !bad && onlyRefused(r) {
			return
		}
	}
	a.t.Errorf("no rest after 12 applies; the last plan: %s", describe(a.plan().Plan))
}

// onlyRefused reports whether nothing but files that are no pictures was tried.
func onlyRefused(r *reconcile.Report) bool {
	for _, res := range r.Results {
		if res.Action.Kind != plan.CreateItems || len(res.Refused) != len(res.Action.Items) {
			return false
		}
	}
	return true
}

// truth is the whole account in a few lines.
func (a *account) truth(anyOrder bool) []string {
	w := a.emu.World()
	out := []string{fmt.Sprintf("%d items", len(w.Items))}
	for _, album := range w.Albums {
		names := w.FileNames(album)
		if anyOrder {
			slices.Sort(names)
		}
		cover := ""
		for _, item := range w.Items {
			if item.ID == album.Cover && !anyOrder {
				cover = item.FileName
			}
		}
		out = append(out, fmt.Sprintf("%s (%s): %s", album.Title, cover, strings.Join(names, " ")))
	}
	slices.Sort(out[1:])
	return out
}

// methodName is the API's name of the write that a request makes.
func methodName(r *http.Request) string {
	switch _, verb, _ := strings.Cut(r.URL.Path, ":"); {
	case verb == "batchCreate":
		return "mediaItems.batchCreate"
	case verb != "":
		return "albums." + verb
	case r.Method == http.MethodPatch:
		return "albums.patch"
	}
	return "albums.create"
}
