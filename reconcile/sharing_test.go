package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/state"
)

// twoPeople is a service of the time before 2025-03-31, with two people.
func twoPeople() emulator.Options {
	return emulator.Options{Profile: emulator.Legacy, Tokens: map[string]emulator.Grant{"ada": {User: "ada"}, "ben": {User: "ben"}}}
}

// society is two people of one service, each with a spec and a state of their own.
func society(t testing.TB, ada *account) (*account, *account) {
	t.Helper()
	other := *ada
	ben := &other
	ben.dir, ben.state, ben.log = t.TempDir(), t.TempDir(), &bytes.Buffer{}
	ada.token, ben.token = "ada", "ben"
	return ada, ben
}

// shares says of each album how it is shared: with whom, and what they may do.
func (a *account) shares() []string {
	out := []string{}
	for _, album := range a.emu.World().Albums {
		line := album.Title + ":"
		if s := album.Share; s != nil {
			line += fmt.Sprintf(" shared add=%v comment=%v %v", s.Collaborative, s.Commentable, s.Members)
		}
		out = append(out, line)
	}
	return out
}

// shareToken is the token of the only shared album.
func (a *account) shareToken() string {
	a.t.Helper()
	for _, album := range a.emu.World().Albums {
		if album.Share != nil && album.Share.Token != "" {
			return album.Share.Token
		}
	}
	a.t.Fatal("nothing is shared")
	return ""
}

func (a *account) wantShares(when string, want ...string) {
	a.t.Helper()
	if diff := cmp.Diff(want, a.shares()); diff != "" {
		a.t.Errorf("%s: shares (-want +got):\n%s", when, diff)
	}
}

// TestTwoAccountsShareAndJoin: what the one shares the other joins, each change is
// one write, and in between both are at rest.
func TestTwoAccountsShareAndJoin(t *testing.T) {
	t.Parallel()
	ada, ben := society(t, newAccountOf(t, twoPeople()))
	ada.spec("albums: {x: {title: X, share: {collaborative: true}}}")
	stats, _ := ada.counted(func() { ada.apply() })
	if diff := cmp.Diff(map[string]int{"albums.list": 1, "albums.create": 1, "albums.share": 1}, stats); diff != "" {
		t.Errorf("calls to share (-want +got):\n%s", diff)
	}
	ada.wantShares("shared", "X: shared add=true comment=false []")

	ben.spec("joined: {club: {token: " + ada.shareToken() + "}}")
	stats, _ = ben.counted(func() { ben.apply() })
	if diff := cmp.Diff(map[string]int{"albums.list": 1, "sharedAlbums.get": 1, "sharedAlbums.join": 1}, stats); diff != "" {
		t.Errorf("calls to join (-want +got):\n%s", diff)
	}
	ada.wantShares("joined", "X: shared add=true comment=false [ben]")
	for _, a := range []*account{ada, ben} {
		if p := a.plan().Plan; !p.Empty() || len(p.Deferred)+len(p.Drift)+len(p.Strays) > 0 {
			t.Errorf("%s is not at rest: %s, strays %v", a.token, describe(p), p.Strays)
		}
	}

	ben.spec("albums: {}")
	ben.allowing(1)
	ada.wantShares("left", "X: shared add=true comment=false []")
	if joined := ben.memory().Joined; len(joined) != 0 {
		t.Errorf("ben remembers %v", joined)
	}
	ben.rest()

	ada.spec("albums: {x: {title: X, share: off}}")
	ada.allowing(1)
	ada.wantShares("unshared", "X:")
	ada.rest()
}

