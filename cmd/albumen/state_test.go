package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
	"albumen/state"
)

// user is a person with a folder of pictures, a state folder and the emulated
// account in it.
type user struct {
	t    *testing.T
	dir  string // of pictures and the spec
	home string // of the state
	spec string
}

func newUser(t *testing.T) *user {
	t.Helper()
	u := &user{t: t, dir: t.TempDir(), home: t.TempDir()}
	u.spec = filepath.Join(u.dir, "albumen.yaml")
	return u
}

func (u *user) pictures(dir string, from, to int) {
	u.t.Helper()
	for n := from; n <= to; n++ {
		if err := picture(filepath.Join(u.dir, dir, fmt.Sprintf("%02d.jpg", n)), n); err != nil {
			u.t.Fatal(err)
		}
	}
}

func (u *user) wants(albums string) {
	u.t.Helper()
	if err := os.WriteFile(u.spec, []byte("version: 1\nalbums:\n"+albums), 0o644); err != nil {
		u.t.Fatal(err)
	}
}

// must runs a command on the emulated account that must end with a code, and
// gives what it wrote.
func (u *user) must(code int, args ...string) string {
	u.t.Helper()
	args = append(args, "--emulator", "--state-dir", u.home)
	got, stdout, stderr := command(u.t, args...)
	if got != code {
		u.t.Fatalf("%q exits with %d, want %d:\n%s%s", args, got, code, stdout, stderr)
	}
	return stdout + stderr
}

func (u *user) apply(code int) string {
	u.t.Helper()
	return u.must(code, "apply", "--yes", "-f", u.spec)
}

// world is the emulated account in a few lines: each album with its items in
// order, and the size of the library.
func (u *user) world() []string {
	u.t.Helper()
	e, err := emulator.Open(emulator.Options{Dir: filepath.Join(u.home, "emulator", "world")})
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	w := e.World()
	out := []string{fmt.Sprintf("%d items", len(w.Items))}
	for _, a := range w.Albums {
		out = append(out, fmt.Sprintf("%s %v", a.Title, w.FileNames(a)))
	}
	return out
}

func (u *user) rest() {
	u.t.Helper()
	u.apply(exitDone)
	if out := u.must(exitDone, "plan", "--detailed-exitcode", "-f", u.spec); !strings.HasPrefix(out, "nothing to do") {
		u.t.Errorf("no rest: %s", out)
	}
}

// TestARestoredBackupDoublesNothing: an older memory looks at the account before
// it writes. Pictures and albums that it does not know are found by their bytes
// and their titles.
func TestARestoredBackupDoublesNothing(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.pictures("a", 1, 6)
	u.wants("  a: {title: A, contents: [{files: a/*.jpg}]}\n")
	u.rest()
	backup := filepath.Join(t.TempDir(), "memory.db")
	u.must(exitDone, "state", "backup", backup)

	u.pictures("a", 7, 9)
	u.pictures("b", 11, 13)
	for _, gone := range []string{"01.jpg", "02.jpg"} {
		if err := os.Remove(filepath.Join(u.dir, "a", gone)); err != nil {
			t.Fatal(err)
		}
	}
	u.wants("  a: {title: A+, cover: a/08.jpg, contents: [{files: a/*.jpg}]}\n  b: {title: B, contents: [{files: b/*.jpg}, {files: a/03.jpg}]}\n")
	u.rest()
	before := u.world()

	u.must(exitDone, "state", "restore", backup)
	if out := u.apply(exitInPart); !strings.Contains(out, `a live album that albumen did not bind is called "B"`) || !strings.Contains(out, "adopt: {title:") {
		t.Errorf("the plan does not say how to go on:\n%s", out)
	}
	if diff := cmp.Diff(before, u.world()); diff != "" {
		t.Errorf("world after the apply (-before +after):\n%s", diff)
	}
	u.wants("  a: {title: A+, cover: a/08.jpg, contents: [{files: a/*.jpg}]}\n  b: {title: B, adopt: {title: B}, contents: [{files: b/*.jpg}, {files: a/03.jpg}]}\n")
	u.rest()
	if diff := cmp.Diff(before, u.world()); diff != "" {
		t.Errorf("world after the adoption (-before +after):\n%s", diff)
	}
}

