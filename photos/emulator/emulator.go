package emulator

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Emulator is one emulated account: an http.Handler that serves the API, the
// account's pages, its pictures and the control API.
type Emulator struct {
	opts    Options
	methods map[string]method
	permits map[string]scopes       // by method
	answers map[string]reflect.Type // by method, for partial answers
	quota   *quota
	faults  faults
	stats   stats
	store   *store
	shop    *pictures
	turns   turns
	media   mediaQuota
	clock   clock
	pages   *pages
	guard   *http.CrossOriginProtection
	oauth   *oauth

	choices atomic.Pointer[Choices]

	mu    sync.RWMutex // guards world, and the order of the journal
	world *world
}

// Open opens the account of the folder, or a new one in memory. A folder that
// another emulator has open gives an *InUseError.
func Open(opts Options) (*Emulator, error) {
	opts = opts.withDefaults()
	if opts.Profile != Current && opts.Profile != Legacy {
		return nil, fmt.Errorf("unknown profile %q: it is %q or %q", opts.Profile, Current, Legacy)
	}
	if err := errors.Join(opts.Choices.check(), opts.checkLimits()); err != nil {
		return nil, fmt.Errorf("open the emulated account: %w", err)
	}
	if err := checkTokens(opts.Tokens); err != nil {
		return nil, err
	}
	store, world, err := openStore(opts)
	if err != nil {
		return nil, err
	}
	e := &Emulator{
		opts: opts, methods: methods(), permits: permits(opts), answers: answers(), store: store, world: world,
		guard: http.NewCrossOriginProtection(),
	}
	e.choices.Store(&opts.Choices)
	e.media.limit = opts.DailyMedia
	e.clock.base = opts.Now
	e.clock.ahead.Store(world.ahead)
	e.opts.Now = e.clock.now // so that all of us see the same time
	e.opts.BaseURL = strings.TrimSuffix(opts.BaseURL, "/")
	e.shop = newPictures(store.blobs)
	if e.pages, err = newPages(); err == nil {
		e.quota, err = newQuota(opts, store.calls)
	}
	if err == nil {
		e.oauth, err = newOAuth(opts)
	}
	if err != nil {
		return nil, errors.Join(err, store.close())
	}
	e.media.pacific = e.quota.pacific
	return e, nil
}

// Close lets go of the account's folder. Calls that come later fail.
func (e *Emulator) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.store.close()
}

// ServeHTTP serves everything that the emulator has, by path: /v1/ is the API,
// /lh3/ the pictures at baseUrl, /_emulator/ the control API, the paths of
// oauthMethod the grants of access, and the rest are pages for people.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/v1/"):
		e.serveAPI(w, r)
	case strings.HasPrefix(path, signedPath), strings.HasPrefix(path, picturePath):
		e.servePicture(w, r)
	case strings.HasPrefix(path, facePath):
		serveFace(w, path)
	case strings.HasPrefix(path, controlPath):
		e.serveControl(w, r)
	case oauthMethod(path) != "":
		e.serveOAuth(w, r)
	default:
		e.servePage(w, r)
	}
}

// commit makes changes durable and carries them out. The world must be locked.
func (e *Emulator) commit(changes ...change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := e.store.append(changes); err != nil {
		return fmt.Errorf("write down what changes: %w", err)
	}
	for _, c := range changes {
		if err := e.world.apply(c); err != nil {
			return fmt.Errorf("carry out a change: %w", err)
		}
	}
	return nil
}

// Choices are those that calls are answered by now.
func (e *Emulator) Choices() Choices { return *e.choices.Load() }

// SetChoices replaces the choices for the calls that come from now on. They are
// not kept with the account. EditReads, SharingReads and TellRefreshExpiry stay as
// they were opened with.
func (e *Emulator) SetChoices(c Choices) error {
	if err := c.check(); err != nil {
		return err
	}
	e.choices.Store(&c)
	return nil
}

// SetFaults replaces the list of what is to go wrong, and begins to count calls
// anew.
func (e *Emulator) SetFaults(list []Fault) error {
	return e.faults.set(list, MethodNames(), e.opts.Seed)
}

// Faults is the list of what is to go wrong, with the seeds that were drawn.
func (e *Emulator) Faults() []Fault { return e.faults.get() }

// MethodNames are the names of all that a Fault can be of, in order: the methods
// of the API, and what OAuth has.
func MethodNames() []string {
	names := []string{"oauth.authorize", "oauth.discovery", "oauth.revoke", "oauth.token", "oauth.userinfo"}
	for _, m := range methods() {
		names = append(names, m.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Stats is how often each method of the API was called since ResetStats,
// refused and failed calls included.
func (e *Emulator) Stats() map[string]int {
	calls, _ := e.stats.get()
	return calls
}

// ResetStats counts calls from zero again.
func (e *Emulator) ResetStats() { e.stats.reset() }

// Reset makes the account new: without albums, items, faults, counts and spent
// quota. No id of before is valid again. What people granted to clients stays:
// a client need not ask again.
func (e *Emulator) Reset() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	world, err := e.store.restart(e.opts.Seed)
	if err != nil {
		return fmt.Errorf("reset the account: %w", err)
	}
	e.world = world
	e.clock.ahead.Store(0)
	e.shop.forget()
	e.stats.reset()
	e.quota.reset()
	e.media.reset()
	return e.SetFaults(nil)
}

// baseOf is what addresses in an answer begin with.
func (e *Emulator) baseOf(r *http.Request) string {
	if e.opts.BaseURL != "" {
		return e.opts.BaseURL
	}
	return hostOf(r)
}

// hostOf is what the address of a request began with.
func hostOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// stats counts calls by method.
type stats struct {
	mu     sync.Mutex
	calls  map[string]int
	writes int
}

func (s *stats) count(m method) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[m.name]++
	if m.write {
		s.writes++
	}
}

func (s *stats) get() (calls map[string]int, writes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		return map[string]int{}, 0
	}
	return maps.Clone(s.calls), s.writes
}

func (s *stats) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.writes = nil, 0
}
