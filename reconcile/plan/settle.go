package plan

import (
	"fmt"
	"time"

	"albumen/photos"
	"albumen/spec"
)

// Wish is what an intent keeps on disk of an action: enough to find out later
// what became of it.
type Wish struct {
	Key   spec.Key       `json:"key"`
	Kind  Kind           `json:"kind"`
	Album photos.AlbumID `json:"album,omitempty"`
	Title string         `json:"title,omitempty"`
	Cover photos.ItemID  `json:"cover,omitempty"`
	Items []WishItem     `json:"items,omitempty"`
	// Description is what the one item of PatchItem should say.
	Description string `json:"description,omitempty"`
	// Others are what was there before and can't be the outcome: for a new album
	// the live albums of its title, for new items the album's items of unknown
	// bytes.
	Others []string `json:"others,omitempty"`
	// Share is how an album was to be shared, and TokenHash says which shared album
	// was to be joined or left.
	Share     *photos.ShareOptions `json:"share,omitempty"`
	TokenHash string               `json:"tokenHash,omitempty"`
	// At is where new items were put. Those of CreateItems that stood there before are
	// among Others.
	At photos.Position `json:"at,omitzero"`
	// Enrichment is what was written, with its place.
	Enrichment *WishEnrichment `json:"enrichment,omitempty"`
}

// Held reports whether a lost answer of the wish is held until a human says what
// became of it. It keeps nothing of its album waiting but what hangs on it, because
// which enrichment it is about is known.
func (w *Wish) Held() bool { return w.Kind == AddEnrichment && w.Enrichment != nil }

// WishEnrichment is the enrichment of a wish.
type WishEnrichment struct {
	Identity string `json:"identity"`
	Content  string `json:"content"`
	Label    string `json:"label"`
	Spot
}

// WishItem is one entry of a wish's batch.
type WishItem struct {
	Item     photos.ItemID `json:"item,omitempty"`
	Digest   spec.Digest   `json:"digest,omitzero"`
	Label    string        `json:"label,omitempty"`
	FileName string        `json:"fileName,omitempty"`
}

// Doubt is an intent without a known end: its process died, or its answer was
// lost.
type Doubt struct {
	ID       string
	Wish     Wish
	OpenedAt time.Time
}

// Fate is what became of a doubt.
type Fate string

// The fates.
const (
	Happened  Fate = "happened"
	DidNot    Fate = "did_not"   // it may be planned again
	Wait      Fate = "wait"      // it does not show yet, and may still
	Ambiguous Fate = "ambiguous" // more than one thing could be its outcome
	Hold      Fate = "hold"      // nothing can be seen of it: a human decides
)

// Verdict is the end of a doubt, with what was found.
type Verdict struct {
	Doubt Doubt
	Fate  Fate
	Album photos.Album      // CreateAlbum or JoinAlbum that happened
	Share *photos.ShareInfo // ShareAlbum that happened
	Known []Known           // items that are now known to stand in the album, put in by us
	// Fresh is what of Known came in with CreateItems that happened: an enrichment
	// before which it was put stands behind it now.
	Fresh []Known
	Text  string // for the report, one line
}

// Settle says what became of one write whose answer was lost (law 3). It needs a
// sweep, and for items a read of the album, made after the write.
//
//	patch_album                          repeat: the sweep shows what stands there
//	patch_item                           repeat: it says the same twice as once
//	create_album, create_, add_,         look: read, then decide
//	  remove_items, share_, unshare_,
//	  join_, leave_album
//	add_enrichment                       hold: it can't be seen, and never doubled
func Settle(d Doubt, in *Input) Verdict {
	v := Verdict{Doubt: d}
	switch d.Wish.Kind {
	case PatchAlbum:
		v.settlePatch(in)
	case PatchItem:
		v.Fate, v.Text = DidNot, "the description is written again"
	case CreateAlbum:
		v.settleCreate(in)
	case AddItems, CreateItems, RemoveItems:
		v.settleItems(in)
	case ShareAlbum, UnshareAlbum:
		v.settleShare(in)
	case JoinAlbum, LeaveAlbum:
		v.settleJoin(in)
	default:
		v.Fate, v.Text = Hold, "nobody can see whether it was written; it is never written again unasked (albumen resolve)"
	}
	if v.Fate == DidNot && d.Wish.Kind != PatchAlbum && d.Wish.Kind != PatchItem && in.Now.Sub(d.OpenedAt) < in.Policy.Grace {
		v.Fate = Wait
		v.Text = "does not show yet; looked at again after " + d.OpenedAt.Add(in.Policy.Grace).Format(time.TimeOnly)
	}
	return v
}

func (v *Verdict) settlePatch(in *Input) {
	w := v.Doubt.Wish
	live := in.Observed.Albums[w.Album]
	v.Fate, v.Text = DidNot, "the change does not show"
	if (w.Title == "" || live.Title == w.Title) && (w.Cover == "" || live.CoverItemID == w.Cover) {
		v.Fate, v.Text = Happened, "the change shows in the album"
	}
}

