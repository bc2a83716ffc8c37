package state_test

import (
	"testing"

	"albumen/state"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsSharedAndJoinedIsRemembered: with its album's key, through a change of
// the key, until it is forgotten; and the same once more changes nothing.
func TestWhatIsSharedAndJoinedIsRemembered(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a := open(t, t.TempDir(), state.Apply).Account("default")
	share := state.Share{Key: "a", Shared: true, Collaborative: true, TokenHash: "h1", At: at(2)}
	join := state.Joined{Key: "club", Album: "J", Title: "Club", TokenHash: "h2", At: at(3)}
	e := state.Effects{Bind: []state.Album{{Key: "a", ID: "A"}}, Shares: []state.Share{share}, Join: []state.Joined{join}}
	must(t, a.Record(ctx, e))
	v, err := a.View(ctx)
	must(t, err)
	if diff := cmp.Diff([]state.Share{share}, v.Shares); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]state.Joined{join}, v.Joined); diff != "" {
		t.Errorf("joined (-want +got):\n%s", diff)
	}
	e.Shares[0].At, e.Join[0].At = at(9), at(9)
	must(t, a.Record(ctx, e))
	again, err := a.View(ctx)
	must(t, err)
	if diff := cmp.Diff(v, again); diff != "" {
		t.Errorf("the same once more changes something (-want +got):\n%s", diff)
	}
	must(t, a.Record(ctx, state.Effects{Rebind: []state.Rebind{{From: "a", To: "b"}}, Leave: []string{"club"}}))
	v, err = a.View(ctx)
	must(t, err)
	if len(v.Shares) != 1 || v.Shares[0].Key != "b" || len(v.Joined) != 0 {
		t.Errorf("after another key and a leave: %v, %v", v.Shares, v.Joined)
	}
	must(t, a.Record(ctx, state.Effects{Forget: []string{"b"}}))
	if v, err = a.View(ctx); err != nil || len(v.Shares) != 0 {
		t.Errorf("a forgotten album is still shared: %v, %v", v.Shares, err)
	}
	if err := a.Record(ctx, state.Effects{Shares: []state.Share{{Key: "nobody"}}}); err == nil {
		t.Errorf("an album that is not bound can be shared")
	}
}

// TestAnApprovalIsUsedOnce: it can be given without the lock, makes no plan stale,
// and is gone when it was used.
func TestAnApprovalIsUsedOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	busy := open(t, dir, state.Apply).Account("default")
	must(t, busy.Record(ctx, state.Effects{Bind: []state.Album{{Key: "a", ID: "A"}}}))
	before, err := busy.View(ctx)
	must(t, err)
	person := open(t, dir, state.Observe).Account("default")
	yes := state.Approval{Plan: "p1", Removals: 3, At: at(1)}
	must(t, person.Approve(ctx, yes))
	got, err := busy.Approvals(ctx)
	must(t, err)
	if diff := cmp.Diff([]state.Approval{yes}, got); diff != "" {
		t.Errorf("approvals (-want +got):\n%s", diff)
	}
	must(t, busy.Record(ctx, state.Effects{UseApproval: []string{"p1"}}))
	if got, err = busy.Approvals(ctx); err != nil || len(got) != 0 {
		t.Errorf("a used approval stays: %v, %v", got, err)
	}
	after, err := busy.View(ctx)
	must(t, err)
	if before.Serial != after.Serial {
		t.Errorf("a yes makes plans stale: serial %d, then %d", before.Serial, after.Serial)
	}
	if err := person.Approve(ctx, state.Approval{}); err == nil {
		t.Errorf("a plan without id can be approved")
	}
}
