package spec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pictures are files of every kind that a glob may or may not mean.
var pictures = []string{
	"a/1.jpg", "a/2.JPG", "a/3.png", "a/deep/er/4.jpg", "a/with blank.jpg", "a/Grüße.jpg", "a/🌋.jpg", "a/line\nbreak.jpg", "a/[1].jpg", "a/12:30.jpg",
	"b/1.jpg", "b/day1/2.jpg", "b/day2/3.heic", "b/day10/4.mp4",
	// What is not the user's:
	"a/._1.jpg", "a/.hidden.jpg", "a/.git/x.jpg", "a/@eaDir/1.jpg", "a/Thumbs.db", "a/desktop.ini", "a/.DS_Store", "a/.AppleDouble/1.jpg", "a/#recycle/x.jpg", "a/lost+found/x.jpg",
}

// TestFiles: which files a source means, in which order.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		want   []string
	}{
		{`{files: a/1.jpg}`, []string{"a/1.jpg"}},
		{`{files: ./a/../a//1.jpg}`, []string{"a/1.jpg"}},
		{`{files: "a/*.jpg"}`, []string{"a/1.jpg", "a/12:30.jpg", "a/[1].jpg", "a/Grüße.jpg", "a/line\nbreak.jpg", "a/with blank.jpg", "a/🌋.jpg"}},
		{`{files: "a/*.{jpg,JPG,png}", exclude: ["a/*[!0-9].jpg", "a/*:*"]}`, []string{"a/1.jpg", "a/2.JPG", "a/3.png"}},
		{`{files: "a/**/*.jpg", exclude: "a/*.jpg"}`, []string{"a/deep/er/4.jpg"}},
		{`{files: "**/4.*"}`, []string{"a/deep/er/4.jpg", "b/day10/4.mp4"}},
		{`{files: "b/**"}`, []string{"b/1.jpg", "b/day1/2.jpg", "b/day2/3.heic", "b/day10/4.mp4"}},
		{`{files: "b/day*/*"}`, []string{"b/day1/2.jpg", "b/day2/3.heic", "b/day10/4.mp4"}},
		{`{files: "b/day[12]/*"}`, []string{"b/day1/2.jpg", "b/day2/3.heic"}},
		{`{files: "b/{day1,day2/**}/*"}`, []string{"b/day1/2.jpg", "b/day2/3.heic"}},
		{`{files: "{a/3,b/1}.{png,jpg}"}`, []string{"a/3.png", "b/1.jpg"}},
		{`{files: ["b/1.jpg", "a/1.jpg", "*/1.jpg"]}`, []string{"a/1.jpg", "b/1.jpg"}},
		{`{files: 'a/\[1\].jpg'}`, []string{"a/[1].jpg"}},
		{`{files: "a/?.jpg"}`, []string{"a/1.jpg", "a/🌋.jpg"}},
		{`{files: "a/with blank.jpg"}`, []string{"a/with blank.jpg"}},
		{`{files: "a/line\nbreak.jpg"}`, []string{"a/line\nbreak.jpg"}},
		{`{files: "./a/12:30.jpg"}`, []string{"a/12:30.jpg"}},
		{`{files: "a/.hidden.jpg"}`, []string{"a/.hidden.jpg"}},
		{`{files: "a/.*.jpg"}`, []string{"a/._1.jpg", "a/.hidden.jpg"}},
		{`{files: "a/.git/*.jpg"}`, []string{"a/.git/x.jpg"}},
		{`{files: "a/@eaDir/*"}`, []string{"a/@eaDir/1.jpg"}},
		{`{files: "*/@eaDir/*"}`, []string{"a/@eaDir/1.jpg"}},
		{`{files: "**/.git/*"}`, []string{"a/.git/x.jpg"}},
		{`{files: "pics:day1/*"}`, []string{"pics:day1/2.jpg"}},
		{`{files: ["pics:**/*", "a/1.jpg"], exclude: ["**/*.mp4", "pics:1.jpg"]}`, []string{"a/1.jpg", "pics:day1/2.jpg", "pics:day2/3.heic"}},
		{`{files: "pics:*/*", exclude: "day1/*"}`, []string{"pics:day2/3.heic", "pics:day10/4.mp4"}},
	} {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.files(pictures...)
			w.spec("version: 1\nroots: {pics: ./b}\nalbums:\n  a: {title: A, contents: [" + c.source + "]}\n")
			got, problems := w.labels()
			if diff := cmp.Diff(c.want, got); diff != "" || len(problems) > 0 {
				t.Errorf("files (-want +got):\n%s%q", diff, problems)
			}
			if found := w.check(); len(found) > 0 {
				t.Errorf("check finds %q", found)
			}
		})
	}
}

