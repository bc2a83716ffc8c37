package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// source is one entry of contents.
type source struct {
	at      Place
	kind    string // the key that says what it is
	files   []pattern
	exclude []pattern
	order   order
	item    string
	passage *passage // of a text, a location or a map; nil for other kinds

	describe describe
}

// order is how the files of a source are sorted.
type order string

const (
	byName     order = "name"
	byTaken    order = "taken"
	byModified order = "modified"
)

// kind is one kind of entry: the key that names it, and the keys that may stand
// beside it.
type kind struct {
	key
	beside []key
}

// key is a key of an entry and who reads its value.
type key struct {
	name string
	read func(d *decoder, s *source, n node)
}

// kinds are all kinds of entries. A new kind is a new row.
func kinds() []kind {
	named := []key{{"key", readKey}}
	return []kind{
		{key{"files", readFiles}, []key{{"exclude", readExclude}, {"order", readOrder}, {"describe", readDescribe}}},
		{key{"item", func(d *decoder, s *source, n node) { s.item = d.itemID(n) }}, nil},
		{key{"text", readText}, named},
		{key{"location", readLocation}, named},
		{key{"map", readMap}, named},
	}
}

func readFiles(d *decoder, s *source, n node) {
	d.texts(n, "a path or a glob", func(n node, text string) { s.files = append(s.files, d.pattern(n, text)) })
}

func readExclude(d *decoder, s *source, n node) {
	d.texts(n, "a glob", func(n node, text string) { s.exclude = append(s.exclude, d.pattern(n, text)) })
}

func readOrder(d *decoder, s *source, n node) {
	if w, ok := d.choice(n, string(byName), string(byTaken), string(byModified)); ok {
		s.order = order(w)
	}
}

// readSource reads one entry of contents: exactly one kind, with what may stand
// beside it.
func (a *album) readSource(d *decoder, n node) {
	s := source{at: d.place(n.meant()), order: byName}
	before := len(d.errs)
	var fields []field
	var of []string                 // the kinds that the entry names
	owners := map[string][]string{} // the kinds beside which each other key can stand
	var beside []node
	var kindNames []string
	for _, k := range kinds() {
		kindNames = append(kindNames, k.name)
		fields = append(fields, field{k.name, func(n node) {
			of = append(of, k.name)
			s.at = d.place(n.meant())
			k.read(d, &s, n)
		}})
		for _, b := range k.beside {
			if owners[b.name] = append(owners[b.name], k.name); len(owners[b.name]) > 1 {
				continue
			}
			fields = append(fields, field{b.name, func(n node) {
				beside = append(beside, n)
				b.read(d, &s, n)
			}})
		}
	}
	if m := n.meant(); m.Kind == yaml.ScalarNode && m.Tag == "!!str" {
		d.fail(m, "a mapping with "+oneOf(names(fields)), "found %s", kindName(m)).DidYouMean = "files: " + shown(m.Value)
		return
	}
	if !d.mapping(n, fields) {
		return
	}
	switch {
	case len(of) > 1:
		d.fail(n.meant(), "one of "+oneOf(kindNames), "%s stand in one entry", strings.Join(of, " and "))
	case len(of) == 0 && len(beside) > 0:
		for _, b := range beside {
			name := lastKey(b.path)
			d.fail(b.meant(), oneOf(owners[name]), "%s without %s", name, oneOf(owners[name]))
		}
	case len(of) == 0 && len(d.errs) == before:
		d.fail(n.meant(), "one of "+oneOf(kindNames), "the entry names nothing")
	case len(of) == 1:
		s.kind = of[0]
		for _, b := range beside {
			if name := lastKey(b.path); !slices.Contains(owners[name], s.kind) {
				d.fail(b.meant(), s.kind+" alone", "%s has no meaning beside %s", name, s.kind)
			}
		}
	}
	a.sources = append(a.sources, s)
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
