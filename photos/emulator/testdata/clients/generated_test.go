package clients

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	"github.com/gphotosuploader/googlemirror/api/photoslibrary/v1"
	"google.golang.org/api/googleapi"
)

// generated is the client that Google's generator made from the discovery
// document, with a way to upload, which generated clients do not have.
type generated struct {
	*photoslibrary.Service
	http *http.Client
}

func generatedClient(t *testing.T, a *account) *generated {
	t.Helper()
	return generatedClientOf(t, a, anyToken)
}

func generatedClientOf(t *testing.T, a *account, token string) *generated {
	t.Helper()
	client := a.client(t, token)
	s, err := photoslibrary.New(client)
	if err != nil {
		t.Fatal(err)
	}
	return &generated{s, client}
}

// upload gives a token for the n-th picture. The slash at the end of the path is
// how some clients write it.
func (g *generated) upload(t *testing.T, n int) string {
	t.Helper()
	body, writer := io.Pipe()
	go func() {
		_, err := writer.Write(picture(n))
		writer.CloseWithError(err)
	}()
	req, err := http.NewRequestWithContext(t.Context(), "POST", g.BasePath+"v1/uploads/", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("X-Goog-Upload-Protocol", "raw")
	req.Header.Set("X-Goog-Upload-File-Name", fmt.Sprintf("%d.png", n))
	resp, err := g.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("upload: %s %s %v", resp.Status, text, err)
	}
	return string(text)
}

// create makes items of pictures and gives their ids.
func (g *generated) create(t *testing.T, albumID string, at *photoslibrary.AlbumPosition, pictures ...int) []string {
	t.Helper()
	req := &photoslibrary.BatchCreateMediaItemsRequest{AlbumId: albumID, AlbumPosition: at}
	for _, n := range pictures {
		req.NewMediaItems = append(req.NewMediaItems, &photoslibrary.NewMediaItem{
			Description:     fmt.Sprintf("Picture %d", n),
			SimpleMediaItem: &photoslibrary.SimpleMediaItem{UploadToken: g.upload(t, n)},
		})
	}
	answer, err := g.MediaItems.BatchCreate(req).Do()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, result := range answer.NewMediaItemResults {
		if result.Status.Code != 0 || result.Status.Message != "Success" {
			t.Fatalf("result: %+v", result.Status)
		}
		ids = append(ids, result.MediaItem.Id)
	}
	return ids
}

