package state_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"albumen/state"

	"pgregory.net/rapid"
)

// full is a part of every kind that an account can remember.
func full() state.Effects {
	member := func(item string, n int, ours bool) state.Member {
		return state.Member{ItemID: item, Digest: sum(n), Path: "day 1/" + item + ".jpg", FileName: item + ".jpg", Ours: ours}
	}
	return state.Effects{
		Bind: []state.Album{
			{
				Key: "iceland", ID: "A1", Title: "Iceland", CoverItem: "i2", Membership: "managed", OnRemove: "keep",
				SeenTitle: "Iceland!", SeenCover: "i1", ProductURL: "https://photos.google.com/lr/album/A1", SeenCount: 3,
				CreatedAt: at(1), SeenAt: at(2), ReadAt: at(3),
			},
			{Key: "gone", ID: "A2", Title: "Gone", GoneAt: at(4)},
		},
		Insert: []state.Insert{{Key: "iceland", Members: []state.Member{member("i1", 1, true), member("i2", 2, true), member("i3", 0, false)}}},
		Media: []state.Media{
			{Digest: sum(1), ItemID: "i1", FileName: "i1.jpg", CreatedAt: at(1)},
			{Digest: sum(2), ItemID: "i2", FileName: "i2.jpg", Refused: "not app-created", CreatedAt: at(2)},
		},
		Quarantine: []state.Quarantine{{
			Key: "iceland", Digest: sum(9), Label: "day 1/bad.jpg", Reason: "BAD_IMAGE", Message: "no image", Since: at(5), Tries: 2, Generation: "g1",
		}},
	}
}

// fullView is what full shows after iceland's i2 was taken out by us.
func fullView() state.View {
	e := full()
	m := e.Insert[0].Members
	return state.View{
		Serial:     4,
		Albums:     []state.Album{e.Bind[1], e.Bind[0]},
		Members:    map[string][]state.Member{"iceland": {m[0], m[2]}},
		Removed:    []state.Removed{{Key: "iceland", ItemID: "i2", Digest: sum(2), At: at(6), By: state.ByUs}},
		Media:      e.Media,
		Quarantine: e.Quarantine,
		Intents:    []state.Intent{{ID: "w2", Key: "iceland", Kind: "add_items", Payload: []byte(`{"a":1}`), OpenedAt: at(7)}},
	}
}

// remember makes fullView in an account.
func rememberAll(t *testing.T, a *state.Account) {
	t.Helper()
	ctx := t.Context()
	must(t, a.Intend(ctx, state.Intent{ID: "w1", OpenedAt: at(1)}))
	must(t, a.Settle(ctx, "w1", state.Done, full()))
	must(t, a.Record(ctx, state.Effects{Remove: []state.Remove{{Key: "iceland", Items: []string{"i2"}, By: state.ByUs, At: at(6)}}}))
	must(t, a.Intend(ctx, state.Intent{ID: "w2", Key: "iceland", Kind: "add_items", Payload: []byte(`{"a":1}`), OpenedAt: at(7)}))
}

func TestViewShowsAllThatWasRemembered(t *testing.T) {
	dir := t.TempDir()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	rememberAll(t, db.Account("family"))
	shut(t, db)
	db = open(t, dir, state.Apply)
	same(t, "the account", fullView(), view(t, db.Account("family")))
	same(t, "another account", state.View{}, view(t, db.Account("work")))
}

func TestAccountsDoNotMeet(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	ctx := t.Context()
	rememberAll(t, db.Account("family"))
	rememberAll(t, db.Account("work"))
	must(t, db.Account("work").Record(ctx, state.Effects{Forget: []string{"iceland", "gone"}, RefuseMedia: []state.RefusedMedia{{ItemID: "i1", Reason: "no"}}}))
	must(t, db.Account("work").Settle(ctx, "w2", state.Refused, state.Effects{}))
	same(t, "the other account", fullView(), view(t, db.Account("family")))
	names, err := db.Accounts(ctx)
	must(t, err)
	same(t, "names", []string{"family", "work"}, names)
}

