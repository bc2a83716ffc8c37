package plan

import (
	"fmt"
	"slices"
	"strings"

	"albumen/photos"
	"albumen/spec"
)

// bindings says which live album each key stands for, with those that this plan
// adds.
type bindings struct {
	bindings []Binding
	byKey    map[spec.Key]*Bound
	blocked  map[spec.Key]*Deferred
	claimed  map[spec.Key]bool       // recorded keys that a desired album uses
	ids      map[photos.AlbumID]bool // live albums that are bound
	doubtful map[spec.Key]bool       // keys of which a write is in doubt: they keep their albums
}

func (b *bindings) of(d *spec.DesiredAlbum) (*Bound, *Deferred) {
	return b.byKey[d.Key], b.blocked[d.Key]
}

// bind decides which live album each desired one stands for: the one recorded
// for its key, that of an earlier key, the one that the spec adopts, or none.
func bind(in *Input) bindings {
	b := bindings{
		byKey:   map[spec.Key]*Bound{},
		blocked: map[spec.Key]*Deferred{},
		claimed: map[spec.Key]bool{},
		ids:     map[photos.AlbumID]bool{},

		doubtful: map[spec.Key]bool{},
	}
	for _, d := range in.Recorded.Doubts {
		if !d.Wish.Held() {
			b.doubtful[d.Wish.Key] = true
		}
	}
	for _, rec := range in.Recorded.Albums {
		b.ids[rec.ID] = true
	}
	for i := range in.Desired.Albums {
		d := &in.Desired.Albums[i]
		if rec, ok := in.Recorded.Albums[d.Key]; ok {
			b.claimed[d.Key] = true
			if !recreates(d, rec) {
				b.byKey[d.Key] = rec
			}
		}
	}
	free := func(d *spec.DesiredAlbum) bool {
		// A key of which a write is in doubt gets no other album: the doubt would be
		// judged by that one.
		return b.byKey[d.Key] == nil && in.Policy.selected(d.Key) && !b.doubtful[d.Key]
	}
	for i := range in.Desired.Albums {
		if d := &in.Desired.Albums[i]; free(d) {
			b.rebind(in, d)
		}
	}
	byTitle := b.unbound(in)
	for i := range in.Desired.Albums {
		if d := &in.Desired.Albums[i]; free(d) {
			b.adopt(in, d, byTitle)
		}
	}
	return b
}

// orphaned is the key of an album of this title that the spec no longer names: it
// may be the same one under an earlier key.
func (b *bindings) orphaned(in *Input, title string) (spec.Key, bool) {
	for _, key := range sortedKeys(in.Recorded.Albums) {
		rec := in.Recorded.Albums[key]
		live, seen := in.Observed.Albums[rec.ID]
		if !b.claimed[key] && !rec.Gone && seen && live.Title == title {
			return key, true
		}
	}
	return "", false
}

// unbound lists the live albums that no key stands for, by title.
func (b *bindings) unbound(in *Input) map[string][]photos.AlbumID {
	byTitle := map[string][]photos.AlbumID{}
	for id, a := range in.Observed.Albums {
		if !b.ids[id] {
			byTitle[a.Title] = append(byTitle[a.Title], id)
		}
	}
	for _, ids := range byTitle {
		slices.Sort(ids)
	}
	return byTitle
}

// rebind takes over the album of an earlier key.
func (b *bindings) rebind(in *Input, d *spec.DesiredAlbum) {
	if b.claimed[d.Key] {
		return // its own album is gone, and is created again
	}
	for _, old := range d.Previously {
		rec, ok := in.Recorded.Albums[old]
		if !ok || b.claimed[old] || b.doubtful[old] {
			continue
		}
		b.claimed[old] = true
		moved := *rec
		moved.Key = d.Key
		b.byKey[d.Key] = &moved
		b.bindings = append(b.bindings, Binding{Key: d.Key, From: old, Album: rec.ID, Title: rec.Title})
		return
	}
}

// adopt binds a live album that nobody claims, or finds that one of the same
// title is in the way.
func (b *bindings) adopt(in *Input, d *spec.DesiredAlbum, byTitle map[string][]photos.AlbumID) {
	if d.Adopt.Off {
		return
	}
	if rec := in.Recorded.Albums[d.Key]; rec != nil && string(rec.ID) == d.Adopt.ID {
		return // the album that it adopted once is gone
	}
	if id := photos.AlbumID(d.Adopt.ID); id != "" {
		if _, live := in.Observed.Albums[id]; !live || b.ids[id] {
			b.block(d, NotFound, fmt.Sprintf("the album %s that it adopts is not among the live, unbound albums of this app", d.Adopt.ID), "see the strays below for what can be adopted")
			return
		}
		b.take(in, d, id)
		return
	}
	title := d.Title
	if d.Adopt.Title != "" {
		title = d.Adopt.Title
	}
	found := slices.DeleteFunc(slices.Clone(byTitle[title]), func(id photos.AlbumID) bool { return b.ids[id] })
	old, left := b.orphaned(in, title)
	switch {
	case len(found) == 0 && left && d.Adopt.Title == "":
		b.block(d, TitleTaken, fmt.Sprintf("the album of the key %s, which the spec no longer names, is called %q", old, title),
			fmt.Sprintf("take it over with `previously: %s`, or create another of the same title with `adopt: off`", old))
	case len(found) == 0:
	case len(found) == 1 && d.Adopt.Title != "":
		b.take(in, d, found[0])
	case d.Adopt.Title != "":
		b.block(d, TitleTaken, fmt.Sprintf("%d live albums are called %q: %s", len(found), title, joinIDs(found)), "adopt one of them by its id")
	default:
		b.block(d, TitleTaken, fmt.Sprintf("a live album that albumen did not bind is called %q: %s", title, joinIDs(found)),
			fmt.Sprintf("adopt it with `adopt: {title: %q}`, or create another of the same title with `adopt: off`", title))
	}
}

func (b *bindings) take(in *Input, d *spec.DesiredAlbum, id photos.AlbumID) {
	live := in.Observed.Albums[id]
	b.ids[id] = true
	bound := Bound{}
	if read := in.Recorded.Reads[id]; read != nil {
		bound = *read
	}
	bound.Key, bound.ID, bound.Title, bound.URL = d.Key, id, live.Title, live.ProductURL
	b.byKey[d.Key] = &bound
	b.bindings = append(b.bindings, Binding{Key: d.Key, Album: id, Title: live.Title})
}

func (b *bindings) block(d *spec.DesiredAlbum, reason Reason, text, hint string) {
	b.blocked[d.Key] = &Deferred{Key: d.Key, Reason: reason, Text: text, Hint: hint, Count: 1, At: d.At}
}

func joinIDs(ids []photos.AlbumID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = string(id)
	}
	return strings.Join(parts, ", ")
}
