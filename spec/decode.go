package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// decoder walks the nodes of one file. It collects mistakes instead of stopping
// at the first.
type decoder struct {
	file   string
	limits Limits
	env    func(string) (string, bool)
	left   *int // values that may still be visited, over all files
	depth  int
	full   bool // a limit was met: nothing more is read
	errs   Errors
}

// maxErrors is how many mistakes of one file are listed. Nobody reads more, and
// a file that is no spec at all would have one for each of its keys.
const maxErrors = 1000

// node is a YAML node and where it stands in the language.
type node struct {
	*yaml.Node
	path string
}

// meant is the node for which an alias stands.
func (n node) meant() node {
	if n.Kind == yaml.AliasNode {
		n.Node = n.Alias
	}
	return n
}

func (d *decoder) place(n node) Place {
	return Place{File: d.file, Line: n.Line, Column: n.Column, Path: n.path}
}

func (d *decoder) fail(n node, expected, format string, args ...any) *Error {
	e := &Error{Place: d.place(n), Message: fmt.Sprintf(format, args...), Expected: expected}
	switch {
	case d.full:
	case len(d.errs) == maxErrors:
		d.full = true
		d.errs = append(d.errs, &Error{Place: e.Place, Message: fmt.Sprintf("%d mistakes; the rest of the file is not looked at", maxErrors)})
	default:
		d.errs = append(d.errs, e)
	}
	return e
}

// count takes a node from what may be visited. Without it a few lines of aliases
// to aliases would stand for billions of nodes.
func (d *decoder) count(n node) bool {
	if *d.left--; *d.left < 0 || d.depth > d.limits.MaxDepth {
		d.fail(n, "", "the spec is too large or too deep here: at most %d values, nested %d deep, aliases counted as what they stand for", d.limits.MaxNodes, d.limits.MaxDepth)
		d.full = true
	}
	return !d.full
}

// enter counts a node and follows an alias.
func (d *decoder) enter(n node) (node, bool) {
	ok := d.count(n)
	return n.meant(), ok
}

// kindName is what a user calls a node.
func kindName(n node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "the boolean " + n.Value
	case "!!int", "!!float":
		return "the number " + shorten(n.Value)
	case "!!timestamp":
		return "the date " + n.Value
	case "!!str", "!!merge":
		return "the text " + strconv.Quote(shorten(n.Value))
	}
	return "a value with the tag " + shown(shorten(n.Tag))
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

// field is one key of a mapping and who reads its value.
type field struct {
	name string
	read func(node)
}

// mapping reads a mapping with known keys. Unknown and repeated keys are
// mistakes, and merged ones (<<) count where the mapping does not say otherwise.
func (d *decoder) mapping(n node, fields []field) bool {
	return d.mappingOr(n, fields, "")
}

// mappingOr is mapping for a value that may be something else as well.
func (d *decoder) mappingOr(n node, fields []field, or string) bool {
	n, ok := d.enter(n)
	if !ok {
		return false
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "a mapping with "+oneOf(names(fields))+or, "found %s", kindName(n))
		return false
	}
	d.depth++
	defer func() { d.depth-- }()
	known := make(map[string]func(node), len(fields))
	for _, f := range fields {
		known[f.name] = f.read
	}
	for _, p := range d.pairs(n) {
		read, ok := known[p.key.Value]
		if !ok {
			e := d.fail(p.key, oneOf(names(fields)), "unknown key %q", shorten(p.key.Value))
			e.DidYouMean = nearest(p.key.Value, names(fields))
			continue
		}
		read(p.value)
	}
	return true
}

// pair is one key of a mapping with its value.
type pair struct{ key, value node }

// pairs lists a mapping's keys in their order, merged ones last.
func (d *decoder) pairs(n node) []pair {
	var out []pair
	seen := map[string]int{}
	var merged []node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := node{n.Content[i], n.path}.meant(), node{n.Content[i+1], n.path}
		if !d.count(key) {
			return nil
		}
		if key.Kind != yaml.ScalarNode {
			d.fail(key, "a name", "a key is %s", kindName(key))
			continue
		}
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		value.path = join(n.path, key.Value)
		key.path = value.path
		if line, twice := seen[key.Value]; twice {
			d.fail(key, "", "the key %q stands here twice, first in line %d", shorten(key.Value), line)
			continue
		}
		seen[key.Value] = key.Line
		out = append(out, pair{key, value})
	}
	for _, m := range merged {
		for _, p := range d.merge(m) {
			if _, own := seen[p.key.Value]; !own {
				seen[p.key.Value] = p.key.Line
				out = append(out, p)
			}
		}
	}
	return out
}

