package photos

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// Order is how the items of a search with dates are sorted.
type Order string

// The orders. The zero Order leaves it to Google, which answers the newest first,
// and an album in its own order.
const (
	OldestFirst Order = "MediaMetadata.creation_time"
	NewestFirst Order = "MediaMetadata.creation_time desc"
)

// SearchItems asks for one page of an album's items in their order, or of those
// that filters let through. Album and Filters exclude each other; with neither it
// is the library.
type SearchItems struct {
	Album     AlbumID
	Filters   *Filters
	OrderBy   Order  // only with dates, beside which only Archived and OnlyOurs may stand
	Brief     bool   // as in ListItems
	PageSize  int    // 0 leaves it to Google (25); the most is MaxItemsPage
	PageToken string // of the page before; bound to the other fields
}

// Filters let through what meets all of them. The zero value lets all through.
// An item takes a while to be found by them after it was created.
type Filters struct {
	Dates      []Date      // any of these days, at most MaxDates
	Ranges     []DateRange // or any of these times, at most MaxDates
	Categories []string    // any of these contents, at most MaxCategories: "LANDSCAPES", "PEOPLE", …
	Except     []string    // none of these contents, at most MaxCategories
	MediaType  string      // "PHOTO", "VIDEO" or "ALL_MEDIA"; "" is both
	Favorites  bool        // only what the user marked as a favourite
	Archived   bool        // archived items, too
	OnlyOurs   bool        // only what this app created; today nothing else is seen
}

// The limits of filters (discovery document).
const (
	MaxDates      = 5
	MaxCategories = 10
)

// Categories are the contents that Google tells apart (discovery document).
func Categories() []string {
	return []string{
		"LANDSCAPES", "RECEIPTS", "CITYSCAPES", "LANDMARKS", "SELFIES", "PEOPLE", "PETS", "WEDDINGS", "BIRTHDAYS",
		"DOCUMENTS", "TRAVEL", "ANIMALS", "FOOD", "SPORT", "NIGHT", "PERFORMANCES", "WHITEBOARDS", "SCREENSHOTS",
		"UTILITY", "ARTS", "CRAFTS", "FASHION", "HOUSES", "GARDENS", "FLOWERS", "HOLIDAYS", "NONE",
	}
}

