package photos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
)

// writes records when writes arrive, and how many at once at most.
type writes struct {
	mu    sync.Mutex
	at    []time.Time
	now   int
	most  int
	takes time.Duration
}

func (w *writes) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.at = append(w.at, time.Now())
	w.now++
	w.most = max(w.most, w.now)
	w.mu.Unlock()
	time.Sleep(w.takes)
	w.mu.Lock()
	w.now--
	w.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(rw, "{}")
}

func TestAnyMinuteHoldsAtMostThePaceOfWrites(t *testing.T) {
	for _, pace := range []int{0, 1, 2, 3, 7, 30, 60} {
		t.Run(fmt.Sprint(pace), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limit := pace
				if pace == 0 {
					limit = photos.WritesPerMinute
				}
				server := &writes{takes: 100 * time.Millisecond}
				var waited atomic.Int64
				c := newPaced(t, pace, photos.Options{
					Endpoint: memoryEndpoint, Transport: inMemory(t, server),
					OnWait: func(_ string, d time.Duration) { waited.Add(int64(d)) },
				})
				begin := time.Now()
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						for range limit {
							if err := c.AddItems(t.Context(), "a", ids(1)); err != nil {
								t.Error(err)
							}
						}
					})
				}
				all.Wait()
				if server.most != 1 {
					t.Errorf("%d writes at once", server.most)
				}
				for i := limit; i < len(server.at); i++ {
					if d := server.at[i].Sub(server.at[i-limit]); d < time.Minute {
						t.Errorf("write %d comes %v after write %d: more than %d a minute", i, d, i-limit, limit)
					}
				}
				// A third of the pace is for bursts; the rest must be used.
				if d := time.Since(begin); d > 5*time.Minute+time.Second {
					t.Errorf("%d writes took %v", 3*limit, d)
				}
				if waited.Load() == 0 {
					t.Error("nobody was told of the waits")
				}
			})
		})
	}
}

// newPaced is newClient without its absence of pace.
func newPaced(t testing.TB, pace int, o photos.Options) *photos.Client {
	t.Helper()
	o.Token, o.WritesPerMinute = token, pace
	c, err := photos.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// patient is what repeating did: how long it waited, what was called.
type patient struct {
	waits []time.Duration
	codes []int
	stats map[string]int
}

// listing lists the albums of an emulated account under faults, in a bubble.
func listing(t *testing.T, o photos.Options, faults ...emulator.Fault) (p patient, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := account(t)
		if err := e.SetFaults(faults); err != nil {
			t.Fatal(err)
		}
		o.Endpoint, o.Transport = memoryEndpoint, inMemory(t, e)
		o.OnWait = func(_ string, d time.Duration) { p.waits = append(p.waits, d) }
		o.OnCall = func(c photos.Call) {
			p.codes = append(p.codes, c.HTTPCode)
			if n := len(p.waits); n > 0 && c.Waited != p.waits[n-1] {
				t.Errorf("the call says that it waited %v, but it was %v", c.Waited, p.waits[n-1])
			}
		}
		_, err = newClient(t, o).ListAlbums(t.Context(), photos.ListAlbums{})
		p.stats = e.Stats()
	})
	return p, err
}

