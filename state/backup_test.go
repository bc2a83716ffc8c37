package state_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"albumen/state"
)

// plant writes what no method writes yet, with secrets in it.
func plant(t *testing.T, db *state.DB) {
	t.Helper()
	a := db.Account("family")
	must(t, a.PutUpload(t.Context(), state.Upload{Digest: sum(9), Token: "planted-upload-token", Size: 5, CreatedAt: time.Now()}))
	must(t, a.PutSession(t.Context(), state.Session{Digest: sum(8), URL: "https://planted-session", Granularity: 1, CreatedAt: time.Now()}))
	must(t, db.Exec(`
		INSERT INTO enrichments SELECT id, 'first', 'E1', 'Day one', 'text: Day one', '', '2026-11-24T08:09:00.000000000Z' FROM albums WHERE key = 'iceland';
		INSERT INTO shares SELECT id, 1, 0, 1, 'planted-token-hash', '2026-11-24T08:10:00.000000000Z' FROM albums WHERE key = 'iceland';
		INSERT INTO descriptions VALUES (1, 'i1', 'A waterfall', '2026-11-24T08:11:00.000000000Z');
		INSERT INTO joined VALUES (1, 'club', 'C1', 'Club', 'planted-joined-hash', '');
		INSERT INTO approvals VALUES (1, 'p1', 3, '2026-11-24T08:12:00.000000000Z')`))
}

// remembered is a folder with a state of many rows, closed.
func remembered(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	db, err := try(t, dir, state.Apply)
	must(t, err)
	rememberAll(t, db.Account("family"))
	plant(t, db)
	must(t, db.Lease(t.Context(), "2026-11-24", 5))
	shut(t, db)
	return dir
}

func backup(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	must(t, open(t, dir, state.ReadOnly).Backup(t.Context(), file, false))
	return file
}

func restore(t *testing.T, dir, file string) (state.Restored, error) {
	t.Helper()
	return state.Restore(t.Context(), state.Options{Dir: dir, Command: "albumen state restore"}, file)
}

func TestABackupIsTakenWhileAnotherProcessWorks(t *testing.T) {
	dir := remembered(t)
	worker := open(t, dir, state.Apply)
	must(t, worker.Account("family").Record(t.Context(), state.Effects{Bind: []state.Album{{Key: "new", ID: "N", Title: "New"}}}))
	file := backup(t, dir)
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("the backup has mode %v", info.Mode())
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	must(t, err)
	same(t, "files beside the backup", 1, len(entries))
	copied := t.TempDir()
	must(t, os.Rename(file, filepath.Join(copied, "state.db")))
	same(t, "the copy", view(t, worker.Account("family")), view(t, open(t, copied, state.ReadOnly).Account("family")))
}

func TestABackupOverwritesOnlyWhatItMay(t *testing.T) {
	dir := remembered(t)
	db := open(t, dir, state.ReadOnly)
	file := filepath.Join(t.TempDir(), "backup.db")
	must(t, os.WriteFile(file, []byte("precious"), 0o644))
	if err := db.Backup(t.Context(), file, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want fs.ErrExist", err)
	}
	text, err := os.ReadFile(file)
	must(t, err)
	same(t, "the file", "precious", string(text))
	must(t, db.Backup(t.Context(), file, true))
	contains(t, db.Backup(t.Context(), filepath.Join(dir, "state.db"), true), "is the state itself")
	contains(t, db.Backup(t.Context(), filepath.Join(dir, "nowhere", "b.db"), false), "no such file")
	var damaged *state.DamagedError
	if _, err := restore(t, dir, filepath.Join(dir, "lock")); !errors.As(err, &damaged) {
		t.Errorf("restoring a lock file: %v", err)
	}
}

