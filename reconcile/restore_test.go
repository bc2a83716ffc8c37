package reconcile_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/state"
)

// TestABackupOfAnyMomentDoublesNothing: a backup is taken at each write, after its
// intent and before its call. Whichever of them is restored in the end, in the
// place of the state or of a lost one, nothing is made twice, put back or taken
// out: what the memory does not know is looked at first.
func TestABackupOfAnyMomentDoublesNothing(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("lost %t", lost), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			backups := a.backedUp(func() {
				a.pictures("a", 1, 5)
				a.spec("albums:\n\tx: {title: X, adopt: {title: X}, cover: a/002.jpg, contents: [{files: a/*.jpg}]}\n\ty: {title: Y, adopt: {title: Y}, contents: [{files: a/001.jpg}]}\n")
				a.rest()
				a.pictures("a", 6, 7)
				a.picture("a/003.jpg", 33)
				a.remove("a/004.jpg")
				a.spec("safety: {maxRemovalPercent: 100}\nalbums:\n\tx: {title: X+, adopt: {title: X+}, cover: a/007.jpg, contents: [{files: a/*.jpg}]}\n\tz: {title: Z, adopt: {title: Z}, contents: [{files: a/001.jpg}, {files: a/007.jpg}]}\n")
				a.rest()
			})
			if len(backups) < 10 {
				t.Fatalf("only %d backups were taken", len(backups))
			}
			before := a.emu.World()
			for i, backup := range backups {
				if lost {
					a.forget()
				}
				if _, err := state.Restore(context.Background(), state.Options{Dir: a.state}, backup); err != nil {
					t.Fatal(err)
				}
				a.rest()
				if diff := cmp.Diff(before, a.emu.World()); diff != "" {
					t.Fatalf("world after the restore of backup %d (-before +after):\n%s", i, diff)
				}
			}
		})
	}
}

// backedUp takes a backup before each write call that f makes.
func (a *account) backedUp(f func()) []string {
	a.t.Helper()
	var files []string
	dir := a.t.TempDir()
	a.before = func(r *http.Request) {
		if !isWrite(r) {
			return
		}
		db, err := state.Open(context.Background(), state.Options{Dir: a.state, Mode: state.ReadOnly})
		if err != nil {
			a.t.Error(err)
			return
		}
		defer func() { _ = db.Close() }()
		files = append(files, filepath.Join(dir, fmt.Sprintf("%03d.db", len(files))))
		if err := db.Backup(context.Background(), files[len(files)-1], false); err != nil {
			a.t.Error(err)
		}
	}
	f()
	a.before = nil
	return files
}
