package spec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLoadFolder: what counts in a folder, and what does not.
func TestLoadFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	const album = "version: 1\nalbums: {KEY: {title: A}}\n"
	for name, key := range map[string]string{
		"albums/one.yaml": "one", "albums/two.yml": "two", "albums/sub/deep/three.yaml": "three", "albums/with blank/ü.yaml": "four",
		"elsewhere/real.yaml": "linked",
		// None of these counts:
		"albums/_draft.yaml": "-", "albums/.hidden.yaml": "-", "albums/_drafts/x.yaml": "-", "albums/.git/x.yaml": "-",
		"albums/readme.md": "-", "albums/x.yaml.bak": "-", "albums/json.json": "-", "elsewhere/folder/x.yaml": "-",
	} {
		write(t, ".", name, strings.Replace(album, "KEY", key, 1))
	}
	for link, to := range map[string]string{
		"albums/link.yaml": "../elsewhere/real.yaml", "albums/to-folder": "../elsewhere/folder", "albums/sub/circle": "..", "as-link": "albums",
	} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"albums", "as-link", "./albums/"} {
		s, err := Load(path, LoadOptions{})
		if err != nil {
			t.Fatalf("load %s: %v", path, err)
		}
		if diff := cmp.Diff([]Key{"four", "linked", "one", "three", "two"}, s.Keys()); diff != "" {
			t.Errorf("keys of %s (-want +got):\n%s", path, diff)
		}
	}
	s, err := Load("albums", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"albums/link.yaml", "albums/one.yaml", "albums/sub/deep/three.yaml", "albums/two.yml", "albums/with blank/ü.yaml"}
	if diff := cmp.Diff(want, s.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestNoSpec: where there is none, the error says what was looked for.
func TestNoSpec(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"empty", "folder.yaml/x", "broken", "pipe"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, ".", "drafts/_x.yaml", "version: 1")
	if err := os.Symlink("nowhere", "broken/x.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("pipe/x.yaml", 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"nowhere":     "nowhere: there is no such file or folder; expected a spec, or a folder with *.yaml files",
		"empty":       "empty: the folder holds no spec; expected *.yaml or *.yml files",
		"drafts":      "drafts: the folder holds no spec; expected *.yaml or *.yml files",
		"folder.yaml": "folder.yaml: the folder holds no spec; expected *.yaml or *.yml files",
		"broken":      "broken/x.yaml: it can't be read: no such file or directory",
		"pipe":        "pipe/x.yaml: it is no regular file",
	} {
		_, err := Load(path, LoadOptions{})
		var all Errors
		if !errors.As(err, &all) {
			t.Errorf("%s: the error is no Errors: %v", path, err)
		} else if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// TestUnreadableSpecs: a file or a folder that can't be read is a mistake beside
// the others; without it albums would seem to have left the spec.
func TestUnreadableSpecs(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is unreadable for root")
	}
	t.Chdir(t.TempDir())
	write(t, ".", "s/a.yaml", "version: 2")
	write(t, ".", "s/b.yaml", "version: 1")
	write(t, ".", "s/c/d.yaml", "version: 1")
	for _, name := range []string{"s/b.yaml", "s/c"} {
		if err := os.Chmod(name, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(name, 0o755) })
	}
	_, err := Load("s", LoadOptions{})
	want := "s/a.yaml:1:10: version: version 2 is not known; expected 1\n" +
		"s/b.yaml: it can't be read: permission denied\n" +
		"s/c: the folder can't be read: permission denied"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v", err)
	}
}

