package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// wishItems is the batch of the files n.
func wishItems(ns ...int) []plan.WishItem {
	var out []plan.WishItem
	for _, k := range knowns(ns...) {
		out = append(out, plan.WishItem{Item: k.Item, Digest: k.Digest, Label: k.Label, FileName: k.FileName})
	}
	return out
}

// newItems is a batch whose items have no id yet.
func newItems(ns ...int) []plan.WishItem {
	out := wishItems(ns...)
	for i := range out {
		out[i].Item = ""
	}
	return out
}

// unclaimed are items whose bytes are known and of which nobody knows who put them
// in.
func unclaimed(ns ...int) []plan.Known {
	out := knowns(ns...)
	for i := range out {
		out[i].Ours = false
	}
	return out
}

// TestLaw3DoubtsAreSettledByOneFunction goes through the fates of Settle: what
// can be seen is looked at, what can't is held.
func TestLaw3DoubtsAreSettledByOneFunction(t *testing.T) {
	t.Parallel()
	opened := now.Add(-time.Hour)
	live := func(ids ...photos.AlbumID) func(*plan.Input) {
		return func(in *plan.Input) {
			for _, id := range ids {
				in.Observed.Albums[id] = photos.Album{ID: id, Title: "A"}
			}
		}
	}
	cases := []struct {
		name  string
		world world
		wish  plan.Wish
		fate  plan.Fate
		known []plan.Known
	}{
		{"a title that shows was written", world{known: knowns()}, plan.Wish{Kind: plan.PatchAlbum, Album: "album-a", Title: "A"}, plan.Happened, nil},
		{"a title that does not show may be written again", world{known: knowns()}, plan.Wish{Kind: plan.PatchAlbum, Album: "album-a", Title: "B"}, plan.DidNot, nil},
		{"a new album of the title is ours", world{change: live("x")}, plan.Wish{Kind: plan.CreateAlbum, Title: "A"}, plan.Happened, nil},
		{"one that was there before is not", world{change: live("x")}, plan.Wish{Kind: plan.CreateAlbum, Title: "A", Others: []string{"x"}}, plan.DidNot, nil},
		{"one that a key stands for is not", world{known: knowns()}, plan.Wish{Kind: plan.CreateAlbum, Title: "A"}, plan.DidNot, nil},
		{"two new ones stop", world{change: live("x", "y")}, plan.Wish{Kind: plan.CreateAlbum, Title: "A"}, plan.Ambiguous, nil},
		{"until the spec chooses one", world{change: func(in *plan.Input) {
			live("x", "y")(in)
			in.Desired.Albums[0].Adopt.ID = "y"
		}}, plan.Wish{Kind: plan.CreateAlbum, Title: "A"}, plan.Happened, nil},
		{"within the grace a missing album may still show", world{change: func(in *plan.Input) {
			in.Policy.Grace = 2 * time.Hour
		}}, plan.Wish{Kind: plan.CreateAlbum, Title: "A"}, plan.Wait, nil},
		{"items that stand there were added", world{known: []plan.Known{foreign(1), foreign(2)}}, plan.Wish{Kind: plan.AddItems, Items: wishItems(1, 2)}, plan.Happened, knowns(1, 2)},
		{"items that do not were not", world{known: []plan.Known{foreign(1)}}, plan.Wish{Kind: plan.AddItems, Items: wishItems(1, 2)}, plan.DidNot, nil},
		{"items that are gone were removed", world{known: knowns(3)}, plan.Wish{Kind: plan.RemoveItems, Items: wishItems(1, 2)}, plan.Happened, nil},
		{"items that stand there were not removed", world{known: knowns(1, 2)}, plan.Wish{Kind: plan.RemoveItems, Items: wishItems(1, 2)}, plan.DidNot, knowns()},
		{"new items are recognised by their names", world{known: []plan.Known{foreign(1), foreign(2)}}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1, 2)}, plan.Happened, knowns(1, 2)},
		{"or by their bytes, which another call has taught since", world{known: unclaimed(1, 2)}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1, 2)}, plan.Happened, knowns(1, 2)},
		{"some of them is some of them", world{known: []plan.Known{foreign(2)}}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1, 2)}, plan.Happened, knowns(2)},
		{"a stranger of that name proves nothing", world{known: []plan.Known{foreign(1)}}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1), Others: []string{string(itemID(1))}}, plan.DidNot, nil},
		{"two of one name prove nothing", world{known: []plan.Known{foreign(1), {Item: "z", FileName: "001.jpg"}}}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1)}, plan.DidNot, nil},
		{"a read from before the write says nothing", world{known: knowns(), change: func(in *plan.Input) {
			boundA(in).ReadAt = opened.Add(-time.Second)
		}}, plan.Wish{Kind: plan.CreateItems, Items: newItems(1)}, plan.Wait, nil},
		{"an album that is gone holds nothing", world{}, plan.Wish{Kind: plan.AddItems, Items: wishItems(1)}, plan.DidNot, nil},
		{"a caption is held", world{known: knowns()}, plan.Wish{Kind: plan.AddEnrichment}, plan.Hold, nil},
	}
	for _, c := range cases {
		in := c.world.input()
		c.wish.Key = "a"
		v := plan.Settle(plan.Doubt{ID: "i", Wish: c.wish, OpenedAt: opened}, &in)
		if v.Fate != c.fate {
			t.Errorf("%s: fate = %s (%s), want %s", c.name, v.Fate, v.Text, c.fate)
		}
		if len(c.known) > 0 {
			if diff := cmp.Diff(c.known, v.Known); diff != "" {
				t.Errorf("%s: items (-want +got):\n%s", c.name, diff)
			}
		} else if len(v.Known) > 0 {
			t.Errorf("%s: items %v, want none", c.name, v.Known)
		}
	}
}

