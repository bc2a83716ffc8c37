package photos_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

// Each method goes over the wire exactly as the discovery document has it.
func TestRequestsAreThoseOfTheDiscoveryDocument(t *testing.T) {
	const enriched = `{"enrichmentItem":{"id":"e"}}`
	ctx := t.Context()
	all := &photos.Filters{
		Dates:      []photos.Date{{Year: 2024, Month: 6, Day: 1}, {Month: 12, Day: 24}},
		Ranges:     []photos.DateRange{{Start: photos.Date{Year: 2023}, End: photos.Date{Year: 2024}}},
		Categories: []string{"LANDSCAPES", "PETS"}, Except: []string{"SELFIES"},
		MediaType: "PHOTO", Favorites: true, Archived: true, OnlyOurs: true,
	}
	for _, row := range []struct {
		name, answer, want string
		call               func(*photos.Client) error
	}{
		{"albums.list, bare", `{}`, "GET /v1/albums\n", func(c *photos.Client) error {
			_, err := c.ListAlbums(ctx, photos.ListAlbums{})
			return err
		}},
		{"albums.list", `{}`, "GET /v1/albums?pageSize=50&pageToken=a%2Fb%3D\n", func(c *photos.Client) error {
			_, err := c.ListAlbums(ctx, photos.ListAlbums{PageSize: 50, PageToken: "a/b="})
			return err
		}},
		{"albums.get", `{"id":"a"}`, "GET /v1/albums/AI_b-9\n", func(c *photos.Client) error { _, err := c.GetAlbum(ctx, "AI_b-9"); return err }},
		{"albums.create", `{"id":"a"}`, "POST /v1/albums\n" + `{"album":{"title":"Höfn \"24\""}}`, func(c *photos.Client) error {
			_, err := c.CreateAlbum(ctx, `Höfn "24"`)
			return err
		}},
		{"albums.list, brief and ours", `{}`, "GET /v1/albums?excludeNonAppCreatedData=true&fields=nextPageToken%2Calbums%28id%2Ctitle%2CmediaItemsCount%2CcoverPhotoMediaItemId%2CshareInfo%29\n", func(c *photos.Client) error {
			_, err := c.ListAlbums(ctx, photos.ListAlbums{OnlyOurs: true, Brief: true})
			return err
		}},
		{"albums.addEnrichment, text", enriched, "POST /v1/albums/a:addEnrichment\n" + `{"newEnrichmentItem":{"textEnrichment":{"text":"Day \"one\""}},"albumPosition":{"position":"FIRST_IN_ALBUM"}}`, func(c *photos.Client) error {
			_, err := c.AddEnrichment(ctx, "a", photos.NewEnrichment{Text: `Day "one"`}, photos.Position{Kind: photos.FirstInAlbum})
			return err
		}},
		{"albums.addEnrichment, location", enriched, "POST /v1/albums/a:addEnrichment\n" +
			`{"newEnrichmentItem":{"locationEnrichment":{"location":{"locationName":"Gullfoss","latlng":{"latitude":64.3271,"longitude":-20.1199}}}},` +
			`"albumPosition":{"position":"AFTER_MEDIA_ITEM","relativeMediaItemId":"i"}}`, func(c *photos.Client) error {
			_, err := c.AddEnrichment(ctx, "a", photos.NewEnrichment{Location: &photos.Location{Name: "Gullfoss", Latitude: 64.3271, Longitude: -20.1199}},
				photos.Position{Kind: photos.AfterMediaItem, AfterItem: "i"})
			return err
		}},
		{"albums.addEnrichment, map", enriched, "POST /v1/albums/a:addEnrichment\n" +
			`{"newEnrichmentItem":{"mapEnrichment":{"origin":{"locationName":"Null Island","latlng":{"latitude":0,"longitude":0}},"destination":{"latlng":{"latitude":-90,"longitude":180}}}},` +
			`"albumPosition":{"position":"AFTER_ENRICHMENT_ITEM","relativeEnrichmentItemId":"e"}}`, func(c *photos.Client) error {
			_, err := c.AddEnrichment(ctx, "a", photos.NewEnrichment{Map: &photos.MapEnrichment{Origin: photos.Location{Name: "Null Island"}, Destination: photos.Location{Latitude: -90, Longitude: 180}}},
				photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "e"})
			return err
		}},
		{"albums.share", `{"shareInfo":{}}`, "POST /v1/albums/a:share\n" + `{"sharedAlbumOptions":{"isCollaborative":false,"isCommentable":true}}`, func(c *photos.Client) error {
			_, err := c.ShareAlbum(ctx, "a", photos.ShareOptions{Commentable: true})
			return err
		}},
		{"albums.unshare", `{}`, "POST /v1/albums/a:unshare\n{}", func(c *photos.Client) error { return c.UnshareAlbum(ctx, "a") }},
		{"sharedAlbums.list", `{}`, "GET /v1/sharedAlbums?excludeNonAppCreatedData=true&pageSize=50&pageToken=p\n", func(c *photos.Client) error {
			_, err := c.ListSharedAlbums(ctx, photos.ListAlbums{OnlyOurs: true, PageSize: 50, PageToken: "p"})
			return err
		}},
		{"sharedAlbums.get", `{"id":"a"}`, "GET /v1/sharedAlbums/T-k\n", func(c *photos.Client) error { _, err := c.GetSharedAlbum(ctx, "T-k"); return err }},
		{"sharedAlbums.join", `{"album":{"id":"a"}}`, "POST /v1/sharedAlbums:join\n" + `{"shareToken":"T-k"}`, func(c *photos.Client) error { _, err := c.JoinAlbum(ctx, "T-k"); return err }},
		{"sharedAlbums.leave", `{}`, "POST /v1/sharedAlbums:leave\n" + `{"shareToken":"T-k"}`, func(c *photos.Client) error { return c.LeaveAlbum(ctx, "T-k") }},
		{"albums.patch, title", `{"id":"a"}`, "PATCH /v1/albums/a?updateMask=title\n" + `{"title":""}`, func(c *photos.Client) error {
			_, err := c.PatchAlbum(ctx, "a", photos.AlbumPatch{Title: ptr("")})
			return err
		}},
		{"albums.patch, cover", `{"id":"a"}`, "PATCH /v1/albums/a?updateMask=coverPhotoMediaItemId\n" + `{"coverPhotoMediaItemId":"i"}`, func(c *photos.Client) error {
			_, err := c.PatchAlbum(ctx, "a", photos.AlbumPatch{Cover: ptr(photos.ItemID("i"))})
			return err
		}},
		{"albums.patch, both", `{"id":"a"}`, "PATCH /v1/albums/a?updateMask=title%2CcoverPhotoMediaItemId\n" + `{"title":"t","coverPhotoMediaItemId":"i"}`, func(c *photos.Client) error {
			_, err := c.PatchAlbum(ctx, "a", photos.AlbumPatch{Title: ptr("t"), Cover: ptr(photos.ItemID("i"))})
			return err
		}},
		{"albums.batchAddMediaItems", `{}`, "POST /v1/albums/a:batchAddMediaItems\n" + `{"mediaItemIds":["item-000","item-001"]}`, func(c *photos.Client) error {
			return c.AddItems(ctx, "a", ids(2))
		}},
		{"albums.batchRemoveMediaItems", `{}`, "POST /v1/albums/a:batchRemoveMediaItems\n" + `{"mediaItemIds":["item-000"]}`, func(c *photos.Client) error {
			return c.RemoveItems(ctx, "a", ids(1))
		}},
		{"mediaItems.batchCreate, bare", `{"newMediaItemResults":[{}]}`, "POST /v1/mediaItems:batchCreate\n" + `{"newMediaItems":[{"simpleMediaItem":{"uploadToken":"T"}}]}`, func(c *photos.Client) error {
			_, err := c.CreateItems(ctx, photos.CreateItems{Items: []photos.NewItem{{Token: "T"}}})
			return err
		}},
		{"mediaItems.batchCreate", `{"newMediaItemResults":[{}]}`, "POST /v1/mediaItems:batchCreate\n" +
			`{"albumId":"a","albumPosition":{"position":"AFTER_MEDIA_ITEM","relativeMediaItemId":"i"},"newMediaItems":[{"description":"d","simpleMediaItem":{"uploadToken":"T","fileName":"f.jpg"}}]}`, func(c *photos.Client) error {
			_, err := c.CreateItems(ctx, photos.CreateItems{
				Album: "a", Position: photos.Position{Kind: photos.AfterMediaItem, AfterItem: "i"},
				Items: []photos.NewItem{{Token: "T", FileName: "f.jpg", Description: "d"}},
			})
			return err
		}},
		{"mediaItems.batchCreate, after an enrichment", `{"newMediaItemResults":[{}]}`, "POST /v1/mediaItems:batchCreate\n" +
			`{"albumId":"a","albumPosition":{"position":"AFTER_ENRICHMENT_ITEM","relativeEnrichmentItemId":"e"},"newMediaItems":[{"simpleMediaItem":{"uploadToken":"T"}}]}`, func(c *photos.Client) error {
			_, err := c.CreateItems(ctx, photos.CreateItems{
				Album: "a", Position: photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "e"}, Items: []photos.NewItem{{Token: "T"}},
			})
			return err
		}},
		{"mediaItems.batchGet", `{"mediaItemResults":[{},{}]}`, "GET /v1/mediaItems:batchGet?mediaItemIds=item-000&mediaItemIds=item-001\n", func(c *photos.Client) error {
			_, err := c.BatchGetItems(ctx, ids(2))
			return err
		}},
		{"mediaItems.get", `{"id":"i"}`, "GET /v1/mediaItems/i\n", func(c *photos.Client) error { _, err := c.GetItem(ctx, "i"); return err }},
		{"mediaItems.list", `{}`, "GET /v1/mediaItems?pageSize=100&pageToken=p\n", func(c *photos.Client) error {
			_, err := c.ListItems(ctx, photos.ListItems{PageSize: 100, PageToken: "p"})
			return err
		}},
		{"mediaItems.list, brief", `{}`, "GET /v1/mediaItems?fields=nextPageToken%2CmediaItems%28id%2Cdescription%2CmimeType%2Cfilename%29\n", func(c *photos.Client) error {
			_, err := c.ListItems(ctx, photos.ListItems{Brief: true})
			return err
		}},
		{"mediaItems.search, brief", `{}`, "POST /v1/mediaItems:search?fields=nextPageToken%2CmediaItems%28id%2Cdescription%2CmimeType%2Cfilename%29\n" + `{"albumId":"a"}`, func(c *photos.Client) error {
			_, err := c.SearchItems(ctx, photos.SearchItems{Album: "a", Brief: true})
			return err
		}},
		{"mediaItems.search, album", `{}`, "POST /v1/mediaItems:search\n" + `{"albumId":"a","pageSize":100,"pageToken":"p"}`, func(c *photos.Client) error {
			_, err := c.SearchItems(ctx, photos.SearchItems{Album: "a", PageSize: 100, PageToken: "p"})
			return err
		}},
		{"mediaItems.search, filters", `{}`, "POST /v1/mediaItems:search\n" +
			`{"filters":{"dateFilter":{"dates":[{"year":2024,"month":6,"day":1},{"month":12,"day":24}],"ranges":[{"startDate":{"year":2023},"endDate":{"year":2024}}]},` +
			`"contentFilter":{"includedContentCategories":["LANDSCAPES","PETS"],"excludedContentCategories":["SELFIES"]},` +
			`"mediaTypeFilter":{"mediaTypes":["PHOTO"]},"featureFilter":{"includedFeatures":["FAVORITES"]},"includeArchivedMedia":true,"excludeNonAppCreatedData":true}}`, func(c *photos.Client) error {
			_, err := c.SearchItems(ctx, photos.SearchItems{Filters: all})
			return err
		}},
		{"mediaItems.search, ordered", `{}`, "POST /v1/mediaItems:search\n" +
			`{"filters":{"dateFilter":{"dates":[{"year":2024}]}},"orderBy":"MediaMetadata.creation_time"}`, func(c *photos.Client) error {
			_, err := c.SearchItems(ctx, photos.SearchItems{Filters: &photos.Filters{Dates: []photos.Date{{Year: 2024}}}, OrderBy: photos.OldestFirst})
			return err
		}},
		{"mediaItems.patch", `{"id":"i"}`, "PATCH /v1/mediaItems/i?updateMask=description\n" + `{"description":""}`, func(c *photos.Client) error {
			_, err := c.PatchItem(ctx, "i", "")
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got string
			c := newClient(t, photos.Options{Endpoint: "https://host.example/prefix/", UserAgent: "test/1", Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
				var body []byte
				if r.Body != nil {
					body, _ = io.ReadAll(r.Body)
				}
				got = r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/prefix") + "\n" + string(body)
				if r.URL.Scheme+r.URL.Host != "httpshost.example" || r.Header.Get("Authorization") != "Bearer "+plantedToken || r.Header.Get("User-Agent") != "test/1" {
					t.Errorf("sent to %s with %v", r.URL, r.Header)
				}
				if kind := r.Header.Get("Content-Type"); r.ContentLength != int64(len(body)) || (kind == "application/json") != (len(body) > 0) {
					t.Errorf("%d of %d bytes of %q", len(body), r.ContentLength, kind)
				}
				return canned(200, row.answer)(r)
			})})
			if err := row.call(c); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// itemJSON is an item as Google shows it, with every field.
