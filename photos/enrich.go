package photos

import (
	"context"
	"math"
)

// NewEnrichment is what is put between the items of an album: exactly one of a
// text, a place and a way from one place to another.
type NewEnrichment struct {
	Text     string
	Location *Location
	Map      *MapEnrichment
}

// Location is a place on the earth, under the name that the album shows.
type Location struct {
	Name      string
	Latitude  float64 // -90 to 90 degrees
	Longitude float64 // -180 to 180 degrees
}

// MapEnrichment is a map with a way from one place to another.
type MapEnrichment struct{ Origin, Destination Location }

type wireEnrichment struct {
	Text     *wireText     `json:"textEnrichment,omitempty"`
	Location *wirePlace    `json:"locationEnrichment,omitempty"`
	Map      *wireMapPlace `json:"mapEnrichment,omitempty"`
}

type wireText struct {
	Text string `json:"text"`
}

type wirePlace struct {
	Location wireLocation `json:"location"`
}

type wireMapPlace struct {
	Origin      wireLocation `json:"origin"`
	Destination wireLocation `json:"destination"`
}

type wireLocation struct {
	Name   string     `json:"locationName,omitempty"`
	LatLng wireLatLng `json:"latlng"`
}

type wireLatLng struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

func (l Location) wire() wireLocation {
	return wireLocation{l.Name, wireLatLng{l.Latitude, l.Longitude}}
}

func (n NewEnrichment) wire() wireEnrichment {
	var w wireEnrichment
	switch {
	case n.Location != nil:
		w.Location = &wirePlace{n.Location.wire()}
	case n.Map != nil:
		w.Map = &wireMapPlace{n.Map.Origin.wire(), n.Map.Destination.wire()}
	default:
		w.Text = &wireText{n.Text}
	}
	return w
}

type wireEnriched struct {
	Item struct {
		ID string `json:"id"`
	} `json:"enrichmentItem"`
}

func (w *wireEnriched) flaw() string {
	if w.Item.ID == "" {
		return "an enrichment without an id"
	}
	return ""
}

// AddEnrichment puts one enrichment into an album that this app created, at a
// position, which must be given. Every call adds another. The id serves as the
// anchor of a later position and for nothing else: the API neither lists
// enrichments nor changes nor removes them.
func (c *Client) AddEnrichment(ctx context.Context, album AlbumID, n NewEnrichment, at Position) (EnrichmentID, error) {
	const m = MethodAlbumsAddEnrichment
	if err := checkID(m, string(album)); err != nil {
		return "", err
	}
	if err := n.check(m); err != nil {
		return "", err
	}
	if at == (Position{}) {
		return "", invalid(m, "an enrichment without a position")
	}
	if err := at.check(m, album); err != nil {
		return "", err
	}
	in := struct {
		Item     wireEnrichment `json:"newEnrichmentItem"`
		Position wirePosition   `json:"albumPosition"`
	}{n.wire(), wirePosition{at.Kind, at.AfterItem, at.AfterEnrichment}}
	var out wireEnriched
	if err := c.call(ctx, message{method: m, id: string(album)}, in, &out); err != nil {
		return "", err
	}
	return EnrichmentID(out.Item.ID), nil
}

// check holds the enrichment to the API's limits. It documents none of the length
// of a text or a name.
func (n NewEnrichment) check(m Method) error {
	kinds := 0
	for _, set := range []bool{n.Text != "", n.Location != nil, n.Map != nil} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return invalid(m, "an enrichment of %d kinds: expected exactly one of text, location and map", kinds)
	case n.Location != nil:
		return n.Location.check(m, "location")
	case n.Map != nil:
		if err := n.Map.Origin.check(m, "origin"); err != nil {
			return err
		}
		return n.Map.Destination.check(m, "destination")
	}
	return checkText(m, "text", n.Text, math.MaxInt)
}

func (l Location) check(m Method, what string) error {
	// Written so that no comparison with what is no number passes.
	if !(math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180) {
		return invalid(m, "the %s at latitude %v and longitude %v: expected -90 to 90 and -180 to 180", what, l.Latitude, l.Longitude)
	}
	return checkText(m, "name of the "+what, l.Name, math.MaxInt)
}
