package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// tale makes the desired contents of an album from a line: numbers are files,
// words are texts under their own key, word=words says something else.
func tale(line string) (members []spec.Member, between []spec.Enrichment) {
	for _, word := range strings.Fields(line) {
		n := 0
		if _, err := fmt.Sscanf(word, "%d", &n); err == nil {
			members = append(members, file(n))
			continue
		}
		key, text, other := strings.Cut(word, "=")
		if !other {
			text = key
		}
		between = append(between, spec.Enrichment{Identity: key, Passage: spec.Passage{Text: text}, After: len(members)})
	}
	return members, between
}

// told is an album as a line: each enrichment is written, with the id of its
// name; one with a question mark is in doubt, and one with an exclamation mark is
// written under an id that nobody knows.
func told(line string) *plan.Bound {
	b := &plan.Bound{Key: "a", ID: "album-a", Title: "A", OnRemove: spec.Keep, CreatedAt: now, ReadAt: now, URL: "https://photos.example/a"}
	var last plan.Ref
	for _, word := range strings.Fields(line) {
		n := 0
		if _, err := fmt.Sscanf(word, "%d", &n); err == nil {
			b.Known = append(b.Known, ours(n))
			last = follow(b, last, plan.Ref{Item: itemID(n)})
			continue
		}
		name := strings.Trim(word, "?!")
		w := plan.Written{Identity: name, Content: fmt.Sprintf(`{"text":%q}`, name), Label: name, Spot: plan.Spot{After: last}}
		if name == word {
			w.ID = photos.EnrichmentID("id-" + name)
		}
		next := follow(b, last, plan.Ref{Enrichment: name})
		b.Enrichments = append(b.Enrichments, w)
		last = next
	}
	return b
}

// follow notes what stands behind an enrichment.
func follow(b *plan.Bound, last, next plan.Ref) plan.Ref {
	for i := range b.Enrichments {
		if b.Enrichments[i].Identity == last.Enrichment {
			b.Enrichments[i].Before = next
		}
	}
	return next
}

// storyInput is an album whose spec tells one story and that holds another.
func storyInput(want, have string) plan.Input {
	in := world{known: []plan.Known{}, library: []int{1, 2, 3, 4, 5, 6, 7, 8, 9}}.input()
	d := album(&in)
	d.Members, d.Enrichments = tale(want)
	b := told(have)
	in.Recorded.Albums["a"] = b
	in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "A", ItemsCount: int64(len(b.Known))}
	for _, word := range strings.Fields(have) {
		if name, doubtful := strings.CutSuffix(word, "?"); doubtful {
			in.Recorded.Doubts = append(in.Recorded.Doubts, plan.Doubt{ID: "doubt-" + name, Wish: plan.Wish{
				Key: "a", Kind: plan.AddEnrichment, Album: "album-a", Enrichment: &plan.WishEnrichment{Identity: name},
			}})
		}
	}
	return in
}