func TestEffectsThatChangeNothingWriteNothing(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, state.Apply).Account("family")
	ctx := t.Context()
	rememberAll(t, a)
	before := tree(t, dir)
	again := full()
	again.Insert[0].Members = slices.Delete(again.Insert[0].Members, 1, 2)
	again.Remove = []state.Remove{{Key: "iceland", Items: []string{"i2"}, By: state.ByUs, At: at(59)}}
	again.Seen = []state.Seen{{Key: "iceland", Title: "Iceland!", Cover: "i1", ProductURL: "https://photos.google.com/lr/album/A1", Count: 3, At: at(59)}}
	again.Members = []state.MembersRead{{Key: "iceland", Members: again.Insert[0].Members, ReadAt: at(3)}}
	for _, e := range []state.Effects{{}, again} {
		must(t, a.Record(ctx, e))
	}
	after := tree(t, dir)
	delete(before, "state.db-shm")
	delete(after, "state.db-shm") // holds locks
	sameTree(t, before, after)
	same(t, "the view", fullView(), view(t, a))
}

func TestABindingIsNotStolen(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}, {Key: "l", ID: "B"}}}))
	before := view(t, a)
	for name, e := range map[string]state.Effects{
		"by another key": {Bind: []state.Album{{Key: "m", ID: "A"}}},
		"by a new key":   {Rebind: []state.Rebind{{From: "k", To: "l"}}},
	} {
		var bound *state.BoundError
		if err := a.Record(ctx, e); !errors.As(err, &bound) {
			t.Errorf("%s: got %v, want a BoundError", name, err)
		}
		same(t, name, before, view(t, a))
	}
	must(t, a.Record(ctx, state.Effects{Forget: []string{"k"}, Bind: []state.Album{{Key: "m", ID: "A"}}}))
}

func TestEffectsThatCantBeTakenTwiceAreRefused(t *testing.T) {
	a := fresh(t)
	must(t, a.Record(t.Context(), state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}))
	for want, e := range map[string]state.Effects{
		`name "k" twice`: {Rebind: []state.Rebind{{From: "k", To: "l"}}, Forget: []string{"k"}},
		`put in at once`: {
			Remove: []state.Remove{{Key: "k", Items: []string{"i"}}},
			Insert: []state.Insert{{Key: "k", Members: members("i")}},
		},
		"has no id":  {Bind: []state.Album{{Key: "l"}}},
		"has no key": {Bind: []state.Album{{ID: "l"}}},
	} {
		contains(t, a.Record(t.Context(), e), want)
		contains(t, a.Settle(t.Context(), "w", state.Done, e), want)
	}
}

func TestAnotherAlbumOfAKeyStartsAnew(t *testing.T) {
	a := fresh(t)
	rememberAll(t, a)
	must(t, a.Record(t.Context(), state.Effects{Bind: []state.Album{{Key: "iceland", ID: "A9"}}}))
	v := view(t, a)
	if len(v.Members) != 0 || len(v.Removed) != 0 || v.Albums[1].ID != "A9" {
		t.Errorf("got %+v", v)
	}
}

func TestAReadTellsPutInFromNeverPutIn(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{
		Bind:   []state.Album{{Key: "k", ID: "A"}},
		Insert: []state.Insert{{Key: "k", Members: append(members("ours", "deleted", "stays"), state.Member{ItemID: "theirs"})}},
	}))
	must(t, a.Record(ctx, state.Effects{
		Remove:  []state.Remove{{Key: "k", Items: []string{"deleted"}, By: "library", At: at(9)}},
		Members: []state.MembersRead{{Key: "k", Members: members("stays"), ReadAt: at(9)}},
	}))
	v := view(t, a)
	same(t, "members", []string{"stays"}, items(v.Members["k"]))
	same(t, "removed", []state.Removed{
		{Key: "k", ItemID: "deleted", At: at(9), By: "library"},
		{Key: "k", ItemID: "ours", At: at(9), By: state.ByApp},
	}, v.Removed)

	must(t, a.Record(ctx, state.Effects{Insert: []state.Insert{{Key: "k", Members: members("ours")}}}))
	v = view(t, a)
	same(t, "what came back", []string{"stays", "ours"}, items(v.Members["k"]))
	same(t, "still removed", 1, len(v.Removed))
}

