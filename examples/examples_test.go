// Package examples_test holds the examples to what they promise: each spec is
// right, and each picture is small and tells when it was taken.
package examples_test

import (
	"cmp"
	"context"
	"fmt"
	"image/jpeg"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"albumen/spec"
)

// hashed reads every file anew.
type hashed struct{}

func (hashed) Of(ctx context.Context, path string, _ fs.FileInfo) (spec.FileFacts, error) {
	return spec.Hash(ctx, path)
}

// files lists the files below the examples with one of some endings.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && slices.Contains(endings, path.Ext(name)) {
			out = append(out, filepath.FromSlash(name))
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("no files with endings %v: %v", endings, err)
	}
	return out
}

func resolve(t *testing.T, name string) spec.Desired {
	t.Helper()
	s, err := spec.Load(name, spec.LoadOptions{})
	if err != nil {
		t.Fatalf("load:\n%v", err)
	}
	if errs := s.Check(); errs != nil {
		t.Errorf("check:\n%v", errs)
	}
	d, err := s.Resolve(t.Context(), spec.ResolveOptions{Facts: hashed{}})
	if err != nil {
		t.Fatalf("resolve: %v", err)
	}
	return d
}

// TestEverySpecResolves: each file alone, and each folder that has any as a
// whole.
func TestEverySpecResolves(t *testing.T) {
	t.Parallel()
	specs := files(t, ".yaml", ".yml")
	for _, name := range slices.Clone(specs) {
		specs = append(specs, filepath.Dir(name))
	}
	slices.Sort(specs)
	for _, name := range slices.Compact(specs) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := resolve(t, name)
			for _, w := range d.Warnings {
				t.Errorf("warning: %s", w)
			}
			for _, a := range d.Albums {
				if len(a.Unavailable) > 0 || len(a.Members) == 0 {
					t.Errorf("%s has %d members; unavailable: %v", a.Key, len(a.Members), a.Unavailable)
				}
				for _, m := range a.Members {
					if m.Refused != "" {
						t.Errorf("%s: %s is refused: %s", a.Key, m.Label, m.Refused)
					}
				}
			}
		})
	}
}

// TestJourney holds what the journey shows: an order by capture time that no
// order by name would give, an excluded picture, texts, a place and a route
// between the pictures, and pictures in two albums.
func TestJourney(t *testing.T) {
	t.Parallel()
	d := resolve(t, "journey")
	got := map[spec.Key][]string{}
	for _, a := range d.Albums {
		for _, m := range a.Members {
			got[a.Key] = append(got[a.Key], m.Label)
		}
	}
	want := map[spec.Key][]string{
		"iceland-2024": {
			"day1/church.jpg", "day1/waterfall.jpg", "day1/geyser.jpg", "day1/rain.jpg", "day1/volcano.jpg",
			"day2/glacier.jpg", "day2/ice.jpg", "day2/black-beach.jpg", "day2/sunset.jpg", "day2/aurora.jpg",
			"day3/milky-way.jpg", "day3/dawn.jpg", "day3/highlands.jpg", "day3/ring-road.jpg", "day3/crescent.jpg",
		},
		"best-of-iceland": {
			"day2/aurora.jpg", "day1/waterfall.jpg", "day2/glacier.jpg", "day1/volcano.jpg", "day2/sunset.jpg", "day3/ring-road.jpg",
		},
		"garden-in-spring": {"garden/cherry.jpg", "garden/daisies.jpg", "garden/pond.jpg", "garden/tulips.jpg"},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	var between []string
	for _, e := range d.Albums[slices.IndexFunc(d.Albums, func(a spec.DesiredAlbum) bool { return a.Key == "iceland-2024" })].Enrichments {
		between = append(between, fmt.Sprintf("%d %s: %s", e.After, e.Kind(), e.Label()))
	}
	wantBetween := []string{
		"0 text: Day one. It rained, and then it did not.", "5 text: Day two, on the ice.", "5 location: Jökulsárlón", "10 map: Höfn → Landmannalaugar",
	}
	if diff := gocmp.Diff(wantBetween, between); diff != "" {
		t.Errorf("what stands between (-want +got):\n%s", diff)
	}
	covers := map[spec.Key]string{}
	for _, a := range d.Albums {
		for _, m := range a.Members {
			if m.Digest == a.Cover.Digest {
				covers[a.Key] = m.Label
			}
		}
	}
	wantCovers := map[spec.Key]string{"iceland-2024": "day2/glacier.jpg", "best-of-iceland": "day2/aurora.jpg", "garden-in-spring": "garden/cherry.jpg"}
	if diff := gocmp.Diff(wantCovers, covers); diff != "" {
		t.Errorf("covers (-want +got):\n%s", diff)
	}
}

// TestPictures: they make a clone no heavier than it must be, and tell what a
// spec may ask of them.
func TestPictures(t *testing.T) {
	t.Parallel()
	const most = 800_000
	var total int64
	taken := map[time.Time]string{}
	digests := map[spec.Digest]string{}
	for _, name := range files(t, ".jpg") {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
		facts, err := spec.Hash(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if facts.Taken.Year() < 2024 || facts.Taken.Year() > 2025 {
			t.Errorf("%s was taken at %v", name, facts.Taken)
		}
		if other := cmp.Or(taken[facts.Taken], digests[facts.Digest]); other != "" {
			t.Errorf("%s and %s have the same capture time or bytes", name, other)
		}
		taken[facts.Taken], digests[facts.Digest] = name, name
		checkJPEG(t, name)
	}
	if total > most {
		t.Errorf("the pictures have %d bytes, more than %d", total, most)
	}
	if len(taken) < 16 {
		t.Errorf("there are %d pictures", len(taken))
	}
}

func checkJPEG(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := jpeg.Decode(f)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if size := img.Bounds().Size(); size.X*size.Y < 600_000 {
		t.Errorf("%s has %d x %d pixels", name, size.X, size.Y)
	}
}

// TestNothingElse: a file that is neither a spec nor a picture nor the program
// that draws them would be held by no test.
func TestNothingElse(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		inDraw := strings.HasPrefix(filepath.ToSlash(name), "journey/draw/")
		if ext := filepath.Ext(name); !slices.Contains([]string{".yaml", ".jpg"}, ext) && !inDraw && name != "examples_test.go" {
			t.Errorf("%s is no example", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