// TestMakeStory has the rows of the table above plan's story, and what lies
// between them.
func TestMakeStory(t *testing.T) {
	t.Parallel()
	const added = "[in the spec, not yet written; spec; 1 calls]"
	cases := []struct {
		name, want, have string
		change           func(in *plan.Input)
		plan             []string
	}{
		{"in the spec, not written: add", "one 1 two 2", "1 2", nil, []string{`add_enrichment a "one" ` + added, `add_enrichment a "two" ` + added}},
		{"hangs on one in doubt", "1 one two three 2 four", "1 one? 2", nil, []string{
			`add_enrichment a "four" ` + added, "deferred a in_doubt 1: one", "deferred a in_doubt 2"}},
		{"in doubt", "1 one 2", "1 one? 2", nil, []string{"deferred a in_doubt 1: one"}},
		{"written so", "1 one 2 two", "1 one 2 two", nil, nil},
		{"written otherwise", "1 one=uno 2", "1 one 2", nil, []string{"deferred a append_only 1: one"}},
		{"written elsewhere", "1 2 one", "1 one 2", nil, []string{"deferred a append_only 1: one"}},
		{"before another now", "1 two one 2", "1 one two 2", nil, []string{"deferred a append_only 1: one"}},
		{"one of unknown id is to blame", "1 one two 2", "1 two one! 2", nil, []string{"deferred a append_only 1: one"}},
		{"one of two is to blame", "1 one two three 2", "1 three one two 2", nil, []string{"deferred a append_only 1: three"}},
		{"at the front now", "one 1 2", "1 2 one", nil, []string{"deferred a append_only 1: one"}},
		{"not in the spec", "1 2", "1 one 2", nil, []string{"deferred a append_only 1: one"}},
		{"not in the spec, additive", "1 2", "1 one 2", func(in *plan.Input) { album(in).Membership = spec.Additive }, nil},
		{"not in the spec, which has no contents", "", "1 one 2", func(in *plan.Input) { album(in).ManagesContents = false }, nil},
		{"not in the spec and in doubt", "1 2", "1 one? 2", nil, []string{"deferred a in_doubt 1: one"}},

		{"its pictures stand in another order", "2 1", "1 one 2", func(in *plan.Input) { album(in).Membership = spec.Additive }, []string{"drift a order 1"}},
		{"behind one whose id is not known", "1 one two 2", "1 one! 2", nil, []string{
			`add_enrichment a "two" [goes before "one", since the id of that one is not known; spec; 1 calls]`}},
		{"behind one whose id is not known, at the end", "1 one two", "1 one!", nil, []string{`add_enrichment a "two" ` + added}},
		{"an item that comes in parts it from the doubt", "1 one 3 two", "1 one?", func(in *plan.Input) { in.Recorded.Items = nil }, []string{
			"create_items a 003.jpg [new; spec; 2 calls]", `add_enrichment a "two" ` + added, "deferred a in_doubt 1: one"}},
		{"a run is cut at what is written", "1 3 one 4 two 5 2", "1 one 2", func(in *plan.Input) {
			for _, n := range []int{3, 4, 5} {
				delete(in.Recorded.Items, digest(n))
			}
		}, []string{
			"create_items a 003.jpg [new; spec; 2 calls]", "create_items a 004.jpg 005.jpg [new; spec; 3 calls]", `add_enrichment a "two" ` + added}},
		{"an item added at the end moves no caption", "1 3 one", "1 one 3", func(in *plan.Input) {
			in.Recorded.Albums["a"].Enrichments[0].Before = plan.Ref{}
		}, nil},
		{"a new album", "one 1 2", "", func(in *plan.Input) {
			in.Recorded.Albums, in.Observed.Albums = map[spec.Key]*plan.Bound{}, nil
			in.Recorded.Items = nil
		}, []string{`create_album a "A" [in the spec, not in the account; spec; 1 calls]`, "create_items a 001.jpg 002.jpg [new; spec; 3 calls]", `add_enrichment a "one" ` + added}},
	}
	for _, c := range cases {
		in := storyInput(c.want, c.have)
		if c.change != nil {
			c.change(&in)
		}
		p := plan.Make(in)
		got := lines(p)
		for i := range p.Deferred {
			if _, name, found := strings.Cut(p.Deferred[i].Text, `"`); found && strings.Contains(p.Deferred[i].Hint, "\nalbumen ") {
				name, _, _ = strings.Cut(name, `"`)
				got[len(p.Actions)+i] += ": " + name
			}
		}
		if diff := cmp.Diff(c.plan, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestDeferredEnrichmentsNameTheWayOut: with the album's address and the command.
func TestDeferredEnrichmentsNameTheWayOut(t *testing.T) {
	t.Parallel()
	cases := []struct{ want, have, hint string }{
		{"1 one=uno", "1 one", "delete it in Google Photos, and it is written anew after this:\nhttps://photos.example/a\nalbumen state forget-enrichment a one"},
		{"one 1", "1 one", "delete it in Google Photos, and it is written at its new place after this:\nhttps://photos.example/a\nalbumen state forget-enrichment a one"},
		{"1", "1 one", "delete it in Google Photos, then:\nhttps://photos.example/a\nalbumen state forget-enrichment a one"},
		{"1 one", "1 one?", "look whether it stands in the album, then:\nhttps://photos.example/a\nalbumen resolve doubt-one --happened, or --did-not"},
	}
	for _, c := range cases {
		p := plan.Make(storyInput(c.want, c.have))
		if len(p.Deferred) != 1 || p.Deferred[0].Hint != c.hint {
			t.Errorf("%q on %q: %+v, want the hint %q", c.want, c.have, p.Deferred, c.hint)
		}
	}
}

// TestPlaceInAStory: new files stand before the caption that follows them and
// behind the one before them.
func TestPlaceInAStory(t *testing.T) {
	t.Parallel()
	afterOne := photos.Position{Kind: photos.AfterMediaItem, AfterItem: itemID(1)}
	cases := []struct {
		name, want, have string
		from             int
		at               photos.Position
	}{
		{"before the caption that follows", "1 3 one 2", "1 one 2", 1, afterOne},
		{"before the last caption", "1 3 one", "1 one", 1, afterOne},
		{"behind the caption before", "1 one 3 2", "1 one 2", 1, photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "id-one"}},
		{"behind the last caption", "1 one 3", "1 one", 1, photos.Position{Kind: photos.LastInAlbum}},
		{"behind the last caption of two", "1 one two 3 2", "1 one two 2", 1, photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "id-two"}},
		{"behind one in doubt that is the last", "1 one 3", "1 one?", 1, photos.Position{Kind: photos.LastInAlbum}},
		{"behind one without an id there is no place", "1 one 3 2", "1 one! 2", 1, afterOne},
		{"behind one that is not written", "1 one 3 2", "1 2", 1, afterOne},
		{"behind one that stands elsewhere", "1 one 3 2", "1 2 one", 1, afterOne},
		{"before a caption at the front", "3 one", "one", 0, photos.Position{Kind: photos.FirstInAlbum}},
		{"into a story without pictures", "one 3", "one", 0, photos.Position{Kind: photos.LastInAlbum}},
	}
	for _, c := range cases {
		in := storyInput(c.want, c.have)
		if diff := cmp.Diff(c.at, plan.Place(album(&in), c.from, &in.Recorded, in.Recorded.Albums["a"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// page is an album as the API has it, with everything in order.
type page []plan.Ref

// put puts things at a position, as the API does.
func (p *page) put(t *rapid.T, at photos.Position, what ...plan.Ref) {
	place := len(*p)
	switch at.Kind {
	case photos.FirstInAlbum:
		place = 0
	case photos.AfterMediaItem:
		place = slices.Index(*p, plan.Ref{Item: at.AfterItem}) + 1
	case photos.AfterEnrichmentItem:
		place = slices.Index(*p, plan.Ref{Enrichment: strings.TrimPrefix(string(at.AfterEnrichment), "id-")}) + 1
	}
	if place == 0 && at.Kind != photos.FirstInAlbum && len(*p) > 0 {
		t.Fatalf("the position %+v names nothing of %v", at, *p)
	}
	*p = slices.Insert(*p, place, what...)
}

// TestAStoryStandsInItsOrder: whatever comes in over several plans, and whatever
// goes out, the album stands in the order of its story, and no caption counts as
// moved.
func TestAStoryStandsInItsOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := strings.Fields("one 1 2 two three 3 4 5 four 6 7 five 8 9 six")
		in := storyInput("", "")
		in.Recorded.Items = map[spec.Digest]photos.ItemID{}
		in.Policy.AllowRemovals = 100
		var live page
		written := map[string]bool{}
		for range rapid.IntRange(1, 5).Draw(t, "applies") {
			var words []string
			for _, word := range all {
				if written[word] || rapid.Bool().Draw(t, word) {
					words = append(words, word)
				}
			}
			d := album(&in)
			d.Members, d.Enrichments = tale(strings.Join(words, " "))
			p := plan.Make(in)
			if len(p.Deferred) > 0 {
				t.Fatalf("%v on %v: deferred %+v", words, live, p.Deferred)
			}
			carryOutStory(t, &in, p, &live, written)
			if diff := cmp.Diff(words, live.words()); diff != "" {
				t.Fatalf("the album (-story +live):\n%s", diff)
			}
			if again := plan.Make(in); !again.Empty() || len(again.Deferred)+len(again.Drift) > 0 {
				t.Fatalf("the plan after it is not empty: %v", lines(again))
			}
		}
	})
}

func (p page) words() []string {
	var out []string
	for _, r := range p {
		if r.Enrichment != "" {
			out = append(out, r.Enrichment)
			continue
		}
		out = append(out, strings.TrimLeft(strings.TrimPrefix(string(r.Item), "item-"), "0"))
	}
	return out
}

// carryOutStory does what an apply does with a plan, and remembers what it would.
func carryOutStory(t *rapid.T, in *plan.Input, p plan.Plan, live *page, written map[string]bool) {
	b := in.Recorded.Albums["a"]
	for i := range p.Actions {
		a := &p.Actions[i]
		switch a.Kind {
		case plan.CreateItems:
			at := plan.Place(a.Desired, a.From, &in.Recorded, b)
			var what []plan.Ref
			var members []plan.Known
			for _, item := range a.Items {
				n := 0
				_, _ = fmt.Sscanf(item.Member.Label, "%d", &n)
				in.Recorded.Items[item.Member.Digest] = itemID(n)
				what, members = append(what, plan.Ref{Item: itemID(n)}), append(members, ours(n))
			}
			b.Insert(at, members)
			live.put(t, at, what...)
		case plan.AddEnrichment:
			at, list, ok := plan.PlaceEnrichment(a, &in.Recorded, b)
			if !ok {
				t.Fatalf("%s waits", a.Enrichment.Identity)
			}
			list[len(list)-1].ID = photos.EnrichmentID("id-" + a.Enrichment.Identity)
			b.Enrichments = list
			live.put(t, at, plan.Ref{Enrichment: a.Enrichment.Identity})
			written[a.Enrichment.Identity] = true
		case plan.RemoveItems:
			var gone []photos.ItemID
			for _, item := range a.Items {
				gone = append(gone, item.ID)
				*live = slices.DeleteFunc(*live, func(r plan.Ref) bool { return r.Item == item.ID })
				delete(in.Recorded.Items, item.Known.Digest) // so that it comes back by its place
			}
			b.Remove(gone)
		}
	}
	in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "A", ItemsCount: int64(len(b.Known))}
}

// TestAbsorbKeepsWhatAReadDoesNotShow: somebody takes pictures out around a
// caption; it stands where it stood, between those that are left.
func TestAbsorbKeepsWhatAReadDoesNotShow(t *testing.T) {
	t.Parallel()
	before := told("1 2 one two 3 4")
	after, _ := plan.Absorb(*before, items(1, 4), nil, now)
	want := told("1 one two 4").Enrichments
	if diff := cmp.Diff(want, after.Enrichments); diff != "" {
		t.Errorf("enrichments (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(told("1 2 one two 3 4").Enrichments, before.Enrichments); diff != "" {
		t.Errorf("what was known before changed:\n%s", diff)
	}
}

// TestLaw14AHeldEnrichmentHoldsOnlyItself: the album of a caption in doubt gets
// its pictures and the captions that do not hang on it.
func TestLaw14AHeldEnrichmentHoldsOnlyItself(t *testing.T) {
	t.Parallel()
	in := storyInput("1 one two 2 3 three", "1 one? 2")
	delete(in.Recorded.Items, digest(3))
	for _, a := range plan.Make(in).Actions {
		if a.Enrichment != nil && a.Enrichment.Identity != "three" {
			t.Errorf("%s is written", a.Enrichment.Identity)
		}
	}
	if n := len(plan.Make(in).Actions); n != 2 {
		t.Errorf("there are %d actions, want the picture and the last caption", n)
	}
}

// anyEnrichments are enrichments of a story with so many members.
func anyEnrichments(t *rapid.T, members int) []spec.Enrichment {
	var out []spec.Enrichment
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 0, 6, rapid.ID[int]).Draw(t, "enrichments") {
		text := rapid.SampledFrom([]string{"as ever", "changed"}).Draw(t, "text")
		out = append(out, spec.Enrichment{Identity: fmt.Sprint("e", n), Passage: spec.Passage{Text: text}, After: rapid.IntRange(0, members).Draw(t, "after")})
	}
	slices.SortStableFunc(out, func(a, b spec.Enrichment) int { return a.After - b.After })
	return out
}

// anyWritten are written enrichments with any neighbours, such as no album can
// have: a memory that was damaged is no reason to stop.
func anyWritten(t *rapid.T) []plan.Written {
	ref := rapid.Custom(func(t *rapid.T) plan.Ref {
		n := rapid.IntRange(0, 9).Draw(t, "neighbour")
		return rapid.SampledFrom([]plan.Ref{{}, {Item: itemID(n)}, {Enrichment: fmt.Sprint("e", n)}}).Draw(t, "ref")
	})
	var out []plan.Written
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 0, 6, rapid.ID[int]).Draw(t, "written") {
		out = append(out, plan.Written{
			Identity: fmt.Sprint("e", n), Content: `{"text":"as ever"}`, Label: "as ever",
			ID:   photos.EnrichmentID(rapid.SampledFrom([]string{"", fmt.Sprint("id-e", n)}).Draw(t, "id")),
			Spot: plan.Spot{After: ref.Draw(t, "after"), Before: ref.Draw(t, "before")},
		})
	}
	return out
}

// TestLaw14NothingWrittenIsWrittenAgain: whatever the input, what is written or
// in doubt is in no plan.
func TestLaw14NothingWrittenIsWrittenAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		for _, a := range plan.Make(in).Actions {
			if a.Enrichment == nil || a.Album == "" {
				continue
			}
			for _, w := range in.Recorded.Albums[a.Key].Enrichments {
				if w.Identity == a.Enrichment.Identity {
					t.Fatalf("%s is written again", w.Identity)
				}
			}
			for _, d := range in.Recorded.Doubts {
				if d.Wish.Held() && d.Wish.Album == a.Album && d.Wish.Enrichment.Identity == a.Enrichment.Identity {
					t.Fatalf("%s is in doubt and written again", a.Enrichment.Identity)
				}
			}
		}
	})
}