func TestAReadInAnotherOrderIsTakenOver(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: members("a", "b", "c", "d")}}}))
	for _, order := range [][]string{{"d", "c", "b", "a"}, {"x", "d", "y", "b", "a", "z"}, {}, {"a"}} {
		must(t, a.Record(ctx, state.Effects{Members: []state.MembersRead{{Key: "k", Members: members(order...)}}}))
		same(t, "order", append([]string(nil), order...), items(view(t, a).Members["k"]))
	}
}

func TestInsertPlacesAsTheAPIDoes(t *testing.T) {
	cases := []struct {
		name string
		in   state.Insert
		want []string
	}{
		{"at the end", state.Insert{Members: members("x", "y")}, []string{"a", "b", "c", "x", "y"}},
		{"at the front", state.Insert{Front: true, Members: members("x", "y")}, []string{"x", "y", "a", "b", "c"}},
		{"after the first", state.Insert{After: "a", Members: members("x", "y")}, []string{"a", "x", "y", "b", "c"}},
		{"after the last", state.Insert{After: "c", Members: members("x")}, []string{"a", "b", "c", "x"}},
		{"after one that is gone", state.Insert{After: "gone", Members: members("x")}, []string{"a", "b", "c", "x"}},
		{"front wins", state.Insert{After: "b", Front: true, Members: members("x")}, []string{"x", "a", "b", "c"}},
		{"what is there stays", state.Insert{After: "c", Members: members("a", "x", "b")}, []string{"a", "b", "c", "x"}},
		{"twice is once", state.Insert{After: "a", Members: members("x", "y", "x")}, []string{"a", "x", "y", "b", "c"}},
		{"nothing", state.Insert{}, []string{"a", "b", "c"}},
	}
	db := open(t, t.TempDir(), state.Apply)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := db.Account(c.name)
			must(t, a.Record(t.Context(), state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: members("a", "b", "c")}}}))
			c.in.Key = "k"
			must(t, a.Record(t.Context(), state.Effects{Insert: []state.Insert{c.in}}))
			same(t, "order", c.want, items(view(t, a).Members["k"]))
		})
	}
}

func TestAMemberThatIsPutInAgainLearnsItsFile(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	theirs := state.Member{ItemID: "i", FileName: "IMG_1.JPG"}
	ours := state.Member{ItemID: "i", FileName: "IMG_1.JPG", Path: "day 1/img.jpg", Digest: sum(1), Ours: true}
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: []state.Member{theirs}}}}))
	must(t, a.Record(ctx, state.Effects{Insert: []state.Insert{{Key: "k", Members: []state.Member{ours}}}}))
	same(t, "the member", []state.Member{ours}, view(t, a).Members["k"])
	must(t, a.Record(ctx, state.Effects{Paths: []state.PathChange{{Key: "k", ItemID: "i", Path: "renamed.jpg"}, {Key: "k", ItemID: "unknown", Path: "x"}}}))
	ours.Path = "renamed.jpg"
	same(t, "renamed", []state.Member{ours}, view(t, a).Members["k"])
}

func TestANewKeyKeepsEverything(t *testing.T) {
	a := fresh(t)
	rememberAll(t, a)
	rename := state.Effects{Rebind: []state.Rebind{{From: "iceland", To: "iceland-2024"}}}
	must(t, a.Record(t.Context(), rename))
	want := fullView()
	want.Serial++
	want.Albums[1].Key = "iceland-2024"
	want.Members = map[string][]state.Member{"iceland-2024": want.Members["iceland"]}
	want.Removed[0].Key = "iceland-2024"
	want.Quarantine[0].Key = "iceland-2024"
	same(t, "under the new key", want, view(t, a))
	must(t, a.Record(t.Context(), rename))
	same(t, "once more", want, view(t, a))

	must(t, a.Record(t.Context(), state.Effects{Forget: []string{"iceland-2024"}}))
	v := view(t, a)
	if len(v.Albums) != 1 || len(v.Members)+len(v.Removed)+len(v.Quarantine) != 0 || len(v.Media) != 2 {
		t.Errorf("after forgetting it: %+v", v)
	}
	var unbound *state.UnboundError
	if err := a.Record(t.Context(), rename); !errors.As(err, &unbound) {
		t.Errorf("nobody is left to rename: %v", err)
	}
}

