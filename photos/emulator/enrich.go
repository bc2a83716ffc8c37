package emulator

import (
	"fmt"
	"unicode/utf8"
)

// placeMessage is a Location.
type placeMessage struct {
	LocationName string `json:"locationName"`
	Latlng       *struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	} `json:"latlng"`
}

// enrichmentMessage is a NewEnrichmentItem.
type enrichmentMessage struct {
	TextEnrichment *struct {
		Text string `json:"text"`
	} `json:"textEnrichment"`
	LocationEnrichment *struct {
		Location *placeMessage `json:"location"`
	} `json:"locationEnrichment"`
	MapEnrichment *struct {
		Origin      *placeMessage `json:"origin"`
		Destination *placeMessage `json:"destination"`
	} `json:"mapEnrichment"`
}

// addEnrichment is albums.addEnrichment: every call adds one more, and nothing
// of the API shows it again.
func (c *call) addEnrichment() (any, error) {
	var req struct {
		NewEnrichmentItem *enrichmentMessage `json:"newEnrichmentItem"`
		AlbumPosition     *wirePosition      `json:"albumPosition"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.NewEnrichmentItem == nil || req.AlbumPosition == nil {
		return nil, invalid("Request must contain a new enrichment item and an album position.")
	}
	made, err := c.enrichmentOf(req.NewEnrichmentItem)
	if err != nil {
		return nil, err
	}
	if p := req.AlbumPosition.Position; p == "" || p == positionUnspecified {
		return nil, invalid("Album position must be specified.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.ownAlbum(c.id, toEnrich)
	if err != nil {
		return nil, err
	}
	if !c.adds(a) {
		return nil, c.noPermission(toEnrich)
	}
	at, err := c.position(a, req.AlbumPosition)
	if err != nil {
		return nil, err
	}
	n := number(len(c.world.enrichments))
	err = c.commit(change{Op: opEnrichment, Number: n, Enrichment: &made},
		change{Op: opInsert, Album: a.number, At: int64(at), Contents: []entry{^n}})
	if err != nil {
		return nil, err
	}
	var out enrichmentAnswer
	out.EnrichmentItem.ID = c.world.ids.text(enrichmentKind, n)
	return out, nil
}

func (c *call) enrichmentOf(m *enrichmentMessage) (enrichment, error) {
	text, location, way := m.TextEnrichment, m.LocationEnrichment, m.MapEnrichment
	switch {
	case text != nil && location == nil && way == nil:
		if text.Text == "" || utf8.RuneCountInString(text.Text) > c.opts.TextLength {
			return enrichment{}, invalid("Enrichment text must have between 1 and %d characters.", c.opts.TextLength)
		}
		return enrichment{Text: text.Text}, nil
	case location != nil && text == nil && way == nil:
		at, err := c.placeOf(location.Location)
		return enrichment{Location: &at}, err
	case way != nil && text == nil && location == nil:
		from, err := c.placeOf(way.Origin)
		if err != nil {
			return enrichment{}, err
		}
		to, err := c.placeOf(way.Destination)
		return enrichment{Map: &route{Origin: from, Destination: to}}, err
	}
	return enrichment{}, invalid("Request must contain exactly one kind of enrichment.")
}

func (c *call) placeOf(m *placeMessage) (place, error) {
	if m == nil || m.Latlng == nil || m.LocationName == "" {
		return place{}, invalid("Location must have a name and a latlng.")
	}
	lat, long := m.Latlng.Latitude, m.Latlng.Longitude
	if !(lat >= -90 && lat <= 90 && long >= -180 && long <= 180) {
		return place{}, invalid("Invalid latlng: %s", fmt.Sprint(lat, ",", long))
	}
	if utf8.RuneCountInString(m.LocationName) > c.opts.PlaceNameLength {
		return place{}, invalid("Location name must not be longer than %d characters.", c.opts.PlaceNameLength)
	}
	return place{Name: m.LocationName, Latitude: lat, Longitude: long}, nil
}

// position is the index in an album's contents at which new entries go:
//
//	FIRST_IN_ALBUM         before everything
//	LAST_IN_ALBUM, none    after everything
//	AFTER_MEDIA_ITEM       directly after the item, which must be in the album
//	AFTER_ENRICHMENT_ITEM  directly after the enrichment, likewise
func (c *call) position(a *album, p *wirePosition) (int, error) {
	if p == nil {
		return len(a.contents), nil
	}
	if !c.mine(a.maker) {
		return 0, invalid("Album position cannot be set in a shared album that the user does not own.")
	}
	at := -1
	switch p.Position {
	case positionFirst:
		at = 0
	case "", positionUnspecified, positionLast:
		at = len(a.contents)
	case positionAfterItem:
		if n, it, _ := c.world.item(p.RelativeMediaItemID); it != nil && c.shows(a, n) {
			at = a.indexAfter(n)
		}
		if at < 0 {
			return 0, invalid("Invalid album position: the relative media item is not in the album.")
		}
	case positionAfterOther:
		if n, ok := c.world.ids.number(enrichmentKind, p.RelativeEnrichmentItemID); ok {
			at = a.indexAfter(^n)
		}
		if at < 0 {
			return 0, invalid("Invalid album position: the relative enrichment item is not in the album.")
		}
	}
	return at, nil
}
