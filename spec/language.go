package spec

import (
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is one file of a spec, as written.
type document struct {
	name     string // as the user named it
	folder   string // absolute; relative paths start here
	account  string
	named    bool // it names its account
	listed   bool // it has a list of albums, an empty one included
	roots    []namedRoot
	safety   *Safety
	safetyAt Place
	defaults settings
	albums   []*album
	joined   []joined
}

type namedRoot struct {
	name   string
	folder string // "" when what was written is no folder
	at     Place
}

// settings are what defaults can say for the albums of their file.
type settings struct {
	membership Membership
	onRemove   OnRemove
}

// defaultAccount is the account of a file that names none.
const defaultAccount = "default"

// keyShape is what keys and accounts look like: fit for a file name, a label
// and an address.
var keyShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

const keyRule = "up to 63 of a-z 0-9 . _ - that begin with a letter or digit"

// fields are the keys of a file.
func (doc *document) fields(d *decoder) []field {
	return []field{
		{"version", func(n node) {
			if v, ok := d.number(n, 0, 1<<30, "1"); ok && v != 1 {
				d.fail(n.meant(), "1", "version %d is not known", v)
			}
		}},
		{"account", func(n node) {
			if s, ok := d.text(n, "an account name"); ok && d.shape(n.meant(), s, "account name") {
				doc.account, doc.named = s, true
			}
		}},
		{"roots", func(n node) { d.any(n, "names to folders", doc.root(d)) }},
		{"safety", func(n node) { doc.readSafety(d, n) }},
		{"defaults", func(n node) { d.mapping(n, doc.defaults.fields(d)) }},
		{"albums", func(n node) {
			doc.listed = true
			d.any(n, "keys to albums", func(key, value node) { doc.album(d, key, value) })
		}},
		{"joined", func(n node) {
			doc.listed = true
			d.any(n, "keys to shared albums", func(key, value node) { doc.readJoined(d, key, value) })
		}},
	}
}

// read reads the root of a file.
func (doc *document) read(d *decoder, root *yaml.Node) {
	fields := doc.fields(d)
	versioned := false
	first := fields[0].read
	fields[0].read = func(n node) { versioned = true; first(n) }
	n := node{root, ""}
	if d.mapping(n, fields) && !versioned && !d.guessed(0, "version") {
		d.fail(n, "version: 1", "the file does not say its version")
	}
}

// guessed reports whether one of the mistakes since the first so many is a
// misspelling of a name. The name is then not missed as well.
func (d *decoder) guessed(since int, name string) bool {
	for _, e := range d.errs[since:] {
		if e.DidYouMean == name {
			return true
		}
	}
	return false
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

// plainLetters are letters of European languages as a key writes them.
var plainLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "ø", "o", "å", "a", "ð", "d", "þ", "th",
	"á", "a", "à", "a", "â", "a", "ã", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "í", "i", "ì", "i", "î", "i", "ï", "i",
	"ó", "o", "ò", "o", "ô", "o", "õ", "o", "ú", "u", "ù", "u", "û", "u", "ý", "y", "ñ", "n", "ç", "c", "č", "c", "š", "s", "ž", "z", "ł", "l")

// slug makes a key of any text, "" when nothing of it can stand in one.
func slug(s string) string {
	var b strings.Builder
	for _, r := range plainLetters.Replace(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 63 {
			break
		}
	}
	return strings.Trim(b.String(), "-._")
}

func (doc *document) root(d *decoder) func(key, value node) {
	return func(key, value node) {
		root := namedRoot{name: key.Value, at: d.place(key)}
		folder, ok := d.text(value, "a folder")
		value = value.meant()
		switch shaped := d.shape(key, key.Value, "root name"); {
		case shaped && len(key.Value) == 1:
			d.fail(key, "a name of two letters or more", "the root %q looks like a drive", key.Value)
		case !ok || !shaped:
		case folder == "" || strings.ContainsRune(folder, 0):
			d.fail(value, "a folder", "%q is no folder", folder)
		case strings.HasPrefix(folder, "~"):
			d.fail(value, "a folder, absolute or from the spec's own", "~ is not expanded")
		case filepath.IsAbs(folder):
			root.folder = filepath.Clean(folder)
		default:
			root.folder = filepath.Join(doc.folder, folder)
		}
		doc.roots = append(doc.roots, root)
	}
}

func (doc *document) readSafety(d *decoder, n node) {
	s := DefaultSafety
	doc.safety, doc.safetyAt = &s, d.place(n)
	d.mapping(n, []field{
		{"maxRemovals", func(n node) {
			if v, ok := d.number(n, 0, 1<<30, "a whole number, 0 or more"); ok {
				s.MaxRemovals = v
			}
		}},
		{"maxRemovalPercent", func(n node) {
			if v, ok := d.number(n, 0, 100, "a whole number from 0 to 100"); ok {
				s.MaxRemovalPercent = v
			}
		}},
	})
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
