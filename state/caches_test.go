package state_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"albumen/state"
)

func TestFilesAreRememberedExactly(t *testing.T) {
	dir := t.TempDir()
	db, err := try(t, dir, state.Observe)
	must(t, err)
	ctx := t.Context()
	files := []state.File{
		{Path: "/photos/day 1/\xff.jpg", Size: 1 << 40, ModTime: at(1), Inode: math.MaxUint64, Device: 1 << 63, Digest: sum(1), Taken: time.Date(1, 2, 3, 4, 5, 6, 7, time.UTC), HashedAt: at(2)},
		{Path: "/photos/ä\n🏔.heic", ModTime: time.Unix(0, 0).UTC(), Digest: sum(2), HashedAt: at(3)},
		{Path: "/photos/future.jpg", ModTime: time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), Digest: sum(3)},
	}
	must(t, db.Account("family").PutFiles(ctx, nil))
	must(t, db.Account("family").PutFiles(ctx, files))
	shut(t, db)

	a := open(t, dir, state.Observe).Account("family")
	want := map[string]state.File{}
	for _, f := range files {
		want[f.Path] = f
	}
	got, err := a.Files(ctx)
	must(t, err)
	same(t, "all", want, got)

	got, err = a.LookupFiles(ctx, []string{files[1].Path, "/photos/unknown"})
	must(t, err)
	same(t, "some", map[string]state.File{files[1].Path: files[1]}, got)
	got, err = a.LookupFiles(ctx, nil)
	must(t, err)
	same(t, "none", map[string]state.File{}, got)

	files[0].Size, files[0].Digest = 7, sum(7)
	must(t, a.PutFiles(ctx, files[:1]))
	got, err = a.LookupFiles(ctx, []string{files[0].Path})
	must(t, err)
	same(t, "after a change", files[0], got[files[0].Path])
}

// A date that can't be written with four digits is dropped, never another date.
func TestATimeOutOfRangeIsNotKept(t *testing.T) {
	a := fresh(t)
	must(t, a.PutFiles(t.Context(), []state.File{{Path: "/a", ModTime: time.Unix(1<<40, 0), Taken: time.Unix(-1<<40, 0), HashedAt: at(1)}}))
	got, err := a.Files(t.Context())
	must(t, err)
	same(t, "the file", state.File{Path: "/a", HashedAt: at(1)}, got["/a"])
}

func TestTimesComeBackAsTheSameMoment(t *testing.T) {
	a := fresh(t)
	there := time.Date(2024, 7, 1, 12, 0, 0, 5, time.FixedZone("", 3*60*60))
	must(t, a.PutFiles(t.Context(), []state.File{{Path: "/a", ModTime: there}}))
	got, err := a.Files(t.Context())
	must(t, err)
	if !got["/a"].ModTime.Equal(there) {
		t.Errorf("got %v, want %v", got["/a"].ModTime, there)
	}
}

func TestUploadTokensLiveForLessThanADay(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		db, err := try(t, dir, state.Apply)
		must(t, err)
		defer shut(t, db)
		a, ctx := db.Account("family"), t.Context()
		first := state.Upload{Digest: sum(1), Token: "secret-1", Size: 5, CreatedAt: time.Now().UTC()}
		must(t, a.PutUpload(ctx, first))
		time.Sleep(state.UploadLife - time.Second)
		second := state.Upload{Digest: sum(2), Token: "secret-2", Size: 6, CreatedAt: time.Now().UTC()}
		must(t, a.PutUpload(ctx, second))

		tokens := func(digests ...state.Digest) map[state.Digest]state.Upload {
			got, err := a.UploadTokens(ctx, digests)
			must(t, err)
			return got
		}
		same(t, "both live", map[state.Digest]state.Upload{sum(1): first, sum(2): second}, tokens())
		same(t, "one of them", map[state.Digest]state.Upload{sum(2): second}, tokens(sum(2), sum(3)))
		time.Sleep(time.Second)
		same(t, "the older one is too old", map[state.Digest]state.Upload{sum(2): second}, tokens())

		second.Token, second.CreatedAt = "secret-3", time.Now().UTC()
		must(t, a.PutUpload(ctx, second))
		same(t, "sent again", map[state.Digest]state.Upload{sum(2): second}, tokens())
		must(t, a.Record(ctx, state.Effects{DropUploads: []state.Digest{sum(2), sum(9)}}))
		same(t, "spent", map[state.Digest]state.Upload{}, tokens())
		if v := view(t, a); v.Serial != 0 {
			t.Errorf("uploads moved the serial to %d", v.Serial)
		}
	})
}

