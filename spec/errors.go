package spec

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is one mistake in a spec.
type Error struct {
	Place      Place
	Message    string // what is wrong
	Expected   string // what would be right; may be empty
	DidYouMean string // the nearest valid name; may be empty
}

// Error is the mistake on one line, place first.
func (e *Error) Error() string {
	var b strings.Builder
	if at := e.Place.String(); at != "" {
		b.WriteString(at + ": ")
	}
	if e.Place.Path != "" {
		b.WriteString(e.Place.Path + ": ")
	}
	b.WriteString(e.Message)
	if e.Expected != "" {
		b.WriteString("; expected " + e.Expected)
	}
	if e.DidYouMean != "" {
		b.WriteString("; did you mean " + e.DidYouMean + "?")
	}
	return b.String()
}

// Errors are all mistakes of a spec, sorted by place.
type Errors []*Error

// Error is one mistake a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single *Error, too.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// sorted puts mistakes in the order in which somebody would mend them. One that
// several aliases lead to is told once.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line),
			cmp.Compare(a.Place.Column, b.Place.Column), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Place.Path, b.Place.Path))
	})
	return slices.CompactFunc(e, func(a, b *Error) bool {
		return a.Place.String() == b.Place.String() && a.Place.Line > 0 && a.Message == b.Message
	})
}

// asError is nil for no errors, so that callers compare with nil as ever.
func (e Errors) asError() error {
	if len(e) == 0 {
		return nil
	}
	return e.sorted()
}

// shown is a name as it can stand in a message: one that would break the line,
// or the terminal, is quoted.
func shown(name string) string {
	if utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) && !joins(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// joins reports the invisible characters of which emoji are put together.
func joins(r rune) bool { return r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) }