// TestLaw14EnrichmentIsWrittenAtMostOnce: whatever the world shows and however
// long ago it was, a caption in doubt is never free to be written again.
func TestLaw14EnrichmentIsWrittenAtMostOnce(t *testing.T) {
	t.Parallel()
	for _, age := range []time.Duration{0, time.Minute, 24 * time.Hour, 10_000 * time.Hour} {
		for _, w := range []world{{}, {known: knowns()}, {known: knowns(1, 2)}} {
			in := w.input()
			d := plan.Doubt{ID: "i", OpenedAt: now.Add(-age), Wish: plan.Wish{Key: "a", Kind: plan.AddEnrichment, Album: "album-a"}}
			if v := plan.Settle(d, &in); v.Fate != plan.Hold {
				t.Errorf("after %s: fate = %s, want %s", age, v.Fate, plan.Hold)
			}
			in.Recorded.Doubts = []plan.Doubt{d}
			if p := plan.Make(in); len(p.Actions) > 0 {
				t.Errorf("after %s: the album of the doubt is written to: %v", age, lines(p))
			}
		}
	}
}

func items(ns ...int) []photos.Item {
	var out []photos.Item
	for _, n := range ns {
		out = append(out, photos.Item{ID: itemID(n), FileName: knowns(n)[0].FileName})
	}
	return out
}

func TestAbsorbLearnsWhatAReadShows(t *testing.T) {
	t.Parallel()
	b := plan.Bound{Key: "a", Known: append(knowns(1, 2, 3), foreign(8)), Lost: map[photos.ItemID]plan.Lost{
		itemID(5): {Digest: digest(5), By: plan.LostInApp},
		itemID(6): {Digest: digest(6), By: plan.LostByUs},
	}}
	after, missing := plan.Absorb(b, items(3, 1, 5, 6, 7), map[photos.ItemID]spec.Digest{itemID(7): digest(7)}, now)
	want := plan.Bound{Key: "a", ReadAt: now, Known: append(knowns(3, 1, 5), plan.Known{Item: itemID(6), Digest: digest(6), FileName: "006.jpg"}, plan.Known{Item: itemID(7), Digest: digest(7), FileName: "007.jpg"}),
		Lost: map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInApp}}}
	want.Known[2].Label = "" // nobody remembers the file of a member that was gone
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("after the read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]photos.ItemID{itemID(2)}, missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if len(b.Known) != 4 || len(b.Lost) != 2 {
		t.Errorf("the argument changed: %+v", b)
	}
	plan.Deleted(&after, missing)
	if got := after.Lost[itemID(2)].By; got != plan.LostInLibrary {
		t.Errorf("a deleted member counts as lost by %q", got)
	}
}