const itemJSON = `{"id":"i","description":"text","productUrl":"https://photos.google.com/lr/photo/i","baseUrl":"https://lh3.googleusercontent.com/lr/x",
	"mimeType":"image/jpeg","filename":"IMG_1.jpg","contributorInfo":{"displayName":"x"},"somethingNew":[1],
	"mediaMetadata":{"creationTime":"2023-01-17T12:40:36Z","width":"4032","height":"2268",
	"photo":{"cameraMake":"X","cameraModel":"Y","focalLength":4.3,"apertureFNumber":1.8,"isoEquivalent":50,"exposureTime":"0.004s"}}}`

var wholeItem = photos.Item{
	ID: "i", Description: "text", ProductURL: "https://photos.google.com/lr/photo/i", BaseURL: "https://lh3.googleusercontent.com/lr/x",
	MIMEType: "image/jpeg", FileName: "IMG_1.jpg",
	Metadata: photos.Metadata{
		CreationTime: time.Date(2023, 1, 17, 12, 40, 36, 0, time.UTC), Width: 4032, Height: 2268,
		Photo: &photos.PhotoMetadata{CameraMake: "X", CameraModel: "Y", FocalLength: 4.3, ApertureFNumber: 1.8, ISOEquivalent: 50, ExposureTime: 4 * time.Millisecond},
	},
	Contributor: &photos.ContributorInfo{Name: "x"},
}

