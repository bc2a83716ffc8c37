package plan

import (
	"encoding/binary"
	"fmt"
	"strings"

	"albumen/photos"
	"albumen/spec"
)

// contents plans what comes into an album and returns what goes out of it, so
// that the caller can put the removals last.
func (m *maker) contents(d *spec.DesiredAlbum, b *Bound) []Action {
	if m.sameSequence(d, b) {
		return nil
	}
	s := sorting{maker: m, album: d, bound: b, taken: make([]bool, len(b.Known))}
	s.index()
	s.comeIn()
	s.findEdits()
	out := s.goOut()
	if len(b.Known)+len(s.adds)+len(s.creates) > photos.MaxAlbumItems {
		m.deferred(d, Unsupported, len(s.adds)+len(s.creates),
			fmt.Sprintf("an album holds %d items, and the spec wants %d", photos.MaxAlbumItems, len(d.Members)), "split it into two albums")
		s.report()
		return nil
	}
	for batch := range batches(s.order()) {
		m.plan.Actions = append(m.plan.Actions, s.add(batch))
	}
	s.emitCreates()
	s.report()
	return removals(d.Key, b, d, out)
}

// sameSequence is the short way for an album in which nothing changed: one walk
// side by side, without any index.
func (m *maker) sameSequence(d *spec.DesiredAlbum, b *Bound) bool {
	if len(d.Members) != len(b.Known) {
		return false
	}
	renamed := len(m.plan.Renames)
	for i := range d.Members {
		want, have := &d.Members[i], &b.Known[i]
		switch {
		case want.Item != "" && want.Item == string(have.Item):
		case want.Item == "" && want.Digest == have.Digest && !have.Digest.IsZero() && want.Refused == "":
		default:
			m.plan.Renames = m.plan.Renames[:renamed]
			return false
		}
		m.noteRename(d, want, have)
	}
	return true
}

func (m *maker) noteRename(d *spec.DesiredAlbum, want *spec.Member, have *Known) {
	if have.Label != "" && want.Label != "" && have.Label != want.Label && have.Ours {
		m.plan.Renames = append(m.plan.Renames, Rename{Key: d.Key, Item: have.Item, From: have.Label, To: want.Label})
	}
}

// sorting holds the work of comparing one album's desired members with those
// known in it.
type sorting struct {
	*maker
	album    *spec.DesiredAlbum
	bound    *Bound
	byDigest map[spec.Digest]int
	byItem   map[photos.ItemID]int
	taken    []bool // known members that are desired

	adds      []Item
	creates   []Item
	froms     []int // the desired index of each create
	misplaced bool
	named     map[photos.ItemID]bool // desired items so far; nil where no id is written out

	refused, quarantinedFiles  []refusal
	takenOut, stayOut, foreign []string
	deleted, sentAgain         []string
	kept                       []string // removals held back since their file can't be read
	edited                     map[string]bool
}

// refusal is a file or item that can't go where it should, and why.
type refusal struct{ label, message string }

// group is what is refused for the same reason.
type group struct {
	message string
	labels  []string
}

// grouped brings refusals of one reason together, in the order in which the
// reasons come.
func grouped(list []refusal) []group {
	var out []group
	at := map[string]int{}
	for _, r := range list {
		i, ok := at[r.message]
		if !ok {
			i = len(out)
			at[r.message] = i
			out = append(out, group{message: r.message})
		}
		out[i].labels = append(out[i].labels, r.label)
	}
	return out
}

func (s *sorting) index() {
	s.byDigest = make(map[spec.Digest]int, len(s.bound.Known))
	s.byItem = make(map[photos.ItemID]int, len(s.bound.Known))
	for i := range s.bound.Known {
		k := &s.bound.Known[i]
		s.byItem[k.Item] = i
		if !k.Digest.IsZero() {
			s.byDigest[k.Digest] = i
		}
	}
	for i := range s.album.Members {
		if s.album.Members[i].Item != "" {
			s.named = make(map[photos.ItemID]bool, len(s.album.Members))
			break
		}
	}
	if len(s.bound.Known) == 0 {
		s.creates = make([]Item, 0, len(s.album.Members))
		s.froms = make([]int, 0, len(s.album.Members))
	}
}

// find is the index of a desired member among the known ones, or -1.
func (s *sorting) find(want *spec.Member, id photos.ItemID) int {
	if len(s.bound.Known) == 0 {
		return -1
	}
	if i, ok := s.byItem[id]; ok && id != "" {
		return i
	}
	if i, ok := s.byDigest[want.Digest]; ok && want.Item == "" && !want.Digest.IsZero() {
		return i
	}
	return -1
}