// merge lists the keys that a merge brings in: of a mapping, or of a list of
// them.
func (d *decoder) merge(n node) []pair {
	n, ok := d.enter(n)
	if !ok {
		return nil
	}
	d.depth++
	defer func() { d.depth-- }()
	switch n.Kind {
	case yaml.MappingNode:
		return d.pairs(n)
	case yaml.SequenceNode:
		var out []pair
		for _, c := range n.Content {
			out = append(out, d.merge(node{c, n.path})...)
		}
		return out
	}
	d.fail(n, "an alias of a mapping", "found %s", kindName(n))
	return nil
}

// any reads a mapping with free keys.
func (d *decoder) any(n node, what string, read func(key, value node)) {
	n, ok := d.enter(n)
	if !ok {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "a mapping of "+what, "found %s", kindName(n))
		return
	}
	d.depth++
	defer func() { d.depth-- }()
	for _, p := range d.pairs(n) {
		read(p.key, p.value)
	}
}

// list reads a list.
func (d *decoder) list(n node, of string, read func(node)) {
	n, ok := d.enter(n)
	if !ok {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "a list of "+of, "found %s", kindName(n))
		return
	}
	d.depth++
	defer func() { d.depth-- }()
	for i, c := range n.Content {
		if d.full {
			return
		}
		read(node{c, fmt.Sprintf("%s[%d]", n.path, i)})
	}
}

// texts reads one text or a list of them.
func (d *decoder) texts(n node, what string, read func(node, string)) {
	if n.meant().Kind != yaml.SequenceNode {
		if s, ok := d.text(n, what+", or a list of them"); ok {
			read(n.meant(), s)
		}
		return
	}
	if len(n.meant().Content) == 0 {
		d.fail(n.meant(), what, "the list is empty")
	}
	d.list(n, what, func(n node) {
		if s, ok := d.text(n, what); ok {
			read(n.meant(), s)
		}
	})
}

// text reads a text and fills in its variables. A number, a boolean or nothing is a mistake: it would mean
// something else to the reader of the file than to YAML.
func (d *decoder) text(n node, what string) (string, bool) {
	n, ok := d.enter(n)
	if !ok {
		return "", false
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		e := d.fail(n, what, "found %s", kindName(n))
		if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
			e.DidYouMean = strconv.Quote(n.Value)
		}
		return "", false
	}
	return d.filled(n)
}

// wordsForBooleans are what people write for true and false, and YAML 1.2 takes
// for texts.
var wordsForBooleans = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "false": "false", "no": "false", "n": "false", "off": "false",
}

// boolean reads true or false.
func (d *decoder) boolean(n node) (value, ok bool) {
	n, ok = d.enter(n)
	if !ok {
		return false, false
	}
	word := strings.ToLower(n.Value)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && (word == "true" || word == "false") {
		return word == "true", true
	}
	d.fail(n, "true or false", "found %s", kindName(n)).DidYouMean = wordsForBooleans[word]
	return false, false
}

// number reads a whole number within bounds.
func (d *decoder) number(n node, low, high int, expected string) (int, bool) {
	n, ok := d.enter(n)
	if !ok {
		return 0, false
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
		if v, err := strconv.Atoi(n.Value); err == nil && v >= low && v <= high {
			return v, true
		}
	}
	d.fail(n, expected, "found %s", kindName(n))
	return 0, false
}

// choice reads one of some words.
func (d *decoder) choice(n node, words ...string) (string, bool) {
	s, ok := d.text(n, oneOf(words))
	if !ok {
		return "", false
	}
	for _, w := range words {
		if s == w {
			return s, true
		}
	}
	d.fail(n.meant(), oneOf(words), "found %q", shorten(s)).DidYouMean = nearest(s, words)
	return "", false
}

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// oneOf is a list of words in a sentence.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// plainKey is a key that can stand in a path without quotes.
var plainKey = regexp.MustCompile(`^[\pL\pN._-]{1,63}$`)

func join(path, key string) string {
	if !plainKey.MatchString(key) {
		key = strconv.Quote(shorten(key))
	}
	if path == "" {
		return key
	}
	return path + "." + key
}
