package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/state"
)

// tell writes a spec with one album whose story is a line of words: numbers are
// pictures, other words are texts under their own key.
func (a *account) tell(line string) {
	a.t.Helper()
	a.tellOf("membership: additive", line)
}

// tellOf is tell with another setting of the album.
func (a *account) tellOf(setting, line string) {
	a.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "albums:\n  x:\n    title: X\n    %s\n    contents:\n", setting)
	for _, word := range strings.Fields(line) {
		n := 0
		if _, err := fmt.Sscanf(word, "%d", &n); err == nil {
			name := fmt.Sprintf("a/%d.jpg", n)
			a.picture(name, n)
			fmt.Fprintf(&b, "      - files: %s\n", name)
			continue
		}
		fmt.Fprintf(&b, "      - {key: %s, text: %s}\n", word, word)
	}
	a.spec(b.String())
}

// told is what stands in the album, as a line of words.
func (a *account) told() string {
	a.t.Helper()
	w := a.emu.World()
	names := map[string]string{}
	for _, item := range w.Items {
		names[item.ID] = strings.TrimSuffix(item.FileName, ".jpg")
	}
	album, err := w.Album("X")
	if err != nil {
		a.t.Fatal(err)
	}
	var words []string
	for _, entry := range album.Contents {
		if entry.Enrichment != nil {
			words = append(words, entry.Enrichment.Text)
		} else {
			words = append(words, names[entry.Item])
		}
	}
	return strings.Join(words, " ")
}

// resolve settles the one write in doubt as a person does who sees the album, and
// says which one it was.
func (a *account) resolve() string {
	a.t.Helper()
	open := a.memory().Intents
	if len(open) != 1 {
		a.t.Fatalf("%d writes are in doubt, want 1", len(open))
	}
	wish, err := reconcile.WishOf(open[0])
	if err != nil || !wish.Held() {
		a.t.Fatalf("the doubt is about %+v: %v", wish, err)
	}
	s := a.open()
	defer s.close()
	label := wish.Enrichment.Label
	if _, err := reconcile.Resolve(context.Background(), s.stored, open[0].ID, slices.Contains(strings.Fields(a.told()), label)); err != nil {
		a.t.Fatal(err)
	}
	return label
}

const longStory = "one 1 2 two three 3 four"

// atMostOnce checks the world after a fault: it is the undisturbed one, or one
// enrichment is in doubt and named, what hangs on it waits and all else is done.
// Once a person has said what they see, nothing is missing or doubled.
func (a *account) atMostOnce() {
	a.t.Helper()
	a.rest()
	if len(a.memory().Intents) == 0 {
		if diff := cmp.Diff(longStory, a.told()); diff != "" {
			a.t.Errorf("world (-want +got):\n%s", diff)
		}
		return
	}
	named := 0
	for _, d := range a.plan().Plan.Deferred {
		if d.Reason == plan.InDoubt && strings.Contains(d.Hint, "albumen resolve "+a.memory().Intents[0].ID) {
			named++
		}
	}
	if named != 1 {
		a.t.Errorf("the doubt is named %d times, want 1", named)
	}
	before := strings.Fields(a.told())
	label := a.resolve()
	hanging := map[string]string{"two": "three"}[label]
	for _, word := range strings.Fields(longStory) {
		if word != label && word != hanging && !slices.Contains(before, word) {
			a.t.Errorf("with %s in doubt, %s is missing from %v", label, word, before)
		}
	}
	if hanging != "" && slices.Contains(before, hanging) {
		a.t.Errorf("%s hangs on %s, which is in doubt, and was written: %v", hanging, label, before)
	}
	a.rest()
	want := longStory
	if label == "two" && slices.Contains(before, label) {
		want = "one 1 2 three two 3 four" // nothing can be put behind an enrichment of unknown id
	}
	if diff := cmp.Diff(want, a.told()); diff != "" {
		a.t.Errorf("world once %s is resolved (-want +got):\n%s", label, diff)
	}
	if open := a.memory().Intents; len(open) != 0 {
		a.t.Errorf("%d intents stay open", len(open))
	}
}

