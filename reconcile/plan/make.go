package plan

import (
	"cmp"
	"fmt"
	"slices"

	"albumen/photos"
	"albumen/spec"
)

// Make decides what to do. It is pure, total and deterministic (law 4).
//
//	desired        observed     recorded      plan
//	album          none         none          create, or adopt when the spec says so;
//	                                          an unbound album of the same title blocks
//	album          none         bound         drift album_gone; recreate: true creates it
//	none           album        bound         orphan: onRemove
//	title, cover   differs                    patch; cause spec or external
//	share          differs                    share, unshare: see share
//	joined                                    join, leave: see joins
//	description    differs                    patch; cause spec or external, see describe
//	file           never uploaded             upload and create, after its neighbour
//	item           not in album never put in  add, at the end
//	item           not in album put in        drift removed_in_app: add again;
//	                                          removedFromAlbum: respect leaves it out
//	item           deleted      put in        drift deleted_in_photos: leave it so;
//	                                          deletedInPhotos: reupload sends it again
//	not desired    in album     by us         remove (managed, exact)
//	not desired    in album     not by us     drift foreign; remove in exact
//	order          differs                    drift order; order: enforce takes out what
//	                                          is ours and adds it again
//	enrichment     can't be seen              see story
//
// An album with a source that can't be read, with a write in doubt, or whose
// contents are not known is left alone altogether (laws 3 and 9); a paused one
// is planned and held back. The guard and the budget act on the final list, in
// this order (laws 12 and 11).
func Make(in Input) Plan {
	m := maker{in: &in, doubts: map[spec.Key]int{}, quarantine: map[any]*Quarantined{}, sent: map[uint64]struct{}{}, deleted: map[photos.ItemID]bool{}, again: map[spec.Digest]bool{},
		described: map[photos.ItemID]bool{}, undescribed: map[photos.ItemID]*Quarantined{}}
	m.plan.Generation = in.Desired.Generation
	m.plan.Account = in.Desired.Account
	m.plan.Warnings = in.Desired.Warnings
	for _, d := range in.Recorded.Doubts {
		if !d.Wish.Held() {
			m.doubts[d.Wish.Key]++
		}
	}
	for i := range in.Recorded.Quarantine {
		m.learnQuarantine(&in.Recorded.Quarantine[i])
	}
	m.learnDeleted()
	m.learnSentAgain()
	m.bound = bind(&in)
	m.plan.Bindings = m.bound.bindings
	for i := range in.Desired.Albums {
		if d := &in.Desired.Albums[i]; in.Policy.selected(d.Key) {
			m.album(d)
		}
	}
	m.orphans()
	m.joins()
	m.strays()
	for i := range m.plan.Actions {
		m.plan.Actions[i].identify(in.Desired.Account)
	}
	guard(&m.plan, &in, &m.bound)
	budget(&m.plan, &in)
	price(&m.plan, &in)
	return m.plan
}

// maker carries one plan through its making.
type maker struct {
	in         *Input
	plan       Plan
	bound      bindings
	doubts     map[spec.Key]int
	quarantine map[any]*Quarantined   // by spec.Digest and by photos.ItemID
	sent       map[uint64]struct{}    // bytes that an action before sends, by the head of their digest
	deleted    map[photos.ItemID]bool // items that somebody threw away, whichever album showed it
	again      map[spec.Digest]bool   // bytes of such items that an album sends again, for every album
	described  map[photos.ItemID]bool // items that this plan describes
	// undescribed are items whose description Google refuses.
	undescribed map[photos.ItemID]*Quarantined
}

// learnDeleted gathers what is known to be gone from the library: it is gone for
// every album.
func (m *maker) learnDeleted() {
	for _, b := range m.in.Recorded.Albums {
		for id, lost := range b.Lost {
			if lost.By == LostInLibrary {
				m.deleted[id] = true
			}
		}
	}
}

func (m *maker) learnQuarantine(q *Quarantined) {
	switch {
	case !q.holds(m.in.Desired.Generation, m.in.Now):
	case q.Kind == PatchItem:
		m.undescribed[q.Item] = q
	case !q.Digest.IsZero():
		m.quarantine[q.Digest] = q
	case q.Item != "":
		m.quarantine[q.Item] = q
	}
}

func (m *maker) quarantined(d *spec.Member, id photos.ItemID) *Quarantined {
	if len(m.quarantine) == 0 {
		return nil
	}
	if d != nil && !d.Digest.IsZero() {
		return m.quarantine[d.Digest]
	}
	return m.quarantine[id]
}

func (m *maker) deferred(d *spec.DesiredAlbum, reason Reason, count int, text, hint string) {
	m.plan.Deferred = append(m.plan.Deferred, Deferred{Key: d.Key, Reason: reason, Text: text, Hint: hint, Count: count, At: d.At})
}

