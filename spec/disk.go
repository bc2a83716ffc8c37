package spec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"
)

// disk looks at folders and files, each once, so that many albums of one tree
// cost one walk. It sees nothing outside of the roots: a link that leads out is
// seen and not followed.
type disk struct {
	ctx     context.Context
	roots   map[string]*os.Root
	folders map[spot]*listing
	files   map[spot]*file
	guesses int // names that may still be compared for hints
}

// spot is a path below a root.
type spot struct{ root, path string }

// listing is what a folder holds, sorted by name.
type listing struct {
	files []*file
	err   error
}

// file is a file or a folder below a root.
type file struct {
	spot
	name    string
	abs     string
	info    fs.FileInfo // of what a link leads to; nil when that can't be had
	linked  bool        // it is a link
	refused string      // why it can't be uploaded; "" when it can
	facts   FileFacts
	err     error // why its facts are not known
	queued  bool  // its facts are asked for
	twin    *file // the same path below another root, whose facts are its facts
	links   bool  // the link has been followed
	tells   bool  // the description in it is asked for
	told    string
}

// The bounds of a disk: open roots, which cost a file handle each, and names that
// are compared to find the nearest.
const (
	maxOpenRoots = 64
	maxGuesses   = 200_000
)

func newDisk(ctx context.Context) *disk {
	return &disk{
		ctx: ctx, roots: map[string]*os.Root{}, folders: map[spot]*listing{}, files: map[spot]*file{}, guesses: maxGuesses,
	}
}

// Close closes the roots.
func (d *disk) Close() {
	for _, r := range d.roots {
		_ = r.Close()
	}
	clear(d.roots)
}

// root opens a root. It is valid until the next one is asked for.
func (d *disk) root(dir string) (*os.Root, error) {
	if r := d.roots[dir]; r != nil {
		return r, nil
	}
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	if len(d.roots) == maxOpenRoots {
		d.Close()
	}
	r, err := os.OpenRoot(dir)
	if err == nil {
		d.roots[dir] = r
	}
	return r, err
}

// list reads a folder below a root.
func (d *disk) list(root, dir string) ([]*file, error) {
	at := spot{root, dir}
	if l := d.folders[at]; l != nil {
		return l.files, l.err
	}
	l := &listing{}
	l.files, l.err = d.read(at)
	d.folders[at] = l
	return l.files, l.err
}

func (d *disk) read(at spot) ([]*file, error) {
	if err := d.ctx.Err(); err != nil {
		return nil, err
	}
	root, err := d.root(at.root)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(filepath.FromSlash(at.path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err // a part of a folder is not the folder
	}
	out := make([]*file, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went while the folder was read
		}
		one := d.file(spot{at.root, path.Join(at.path, e.Name())})
		if err != nil {
			one.refused = "it can't be read: " + plainError(err)
		} else {
			one.know(info)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b *file) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// file is the one value for a path, so that it is read once.
func (d *disk) file(at spot) *file {
	f := d.files[at]
	if f == nil {
		f = &file{spot: at, name: path.Base(at.path), abs: filepath.Join(at.root, filepath.FromSlash(at.path))}
		d.files[at] = f
	}
	return f
}

// stat looks at one path.
func (d *disk) stat(at spot) (*file, error) {
	f := d.file(at)
	if f.info != nil || f.linked || f.refused != "" {
		return f, nil
	}
	root, err := d.root(at.root)
	if err != nil {
		return nil, err
	}
	info, err := root.Lstat(filepath.FromSlash(at.path))
	if err != nil {
		return nil, err
	}
	f.know(info)
	return f, nil
}

func (f *file) know(info fs.FileInfo) {
	if info.Mode()&fs.ModeSymlink != 0 {
		f.linked = true
		return
	}
	f.info = info
}

// isFolder reports whether a walk may go into it; it does not go through links.
func (f *file) isFolder() bool { return f.info != nil && f.info.IsDir() && !f.linked }

// follow finds what a link leads to. What can't be found is refused: there may
// be any picture.
func (d *disk) follow(f *file) {
	if !f.linked || f.links {
		return
	}
	f.links = true
	root, err := d.root(f.root)
	if err == nil {
		f.info, err = root.Stat(filepath.FromSlash(f.path))
	}
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		f.refused = "it links to a file that is not there"
	case errors.Is(err, syscall.ELOOP):
		f.refused = "it links in a circle"
	case escapes(err):
		f.refused = "it links out of its root, and nothing is read there"
	default:
		f.refused = "it links to what can't be read: " + plainError(err)
	}
}

// escapes reports that a path leads out of a root. Package os has no name for
// this error.
func escapes(err error) bool { return strings.Contains(err.Error(), "path escapes") }

// found is a file that a source means.
type found struct {
	*file
	label  string
	text   string // the description that the spec gives it; "" for none
	inside bool   // it is described by what stands in it
}

// expand lists the files of a target. Any folder that can't be read fails it as
// a whole: half a listing is none (law 9).
func (d *disk) expand(t *target) ([]found, *finding) {
	if t.file != "" {
		f, problem := d.single(t)
		if problem != nil {
			return nil, problem
		}
		return []found{f}, nil
	}
	var out []found
	for i := range t.globs {
		w := walk{disk: d, target: t, glob: &t.globs[i]}
		if err := w.folder(w.glob.base, w.glob.start()); err != nil {
			return nil, d.noFolder(t, w.failed, err)
		}
		out = append(out, w.files...)
	}
	if len(out) == 0 {
		return nil, d.noMatch(t)
	}
	return out, nil
}

// single finds the one file of a pattern without wildcards.
func (d *disk) single(t *target) (found, *finding) {
	f, err := d.stat(spot{t.root, t.file})
	if err != nil {
		return found{}, d.noFile(t, err)
	}
	d.follow(f)
	label := t.label + t.file
	switch {
	case f.refused != "":
	case f.info.IsDir():
		return found{}, &finding{message: fmt.Sprintf("%s is a folder", shown(label)), near: shown(label + "/*")}
	case !f.info.Mode().IsRegular():
		f.refused = "it is no regular file"
	}
	return found{file: f, label: label}, nil
}

// walk collects the files that a glob matches.
type walk struct {
	disk   *disk
	target *target
	glob   *glob
	files  []found
	failed string // the folder that could not be read
}

func (w *walk) folder(dir string, at states) error {
	entries, err := w.disk.list(w.target.root, dir)
	if err != nil {
		w.failed = dir
		return err
	}
	for _, f := range entries {
		if f.isFolder() {
			if next := w.glob.enter(at, f.name, false); next != 0 {
				if err := w.folder(f.path, next); err != nil {
					return err
				}
			}
			continue
		}
		if !w.glob.accepts(at, f.name, false) {
			continue
		}
		w.disk.follow(f)
		if f.refused != "" || f.info.Mode().IsRegular() {
			w.files = append(w.files, found{file: f, label: w.target.label + f.path})
		}
	}
	return nil
}

// unfit says why Google would not take a file, "" when it would try. It is
// asked before any byte is read.
func (f *file) unfit() string {
	if f.refused != "" {
		return f.refused
	}
	if !utf8.ValidString(f.path) {
		return "its name is not valid text"
	}
	return unfit(f.name, f.info.Size())
}