// TestLaw14NoFaultWritesAnEnrichmentTwice: each write of an enrichment under each
// way in which it can fail.
func TestLaw14NoFaultWritesAnEnrichmentTwice(t *testing.T) {
	t.Parallel()
	kinds := []emulator.Fault{
		{Kind: emulator.Refuse},
		{Kind: emulator.LoseRequest},
		{Kind: emulator.LoseAnswer},
		{Kind: emulator.Broken, Status: 500},
		{Kind: emulator.Broken, Status: 500, Applied: true},
		{Kind: emulator.Broken, Status: 503},
		{Kind: emulator.Broken, Status: 503, Applied: true},
		{Kind: emulator.Throttle, Quota: "writes"},
		{Kind: emulator.Throttle, Quota: "concurrent"},
	}
	for nth := 1; nth <= 4; nth++ {
		for _, fault := range kinds {
			t.Run(fmt.Sprintf("%d %s %d %v%s", nth, fault.Kind, fault.Status, fault.Applied, fault.Quota), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					a := virtual(t)
					a.tell(longStory)
					fault.Method, fault.Nth = "albums.addEnrichment", nth
					if err := a.emu.SetFaults([]emulator.Fault{fault}); err != nil {
						t.Fatal(err)
					}
					a.atMostOnce()
				})
			})
		}
	}
}

// TestLaw14NoCrashWritesAnEnrichmentTwice: the process ends at each write of an
// enrichment, before the call goes out or when it has been carried out.
func TestLaw14NoCrashWritesAnEnrichmentTwice(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 4; nth++ {
		for _, arrives := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d arrives=%v", nth, arrives), func(t *testing.T) {
				t.Parallel()
				a := newAccount(t)
				a.tell(longStory)
				var calls atomic.Int64
				ctx, crash := context.WithCancel(context.Background())
				a.dial = fatal{http.DefaultTransport, int64(nth), &calls, arrives, crash}
				_, _, _ = a.try(ctx)
				a.dial = nil
				a.atMostOnce()
			})
		}
	}
}

// fatal is a transport that ends the process at the n-th write of an enrichment.
type fatal struct {
	next    http.RoundTripper
	nth     int64
	calls   *atomic.Int64
	arrives bool
	crash   func()
}

func (f fatal) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.calls.Load() < f.nth && (!strings.HasSuffix(r.URL.Path, ":addEnrichment") || f.calls.Add(1) < f.nth) {
		return f.next.RoundTrip(r)
	}
	if f.arrives && strings.HasSuffix(r.URL.Path, ":addEnrichment") && f.calls.Load() == f.nth {
		if resp, err := f.next.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
		}
	}
	f.calls.Add(1)
	f.crash()
	return nil, errors.New("the process is gone")
}

// growing are stories that grow over several applies, anywhere in the middle.
func growing(r *rapid.T) []string {
	var out []string
	there := map[string]bool{}
	for range rapid.IntRange(2, 4).Draw(r, "applies") {
		var words []string
		for _, word := range strings.Fields("0 one 1 2 two three 3 4 5 four 6 7 five 8 9 six") {
			if there[word] || rapid.Bool().Draw(r, word) {
				there[word] = true
				words = append(words, word)
			}
		}
		if len(words) > 0 {
			out = append(out, strings.Join(words, " "))
		}
	}
	return out
}

// TestAStoryStandsInTheOrderOfItsSpec: whatever pictures and texts come in over
// several applies, the album stands in exactly the declared order. Package plan
// has the same property without an account, and goes through many more.
func TestAStoryStandsInTheOrderOfItsSpec(t *testing.T) {
	t.Parallel()
	for seed := range 24 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			for _, story := range rapid.Custom(growing).Example(seed) {
				a.tell(story)
				if _, report := a.apply(); !report.Complete() {
					t.Fatalf("the apply of %q is not complete: %+v", story, report)
				}
				if diff := cmp.Diff(story, a.told()); diff != "" {
					t.Fatalf("the album (-spec +world):\n%s", diff)
				}
			}
			before := a.memory()
			if p, _ := a.apply(); !p.Plan.Empty() || len(p.Plan.Deferred) > 0 {
				t.Fatalf("something is left: %s", describe(p.Plan))
			}
			if diff := cmp.Diff(before, a.memory()); diff != "" {
				t.Fatalf("a second apply changes the memory (-before +after):\n%s", diff)
			}
		})
	}
}