func TestReadsAreRepeatedWithPatience(t *testing.T) {
	list := string(photos.MethodAlbumsList)
	for _, row := range []struct {
		name  string
		fault emulator.Fault
		codes []int
		least []time.Duration
		ok    bool
	}{
		{"5xx, mended", emulator.Fault{Kind: emulator.Broken, Status: 503, Times: 4}, []int{503, 503, 503, 503, 200},
			[]time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}, true},
		{"5xx, for good", emulator.Fault{Kind: emulator.Broken, Times: -1}, []int{500, 500, 500, 500, 500},
			[]time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}, false},
		{"429 of the rate", emulator.Fault{Kind: emulator.Throttle, Times: 2}, []int{429, 429, 200},
			[]time.Duration{30 * time.Second, time.Minute}, true},
		{"429 of the day", emulator.Fault{Kind: emulator.Throttle, Quota: "daily", Times: -1}, []int{429}, nil, false},
		{"the answer lost", emulator.Fault{Kind: emulator.LoseAnswer, Times: 1}, []int{0, 200}, []time.Duration{time.Second}, true},
		{"a refusal", emulator.Fault{Kind: emulator.Refuse, Status: 403, Times: -1}, []int{403}, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.fault.Method = list
			p, err := listing(t, photos.Options{}, row.fault)
			if (err == nil) != row.ok {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(row.codes, p.codes); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if p.stats[list] != len(row.codes) {
				t.Errorf("%d calls arrived, %d were told of", p.stats[list], len(row.codes))
			}
			if len(p.waits) != len(row.least) {
				t.Fatalf("waits %v, want at least %v", p.waits, row.least)
			}
			for i, least := range row.least {
				if p.waits[i] < least || p.waits[i] > least*3/2 {
					t.Errorf("wait %d was %v, want %v and up to a half more", i, p.waits[i], least)
				}
			}
		})
	}
}

func TestRetryAfterIsObeyedUnlessItIsTooLong(t *testing.T) {
	list := string(photos.MethodAlbumsList)
	p, err := listing(t, photos.Options{}, emulator.Fault{Method: list, Kind: emulator.Throttle, RetryAfter: 7})
	if diff := cmp.Diff([]time.Duration{7 * time.Second}, p.waits); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	p, err = listing(t, photos.Options{}, emulator.Fault{Method: list, Kind: emulator.Throttle, RetryAfter: 7200})
	var e *photos.Error
	if !errors.As(err, &e) || e.RetryAfter != 2*time.Hour || len(p.waits) != 0 {
		t.Errorf("%v after waits %v", err, p.waits)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	p, err := listing(t, photos.Options{Attempts: 2}, emulator.Fault{Kind: emulator.Broken, Times: -1})
	if err == nil || len(p.codes) != 2 {
		t.Errorf("%v after %d calls", err, len(p.codes))
	}
}

// Each HTTP call is paid for, repeated ones too; nothing is sent that was not.
func TestTheBudgetIsAskedBeforeEachCall(t *testing.T) {
	budget := &counted{refuse: 3}
	p, err := listing(t, photos.Options{Budget: budget}, emulator.Fault{Kind: emulator.Broken, Times: -1})
	if !errors.Is(err, errSpent) {
		t.Errorf("error %v", err)
	}
	if len(budget.calls) != 3 || p.stats["albums.list"] != 2 || budget.calls[0] != photos.MethodAlbumsList {
		t.Errorf("asked for %v, sent %v", budget.calls, p.stats)
	}
}

// A write that is repeated without a look could be done twice.
func TestWritesAreNeverRepeated(t *testing.T) {
	calls := map[photos.Method]func(context.Context, *photos.Client) error{
		photos.MethodAlbumsCreate: func(ctx context.Context, c *photos.Client) error { _, err := c.CreateAlbum(ctx, "t"); return err },
		photos.MethodAlbumsPatch: func(ctx context.Context, c *photos.Client) error {
			_, err := c.PatchAlbum(ctx, "a", photos.AlbumPatch{Title: ptr("t")})
			return err
		},
		photos.MethodAlbumsBatchAdd:    func(ctx context.Context, c *photos.Client) error { return c.AddItems(ctx, "a", ids(1)) },
		photos.MethodAlbumsBatchRemove: func(ctx context.Context, c *photos.Client) error { return c.RemoveItems(ctx, "a", ids(1)) },
		photos.MethodItemsBatchCreate: func(ctx context.Context, c *photos.Client) error {
			_, err := c.CreateItems(ctx, photos.CreateItems{Items: []photos.NewItem{{Token: "t"}}})
			return err
		},
		photos.MethodItemsPatch: func(ctx context.Context, c *photos.Client) error { _, err := c.PatchItem(ctx, "i", "d"); return err },
		photos.MethodAlbumsAddEnrichment: func(ctx context.Context, c *photos.Client) error {
			_, err := c.AddEnrichment(ctx, "a", photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.LastInAlbum})
			return err
		},
		photos.MethodAlbumsShare: func(ctx context.Context, c *photos.Client) error {
			_, err := c.ShareAlbum(ctx, "a", photos.ShareOptions{})
			return err
		},
		photos.MethodAlbumsUnshare: func(ctx context.Context, c *photos.Client) error { return c.UnshareAlbum(ctx, "a") },
		photos.MethodSharedJoin:    func(ctx context.Context, c *photos.Client) error { _, err := c.JoinAlbum(ctx, "t"); return err },
		photos.MethodSharedLeave:   func(ctx context.Context, c *photos.Client) error { return c.LeaveAlbum(ctx, "t") },
	}
	for _, m := range photos.Methods() {
		if _, ok := calls[m]; ok != m.Write() {
			t.Errorf("%s: a write: %v, and a call of this test: %v", m, m.Write(), ok)
		}
	}
	for m, call := range calls {
		for _, kind := range []string{emulator.LoseRequest, emulator.LoseAnswer, emulator.Throttle, emulator.Broken} {
			t.Run(string(m)+"/"+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := account(t)
					if err := e.SetFaults([]emulator.Fault{{Kind: kind, Times: -1}}); err != nil {
						t.Fatal(err)
					}
					told := 0
					c := newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, e), OnCall: func(photos.Call) { told++ }})
					if err := call(t.Context(), c); err == nil || told != 1 || e.Stats()[string(m)] != 1 {
						t.Errorf("%v after %d calls, %v", err, told, e.Stats())
					}
				})
			})
		}
	}
}

