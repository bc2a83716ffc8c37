package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"albumen/photos"
	"albumen/state"
)

// ErrBudget means that today's calls are spent.
var ErrBudget = errors.New("today's calls are spent")

// Budget counts the calls of one OAuth client against Google's daily quota. It
// is asked before each call (photos.Budget) and its count survives restarts: it
// takes calls from the state in small leases ahead of using them, so that a crash
// can only over-count. A day ends at midnight in California. It is safe for
// concurrent use.
type Budget struct {
	db      *state.DB
	limit   int
	reserve int

	mu   sync.Mutex
	day  string
	held int // leased and not yet spent
}

// leaseSize is how many calls are taken from the state at a time.
const leaseSize = 20

// NewBudget counts in db. The limit is of calls a day, 0 means
// photos.DailyCalls; a fifth of it is kept back from reads, for writes.
func NewBudget(db *state.DB, limit int) *Budget {
	if limit <= 0 {
		limit = photos.DailyCalls
	}
	return &Budget{db: db, limit: limit, reserve: limit / 5}
}

// pacific is where Google's quota day turns.
var pacific = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return time.FixedZone("PST", -8*60*60)
	}
	return loc
})

// QuotaDay is the date in California.
func QuotaDay(t time.Time) string { return t.In(pacific()).Format(time.DateOnly) }

// QuotaReset is when the quota day of t ends.
func QuotaReset(t time.Time) time.Time {
	p := t.In(pacific())
	return time.Date(p.Year(), p.Month(), p.Day()+1, 0, 0, 0, 0, pacific())
}

// Limit is the calls of a day. A nil Budget has Google's.
func (b *Budget) Limit() int {
	if b == nil {
		return photos.DailyCalls
	}
	return b.limit
}

// Spend takes one call, or says that none is left.
func (b *Budget) Spend(ctx context.Context, _ photos.Method) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	if b.held > 0 {
		b.held--
		return nil
	}
	got, err := b.db.LeaseWithin(ctx, b.day, leaseSize, b.limit)
	if err != nil {
		return &MemoryError{fmt.Errorf("counting the day's calls: %w", err)}
	}
	if got == 0 {
		return fmt.Errorf("%w, all %d; Google counts anew at %s", ErrBudget, b.limit, QuotaReset(time.Now()).Local().Format("15:04 on 2 January"))
	}
	b.held = got - 1
	return nil
}

// turn drops the lease of a day that is over.
func (b *Budget) turn() {
	if day := QuotaDay(time.Now()); day != b.day {
		b.day, b.held = day, 0
	}
}

// Used is how many calls were spent today.
func (b *Budget) Used(ctx context.Context) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	used, err := b.db.Quota(ctx, b.day)
	if err != nil {
		return 0, &MemoryError{fmt.Errorf("counting the day's calls: %w", err)}
	}
	return used - b.held, nil
}

// Left is how many calls are left today.
func (b *Budget) Left(ctx context.Context) (int, error) {
	used, err := b.Used(ctx)
	return b.limit - used, err
}

// LeftForReads is what reads may take of that: a reserve stays for writes.
func (b *Budget) LeftForReads(ctx context.Context) (int, error) {
	left, err := b.Left(ctx)
	return max(0, left-b.reserve), err
}

// Close gives back what was leased and not spent.
func (b *Budget) Close(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	held := b.held
	b.held = 0
	if held == 0 || QuotaDay(time.Now()) != b.day {
		return nil
	}
	return b.db.Return(ctx, b.day, held)
}
