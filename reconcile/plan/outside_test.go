package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"albumen/photos"
	"albumen/reconcile/plan"
)

// TestLaw5WhatIsLeftOfADeletedAlbumIsLookedUpAtAPrice: once, when the album is found
// deleted or when the spec asks for it later, and never beyond the allowance.
func TestLaw5WhatIsLeftOfADeletedAlbumIsLookedUpAtAPrice(t *testing.T) {
	t.Parallel()
	var ns []int
	for n := range 120 {
		ns = append(ns, n+1)
	}
	read := func(kind plan.ReadKind, why string, calls int, left bool) []plan.Read {
		return []plan.Read{{Key: "a", Album: "album-a", Kind: kind, Why: why, Calls: calls, Left: left}}
	}
	cases := []struct {
		name           string
		gone, recreate bool
		allowance      int
		change         func(*plan.Input)
		want           []plan.Read
	}{
		{name: "missing from the list", allowance: 100, want: read(plan.ReadAlbum, "missing from the list", 1, false)},
		{name: "missing, and to be created again", recreate: true, allowance: 100, want: read(plan.ReadAlbum, "missing from the list", 4, true)},
		{name: "gone", gone: true, allowance: 100},
		{name: "gone, and to be created again", gone: true, recreate: true, allowance: 100, want: read(plan.ReadLeft, "to be created again", 3, false)},
		{name: "too dear today", gone: true, recreate: true, allowance: 2},
		{name: "another album of its title is in the way", gone: true, recreate: true, allowance: 100, change: func(in *plan.Input) {
			in.Observed.Albums["x"] = photos.Album{ID: "x", Title: "A"}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := world{members: files(ns...), known: knowns(ns...), change: func(in *plan.Input) {
				delete(in.Observed.Albums, "album-a")
				boundA(in).Gone = c.gone
				album(in).Outside.Recreate = c.recreate
				if c.change != nil {
					c.change(in)
				}
			}}.input()
			if diff := cmp.Diff(c.want, plan.Refresh(in, c.allowance), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
		})
	}
}
