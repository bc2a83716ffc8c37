package spec

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
)

var equateEmpty = cmpopts.EquateEmpty()

// world is a folder with a spec and pictures.
type world struct {
	t    testing.TB
	dir  string
	path string // of the spec
	counting
}

// counting are plain facts that count how often each file is asked for.
type counting struct {
	mu    sync.Mutex
	asked map[string]int
}

func (c *counting) Of(ctx context.Context, path string, _ fs.FileInfo) (FileFacts, error) {
	c.mu.Lock()
	c.asked[path]++
	c.mu.Unlock()
	return Hash(ctx, path)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir := t.TempDir()
	return &world{t: t, dir: dir, path: filepath.Join(dir, "albumen.yaml"), counting: counting{asked: map[string]int{}}}
}

func (w *world) file(name, text string) {
	w.t.Helper()
	write(w.t, w.dir, name, text)
}

// files writes pictures with different bytes.
func (w *world) files(names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.file(name, "bytes of "+name)
	}
}

func (w *world) link(to, name string) {
	w.t.Helper()
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Symlink(to, full); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) modified(name string, at time.Time) {
	w.t.Helper()
	if err := os.Chtimes(filepath.Join(w.dir, name), at, at); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) spec(text string) { w.file("albumen.yaml", strings.TrimPrefix(text, "\n")) }

// album writes a spec with one album of one source.
func (w *world) album(contents string) {
	w.spec("version: 1\nalbums:\n  a:\n    title: A\n    contents: " + contents + "\n")
}

func (w *world) load() *Spec {
	w.t.Helper()
	s, err := Load(w.path, LoadOptions{})
	if err != nil {
		w.t.Fatalf("load:\n%v", err)
	}
	return s
}

// resolve resolves the spec, with places relative to the world.
func (w *world) resolve(account string) Desired {
	w.t.Helper()
	d, err := w.load().Resolve(w.t.Context(), ResolveOptions{Account: account, Facts: &w.counting})
	if err != nil {
		w.t.Fatalf("resolve: %v", err)
	}
	for i := range d.Albums {
		w.near(&d.Albums[i].At)
		for j := range d.Albums[i].Unavailable {
			w.near(&d.Albums[i].Unavailable[j].Place)
		}
	}
	for i := range d.Warnings {
		w.near(&d.Warnings[i].Place)
	}
	return d
}

func (w *world) near(p *Place) { p.File = strings.TrimPrefix(p.File, w.dir+string(filepath.Separator)) }

// labels are the members of the one album, in order, "?" before those that are
// refused, and its problems.
func (w *world) labels() (members, problems []string) {
	w.t.Helper()
	d := w.resolve("")
	if len(d.Albums) != 1 {
		w.t.Fatalf("there are %d albums", len(d.Albums))
	}
	for _, m := range d.Albums[0].Members {
		label := m.Label
		if m.Refused != "" {
			label = "?" + label
		}
		members = append(members, label)
	}
	return members, texts(d.Albums[0].Unavailable)
}

func texts(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return out
}

// check are the mistakes that Check finds, with places relative to the world.
func (w *world) check() []string {
	w.t.Helper()
	var out []string
	for _, e := range w.load().Check() {
		w.near(&e.Place)
		out = append(out, e.Error())
	}
	return out
}