// Date is a day; 0 stands for any: year 0 for every year, day 0 for a month,
// month and day 0 for a year.
type Date struct {
	Year  int `json:"year,omitempty"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// valid reports whether the date means something to the API: not all of it may be
// any, nor the month alone, nor day and year.
func (d Date) valid() bool {
	days := []int{31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	switch {
	case d.Year < 0 || d.Year > 9999 || d.Month < 0 || d.Month > 12 || d.Day < 0 || d.Day > days[d.Month]:
		return false
	case d.Month == 2 && d.Day == 29 && d.Year != 0 && !leap(d.Year):
		return false
	}
	return d.Month != 0 && (d.Day != 0 || d.Year != 0) || d.Month == 0 && d.Day == 0 && d.Year != 0
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// precision tells a day, a month and a year apart, with and without the year.
func (d Date) precision() [3]bool { return [3]bool{d.Year != 0, d.Month != 0, d.Day != 0} }

// DateRange is a time from one date to another, both included. Both have the same
// precision.
type DateRange struct {
	Start Date `json:"startDate"`
	End   Date `json:"endDate"`
}

func (r DateRange) valid() bool {
	return r.Start.valid() && r.End.valid() && r.Start.precision() == r.End.precision() && !r.backwards()
}

// backwards reports whether the range ends before it starts. Without a year it
// may go over the turn of one.
func (r DateRange) backwards() bool {
	a, b := r.Start, r.End
	return a.Year != 0 && slices.Compare([]int{b.Year, b.Month, b.Day}, []int{a.Year, a.Month, a.Day}) < 0
}

type wireFilters struct {
	Date      *wireDates      `json:"dateFilter,omitempty"`
	Content   *wireContent    `json:"contentFilter,omitempty"`
	MediaType *wireMediaTypes `json:"mediaTypeFilter,omitempty"`
	Feature   *wireFeatures   `json:"featureFilter,omitempty"`
	Archived  bool            `json:"includeArchivedMedia,omitempty"`
	OnlyOurs  bool            `json:"excludeNonAppCreatedData,omitempty"`
}

type wireDates struct {
	Dates  []Date      `json:"dates,omitempty"`
	Ranges []DateRange `json:"ranges,omitempty"`
}

type wireContent struct {
	Included []string `json:"includedContentCategories,omitempty"`
	Excluded []string `json:"excludedContentCategories,omitempty"`
}

type wireMediaTypes struct {
	Types []string `json:"mediaTypes"`
}

type wireFeatures struct {
	Included []string `json:"includedFeatures"`
}

func (f *Filters) dated() bool { return f != nil && len(f.Dates)+len(f.Ranges) > 0 }

func (f *Filters) wire() *wireFilters {
	if f == nil {
		return nil
	}
	w := &wireFilters{Archived: f.Archived, OnlyOurs: f.OnlyOurs}
	if f.dated() {
		w.Date = &wireDates{f.Dates, f.Ranges}
	}
	if len(f.Categories)+len(f.Except) > 0 {
		w.Content = &wireContent{f.Categories, f.Except}
	}
	if f.MediaType != "" {
		w.MediaType = &wireMediaTypes{[]string{f.MediaType}}
	}
	if f.Favorites {
		w.Feature = &wireFeatures{[]string{"FAVORITES"}}
	}
	return w
}

// SearchItems reads one page of an album or of a search.
func (c *Client) SearchItems(ctx context.Context, r SearchItems) (ItemsPage, error) {
	const m = MethodItemsSearch
	if err := r.check(m); err != nil {
		return ItemsPage{}, err
	}
	in := struct {
		Album     AlbumID      `json:"albumId,omitempty"`
		Filters   *wireFilters `json:"filters,omitempty"`
		OrderBy   Order        `json:"orderBy,omitempty"`
		PageSize  int          `json:"pageSize,omitempty"`
		PageToken string       `json:"pageToken,omitempty"`
	}{r.Album, r.Filters.wire(), r.OrderBy, r.PageSize, r.PageToken}
	var q url.Values
	if r.Brief {
		q = url.Values{"fields": {briefItems}}
	}
	return c.items(ctx, message{method: m, query: q}, in, r.PageToken)
}

// check holds the call to the API's limits.
func (r SearchItems) check(m Method) error {
	if err := checkPage(m, r.PageSize, MaxItemsPage); err != nil {
		return err
	}
	if r.Album != "" {
		if err := checkID(m, string(r.Album)); err != nil {
			return err
		}
	}
	f := r.Filters
	switch {
	case r.Album != "" && f != nil:
		return invalid(m, "an album and filters: expected one of them")
	case r.OrderBy == "":
	case r.OrderBy != OldestFirst && r.OrderBy != NewestFirst:
		return invalid(m, "an unknown order %q", r.OrderBy)
	case !f.dated():
		return invalid(m, "an order without dates to search for")
	case len(f.Categories)+len(f.Except) > 0 || f.MediaType != "" || f.Favorites:
		return invalid(m, "an order beside other filters than dates")
	}
	if f == nil {
		return nil
	}
	return f.check(m)
}

func (f *Filters) check(m Method) error {
	switch {
	case len(f.Dates) > MaxDates || len(f.Ranges) > MaxDates:
		return invalid(m, "%d dates and %d ranges: expected at most %d each", len(f.Dates), len(f.Ranges), MaxDates)
	case len(f.Categories) > MaxCategories || len(f.Except) > MaxCategories:
		return invalid(m, "%d categories and %d excepted: expected at most %d each", len(f.Categories), len(f.Except), MaxCategories)
	case !slices.Contains([]string{"", "PHOTO", "VIDEO", "ALL_MEDIA"}, f.MediaType):
		return invalid(m, "the media type %q: expected PHOTO, VIDEO or ALL_MEDIA", f.MediaType)
	}
	for _, category := range slices.Concat(f.Categories, f.Except) {
		if !slices.Contains(Categories(), category) {
			return invalid(m, "the category %q: expected one of %s", category, strings.Join(Categories(), ", "))
		}
	}
	for _, d := range f.Dates {
		if !d.valid() {
			return invalid(m, "the date %d-%d-%d (year, month, day) is none", d.Year, d.Month, d.Day)
		}
	}
	for _, r := range f.Ranges {
		if !r.valid() {
			return invalid(m, "the range from %v to %v (year, month, day) is none: expected two of one precision, the earlier first", r.Start, r.End)
		}
	}
	for _, category := range f.Categories {
		if slices.Contains(f.Except, category) {
			return invalid(m, "the category %q is wanted and excepted", category)
		}
	}
	return nil
}
