package state_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"albumen/state"
)

// bound is a state folder with one album in it, closed.
func bound(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	must(t, db.Account("family").Record(t.Context(), state.Effects{Bind: []state.Album{{Key: "iceland", ID: "A1", Title: "Iceland"}}}))
	shut(t, db)
	return dir
}

func TestOpenMakesAPrivateFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "state of 100% ?#ü")
	db := open(t, dir, state.Apply)
	must(t, db.Account("family").BindEndpoint(t.Context(), "google"))
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700 | fs.ModeDir, filepath.Join(dir, "state.db"): 0o600, filepath.Join(dir, "state.db-wal"): 0o600, filepath.Join(dir, "lock"): 0o600} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestOpenNeedsAFolder(t *testing.T) {
	_, err := try(t, "", state.Apply)
	contains(t, err, "no folder given")
	_, err = try(t, t.TempDir(), 7)
	contains(t, err, "no mode 7")
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, mode := range []state.Mode{state.ReadOnly, state.Observe, state.Apply} {
		_, err := try(t, file, mode)
		contains(t, err, file, "is a file")
	}
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	dir := bound(t)
	for _, mode := range []state.Mode{state.ReadOnly, state.Observe, state.Apply} {
		v := view(t, open(t, dir, mode).Account("family"))
		if len(v.Albums) != 1 || v.Albums[0].Title != "Iceland" || v.Serial != 1 {
			t.Errorf("%v: %+v", mode, v)
		}
	}
}

func TestReadOnlyOpensOnlyWhatExists(t *testing.T) {
	dir := t.TempDir()
	if _, err := try(t, dir, state.ReadOnly); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	missing := filepath.Join(dir, "missing")
	if _, err := try(t, missing, state.ReadOnly); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	sameTree(t, map[string]string{}, tree(t, dir))
}

func TestReadOnlyLeavesNoTrace(t *testing.T) {
	dir := bound(t)
	before := tree(t, dir)
	db, err := try(t, dir, state.ReadOnly)
	must(t, err)
	view(t, db.Account("family"))
	sameTree(t, before, tree(t, dir))
	shut(t, db)
	sameTree(t, before, tree(t, dir))
}

func TestLowerModesWriteNothing(t *testing.T) {
	dir := bound(t)
	ctx := t.Context()
	apply := map[string]func(*state.DB, *state.Account) error{
		"BindEndpoint": func(_ *state.DB, a *state.Account) error { return a.BindEndpoint(ctx, "google") },
		"Record": func(_ *state.DB, a *state.Account) error {
			return a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "K"}}})
		},
		"Intend":    func(_ *state.DB, a *state.Account) error { return a.Intend(ctx, state.Intent{ID: "1"}) },
		"Doubt":     func(_ *state.DB, a *state.Account) error { return a.Doubt(ctx, "1", "") },
		"Settle":    func(_ *state.DB, a *state.Account) error { return a.Settle(ctx, "1", state.Done, state.Effects{}) },
		"Forget":    func(_ *state.DB, a *state.Account) error { return a.Forget(ctx, "iceland") },
		"PutUpload": func(_ *state.DB, a *state.Account) error { return a.PutUpload(ctx, state.Upload{}) },
		"AddRun":    func(_ *state.DB, a *state.Account) error { return a.AddRun(ctx, state.Run{}) },
		"StartRun":  func(_ *state.DB, a *state.Account) error { _, err := a.StartRun(ctx, state.Run{}); return err },
		"FinishRun": func(_ *state.DB, a *state.Account) error { return a.FinishRun(ctx, state.Run{}) },
	}
	observe := map[string]func(*state.DB, *state.Account) error{
		"PutFiles": func(_ *state.DB, a *state.Account) error { return a.PutFiles(ctx, []state.File{{Path: "/a"}}) },
		"Lease":    func(db *state.DB, _ *state.Account) error { return db.Lease(ctx, "2026-11-24", 1) },
		"Return":   func(db *state.DB, _ *state.Account) error { return db.Return(ctx, "2026-11-24", 1) },
	}
	before := tree(t, dir)
	refused := func(mode state.Mode, methods map[string]func(*state.DB, *state.Account) error) {
		db, err := try(t, dir, mode)
		must(t, err)
		for name, call := range methods {
			var wrong *state.ModeError
			if err := call(db, db.Account("family")); !errors.As(err, &wrong) || wrong.Mode != mode {
				t.Errorf("%s in mode %v: %v", name, mode, err)
			}
		}
		shut(t, db)
		sameTree(t, before, tree(t, dir))
	}
	refused(state.ReadOnly, apply)
	refused(state.ReadOnly, observe)
	refused(state.Observe, apply)

	db := open(t, dir, state.Observe)
	for name, call := range observe {
		if err := call(db, db.Account("family")); err != nil {
			t.Errorf("%s while observing: %v", name, err)
		}
	}
	if v := view(t, db.Account("family")); v.Serial != 1 {
		t.Errorf("caches moved the serial to %d", v.Serial)
	}
}

