package photos_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"albumen/photos"
)

// A call that the API is known to refuse costs none of the day's calls.
func TestLimitsAreCheckedBeforeTheCall(t *testing.T) {
	c := newClient(t, photos.Options{
		Budget: spends(func(context.Context) error { t.Error("the budget was asked"); return nil }),
		Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			t.Errorf("%s %s was sent", r.Method, r.URL)
			return nil, io.EOF
		}),
	})
	ctx := t.Context()
	add := func(ids ...photos.ItemID) error { return c.AddItems(ctx, "a", ids) }
	remove := func(ids ...photos.ItemID) error { return c.RemoveItems(ctx, "a", ids) }
	batchGet := func(ids ...photos.ItemID) error { _, err := c.BatchGetItems(ctx, ids); return err }
	getAlbum := func(id photos.AlbumID) error { _, err := c.GetAlbum(ctx, id); return err }
	getItem := func(id photos.ItemID) error { _, err := c.GetItem(ctx, id); return err }
	createAlbum := func(title string) error { _, err := c.CreateAlbum(ctx, title); return err }
	patch := func(p photos.AlbumPatch) error { _, err := c.PatchAlbum(ctx, "a", p); return err }
	describe := func(text string) error { _, err := c.PatchItem(ctx, "i", text); return err }
	create := func(r photos.CreateItems) error {
		if r.Items == nil {
			r.Items = []photos.NewItem{{Token: "T"}}
		}
		_, err := c.CreateItems(ctx, r)
		return err
	}
	at := func(p photos.Position) error { return create(photos.CreateItems{Album: "a", Position: p}) }
	newItems := func(n int, item photos.NewItem) error {
		return create(photos.CreateItems{Items: slices.Repeat([]photos.NewItem{item}, n)})
	}
	albums := func(size int) error { _, err := c.ListAlbums(ctx, photos.ListAlbums{PageSize: size}); return err }
	items := func(size int) error { _, err := c.ListItems(ctx, photos.ListItems{PageSize: size}); return err }
	search := func(r photos.SearchItems) error { _, err := c.SearchItems(ctx, r); return err }
	filter := func(f photos.Filters) error { return search(photos.SearchItems{Filters: &f}) }
	date := func(y, m, d int) error {
		return filter(photos.Filters{Dates: []photos.Date{{Year: y, Month: m, Day: d}}})
	}
	between := func(a, b photos.Date) error {
		return filter(photos.Filters{Ranges: []photos.DateRange{{Start: a, End: b}}})
	}
	enrich := func(n photos.NewEnrichment, at photos.Position) error {
		_, err := c.AddEnrichment(ctx, "a", n, at)
		return err
	}
	place := func(latitude, longitude float64) error {
		return enrich(photos.NewEnrichment{Location: &photos.Location{Latitude: latitude, Longitude: longitude}}, photos.Position{Kind: photos.LastInAlbum})
	}
	upload := func(u photos.Upload) error { _, err := c.Upload(ctx, u); return err }
	dated := &photos.Filters{Dates: []photos.Date{{Year: 2024}}}
	long := strings.Repeat("ü", 1000)

	for name, err := range map[string]error{
		"list albums, page too large":   albums(51),
		"list albums, negative page":    albums(-1),
		"list items, page too large":    items(101),
		"search, page too large":        search(photos.SearchItems{PageSize: 101}),
		"get album, no id":              getAlbum(""),
		"get album, a path":             getAlbum("../mediaItems"),
		"get album, a verb":             getAlbum("a:share"),
		"get album, dots":               getAlbum(".."),
		"get album, a query":            getAlbum("a?alt=proto"),
		"get album, a blank":            getAlbum("a b"),
		"get item, no id":               getItem(""),
		"create album, title":           createAlbum(long[:1002]),
		"create album, no UTF-8":        createAlbum("\xff"),
		"patch album, nothing":          patch(photos.AlbumPatch{}),
		"patch album, title":            patch(photos.AlbumPatch{Title: &long}),
		"patch album, no cover":         patch(photos.AlbumPatch{Cover: ptr(photos.ItemID(""))}),
		"add, none":                     add(),
		"add, 51":                       add(ids(51)...),
		"add, twice":                    add("i", "j", "i"),
		"add, empty":                    add("i", ""),
		"remove, none":                  remove(),
		"remove, 51":                    remove(ids(51)...),
		"remove, twice":                 remove("i", "i"),
		"batch get, none":               batchGet(),
		"batch get, 51":                 batchGet(ids(51)...),
		"batch get, twice":              batchGet("i", "i"),
		"describe, 1000":                describe(long),
		"create, none":                  create(photos.CreateItems{Items: []photos.NewItem{}}),
		"create, 51":                    newItems(51, photos.NewItem{Token: "T"}),
		"create, no token":              newItems(1, photos.NewItem{}),
		"create, file name":             newItems(1, photos.NewItem{Token: "T", FileName: long[:512]}),
		"create, description":           newItems(1, photos.NewItem{Token: "T", Description: long}),
		"create, album":                 create(photos.CreateItems{Album: "a/b"}),
		"create, place without album":   create(photos.CreateItems{Position: photos.Position{Kind: photos.FirstInAlbum}}),
		"create, neighbour missing":     at(photos.Position{Kind: photos.AfterMediaItem}),
		"create, enrichment missing":    at(photos.Position{Kind: photos.AfterEnrichmentItem, AfterItem: "i"}),
		"create, neighbour too many":    at(photos.Position{Kind: photos.LastInAlbum, AfterItem: "i"}),
		"create, neighbour alone":       at(photos.Position{AfterItem: "i"}),
		"create, unknown place":         at(photos.Position{Kind: "MIDDLE"}),
		"search, album and filters":     search(photos.SearchItems{Album: "a", Filters: &photos.Filters{}}),
		"search, album":                 search(photos.SearchItems{Album: "a/b"}),
		"search, order without dates":   search(photos.SearchItems{OrderBy: photos.NewestFirst}),
		"search, order by what":         search(photos.SearchItems{OrderBy: "title", Filters: dated}),
		"search, order and more":        search(photos.SearchItems{OrderBy: photos.NewestFirst, Filters: &photos.Filters{Dates: dated.Dates, Favorites: true}}),
		"search, six dates":             filter(photos.Filters{Dates: slices.Repeat(dated.Dates, 6)}),
		"search, eleven categories":     filter(photos.Filters{Categories: slices.Repeat([]string{"PETS"}, 11)}),
		"search, eleven excepted":       filter(photos.Filters{Except: slices.Repeat([]string{"PETS"}, 11)}),
		"search, wanted and excepted":   filter(photos.Filters{Categories: []string{"PETS"}, Except: []string{"FOOD", "PETS"}}),
		"search, media type":            filter(photos.Filters{MediaType: "AUDIO"}),
		"search, no date":               date(0, 0, 0),
		"search, day of any month":      date(2024, 0, 5),
		"search, month of any year":     date(0, 6, 0),
		"search, day alone":             date(0, 0, 5),
		"search, month 13":              date(2024, 13, 1),
		"search, 30 February":           date(2024, 2, 30),
		"search, 29 February 2023":      date(2023, 2, 29),
		"search, before our era":        date(-1, 2, 3),
		"search, range of two kinds":    between(photos.Date{Year: 2023}, photos.Date{Year: 2024, Month: 5}),
		"search, range without end":     between(photos.Date{Year: 2023}, photos.Date{}),
		"search, unknown category":      filter(photos.Filters{Categories: []string{"CATS"}}),
		"search, unknown exception":     filter(photos.Filters{Except: []string{"pets"}}),
		"search, six ranges":            filter(photos.Filters{Ranges: slices.Repeat([]photos.DateRange{{Start: photos.Date{Year: 2023}, End: photos.Date{Year: 2024}}}, 6)}),
		"search, range backwards":       between(photos.Date{Year: 2024, Month: 5}, photos.Date{Year: 2024, Month: 4}),
		"search, order and categories":  search(photos.SearchItems{OrderBy: photos.NewestFirst, Filters: &photos.Filters{Dates: dated.Dates, Except: []string{"PETS"}}}),
		"shared, page too large":        second(c.ListSharedAlbums(ctx, photos.ListAlbums{PageSize: 51})),
		"share, no album":               second(c.ShareAlbum(ctx, "", photos.ShareOptions{})),
		"unshare, a path":               c.UnshareAlbum(ctx, "a/b"),
		"get shared, no token":          second(c.GetSharedAlbum(ctx, "")),
		"join, a path":                  second(c.JoinAlbum(ctx, "a/b")),
		"leave, a link":                 c.LeaveAlbum(ctx, "https://photos.app.goo.gl/x"),
		"enrich, nothing":               enrich(photos.NewEnrichment{}, photos.Position{Kind: photos.LastInAlbum}),
		"enrich, two kinds":             enrich(photos.NewEnrichment{Text: "t", Map: &photos.MapEnrichment{}}, photos.Position{Kind: photos.LastInAlbum}),
		"enrich, no position":           enrich(photos.NewEnrichment{Text: "t"}, photos.Position{}),
		"enrich, a kindless position":   enrich(photos.NewEnrichment{Text: "t"}, photos.Position{AfterEnrichment: "e"}),
		"enrich, no UTF-8":              enrich(photos.NewEnrichment{Text: "\xff"}, photos.Position{Kind: photos.LastInAlbum}),
		"enrich, no album":              second(c.AddEnrichment(ctx, "", photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.LastInAlbum})),
		"enrich, beyond the pole":       place(90.1, 0),
		"enrich, beyond the date line":  place(0, -180.1),
		"enrich, nowhere":               place(math.NaN(), 0),
		"enrich, endlessly far":         place(0, math.Inf(1)),
		"enrich, a destination beyond":  enrich(photos.NewEnrichment{Map: &photos.MapEnrichment{Destination: photos.Location{Latitude: -91}}}, photos.Position{Kind: photos.LastInAlbum}),
		"upload, empty":                 upload(photos.Upload{Open: zeros(1).Open}),
		"upload, nothing":               upload(photos.Upload{Size: 1}),
		"upload, too large":             upload(photos.Upload{Size: 20<<30 + 1, Open: zeros(1).Open}),
		"upload, too large for a photo": upload(photos.Upload{Size: 200<<20 + 1, MIMEType: "image/heic", Open: zeros(1).Open}),
	} {
		var e *photos.Error
		if !photos.IsBeyondLimits(err) {
			t.Errorf("%s: %v is not beyond the limits", name, err)
		}
		if !errors.As(err, &e) || e.Effect != photos.EffectNone || e.Status != "INVALID_ARGUMENT" || e.HTTPStatus != 0 || e.Message == "" {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestWhatIsJustWithinTheLimitsIsSent(t *testing.T) {
	ctx := t.Context()
	to := func(answer string) *photos.Client {
		return newClient(t, photos.Options{Transport: canned(200, answer)})
	}
	long := strings.Repeat("ü", 1000)
	results := `{"newMediaItemResults":[` + strings.TrimSuffix(strings.Repeat("{},", 50), ",") + `]}`
	errs := map[string]error{
		"50 items":    to(`{}`).AddItems(ctx, "a", ids(50)),
		"one item":    to(`{}`).RemoveItems(ctx, "a", ids(1)),
		"no title":    second(to(`{"id":"a"}`).CreateAlbum(ctx, "")),
		"title":       second(to(`{"id":"a"}`).CreateAlbum(ctx, long[:1000])),
		"description": second(to(`{"id":"i"}`).PatchItem(ctx, "i", long[:1998])),
		"new items": second(to(results).CreateItems(ctx, photos.CreateItems{Items: slices.Repeat([]photos.NewItem{
			{Token: "T", FileName: long[:510], Description: long[:1998]},
		}, 50)})),
		"a file name that is no UTF-8": second(to(`{"newMediaItemResults":[{}]}`).CreateItems(ctx, photos.CreateItems{Items: []photos.NewItem{{Token: "T", FileName: "\xff.jpg"}}})),
		"every kind of date": second(to(`{}`).SearchItems(ctx, photos.SearchItems{OrderBy: photos.NewestFirst, Filters: &photos.Filters{Archived: true, Dates: []photos.Date{
			{Year: 2024}, {Year: 2024, Month: 2}, {Year: 2024, Month: 2, Day: 29}, {Month: 2, Day: 29}, {Year: 9999, Month: 12, Day: 31},
		}}})),
		"a range over the turn of the year": second(to(`{}`).SearchItems(ctx, photos.SearchItems{Filters: &photos.Filters{Ranges: []photos.DateRange{
			{Start: photos.Date{Month: 12, Day: 24}, End: photos.Date{Month: 1, Day: 6}}, {Start: photos.Date{Year: 2024}, End: photos.Date{Year: 2024}},
		}}})),
		"ten categories of each": second(to(`{}`).SearchItems(ctx, photos.SearchItems{Filters: &photos.Filters{
			Categories: photos.Categories()[:10], Except: photos.Categories()[10:20], MediaType: "ALL_MEDIA",
		}})),
		"the poles": second(to(`{"enrichmentItem":{"id":"e"}}`).AddEnrichment(ctx, "a", photos.NewEnrichment{Map: &photos.MapEnrichment{
			Origin: photos.Location{Latitude: 90, Longitude: 180}, Destination: photos.Location{Latitude: -90, Longitude: -180},
		}}, photos.Position{Kind: photos.LastInAlbum})),
		"pages": second(to(`{}`).ListAlbums(ctx, photos.ListAlbums{PageSize: photos.MaxAlbumsPage})),
	}
	for name, err := range errs {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// second drops what a call answers beside its error.
func second[T any](_ T, err error) error { return err }