// TestNothingThere: what can't be found is a problem of its album with its place
// and a hint, and never an empty list (law 9). Check tells the same.
func TestNothingThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"no match": {`{files: "a/*.gif"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: a/*.gif matches nothing; the folder holds *.JPG, *.jpg, *.png"},
		"other case": {`{files: "a/3.PNG"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the file a/3.PNG can't be read: no such file or directory; did you mean a/3.png?"},
		"other case of a glob": {`{files: "a/*.PNG"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: a/*.PNG matches nothing; did you mean a/*.png?"},
		"other ending": {`{files: "a/*.jpeg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: a/*.jpeg matches nothing; did you mean a/*.jpg?"},
		"misspelt": {`{files: a/Grusse.jpg}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the file a/Grusse.jpg can't be read: no such file or directory; did you mean a/Grüße.jpg?"},
		"no folder": {`{files: "bb/day1/*.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the folder bb/day1 can't be read: no such file or directory; did you mean b?"},
		"no inner folder": {`{files: "b/dya1/2.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the folder b/dya1 can't be read: no such file or directory; did you mean b/day1?"},
		"no folder by glob": {`{files: "b/dya?/2.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: b/dya?/2.jpg matches nothing; nothing in the album is touched until it can be read"},
		"a folder": {`{files: b/day1}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: b/day1 is a folder; did you mean b/day1/*?"},
		"a file as folder": {`{files: "a/1.jpg/*.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the folder a/1.jpg can't be read: not a directory; nothing in the album is touched until it can be read"},
		"all excluded": {`{files: "a/*.png", exclude: "a/3.*"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: exclude leaves no file over; nothing in the album is touched until it can be read"},
		"one of two": {`{files: ["a/1.jpg", "a/5.jpg"]}`,
			"albumen.yaml:6:36: albums.a.contents[0].files[1]: the file a/5.jpg can't be read: no such file or directory; did you mean a/1.jpg?"},
		"no root folder": {`{files: "gone:*.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the folder gone: (ROOT/nowhere) can't be read: no such file or directory; nothing in the album is touched until it can be read"},
		"no file in no root": {`{files: "gone:x.jpg"}`,
			"albumen.yaml:6:24: albums.a.contents[0].files: the folder gone: (ROOT/nowhere) can't be read: no such file or directory; nothing in the album is touched until it can be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.files(pictures...)
			w.spec("version: 1\nroots: {gone: nowhere}\nalbums:\n  a:\n    title: A\n    contents: [" + c.source + "]\n")
			_, problems := w.labels()
			want := strings.ReplaceAll(c.want, "ROOT", w.dir)
			if diff := cmp.Diff([]string{want}, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			found := w.check()
			place, _, _ := strings.Cut(c.want, ": ")
			if !slices.ContainsFunc(found, func(e string) bool { return strings.HasPrefix(e, place) }) {
				t.Errorf("check finds %q", found)
			}
			gone := slices.ContainsFunc(found, func(e string) bool {
				return e == "albumen.yaml:2:9: roots.gone: the folder "+w.dir+"/nowhere can't be read: no such file or directory"
			})
			if !gone || len(found) != 2 {
				t.Errorf("check does not find the missing root: %q", found)
			}
		})
	}
}

// TestOneFailureStopsOneAlbum: an album with a source that can't be read is known
// to be so, and the others are as ever (law 10).
func TestOneFailureStopsOneAlbum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files(pictures...)
	w.spec(`
version: 1
albums:
  a: {title: A, contents: [{files: "gone/*.jpg"}, {files: "a/?.jpg"}]}
  b: {title: B, contents: [{files: "b/*.jpg"}]}
  c: {title: C, contents: []}
`)
	d := w.resolve("")
	var got []int
	for _, a := range d.Albums {
		got = append(got, len(a.Unavailable), len(a.Members))
	}
	if diff := cmp.Diff([]int{1, 2, 0, 1, 0, 0}, got); diff != "" {
		t.Errorf("problems and members of a, b, c (-want +got):\n%s", diff)
	}
}

// TestUnreadableFolder: a folder that can't be read fails each glob that goes
// through it, and no other.
func TestUnreadableFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("nothing is unreadable for root")
	}
	w := newWorld(t)
	w.files("a/1.jpg", "a/closed/2.jpg", "a/blind/3.jpg", "b/1.jpg")
	w.file("b/closed.jpg", "x")
	for name, mode := range map[string]fs.FileMode{"a/closed": 0, "a/blind": 0o600, "b/closed.jpg": 0} {
		name = filepath.Join(w.dir, name)
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(name, 0o755) })
	}
	w.spec(`
version: 1
albums:
  a: {title: A, contents: [{files: "a/**/*.jpg"}]}
  b: {title: B, contents: [{files: "a/*.jpg"}]}
  c: {title: C, contents: [{files: "**/1.jpg"}]}
  d: {title: D, contents: [{files: "a/closed/2.jpg"}]}
  e: {title: E, contents: [{files: "a/{cl,x}*/2.jpg"}]}
  f: {title: F, contents: [{files: "b/*.jpg"}]}
`)
	got := map[Key]string{}
	for _, a := range w.resolve("").Albums {
		for _, p := range a.Unavailable {
			got[a.Key] += p.Message
		}
		for _, m := range a.Members {
			if m.Refused != "" {
				got[a.Key] += m.Label + ": " + m.Refused
				if !m.Unreadable || !m.Digest.IsZero() {
					t.Errorf("%s is not called unreadable: %+v", m.Label, m)
				}
			}
		}
	}
	want := map[Key]string{
		"a": "the folder a/blind can't be read: permission denied",
		"c": "the folder a/blind can't be read: permission denied",
		"d": "the file a/closed/2.jpg can't be read: permission denied",
		"e": "the folder a/closed can't be read: permission denied",
		"f": "b/closed.jpg: it can't be read: permission denied",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestVanishing: what is there at one pass may be gone at the next.
func TestVanishing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("mount/day1/1.jpg", "mount/day1/2.jpg")
	w.spec("version: 1\nroots: {nas: mount}\nalbums: {a: {title: A, contents: [{files: \"nas:day1/*.jpg\"}]}}\n")
	if got, problems := w.labels(); len(got) != 2 || problems != nil {
		t.Fatalf("%q, %q", got, problems)
	}
	for what, change := range map[string]func() error{
		"emptied":   func() error { return os.RemoveAll(filepath.Join(w.dir, "mount/day1")) },
		"unmounted": func() error { return os.RemoveAll(filepath.Join(w.dir, "mount")) },
		"a file":    func() error { return os.WriteFile(filepath.Join(w.dir, "mount"), nil, 0o644) },
	} {
		if err := os.RemoveAll(filepath.Join(w.dir, "mount")); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(w.dir, "mount/day1"), 0o755); err != nil {
			t.Fatal(err)
		}
		if what == "a file" {
			if err := os.RemoveAll(filepath.Join(w.dir, "mount")); err != nil {
				t.Fatal(err)
			}
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if got, problems := w.labels(); len(got) != 0 || len(problems) != 1 {
			t.Errorf("%s: %q, %q", what, got, problems)
		}
	}
}

// TestLinks: a link is followed as long as it stays in its root.
func TestLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outside := t.TempDir()
	write(t, outside, "secret.jpg", "secret")
	write(t, outside, "pictures/x.jpg", "x")
	w.files("a/real.jpg", "b/other.jpg", "b/sub/more.jpg")
	w.link("real.jpg", "a/to-file.jpg")
	w.link("../b/other.jpg", "a/to-neighbour.jpg")
	w.link("to-file.jpg", "a/to-link.jpg")
	w.link("../b", "a/to-folder")
	w.link("../b", "a/named-like-a-file.jpg")
	w.link("..", "a/up")
	w.link("nowhere.jpg", "a/dangling.jpg")
	w.link("circle.jpg", "a/circle.jpg")
	w.link(filepath.Join(outside, "secret.jpg"), "a/out.jpg")
	w.link("../../../../../../../../../../../etc/passwd", "a/up-and-out.jpg")
	w.link(filepath.Join(outside, "pictures"), "c/out")
	w.link("../a", "c/in")
	w.spec(`
version: 1
roots: {sub: a}
albums:
  glob: {title: Glob, contents: [{files: "a/**/*.jpg"}]}
  in: {title: In, contents: [{files: "c/in/r*.jpg"}]}
  narrow: {title: Narrow, contents: [{files: "sub:to-*.jpg"}]}
  one: {title: One, contents: [{files: a/out.jpg}]}
  out: {title: Out, contents: [{files: "c/out/*.jpg"}]}
  star: {title: Star, contents: [{files: "c/*/x.jpg"}]}
  through: {title: Through, contents: [{files: c/out/x.jpg}]}
`)
	got := map[string]string{}
	for _, a := range w.resolve("").Albums {
		for _, p := range a.Unavailable {
			got[string(a.Key)] = p.Message
		}
		for _, m := range a.Members {
			got[string(a.Key)+" "+m.Label] = m.Refused
			if (m.Refused != "") != m.Unreadable || m.Unreadable != m.Digest.IsZero() {
				t.Errorf("%s: %+v", m.Label, m)
			}
		}
	}
	const out, file = "it links out of its root, and nothing is read there", "it links to a file that is not there"
	want := map[string]string{
		"glob a/real.jpg": "", "glob a/to-neighbour.jpg": "",
		"glob a/dangling.jpg": file, "glob a/circle.jpg": "it links in a circle", "glob a/out.jpg": out, "glob a/up-and-out.jpg": out,
		"in c/in/real.jpg":       "",
		"narrow sub:to-file.jpg": "", "narrow sub:to-neighbour.jpg": out,
		"one a/out.jpg": out,
		"out":           "the folder c/out is a link out of its root, and nothing is read there",
		"star":          "c/*/x.jpg matches nothing",
		"through":       "the file c/out/x.jpg lies behind a link out of its root, and nothing is read there",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members and problems (-want +got):\n%s", diff)
	}
	for path := range w.asked {
		if base := filepath.Base(path); strings.Contains(base, "out") || strings.HasPrefix(path, outside) {
			t.Errorf("%s was read", path)
		}
	}
}

