package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
)

// TestEachAnswerToWhatPeopleDo: each row of the decision table under each setting, on
// a live account. One apply answers it, and then all is at rest.
func TestEachAnswerToWhatPeopleDo(t *testing.T) {
	t.Parallel()
	const three = "albums: {x: {title: X, contents: [{files: a/*.jpg}]%s}}"
	cases := []struct {
		name     string
		settings string
		do       []emulator.Action
		plan     string // what the plan says of it
		albums   []string
		calls    int // of the apply
	}{
		{"a member taken out comes back", "", removed("002.jpg"), "drift x removed_in_app", []string{"X: 001 003 002"}, 4},
		{"removedFromAlbum: respect", ", removedFromAlbum: respect", removed("002.jpg"), "removed_in_app: taken out in the app, and stays so: a/002.jpg", []string{"X: 001 003"}, 3},
		{"a member thrown away stays away", "", trashed("002.jpg"), "deleted_in_photos: deleted in Google Photos, and stays so", []string{"X: 001 003"}, 3},
		{"deletedInPhotos: reupload", ", deletedInPhotos: reupload", trashed("002.jpg"), "create_items x a/002.jpg", []string{"X: 001 002 003"}, 5},
		{"a deleted album stays away", "", deleted(), "drift x album_gone", []string{}, 2},
		{"recreate: true", ", recreate: true", deleted(), "create_album x", []string{"X: 001 002 003"}, 5},
		{"another order is drift", "", reordered("003.jpg"), "", []string{"X: 003 001 002"}, 1},
		{"order: enforce", ", order: enforce", append(reordered("003.jpg"), removed("002.jpg")...),
			"drift x order", []string{"X: 001 002 003"}, 5},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 3)
			a.spec(fmt.Sprintf(three, c.settings))
			a.apply()
			a.act(c.do...)
			var said string
			_, calls := a.counted(func() {
				p, _ := a.apply()
				said = describe(p.Plan)
			})
			if c.plan != "" && !strings.Contains(said, c.plan) {
				t.Errorf("the plan does not say %q:\n%s", c.plan, said)
			}
			if diff := cmp.Diff(c.albums, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
			if calls != c.calls {
				t.Errorf("%d calls, want %d", calls, c.calls)
			}
			a.atRest()
		})
	}
}

func removed(name string) []emulator.Action {
	return []emulator.Action{{Do: emulator.RemoveItems, Album: "X", Items: []string{name}}}
}

func trashed(name string) []emulator.Action {
	return []emulator.Action{{Do: emulator.TrashItem, Item: name}}
}

func deleted() []emulator.Action { return []emulator.Action{{Do: emulator.DeleteAlbum, Album: "X"}} }

func reordered(first string) []emulator.Action {
	return []emulator.Action{{Do: emulator.Reorder, Album: "X", Items: []string{first}}}
}

// atRest asks that one more apply makes no write and leaves the memory as it is
// (law 6).
func (a *account) atRest() {
	a.t.Helper()
	before := a.memory()
	p, r := a.apply()
	if !p.Plan.Empty() || len(r.Results) > 0 {
		a.t.Errorf("not at rest: %s", describe(p.Plan))
	}
	if diff := cmp.Diff(before, a.memory()); diff != "" {
		a.t.Errorf("the memory changed at rest (-before +after):\n%s", diff)
	}
}

// TestLaw9WhatWasThrownAwayWithItsAlbumStaysAway when the album is created again,
// unless the spec asks for it; and that is remembered.
func TestLaw9WhatWasThrownAwayWithItsAlbumStaysAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, want string }{
		{"", "X: 001 003 004"},
		{", deletedInPhotos: reupload", "X: 001 002 003 004"},
		{", removedFromAlbum: respect", "X: 001 003"},
	} {
		a := newAccount(t)
		a.pictures("a", 1, 4)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]" + c.settings + "}}")
		a.apply()
		a.act(removed("004.jpg")...)
		a.plan()
		a.act(append(trashed("002.jpg"), deleted()...)...)
		a.apply()
		a.spec("albums: {x: {title: X, recreate: true, contents: [{files: a/*.jpg}]" + c.settings + "}}")
		a.apply()
		a.rest()
		if diff := cmp.Diff([]string{c.want}, a.albums()); diff != "" {
			t.Errorf("world (-want +got):\n%s", diff)
		}
		a.atRest()
	}
}

