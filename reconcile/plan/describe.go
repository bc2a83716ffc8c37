package plan

import (
	"albumen/photos"
	"albumen/spec"
)

// says is the description of an item as far as it is known: what this pass read
// before what was written last.
func (r *Recorded) says(id photos.ItemID) (text string, known bool) {
	if text, known = r.Shown[id]; known {
		return text, true
	}
	text, known = r.Descriptions[id]
	return text, known
}

// describe plans the descriptions of items that stand in the album or are added to
// it; those that are created get theirs with them.
//
//	desired   shown by a read   written last   plan
//	none      any               any            nothing: it is not managed
//	text      the same                         nothing
//	text      not read          the same       nothing
//	text      another           another        patch; cause external when those two differ, else spec
//	text      another           never          patch; cause spec
//	text      not read          never          patch; cause spec
//
// An item has one description, whatever albums it stands in: the first that wants
// one patches it.
func (m *maker) describe(d *spec.DesiredAlbum, b *Bound) {
	if !d.Describes {
		return
	}
	var todo []Item
	for i := range d.Members {
		want := &d.Members[i]
		if want.Description == "" {
			continue
		}
		id := m.in.Recorded.item(want)
		if text, known := m.in.Recorded.says(id); id != "" && (!known || text != want.Description) && !m.described[id] {
			todo = append(todo, Item{ID: id, Member: want, Why: Described})
		}
	}
	if len(todo) == 0 {
		return
	}
	there := m.standing(d.Key, b)
	s := sorting{maker: m, album: d}
	var refused []refusal
	var changed []string
	for _, item := range todo {
		q := m.undescribed[item.ID]
		switch {
		case !there[item.ID]:
			continue
		case q != nil:
			refused = append(refused, refusal{item.Label(), q.Message})
			continue
		}
		m.described[item.ID] = true
		a := m.redescribe(d, b, item)
		if a.Cause == External {
			changed = append(changed, item.Label())
		}
		m.plan.Actions = append(m.plan.Actions, a)
	}
	s.list(changed, func(text string, n int) { m.drift(d.Key, DriftDescription, n, text) }, "somebody described otherwise")
	for _, g := range grouped(refused) {
		s.list(g.labels, func(text string, n int) {
			m.deferred(d, Quarantine, n, text, "tried again after a day, or when the spec changes")
		}, "Google refuses to describe ("+g.message+")")
	}
}

// redescribe is the action that gives an item its description.
func (m *maker) redescribe(d *spec.DesiredAlbum, b *Bound, item Item) Action {
	a := Action{
		Key: d.Key, Kind: PatchItem, Album: b.ID, Items: []Item{item}, Desired: d, Description: item.Member.Description,
		Cause: BySpec, Reason: "the description differs",
	}
	shown, read := m.in.Recorded.Shown[item.ID]
	written, wrote := m.in.Recorded.Descriptions[item.ID]
	a.Was, _ = m.in.Recorded.says(item.ID)
	switch {
	case read && wrote && shown != written:
		a.Cause, a.Reason = External, "somebody described it otherwise"
	case a.Was == "":
		a.Reason = "described in the spec, not yet in the account"
	}
	return a
}

// standing are the items that stand in an album or are added to it by this plan.
func (m *maker) standing(key spec.Key, b *Bound) map[photos.ItemID]bool {
	there := make(map[photos.ItemID]bool, len(b.Known))
	for i := range b.Known {
		there[b.Known[i].Item] = true
	}
	for i := len(m.plan.Actions) - 1; i >= 0 && m.plan.Actions[i].Key == key; i-- {
		if a := &m.plan.Actions[i]; a.Kind == AddItems {
			for _, item := range a.Items {
				there[item.ID] = true
			}
		}
	}
	return there
}
