package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile/plan"
)

const twoAlbums = `
albums:
  first:
    title: First
    contents: [{files: a/*.jpg}]
  second:
    title: Second
    contents: [{files: "b/*.jpg"}, {files: a/002.jpg}]
`

// TestApplyMakesTheAccountWhatTheSpecSays: all albums, in the declared order, at
// the price of the plan.
func TestApplyMakesTheAccountWhatTheSpecSays(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.pictures("b", 7, 8)
	a.spec(twoAlbums)
	stats, _ := a.counted(func() {
		p, r := a.apply()
		if !r.Complete() || len(r.Results) != len(p.Plan.Actions) {
			t.Errorf("not everything was done: %+v", r)
		}
		if price := p.Plan.Cost.Calls; price != 9 {
			t.Errorf("the plan's price is %d calls, want the 9 that are made after the sweep", price)
		}
	})
	if diff := cmp.Diff([]string{"First: 001 002 003", "Second: 007 008 002"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	want := map[string]int{"albums.list": 1, "albums.create": 2, "uploads": 5, "mediaItems.batchCreate": 2}
	if diff := cmp.Diff(want, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// TestLaw6Convergence: the plan after an apply is empty; a second apply makes one
// call, no write, and leaves the state as it was.
func TestLaw6Convergence(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 60)
	a.pictures("b", 70, 75)
	a.spec(twoAlbums)
	a.apply()
	before := a.memory()
	stats, _ := a.counted(func() {
		p, r := a.apply()
		if !p.Plan.Empty() || len(p.Plan.Drift)+len(p.Plan.Deferred) > 0 || len(r.Results) > 0 {
			t.Errorf("something is left to do:\n%s", describe(p.Plan))
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1}, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, a.memory()); diff != "" {
		t.Errorf("the state changed (-before +after):\n%s", diff)
	}
}

// TestEditsAreCarriedOut: what a user does to a spec and a folder, alone and with
// the calls that it takes.
func TestEditsAreCarriedOut(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		edit  func(a *account)
		want  []string
		calls map[string]int
	}{
		{"nothing", func(*account) {}, []string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1}},
		{"retitled", func(a *account) { a.spec("albums: {x: {title: Other, contents: [{files: a/*.jpg}]}}") },
			[]string{"Other: 001 002 003 004"}, map[string]int{"albums.list": 1, "albums.patch": 1}},
		{"a picture dropped", func(a *account) { a.remove("a/002.jpg") },
			[]string{"Album: 001 003 004"}, map[string]int{"albums.list": 1, "albums.batchRemoveMediaItems": 1}},
		{"one added in the middle", func(a *account) { a.picture("a/002b.jpg", 50) },
			[]string{"Album: 001 002 002b 003 004"}, map[string]int{"albums.list": 1, "uploads": 1, "mediaItems.batchCreate": 1}},
		{"one added at the front", func(a *account) { a.picture("a/000.jpg", 50) },
			[]string{"Album: 000 001 002 003 004"}, map[string]int{"albums.list": 1, "uploads": 1, "mediaItems.batchCreate": 1}},
		{"one edited in place", func(a *account) { a.picture("a/002.jpg", 50) },
			[]string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1, "uploads": 1, "mediaItems.batchCreate": 1, "albums.batchRemoveMediaItems": 1}},
		{"one renamed", func(a *account) { a.rename("a/002.jpg", "a/002-lake.jpg") },
			[]string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1}},
		{"two pictures dropped and one moved in the middle", func(a *account) {
			a.remove("a/001.jpg")
			a.remove("a/004.jpg")
			a.picture("a/002b.jpg", 50)
		}, []string{"Album: 002 002b 003"}, map[string]int{"albums.list": 1, "uploads": 1, "mediaItems.batchCreate": 1, "albums.batchRemoveMediaItems": 1}},
		{"another key for the album", func(a *account) {
			a.spec("albums: {z: {title: Album, previously: x, contents: [{files: a/*.jpg}]}}")
		}, []string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1}},
		{"a cover", func(a *account) {
			a.spec("albums: {x: {title: Album, cover: a/003.jpg, contents: [{files: a/*.jpg}]}}")
		}, []string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1, "albums.patch": 1}},
		{"the key dropped", func(a *account) { a.spec("albums: {}") },
			[]string{"Album: 001 002 003 004"}, map[string]int{"albums.list": 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 4)
			a.spec("albums: {x: {title: Album, contents: [{files: a/*.jpg}]}}")
			a.apply()
			c.edit(a)
			stats, _ := a.counted(func() {
				if _, r := a.apply(); !r.Complete() {
					t.Errorf("not everything was done: %+v", r)
				}
			})
			if diff := cmp.Diff(c.calls, stats); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
			if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Renames) > 0 {
				t.Errorf("something is left to do:\n%s", describe(p.Plan))
			}
		})
	}
}

