package emulator

import (
	"fmt"
	"slices"
)

// entry is one place in an album's contents: an item's number, or the bitwise
// complement of an enrichment's.
type entry = int32

// album is an album with its contents in order.
type album struct {
	number   number
	Title    string
	Created  int64   // Unix seconds
	Deleted  bool    // by the user
	Cover    number  // the item that was chosen as cover; -1 without
	contents []entry // items, trashed ones too, and enrichments
	members  map[number]struct{}
	repeated map[number]int // how often a member stands there again; nil without
	extra    int            // the sum of repeated
	hidden   int            // trashed items among the contents
	foreign  int            // items among the contents, trashed ones too, that the album's maker did not make
	maker
	share *share // nil for an album of the owner alone
}

// has reports whether an item is in the album, trashed or not.
func (a *album) has(n number) bool {
	_, ok := a.members[n]
	return ok
}

// places is how many of the contents are items, trashed or not.
func (a *album) places() int { return len(a.members) + a.extra }

// each names every item as often as it stands in the album.
func (a *album) each(items []number) []number {
	if a.extra == 0 {
		return items
	}
	var out []number
	for _, n := range items {
		out = append(out, slices.Repeat([]number{n}, 1+a.repeated[n])...)
	}
	return out
}

// count is the number of items that the album shows.
func (a *album) count() int { return a.places() - a.hidden }

// insert puts entries at an index of the contents.
func (a *album) insert(at int, entries []entry) {
	if a.members == nil {
		a.members = map[number]struct{}{}
	}
	a.contents = slices.Insert(a.contents, at, entries...)
	for _, e := range entries {
		switch {
		case e < 0:
		case a.has(e):
			if a.repeated == nil {
				a.repeated = map[number]int{}
			}
			a.repeated[e]++
			a.extra++
		default:
			a.members[e] = struct{}{}
		}
	}
}

// remove takes items out, wherever they stand; enrichments stay.
func (a *album) remove(items []number) {
	for _, n := range items {
		a.extra -= a.repeated[n]
		delete(a.repeated, n)
		delete(a.members, n)
		if a.Cover == n {
			a.Cover = -1
		}
	}
	a.contents = slices.DeleteFunc(a.contents, func(e entry) bool {
		return e >= 0 && !a.has(e)
	})
}

// drop takes enrichments out; items stay.
func (a *album) drop(entries []entry) error {
	for _, e := range entries {
		if e >= 0 || !slices.Contains(a.contents, e) {
			return fmt.Errorf("enrichment %d is not in album %d", ^e, a.number)
		}
	}
	a.contents = slices.DeleteFunc(a.contents, func(e entry) bool { return slices.Contains(entries, e) })
	return nil
}

// cover is the item that stands for the album: the chosen one as long as it is
// there, otherwise the first; -1 for an album without items.
func (w *world) cover(a *album) number {
	if a.Cover >= 0 && !w.items[a.Cover].Trashed {
		return a.Cover
	}
	for _, e := range a.contents {
		if e >= 0 && !w.items[e].Trashed {
			return e
		}
	}
	return -1
}

// shown is the album's contents as people see them, without what is trashed.
func (w *world) shown(a *album) []entry {
	if a.hidden == 0 {
		return a.contents
	}
	out := make([]entry, 0, len(a.contents))
	for _, e := range a.contents {
		if e < 0 || !w.items[e].Trashed {
			out = append(out, e)
		}
	}
	return out
}

// indexAfter is the place behind an entry of the album; -1 if it is not there.
func (a *album) indexAfter(e entry) int {
	if at := slices.Index(a.contents, e); at >= 0 {
		return at + 1
	}
	return -1
}