// largeStory is an album of 20,000 items with 500 enrichments, written or new.
func largeStory(written bool) plan.Input {
	in := world{known: []plan.Known{}}.input()
	d, b := album(&in), in.Recorded.Albums["a"]
	for n := range 20_000 {
		if n%40 == 0 {
			e := spec.Enrichment{Identity: fmt.Sprintf("e%05d", n), Passage: spec.Passage{Text: fmt.Sprint("Part ", n)}, After: n}
			d.Enrichments = append(d.Enrichments, e)
			if written {
				w := plan.Written{Identity: e.Identity, ID: photos.EnrichmentID(e.Identity), Content: e.Content(), Label: e.Label()}
				if w.Before = (plan.Ref{Item: itemID(n)}); n > 0 {
					w.After = plan.Ref{Item: itemID(n - 1)}
				}
				b.Enrichments = append(b.Enrichments, w)
			}
		}
		d.Members = append(d.Members, file(n))
		b.Known = append(b.Known, ours(n))
		in.Recorded.Items[digest(n)] = itemID(n)
	}
	in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "A", ItemsCount: 20_000}
	return in
}

// BenchmarkMakeStory plans an album of 20,000 items with 500 enrichments.
func BenchmarkMakeStory(b *testing.B) {
	for _, c := range []struct {
		name    string
		written bool
		want    int
	}{{"nothing to do", true, 0}, {"all new", false, 500}} {
		b.Run(c.name, func(b *testing.B) {
			in := largeStory(c.written)
			for b.Loop() {
				if p := plan.Make(in); len(p.Actions) != c.want || len(p.Deferred) > 0 {
					b.Fatalf("%d actions, %d deferred", len(p.Actions), len(p.Deferred))
				}
			}
		})
	}
}