func TestRefreshReadsWhatIsWorthIt(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		change    func(*plan.Input)
		allowance int
		want      []plan.Read
	}{
		{"nothing changed", func(*plan.Input) {}, 100, nil},
		{"another count", func(in *plan.Input) {
			in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", ItemsCount: 101}
		}, 100, []plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadContents, Why: "the list shows a change", Calls: 2}}},
		{"a cover that is not known", func(in *plan.Input) {
			in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", ItemsCount: 2, CoverItemID: "other"}
		}, 100, []plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadContents, Why: "the list shows a change", Calls: 1}}},
		{"a cover that is known", func(in *plan.Input) {
			in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", ItemsCount: 2, CoverItemID: itemID(2)}
		}, 100, nil},
		{"missing from the list", func(in *plan.Input) { clear(in.Observed.Albums) }, 100,
			[]plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadAlbum, Why: "missing from the list", Calls: 1}}},
		{"created a moment ago", func(in *plan.Input) {
			clear(in.Observed.Albums)
			in.Policy.Grace = time.Minute
			boundA(in).CreatedAt = now
		}, 100, nil},
		{"known to be gone", func(in *plan.Input) {
			clear(in.Observed.Albums)
			boundA(in).Gone = true
		}, 100, nil},
		{"a doubt", func(in *plan.Input) {
			in.Recorded.Doubts = []plan.Doubt{{Wish: plan.Wish{Key: "a", Kind: plan.AddItems}}}
		}, 100, []plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadContents, Why: "a write's answer was lost", Calls: 1}}},
		{"its turn after a day", func(in *plan.Input) { boundA(in).ReadAt = now.Add(-24 * time.Hour) }, 100,
			[]plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadContents, Why: "its turn", Calls: 1}}},
		{"its turn, but nothing to pay with", func(in *plan.Input) { boundA(in).ReadAt = now.Add(-24 * time.Hour) }, 0, nil},
		{"to be adopted", func(in *plan.Input) {
			delete(in.Recorded.Albums, "a")
			in.Desired.Albums[0].Adopt.ID = "album-a"
		}, 100, []plan.Read{{Key: "a", Album: "album-a", Kind: plan.ReadContents, Why: "to be adopted", Calls: 1}}},
		{"contents that the spec does not manage", func(in *plan.Input) {
			in.Desired.Albums[0].ManagesContents = false
			boundA(in).ReadAt = time.Time{}
		}, 100, nil},
	}
	for _, c := range cases {
		in := world{members: files(1, 2), known: knowns(1, 2)}.input()
		c.change(&in)
		got := plan.Refresh(in, c.allowance)
		if diff := cmp.Diff(c.want, got); diff != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRefreshTakesTheStalestFirst(t *testing.T) {
	t.Parallel()
	in := world{}.input()
	in.Desired.Albums = nil
	for i, key := range []spec.Key{"a", "b", "c", "d"} {
		id := photos.AlbumID("album-" + key)
		in.Desired.Albums = append(in.Desired.Albums, spec.DesiredAlbum{Key: key, ManagesContents: true})
		in.Recorded.Albums[key] = &plan.Bound{Key: key, ID: id, ReadAt: now.Add(-time.Duration(30+(i*7)%4) * time.Hour)}
		in.Observed.Albums[id] = photos.Album{ID: id}
	}
	var order []spec.Key
	for _, r := range plan.Refresh(in, 3) {
		order = append(order, r.Key)
	}
	if diff := cmp.Diff([]spec.Key{"b", "c", "d"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestInsertAndRemoveFollowTheAPI(t *testing.T) {
	t.Parallel()
	b := plan.Bound{Known: knowns(1, 2)}
	b.Insert(photos.Position{}, knowns(5, 6))
	b.Insert(photos.Position{Kind: photos.AfterMediaItem, AfterItem: itemID(1)}, knowns(7, 5))
	b.Insert(photos.Position{Kind: photos.FirstInAlbum}, knowns(8))
	b.Remove([]photos.ItemID{itemID(2)})
	if diff := cmp.Diff(knowns(8, 1, 7, 5, 6), b.Known); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostByUs}}, b.Lost); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
}

// TestLaw3AKeyInDoubtGetsNoOtherAlbum: neither that of an earlier key nor one to
// adopt, because the doubt would be judged by it.
func TestLaw3AKeyInDoubtGetsNoOtherAlbum(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*plan.Input){
		"an earlier key": func(in *plan.Input) {
			old := boundA(in)
			old.Key = "old"
			in.Recorded.Albums["old"] = old
			delete(in.Recorded.Albums, "a")
			album(in).Previously = []spec.Key{"old"}
		},
		"an adoption": func(in *plan.Input) {
			delete(in.Recorded.Albums, "a")
			album(in).Adopt.Title = "A"
		},
	} {
		in := world{members: files(1), known: knowns(1), change: change}.input()
		if p := plan.Make(in); len(p.Bindings) != 1 {
			t.Errorf("%s without a doubt: %v", name, lines(p))
		}
		in.Recorded.Doubts = []plan.Doubt{{ID: "i", Wish: plan.Wish{Key: "a", Kind: plan.CreateItems}, OpenedAt: now}}
		if p := plan.Make(in); len(p.Bindings) > 0 || len(p.Actions) > 0 {
			t.Errorf("%s with a doubt: %v", name, lines(p))
		}
	}
}
