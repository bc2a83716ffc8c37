package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parseYAML reads the one document of a file.
func parseYAML(name string, raw []byte) (*yaml.Node, *Error) {
	if mistake := checkText(name, raw); mistake != nil {
		return nil, mistake
	}
	doc, second, err := decodeYAML(raw)
	switch {
	case err != nil:
		return nil, syntaxError(name, raw, err)
	case doc == nil || doc.Tag == "!!null":
		return nil, &Error{Place: Place{File: name, Line: 1, Column: 1}, Message: "the file is empty", Expected: "version: 1 and albums"}
	case second != nil:
		return nil, &Error{Place: Place{File: name, Line: second.Line, Column: second.Column}, Message: "a second document begins here", Expected: "one document a file"}
	}
	return doc, nil
}

// decodeYAML reads up to two documents; there should be one. The parser is known
// to panic on some input, and such a file has a mistake like any other.
func decodeYAML(raw []byte) (doc, second *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc, second, err = nil, nil, fmt.Errorf("yaml: the parser gave up: %v", p)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	var one, two yaml.Node
	err = dec.Decode(&one)
	if errors.Is(err, io.EOF) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if len(one.Content) > 0 {
		doc = one.Content[0]
	}
	err = dec.Decode(&two)
	if errors.Is(err, io.EOF) {
		return doc, nil, nil
	}
	return doc, &two, err
}

// checkText refuses bytes that are no text and characters that YAML does not
// allow. The parser would refuse them, too, and not say where they stand.
func checkText(name string, raw []byte) *Error {
	line, column := 1, 1
	for rest := raw; len(rest) > 0; column++ {
		r, n := utf8.DecodeRune(rest)
		e := &Error{Place: Place{File: name, Line: line, Column: column}, Expected: "a YAML file"}
		switch {
		case r == utf8.RuneError && n == 1:
			e.Message = "the file is not UTF-8 text"
			return e
		case !allowed(r) && (r != '\ufeff' || len(rest) != len(raw)):
			e.Message = fmt.Sprintf("the file holds the character %U, which can't be seen", r)
			return e
		case r == '\n':
			line, column = line+1, 0
		}
		rest = rest[n:]
	}
	return nil
}

// allowed reports YAML's printable characters (its specification, production
// c-printable).
func allowed(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == 0x85:
		return true
	case r < ' ', r > '~' && r < 0xA0, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

// yamlLine splits a message of the YAML parser.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlWords splits such a message into its line and its words.
func yamlWords(err error) (line int, words string) {
	m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		return 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1]) // without digits it is 0, no line
	return line, m[2]
}

// searched is the size of file up to which a mistake's line is searched for: it
// costs a parse for each halving.
const searched = 256 << 10

// syntaxError gives a message of the YAML parser its place.
func syntaxError(name string, raw []byte, err error) *Error {
	line, words := yamlWords(err)
	lines := bytes.SplitAfter(raw, []byte("\n"))
	if len(raw) <= searched {
		line = firstBad(lines, words)
	}
	line = min(max(line, 1), len(lines))
	text := string(lines[line-1])
	indent := len(text) - len(strings.TrimLeft(text, " "))
	return &Error{
		Place:    Place{File: name, Line: line, Column: indent + 1},
		Message:  "the file is no YAML: " + words,
		Expected: yamlRemedy(text, words),
	}
}

// firstBad is the first line with which the file is wrong in this way. The
// parser itself names the line where the block began, or the one before it.
func firstBad(lines [][]byte, words string) int {
	good, bad := 0, len(lines)
	size := func(n int) (sum int) {
		for _, l := range lines[:n] {
			sum += len(l)
		}
		return sum
	}
	all := bytes.Join(lines, nil)
	for bad-good > 1 {
		middle := (good + bad) / 2
		_, _, err := decodeYAML(all[:size(middle)])
		if err == nil {
			good = middle
			continue
		}
		if _, w := yamlWords(err); w == words {
			bad = middle
		} else {
			good = middle
		}
	}
	return bad
}

// yamlRemedy says what would be right in a line, for the mistakes that people
// make most.
func yamlRemedy(line, words string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "blanks in place of the tab before the text"
	case strings.HasPrefix(words, "mapping values are not allowed"):
		return `quotes around a text that holds ": "`
	case strings.HasPrefix(words, "found character that cannot start any token"):
		return "quotes around a text that begins with @, ` or %"
	case strings.HasPrefix(words, "did not find expected alphabetic or numeric character"):
		return "quotes around a text that begins with * or &"
	case words == "found unexpected end of stream":
		return "the quote that ends the text"
	case words == "did not find expected key":
		return "the keys of one mapping with the same blanks before them"
	}
	return ""
}