func TestItemsAreReadTolerantly(t *testing.T) {
	withMetadata := func(json string) string { return `{"id":"i","mediaMetadata":` + json + `}` }
	for _, row := range []struct {
		name, answer string
		want         photos.Item
	}{
		{"whole", itemJSON, wholeItem},
		{"bare", `{"id":"i"}`, photos.Item{ID: "i"}},
		{"nulls", `{"id":"i","description":null,"mediaMetadata":{"width":null,"photo":null,"video":{"fps":null}}}`, photos.Item{ID: "i", Metadata: photos.Metadata{Video: &photos.VideoMetadata{}}}},
		{"an empty photo", withMetadata(`{"photo":{}}`), photos.Item{ID: "i", Metadata: photos.Metadata{Photo: &photos.PhotoMetadata{}}}},
		{"a video", withMetadata(`{"width":1920,"height":1080,"video":{"cameraMake":"X","cameraModel":"Y","fps":29.97,"status":"PROCESSING"}}`),
			photos.Item{ID: "i", Metadata: photos.Metadata{Width: 1920, Height: 1080, Video: &photos.VideoMetadata{CameraMake: "X", CameraModel: "Y", FPS: 29.97, Status: "PROCESSING"}}}},
		{"strings for numbers", withMetadata(`{"width":"1","photo":{"focalLength":"4.3","isoEquivalent":"50","exposureTime":"1s"}}`),
			photos.Item{ID: "i", Metadata: photos.Metadata{Width: 1, Photo: &photos.PhotoMetadata{FocalLength: 4.3, ISOEquivalent: 50, ExposureTime: time.Second}}}},
		{"what a camera must not break", withMetadata(`{"creationTime":"yesterday","width":"wide","height":[3],"photo":{"focalLength":"NaN","apertureFNumber":"Infinity","isoEquivalent":1e300,"exposureTime":"fast"}}`),
			photos.Item{ID: "i", Metadata: photos.Metadata{Photo: &photos.PhotoMetadata{}}}},
	} {
		got, err := newClient(t, photos.Options{Transport: canned(200, row.answer)}).GetItem(t.Context(), "i")
		if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", row.name, err, diff)
		}
	}
}