// TestLaw2AndLaw6OfSharing: each write of sharing goes out under one intent, which
// holds no token, and what is at rest stays as it is, in the account and in memory.
func TestLaw2AndLaw6OfSharing(t *testing.T) {
	t.Parallel()
	ada, ben := society(t, newAccountOf(t, twoPeople()))
	kinds := map[string]int{}
	token := "none yet"
	watch := func(a *account) {
		a.before = func(r *http.Request) {
			if !isWrite(r) {
				return
			}
			open := a.memory().Intents
			if len(open) != 1 || strings.Contains(string(open[0].Payload), token) {
				t.Errorf("%s goes out with the intents %+v", r.URL.Path, open)
				return
			}
			kinds[open[0].Kind]++
		}
	}
	watch(ada)
	watch(ben)
	atRest := func(a *account) {
		t.Helper()
		before, world := a.memory(), a.shares()
		if _, r := a.apply(); len(r.Results) > 0 {
			t.Errorf("%s has more to do", a.token)
		}
		if diff := cmp.Diff(before, a.memory()) + cmp.Diff(world, a.shares()); diff != "" {
			t.Errorf("%s is not at rest:\n%s", a.token, diff)
		}
	}
	ada.spec("albums: {x: {title: X, share: {}}}")
	ada.apply()
	atRest(ada)
	token = ada.shareToken()
	ben.spec("joined: {club: {token: " + token + "}}")
	ben.apply()
	atRest(ben)
	ben.spec("joined: {club: {token: " + token + ", member: false}}")
	ben.allowing(1)
	atRest(ben)
	ada.spec("albums: {x: {title: X, share: off}}")
	ada.allowing(1)
	atRest(ada)
	want := map[string]int{"create_album": 1, "share_album": 1, "join_album": 1, "leave_album": 1, "unshare_album": 1}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// TestWhatOthersDoToSharing: each row is something that people do in the app, and
// what the next plan makes of it.
func TestWhatOthersDoToSharing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		does emulator.Action
		want string
	}{
		"unshared": {emulator.Action{Do: emulator.UnshareAlbum, Album: "X", User: "ada"},
			"share_album x\ndrift x share: somebody unshared the album\n"},
		"left": {emulator.Action{Do: emulator.LeaveAlbum, Album: "X", User: "ben"},
			"join_album club\ndrift club left_in_app: somebody left the shared album\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ada, ben := society(t, newAccountOf(t, twoPeople()))
			ada.spec("albums: {x: {title: X, share: {}}}")
			ada.apply()
			ben.spec("joined: {club: {token: " + ada.shareToken() + "}}")
			ben.apply()
			if _, err := ada.emu.Act(c.does); err != nil {
				t.Fatal(err)
			}
			acting := map[string]*account{"ada": ada, "ben": ben}[c.does.User]
			if diff := cmp.Diff(c.want, describe(acting.plan().Plan)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			acting.rest()
		})
	}
}

// TestAnotherTokenIsAnotherMembership: the old one is left and the new one joined
// in one plan, for which nobody need say yes.
func TestAnotherTokenIsAnotherMembership(t *testing.T) {
	t.Parallel()
	ada, ben := society(t, newAccountOf(t, twoPeople()))
	ada.spec("albums: {x: {title: X, share: {}}}")
	ada.apply()
	first := ada.shareToken()
	ben.spec("joined: {club: {token: " + first + "}}")
	ben.apply()
	ada.spec("albums: {x: {title: X}, a: {title: A, share: {}}}")
	ada.apply()
	for _, album := range ada.emu.World().Albums {
		if album.Share != nil && album.Share.Token != first {
			ben.spec("joined: {club: {token: " + album.Share.Token + "}}")
		}
	}
	p, _ := ben.apply()
	if diff := cmp.Diff("leave_album club\njoin_album club\n", describe(p.Plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	ben.rest()
	got := strings.Join(ada.shares(), "\n")
	if !strings.Contains(got, "A: shared add=false comment=false [ben]") || !strings.Contains(got, "X: shared add=false comment=false []") {
		t.Errorf("shares:\n%s", got)
	}
	ben.spec("joined: {club: {token: dead-token}}")
	if got := describe(ben.plan().Plan); !strings.Contains(got, "deferred club not_found: its token lets nobody in (any more)") {
		t.Errorf("a dead token is planned as:\n%s", got)
	}
}

// TestLaw3EverySharingWriteUnderEveryFault: whatever becomes of a write of sharing,
// looking again comes to the undisturbed world, and what is remembered is what is.
func TestLaw3EverySharingWriteUnderEveryFault(t *testing.T) {
	t.Parallel()
	faults := []emulator.Fault{
		{Kind: emulator.LoseRequest}, {Kind: emulator.LoseAnswer}, {Kind: emulator.Broken, Status: 500},
		{Kind: emulator.Broken, Status: 503, Applied: true}, {Kind: emulator.Throttle, Quota: "concurrent"},
	}
	for _, method := range []string{"albums.share", "albums.unshare", "sharedAlbums.join", "sharedAlbums.leave"} {
		for _, fault := range faults {
			fault.Method, fault.Nth = method, 1
			t.Run(fmt.Sprintf("%s %s %d", method, fault.Kind, fault.Status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { sharingUnder(t, twoPeople(), fault) })
			})
		}
	}
}

// TestSharingWhateverTheServiceChooses: what no source tells of the methods of
// sharing may be either way.
func TestSharingWhateverTheServiceChooses(t *testing.T) {
	t.Parallel()
	for name, choices := range map[string]emulator.Choices{
		"share twice":        {RefuseShareTwice: true},
		"unshare twice":      {UnshareTwice: true},
		"dead tokens":        {RefuseDeadShareToken: true},
		"kept tokens":        {KeepShareTokens: true},
		"pages as the worst": {Pages: "short,empty,trailing,repeat"},
		"lag":                {ListLag: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := twoPeople()
			o.Choices = choices
			synctest.Test(t, func(t *testing.T) {
				sharingUnder(t, o, emulator.Fault{Method: "albums.share", Kind: emulator.LoseAnswer, Nth: 1})
			})
		})
	}
}