// TestRefused: what Google would not take is a member that says why, and is not
// read.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("ü", 252) + ".jpg"
	w.files("a/fine.jpg", "a/fine.MOV", "a/fine.Cr2", "a/text.txt", "a/noending", "a/latin\xfc.jpg", "lat\xefn/x.jpg")
	w.file("a/empty.jpg", "")
	sparse := func(name string, size int64) {
		w.file(name, "x")
		if err := os.Truncate(filepath.Join(w.dir, name), size); err != nil {
			t.Skipf("no file of %d bytes can be made here: %v", size, err)
		}
	}
	sparse("a/large.jpg", 200<<20+1)
	sparse("a/large.mp4", 20<<30+1)
	if err := syscall.Mkfifo(filepath.Join(w.dir, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.spec("version: 1\nalbums: {a: {title: A, contents: [{files: [\"**\"], exclude: [\"*.yaml\"]}, {files: pipe.jpg}]}}\n")
	got := map[string]string{}
	for _, m := range w.resolve("").Albums[0].Members {
		got[m.Label] = m.Refused
		if m.Refused != "" && !m.Digest.IsZero() {
			t.Errorf("%s is refused and has a digest", m.Label)
		}
		if m.Unreadable {
			t.Errorf("%s is called unreadable", m.Label)
		}
		if m.Refused != "" && w.asked[m.File] > 0 {
			t.Errorf("%s is refused and was read", m.Label)
		}
	}
	want := map[string]string{
		"a/fine.jpg": "", "a/fine.MOV": "", "a/fine.Cr2": "",
		"a/text.txt":      "it is no picture or video that Google takes, by its ending",
		"a/noending":      "it is no picture or video that Google takes, by its ending",
		"a/latin\xfc.jpg": "its name is not valid text",
		"lat\xefn/x.jpg":  "its name is not valid text",
		"a/empty.jpg":     "it is empty",
		"a/large.jpg":     "it has 201 MB, and a photo may have 200",
		"a/large.mp4":     "it has 21 GB, and a video may have 20",
		"pipe.jpg":        "it is no regular file",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	// The kernel here takes no longer names, so these are asked for directly.
	for name, want := range map[string]string{long: "its name is longer than 255 characters", long[2:]: "", "x.mp4": "", "x.heic": ""} {
		if got := unfit(name, 200<<20); got != want {
			t.Errorf("%.20s…: %q, not %q", name, got, want)
		}
	}
}

// failing are facts of which some can't be had.
type failing struct{ counting }

func (f *failing) Of(ctx context.Context, path string, info fs.FileInfo) (FileFacts, error) {
	if strings.Contains(path, "bad") {
		return FileFacts{}, &fs.PathError{Op: "read", Path: path, Err: syscall.EIO}
	}
	return f.counting.Of(ctx, path, info)
}

// TestFactsFail: a file that can't be read to its end may hold any picture.
func TestFactsFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("a/1.jpg", "a/bad.jpg")
	w.spec("version: 1\nalbums: {a: {title: A, contents: [{files: \"a/*\"}], cover: a/bad.jpg}}\n")
	d, err := w.load().Resolve(t.Context(), ResolveOptions{Facts: &failing{counting{asked: map[string]int{}}}})
	if err != nil {
		t.Fatal(err)
	}
	m := d.Albums[0].Members
	if len(m) != 2 || m[0].Refused != "" || m[1].Refused != "it can't be read: input/output error" || !m[1].Unreadable || !m[1].Digest.IsZero() {
		t.Errorf("members: %+v", m)
	}
	if len(d.Warnings) != 1 || d.Warnings[0].Message != "the cover stays as it is, for a/bad.jpg can't be one: it can't be read: input/output error" || !d.Albums[0].Cover.IsZero() {
		t.Errorf("warnings: %v, cover: %v", d.Warnings, d.Albums[0].Cover)
	}
}

// TestOrder: by name as people sort, by capture time, by time of change.
func TestOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := func(n int) time.Time { return time.Date(2024, 6, n, 12, 0, 0, 0, time.UTC) }
	w.file("IMG_10.jpg", exifJPEG(day(3), ""))
	w.file("IMG_2.jpg", exifJPEG(day(5), ""))
	w.file("img_3.jpg", exifJPEG(day(1), ""))
	w.file("none.jpg", "no capture time")
	w.file("IMG_1.mp4", "a video")
	w.file("same-b.jpg", exifJPEG(day(2), "")+"b")
	w.file("same-A.jpg", exifJPEG(day(2), "")+"a")
	for name, at := range map[string]time.Time{
		"IMG_10.jpg": day(20), "IMG_2.jpg": day(21), "img_3.jpg": day(22), "none.jpg": day(4), "IMG_1.mp4": day(6), "same-b.jpg": day(9), "same-A.jpg": day(9),
	} {
		w.modified(name, at)
	}
	for order, want := range map[string][]string{
		"name":     {"IMG_1.mp4", "IMG_2.jpg", "img_3.jpg", "IMG_10.jpg", "none.jpg", "same-A.jpg", "same-b.jpg"},
		"taken":    {"img_3.jpg", "same-A.jpg", "same-b.jpg", "IMG_10.jpg", "none.jpg", "IMG_2.jpg", "IMG_1.mp4"},
		"modified": {"none.jpg", "IMG_1.mp4", "same-A.jpg", "same-b.jpg", "IMG_10.jpg", "IMG_2.jpg", "img_3.jpg"},
	} {
		w.album(`[{files: ["*.mp4", "*.jpg"], order: ` + order + `}]`)
		got, _ := w.labels()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order %s (-want +got):\n%s", order, diff)
		}
	}
}