// settleCreate looks for a live album of the title that was not there before and
// that nobody stands for.
func (v *Verdict) settleCreate(in *Input) {
	w := v.Doubt.Wish
	taken := map[photos.AlbumID]bool{}
	for _, id := range w.Others {
		taken[photos.AlbumID(id)] = true
	}
	for _, rec := range in.Recorded.Albums {
		taken[rec.ID] = true
	}
	chosen := photos.AlbumID("")
	for i := range in.Desired.Albums {
		if d := &in.Desired.Albums[i]; d.Key == w.Key {
			chosen = photos.AlbumID(d.Adopt.ID)
		}
	}
	var found []photos.Album
	for id, a := range in.Observed.Albums {
		if a.Title == w.Title && !taken[id] && (chosen == "" || chosen == id) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		v.Fate, v.Text = DidNot, "no new album of its title shows"
	case 1:
		v.Fate, v.Album, v.Text = Happened, found[0], "the album was created"
	default:
		v.Fate = Ambiguous
		v.Text = fmt.Sprintf("%d new albums are called %q: adopt the right one by its id", len(found), w.Title)
	}
}

// settleItems compares a batch with the album as it was read since.
func (v *Verdict) settleItems(in *Input) {
	w := v.Doubt.Wish
	b := in.Recorded.Albums[w.Key]
	switch {
	case b == nil || b.Gone:
		v.Fate, v.Text = DidNot, "its album is gone"
		return
	case b.Stale != "" || b.ReadAt.Before(v.Doubt.OpenedAt):
		v.Fate, v.Text = Wait, "the album was not read since"
		return
	}
	if w.Kind == CreateItems {
		v.matchCreated(b)
		return
	}
	there := map[photos.ItemID]*Known{}
	for i := range b.Known {
		there[b.Known[i].Item] = &b.Known[i]
	}
	present := 0
	for _, item := range w.Items {
		if k := there[item.Item]; k != nil {
			present++
			v.Known = append(v.Known, Known{Item: k.Item, Digest: item.Digest, Label: item.Label, FileName: k.FileName, Ours: true})
		}
	}
	happened := present == len(w.Items)
	if w.Kind == RemoveItems {
		happened = present == 0
	}
	if happened {
		v.Fate, v.Text = Happened, "the album shows it"
	} else {
		v.Fate, v.Known, v.Text = DidNot, nil, "the album does not show it"
	}
}

// matchCreated finds the new items of a batch: by their bytes, where another
// album's call has taught meanwhile which items these are, and else by their names
// among the album's items of unknown bytes. A name that stands there more or less often than in
// the batch proves nothing: such a file is planned again, and Google, which
// knows its bytes, answers with the item that exists.
func (v *Verdict) matchCreated(b *Bound) {
	before := map[string]bool{}
	for _, id := range v.Doubt.Wish.Others {
		before[id] = true
	}
	fresh, known := map[string][]*Known{}, map[spec.Digest]*Known{}
	came := map[photos.ItemID]bool{}
	for i := range b.Known {
		k := &b.Known[i]
		came[k.Item] = !k.Ours && !before[string(k.Item)]
		if !k.Digest.IsZero() {
			known[k.Digest] = k
		} else if !before[string(k.Item)] {
			fresh[k.FileName] = append(fresh[k.FileName], k)
		}
	}
	wanted := map[string][]WishItem{}
	for _, item := range v.Doubt.Wish.Items {
		if known[item.Digest] == nil {
			wanted[item.FileName] = append(wanted[item.FileName], item)
		}
	}
	for _, item := range v.Doubt.Wish.Items {
		name := item.FileName
		if k := known[item.Digest]; k != nil {
			v.Known = append(v.Known, Known{Item: k.Item, Digest: item.Digest, Label: item.Label, FileName: k.FileName, Ours: true})
			continue
		}
		if len(fresh[name]) != len(wanted[name]) {
			continue
		}
		at := len(fresh[name]) - len(wanted[name])
		for i, w := range wanted[name] {
			if w.Digest == item.Digest {
				at = i
			}
		}
		k := fresh[name][at]
		v.Known = append(v.Known, Known{Item: k.Item, Digest: item.Digest, Label: item.Label, FileName: name, Ours: true})
	}
	for _, k := range v.Known {
		if came[k.Item] {
			v.Fresh = append(v.Fresh, k)
		}
	}
	v.Fate, v.Text = DidNot, "none of the new items shows in the album"
	if len(v.Known) > 0 {
		v.Fate = Happened
		v.Text = fmt.Sprintf("%d of %s show in the album", len(v.Known), count(len(v.Doubt.Wish.Items), "new item", "new items"))
	}
}