// Backups that can't be restored are refused before anything is touched.
func TestABadBackupChangesNothing(t *testing.T) {
	dir := remembered(t)
	good, err := os.ReadFile(backup(t, dir))
	must(t, err)
	before := tree(t, dir)
	for name, change := range map[string]func([]byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"text":            func([]byte) []byte { return []byte(strings.Repeat("dear diary ", 1000)) },
		"half":            func(b []byte) []byte { return b[:len(b)/2/4096*4096] },
		"other program's": func(b []byte) []byte { binary.BigEndian.PutUint32(b[68:], 1); return b },
		"a page cleared":  func(b []byte) []byte { clear(b[4096:8192]); return b },
	} {
		file := filepath.Join(t.TempDir(), "bad.db")
		must(t, os.WriteFile(file, change(append([]byte(nil), good...)), 0o600))
		_, err := restore(t, dir, file)
		var damaged *state.DamagedError
		if !errors.As(err, &damaged) || damaged.Path != file {
			t.Errorf("%s: got %v, want a DamagedError of the backup", name, err)
		}
		sameTree(t, before, tree(t, dir))
	}
	file := filepath.Join(t.TempDir(), "newer.db")
	binary.BigEndian.PutUint32(good[60:], 7)
	must(t, os.WriteFile(file, good, 0o600))
	var newer *state.NewerSchemaError
	if _, err := restore(t, dir, file); !errors.As(err, &newer) {
		t.Errorf("got %v, want a NewerSchemaError", err)
	}
	if _, err := restore(t, dir, filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	_, err = restore(t, dir, filepath.Join(dir, "state.db"))
	contains(t, err, "is the state itself")
	sameTree(t, before, tree(t, dir))
}

func TestRestoreNeedsTheLockAndNobodyWhoLooks(t *testing.T) {
	dir := remembered(t)
	file := backup(t, dir)
	worker, err := try(t, dir, state.Apply)
	must(t, err)
	var locked *state.LockedError
	if _, err := restore(t, dir, file); !errors.As(err, &locked) {
		t.Errorf("got %v, want a LockedError", err)
	}
	looker := open(t, dir, state.Observe)
	view(t, looker.Account("family"))
	shut(t, worker)
	var busy *state.BusyError
	if _, err := restore(t, dir, file); !errors.As(err, &busy) {
		t.Errorf("got %v, want a BusyError", err)
	}
	if entries, err := filepath.Glob(filepath.Join(dir, "*before*")); err != nil || len(entries) > 0 {
		t.Errorf("something was put aside: %v %v", entries, err)
	}
	view(t, looker.Account("family"))
}

// TestARestoredMemoryLooksBeforeItActs: what a memory of earlier can't know is
// read again or kept of the state before.
func TestARestoredMemoryLooksBeforeItActs(t *testing.T) {
	dir := remembered(t)
	file := backup(t, dir)
	db, err := try(t, dir, state.Apply)
	must(t, err)
	a, ctx := db.Account("family"), t.Context()
	must(t, a.Settle(ctx, "w2", state.Done, state.Effects{}))
	must(t, a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "new", ID: "N", Title: "New"}}}))
	must(t, a.Intend(ctx, state.Intent{ID: "w3", Key: "iceland", Kind: "add_enrichment", OpenedAt: at(20)}))
	must(t, a.Intend(ctx, state.Intent{ID: "w4", Key: "coming", Kind: "create_album", OpenedAt: at(21)}))
	must(t, a.Intend(ctx, state.Intent{ID: "w5", Key: "new", Kind: "add_items", OpenedAt: at(22)}))
	must(t, db.Lease(ctx, "2026-11-24", 100))
	must(t, db.Exec("INSERT INTO enrichments SELECT id, 'second', 'E2', 'Day two', 'text: Day two', 'first', '' FROM albums WHERE key = 'iceland'"))
	serial := view(t, a).Serial
	shut(t, db)

	r, err := restore(t, dir, file)
	must(t, err)
	if r.Unknown != nil || r.Doubts != 2 || r.Captions != 1 || r.Albums != len(fullView().Albums) || r.Kept == "" {
		t.Errorf("restored %+v", r)
	}
	db = open(t, dir, state.Apply)
	v := view(t, db.Account("family"))
	if v.Serial <= serial {
		t.Errorf("the serial goes back from %d to %d", serial, v.Serial)
	}
	for _, album := range v.Albums {
		if !album.ReadAt.IsZero() || album.Key == "new" {
			t.Errorf("%s was read at %v", album.Key, album.ReadAt)
		}
	}
	var doubts []string
	for _, i := range v.Intents {
		doubts = append(doubts, i.ID)
	}
	same(t, "open writes", []string{"w2", "w3", "w4"}, doubts)
	same(t, "members", fullView().Members, v.Members)
	card, err := db.Account("family").Card(ctx, "iceland")
	must(t, err)
	same(t, "captions", 2, len(card.Enrichments))
	used, err := db.Quota(ctx, "2026-11-24")
	must(t, err)
	same(t, "calls of the day", 105, used)
	d, err := db.Export(ctx)
	must(t, err)
	same(t, "uploads and approvals", 0, len(d.Accounts[0].Uploads)+len(d.Accounts[0].Approvals))
	verdict, err := db.Check(ctx)
	must(t, err)
	same(t, "the file", "ok", verdict)

	kept := t.TempDir()
	must(t, os.Rename(r.Kept, filepath.Join(kept, "state.db")))
	before, err := try(t, kept, state.ReadOnly)
	must(t, err)
	t.Cleanup(func() { shut(t, before) })
	same(t, "the state before", serial, view(t, before.Account("family")).Serial)
}

