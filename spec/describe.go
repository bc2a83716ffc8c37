package spec

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxDescription is Google's limit of characters, which a description stays under
// (discovery document, MediaItem.description).
const maxDescription = 1000

// fromFile is the word for descriptions that stand in the pictures themselves.
const fromFile = "fromFile"

// describe says how the pictures of a source are described. The zero value leaves
// their descriptions alone.
type describe struct {
	inFiles bool
	texts   []described
}

// described is a description and the files that it is for.
type described struct {
	pattern
	says string
}

func readDescribe(d *decoder, s *source, n node) {
	if m := n.meant(); m.Kind == yaml.ScalarNode && m.Tag == "!!str" {
		if word, ok := d.choice(n, fromFile); ok {
			s.describe.inFiles = word == fromFile
		}
		return
	}
	before := len(d.errs)
	d.any(n, "names or globs to descriptions, or "+fromFile, func(key, value node) {
		p := d.pattern(key, key.Value)
		if text, ok := d.description(value); ok {
			s.describe.texts = append(s.describe.texts, described{p, text})
		}
	})
	if len(s.describe.texts) == 0 && len(d.errs) == before {
		d.fail(n.meant(), "names or globs and their descriptions", "it describes nothing")
	}
}

// description reads the description of a picture. Blanks around it are dropped,
// since a text of several lines ends with one.
func (d *decoder) description(n node) (string, bool) {
	s, ok := d.text(n, "a description")
	if !ok {
		return "", false
	}
	s = strings.TrimSpace(s)
	n = n.meant()
	switch count := utf8.RuneCountInString(s); {
	case s == "":
		d.fail(n, "a description", "the description is empty")
	case count >= maxDescription:
		d.fail(n, fmt.Sprintf("fewer than %d characters", maxDescription), "the description has %d characters", count)
	case strings.ContainsFunc(s, unshown):
		d.fail(n, "a text", "the description %q holds control characters", shorten(s))
	default:
		return s, true
	}
	return "", false
}

// unshown reports whether a character is none that a description shows.
func unshown(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// link orders the descriptions so that the first that matches a file is its own: a
// name says more than a glob.
func (d *describe) link() {
	slices.SortStableFunc(d.texts, func(a, b described) int {
		switch {
		case a.file != "" && b.file == "":
			return -1
		case a.file == "" && b.file != "":
			return 1
		}
		return 0
	})
}

// of is the description of a file, and counts for each pattern. All patterns that
// match are counted: one that only others win over is no mistake.
func (d *describe) of(f *found, used []int) string {
	text := ""
	for i := range d.texts {
		if t := &d.texts[i]; t.means(f) {
			used[i]++
			if text == "" {
				text = t.says
			}
		}
	}
	return text
}

// means reports whether a file is described. A pattern without a folder is a name,
// in whatever folder the source finds it.
func (t *described) means(f *found) bool {
	if t.bare() && t.matches(f.name) {
		return true
	}
	return (t.label == "" || t.root == f.root) && t.matches(f.path)
}

func (t *described) bare() bool {
	return t.label == "" && !slices.ContainsFunc(t.globs, func(g glob) bool {
		return g.base != "." || len(g.segments) != 1 || g.segments[0].deep
	})
}

// describe gives the files of a source their descriptions.
func (out *draft) describe(d *disk, p *part, failed bool) {
	says := &p.source.describe
	used := make([]int, len(says.texts))
	for i := range p.files {
		f := &p.files[i]
		f.inside = says.inFiles
		f.tells = f.tells || says.inFiles
		f.text = says.of(f, used)
	}
	if failed {
		return
	}
	for i, n := range used {
		if n == 0 {
			out.findings = append(out.findings, says.texts[i].unused(d, p.files))
		}
	}
}

// unused is the finding for a description that is for no file.
func (t *described) unused(d *disk, files []found) *finding {
	f := &finding{at: t.at, message: fmt.Sprintf("%s describes none of the files here", t), remedy: "mend the name, or take its line out"}
	var names []string
	for i := range files {
		if t.bare() {
			names = append(names, files[i].name)
		} else {
			names = append(names, files[i].label)
		}
	}
	near := d.nearest(t.text, names)
	for i := range files {
		if near == "" && path.Base(files[i].path) == path.Base(t.text) {
			near = files[i].label
		}
	}
	if near != "" {
		f.near = shown(near)
	}
	return f
}

// description is what a file's item should say, "" when that is left alone.
func (f *found) description() string {
	switch {
	case f.text != "":
		return f.text
	case f.inside && utf8.RuneCountInString(f.told) < maxDescription:
		return f.told
	}
	return ""
}

// tooLong lists the files whose own descriptions Google would not take.
func (d *draft) tooLong() []string {
	var out []string
	for i := range d.parts {
		for _, f := range d.parts[i].files {
			if f.inside && f.text == "" && utf8.RuneCountInString(f.told) >= maxDescription {
				out = append(out, shown(f.label))
			}
		}
	}
	return out
}

// oneDescription lets the same bytes say the same everywhere: an item has one
// description, whatever albums it stands in, and whichever of them creates it must
// know it. Of two that disagree, which would replace each other for ever, the
// first album's wins.
func oneDescription(albums []DesiredAlbum) []Problem {
	var out []Problem
	claims := map[Digest]claim{}
	for i := range albums {
		out = append(out, albums[i].claimed(claims)...)
	}
	for i := range albums {
		if len(claims) > 0 {
			albums[i].describe(claims)
		}
	}
	return out
}

// describe gives an album's members the descriptions that their bytes have.
func (a *DesiredAlbum) describe(claims map[Digest]claim) {
	for i := range a.Members {
		if m := &a.Members[i]; !m.Digest.IsZero() {
			m.Description = claims[m.Digest].text
			a.Describes = a.Describes || m.Description != ""
		}
	}
}

// claim is a description and the album that gave it.
type claim struct {
	key  Key
	text string
}

// claimed adds an album's descriptions to those of the albums before it, and tells
// of those that come too late.
func (a *DesiredAlbum) claimed(claims map[Digest]claim) []Problem {
	lost := map[Key][]string{}
	for i := range a.Members {
		m := &a.Members[i]
		if m.Description == "" {
			continue
		}
		if first, taken := claims[m.Digest]; !taken {
			claims[m.Digest] = claim{a.Key, m.Description}
		} else if first.text != m.Description {
			lost[first.key] = append(lost[first.key], shown(m.Label))
		}
	}
	var out []Problem
	for _, key := range slices.Sorted(maps.Keys(lost)) {
		out = append(out, Problem{Place: a.At, Message: fmt.Sprintf("%s: the album %q describes the same picture otherwise, and comes first", few(lost[key]), key)})
	}
	return out
}