// TestWhatPeopleDoAroundEnrichments: pictures are taken out in the app around a
// text, and others come in; the text stands where it stood.
func TestWhatPeopleDoAroundEnrichments(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.tell("1 2 one 3 4 two")
	a.apply()
	for _, name := range []string{"2.jpg", "3.jpg"} {
		if _, err := a.emu.Act(emulator.Action{Do: emulator.TrashItem, Item: name}); err != nil {
			t.Fatal(err)
		}
	}
	a.tell("1 5 one 6 4 7 two")
	a.rest()
	if diff := cmp.Diff("1 5 one 6 4 7 two", a.told()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if n := len(a.plan().Plan.Deferred); n > 0 {
		t.Errorf("%d things are deferred: %s", n, describe(a.plan().Plan))
	}
}

// TestNothingGoesBehindADeletedEnrichment: somebody deletes a text by hand. It
// still counts as written, and what should stand behind it goes behind the one
// before: no picture is quarantined for it.
func TestNothingGoesBehindADeletedEnrichment(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.tell("1 one 4")
	a.apply()
	album, err := a.emu.World().Album("X")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.emu.Act(emulator.Action{Do: emulator.RemoveEnrichment, Album: album.ID, Enrichment: album.Contents[1].Enrichment.ID}); err != nil {
		t.Fatal(err)
	}
	a.tell("1 one 2 3 4")
	a.rest()
	if diff := cmp.Diff("1 2 3 4", a.told()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if q := a.memory().Quarantine; len(q) > 0 {
		t.Errorf("%d pictures are quarantined: %+v", len(q), q)
	}
}

// TestAnAdoptedAlbumGetsOurEnrichments when the spec says that they are missing.
func TestAnAdoptedAlbumGetsOurEnrichments(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.tell("one 1 2")
	a.apply()
	a.state = t.TempDir()
	a.write("albumen.yaml", "version: 1\nalbums: {y: {title: X, adopt: {title: X, enrichments: missing}, membership: additive, contents: [{files: a/1.jpg}, {text: two}, {files: a/2.jpg}]}}\n")
	a.rest()
	if got := a.told(); !strings.HasPrefix(got, "one ") || strings.Count(got, "two") != 1 || strings.Count(got, "one") != 1 {
		t.Errorf("world: %s", got)
	}
}

// TestADoubtOutlivesANewKey: the album of an enrichment in doubt gets another key
// in the spec; it is still held, still named, and can be resolved.
func TestADoubtOutlivesANewKey(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.tell("1 one 2")
	if err := a.emu.SetFaults([]emulator.Fault{{Method: "albums.addEnrichment", Kind: emulator.Broken, Status: 500}}); err != nil {
		t.Fatal(err)
	}
	a.rest()
	a.write("albumen.yaml", "version: 1\nalbums: {y: {title: X, previously: x, contents: [{files: a/1.jpg}, {key: one, text: one}, {files: a/2.jpg}]}}\n")
	a.rest()
	if got := a.told(); got != "1 2" {
		t.Errorf("world: %s", got)
	}
	a.resolve()
	a.rest()
	if got := a.told(); got != "1 one 2" {
		t.Errorf("world once it is resolved: %s", got)
	}
}

// TestResolveRefusesWhatItCantJudge: only what no look settles is for a human.
func TestResolveRefusesWhatItCantJudge(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.tell("1")
	s := a.open()
	defer s.close()
	ctx := context.Background()
	if err := s.stored.Intend(ctx, state.Intent{ID: "w", Key: "x", Kind: string(plan.AddItems), Payload: []byte(`{"key":"x","kind":"add_items"}`)}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]plan.Kind{"w": plan.AddItems, "nonesuch": ""} {
		var not *reconcile.NotHeldError
		if _, err := reconcile.Resolve(ctx, s.stored, id, true); !errors.As(err, &not) || not.Kind != want || !strings.Contains(err.Error(), id) {
			t.Errorf("resolving %s: %v", id, err)
		}
	}
}

// TestAPictureStaysBeforeTheLastCaption: what comes in behind all other items is
// not thereby the end of the album, where the order is enforced and where the
// answer to the write before was lost.
func TestAPictureStaysBeforeTheLastCaption(t *testing.T) {
	t.Parallel()
	steps := []string{"1 end", "1 2 end", "1 2 3 end"}
	t.Run("order: enforce", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		for _, story := range steps {
			a.tellOf("order: enforce", story)
			a.rest()
			if diff := cmp.Diff(story, a.told()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
		}
	})
	t.Run("a lost answer", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		for i, story := range steps {
			a.tell(story)
			if i == 1 {
				a.faults(emulator.Fault{Method: "mediaItems.batchCreate", Kind: emulator.LoseAnswer})
				_, _, _ = a.try(context.Background())
			}
			a.rest()
			if diff := cmp.Diff(story, a.told()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
		}
	})
}
