package reconcile

import (
	"context"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// left looks which members of a deleted album are left in the library. What was
// thrown away with it is remembered as such, so that the album that is created in
// its place is not filled with it unasked.
func (r *Reconciler) left(ctx context.Context, mem *memory, key spec.Key) error {
	b := mem.rec.Albums[key]
	if b == nil {
		return nil
	}
	ids := make([]photos.ItemID, len(b.Known))
	for i := range b.Known {
		ids[i] = b.Known[i].Item
	}
	gone, err := r.deleted(ctx, ids)
	if err != nil {
		return err
	}
	b.Left = true
	if len(gone) == 0 {
		return nil
	}
	b.Remove(gone)
	plan.Deleted(b, gone)
	return mem.record(ctx, "what was thrown away", key, state.Effects{
		Remove: []state.Remove{{Key: string(key), Items: texts(gone), By: string(plan.LostInLibrary), At: time.Now()}},
	})
}

// thrownAway is what of a deleted album is gone from the library, too: the album
// that is created in its place must remember it. Sorted, so that the state's rows
// are the same in each run.
func thrownAway(old *plan.Bound) []photos.ItemID {
	var ids []photos.ItemID
	if old == nil || !old.Gone {
		return nil
	}
	for id, lost := range old.Lost {
		if lost.By == plan.LostInLibrary {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// forgetNothing hands what was thrown away on from a deleted album to the one
// that was created in its place.
func forgetNothing(b, old *plan.Bound) *plan.Bound {
	for _, id := range thrownAway(old) {
		if b.Lost == nil {
			b.Lost = map[photos.ItemID]plan.Lost{}
		}
		b.Lost[id] = old.Lost[id]
	}
	return b
}

// unmoved reports whether an item that was to be moved still stands in its album:
// its removal failed, and to add it would do nothing.
func (w *work) unmoved(key spec.Key, item plan.Item) bool {
	return item.Why == plan.Misplaced &&
		slices.ContainsFunc(w.mem.rec.Albums[key].Known, func(k plan.Known) bool { return k.Item == item.ID })
}
