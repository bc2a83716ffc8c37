package reconcile

import (
	"context"
	"maps"
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

// lostWith is what people took out of a deleted album or threw away: the album that
// is created in its place must remember it, or it would come back unasked.
func lostWith(old *plan.Bound) map[photos.ItemID]plan.Lost {
	lost := map[photos.ItemID]plan.Lost{}
	if old == nil || !old.Gone {
		return lost
	}
	for id, l := range old.Lost {
		if l.By != plan.LostByUs {
			lost[id] = l
		}
	}
	return lost
}

// removals is the same in the state's rows, sorted, so that they are the same in
// each run.
func removals(key spec.Key, lost map[photos.ItemID]plan.Lost, now time.Time) []state.Remove {
	var out []state.Remove
	for _, id := range slices.Sorted(maps.Keys(lost)) {
		out = append(out, state.Remove{Key: string(key), Items: []string{string(id)}, By: string(lost[id].By), At: now})
	}
	return out
}

// unmoved reports whether an item that was to be moved still stands in its album:
// its removal failed, and to add it would do nothing.
func (w *work) unmoved(key spec.Key, item plan.Item) bool {
	return item.Why == plan.Misplaced &&
		slices.ContainsFunc(w.mem.rec.Albums[key].Known, func(k plan.Known) bool { return k.Item == item.ID })
}
