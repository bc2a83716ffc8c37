package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"albumen/photos"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/state"
)

// process is one albumen at work: an open state, a client and a Reconciler.
type process struct {
	*simulation
	dir     string
	writes  bool // it applies; otherwise it observes
	limit   int
	db      *state.DB
	stored  *state.Account
	budget  *reconcile.Budget
	loop    *reconcile.Reconciler
	life    context.Context
	die     context.CancelFunc
	dead    atomic.Bool
	heir    string // the folder in which its state lies as it was at its death
	request reconcile.Request

	current *plan.Action // what it carries out
	calls   int          // of this pass
	actions int
	moments map[moment]func()
	pace    []time.Time // of its writes
}

// moment is a point in an apply at which something else happens.
type moment struct {
	what string
	nth  int
}

// The moments.
const (
	beforeCall  = "before call"
	afterCall   = "after call"
	startOfDeed = "before the intent of action"
	endOfDeed   = "after the end of action"
)

// start opens a state and begins to work with it.
func (s *simulation) start(dir string) *process { return s.launch(dir, state.Apply) }

func (s *simulation) launch(dir string, mode state.Mode) *process {
	p := &process{simulation: s, dir: dir, writes: mode == state.Apply, limit: s.limit}
	p.life, p.die = context.WithCancel(context.Background())
	var err error
	if p.db, err = state.Open(p.life, state.Options{Dir: dir, Mode: mode, Command: "simulation"}); err != nil {
		s.t.Fatal(err)
	}
	p.stored = p.db.Account("default")
	p.budget = reconcile.NewBudget(p.db, p.limit)
	jitter := func() float64 { return 0.25 }
	client, err := photos.New(photos.Options{
		Endpoint: "http://127.0.0.1", Transport: p, Budget: p.budget, Jitter: jitter, ReadOnly: !p.writes,
		ResumableSize: simLarge, ChunkBytes: simChunk,
		Token: func(context.Context) (string, error) { return "token", nil },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	o := reconcile.Options{
		Reader: client, Account: p.stored, Writable: p.writes, Budget: p.budget, Grace: simGrace, Uploads: 1, Jitter: jitter, Events: p.event,
	}
	if p.writes {
		o.Writer = client
	}
	p.loop = reconcile.New(o)
	return p
}

// end ends a process in an orderly way, or closes what a dead one left open.
func (p *process) end() {
	_ = p.budget.Close(context.Background())
	if err := p.db.Close(); err != nil {
		p.t.Error(err)
	}
	p.die()
}

// killed ends the process without a word: its state as it is at this moment is
// all that is left of it.
func (p *process) killed() {
	if p.dead.Load() {
		return
	}
	p.heir = p.folder()
	copyState(p.t, p.dir, p.heir)
	p.dead.Store(true)
	p.die()
}

// event counts the actions of an apply.
func (p *process) event(e reconcile.Event) {
	switch e.Kind {
	case reconcile.ActionStarted:
		p.actions++
		p.mu.Lock()
		p.current = e.Action
		p.mu.Unlock()
		p.come(moment{startOfDeed, p.actions})
	case reconcile.ActionEnded:
		p.come(moment{endOfDeed, p.actions})
	}
}

// come lets happen what waits for a moment.
func (p *process) come(m moment) {
	if p.dead.Load() {
		return
	}
	p.mu.Lock()
	f := p.moments[m]
	delete(p.moments, m)
	p.mu.Unlock()
	if f != nil {
		f()
	}
}

// takes is how long each kind of call is on its way: never as long as another, so
// that calls that are made at once always arrive in the same order.
func takes(r *http.Request) time.Duration {
	switch {
	case strings.HasSuffix(r.URL.Path, "/uploads"):
		return 13 * time.Millisecond
	case isWrite(r):
		return 17 * time.Millisecond
	}
	return 11 * time.Millisecond
}

// RoundTrip implements http.RoundTripper: it is the network of the simulation.
func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	lost := func(err error) (*http.Response, error) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	time.Sleep(takes(r))
	if err := context.Cause(r.Context()); err != nil && !isWrite(r) {
		return lost(err)
	}
	p.mu.Lock()
	p.calls++
	n := p.calls
	p.mu.Unlock()
	p.come(moment{beforeCall, n})
	if p.dead.Load() {
		p.mu.Lock()
		p.unanswered()
		p.mu.Unlock()
		return lost(errDead)
	}
	resp, err := p.carry(r)
	p.come(moment{afterCall, n})
	if p.dead.Load() {
		p.mu.Lock()
		p.unanswered()
		p.mu.Unlock()
		return lost(errDead)
	}
	return resp, err
}

// carry brings a call to the account, under the eyes of the laws.
func (p *process) carry(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, unreachable()
	}
	p.callGoes(r)
	resp, err := direct{handler: p.emu}.RoundTrip(r)
	p.callCame(r, err == nil && resp.StatusCode/100 == 2)
	return resp, err
}

// apply plans and applies, as one run of `albumen apply` does. What waits in
// moments happens on the way.
func (p *process) apply(allow int, moments map[moment]func()) (*reconcile.Pass, *reconcile.Report, error) {
	p.prepare(allow, moments)
	pass, err := p.loop.Plan(p.life, p.request)
	if err != nil {
		p.survives(err)
		return nil, nil, err
	}
	p.planned(&pass.Plan)
	approved := append([]plan.Action(nil), pass.Plan.Actions...)
	report, err := p.loop.Apply(p.life, p.request, pass)
	p.survives(err)
	pass.Plan.Actions = approved
	return pass, report, err
}

func (p *process) prepare(allow int, moments map[moment]func()) {
	p.request = reconcile.Request{Desired: p.desired(), AllowRemovals: allow}
	p.calls, p.actions, p.moments, p.current = 0, 0, moments, nil
	p.mayAdopt()
}

// survives makes sure that a run that failed did so for a reason of the story: a
// memory that fails by itself is none.
func (p *process) survives(err error) {
	var broken *reconcile.MemoryError
	if errors.As(err, &broken) && !p.dead.Load() {
		p.breaks("the memory failed: %v", err)
	}
}

// look plans only.
func (p *process) look() (*reconcile.Pass, error) {
	p.prepare(0, nil)
	pass, err := p.loop.Plan(p.life, p.request)
	p.survives(err)
	if err == nil {
		p.planned(&pass.Plan)
	}
	return pass, err
}

// succeed puts a new process into the place of the present one, which has ended
// or died.
func (s *simulation) succeed() {
	from := s.now
	from.end()
	dir := from.dir
	if from.heir != "" {
		dir = from.heir
		_ = os.RemoveAll(from.dir)
	}
	s.now = s.start(dir)
}
