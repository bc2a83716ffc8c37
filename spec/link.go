package spec

import (
	"fmt"
	"slices"
	"strings"
)

// link brings the files together: what must be the same or unique over all of
// them. Where a file is missing because it can't be read, the spec is not whole,
// and a name that may stand in that file is not missed.
func (s *Spec) link(whole bool) Errors {
	errs := s.linkRoots()
	errs = append(errs, s.linkSafety()...)
	errs = append(errs, s.linkAlbums()...)
	errs = append(errs, s.linkJoined()...)
	errs = append(errs, s.linkEarlier()...)
	errs = append(errs, s.linkAdopted()...)
	for _, doc := range s.docs {
		for _, a := range doc.albums {
			errs = append(errs, s.linkPatterns(a, whole)...)
		}
	}
	return errs
}

func (s *Spec) linkRoots() Errors {
	var errs Errors
	for _, doc := range s.docs {
		for _, r := range doc.roots {
			first, known := s.roots[r.name]
			if known && first.folder != r.folder && first.folder != "" && r.folder != "" {
				errs = append(errs, &Error{Place: r.at, Message: fmt.Sprintf("the root %q is another folder at %s", r.name, first.at), Expected: "one folder for a name"})
			}
			if !known || first.folder == "" {
				s.roots[r.name] = r
			}
		}
	}
	return errs
}

func (s *Spec) linkSafety() Errors {
	var errs Errors
	var first *Place
	for _, doc := range s.docs {
		if doc.safety == nil {
			continue
		}
		if first != nil {
			errs = append(errs, &Error{Place: doc.safetyAt, Message: fmt.Sprintf("safety stands at %s already", first), Expected: "it once over all files"})
			continue
		}
		first, s.safety = &doc.safetyAt, *doc.safety
	}
	return errs
}

func (s *Spec) linkAlbums() Errors {
	var errs Errors
	first := map[Key]*album{}
	for _, doc := range s.docs {
		for _, a := range doc.albums {
			if other := first[a.key]; other != nil {
				errs = append(errs, &Error{Place: a.at, Message: fmt.Sprintf("the key %q stands at %s already", a.key, other.at), Expected: "keys that are unique over all files"})
				continue
			}
			first[a.key] = a
			a.settle()
			s.albums = append(s.albums, a)
		}
	}
	slices.SortFunc(s.albums, func(a, b *album) int { return strings.Compare(string(a.key), string(b.key)) })
	return errs
}

// linkEarlier refuses an earlier key that is a key of today, or of which two
// albums say that it was theirs: one live album would have two owners.
func (s *Spec) linkEarlier() Errors {
	var errs Errors
	live, claimed := map[Key]*album{}, map[Key]earlier{}
	for _, a := range s.albums {
		live[a.key] = a
	}
	for _, doc := range s.docs {
		for _, a := range doc.albums {
			for _, old := range a.previously {
				switch by, twice := claimed[old.key]; {
				case live[old.key] != nil:
					errs = append(errs, &Error{Place: old.at, Message: fmt.Sprintf("the earlier key %q is that of an album at %s", old.key, live[old.key].at), Expected: "a key that no album has now"})
				case twice:
					errs = append(errs, &Error{Place: old.at, Message: fmt.Sprintf("the earlier key %q stands at %s already", old.key, by.at), Expected: "each earlier key once"})
				default:
					claimed[old.key] = old
				}
			}
		}
	}
	return errs
}

// linkAdopted refuses two keys for one live album.
func (s *Spec) linkAdopted() Errors {
	var errs Errors
	first := map[string]*album{}
	for _, a := range s.albums {
		if a.adopt.ID == "" && a.adopt.Title == "" {
			continue
		}
		wish := fmt.Sprintf("%s\x00%s\x00%s", a.doc.account, a.adopt.ID, a.adopt.Title)
		if other := first[wish]; other != nil {
			errs = append(errs, &Error{Place: a.adoptAt, Message: fmt.Sprintf("the album %q adopts the same live album at %s", other.key, other.adoptAt), Expected: "one key for a live album"})
			continue
		}
		first[wish] = a
	}
	return errs
}

// linkPatterns finds the root of every path, which can be done offline.
func (s *Spec) linkPatterns(a *album, whole bool) Errors {
	var errs Errors
	link := func(p *pattern, literal bool) {
		if p.bad {
			return
		}
		t, rest, e := s.rootOf(a.doc, p)
		switch {
		case e == nil:
			if e = t.aim(p, rest, literal); e != nil {
				errs = append(errs, e)
			}
			p.target = t
		case whole:
			errs = append(errs, e)
		}
		p.bad = e != nil
	}
	for i := range a.sources {
		src := &a.sources[i]
		for j := range src.files {
			link(&src.files[j], false)
		}
		for j := range src.exclude {
			link(&src.exclude[j], false)
		}
	}
	if a.cover != nil && a.cover.file != nil {
		link(a.cover.file, true)
	}
	return errs
}
