package state

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Effects is what a write, or a look at the account, has changed, as data. The
// parts are taken in the order in which they stand here, all in one transaction.
// The zero value changes nothing, and the same Effects once more leave the state
// as it is.
//
// A part that names an album whose key is not bound is an *UnboundError, and
// nothing of the Effects is stored.
type Effects struct {
	Rebind []Rebind
	Forget []string // keys whose bindings are dropped with all that is known of their albums
	// Bind lets a key stand for a live album and replaces the whole row of the
	// key. The members stay if the album is the same one, and are forgotten if it
	// is another. An album that another key stands for is not taken from it: that
	// is a *BoundError.
	Bind        []Album
	Gone        []Gone
	Seen        []Seen
	Titles      map[string]string // by key: as last written
	Covers      map[string]string // by key: the item last made the cover
	Policies    map[string]Policy // by key
	Remove      []Remove
	Members     []MembersRead
	Insert      []Insert
	Paths       []PathChange
	Media       []Media // replaces what is known of the same digest
	RefuseMedia []RefusedMedia
	DropUploads []Digest // bytes whose tokens are spent or dead
	Quarantine  []Quarantine
	Release     []Release
	Shares      []Share
	Join        []Joined // replaces what is known of the same key
	Leave       []string // keys of shared albums that were left
	UseApproval []string // plans that are being carried out
}

// Rebind gives a binding another key, with everything that is known of the
// album. Nothing happens if From is not bound and To is.
type Rebind struct{ From, To string }

// Gone says when an album was found deleted; the zero time brings it back.
type Gone struct {
	Key string
	At  time.Time
}

// Seen is what the list of albums shows of one. Where it shows what is known,
// nothing changes, not even SeenAt.
type Seen struct {
	Key        string
	Title      string
	Cover      string
	ProductURL string
	Count      int64
	At         time.Time
}

// Policy is how an album was last treated.
type Policy struct{ Membership, OnRemove string }

// Remove takes items out of an album's known members and remembers who did so.
// An item that was taken out before keeps its time; By is what is said last.
type Remove struct {
	Key   string
	Items []string
	By    string // ByUs, ByApp, or what the caller understands
	At    time.Time
}

// MembersRead is a complete read of an album. Members that we put in and that it
// does not show count as taken out ByApp, unless a Remove says otherwise.
type MembersRead struct {
	Key     string
	Members []Member // in album order; an item that stands twice counts once
	ReadAt  time.Time
}

// Insert puts members next to each other into an album's known contents. One
// that already stands there keeps its place and takes over the rest.
type Insert struct {
	Key     string
	After   string // the item before; "" or one that is not there is the end
	Front   bool   // before everything; After is not looked at
	Members []Member
}

// PathChange is a member whose file has another name now.
type PathChange struct{ Key, ItemID, Path string }

// RefusedMedia is an item that can't be added to albums by its id, and why. An
// empty reason lifts it. An item whose bytes are not ours is not remembered.
type RefusedMedia struct{ ItemID, Reason string }

// Release ends a quarantine.
type Release struct {
	Key    string
	Digest Digest
	ItemID string
}

// check refuses effects that could not be taken twice: a key that is bound and
// unbound in one breath, an item that goes and comes.
func (e *Effects) check() error {
	for _, r := range e.Remove {
		for _, in := range e.Insert {
			if in.Key != r.Key {
				continue
			}
			if i := slices.IndexFunc(in.Members, func(m Member) bool { return slices.Contains(r.Items, m.ItemID) }); i >= 0 {
				return fmt.Errorf("the item %s is taken out of %q and put in at once", in.Members[i].ItemID, r.Key)
			}
		}
	}
	return e.checkBindings()
}

func (e *Effects) checkBindings() error {
	used := map[string]bool{}
	use := func(key string) error {
		if key == "" {
			return fmt.Errorf("an album has no key")
		}
		if used[key] {
			return fmt.Errorf("the bindings name %q twice", key)
		}
		used[key] = true
		return nil
	}
	keys := slices.Clone(e.Forget)
	for _, r := range e.Rebind {
		keys = append(keys, r.From, r.To)
	}
	for _, a := range e.Bind {
		keys = append(keys, a.Key)
		if a.ID == "" {
			return fmt.Errorf("the album of %q has no id", a.Key)
		}
	}
	for _, key := range keys {
		if err := use(key); err != nil {
			return err
		}
	}
	return nil
}

// apply takes the parts in their order.
func (t *tx) apply(e *Effects) error {
	for _, part := range []func(*Effects) error{
		t.applyBindings, t.applySightings, t.applyMembers, t.applyMedia, t.applyQuarantine, t.applySharing,
	} {
		if err := part(e); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) applyBindings(e *Effects) error {
	return firstError(
		inTurn(e.Rebind, t.rebind),
		inTurn(e.Forget, t.forget),
		inTurn(e.Bind, t.bind),
	)
}

func (t *tx) applySightings(e *Effects) error {
	return firstError(
		inTurn(e.Gone, t.gone),
		inTurn(e.Seen, t.sawAlbum),
		inTurn(sorted(e.Titles), func(key string) error { return t.setTitle(key, e.Titles[key]) }),
		inTurn(sorted(e.Covers), func(key string) error { return t.setCover(key, e.Covers[key]) }),
		inTurn(sorted(e.Policies), func(key string) error { return t.setPolicy(key, e.Policies[key]) }),
	)
}

func (t *tx) applyMembers(e *Effects) error {
	return firstError(
		inTurn(e.Remove, t.remove),
		inTurn(e.Members, t.replace),
		inTurn(e.Insert, t.insert),
		inTurn(e.Paths, t.setPath),
	)
}

func (t *tx) applyMedia(e *Effects) error {
	return firstError(
		inTurn(e.Media, t.putMedia),
		inTurn(e.RefuseMedia, t.refuseMedia),
		inTurn(e.DropUploads, t.dropUpload),
	)
}

func (t *tx) applyQuarantine(e *Effects) error {
	return firstError(
		inTurn(e.Quarantine, t.quarantine),
		inTurn(e.Release, t.release),
	)
}

// inTurn makes a step that takes a list in, one after the other.
func inTurn[T any](list []T, take func(T) error) func() error {
	return func() error {
		for _, one := range list {
			if err := take(one); err != nil {
				return err
			}
		}
		return nil
	}
}

// firstError takes steps until one fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sorted are a map's keys, so that the same Effects do the same in each run.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
