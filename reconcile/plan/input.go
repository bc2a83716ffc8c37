package plan

import (
	"time"

	"albumen/photos"
	"albumen/spec"
)

// Input is everything that a decision depends on.
type Input struct {
	Desired  spec.Desired
	Observed Observed
	Recorded Recorded
	Policy   Policy
	Now      time.Time
}

// Policy is what the caller adds to the spec. Its zero value selects every
// album, approves no removal beyond the spec's limits and knows no budget.
type Policy struct {
	// Selected reports whether an album is planned at all; nil selects all.
	Selected func(spec.Key) bool
	// AllowRemovals lifts the guard for this plan up to so many removals.
	AllowRemovals int
	// CallsLeft is what may be spent today; 0 means that nobody counts, a
	// negative number that nothing is left.
	CallsLeft int
	// DailyCalls is the quota of a whole day; 0 means photos.DailyCalls.
	DailyCalls int
	// WritesPerMinute is the pace of writes; 0 means Google's, a negative number
	// none.
	WritesPerMinute int
	// Grace is how long a created album may be missing from the list, and how
	// long a lost write may take to show.
	Grace time.Duration
	// Resync is how old the knowledge of an album's contents may grow; 0 means a
	// day.
	Resync time.Duration
}

func (p *Policy) selected(k spec.Key) bool { return p.Selected == nil || p.Selected(k) }

func (p *Policy) resync() time.Duration {
	if p.Resync == 0 {
		return 24 * time.Hour
	}
	return p.Resync
}

func (p *Policy) dailyCalls() int {
	if p.DailyCalls == 0 {
		return photos.DailyCalls
	}
	return p.DailyCalls
}

// Observed is what one complete sweep said.
type Observed struct {
	Albums map[photos.AlbumID]photos.Album
	// Shared holds what was seen of shared albums of others, by the hash of the token.
	// SharedListed says that the list of all that are joined was read.
	Shared       map[string]SharedAlbum
	SharedListed bool
	// Unread says of albums why a look at one by itself failed.
	Unread map[photos.AlbumID]string
}

// Recorded is what albumen remembers of one account.
type Recorded struct {
	Albums map[spec.Key]*Bound
	// Items holds the library's item of each digest that albumen uploaded.
	Items map[spec.Digest]photos.ItemID
	// Refused holds items that the API does not let into albums though they are
	// in the library; their bytes go in by creating them in the album.
	Refused map[photos.ItemID]string
	// Uploaded holds the digests whose bytes Google holds under a live token.
	Uploaded   map[spec.Digest]bool
	Quarantine []Quarantined
	// Doubts are the writes without a known end, oldest first.
	Doubts []Doubt
	// Reads holds what this pass read of albums that no key stands for yet.
	Reads map[photos.AlbumID]*Bound
	// Joined holds the shared albums of others that we joined.
	Joined map[spec.Key]JoinedAlbum
	// NoSharing says that the service offers no sharing, which one refusal teaches
	// for all of its methods: Google withdrew them together.
	NoSharing bool
	// Approved holds the plans that somebody said yes to, by id, with the most
	// removals that each may come to; 0 is no limit.
	Approved map[string]int
}

// Bound is a live album that belongs to a key, with what is known of it.
type Bound struct {
	Key      spec.Key
	ID       photos.AlbumID
	Title    string // as last written or taken over
	URL      string
	Cover    photos.ItemID // as last written; "" when never
	OnRemove spec.OnRemove
	Shared   *Shared // nil when the spec never said anything of it
	// Known is the album's contents in order, as last read or as albumen's own
	// writes have left it since.
	Known []Known
	// Lost holds what albumen put in and what is no longer there.
	Lost      map[photos.ItemID]Lost
	CreatedAt time.Time // zero for an adopted album
	ReadAt    time.Time // when Known was last complete; zero means never
	Gone      bool      // somebody deleted the album
	Stale     string    // why the contents could not be read in this pass; "" when all is well
}

// Known is one item that stands in an album.
type Known struct {
	Item     photos.ItemID
	Digest   spec.Digest // zero when its bytes are not known
	Label    string      // the file that it came from
	FileName string      // as Google shows it
	Ours     bool        // albumen put it in
}

// Lost says how a member left an album.
type Lost struct {
	Digest spec.Digest
	By     Loss
}

// Loss is the way in which a member left an album.
type Loss string

// The ways.
const (
	LostByUs      Loss = "us"      // a plan removed it
	LostInApp     Loss = "app"     // somebody took it out of the album
	LostInLibrary Loss = "library" // somebody deleted it altogether
)

// Quarantined is a file or an item that the API refused by itself. It is left
// alone for a day, or until the spec changes.
type Quarantined struct {
	Key        spec.Key
	Digest     spec.Digest   // of a file
	Item       photos.ItemID // of an item
	Label      string
	Message    string // the API's words
	Since      time.Time
	Generation string
}

// holds reports whether the quarantine is still in force.
func (q Quarantined) holds(generation string, now time.Time) bool {
	return q.Generation == generation && now.Sub(q.Since) < 24*time.Hour
}

// item is the library's item that a desired member stands for, "" when there is
// none yet.
func (r *Recorded) item(m *spec.Member) photos.ItemID {
	if m.Item != "" {
		return photos.ItemID(m.Item)
	}
	if m.Digest.IsZero() {
		return ""
	}
	return r.Items[m.Digest]
}
