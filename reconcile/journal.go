package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// intend notes a write durably before it is made (law 2).
func (m *memory) intend(ctx context.Context, id string, w plan.Wish) error {
	payload, err := json.Marshal(w)
	if err != nil {
		return remembering("the coming write", w.Key, err)
	}
	err = m.account.Intend(context.WithoutCancel(ctx), state.Intent{
		ID: id, Key: string(w.Key), Kind: string(w.Kind), Payload: payload, OpenedAt: time.Now(),
	})
	var open *state.OpenIntentError
	if errors.As(err, &open) {
		return err
	}
	return remembering("the coming write", w.Key, err)
}

// refused ends an intent that provably did not happen.
func (m *memory) refused(ctx context.Context, id string) error {
	return remembering("that a write did not happen", "", m.account.Settle(ctx, id, state.Refused, state.Effects{}))
}

// doubt leaves an intent open, with the reason, until a look settles it. When
// even that can't be stored the intent is as open as before.
func (m *memory) doubt(ctx context.Context, id string, w plan.Wish, why error) {
	_ = m.account.Doubt(ctx, id, why.Error())
	d := plan.Doubt{ID: id, Wish: w, OpenedAt: time.Now()}
	m.rec.Doubts = append(m.rec.Doubts, d)
	_ = m.hold(ctx, d)
}

// done ends an intent with what it has changed, in the state first.
func (m *memory) done(ctx context.Context, id string, o outcome) error {
	now := time.Now()
	effects := m.effects(o, now)
	effects.Release = m.clear(o)
	if err := m.account.Settle(ctx, id, state.Done, effects); err != nil {
		m.rec.Doubts = append(m.rec.Doubts, plan.Doubt{ID: id, Wish: plan.Wish{Key: o.key, Kind: o.kind}, OpenedAt: now})
		return remembering("a write that was made", o.key, err)
	}
	m.take(o, now)
	return nil
}

// effects is an outcome in the state's rows.
func (m *memory) effects(o outcome, now time.Time) state.Effects {
	e := shareEffects(o, now)
	key := string(o.key)
	b := m.rec.Albums[o.key]
	switch o.kind {
	case plan.CreateAlbum:
		e.Bind = []state.Album{row(newBound(o, now), time.Time{})}
		e.Remove = removals(o.key, lostWith(b), now)
	case plan.PatchAlbum:
		if b == nil {
			break // somebody forgot the album meanwhile
		}
		next := *b
		patch(&next, o)
		e.Bind = []state.Album{row(&next, time.Time{})}
	case plan.RemoveItems:
		e.Remove = []state.Remove{{Key: key, Items: texts(o.removed), By: string(plan.LostByUs), At: now}}
	case plan.AddItems, plan.CreateItems:
		after, front := b.Beside(o.at)
		e.Insert = []state.Insert{{Key: key, Front: front, After: string(after), Members: rows(o.placed)}}
	}
	if b != nil {
		e.Enrich = enrich(o.key, b.Enrichments, around(b, o), now)
	}
	e.Describe = sayings(o.said, now)
	if o.kind == plan.CreateItems {
		for _, k := range o.placed {
			e.Media = append(e.Media, state.Media{Digest: k.Digest, ItemID: string(k.Item), FileName: k.FileName, CreatedAt: now})
			e.DropUploads = append(e.DropUploads, k.Digest)
		}
		for _, r := range o.bad {
			e.Quarantine = append(e.Quarantine, state.Quarantine{
				Digest: r.Member.Digest, Key: key, Label: r.Member.Label, Message: r.message, Since: now, Generation: o.generation,
			})
			e.DropUploads = append(e.DropUploads, r.Member.Digest)
		}
	}
	return e
}

// take is the same for the memory of this process.
func (m *memory) take(o outcome, now time.Time) {
	m.takeSharing(o)
	b := m.rec.Albums[o.key]
	m.say(o.said)
	switch o.kind {
	case plan.CreateAlbum:
		m.rec.Albums[o.key] = newBound(o, now)
		m.rec.Albums[o.key].Lost = lostWith(b)
	case plan.PatchAlbum:
		patch(b, o)
	case plan.RemoveItems:
		b.Remove(o.removed)
	case plan.AddEnrichment:
		b.Enrichments = around(b, o)
	case plan.AddItems, plan.CreateItems:
		told := around(b, o)
		b.Insert(o.at, o.placed)
		b.Enrichments = told
		for _, k := range o.placed {
			if o.kind == plan.CreateItems {
				m.knowItem(state.Media{Digest: k.Digest, ItemID: string(k.Item)})
				delete(m.rec.Refused, k.Item)
				delete(m.rec.Uploaded, k.Digest)
			}
		}
	}
}

