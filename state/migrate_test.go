package state_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"albumen/state"
)

var update = flag.Bool("update", false, "keep a file of the present schema in testdata")

// kept is the file of a schema version as its albumen left it.
func kept(version int) string { return filepath.Join("testdata", fmt.Sprintf("v%d.db", version)) }

// Each schema that was ever released opens, and means what it meant.
func TestKeptFilesOfAllSchemasOpen(t *testing.T) {
	if *update {
		dir := t.TempDir()
		db, err := try(t, dir, state.Apply)
		must(t, err)
		rememberAll(t, db.Account("family"))
		must(t, db.Account("family").BindEndpoint(t.Context(), "google"))
		must(t, db.Account("family").PutFiles(t.Context(), []state.File{{Path: "/photos/a.jpg", Size: 5, ModTime: at(1), Inode: 7, Device: 8, Digest: sum(1), Taken: at(0), HashedAt: at(2)}}))
		must(t, db.Account("family").AddRun(t.Context(), state.Run{Command: "apply", Generation: "g1", Outcome: "done", StartedAt: at(1), EndedAt: at(2), Report: []byte("{}")}))
		must(t, db.Lease(t.Context(), "2026-11-24", 42))
		shut(t, db)
		data, err := os.ReadFile(filepath.Join(dir, "state.db"))
		must(t, err)
		must(t, os.WriteFile(kept(state.SchemaVersion()), data, 0o644))
	}
	for version := 1; version <= state.SchemaVersion(); version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			dir := t.TempDir()
			data, err := os.ReadFile(kept(version))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, "state.db"), data, 0o600))
			db := open(t, dir, state.Apply)
			a, ctx := db.Account("family"), t.Context()
			same(t, "the view", fullView(), view(t, a))
			endpoint, err := a.Endpoint(ctx)
			must(t, err)
			same(t, "the service", "google", endpoint)
			files, err := a.Files(ctx)
			must(t, err)
			same(t, "the files", map[string]state.File{"/photos/a.jpg": {Path: "/photos/a.jpg", Size: 5, ModTime: at(1), Inode: 7, Device: 8, Digest: sum(1), Taken: at(0), HashedAt: at(2)}}, files)
			runs, err := a.Runs(ctx, 0)
			must(t, err)
			same(t, "runs", 1, len(runs))
			used, err := db.Quota(ctx, "2026-11-24")
			must(t, err)
			same(t, "calls", 42, used)
			must(t, a.Settle(ctx, "w2", state.Done, state.Effects{}))
		})
	}
}

func TestStepsAreAppliedOnceAndInOrder(t *testing.T) {
	pool, err := state.OpenPool(newFile(t))
	must(t, err)
	defer pool.Close()
	steps := []string{"CREATE TABLE a (x INTEGER)", "INSERT INTO a VALUES (1)", "INSERT INTO a SELECT x + 1 FROM a"}
	ctx := t.Context()
	for n := 1; n <= len(steps); n++ {
		must(t, state.Migrate(ctx, pool, steps[:n]))
		must(t, state.Migrate(ctx, pool, steps[:n]))
	}
	var rows, version int
	must(t, pool.QueryRow("SELECT SUM(x) FROM a").Scan(&rows))
	must(t, pool.QueryRow("PRAGMA user_version").Scan(&version))
	same(t, "rows", 3, rows)
	same(t, "version", 3, version)
}

// A step that fails leaves the version before it, whole.
func TestAStepThatFailsChangesNothing(t *testing.T) {
	pool, err := state.OpenPool(newFile(t))
	must(t, err)
	defer pool.Close()
	steps := []string{"CREATE TABLE a (x INTEGER)", "INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (2)"}
	contains(t, state.Migrate(t.Context(), pool, steps), "version 2", "nowhere")
	var rows, version int
	must(t, pool.QueryRow("SELECT COUNT(*) FROM a").Scan(&rows))
	must(t, pool.QueryRow("PRAGMA user_version").Scan(&version))
	same(t, "rows", 0, rows)
	same(t, "version", 1, version)
}

func newFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.db")
	must(t, os.WriteFile(path, nil, 0o600))
	return path
}
