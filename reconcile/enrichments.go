package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// place finds where the batch goes, which is known only now: what stands in the
// album is what came in before it. It reports false while the batch hangs on an
// enrichment that is not written, or in doubt.
func (w *work) place(b *batch) bool {
	a, bound, ok := b.action, w.mem.rec.Albums[b.action.Key], true
	switch a.Kind {
	case plan.CreateItems:
		b.at = plan.Place(a.Desired, b.from(), &w.mem.rec, bound)
	case plan.AddEnrichment:
		b.at, b.told, ok = plan.PlaceEnrichment(a, &w.mem.rec, bound)
	}
	return ok
}

// enrich writes one enrichment (law 14: at most once, because its wish is open
// until its answer is remembered, and no wish is opened twice).
func (w *work) enrich(ctx context.Context, album photos.AlbumID, b batch) (outcome, error) {
	id, err := w.r.o.Writer.AddEnrichment(ctx, album, enrichment(&b.action.Enrichment.Passage), b.at)
	o := outcome{kind: plan.AddEnrichment, key: b.action.Key, told: slices.Clone(b.told)}
	o.told[len(o.told)-1].ID = id
	return o, err
}

// enrichment is a passage of a spec in the API's nouns.
func enrichment(p *spec.Passage) photos.NewEnrichment {
	out := photos.NewEnrichment{Text: p.Text}
	if p.Location != nil {
		at := photos.Location(*p.Location)
		out.Location = &at
	}
	if p.Map != nil {
		out.Map = &photos.MapEnrichment{Origin: photos.Location(p.Map.Origin), Destination: photos.Location(p.Map.Destination)}
	}
	return out
}

// around is what a write of items makes of the enrichments between them.
func around(b *plan.Bound, o outcome) []plan.Written {
	if b == nil {
		return nil
	}
	switch o.kind {
	case plan.AddItems, plan.CreateItems:
		if o.seen {
			return b.JoinedFresh(o.at, o.fresh)
		}
		return b.Joined(o.at, o.placed)
	case plan.RemoveItems:
		return b.Without(o.removed)
	case plan.AddEnrichment:
		if o.told != nil {
			return o.told
		}
	}
	return b.Enrichments
}

// enrich is what changed of an album's enrichments in the state's rows.
func enrich(key spec.Key, was, is []plan.Written, now time.Time) []state.Enrichment {
	var out []state.Enrichment
	for _, w := range plan.Changed(was, is) {
		// Two names are all that is in it, so that it can't fail.
		spot, _ := json.Marshal(w.Spot)
		out = append(out, state.Enrichment{
			Key: string(key), Identity: w.Identity, ID: string(w.ID), Content: w.Content, Label: w.Label, Place: string(spot), WrittenAt: now,
		})
	}
	return out
}

// recallEnrichments takes over what was written, and what may have been: a wish
// whose answer never came counts as written until a human says otherwise.
func (m *memory) recallEnrichments(v state.View) error {
	for _, e := range v.Enrichments {
		w := plan.Written{Identity: e.Identity, ID: photos.EnrichmentID(e.ID), Content: e.Content, Label: e.Label}
		if err := json.Unmarshal([]byte(e.Place), &w.Spot); err != nil {
			return remembering("the place of the enrichment "+e.Identity, spec.Key(e.Key), err)
		}
		b := m.rec.Albums[spec.Key(e.Key)]
		b.Enrichments = append(b.Enrichments, w)
	}
	for _, d := range m.rec.Doubts {
		if b := m.enriched(d); b != nil {
			b.Hold(d.Wish.Enrichment)
		}
	}
	return nil
}

// enriched is the album of an enrichment in doubt. Its key may be another by now.
func (m *memory) enriched(d plan.Doubt) *plan.Bound {
	if !d.Wish.Held() {
		return nil
	}
	for _, b := range m.rec.Albums {
		if b.ID == d.Wish.Album {
			return b
		}
	}
	return nil
}

// hold remembers an enrichment in doubt among those that are written.
func (m *memory) hold(ctx context.Context, d plan.Doubt) error {
	b := m.enriched(d)
	if b == nil {
		return nil
	}
	b.Hold(d.Wish.Enrichment)
	return m.record(ctx, "an enrichment in doubt", b.Key, state.Effects{Enrich: enrich(b.Key, nil, b.Enrichments, time.Now())})
}

