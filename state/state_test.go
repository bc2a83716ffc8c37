package state_test

import (
	"testing"
	"time"

	"albumen/state"
)

func open(t *testing.T, dir string, mode state.Mode) *state.DB {
	t.Helper()
	db, err := state.Open(t.Context(), state.Options{Dir: dir, Mode: mode, Command: "test " + t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSmoke(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	a := db.Account("x")
	ctx := t.Context()
	if err := a.Intend(ctx, state.Intent{ID: "1", OpenedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := a.Settle(ctx, "1", state.Done, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}, Insert: []state.Insert{{Key: "k", Members: []state.Member{{ItemID: "i"}, {ItemID: "j"}}}}}); err != nil {
		t.Fatal(err)
	}
	if err := a.AddRun(ctx, state.Run{}); err != nil {
		t.Fatal(err)
	}
	v, err := a.View(ctx)
	t.Logf("%+v %v", v, err)
}
