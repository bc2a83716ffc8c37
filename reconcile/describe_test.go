package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile/plan"
)

// sayings are the items that say something, as the world has them.
func (a *account) sayings() []string {
	out := []string{}
	for _, item := range a.emu.World().Items {
		if item.Description != "" {
			out = append(out, strings.TrimSuffix(item.FileName, ".jpg")+": "+item.Description)
		}
	}
	return out
}

func (a *account) says(want ...string) {
	a.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), a.sayings()); diff != "" {
		a.t.Errorf("descriptions (-want +got):\n%s", diff)
	}
}

func (a *account) describe(describe string) {
	a.t.Helper()
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg" + describe + "}]}}")
}

// TestDescriptionsComeWithTheItems and cost no call of their own; later ones cost
// one each, and what the spec leaves alone stays as it is.
func TestDescriptionsComeWithTheItems(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.describe(`, describe: {001.jpg: One, "00[12].jpg": Few}`)
	if _, calls := a.counted(func() { a.apply() }); calls != 6 {
		t.Errorf("the first apply made %d calls, want 6: the sweep, the album, three uploads and one batch", calls)
	}
	a.says("001: One", "002: Few")
	a.atRest()

	a.describe(`, describe: {001.jpg: One, 002.jpg: Two, 003.jpg: Three}`)
	p, _ := a.apply()
	for _, action := range p.Plan.Actions {
		if action.Kind != plan.PatchItem || action.Cause != plan.BySpec || action.Calls() != 1 {
			t.Errorf("%+v", action)
		}
	}
	if len(p.Plan.Actions) != 2 {
		t.Errorf("the plan is %s", describe(p.Plan))
	}
	a.says("001: One", "002: Two", "003: Three")
	a.atRest()

	a.describe("")
	a.act(emulator.Action{Do: emulator.DescribeItem, Item: "001.jpg", Title: "Mine"}, emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"003.jpg"}})
	a.apply()
	a.says("001: Mine", "002: Two", "003: Three")
	a.atRest()
}

// TestADescriptionThatSomebodyChangedIsDrift and is written back, once a read of
// the album shows it. The read costs what it did.
func TestADescriptionThatSomebodyChangedIsDrift(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.describe(`, describe: {"*.jpg": Ours}`)
	a.apply()
	a.act(emulator.Action{Do: emulator.DescribeItem, Item: "001.jpg", Title: "Mine"}, emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"003.jpg"}})
	p, _ := a.apply()
	if said := describe(p.Plan); !strings.Contains(said, "drift x description: somebody described otherwise: a/001.jpg") {
		t.Errorf("the plan does not tell:\n%s", said)
	}
	for _, action := range p.Plan.Actions {
		if action.Kind == plan.PatchItem && (action.Cause != plan.External || action.Was != "Mine") {
			t.Errorf("%+v", action)
		}
	}
	a.says("001: Ours", "002: Ours", "003: Ours")
	a.atRest()
}

// TestADescriptionOfAPlanThatNobodyCarriedOutIsNotForgotten: the read is, so that
// the next pass would not see the change again.
func TestADescriptionOfAPlanThatNobodyCarriedOutIsNotForgotten(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.describe(`, describe: {"*.jpg": Ours}`)
	a.apply()
	a.act(emulator.Action{Do: emulator.DescribeItem, Item: "001.jpg", Title: "Mine"}, emulator.Action{Do: emulator.TrashItem, Item: "003.jpg"})
	a.plan()
	a.apply()
	a.says("001: Ours", "002: Ours", "003: Ours")
	a.atRest()
}

// TestBytesThatTheLibraryHasKeepTheirDescription at first, and get the spec's in the
// same apply.
func TestBytesThatTheLibraryHasKeepTheirDescription(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.describe(`, describe: {001.jpg: First}`)
	a.apply()
	a.state = t.TempDir() // all memory is lost
	a.spec(`albums: {y: {title: Y, contents: [{files: a/*.jpg, describe: {"*.jpg": Second}}]}}`)
	if _, r := a.apply(); !r.Complete() {
		t.Errorf("not complete: %+v", r)
	}
	a.says("001: Second", "002: Second")
	a.atRest()
}