// comeIn sorts each desired member: it stands there, or how it gets there.
func (s *sorting) comeIn() {
	last := -1
	for i := range s.album.Members {
		want := &s.album.Members[i]
		id := s.in.Recorded.item(want)
		if s.repeats(id) {
			continue
		}
		if at := s.find(want, id); at >= 0 {
			s.taken[at] = true
			s.misplaced = s.misplaced || at < last
			last = at
			s.noteRename(s.album, want, &s.bound.Known[at])
			continue
		}
		lost, wasHere := s.bound.Lost[id]
		switch {
		case want.Refused != "":
			s.refused = append(s.refused, refusal{want.Label, want.Refused})
		case s.quarantined(want, id) != nil:
			s.quarantinedFiles = append(s.quarantinedFiles, refusal{s.label(want), s.quarantined(want, id).Message})
		case id != "" && s.maker.deleted[id] && s.maker.again[want.Digest]:
			s.sentAgain = append(s.sentAgain, s.label(want))
			s.create(i, want, ThrownAway)
		case id != "" && s.maker.deleted[id]:
			s.deleted = append(s.deleted, s.label(want))
		case wasHere && id != "" && lost.By == LostInApp && s.album.Outside.RespectRemoved:
			s.stayOut = append(s.stayOut, s.label(want))
		case wasHere && id != "" && lost.By == LostInApp:
			s.takenOut = append(s.takenOut, s.label(want))
			s.adds = append(s.adds, Item{ID: id, Member: want, Why: TakenOut})
		case id == "":
			s.create(i, want, NewFile)
		case want.Item == "" && s.in.Recorded.Refused[id] != "":
			s.create(i, want, RefusedItem)
		case want.Item != "":
			s.adds = append(s.adds, Item{ID: id, Member: want, Why: NamedItem})
		default:
			s.adds = append(s.adds, Item{ID: id, Member: want, Why: KnownItem})
		}
	}
}

// repeats reports whether an item is named a second time, by its id and by its
// bytes: an album holds it once.
func (s *sorting) repeats(id photos.ItemID) bool {
	if s.named == nil || id == "" {
		return false
	}
	before := s.named[id]
	s.named[id] = true
	return before
}

func (s *sorting) create(i int, want *spec.Member, why Why) {
	s.creates = append(s.creates, Item{Member: want, Why: why})
	s.froms = append(s.froms, i)
}

func (s *sorting) label(want *spec.Member) string {
	if want.Label != "" {
		return want.Label
	}
	return want.Item
}

