package reconcile_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"albumen/photos"
	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// account is an emulated account, a folder of pictures and a state, as one user
// has them.
type account struct {
	t      testing.TB
	emu    *emulator.Emulator
	url    string
	dial   http.RoundTripper // nil: sockets
	dir    string            // of pictures and specs
	state  string            // of the state
	grace  time.Duration
	calls  int // a day; 0 is Google's
	allow  int // removals, whatever the guard says
	log    *bytes.Buffer
	before func(*http.Request) // called before each call goes out
	event  func(reconcile.Event)
	token  string
}

func newAccount(t testing.TB) *account { return newAccountOf(t, emulator.Options{}) }

func newAccountOf(t testing.TB, o emulator.Options) *account {
	t.Helper()
	o.WritesPerMinute, o.Seed = -1, 1
	e, err := emulator.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return &account{t: t, emu: e, url: server.URL, dir: t.TempDir(), state: t.TempDir(), log: &bytes.Buffer{}, token: "planted-access-token"}
}

// virtual is an account for a synctest bubble: real HTTP over connections in
// memory, because time stands still while a socket waits.
func virtual(t testing.TB) *account { return virtualOf(t, emulator.Options{}) }

func virtualOf(t testing.TB, o emulator.Options) *account {
	t.Helper()
	o.WritesPerMinute, o.Seed = -1, 1
	e, err := emulator.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	pipe := emulator.Pipe()
	server := &http.Server{Handler: e}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(pipe)
	}()
	transport := &http.Transport{DialContext: pipe.DialContext}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-done
		_ = e.Close()
	})
	return &account{t: t, emu: e, url: "http://127.0.0.1", dial: transport, dir: t.TempDir(), state: t.TempDir(), log: &bytes.Buffer{}, token: "planted-access-token"}
}

// picture writes a small JPEG whose bytes are those of no other n.
func (a *account) picture(name string, n int) {
	a.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = byte(n >> (8 * (i / 4 % 3)))
	}
	img.Set(1, 1, color.RGBA{byte(n), byte(n >> 8), 77, 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		a.t.Fatal(err)
	}
	fmt.Fprintf(&b, "%d", n) // after the end of the picture: no decoder minds
	a.write(name, b.String())
}

// pictures writes the pictures from..to as DIR/NNN.jpg.
func (a *account) pictures(dir string, from, to int) {
	a.t.Helper()
	for n := from; n <= to; n++ {
		a.picture(fmt.Sprintf("%s/%03d.jpg", dir, n), n)
	}
}

// old is when the files of a test were made: long enough ago that their digests
// may be remembered.
var old = time.Now().Add(-time.Hour)

func (a *account) write(name, content string) {
	a.t.Helper()
	path := filepath.Join(a.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		a.t.Fatal(err)
	}
	if err := os.Chtimes(path, old, old); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) rename(from, to string) {
	a.t.Helper()
	if err := os.Rename(filepath.Join(a.dir, from), filepath.Join(a.dir, to)); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) remove(name string) {
	a.t.Helper()
	if err := os.RemoveAll(filepath.Join(a.dir, name)); err != nil {
		a.t.Fatal(err)
	}
}

// spec writes the spec: version 1 and what is given.
func (a *account) spec(body string) {
	a.t.Helper()
	a.write("albumen.yaml", "version: 1\n"+strings.ReplaceAll(body, "\t", "  "))
}

// session is one process at work: an open state, a client and a Reconciler.
type session struct {
	*account
	db      *state.DB
	stored  *state.Account
	budget  *reconcile.Budget
	loop    *reconcile.Reconciler
	request reconcile.Request

	mu     sync.Mutex
	events []reconcile.Event
}

