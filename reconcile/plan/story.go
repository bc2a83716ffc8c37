package plan

import (
	"fmt"
	"iter"
	"slices"
	"strconv"

	"albumen/photos"
	"albumen/spec"
)

// story compares an album's enrichments with those of its spec. The API shows
// none of them, so that what was written counts as written until somebody says
// otherwise: nothing takes their absence from a read for anything.
type story struct {
	d       *spec.DesiredAlbum
	b       *Bound
	r       *Recorded
	written map[string]*Written
	open    map[string]string // writes in doubt, by identity
	moved   map[string]bool
	end     Ref
}

// tell reads what is known of an album as a story.
func tell(d *spec.DesiredAlbum, r *Recorded, b *Bound) *story {
	s := &story{d: d, b: b, r: r, end: b.end()}
	if len(b.Enrichments)+len(r.Doubts) == 0 {
		return s
	}
	s.written = make(map[string]*Written, len(b.Enrichments))
	for i := range b.Enrichments {
		s.written[b.Enrichments[i].Identity] = &b.Enrichments[i]
	}
	s.open = map[string]string{}
	for i := range r.Doubts {
		w := &r.Doubts[i].Wish
		if !w.Held() || w.Album != b.ID {
			continue
		}
		s.open[w.Enrichment.Identity] = r.Doubts[i].ID
		if s.written[w.Enrichment.Identity] == nil { // its place is not known
			s.written[w.Enrichment.Identity] = &Written{Identity: w.Enrichment.Identity, Content: w.Enrichment.Content, Label: w.Enrichment.Label}
		}
	}
	if len(b.Enrichments) > 0 {
		s.findMoved()
	}
	return s
}

// findMoved finds the enrichments that stand elsewhere than the story wants: one
// against the items around it, or one against another enrichment.
func (s *story) findMoved() {
	s.moved = map[string]bool{}
	seq := s.b.sequence()
	index := make(map[Ref]int, len(seq))
	for i, r := range seq {
		index[r] = i
	}
	member := make(map[photos.ItemID]int, len(s.d.Members))
	for i := range s.d.Members {
		if id := s.r.item(&s.d.Members[i]); id != "" {
			member[id] = i
		}
	}
	place := make(map[string]int, len(s.d.Enrichments)) // among the enrichments of the story
	for i := range s.d.Enrichments {
		place[s.d.Enrichments[i].Identity] = i
	}
	var steady []int
	before := -1 // the nearest wanted item, by its place among the members
	for i, r := range seq {
		if at, wanted := member[r.Item]; r.Item != "" && wanted {
			before = at
		}
		at, wanted := place[r.Enrichment]
		if r.Enrichment == "" || !wanted {
			continue
		}
		next, known := s.wantedAfter(seq[i:], index, i, member)
		if e := &s.d.Enrichments[at]; before >= e.After || known && next < e.After {
			s.moved[r.Enrichment] = true
			continue
		}
		steady = append(steady, at)
	}
	s.blame(steady)
}

// blame finds those that stand in another order than the story's, which they are
// given in: as few as can be, and before all others those of unknown ids, because
// writing their neighbours anew would not help.
func (s *story) blame(steady []int) {
	if slices.IsSorted(steady) {
		return
	}
	identity := func(at int) string { return s.d.Enrichments[at].Identity }
	var named []int
	for _, at := range steady {
		if s.written[identity(at)].ID != "" {
			named = append(named, at)
		}
	}
	for _, at := range outOfOrder(named) {
		s.moved[identity(at)] = true
	}
	for i, at := range steady {
		if s.written[identity(at)].ID != "" {
			continue
		}
		for j, other := range steady {
			if j != i && !s.moved[identity(other)] && (j < i) != (other < at) {
				s.moved[identity(at)] = true
			}
		}
	}
}

// wantedAfter is the nearest wanted item that albumen saw to it that it stands
// after the first of a rest of the sequence.
func (s *story) wantedAfter(rest []Ref, index map[Ref]int, start int, member map[photos.ItemID]int) (int, bool) {
	w := s.written[rest[0].Enrichment]
	for range s.b.Enrichments { // of a chain of enrichments, the last one knows
		next := s.written[w.Before.Enrichment]
		if next == nil || w.Before.Enrichment == "" {
			break
		}
		w = next
	}
	from, known := index[w.Before]
	if w.Before.Item == "" || !known || from < start {
		return 0, false
	}
	for _, r := range rest[from-start:] {
		if at, wanted := member[r.Item]; r.Item != "" && wanted {
			return at, true
		}
	}
	return 0, false
}