// Wherever a call waits, the end of its context ends it at once, and what was not
// sent has done nothing.
func TestContextsAreHonouredWhereverACallWaits(t *testing.T) {
	stuck := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	add := func(ctx context.Context, c *photos.Client) error { return c.AddItems(ctx, "a", ids(1)) }
	list := func(ctx context.Context, c *photos.Client) error {
		_, err := c.ListAlbums(ctx, photos.ListAlbums{})
		return err
	}
	forever := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		o       photos.Options
		before  func(context.Context, *photos.Client)
		call    func(context.Context, *photos.Client) error
		want    photos.Effect
	}{
		{"for another write", stuck, photos.Options{}, func(ctx context.Context, c *photos.Client) {
			go func() { _ = add(ctx, c) }()
			synctest.Wait()
		}, add, photos.EffectNone},
		{"for the pace", answers(200, "{}"), photos.Options{WritesPerMinute: 1}, func(ctx context.Context, c *photos.Client) {
			_ = add(ctx, c)
		}, add, photos.EffectNone},
		{"for patience", answers(429, ""), photos.Options{}, nil, list, photos.EffectNone},
		{"for the token", stuck, photos.Options{Token: func(ctx context.Context) (string, error) { return "", forever(ctx) }}, nil, add, photos.EffectNone},
		{"for the budget", stuck, photos.Options{Budget: spends(forever)}, nil, add, photos.EffectNone},
		{"for the answer", stuck, photos.Options{}, nil, add, photos.EffectUnknown},
		{"for the answer of an upload", stuck, photos.Options{}, nil, func(ctx context.Context, c *photos.Client) error {
			_, err := c.Upload(ctx, file("a.png", picture(1)))
			return err
		}, photos.EffectUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				row.o.Endpoint, row.o.Transport = memoryEndpoint, inMemory(t, row.handler)
				c := newClient(t, row.o)
				other, stop := context.WithCancel(t.Context())
				defer stop()
				if row.before != nil {
					row.before(other, c)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				begin := time.Now()
				err := row.call(ctx, c)
				if !errors.Is(err, context.DeadlineExceeded) || photos.EffectOf(err) != row.want {
					t.Errorf("%v, %v; want %v", err, photos.EffectOf(err), row.want)
				}
				if d := time.Since(begin); d != 10*time.Second {
					t.Errorf("it ended after %v", d)
				}
				// The turn is free again for whoever comes next.
				if stop(); photos.EffectOf(err) == photos.EffectNone && row.name == "for another write" {
					time.Sleep(photos.WriteGrace)
					synctest.Wait()
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					if err := add(ctx, c); photos.EffectOf(err) != photos.EffectUnknown {
						t.Errorf("the next write was not sent: %v", err)
					}
				}
			})
		})
	}
}