// TestAnAdoptedAlbumIsNotDescribedAgain where it says what it should.
func TestAnAdoptedAlbumIsNotDescribedAgain(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.describe(`, describe: {"*.jpg": Same}`)
	a.apply()
	a.spec(`albums: {y: {title: X, previously: x, contents: [{files: a/*.jpg, describe: {"*.jpg": Same}}]}}`)
	if stats, _ := a.counted(func() { a.apply() }); stats["mediaItems.patch"] > 0 {
		t.Errorf("%d items were described again", stats["mediaItems.patch"])
	}
	a.atRest()
}

// TestLaw3ADescriptionInDoubtIsWrittenAgain: it says the same twice as once.
func TestLaw3ADescriptionInDoubtIsWrittenAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.LoseRequest, emulator.LoseAnswer} {
		a := newAccount(t)
		a.pictures("a", 1, 2)
		a.describe("")
		a.apply()
		a.describe(`, describe: {"*.jpg": Ours}`)
		a.faults(emulator.Fault{Method: "mediaItems.patch", Kind: kind})
		if _, r := a.apply(); !r.Complete() {
			t.Errorf("%s: not complete: %+v", kind, r.Results)
		}
		a.says("001: Ours", "002: Ours")
		a.atRest()
	}
}

// TestLaw10ARefusedDescriptionStopsOnlyItself: the item is still added, moved and
// taken out as the spec says.
func TestLaw10ARefusedDescriptionStopsOnlyItself(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.describe("")
	a.apply()
	a.describe(`, describe: {"*.jpg": Ours}`)
	a.faults(emulator.Fault{Method: "mediaItems.patch", Item: a.emu.World().Items[0].ID, Message: "Invalid media item ID."})
	a.apply()
	a.says("002: Ours", "003: Ours")
	p := a.plan()
	if said := describe(p.Plan); !p.Plan.Empty() || !strings.Contains(said, "deferred x quarantined: Google refuses to describe (") || !strings.Contains(said, "a/001.jpg") {
		t.Errorf("the plan is\n%s", said)
	}
	a.remove("a/001.jpg")
	a.describe(`, describe: {002.jpg: Ours, 003.jpg: Ours}`)
	a.apply()
	if diff := cmp.Diff([]string{"X: 002 003"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	a.atRest()
}

// TestOnlyWhatTheSpecManagesIsPatched: title, cover and description, each alone and
// with its cause; what the spec leaves out stays as somebody made it.
func TestOnlyWhatTheSpecManagesIsPatched(t *testing.T) {
	t.Parallel()
	const by, other = "spec", "external"
	cases := []struct {
		name, before, after string
		do                  []emulator.Action
		want                []string // patches with their causes
	}{
		{"a title of the spec", "title: X", "title: Z", nil, []string{"patch_album " + by}},
		{"a title of somebody", "title: X", "title: X", []emulator.Action{{Do: emulator.RenameAlbum, Album: "X", Title: "Q"}}, []string{"patch_album " + other}},
		{"a title that the spec leaves out", "title: X", "adopt: {title: X}", []emulator.Action{{Do: emulator.RenameAlbum, Album: "X", Title: "Q"}}, nil},
		{"a cover of the spec", "title: X", "title: X, cover: a/002.jpg", nil, []string{"patch_album " + by}},
		{"a cover of somebody", "title: X, cover: a/002.jpg", "title: X, cover: a/002.jpg", []emulator.Action{{Do: emulator.SetCover, Album: "X", Item: "003.jpg"}}, []string{"patch_album " + other}},
		{"a cover that the spec leaves out", "title: X, cover: a/002.jpg", "title: X", []emulator.Action{{Do: emulator.SetCover, Album: "X", Item: "003.jpg"}}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 3)
			spec := func(s string) { a.spec(fmt.Sprintf("albums: {x: {%s, contents: [{files: a/*.jpg}]}}", s)) }
			spec(c.before)
			a.apply()
			spec(c.after)
			a.act(c.do...)
			p, _, err := a.try(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, action := range p.Plan.Actions {
				got = append(got, fmt.Sprintf("%s %s", action.Kind, action.Cause))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("patches (-want +got):\n%s", diff)
			}
			a.atRest()
		})
	}
}
