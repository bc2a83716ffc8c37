package reconcile

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// Reader is what looking at an account needs of the Photos API.
type Reader interface {
	ListAlbums(context.Context, photos.ListAlbums) (photos.AlbumsPage, error)
	GetAlbum(context.Context, photos.AlbumID) (photos.Album, error)
	SearchItems(context.Context, photos.SearchItems) (photos.ItemsPage, error)
	BatchGetItems(context.Context, []photos.ItemID) ([]photos.ItemResult, error)
	SharingReader
}

// Writer is what changing an account needs beside that. Each method but Upload
// is one write.
type Writer interface {
	CreateAlbum(ctx context.Context, title string) (photos.Album, error)
	PatchAlbum(context.Context, photos.AlbumID, photos.AlbumPatch) (photos.Album, error)
	AddItems(context.Context, photos.AlbumID, []photos.ItemID) error
	RemoveItems(context.Context, photos.AlbumID, []photos.ItemID) error
	CreateItems(context.Context, photos.CreateItems) ([]photos.NewItemResult, error)
	PatchItem(ctx context.Context, id photos.ItemID, description string) (photos.Item, error)
	AddEnrichment(context.Context, photos.AlbumID, photos.NewEnrichment, photos.Position) (photos.EnrichmentID, error)
	Upload(context.Context, photos.Upload) (photos.UploadToken, error)
	SharingWriter
}

// Options are what a Reconciler works with. Reader and Account must be set.
type Options struct {
	Reader Reader
	Writer Writer // nil makes every Apply fail before anything is done
	// Account is the memory of the account. A memory that was opened to observe
	// is read and never changed, save for its caches.
	Account *state.Account
	// Writable says that Account may be changed: its lock is held.
	Writable bool
	Budget   *Budget // nil counts nothing
	// WritesPerMinute is the pace that Writer keeps, for the price of a plan; 0 means
	// Google's, a negative number none.
	WritesPerMinute int
	// Grace is how long a write may take to show; the zero value trusts every
	// answer at once.
	Grace time.Duration
	// Resync is how old the knowledge of an album may grow; 0 means a day.
	Resync time.Duration
	// Uploads is how many files are sent at a time; 0 means DefaultUploads.
	Uploads int
	// Jitter is photos.Options.Jitter for the waits between two tries of a write.
	Jitter func() float64
	// Events is told what happens, from several goroutines; nil tells nobody.
	Events func(Event)
	Logger *slog.Logger
}

// DefaultUploads is how many files are sent at a time.
const DefaultUploads = 24

// Reconciler makes one account what its spec says. It is not safe for
// concurrent use.
type Reconciler struct {
	o   Options
	log *slog.Logger
}

// New makes a Reconciler.
func New(o Options) *Reconciler {
	if o.Uploads <= 0 {
		o.Uploads = DefaultUploads
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Events == nil {
		o.Events = func(Event) {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reconciler{o: o, log: o.Logger}
}

// Request says what one pass should do.
type Request struct {
	Desired spec.Desired
	// Selected reports whether an album is planned; nil selects all.
	Selected func(spec.Key) bool
	// AllowRemovals lifts the guard up to so many removals.
	AllowRemovals int
}

// Pass is one look at the account and the plan that came of it.
type Pass struct {
	Plan     plan.Plan
	Verdicts []plan.Verdict // what became of earlier doubts
	Reads    []plan.Read    // what was read beside the sweep
	At       time.Time

	mem          *memory
	shared       map[string]plan.SharedAlbum // as plan.Observed has it
	sharedListed bool
}

// Plan looks at the account and decides what to do. It makes no write call. The
// error is that of a sweep that failed, or of the state; an album that can't be
// read is deferred in the plan.
func (r *Reconciler) Plan(ctx context.Context, req Request) (*Pass, error) {
	mem, err := recall(ctx, r.o.Account, r.o.Writable)
	if err != nil {
		return nil, err
	}
	p := &Pass{At: time.Now(), mem: mem}
	in, err := r.input(ctx, req, p)
	if err != nil {
		return nil, err
	}
	if in.Observed, err = r.sweep(ctx, mem); err != nil {
		return nil, err
	}
	if err := mem.back(ctx); err != nil {
		return nil, err
	}
	if err := r.look(ctx, p, in); err != nil {
		return nil, err
	}
	p.shared, p.sharedListed = in.Observed.Shared, in.Observed.SharedListed
	if err := r.settle(ctx, p, in, sweepShows); err != nil {
		return nil, err
	}
	if err := r.refresh(ctx, p, in); err != nil {
		return nil, err
	}
	if err := r.settle(ctx, p, in, readShows); err != nil {
		return nil, err
	}
	if err := mem.compareDescriptions(ctx, &req.Desired, p.At); err != nil {
		return nil, err
	}
	if in.Policy.CallsLeft, err = r.callsLeft(ctx); err != nil {
		return nil, err
	}
	in.Recorded = mem.rec
	p.Plan = plan.Make(*in)
	r.log.Info("planned", "albums", p.Plan.Albums, "actions", len(p.Plan.Actions), "calls", p.Plan.Cost.Calls, "deferred", len(p.Plan.Deferred), "drift", len(p.Plan.Drift))
	return p, nil
}

// input is what the decisions of a pass start from, before the account was
// looked at.
func (r *Reconciler) input(ctx context.Context, req Request, p *Pass) (*plan.Input, error) {
	left, err := r.callsLeft(ctx)
	if err != nil {
		return nil, err
	}
	return &plan.Input{
		Desired:  req.Desired,
		Recorded: p.mem.rec,
		Now:      p.At,
		Policy: plan.Policy{
			Selected: req.Selected, AllowRemovals: req.AllowRemovals,
			CallsLeft: left, DailyCalls: r.o.Budget.Limit(), Grace: r.o.Grace, Resync: r.o.Resync,
			WritesPerMinute: r.o.WritesPerMinute,
		},
	}, nil
}

// callsLeft is the budget in the words of plan.Policy: 0 means that nobody
// counts.
func (r *Reconciler) callsLeft(ctx context.Context) (int, error) {
	if r.o.Budget == nil {
		return 0, nil
	}
	left, err := r.o.Budget.Left(ctx)
	if err != nil {
		return 0, err
	}
	if left <= 0 {
		return -1, nil
	}
	return left, nil
}
