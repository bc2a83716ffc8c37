package emulator

import (
	"slices"
	"strings"
	"time"
)

// searchMessage is a SearchMediaItemsRequest.
type searchMessage struct {
	AlbumID   string         `json:"albumId"`
	PageSize  int32          `json:"pageSize"`
	PageToken string         `json:"pageToken"`
	Filters   *filterMessage `json:"filters"`
	OrderBy   string         `json:"orderBy"`
}

type filterMessage struct {
	DateFilter *struct {
		Dates  []dateMessage  `json:"dates"`
		Ranges []rangeMessage `json:"ranges"`
	} `json:"dateFilter"`
	ContentFilter *struct {
		Included []category `json:"includedContentCategories"`
		Excluded []category `json:"excludedContentCategories"`
	} `json:"contentFilter"`
	MediaTypeFilter *struct {
		MediaTypes []mediaType `json:"mediaTypes"`
	} `json:"mediaTypeFilter"`
	FeatureFilter *struct {
		IncludedFeatures []feature `json:"includedFeatures"`
	} `json:"featureFilter"`
	IncludeArchivedMedia     bool `json:"includeArchivedMedia"`
	ExcludeNonAppCreatedData bool `json:"excludeNonAppCreatedData"`
}

type dateMessage struct {
	Year  int32 `json:"year"`
	Month int32 `json:"month"`
	Day   int32 `json:"day"`
}

type rangeMessage struct {
	StartDate dateMessage `json:"startDate"`
	EndDate   dateMessage `json:"endDate"`
}

type mediaType string

func (mediaType) names() []string { return []string{"ALL_MEDIA", "VIDEO", "PHOTO"} }
func (mediaType) proto() string   { return "MediaTypeFilter.MediaType" }

type feature string

func (feature) names() []string { return []string{"NONE", "FAVORITES"} }
func (feature) proto() string   { return "FeatureFilter.Feature" }

// category is what Google's machines see in a picture. The emulator's see nothing
// but what ClassifyItem tells them.
type category string

func (category) names() []string {
	return strings.Fields(`NONE LANDSCAPES RECEIPTS CITYSCAPES LANDMARKS SELFIES PEOPLE PETS WEDDINGS
		BIRTHDAYS DOCUMENTS TRAVEL ANIMALS FOOD SPORT NIGHT PERFORMANCES WHITEBOARDS SCREENSHOTS
		UTILITY ARTS CRAFTS FASHION HOUSES GARDENS FLOWERS HOLIDAYS`)
}
func (category) proto() string { return "ContentFilter.ContentCategory" }