func TestAlbumsAreReadTolerantly(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		want         photos.AlbumsPage
	}{
		{"no albums", `{}`, photos.AlbumsPage{Albums: []photos.Album{}}},
		{"an empty page in the middle", ` {"nextPageToken": "p"} `, photos.AlbumsPage{Albums: []photos.Album{}, NextPageToken: "p"}},
		{"a count as a string, as a number, and none", `{"albums":[{"id":"a","title":"T","productUrl":"u","isWriteable":true,"mediaItemsCount":"3","coverPhotoBaseUrl":"b","coverPhotoMediaItemId":"i"},
			{"id":"b","mediaItemsCount":20000},{"id":"c","mediaItemsCount":null}]}`, photos.AlbumsPage{Albums: []photos.Album{
			{ID: "a", Title: "T", ProductURL: "u", Writeable: true, ItemsCount: 3, CoverBaseURL: "b", CoverItemID: "i"},
			{ID: "b", ItemsCount: 20000}, {ID: "c"},
		}}},
	} {
		got, err := newClient(t, photos.Options{Transport: canned(200, row.answer)}).ListAlbums(t.Context(), photos.ListAlbums{})
		if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", row.name, err, diff)
		}
	}
}

// What makes no sense must not pass for a library in which there is nothing.
func TestAFailedReadIsNotAnEmptyRead(t *testing.T) {
	ctx := t.Context()
	reads := map[string]func(*photos.Client) error{
		"albums": func(c *photos.Client) error { _, err := c.ListAlbums(ctx, photos.ListAlbums{}); return err },
		"items":  func(c *photos.Client) error { _, err := c.ListItems(ctx, photos.ListItems{}); return err },
		"search": func(c *photos.Client) error { _, err := c.SearchItems(ctx, photos.SearchItems{Album: "a"}); return err },
		"batch":  func(c *photos.Client) error { _, err := c.BatchGetItems(ctx, ids(2)); return err },
		"album":  func(c *photos.Client) error { _, err := c.GetAlbum(ctx, "a"); return err },
		"item":   func(c *photos.Client) error { _, err := c.GetItem(ctx, "a"); return err },
		"add":    func(c *photos.Client) error { return c.AddItems(ctx, "a", ids(1)) },
		"shared": func(c *photos.Client) error { _, err := c.ListSharedAlbums(ctx, photos.ListAlbums{}); return err },
		"share":  func(c *photos.Client) error { _, err := c.ShareAlbum(ctx, "a", photos.ShareOptions{}); return err },
		"join":   func(c *photos.Client) error { _, err := c.JoinAlbum(ctx, "t"); return err },
		"enrich": func(c *photos.Client) error {
			_, err := c.AddEnrichment(ctx, "a", photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.LastInAlbum})
			return err
		},
	}
	everywhere := []string{``, ` `, `null`, `[]`, `"x"`, `5`, `<html></html>`, `{`, `{}{}`, `{} x`, `{"error":{"code":500}}`, "{\n \"error\": 1}"}
	there := map[string][]string{
		"albums": {`{"albums":{}}`, `{"albums":[{}]}`, `{"albums":[{"id":"a"},{"id":""}]}`, `{"albums":[{"id":"a","mediaItemsCount":"-1"}]}`, `{"nextPageToken":5}`},
		"items":  {`{"mediaItems":"x"}`, `{"mediaItems":[null]}`, `{"mediaItems":[{"filename":"a.jpg"}]}`},
		"search": {`{"mediaItems":[{"id":7}]}`},
		"batch":  {`{}`, `{"mediaItemResults":[{}]}`, `{"mediaItemResults":[{},{},{}]}`, `{"mediaItemResults":[{"mediaItem":{"id":"item-001"}},{"mediaItem":{"id":"item-000"}}]}`},
		"album":  {`{}`},
		"item":   {`{}`},
		"shared": {`{"sharedAlbums":[{}]}`},
		"share":  {`{}`, `{"shareInfo":null}`},
		"join":   {`{}`, `{"album":{}}`, `{"id":"a"}`},
		"enrich": {`{}`, `{"enrichmentItem":{}}`, `{"enrichmentItem":null}`},
	}
	for name, read := range reads {
		for _, answer := range append(append([]string{}, everywhere...), there[name]...) {
			err := read(newClient(t, photos.Options{Transport: canned(200, answer), Attempts: 1}))
			if err == nil {
				t.Errorf("%s: %q passed for an answer", name, answer)
			} else if photos.EffectOf(err) != photos.EffectUnknown {
				t.Errorf("%s: %q: %v", name, answer, photos.EffectOf(err))
			}
		}
	}
}