// TestAPictureMovesFromOneAlbumToAnother, whichever of the two comes first: in one
// apply, without sending a byte.
func TestAPictureMovesFromOneAlbumToAnother(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.pictures("b", 8, 9)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Why, contents: [{files: b/*.jpg}]}}")
	a.apply()
	a.spec("safety: {maxRemovalPercent: 100}\nalbums: {x: {title: X, contents: [{files: a/001.jpg}, {files: b/008.jpg}]}, y: {title: Why, contents: [{files: b/009.jpg}, {files: a/002.jpg}]}}")
	stats, _ := a.counted(func() {
		if _, r := a.apply(); !r.Complete() {
			t.Errorf("not everything was done: %+v", r)
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1, "albums.batchAddMediaItems": 2, "albums.batchRemoveMediaItems": 2}, stats); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"X: 001 008", "Why: 009 002"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestARenamedKeyMakesNoSecondAlbum: without a word of the earlier key the plan
// asks which is meant.
func TestARenamedKeyMakesNoSecondAlbum(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.spec("albums: {z: {title: X, contents: [{files: a/*.jpg}]}}")
	p, _ := a.apply()
	if len(p.Plan.Deferred) != 1 || p.Plan.Deferred[0].Reason != plan.TitleTaken || !strings.Contains(p.Plan.Deferred[0].Hint, "previously: x") {
		t.Errorf("the plan does not ask:\n%s", describe(p.Plan))
	}
	if n := len(a.emu.World().Albums); n != 1 {
		t.Errorf("%d albums are there", n)
	}
	a.spec("albums: {z: {title: X, previously: x, contents: [{files: a/*.jpg}]}}")
	a.apply()
	if p := a.plan(); !p.Plan.Empty() || p.Plan.InSync != 1 {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// TestWhatPeopleDoInTheApp: drift is seen, told, and mended as the spec says.
func TestWhatPeopleDoInTheApp(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		act   emulator.Action
		drift string
		want  []string
	}{
		{"renamed", emulator.Action{Do: emulator.RenameAlbum, Album: "Album", Title: "Mine"}, "title", []string{"Album: 001 002 003 004"}},
		{"a picture taken out", emulator.Action{Do: emulator.RemoveItems, Album: "Album", Items: []string{"002.jpg"}}, "removed_in_app", []string{"Album: 001 003 004 002"}},
		{"a picture thrown away", emulator.Action{Do: emulator.TrashItem, Item: "002.jpg"}, "deleted_in_photos", []string{"Album: 001 003 004"}},
		{"the album deleted", emulator.Action{Do: emulator.DeleteAlbum, Album: "Album"}, "album_gone", []string{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 4)
			a.spec("albums: {x: {title: Album, contents: [{files: a/*.jpg}]}}")
			a.apply()
			if _, err := a.emu.Act(c.act); err != nil {
				t.Fatal(err)
			}
			p, _ := a.apply()
			found := false
			for _, d := range p.Plan.Drift {
				found = found || string(d.Kind) == c.drift
			}
			if !found {
				t.Errorf("no drift %s in the plan:\n%s", c.drift, describe(p.Plan))
			}
			if diff := cmp.Diff(c.want, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
			if p := a.plan(); !p.Plan.Empty() {
				t.Errorf("it does not come to rest:\n%s", describe(p.Plan))
			}
		})
	}
}

// TestCallsOfTheFigures counts what the jobs of every day cost.
func TestCallsOfTheFigures(t *testing.T) {
	t.Parallel()
	t.Run("120 files", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 120)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		most(t, a, "120 new files into a new album", 125)
		most(t, a, "nothing to do", 1)
		a.spec("albums: {x: {title: X2, contents: [{files: a/*.jpg}]}}")
		most(t, a, "retitled", 2)
		for n := 10; n < 20; n++ {
			a.rename(fmt.Sprintf("a/%03d.jpg", n), fmt.Sprintf("a/%03d-b.jpg", n))
		}
		most(t, a, "10 files renamed on disk", 1)
		a.spec("albums: {x: {title: X2, contents: [{files: a/*.jpg}]}, z: {title: Z, contents: [{files: a/*.jpg}]}}")
		most(t, a, "the same 120 into a second album", 5)
		for n := 21; n <= 80; n++ {
			a.remove(fmt.Sprintf("a/%03d.jpg", n))
		}
		a.spec("safety: {maxRemovalPercent: 100}\nalbums: {x: {title: X2, contents: [{files: a/*.jpg}]}, z: {title: Z, membership: additive, contents: [{files: a/*.jpg}]}}")
		most(t, a, "60 of 120 taken out", 4)
	})
	t.Run("20 albums of 100", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		body := "albums:\n"
		a.pictures("a", 1, 100)
		for n := range 20 {
			body += fmt.Sprintf("  k%02d: {title: Album %02d, contents: [{files: a/*.jpg}]}\n", n, n)
		}
		a.spec(body)
		a.apply()
		if _, total := a.counted(func() { a.apply() }); total != 1 {
			t.Errorf("nothing to do with 20 albums of 100 took %d calls, want exactly 1", total)
		}
	})
}

// most checks that an apply takes no more calls than it may, and comes to rest.
func most(t *testing.T, a *account, job string, limit int) {
	t.Helper()
	stats, total := a.counted(func() {
		if _, r := a.apply(); !r.Complete() {
			t.Errorf("%s: not everything was done: %+v", job, r)
		}
	})
	if total > limit {
		t.Errorf("%s took %d calls, want at most %d: %v", job, total, limit, stats)
	}
	if p := a.plan(); !p.Plan.Empty() {
		t.Errorf("%s: something is left to do:\n%s", job, describe(p.Plan))
	}
}
