package state_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"albumen/state"

	"github.com/gofrs/flock"
)

// patch changes bytes of the closed file.
func patch(t *testing.T, dir string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, "state.db")
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, change(data), 0o600))
}

func TestANewerSchemaIsLeftAlone(t *testing.T) {
	dir := bound(t)
	patch(t, dir, func(b []byte) []byte {
		binary.BigEndian.PutUint32(b[60:], 7)
		return b
	})
	before := tree(t, dir)
	for _, mode := range []state.Mode{state.ReadOnly, state.Observe, state.Apply} {
		_, err := try(t, dir, mode)
		var newer *state.NewerSchemaError
		if !errors.As(err, &newer) || newer.Found != 7 || newer.Known != state.SchemaVersion() {
			t.Errorf("%v: got %v", mode, err)
		}
		contains(t, err, "version 7", "newer albumen", "backup")
		sameTree(t, before, tree(t, dir))
	}
}

// The version may still be in the log of a process that was killed.
func TestANewerSchemaInTheLogIsSeen(t *testing.T) {
	dir := bound(t)
	db := open(t, dir, state.Apply)
	must(t, db.Exec("PRAGMA user_version = 7"))
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(copied, os.DirFS(dir)))
	for _, mode := range []state.Mode{state.ReadOnly, state.Observe, state.Apply} {
		_, err := try(t, copied, mode)
		var newer *state.NewerSchemaError
		if !errors.As(err, &newer) {
			t.Errorf("%v: got %v", mode, err)
		}
	}
}

func TestAnOlderSchemaNeedsAWriter(t *testing.T) {
	dir := bound(t)
	patch(t, dir, func(b []byte) []byte {
		binary.BigEndian.PutUint32(b[60:], 0)
		return b
	})
	_, err := try(t, dir, state.ReadOnly)
	var older *state.OlderSchemaError
	if !errors.As(err, &older) {
		t.Fatalf("got %v", err)
	}
	contains(t, err, "version 0", "may write")
}

func TestAnOlderFileIsBroughtForward(t *testing.T) {
	for _, mode := range []state.Mode{state.Observe, state.Apply} {
		dir := t.TempDir()
		path := filepath.Join(dir, "state.db")
		must(t, os.WriteFile(path, nil, 0o600))
		pool, err := state.OpenPool(path)
		must(t, err)
		_, err = pool.Exec(fmt.Sprintf("PRAGMA application_id = %d", state.ApplicationID))
		must(t, errors.Join(err, pool.Close()))
		db := open(t, dir, mode)
		must(t, db.Lease(t.Context(), "2026-11-24", 1))
		view(t, open(t, dir, state.ReadOnly).Account("family"))
	}
}

// Whoever works on an older file keeps its lock, and the file must not change
// under him.
func TestAnOlderFileAtWorkIsNotBroughtForward(t *testing.T) {
	dir := bound(t)
	open(t, dir, state.Apply)
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(copied, os.DirFS(dir)))
	patch(t, copied, func(b []byte) []byte {
		binary.BigEndian.PutUint32(b[60:], 0)
		return b
	})
	lock := flock.New(filepath.Join(copied, "lock"))
	held, err := lock.TryLock()
	must(t, err)
	if !held {
		t.Fatal("the lock of a copy is held")
	}
	t.Cleanup(func() { _ = lock.Unlock() })
	before := tree(t, copied)
	synctest.Test(t, func(t *testing.T) {
		var locked *state.LockedError
		if _, err := try(t, copied, state.Observe); !errors.As(err, &locked) {
			t.Errorf("got %v, want a LockedError", err)
		}
	})
	sameTree(t, before, tree(t, copied))
}

func TestADamagedFileIsLeftAlone(t *testing.T) {
	cases := map[string]func([]byte) []byte{
		"empty":           func([]byte) []byte { return nil },
		"short":           func(b []byte) []byte { return b[:50] },
		"text":            func([]byte) []byte { return []byte(strings.Repeat("dear diary ", 1000)) },
		"one page":        func(b []byte) []byte { return b[:4096] },
		"half":            func(b []byte) []byte { return b[:len(b)/2/4096*4096] },
		"other program's": func(b []byte) []byte { binary.BigEndian.PutUint32(b[68:], 1); return b },
		"garbage inside": func(b []byte) []byte {
			for i := 100; i < len(b); i++ {
				b[i] = byte(i * 7)
			}
			return b
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			dir := bound(t)
			patch(t, dir, change)
			before := tree(t, dir)
			for _, mode := range []state.Mode{state.ReadOnly, state.Observe, state.Apply} {
				_, err := try(t, dir, mode)
				var damaged *state.DamagedError
				if !errors.As(err, &damaged) {
					t.Errorf("%v: got %v, want a DamagedError", mode, err)
				}
				contains(t, err, "state.db", "restore a backup")
				sameTree(t, before, tree(t, dir))
			}
		})
	}
}

// Opening reads little, so that deeper damage shows when its page is read.
func TestDamageShowsAtAnyQuery(t *testing.T) {
	dir := bound(t)
	db, err := try(t, dir, state.Apply)
	must(t, err)
	must(t, db.Account("family").Record(t.Context(), state.Effects{Insert: []state.Insert{{Key: "iceland", Members: many(200)}}}))
	shut(t, db)
	patch(t, dir, func(b []byte) []byte {
		at := strings.Index(string(b), "IMG_00199.JPG")
		page := at / 4096 * 4096
		clear(b[page : page+64])
		return b
	})
	db = open(t, dir, state.Apply)
	_, err = db.Account("family").View(t.Context())
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Errorf("reading: got %v, want a DamagedError", err)
	}
	err = db.Account("family").Record(t.Context(), state.Effects{Remove: []state.Remove{{Key: "iceland", Items: items(many(200)), By: state.ByUs}}})
	if !errors.As(err, &damaged) {
		t.Errorf("writing: got %v, want a DamagedError", err)
	}
}

// A value that this package never stores is damage, too, and no panic.
func TestAMalformedValueIsDamage(t *testing.T) {
	for _, change := range []string{
		"UPDATE media SET created_at = 'yesterday'",
		"UPDATE members SET digest = zeroblob(32); PRAGMA ignore_check_constraints = 1; UPDATE members SET digest = x'00'",
		"UPDATE albums SET seen_at = '2026-13-01T00:00:00Z'",
	} {
		db := open(t, t.TempDir(), state.Apply)
		rememberAll(t, db.Account("family"))
		must(t, db.Exec(change))
		_, err := db.Account("family").View(t.Context())
		var damaged *state.DamagedError
		if !errors.As(err, &damaged) {
			t.Errorf("%s: got %v, want a DamagedError", change, err)
		}
	}
}

func TestALogWithoutItsFileIsNotTakenOver(t *testing.T) {
	dir := bound(t)
	open(t, dir, state.Apply)
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, os.CopyFS(copied, os.DirFS(dir)))
	must(t, os.Remove(filepath.Join(copied, "state.db")))
	must(t, os.WriteFile(filepath.Join(copied, "state.db-wal"), []byte("frames"), 0o600))
	before := tree(t, copied)
	_, err := try(t, copied, state.Apply)
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Errorf("got %v, want a DamagedError", err)
	}
	sameTree(t, before, tree(t, copied))
}