// TestLaw3ACrashAtAnyCallOfSharing: the process ends without a word at each call of
// a reshare; the next ones come to the undisturbed world.
func TestLaw3ACrashAtAnyCallOfSharing(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 3; n++ {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d answered=%v", n, answered), func(t *testing.T) {
				t.Parallel()
				a, _ := society(t, newAccountOf(t, twoPeople()))
				a.spec("albums: {x: {title: X, share: {collaborative: true}}}")
				a.rest()
				a.spec("albums: {x: {title: X, share: {commentable: true}, reshare: true}}")
				ctx, crash := context.WithCancel(context.Background())
				calls := 0
				a.dial = crashing{func(r *http.Request) (*http.Response, error) {
					if calls++; calls < n {
						return http.DefaultTransport.RoundTrip(r)
					}
					if answered && calls == n {
						if resp, err := http.DefaultTransport.RoundTrip(r.WithContext(context.Background())); err == nil {
							_ = resp.Body.Close()
						}
					}
					crash()
					return nil, errors.New("the process is gone")
				}}
				_, _, _ = a.try(ctx)
				a.dial = nil
				a.rest()
				a.wantShares("after the crash", "X: shared add=false comment=true []")
				if open := a.memory().Intents; len(open) > 0 {
					t.Errorf("%d intents stay open", len(open))
				}
			})
		}
	}
}

// crashing is a transport made of a function.
type crashing struct {
	call func(*http.Request) (*http.Response, error)
}

func (c crashing) RoundTrip(r *http.Request) (*http.Response, error) { return c.call(r) }

// sharingUnder shares, joins, shares anew, leaves and unshares, with a fault in one
// of the calls.
func sharingUnder(t *testing.T, o emulator.Options, fault emulator.Fault) {
	ada, ben := society(t, virtualOf(t, o))
	settle := func(a *account) {
		t.Helper()
		for range 4 {
			a.allowing(5)
		}
		a.rest()
		if open := a.memory().Intents; len(open) > 0 {
			t.Errorf("%d intents of %s stay open", len(open), a.token)
		}
	}
	if err := ada.emu.SetFaults([]emulator.Fault{fault}); err != nil {
		t.Fatal(err)
	}
	ada.spec("albums: {x: {title: X, share: {collaborative: true}}}")
	settle(ada)
	ben.spec("joined: {club: {token: " + ada.shareToken() + "}}")
	settle(ben)
	ada.wantShares("joined", "X: shared add=true comment=false [ben]")
	if n := len(ben.memory().Joined); n != 1 {
		t.Errorf("ben remembers %d memberships", n)
	}
	ben.spec("albums: {}")
	settle(ben)
	ada.wantShares("left", "X: shared add=true comment=false []")
	ada.spec("albums: {x: {title: X, share: {commentable: true}, reshare: true}}")
	settle(ada)
	ada.wantShares("shared anew", "X: shared add=false comment=true []")
	if s := ada.memory().Shares; len(s) != 1 || !s[0].Shared || !s[0].Commentable || s[0].Collaborative {
		t.Errorf("ada remembers %+v", s)
	}
	ada.spec("albums: {x: {title: X, share: off}}")
	settle(ada)
	ada.wantShares("unshared", "X:")
	if s := ada.memory().Shares; len(s) != 1 || s[0].Shared {
		t.Errorf("ada remembers %+v", s)
	}
}

