package spec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Facts know what is in files. Whoever provides them may remember them, so that
// a file is read again only when it has changed. They are asked concurrently.
type Facts interface {
	Of(ctx context.Context, path string, info fs.FileInfo) (FileFacts, error)
}

// FileFacts are what is in a file.
type FileFacts struct {
	Digest Digest
	Taken  time.Time // capture time; zero when the file does not tell
}

// ResolveOptions say what to resolve. Facts must be set.
type ResolveOptions struct {
	Account  string // "" means "default"
	Facts    Facts
	Workers  int                   // files read at once; 0 means one a processor
	Progress func(ResolveProgress) // told now and then, from one goroutine at a time; may be nil
}

// ResolveProgress is how far the reading of files has come.
type ResolveProgress struct {
	Files, OfFiles int
	Bytes, OfBytes int64
}

// Resolve finds out which files and items every album of an account means now.
// It fails for an ended context or an account that the spec does not name; what
// is wrong with folders and files stands in Desired.
func (s *Spec) Resolve(ctx context.Context, o ResolveOptions) (Desired, error) {
	out := Desired{Account: cmp.Or(o.Account, "default"), Safety: s.safety}
	if !slices.Contains(s.Accounts(), out.Account) {
		return out, fmt.Errorf("the spec has no account %q, only %s", out.Account, strings.Join(s.Accounts(), ", "))
	}
	d := newDisk()
	defer d.Close()
	var drafts []*draft
	for _, a := range s.albums {
		if a.doc.account == out.Account {
			drafts = append(drafts, s.draft(d, a))
		}
	}
	facts, err := readFacts(ctx, o, drafts)
	if err != nil {
		return out, err
	}
	for _, draft := range drafts {
		album, warnings := draft.album(facts)
		out.Albums = append(out.Albums, album)
		out.Warnings = append(out.Warnings, warnings...)
	}
	out.Warnings = append(out.Warnings, sameTitles(out.Albums)...)
	out.Generation = generation(&out)
	return out, nil
}

