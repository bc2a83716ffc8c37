package state_test

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"albumen/state"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the second process of some tests.
func TestMain(m *testing.M) {
	switch os.Getenv("STATE_CHILD") {
	case "hold":
		exit(holdLock(os.Getenv("STATE_DIR")))
	case "work":
		exit(workForEver(os.Getenv("STATE_DIR")))
	case "restore":
		exit(restoreForEver(os.Getenv("STATE_DIR")))
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// holdLock applies until its standard input ends.
func holdLock(dir string) error {
	db, err := state.Open(context.Background(), state.Options{Dir: dir, Mode: state.Apply, Command: "albumen run"})
	if err != nil {
		return err
	}
	fmt.Println("holding")
	_, _ = os.Stdin.Read(make([]byte, 1))
	return db.Close()
}

// child starts the test binary as another process and gives its lines.
func child(t *testing.T, what, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STATE_CHILD="+what, "STATE_DIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

// try opens a state.
func try(t *testing.T, dir string, mode state.Mode) (*state.DB, error) {
	t.Helper()
	return state.Open(t.Context(), state.Options{Dir: dir, Mode: mode, Command: "albumen apply"})
}

// open opens a state that must open, and closes it at the end.
func open(t *testing.T, dir string, mode state.Mode) *state.DB {
	t.Helper()
	db, err := try(t, dir, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, db) })
	return db
}

func shut(t *testing.T, db *state.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// fresh is an account in a new state.
func fresh(t *testing.T) *state.Account {
	t.Helper()
	return open(t, t.TempDir(), state.Apply).Account("family")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, a *state.Account) state.View {
	t.Helper()
	v, err := a.View(t.Context())
	must(t, err)
	return v
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// at is a moment of the tests' day, with nanoseconds.
func at(minute int) time.Time {
	return time.Date(2026, 11, 24, 8, minute, 0, 123456789, time.UTC)
}

// sum is the digest of bytes named n.
func sum(n int) state.Digest { return state.Digest{byte(n), byte(n >> 8), 1} }

// items are the ids of members, in order.
func items(members []state.Member) []string {
	var ids []string
	for _, m := range members {
		ids = append(ids, m.ItemID)
	}
	return ids
}

// members are bare members of some ids, put in by us.
func members(ids ...string) []state.Member {
	var out []state.Member
	for _, id := range ids {
		out = append(out, state.Member{ItemID: id, Ours: true})
	}
	return out
}

// tree is a folder's files with their bytes; the lock file's text is left out.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		if e.Name() == "lock" {
			data = nil
		}
		files[e.Name()] = string(data)
	}
	return files
}

// sameTree says which files of a folder changed, without printing their bytes.
func sameTree(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, data := range after {
		if was, ok := before[name]; !ok {
			t.Errorf("%s came into being", name)
		} else if was != data {
			t.Errorf("%s changed", name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

// readOnly makes a folder one that can't be written to, until the test ends.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 && runtime.GOOS != "windows" {
		must(t, os.Chmod(dir, 0o500))
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		return
	}
	bindReadOnly(t, dir)
}

// contains reports a text without the parts that are wanted of it.
func contains(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", parts)
	}
	if i := slices.IndexFunc(parts, func(p string) bool { return !strings.Contains(err.Error(), p) }); i >= 0 {
		t.Errorf("the error %q does not say %q", err, parts[i])
	}
}

// kill ends a process as a power cut would.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	must(t, cmd.Process.Signal(syscall.SIGKILL))
	_ = cmd.Wait()
}

// fillUp writes a file until the disk is full, and leaves a little room, so that
// a write begins and can't end.
func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var size int64
	for {
		n, err := f.Write(make([]byte, 4096))
		size += int64(n)
		if err != nil {
			return f.Truncate(max(0, size-64<<10))
		}
	}
}

func remove(path string) error { return os.Remove(path) }

// infinite opens an interval below (bit 1), above (bit 2) or both.
func infinite(low, high float64, open int) (float64, float64) {
	if open&1 != 0 {
		low = math.Inf(-1)
	}
	if open&2 != 0 {
		high = math.Inf(1)
	}
	return low, high
}
