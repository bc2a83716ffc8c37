package reconcile_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
)

// deferredReasons are the reasons of what a plan defers, in order.
func deferredReasons(p plan.Plan) []plan.Reason {
	var out []plan.Reason
	for _, d := range p.Deferred {
		out = append(out, d.Reason)
	}
	return out
}

// forget makes the account's memory a new, empty one.
func (a *account) forget() { a.state = a.t.TempDir() }

// TestAnAlbumOfTheSameTitleBlocks: without memory nothing tells whether a live
// album of the title is the wanted one. It is not touched, and no second one is
// made, until the spec says which.
func TestAnAlbumOfTheSameTitleBlocks(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.forget()
	stats, _ := a.counted(func() {
		p, _ := a.apply()
		if diff := cmp.Diff([]plan.Reason{plan.TitleTaken}, deferredReasons(p.Plan)); diff != "" {
			t.Errorf("deferred (-want +got):\n%s", diff)
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1}, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}

	a.spec(`albums: {x: {title: X, adopt: off, contents: [{files: a/*.jpg}]}}`)
	a.apply()
	if diff := cmp.Diff([]string{"X: 001 002 003", "X: 001 002 003"}, a.albums()); diff != "" {
		t.Errorf("with adopt: off (-want +got):\n%s", diff)
	}
	if n := len(a.emu.World().Items); n != 3 {
		t.Errorf("the library holds %d items, want 3: the same bytes are the same items", n)
	}
}

// TestLostMemoryIsRebuiltByAdoption: with the state gone, an album is bound again
// by its title and its pictures by their bytes: no second album, no second item,
// nothing taken out.
func TestLostMemoryIsRebuiltByAdoption(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 60)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	before := a.emu.World()
	a.forget()
	a.spec(`albums: {x: {title: X, adopt: {title: X}, contents: [{files: a/*.jpg}]}}`)
	a.rest()
	if diff := cmp.Diff(before, a.emu.World()); diff != "" {
		t.Errorf("world (-before +after):\n%s", diff)
	}
	if _, total := a.counted(func() { a.apply() }); total != 1 {
		t.Errorf("after that, nothing to do takes %d calls, want 1", total)
	}
}