// A state that can't be read, or is not there, is no hindrance: that is what a
// backup is for. Nobody knows then what was written after it.
func TestABackupReplacesADamagedState(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"damaged": func(t *testing.T, dir string) { patch(t, dir, func(b []byte) []byte { clear(b[100:]); return b }) },
		"text":    func(t *testing.T, dir string) { patch(t, dir, func([]byte) []byte { return []byte("dear diary") }) },
		"newer": func(t *testing.T, dir string) {
			patch(t, dir, func(b []byte) []byte { binary.BigEndian.PutUint32(b[60:], 7); return b })
		},
		"gone": func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "state.db"))) },
		"only a log left": func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, "state.db"), filepath.Join(dir, "state.db-wal")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := remembered(t)
			file := backup(t, dir)
			spoil(t, dir)
			r, err := restore(t, dir, file)
			must(t, err)
			if r.Unknown == nil {
				t.Error("something was taken over")
			}
			db := open(t, dir, state.Apply)
			same(t, "members", fullView().Members, view(t, db.Account("family")).Members)
			verdict, err := db.Check(t.Context())
			must(t, err)
			same(t, "the file", "ok", verdict)
		})
	}
}

func TestABackupOfAnOlderSchemaIsBroughtForward(t *testing.T) {
	for version := 1; version <= state.SchemaVersion(); version++ {
		dir := t.TempDir()
		r, err := restore(t, dir, kept(version))
		must(t, err)
		same(t, "the schema of the backup", version, r.Schema)
		same(t, "members", fullView().Members, view(t, open(t, dir, state.ReadOnly).Account("family")).Members)
	}
}

// TestADocumentHoldsNoSecret though it holds all else (law 13).
func TestADocumentHoldsNoSecret(t *testing.T) {
	db := open(t, remembered(t), state.ReadOnly)
	d, err := db.Export(t.Context())
	must(t, err)
	text, err := json.Marshal(d)
	must(t, err)
	for _, want := range []string{`"formatVersion":1`, `"Day one"`, `"A waterfall"`, `"plan":"p1"`, `"key":"club"`, `"payload":{"a":1}`, `"size":5`, `"used":5`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the document", want)
		}
	}
	if strings.Contains(string(text), "planted") || strings.Contains(string(text), ":null") {
		t.Errorf("a secret or a null is in the document: %s", text)
	}
}