func TestASecondApplierIsToldWhoHoldsTheLock(t *testing.T) {
	dir := bound(t)
	cmd, lines := child(t, "hold", dir)
	if !lines.Scan() || lines.Text() != "holding" {
		t.Fatalf("the other process says %q", lines.Text())
	}
	_, err := try(t, dir, state.Apply)
	var locked *state.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	if locked.PID != cmd.Process.Pid || locked.Command != "albumen run" || locked.Since.IsZero() {
		t.Errorf("got %+v", locked)
	}
	contains(t, err, "albumen run", dir, "process")

	t.Run("others look meanwhile", func(t *testing.T) {
		view(t, open(t, dir, state.ReadOnly).Account("family"))
		must(t, open(t, dir, state.Observe).Account("family").PutFiles(t.Context(), []state.File{{Path: "/a"}}))
	})
	kill(t, cmd)
	t.Run("the lock dies with its process", func(t *testing.T) { open(t, dir, state.Apply) })
	t.Run("and with its DB", func(t *testing.T) { open(t, dir, state.Apply) })
}

func TestALockFileOfNonsenseStillLocks(t *testing.T) {
	dir := bound(t)
	open(t, dir, state.Apply)
	must(t, os.WriteFile(filepath.Join(dir, "lock"), []byte("{"), 0o600))
	_, err := try(t, dir, state.Apply)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.PID != 0 {
		t.Fatalf("got %v", err)
	}
	contains(t, err, "another process")
}

func TestManyFirstUsersMakeOneState(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			db, err := state.Open(context.Background(), state.Options{Dir: dir, Mode: state.Observe})
			if err == nil {
				err = errors.Join(db.Lease(context.Background(), "2026-11-24", 1), db.Close())
			}
			errs[i] = err
		})
	}
	all.Wait()
	must(t, errors.Join(errs...))
	used, err := open(t, dir, state.ReadOnly).Quota(t.Context(), "2026-11-24")
	must(t, err)
	if used != len(errs) {
		t.Errorf("counted %d calls, want %d", used, len(errs))
	}
}

func TestAReadOnlyFolderIsReadAndNotWritten(t *testing.T) {
	dir := bound(t)
	readOnly(t, dir)
	if v := view(t, open(t, dir, state.ReadOnly).Account("family")); len(v.Albums) != 1 {
		t.Errorf("got %+v", v)
	}
	for _, mode := range []state.Mode{state.Observe, state.Apply} {
		_, err := try(t, dir, mode)
		var closed *state.ReadOnlyError
		if !errors.As(err, &closed) {
			t.Errorf("%v: got %v, want a ReadOnlyError", mode, err)
		}
		contains(t, err, dir, "writable", "nothing was changed")
	}
}

func TestAFolderCantBeMadeInAReadOnlyOne(t *testing.T) {
	dir := t.TempDir()
	readOnly(t, dir)
	_, err := try(t, filepath.Join(dir, "state"), state.Apply)
	var closed *state.ReadOnlyError
	if !errors.As(err, &closed) {
		t.Errorf("got %v, want a ReadOnlyError", err)
	}
}

// A copy of the files of a process at work holds what is in its log.
func TestAReadOnlyCopyOfAWorkingStateIsRead(t *testing.T) {
	dir, backup := bound(t), t.TempDir()
	a := open(t, dir, state.Apply).Account("family")
	must(t, a.Record(t.Context(), state.Effects{Titles: map[string]string{"iceland": "new"}}))
	must(t, os.CopyFS(filepath.Join(backup, "copy"), os.DirFS(dir)))
	copied := filepath.Join(backup, "copy")
	readOnly(t, copied)
	if v := view(t, open(t, copied, state.ReadOnly).Account("family")); v.Albums[0].Title != "new" {
		t.Errorf("the log was not read: %+v", v.Albums)
	}
}

