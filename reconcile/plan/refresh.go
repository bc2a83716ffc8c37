package plan

import (
	"cmp"
	"slices"
	"time"

	"albumen/photos"
	"albumen/spec"
)

// ReadKind is what a planned read asks for.
type ReadKind string

// The reads beside the sweep.
const (
	ReadAlbum    ReadKind = "album"    // albums.get: is it really gone
	ReadContents ReadKind = "contents" // the members, 100 a call
	ReadLeft     ReadKind = "left"     // which members of a deleted album are left in the library, 50 a call
)

// Read is one album that is worth reading, with its price.
type Read struct {
	Key   spec.Key
	Album photos.AlbumID
	Kind  ReadKind
	Why   string
	Calls int  // estimated from the count that the sweep showed
	Left  bool // with ReadAlbum: if it is gone, look at once what of it is left
}

// The reasons to read, the most urgent first.
const (
	whyMissing = "missing from the list"
	whyDoubt   = "a write's answer was lost"
	whyAdopt   = "to be adopted"
	whyNever   = "never read"
	whyChanged = "the list shows a change"
	whyAgain   = "to be created again"
	whyTurn    = "its turn"
)

// Refresh picks the albums to read after a complete sweep, the most urgent first
// and none beyond the allowance of calls (law 5). Unchanged albums are read by
// turns, the stalest first, so that a reordering that no list shows is seen in
// the end.
func Refresh(in Input, allowance int) []Read {
	b := bind(&in)
	doubts := map[spec.Key]bool{}
	for _, d := range in.Recorded.Doubts {
		if d.Wish.Kind != CreateAlbum && d.Wish.Kind != PatchAlbum && d.Wish.Kind != PatchItem && !d.Wish.Kind.Sharing() && !d.Wish.Held() {
			doubts[d.Wish.Key] = true
		}
	}
	var urgent, turns []Read
	readAt := map[spec.Key]time.Time{}
	consider := func(rec *Bound, contents bool) {
		why := worthReading(&in, rec, contents, doubts[rec.Key])
		live := in.Observed.Albums[rec.ID]
		r := Read{Key: rec.Key, Album: rec.ID, Kind: ReadContents, Why: why, Calls: pages(live.ItemsCount) + lookups(rec, live)}
		readAt[rec.Key] = rec.ReadAt
		switch why {
		case "":
		case whyMissing:
			r.Kind, r.Calls = ReadAlbum, 1
			urgent = append(urgent, r)
		case whyTurn:
			turns = append(turns, r)
		default:
			urgent = append(urgent, r)
		}
	}
	for i := range in.Desired.Albums {
		d := &in.Desired.Albums[i]
		if !in.Policy.selected(d.Key) {
			continue
		}
		if rec := b.byKey[d.Key]; rec != nil {
			consider(rec, wantsContents(d))
			if n := len(urgent); d.Outside.Recreate && n > 0 && urgent[n-1].Key == d.Key && urgent[n-1].Kind == ReadAlbum {
				urgent[n-1].Left = true
				urgent[n-1].Calls += leftCalls(rec)
			}
		} else if rec := in.Recorded.Albums[d.Key]; rec != nil && len(rec.Known) > 0 && b.blocked[d.Key] == nil && len(d.Unavailable) == 0 {
			urgent = append(urgent, Read{Key: d.Key, Album: rec.ID, Kind: ReadLeft, Why: whyAgain, Calls: leftCalls(rec)})
		}
	}
	for _, key := range sortedKeys(in.Recorded.Albums) {
		if rec := in.Recorded.Albums[key]; !b.claimed[key] && in.Policy.selected(key) {
			consider(rec, rec.OnRemove == spec.Empty)
		}
	}
	slices.SortStableFunc(turns, func(a, b Read) int {
		return cmp.Or(readAt[a.Key].Compare(readAt[b.Key]), cmp.Compare(a.Key, b.Key))
	})
	return afford(append(urgent, turns...), allowance)
}

// worthReading says why an album is worth a read, "" when it is not.
func worthReading(in *Input, rec *Bound, contents, doubt bool) string {
	live, seen := in.Observed.Albums[rec.ID]
	switch {
	case rec.Gone:
		return ""
	case !seen && in.Now.Sub(rec.CreatedAt) < in.Policy.Grace:
		return ""
	case !seen:
		return whyMissing
	case doubt:
		return whyDoubt
	case !contents:
		return ""
	case in.Recorded.Albums[rec.Key] == nil && rec.ReadAt.IsZero():
		return whyAdopt
	case rec.ReadAt.IsZero():
		return whyNever
	case changed(rec, live):
		return whyChanged
	case in.Now.Sub(rec.ReadAt) >= in.Policy.resync():
		return whyTurn
	}
	return ""
}

// changed reports whether the list shows an album other than the known one: a
// different count, or a cover that does not stand in it.
func changed(rec *Bound, live photos.Album) bool {
	if live.ItemsCount != int64(len(rec.Known)) {
		return true
	}
	if live.CoverItemID == "" {
		return false
	}
	return !slices.ContainsFunc(rec.Known, func(k Known) bool { return k.Item == live.CoverItemID })
}

// pages is how many calls a read of so many members takes.
func pages(n int64) int { return max(1, int((n+photos.MaxItemsPage-1)/photos.MaxItemsPage)) }

// lookups is how many calls it takes to find out whether what is missing from an
// album is gone from the library, too: as many as the list shows missing, and
// where a write was refused those that were taken out before.
func lookups(rec *Bound, live photos.Album) int {
	missing := max(0, len(rec.Known)-int(live.ItemsCount))
	if rec.ReadAt.IsZero() {
		missing += len(TakenOutInApp(rec))
	}
	return (missing + photos.MaxBatch - 1) / photos.MaxBatch
}

func afford(reads []Read, allowance int) []Read {
	spent := 0
	return slices.DeleteFunc(reads, func(r Read) bool {
		if spent+r.Calls > allowance {
			return true
		}
		spent += r.Calls
		return false
	})
}
