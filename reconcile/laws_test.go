package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/state"
)

// everyKind is an account whose next apply makes a write of every kind, and the
// world that it must come to.
func everyKind(t testing.TB, a *account) (want []string) {
	t.Helper()
	a.pictures("a", 1, 6)
	a.pictures("b", 11, 13)
	a.spec(`
albums:
  x: {title: X, contents: [{files: a/*.jpg}]}
`)
	a.apply()
	a.picture("a/003.jpg", 33)
	a.picture("a/004b.jpg", 44)
	a.remove("a/006.jpg")
	a.spec(`
albums:
  x: {title: X2, cover: a/005.jpg, contents: [{files: a/*.jpg}]}
  y: {title: "Y", contents: [{files: a/001.jpg}, {files: b/*.jpg}, {files: a/005.jpg}]}
`)
	return []string{"X2: 001 002 003 004 004b 005", "Y: 011 012 013 001 005"}
}

// sortY is the order of y as it comes about: items of the library can only be
// added at the end, and new ones go before their neighbours.
func sortY(albums []string) []string {
	for i, line := range albums {
		if strings.HasPrefix(line, "Y:") && len(strings.Fields(line)) == 6 {
			names := strings.Fields(line)[1:]
			seen := map[string]bool{}
			for _, n := range names {
				seen[n] = true
			}
			if len(seen) == 5 && seen["001"] && seen["005"] && seen["011"] && seen["012"] && seen["013"] {
				albums[i] = "Y: 011 012 013 001 005"
			}
		}
	}
	return albums
}

// TestLaw2NoWriteWithoutADurableIntent looks into the state, as another process
// would, at the moment at which each write goes out.
func TestLaw2NoWriteWithoutADurableIntent(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	want := everyKind(t, a)
	kinds := map[string]int{}
	a.before = func(r *http.Request) {
		if !isWrite(r) {
			return
		}
		open := a.memory().Intents
		if len(open) != 1 {
			t.Errorf("%s %s goes out with %d open intents, want 1", r.Method, r.URL.Path, len(open))
			return
		}
		kinds[open[0].Kind]++
	}
	a.apply()
	for _, k := range []plan.Kind{plan.CreateAlbum, plan.AddItems, plan.CreateItems, plan.PatchAlbum, plan.RemoveItems} {
		if kinds[string(k)] == 0 {
			t.Errorf("no write of the kind %s was made: %v", k, kinds)
		}
	}
	if open := a.memory().Intents; len(open) != 0 {
		t.Errorf("%d intents stay open", len(open))
	}
	if diff := cmp.Diff(want, sortY(a.albums())); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestTheSameWishIsNotSentTwice: an intent that is open stops a second one of the
// same wish.
func TestTheSameWishIsNotSentTwice(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	s := a.open()
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		t.Fatal(err)
	}
	wish := p.Plan.Actions[0]
	if err := s.stored.Intend(context.Background(), state.Intent{ID: wish.ID, Key: "x", Kind: string(wish.Kind), Payload: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	r, _ := s.loop.Apply(context.Background(), s.request, p)
	s.close()
	var open *state.OpenIntentError
	if len(r.Results) == 0 || !errors.As(r.Results[0].Err, &open) {
		t.Errorf("the second wish was not refused: %+v", r.Results)
	}
	if len(a.emu.World().Albums) != 0 {
		t.Errorf("an album was created although the wish was open")
	}
}

// TestEveryWriteUnderEveryFault: for each write of an apply and each way in which
// it can fail, applying until nothing is left comes to the undisturbed world: no
// second album, no second item, nothing lost.
func TestEveryWriteUnderEveryFault(t *testing.T) {
	t.Parallel()
	methods := map[string]int{
		"albums.create": 1, "albums.batchAddMediaItems": 1, "mediaItems.batchCreate": 3,
		"albums.patch": 1, "albums.batchRemoveMediaItems": 1, "uploads": 5, "albums.list": 1,
	}
	kinds := []emulator.Fault{
		{Kind: emulator.LoseRequest},
		{Kind: emulator.LoseAnswer},
		{Kind: emulator.Broken, Status: 500},
		{Kind: emulator.Broken, Status: 503, Applied: true},
		{Kind: emulator.Throttle, Quota: "writes"},
		{Kind: emulator.Throttle, Quota: "concurrent"},
	}
	for method, calls := range methods {
		for nth := 1; nth <= calls; nth++ {
			for _, fault := range kinds {
				name := fmt.Sprintf("%s %d %s %d%s", method, nth, fault.Kind, fault.Status, fault.Quota)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { underFault(t, method, nth, fault) })
				})
			}
		}
	}
}

