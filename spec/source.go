package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
)

// target is where a pattern looks: a root folder and a glob below it.
type target struct {
	root  string // absolute
	label string // what stands before the path in a label: "" or "nas:"
	glob  string // slash-separated, below the root
}

// target finds the root of a pattern. A path that leaves its root is a mistake.
func (s *Spec) target(doc *document, p pattern) (target, *Error) {
	t := target{root: doc.folder, glob: filepath.ToSlash(p.text)}
	if name, rest, ok := strings.Cut(t.glob, ":"); ok && keyShape.MatchString(name) && len(name) > 1 {
		folder, known := s.roots[name]
		if !known {
			names := slices.Sorted(maps.Keys(s.roots))
			e := &Error{Place: p.at, Message: fmt.Sprintf("there is no root %q", name), Expected: "a name of roots", DidYouMean: nearest(name, names)}
			return t, e
		}
		t = target{root: folder, label: name + ":", glob: rest}
	}
	t.glob = strings.TrimPrefix(t.glob, "./")
	clean := path.Clean("/" + t.glob)
	switch {
	case path.IsAbs(t.glob), slices.Contains(strings.Split(t.glob, "/"), ".."):
		return t, &Error{Place: p.at, Message: fmt.Sprintf("the path %q leads outside of the spec's folder", p.text),
			Expected: "a path below it, or a named one: ROOT:path with roots: {ROOT: /folder}"}
	case clean == "/":
		return t, &Error{Place: p.at, Message: "the path names no file", Expected: "a path or a glob"}
	case !doublestar.ValidatePattern(t.glob):
		return t, &Error{Place: p.at, Message: fmt.Sprintf("%q is no glob", p.text), Expected: "*, ?, **, [a-z] and {a,b}, all closed"}
	}
	t.glob = clean[1:]
	return t, nil
}

// found is a file that a source means.
type found struct {
	root    string
	path    string // slash-separated, below the root
	label   string
	info    fs.FileInfo // nil when it could not be had
	refused string
}

// file is where the file is on disk.
func (f *found) file() string { return filepath.Join(f.root, filepath.FromSlash(f.path)) }

// disk looks at folders, each once. It reads nothing outside of the roots: a
// link that leads out is seen, not followed.
type disk struct {
	roots   map[string]*os.Root
	folders map[string]listing
}

type listing struct {
	entries []fs.DirEntry
	err     error
}

func newDisk() *disk { return &disk{roots: map[string]*os.Root{}, folders: map[string]listing{}} }

// Close closes the roots.
func (d *disk) Close() {
	for _, r := range d.roots {
		_ = r.Close()
	}
}

func (d *disk) root(dir string) (*os.Root, error) {
	if r := d.roots[dir]; r != nil {
		return r, nil
	}
	r, err := os.OpenRoot(dir)
	if err == nil {
		d.roots[dir] = r
	}
	return r, err
}

// list reads a folder below a root, sorted by name.
func (d *disk) list(rootDir, dir string) ([]fs.DirEntry, error) {
	key := rootDir + "\x00" + dir
	if l, ok := d.folders[key]; ok {
		return l.entries, l.err
	}
	var l listing
	root, err := d.root(rootDir)
	if err == nil {
		l.entries, err = fs.ReadDir(root.FS(), dir)
	}
	l.err = err
	d.folders[key] = l
	return l.entries, l.err
}

// expand lists the files of a target. Any folder that can't be read fails it as
// a whole: half a listing is none (law 9).
func (d *disk) expand(t target) ([]found, *Problem) {
	base, rest := doublestar.SplitPattern(t.glob)
	if rest == "" || !strings.ContainsAny(rest, "*?[{\\") {
		f, p := d.single(t)
		if p != nil {
			return nil, p
		}
		return []found{f}, nil
	}
	w := walk{disk: d, target: t, hidden: strings.HasPrefix(rest, ".") || strings.Contains(rest, "/."), depth: -1}
	if !strings.Contains(rest, "**") {
		w.depth = strings.Count(rest, "/")
		if strings.Contains(rest, "{") {
			w.depth = -1 // alternatives may hold slashes of their own
		}
	}
	if err := w.folder(base, 0); err != nil {
		return nil, &Problem{Message: fmt.Sprintf("the folder %s can't be read: %s", t.label+w.failed, plainError(err)), Hint: d.folderHint(t, w.failed, err)}
	}
	if len(w.files) == 0 {
		return nil, &Problem{Message: fmt.Sprintf("%q matches nothing", t.label+t.glob), Hint: d.globHint(t, base, rest)}
	}
	return w.files, nil
}

