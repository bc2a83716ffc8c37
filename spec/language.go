package spec

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// document is one file of a spec, as written.
type document struct {
	name     string // as the user named it
	folder   string // absolute; relative paths start here
	account  string
	roots    []namedRoot
	safety   *Safety
	safetyAt Place
	defaults settings
	albums   []album
}

type namedRoot struct {
	name, folder string
	at           Place
}

// settings are what defaults can say for the albums of their file.
type settings struct {
	membership Membership
	onRemove   OnRemove
}

// album is one album, as written.
type album struct {
	key        Key
	at         Place
	title      string
	sources    []source
	contents   bool // there is a contents key
	cover      *cover
	membership Membership
	onRemove   OnRemove
	adopt      Adopt
	previously []Key
	paused     bool
	doc        *document
}

// source is one entry of contents.
type source struct {
	at      Place
	files   []pattern
	exclude []pattern
	order   order
	item    string
}

// pattern is a path or a glob, as written.
type pattern struct {
	text string
	at   Place
}

type cover struct {
	file pattern
	item string
	at   Place
}

// order is how the files of a source are sorted.
type order string

const (
	byName     order = "name"
	byTaken    order = "taken"
	byModified order = "modified"
)

// keyShape is what keys and accounts look like: fit for a file name, a label
// and an address.
var keyShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

const keyRule = "up to 63 of a-z 0-9 . _ - that begin with a letter or digit"

// read reads the root of a file.
func (doc *document) read(d *decoder, root *yaml.Node) {
	version := false
	n := node{root, ""}
	ok := d.mapping(n, []field{
		{"version", func(n node) {
			version = true
			if v, ok := d.number(n, 0, 1<<30); ok && v != 1 {
				d.fail(n, "1", "version %d is not known", v)
			}
		}},
		{"account", func(n node) {
			if s, ok := d.text(n, "an account name"); ok {
				d.shape(n, s, "account name")
				doc.account = s
			}
		}},
		{"roots", func(n node) { d.any(n, "names to folders", doc.root(d)) }},
		{"safety", func(n node) { doc.readSafety(d, n) }},
		{"defaults", func(n node) { d.mapping(n, doc.defaults.fields(d)) }},
		{"albums", func(n node) {
			d.any(n, "keys to albums", func(key, value node) { doc.album(d, key, value) })
		}},
	})
	if ok && !version {
		d.fail(n, "version: 1", "the file does not say its version")
	}
}

func (d *decoder) shape(n node, s, what string) bool {
	if keyShape.MatchString(s) {
		return true
	}
	e := d.fail(n, keyRule, "%q is no %s", shorten(s), what)
	if slug := slug(s); keyShape.MatchString(slug) {
		e.DidYouMean = slug
	}
	return false
}

// slug makes a key of any text.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-._")
}

func (doc *document) root(d *decoder) func(key, value node) {
	return func(key, value node) {
		folder, ok := d.text(value, "a folder")
		switch {
		case !d.shape(key, key.Value, "root name") || !ok:
		case len(key.Value) == 1:
			d.fail(key, "a name of two letters or more", "the root %q looks like a drive", key.Value)
		case folder == "" || strings.HasPrefix(folder, "~"):
			d.fail(value, "a folder, absolute or from the spec's own", "found %q, and ~ is not expanded", folder)
		default:
			if !filepath.IsAbs(folder) {
				folder = filepath.Join(doc.folder, folder)
			}
			doc.roots = append(doc.roots, namedRoot{key.Value, filepath.Clean(folder), d.place(key)})
		}
	}
}

func (doc *document) readSafety(d *decoder, n node) {
	s := DefaultSafety
	doc.safety, doc.safetyAt = &s, d.place(n)
	d.mapping(n, []field{
		{"maxRemovals", func(n node) {
			if v, ok := d.number(n, 0, 1<<30); ok {
				s.MaxRemovals = v
			}
		}},
		{"maxRemovalPercent", func(n node) {
			if v, ok := d.number(n, 0, 100); ok {
				s.MaxRemovalPercent = v
			}
		}},
	})
	doc.safety = &s
}

func (s *settings) fields(d *decoder) []field {
	return []field{
		{"membership", func(n node) {
			if w, ok := d.choice(n, string(Managed), string(Additive), string(Exact)); ok {
				s.membership = Membership(w)
			}
		}},
		{"onRemove", func(n node) {
			if w, ok := d.choice(n, string(Keep), string(Unshare), string(Empty)); ok {
				s.onRemove = OnRemove(w)
			}
		}},
	}
}

