package plan

import (
	"slices"

	"albumen/photos"
)

// Ref names what stands in an album: an item, or an enrichment by its identity.
// The zero Ref is the front of the album where something stands after it, and
// its end where something stands before it.
type Ref struct {
	Item       photos.ItemID `json:"item,omitempty"`
	Enrichment string        `json:"enrichment,omitempty"`
}

// Written is an enrichment that albumen wrote into an album, or may have. A read
// shows items alone, so that its place is kept as its neighbours, and kept up with
// everything that comes in and goes out since.
type Written struct {
	Identity string
	ID       photos.EnrichmentID // "" when it is not known: nothing can be put behind it
	Content  string
	Label    string
	Spot
}

// Spot is where an enrichment stands.
type Spot struct {
	// After is what stands directly before it.
	After Ref `json:"after,omitzero"`
	// Before is what albumen saw to it that it stands after the enrichment; zero
	// for the end. What was only appended behind it is not: the API adds items of
	// the library at the end, wherever they belong.
	Before Ref `json:"before,omitzero"`
}

func (w *Written) ref() Ref { return Ref{Enrichment: w.Identity} }

// sequence is all that stands in the album, in order.
func (b *Bound) sequence() []Ref {
	out := make([]Ref, 0, len(b.Known)+len(b.Enrichments))
	behind := make(map[Ref][]Ref, len(b.Enrichments))
	for i := range b.Enrichments {
		w := &b.Enrichments[i]
		behind[w.After] = append(behind[w.After], w.ref())
	}
	var follow func(Ref)
	follow = func(r Ref) {
		next := behind[r]
		delete(behind, r) // each is taken once, whatever the memory says
		for _, e := range next {
			out = append(out, e)
			follow(e)
		}
	}
	follow(Ref{})
	for i := range b.Known {
		r := Ref{Item: b.Known[i].Item}
		out = append(out, r)
		if len(behind) > 0 {
			follow(r)
		}
	}
	for i := range b.Enrichments { // those whose neighbour nobody knows
		if w := &b.Enrichments[i]; behind[w.After] != nil {
			follow(w.After)
		}
	}
	return out
}

// end is the last of what stands in the album; zero when it is empty.
func (b *Bound) end() Ref {
	switch n := len(b.Known); {
	case len(b.Enrichments) > 0:
		seq := b.sequence()
		return seq[len(seq)-1]
	case n > 0:
		return Ref{Item: b.Known[n-1].Item}
	}
	return Ref{}
}

// behind is what stands directly before a position.
func (b *Bound) behind(at photos.Position) Ref {
	switch at.Kind {
	case photos.FirstInAlbum:
		return Ref{}
	case photos.AfterMediaItem:
		return Ref{Item: at.AfterItem}
	case photos.AfterEnrichmentItem:
		for i := range b.Enrichments {
			if w := &b.Enrichments[i]; w.ID == at.AfterEnrichment {
				return w.ref()
			}
		}
	}
	return b.end()
}

// Beside is a position among the items alone: the item before it, or the front.
// Neither means the end.
func (b *Bound) Beside(at photos.Position) (after photos.ItemID, front bool) {
	switch at.Kind {
	case photos.FirstInAlbum:
		return "", true
	case photos.AfterMediaItem:
		return at.AfterItem, false
	case photos.AfterEnrichmentItem:
		seq := b.sequence()
		for i := slices.Index(seq, b.behind(at)); i >= 0; i-- {
			if seq[i].Item != "" {
				return seq[i].Item, false
			}
		}
		return "", true
	}
	return "", false
}

// Joined is the album's enrichments once members have come in at a position.
func (b *Bound) Joined(at photos.Position, members []Known) []Written {
	if len(b.Enrichments) == 0 || at == (photos.Position{}) {
		return b.Enrichments
	}
	there := make(map[photos.ItemID]bool, len(b.Known))
	for i := range b.Known {
		there[b.Known[i].Item] = true
	}
	return b.JoinedFresh(at, slices.DeleteFunc(slices.Clone(members), func(k Known) bool { return there[k.Item] }))
}

