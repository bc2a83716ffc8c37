package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Enrichment is what stands between the items of an album: exactly one of a
// text, a place and a route. The API writes it and never shows it again.
type Enrichment struct {
	// Identity is the key that the spec gives it; without one, its kind and a hash
	// of what it says, with a number where several of an album say the same.
	Identity string
	Passage
	// After is how many of the album's Members stand before it in the story.
	After int
	At    Place
}

// Passage is what an enrichment says. One field is set.
type Passage struct {
	Text     string    `json:"text,omitempty"`
	Location *Location `json:"location,omitempty"`
	Map      *Route    `json:"map,omitempty"`
}

// Location is a place on the earth and the name that the album shows for it.
type Location struct {
	Name      string  `json:"name"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Route is a map with the way from one place to another.
type Route struct {
	Origin      Location `json:"origin"`
	Destination Location `json:"destination"`
}

// Kind is the word that says in a spec what a passage is.
func (p *Passage) Kind() string {
	switch {
	case p.Location != nil:
		return "location"
	case p.Map != nil:
		return "map"
	}
	return "text"
}

// Content is the passage as one text, the same for the same passage.
func (p *Passage) Content() string {
	// Texts and finite numbers are all that is in it, so that it can't fail.
	b, _ := json.Marshal(p)
	return string(b)
}

// labelLength is how much of a passage a screen shows.
const labelLength = 40

// Label is the passage in a few words on one line.
func (p *Passage) Label() string {
	switch {
	case p.Location != nil:
		return cut(p.Location.Name)
	case p.Map != nil:
		return cut(p.Map.Origin.Name) + " → " + cut(p.Map.Destination.Name)
	}
	return cut(p.Text)
}

// cut shortens a text to what fits a label.
func cut(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > labelLength {
		return string(r[:labelLength-1]) + "…"
	}
	return s
}

// passage is an enrichment as written, with its key.
type passage struct {
	Passage
	key   string
	keyAt Place
}

// identify names an enrichment that has no key: its kind, a hash of what it
// says, and how many of the album say the same before it.
func (p *passage) identify(seen map[string]int) string {
	if p.key != "" {
		return p.key
	}
	sum := sha256.Sum256([]byte(p.Content()))
	// The colon keeps it apart from every key.
	name := p.Kind() + ":" + hex.EncodeToString(sum[:6])
	if seen[name]++; seen[name] > 1 {
		return fmt.Sprintf("%s.%d", name, seen[name])
	}
	return name
}

// Google documents no limit of an enrichment's text and of a place's name. These
// are albumen's own: a caption that is refused after its album was built would
// be late news.
const (
	maxPassage   = 1000
	maxPlaceName = 500
)

// narrative reads a text that people read, of at most so many characters. Blanks
// around it, such as the end of the last line of a YAML block, are no part of it.
func (d *decoder) narrative(n node, what string, most int, lines bool) string {
	s, ok := d.text(n, what)
	if !ok {
		return ""
	}
	n, s = n.meant(), strings.TrimSpace(s)
	control := func(r rune) bool { return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) }
	switch {
	case s == "":
		d.fail(n, what, "the %s is empty", strings.TrimPrefix(what, "a "))
	case utf8.RuneCountInString(s) > most:
		d.fail(n, fmt.Sprintf("at most %d characters", most), "the %s has %d characters", strings.TrimPrefix(what, "a "), utf8.RuneCountInString(s))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, control):
		d.fail(n, what+" without control characters", "%q holds control characters", shorten(s))
	}
	return s
}

func readText(d *decoder, s *source, n node) {
	s.says().Text = d.narrative(n, "a text", maxPassage, true)
}

func readLocation(d *decoder, s *source, n node) {
	s.says().Location = d.location(n)
}

func readMap(d *decoder, s *source, n node) {
	var r Route
	s.says().Map = &r
	d.whole(n, []field{
		{"origin", func(n node) { r.Origin = *d.location(n) }},
		{"destination", func(n node) { r.Destination = *d.location(n) }},
	})
}

func readKey(d *decoder, s *source, n node) {
	if key, ok := d.text(n, "a key"); ok && d.shape(n.meant(), key, "key") {
		s.says().key, s.says().keyAt = key, d.place(n.meant())
	}
}

// says is the passage of an entry that is one.
func (s *source) says() *passage {
	if s.passage == nil {
		s.passage = &passage{}
	}
	return s.passage
}

// location reads a place on the earth.
func (d *decoder) location(n node) *Location {
	var l Location
	d.whole(n, []field{
		{"name", func(n node) { l.Name = d.narrative(n, "a name", maxPlaceName, false) }},
		{"latitude", func(n node) { l.Latitude = d.degrees(n, 90) }},
		{"longitude", func(n node) { l.Longitude = d.degrees(n, 180) }},
	})
	return &l
}

// whole reads a mapping of which no key may be missing.
func (d *decoder) whole(n node, fields []field) {
	before, given := len(d.errs), map[string]bool{}
	all := make([]field, len(fields))
	for i, f := range fields {
		all[i] = field{f.name, func(n node) { given[f.name] = true; f.read(n) }}
	}
	if !d.mapping(n, all) {
		return
	}
	for _, f := range fields {
		if !given[f.name] && !d.guessed(before, f.name) {
			d.fail(n.meant(), f.name, "%s is missing", f.name)
		}
	}
}

// degrees reads a latitude or longitude: a number from -most to most.
func (d *decoder) degrees(n node, most float64) float64 {
	n, ok := d.enter(n)
	if !ok {
		return 0
	}
	var v float64
	number := n.Kind == yaml.ScalarNode && (n.Tag == "!!float" || n.Tag == "!!int")
	// What is no number is within no bounds.
	if !number || n.Decode(&v) != nil || !(math.Abs(v) <= most) {
		d.fail(n, fmt.Sprintf("degrees from -%v to %v", most, most), "found %s", kindName(n))
		return 0
	}
	return v + 0 // -0 is 0, and the same place
}

// distinct refuses a key that stands twice in an album.
func (a *album) distinct(d *decoder) {
	first := map[string]Place{}
	for i := range a.sources {
		p := a.sources[i].passage
		if p == nil || p.key == "" {
			continue
		}
		if at, twice := first[p.key]; twice {
			d.errs = append(d.errs, &Error{Place: p.keyAt, Message: fmt.Sprintf("the key %q stands at %s already", p.key, at), Expected: "keys that are unique within the album"})
			continue
		}
		first[p.key] = p.keyAt
	}
}
