package reconcile_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
	"albumen/reconcile"
)

// storageFull is what Google answers when nothing more fits into the account.
const storageFull = "The remaining storage in the user's account is not enough to perform this operation."

func isUpload(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/uploads") }

// TestAFileThatChangesWhileItIsSentBecomesNoPicture: what was planned and what
// would arrive are not the same bytes. The next look takes the new ones.
func TestAFileThatChangesWhileItIsSentBecomesNoPicture(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	s := a.open()
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(a.dir, "a", "002.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1 // of the same length
	a.write("a/002.jpg", string(raw))
	r, err := s.loop.Apply(context.Background(), s.request, p)
	s.close()
	if err != nil || r.Refusals() != 1 {
		t.Errorf("%d files were refused, want the one that changed: %v", r.Refusals(), err)
	}
	if diff := cmp.Diff([]string{"X: 001 003"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	a.picture("a/002.jpg", 22)
	a.rest()
	if diff := cmp.Diff([]string{"X: 001 002 003"}, a.albums()); diff != "" {
		t.Errorf("after another look (-want +got):\n%s", diff)
	}
	if n := len(a.emu.World().Items); n != 3 {
		t.Errorf("the library holds %d items, want 3", n)
	}
}

// TestAFolderThatVanishesAfterThePlanTakesNothingOut: what can't be sent is told,
// the rest is done.
func TestAFolderThatVanishesAfterThePlanTakesNothingOut(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 2)
	a.pictures("b", 8, 9)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}, {files: b/*.jpg}]}}")
	a.apply()
	a.pictures("a", 3, 4)
	a.remove("b/009.jpg")
	s := a.open()
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		t.Fatal(err)
	}
	a.remove("a")
	r, err := s.loop.Apply(context.Background(), s.request, p)
	s.close()
	if err != nil || r.Complete() {
		t.Errorf("the apply was complete: %v", err)
	}
	if diff := cmp.Diff([]string{"X: 001 002 008 009"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
	if p := a.plan(); len(p.Plan.Actions) > 0 {
		t.Errorf("without the folder something is planned:\n%s", describe(p.Plan))
	}
}

// TestBytesThatArrivedAreNotSentAgain, whatever became of the process: their
// tokens are remembered for a day, and no longer.
func TestBytesThatArrivedAreNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		pause time.Duration
		want  int
	}{{"at once", 0, 0}, {"after a day", 24 * time.Hour, 5}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := virtual(t)
				a.pictures("a", 1, 5)
				a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
				if err := a.emu.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Kind: emulator.Refuse, Message: storageFull}}); err != nil {
					t.Fatal(err)
				}
				a.apply()
				time.Sleep(c.pause)
				stats, _ := a.counted(func() { a.rest() })
				if stats["uploads"] != c.want {
					t.Errorf("%d files were sent again, want %d: %v", stats["uploads"], c.want, stats)
				}
				if diff := cmp.Diff([]string{"X: 001 002 003 004 005"}, a.albums()); diff != "" {
					t.Errorf("world (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestADeadUploadTokenIsNoDeadFile: when Google has forgotten the bytes early,
// they are sent again, in the same apply.
func TestADeadUploadTokenIsNoDeadFile(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	fault := emulator.Fault{Method: "mediaItems.batchCreate", Kind: emulator.Refuse, Status: 400, Message: "Request must contain a valid upload token.", Times: 5}
	if err := a.emu.SetFaults([]emulator.Fault{fault}); err != nil {
		t.Fatal(err)
	}
	a.rest()
	if diff := cmp.Diff([]string{"X: 001 002 003"}, a.albums()); diff != "" {
		t.Errorf("world (-want +got):\n%s", diff)
	}
}

// TestFilesAreSentSeveralAtATimeAndWritesOneByOne. The uploads all wait for one
// another, so that fewer at a time would never end.
func TestFilesAreSentSeveralAtATimeAndWritesOneByOne(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 60)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}, y: {title: Yy, contents: [{files: a/00*.jpg}]}}")
	gate := make(chan struct{})
	var waiting, writes, most atomic.Int32
	var open sync.Once
	a.dial = watched{next: http.DefaultTransport, around: func(r *http.Request) func() {
		switch {
		case isUpload(r):
			if waiting.Add(1) == reconcile.DefaultUploads {
				open.Do(func() { close(gate) })
			}
			<-gate
		case isWrite(r):
			most.Store(max(most.Load(), writes.Add(1)))
			return func() { writes.Add(-1) }
		}
		return func() {}
	}}
	if _, r := a.apply(); !r.Complete() {
		t.Errorf("not everything was done: %+v", r)
	}
	if most.Load() != 1 {
		t.Errorf("%d writes were under way at once", most.Load())
	}
	if got := len(strings.Fields(a.albums()[0])) - 1; got != 60 {
		t.Errorf("%d of 60 pictures are there", got)
	}
}

// watched is a transport that is told when a call begins and ends.
type watched struct {
	next   http.RoundTripper
	around func(*http.Request) (end func())
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	end := w.around(r)
	defer end()
	return w.next.RoundTrip(r)
}

// TestAnInterruptLetsTheCallInFlightEnd, and nothing is in doubt afterwards.
func TestAnInterruptLetsTheCallInFlightEnd(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 120)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	batches := 0
	a.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ":batchCreate") {
			if batches++; batches == 2 {
				interrupt()
			}
		}
	}
	_, r, err := a.try(ctx)
	if err == nil || r.Stopped == nil {
		t.Errorf("the apply went on after the interrupt: %v", err)
	}
	if open := a.memory().Intents; len(open) != 0 {
		t.Errorf("%d writes are in doubt, want none", len(open))
	}
	if n := len(a.emu.World().Items); n != 100 {
		t.Errorf("%d pictures are there, want the 100 of the two batches that ended", n)
	}
	a.before = nil
	a.rest()
	if got := len(strings.Fields(a.albums()[0])) - 1; got != 120 {
		t.Errorf("%d of 120 pictures are there", got)
	}
}

// TestMemoryThatFailsStopsEverything: what can't be noted is not done.
func TestMemoryThatFailsStopsEverything(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.pictures("a", 1, 3)
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")
	s := a.open()
	p, err := s.loop.Plan(context.Background(), s.request)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = s.loop.Apply(context.Background(), s.request, p)
	if err == nil {
		t.Errorf("an apply without memory goes on")
	}
	if n := len(a.emu.World().Albums); n != 0 {
		t.Errorf("%d albums were made without a note of it", n)
	}
}

// TestALargeFileGoesOnWhereACrashLeftIt: what arrived before the process died is
// not sent again, and the picture is whole.
func TestALargeFileGoesOnWhereACrashLeftIt(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.picture("a/large.jpg", 1)
	raw, err := os.ReadFile(filepath.Join(a.dir, "a", "large.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	const size = photos.ResumableSize + 3<<20
	a.write("a/large.jpg", string(raw)+strings.Repeat("x", size-len(raw)))
	a.spec("albums: {x: {title: X, contents: [{files: a/*.jpg}]}}")

	// The process dies at the query that follows the broken connection.
	a.faults(emulator.Fault{Method: "uploads", Nth: 2, Kind: emulator.CutUpload, Bytes: 6 << 20})
	var sent atomic.Int64
	uploads := 0
	ctx, crash := context.WithCancel(context.Background())
	a.before = func(r *http.Request) {
		if isUpload(r) {
			if uploads++; uploads == 3 {
				crash()
			}
		}
	}
	_, _, _ = a.try(ctx)
	if len(a.emu.World().Items) > 0 {
		t.Fatal("the picture is there before the crash")
	}
	a.before = func(r *http.Request) {
		if isUpload(r) {
			sent.Add(max(0, r.ContentLength))
		}
	}
	a.rest()
	if n := sent.Load(); n > size-6<<20+1<<18 {
		t.Errorf("%d bytes were sent after the crash, %d of %d had arrived", n, 6<<20, size)
	}
	if got := a.emu.World().Items; len(got) != 1 || got[0].Size != size {
		t.Errorf("the library holds %+v, want one item of %d bytes", got, size)
	}
}
