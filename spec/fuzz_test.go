package spec

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// FuzzLoad holds the parser to its word for any bytes: it ends, each mistake has
// a place within the file and one line of text, the same bytes give the same
// mistakes in the same order, and what is accepted is accepted again with the
// same meaning.
func FuzzLoad(f *testing.F) {
	kept, err := filepath.Glob(filepath.Join("testdata", "bad", "*.yaml"))
	if err != nil || len(kept) == 0 {
		f.Fatalf("no specs to begin with: %v", err)
	}
	kept = append(kept, filepath.Join("..", "examples", "journey", "albumen.yaml"), filepath.Join("..", "examples", "minimal.yaml"))
	for _, name := range kept {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	path := filepath.Join(f.TempDir(), "albumen.yaml")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		first, err := Load(path, LoadOptions{})
		second, again := Load(path, LoadOptions{})
		if err == nil {
			if again != nil || !slices.Equal(first.Keys(), second.Keys()) || !slices.Equal(first.Accounts(), second.Accounts()) {
				t.Fatalf("accepted as %v, and again as %v: %v", first.Keys(), second.Keys(), again)
			}
			return
		}
		var found Errors
		if !errors.As(err, &found) || len(found) == 0 {
			t.Fatalf("the error holds no mistakes: %v", err)
		}
		lines := strings.Count(string(raw), "\n") + strings.Count(string(raw), "\r") + 2
		for _, e := range found {
			text := e.Error()
			if e.Place.Line < 1 || e.Place.Line > lines || e.Place.Column < 1 || strings.ContainsAny(text, "\n\r\x1b") || !utf8.ValidString(text) {
				t.Errorf("a mistake without place or on several lines: %q at %+v", text, e.Place)
			}
		}
		if again == nil || again.Error() != err.Error() {
			t.Errorf("not the same mistakes again:\n%v\n%v", err, again)
		}
	})
}

// FuzzGlob holds a glob in segments to the meaning of the whole: it matches the
// paths that doublestar matches.
func FuzzGlob(f *testing.F) {
	for _, seed := range [][2]string{
		{"*.jpg", "a.jpg"}, {"**/*.{jpg,heic}", "x/y/z.heic"}, {"day[1-3]/**/x", "day2/a/x"}, {"a/**/b", "a/b"},
		{"[!a]?.png", "bc.png"}, {"{a,b/c}/d", "b/c/d"}, {"a\\*/b", "a*/b"}, {"{0/}", "0"}, {"{a/,b}/c", "a/c"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if !plain(text) || !plain(name) || strings.HasSuffix(text, "**") || strings.Contains(text, "**}") || strings.Contains(text, "**,") {
			return // a folder is no file, though a/** is said to match a
		}
		var to target
		if to.aim(&pattern{text: text}, text, false) != nil {
			return
		}
		if got, want := to.matches(name), doublestar.MatchUnvalidated(text, name); got != want {
			t.Errorf("%q matches %q: %v, want %v", text, name, got, want)
		}
	})
}

// plain reports whether a path is as it would be cleaned.
func plain(p string) bool {
	return utf8.ValidString(p) && p != "" && p != "." && path.Clean(p) == p && !strings.Contains(p, "./")
}