func TestUploadTokensAreNotPrinted(t *testing.T) {
	u := state.Upload{Token: "secret"}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("sent", "upload", u, "pointer", &u)
	for _, text := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s %v", u, u, u, u, []any{u, &u})} {
		if strings.Contains(text, "secret") {
			t.Errorf("the token is printed: %s", text)
		}
	}
}

func TestCallsAreCountedAcrossProcesses(t *testing.T) {
	dir, day := t.TempDir(), "2026-11-24"
	ctx := t.Context()
	one, two := open(t, dir, state.Apply), open(t, dir, state.Observe)
	other, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Observe, Client: "other"})
	must(t, err)
	t.Cleanup(func() { shut(t, other) })
	must(t, one.Lease(ctx, day, 20))
	must(t, two.Lease(ctx, day, 5))
	must(t, two.Lease(ctx, "2026-11-25", 1))
	must(t, other.Lease(ctx, day, 100))
	must(t, one.Return(ctx, day, 3))
	must(t, one.Lease(ctx, day, 0))
	must(t, one.Return(ctx, day, 0))
	for _, c := range []struct {
		db   *state.DB
		day  string
		want int
	}{{one, day, 22}, {two, day, 22}, {two, "2026-11-25", 1}, {other, day, 100}, {one, "2026-11-26", 0}} {
		got, err := c.db.Quota(ctx, c.day)
		must(t, err)
		same(t, "calls on "+c.day, c.want, got)
	}
	must(t, one.Return(ctx, day, 1000))
	got, err := one.Quota(ctx, day)
	must(t, err)
	same(t, "never below nothing", 0, got)
}

func TestALeaseStaysWithinItsLimit(t *testing.T) {
	db := open(t, t.TempDir(), state.Observe)
	for _, c := range []struct{ n, limit, want int }{{20, 50, 20}, {20, 50, 20}, {20, 50, 10}, {20, 50, 0}, {20, 30, 0}, {5, 0, 5}} {
		got, err := db.LeaseWithin(t.Context(), "2026-11-24", c.n, c.limit)
		must(t, err)
		same(t, fmt.Sprintf("%d within %d", c.n, c.limit), c.want, got)
	}
}

func TestEachClientHasADayOfItsOwn(t *testing.T) {
	dir, day := t.TempDir(), "2026-11-24"
	for client, n := range map[string]int{"": 1, "b": 2, "a": 3} {
		db, err := state.Open(t.Context(), state.Options{Dir: dir, Mode: state.Observe, Client: client})
		must(t, err)
		must(t, db.Lease(t.Context(), day, n))
		must(t, db.Lease(t.Context(), "2026-11-23", 9))
		got, err := db.Quota(t.Context(), day)
		must(t, err)
		same(t, "of the client "+client, n, got)
		shut(t, db)
	}
	db, err := try(t, dir, state.ReadOnly)
	must(t, err)
	got, err := db.QuotaByClient(t.Context(), day)
	must(t, err)
	same(t, "of all clients", []state.ClientCalls{{Client: "", Used: 1}, {Client: "a", Used: 3}, {Client: "b", Used: 2}}, got)
	got, err = db.QuotaByClient(t.Context(), "2026-11-25")
	must(t, err)
	same(t, "of another day", 0, len(got))
	shut(t, db)
}

func TestOldDaysAreForgotten(t *testing.T) {
	db := open(t, t.TempDir(), state.Observe)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 70 {
		must(t, db.Lease(t.Context(), day.AddDate(0, 0, i).Format(time.DateOnly), 1))
	}
	kept := 0
	for i := range 70 {
		used, err := db.Quota(t.Context(), day.AddDate(0, 0, i).Format(time.DateOnly))
		must(t, err)
		kept += used
	}
	same(t, "days kept", 60, kept)
}