// unname forgets the id of an enrichment behind which the API puts nothing:
// somebody deleted it, most likely. It still counts as written.
func (m *memory) unname(ctx context.Context, key spec.Key, id photos.EnrichmentID) error {
	b := m.rec.Albums[key]
	was := b.Enrichments
	b.Enrichments = slices.Clone(was)
	for i := range b.Enrichments {
		if b.Enrichments[i].ID == id {
			b.Enrichments[i].ID = ""
		}
	}
	return m.record(ctx, "that an enrichment is no neighbour", key, state.Effects{Enrich: enrich(key, was, b.Enrichments, time.Now())})
}

// anchorless reports whether a refusal may be for the sake of the enrichment
// behind which the batch should stand.
func (b batch) anchorless(err error) bool {
	return b.at.AfterEnrichment != "" && photos.IsInvalid(err) && !photos.IsUploadTokenDead(err) && !photos.IsItemInvalid(err)
}

// anchorless deals with a refusal that may be for the sake of a neighbour. Only
// one that comes again is taken for that: an id is never found out anew.
func (w *work) anchorless(ctx context.Context, res *Result, b batch, err error) {
	if !b.again {
		b.again = true
		res.Status, res.Err = Done, nil
		w.batch(ctx, res, b)
		return
	}
	res.Err, res.Again = fmt.Errorf("%w (%w)", errNoNeighbour, err), true
	if failed := w.mem.unname(ctx, b.action.Key, b.at.AfterEnrichment); failed != nil {
		res.Err = failed
	}
}

// NotHeldError says that a human has nothing to decide about a write: it is not
// in doubt, or a look at the account shows what became of it.
type NotHeldError struct {
	ID   string
	Kind plan.Kind // "" when no such write is open
}

// Error says which of the two it is.
func (e *NotHeldError) Error() string {
	if e.Kind == "" {
		return fmt.Sprintf("no write %q is in doubt", e.ID)
	}
	return fmt.Sprintf("what became of the write %q (%s) shows in the account: the next plan or apply looks", e.ID, e.Kind)
}

// Resolve ends the doubt about an enrichment by what a human saw in the album. One
// that happened has no id: nothing can be put behind it any more. It returns what
// the wish was.
func Resolve(ctx context.Context, account *state.Account, id string, happened bool) (plan.Wish, error) {
	m, err := recall(ctx, account, true)
	if err != nil {
		return plan.Wish{}, err
	}
	at := slices.IndexFunc(m.rec.Doubts, func(d plan.Doubt) bool { return d.ID == id })
	if at < 0 {
		return plan.Wish{}, &NotHeldError{ID: id}
	}
	d := m.rec.Doubts[at]
	if !d.Wish.Held() {
		return d.Wish, &NotHeldError{ID: id, Kind: d.Wish.Kind}
	}
	end, effects := state.Done, state.Effects{}
	b := m.enriched(d)
	switch {
	case happened && b != nil:
		effects.Enrich = enrich(b.Key, nil, b.Enrichments, time.Now())
	case !happened:
		if end = state.Refused; b != nil {
			effects = forget(b, d.Wish.Enrichment.Identity)
		}
	}
	return d.Wish, account.Settle(ctx, id, end, effects)
}

// ForgetEnrichment forgets that an enrichment was written: the spec's one of the
// same identity is written anew by the next apply. It returns its label.
func ForgetEnrichment(ctx context.Context, account *state.Account, key spec.Key, identity string) (string, error) {
	m, err := recall(ctx, account, true)
	if err != nil {
		return "", err
	}
	b := m.rec.Albums[key]
	if b == nil {
		return "", fmt.Errorf("no album of the key %q is remembered", key)
	}
	for _, d := range m.rec.Doubts {
		if m.enriched(d) == b && d.Wish.Enrichment.Identity == identity {
			return "", fmt.Errorf("whether the enrichment %q was written is in doubt: run `albumen resolve %s --happened` or `--did-not`", identity, d.ID)
		}
	}
	at := slices.IndexFunc(b.Enrichments, func(w plan.Written) bool { return w.Identity == identity })
	if at < 0 {
		return "", fmt.Errorf("the album %q has no enrichment %q", key, identity)
	}
	return b.Enrichments[at].Label, account.Record(ctx, forget(b, identity))
}

// forget is what it takes to know nothing of an enrichment any more.
func forget(b *plan.Bound, identity string) state.Effects {
	return state.Effects{
		Unenrich: []state.Forgotten{{Key: string(b.Key), Identity: identity}},
		Enrich:   enrich(b.Key, b.Enrichments, b.WithoutEnrichment(identity), time.Now()),
	}
}