func TestACardShowsAllOfAnAlbum(t *testing.T) {
	db := open(t, remembered(t), state.ReadOnly)
	c, err := db.Account("family").Card(t.Context(), "iceland")
	must(t, err)
	v := fullView()
	if len(c.Members) != len(v.Members["iceland"]) || len(c.Intents) != 1 || len(c.Enrichments) != 1 || c.Share == nil || len(c.Removed) == 0 {
		t.Errorf("the card is %+v", c)
	}
	same(t, "last written", at(10).Truncate(time.Minute), c.Written)
	var unbound *state.UnboundError
	if _, err := db.Account("family").Card(t.Context(), "no"); !errors.As(err, &unbound) {
		t.Errorf("got %v, want an UnboundError", err)
	}
	i, err := db.Account("family").Inventory(t.Context())
	must(t, err)
	if len(i.Albums) != len(v.Albums) || i.Uploads != 1 || i.Sessions != 1 || i.Media != len(v.Media) || len(i.Intents) != 1 || len(i.Quarantine) != len(v.Quarantine) {
		t.Errorf("the inventory is %+v", i)
	}
}

// TestForgetDropsAllOfAnAlbum, and all of them or none.
func TestForgetDropsAllOfAnAlbum(t *testing.T) {
	db := open(t, remembered(t), state.Apply)
	a, ctx := db.Account("family"), t.Context()
	before := view(t, a)
	var unbound *state.UnboundError
	if err := a.Forget(ctx, "iceland", "no"); !errors.As(err, &unbound) {
		t.Errorf("got %v, want an UnboundError", err)
	}
	same(t, "after a key that nobody knows", before, view(t, a))
	must(t, a.Forget(ctx, "iceland"))
	d, err := db.Export(ctx)
	must(t, err)
	text, err := json.Marshal(d)
	must(t, err)
	if strings.Contains(string(text), `"key":"iceland"`) || strings.Contains(string(text), "Day one") {
		t.Errorf("something is left: %s", text)
	}
	same(t, "what the library holds", before.Media, view(t, a).Media)
}

// restoreForEver restores two backups in turn, and says which. It is meant to be
// killed.
func restoreForEver(dir string) error {
	for {
		for _, name := range []string{"one", "two"} {
			if _, err := state.Restore(context.Background(), state.Options{Dir: dir}, filepath.Join(dir, name)); err != nil {
				return err
			}
			fmt.Println("restored", name)
		}
	}
}

// A restore that is killed leaves the state of before or that of after, whole.
func TestAKilledRestoreLeavesAWholeState(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		from := bound(t)
		db, err := try(t, from, state.Apply)
		must(t, err)
		must(t, db.Account("family").Record(t.Context(), state.Effects{Titles: map[string]string{"iceland": name}, Insert: []state.Insert{{Key: "iceland", Members: many(500)}}}))
		must(t, db.Backup(t.Context(), filepath.Join(dir, name), false))
		shut(t, db)
	}
	for round := range 8 {
		cmd, lines := child(t, "restore", dir)
		for range 1 + round%3 {
			if !lines.Scan() || strings.HasPrefix(lines.Text(), "error") {
				t.Fatalf("the process ended: %s", lines.Text())
			}
		}
		kill(t, cmd)
		db, err := try(t, dir, state.Apply)
		must(t, err)
		v := view(t, db.Account("family"))
		verdict, err := db.Check(t.Context())
		must(t, err)
		if title := v.Albums[0].Title; verdict != "ok" || len(v.Members["iceland"]) != 500 || title != "one" && title != "two" {
			t.Errorf("round %d: %s, the album %q with %d members", round, verdict, title, len(v.Members["iceland"]))
		}
		shut(t, db)
	}
}

// A disk that is full takes neither half a backup nor half a restored state.
func TestAFullDiskTakesNoHalfCopy(t *testing.T) {
	dir, small := remembered(t), smallDisk(t, "64k")
	var full *state.FullError
	file := filepath.Join(small, "backup.db")
	if err := open(t, dir, state.ReadOnly).Backup(t.Context(), file, false); !errors.As(err, &full) || full.Path != file {
		t.Errorf("got %v, want a FullError of the backup", err)
	}
	same(t, "files of a backup", map[string]string{}, tree(t, small))
	if _, err := restore(t, small, backup(t, dir)); !errors.As(err, &full) {
		t.Errorf("got %v, want a FullError", err)
	}
	same(t, "files of a restored state", map[string]string{"lock": ""}, tree(t, small))
}