// TestALostStateIsFoundAgain, by the titles of albums or by their ids, and by the
// bytes of their pictures: no album and no item is made twice.
func TestALostStateIsFoundAgain(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"title", "id"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.pictures("a", 1, 5)
			u.pictures("b", 11, 12)
			u.wants("  a: {title: A, contents: [{files: a/*.jpg}]}\n  b: {title: B, contents: [{files: b/*.jpg}, {files: a/01.jpg}]}\n")
			u.rest()
			before, adopt := u.world(), map[string]string{"a": "title: A", "b": "title: B"}
			if how == "id" {
				var list listing
				if err := json.Unmarshal([]byte(u.must(exitDone, "state", "list", "-o", "json")), &list); err != nil {
					t.Fatal(err)
				}
				for _, l := range list.Accounts[0].Albums {
					adopt[l.Key] = "id: " + l.Album
				}
			}
			for _, name := range []string{"state.db", "state.db-wal", "state.db-shm"} {
				if err := os.Remove(filepath.Join(u.home, "emulator", name)); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			if out := u.apply(exitInPart); strings.Count(out, "title_taken") != 2 || !strings.Contains(out, `adopt it with`) {
				t.Errorf("without adoption:\n%s", out)
			}
			if diff := cmp.Diff(before, u.world()); diff != "" {
				t.Errorf("world without adoption (-before +after):\n%s", diff)
			}
			u.wants(fmt.Sprintf("  a: {title: A, adopt: {%s}, contents: [{files: a/*.jpg}]}\n  b: {title: B, adopt: {%s}, contents: [{files: b/*.jpg}, {files: a/01.jpg}]}\n", adopt["a"], adopt["b"]))
			u.rest()
			if diff := cmp.Diff(before, u.world()); diff != "" {
				t.Errorf("world after adoption (-before +after):\n%s", diff)
			}
			if out := u.must(exitDone, "state", "show", "b"); !strings.Contains(out, "3 members") || strings.Contains(out, "foreign") {
				t.Errorf("what is known of b:\n%s", out)
			}
		})
	}
}