func underFault(t *testing.T, method string, nth int, fault emulator.Fault) {
	a := virtual(t)
	want := everyKind(t, a)
	fault.Method, fault.Nth = method, nth
	if err := a.emu.SetFaults([]emulator.Fault{fault}); err != nil {
		t.Fatal(err)
	}
	a.rest()
	if diff := cmp.Diff(want, sortY(a.albums())); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if n := len(a.emu.World().Items); n != 11 {
		t.Errorf("the library holds %d items, want 11", n)
	}
	if open := a.memory().Intents; len(open) != 0 {
		t.Errorf("%d intents stay open", len(open))
	}
}

// TestLaw5ReadsArePlannedAndPriced: beside the sweep a pass makes no more calls
// than the reads that it planned said.
func TestLaw5ReadsArePlannedAndPriced(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 130)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Y, contents: [{files: a/00*.jpg}]}}")
	a.apply()
	if _, err := a.emu.Act(emulator.Action{Do: emulator.AddItems, Album: "Y", Items: []string{"100.jpg"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.emu.Act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"100.jpg"}}); err != nil {
		t.Fatal(err)
	}
	var p *reconcile.Pass
	stats, _ := a.counted(func() { p = a.plan() })
	planned := 0
	for _, read := range p.Reads {
		planned += read.Calls
	}
	// Two pages and one of contents, and one look whether the missing item is gone.
	made := stats["mediaItems.search"] + stats["mediaItems.batchGet"]
	if made != planned || planned != 4 || stats["mediaItems.batchGet"] != 1 {
		t.Errorf("%d calls were read with, %d were planned, want 4: %v", made, planned, stats)
	}
	if stats["albums.list"] != 1 {
		t.Errorf("the sweep took %d calls", stats["albums.list"])
	}
}

// TestLaw8DryIsDry: a client that only reads lets no write out, however it is
// asked, and a plan makes none.
func TestLaw8DryIsDry(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	everyKind(t, a)
	before := a.albums()
	stats, _ := a.counted(func() {
		a.plan()
		dry, err := photos.New(photos.Options{Endpoint: a.url, ReadOnly: true, Token: func(context.Context) (string, error) { return "t", nil }})
		if err != nil {
			t.Fatal(err)
		}
		s := a.open()
		defer s.close()
		loop := reconcile.New(reconcile.Options{Reader: dry, Writer: dry, Account: s.stored, Writable: true})
		p, err := loop.Plan(context.Background(), s.request)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := loop.Apply(context.Background(), s.request, p)
		if r.Count(reconcile.Done) > 0 {
			t.Errorf("%d actions were done", r.Count(reconcile.Done))
		}
	})
	for method := range stats {
		if method != "albums.list" && method != "mediaItems.search" && method != "mediaItems.batchGet" {
			t.Errorf("a dry run called %s", method)
		}
	}
	if diff := cmp.Diff(before, a.albums()); diff != "" {
		t.Errorf("the world changed (-before +after):\n%s", diff)
	}
}

