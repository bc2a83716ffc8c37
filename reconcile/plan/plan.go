package plan

import (
	"time"

	"albumen/photos"
	"albumen/spec"
)

// Plan is an ordered, priced list of writes, and everything that is not done.
type Plan struct {
	Generation string
	Account    string
	Bindings   []Binding
	Actions    []Action
	// HeldActions are those that the guard holds back, in the order in which they
	// would be done, and ID is what `albumen approve` calls them by; "" when nothing
	// is held.
	HeldActions []Action
	ID          string
	Approved    string // the id of a plan that would be held, had nobody said yes to it
	Deferred    []Deferred
	Drift       []Drift
	Orphans     []Orphan
	Strays      []Stray
	Renames     []Rename
	Warnings    []spec.Problem
	Cost        Cost
	Albums      int // desired albums that were looked at
	InSync      int // those of them with nothing to do
}

// Empty reports whether carrying the plan out would change nothing in the
// account.
func (p *Plan) Empty() bool { return len(p.Actions) == 0 && len(p.Bindings) == 0 }

// Held reports whether the guard keeps something of the plan back.
func (p *Plan) Held() bool {
	for _, d := range p.Deferred {
		if d.Reason == Guarded {
			return true
		}
	}
	return false
}

// Binding lets a key stand for a live album. It costs no call.
type Binding struct {
	Key   spec.Key
	From  spec.Key // the earlier key, or "" when the album is adopted
	Album photos.AlbumID
	Title string
}

// Reason says why something is deferred.
type Reason string

// The reasons to defer.
const (
	OverBudget        Reason = "budget"
	Stale             Reason = "stale"
	Guarded           Reason = "guard"
	Paused            Reason = "paused"
	Unsupported       Reason = "unsupported"
	Quarantine        Reason = "quarantined"
	InDoubt           Reason = "in_doubt"
	SourceUnavailable Reason = "source_unavailable"
	NeedsReshare      Reason = "needs_reshare"
	TitleTaken        Reason = "title_taken"
	NotFound          Reason = "not_found"
)

// Deferred is work that is in the plan but not done now.
type Deferred struct {
	Key    spec.Key
	Reason Reason
	Text   string // what waits for what, one line
	Hint   string // what to do about it; may be empty
	Count  int    // actions, items or files that wait
	At     spec.Place
	// ByHand says that no run will ever do it: only a person can, in Google Photos.
	ByHand bool
}

// Drift is something that somebody else changed.
type Drift struct {
	Key   spec.Key
	Kind  DriftKind
	Text  string
	Count int
}

// DriftKind names what drifted.
type DriftKind string

// The kinds of drift.
const (
	DriftAlbumGone     DriftKind = "album_gone"
	DriftRemovedInApp  DriftKind = "removed_in_app"
	DriftDeleted       DriftKind = "deleted_in_photos"
	DriftForeign       DriftKind = "foreign"
	DriftOrder         DriftKind = "order"
	DriftTitle         DriftKind = "title"
	DriftCover         DriftKind = "cover"
	DriftShare         DriftKind = "share"
	DriftLeft          DriftKind = "left_in_app"
	driftExamplesShown           = 3
)

// Orphan is an album that albumen bound and that the spec no longer names.
type Orphan struct {
	Key      spec.Key
	Album    photos.AlbumID
	Title    string
	URL      string
	OnRemove spec.OnRemove
}

// Stray is an album that this app made and that no key stands for.
type Stray struct {
	Album photos.AlbumID
	Title string
	URL   string
}

// Rename is a file that has another name on disk and the same bytes: the item
// stays the one it is.
type Rename struct {
	Key      spec.Key
	Item     photos.ItemID
	From, To string
}

// Cost is what carrying out a plan takes.
type Cost struct {
	Calls   int
	Writes  int
	Uploads int
	Bytes   int64
	ByKind  []KindCost // in the order of the kinds, without those that are 0
	Left    int        // calls left today; negative when nobody counts
	// Pace is how long the writes take at least at Google's pace.
	Pace time.Duration
	// Days is how many days of quota the whole work takes, with what is deferred
	// for the budget; 1 means today.
	Days int
}

// KindCost is the price of one kind of action.
type KindCost struct {
	Kind  Kind
	Calls int
}
