package state_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"albumen/state"
)

// workForEver puts one item after the other into an album, each under its
// intent, and says what is durable. It is meant to be killed.
func workForEver(dir string) error {
	ctx := context.Background()
	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Apply})
	if err != nil {
		return err
	}
	a := db.Account("family")
	v, err := a.View(ctx)
	if err != nil {
		return err
	}
	for _, open := range v.Intents {
		if err := a.Settle(ctx, open.ID, state.Refused, state.Effects{}); err != nil {
			return err
		}
	}
	if err := a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}); err != nil {
		return err
	}
	for i := len(v.Members["k"]); ; i++ {
		id := fmt.Sprintf("%06d", i)
		if err := a.Intend(ctx, state.Intent{ID: id, Key: "k"}); err != nil {
			return err
		}
		fmt.Println("intended", i)
		err := a.Settle(ctx, id, state.Done, state.Effects{
			Insert: []state.Insert{{Key: "k", Members: []state.Member{{ItemID: id, Digest: sum(i), Ours: true}}}},
			Media:  []state.Media{{Digest: sum(i), ItemID: id}},
		})
		if err != nil {
			return err
		}
		fmt.Println("settled", i)
	}
}

// What a killed process said is durable is there, and its last intent is either
// open without effect or gone with it.
func TestLaw2AKilledProcessLeavesAnIntentOrItsEffect(t *testing.T) {
	dir := t.TempDir()
	done := 0
	for round := range 12 {
		cmd, lines := child(t, "work", dir)
		intended, settled := done-1, done-1
		for range 1 + 7*round {
			if !lines.Scan() {
				t.Fatal("the process ended")
			}
			var word string
			var i int
			if _, err := fmt.Sscan(lines.Text(), &word, &i); err != nil {
				t.Fatalf("the process says %q", lines.Text())
			}
			switch word {
			case "intended":
				intended = i
			case "settled":
				settled = i
			}
		}
		kill(t, cmd)

		db, err := try(t, dir, state.Apply)
		must(t, err)
		if verdict, err := db.Check(t.Context()); verdict != "ok" || err != nil {
			t.Fatalf("round %d: %s, %v", round, verdict, err)
		}
		v := view(t, db.Account("family"))
		shut(t, db)
		done = len(v.Members["k"])
		if done <= settled {
			t.Fatalf("round %d: %d members, and %d was settled", round, done, settled)
		}
		if len(v.Media) != done {
			t.Fatalf("round %d: %d members and %d media: half a settling", round, done, len(v.Media))
		}
		for i, m := range v.Members["k"] {
			if m.ItemID != fmt.Sprintf("%06d", i) {
				t.Fatalf("round %d: member %d is %s", round, i, m.ItemID)
			}
		}
		switch len(v.Intents) {
		case 0:
			if done <= intended {
				t.Fatalf("round %d: the intent %d is neither open nor settled", round, intended)
			}
		case 1:
			if v.Intents[0].ID != fmt.Sprintf("%06d", done) {
				t.Fatalf("round %d: %s is open after %d members", round, v.Intents[0].ID, done)
			}
		default:
			t.Fatalf("round %d: %d open intents", round, len(v.Intents))
		}
	}
}

// Each view of a reader is one moment, whatever a writer does: what one
// transaction wrote is there as a whole.
func TestViewsAreOneMomentWhileAnotherProcessWrites(t *testing.T) {
	dir := bound(t)
	cmd, lines := child(t, "work", dir)
	reader := open(t, dir, state.ReadOnly).Account("family")
	last := int64(0)
	for range 60 {
		for range 5 {
			if !lines.Scan() {
				t.Fatal("the process ended")
			}
		}
		v := view(t, reader)
		if v.Serial < last {
			t.Fatalf("the serial went from %d to %d", last, v.Serial)
		}
		last = v.Serial
		if len(v.Media) != len(v.Members["k"]) {
			t.Fatalf("%d media and %d members in one view", len(v.Media), len(v.Members["k"]))
		}
	}
	if last < 100 {
		t.Errorf("the serial only reached %d", last)
	}
	kill(t, cmd)
}

// One DB serves many goroutines: uploads, hashing and the writes between them.
func TestManyGoroutinesShareAState(t *testing.T) {
	const each = 15
	db := open(t, t.TempDir(), state.Apply)
	a, ctx := db.Account("family"), t.Context()
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}))
	var all sync.WaitGroup
	errs := make(chan error, 5)
	start := func(work func(i int) error) {
		all.Go(func() {
			for i := range each {
				if err := work(i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	start(func(i int) error {
		id := fmt.Sprint(i)
		if err := a.Intend(ctx, state.Intent{ID: id}); err != nil {
			return err
		}
		return a.Settle(ctx, id, state.Done, state.Effects{Insert: []state.Insert{{Key: "k", Members: members(id)}}})
	})
	start(func(i int) error {
		return a.PutUpload(ctx, state.Upload{Digest: sum(i), Token: "t", CreatedAt: time.Now()})
	})
	start(func(i int) error { return a.PutFiles(ctx, []state.File{{Path: fmt.Sprint(i)}}) })
	start(func(int) error { return db.Lease(ctx, "2026-11-24", 1) })
	last := int64(0)
	start(func(int) error {
		v, err := a.View(ctx)
		if v.Serial < last {
			err = fmt.Errorf("the serial went from %d to %d", last, v.Serial)
		}
		last = v.Serial
		return err
	})
	all.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	v := view(t, a)
	files, err := a.Files(ctx)
	must(t, err)
	tokens, err := a.UploadTokens(ctx, nil)
	must(t, err)
	used, err := db.Quota(ctx, "2026-11-24")
	must(t, err)
	same(t, "members, files, tokens, calls", []int{each, each, each, each}, []int{len(v.Members["k"]), len(files), len(tokens), used})
	same(t, "serial: a binding, intents and their ends", int64(1+2*each), v.Serial)
}
