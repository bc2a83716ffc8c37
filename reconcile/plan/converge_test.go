package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// library is an account as the API has it: one album's contents in their order,
// and the item of all bytes that were ever uploaded. It is written from the API's
// rules alone and uses nothing of what it tests but the words.
type library struct {
	bound    bool
	title    string
	cover    photos.ItemID
	contents []photos.ItemID
	items    map[spec.Digest]photos.ItemID
	says     map[photos.ItemID]string
	refused  int // calls that the API would refuse
}

// carryOut does what an apply does with a plan: one call an action, in order.
func (l *library) carryOut(t *rapid.T, in *plan.Input, p plan.Plan) {
	for i := range p.Actions {
		a := &p.Actions[i]
		if len(a.Items) > 50 || len(a.Items) == 0 && a.Kind != plan.CreateAlbum && a.Kind != plan.PatchAlbum {
			t.Fatalf("a batch of %d items", len(a.Items))
		}
		switch a.Kind {
		case plan.CreateAlbum:
			l.bound, l.title = true, a.Title
			in.Recorded.Albums["a"] = &plan.Bound{Key: "a", ID: "album-a", Title: a.Title, ReadAt: now}
		case plan.PatchAlbum:
			l.patch(a)
		case plan.AddItems:
			for _, item := range a.Items {
				if !slices.Contains(l.contents, item.ID) {
					l.contents = append(l.contents, item.ID)
				}
			}
		case plan.PatchItem:
			l.says[a.Items[0].ID] = a.Description
		case plan.CreateItems:
			l.create(in, a)
		case plan.RemoveItems:
			for _, item := range a.Items {
				at := slices.Index(l.contents, item.ID)
				if at < 0 {
					t.Fatalf("%s is taken out and is not there", item.ID)
				}
				l.contents = slices.Delete(l.contents, at, at+1)
			}
		}
		l.show(in)
	}
}

func (l *library) patch(a *plan.Action) {
	if a.Title != "" {
		l.title = a.Title
	}
	if !a.Cover.IsZero() {
		id := l.items[a.Cover.Digest]
		if !slices.Contains(l.contents, id) {
			l.refused++
		}
		l.cover = id
	}
}

func (l *library) create(in *plan.Input, a *plan.Action) {
	at := len(l.contents)
	switch place := plan.Place(a.Desired, a.From, &in.Recorded, in.Recorded.Albums["a"]); place.Kind {
	case photos.FirstInAlbum:
		at = 0
	case photos.AfterMediaItem:
		if at = slices.Index(l.contents, place.AfterItem) + 1; at == 0 {
			l.refused++
		}
	}
	for _, item := range a.Items {
		id, known := l.items[item.Member.Digest]
		if !known {
			id = photos.ItemID("made-" + item.Member.Label)
			l.items[item.Member.Digest] = id
			l.says[id] = item.Member.Description
		}
		if !slices.Contains(l.contents, id) {
			l.contents = slices.Insert(l.contents, at, id)
			at++
		}
	}
}

// show makes the memory what a read of the account would make it.
func (l *library) show(in *plan.Input) {
	in.Recorded.Items = l.items
	in.Recorded.Descriptions = l.says
	b := in.Recorded.Albums["a"]
	if b == nil {
		return
	}
	digests := map[photos.ItemID]spec.Digest{}
	labels := map[spec.Digest]string{}
	for d, id := range l.items {
		digests[id] = d
	}
	for _, m := range in.Desired.Albums[0].Members {
		labels[m.Digest] = m.Label
	}
	old := map[photos.ItemID]plan.Known{}
	for _, k := range b.Known {
		old[k.Item] = k
	}
	b.Known = nil
	for _, id := range l.contents {
		k, ok := old[id]
		if !ok {
			k = plan.Known{Item: id, Digest: digests[id], Label: labels[digests[id]], Ours: true}
		}
		b.Known = append(b.Known, k)
	}
	b.Title, b.Cover = l.title, l.cover
	in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: l.title, CoverItemID: l.cover, ItemsCount: int64(len(l.contents))}
}

// anyLibrary draws an album with members of ours and of others, in any order,
// and a library that holds those and more.
func anyLibrary(t *rapid.T) (*library, plan.Input) {
	numbers := rapid.IntRange(1, 130)
	distinct := func(name string, most int) []int {
		return rapid.SliceOfNDistinct(numbers, 0, most, rapid.ID).Draw(t, name)
	}
	want, have, more := distinct("desired", 120), distinct("in the album", 60), distinct("in the library", 30)
	w := world{members: files(want...), library: more}
	if rapid.Bool().Draw(t, "bound") {
		w.known = []plan.Known{}
		for _, n := range have {
			k := ours(n)
			k.Ours = rapid.IntRange(0, 3).Draw(t, "ours") > 0
			w.known = append(w.known, k)
		}
	}
	in := w.input()
	in.Desired.Safety = spec.Safety{MaxRemovals: 1 << 20, MaxRemovalPercent: 100}
	in.Policy.AllowRemovals = 1 << 20
	d := album(&in)
	d.Membership = rapid.SampledFrom([]spec.Membership{spec.Managed, spec.Additive, spec.Exact}).Draw(t, "membership")
	d.Outside.EnforceOrder = rapid.Bool().Draw(t, "enforced")
	d.Title = rapid.SampledFrom([]string{"A", "B"}).Draw(t, "title")
	if rapid.Bool().Draw(t, "described") {
		described(d.Members)
		describes(d)
	}
	if len(d.Members) > 0 && rapid.Bool().Draw(t, "covered") {
		d.Cover.Digest = rapid.SampledFrom(d.Members).Draw(t, "cover").Digest
	}
	l := &library{bound: w.known != nil, title: "A", items: in.Recorded.Items, says: map[photos.ItemID]string{}}
	for _, k := range w.known {
		l.contents = append(l.contents, k.Item)
	}
	return l, in
}