func (a *account) open() *session {
	a.t.Helper()
	ctx := context.Background()
	s := &session{account: a}
	var err error
	if s.db, err = state.Open(ctx, state.Options{Dir: a.state, Mode: state.Apply, Command: "test"}); err != nil {
		a.t.Fatal(err)
	}
	s.stored = s.db.Account("default")
	s.budget = reconcile.NewBudget(s.db, a.calls)
	var out io.Writer = io.Discard
	if a.log != nil {
		out = a.log
	}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	transport := a.dial
	if transport == nil {
		transport = http.DefaultTransport
	}
	client, err := photos.New(photos.Options{
		Endpoint: a.url, Transport: tap{transport, a.before}, Budget: s.budget, WritesPerMinute: -1, Logger: log,
		Token: func(context.Context) (string, error) { return a.token, nil },
		OnUnsupported: func(m photos.Method) {
			if err := s.stored.PutUnsupported(ctx, string(m), time.Now()); err != nil {
				a.t.Error(err)
			}
		},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	loaded, err := spec.Load(filepath.Join(a.dir, "albumen.yaml"), spec.LoadOptions{})
	if err != nil {
		a.t.Fatal(err)
	}
	files, err := reconcile.OpenFiles(ctx, s.stored)
	if err != nil {
		a.t.Fatal(err)
	}
	desired, err := loaded.Resolve(ctx, spec.ResolveOptions{Account: "default", Facts: files})
	if err != nil {
		a.t.Fatal(err)
	}
	if err := files.Flush(ctx); err != nil {
		a.t.Fatal(err)
	}
	s.request = reconcile.Request{Desired: desired, AllowRemovals: a.allow}
	s.loop = reconcile.New(reconcile.Options{
		Reader: client, Writer: client, Account: s.stored, Writable: true, Budget: s.budget, Grace: a.grace, Logger: log,
		Events: func(e reconcile.Event) {
			s.mu.Lock()
			s.events = append(s.events, e)
			s.mu.Unlock()
			if a.event != nil {
				a.event(e)
			}
		},
	})
	return s
}

func (s *session) close() {
	s.t.Helper()
	if err := s.budget.Close(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// tap calls a function before each call.
type tap struct {
	next   http.RoundTripper
	before func(*http.Request)
}

func (t tap) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.before != nil {
		t.before(r)
	}
	return t.next.RoundTrip(r)
}

// plan looks at the account as `albumen plan` does.
func (a *account) plan() *reconcile.Pass {
	a.t.Helper()
	s := a.open()
	defer s.close()
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		a.t.Fatal(err)
	}
	return p
}

// apply plans and applies once, as one run of `albumen apply --yes` does.
func (a *account) apply() (*reconcile.Pass, *reconcile.Report) {
	a.t.Helper()
	p, r, err := a.try(context.Background())
	if err != nil {
		a.t.Fatal(err)
	}
	return p, r
}

func (a *account) try(ctx context.Context) (*reconcile.Pass, *reconcile.Report, error) {
	s := a.open()
	defer s.close()
	p, err := s.loop.Plan(ctx, s.request)
	if err != nil {
		return nil, &reconcile.Report{}, err
	}
	actions := append([]plan.Action(nil), p.Plan.Actions...)
	r, err := s.loop.Apply(ctx, s.request, p)
	p.Plan.Actions = actions
	return p, r, err
}

// rest applies until nothing is left to do, as a patient user does.
func (a *account) rest() {
	a.t.Helper()
	for range 12 {
		p, r, err := a.try(context.Background())
		if err == nil && p.Plan.Empty() && len(r.Results) == 0 {
			return
		}
	}
	a.t.Errorf("no rest after 12 applies; the last plan: %s", describe(a.plan().Plan))
}

// calls counts the calls that f makes, by method and altogether.
func (a *account) counted(f func()) (map[string]int, int) {
	a.emu.ResetStats()
	f()
	stats := a.emu.Stats()
	total := 0
	for _, n := range stats {
		total += n
	}
	return stats, total
}

// albums is the world in a few words: titles with their file names in order.
func (a *account) albums() []string {
	w := a.emu.World()
	out := []string{}
	for _, album := range w.Albums {
		line := album.Title + ":"
		for _, name := range w.FileNames(album) {
			line += " " + strings.TrimSuffix(name, ".jpg")
		}
		out = append(out, line)
	}
	return out
}

func describe(p plan.Plan) string {
	var b strings.Builder
	for _, a := range p.Actions {
		fmt.Fprintf(&b, "%s %s", a.Kind, a.Key)
		for _, item := range a.Items {
			fmt.Fprintf(&b, " %s", item.Label())
		}
		b.WriteString("\n")
	}
	for _, d := range p.Deferred {
		fmt.Fprintf(&b, "deferred %s %s: %s\n", d.Key, d.Reason, d.Text)
	}
	for _, d := range p.Drift {
		fmt.Fprintf(&b, "drift %s %s: %s\n", d.Key, d.Kind, d.Text)
	}
	return b.String()
}

func isWrite(r *http.Request) bool {
	return r.Method == http.MethodPatch || r.Method == http.MethodPost &&
		!strings.HasSuffix(r.URL.Path, ":search") && !strings.HasSuffix(r.URL.Path, "/uploads")
}

// memory is what the state remembers, for comparison.
func (a *account) memory() state.View {
	a.t.Helper()
	db, err := state.Open(context.Background(), state.Options{Dir: a.state, Mode: state.ReadOnly})
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	v, err := db.Account("default").View(context.Background())
	if err != nil {
		a.t.Fatal(err)
	}
	return v
}