// searchItems is mediaItems.search: by album, by filters, or the whole library.
func (c *call) searchItems() (any, error) {
	var req searchMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	size, err := c.clampPage(req.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	if req.AlbumID != "" && req.Filters != nil {
		return nil, invalid("Cannot set filters when an album id is given.")
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	token := req.PageToken
	req.PageToken = ""
	bound := boundMessage(req)
	c.mu.RLock()
	defer c.mu.RUnlock()
	if req.AlbumID != "" {
		a, err := c.readAlbum(req.AlbumID)
		if err != nil {
			return nil, err
		}
		return c.albumPage(a, bound, token, size)
	}
	match := (*item).inLibrary
	if req.Filters != nil {
		match = func(it *item) bool { return c.found(it) && req.Filters.matches(it) }
		c.appOnly = req.Filters.ExcludeNonAppCreatedData
	}
	return c.libraryPage(bound, token, size, req.OrderBy == orderOldest, match)
}

// found reports whether filtered searches can show an item: those are late with
// new items, and never show one that is dated in the future (Google's guide to
// filters).
func (c *call) found(it *item) bool {
	return !c.now.Before(time.Unix(it.Uploaded, 0).Add(c.choices.SearchLag)) && it.Created <= c.now.Unix()
}

const (
	orderOldest = "MediaMetadata.creation_time"
	orderNewest = "MediaMetadata.creation_time desc"
)

// check refuses what Google's guide to filters rules out.
func (m *searchMessage) check() error {
	f := m.Filters
	if m.OrderBy != "" {
		switch {
		case m.OrderBy != orderOldest && m.OrderBy != orderNewest:
			return invalid("Invalid order by: %q.", m.OrderBy)
		case f == nil || f.DateFilter == nil || f.ContentFilter != nil || f.MediaTypeFilter != nil || f.FeatureFilter != nil:
			return invalid("Order by can only be used with a date filter and no other filter.")
		}
	}
	if f == nil {
		return nil
	}
	if f.MediaTypeFilter != nil && len(f.MediaTypeFilter.MediaTypes) != 1 {
		return invalid("Media type filter must have exactly one media type.")
	}
	if cf := f.ContentFilter; cf != nil {
		if len(cf.Included) > 10 || len(cf.Excluded) > 10 {
			return invalid("Content filter must not have more than 10 categories.")
		}
		if slices.ContainsFunc(cf.Included, func(x category) bool { return slices.Contains(cf.Excluded, x) }) {
			return invalid("A content category must not be included and excluded.")
		}
	}
	return f.checkDates()
}

func (f *filterMessage) checkDates() error {
	if f.DateFilter == nil {
		return nil
	}
	if len(f.DateFilter.Dates) > 5 || len(f.DateFilter.Ranges) > 5 {
		return invalid("Date filter must not have more than 5 dates and 5 ranges.")
	}
	for _, d := range f.DateFilter.Dates {
		if !d.legal() {
			return invalid("Invalid date in the date filter.")
		}
	}
	for _, r := range f.DateFilter.Ranges {
		same := (r.StartDate.Month == 0) == (r.EndDate.Month == 0) &&
			(r.StartDate.Day == 0) == (r.EndDate.Day == 0) && (r.StartDate.Year == 0) == (r.EndDate.Year == 0)
		if !r.StartDate.legal() || !r.EndDate.legal() || !same {
			return invalid("Invalid date range in the date filter.")
		}
	}
	return nil
}

// legal reports whether a date is one that filters take: a year may be any (0),
// a day may be the whole month, month and day may be the whole year.
func (d dateMessage) legal() bool {
	switch {
	case d.Year < 0 || d.Year > 9999 || d.Month < 0 || d.Month > 12 || d.Day < 0 || d.Day > 31:
		return false
	case d.Month == 0:
		return d.Day == 0 && d.Year != 0
	default:
		return d.Year != 0 || d.Day != 0
	}
}

// ordinal is a date as a number that grows with it.
func (d dateMessage) ordinal() int32 { return d.Year*10000 + d.Month*100 + d.Day }

// like cuts a date to the precision of another.
func (d dateMessage) like(other dateMessage) dateMessage {
	if other.Year == 0 {
		d.Year = 0
	}
	if other.Month == 0 {
		d.Month = 0
	}
	if other.Day == 0 {
		d.Day = 0
	}
	return d
}

// matches reports whether all filters let an item pass.
func (f *filterMessage) matches(it *item) bool {
	if it.Archived && !f.IncludeArchivedMedia {
		return false
	}
	if ff := f.FeatureFilter; ff != nil && slices.Contains(ff.IncludedFeatures, "FAVORITES") && !it.Favourite {
		return false
	}
	if !f.matchesContent(it) {
		return false
	}
	if mf := f.MediaTypeFilter; mf != nil && mf.MediaTypes[0] != "ALL_MEDIA" && it.video() != (mf.MediaTypes[0] == "VIDEO") {
		return false
	}
	return f.DateFilter == nil || f.matchesDate(it)
}

// matchesContent asks for one of the included categories and for none of the
// excluded ones. NONE is no category.
func (f *filterMessage) matchesContent(it *item) bool {
	if f.ContentFilter == nil {
		return true
	}
	real := func(list []category) []category {
		return slices.DeleteFunc(slices.Clone(list), func(x category) bool { return x == "NONE" })
	}
	has := func(x category) bool { return slices.Contains(it.Categories, x) }
	included := real(f.ContentFilter.Included)
	return (len(included) == 0 || slices.ContainsFunc(included, has)) && !slices.ContainsFunc(real(f.ContentFilter.Excluded), has)
}

// matchesDate holds the item's capture day against the dates and ranges. An item
// without a capture time matches none.
func (f *filterMessage) matchesDate(it *item) bool {
	if len(f.DateFilter.Dates)+len(f.DateFilter.Ranges) == 0 {
		return true
	}
	if it.Taken == 0 {
		return false
	}
	t := time.Unix(it.Taken, 0).UTC()
	day := dateMessage{Year: int32(t.Year()), Month: int32(t.Month()), Day: int32(t.Day())}
	for _, d := range f.DateFilter.Dates {
		if day.like(d) == d {
			return true
		}
	}
	for _, r := range f.DateFilter.Ranges {
		if n := day.like(r.StartDate).ordinal(); n >= r.StartDate.ordinal() && n <= r.EndDate.ordinal() {
			return true
		}
	}
	return false
}
