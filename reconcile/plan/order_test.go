package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// TestLaw6AnEnforcedOrderIsReachedInOneApply: whatever stands in the album and
// whatever comes in, the order after one apply is the spec's, as long as others
// put nothing of it in, and the next plan is empty either way.
func TestLaw6AnEnforcedOrderIsReachedInOneApply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, in := anyLibrary(t)
		d := album(&in)
		d.Outside.EnforceOrder = true
		l.carryOut(t, &in, plan.Make(in))
		var want, got []photos.ItemID
		others := map[photos.ItemID]bool{}
		if b := boundA(&in); b != nil {
			for _, k := range b.Known {
				others[k.Item] = !k.Ours
			}
		}
		for _, m := range d.Members {
			if id := l.items[m.Digest]; d.Membership == spec.Exact || !others[id] {
				want = append(want, id)
			}
		}
		for _, id := range l.contents {
			if slices.Contains(want, id) {
				got = append(got, id)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" && !slices.ContainsFunc(d.Members, func(m spec.Member) bool { return others[l.items[m.Digest]] }) {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if again := plan.Make(in); len(again.Actions) > 0 {
			t.Errorf("there is more to do:\n%v", lines(again))
		}
	})
}

// TestLaw7AnEnforcedOrderMovesOnlyOurs: what somebody else put in is never taken
// out for the sake of the order.
func TestLaw7AnEnforcedOrderMovesOnlyOurs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, in := anyLibrary(t)
		d := album(&in)
		d.Outside.EnforceOrder = true
		d.Membership = rapid.SampledFrom([]spec.Membership{spec.Managed, spec.Additive}).Draw(t, "membership")
		for _, a := range plan.Make(in).Actions {
			for _, item := range a.Items {
				if a.Kind == plan.RemoveItems && !item.Known.Ours {
					t.Errorf("%s is taken out: %s", item.Label(), item.Why)
				}
			}
		}
	})
}

// large is an album of so many members whose first half stands behind its second.
func large(n int) plan.Input {
	var want, have []int
	for i := range n {
		want = append(want, i+1)
		have = append(have, (i+n/2)%n+1)
	}
	return world{members: files(want...), known: knowns(have...), change: enforced}.input()
}

// TestNeverMoreThanABatchIsOutOfTheAlbum while members are moved.
func TestNeverMoreThanABatchIsOutOfTheAlbum(t *testing.T) {
	t.Parallel()
	in := large(240)
	in.Policy.AllowRemovals = 1000
	p := plan.Make(in)
	var kinds []string
	for _, a := range p.Actions {
		kinds = append(kinds, fmt.Sprintf("%s %d", a.Kind, len(a.Items)))
	}
	if diff := cmp.Diff([]string{"remove_items 50", "add_items 50", "remove_items 50", "add_items 50", "remove_items 20", "add_items 20"}, kinds); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if p.Cost.Calls != 6 {
		t.Errorf("the price is %d calls, want 6", p.Cost.Calls)
	}
}

// TestLaw12MovesCountAsRemovals: they are held together with what adds them again,
// and what comes in for other reasons comes in.
func TestLaw12MovesCountAsRemovals(t *testing.T) {
	t.Parallel()
	in := large(40)
	album(&in).Members = append(album(&in).Members, file(99))
	in.Recorded.Items[digest(99)] = itemID(99)
	want := []string{
		"add_items a 099.jpg [already in the library; spec; 1 calls]",
		"deferred a guard 20", "drift a order 20",
	}
	held := plan.Make(in)
	if diff := cmp.Diff(want, lines(held)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	in.Recorded.Approved = map[string]int{held.ID: 0}
	if p := plan.Make(in); p.Held() || len(p.Actions) != 2 {
		t.Errorf("with the yes to this plan: %v", lines(p))
	}
	in.Recorded.Approved = nil
	in.Policy.AllowRemovals = 20
	if p := plan.Make(in); p.Held() || len(p.Actions) != 2 {
		t.Errorf("with a yes: %v", lines(p))
	}
}

// TestLaw11NoCutLeavesAMoveHalfDone: what is taken out can be paid back on the same
// day.
func TestLaw11NoCutLeavesAMoveHalfDone(t *testing.T) {
	t.Parallel()
	for left := 1; left <= 6; left++ {
		in := large(240)
		in.Policy.AllowRemovals, in.Policy.CallsLeft = 1000, left
		p := plan.Make(in)
		if len(p.Actions) != left/2*2 || left < 6 && p.Deferred[0].Count != 6-left/2*2 {
			t.Errorf("with %d calls left: %v", left, lines(p))
		}
	}
}