func (doc *document) album(d *decoder, key, value node) {
	a := album{key: Key(key.Value), at: d.place(key), doc: doc}
	if !d.shape(key, key.Value, "album key") {
		return
	}
	own := settings{}
	fields := append(own.fields(d),
		field{"title", func(n node) { a.title = d.title(n) }},
		field{"contents", func(n node) {
			a.contents = true
			d.list(n, "sources", func(n node) { a.source(d, n) })
		}},
		field{"cover", func(n node) { a.readCover(d, n) }},
		field{"adopt", func(n node) { a.readAdopt(d, n) }},
		field{"previously", func(n node) {
			d.texts(n, "an earlier key", func(n node, s string) {
				if d.shape(n, s, "album key") {
					a.previously = append(a.previously, Key(s))
				}
			})
		}},
		field{"paused", func(n node) { a.paused, _ = d.boolean(n) }},
	)
	before := len(d.errs)
	if !d.mapping(value, fields) {
		return
	}
	if a.title == "" && a.adopt.ID == "" && a.adopt.Title == "" && len(d.errs) == before {
		d.fail(key, "a title, or adopt with the album's id", "the album has no title")
	}
	a.membership, a.onRemove = own.membership, own.onRemove
	doc.albums = append(doc.albums, a)
}

// title reads a title. Blanks around it and characters that do not show are
// mistakes: Google might drop them, and the title would never be as desired.
func (d *decoder) title(n node) string {
	s, ok := d.text(n, "a title")
	if !ok {
		return ""
	}
	switch {
	case strings.TrimSpace(s) == "":
		d.fail(n, "a title", "the title is empty")
	case strings.TrimSpace(s) != s:
		d.fail(n, fmt.Sprintf("%q", strings.TrimSpace(s)), "the title has blanks around it")
	case utf8.RuneCountInString(s) > maxTitle:
		d.fail(n, fmt.Sprintf("at most %d characters", maxTitle), "the title has %d characters", utf8.RuneCountInString(s))
	case strings.ContainsFunc(s, unicode.IsControl):
		d.fail(n, "a title on one line", "the title %q holds control characters", shorten(s))
	}
	return s
}

// maxTitle is Google's limit of characters.
const maxTitle = 500

func (a *album) source(d *decoder, n node) {
	s := source{at: d.place(n), order: byName}
	files, only := false, ""
	ok := d.mapping(n, []field{
		{"files", func(n node) {
			files = true
			s.at = d.place(n)
			d.texts(n, "a path or a glob", func(n node, text string) { s.files = append(s.files, d.pattern(n, text)) })
			if len(s.files) == 0 && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
				d.fail(n, "a path or a glob", "the list is empty")
			}
		}},
		{"exclude", func(n node) {
			only = "exclude"
			d.texts(n, "a glob", func(n node, text string) { s.exclude = append(s.exclude, d.pattern(n, text)) })
		}},
		{"order", func(n node) {
			only = "order"
			if w, ok := d.choice(n, string(byName), string(byTaken), string(byModified)); ok {
				s.order = order(w)
			}
		}},
		{"item", func(n node) {
			if id, ok := d.text(n, "a media item id"); ok {
				if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' }) {
					d.fail(n, "a media item id", "found %q", shorten(id))
				}
				s.item = id
			}
		}},
	})
	switch {
	case !ok:
		return
	case files && s.item != "":
		d.fail(n, "one of files or item", "files and item stand in one entry")
		return
	case !files && only != "" && s.item == "":
		d.fail(n, "files", "%s without files", only)
		return
	case s.item != "" && only != "":
		d.fail(n, "item alone", "%s has no meaning for an item", only)
		return
	case !files && s.item == "":
		return
	}
	a.sources = append(a.sources, s)
}

func (a *album) readCover(d *decoder, n node) {
	c := &cover{at: d.place(n)}
	if n.Kind == yaml.MappingNode || n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.MappingNode {
		d.mapping(n, []field{{"item", func(n node) { c.item, _ = d.text(n, "a media item id") }}})
		if c.item != "" {
			a.cover = c
		}
		return
	}
	if s, ok := d.text(n, "a file, or a mapping with item"); ok {
		c.file = d.pattern(n, s)
		a.cover = c
	}
}

func (a *album) readAdopt(d *decoder, n node) {
	target := n
	if n.Kind == yaml.AliasNode {
		target.Node = n.Alias
	}
	// YAML 1.1 reads a bare off as false; to the reader of the file it is a word.
	if target.Kind == yaml.ScalarNode && (target.Value == "off" || target.Tag == "!!bool" && target.Value == "false") {
		a.adopt.Off = true
		return
	}
	d.mapping(n, []field{
		{"id", func(n node) { a.adopt.ID, _ = d.text(n, "an album id") }},
		{"title", func(n node) { a.adopt.Title, _ = d.text(n, "a title") }},
	})
	if (a.adopt.ID == "") == (a.adopt.Title == "") && target.Kind == yaml.MappingNode {
		d.fail(n, "one of id or title, or off", "adopt must name one album")
	}
}

// pattern takes a path as written and refuses what no later look could mend.
func (d *decoder) pattern(n node, text string) pattern {
	p := pattern{text: text, at: d.place(n)}
	switch {
	case text == "":
		d.fail(n, "a path or a glob", "the path is empty")
	case strings.HasPrefix(text, "~"):
		d.fail(n, "a path from the spec's folder, or ROOT:path", "~ is not expanded")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		d.fail(n, "a path", "%q can't be a path", shorten(text))
	}
	return p
}