func (g *generated) album(t *testing.T, title string) *photoslibrary.Album {
	t.Helper()
	made, err := g.Albums.Create(&photoslibrary.CreateAlbumRequest{Album: &photoslibrary.Album{Title: title}}).Do()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// search gives the file names of what a search finds, over all its pages.
func (g *generated) search(t *testing.T, req *photoslibrary.SearchMediaItemsRequest) []string {
	t.Helper()
	var names []string
	err := g.MediaItems.Search(req).Pages(t.Context(), func(page *photoslibrary.SearchMediaItemsResponse) error {
		for _, item := range page.MediaItems {
			names = append(names, item.Filename)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestGeneratedClientTellsAStory(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	g := generatedClient(t, a)
	made := g.album(t, "Story")
	first := g.create(t, made.Id, nil, 1, 2)
	text, err := g.Albums.AddEnrichment(made.Id, &photoslibrary.AddEnrichmentToAlbumRequest{
		AlbumPosition:     &photoslibrary.AlbumPosition{Position: "AFTER_MEDIA_ITEM", RelativeMediaItemId: first[0]},
		NewEnrichmentItem: &photoslibrary.NewEnrichmentItem{TextEnrichment: &photoslibrary.TextEnrichment{Text: "Day two"}},
	}).Do()
	if err != nil {
		t.Fatal(err)
	}
	g.create(t, made.Id, &photoslibrary.AlbumPosition{Position: "AFTER_ENRICHMENT_ITEM", RelativeEnrichmentItemId: text.EnrichmentItem.Id}, 3)
	g.create(t, made.Id, &photoslibrary.AlbumPosition{Position: "FIRST_IN_ALBUM"}, 4)
	origin := &photoslibrary.Location{LocationName: "Vík", Latlng: &photoslibrary.LatLng{Latitude: 63.4186, Longitude: -19.006}}
	_, err = g.Albums.AddEnrichment(made.Id, &photoslibrary.AddEnrichmentToAlbumRequest{
		AlbumPosition: &photoslibrary.AlbumPosition{Position: "LAST_IN_ALBUM"},
		NewEnrichmentItem: &photoslibrary.NewEnrichmentItem{MapEnrichment: &photoslibrary.MapEnrichment{
			Origin: origin, Destination: &photoslibrary.Location{LocationName: "Höfn", Latlng: origin.Latlng}}},
	}).Do()
	if err != nil {
		t.Fatal(err)
	}
	names := g.search(t, &photoslibrary.SearchMediaItemsRequest{AlbumId: made.Id, PageSize: 1})
	if diff := cmp.Diff([]string{"4.png", "1.png", "3.png", "2.png"}, names); diff != "" {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
	got, err := g.Albums.Get(made.Id).Do()
	if err != nil || got.TotalMediaItems != 4 || !got.IsWriteable || got.CoverPhotoBaseUrl == "" {
		t.Errorf("the album: %+v, %v", got, err)
	}
}

func TestGeneratedClientAddsWhatTheLibraryHas(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	g := generatedClient(t, a)
	ids := g.create(t, "", nil, 1, 2, 3)
	made := g.album(t, "Some")
	_, err := g.Albums.BatchAddMediaItems(made.Id, &photoslibrary.AlbumBatchAddMediaItemsRequest{MediaItemIds: []string{ids[2], ids[0]}}).Do()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"3.png", "1.png"}, a.members(t, "Some")); diff != "" {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
	item, err := g.MediaItems.Get(ids[0]).IfNoneMatch("anything").Do()
	if err != nil || item.Description != "Picture 1" || item.MediaMetadata.Width != 4 || item.MediaMetadata.Photo == nil {
		t.Errorf("an item: %+v, %v", item, err)
	}
}

func TestGeneratedClientSearches(t *testing.T) {
	t.Parallel()
	g := generatedClient(t, open(t, emulator.Options{}))
	g.create(t, "", nil, 1, 2)
	filters := func(f photoslibrary.Filters) *photoslibrary.SearchMediaItemsRequest {
		return &photoslibrary.SearchMediaItemsRequest{Filters: &f}
	}
	types := func(kind string) *photoslibrary.MediaTypeFilter {
		return &photoslibrary.MediaTypeFilter{MediaTypes: []string{kind}}
	}
	long := &photoslibrary.DateFilter{Ranges: []*photoslibrary.DateRange{
		{StartDate: &photoslibrary.Date{Year: 1990}, EndDate: &photoslibrary.Date{Year: 2000}}}}
	for _, row := range []struct {
		name string
		req  *photoslibrary.SearchMediaItemsRequest
		want int
	}{
		{"everything", &photoslibrary.SearchMediaItemsRequest{}, 2},
		{"photographs", filters(photoslibrary.Filters{MediaTypeFilter: types("PHOTO")}), 2},
		{"videos", filters(photoslibrary.Filters{MediaTypeFilter: types("VIDEO")}), 0},
		{"archived, too", filters(photoslibrary.Filters{IncludeArchivedMedia: true}), 2},
		{"of the nineties", filters(photoslibrary.Filters{DateFilter: long}), 0},
		{"food", filters(photoslibrary.Filters{ContentFilter: &photoslibrary.ContentFilter{IncludedContentCategories: []string{"FOOD"}}}), 0},
		{"no food", filters(photoslibrary.Filters{ContentFilter: &photoslibrary.ContentFilter{ExcludedContentCategories: []string{"FOOD"}}}), 2},
	} {
		if got := g.search(t, row.req); len(got) != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}

// TestGeneratedClientAsksForParts: a partial answer has what fields names and
// nothing else.
func TestGeneratedClientAsksForParts(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	g := generatedClient(t, a)
	g.create(t, g.album(t, "Whole").Id, nil, 1)
	page, err := g.Albums.List().PageSize(50).ExcludeNonAppCreatedData().Fields("nextPageToken", "albums(id,title)").Do()
	if err != nil || len(page.Albums) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	if got := page.Albums[0]; got.Title != "Whole" || got.Id == "" || got.ProductUrl != "" || got.TotalMediaItems != 0 {
		t.Errorf("an album's id and title are %+v", got)
	}
}

func TestGeneratedClientReadsErrors(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	g := generatedClient(t, a)
	made := g.album(t, "Album")
	ids := slices.Repeat(g.create(t, "", nil, 1), 51)
	_, tooMany := g.Albums.BatchAddMediaItems(made.Id, &photoslibrary.AlbumBatchAddMediaItemsRequest{MediaItemIds: ids}).Do()
	_, shared := g.Albums.Share(made.Id, &photoslibrary.ShareAlbumRequest{}).Do()
	_, listed := g.SharedAlbums.List().Do()
	_, joined := g.SharedAlbums.Join(&photoslibrary.JoinSharedAlbumRequest{ShareToken: "token"}).Do()
	_, lost := g.MediaItems.Get("no-such-item").Do()
	for _, row := range []struct {
		err     error
		code    int
		message string
	}{
		{tooMany, 400, "Request must have less than 50 items."},
		{shared, 403, "Request had insufficient authentication scopes."},
		{listed, 403, "Request had insufficient authentication scopes."},
		{joined, 403, "Request had insufficient authentication scopes."},
		{lost, 400, "Invalid media item ID."},
	} {
		var refused *googleapi.Error
		if !errors.As(row.err, &refused) || refused.Code != row.code || refused.Message != row.message {
			t.Errorf("got %v, not %d %s", row.err, row.code, row.message)
		}
	}
}

// TestGeneratedClientReadsQuotaErrors: the list of errors in a quota's answer is
// how the generated client's library tells a rate from other refusals.
func TestGeneratedClientReadsQuotaErrors(t *testing.T) {
	t.Parallel()
	g := generatedClient(t, open(t, emulator.Options{WritesPerMinute: 1}))
	g.album(t, "First")
	_, err := g.Albums.Create(&photoslibrary.CreateAlbumRequest{Album: &photoslibrary.Album{Title: "Second"}}).Do()
	var refused *googleapi.Error
	if !errors.As(err, &refused) || refused.Code != 429 || len(refused.Errors) != 1 || refused.Errors[0].Reason != "rateLimitExceeded" {
		t.Errorf("the write above the rate: %#v", err)
	}
	if len(refused.Details) != 2 {
		t.Errorf("details: %v", refused.Details)
	}
}
