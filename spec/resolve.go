package spec

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ResolveOptions say what to resolve. Facts must be set.
type ResolveOptions struct {
	Account  string // "" means "default"
	Facts    Facts
	Workers  int                   // files read at once; 0 means one a processor
	Progress func(ResolveProgress) // told after each file, from one goroutine at a time; may be nil
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
	out := Desired{Account: cmp.Or(o.Account, defaultAccount), Safety: s.safety}
	if !slices.Contains(s.Accounts(), out.Account) {
		return out, fmt.Errorf("the spec has no account %q, only %s", out.Account, strings.Join(s.Accounts(), ", "))
	}
	d := newDisk(ctx)
	defer d.Close()
	var drafts []*draft
	for _, a := range s.albums {
		if a.doc.account == out.Account {
			drafts = append(drafts, draftOf(d, a))
		}
	}
	if err := ctx.Err(); err != nil {
		return Desired{}, err
	}
	if err := readFacts(ctx, o, drafts); err != nil {
		return Desired{}, err
	}
	for _, draft := range drafts {
		album, warnings := draft.album()
		out.Albums = append(out.Albums, album)
		out.Warnings = append(out.Warnings, warnings...)
	}
	for _, j := range s.joined {
		if j.doc.account == out.Account {
			out.Joined = append(out.Joined, j.Joined)
		}
	}
	out.Warnings = append(out.Warnings, sameTitles(out.Albums)...)
	out.Generation = generation(&out)
	return out, nil
}

// readFacts reads every file once, several at a time.
func readFacts(ctx context.Context, o ResolveOptions, drafts []*draft) error {
	todo, twins, progress := queue(drafts)
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range min(workers, len(todo)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(todo) {
					return
				}
				f := todo[i]
				f.facts, f.err = o.Facts.Of(ctx, f.abs, f.info)
				if o.Progress == nil {
					continue
				}
				mu.Lock()
				progress.Files++
				progress.Bytes += f.info.Size()
				o.Progress(progress)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for _, f := range twins {
		f.facts, f.err = f.twin.facts, f.twin.err
	}
	return ctx.Err()
}

// queue lists the files whose bytes must be known, and those that are the same
// files by the path of another root. A refused file is not read.
func queue(drafts []*draft) (todo, twins []*file, total ResolveProgress) {
	paths := map[string]*file{}
	for _, d := range drafts {
		for i := range d.parts {
			for _, f := range d.parts[i].files {
				if f.queued {
					continue
				}
				f.queued = true
				if f.refused = f.unfit(); f.refused != "" {
					continue
				}
				if f.twin = paths[f.abs]; f.twin != nil {
					twins = append(twins, f.file)
					continue
				}
				paths[f.abs] = f.file
				todo = append(todo, f.file)
				total.OfFiles++
				total.OfBytes += f.info.Size()
			}
		}
	}
	return todo, twins, total
}

// album makes the desired album of a draft.
func (d *draft) album() (DesiredAlbum, []Problem) {
	a := d.a
	out := DesiredAlbum{
		Key: a.key, Title: a.title, ManagesContents: a.contents, Membership: a.membership, OnRemove: a.onRemove,
		Adopt: a.adopt, Paused: a.paused, Share: a.share, Unavailable: d.unavailable(), At: a.at,
	}
	for _, old := range a.previously {
		out.Previously = append(out.Previously, old.key)
	}
	warnings := d.warnings
	warn := func(at Place, format string, args ...any) {
		warnings = append(warnings, Problem{Place: at, Message: fmt.Sprintf(format, args...)})
	}
	var doubled []string
	out.Members, doubled = d.members()
	if len(doubled) > 0 {
		warn(a.at, "%s: the same bytes stand in the album already, and once is enough", few(doubled))
	}
	switch {
	case a.cover == nil:
		if !a.contents && a.title == "" && !a.share.Managed {
			warn(a.at, "the album is adopted and nothing of it is managed: it has neither title nor contents nor cover here")
		}
	case d.cover != nil && (d.cover.refused != "" || d.cover.err != nil):
		warn(a.cover.at, "the cover stays as it is, for %s can't be one: %s", shown(d.cover.label), d.cover.refusal())
	case d.cover != nil:
		out.Cover = Cover{Digest: d.cover.facts.Digest}
	default:
		out.Cover = Cover{Item: a.cover.item}
	}
	return out, warnings
}

// members lists the items of an album in order, and the labels of files whose
// bytes stood there already. A path that two sources match is no such file: it is
// common to name a few files first and all of them after.
func (d *draft) members() (out []Member, doubled []string) {
	n := 0
	for i := range d.parts {
		n += len(d.parts[i].files) + 1
	}
	out = make([]Member, 0, n)
	items, files, digests := map[string]bool{}, make(map[string]bool, n), make(map[Digest]bool, n)
	for i := range d.parts {
		p := &d.parts[i]
		if id := p.source.item; id != "" && !items[id] {
			items[id] = true
			out = append(out, Member{Item: id, Label: id})
		}
		p.sort()
		for _, f := range p.files {
			if files[f.abs] {
				continue
			}
			files[f.abs] = true
			m := f.member()
			if !m.Digest.IsZero() && digests[m.Digest] {
				doubled = append(doubled, shown(m.Label))
				continue
			}
			digests[m.Digest] = true
			out = append(out, m)
		}
	}
	return out, doubled
}

// refusal is why a file can't be uploaded, "" when it can.
func (f *file) refusal() string {
	if f.refused == "" && f.err != nil {
		return "it can't be read: " + plainError(f.err)
	}
	return f.refused
}

// member makes a member of a file.
func (f *found) member() Member {
	m := Member{File: f.abs, Name: f.name, Label: f.label, Refused: f.refusal()}
	if f.info != nil {
		m.Size, m.ModTime = f.info.Size(), f.info.ModTime()
	}
	m.Unreadable = f.info == nil || f.err != nil
	if m.Refused == "" {
		m.Digest = f.facts.Digest
	}
	return m
}

// sort puts the files of a source into its order.
func (p *part) sort() {
	slices.SortStableFunc(p.files, func(a, b found) int {
		if p.source.order != byName {
			if c := a.when(p.source.order).Compare(b.when(p.source.order)); c != 0 {
				return c
			}
		}
		return cmp.Or(natural(a.path, b.path), natural(a.label, b.label))
	})
}

// when is the time by which a file is ordered.
func (f *file) when(o order) time.Time {
	switch {
	case o == byTaken && !f.facts.Taken.IsZero():
		return f.facts.Taken
	case f.info == nil:
		return time.Time{}
	}
	return f.info.ModTime()
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
