package plan

import (
	"fmt"
	"slices"

	"albumen/photos"
	"albumen/spec"
)

// order brings the members into the spec's order where the spec enforces it, and
// returns the known items that are still to be added behind all others.
//
// The API moves nothing and adds at the end alone. So the members that stand in
// the spec's order already, from its first one on, stay; the others are taken out
// and added again behind them, batch by batch, so that never more than one batch
// is out of the album. What somebody else put in stays where it is, but in an
// exact album, and what the API would not take back is never taken out.
func (s *sorting) order() []Item {
	if !s.album.Outside.EnforceOrder || !s.misplaced && len(s.adds) == 0 {
		return s.adds
	}
	tail := s.tail()
	moved := 0
	for batch := range batches(tail) {
		out := slices.DeleteFunc(slices.Clone(batch), func(i Item) bool { return !i.moves() })
		moved += len(out)
		if len(out) > 0 {
			s.plan.Actions = append(s.plan.Actions, removals(s.album.Key, s.bound, s.album, out)...)
		}
		s.plan.Actions = append(s.plan.Actions, s.add(batch))
	}
	s.sayOrder(moved)
	return nil
}

// tail lists what is added behind everything else: the known items that come in,
// and the members that have to stand behind one that does or that stand before one
// that they should follow.
func (s *sorting) tail() []Item {
	adds := make(map[*spec.Member]Item, len(s.adds))
	for _, item := range s.adds {
		adds[item.Member] = item
	}
	var tail []Item
	seen := make([]bool, len(s.bound.Known)) // a member that is named twice stands once
	last, inOrder := -1, true
	for i := range s.album.Members {
		want := &s.album.Members[i]
		if item, comes := adds[want]; comes {
			tail, inOrder = append(tail, item), false
			continue
		}
		at := s.find(want, s.in.Recorded.item(want))
		switch {
		case at < 0 || seen[at]:
			continue
		case !s.movable(want, at):
			last = max(last, at)
		case inOrder && at > last:
			last = at
		default:
			inOrder = false
			k := &s.bound.Known[at]
			tail = append(tail, Item{ID: k.Item, Member: want, Known: k, Why: Misplaced})
		}
		seen[at] = true
	}
	return tail
}

// movable reports whether a member may be taken out to be added again.
func (s *sorting) movable(want *spec.Member, at int) bool {
	k := &s.bound.Known[at]
	return (k.Ours || s.album.Membership == spec.Exact) && s.in.Recorded.Refused[k.Item] == "" && s.quarantined(want, k.Item) == nil &&
		s.quarantined(nil, k.Item) == nil
}

func (s *sorting) add(batch []Item) Action {
	return Action{
		Key: s.album.Key, Kind: AddItems, Album: s.bound.ID, Items: batch, Desired: s.album, Cause: causeOf(batch), Reason: reasonOf(batch),
	}
}

// placeBehind is Place for an enforced order: behind all desired members before
// them. Where others put some of these in another order, the nearest one is not
// the last, and what comes in after it would have to be moved at once.
func placeBehind(d *spec.DesiredAlbum, from int, r *Recorded, b *Bound) photos.Position {
	known, end := b.Known, b.end()
	before := make(map[photos.ItemID]bool, from)
	for i := range d.Members[:from] {
		before[r.item(&d.Members[i])] = true
	}
	for at := len(known) - 1; at >= 0; at-- {
		switch {
		case !before[known[at].Item]:
		case known[at].Item == end.Item: // and no enrichment stands behind it
			return photos.Position{}
		default:
			return photos.Position{Kind: photos.AfterMediaItem, AfterItem: known[at].Item}
		}
	}
	return photos.Position{Kind: photos.FirstInAlbum}
}

// sayOrder tells what became of the order; report has nothing to add.
func (s *sorting) sayOrder(moved int) {
	switch {
	case moved > 0:
		s.drift(s.album.Key, DriftOrder, moved, fmt.Sprintf(
			"the items stand in another order than the spec's; to mend it %s taken out and added again at the end, and captions between them lose their neighbours",
			count(moved, "item is", "items are")))
	case s.misplaced:
		s.drift(s.album.Key, DriftOrder, 1, "the items stand in another order than the spec's; what somebody else put in is not moved")
	}
	s.misplaced = false
}

// moves reports whether an entry of a batch is taken out only to be added again,
// or added because it was.
func (i Item) moves() bool { return i.Why == Misplaced }

// unmoved is what is left of an action when nothing of its album may be taken out:
// what comes in for other reasons, and false when that is nothing.
func unmoved(a Action, account string) (Action, bool) {
	if a.Recovers {
		if a.Cover, a.Recovers = (spec.Cover{}), false; a.Title == "" {
			return a, false
		}
		a.identify(account)
		return a, true
	}
	if a.Kind != AddItems || !slices.ContainsFunc(a.Items, Item.moves) {
		return a, true
	}
	a.Items = slices.DeleteFunc(slices.Clone(a.Items), Item.moves)
	if len(a.Items) == 0 {
		return a, false
	}
	a.Cause, a.Reason = causeOf(a.Items), reasonOf(a.Items)
	a.identify(account)
	return a, true
}

// apart reports whether an action adds again what the one before it takes out: no
// cut may come between them, or the items would be missing for a day.
func apart(actions []Action, i int) bool {
	return i > 0 && actions[i].Kind == AddItems && actions[i-1].Kind == RemoveItems &&
		actions[i].Key == actions[i-1].Key && slices.ContainsFunc(actions[i].Items, Item.moves)
}