// TestLaw6APlanThatWasCarriedOutLeavesNothingToDo, whatever the account and the
// spec: one apply reaches what is wanted, with calls that the API takes, and the
// next plan is empty.
func TestLaw6APlanThatWasCarriedOutLeavesNothingToDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, in := anyLibrary(t)
		before := map[photos.ItemID]bool{} // true for ours
		if b := boundA(&in); b != nil {
			for _, k := range b.Known {
				before[k.Item] = k.Ours
			}
		}
		l.carryOut(t, &in, plan.Make(in))
		if l.refused > 0 {
			t.Errorf("the API would refuse %d of the calls", l.refused)
		}
		d := album(&in)
		wanted := map[photos.ItemID]bool{}
		for _, m := range d.Members {
			wanted[l.items[m.Digest]] = true
			if says := l.says[l.items[m.Digest]]; says != m.Description {
				t.Errorf("%s says %q, want %q", m.Label, says, m.Description)
			}
			if !slices.Contains(l.contents, l.items[m.Digest]) {
				t.Errorf("%s is missing", m.Label)
			}
		}
		for id, mine := range before {
			there := slices.Contains(l.contents, id)
			stays := wanted[id] || d.Membership == spec.Additive || d.Membership == spec.Managed && !mine
			if there != stays {
				t.Errorf("%s (ours: %v) of a %s album stands there: %v, want %v", id, mine, d.Membership, there, stays)
			}
		}
		if again := plan.Make(in); len(again.Actions) > 0 || len(again.Deferred) > 0 {
			t.Errorf("there is more to do:\n%v", lines(again))
		}
	})
}

// TestNewFilesComeWhereTheSpecHasThem: an album whose members stand in the spec's
// order keeps it when new files come in between, however many and wherever.
func TestNewFilesComeWhereTheSpecHasThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfNDistinct(rapid.IntRange(1, 200), 1, 150, rapid.ID).Draw(t, "desired")
		var have []int
		for _, n := range want {
			if rapid.IntRange(0, 2).Draw(t, "there") == 0 {
				have = append(have, n)
			}
		}
		in := world{members: files(want...), known: append([]plan.Known{}, knowns(have...)...)}.input()
		l := &library{bound: true, title: "A", items: in.Recorded.Items, says: map[photos.ItemID]string{}}
		for _, n := range have {
			l.contents = append(l.contents, itemID(n))
		}
		l.carryOut(t, &in, plan.Make(in))
		var order []photos.ItemID
		for _, m := range in.Desired.Albums[0].Members {
			order = append(order, l.items[m.Digest])
		}
		if diff := cmp.Diff(order, l.contents); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

// TestLaw12NothingSlipsPastTheGuard: whatever the spec asks for, what a plan takes
// out stays within the limits, or was allowed with a number.
func TestLaw12NothingSlipsPastTheGuard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, in := anyLibrary(t)
		in.Desired.Safety = spec.Safety{MaxRemovals: rapid.IntRange(0, 30).Draw(t, "most"), MaxRemovalPercent: rapid.IntRange(0, 100).Draw(t, "percent")}
		in.Policy.AllowRemovals = rapid.IntRange(0, 40).Draw(t, "allowed")
		standing := 0
		if b := boundA(&in); b != nil {
			standing = len(b.Known)
		}
		p := plan.Make(in)
		out, come := 0, 0
		for _, a := range p.Actions {
			switch a.Kind {
			case plan.RemoveItems:
				out += len(a.Items)
			case plan.AddItems, plan.CreateItems:
				come += len(a.Items)
			}
		}
		within := out <= in.Desired.Safety.MaxRemovals && out <= max(10, standing*in.Desired.Safety.MaxRemovalPercent/100) && (out < standing || come > 0)
		if out > 0 && out > in.Policy.AllowRemovals && !within {
			t.Errorf("%d of %d are taken out, %d come in; limits %+v, allowed %d", out, standing, come, in.Desired.Safety, in.Policy.AllowRemovals)
		}
		if p.Held() && out > 0 {
			t.Errorf("the removals of one album are held in part")
		}
	})
}

// TestLaw11APlanFitsIntoWhatIsLeft: the calls of a plan are never more than the
// day has left, and what does not fit is told.
func TestLaw11APlanFitsIntoWhatIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, in := anyLibrary(t)
		whole := plan.Make(in)
		in.Policy.CallsLeft = rapid.IntRange(-1, 200).Draw(t, "left")
		p := plan.Make(in)
		if left := in.Policy.CallsLeft; left != 0 && p.Cost.Calls > max(0, left) {
			t.Errorf("%d calls are planned, %d are left", p.Cost.Calls, left)
		}
		if fewer := len(p.Actions) < len(whole.Actions); fewer != slices.ContainsFunc(p.Deferred, func(d plan.Deferred) bool { return d.Reason == plan.OverBudget }) {
			t.Errorf("%d of %d actions fit, and that is not told: %v", len(p.Actions), len(whole.Actions), lines(p))
		}
		if p.Cost.Pace < 0 || p.Cost.Pace > time.Hour {
			t.Errorf("the pace of %d writes is %v", p.Cost.Writes, p.Cost.Pace)
		}
	})
}