// JoinedFresh is Joined for members of which none stood in the album before, though
// a read may have shown them since.
func (b *Bound) JoinedFresh(at photos.Position, members []Known) []Written {
	if len(b.Enrichments) == 0 || len(members) == 0 || at == (photos.Position{}) {
		return b.Enrichments
	}
	return joined(b.Enrichments, b.behind(at), Ref{Item: members[0].Item}, Ref{Item: members[len(members)-1].Item})
}

// Enriched is the album's enrichments once another is written at a position.
// Where the story wants what now follows it before it, that is no neighbour.
func (b *Bound) Enriched(at photos.Position, w Written, follows func(Ref) bool) []Written {
	seq, behind := b.sequence(), b.behind(at)
	w.Spot = Spot{After: behind}
	if next := slices.Index(seq, behind) + 1; next < len(seq) && follows(seq[next]) {
		w.Before = seq[next]
	}
	return append(joined(b.Enrichments, behind, w.ref(), w.ref()), w)
}

// joined puts something between a neighbour and what stood behind it.
func joined(list []Written, behind, first, last Ref) []Written {
	list = slices.Clone(list)
	for i := range list {
		w := &list[i]
		if w.After == behind {
			w.After = last
		}
		if w.ref() == behind {
			w.Before = first
		}
	}
	return list
}

// Parted is the album's enrichments once some of what stands there is gone: what
// stood around a gap are neighbours.
func (b *Bound) Parted(gone map[Ref]bool) []Written {
	if len(b.Enrichments) == 0 || len(gone) == 0 {
		return b.Enrichments
	}
	seq := b.sequence()
	before, after := make(map[Ref]Ref, len(gone)), make(map[Ref]Ref, len(gone))
	for i, last := 0, (Ref{}); i < len(seq); i++ {
		if gone[seq[i]] {
			before[seq[i]] = last
		} else {
			last = seq[i]
		}
	}
	for i, next := len(seq)-1, (Ref{}); i >= 0; i-- {
		if gone[seq[i]] {
			after[seq[i]] = next
		} else {
			next = seq[i]
		}
	}
	list := slices.Clone(b.Enrichments)
	for i := range list {
		w := &list[i]
		if gone[w.After] {
			w.After = before[w.After]
		}
		if gone[w.Before] {
			w.Before = after[w.Before]
		}
	}
	return slices.DeleteFunc(list, func(w Written) bool { return gone[w.ref()] })
}

// Changed are those of the enrichments that are not as they were.
func Changed(was, is []Written) []Written {
	old := make(map[string]Written, len(was))
	for _, w := range was {
		old[w.Identity] = w
	}
	var out []Written
	for _, w := range is {
		if old[w.Identity] != w {
			out = append(out, w)
		}
	}
	return out
}

// refs are some items as what stands in an album.
func refs(ids []photos.ItemID) map[Ref]bool {
	out := make(map[Ref]bool, len(ids))
	for _, id := range ids {
		out[Ref{Item: id}] = true
	}
	return out
}

// Without is the album's enrichments once some items are gone.
func (b *Bound) Without(ids []photos.ItemID) []Written { return b.Parted(refs(ids)) }

// Hold takes an enrichment that may have been written for one that was: what comes
// in from now on keeps its place to it, whatever became of it.
func (b *Bound) Hold(w *WishEnrichment) {
	for i := range b.Enrichments {
		if b.Enrichments[i].Identity == w.Identity {
			return
		}
	}
	held := Written{Identity: w.Identity, Content: w.Content, Label: w.Label, Spot: w.Spot}
	b.Enrichments = append(joined(b.Enrichments, w.After, held.ref(), held.ref()), held)
}

// WithoutEnrichment is the album's enrichments once one is forgotten.
func (b *Bound) WithoutEnrichment(identity string) []Written {
	return b.Parted(map[Ref]bool{{Enrichment: identity}: true})
}