func (m *maker) drift(k spec.Key, kind DriftKind, count int, text string) {
	m.plan.Drift = append(m.plan.Drift, Drift{Key: k, Kind: kind, Text: text, Count: count})
}

// album plans one desired album.
func (m *maker) album(d *spec.DesiredAlbum) {
	m.plan.Albums++
	if m.leftAlone(d) {
		return
	}
	first, deferred := len(m.plan.Actions), len(m.plan.Deferred)
	b, blocked := m.bound.of(d)
	switch {
	case blocked != nil:
		m.plan.Deferred = append(m.plan.Deferred, *blocked)
		return
	case b == nil && m.unsure(d):
		return
	case b == nil:
		m.create(d)
	case b.Gone:
		m.drift(d.Key, DriftAlbumGone, 1, fmt.Sprintf("somebody deleted the album %q; with recreate: true the spec makes it anew", b.Title))
		return
	case b.Stale != "":
		m.deferred(d, Stale, 1, "its contents could not be read: "+b.Stale, "nothing is done to it until they can")
		return
	case wantsContents(d) && m.unread(b):
		m.deferred(d, Stale, 1, "the list of albums shows a change, and today's calls for reads are spent", "nothing is done to it until it is read")
		return
	case wantsContents(d) && b.ReadAt.IsZero():
		m.deferred(d, Stale, 1, "its contents were not read yet", "the next pass with calls to spare reads them")
		return
	default:
		m.change(d, b)
	}
	if waiting := len(m.plan.Actions) - first; d.Paused && waiting > 0 {
		m.plan.Actions = m.plan.Actions[:first]
		m.deferred(d, Paused, waiting, fmt.Sprintf("the album is paused; %s", count(waiting, "action waits", "actions wait")), "set paused: false")
		return
	}
	if len(m.plan.Actions) == first && len(m.plan.Deferred) == deferred {
		m.plan.InSync++
	}
}

// wantsContents reports whether an album can be planned only with its contents: a
// cover must stand in it.
func wantsContents(d *spec.DesiredAlbum) bool { return d.ManagesContents || !d.Cover.IsZero() }

// unread reports whether an album changed and was not read in this pass, because
// the allowance of calls did not reach.
func (m *maker) unread(b *Bound) bool {
	live, seen := m.in.Observed.Albums[b.ID]
	return seen && !b.ReadAt.IsZero() && b.ReadAt.Before(m.in.Now) && changed(b, live)
}

// leftAlone defers an album of which too little is known to touch it.
func (m *maker) leftAlone(d *spec.DesiredAlbum) bool {
	for _, p := range d.Unavailable {
		m.plan.Deferred = append(m.plan.Deferred, Deferred{
			Key: d.Key, Reason: SourceUnavailable, Text: p.Message, Hint: p.Hint, Count: 1, At: p.Place,
		})
	}
	n := m.doubts[d.Key]
	for _, old := range d.Previously {
		n += m.doubts[old]
	}
	if n > 0 {
		m.deferred(d, InDoubt, n, "the answer to a write was lost, and what became of it does not show yet", "the next pass looks again")
		return true
	}
	return len(d.Unavailable) > 0
}

// create plans an album that does not exist yet, with all that belongs in it.
func (m *maker) create(d *spec.DesiredAlbum) {
	title := d.Title
	if title == "" {
		title = d.Adopt.Title
	}
	a := Action{Key: d.Key, Kind: CreateAlbum, Title: title, Desired: d, Cause: BySpec, Reason: "in the spec, not in the account"}
	b := Bound{Key: d.Key, Title: title}
	if old := m.in.Recorded.Albums[d.Key]; old != nil {
		b.Lost = old.Lost
		a.Cause, a.Reason = External, "somebody deleted it"
		m.drift(d.Key, DriftAlbumGone, 1, fmt.Sprintf("somebody deleted the album %q; it is created again", title))
	}
	m.plan.Actions = append(m.plan.Actions, a)
	m.contents(d, &b)
	m.describe(d, &b)
	m.story(d, &b)
	m.patch(d, &b, photos.Album{Title: title})
	m.share(d, &b, nil)
}

// change plans an album that is bound to a live one.
func (m *maker) change(d *spec.DesiredAlbum, b *Bound) {
	live, seen := m.in.Observed.Albums[b.ID]
	if !seen {
		live = photos.Album{ID: b.ID, Title: b.Title, CoverItemID: b.Cover}
		if b.Shared.on() {
			live.Share = &photos.ShareInfo{Options: b.Shared.Options}
		}
	}
	var removals []Action
	if d.ManagesContents {
		removals = m.contents(d, b)
	}
	m.describe(d, b)
	m.story(d, b)
	m.patch(d, b, live)
	m.plan.Actions = append(m.plan.Actions, removals...)
	m.share(d, b, live.Share)
}