// findEdits tells a new version of a known file from a new file.
func (s *sorting) findEdits() {
	s.edited = map[string]bool{}
	if len(s.creates) == 0 && len(s.adds) == 0 {
		return
	}
	gone := map[string]bool{}
	for i := range s.bound.Known {
		if k := &s.bound.Known[i]; !s.taken[i] && k.Ours && k.Label != "" {
			gone[k.Label] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, list := range [][]Item{s.creates, s.adds} {
		for i := range list {
			if label := list[i].Member.Label; gone[label] {
				list[i].Why = EditedFile
				s.edited[label] = true
			}
		}
	}
}

// goOut decides about what stands in the album and is not desired. A member
// whose file is there but can't be used now stays: a failed read is not an empty
// read (law 9).
func (s *sorting) goOut() []Item {
	spared, unknown := s.spared()
	var out []Item
	for i := range s.bound.Known {
		k := &s.bound.Known[i]
		if s.taken[i] {
			continue
		}
		item := Item{ID: k.Item, Known: k, Why: NotWanted}
		switch {
		case !k.Ours && s.album.Membership != spec.Exact:
			s.foreign = append(s.foreign, item.Label())
			continue
		case s.album.Membership == spec.Additive:
			continue
		case spared[k.Label] && k.Label != "", unknown && k.Ours:
			s.kept = append(s.kept, item.Label())
			continue
		case s.quarantined(nil, k.Item) != nil:
			s.quarantinedFiles = append(s.quarantinedFiles, refusal{item.Label(), s.quarantined(nil, k.Item).Message})
			continue
		case !k.Ours:
			item.Why = ForeignItem
		case s.edited[k.Label]:
			item.Why = OldVersion
		}
		out = append(out, item)
	}
	return out
}

// spared lists the files that are there but can't be used now, and whether one
// of them could be any member under another name.
func (s *sorting) spared() (labels map[string]bool, unknown bool) {
	if len(s.refused)+len(s.quarantinedFiles) == 0 {
		return nil, false
	}
	labels = map[string]bool{}
	known := map[string]bool{}
	for i := range s.bound.Known {
		known[s.bound.Known[i].Label] = true
	}
	for i := range s.album.Members {
		want := &s.album.Members[i]
		if want.Refused == "" && s.quarantined(want, s.in.Recorded.item(want)) == nil {
			continue
		}
		labels[want.Label] = true
		unknown = unknown || want.Unreadable && !known[want.Label]
	}
	return labels, unknown
}

// report says what is not done and what others did.
func (s *sorting) report() {
	key := s.album.Key
	for _, g := range grouped(s.refused) {
		s.list(g.labels, func(text string, n int) {
			s.deferred(s.album, Unsupported, n, text, "mend the file, or exclude it")
		}, "can't be uploaded, "+g.message)
	}
	for _, g := range grouped(s.quarantinedFiles) {
		s.list(g.labels, func(text string, n int) {
			s.deferred(s.album, Quarantine, n, text, "tried again after a day, or when the spec changes")
		}, "Google refuses ("+g.message+")")
	}
	s.list(s.kept, func(text string, n int) {
		s.deferred(s.album, SourceUnavailable, n, text, "nothing is taken out for a file that can't be read")
	}, "stays: its file may be one that can't be read")
	s.list(s.takenOut, func(text string, n int) { s.drift(key, DriftRemovedInApp, n, text) }, "taken out in the app")
	s.list(s.stayOut, func(text string, n int) { s.drift(key, DriftRemovedInApp, n, text) }, "taken out in the app, and stays so")
	s.list(s.sentAgain, func(text string, n int) { s.drift(key, DriftDeleted, n, text) }, "deleted in Google Photos, and sent again")
	s.list(s.deleted, func(text string, n int) { s.drift(key, DriftDeleted, n, text) }, "deleted in Google Photos, and stays so")
	s.list(s.foreign, func(text string, n int) { s.drift(key, DriftForeign, n, text) }, "put in by somebody else")
	if s.misplaced {
		s.drift(key, DriftOrder, 1, "the items stand in another order than the spec's; the API can't move them")
	}
}

func (s *sorting) list(labels []string, say func(text string, n int), what string) {
	if len(labels) == 0 {
		return
	}
	shown := labels
	more := ""
	if len(labels) > driftExamplesShown {
		shown, more = labels[:driftExamplesShown], fmt.Sprintf(" and %d more", len(labels)-driftExamplesShown)
	}
	say(fmt.Sprintf("%s: %s%s", what, strings.Join(shown, ", "), more), len(labels))
}

// emitCreates cuts the new files into runs of neighbours and these into batches.
// A run ends where a member stands between that is already there or comes in by
// an add, or an enrichment that is written, because each call has one place only.
func (s *sorting) emitCreates() {
	placed := s.placed()
	story := tell(s.album, &s.in.Recorded, s.bound)
	for start := 0; start < len(s.creates); {
		end := start + 1
		for end < len(s.creates) && end-start < photos.MaxBatch && !placed.between(s.froms[end-1], s.froms[end]) && !story.between(s.froms[end-1], s.froms[end]) {
			end++
		}
		batch := s.creates[start:end:end]
		a := Action{
			Key: s.album.Key, Kind: CreateItems, Album: s.bound.ID, Items: batch, Desired: s.album,
			From: s.froms[start], Empty: len(s.bound.Known) == 0, Cause: BySpec, Reason: reasonOf(batch),
		}
		for _, item := range batch {
			// Eight bytes of a SHA-256 tell a million files apart, and only the price
			// hangs on it.
			head := binary.LittleEndian.Uint64(item.Member.Digest[:8])
			if _, before := s.sent[head]; before || s.in.Recorded.Uploaded[item.Member.Digest] {
				continue
			}
			s.sent[head] = struct{}{}
			a.Uploads++
			a.Sending += photos.UploadCalls(item.Member.Size)
			a.Bytes += item.Member.Size
		}
		s.plan.Actions = append(s.plan.Actions, a)
		start = end
	}
}

// standing tells which desired members stand in the album before the creates.
type standing struct{ there []bool }

// between reports whether a member stands between two desired ones.
func (st standing) between(a, b int) bool {
	for i := a + 1; i < b; i++ {
		if st.there[i] {
			return true
		}
	}
	return false
}

func (s *sorting) placed() standing {
	there := make([]bool, len(s.album.Members))
	if len(s.creates) == len(there) {
		return standing{there}
	}
	added := make(map[*spec.Member]bool, len(s.adds))
	for _, item := range s.adds {
		added[item.Member] = true
	}
	for i := range s.album.Members {
		want := &s.album.Members[i]
		there[i] = added[want] || s.find(want, s.in.Recorded.item(want)) >= 0
	}
	return standing{there}
}

// removals cuts what goes out into batches.
func removals(key spec.Key, b *Bound, d *spec.DesiredAlbum, items []Item) []Action {
	var out []Action
	for batch := range batches(items) {
		cause := BySpec
		for _, item := range batch {
			if item.Why == ForeignItem {
				cause = External
			}
		}
		out = append(out, Action{
			Key: key, Kind: RemoveItems, Album: b.ID, Title: b.Title, Items: batch, Desired: d, Cause: cause, Reason: reasonOf(batch),
		})
	}
	return out
}

// batches cuts a list into what one call can carry.
func batches(items []Item) func(yield func([]Item) bool) {
	return func(yield func([]Item) bool) {
		for len(items) > 0 {
			n := min(len(items), photos.MaxBatch)
			if !yield(items[:n:n]) {
				return
			}
			items = items[n:]
		}
	}
}

func causeOf(batch []Item) Cause {
	for _, item := range batch {
		if item.Why == TakenOut {
			return External
		}
	}
	return BySpec
}

// reasonOf is the reason of a batch: that of its items, or a count of each.
func reasonOf(batch []Item) string {
	var counts [len(whyTexts)]int
	kinds := 0
	for _, item := range batch {
		if counts[item.Why]++; counts[item.Why] == 1 {
			kinds++
		}
	}
	if kinds == 1 {
		return batch[0].Why.String()
	}
	var parts []string
	for why, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, Why(why)))
		}
	}
	return strings.Join(parts, ", ")
}
