package reconcile_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"albumen/reconcile"
	"albumen/spec"
	"albumen/state"
)

// hashedAt asks for a file's digest, from memory if it can be had there, and
// reports whether the memory gained anything.
func hashedAt(t *testing.T, db *state.DB, path string) (d spec.Digest, anew bool) {
	t.Helper()
	ctx := context.Background()
	a := db.Account("default")
	before, err := a.Files(ctx)
	if err != nil {
		t.Fatal(err)
	}
	files, err := reconcile.OpenFiles(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := files.Of(ctx, path, info)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	after, err := a.Files(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return facts.Digest, !after[path].HashedAt.Equal(before[path].HashedAt)
}

// TestAFileIsHashedAgainOnlyWhenItMayHaveChanged: by its size, its time or its
// inode; and while it is so young that a change need not show in any of them.
func TestAFileIsHashedAgainOnlyWhenItMayHaveChanged(t *testing.T) {
	t.Parallel()
	db := openState(t, t.TempDir())
	defer func() { _ = db.Close() }()
	path := filepath.Join(t.TempDir(), "a.jpg")
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	step := func(name string, wantAnew bool) spec.Digest {
		t.Helper()
		d, anew := hashedAt(t, db, path)
		if anew != wantAnew {
			t.Errorf("%s: it is hashed again: %v, want %v", name, anew, wantAnew)
		}
		return d
	}
	write("one", old)
	first := step("a new file", true)
	step("nothing changed", false)
	write("one", old.Add(time.Second))
	if got := step("touched", true); got != first {
		t.Errorf("the same bytes have another digest")
	}
	write("longer", old.Add(time.Second))
	if got := step("another size", true); got == first {
		t.Errorf("other bytes have the same digest")
	}
	write("replac", old.Add(time.Second))
	other := filepath.Join(filepath.Dir(path), "other")
	if err := os.Rename(path, other); err != nil {
		t.Fatal(err)
	}
	write("REPLAC", old.Add(time.Second))
	step("another inode with the same size and time", true)
	write("young!", time.Now())
	step("a young file", true)
	step("a file that was hashed young", true)
}
