package state_test

import (
	"context"
	"errors"
	"testing"

	"albumen/state"
)

func TestLaw2ASecondOpenIntentIsRefused(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	wish := state.Intent{ID: "w", Key: "k", Kind: "add_items", Payload: []byte(`{"items":["i"]}`), OpenedAt: at(1)}
	must(t, db.Account("family").Intend(ctx, wish))
	must(t, db.Account("work").Intend(ctx, wish)) // another account's wish is another one

	refused := func(a *state.Account, doubt bool) {
		t.Helper()
		err := a.Intend(ctx, state.Intent{ID: "w", OpenedAt: at(2)})
		var open *state.OpenIntentError
		if !errors.As(err, &open) || open.ID != "w" || !open.OpenedAt.Equal(at(1)) || open.Doubt != doubt {
			t.Fatalf("got %v", err)
		}
		same(t, "the first one stays", 1, len(view(t, a).Intents))
	}
	refused(db.Account("family"), false)
	shut(t, db)

	a := open(t, dir, state.Apply).Account("family")
	refused(a, false)
	must(t, a.Doubt(ctx, "w", "answer lost"))
	refused(a, true)
	wish.Doubt, wish.Note = true, "answer lost"
	same(t, "the intent", []state.Intent{wish}, view(t, a).Intents)

	must(t, a.Settle(ctx, "w", state.Refused, state.Effects{}))
	must(t, a.Intend(ctx, wish))
}

func TestAnIntentNeedsAnID(t *testing.T) {
	contains(t, fresh(t).Intend(t.Context(), state.Intent{}), "no id")
}

func TestIntentsAreListedOldestFirst(t *testing.T) {
	a := fresh(t)
	for i, id := range []string{"c", "a", "b"} {
		must(t, a.Intend(t.Context(), state.Intent{ID: id, OpenedAt: at(10 - i)}))
	}
	must(t, a.Intend(t.Context(), state.Intent{ID: "now"}))
	var ids []string
	for _, i := range view(t, a).Intents {
		ids = append(ids, i.ID)
		if i.OpenedAt.IsZero() {
			t.Errorf("%s was opened at no time", i.ID)
		}
	}
	same(t, "order", []string{"b", "a", "c"}, without(ids, "now"))
}

func without(ids []string, drop string) []string {
	var out []string
	for _, id := range ids {
		if id != drop {
			out = append(out, id)
		}
	}
	return out
}

func TestOnlyAnOpenIntentIsSettledOrDoubted(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	var none *state.NoIntentError
	bind := state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}
	if err := a.Settle(ctx, "w", state.Done, bind); !errors.As(err, &none) {
		t.Errorf("settled what is not open: %v", err)
	}
	if err := a.Doubt(ctx, "w", "lost"); !errors.As(err, &none) {
		t.Errorf("doubted what is not open: %v", err)
	}
	must(t, a.Intend(ctx, state.Intent{ID: "w"}))
	must(t, a.Settle(ctx, "w", state.Done, bind))
	serial := view(t, a).Serial
	if err := a.Settle(ctx, "w", state.Done, bind); !errors.As(err, &none) {
		t.Errorf("settled twice: %v", err)
	}
	if v := view(t, a); v.Serial != serial || len(v.Albums) != 1 {
		t.Errorf("got %+v", v)
	}
}

func TestAnUnknownOutcomeKeepsTheIntentOpen(t *testing.T) {
	a := fresh(t)
	must(t, a.Intend(t.Context(), state.Intent{ID: "w"}))
	var outcome state.Outcome
	contains(t, a.Settle(t.Context(), "w", outcome, state.Effects{}), "stays open")
	same(t, "open intents", 1, len(view(t, a).Intents))
}

func TestSettleHappensAsAWholeOrNotAtAll(t *testing.T) {
	a := fresh(t)
	ctx := t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}, {Key: "l", ID: "B"}}}))
	must(t, a.Intend(ctx, state.Intent{ID: "w", OpenedAt: at(1)}))
	before := view(t, a)
	err := a.Settle(ctx, "w", state.Done, state.Effects{
		Titles: map[string]string{"k": "new"},
		Media:  []state.Media{{Digest: sum(1), ItemID: "i"}},
		Insert: []state.Insert{{Key: "k", Members: members("i")}, {Key: "unknown", Members: members("i")}},
	})
	var unbound *state.UnboundError
	if !errors.As(err, &unbound) || unbound.Key != "unknown" {
		t.Fatalf("got %v", err)
	}
	same(t, "the state", before, view(t, a))
}

func TestSettleOnAFullDiskChangesNothing(t *testing.T) {
	fill := state.Effects{Insert: []state.Insert{{Key: "k", Members: many(2000)}}, Titles: map[string]string{"k": "new"}}
	attempt := func(t *testing.T, db *state.DB, limit func() error, lift func() error) {
		a := db.Account("family")
		ctx := t.Context()
		must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A", Title: "old"}}}))
		must(t, a.Intend(ctx, state.Intent{ID: "w", OpenedAt: at(1)}))
		before := view(t, a)
		must(t, limit())
		err := a.Settle(ctx, "w", state.Done, fill)
		var full *state.FullError
		if !errors.As(err, &full) {
			t.Fatalf("got %v, want a FullError", err)
		}
		contains(t, err, "nothing was changed", "free some space")
		same(t, "the state", before, view(t, a))

		must(t, lift())
		must(t, a.Settle(ctx, "w", state.Done, fill))
		if v := view(t, a); len(v.Intents) != 0 || len(v.Members["k"]) != 2000 || v.Albums[0].Title != "new" {
			t.Errorf("after the disk had room again: %d intents, %d members", len(v.Intents), len(v.Members["k"]))
		}
	}
	t.Run("file that may not grow", func(t *testing.T) {
		db := open(t, t.TempDir(), state.Apply)
		attempt(t, db, func() error { return db.LimitPages(10) }, func() error { return db.LimitPages(100000) })
	})
	t.Run("small disk", func(t *testing.T) {
		dir := smallDisk(t, "8m")
		db := open(t, dir, state.Apply)
		ballast := dir + "/ballast"
		attempt(t, db, func() error { return fillUp(ballast) }, func() error { return remove(ballast) })
	})
}

func TestSettleIsDoneEvenWhenItsCallerWasInterrupted(t *testing.T) {
	a := fresh(t)
	must(t, a.Intend(t.Context(), state.Intent{ID: "w"}))
	must(t, a.Intend(t.Context(), state.Intent{ID: "x"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, a.Settle(ctx, "w", state.Done, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}))
	must(t, a.Doubt(ctx, "x", "lost"))
	v := view(t, a)
	if len(v.Albums) != 1 || len(v.Intents) != 1 || !v.Intents[0].Doubt {
		t.Errorf("got %+v", v)
	}
}