// outOfOrder is as few of the numbers as must be left out for the others to go up.
func outOfOrder(numbers []int) []int {
	if slices.IsSorted(numbers) {
		return nil
	}
	var ends, at []int // of the best row of each length, and where its end stands
	before := make([]int, len(numbers))
	for i, n := range numbers {
		length, _ := slices.BinarySearch(ends, n)
		if length == len(ends) {
			ends, at = append(ends, n), append(at, i)
		} else {
			ends[length], at[length] = n, i
		}
		if before[i] = -1; length > 0 {
			before[i] = at[length-1]
		}
	}
	kept := make(map[int]bool, len(ends))
	for i := at[len(at)-1]; i >= 0; i = before[i] {
		kept[i] = true
	}
	var out []int
	for i, n := range numbers {
		if !kept[i] {
			out = append(out, n)
		}
	}
	return out
}

// back goes through a story backwards from a place in it: after so many of its
// enrichments and so many of its members.
func back(d *spec.DesiredAlbum, enrichments, members int) iter.Seq2[*spec.Enrichment, *spec.Member] {
	return func(yield func(*spec.Enrichment, *spec.Member) bool) {
		for enrichments > 0 || members > 0 {
			if enrichments > 0 && d.Enrichments[enrichments-1].After >= members {
				if enrichments--; !yield(&d.Enrichments[enrichments], nil) {
					return
				}
				continue
			}
			if members--; !yield(nil, &d.Members[members]) {
				return
			}
		}
	}
}

// spot is where something new goes.
type spot struct {
	after Ref                 // zero: before everything
	id    photos.EnrichmentID // of after
	waits *spec.Enrichment    // what must be written first, or resolved; nil when nothing must
}

// spot finds the place after so many enrichments and members of the story: behind
// the nearest before it that stands in the album. Something of which no id is
// known can't be named; behind it is only what is appended. Who is patient does
// not go past an enrichment that is not written for certain.
func (s *story) spot(enrichments, members int, patient bool) spot {
	for e, m := range back(s.d, enrichments, members) {
		if e == nil {
			if id := s.r.item(m); id != "" && s.b.holds(id) {
				return spot{after: Ref{Item: id}}
			}
			continue
		}
		w, ref := s.written[e.Identity], Ref{Enrichment: e.Identity}
		switch {
		case patient && (w == nil || s.open[e.Identity] != ""):
			return spot{waits: e}
		case w == nil || s.moved[e.Identity]:
		case w.ID != "" || ref == s.end:
			return spot{after: ref, id: w.ID}
		}
	}
	return spot{}
}

// between reports whether an enrichment of the story stands between two members.
func (s *story) between(a, b int) bool {
	if len(s.written) == 0 {
		return false
	}
	for i := range s.d.Enrichments {
		if e := &s.d.Enrichments[i]; e.After > a && e.After <= b && s.written[e.Identity] != nil && !s.moved[e.Identity] {
			return true
		}
	}
	return false
}

func (b *Bound) holds(id photos.ItemID) bool {
	for i := len(b.Known) - 1; i >= 0; i-- {
		if b.Known[i].Item == id {
			return true
		}
	}
	return false
}

// position is a spot in the API's words.
func (s *story) position(at spot) photos.Position {
	switch {
	case at.after == (Ref{}):
		return photos.Position{Kind: photos.FirstInAlbum}
	case at.after == s.end:
		return photos.Position{Kind: photos.LastInAlbum}
	case at.id != "":
		return photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: at.id}
	}
	return photos.Position{Kind: photos.AfterMediaItem, AfterItem: at.after.Item}
}

