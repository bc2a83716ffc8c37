package spec

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// glob is a pattern in segments. The walk over the disk matches it folder by
// folder, so that it reads no folder in which nothing could match: a folder that
// is not asked for may well be unreadable.
type glob struct {
	base     string // the folder that all matches are in, "." for the root
	segments []segment
}

// segment is what stands between two slashes.
type segment struct {
	text    string // a pattern; a name when literal
	literal bool
	deep    bool   // **: any number of folders
	prefix  string // what each match begins with
}

// Why a text does not split into segments.
type splitting int

const (
	fine splitting = iota
	leaves
	malformed
)

// split cuts a path or glob into segments. Two dots take back a folder that has
// a name; elsewhere they lead who knows where.
func split(text string, literal bool) ([]segment, splitting) {
	var out []segment
	for _, s := range strings.Split(text, "/") {
		switch {
		case s == "", s == ".":
		case s == "..":
			if len(out) == 0 || !out[len(out)-1].literal {
				return nil, leaves
			}
			out = out[:len(out)-1]
		case literal:
			out = append(out, segment{text: s, literal: true})
		case !doublestar.ValidatePattern(s):
			return nil, malformed
		case s == "**" && len(out) > 0 && out[len(out)-1].deep:
		default:
			out = append(out, newSegment(s))
		}
	}
	return out, fine
}

func newSegment(s string) segment {
	end := strings.IndexAny(s, `*?[{\`)
	switch {
	case s == "**":
		return segment{text: s, deep: true}
	case end < 0:
		return segment{text: s, literal: true}
	case !strings.ContainsAny(unescape(s, false), "*?[{"):
		return segment{text: unescape(s, true), literal: true}
	}
	return segment{text: s, prefix: s[:end]}
}

// unescape replaces each escaped character by itself, or drops it.
func unescape(s string, keep bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; !keep {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// newGlob sets apart the folders that have names.
func newGlob(segments []segment) glob {
	g := glob{base: ".", segments: segments}
	for len(g.segments) > 1 && g.segments[0].literal {
		g.base = path.Join(g.base, g.segments[0].text)
		g.segments = g.segments[1:]
	}
	return g
}

// states are the segments that a walk may be at, a bit for each.
type states uint64

// start is where a walk begins, in the base.
func (g *glob) start() states { return g.close(1) }

// close adds what a ** that stands for no folder leads to.
func (g *glob) close(s states) states {
	for i := range g.segments {
		if s&(1<<i) != 0 && g.segments[i].deep {
			s |= 1 << (i + 1)
		}
	}
	return s
}

// enter is where a walk is in the folder of a name, 0 where nothing in it can
// match.
func (g *glob) enter(s states, name string, all bool) states {
	var next states
	for i := range g.segments {
		if s&(1<<i) == 0 || !g.segments[i].match(name, all) {
			continue
		}
		if g.segments[i].deep {
			next |= 1 << i
		} else if i+1 < len(g.segments) {
			next |= 1 << (i + 1)
		}
	}
	return g.close(next)
}

// accepts reports whether a file of a name is meant.
func (g *glob) accepts(s states, name string, all bool) bool {
	last := len(g.segments) - 1
	return s&(1<<last) != 0 && g.segments[last].match(name, all)
}

// matches reports whether a path below the root is meant.
func (g *glob) matches(name string) bool {
	if g.base != "." {
		rest, ok := strings.CutPrefix(name, g.base+"/")
		if !ok {
			return false
		}
		name = rest
	}
	s := g.start()
	for {
		folder, rest, more := strings.Cut(name, "/")
		if !more {
			return g.accepts(s, name, true)
		}
		if s = g.enter(s, folder, true); s == 0 {
			return false
		}
		name = rest
	}
}

// match reports whether a name is meant. Unless all names count, one that is not
// the user's must be written out, or begin with a written dot.
func (s *segment) match(name string, all bool) bool {
	switch {
	case s.literal:
		return name == s.text
	case !all && foreign(name) && (s.deep || name[0] != '.' || s.text[0] != '.'):
		return false
	case s.deep:
		return true
	case !strings.HasPrefix(name, s.prefix):
		return false
	}
	return doublestar.MatchUnvalidated(s.text, name)
}

// foreign reports whether a file is none of the user's: hidden, or left by an
// operating system or a storage box.
func foreign(name string) bool {
	if name[0] == '.' {
		return true
	}
	switch strings.ToLower(name) {
	case "@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin",
		"system volume information", "lost+found", "thumbs.db", "desktop.ini":
		return true
	}
	return false
}

// segmented reports whether a glob can be cut at its slashes: none stands within
// braces, and no ** does.
func segmented(glob string) bool {
	for _, s := range strings.Split(glob, "/") {
		if !doublestar.ValidatePattern(s) || strings.Contains(s, "{") && strings.Contains(s, "**") {
			return false
		}
	}
	return true
}

// writeOut writes out the braces of a valid glob, a glob for each choice of
// alternatives, unless they are too many.
func writeOut(glob string) ([]string, bool) {
	open, commas, end := braces(glob)
	if open < 0 {
		return []string{glob}, true
	}
	var out []string
	from := open + 1
	for _, to := range append(commas, end) {
		rest, ok := writeOut(glob[from:to] + glob[end+1:])
		if !ok || len(out)+len(rest) > maxAlternatives {
			return nil, false
		}
		for _, r := range rest {
			out = append(out, glob[:open]+r)
		}
		from = to + 1
	}
	return out, true
}

// braces finds the first braces of a glob and the commas between them.
func braces(glob string) (open int, commas []int, end int) {
	open = -1
	depth := 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case c == '[':
			for i++; i < len(glob) && glob[i] != ']'; i++ {
				if glob[i] == '\\' {
					i++
				}
			}
		case c == '{':
			if depth++; depth == 1 {
				open = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}':
			if depth--; depth == 0 {
				return open, commas, i
			}
		}
	}
	return -1, nil, 0
}
