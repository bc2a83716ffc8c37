package reconcile_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// act does something in the app.
func (a *account) act(actions ...emulator.Action) {
	a.t.Helper()
	for _, action := range actions {
		if _, err := a.emu.Act(action); err != nil {
			a.t.Fatal(err)
		}
	}
}

func (a *account) faults(list ...emulator.Fault) {
	a.t.Helper()
	if err := a.emu.SetFaults(list); err != nil {
		a.t.Fatal(err)
	}
}

// TestOneNotFoundIsNoDeletedAlbum: an album that the list shows is there, whatever
// a single answer says.
func TestOneNotFoundIsNoDeletedAlbum(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"mediaItems.search", "albums.patch", "albums.batchRemoveMediaItems"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 3)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
			a.apply()
			a.act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg"}})
			a.remove("a/003.jpg")
			a.spec("albums: {x: {title: X2, contents: [{files: a/*.jpg}]}}")
			a.faults(emulator.Fault{Method: method, Kind: emulator.Refuse, Status: 404, Message: "Requested entity was not found."})
			_, _, _ = a.try(context.Background())
			a.rest()
			if diff := cmp.Diff([]string{"X2: 002 001"}, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
			if p := a.plan(); strings.Contains(describe(p.Plan), "album_gone") {
				t.Errorf("it counts as deleted:\n%s", describe(p.Plan))
			}
		})
	}
}

// TestAnAlbumThatComesBackIsNoLongerGone, whatever made it look so.
func TestAnAlbumThatComesBackIsNoLongerGone(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	hidden := a.dial
	a.dial = rewritten{http.DefaultTransport, func(r *http.Request) (int, string) {
		switch {
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/albums"):
			return 200, "{}"
		case r.Method == http.MethodGet:
			return 404, `{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}`
		}
		return 0, ""
	}}
	if p, _ := a.apply(); !strings.Contains(describe(p.Plan), "album_gone") {
		t.Errorf("it is not gone:\n%s", describe(p.Plan))
	}
	a.dial = hidden
	a.apply()
	if p := a.plan(); len(p.Plan.Drift) > 0 || p.Plan.InSync != 1 {
		t.Errorf("it stays gone:\n%s", describe(p.Plan))
	}
}

// rewritten answers some calls in the service's place; 0 lets one through.
type rewritten struct {
	next http.RoundTripper
	with func(*http.Request) (code int, body string)
}

