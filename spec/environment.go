package spec

import (
	"fmt"
	"regexp"
	"strings"
)

// A text may name variables of the environment, so that one spec serves several
// machines and holds no secret:
//
//	${NAME}            its value; a mistake when it is not set
//	${NAME:-instead}   its value, or what stands here when it is not set or empty
//	$${                the two characters ${
//
// A value is taken as it is: what looks like a variable in it is none. Only texts
// are looked at, not keys, numbers or booleans.

// variable is what a name looks like in a shell.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maxExpanded bounds a text with its variables filled in: a few bytes of a spec
// could otherwise stand for megabytes each.
const maxExpanded = 64 << 10

// expand fills in the variables of a text. The second result is what is wrong
// with it, "" when nothing is, and what would be right. Neither tells a value.
func expand(text string, lookup func(string) (string, bool)) (out, mistake, expected string) {
	if !strings.Contains(text, "${") {
		return text, "", ""
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		at := strings.Index(rest, "${")
		if at < 0 {
			b.WriteString(rest)
			break
		}
		if at > 0 && rest[at-1] == '$' {
			b.WriteString(rest[:at-1] + "${")
			rest = rest[at+2:]
			continue
		}
		b.WriteString(rest[:at])
		inner, after, closed := strings.Cut(rest[at+2:], "}")
		if !closed {
			return "", "a variable begins with ${ and does not end", "${NAME}, or $${ for the two characters"
		}
		name, instead, optional := strings.Cut(inner, ":-")
		if !variable.MatchString(name) {
			return "", fmt.Sprintf("%q is no name of a variable", shorten(name)), "${NAME} or ${NAME:-default}; $${ stands for the two characters"
		}
		value, set := lookup(name)
		switch {
		case optional && value == "":
			value = instead
		case !set:
			return "", fmt.Sprintf("the variable %s is not set in the environment", name), fmt.Sprintf("a value, or ${%s:-default}", name)
		}
		if b.WriteString(value); b.Len() > maxExpanded {
			return "", fmt.Sprintf("with its variables filled in the text has more than %d bytes", maxExpanded), ""
		}
		rest = after
	}
	return b.String(), "", ""
}

// filled is a text of a node with its variables filled in.
func (d *decoder) filled(n node) (string, bool) {
	out, mistake, expected := expand(n.Value, d.env)
	if mistake != "" {
		d.fail(n, expected, "%s", mistake)
		return "", false
	}
	return out, true
}