// TestSharingThatIsOfferedNoMore: the album is reconciled as ever, one call
// teaches, and no other is made.
func TestSharingThatIsOfferedNoMore(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}], share: {}}, y: {title: \"Y\", share: {}}}")
	var r *reconcile.Report
	stats, _ := a.counted(func() { _, r = a.apply() })
	if stats["albums.share"] != 1 || !r.Complete() || r.Count(reconcile.Unsupported) != 2 {
		t.Errorf("%d calls to share, complete: %v, %d unsupported", stats["albums.share"], r.Complete(), r.Count(reconcile.Unsupported))
	}
	if diff := cmp.Diff([]string{"X: 001 002", "Y:"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	stats, total := a.counted(func() {
		p, _ := a.apply()
		if len(p.Plan.Actions) > 0 || len(p.Plan.Deferred) != 2 {
			t.Errorf("then the plan is %s", describe(p.Plan))
		}
		for _, d := range p.Plan.Deferred {
			if d.Reason != plan.Unsupported || !d.ByHand || !strings.Contains(d.Hint, "by hand: open the album in Google Photos") {
				t.Errorf("deferred is %+v", d)
			}
		}
	})
	if total != 1 {
		t.Errorf("then %d calls are made: %v", total, stats)
	}
	if open := a.memory().Intents; len(open) > 0 {
		t.Errorf("%d intents stay open", len(open))
	}
	a.spec("joined: {club: {token: abc}}")
	if _, total := a.counted(func() { a.apply() }); total != 1 {
		t.Errorf("a refusal to share does not teach of joining: %d calls", total)
	}
}

// TestLaw13NoShareTokenIsKept: neither it nor the link is in the state, in a log or
// in a report, whatever goes wrong.
func TestLaw13NoShareTokenIsKept(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"", "sharedAlbums.join", "sharedAlbums.leave", "sharedAlbums.get"} {
		ada, ben := society(t, newAccountOf(t, twoPeople()))
		ada.spec("albums: {x: {title: X, share: {}}}")
		ada.apply()
		token := ada.shareToken()
		link := ada.emu.World().Albums[0].Share.URL
		if method != "" {
			fault := emulator.Fault{Method: method, Kind: emulator.Refuse, Nth: 1, Status: 400, Message: "no " + token}
			if err := ada.emu.SetFaults([]emulator.Fault{fault}); err != nil {
				t.Fatal(err)
			}
		}
		ben.spec("joined: {club: {token: " + token + "}}")
		p, r := ben.apply()
		said := fmt.Sprintf("%+v %+v %#v %#v", p.Plan, r, p.Plan, r)
		ben.spec("albums: {}")
		r = ben.allowing(1)
		said += fmt.Sprintf("%+v", r) + ada.log.String() + ben.log.String()
		for _, dir := range []string{ada.state, ben.state} {
			files, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no state: %v", err)
			}
			for _, name := range files {
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				said += string(raw)
			}
		}
		if strings.Contains(said, token) || strings.Contains(said, link) {
			t.Errorf("with a refused %q the token or the link is told", method)
		}
	}
}

// TestLaw12AYesGoesOnce: to the very plan that is held, even when an answer is lost
// on the way, and to no other.
func TestLaw12AYesGoesOnce(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 12)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.spec("albums: {x: {title: X, contents: [{files: a/001.jpg}]}}")
	held := a.plan().Plan
	if held.ID == "" || len(held.HeldActions) != 1 || held.HeldActions[0].Held == "" || !held.Held() {
		t.Fatalf("nothing is held: %s", describe(held))
	}
	yes := func(id string, removals int) {
		s := a.open()
		defer s.close()
		if err := s.stored.Approve(context.Background(), state.Approval{Plan: id, Removals: removals}); err != nil {
			t.Fatal(err)
		}
	}
	yes(held.ID, 10)
	if p := a.plan().Plan; !p.Held() {
		t.Errorf("a yes to 10 lets 11 go")
	}
	yes(held.ID, 11)
	a.spec("albums: {x: {title: X, contents: [{files: a/002.jpg}]}}")
	if p := a.plan().Plan; !p.Held() || p.ID == held.ID {
		t.Errorf("a yes lets another plan go")
	}
	a.spec("albums: {x: {title: X, contents: [{files: a/001.jpg}]}}")
	if err := a.emu.SetFaults([]emulator.Fault{{Method: "albums.batchRemoveMediaItems", Kind: emulator.LoseRequest, Nth: 1}}); err != nil {
		t.Fatal(err)
	}
	p, r := a.apply()
	if p.Plan.Approved != held.ID || r.Passes != 2 || r.Count(reconcile.Done) != 1 {
		t.Errorf("approved %q, %d passes, %d done", p.Plan.Approved, r.Passes, r.Count(reconcile.Done))
	}
	if diff := cmp.Diff([]string{"X: 001"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.rest()
	a.spec("albums: {x: {title: X, contents: [{files: a/001.jpg}]}}")
	if p := a.plan().Plan; !p.Held() {
		t.Errorf("a yes lets the same plan go twice")
	}
}