// TestLaw3ARecreatedAlbumIsNeverTwo: the answer to its creation is lost.
func TestLaw3ARecreatedAlbumIsNeverTwo(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.LoseRequest, emulator.LoseAnswer, emulator.Refuse} {
		a := newAccount(t)
		a.pictures("a", 1, 3)
		a.spec("albums: {x: {title: X, recreate: true, contents: [{files: a/*.jpg}]}}")
		a.apply()
		a.act(deleted()...)
		a.faults(emulator.Fault{Method: "albums.create", Kind: kind})
		_, _, _ = a.try(context.Background())
		a.rest()
		if diff := cmp.Diff([]string{"X: 001 002 003"}, a.albums()); diff != "" {
			t.Errorf("%s: world (-want +got):\n%s", kind, diff)
		}
	}
}

// TestLaw1AnInterruptedMoveIsMended: whatever becomes of one of the calls of a
// move, the members are all there in the end, in their order.
func TestLaw1AnInterruptedMoveIsMended(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"albums.batchRemoveMediaItems", "albums.batchAddMediaItems"} {
		for _, kind := range []string{emulator.LoseRequest, emulator.LoseAnswer, emulator.Refuse} {
			t.Run(method+" "+kind, func(t *testing.T) {
				t.Parallel()
				a := newAccount(t)
				a.pictures("a", 1, 4)
				a.spec("albums: {x: {title: X, order: enforce, contents: [{files: a/*.jpg}]}}")
				a.apply()
				a.act(reordered("003.jpg")...)
				a.act(removed("004.jpg")...) // the list of albums does not show another order
				a.faults(emulator.Fault{Method: method, Kind: kind, Status: 500})
				_, _, _ = a.try(context.Background())
				a.rest()
				if diff := cmp.Diff([]string{"X: 001 002 003 004"}, a.albums()); diff != "" {
					t.Errorf("world (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestACoverOutlivesItsMove: where an enforced order takes the cover's item out and
// adds it again, the same apply sets it as the cover again, and that is no drift.
func TestACoverOutlivesItsMove(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 4)
	a.spec("albums: {x: {title: X, order: enforce, cover: a/003.jpg, contents: [{files: a/*.jpg}]}}")
	a.apply()
	album, err := a.emu.World().Album("X")
	if err != nil || album.Cover == "" {
		t.Fatalf("the cover is %q: %v", album.Cover, err)
	}
	a.act(reordered("003.jpg")...)
	a.act(removed("004.jpg")...) // the list of albums does not show another order
	p, _ := a.apply()
	said := describe(p.Plan)
	if !strings.Contains(said, "patch_album x") || strings.Contains(said, "drift x cover") {
		t.Errorf("the plan of the move:\n%s", said)
	}
	again, err := a.emu.World().Album("X")
	if err != nil || again.Cover != album.Cover {
		t.Errorf("the cover is %q, want %q: %v", again.Cover, album.Cover, err)
	}
	a.atRest()
}

// TestAnItemThatComesBackFromTheTrashIsOne: whether Google makes a new item of the
// bytes of a trashed one or takes that out of the trash is not known, and either
// way there is one picture and then rest.
func TestAnItemThatComesBackFromTheTrashIsOne(t *testing.T) {
	t.Parallel()
	for _, revive := range []bool{false, true} {
		a := newAccount(t)
		choices := a.emu.Choices()
		choices.ReviveTrashed = revive
		if err := a.emu.SetChoices(choices); err != nil {
			t.Fatal(err)
		}
		a.pictures("a", 1, 3)
		a.spec("albums: {x: {title: X, deletedInPhotos: reupload, contents: [{files: a/*.jpg}]}}")
		a.apply()
		a.act(trashed("002.jpg")...)
		a.apply()
		if diff := cmp.Diff([]string{"X: 001 002 003"}, a.albums()); diff != "" {
			t.Errorf("revive %v: world (-want +got):\n%s", revive, diff)
		}
		a.atRest()
		// Somebody takes the old one out of the trash as well: it is the same picture.
		if !revive {
			a.act(emulator.Action{Do: emulator.RestoreItem, Item: a.emu.World().Items[1].ID})
			a.rest()
			if diff := cmp.Diff([]string{"X: 001 002 003"}, a.albums()); diff != "" {
				t.Errorf("both are there: world (-want +got):\n%s", diff)
			}
			a.atRest()
		}
	}
}
