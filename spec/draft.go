package spec

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
)

// draft is an album whose files are found but not read. Check and Resolve both
// begin with it, so that what the one calls right the other can use.
type draft struct {
	a        *album
	parts    []part
	cover    *found
	findings []*finding
	warnings []Problem
}

// part is what one source came to.
type part struct {
	source *source
	files  []found
}

// draftOf finds the files of an album.
func draftOf(d *disk, a *album) *draft {
	out := &draft{a: a}
	for i := range a.sources {
		out.add(d, &a.sources[i])
	}
	out.findCover(d)
	return out
}

// add finds the files of a source. Several patterns are one set.
func (out *draft) add(d *disk, src *source) {
	p := part{source: src}
	seen := map[*file]bool{}
	left := make([]int, len(src.exclude)) // how many files each exclude leaves out
	failed := false
	for i := range src.files {
		pat := &src.files[i]
		files, problem := d.expand(&pat.target)
		if problem != nil {
			problem.at, failed = pat.at, true
			out.findings = append(out.findings, problem)
		}
		for _, f := range files {
			if seen[f.file] {
				continue
			}
			seen[f.file] = true
			if !src.excludes(&f, left) {
				p.files = append(p.files, f)
			}
		}
	}
	out.describe(d, &p, failed)
	if len(src.files) > 0 && len(p.files) == 0 && !failed {
		out.findings = append(out.findings, &finding{at: src.at, message: "exclude leaves no file over", remedy: untouched})
	}
	if !failed {
		out.warnUnused(src, left)
	}
	out.parts = append(out.parts, p)
}

// excludes reports whether a file is left out, and counts for each pattern. A
// pattern without a root holds below every root, so that **/*.mov means what it
// says.
func (s *source) excludes(f *found, left []int) bool {
	for i := range s.exclude {
		p := &s.exclude[i]
		if (p.label == "" || p.root == f.root) && p.matches(f.path) {
			left[i]++
			return true
		}
	}
	return false
}

// warnUnused tells of an exclude that leaves nothing out: what should stay away
// may be about to be uploaded. One for any folder is a precaution and may be
// idle.
func (out *draft) warnUnused(src *source, left []int) {
	for i, n := range left {
		p := &src.exclude[i]
		if n > 0 || p.globs[0].segments[0].deep {
			continue
		}
		w := Problem{Place: p.at, Message: fmt.Sprintf("%s leaves nothing out", p)}
		if len(p.globs[0].segments) == 1 && p.globs[0].base == "." {
			w.Hint = fmt.Sprintf("in any folder it would be %s", shown("**/"+p.text))
		}
		out.warnings = append(out.warnings, w)
	}
}

// findCover finds the file of the cover among those of the album.
func (out *draft) findCover(d *disk) {
	c := out.a.cover
	if c == nil || c.file == nil {
		return
	}
	var labels []string
	for i := range out.parts {
		for j := range out.parts[i].files {
			f := out.parts[i].files[j] // by value: the files are sorted later
			if f.root == c.file.root && f.path == c.file.file {
				out.cover = &f
				return
			}
			labels = append(labels, f.label)
		}
	}
	if len(out.findings) > 0 {
		return // the file may be one of a source that can't be read
	}
	f := &finding{at: c.at, message: fmt.Sprintf("the cover %s is none of the album's files", c.file)}
	near := d.nearest(c.file.text, labels)
	for _, label := range labels {
		if near == "" && path.Base(label) == path.Base(c.file.file) {
			near = label
		}
	}
	if near != "" {
		f.near = shown(near)
	}
	out.findings = append(out.findings, f)
}

func (out *draft) unavailable() []Problem {
	var problems []Problem
	for _, f := range out.findings {
		problems = append(problems, f.problem())
	}
	return problems
}

// sound is the album without the sources of which a path can't be looked for, and
// without its cover if there is such a one: it may be among their files.
func (a *album) sound() *album {
	out := *a
	bad := func(p pattern) bool { return p.bad }
	out.sources = slices.DeleteFunc(slices.Clone(a.sources), func(s source) bool {
		return slices.ContainsFunc(s.files, bad) || slices.ContainsFunc(s.exclude, bad)
	})
	for i := range out.sources {
		texts := &out.sources[i].describe.texts
		*texts = slices.DeleteFunc(slices.Clone(*texts), func(t described) bool { return t.bad })
	}
	if len(out.sources) < len(a.sources) || a.cover != nil && a.cover.file != nil && a.cover.file.bad {
		out.cover = nil
	}
	return &out
}

// Check looks whether the folders and files that the spec names exist, without
// reading any file. It returns nil when all is well.
func (s *Spec) Check() Errors {
	d := newDisk(context.Background())
	defer d.Close()
	var errs Errors
	for _, name := range slices.Sorted(maps.Keys(s.roots)) {
		r := s.roots[name]
		if r.folder == "" {
			continue
		}
		if _, err := d.root(r.folder); err != nil {
			errs = append(errs, &Error{Place: r.at, Message: fmt.Sprintf("the folder %s can't be read: %s", shown(r.folder), plainError(err))})
		}
	}
	for _, a := range s.albums {
		for _, f := range draftOf(d, a.sound()).findings {
			errs = append(errs, f.mistake())
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs.sorted()
}
