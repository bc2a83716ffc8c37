package reconcile_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos"
	"albumen/reconcile"
	"albumen/state"
)

func openState(t *testing.T, dir string) *state.DB {
	t.Helper()
	db, err := state.Open(context.Background(), state.Options{Dir: dir, Mode: state.Observe})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// left is what a budget says is left, and left for reads.
func left(t *testing.T, b *reconcile.Budget) [2]int {
	t.Helper()
	all, err := b.Left(context.Background())
	reads, err2 := b.LeftForReads(context.Background())
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return [2]int{all, reads}
}

// TestTheQuotaDayTurnsInCalifornia, in winter and in summer, and on the days of
// 23 and of 25 hours.
func TestTheQuotaDayTurnsInCalifornia(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, day, reset string }{
		{"2024-01-15T07:59:59Z", "2024-01-14", "2024-01-15T08:00:00Z"},
		{"2024-01-15T08:00:00Z", "2024-01-15", "2024-01-16T08:00:00Z"},
		{"2024-07-15T06:59:59Z", "2024-07-14", "2024-07-15T07:00:00Z"},
		{"2024-07-15T07:00:00Z", "2024-07-15", "2024-07-16T07:00:00Z"},
		{"2024-03-10T08:00:00Z", "2024-03-10", "2024-03-11T07:00:00Z"}, // 23 hours
		{"2024-11-03T07:00:00Z", "2024-11-03", "2024-11-04T08:00:00Z"}, // 25 hours
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if day := reconcile.QuotaDay(at); day != c.day {
			t.Errorf("%s is counted to %s, want %s", c.at, day, c.day)
		}
		if reset := reconcile.QuotaReset(at).UTC().Format(time.RFC3339); reset != c.reset {
			t.Errorf("the day of %s ends %s, want %s", c.at, reset, c.reset)
		}
	}
}

// TestABudgetSurvivesItsProcess: a clean end gives back what was not spent, and a
// crash can only count too much.
func TestABudgetSurvivesItsProcess(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	db := openState(t, dir)
	b := reconcile.NewBudget(db, 100)
	for range 30 {
		if err := b.Spend(ctx, photos.MethodAlbumsList); err != nil {
			t.Fatal(err)
		}
	}
	if got := left(t, b); got != [2]int{70, 50} {
		t.Errorf("after 30 calls %v are left, want 70, and 50 for reads", got)
	}
	if err := errors.Join(b.Close(ctx), db.Close()); err != nil {
		t.Fatal(err)
	}
	db = openState(t, dir)
	crashed := reconcile.NewBudget(db, 100)
	if got := left(t, crashed); got != [2]int{70, 50} {
		t.Errorf("after a restart %v are left, want 70, and 50 for reads", got)
	}
	if err := crashed.Spend(ctx, photos.MethodAlbumsList); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // without giving anything back
		t.Fatal(err)
	}
	db = openState(t, dir)
	defer func() { _ = db.Close() }()
	if got := left(t, reconcile.NewBudget(db, 100)); got[0] > 69 || got[0] < 69-30 {
		t.Errorf("after a crash %v are left of 69", got)
	}
}

// TestLaw11TwoProcessesShareOneBudget: together they never make more calls than
// the day has.
func TestLaw11TwoProcessesShareOneBudget(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	var wg sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 2 {
		db := openState(t, dir)
		defer func() { _ = db.Close() }()
		b := reconcile.NewBudget(db, 150)
		for range 4 {
			wg.Go(func() {
				for b.Spend(ctx, photos.MethodUpload) == nil {
					mu.Lock()
					made++
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if made != 150 {
		t.Errorf("%d calls were made, want the day's 150", made)
	}
}

// TestASpentBudgetSaysWhenItIsNewAgain, and is new again then.
func TestASpentBudgetSaysWhenItIsNewAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		db := openState(t, t.TempDir())
		defer func() { _ = db.Close() }()
		b := reconcile.NewBudget(db, 25)
		for range 25 {
			if err := b.Spend(ctx, photos.MethodUpload); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Spend(ctx, photos.MethodUpload); !errors.Is(err, reconcile.ErrBudget) {
			t.Errorf("the 26th call of 25: %v", err)
		}
		if got := left(t, b); got != [2]int{0, 0} {
			t.Errorf("%v are left, want none", got)
		}
		time.Sleep(time.Until(reconcile.QuotaReset(time.Now())))
		if err := b.Spend(ctx, photos.MethodUpload); err != nil {
			t.Errorf("the first call of the next day: %v", err)
		}
	})
}