func TestReadersSeeWhatAWriterDoes(t *testing.T) {
	dir := bound(t)
	reader := open(t, dir, state.ReadOnly).Account("family")
	view(t, reader)
	db, err := try(t, dir, state.Apply)
	must(t, err)
	writer := db.Account("family")
	for _, title := range []string{"one", "two"} {
		must(t, writer.Record(t.Context(), state.Effects{Titles: map[string]string{"iceland": title}}))
		if v := view(t, reader); v.Albums[0].Title != title {
			t.Errorf("the reader sees %q, want %q", v.Albums[0].Title, title)
		}
	}
	shut(t, db)
	if v := view(t, reader); v.Albums[0].Title != "two" {
		t.Errorf("the reader sees %q after the writer", v.Albums[0].Title)
	}
}

func TestReadersSeeAWriterThatCameAndWent(t *testing.T) {
	dir := bound(t)
	reader := open(t, dir, state.ReadOnly).Account("family")
	view(t, reader)
	db, err := try(t, dir, state.Apply)
	must(t, err)
	must(t, db.Account("family").Record(t.Context(), state.Effects{Titles: map[string]string{"iceland": "new"}}))
	shut(t, db)
	if v := view(t, reader); v.Albums[0].Title != "new" {
		t.Errorf("the reader sees %q", v.Albums[0].Title)
	}
}

func TestABusyStateIsNamed(t *testing.T) {
	dir := bound(t)
	one, two := open(t, dir, state.Apply), open(t, dir, state.Observe)
	must(t, one.Exec("BEGIN IMMEDIATE"))
	synctest.Test(t, func(t *testing.T) {
		contains(t, two.Lease(t.Context(), "2026-11-24", 1), dir, "another process", "busy")
	})
	must(t, one.Exec("ROLLBACK"))
	must(t, two.Lease(t.Context(), "2026-11-24", 1))
}

func TestAFullDiskMakesNoState(t *testing.T) {
	refused := 0
	for kilobytes := 40; kilobytes < 320; kilobytes += 20 {
		t.Run(fmt.Sprint(kilobytes), func(t *testing.T) {
			dir := smallDisk(t, fmt.Sprintf("%dk", kilobytes))
			db, err := try(t, dir, state.Apply)
			if err == nil {
				shut(t, db) // the disk was large enough
				return
			}
			refused++
			var full *state.FullError
			if !errors.As(err, &full) {
				t.Fatalf("got %v, want a FullError", err)
			}
			contains(t, err, dir, "free some space")
			sameTree(t, map[string]string{"lock": ""}, tree(t, dir))
		})
	}
	if refused < 5 {
		t.Skipf("%d disks were too small", refused)
	}
}

func TestClosedIsClosed(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	shut(t, db)
	if _, err := db.Account("family").View(t.Context()); err == nil {
		t.Error("a closed state was read")
	}
	if err := db.Account("family").Intend(t.Context(), state.Intent{ID: "1"}); err == nil {
		t.Error("a closed state was written")
	}
}

// A bubble ends only when all goroutines that began in it have ended.
func TestNothingRunsOnAfterClose(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Apply})
		must(t, err)
		a := db.Account("family")
		must(t, a.Intend(ctx, state.Intent{ID: "1"}))
		must(t, a.Settle(ctx, "1", state.Done, state.Effects{}))
		if _, err := a.View(ctx); err != nil {
			t.Error(err)
		}
		must(t, db.Lease(ctx, "2026-11-24", 5))
		shut(t, db)
	})
}

func TestACancelledCallChangesNothing(t *testing.T) {
	a := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Intend(ctx, state.Intent{ID: "1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := a.View(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if v := view(t, a); len(v.Intents) != 0 {
		t.Errorf("got %+v", v.Intents)
	}
}

func TestAnAccountStaysOnItsService(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	a := db.Account("family")
	if got, err := a.Endpoint(ctx); got != "" || err != nil {
		t.Errorf("before the first use: %q, %v", got, err)
	}
	must(t, a.BindEndpoint(ctx, "emulator"))
	must(t, db.Account("work").BindEndpoint(ctx, "google"))
	shut(t, db)

	a = open(t, dir, state.Apply).Account("family")
	must(t, a.BindEndpoint(ctx, "emulator"))
	err = a.BindEndpoint(ctx, "google")
	var other *state.EndpointError
	if !errors.As(err, &other) || other.Bound != "emulator" || other.Asked != "google" || other.Account != "family" {
		t.Errorf("got %v", err)
	}
	if got, err := a.Endpoint(ctx); got != "emulator" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