// Check looks whether the folders and files that the spec names exist, without
// reading them. It returns nil when all is well.
func (s *Spec) Check() Errors {
	d := newDisk()
	defer d.Close()
	var errs Errors
	for _, a := range s.albums {
		for _, p := range s.draft(d, a).problems {
			errs = append(errs, &Error{Place: p.Place, Message: p.Message, Expected: p.Hint})
			if rest, ok := strings.CutPrefix(p.Hint, "did you mean "); ok {
				errs[len(errs)-1].Expected, errs[len(errs)-1].DidYouMean = "", strings.TrimSuffix(rest, "?")
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs.sort()
}

// draft is an album whose files are found but not read.
type draft struct {
	a        *album
	parts    []part
	cover    *found
	problems []Problem
}

// part is what one source came to.
type part struct {
	source *source
	files  []found
}

// draft finds the files of an album.
func (s *Spec) draft(d *disk, a *album) *draft {
	out := &draft{a: a}
	for i := range a.sources {
		src := &a.sources[i]
		part := part{source: src}
		seen := map[string]bool{}
		for _, p := range src.files {
			files, problem := s.expand(d, a, p)
			if problem != nil {
				problem.Place = p.at
				out.problems = append(out.problems, *problem)
			}
			for _, f := range files {
				if file := f.file(); !seen[file] && !s.excluded(a, src, &f) {
					seen[file] = true
					part.files = append(part.files, f)
				}
			}
		}
		if len(src.files) > 0 && len(part.files) == 0 && len(out.problems) == 0 {
			out.problems = append(out.problems, Problem{Place: src.at, Message: "exclude leaves no file over"})
		}
		out.parts = append(out.parts, part)
	}
	s.findCover(out)
	return out
}

func (s *Spec) expand(d *disk, a *album, p pattern) ([]found, *Problem) {
	t, mistake := s.target(a.doc, p)
	if mistake != nil {
		return nil, &Problem{Message: mistake.Message}
	}
	return d.expand(t)
}

func (s *Spec) excluded(a *album, src *source, f *found) bool {
	for _, p := range src.exclude {
		t, mistake := s.target(a.doc, p)
		if mistake != nil || t.label != "" && t.root != f.root {
			continue
		}
		if ok, _ := doublestar.Match(t.glob, f.path); ok {
			return true
		}
	}
	return false
}

// findCover finds the file of the cover among those of the album.
func (s *Spec) findCover(out *draft) {
	c := out.a.cover
	if c == nil || c.file.text == "" {
		return
	}
	t, mistake := s.target(out.a.doc, c.file)
	if mistake != nil {
		return
	}
	var labels []string
	for i := range out.parts {
		for j := range out.parts[i].files {
			f := &out.parts[i].files[j]
			if f.root == t.root && f.path == t.glob {
				out.cover = f
				return
			}
			labels = append(labels, f.label)
		}
	}
	if len(out.problems) > 0 {
		return // the file may be one of a source that can't be read
	}
	p := Problem{Place: c.at, Message: fmt.Sprintf("the cover %s is none of the album's files", c.file.text)}
	if near := nearest(c.file.text, labels); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	out.problems = append(out.problems, p)
}

// read is what came of reading a file.
type read struct {
	FileFacts
	err error
}

// readFacts reads every file once, several at a time.
func readFacts(ctx context.Context, o ResolveOptions, drafts []*draft) (map[string]read, error) {
	var todo []*found
	facts := map[string]read{}
	progress := ResolveProgress{}
	for _, d := range drafts {
		for i := range d.parts {
			for j := range d.parts[i].files {
				f := &d.parts[i].files[j]
				if f.refused == "" {
					f.refused = unfit(f)
				}
				file := f.file()
				if _, known := facts[file]; known || f.refused != "" {
					continue
				}
				facts[file] = read{}
				todo = append(todo, f)
				progress.OfFiles++
				progress.OfBytes += f.info.Size()
			}
		}
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	queue := make(chan *found)
	for range min(workers, len(todo)) {
		wg.Go(func() {
			for f := range queue {
				file := f.file()
				r := read{}
				r.FileFacts, r.err = o.Facts.Of(ctx, file, f.info)
				mu.Lock()
				facts[file] = r
				progress.Files++
				progress.Bytes += f.info.Size()
				if o.Progress != nil {
					o.Progress(progress)
				}
				mu.Unlock()
			}
		})
	}
	for _, f := range todo {
		if ctx.Err() != nil {
			break
		}
		queue <- f
	}
	close(queue)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, r := range facts {
		var fatal interface{ Fatal() bool }
		if errors.As(r.err, &fatal) && fatal.Fatal() {
			return nil, r.err
		}
	}
	return facts, nil
}

// album makes the desired album of a draft.
func (d *draft) album(facts map[string]read) (DesiredAlbum, []Problem) {
	a := d.a
	out := DesiredAlbum{
		Key: a.key, Title: a.title, ManagesContents: a.contents, Membership: a.membership, OnRemove: a.onRemove,
		Adopt: a.adopt, Previously: a.previously, Paused: a.paused, Unavailable: d.problems, At: a.at,
	}
	var doubled []string
	digests := map[Digest]bool{}
	items := map[string]bool{}
	for i := range d.parts {
		p := &d.parts[i]
		if id := p.source.item; id != "" && !items[id] {
			items[id] = true
			out.Members = append(out.Members, Member{Item: id, Label: id})
		}
		p.sort(facts)
		for j := range p.files {
			m := member(&p.files[j], facts[p.files[j].file()])
			if !m.Digest.IsZero() && digests[m.Digest] {
				doubled = append(doubled, m.Label)
				continue
			}
			digests[m.Digest] = true
			out.Members = append(out.Members, m)
		}
	}
	out.Cover = d.coverOf(facts)
	var warnings []Problem
	if len(doubled) > 0 {
		warnings = append(warnings, Problem{Place: a.at, Message: fmt.Sprintf("%s: the same bytes stand in the album already, and once is enough", few(doubled))})
	}
	return out, warnings
}

func (d *draft) coverOf(facts map[string]read) Cover {
	switch {
	case d.a.cover == nil:
		return Cover{}
	case d.cover != nil:
		return Cover{Digest: facts[d.cover.file()].Digest}
	}
	return Cover{Item: d.a.cover.item}
}

// member makes a member of a file.
func member(f *found, r read) Member {
	m := Member{File: f.file(), Name: baseName(f.path), Label: f.label, Refused: f.refused}
	if f.info != nil {
		m.Size, m.ModTime = f.info.Size(), f.info.ModTime()
	}
	switch {
	case f.refused != "":
		m.Unreadable = f.info == nil
	case r.err != nil:
		m.Refused, m.Unreadable = "it can't be read: "+plainError(r.err), true
	default:
		m.Digest = r.Digest
	}
	return m
}

func baseName(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// sort puts the files of a source into its order.
func (p *part) sort(facts map[string]read) {
	when := func(f *found) time.Time {
		if f.info == nil {
			return time.Time{}
		}
		if p.source.order == byTaken {
			if t := facts[f.file()].Taken; !t.IsZero() {
				return t
			}
		}
		return f.info.ModTime()
	}
	slices.SortStableFunc(p.files, func(a, b found) int {
		if p.source.order != byName {
			if c := when(&a).Compare(when(&b)); c != 0 {
				return c
			}
		}
		return natural(a.label, b.label)
	})
}

func sameTitles(albums []DesiredAlbum) []Problem {
	var out []Problem
	first := map[string]Key{}
	for i := range albums {
		a := &albums[i]
		if other, ok := first[a.Title]; ok && a.Title != "" {
			out = append(out, Problem{Place: a.At, Message: fmt.Sprintf("the album %q has the same title", other)})
			continue
		}
		first[a.Title] = a.Key
	}
	return out
}

// few is a list of names, of which three are written out.
func few(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}
