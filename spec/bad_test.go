package spec

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestBadSpecs: each mistake has its place, says what was expected and names the
// nearest valid name, and no mistake hides another. Each spec in testdata/bad has
// its mistakes beside it.
func TestBadSpecs(t *testing.T) {
	t.Chdir("testdata/bad")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if filepath.Ext(name) == ".golden" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s, err := Load(name, LoadOptions{})
			if err == nil {
				t.Fatalf("the spec loads, with the albums %q", s.Keys())
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".golden"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMistakesHavePlaces: whoever shows mistakes in an editor needs each of them
// by itself.
func TestMistakesHavePlaces(t *testing.T) {
	t.Chdir("testdata/bad")
	_, err := Load("ten", LoadOptions{})
	var all Errors
	if !errors.As(err, &all) || len(all) != 10 {
		t.Fatalf("the errors are %v", err)
	}
	want := &Error{
		Place:    Place{File: filepath.FromSlash("ten/one.yaml"), Line: 4, Column: 5, Path: "albums.a.tittle"},
		Message:  `unknown key "tittle"`,
		Expected: "membership, onRemove, title, contents, cover, adopt, previously, paused, share or reshare", DidYouMean: "title",
	}
	if diff := cmp.Diff(want, all[1]); diff != "" {
		t.Errorf("the second mistake (-want +got):\n%s", diff)
	}
	var one *Error
	if !errors.As(err, &one) || one != all[0] {
		t.Errorf("errors.As finds %v", one)
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1].Place, all[i].Place
		if a.File > b.File || a.File == b.File && a.Line > b.Line {
			t.Errorf("%s stands before %s", a, b)
		}
	}
}

// load writes a spec and loads it.
func load(t *testing.T, text string, o LoadOptions) (*Spec, error) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "albumen.yaml", text)
	return Load(filepath.Join(dir, "albumen.yaml"), o)
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// laughs is a short file that stands for 2^n values.
func laughs(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nalbums:\n  a0:\n    title: A\n    contents: &c0 [{item: x}]\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "  a%d:\n    title: A\n    contents: &c%d\n      - {files: [*c%d, *c%d]}\n", i, i, i-1, i-1)
	}
	return b.String()
}

// TestLimits: a file that costs more than a spec may is refused at once.
func TestLimits(t *testing.T) {
	t.Parallel()
	items := func(n int) string {
		return "version: 1\nalbums:\n  a:\n    title: A\n    contents:\n" + strings.Repeat("      - item: x\n", n)
	}
	deep := "version: 1\nalbums: " + strings.Repeat("{a: ", 500) + strings.Repeat("}", 500)
	var shared strings.Builder
	shared.WriteString(strings.Replace(items(1000), "contents:", "contents: &c", 1))
	for i := range 2000 {
		fmt.Fprintf(&shared, "  b%d: {title: B, contents: *c}\n", i)
	}
	var merged strings.Builder
	merged.WriteString("version: 1\nalbums:\n  a: &a {title: A}\n")
	merged.WriteString("  b: &b {<<: [" + strings.Repeat("*a, ", 1000) + "*a]}\n")
	merged.WriteString("  c: {<<: [" + strings.Repeat("*b, ", 1000) + "*b]}\n")
	for name, c := range map[string]struct {
		text   string
		limits Limits
		want   string
	}{
		"small":               {items(10), Limits{}, ""},
		"laughs":              {laughs(60), Limits{}, "expected a path or a glob"},
		"nested":              {deep, Limits{}, "unknown key"},
		"depth":               {items(1), Limits{MaxDepth: 3}, "nested 3 deep"},
		"depth is enough":     {items(1), Limits{MaxDepth: 5}, ""},
		"values":              {items(100), Limits{MaxNodes: 100}, "too large or too deep"},
		"a long list shared":  {shared.String(), Limits{MaxNodes: 200_000}, "too large or too deep"},
		"merges":              {merged.String(), Limits{MaxNodes: 100_000}, "too large or too deep"},
		"bytes":               {items(100), Limits{MaxFileBytes: 1000}, "larger than 1000 bytes"},
		"bytes of all":        {items(100), Limits{MaxTotalBytes: 1000}, "larger than 1000 bytes together"},
		"bytes are enough":    {items(1), Limits{MaxFileBytes: len(items(1)), MaxTotalBytes: len(items(1))}, ""},
		"thousands of errors": {"version: 1\n" + strings.Repeat("x: 1\n", 5000), Limits{}, "1000 mistakes; the rest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, c.text, LoadOptions{Limits: c.limits})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case c.want != "" && err == nil:
				t.Errorf("it loads")
			case c.want != "" && !strings.Contains(err.Error(), c.want):
				t.Errorf("the error is %.500s", err)
			}
			var all Errors
			if errors.As(err, &all) && len(all) > maxErrors+1 {
				t.Errorf("%d mistakes are listed", len(all))
			}
		})
	}
}

// TestNodesAreCountedOverAllFiles: many small files must not cost more than one
// large one.
func TestNodesAreCountedOverAllFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 10 {
		write(t, dir, fmt.Sprintf("%d.yaml", i), fmt.Sprintf("version: 1\nalbums: {a%d: {title: A}}\n", i))
	}
	if _, err := Load(dir, LoadOptions{Limits: Limits{MaxNodes: 1000}}); err != nil {
		t.Errorf("1000 values are too few: %v", err)
	}
	if _, err := Load(dir, LoadOptions{Limits: Limits{MaxNodes: 40}}); err == nil {
		t.Error("40 values are enough")
	}
	if _, err := Load(dir, LoadOptions{Limits: Limits{MaxFiles: 9}}); err == nil || !strings.Contains(err.Error(), "more than 9 specs") {
		t.Errorf("ten files with a limit of nine: %v", err)
	}
}
