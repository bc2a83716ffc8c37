package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// finding is what is wrong with a path on the disk.
type finding struct {
	at      Place
	message string
	near    string // the nearest name that is there
	remedy  string // what else helps
}

// problem is the finding for a plan: it stops its album and nothing else.
func (f *finding) problem() Problem {
	p := Problem{Place: f.at, Message: f.message, Hint: f.remedy}
	if f.near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", f.near)
	}
	return p
}

// mistake is the finding for somebody who checks a spec.
func (f *finding) mistake() *Error {
	return &Error{Place: f.at, Message: f.message, DidYouMean: f.near}
}

// untouched is the remedy for what should be there and is not now.
const untouched = "nothing in the album is touched until it can be read"

// nearest compares names as long as that is cheap: a folder that was emptied can
// make as many mistakes as it had files.
func (d *disk) nearest(name string, candidates []string) string {
	if d.guesses -= len(candidates); d.guesses < 0 {
		return ""
	}
	return nearest(name, candidates)
}

// place is a folder as messages name it: below the spec's folder, or by its root.
func (t *target) place(dir string) string {
	if dir == "." {
		if t.label == "" {
			return shown(t.root)
		}
		return shown(t.label + " (" + t.root + ")")
	}
	return shown(t.label + dir)
}

// noFolder is the finding for a folder that can't be read.
func (d *disk) noFolder(t *target, dir string, err error) *finding {
	f := &finding{message: fmt.Sprintf("the folder %s can't be read: %s", t.place(dir), plainError(err)), remedy: untouched}
	if escapes(err) {
		f.message = fmt.Sprintf("the folder %s is a link out of its root, and nothing is read there", t.place(dir))
		f.remedy = "name the folder that it leads to in roots"
		return f
	}
	// The first folder of the path that is not there is the one to correct.
	for errors.Is(err, fs.ErrNotExist) && dir != "." {
		parent, base := path.Split(dir)
		parent = path.Clean("./" + parent)
		entries, parentErr := d.list(t.root, parent)
		if parentErr == nil {
			folders := baseNames(entries, (*file).isFolder)
			if near := d.nearest(base, folders); near != "" {
				f.near = shown(t.label + path.Join(parent, near))
			}
			break
		}
		dir, err = parent, parentErr
	}
	return f
}

// noFile is the finding for a single file that is not there or can't be looked
// at.
func (d *disk) noFile(t *target, err error) *finding {
	f := &finding{message: fmt.Sprintf("the file %s can't be read: %s", shown(t.label+t.file), plainError(err)), remedy: untouched}
	if escapes(err) {
		f.message = fmt.Sprintf("the file %s lies behind a link out of its root, and nothing is read there", shown(t.label+t.file))
		f.remedy = "name the folder that it leads to in roots"
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return f
	}
	dir, base := path.Split(t.file)
	dir = path.Clean("./" + dir)
	entries, dirErr := d.list(t.root, dir)
	if dirErr != nil {
		return d.noFolder(t, dir, dirErr)
	}
	if near := d.nearest(base, baseNames(entries, nil)); near != "" {
		f.near = shown(t.label + path.Join(dir, near))
	}
	return f
}

// noMatch is the finding for a glob that matches nothing. Most often the ending
// is written in the other case, or is another one.
func (d *disk) noMatch(t *target) *finding {
	g := &t.globs[0]
	f := &finding{message: fmt.Sprintf("%s matches nothing", shown(t.label+g.String())), remedy: untouched}
	dir, last := g.base, g.segments[len(g.segments)-1].text
	entries, err := d.list(t.root, dir)
	if err != nil {
		return f
	}
	if len(g.segments) > 1 && !g.segments[0].deep {
		folders := baseNames(entries, (*file).isFolder)
		if near := d.nearest(g.segments[0].text, folders); near != "" {
			f.remedy = fmt.Sprintf("there is %s", t.place(path.Join(dir, near)))
		}
		return f
	}
	lower := newSegment(strings.ToLower(last))
	endings := map[string]bool{}
	for _, e := range entries {
		if e.isFolder() || foreign(e.name) {
			continue
		}
		if lower.match(strings.ToLower(e.name), false) {
			f.near = shown(t.label + path.Join(dir, sameCase(last, e.name)))
			return f
		}
		if ext := path.Ext(e.name); ext != "" && unfit(e.name, 1) == "" {
			endings["*"+ext] = true
		}
	}
	known := slices.Sorted(maps.Keys(endings))
	if near := d.nearest(last, known); near != "" {
		f.near = shown(t.label + path.Join(dir, near))
	} else if len(known) > 0 && len(known) <= 5 {
		f.remedy = fmt.Sprintf("the folder holds %s", shown(strings.Join(known, ", ")))
	}
	return f
}

// sameCase is a glob with the ending of a name, which it matches but for upper
// and lower case; the name itself when more than the ending differs.
func sameCase(glob, name string) string {
	ext := path.Ext(name)
	if !strings.EqualFold(path.Ext(glob), ext) {
		return name
	}
	mended := strings.TrimSuffix(glob, path.Ext(glob)) + ext
	if s := newSegment(mended); s.match(name, false) {
		return mended
	}
	return name
}

// String is the glob as it was written, but for what cleaning dropped.
func (g *glob) String() string {
	parts := make([]string, len(g.segments))
	for i, s := range g.segments {
		parts[i] = s.text
	}
	return path.Join(g.base, strings.Join(parts, "/"))
}

// baseNames are the names of those files that are asked for, all without a
// question.
func baseNames(files []*file, asked func(*file) bool) []string {
	var out []string
	for _, f := range files {
		if !foreign(f.name) && (asked == nil || asked(f)) {
			out = append(out, f.name)
		}
	}
	return out
}
