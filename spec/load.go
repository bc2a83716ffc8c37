package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits bound what a spec may cost to read. Zero fields have the defaults.
type Limits struct {
	MaxFileBytes  int // 4 MiB
	MaxTotalBytes int // 64 MiB
	MaxFiles      int // 10,000
	MaxDepth      int // 32 nested values
	MaxNodes      int // 2,000,000 values a file, with aliases counted as what they stand for
}

func (l Limits) orDefault() Limits {
	for _, f := range []struct {
		value   *int
		instead int
	}{{&l.MaxFileBytes, 4 << 20}, {&l.MaxTotalBytes, 64 << 20}, {&l.MaxFiles, 10_000}, {&l.MaxDepth, 32}, {&l.MaxNodes, 2_000_000}} {
		if *f.value <= 0 {
			*f.value = f.instead
		}
	}
	return l
}

// LoadOptions say how a spec is read; the zero value is right for most.
type LoadOptions struct {
	Limits Limits
}

// Spec is a spec without mistakes in its language. It is never changed after
// Load and safe for concurrent use.
type Spec struct {
	docs   []*document
	albums []*album // sorted by key
	roots  map[string]string
	safety Safety
}

// Files are the files of the spec, as the user named them.
func (s *Spec) Files() []string {
	out := make([]string, len(s.docs))
	for i, d := range s.docs {
		out[i] = d.name
	}
	return out
}

// Accounts are the accounts that the spec names, sorted. A file that names none
// means "default".
func (s *Spec) Accounts() []string {
	var out []string
	for _, d := range s.docs {
		out = append(out, d.account)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Keys are the keys of all albums, sorted.
func (s *Spec) Keys() []Key {
	out := make([]Key, len(s.albums))
	for i, a := range s.albums {
		out[i] = a.key
	}
	return out
}

// Load reads a spec: a file, or a folder of which every *.yaml and *.yml below
// counts but those whose names begin with a dot or an underscore. The error is
// Errors with all mistakes of all files, unless nothing could be read at all.
func Load(path string, o LoadOptions) (*Spec, error) {
	o.Limits = o.Limits.orDefault()
	files, err := find(path, o.Limits)
	if err != nil {
		return nil, err
	}
	s := &Spec{roots: map[string]string{}, safety: DefaultSafety}
	var errs Errors
	total := 0
	for _, name := range files {
		raw, err := readFile(name, o.Limits.MaxFileBytes)
		if total += len(raw); err == nil && total > o.Limits.MaxTotalBytes {
			err = fmt.Errorf("the files of the spec are larger than %d bytes together", o.Limits.MaxTotalBytes)
		}
		if err != nil {
			errs = append(errs, &Error{Place: Place{File: name}, Message: err.Error()})
			continue
		}
		doc, mistakes := parse(name, raw, o.Limits)
		errs = append(errs, mistakes...)
		s.docs = append(s.docs, doc)
	}
	errs = append(errs, s.link()...)
	if err := errs.asError(); err != nil {
		return nil, err
	}
	return s, nil
}

// find lists the files of a spec, sorted.
func find(path string, l Limits) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Errors{{Place: Place{File: path}, Message: "there is no such file or folder", Expected: "a spec, or a folder with *.yaml files"}}
	case err != nil:
		return nil, Errors{{Place: Place{File: path}, Message: plainError(err)}}
	case !info.IsDir():
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := e.Name(); name != path && (base[0] == '.' || base[0] == '_') {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(name); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			if files = append(files, name); len(files) > l.MaxFiles {
				return fmt.Errorf("the folder holds more than %d specs", l.MaxFiles)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, Errors{{Place: Place{File: path}, Message: plainError(err)}}
	case len(files) == 0:
		return nil, Errors{{Place: Place{File: path}, Message: "the folder holds no spec", Expected: "*.yaml or *.yml files"}}
	}
	slices.Sort(files)
	return files, nil
}

// plainError is the text of a file error without the call that met it.
func plainError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func readFile(name string, most int) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.New(plainError(err))
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	raw, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		return nil, errors.New(plainError(err))
	case len(raw) > most:
		return nil, fmt.Errorf("the file is larger than %d bytes", most)
	}
	return raw, nil
}

// parse reads one file.
func parse(name string, raw []byte, l Limits) (*document, Errors) {
	folder, err := filepath.Abs(filepath.Dir(name))
	doc := &document{name: name, folder: folder, account: "default"}
	if err != nil {
		return doc, Errors{{Place: Place{File: name}, Message: err.Error()}}
	}
	if at := invalidUTF8(raw); at != (Place{}) {
		at.File = name
		return doc, Errors{{Place: at, Message: "the file is not UTF-8 text", Expected: "a YAML file"}}
	}
	root, mistake := parseYAML(name, raw)
	if mistake != nil {
		return doc, Errors{mistake}
	}
	d := &decoder{file: name, limits: l}
	doc.read(d, root)
	return doc, d.errs
}

