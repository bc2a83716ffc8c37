package clients

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// serial makes rclone write one thing at a time. Otherwise it has four transfers,
// of which Google refuses all but one, and waits a second or more.
const serial = "--transfers=1"

// rclone is the program with a remote "gp:" that is an emulated account.
type rclone struct {
	t testing.TB
	*account
	program string
	config  string
	env     []string
}

// openRclone serves a new account and leads rclone to it.
func openRclone(t testing.TB, opts emulator.Options) *rclone {
	t.Helper()
	program, err := exec.LookPath("rclone")
	if err != nil {
		t.Skip("rclone is not installed: `apt-get install rclone` lets this test run")
	}
	a := open(t, opts)
	p := lead(t, a)
	home := t.TempDir()
	write(t, filepath.Join(home, "ca.pem"), a.pem)
	r := &rclone{t: t, account: a, program: program, config: filepath.Join(home, "rclone.conf"), env: []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + home,
		"HTTPS_PROXY=" + p.url, "HTTP_PROXY=" + p.url,
		"RCLONE_CA_CERT=" + filepath.Join(home, "ca.pem"),
	}}
	r.configure(map[string]any{"access_token": anyToken, "token_type": "Bearer", "refresh_token": "refresh", "expiry": "2199-01-01T00:00:00Z"})
	return r
}

// configure gives the remote "gp:" a token.
func (r *rclone) configure(token map[string]any) {
	r.t.Helper()
	text, err := json.Marshal(token)
	if err != nil {
		r.t.Fatal(err)
	}
	client := emulator.DefaultOAuthClient()
	write(r.t, r.config, []byte("[gp]\ntype = google photos\nclient_id = "+client.ID+"\nclient_secret = "+client.Secret+"\ntoken = "+string(text)+"\n"))
}

// try runs a command and gives what it printed, and what it complained about.
func (r *rclone) try(args ...string) (stdout, stderr string, err error) {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), r.program, append([]string{"--config", r.config, "--retries=1", "--low-level-retries=1"}, args...)...)
	cmd.Env = r.env
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	return out.String(), complaints.String(), err
}

// run runs a command that must succeed, and gives the lines that it printed,
// sorted.
func (r *rclone) run(args ...string) []string {
	r.t.Helper()
	stdout, stderr, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("rclone %s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	return slices.Sorted(strings.FieldsFuncSeq(stdout, func(c rune) bool { return c == '\n' }))
}

// lists runs a command that must print these lines.
func (r *rclone) lists(want []string, args ...string) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.run(args...)); diff != "" {
		r.t.Errorf("rclone %s (-want +got):\n%s", strings.Join(args, " "), diff)
	}
}

