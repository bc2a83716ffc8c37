package spec

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
)

// pattern is a path or a glob, as written, and where it looks.
type pattern struct {
	text string
	at   Place
	bad  bool // it is a mistake already
	target
}

// target is a path or a glob below a root.
type target struct {
	root  string // the folder, absolute
	label string // what stands before the path in a label: "" or "nas:"
	file  string // the one file that is meant, slash-separated; "" for a glob
	globs []glob // what files must match; the file is matched by the first
}

// The bounds of one pattern. A glob with many braces stands for as many globs as
// the product of their alternatives.
const (
	maxPattern      = 4096 // bytes
	maxAlternatives = 1000
	maxSegments     = 60
)

// pattern takes a path as written and refuses what no later look could mend.
func (d *decoder) pattern(n node, text string) pattern {
	before := len(d.errs)
	switch {
	case text == "":
		d.fail(n, "a path or a glob", "the path is empty")
	case strings.HasPrefix(text, "~"):
		d.fail(n, "a path from the spec's folder, or ROOT:path", "~ is not expanded")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		d.fail(n, "a path", "%q can't be a path", shorten(text))
	case len(text) > maxPattern:
		d.fail(n, "a path", "the path has %d bytes, more than %d", len(text), maxPattern)
	}
	return pattern{text: text, at: d.place(n), bad: len(d.errs) > before}
}

var (
	rootPrefix  = regexp.MustCompile(`(?s)^([A-Za-z0-9][A-Za-z0-9._-]+):(.*)$`)
	drivePrefix = regexp.MustCompile(`^[A-Za-z]:[/\\]`)
)

// rootOf splits a pattern into its root and the path below it.
func (s *Spec) rootOf(doc *document, p *pattern) (t target, rest string, e *Error) {
	m := rootPrefix.FindStringSubmatch(p.text)
	if m == nil {
		return target{root: doc.folder}, p.text, nil
	}
	root, known := s.roots[m[1]]
	if !known {
		names := slices.Sorted(maps.Keys(s.roots))
		return t, "", &Error{Place: p.at, Message: fmt.Sprintf("there is no root %q", shorten(m[1])), Expected: "a name of roots", DidYouMean: nearest(m[1], names)}
	}
	return target{root: root.folder, label: m[1] + ":"}, m[2], nil
}

// aim reads the path below a root: literally, or as a glob. A path that leaves
// its root is a mistake.
func (t *target) aim(p *pattern, rest string, literal bool) *Error {
	alternatives := []string{rest}
	noGlob := &Error{Place: p.at, Message: fmt.Sprintf("%q is no glob", p.text), Expected: "*, ?, **, [a-z] and {a,b}, all closed"}
	if !literal {
		if !doublestar.ValidatePattern(rest) {
			return noGlob
		}
		written, ok := writeOut(rest)
		if !ok {
			return &Error{Place: p.at, Message: fmt.Sprintf("the braces of %q stand for more than %d globs", shorten(p.text), maxAlternatives), Expected: "several patterns"}
		}
		if e := slashes(p, rest, written); e != nil {
			return e
		}
		if !segmented(rest) {
			alternatives = written
		}
	}
	for _, text := range alternatives {
		segments, why := split(text, literal)
		switch {
		case why == leaves || path.IsAbs(text) || drivePrefix.MatchString(p.text):
			return t.outside(p)
		case why == malformed:
			return noGlob
		case len(segments) == 0:
			return &Error{Place: p.at, Message: fmt.Sprintf("the path %q names no file", p.text), Expected: "a path or a glob"}
		case len(segments) > maxSegments:
			return &Error{Place: p.at, Message: fmt.Sprintf("the path is %d folders deep", len(segments)), Expected: fmt.Sprintf("at most %d", maxSegments)}
		}
		t.globs = append(t.globs, newGlob(segments))
	}
	if g := t.globs[0]; len(alternatives) == 1 && g.segments[len(g.segments)-1].literal && len(g.segments) == 1 {
		t.file = path.Join(g.base, g.segments[0].text)
	}
	return nil
}

// slashes looks for a glob that names folders, and for braces that double a
// slash: neither means what it seems to.
func slashes(p *pattern, rest string, written []string) *Error {
	for _, w := range written {
		switch {
		case strings.HasSuffix(w, "/") && strings.ContainsAny(rest, `*?[{`):
			return &Error{Place: p.at, Message: fmt.Sprintf("the glob %q names a folder", shorten(w)), Expected: "a glob of files, without a slash at its end"}
		case strings.Contains(w, "//") && !strings.Contains(rest, "//"):
			return &Error{Place: p.at, Message: fmt.Sprintf("the braces of %q stand for %q", shorten(rest), shorten(w)), Expected: "one slash between two names"}
		}
	}
	return nil
}

func (t *target) outside(p *pattern) *Error {
	e := &Error{
		Place: p.at, Message: fmt.Sprintf("the path %q leads outside of the spec's folder", p.text),
		Expected: "a path below it, or a named one: ROOT:path with roots: {ROOT: /folder}",
	}
	if t.label != "" {
		e.Message = fmt.Sprintf("the path %q leads outside of its root", p.text)
		e.Expected = fmt.Sprintf("a path below %s, without a slash at its beginning", shown(t.root))
	}
	return e
}

// String is the pattern without its root's folder, as labels are.
func (p *pattern) String() string { return shown(p.text) }

// matches reports whether a path below the root is meant.
func (t *target) matches(name string) bool {
	return slices.ContainsFunc(t.globs, func(g glob) bool { return g.matches(name) })
}
