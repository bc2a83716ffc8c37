package reconcile_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"albumen/photos/emulator"
	"albumen/spec"
	"albumen/state"
)

// studio is what all stories share: pictures on disk and an empty state to begin
// with.
type studio struct {
	dir    string
	pool   []picture
	opened int // simulations, for the names of their folders
}

// picture is a file's bytes, which lie on disk for all stories. A spec's file of
// any name may have them.
type picture struct {
	path   string
	digest spec.Digest
	size   int64
	bad    bool // no picture at all
}

// Of the pictures the first is none, and the last are large enough for resumable
// uploads, with what follows.
const (
	pictures   = 14
	largeFrom  = 12
	simLarge   = 4 << 10
	simChunk   = 2 << 10
	simGrace   = 2 * time.Minute
	simFiles   = 8
	simAlbums  = 5
	albumNames = "abcdefg"
)

func newStudio(t testing.TB) *studio {
	t.Helper()
	base := t.TempDir()
	if dir, err := os.MkdirTemp("/dev/shm", "albumen-simulation"); err == nil {
		base = dir
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	w := &studio{dir: base}
	for n := range pictures {
		w.pool = append(w.pool, w.draw(t, n))
	}
	db, err := state.Open(context.Background(), state.Options{Dir: filepath.Join(base, "empty"), Mode: state.Apply})
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *studio) draw(t testing.TB, n int) picture {
	t.Helper()
	var b bytes.Buffer
	if n == 0 {
		b.WriteString("this is text")
	} else if err := jpeg.Encode(&b, shade(n), nil); err != nil {
		t.Fatal(err)
	}
	if n >= largeFrom {
		b.Write(make([]byte, simLarge+n)) // after the end of the picture: no decoder minds
	}
	fmt.Fprintf(&b, "%d", n)
	p := picture{path: filepath.Join(w.dir, fmt.Sprintf("%d.jpg", n)), digest: sha256.Sum256(b.Bytes()), size: int64(b.Len()), bad: n == 0}
	if err := os.WriteFile(p.path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func shade(n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.Set(i%8, i/8, color.RGBA{byte(n * 16), byte(i), 77, 255})
	}
	return img
}

// file is a file on the user's disk.
type file struct {
	name       string
	picture    int
	gone       bool
	unreadable bool
}

// draft is an album of the spec, as its author has it.
type draft struct {
	spec.DesiredAlbum
	files []int // of the disk, in order
	cover int   // a file, or -1
}

// simulation is one story under way.
type simulation struct {
	*studio
	t       *testing.T
	emu     *emulator.Emulator
	dir     string // of this story's states
	folders int    // of states so far
	disk    []file
	albums  []*draft // of the spec, sorted by key
	safety  spec.Safety
	limit   int // calls a day; 0 is Google's
	choices emulator.Choices
	now     *process
	told    []string

	mu     turn // guards what follows: calls come from several goroutines
	down   bool // the network is
	laws   laws
	broken error // the first law that was broken
}

// turn is a mutex for which virtual time goes on while somebody waits.
type turn chan struct{}

func (t turn) Lock()   { t <- struct{}{} }
func (t turn) Unlock() { <-t }

func (w *studio) open(t *testing.T) *simulation {
	w.opened++
	e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, Seed: 1, ChunkGranularity: 1 << 10, BaseURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	s := &simulation{studio: w, t: t, emu: e, dir: filepath.Join(w.dir, fmt.Sprintf("story%d", w.opened)), mu: make(turn, 1), laws: newLaws(), safety: spec.DefaultSafety}
	for n := range simFiles {
		s.disk = append(s.disk, file{name: fmt.Sprintf("p%d.jpg", n), picture: n + 1})
	}
	s.laws.world = e.World()
	first := s.folder()
	copyState(t, filepath.Join(w.dir, "empty"), first)
	s.now = s.start(first)
	return s
}

func (s *simulation) close() {
	s.now.end()
	_ = s.emu.Close()
	_ = os.RemoveAll(s.dir)
}

// folder names a new folder for a state.
func (s *simulation) folder() string {
	s.folders++
	return filepath.Join(s.dir, fmt.Sprint(s.folders))
}

// tell adds a sentence to the story.
func (s *simulation) tell(format string, args ...any) {
	s.told = append(s.told, fmt.Sprintf("%3d. ", len(s.told)+1)+fmt.Sprintf(format, args...))
}

// breaks notes that a law was broken. The first one counts.
func (s *simulation) breaks(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violates(format, args...)
}

// violates is breaks for one who holds the lock.
func (s *simulation) violates(format string, args ...any) {
	if s.broken == nil {
		s.broken = fmt.Errorf(format, args...)
	}
}

// album is a draft by a drawn number; nil while the spec has none.
func (s *simulation) album(n int) *draft {
	if len(s.albums) == 0 {
		return nil
	}
	return s.albums[n%len(s.albums)]
}

func (s *simulation) named(key spec.Key) *draft {
	for _, d := range s.albums {
		if d.Key == key {
			return d
		}
	}
	return nil
}

func (s *simulation) sort() {
	slices.SortFunc(s.albums, func(a, b *draft) int { return bytes.Compare([]byte(a.Key), []byte(b.Key)) })
}

// desired is what spec.Resolve would make of the spec and the disk.
func (s *simulation) desired() spec.Desired {
	out := spec.Desired{Account: "default", Safety: s.safety}
	for _, d := range s.albums {
		a := d.DesiredAlbum
		a.ManagesContents = true
		seen := map[spec.Digest]bool{}
		for _, n := range d.files {
			m, there := s.member(n)
			if !there || !m.Digest.IsZero() && seen[m.Digest] {
				continue
			}
			seen[m.Digest] = true
			a.Members = append(a.Members, m)
		}
		if d.cover >= 0 {
			if m, there := s.member(d.cover); there {
				a.Cover.Digest = m.Digest
			}
		}
		out.Albums = append(out.Albums, a)
	}
	sum := sha256.Sum256(fmt.Append(nil, out.Albums, out.Safety))
	out.Generation = fmt.Sprintf("%x", sum[:8])
	return out
}

func (s *simulation) member(n int) (m spec.Member, there bool) {
	f := s.disk[n]
	p := s.pool[f.picture]
	m = spec.Member{Digest: p.digest, File: p.path, Name: f.name, Label: f.name, Size: p.size, ModTime: old}
	if f.unreadable {
		m.Digest, m.Refused, m.Unreadable = spec.Digest{}, "it can't be read: permission denied", true
	}
	return m, !f.gone
}