// TestAnAlbumThatSomebodyDeletedIsForgotten at a word, and made anew then, while
// one that lives is left as it is.
func TestAnAlbumThatSomebodyDeletedIsForgotten(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.pictures("a", 1, 2)
	u.wants("  a: {title: A, contents: [{files: a/*.jpg}]}\n  b: {title: B, contents: [{files: a/01.jpg}]}\n")
	u.rest()
	before := u.world()
	e, err := emulator.Open(emulator.Options{Dir: filepath.Join(u.home, "emulator", "world")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Act(emulator.Action{Do: emulator.DeleteAlbum, Album: "B"})
	if err := errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
	u.must(exitDone, "apply", "--yes", "-f", u.spec)
	if out := u.must(exitDone, "state", "list"); !regexp.MustCompile(`(?m)^  b .* gone \d{4}-.*$`).MatchString(out) {
		t.Errorf("the list does not show that b is gone:\n%s", out)
	}
	if out := u.must(exitDone, "state", "forget", "--all-gone", "--yes"); !strings.HasPrefix(out, "b: the album \"B\" with 1 item; somebody deleted it\n1 album is forgotten.") {
		t.Errorf("forget says:\n%s", out)
	}
	u.rest()
	if diff := cmp.Diff(before, u.world()); diff != "" {
		t.Errorf("world (-before +after):\n%s", diff)
	}
}

// TestTheMemoryTellsNoSecret: no command on the state prints an upload token, the
// address of an upload session or the hash of a share token (law 13).
func TestTheMemoryTellsNoSecret(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.pictures("a", 1, 2)
	u.wants("  a: {title: A, contents: [{files: a/*.jpg}]}\n")
	u.rest()
	db, err := state.Open(t.Context(), state.Options{Dir: filepath.Join(u.home, "emulator"), Mode: state.Apply})
	if err != nil {
		t.Fatal(err)
	}
	account := db.Account("default")
	for _, err := range []error{
		account.PutUpload(t.Context(), state.Upload{Digest: state.Digest{1}, Token: "planted-upload-token", Size: 1, CreatedAt: time.Now()}),
		account.PutSession(t.Context(), state.Session{Digest: state.Digest{2}, URL: "https://planted-session.example", Granularity: 1, CreatedAt: time.Now()}),
		db.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	backup := filepath.Join(t.TempDir(), "memory.db")
	var said bytes.Buffer
	for _, args := range [][]string{
		{"state", "list"}, {"state", "show", "a"}, {"state", "export"}, {"state", "backup", backup},
		{"state", "restore", backup}, {"state", "forget", "a", "--yes"}, {"state", "list"},
	} {
		more := []string{"--log-level", "debug"}
		if args[1] != "export" && args[1] != "backup" {
			said.WriteString(u.must(exitDone, append(append([]string{}, args[:2]...), "--help")...))
		}
		if args[1] == "list" || args[1] == "show" {
			said.WriteString(u.must(exitDone, append(append(args, more...), "-o", "json")...))
		}
		said.WriteString(u.must(exitDone, append(args, more...)...))
	}
	if !strings.Contains(said.String(), "1 upload wait") || strings.Contains(said.String(), "planted") {
		t.Errorf("a secret is told, or nothing is:\n%s", &said)
	}
}

// TestEveryErrorOfTheStateHasItsRemedy, and each is brought about as it comes
// about.
func TestEveryErrorOfTheStateHasItsRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, says, remedy string
		spoil              func(t *testing.T, u *user, dir string)
		args               []string
	}{
		{"locked", "is in use by", "wait for it to end, or stop it", func(t *testing.T, _ *user, dir string) {
			db, err := state.Open(t.Context(), state.Options{Dir: dir, Mode: state.Apply, Command: "albumen run"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
		}, []string{"state", "forget", "a", "--yes"}},
		{"newer", "schema version 99", "go back: albumen state restore FILE", func(t *testing.T, _ *user, dir string) { setVersion(t, dir, 99) }, []string{"apply", "--yes"}},
		{"older", "schema version 1", "run albumen plan or albumen apply once", func(t *testing.T, _ *user, dir string) {
			old, err := os.ReadFile(filepath.Join("..", "..", "state", "testdata", "v1.db"))
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, dir, old)
		}, []string{"status"}},
		{"damaged", "is damaged", "albumen state restore FILE", func(t *testing.T, _ *user, dir string) { overwrite(t, dir, []byte("dear diary")) }, []string{"apply", "--yes"}},
		{"full", "no space left", "free some space", func(t *testing.T, _ *user, dir string) {
			fill(t, filepath.Join(dir, "lock"))
		}, []string{"apply", "--yes"}},
		{"nothing there", "nothing is remembered yet", "--state-dir", func(t *testing.T, u *user, _ string) { u.home = t.TempDir() }, []string{"state", "forget", "a", "--yes"}},
		{"busy", "keeps the state", "wait for the other albumen to end", func(t *testing.T, u *user, dir string) {
			u.must(exitDone, "state", "backup", filepath.Join(u.dir, "memory.db"))
			db, err := state.Open(t.Context(), state.Options{Dir: dir, Mode: state.Observe})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			if _, err := db.Accounts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, []string{"state", "restore", "memory.db"}},
		{"unbound", `no album is bound to "b"`, "albumen state list shows the keys", func(*testing.T, *user, string) {}, []string{"state", "show", "b"}},
		{"busy name", "file already exists", "--force", func(*testing.T, *user, string) {}, []string{"state", "backup", os.Args[0]}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u := newUser(t)
			u.pictures("a", 1, 1)
			u.wants("  a: {title: A, contents: [{files: a/*.jpg}]}\n")
			u.rest()
			c.spoil(t, u, filepath.Join(u.home, "emulator"))
			args := c.args
			switch {
			case args[0] == "apply":
				args = append(args, "-f", u.spec)
			case len(args) > 1 && args[1] == "restore":
				args = []string{"state", "restore", filepath.Join(u.dir, args[2])}
			}
			if out := u.must(exitFailed, args...); !strings.Contains(out, c.says) || !strings.Contains(out, c.remedy) {
				t.Errorf("%q says neither %q nor %q:\n%s", args, c.says, c.remedy, out)
			}
		})
	}
}

// TestAnotherServiceIsRefusedWithItsRemedy: what is remembered of one service is
// nonsense on another. So is a folder in which nothing can be remembered.
func TestAnotherServiceIsRefusedWithItsRemedy(t *testing.T) {
	t.Setenv("ALBUMEN_TOKEN", "some-token")
	u := newUser(t)
	u.wants("  a: {title: A}\n")
	serve := func() string {
		e, err := emulator.Open(emulator.Options{WritesPerMinute: -1})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(e)
		t.Cleanup(func() {
			server.Close()
			_ = e.Close()
		})
		return server.URL
	}
	apply := []string{"apply", "--yes", "--state-dir", u.home, "-f", u.spec, "--endpoint"}
	if code, _, stderr := command(t, append(apply, serve())...); code != exitDone {
		t.Fatal(stderr)
	}
	code, _, stderr := command(t, append(apply, serve())...)
	if code != exitFailed || !regexp.MustCompile(`is about http\S+, not http(?s:.*)leave --endpoint and --emulator as they were`).MatchString(stderr) {
		t.Errorf("another service: exit %d\n%s", code, stderr)
	}
	if runtime.GOOS != "linux" {
		t.Skip("there is no folder in which not even root can write")
	}
	code, _, stderr = command(t, "apply", "--yes", "--state-dir", "/sys/albumen", "-f", u.spec, "--endpoint", serve())
	if code != exitFailed || !regexp.MustCompile(`can't be written to(?s:.*)choose another folder with --state-dir`).MatchString(stderr) {
		t.Errorf("a folder that can't be written to: exit %d\n%s", code, stderr)
	}
}

func setVersion(t *testing.T, dir string, version uint32) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(data[60:], version)
	overwrite(t, dir, data)
}

func overwrite(t *testing.T, dir string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "state.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// fill lets a file of the state folder be one that takes no byte, as on a full
// disk.
func fill(t *testing.T, path string) {
	t.Helper()
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skipf("there is no %s here", full)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(full, path); err != nil {
		t.Fatal(err)
	}
}
