package state_test

import (
	"testing"

	"albumen/state"
)

// captions are two enrichments of one album.
func captions() []state.Enrichment {
	return []state.Enrichment{
		{Key: "iceland", Identity: "intro", ID: "E1", Content: `{"text":"Day one"}`, Label: "Day one", Place: "front", WrittenAt: at(1)},
		{Key: "iceland", Identity: "text:0a", ID: "", Content: `{"text":"Snow"}`, Label: "Snow", Place: "after i1", WrittenAt: at(2)},
	}
}

// TestEnrichmentsAreRemembered: with the settling of their intents, through a new
// opening, under a new key of their album, and no longer than their album.
func TestEnrichmentsAreRemembered(t *testing.T) {
	dir := t.TempDir()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	ctx, a := t.Context(), db.Account("family")
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "iceland", ID: "A1"}}}))
	must(t, a.Intend(ctx, state.Intent{ID: "w1", OpenedAt: at(1)}))
	must(t, a.Settle(ctx, "w1", state.Done, state.Effects{Enrich: captions()}))
	shut(t, db)

	db = open(t, dir, state.Apply)
	a = db.Account("family")
	same(t, "enrichments", captions(), view(t, a).Enrichments)
	same(t, "those of another account", []state.Enrichment(nil), view(t, db.Account("work")).Enrichments)

	must(t, a.Record(ctx, state.Effects{Rebind: []state.Rebind{{From: "iceland", To: "island"}}}))
	moved := captions()
	moved[0].Key, moved[1].Key = "island", "island"
	same(t, "under another key", moved, view(t, a).Enrichments)

	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "island", ID: "A2"}}}))
	same(t, "of another album", []state.Enrichment(nil), view(t, a).Enrichments)
}

// TestEnrichmentsChange: an enrichment keeps the time of its writing, nothing new
// writes nothing, and what is forgotten twice is forgotten.
func TestEnrichmentsChange(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	ctx, a := t.Context(), db.Account("family")
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "iceland", ID: "A1"}}, Enrich: captions()}))
	before := view(t, a)
	again := captions()
	again[0].WrittenAt = at(9)
	must(t, a.Record(ctx, state.Effects{Enrich: again}))
	same(t, "the same once more", before, view(t, a))

	again[1].ID, again[1].Place = "E2", "after i2"
	forget := state.Effects{Enrich: again[1:], Unenrich: []state.Forgotten{{Key: "iceland", Identity: "intro"}, {Key: "nobody", Identity: "intro"}}}
	must(t, a.Record(ctx, forget))
	must(t, a.Record(ctx, forget))
	after := view(t, a)
	same(t, "what is left", again[1:], after.Enrichments)
	same(t, "the serial", before.Serial+1, after.Serial)
}

// TestNoEnrichmentWithoutItsAlbum: a write into an album that is not bound is a
// mistake, and nothing of it is stored.
func TestNoEnrichmentWithoutItsAlbum(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	a := db.Account("family")
	if err := a.Record(t.Context(), state.Effects{Enrich: captions()}); err == nil {
		t.Error("an enrichment of no album was stored")
	}
	same(t, "what is remembered", state.View{}, view(t, a))
}
