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

// describes reports whether a spec manages any description. Where none does, what
// the reads show of them is not kept.
func describes(desired *spec.Desired) bool {
	return slices.ContainsFunc(desired.Albums, func(d spec.DesiredAlbum) bool { return d.Describes })
}

// show keeps what a read shows of the items' descriptions: it costs no call more.
func (m *memory) show(items []photos.Item) {
	if m.rec.Shown == nil {
		return
	}
	for _, item := range items {
		m.rec.Shown[item.ID] = item.Description
	}
}

// compareDescriptions remembers of what the reads showed as much as later passes
// need that read nothing: a description that stands as it should is known from now
// on, and one that somebody changed is known no longer, so that it is written even
// if this pass is not carried out.
func (m *memory) compareDescriptions(ctx context.Context, desired *spec.Desired, now time.Time) error {
	if len(m.rec.Shown) == 0 {
		return nil
	}
	var e state.Effects
	for i := range desired.Albums {
		for j := range desired.Albums[i].Members {
			want := &desired.Albums[i].Members[j]
			id := m.rec.Items[want.Digest]
			shown, read := m.rec.Shown[id]
			if want.Description == "" || !read {
				continue
			}
			switch known, ever := m.rec.Descriptions[id]; {
			case shown == want.Description && known != shown:
				m.rec.Descriptions[id] = shown
				e.Describe = append(e.Describe, state.Description{ItemID: string(id), Text: shown, At: now})
			case shown != want.Description && ever && known != shown:
				e.Describe = append(e.Describe, state.Description{ItemID: string(id)})
			}
		}
	}
	if len(e.Describe) == 0 {
		return nil
	}
	return m.record(ctx, "the descriptions", "", e)
}

// said is a description that a call has written.
type said struct {
	item photos.ItemID
	text string
}

// describedBy takes over what the items of a call say. Bytes that the library held
// already answer their item as it is, with its first description: that one is
// written by another call.
func (o *outcome) describedBy(want string, item *photos.Item) {
	switch {
	case want == "":
	case item.Description == want:
		o.said = append(o.said, said{item.ID, want})
	default:
		o.undescribed = true
	}
}

func sayings(list []said, now time.Time) []state.Description {
	var out []state.Description
	for _, s := range list {
		out = append(out, state.Description{ItemID: string(s.item), Text: s.text, At: now})
	}
	return out
}

// say takes over descriptions that were written.
func (m *memory) say(list []said) {
	for _, s := range list {
		m.rec.Descriptions[s.item] = s.text
		delete(m.rec.Shown, s.item)
	}
}

// describe is the call of PatchItem.
func (w *work) describe(ctx context.Context, a *plan.Action) (outcome, error) {
	id := a.Items[0].ID
	_, err := w.r.o.Writer.PatchItem(ctx, id, a.Description)
	return outcome{kind: a.Kind, key: a.Key, said: []said{{id, a.Description}}}, err
}