func TestSeenAtIsWhenItWasFirstSeenSo(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}))
	for _, c := range []struct {
		seen state.Seen
		want time.Time
	}{
		{state.Seen{Key: "k", At: at(1)}, at(1)},
		{state.Seen{Key: "k", At: at(2)}, at(1)},
		{state.Seen{Key: "k", Count: 1, At: at(3)}, at(3)},
		{state.Seen{Key: "k", Count: 1, At: at(4)}, at(3)},
		{state.Seen{Key: "k", Count: 1, Title: "new", At: at(5)}, at(5)},
	} {
		must(t, a.Record(ctx, state.Effects{Seen: []state.Seen{c.seen}}))
		same(t, fmt.Sprintf("after %v", c.seen), c.want, view(t, a).Albums[0].SeenAt)
	}
}

func TestEachPartNeedsABoundAlbum(t *testing.T) {
	a := fresh(t)
	rememberAll(t, a)
	for name, e := range map[string]state.Effects{
		"Gone":     {Gone: []state.Gone{{Key: "x"}}},
		"Seen":     {Seen: []state.Seen{{Key: "x"}}},
		"Titles":   {Titles: map[string]string{"x": ""}},
		"Covers":   {Covers: map[string]string{"x": ""}},
		"Policies": {Policies: map[string]state.Policy{"x": {}}},
		"Remove":   {Remove: []state.Remove{{Key: "x"}}},
		"Members":  {Members: []state.MembersRead{{Key: "x"}}},
		"Insert":   {Insert: []state.Insert{{Key: "x"}}},
		"Paths":    {Paths: []state.PathChange{{Key: "x"}}},
	} {
		e.Media = []state.Media{{Digest: sum(77)}}
		e.Forget = []string{"gone"}
		var unbound *state.UnboundError
		if err := a.Record(t.Context(), e); !errors.As(err, &unbound) || unbound.Key != "x" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	same(t, "the state", fullView(), view(t, a))
}

// A read that differs by one member does not touch the others.
func TestAReadMovesNothingThatStays(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: members("a", "b", "c")}}}))
	before, err := a.Ranks(ctx, "k")
	must(t, err)
	must(t, a.Record(ctx, state.Effects{Members: []state.MembersRead{{Key: "k", Members: members("a", "new", "b", "c")}}}))
	after, err := a.Ranks(ctx, "k")
	must(t, err)
	same(t, "ranks", before, slices.Delete(after, 1, 2))
}

// Insertions at one place halve the gap there until it is used up.
func TestOrderHoldsWhenTheRanksAreUsedUp(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: members("first", "last")}}}))
	want := []string{"first", "last"}
	narrowest, renumbered := 1e9, false
	for i := range 120 {
		id := fmt.Sprint(i)
		must(t, a.Record(ctx, state.Effects{Insert: []state.Insert{{Key: "k", After: "first", Members: members(id)}}}))
		want = slices.Insert(want, 1, id)
		ranks, err := a.Ranks(ctx, "k")
		must(t, err)
		gap := ranks[1] - ranks[0]
		renumbered = renumbered || gap > narrowest
		narrowest = min(narrowest, gap)
	}
	same(t, "order", want, items(view(t, a).Members["k"]))
	if !renumbered || narrowest < state.MinGap {
		t.Errorf("renumbered: %v, narrowest gap: %v", renumbered, narrowest)
	}
}

func TestRanksBetweenAreInOrderAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ends := rapid.SliceOfN(rapid.Float64Range(-1<<32, 1<<32), 2, 2).Draw(t, "ends")
		slices.Sort(ends)
		low, high := ends[0], ends[1]
		if rapid.Bool().Draw(t, "close together") {
			high = low + rapid.Float64Range(0, 1).Draw(t, "apart")
		}
		open := rapid.IntRange(0, 3).Draw(t, "open ends")
		low, high = infinite(low, high, open)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		ranks, ok := state.RanksBetween(low, high, n)
		if !ok {
			if open == 3 {
				t.Fatal("no room in an empty album")
			}
			return
		}
		all := append(append([]float64{low}, ranks...), high)
		for i := 1; i < len(all); i++ {
			if all[i]-all[i-1] < state.MinGap/2 {
				t.Fatalf("%v and %v are not apart", all[i-1], all[i])
			}
		}
	})
}
