package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

var (
	off       = spec.Sharing{Managed: true}
	looking   = spec.Sharing{Managed: true, On: true}
	adding    = spec.Sharing{Managed: true, On: true, Collaborative: true}
	liveLook  = &photos.ShareInfo{Token: "t", Owned: true, Joined: true}
	liveAdd   = &photos.ShareInfo{Token: "t", Owned: true, Joined: true, Options: photos.ShareOptions{Collaborative: true}}
	unlimited = 1000
)

// TestDecisionsOfSharing has the rows of the table of share, in its order.
func TestDecisionsOfSharing(t *testing.T) {
	t.Parallel()
	renewed := adding
	renewed.Renew = true
	was := func(live *photos.ShareInfo) *plan.Shared { return plan.SharedBy(live) }
	for _, c := range []struct {
		name     string
		want     spec.Sharing
		live     *photos.ShareInfo
		recorded *plan.Shared
		plan     []string
	}{
		{"not said, shared", spec.Sharing{}, liveLook, was(liveLook), nil},
		{"not said, not shared", spec.Sharing{}, nil, was(liveLook), nil},
		{"off, not shared", off, nil, nil, nil},
		{"off, shared by us", off, liveLook, was(liveLook), []string{"unshare_album a [share: off; spec; 1 calls]"}},
		{"off, shared by somebody", off, liveLook, was(nil), []string{"unshare_album a [share: off; external; 1 calls]", "drift a share 1"}},
		{"on, not shared", looking, nil, nil, []string{`share_album a "A" [in the spec, not shared; spec; 1 calls]`}},
		{"on, unshared by somebody", looking, nil, was(liveLook), []string{`share_album a "A" [somebody unshared it; it gets a new link; external; 1 calls]`, "drift a share 1"}},
		{"on, shared so", looking, liveLook, nil, nil},
		{"on, other options", adding, liveLook, was(liveLook), []string{"deferred a needs_reshare 1"}},
		{"on, other options, reshare", renewed, liveLook, was(liveLook), []string{
			"unshare_album a [what is permitted differs, reshare: true; spec; 1 calls]",
			`share_album a "A" [reshare: true; it gets a new link; spec; 1 calls]`}},
	} {
		w := world{members: files(1), known: knowns(1), change: func(in *plan.Input) {
			in.Desired.Albums[0].Share = c.want
			in.Recorded.Albums["a"].Shared = c.recorded
			live := in.Observed.Albums["album-a"]
			live.Share = c.live
			in.Observed.Albums["album-a"] = live
			in.Policy.AllowRemovals = unlimited
		}}
		in := w.input()
		var got []string
		for _, line := range lines(plan.Make(in)) {
			got = append(got, trimTitle(line))
		}
		if diff := cmp.Diff(c.plan, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		in.Recorded.NoSharing = true
		p := plan.Make(in)
		if len(p.Actions) > 0 {
			t.Errorf("%s: without sharing %v is planned", c.name, lines(p))
		}
		acts := len(c.plan) > 0
		if byHand := slices.ContainsFunc(p.Deferred, func(d plan.Deferred) bool { return d.Reason == plan.Unsupported && d.ByHand && d.Hint != "" }); byHand != acts {
			t.Errorf("%s: without sharing what is left to people: %v", c.name, p.Deferred)
		}
	}
}

// trimTitle drops the title that an unshare has for the screen alone.
func trimTitle(line string) string {
	const title = `unshare_album a "A"`
	if len(line) > len(title) && line[:len(title)] == title {
		return "unshare_album a" + line[len(title):]
	}
	return line
}

// TestAnAlbumThatDoesNotShowYetIsSharedOnce: what was shared a moment ago is not
// shared again because the list lags.
func TestAnAlbumThatDoesNotShowYetIsSharedOnce(t *testing.T) {
	t.Parallel()
	in := world{members: files(1), known: knowns(1)}.input()
	in.Desired.Albums[0].Share = adding
	in.Recorded.Albums["a"].Shared = plan.SharedBy(liveAdd)
	delete(in.Observed.Albums, "album-a")
	if p := plan.Make(in); len(p.Actions) > 0 {
		t.Errorf("the plan is %v", lines(p))
	}
}

// TestDecisionsOfMembership has the rows of the table of joins, in its order.
func TestDecisionsOfMembership(t *testing.T) {
	t.Parallel()
	joined, apart := plan.SharedAlbum{Title: "Club", Joined: true}, plan.SharedAlbum{Title: "Club"}
	other := plan.SharedAlbum{Title: "Old", Joined: true, Token: "old"}
	rec := func(token spec.Secret) map[spec.Key]plan.JoinedAlbum {
		return map[spec.Key]plan.JoinedAlbum{"club": {TokenHash: token.Hash()}}
	}
	yes := []spec.Joined{{Key: "club", Token: "new", Member: true}}
	no := []spec.Joined{{Key: "club", Token: "new"}}
	for _, c := range []struct {
		name     string
		want     []spec.Joined
		live     plan.SharedAlbum
		recorded map[spec.Key]plan.JoinedAlbum
		plan     []string
	}{
		{"member, joined", yes, joined, nil, nil},
		{"member, not joined", yes, apart, nil, []string{`join_album club "Club" [in the spec, not joined; spec; 1 calls]`}},
		{"member, left by somebody", yes, apart, rec("new"), []string{`join_album club "Club" [somebody left it; external; 1 calls]`, "drift club left_in_app 1"}},
		{"another token", yes, apart, rec("old"), []string{
			`leave_album club "Old" [the spec has another token; spec; 1 calls]`, `join_album club "Club" [in the spec, not joined; spec; 1 calls]`}},
		{"no member, joined", no, joined, rec("new"), []string{`leave_album club "Club" [member: false; spec; 1 calls]`}},
		{"no member, not joined", no, apart, rec("new"), nil},
		{"not there, joined by us", nil, apart, rec("old"), []string{`leave_album club "Old" [no longer in the spec, and albumen had joined it; spec; 1 calls]`}},
		{"not there, joined by somebody", nil, joined, nil, nil},
		{"dead token", yes, plan.SharedAlbum{Dead: true}, nil, []string{"deferred club not_found 1"}},
		{"dead token, no member", no, plan.SharedAlbum{Dead: true}, rec("new"), nil},
		{"own album", yes, plan.SharedAlbum{Owned: true, Joined: true}, nil, []string{"deferred club not_found 1"}},
		{"could not be looked at", yes, plan.SharedAlbum{Unread: "503"}, rec("new"), []string{"deferred club stale 1"}},
		{"not there, the list was not read", nil, apart, rec("unlisted"), []string{"deferred club stale 1"}},
	} {
		in := plan.Input{Now: now, Desired: spec.Desired{Safety: spec.DefaultSafety, Joined: c.want}, Policy: plan.Policy{AllowRemovals: unlimited}}
		in.Recorded.Joined = c.recorded
		in.Observed.See(spec.Secret("new").Hash(), c.live)
		if c.recorded["club"].TokenHash == spec.Secret("old").Hash() {
			in.Observed.See(spec.Secret("old").Hash(), other)
		}
		if diff := cmp.Diff(c.plan, lines(plan.Make(in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestLaw12WhatIsGoneAltogetherWaits: the guard counts each kind of removal, holds
// what would be gone altogether however small the album, and lets a pair go.
func TestLaw12WhatIsGoneAltogetherWaits(t *testing.T) {
	t.Parallel()
	renewed := looking
	renewed.Renew = true
	foreigners := knowns(1)
	for n := 2; n <= 20; n++ {
		foreigners = append(foreigners, foreign(n))
	}
	for _, c := range []struct {
		name  string
		share spec.Sharing
		live  *photos.ShareInfo
		known []plan.Known
		max   int
		held  int // removals that wait
	}{
		{"an unshare", off, liveLook, knowns(1), 200, 1},
		{"an unshare that takes what others added", off, liveAdd, foreigners, 200, 20},
		{"a reshare that takes nothing", renewed, liveAdd, knowns(1), 200, 0},
		{"a reshare that takes most of the album", renewed, liveAdd, foreigners, 200, 20},
		{"a reshare beyond the limit of the pass", renewed, liveAdd, knowns(1), 0, 1},
	} {
		in := world{members: files(1), known: c.known}.input()
		in.Desired.Albums[0].Share = c.share
		in.Desired.Safety.MaxRemovals = c.max
		in.Recorded.Albums["a"].Shared = plan.SharedBy(c.live)
		in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "A", ItemsCount: int64(len(c.known)), Share: c.live}
		p := plan.Make(in)
		held := 0
		for _, a := range p.HeldActions {
			held += a.Removals()
		}
		if held != c.held || p.Held() != (held > 0) || (p.ID != "") != (held > 0) {
			t.Errorf("%s: %d removals are held, want %d; id %q", c.name, held, c.held, p.ID)
		}
		if held > 0 && len(p.Actions) > 0 {
			t.Errorf("%s: half of a pair goes: %v", c.name, lines(p))
		}
		in.Policy.AllowRemovals = c.held
		if p := plan.Make(in); p.Held() {
			t.Errorf("%s: a yes to %d does not let it go", c.name, c.held)
		}
		in.Policy.AllowRemovals, in.Recorded.Approved = 0, map[string]int{p.ID: 0}
		if again := plan.Make(in); held > 0 && (again.Held() || again.Approved != p.ID) {
			t.Errorf("%s: the yes to its id does not let it go", c.name)
		}
	}
}

// TestLaw12AnIDIsOfWhatIsHeld: the same things held have the same id, whatever else
// is in the plan; other things have another.
func TestLaw12AnIDIsOfWhatIsHeld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		in.Desired.Safety = spec.Safety{MaxRemovals: rapid.IntRange(0, 5).Draw(t, "max"), MaxRemovalPercent: 25}
		p := plan.Make(in)
		ids := func(p plan.Plan) (out []string) {
			for _, a := range p.HeldActions {
				out = append(out, a.ID)
			}
			return out
		}
		if p.Held() != (p.ID != "") || p.Held() != (len(p.HeldActions) > 0) {
			t.Fatalf("held %v, id %q, %d actions", p.Held(), p.ID, len(p.HeldActions))
		}
		in.Desired.Albums = append(slices.Clone(in.Desired.Albums), spec.DesiredAlbum{Key: "zz", Title: "zz, and new"})
		in.Now = in.Now.Add(time.Second)
		if again := plan.Make(in); slices.Equal(ids(p), ids(again)) != (p.ID == again.ID) {
			t.Fatalf("%v is %s, and %v is %s", ids(p), p.ID, ids(again), again.ID)
		}
	})
}

// TestSettleSharing: what becomes of a write of sharing whose answer was lost.
func TestSettleSharing(t *testing.T) {
	t.Parallel()
	hash := spec.Secret("new").Hash()
	share := plan.Wish{Key: "a", Kind: plan.ShareAlbum, Album: "album-a", Share: &photos.ShareOptions{Collaborative: true}}
	unshare := plan.Wish{Key: "a", Kind: plan.UnshareAlbum, Album: "album-a"}
	join := plan.Wish{Key: "club", Kind: plan.JoinAlbum, TokenHash: hash}
	leave := plan.Wish{Key: "club", Kind: plan.LeaveAlbum, TokenHash: hash}
	none, in, out := plan.SharedAlbum{}, plan.SharedAlbum{Joined: true}, plan.SharedAlbum{Title: "Club"}
	for _, c := range []struct {
		name string
		wish plan.Wish
		live *photos.ShareInfo
		club plan.SharedAlbum
		want plan.Fate
	}{
		{"share, shared so", share, liveAdd, none, plan.Happened},
		{"share, shared otherwise", share, liveLook, none, plan.DidNot},
		{"share, not shared", share, nil, none, plan.DidNot},
		{"unshare, not shared", unshare, nil, none, plan.Happened},
		{"unshare, shared", unshare, liveAdd, none, plan.DidNot},
		{"join, joined", join, nil, in, plan.Happened},
		{"join, not joined", join, nil, out, plan.DidNot},
		{"join, could not be looked at", join, nil, plan.SharedAlbum{Unread: "503"}, plan.Wait},
		{"leave, not joined", leave, nil, out, plan.Happened},
		{"leave, joined", leave, nil, in, plan.DidNot},
	} {
		input := world{members: files(1), known: knowns(1)}.input()
		live := input.Observed.Albums["album-a"]
		live.Share = c.live
		input.Observed.Albums["album-a"] = live
		input.Observed.See(hash, c.club)
		d := plan.Doubt{ID: "d", Wish: c.wish, OpenedAt: now.Add(-time.Hour)}
		if got := plan.Settle(d, &input); got.Fate != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Fate, got.Text, c.want)
		}
		input.Observed.Shared = nil
		input.Observed.Unread = map[photos.AlbumID]string{"album-a": "503"}
		if got := plan.Settle(d, &input); got.Fate != plan.Wait {
			t.Errorf("%s, not looked at: %s (%s), want %s", c.name, got.Fate, got.Text, plan.Wait)
		}
	}
}

