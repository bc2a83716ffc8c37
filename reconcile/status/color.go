package status

import "unicode/utf8"

// color is an ANSI sequence.
type color string

const (
	bold   color = "\x1b[1m"
	faint  color = "\x1b[2m"
	red    color = "\x1b[31m"
	green  color = "\x1b[32m"
	yellow color = "\x1b[33m"
	plain  color = "\x1b[0m"
)

// colors are those of the signs.
var colors = map[string]color{"+": green, "~": yellow, "-": red, "!": yellow}

func (s Style) paint(c color, text string) string {
	if !s.Color || c == "" || text == "" {
		return text
	}
	return string(c) + text + string(plain)
}

// visible is how many columns a text takes, without its colours.
func visible(s string) int {
	n, escape := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		case r != utf8.RuneError:
			n++
		}
	}
	return n
}

// Bold is a text that stands out.
func (s Style) Bold(text string) string { return s.paint(bold, text) }