// TestAdoptedAlbumKeepsWhatOthersPutIn unless it is exact.
func TestAdoptedAlbumKeepsWhatOthersPutIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ membership, want string }{
		{"managed", "X: 001 002 007 008"}, {"additive", "X: 001 002 007 008"}, {"exact", "X: 001 002"},
	} {
		t.Run(c.membership, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("old", 7, 8)
			a.spec("albums: {gone: {title: X, contents: [{files: old/*.jpg}]}}")
			a.apply()
			a.forget()
			a.pictures("a", 1, 2)
			a.spec(fmt.Sprintf("safety: {maxRemovalPercent: 100}\nalbums: {x: {title: X, adopt: {title: X}, membership: %s, contents: [{files: a/*.jpg}]}}", c.membership))
			a.rest()
			if diff := cmp.Diff([]string{c.want}, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMembershipSaysWhatIsTakenOut, after both the spec and people in the app
// have changed an album.
func TestMembershipSaysWhatIsTakenOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ membership, want string }{
		{"managed", "X: 001 003 009"}, {"additive", "X: 001 002 003 009"}, {"exact", "X: 001 003"},
	} {
		t.Run(c.membership, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 3)
			a.pictures("b", 9, 9)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, z: {title: Z, contents: [{files: b/*.jpg}]}}")
			a.apply()
			if _, err := a.emu.Act(emulator.Action{Do: emulator.AddItems, Album: "X", Items: []string{"009.jpg"}}); err != nil {
				t.Fatal(err)
			}
			a.remove("a/002.jpg")
			a.spec(fmt.Sprintf("albums: {x: {title: X, membership: %s, contents: [{files: a/*.jpg}]}, z: {title: Z, contents: [{files: b/*.jpg}]}}", c.membership))
			a.rest()
			if diff := cmp.Diff([]string{c.want, "Z: 009"}, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatLeavesTheSpec: its album stays as it is, or is emptied of what albumen
// put in, once somebody says yes; and its key may come back.
func TestWhatLeavesTheSpec(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ onRemove, want string }{{"keep", "X: 001 002"}, {"empty", "X:"}} {
		t.Run(c.onRemove, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 2)
			with := fmt.Sprintf("albums: {x: {title: X, onRemove: %s, contents: [{files: a/*.jpg}]}}", c.onRemove)
			a.spec(with)
			a.apply()
			a.spec("albums: {}")
			p := a.plan()
			if len(p.Plan.Orphans) != 1 || p.Plan.Orphans[0].Key != "x" {
				t.Errorf("orphans %+v, want x", p.Plan.Orphans)
			}
			a.allowing(10)
			if diff := cmp.Diff([]string{c.want}, a.albums()); diff != "" {
				t.Errorf("without the key (-want +got):\n%s", diff)
			}
			a.spec(with)
			a.rest()
			if diff := cmp.Diff([]string{"X: 001 002"}, a.albums()); diff != "" {
				t.Errorf("with the key again (-want +got):\n%s", diff)
			}
		})
	}
}

// allowing plans and applies with a yes to so many removals.
func (a *account) allowing(removals int) *reconcile.Report {
	a.t.Helper()
	s := a.open()
	defer s.close()
	s.request.AllowRemovals = removals
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		a.t.Fatal(err)
	}
	r, err := s.loop.Apply(context.Background(), s.request, p)
	if err != nil {
		a.t.Fatal(err)
	}
	return r
}

// TestAPausedAlbumIsPlannedAndLeftAlone, and goes on when it is paused no more.
func TestAPausedAlbumIsPlannedAndLeftAlone(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.spec("albums: {x: {title: X, paused: true, contents: [{files: a/*.jpg}]}}")
	stats, _ := a.counted(func() {
		p, _ := a.apply()
		if diff := cmp.Diff([]plan.Reason{plan.Paused}, deferredReasons(p.Plan)); diff != "" {
			t.Errorf("deferred (-want +got):\n%s", diff)
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1}, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	if diff := cmp.Diff([]string{"X: 001 002"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestItemsAreNamedByTheirIDs: an item of the library stands where the spec has
// it, without a file.
func TestItemsAreNamedByTheirIDs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	ids := map[string]string{}
	for _, item := range a.emu.World().Items {
		ids[item.FileName] = item.ID
	}
	a.spec(fmt.Sprintf("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Why, cover: {item: %q}, contents: [{item: %q}, {item: %q}]}}", ids["001.jpg"], ids["003.jpg"], ids["001.jpg"]))
	stats, _ := a.counted(func() { a.apply() })
	if diff := cmp.Diff(map[string]int{"albums.list": 1, "albums.create": 1, "albums.batchAddMediaItems": 1, "albums.patch": 1}, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"X: 001 002 003", "Why: 003 001"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if p := a.plan(); !p.Plan.Empty() {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// captions counts the enrichments of each album of the world by their texts.
func (a *account) captions() map[string]int {
	out := map[string]int{}
	for _, album := range a.emu.World().Albums {
		for _, e := range album.Contents {
			if e.Enrichment != nil {
				out[album.Title+": "+e.Enrichment.Text]++
			}
		}
	}
	return out
}

// TestLaw14AnAdoptedAlbumGetsNoCaptionTwice: with the memory lost, nobody can see
// which captions stand in an album. None is written until the spec says.
func TestLaw14AnAdoptedAlbumGetsNoCaptionTwice(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	const story = `contents: [{text: One}, {files: a/001.jpg}, {text: Two}, {files: "a/00[23].jpg"}%s]`
	a.spec("albums: {x: {title: X, " + fmt.Sprintf(story, "") + "}}")
	a.apply()
	once := map[string]int{"X: One": 1, "X: Two": 1}
	if diff := cmp.Diff(once, a.captions()); diff != "" {
		t.Fatalf("captions (-want +got):\n%s", diff)
	}
	a.forget()
	a.spec("albums: {x: {title: X, adopt: {title: X}, " + fmt.Sprintf(story, "") + "}}")
	a.apply()
	p := a.plan()
	if diff := cmp.Diff([]plan.Reason{plan.InDoubt}, deferredReasons(p.Plan)); diff != "" || len(p.Plan.Actions) > 0 {
		t.Errorf("an adopted album (-want +got):\n%s%s", diff, describe(p.Plan))
	}
	if diff := cmp.Diff(once, a.captions()); diff != "" {
		t.Errorf("captions of an adopted album (-want +got):\n%s", diff)
	}

	a.spec("albums: {x: {title: X, adopt: {title: X, enrichments: written}, " + fmt.Sprintf(story, "") + "}}")
	a.apply()
	if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Deferred) > 0 || p.Plan.InSync != 1 {
		t.Errorf("with enrichments: written something is left to do:\n%s", describe(p.Plan))
	}
	a.spec("albums: {x: {title: X, adopt: {title: X, enrichments: written}, " + fmt.Sprintf(story, ", {text: Three}") + "}}")
	a.apply()
	if diff := cmp.Diff(map[string]int{"X: One": 1, "X: Two": 1, "X: Three": 1}, a.captions()); diff != "" {
		t.Errorf("captions after one more (-want +got):\n%s", diff)
	}

	b := newAccount(t)
	b.pictures("a", 1, 3)
	b.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	b.apply()
	b.forget()
	b.spec("albums: {x: {title: X, adopt: {title: X, enrichments: missing}, " + fmt.Sprintf(story, "") + "}}")
	b.rest()
	if diff := cmp.Diff(once, b.captions()); diff != "" {
		t.Errorf("captions with enrichments: missing (-want +got):\n%s", diff)
	}
}
