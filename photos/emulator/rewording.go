package emulator

import (
	"errors"
	"fmt"
	"slices"
)

// toEnrichment is what an action changes of an enrichment of an album. People can
// change, move and remove them; the API can only add them.
func (w *world) toEnrichment(a Action, in *album) (number, []change, error) {
	var said enrichment
	if a.Do == AddEnrichment || a.Do == EditEnrichment {
		var err error
		if said, err = a.Content.enrichment(); err != nil {
			return 0, nil, err
		}
	}
	if a.Do == AddEnrichment {
		at, err := w.placeAfter(in, a.After, a.maker().User)
		n := number(len(w.enrichments))
		return n, []change{{Op: opEnrichment, Number: n, Enrichment: &said},
			{Op: opInsert, Album: in.number, At: int64(at), Contents: []entry{^n}}}, err
	}
	n, err := w.enrichmentNamed(in, a.Enrichment)
	if err != nil {
		return 0, nil, err
	}
	switch a.Do {
	case EditEnrichment:
		return n, []change{{Op: opReword, Number: n, Enrichment: &said}}, nil
	case RemoveEnrichment:
		return n, []change{{Op: opDrop, Album: in.number, Contents: []entry{^n}}}, nil
	}
	at, err := w.placeAfter(in, a.After, a.maker().User)
	if err != nil {
		return 0, nil, err
	}
	from := slices.Index(in.contents, ^n)
	order := slices.Insert(slices.Clone(in.contents), at, ^n)
	if from >= at {
		from++
	}
	return n, []change{{Op: opOrder, Album: in.number, Contents: slices.Delete(order, from, from+1)}}, nil
}

// placeAfter is the index behind an item or enrichment of an album.
func (w *world) placeAfter(in *album, name, user string) (int, error) {
	if name == "" {
		return 0, nil
	}
	if n, err := w.itemNamed(name, user); err == nil && in.has(n) {
		return in.indexAfter(n), nil
	}
	n, err := w.enrichmentNamed(in, name)
	if err != nil {
		return 0, fmt.Errorf("%q is no item and no enrichment of the album", name)
	}
	return in.indexAfter(^n), nil
}

// enrichmentNamed finds an enrichment of an album by its id or by what it says.
func (w *world) enrichmentNamed(in *album, name string) (number, error) {
	var found []number
	for _, e := range in.contents {
		if e < 0 && (w.ids.text(enrichmentKind, ^e) == name || w.enrichments[^e].name() == name) {
			found = append(found, ^e)
		}
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("%d enrichments of the album have the id or text %q", len(found), name)
	}
	return found[0], nil
}

// name is what people call an enrichment.
func (e enrichment) name() string {
	switch {
	case e.Location != nil:
		return e.Location.Name
	case e.Map != nil:
		return e.Map.Origin.Name + " – " + e.Map.Destination.Name
	default:
		return e.Text
	}
}

// enrichment is the content as it is kept.
func (c *WorldEnrichment) enrichment() (enrichment, error) {
	if c == nil {
		return enrichment{}, errors.New("the action has no content, which is a text, a location or a map")
	}
	kinds := 0
	out := enrichment{Text: c.Text}
	if c.Text != "" {
		kinds++
	}
	if c.Location != nil {
		at := place(*c.Location)
		out.Location, kinds = &at, kinds+1
	}
	if c.Map != nil {
		out.Map, kinds = &route{Origin: place(c.Map.Origin), Destination: place(c.Map.Destination)}, kinds+1
	}
	if kinds != 1 {
		return enrichment{}, fmt.Errorf("the content is one of a text, a location and a map, not %d of them", kinds)
	}
	return out, nil
}
