package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/spec"
)

// TestPicturesAreWhatIsDrawn compares each committed picture with its scene.
// The scene is drawn small, as that is quick, and compared by its colours: bytes
// may differ from one processor to another, which round differently.
func TestPicturesAreWhatIsDrawn(t *testing.T) {
	t.Parallel()
	const size, allowed = 0.08, 0.035
	for _, p := range album() {
		t.Run(p.path, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(p.path)))
			if err != nil {
				t.Fatal(err)
			}
			committed, err := jpeg.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := committed.Bounds().Size(), (image.Point{X: p.width, Y: p.height}); got != want {
				t.Errorf("the picture has %v pixels, not %v", got, want)
			}
			drawn := p.paint(size).picture()
			if d := difference(drawn, committed); d > allowed {
				t.Errorf("the picture differs from its scene by %.3f: draw it anew", d)
			}
		})
	}
}

// difference is how far apart two pictures are in the mean, from 0 to 1. The
// second one is made as small as the first.
func difference(small *image.RGBA, large image.Image) float64 {
	total, n := 0.0, 0
	b, l := small.Bounds(), large.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			mean := meanOf(large, image.Rect(x*l.Dx()/b.Dx(), y*l.Dy()/b.Dy(), (x+1)*l.Dx()/b.Dx(), (y+1)*l.Dy()/b.Dy()))
			at := small.PixOffset(x, y)
			for k := range 3 {
				total += math.Abs(float64(small.Pix[at+k])/255 - mean[k])
				n++
			}
		}
	}
	return total / float64(n)
}

func meanOf(img image.Image, area image.Rectangle) (mean [3]float64) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			mean[0], mean[1], mean[2] = mean[0]+float64(r), mean[1]+float64(g), mean[2]+float64(b)
		}
	}
	for k := range mean {
		mean[k] /= 65535 * float64(area.Dx()*area.Dy())
	}
	return mean
}

// TestDrawingIsRepeatable: rows are drawn several at a time, and in whatever
// order, the bytes are the same.
func TestDrawingIsRepeatable(t *testing.T) {
	t.Parallel()
	for _, p := range album()[:5] {
		first, err := p.jpeg(0.05)
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.jpeg(0.05)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s comes out differently the second time", p.path)
		}
	}
}

// TestExif: the capture time comes back as it was put in, its offset included,
// and the picture is still one.
func TestExif(t *testing.T) {
	t.Parallel()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int{0, 2 * 60 * 60, -(9*60 + 30) * 60} {
		want := time.Date(2024, 2, 29, 23, 59, 58, 0, time.FixedZone("", offset))
		name := filepath.Join(t.TempDir(), "a.jpg")
		raw := withExif(plain.Bytes(), "odd", want)
		if _, err := jpeg.Decode(bytes.NewReader(raw)); err != nil {
			t.Errorf("it is no picture any more: %v", err)
		}
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := spec.Hash(t.Context(), name)
		if err != nil || !got.Taken.Equal(want) {
			t.Errorf("taken at %v (%v), not %v", got.Taken, err, want)
		}
	}
}

// TestAlbum: the paths and capture times are each of one picture, and within a
// day the times tell another order than the names.
func TestAlbum(t *testing.T) {
	t.Parallel()
	names, times := map[string]bool{}, map[time.Time]bool{}
	days := map[string][]picture{}
	for _, p := range album() {
		if names[p.path] || times[p.taken] {
			t.Errorf("%s stands in the album twice, by its path or time", p.path)
		}
		names[p.path], times[p.taken] = true, true
		days[filepath.Dir(p.path)] = append(days[filepath.Dir(p.path)], p)
	}
	for day, pictures := range days {
		byName := slices.SortedFunc(slices.Values(pictures), func(a, b picture) int { return bytes.Compare([]byte(a.path), []byte(b.path)) })
		byTime := slices.SortedFunc(slices.Values(pictures), func(a, b picture) int { return a.taken.Compare(b.taken) })
		if cmp.Equal(byName, byTime, cmp.Comparer(func(a, b picture) bool { return a.path == b.path })) {
			t.Errorf("in %s the capture times tell no other order than the names", day)
		}
	}
}