// TestLaw9FailedReadNeverShrinksAnAlbum: whatever can't be read, on disk or in
// the account, every picture stays where it is.
func TestLaw9FailedReadNeverShrinksAnAlbum(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		fail func(a *account)
	}{
		{"the folder is gone", func(a *account) { a.remove("a") }},
		{"the folder is empty", func(a *account) { a.remove("a"); _ = os.Mkdir(filepath.Join(a.dir, "a"), 0o755) }},
		{"a link leads nowhere", func(a *account) {
			a.remove("a/002.jpg")
			_ = os.Symlink("/nowhere/at/all", filepath.Join(a.dir, "a/002.jpg"))
		}},
		{"a file was cut to nothing", func(a *account) { a.write("a/002.jpg", "") }},
		{"the list of albums breaks", func(a *account) {
			a.remove("a/002.jpg") // it is no longer wanted
			_ = a.emu.SetFaults([]emulator.Fault{{Method: "albums.list", Kind: emulator.Broken, Times: -1}})
		}},
		{"the contents can't be read", func(a *account) {
			a.remove("a/002.jpg")
			_ = a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.search", Kind: emulator.Broken, Times: -1}})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := virtual(t)
				a.pictures("a", 1, 5)
				a.spec("albums: {x: {title: X, membership: exact, contents: [{files: a/*.jpg}]}}")
				a.apply()
				time.Sleep(25 * time.Hour) // the contents are due to be read again
				c.fail(a)
				_, _, _ = a.try(context.Background())
				if diff := cmp.Diff([]string{"X: 001 002 003 004 005"}, a.albums()); diff != "" {
					t.Errorf("world (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestLaw9AChangedAlbumIsNotTouchedUnread: where the day's calls for reads are
// spent, an album that the list shows changed is neither in sync nor written to.
func TestLaw9AChangedAlbumIsNotTouchedUnread(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.calls = 100
	a.pictures("a", 1, 5)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	a.apply()
	if _, err := a.emu.Act(emulator.Action{Do: emulator.RemoveItems, Album: "X", Items: []string{"001.jpg"}}); err != nil {
		t.Fatal(err)
	}
	s := a.open()
	if err := s.db.Lease(context.Background(), reconcile.QuotaDay(time.Now()), 75); err != nil {
		t.Fatal(err)
	}
	s.close()
	a.remove("a/002.jpg")
	p, _ := a.apply()
	if len(p.Reads) > 0 || len(p.Plan.Deferred) != 1 || p.Plan.Deferred[0].Reason != plan.Stale || p.Plan.InSync > 0 {
		t.Errorf("reads %v, in sync %d, plan:\n%s", p.Reads, p.Plan.InSync, describe(p.Plan))
	}
	if diff := cmp.Diff([]string{"X: 002 003 004 005"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestLaw10OneBadThingStopsOnlyItself: a poisonous file and an album that fails
// are found, named and left alone; everything else goes on.
func TestLaw10OneBadThingStopsOnlyItself(t *testing.T) {
	t.Parallel()
	t.Run("a file that is no picture", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 5)
		a.write("a/003.jpg", "this is text")
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		_, r := a.apply()
		if r.Refusals() != 1 || r.Results[1].Refused[0].Label != "a/003.jpg" {
			t.Errorf("the culprit is not named: %+v", r.Results)
		}
		quarantined(t, a, []string{"X: 001 002 004 005"})
	})
	t.Run("a file that fails its whole batch", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 50)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Item: "017.jpg"}}); err != nil {
			t.Fatal(err)
		}
		_, r := a.apply()
		if r.Refusals() != 1 {
			t.Errorf("%d files were refused, want 1: %+v", r.Refusals(), r.Results)
		}
		got := strings.Fields(a.albums()[0])
		if len(got) != 50 || strings.Contains(a.albums()[0], "017") {
			t.Errorf("the album holds %d of 49 pictures: %v", len(got)-1, got)
		}
		quarantined(t, a, a.albums())
	})
	t.Run("a file that is refused without a word of why", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 50)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Item: "017.jpg", Kind: emulator.Refuse, Status: 400, Message: "Request contains an invalid argument."}}); err != nil {
			t.Fatal(err)
		}
		if _, r := a.apply(); r.Refusals() != 1 {
			t.Errorf("%d files were refused, want 1: %+v", r.Refusals(), r.Results)
		}
		quarantined(t, a, a.albums())
		if got := strings.Fields(a.albums()[0]); len(got) != 50 {
			t.Errorf("the album holds %d of 49 pictures", len(got)-1)
		}
	})
	t.Run("a file at which Google fails inside", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a := virtual(t)
			a.pictures("a", 1, 50)
			a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
			if err := a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Item: "017.jpg", Kind: emulator.Broken, Status: 500, Times: -1}}); err != nil {
				t.Fatal(err)
			}
			stats, _ := a.counted(func() { a.rest() })
			if n := stats["mediaItems.batchCreate"]; n > 20 {
				t.Errorf("it took %d calls to find the culprit", n)
			}
			quarantined(t, a, a.albums())
			if got := strings.Fields(a.albums()[0]); len(got) != 50 || len(a.emu.World().Items) != 49 {
				t.Errorf("the album holds %d of 49 pictures, the library %d", len(got)-1, len(a.emu.World().Items))
			}
		})
	})
	t.Run("an album that takes nothing, without a word of why", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 50)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Kind: emulator.Refuse, Status: 400, Message: "Request contains an invalid argument.", Times: -1}}); err != nil {
			t.Fatal(err)
		}
		stats, _ := a.counted(func() { a.apply() })
		if n := stats["mediaItems.batchCreate"]; n > 20 {
			t.Errorf("it took %d calls to see that the files are not to blame", n)
		}
	})
	t.Run("an item that albums do not take goes in by its bytes", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 4)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		a.apply()
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Y, contents: [{files: a/*.jpg}]}}")
		items := a.emu.World().Items
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "albums.batchAddMediaItems", Item: items[2].ID}}); err != nil {
			t.Fatal(err)
		}
		a.apply()
		if diff := cmp.Diff([]string{"X: 001 002 003 004", "Y: 001 002 003 004"}, a.albums()); diff != "" {
			t.Errorf("world (-want +got):\n%s", diff)
		}
	})
	t.Run("an album that fails", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t)
		a.pictures("a", 1, 4)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Y, contents: [{files: a/*.jpg}]}}")
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "albums.create", Kind: emulator.Refuse}}); err != nil {
			t.Fatal(err)
		}
		a.apply()
		if diff := cmp.Diff([]string{"Y: 001 002 003 004"}, a.albums()); diff != "" {
			t.Errorf("world (-want +got):\n%s", diff)
		}
	})
}

// quarantined checks that a culprit is left alone by the next apply, and that
// everything else is there.
func quarantined(t *testing.T, a *account, want []string) {
	t.Helper()
	stats, _ := a.counted(func() {
		p, _ := a.apply()
		if len(p.Plan.Deferred) != 1 || p.Plan.Deferred[0].Reason != plan.Quarantine {
			t.Errorf("the culprit is not quarantined:\n%s", describe(p.Plan))
		}
	})
	if diff := cmp.Diff(map[string]int{"albums.list": 1}, stats); diff != "" {
		t.Errorf("calls of the next apply (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestLaw11TheBudgetIsNeverOverrun: no call is made beyond the day's, over
// restarts too; the rest is done on the next day in California.
func TestLaw11TheBudgetIsNeverOverrun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := virtual(t)
		a.calls = 60
		a.pictures("a", 1, 100)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		days := map[string]int{}
		for range 40 {
			_, total := a.counted(func() { _, _, _ = a.try(context.Background()) })
			days[reconcile.QuotaDay(time.Now())] += total
			time.Sleep(3 * time.Hour)
		}
		for day, n := range days {
			if n > a.calls {
				t.Errorf("%d calls were made on %s, %d are the day's", n, day, a.calls)
			}
		}
		if got := len(strings.Fields(a.albums()[0])) - 1; got != 100 {
			t.Errorf("after %d days %d of 100 pictures are there", len(days), got)
		}
	})
}

// TestADailyQuotaAnswerStopsEverything: Google's own count wins over ours.
func TestADailyQuotaAnswerStopsEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := virtual(t)
		a.pictures("a", 1, 40)
		a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
		if err := a.emu.SetFaults([]emulator.Fault{{Method: "uploads", Nth: 5, Times: -1, Kind: emulator.Throttle, Quota: "daily"}}); err != nil {
			t.Fatal(err)
		}
		stats, _ := a.counted(func() {
			_, r, err := a.try(context.Background())
			if !photos.IsDailyQuota(err) || r.Stopped == nil {
				t.Errorf("the apply did not stop for the quota: %v", err)
			}
		})
		if n := stats["uploads"]; n > 4+reconcile.DefaultUploads {
			t.Errorf("%d uploads were tried after the quota was gone", n)
		}
		if err := a.emu.SetFaults(nil); err != nil {
			t.Fatal(err)
		}
		a.rest()
		if got := len(strings.Fields(a.albums()[0])) - 1; got != 40 {
			t.Errorf("%d of 40 pictures are there", got)
		}
	})
}

// TestAnAccessThatEndsStopsEverything: where there is no access token any more,
// nothing else is tried, and a later run does the rest.
func TestAnAccessThatEndsStopsEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := virtual(t)
		a.spec("albums: {x: {title: X, contents: []}, y: {title: Y, contents: []}, z: {title: Z, contents: []}}")
		token := a.token
		a.before = func(r *http.Request) {
			if r.Method == http.MethodPost {
				a.token = "" // after the first write
			}
		}
		_, r, err := a.try(context.Background())
		if !photos.IsTokenMissing(err) || r.Stopped == nil || r.Count(reconcile.Done) != 1 || r.Count(reconcile.Failed) > 1 {
			t.Errorf("the apply did not stop for the access: %v, %+v", err, r)
		}
		a.before, a.token = nil, token
		a.rest()
		if got := len(a.albums()); got != 3 {
			t.Errorf("%d of 3 albums are there", got)
		}
	})
}

// TestLaw13SecretsStayWhereTheyAre plants a secret in every place that has one
// and looks for it wherever albumen writes.
func TestLaw13SecretsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := virtual(t)
		everyKind(t, a)
		for _, f := range []emulator.Fault{
			{Method: "*", Nth: 1, Kind: emulator.Refuse, Status: 401, Message: "bad token"},
			{Method: "mediaItems.batchCreate", Kind: emulator.LoseAnswer},
			{Method: "uploads", Kind: emulator.Broken, Status: 503},
		} {
			if err := a.emu.SetFaults([]emulator.Fault{f}); err != nil {
				t.Fatal(err)
			}
			_, r, err := a.try(context.Background())
			fmt.Fprintf(a.log, "%v %+v", err, r)
		}
		a.rest()
		texts := map[string]string{"the log and the errors": a.log.String()}
		for _, name := range []string{"state.db", "state.db-wal"} {
			raw, err := os.ReadFile(filepath.Join(a.state, name))
			if err == nil {
				texts[name] = string(raw)
			}
		}
		if len(texts["state.db"]) == 0 || len(texts["the log and the errors"]) < 1000 {
			t.Fatalf("there is nothing to look through")
		}
		for place, text := range texts {
			if strings.Contains(text, a.token) {
				t.Errorf("the access token stands in %s", place)
			}
		}
		for _, token := range uploadTokens(texts["state.db-wal"]) {
			if strings.Contains(texts["the log and the errors"], token) {
				t.Errorf("an upload token stands in the log")
			}
		}
	})
}

// uploadTokens finds what looks like an upload token of the emulator.
func uploadTokens(raw string) []string {
	var out []string
	for _, part := range strings.Split(raw, "CAIS")[1:] {
		if len(part) > 40 {
			out = append(out, "CAIS"+part[:40])
		}
	}
	return out
}