// TestAccounts: a file that only holds what others share belongs to no account.
func TestAccounts(t *testing.T) {
	t.Parallel()
	const roots, family, plain, bare = "roots: {nas: /nas}", "account: family\nalbums: {a: {title: A}}", "albums: {b: {title: B}}", "account: left"
	for name, c := range map[string]struct{ files, want []string }{
		"one":                  {[]string{family}, []string{"family"}},
		"none named":           {[]string{plain}, []string{"default"}},
		"two":                  {[]string{plain, family}, []string{"default", "family"}},
		"shared roots":         {[]string{roots, family}, []string{"family"}},
		"only roots":           {[]string{roots}, []string{"default"}},
		"an account without":   {[]string{bare}, []string{"left"}},
		"an empty list counts": {[]string{family, "albums: {}"}, []string{"default", "family"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for i, text := range c.files {
				write(t, dir, string(rune('a'+i))+".yaml", "version: 1\n"+text+"\n")
			}
			s, err := Load(dir, LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.Accounts()); diff != "" {
				t.Errorf("accounts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatIsWritten: every key of the language arrives in Desired.
func TestWhatIsWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spec(`
version: 1
account: family
safety: {maxRemovals: 0}
albums:
  all:
    title: "Ünter — 🌋"
    contents: [{item: AF1Qip-x}, {item: AF1Qip-x}, {item: AF1Qip-y}]
    cover: {item: AF1Qip-y}
    membership: additive
    onRemove: empty
    previously: [older, oldest]
    adopt: {title: " Old "}
    paused: true
    removedFromAlbum: respect
    deletedInPhotos: respect
    recreate: false
  id: {adopt: {id: AIbig}, title: Id}
  off: {adopt: off, title: "off"}
  false: {adopt: false, title: Off, previously: one}
  plain: {title: Plain}
  empty: {title: Empty, contents: []}
defaults: {membership: exact, onRemove: unshare, deletedInPhotos: reupload, recreate: true, order: enforce}
`)
	d := w.resolve("family")
	type desired = DesiredAlbum
	item := func(id string) Member { return Member{Item: id, Label: id} }
	theirs := Outside{Reupload: true, Recreate: true, EnforceOrder: true}
	want := []desired{
		{
			Key: "all", Title: "Ünter — 🌋", ManagesContents: true, Members: []Member{item("AF1Qip-x"), item("AF1Qip-y")}, Cover: Cover{Item: "AF1Qip-y"},
			Membership: Additive, OnRemove: Empty, Previously: []Key{"older", "oldest"}, Adopt: Adopt{Title: " Old "}, Paused: true,
			Outside: Outside{RespectRemoved: true, EnforceOrder: true},
			At:      Place{"albumen.yaml", 5, 3, "albums.all"},
		},
		{Key: "empty", Title: "Empty", ManagesContents: true, Membership: Exact, OnRemove: Unshare, Outside: theirs, At: Place{"albumen.yaml", 21, 3, "albums.empty"}},
		{Key: "false", Title: "Off", Adopt: Adopt{Off: true}, Previously: []Key{"one"}, Membership: Exact, OnRemove: Unshare, Outside: theirs, At: Place{"albumen.yaml", 19, 3, "albums.false"}},
		{Key: "id", Title: "Id", Adopt: Adopt{ID: "AIbig"}, Membership: Exact, OnRemove: Unshare, Outside: theirs, At: Place{"albumen.yaml", 17, 3, "albums.id"}},
		{Key: "off", Title: "off", Adopt: Adopt{Off: true}, Membership: Exact, OnRemove: Unshare, Outside: theirs, At: Place{"albumen.yaml", 18, 3, "albums.off"}},
		{Key: "plain", Title: "Plain", Membership: Exact, OnRemove: Unshare, Outside: theirs, At: Place{"albumen.yaml", 20, 3, "albums.plain"}},
	}
	if diff := cmp.Diff(want, d.Albums, equateEmpty); diff != "" {
		t.Errorf("albums (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Safety{MaxRemovals: 0, MaxRemovalPercent: 25}, d.Safety); diff != "" {
		t.Errorf("safety (-want +got):\n%s", diff)
	}
	if d.Account != "family" {
		t.Errorf("the account is %q", d.Account)
	}
}

// TestDefaults: what nobody says, and that defaults hold in their own file.
func TestDefaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("specs/a.yaml", "version: 1\ndefaults: {membership: additive}\nalbums: {a: {title: A}, b: {title: B, membership: managed}}\n")
	w.file("specs/b.yaml", "version: 1\nalbums: {c: {title: C}}\n")
	w.path = filepath.Join(w.dir, "specs")
	d := w.resolve("")
	var got []Membership
	for _, a := range d.Albums {
		got = append(got, a.Membership)
		if a.OnRemove != Keep {
			t.Errorf("%s: onRemove is %s", a.Key, a.OnRemove)
		}
	}
	if diff := cmp.Diff([]Membership{Additive, Managed, Managed}, got); diff != "" {
		t.Errorf("membership (-want +got):\n%s", diff)
	}
	if d.Safety != DefaultSafety {
		t.Errorf("safety is %+v", d.Safety)
	}
}

// TestMerges: anchors, aliases and merge keys mean what YAML says.
func TestMerges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spec(`
version: 1
albums:
  a: &a {title: A, membership: exact, paused: true}
  b: &b
    <<: *a
    title: B
  c:
    <<: [{title: C}, *b]
  d: {<<: *b, title: &t D}
  e: {title: *t, contents: &c [{item: x}]}
  f: {title: F, contents: *c}
  g: {title: "<<", "paused": !!bool true}
`)
	type short struct {
		Title      string
		Membership Membership
		Paused     bool
		Members    int
	}
	var got []short
	for _, a := range w.resolve("").Albums {
		got = append(got, short{a.Title, a.Membership, a.Paused, len(a.Members)})
	}
	want := []short{{"A", Exact, true, 0}, {"B", Exact, true, 0}, {"C", Exact, true, 0}, {"D", Exact, true, 0}, {"D", Managed, false, 1}, {"F", Managed, false, 1}, {"<<", Managed, true, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("albums (-want +got):\n%s", diff)
	}
}
