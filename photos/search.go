package photos

import (
	"context"
	"net/http"
)

// SearchItems asks for one page of an album's items in their order, or of those
// that filters let through. Album and Filters exclude each other.
type SearchItems struct {
	Album     AlbumID
	Filters   *Filters
	OldFirst  bool // sort by capture time, the oldest first; only with a date filter
	PageSize  int  // 0 leaves it to Google (25); the most is MaxItemsPage
	PageToken string
}

// Filters let through what meets all of them. The zero value lets all through.
type Filters struct {
	Dates      []Date      // at most MaxDates
	Ranges     []DateRange // at most MaxDates
	Categories []string    // any of these contents, at most MaxCategories
	Except     []string    // none of these contents, at most MaxCategories
	MediaType  string      // "PHOTO" or "VIDEO"; "" is both
	Favorites  bool
	Archived   bool // archived items, too
}

// Date is a day; 0 stands for any: year 0 for every year, day 0 for a month,
// month and day 0 for a year.
type Date struct {
	Year  int `json:"year,omitempty"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// DateRange is a time from one date to another, both included.
type DateRange struct {
	Start Date `json:"startDate"`
	End   Date `json:"endDate"`
}

// The limits of filters (discovery document).
const (
	MaxDates      = 5
	MaxCategories = 10
)

type wireFilters struct {
	Date *struct {
		Dates  []Date      `json:"dates,omitempty"`
		Ranges []DateRange `json:"ranges,omitempty"`
	} `json:"dateFilter,omitempty"`
	Content *struct {
		Included []string `json:"includedContentCategories,omitempty"`
		Excluded []string `json:"excludedContentCategories,omitempty"`
	} `json:"contentFilter,omitempty"`
	MediaType *struct {
		Types []string `json:"mediaTypes"`
	} `json:"mediaTypeFilter,omitempty"`
	Feature *struct {
		Included []string `json:"includedFeatures"`
	} `json:"featureFilter,omitempty"`
	Archived bool `json:"includeArchivedMedia,omitempty"`
}

func (f *Filters) wire() *wireFilters {
	w := &wireFilters{Archived: f.Archived}
	if len(f.Dates)+len(f.Ranges) > 0 {
		w.Date = &struct {
			Dates  []Date      `json:"dates,omitempty"`
			Ranges []DateRange `json:"ranges,omitempty"`
		}{f.Dates, f.Ranges}
	}
	if len(f.Categories)+len(f.Except) > 0 {
		w.Content = &struct {
			Included []string `json:"includedContentCategories,omitempty"`
			Excluded []string `json:"excludedContentCategories,omitempty"`
		}{f.Categories, f.Except}
	}
	if f.MediaType != "" {
		w.MediaType = &struct {
			Types []string `json:"mediaTypes"`
		}{[]string{f.MediaType}}
	}
	if f.Favorites {
		w.Feature = &struct {
			Included []string `json:"includedFeatures"`
		}{[]string{"FAVORITES"}}
	}
	return w
}

// SearchItems reads one page of an album or of a search.
func (c *Client) SearchItems(ctx context.Context, r SearchItems) (ItemsPage, error) {
	if err := r.check(); err != nil {
		return ItemsPage{}, err
	}
	in := struct {
		AlbumID   string       `json:"albumId,omitempty"`
		Filters   *wireFilters `json:"filters,omitempty"`
		OrderBy   string       `json:"orderBy,omitempty"`
		PageSize  int          `json:"pageSize,omitempty"`
		PageToken string       `json:"pageToken,omitempty"`
	}{AlbumID: string(r.Album), PageSize: r.PageSize, PageToken: r.PageToken}
	if r.Filters != nil {
		in.Filters = r.Filters.wire()
	}
	if r.OldFirst {
		in.OrderBy = "MediaMetadata.creation_time"
	}
	var out wireItemsPage
	err := c.read(ctx, MethodItemsSearch, http.MethodPost, "/v1/mediaItems:search", nil, in, &out)
	return out.page(), err
}

// check holds the call to the API's limits.
func (r SearchItems) check() error {
	const m = MethodItemsSearch
	f := r.Filters
	switch {
	case r.PageSize < 0 || r.PageSize > MaxItemsPage:
		return invalid(m, "a page of %d items: expected at most %d", r.PageSize, MaxItemsPage)
	case r.Album != "" && f != nil:
		return invalid(m, "an album and filters: expected one of them")
	case r.OldFirst && (f == nil || len(f.Dates)+len(f.Ranges) == 0):
		return invalid(m, "an order without dates to search for")
	case f == nil:
		return nil
	case len(f.Dates) > MaxDates || len(f.Ranges) > MaxDates:
		return invalid(m, "expected at most %d dates and %d ranges", MaxDates, MaxDates)
	case len(f.Categories) > MaxCategories || len(f.Except) > MaxCategories:
		return invalid(m, "expected at most %d categories", MaxCategories)
	case f.MediaType != "" && f.MediaType != "PHOTO" && f.MediaType != "VIDEO":
		return invalid(m, "the media type %q: expected PHOTO or VIDEO", f.MediaType)
	}
	return nil
}