// TestLaw5LooksArePlannedAndPriced: only what the sweep can't show is looked at, and
// nothing beyond the allowance.
func TestLaw5LooksArePlannedAndPriced(t *testing.T) {
	t.Parallel()
	in := world{members: files(1), known: knowns(1)}.input()
	in.Desired.Joined = []spec.Joined{{Key: "club", Token: "new", Member: true}, {Key: "team", Token: "other"}}
	in.Recorded.Joined = map[spec.Key]plan.JoinedAlbum{"club": {TokenHash: spec.Secret("new").Hash()}, "gone": {TokenHash: "x"}, "went": {TokenHash: "y"}}
	in.Recorded.Doubts = []plan.Doubt{{ID: "1", Wish: plan.Wish{Key: "a", Kind: plan.ShareAlbum, Album: "album-a"}}}
	kinds := func(allowance int) (out []string) {
		for _, r := range plan.Looks(in, allowance) {
			out = append(out, fmt.Sprintf("%s %s %d", r.Kind, r.Key, r.Calls))
		}
		return out
	}
	want := []string{"shared club 1", "shared team 1", "album a 1", "shared_list gone 1"}
	if diff := cmp.Diff(want, kinds(100)); diff != "" {
		t.Errorf("looks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:2], kinds(2)); diff != "" {
		t.Errorf("looks for two calls (-want +got):\n%s", diff)
	}
	in.Recorded.NoSharing = true
	if got := kinds(100); len(got) > 0 {
		t.Errorf("where nothing is offered %v is looked at", got)
	}
}