// patch plans the title and the cover, in one call where both differ.
func (m *maker) patch(d *spec.DesiredAlbum, b *Bound, live photos.Album) {
	a := Action{Key: d.Key, Kind: PatchAlbum, Album: b.ID, Desired: d, Cause: BySpec}
	if d.Title != "" && d.Title != live.Title {
		a.Title, a.Was = d.Title, live.Title
		a.Reason = "the title differs"
		if b.Title != live.Title {
			a.Cause, a.Reason = External, "somebody renamed it"
			m.drift(d.Key, DriftTitle, 1, fmt.Sprintf("somebody renamed the album from %q to %q", b.Title, live.Title))
		}
	}
	if m.coverDiffers(d, b, live) {
		a.Cover = d.Cover
		reason := "the cover differs"
		if a.Recovers = live.CoverItemID != "" && live.CoverItemID == m.coverItem(d); a.Recovers {
			reason = "its item is moved, and the album would keep another cover"
		}
		if !a.Recovers && b.Cover != "" && live.CoverItemID != b.Cover {
			a.Cause, reason = External, "somebody chose another cover"
			m.drift(d.Key, DriftCover, 1, reason)
		}
		if a.Reason == "" {
			a.Reason = reason
		}
	}
	if a.Reason != "" {
		m.plan.Actions = append(m.plan.Actions, a)
	}
}

// coverDiffers reports whether the spec's cover must and can be set. It can when
// its item stands in the album or comes in by this plan.
func (m *maker) coverDiffers(d *spec.DesiredAlbum, b *Bound, live photos.Album) bool {
	if d.Cover.IsZero() {
		return false
	}
	target := m.coverItem(d)
	if target != "" && target == live.CoverItemID {
		return m.coverMoves(d.Key, target)
	}
	for _, k := range b.Known {
		if k.Item == target && target != "" {
			return true
		}
	}
	for i := len(m.plan.Actions) - 1; i >= 0 && m.plan.Actions[i].Key == d.Key; i-- {
		for _, item := range m.plan.Actions[i].Items {
			if item.ID == target && target != "" || item.Member != nil && !d.Cover.Digest.IsZero() && item.Member.Digest == d.Cover.Digest {
				return true
			}
		}
	}
	m.deferred(d, NotFound, 1, "the cover does not stand in the album", "it is set once it does")
	return false
}

// coverItem is the item of the spec's cover; "" where it is not in the library.
func (m *maker) coverItem(d *spec.DesiredAlbum) photos.ItemID {
	if !d.Cover.Digest.IsZero() {
		return m.in.Recorded.Items[d.Cover.Digest]
	}
	return photos.ItemID(d.Cover.Item)
}

// coverMoves reports whether this plan takes the cover's item out to add it again:
// the album is left with another cover.
func (m *maker) coverMoves(key spec.Key, target photos.ItemID) bool {
	for i := len(m.plan.Actions) - 1; i >= 0 && m.plan.Actions[i].Key == key; i-- {
		a := &m.plan.Actions[i]
		if a.Kind == RemoveItems && slices.ContainsFunc(a.Items, func(item Item) bool { return item.ID == target }) {
			return true
		}
	}
	return false
}

// orphans lists what albumen bound and the spec no longer names.
func (m *maker) orphans() {
	for _, key := range sortedKeys(m.in.Recorded.Albums) {
		b := m.in.Recorded.Albums[key]
		if b.Gone || m.bound.claimed[key] || !m.in.Policy.selected(key) {
			continue
		}
		m.plan.Orphans = append(m.plan.Orphans, Orphan{Key: key, Album: b.ID, Title: b.Title, URL: b.URL, OnRemove: b.OnRemove})
		if b.OnRemove == spec.Unshare {
			m.unshareOrphan(key, b)
		}
		if b.OnRemove != spec.Empty || m.doubts[key] > 0 || b.Stale != "" || b.ReadAt.IsZero() || m.unread(b) {
			continue
		}
		var items []Item
		for i := range b.Known {
			if b.Known[i].Ours {
				items = append(items, Item{ID: b.Known[i].Item, Known: &b.Known[i], Why: AlbumDropped})
			}
		}
		m.plan.Actions = append(m.plan.Actions, removals(key, b, nil, items)...)
	}
}

// strays lists live albums of this app that no key stands for.
func (m *maker) strays() {
	for id, a := range m.in.Observed.Albums {
		if !m.bound.ids[id] {
			m.plan.Strays = append(m.plan.Strays, Stray{Album: id, Title: a.Title, URL: a.ProductURL})
		}
	}
	slices.SortFunc(m.plan.Strays, func(a, b Stray) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Album, b.Album))
	})
}

func sortedKeys[V any](albums map[spec.Key]V) []spec.Key {
	keys := make([]spec.Key, 0, len(albums))
	for k := range albums {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