func TestEachNewItemHasItsOwnResult(t *testing.T) {
	one, two := photos.NewItem{Token: "T1"}, photos.NewItem{Token: "T2"}
	const bad = `{"uploadToken":"T2","status":{"code":3,"message":"BAD_IMAGE: There was an error\n while trying to create this media item."}}`
	for _, row := range []struct {
		name   string
		code   int
		answer string
		want   []photos.NewItemResult
	}{
		{"mixed, 200", 200, `{"newMediaItemResults":[{"uploadToken":"T1","status":{"message":"Success"},"mediaItem":` + itemJSON + `},` + bad + `]}`, []photos.NewItemResult{
			{Token: "T1", Status: photos.Status{Message: "Success"}, Item: &wholeItem},
			{Token: "T2", Status: photos.Status{Code: 3, Message: "BAD_IMAGE: There was an error while trying to create this media item."}},
		}},
		{"mixed, 207, older", 207, `{"newMediaItemResults":[{"status":{"code":"0","message":"OK"},"mediaItem":{"id":"i"}},` + bad + `]}`, []photos.NewItemResult{
			{Token: "T1", Status: photos.Status{Message: "OK"}, Item: &photos.Item{ID: "i"}},
			{Token: "T2", Status: photos.Status{Code: 3, Message: "BAD_IMAGE: There was an error while trying to create this media item."}},
		}},
		{"a success without an item is none", 200, `{"newMediaItemResults":[{"status":{"message":"Success"}},{"mediaItem":{}}]}`, []photos.NewItemResult{
			{Token: "T1", Status: photos.Status{Code: 2, Message: "the answer holds no item"}},
			{Token: "T2", Status: photos.Status{Code: 2, Message: "the answer holds no item"}},
		}},
		{"too few", 200, `{"newMediaItemResults":[{"mediaItem":{"id":"i"}}]}`, nil},
		{"too many", 200, `{"newMediaItemResults":[{},{},{}]}`, nil},
		{"in another order", 200, `{"newMediaItemResults":[{"uploadToken":"T2","mediaItem":{"id":"2"}},{"uploadToken":"T1","mediaItem":{"id":"1"}}]}`, nil},
		{"a code that is none", 207, `{"newMediaItemResults":[{"status":{"code":"bad"}},{}]}`, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newClient(t, photos.Options{Transport: canned(row.code, row.answer)})
			got, err := c.CreateItems(t.Context(), photos.CreateItems{Items: []photos.NewItem{one, two}})
			if (err != nil) != (row.want == nil) || photos.EffectOf(err) != photos.EffectUnknown {
				t.Errorf("%v, %v", err, photos.EffectOf(err))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachItemOfABatchHasItsOwnResult(t *testing.T) {
	c := newClient(t, photos.Options{Transport: canned(200, `{"mediaItemResults":[{"mediaItem":{"id":"item-000"}},{"status":{"code":3,"message":"Invalid media item ID."}},{}]}`)})
	got, err := c.BatchGetItems(t.Context(), ids(3))
	want := []photos.ItemResult{
		{Item: &photos.Item{ID: "item-000"}},
		{Status: photos.Status{Code: 3, Message: "Invalid media item ID."}},
		{Status: photos.Status{Code: 2, Message: "the answer holds no item"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