func (w rewritten) RoundTrip(r *http.Request) (*http.Response, error) {
	code, body := w.with(r)
	if code == 0 {
		return w.next.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: code, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// TestLaw3ADoubtHoldsTheKeyThatTakesOverItsAlbum: the wish of the earlier key is
// still open, and the same album must not be made twice.
func TestLaw3ADoubtHoldsTheKeyThatTakesOverItsAlbum(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{emulator.LoseRequest, emulator.LoseAnswer} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := virtual(t)
				a.grace = 5 * time.Minute
				a.pictures("a", 1, 2)
				a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
				a.faults(emulator.Fault{Method: "albums.create", Kind: kind})
				_, _, _ = a.try(context.Background())
				a.spec("albums: {z: {previously: x, title: X, contents: [{files: a/*.jpg}]}}")
				_, _, _ = a.try(context.Background())
				if kind == emulator.LoseRequest && len(a.emu.World().Albums) > 0 {
					t.Errorf("an album was made while another may still come")
				}
				time.Sleep(10 * time.Minute)
				a.rest()
				if diff := cmp.Diff([]string{"X: 001 002"}, a.albums()); diff != "" {
					t.Errorf("world (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestWhatIsThrownAwayStaysAway from every album of the account.
func TestWhatIsThrownAwayStaysAway(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.act(emulator.Action{Do: emulator.TrashItem, Item: "002.jpg"})
	a.apply()
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Why, contents: [{files: a/*.jpg}]}}")
	p, r := a.apply()
	if !r.Complete() || p.Plan.Cost.Uploads > 0 {
		t.Errorf("plan %s, report %+v", describe(p.Plan), r)
	}
	if diff := cmp.Diff([]string{"X: 001 003", "Why: 001 003"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Drift) != 2 {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// TestAnItemNamedTwiceIsOneMember, once by its id and once by its file.
func TestAnItemNamedTwiceIsOneMember(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	id := ""
	for _, item := range a.emu.World().Items {
		if item.FileName == "002.jpg" {
			id = item.ID
		}
	}
	a.spec(fmt.Sprintf("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Why, contents: [{item: %q}, {files: a/*.jpg}]}}", id))
	if _, r := a.apply(); !r.Complete() {
		t.Errorf("not everything was done: %+v", r)
	}
	if diff := cmp.Diff([]string{"X: 001 002 003", "Why: 002 001 003"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Drift) > 0 {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// TestAChangeThatTheListDoesNotShowIsFoundAtTheFirstRefusal: one item out and
// another in leave the count as it was. The same apply reads the album and does
// what is still right.
func TestAChangeThatTheListDoesNotShowIsFoundAtTheFirstRefusal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		out  string
		edit func(a *account)
		want string
	}{
		{"the neighbour of a new picture went", "001.jpg", func(a *account) { a.picture("a/001b.jpg", 50) }, "X: 001b 002 003 009 001"},
		{"what is to go went", "001.jpg", func(a *account) { a.remove("a/001.jpg") }, "X: 002 003 009"},
		{"the cover went", "002.jpg", func(a *account) {
			a.spec("albums: {x: {title: X, cover: a/002.jpg, contents: [{files: a/*.jpg}]}, z: {title: Z, contents: [{files: b/*.jpg}]}}")
		}, "X: 001 003 009 002"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.pictures("a", 1, 3)
			a.pictures("b", 9, 9)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, z: {title: Z, contents: [{files: b/*.jpg}]}}")
			a.apply()
			a.act(
				emulator.Action{Do: emulator.AddItems, Album: "X", Items: []string{"009.jpg"}},
				emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{c.out}},
			)
			c.edit(a)
			a.apply()
			a.apply() // puts back what was taken out, which the first plan did not say
			if diff := cmp.Diff([]string{c.want, "Z: 009"}, a.albums()); diff != "" {
				t.Errorf("world (-want +got):\n%s", diff)
			}
			if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Deferred) > 0 {
				t.Errorf("something is left to do:\n%s", describe(p.Plan))
			}
		})
	}
}

// TestACoverIsSetWithoutManagingContents.
func TestACoverIsSetWithoutManagingContents(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.forget()
	id := a.emu.World().Items[2].ID
	a.spec(fmt.Sprintf("albums: {x: {adopt: {title: X}, cover: {item: %q}}}", id))
	a.apply()
	if got := a.emu.World().Albums[0].Cover; got != id {
		t.Errorf("the cover is %s, want %s", got, id)
	}
	if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Deferred) > 0 {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// TestAReportCountsWhatCameAboutInTheEnd: lost answers that a later look clears up
// leave nothing undone in the report.
func TestAReportCountsWhatCameAboutInTheEnd(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 6)
	a.spec("albums: {x: {title: X, cover: a/002.jpg, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.remove("a/006.jpg")
	a.picture("a/007.jpg", 7)
	a.spec("albums: {x: {title: X2, cover: a/007.jpg, contents: [{files: a/*.jpg}]}}")
	a.faults(emulator.Fault{Method: "albums.patch", Kind: emulator.LoseAnswer}, emulator.Fault{Method: "mediaItems.batchCreate", Kind: emulator.LoseAnswer, Times: -1})
	_, r := a.apply()
	if !r.Complete() {
		t.Errorf("the report: %+v", r)
	}
	if p := a.plan(); !p.Plan.Empty() || len(p.Plan.Deferred) > 0 {
		t.Errorf("something is left to do:\n%s", describe(p.Plan))
	}
}

// TestOnlyHoldsForBindings, too: an album that was not asked for is neither adopted
// nor handed on.
func TestOnlyHoldsForBindings(t *testing.T) {
	t.Parallel()
	in := func(selected bool) plan.Plan {
		a := newAccount(t)
		a.pictures("a", 1, 2)
		a.spec("albums: {old: {title: X, contents: [{files: a/*.jpg}]}}")
		a.apply()
		a.spec("albums: {z: {previously: old, title: X, contents: [{files: a/*.jpg}]}}")
		s := a.open()
		defer s.close()
		s.request.Selected = func(spec.Key) bool { return selected }
		p, err := s.loop.Plan(context.Background(), s.request)
		if err != nil {
			t.Fatal(err)
		}
		return p.Plan
	}
	if p := in(true); len(p.Bindings) != 1 {
		t.Errorf("with the album: %+v", p.Bindings)
	}
	if p := in(false); !p.Empty() {
		t.Errorf("without the album: %+v", p.Bindings)
	}
}

// TestLaw9AnItemThatCantBeReadIsNotDeleted: what is missing from an album counts
// as thrown away only when the library says so, and a poison item does not keep
// that from being asked of the others.
func TestLaw9AnItemThatCantBeReadIsNotDeleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := virtual(t)
		a.pictures("a", 1, 6)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		a.apply()
		a.act(
			emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg", "002.jpg", "003.jpg"}},
			emulator.Action{Do: emulator.TrashItem, Item: "003.jpg"},
		)
		poison := ""
		for _, item := range a.emu.World().Items {
			if item.FileName == "002.jpg" {
				poison = item.ID
			}
		}
		a.faults(emulator.Fault{Method: "mediaItems.batchGet", Item: poison, Kind: emulator.Broken, Status: 500, Times: -1})
		p, _ := a.apply()
		if text := describe(p.Plan); !strings.Contains(text, "removed_in_app: taken out in the app: a/001.jpg, a/002.jpg") || !strings.Contains(text, "deleted_in_photos: deleted in Google Photos, and stays so: a/003.jpg") {
			t.Errorf("plan:\n%s", text)
		}
		if diff := cmp.Diff([]string{"X: 004 005 006 001 002"}, a.albums()); diff != "" {
			t.Errorf("world (-want +got):\n%s", diff)
		}
	})
}

// TestLaw9AnEntryThatFailedForNowIsNotDeleted: the album waits for the next pass.
func TestLaw9AnEntryThatFailedForNowIsNotDeleted(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg"}})
	a.dial = rewritten{http.DefaultTransport, func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "mediaItems:batchGet") {
			return 200, `{"mediaItemResults":[{"status":{"code":13,"message":"Internal error"}}]}`
		}
		return 0, ""
	}}
	p, _ := a.apply()
	if diff := cmp.Diff([]plan.Reason{plan.Stale}, deferredReasons(p.Plan)); diff != "" {
		t.Errorf("deferred (-want +got):\n%s", diff)
	}
	a.dial = nil
	a.apply()
	if diff := cmp.Diff([]string{"X: 002 003 001"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestWhatWasTakenOutAndThenThrownAwayIsNotAddedForEver: between the two a pass
// could not put it back. The refused call makes albumen look, and what it finds is
// respected.
func TestWhatWasTakenOutAndThenThrownAwayIsNotAddedForEver(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	a.spec("albums: {x: {title: X, paused: true, contents: [{files: a/*.jpg}]}}")
	a.act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg"}})
	a.apply()
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.act(emulator.Action{Do: emulator.TrashItem, Item: "001.jpg"})
	a.apply()
	stats, _ := a.counted(func() {
		p, _ := a.apply()
		if got := describe(p.Plan); !strings.Contains(got, "drift x deleted_in_photos") {
			t.Errorf("the plan does not tell that it was thrown away:\n%s", got)
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1}, stats); diff != "" {
		t.Errorf("calls of the next apply (-want +got):\n%s", diff)
	}
	if n := len(a.emu.World().Items); n != 3 {
		t.Errorf("the library holds %d items: it was uploaded again", n)
	}
}