func TestTheNewestRunsAreKept(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	a, ctx := db.Account("family"), t.Context()
	must(t, db.Account("work").AddRun(ctx, state.Run{Command: "plan"}))
	for i := range 230 {
		must(t, a.AddRun(ctx, state.Run{Command: "apply", Generation: fmt.Sprint(i), Outcome: "done", StartedAt: at(1), EndedAt: at(2), Report: []byte(`{"n":1}`)}))
	}
	runs, err := a.Runs(ctx, 0)
	must(t, err)
	if len(runs) != 200 || runs[0].Generation != "229" || runs[199].Generation != "30" {
		t.Fatalf("%d runs", len(runs))
	}
	same(t, "a run", state.Run{ID: runs[0].ID, Command: "apply", Generation: "229", Outcome: "done", StartedAt: at(1), EndedAt: at(2), Report: []byte(`{"n":1}`)}, runs[0])
	runs, err = a.Runs(ctx, 3)
	must(t, err)
	same(t, "asked for", 3, len(runs))
	runs, err = db.Account("work").Runs(ctx, 3)
	must(t, err)
	same(t, "of another account", 1, len(runs))
	if v := view(t, a); v.Serial != 0 {
		t.Errorf("runs moved the serial to %d", v.Serial)
	}
}

func TestARunBeginsAndEnds(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	a, ctx := db.Account("family"), t.Context()
	id, err := a.StartRun(ctx, state.Run{Command: "run", StartedAt: at(1)})
	must(t, err)
	runs, err := a.Runs(ctx, 1)
	must(t, err)
	if runs[0].ID != id || runs[0].Outcome != "" || !runs[0].EndedAt.IsZero() {
		t.Errorf("at work: %+v", runs[0])
	}
	run := runs[0]
	run.Outcome, run.EndedAt, run.Report = "done", at(5), []byte("{}")
	must(t, a.FinishRun(ctx, run))
	runs, err = a.Runs(ctx, 1)
	must(t, err)
	same(t, "at its end", []state.Run{run}, runs)
	contains(t, a.FinishRun(ctx, state.Run{ID: 99}), "no run 99")
	contains(t, db.Account("work").FinishRun(ctx, run), "no run")
}

func TestSessionsLiveForLessThanADay(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		db, err := try(t, dir, state.Apply)
		must(t, err)
		defer shut(t, db)
		a, ctx := db.Account("family"), t.Context()
		first := state.Session{Digest: sum(1), URL: "https://host/secret-1", Granularity: 1 << 18, CreatedAt: time.Now().UTC()}
		must(t, a.PutSession(ctx, first))
		serial := view(t, a).Serial
		got, err := a.Session(ctx, sum(1))
		must(t, err)
		same(t, "the session", first, got)
		other, err := a.Session(ctx, sum(2))
		must(t, err)
		same(t, "of other bytes", state.Session{Digest: sum(2)}, other)

		again := state.Session{Digest: sum(1), URL: "https://host/secret-2", Granularity: 1, CreatedAt: time.Now().UTC()}
		must(t, a.PutSession(ctx, again))
		got, err = a.Session(ctx, sum(1))
		must(t, err)
		same(t, "the later one", again, got)
		must(t, a.PutSession(ctx, state.Session{Digest: sum(1)}))
		got, err = a.Session(ctx, sum(1))
		must(t, err)
		same(t, "after its end", state.Session{Digest: sum(1)}, got)

		must(t, a.PutSession(ctx, again))
		must(t, a.PutUpload(ctx, state.Upload{Digest: sum(1), Token: "t", CreatedAt: time.Now()}))
		got, err = a.Session(ctx, sum(1))
		must(t, err)
		same(t, "after its token", state.Session{Digest: sum(1)}, got)

		must(t, a.PutSession(ctx, again))
		time.Sleep(state.UploadLife)
		got, err = a.Session(ctx, sum(1))
		must(t, err)
		same(t, "after a day", state.Session{Digest: sum(1)}, got)
		same(t, "the serial", serial, view(t, a).Serial)
		if text := fmt.Sprintf("%v %+v %#v", again, again, again); strings.Contains(text, "secret") {
			t.Errorf("the address is printed: %s", text)
		}
	})
}

func TestWhatIsUnsupportedIsLearnedOnce(t *testing.T) {
	a, ctx := fresh(t), t.Context()
	got, err := a.Unsupported(ctx)
	must(t, err)
	same(t, "at first", map[string]time.Time{}, got)
	must(t, a.PutUnsupported(ctx, "albums.share", at(1)))
	must(t, a.PutUnsupported(ctx, "albums.share", at(2)))
	must(t, a.PutUnsupported(ctx, "sharedAlbums.join", at(3)))
	got, err = a.Unsupported(ctx)
	must(t, err)
	same(t, "learned", map[string]time.Time{"albums.share": at(1), "sharedAlbums.join": at(3)}, got)
	must(t, a.ForgetUnsupported(ctx))
	got, err = a.Unsupported(ctx)
	must(t, err)
	same(t, "forgotten", map[string]time.Time{}, got)
}
