package plan

import (
	"maps"
	"slices"
	"time"

	"albumen/photos"
	"albumen/spec"
)

// Absorb is what a complete read of an album at a time teaches: the contents in
// their order, and which of the members that albumen put in are missing. The
// missing ones count as taken out in the app until a look into the library says
// that they are deleted (see Deleted).
//
// What was known of an item stays known; digests names the bytes of items that
// albumen uploaded, so that an adopted album's pictures are recognised.
func Absorb(b Bound, read []photos.Item, digests map[photos.ItemID]spec.Digest, at time.Time) (after Bound, missing []photos.ItemID) {
	before := make(map[photos.ItemID]*Known, len(b.Known))
	for i := range b.Known {
		before[b.Known[i].Item] = &b.Known[i]
	}
	after = b
	after.ReadAt, after.Stale = at, ""
	after.Known = make([]Known, 0, len(read))
	after.Lost = maps.Clone(b.Lost)
	for _, item := range read {
		k := Known{Item: item.ID, FileName: item.FileName, Digest: digests[item.ID]}
		lost, wasLost := after.Lost[item.ID]
		if old := before[item.ID]; old != nil {
			k = *old
			k.FileName = item.FileName
			delete(before, item.ID)
		} else if wasLost {
			k.Ours = lost.By != LostByUs
			if !lost.Digest.IsZero() {
				k.Digest = lost.Digest
			}
		}
		delete(after.Lost, item.ID)
		after.Known = append(after.Known, k)
	}
	gone := map[Ref]bool{}
	for i := range b.Known {
		k := &b.Known[i]
		if before[k.Item] == nil {
			continue
		}
		if gone[Ref{Item: k.Item}] = true; !k.Ours {
			continue
		}
		missing = append(missing, k.Item)
		if after.Lost == nil {
			after.Lost = map[photos.ItemID]Lost{}
		}
		after.Lost[k.Item] = Lost{Digest: k.Digest, By: LostInApp}
	}
	after.Enrichments = b.Parted(gone)
	return after, missing
}

// TakenOutInApp lists the members that somebody took out of an album, those of
// earlier reads included, in order.
func TakenOutInApp(b *Bound) (ids []photos.ItemID) {
	for id, lost := range b.Lost {
		if lost.By == LostInApp {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Deleted turns missing members into deleted ones.
func Deleted(b *Bound, ids []photos.ItemID) {
	for _, id := range ids {
		if lost, ok := b.Lost[id]; ok {
			lost.By = LostInLibrary
			b.Lost[id] = lost
		}
	}
}

// Insert puts members into the known contents at a position, as the API does. A
// member that already stands there keeps its place and takes over what is now
// known of it.
func (b *Bound) Insert(at photos.Position, members []Known) {
	after, front := b.Beside(at)
	b.Enrichments = b.Joined(at, members)
	index := make(map[photos.ItemID]int, len(members))
	for i := range members {
		index[members[i].Item] = i
	}
	there := make(map[photos.ItemID]bool)
	place := len(b.Known)
	if front {
		place = 0
	}
	for i := range b.Known {
		k := &b.Known[i]
		if j, ok := index[k.Item]; ok {
			*k = members[j]
			there[k.Item] = true
		}
		if k.Item == after {
			place = i + 1
		}
	}
	fresh := make([]Known, 0, len(members))
	for _, k := range members {
		if !there[k.Item] {
			there[k.Item] = true
			fresh = append(fresh, k)
		}
		delete(b.Lost, k.Item)
	}
	if place == len(b.Known) {
		b.Known = append(b.Known, fresh...)
		return
	}
	known := make([]Known, 0, len(b.Known)+len(fresh))
	known = append(known, b.Known[:place]...)
	known = append(known, fresh...)
	b.Known = append(known, b.Known[place:]...)
}

// Remove takes members out of the known contents, remembering that albumen did.
func (b *Bound) Remove(ids []photos.ItemID) {
	b.Enrichments = b.Without(ids)
	out := make(map[photos.ItemID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	if b.Lost == nil {
		b.Lost = map[photos.ItemID]Lost{}
	}
	kept := make([]Known, 0, len(b.Known))
	for _, k := range b.Known {
		if !out[k.Item] {
			kept = append(kept, k)
			continue
		}
		b.Lost[k.Item] = Lost{Digest: k.Digest, By: LostByUs}
	}
	b.Known = kept
}
