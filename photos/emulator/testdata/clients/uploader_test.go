package clients

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	gphotos "github.com/gphotosuploader/google-photos-api-client-go/v3"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/albums"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/media_items"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/uploader"
	"google.golang.org/api/googleapi"
)

// uploaderClient is the client of gphotos-uploader-cli as its users make it: it
// asks for Google's own hosts.
func uploaderClient(t *testing.T, a *account) *gphotos.Client {
	t.Helper()
	c, err := gphotos.NewClient(a.client(t, anyToken))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestUploaderClientFillsAnAlbum(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	c := uploaderClient(t, a)
	made, err := c.Albums.Create(t.Context(), "Ísland 2024")
	if err != nil {
		t.Fatal(err)
	}
	if !made.IsWriteable || made.TotalMediaItems != 0 || len(made.ID) < 55 {
		t.Errorf("the new album is %+v", made)
	}
	// This client tells file names in the upload's header alone, as raw UTF-8.
	names := []string{"Þingvellir 1.png", "日の出.png", "50% + a&b.png"}
	dir := folder(t, names...)
	for _, name := range names {
		item, err := c.UploadToAlbum(t.Context(), made.ID, filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if item.Filename != name || item.MimeType != "image/png" || item.MediaMetadata.Width != 4 {
			t.Errorf("the item of %s is %+v", name, item)
		}
	}
	if diff := cmp.Diff(names, a.members(t, "Ísland 2024")); diff != "" {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
	found, err := c.Albums.GetByTitle(t.Context(), "Ísland 2024")
	if err != nil || found.ID != made.ID || found.TotalMediaItems != 3 || found.CoverPhotoBaseURL == "" {
		t.Errorf("found by its title: %+v, %v", found, err)
	}
	for _, call := range a.calls("POST /v1/uploads") {
		if call.proto != "HTTP/2.0" {
			t.Errorf("an upload came over %s", call.proto)
		}
	}
}

func TestUploaderClientTakesABaseURL(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	c, err := gphotos.NewClientWithBaseURL(a.client(t, anyToken), "https://"+a.address+"/")
	if err != nil {
		t.Fatal(err)
	}
	// The base URL does not reach the uploader, which has one of its own.
	c.Uploader.(*uploader.SimpleUploader).BaseURL = "https://" + a.address + "/v1/uploads"
	item, err := c.Upload(t.Context(), filepath.Join(folder(t, "a.png"), "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.MediaItems.Get(t.Context(), item.ID); err != nil || again.Filename != "a.png" || !strings.Contains(again.BaseURL, a.address) {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

func TestUploaderClientStreamsWithoutALength(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	up, err := uploader.NewSimpleUploader(a.client(t, anyToken)) // without retries, which would buffer the file
	if err != nil {
		t.Fatal(err)
	}
	got, err := up.UploadFile(t.Context(), filepath.Join(folder(t, "a.png"), "a.png"))
	if err != nil || got == "" {
		t.Fatalf("upload: %q, %v", got, err)
	}
	if calls := a.calls("POST /v1/uploads"); len(calls) != 1 || calls[0].length != -1 {
		t.Errorf("the upload was not without Content-Length: %+v", calls)
	}
	item, err := uploaderClient(t, a).MediaItems.Create(t.Context(), media_items.SimpleMediaItem{UploadToken: got})
	if err != nil || item.Filename != "a.png" {
		t.Errorf("its item is %+v, %v", item, err)
	}
}

func TestUploaderClientReadsPageAfterPage(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	c := uploaderClient(t, a)
	for i := range 101 {
		if _, err := a.Act(emulator.Action{Do: emulator.AddAlbum, Title: fmt.Sprintf("Album %03d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := c.Albums.List(t.Context())
	if err != nil || len(all) != 101 || len(a.calls("GET /v1/albums")) != 3 {
		t.Errorf("%d albums in %d calls, %v", len(all), len(a.calls("GET /v1/albums")), err)
	}
	oldest, err := c.Albums.GetByTitle(t.Context(), "Album 000") // on the last page
	if err != nil {
		t.Fatal(err)
	}
	names := uploadMany(t, c, oldest.ID, 120)
	items, err := c.MediaItems.ListByAlbum(t.Context(), oldest.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range items {
		got = append(got, item.Filename)
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Errorf("items of the album, in its order (-want +got):\n%s", diff)
	}
	checkPages(t, c, oldest.ID)
}

// uploadMany puts n new pictures into an album, 50 at a time, and gives their
// names.
func uploadMany(t *testing.T, c *gphotos.Client, albumID string, n int) []string {
	t.Helper()
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%03d.png", i))
	}
	dir := folder(t, names...)
	var batch []media_items.SimpleMediaItem
	for i, name := range names {
		got, err := c.Uploader.UploadFile(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		batch = append(batch, media_items.SimpleMediaItem{UploadToken: got})
		if len(batch) < 50 && i < n-1 {
			continue
		}
		if _, err := c.MediaItems.CreateManyToAlbum(t.Context(), albumID, batch); err != nil {
			t.Fatal(err)
		}
		batch = nil
	}
	return names
}

// checkPages walks through an album of 120 by pages of 50.
func checkPages(t *testing.T, c *gphotos.Client, albumID string) {
	t.Helper()
	var sizes []int
	page := &media_items.PaginatedListOptions{AlbumID: albumID, Limit: 50}
	for {
		items, next, err := c.MediaItems.PaginatedList(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(items))
		if next == "" {
			break
		}
		page.PageToken = next
	}
	if diff := cmp.Diff([]int{50, 50, 20}, sizes); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	page.Limit = 49
	if _, _, err := c.MediaItems.PaginatedList(t.Context(), page); apiMessage(err) != "When using a page token, you must use the same parameters as the previous request." {
		t.Errorf("a page token with another page size: %v", err)
	}
}

// apiMessage is what the API said, "" if it did not refuse.
func apiMessage(err error) string {
	var refused *googleapi.Error
	if errors.As(err, &refused) {
		return refused.Message
	}
	return ""
}

func TestUploaderClientKnowsTheErrors(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	c := uploaderClient(t, a)
	gone, err := c.Albums.Create(t.Context(), "Gone")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Act(emulator.Action{Do: emulator.DeleteAlbum, Album: gone.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Albums.GetById(t.Context(), gone.ID); !errors.Is(err, albums.ErrAlbumNotFound) {
		t.Errorf("an album that was deleted: %v", err)
	}
	if _, err := c.Albums.GetByTitle(t.Context(), "Gone"); !errors.Is(err, albums.ErrAlbumNotFound) {
		t.Errorf("the title of an album that was deleted: %v", err)
	}
	kept, err := c.Albums.Create(t.Context(), "Kept")
	if err != nil {
		t.Fatal(err)
	}
	err = c.Albums.AddMediaItems(t.Context(), kept.ID, []string{"no-such-item"})
	if apiMessage(err) != "Request contains an invalid media item id." {
		t.Errorf("an item that never was: %v", err)
	}
	_, err = c.MediaItems.Create(t.Context(), media_items.SimpleMediaItem{UploadToken: "no-such-token"})
	if apiMessage(err) != "Request must contain a valid upload token." {
		t.Errorf("a token that never was: %v", err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text.jpg"), []byte("This is no picture."))
	if item, err := c.Upload(t.Context(), filepath.Join(dir, "text.jpg")); item != nil || err != nil {
		t.Errorf("text gave %+v, %v: this client passes over entries that failed", item, err)
	}
}

func TestUploaderClientKnowsTheUsedUpDay(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{DailyCalls: 1})
	c := uploaderClient(t, a)
	if _, err := c.Albums.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Albums.List(t.Context())
	var used *gphotos.ErrDailyQuotaExceeded
	if !errors.As(err, &used) {
		t.Errorf("the call after the last of the day: %v", err)
	}
	if n := a.Stats()["albums.list"]; n != 2 {
		t.Errorf("%d calls: the client did not see that it is of no use to try again", n)
	}
}

// TestUploaderClientTriesAgain lies in a bubble, because the client waits.
func TestUploaderClientTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := emulator.Open(emulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		listener := emulator.Pipe()
		server := &http.Server{Handler: e, ReadHeaderTimeout: time.Hour}
		var serving sync.WaitGroup
		serving.Go(func() { server.Serve(listener) })
		transport := &http.Transport{DialContext: listener.DialContext}
		defer func() {
			transport.CloseIdleConnections()
			server.Close()
			serving.Wait()
			e.Close()
		}()
		c, err := gphotos.NewClientWithBaseURL(&http.Client{Transport: bearer{transport, anyToken}}, "http://photos.example/")
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range []emulator.Fault{
			{Kind: emulator.Broken, Status: 503},
			{Kind: emulator.Throttle, Quota: "writes", RetryAfter: 30},
			{Kind: emulator.Throttle, Quota: "concurrent"},
		} {
			fault.Method = "albums.create"
			if err := e.SetFaults([]emulator.Fault{fault}); err != nil {
				t.Fatal(err)
			}
			e.ResetStats()
			start := time.Now()
			if _, err := c.Albums.Create(t.Context(), "Trip"); err != nil {
				t.Errorf("after %+v: %v", fault, err)
			}
			if n := e.Stats()["albums.create"]; n != 2 {
				t.Errorf("after %+v: %d calls", fault, n)
			}
			if waited := time.Since(start); waited < time.Duration(fault.RetryAfter)*time.Second {
				t.Errorf("after %+v: tried again after %v", fault, waited)
			}
		}
	})
}