// single finds the one file of a pattern without wildcards.
func (d *disk) single(t target) (found, *Problem) {
	f := found{root: t.root, path: t.glob, label: t.label + t.glob}
	root, err := d.root(t.root)
	if err != nil {
		return f, &Problem{Message: fmt.Sprintf("the folder %s can't be read: %s", t.root, plainError(err))}
	}
	info, err := root.Lstat(filepath.FromSlash(t.glob))
	if err != nil {
		return f, &Problem{Message: fmt.Sprintf("the file %s can't be read: %s", f.label, plainError(err)), Hint: d.fileHint(t)}
	}
	if info.IsDir() {
		return f, &Problem{Message: fmt.Sprintf("%s is a folder", f.label), Hint: fmt.Sprintf("its files are %q", f.label+"/*")}
	}
	d.look(&f, info)
	return f, nil
}

// look takes a file's facts, through a link when it stays inside of the root.
func (d *disk) look(f *found, info fs.FileInfo) (file bool) {
	if info.Mode()&fs.ModeSymlink == 0 {
		f.info = info
		return info.Mode().IsRegular()
	}
	root, err := d.root(f.root)
	if err == nil {
		info, err = root.Stat(filepath.FromSlash(f.path))
	}
	switch {
	case err == nil:
		f.info = info
		return info.Mode().IsRegular()
	case errors.Is(err, fs.ErrNotExist):
		f.refused = "it links to a file that is not there"
	case errors.Is(err, syscall.ELOOP):
		f.refused = "it links in a circle"
	default:
		f.refused = "it links to where the spec may not look: " + plainError(err)
	}
	return true
}

// walk collects the files that a glob matches.
type walk struct {
	disk   *disk
	target target
	hidden bool // names that begin with a dot count
	depth  int  // how far below the base to look; negative is all the way
	files  []found
	failed string // the folder that could not be read
}

func (w *walk) folder(dir string, depth int) error {
	entries, err := w.disk.list(w.target.root, dir)
	if err != nil {
		w.failed = dir
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !w.hidden && hiddenName(name) {
			continue
		}
		full := path.Join(dir, name)
		if e.IsDir() {
			if w.depth < 0 || depth < w.depth {
				if err := w.folder(full, depth+1); err != nil {
					return err
				}
			}
			continue
		}
		if ok, err := doublestar.Match(w.target.glob, full); err != nil || !ok {
			continue
		}
		f := found{root: w.target.root, path: full, label: w.target.label + full}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went while the folder was read
		}
		if err != nil {
			f.refused = plainError(err)
		} else if !w.disk.look(&f, info) {
			continue
		}
		w.files = append(w.files, f)
	}
	return nil
}

// hiddenName reports whether a file is none of the user's: hidden, or left by an
// operating system or a storage box.
func hiddenName(name string) bool {
	switch name {
	case "@eaDir", "#recycle", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN", "System Volume Information":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// fileHint names the nearest file in the folder of one that is not there.
func (d *disk) fileHint(t target) string {
	dir, base := path.Split(t.glob)
	entries, err := d.list(t.root, path.Clean("./"+dir))
	if err != nil {
		return d.folderHint(t, path.Clean("./"+dir), err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := nearest(base, names); near != "" {
		return fmt.Sprintf("did you mean %s?", t.label+dir+near)
	}
	return ""
}

// folderHint names the nearest folder beside one that is not there.
func (d *disk) folderHint(t target, dir string, err error) string {
	if !errors.Is(err, fs.ErrNotExist) || dir == "." || dir == "" {
		return "nothing in the album is touched until it can be read"
	}
	parent, base := path.Split(dir)
	entries, listErr := d.list(t.root, path.Clean("./"+parent))
	if listErr != nil {
		return "nothing in the album is touched until it is back"
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if near := nearest(base, names); near != "" {
		return fmt.Sprintf("did you mean %s?", t.label+parent+near)
	}
	return "nothing in the album is touched until it is back"
}

// globHint names what lies where a glob matches nothing.
func (d *disk) globHint(t target, base, rest string) string {
	entries, err := d.list(t.root, base)
	if err != nil {
		return ""
	}
	lower := target{root: t.root, glob: strings.ToLower(t.glob)}
	exts := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || hiddenName(e.Name()) {
			continue
		}
		if ok, _ := doublestar.Match(lower.glob, strings.ToLower(path.Join(base, e.Name()))); ok {
			return fmt.Sprintf("%s differs by upper and lower case only", e.Name())
		}
		if ext := path.Ext(e.Name()); ext != "" {
			exts["*"+ext] = true
		}
	}
	known := slices.Sorted(maps.Keys(exts))
	if near := nearest(path.Base(rest), known); near != "" {
		return fmt.Sprintf("did you mean %s?", t.label+path.Join(base, near))
	}
	if len(known) > 0 && len(known) <= 5 {
		return fmt.Sprintf("the folder holds %s", strings.Join(known, ", "))
	}
	return ""
}