// Place is where the desired members from index from on belong in an album:
// behind the nearest before them, member or enrichment, that stands there. The
// zero Position appends.
func Place(d *spec.DesiredAlbum, from int, r *Recorded, b *Bound) photos.Position {
	s := tell(d, r, b)
	before := 0
	for before < len(d.Enrichments) && d.Enrichments[before].After <= from {
		before++
	}
	at := s.spot(before, from, false)
	switch {
	case s.end == (Ref{}), at.after == s.end && at.after.Item != "":
		return photos.Position{}
	case d.Outside.EnforceOrder && at.after.Enrichment == "":
		return placeBehind(d, from, r, b)
	}
	return s.position(at)
}

// PlaceEnrichment is where the enrichment of an action belongs, and what stands
// around it then. It reports false while one that must stand before it is not
// written, or is in doubt.
func PlaceEnrichment(a *Action, r *Recorded, b *Bound) (photos.Position, []Written, bool) {
	s := tell(a.Desired, r, b)
	e := a.Enrichment
	n := slices.IndexFunc(a.Desired.Enrichments, func(o spec.Enrichment) bool { return o.Identity == e.Identity })
	at := s.spot(n, e.After, true)
	if at.waits != nil {
		return photos.Position{}, nil, false
	}
	position := s.position(at)
	later := map[Ref]bool{}
	for i := range a.Desired.Enrichments[n+1:] {
		later[Ref{Enrichment: a.Desired.Enrichments[n+1+i].Identity}] = true
	}
	for i := range a.Desired.Members[e.After:] {
		later[Ref{Item: r.item(&a.Desired.Members[e.After+i])}] = true
	}
	w := Written{Identity: e.Identity, Content: e.Content(), Label: e.Label()}
	return position, b.Enriched(position, w, func(r Ref) bool { return later[r] }), true
}

// story plans the enrichments of an album and says what can't be done about
// those that are written.
//
//	in the spec   written           plan
//	yes           no                add, behind what stands before it in the story
//	yes           no, one before    deferred in_doubt: it hangs on that one
//	              it is in doubt
//	yes           in doubt          deferred in_doubt: a human resolves it
//	yes           so                nothing
//	yes           otherwise         deferred append_only
//	yes           elsewhere         deferred append_only
//	no            yes               deferred append_only, but in an additive album
//	                                and in one whose contents are not managed
//	no            in doubt          deferred in_doubt
//
// Of an adopted album nothing is known: its enrichments are deferred in_doubt
// until the spec says whether they stand there.
func (m *maker) story(d *spec.DesiredAlbum, b *Bound) {
	if len(d.Enrichments)+len(b.Enrichments) == 0 {
		return
	}
	if b.untold() && d.Adopt.Enrichments != spec.EnrichmentsMissing {
		if d.Adopt.Enrichments == "" {
			t := telling{maker: m, story: &story{d: d, b: b}}
			m.deferred(d, InDoubt, len(d.Enrichments), "whether the enrichments of the spec stand in the adopted album is not known: the API never shows them",
				t.byHand("look at the album, then say beside its title or id in adopt:", "enrichments: written, if they stand there, or enrichments: missing"))
		}
		return
	}
	t := telling{maker: m, story: tell(d, &m.in.Recorded, b)}
	wanted := make(map[string]bool, len(d.Enrichments))
	at := 0
	for i := range d.Enrichments {
		e := &d.Enrichments[i]
		wanted[e.Identity] = true
		t.pass(at, e.After)
		at = e.After
		t.enrichment(e)
	}
	if t.hanging > 0 {
		m.deferred(d, InDoubt, t.hanging, fmt.Sprintf("%s for one before it in the story that is in doubt", count(t.hanging, "enrichment waits", "enrichments wait")), "")
	}
	for i := range b.Enrichments {
		switch w := &b.Enrichments[i]; {
		case wanted[w.Identity]:
		case t.open[w.Identity] != "":
			t.inDoubt(w)
		case d.ManagesContents && d.Membership != spec.Additive:
			t.appendOnly(w, fmt.Sprintf("the enrichment %s is no longer in the spec, and the API can't take it out", strconv.Quote(w.Label)), ", then")
		}
	}
}

// untold reports whether an album was not made by what is remembered of it, and
// nothing is known of its enrichments: somebody else, or a memory that was lost,
// may have written them.
func (b *Bound) untold() bool {
	return b.ID != "" && b.CreatedAt.IsZero() && len(b.Enrichments) == 0
}

