package spec

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// album is one album, as written.
type album struct {
	key Key
	at  Place
	settings
	title      string
	contents   bool // there is a contents key
	sources    []source
	cover      *cover
	adopt      Adopt
	adoptAt    Place
	previously []earlier
	paused     bool
	share      Sharing
	shareAt    Place
	doc        *document
}

// earlier is an earlier key of an album.
type earlier struct {
	key Key
	at  Place
}

// cover is a file or an item.
type cover struct {
	file *pattern
	item string
	at   Place
}

// fields are the keys of an album.
func (a *album) fields(d *decoder) []field {
	return append(a.settings.fields(d), []field{
		{"title", func(n node) { a.title = d.title(n) }},
		{"contents", func(n node) {
			a.contents = true
			d.list(n, "sources", func(n node) { a.readSource(d, n) })
			a.distinct(d)
		}},
		{"cover", func(n node) { a.readCover(d, n) }},
		{"adopt", func(n node) { a.readAdopt(d, n) }},
		{"previously", func(n node) {
			d.texts(n, "an earlier key", func(n node, s string) {
				if d.shape(n, s, "album key") {
					a.previously = append(a.previously, earlier{Key(s), d.place(n)})
				}
			})
		}},
		{"paused", func(n node) { a.paused, _ = d.boolean(n) }},
		{"share", func(n node) { a.readShare(d, n) }},
		{"reshare", func(n node) { a.share.Renew, _ = d.boolean(n) }},
	}...)
}

func (doc *document) album(d *decoder, key, value node) {
	a := &album{key: Key(key.Value), at: d.place(key), doc: doc}
	shaped := d.shape(key, key.Value, "album key")
	before, titled := len(d.errs), false
	fields := a.fields(d)
	for i := range fields {
		if read := fields[i].read; fields[i].name == "title" {
			fields[i].read = func(n node) { titled = true; read(n) }
		}
	}
	if !d.mapping(value, fields) || !shaped {
		return
	}
	if !titled && a.adopt.ID == "" && a.adopt.Title == "" && !d.guessed(before, "title") {
		d.fail(key, "a title, or adopt with the id or title of a live album", "the album has no title")
	}
	if a.cover != nil && a.cover.file != nil && !a.contents {
		d.errs = append(d.errs, &Error{Place: a.cover.at, Message: "a cover that is a file must be one of the album's contents, and it has none", Expected: "contents with the file, or {item: …}"})
	}
	a.checkShare(d, before)
	doc.albums = append(doc.albums, a)
}

// settle fills what an album leaves to the defaults of its file. It waits until
// the file is read, because defaults may stand below the albums.
func (a *album) settle() {
	a.membership = cmp.Or(a.membership, a.doc.defaults.membership, Managed)
	a.onRemove = cmp.Or(a.onRemove, a.doc.defaults.onRemove, Keep)
}

// maxTitle is Google's limit of characters (discovery document, Album.title).
const maxTitle = 500

// title reads a title. Blanks around it and characters that do not show are
// mistakes: Google might drop them, and the title would never be as desired.
func (d *decoder) title(n node) string {
	s, ok := d.text(n, "a title")
	if !ok {
		return ""
	}
	n = n.meant()
	switch trimmed := strings.TrimSpace(s); {
	case trimmed == "":
		d.fail(n, "a title", "the title is empty")
	case trimmed != s:
		d.fail(n, fmt.Sprintf("%q", shorten(trimmed)), "the title has blanks around it")
	case utf8.RuneCountInString(s) > maxTitle:
		d.fail(n, fmt.Sprintf("at most %d characters", maxTitle), "the title has %d characters", utf8.RuneCountInString(s))
	case strings.ContainsFunc(s, unicode.IsControl):
		d.fail(n, "a title on one line", "the title %q holds control characters", shorten(s))
	}
	return s
}

func (a *album) readCover(d *decoder, n node) {
	c := &cover{at: d.place(n.meant())}
	if n.meant().Kind == yaml.MappingNode {
		before := len(d.errs)
		d.mapping(n, []field{{"item", func(n node) { c.item = d.itemID(n) }}})
		if c.item == "" && len(d.errs) == before {
			d.fail(n.meant(), "a file, or a mapping with item", "the cover names nothing")
		}
	} else if s, ok := d.text(n, "a file, or a mapping with item"); ok {
		p := d.pattern(n.meant(), s)
		c.file = &p
	}
	a.cover = c
}

// itemID reads the id of a media item. Ids are opaque, but none holds blanks or
// a slash.
func (d *decoder) itemID(n node) string {
	id, ok := d.text(n, "a media item id")
	if ok && !opaque(id) {
		d.fail(n.meant(), "a media item id", "found %q", shorten(id))
	}
	return id
}

func opaque(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '/' })
}

func (a *album) readAdopt(d *decoder, n node) {
	a.adoptAt = d.place(n.meant())
	if a.adopt.Off = d.off(n); a.adopt.Off {
		return
	}
	if m := n.meant(); m.Kind == yaml.ScalarNode && nearest(m.Value, []string{"off"}) != "" {
		d.fail(m, "a mapping with id or title, or off", "found %s", kindName(m)).DidYouMean = "off"
		return
	}
	before, given := len(d.errs), 0
	ok := d.mappingOr(n, []field{
		{"id", func(n node) {
			given++
			id, ok := d.text(n, "an album id")
			if a.adopt.ID = id; ok && !opaque(id) {
				d.fail(n.meant(), "an album id", "found %q", shorten(id))
			}
		}},
		{"title", func(n node) {
			given++
			title, ok := d.text(n, "a title")
			if a.adopt.Title = title; ok && title == "" {
				d.fail(n.meant(), "the title of a live album", "the title is empty")
			}
		}},
		{"enrichments", func(n node) {
			if w, ok := d.choice(n, string(EnrichmentsMissing), string(EnrichmentsWritten)); ok {
				a.adopt.Enrichments = AdoptEnrichments(w)
			}
		}},
	}, ", or off")
	if ok && given != 1 && len(d.errs) == before {
		d.fail(n.meant(), "one of id or title, or off", "adopt must name one album")
	}
}