// TestOneMember: the same bytes stand in an album once, the same file too, and
// each file is read once.
func TestOneMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("1.jpg", "2.jpg", "3.jpg")
	for _, copy := range []string{"1 copy.jpg", "4.jpg", "5\n.jpg", "6.jpg", "7.jpg"} {
		w.file(copy, "bytes of 1.jpg")
	}
	w.spec(`
version: 1
roots: {again: ., above: ..}
albums:
  a: {title: A, contents: [{files: 3.jpg}, {files: "*.jpg"}, {files: "again:2.jpg"}], cover: 1.jpg}
  b: {title: B, contents: [{files: ["2.jpg", "above:` + filepath.Base(w.dir) + `/2.jpg", "1.jpg"]}]}
`)
	d := w.resolve("")
	var got [][]string
	for _, a := range d.Albums {
		var labels []string
		for _, m := range a.Members {
			labels = append(labels, m.Label)
		}
		got = append(got, labels)
	}
	if diff := cmp.Diff([][]string{{"3.jpg", "1 copy.jpg", "2.jpg"}, {"above:" + filepath.Base(w.dir) + "/2.jpg", "1.jpg"}}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	want := []string{`albumen.yaml:4:3: albums.a: 1.jpg, 4.jpg, "5\n.jpg" and 2 more: the same bytes stand in the album already, and once is enough`}
	if diff := cmp.Diff(want, texts(d.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if d.Albums[0].Cover.Digest != d.Albums[0].Members[1].Digest {
		t.Error("the cover is not the member with its bytes")
	}
	for path, n := range w.asked {
		if n != 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if len(w.asked) != 8 {
		t.Errorf("%d files were asked for", len(w.asked))
	}
}

// TestCover: a cover is one of the album's files, or an item.
func TestCover(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ album, problem, warning string }{
		"one of them":        {`contents: [{files: "*.jpg"}], cover: ./b.jpg`, "", ""},
		"from a root":        {`contents: [{files: "rr:b.jpg"}], cover: "rr:b.jpg"`, "", ""},
		"by another root":    {`contents: [{files: "b.jpg"}], cover: "rr:b.jpg"`, "", ""},
		"odd name":           {`contents: [{files: "?c*.jpg"}], cover: "[c{.jpg"`, "", ""},
		"none of them":       {`contents: [{files: "*.jpg"}], cover: bb.jpg`, "the cover bb.jpg is none of the album's files; did you mean b.jpg?", ""},
		"in another folder":  {`contents: [{files: "*.jpg"}], cover: sub/b.jpg`, "the cover sub/b.jpg is none of the album's files; did you mean b.jpg?", ""},
		"no files":           {`contents: [{item: x}], cover: b.jpg`, "the cover b.jpg is none of the album's files", ""},
		"empty":              {`contents: [{files: "*"}], cover: empty.jpg`, "", "the cover stays as it is, for empty.jpg can't be one: it is empty"},
		"source unavailable": {`contents: [{files: "gone/*"}], cover: gone/x.jpg`, "the folder gone can't be read: no such file or directory; nothing in the album is touched until it can be read", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.files("a.jpg", "b.jpg", "[c{.jpg")
			w.file("empty.jpg", "")
			w.spec("version: 1\nroots: {rr: .}\nalbums:\n  a: {title: A, " + c.album + "}\n")
			d := w.resolve("")
			var got []string
			for _, p := range slices.Concat(d.Albums[0].Unavailable, d.Warnings) {
				p.Place = Place{}
				got = append(got, p.String())
			}
			var want []string
			if c.problem+c.warning != "" {
				want = append(want, c.problem+c.warning)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if found := w.check(); (len(found) > 0) != (c.problem != "") {
				t.Errorf("check finds %q", found)
			}
			if has := !d.Albums[0].Cover.IsZero(); has != (len(want) == 0) {
				t.Errorf("the cover is %+v", d.Albums[0].Cover)
			}
		})
	}
}

// TestWarnings: few, and each worth a look.
func TestWarnings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("a/1.jpg", "a/bad.jpg", "b/2.jpg")
	w.spec(`
version: 1
albums:
  a: {title: Same, contents: [{files: "a/*", exclude: ["bad.jpg", "**/*.mov", "a/x?.jpg"]}]}
  b: {title: Same, contents: [{files: "b/*"}]}
  c: {adopt: {id: x}}
  d: {adopt: {title: Same}, cover: {item: x}}
  e: {adopt: {id: y}, contents: []}
`)
	want := []string{
		"albumen.yaml:3:56: albums.a.contents[0].exclude[0]: bad.jpg leaves nothing out; in any folder it would be **/bad.jpg",
		"albumen.yaml:3:79: albums.a.contents[0].exclude[2]: a/x?.jpg leaves nothing out",
		"albumen.yaml:5:3: albums.c: the album is adopted and nothing of it is managed: it has neither title nor contents nor cover here",
		`albumen.yaml:4:3: albums.b: the album "a" has the same title`,
	}
	if diff := cmp.Diff(want, texts(w.resolve("").Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// TestResolveFails only for an ended context and an unknown account.
func TestResolveFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("1.jpg", "2.jpg", "3.jpg")
	w.spec("version: 1\naccount: family\nalbums: {a: {title: A, contents: [{files: \"*.jpg\"}]}}\n")
	s := w.load()
	_, err := s.Resolve(t.Context(), ResolveOptions{Facts: &w.counting})
	if err == nil || err.Error() != `the spec has no account "default", only family` {
		t.Errorf("an unknown account: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := s.Resolve(ctx, ResolveOptions{Account: "family", Facts: &w.counting}); !errors.Is(err, context.Canceled) || len(d.Albums) > 0 {
		t.Errorf("an ended context: %v, %+v", err, d)
	}
	ctx, cancel = context.WithCancel(t.Context())
	stop := func(ResolveProgress) { cancel() }
	_, err = s.Resolve(ctx, ResolveOptions{Account: "family", Facts: &w.counting, Progress: stop, Workers: 1})
	if !errors.Is(err, context.Canceled) || len(w.asked) != 1 {
		t.Errorf("a context that ends on the way: %v, asked for %v", err, slices.Collect(maps.Keys(w.asked)))
	}
}

// TestProgress: it grows to its total, told by one goroutine at a time.
func TestProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 40 {
		w.file("a/"+strings.Repeat("x", i+1)+".jpg", strings.Repeat("y", i+1))
	}
	w.file("a/text.txt", "not counted")
	w.spec("version: 1\nalbums: {a: {title: A, contents: [{files: \"a/*\"}]}, b: {title: B, contents: [{files: \"a/x*\"}]}}\n")
	var busy atomic.Int32
	var last ResolveProgress
	_, err := w.load().Resolve(t.Context(), ResolveOptions{Facts: &w.counting, Workers: 8, Progress: func(p ResolveProgress) {
		if busy.Add(1) != 1 {
			t.Error("two goroutines tell at once")
		}
		if p.Files != last.Files+1 || p.Bytes <= last.Bytes {
			t.Errorf("%+v follows %+v", p, last)
		}
		last = p
		busy.Add(-1)
	}})
	if want := (ResolveProgress{40, 40, 820, 820}); err != nil || last != want {
		t.Errorf("it ends with %+v, not %+v: %v", last, want, err)
	}
}

// TestManyRoots: more folders than may be open at once.
func TestManyRoots(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 2*maxOpenRoots + 1 {
		dir := fmt.Sprintf("specs/%d", i)
		w.file(dir+"/albumen.yaml", fmt.Sprintf("version: 1\nalbums: {a%d: {title: A, contents: [{files: \"*.jpg\"}, {files: \"sub/*.jpg\"}]}}\n", i))
		w.files(dir+"/1.jpg", dir+"/sub/2.jpg")
	}
	w.path = filepath.Join(w.dir, "specs")
	for _, a := range w.resolve("").Albums {
		if len(a.Members) != 2 || len(a.Unavailable) > 0 {
			t.Errorf("%s: %d members, %v", a.Key, len(a.Members), a.Unavailable)
		}
	}
}