// Told is what is known of the enrichments of an adopted album when the spec says
// that they stand there: that much, and no id to put anything behind.
func Told(d *spec.DesiredAlbum, r *Recorded, b *Bound) []Written {
	if !b.untold() || d.Adopt.Enrichments != spec.EnrichmentsWritten {
		return nil
	}
	told := *b
	for i := range d.Enrichments {
		e := &d.Enrichments[i]
		_, all, ok := PlaceEnrichment(&Action{Desired: d, Enrichment: e}, r, &told)
		if !ok {
			all = append(told.Enrichments[:len(told.Enrichments):len(told.Enrichments)], Written{Identity: e.Identity, Content: e.Content(), Label: e.Label()})
		}
		told.Enrichments = all
	}
	return told.Enrichments
}

// telling goes once through a story.
type telling struct {
	*maker
	*story
	doubt   *Written // the nearest before, where it is in doubt
	unnamed *Written // the nearest before, where nothing can be put behind it
	hanging int      // how many wait for one that is in doubt
	coming  map[*spec.Member]bool
}

// pass goes past some members. Behind one that stands in the album, or comes in by
// this plan, nothing hangs on an enrichment before it.
func (t *telling) pass(from, to int) {
	for i := from; i < to && (t.doubt != nil || t.unnamed != nil); i++ {
		want := &t.d.Members[i]
		if id := t.r.item(want); id != "" && t.b.holds(id) || t.comesIn(want) {
			t.doubt, t.unnamed = nil, nil
		}
	}
}

func (t *telling) comesIn(want *spec.Member) bool {
	if t.coming == nil {
		t.coming = map[*spec.Member]bool{}
		for i := len(t.plan.Actions) - 1; i >= 0 && t.plan.Actions[i].Key == t.d.Key; i-- {
			for _, item := range t.plan.Actions[i].Items {
				t.coming[item.Member] = true
			}
		}
	}
	return t.coming[want]
}

func (t *telling) enrichment(e *spec.Enrichment) {
	w := t.written[e.Identity]
	switch {
	case w == nil && t.doubt != nil:
		t.hanging++
	case w == nil:
		t.add(e)
		t.unnamed = nil
	case t.open[e.Identity] != "":
		t.inDoubt(w)
		t.doubt = w
	case t.moved[e.Identity]:
		t.appendOnly(w, fmt.Sprintf("the enrichment %s has another place in the spec, and the API can't move it", strconv.Quote(w.Label)), ", and it is written at its new place after this")
	default:
		if w.Content != e.Content() {
			t.appendOnly(w, fmt.Sprintf("the enrichment %s says something else in the spec (%s), and the API can't change it", strconv.Quote(w.Label), strconv.Quote(e.Label())), ", and it is written anew after this")
		}
		t.doubt, t.unnamed = nil, nil
		if w.ID == "" && w.ref() != t.end {
			t.unnamed = w
		}
	}
}

func (t *telling) add(e *spec.Enrichment) {
	a := Action{Key: t.d.Key, Kind: AddEnrichment, Album: t.b.ID, Enrichment: e, Desired: t.d, Cause: BySpec, Reason: "in the spec, not yet written"}
	if t.unnamed != nil {
		a.Over = t.unnamed.Label
		a.Reason = fmt.Sprintf("goes before %s, since the id of that one is not known", strconv.Quote(t.unnamed.Label))
	}
	t.plan.Actions = append(t.plan.Actions, a)
}

func (t *telling) inDoubt(w *Written) {
	id := t.open[w.Identity]
	t.deferred(t.d, InDoubt, 1, fmt.Sprintf("whether the enrichment %s was written is not known: the answer was lost, and the API never shows it", strconv.Quote(w.Label)),
		t.byHand("look whether it stands in the album, then", fmt.Sprintf("albumen resolve %s --happened, or --did-not", id)))
}

func (t *telling) appendOnly(w *Written, text, then string) {
	t.deferred(t.d, AppendOnly, 1, text,
		t.byHand("delete it in Google Photos"+then, fmt.Sprintf("albumen state forget-enrichment %s %s", t.d.Key, w.Identity)))
}

// byHand is what a person does in the album, and the command that follows.
func (t *telling) byHand(what, command string) string {
	if t.b.URL != "" {
		what += ":\n" + t.b.URL
	}
	return what + "\n" + command
}