// text is the file of a path below a folder.
func text(t testing.TB, path ...string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

func TestRcloneCopiesAFolderThereAndBack(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	dir := folder(t, "a.png", "Þingvellir 1.png")
	write(t, filepath.Join(dir, "film.mp4"), []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom and more"))
	sub := t.TempDir()
	write(t, filepath.Join(sub, "b.png"), picture(9))
	r.run("copy", serial, dir, "gp:album/Iceland")
	r.run("copy", serial, sub, "gp:album/Iceland/Day 1")
	r.lists([]string{"Iceland/"}, "lsf", "gp:album")
	r.lists([]string{"Day 1/", "a.png", "film.mp4", "Þingvellir 1.png"}, "lsf", "gp:album/Iceland")
	// An album in an album is one with a slash in its title.
	if diff := cmp.Diff([]string{"b.png"}, r.members(t, "Iceland/Day 1")); diff != "" {
		t.Errorf("the album in the album (-want +got):\n%s", diff)
	}
	back := t.TempDir()
	r.run("copy", "gp:album/Iceland", back)
	for _, name := range []string{"a.png", "film.mp4", "Þingvellir 1.png"} {
		if text(t, back, name) != text(t, dir, name) {
			t.Errorf("%s came back as another", name)
		}
	}
	if text(t, back, "Day 1", "b.png") != text(t, sub, "b.png") {
		t.Error("the file of the album in the album came back as another")
	}
	r.run("check", "--download", sub, "gp:album/Iceland/Day 1")
	for _, call := range r.calls("POST /v1/uploads") {
		if call.proto != "HTTP/2.0" || call.length != -1 {
			t.Errorf("an upload came over %s with length %d", call.proto, call.length)
		}
	}
}

func TestRcloneRepeatsNothing(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	dir := folder(t, "a.png", "b.png")
	r.run("copy", serial, dir, "gp:album/Twice")
	r.ResetStats()
	r.run("copy", serial, dir, "gp:album/Twice")
	if diff := cmp.Diff(map[string]int{"albums.list": 1, "mediaItems.search": 1}, r.Stats()); diff != "" {
		t.Errorf("calls of the second copy (-want +got):\n%s", diff)
	}
}

func TestRcloneFindsByDate(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	dir := t.TempDir()
	write(t, filepath.Join(dir, "june.jpg"), photograph(t, "2024:06:03 10:20:30"))
	write(t, filepath.Join(dir, "july.jpg"), photograph(t, "2024:07:01 10:20:30"))
	write(t, filepath.Join(dir, "undated.png"), picture(1))
	r.run("copy", serial, dir, "gp:upload")
	r.lists([]string{"july.jpg", "june.jpg", "undated.png"}, "lsf", "gp:media/all")
	r.lists([]string{"july.jpg", "june.jpg"}, "lsf", "gp:media/by-year/2024")
	r.lists([]string{"june.jpg"}, "lsf", "gp:media/by-month/2024/2024-06")
	r.lists([]string{"july.jpg"}, "lsf", "gp:media/by-day/2024/2024-07-01")
	r.lists(nil, "lsf", "gp:media/by-year/2023")
	r.lists(nil, "lsf", "gp:feature/favorites")
	r.lists([]string{"2024-06-03 10:20:30"}, "lsf", "--format=t", "gp:media/by-day/2024/2024-06-03")
}

func TestRcloneRemovesFromAnAlbumOnly(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	r.run("copy", serial, folder(t, "a.png", "b.png", "c.png", "d.png"), "gp:album/Some")
	r.run("deletefile", "gp:album/Some/b.png")
	r.run("delete", "--include=c.*", "gp:album/Some")
	r.run("sync", serial, folder(t, "a.png"), "gp:album/Some")
	if diff := cmp.Diff([]string{"a.png"}, r.members(t, "Some")); diff != "" {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
	r.lists([]string{"a.png", "b.png", "c.png", "d.png"}, "lsf", "gp:media/all")
}

func TestRcloneTellsItemsOfOneNameApart(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	for i := range 2 {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "same.png"), picture(i))
		r.run("copy", serial, dir, []string{"gp:album/First", "gp:album/Second"}[i])
	}
	// It does so by the id, which it finds by its length and its letters.
	names := r.run("lsf", "gp:media/all")
	if len(names) != 2 {
		t.Fatalf("the library is %q", names)
	}
	found := map[string]bool{}
	for _, name := range names {
		stdout, stderr, err := r.try("cat", "gp:media/all/"+name)
		if err != nil {
			t.Errorf("cat %s: %v\n%s", name, err, stderr)
		}
		found[stdout] = true
	}
	if !found[string(picture(0))] || !found[string(picture(1))] {
		t.Errorf("%q are not the two pictures", names)
	}
}

func TestRcloneReadsSizes(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	r.run("copy", serial, folder(t, "a.png"), "gp:album/One")
	size := strconv.Itoa(len(picture(0)))
	r.lists([]string{size}, "lsf", "--gphotos-read-size", "--format=s", "gp:album/One")
}

func TestRcloneMakesAlbumsButCannotDeleteThem(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	r.run("mkdir", "gp:album/Empty")
	r.lists([]string{"Empty/"}, "lsf", "gp:album")
	if _, stderr, err := r.try("rmdir", "gp:album/Empty"); err == nil || !strings.Contains(stderr, "does not implement deleting albums") {
		t.Errorf("rmdir: %v\n%s", err, stderr)
	}
}

func TestRcloneUnderstandsRefusals(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{VideoBytes: 1 << 20})
	dir, large := t.TempDir(), t.TempDir()
	write(t, filepath.Join(dir, "text.jpg"), []byte("This is no picture."))
	write(t, filepath.Join(large, "film.mp4"), film(8<<20))
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"shared albums went away", []string{"lsf", "gp:shared-album"},
			"Request had insufficient authentication scopes. (403 PERMISSION_DENIED)"},
		{"text is no picture", []string{"copy", dir, "gp:album/Bad"},
			"BAD_IMAGE: There was an error while trying to create this media item. (3)"},
		{"a video is too large, which is known before all of it is sent", []string{"copy", large, "gp:album/Bad"},
			"(413 413 Request Entity Too Large)"},
	} {
		if _, stderr, err := r.try(row.args...); err == nil || !strings.Contains(stderr, row.want) {
			t.Errorf("%s: %v\n%s", row.name, err, stderr)
		}
	}
}

func TestRcloneWaitsItsTurn(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{})
	if err := r.SetFaults([]emulator.Fault{{Method: "mediaItems.batchCreate", Kind: emulator.Throttle, Quota: "concurrent"}}); err != nil {
		t.Fatal(err)
	}
	r.run("copy", serial, "--low-level-retries=2", folder(t, "a.png"), "gp:album/One")
	if diff := cmp.Diff([]string{"a.png"}, r.members(t, "One")); diff != "" {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
}
