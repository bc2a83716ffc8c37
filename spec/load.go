package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Limits bound what a spec may cost to read. Zero fields have the defaults.
type Limits struct {
	MaxFileBytes  int // 4 MiB
	MaxTotalBytes int // 64 MiB, over all files
	MaxFiles      int // 10,000
	MaxDepth      int // 32 nested values
	MaxNodes      int // 2,000,000 values over all files, with aliases counted as what they stand for
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
	// Check also looks whether the folders and files exist, as Spec.Check does, so
	// that mistakes of both kinds are told at once.
	Check bool
	// Env looks up a variable of the environment; nil is os.LookupEnv.
	Env func(name string) (value string, set bool)
}

// Spec is a spec without mistakes in its language. It is never changed after
// Load and safe for concurrent use.
type Spec struct {
	docs   []*document
	albums []*album // sorted by key
	joined []joined // sorted by key
	roots  map[string]namedRoot
	safety Safety
}

// Files are the files of the spec, as the user named them, sorted.
func (s *Spec) Files() []string {
	out := make([]string, len(s.docs))
	for i, d := range s.docs {
		out[i] = d.name
	}
	return out
}

// Accounts are the accounts that the spec names, sorted. A file with albums that
// names none means "default"; one that only holds roots or safety means none.
func (s *Spec) Accounts() []string {
	var out []string
	for _, d := range s.docs {
		if d.named || d.listed {
			out = append(out, d.account)
		}
	}
	if len(out) == 0 {
		return []string{defaultAccount}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Keys are the keys of all albums, those of others that are joined included,
// sorted.
func (s *Spec) Keys() []Key {
	out := make([]Key, 0, len(s.albums)+len(s.joined))
	for _, a := range s.albums {
		out = append(out, a.key)
	}
	for _, j := range s.joined {
		out = append(out, j.Key)
	}
	slices.Sort(out)
	return out
}

// Load reads a spec: a file, or a folder of which every *.yaml and *.yml below
// counts but those whose names, or whose folders' names, begin with a dot or an
// underscore. A link to a file is followed and a link to a folder is not, so that
// a link into the pictures does not make a spec of them. The error is Errors with
// all mistakes of all files.
func Load(path string, o LoadOptions) (*Spec, error) {
	l, env := o.Limits.orDefault(), o.Env
	if env == nil {
		env = os.LookupEnv
	}
	files, errs := find(path, l)
	s := &Spec{roots: map[string]namedRoot{}, safety: DefaultSafety}
	whole := len(errs) == 0
	bytes, nodes := l.MaxTotalBytes, l.MaxNodes
	for _, name := range files {
		raw, err := readFile(name, l.MaxFileBytes)
		if bytes -= len(raw); err == nil && bytes < 0 {
			errs = append(errs, &Error{Place: Place{File: name}, Message: fmt.Sprintf("the files of the spec are larger than %d bytes together", l.MaxTotalBytes)})
			whole = false
			break
		}
		if err != nil {
			errs, whole = append(errs, &Error{Place: Place{File: name}, Message: err.Error()}), false
			continue
		}
		doc, mistakes := parse(name, raw, l, &nodes, env)
		errs = append(errs, mistakes...)
		if doc == nil {
			whole = false
			continue
		}
		s.docs = append(s.docs, doc)
	}
	errs = append(errs, s.link(whole)...)
	if o.Check {
		errs = append(errs, s.Check()...).sorted()
	}
	if err := errs.asError(); err != nil {
		return nil, err
	}
	return s, nil
}

// find lists the files of a spec, sorted.
func find(path string, l Limits) ([]string, Errors) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Errors{{Place: Place{File: path}, Message: "there is no such file or folder", Expected: "a spec, or a folder with *.yaml files"}}
	case err != nil:
		return nil, Errors{{Place: Place{File: path}, Message: "it can't be read: " + plainError(err)}}
	case !info.IsDir():
		return []string{path}, nil
	}
	f := finder{most: l.MaxFiles}
	f.folder(path)
	slices.Sort(f.files)
	switch {
	case len(f.files) > l.MaxFiles:
		f.errs = append(f.errs, &Error{Place: Place{File: path}, Message: fmt.Sprintf("the folder holds more than %d specs", l.MaxFiles)})
		f.files = nil
	case len(f.files) == 0 && len(f.errs) == 0:
		f.errs = append(f.errs, &Error{Place: Place{File: path}, Message: "the folder holds no spec", Expected: "*.yaml or *.yml files"})
	}
	return f.files, f.errs
}

// finder collects the files of a spec folder.
type finder struct {
	most  int
	files []string
	errs  Errors
}

func (f *finder) folder(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.errs = append(f.errs, &Error{Place: Place{File: dir}, Message: "the folder can't be read: " + plainError(err)})
		return
	}
	for _, e := range entries {
		name := e.Name()
		full := filepath.Join(dir, name)
		ext := filepath.Ext(name)
		switch {
		case name[0] == '.', name[0] == '_', len(f.files) > f.most:
		case e.IsDir():
			f.folder(full)
		case ext == ".yaml", ext == ".yml":
			f.files = append(f.files, full)
		}
	}
}

// plainError is the text of a file error without the call that met it.
func plainError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// readFile reads a file of at most so many bytes. It asks what the file is
// before it opens it: the opening of a pipe waits for somebody who writes to it.
func readFile(name string, most int) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, errors.New("it can't be read: " + plainError(err))
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.New("it can't be read: " + plainError(err))
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		return nil, errors.New("it can't be read: " + plainError(err))
	case len(raw) > most:
		return nil, fmt.Errorf("the file is larger than %d bytes", most)
	}
	return raw, nil
}

// parse reads one file. A file that is no YAML at all is no document.
func parse(name string, raw []byte, l Limits, nodes *int, env func(string) (string, bool)) (*document, Errors) {
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, Errors{{Place: Place{File: name}, Message: plainError(err)}}
	}
	root, mistake := parseYAML(name, raw)
	if mistake != nil {
		return nil, Errors{mistake}
	}
	d := &decoder{file: name, limits: l, left: nodes, env: env}
	doc := &document{name: name, folder: folder, account: defaultAccount}
	doc.read(d, root)
	return doc, d.errs
}