// spends is a budget that is a function.
type spends func(context.Context) error

func (f spends) Spend(ctx context.Context, _ photos.Method) error { return f(ctx) }

// A server that neither answers nor hangs up must not hold a daemon for ever.
func TestACallThatMakesNoProgressIsGivenUp(t *testing.T) {
	drip := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Second)
		}
	}
	stuck := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	for name, h := range map[string]http.HandlerFunc{"no answer": stuck, "an answer that drips": drip} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, h)})
				begin := time.Now()
				err := c.AddItems(t.Context(), "a", ids(1))
				if d := time.Since(begin); d != 2*time.Minute || photos.EffectOf(err) != photos.EffectUnknown || !photos.IsTemporary(err) {
					t.Errorf("after %v: %v, %v", d, err, photos.EffectOf(err))
				}
			})
		})
	}
}

// An upload may take hours as long as it gets on.
func TestASlowUploadIsNotGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(w http.ResponseWriter, r *http.Request) {
			for p := make([]byte, 16<<10); ; {
				if _, err := r.Body.Read(p); err != nil {
					break
				}
				time.Sleep(30 * time.Second)
			}
			_, _ = io.WriteString(w, "token")
		}
		c := newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, http.HandlerFunc(slow))})
		begin := time.Now()
		if _, err := c.Upload(t.Context(), zeros(1<<20)); err != nil {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if d := time.Since(begin); d < 20*time.Minute {
			t.Errorf("it took %v", d)
		}
		var sizes []int64
		stuck := func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }
		c = newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, http.HandlerFunc(stuck)), Attempts: 1})
		u := zeros(1 << 20)
		u.OnBytes = func(n int64) { sizes = append(sizes, n) }
		begin = time.Now()
		if _, err := c.Upload(t.Context(), u); !photos.IsTemporary(err) || time.Since(begin) != 5*time.Minute {
			t.Errorf("an upload that got stuck ended after %v: %v", time.Since(begin), err)
		}
		if last := sizes[len(sizes)-1]; last >= 0 || slices.Min(sizes) != last {
			t.Errorf("what was sent in vain was not taken back: %v", sizes)
		}
	})
}

// TestAWriteThatWaitsEndsWithItsContext before it is sent; one that was sent has a
// while to be answered.
func TestAWriteThatWaitsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var takes atomic.Int64
		takes.Store(int64(3 * time.Second))
		var made atomic.Int32
		c := newClient(t, photos.Options{Endpoint: memoryEndpoint, WritesPerMinute: 3, Transport: inMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			made.Add(1)
			time.Sleep(time.Duration(takes.Load()))
			_, _ = io.WriteString(w, `{"id":"a"}`)
		}))})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.CreateAlbum(ctx, "sent"); err != nil {
			t.Errorf("a write in flight was cut off: %v", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := c.CreateAlbum(ctx, "waits for the pace"); !errors.Is(err, context.Canceled) || photos.EffectOf(err) != photos.EffectNone {
			t.Errorf("a write that waits: %v", err)
		}
		takes.Store(int64(time.Hour))
		time.Sleep(time.Minute)
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		_, err := c.CreateAlbum(ctx, "never answered")
		if took := time.Since(began); took != time.Second+photos.WriteGrace || !errors.Is(err, context.Canceled) || photos.EffectOf(err) != photos.EffectUnknown {
			t.Errorf("after %v: %v", took, err)
		}
		if n := made.Load(); n != 2 {
			t.Errorf("%d calls were made, want 2", n)
		}
	})
}