func invalidUTF8(raw []byte) Place {
	if utf8.Valid(raw) {
		return Place{}
	}
	line, column := 1, 1
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && n == 1:
			return Place{Line: line, Column: column}
		case r == '\n':
			line, column = line+1, 0
		}
		column++
		raw = raw[n:]
	}
	return Place{}
}

// yamlLine finds the line in a message of the YAML parser.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parseYAML reads the one document of a file. The parser is known to panic on
// some input; that is a mistake like any other.
func parseYAML(name string, raw []byte) (root *yaml.Node, mistake *Error) {
	defer func() {
		if p := recover(); p != nil {
			root, mistake = nil, &Error{Place: Place{File: name}, Message: fmt.Sprintf("the file can't be parsed as YAML (%v)", p)}
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF), err == nil && (len(doc.Content) == 0 || doc.Content[0].Tag == "!!null"):
		return nil, &Error{Place: Place{File: name, Line: 1, Column: 1}, Message: "the file is empty", Expected: "version: 1 and albums"}
	case err != nil:
		return nil, syntaxError(name, err)
	}
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, &Error{Place: Place{File: name, Line: more.Line, Column: more.Column}, Message: "a second document begins here", Expected: "one document a file"}
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(name, err)
	}
	return doc.Content[0], nil
}

func syntaxError(name string, err error) *Error {
	e := &Error{Place: Place{File: name}, Message: "the file is no YAML: " + err.Error()}
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); m != nil {
		e.Message = "the file is no YAML: " + m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			e.Place.Line, e.Place.Column = line, 1
		}
	}
	return e
}

// link brings the files together: what must be the same or unique over all of
// them.
func (s *Spec) link() Errors {
	var errs Errors
	rootAt := map[string]Place{}
	var safetyAt *Place
	keys := map[Key]*album{}
	for _, doc := range s.docs {
		for _, r := range doc.roots {
			if known, ok := s.roots[r.name]; ok && known != r.folder {
				errs = append(errs, &Error{Place: r.at, Message: fmt.Sprintf("the root %q is another folder at %s", r.name, rootAt[r.name])})
				continue
			}
			s.roots[r.name], rootAt[r.name] = r.folder, r.at
		}
		if doc.safety != nil {
			if safetyAt != nil {
				errs = append(errs, &Error{Place: doc.safetyAt, Message: fmt.Sprintf("safety stands at %s already", safetyAt), Expected: "it once over all files"})
			}
			safetyAt, s.safety = &doc.safetyAt, *doc.safety
		}
		for i := range doc.albums {
			a := &doc.albums[i]
			if other := keys[a.key]; other != nil {
				errs = append(errs, &Error{Place: a.at, Message: fmt.Sprintf("the key %q stands at %s already", a.key, other.at), Expected: "keys that are unique over all files"})
				continue
			}
			keys[a.key] = a
			a.settle()
			s.albums = append(s.albums, a)
		}
	}
	slices.SortFunc(s.albums, func(a, b *album) int { return strings.Compare(string(a.key), string(b.key)) })
	errs = append(errs, s.checkPreviously(keys)...)
	return append(errs, s.checkPatterns()...)
}

// settle fills what an album leaves to the defaults.
func (a *album) settle() {
	for _, m := range []Membership{a.doc.defaults.membership, Managed} {
		if a.membership == "" {
			a.membership = m
		}
	}
	for _, r := range []OnRemove{a.doc.defaults.onRemove, Keep} {
		if a.onRemove == "" {
			a.onRemove = r
		}
	}
}

func (s *Spec) checkPreviously(keys map[Key]*album) Errors {
	var errs Errors
	claimed := map[Key]Key{}
	for _, a := range s.albums {
		at := a.at
		at.Path += ".previously"
		for _, old := range a.previously {
			switch by, twice := claimed[old]; {
			case keys[old] != nil:
				errs = append(errs, &Error{Place: at, Message: fmt.Sprintf("the earlier key %q is that of a living album", old)})
			case twice:
				errs = append(errs, &Error{Place: at, Message: fmt.Sprintf("the earlier key %q is claimed by %q, too", old, by)})
			}
			claimed[old] = a.key
		}
	}
	return errs
}

// checkPatterns resolves every path to its root, which can be done offline.
func (s *Spec) checkPatterns() Errors {
	var errs Errors
	check := func(a *album, p pattern) {
		if _, e := s.target(a.doc, p); e != nil {
			errs = append(errs, e)
		}
	}
	for _, a := range s.albums {
		for i := range a.sources {
			for _, p := range slices.Concat(a.sources[i].files, a.sources[i].exclude) {
				check(a, p)
			}
		}
		if a.cover != nil && a.cover.file.text != "" {
			check(a, a.cover.file)
		}
	}
	return errs
}