func newBound(o outcome, now time.Time) *plan.Bound {
	return &plan.Bound{
		Key: o.key, ID: o.album.ID, Title: o.title, URL: o.album.ProductURL, OnRemove: o.onRemove, CreatedAt: now, ReadAt: now,
	}
}

func patch(b *plan.Bound, o outcome) {
	if o.title != "" {
		b.Title = o.title
	}
	if o.cover != "" {
		b.Cover = o.cover
	}
}

func texts(ids []photos.ItemID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// quarantine notes an entry that the API refuses by itself. An item whose bytes
// are at hand is not quarantined: it goes in by them.
func (m *memory) quarantine(ctx context.Context, b batch, err error, generation string) (Refusal, error) {
	e, a := b.entries[0], b.action
	refusal := Refusal{Label: e.Label(), Message: err.Error()}
	switch {
	case a.Kind == plan.AddItems && e.Member != nil && !e.Member.Digest.IsZero():
		m.rec.Refused[e.ID] = err.Error()
		refusal.Again = true
		return refusal, m.record(ctx, "a refused item", a.Key, state.Effects{RefuseMedia: []state.RefusedMedia{{ItemID: string(e.ID), Reason: err.Error()}}})
	case photos.IsUploadTokenDead(err):
		delete(m.rec.Uploaded, e.Member.Digest)
		refusal.Again = true
		return refusal, m.record(ctx, "a dead upload", a.Key, state.Effects{DropUploads: []state.Digest{e.Member.Digest}})
	}
	q := plan.Quarantined{Key: a.Key, Item: e.ID, Label: e.Label(), Message: err.Error(), Since: time.Now(), Generation: generation}
	reason := ""
	switch {
	case a.Kind == plan.PatchItem:
		q.Kind, reason = a.Kind, string(a.Kind)
	case e.Member != nil:
		q.Digest = e.Member.Digest
	}
	m.rec.Quarantine = append(m.rec.Quarantine, q)
	return refusal, m.record(ctx, "a quarantined item", a.Key, state.Effects{Quarantine: []state.Quarantine{{
		Digest: q.Digest, ItemID: string(q.Item), Key: string(q.Key), Label: q.Label, Reason: reason, Message: q.Message, Since: q.Since, Generation: generation,
	}}})
}

// settled takes over a verdict about a doubt: what happened is remembered as if
// its answer had come, what did not may be planned again.
func (m *memory) settled(ctx context.Context, v plan.Verdict, now time.Time) error {
	if v.Fate != plan.Happened && v.Fate != plan.DidNot {
		return nil
	}
	o := outcome{kind: "", key: v.Doubt.Wish.Key}
	if v.Fate == plan.Happened {
		o = outcomeOf(v)
	}
	if m.writable {
		how := state.Done
		if v.Fate == plan.DidNot {
			how = state.Refused
		}
		if err := m.account.Settle(ctx, v.Doubt.ID, how, m.effects(o, now)); err != nil {
			return remembering("what became of a write", o.key, err)
		}
	}
	if m.rec.Albums[o.key] != nil || o.kind == plan.CreateAlbum || o.kind.Joining() {
		m.take(o, now)
	}
	m.rec.Doubts = slices.DeleteFunc(m.rec.Doubts, func(d plan.Doubt) bool { return d.ID == v.Doubt.ID })
	return nil
}

// outcomeOf is what a doubtful write has changed.
func outcomeOf(v plan.Verdict) outcome {
	w := v.Doubt.Wish
	o := outcome{kind: w.Kind, key: w.Key, at: w.At, seen: v.Known != nil, fresh: v.Fresh, title: w.Title, cover: w.Cover, album: v.Album, placed: v.Known, tokenHash: w.TokenHash}
	if w.Kind == plan.ShareAlbum || w.Kind == plan.UnshareAlbum {
		o.shared = plan.SharedBy(v.Share)
	}
	if w.Kind == plan.CreateAlbum {
		o.onRemove = spec.Keep
	}
	if w.Kind == plan.RemoveItems {
		for _, item := range w.Items {
			o.removed = append(o.removed, item.Item)
		}
	}
	return o
}
