package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// fence forbids imports, and says why. Patterns are of import paths: a trailing
// /... covers a path and all below it.
type fence struct {
	from  []string // packages that it surrounds
	never []string // what they must not import
	tests bool     // it holds for their tests, too
	why   string
}

// rooms are ours, from the leaves to the roof.
var rooms = struct{ spec, photos, auth, emulator, state, plan, status, reconcile, cmd string }{
	"albumen/spec/...", "albumen/photos", "albumen/photos/auth", "albumen/photos/emulator", "albumen/state",
	"albumen/reconcile/plan", "albumen/reconcile/status", "albumen/reconcile", "albumen/cmd/...",
}

var fences = []fence{
	{[]string{rooms.spec}, []string{"albumen/photos/...", rooms.state, "albumen/reconcile/..."}, true,
		"the leaves do not know each other: a spec is checked without an account"},
	{[]string{rooms.photos}, []string{rooms.spec, rooms.state, "albumen/reconcile/...", rooms.emulator, rooms.auth}, false,
		"the leaves do not know each other: the client serves other programs, too"},
	{[]string{rooms.auth}, []string{rooms.spec, rooms.state, "albumen/reconcile/...", rooms.emulator}, false,
		"the leaves do not know each other: a grant is of a person, whatever is done with it"},
	{[]string{rooms.emulator}, []string{rooms.spec, rooms.photos, rooms.auth, rooms.state, "albumen/reconcile/..."}, true,
		"shared wire structs would hide a wrong JSON name on both sides"},
	{[]string{rooms.state}, []string{rooms.spec, "albumen/photos/...", "albumen/reconcile/..."}, true,
		"the leaves do not know each other: what is stored outlives the nouns of today"},
	{[]string{rooms.plan}, []string{"context", "os/...", "net/...", "log/...", "math/rand/...", rooms.state, rooms.reconcile, rooms.status, "albumen/photos/emulator"}, false,
		"a plan is pure: the same input gives the same bytes, and nothing happens"},
	{[]string{rooms.reconcile}, []string{rooms.status}, false,
		"the loop makes a report; who shows it is not its business"},
	{[]string{"albumen/..."}, []string{rooms.cmd}, true,
		"what is wired in cmd can't be used by anybody else"},
}

// homes are the rooms of the outside packages: a change of one then touches one
// room.
var homes = map[string][]string{
	"gopkg.in/yaml.v3":                  {"albumen/spec"},
	"github.com/bep/imagemeta":          {"albumen/spec", "albumen/photos/emulator"},
	"github.com/bmatcuk/doublestar/v4":  {"albumen/spec", "albumen/cmd/albumen"},
	"golang.org/x/time/rate":            {"albumen/photos"},
	"github.com/go-json-experiment/...": {"albumen/photos"},
	"golang.org/x/image/...":            {"albumen/photos/emulator", "albumen/examples/journey/draw"},
	"modernc.org/sqlite/...":            {"albumen/state"},
	"github.com/gofrs/flock":            {"albumen/state", "albumen/photos/emulator", "albumen/photos/auth"},
	"golang.org/x/oauth2/...":           {"albumen/photos/auth"},
	"github.com/spf13/...":              {"albumen/cmd/albumen"},
	"golang.org/x/term":                 {"albumen/cmd/albumen"},
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath   string
	Doc          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	GoFiles      []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Imports,TestImports,XTestImports,GoFiles", "albumen/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func covers(pattern, name string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	return pattern == name
}

func coversAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, name) })
}

// TestHouse holds the arrows between the rooms.
func TestHouse(t *testing.T) {
	t.Parallel()
	all := packages(t)
	if len(all) < 8 {
		t.Fatalf("only %d packages were listed", len(all))
	}
	for _, p := range all {
		for _, f := range fences {
			if !coversAny(f.from, p.ImportPath) {
				continue
			}
			imports := p.Imports
			if f.tests {
				imports = slices.Concat(imports, p.TestImports, p.XTestImports)
			}
			for _, name := range imports {
				if coversAny(f.never, name) && name != p.ImportPath {
					t.Errorf("%s imports %s: %s", p.ImportPath, name, f.why)
				}
			}
		}
	}
}

// TestOutsidePackagesHaveOneRoom holds each dependency in its room.
func TestOutsidePackagesHaveOneRoom(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, name := range p.Imports {
			if !strings.Contains(strings.Split(name, "/")[0], ".") {
				continue
			}
			found := false
			for pattern, rooms := range homes {
				if covers(pattern, name) {
					found = true
					if !slices.Contains(rooms, p.ImportPath) {
						t.Errorf("%s imports %s, whose room is %v", p.ImportPath, name, rooms)
					}
				}
			}
			if !found {
				t.Errorf("%s imports %s, which has no room", p.ImportPath, name)
			}
		}
	}
}

// TestEveryRoomSaysWhatItIs: a package begins with a comment, and is not named
// for nothing in particular.
func TestEveryRoomSaysWhatItIs(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helpers", "types", "models", "errors"}
	for _, p := range packages(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
		if slices.Contains(vague, path.Base(p.ImportPath)) {
			t.Errorf("%s says nothing by its name", p.ImportPath)
		}
	}
}
