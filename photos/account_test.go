package photos_test

import (
	"crypto/sha256"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"albumen/photos"
	"albumen/photos/emulator"
)

// live is an emulated account over real HTTP, and a client of it.
func live(t testing.TB) (*photos.Client, *emulator.Emulator) {
	t.Helper()
	e := account(t)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return newClient(t, photos.Options{Endpoint: server.URL, Attempts: 1}), e
}

// upload makes a new item of each picture n, named n.png, in an album or in none.
func upload(t testing.TB, c *photos.Client, r photos.CreateItems, pictures ...int) []photos.NewItemResult {
	t.Helper()
	for _, n := range pictures {
		name := fmt.Sprintf("%d.png", n)
		token, err := c.Upload(t.Context(), file(name, picture(n)))
		if err != nil {
			t.Fatal(err)
		}
		r.Items = append(r.Items, photos.NewItem{Token: token, FileName: name, Description: fmt.Sprintf("number %d", n)})
	}
	results, err := c.CreateItems(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func names(items []photos.Item) []string {
	out := []string{}
	for _, item := range items {
		out = append(out, item.FileName)
	}
	return out
}

// One album's life, with every method once at least, against the world's truth.
func TestAnAlbumsLife(t *testing.T) {
	ctx := t.Context()
	c, e := live(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	inWorld := func(want ...string) {
		t.Helper()
		w := e.World()
		if diff := cmp.Diff(want, w.FileNames(w.Albums[0])); diff != "" {
			t.Fatalf("the album (-want +got):\n%s", diff)
		}
	}

	album, err := c.CreateAlbum(ctx, "Höfn")
	must(err)
	if album.ID == "" || album.Title != "Höfn" || !album.Writeable || album.ItemsCount != 0 || album.CoverItemID != "" || album.ProductURL == "" {
		t.Errorf("created %+v", album)
	}

	first := upload(t, c, photos.CreateItems{Album: album.ID}, 1, 2)
	inWorld("1.png", "2.png")
	middle := upload(t, c, photos.CreateItems{Album: album.ID, Position: photos.Position{Kind: photos.AfterMediaItem, AfterItem: first[0].Item.ID}}, 3, 4)
	inWorld("1.png", "3.png", "4.png", "2.png")
	upload(t, c, photos.CreateItems{Album: album.ID, Position: photos.Position{Kind: photos.FirstInAlbum}}, 5)
	inWorld("5.png", "1.png", "3.png", "4.png", "2.png")
	loose := upload(t, c, photos.CreateItems{}, 6)
	inWorld("5.png", "1.png", "3.png", "4.png", "2.png")
	must(c.AddItems(ctx, album.ID, []photos.ItemID{loose[0].Item.ID}))
	inWorld("5.png", "1.png", "3.png", "4.png", "2.png", "6.png")
	must(c.RemoveItems(ctx, album.ID, []photos.ItemID{middle[0].Item.ID, first[0].Item.ID}))
	inWorld("5.png", "4.png", "2.png", "6.png")

	page, err := c.SearchItems(ctx, photos.SearchItems{Album: album.ID, PageSize: 3})
	must(err)
	rest, err := c.SearchItems(ctx, photos.SearchItems{Album: album.ID, PageSize: 3, PageToken: page.NextPageToken})
	must(err)
	if diff := cmp.Diff([]string{"5.png", "4.png", "2.png", "6.png"}, names(append(page.Items, rest.Items...))); diff != "" || len(page.Items) != 3 {
		t.Errorf("the album's items (-want +got):\n%s", diff)
	}
	library, err := c.ListItems(ctx, photos.ListItems{PageSize: 100})
	must(err)
	if len(library.Items) != 6 || library.NextPageToken != "" {
		t.Errorf("%d items in the library", len(library.Items))
	}
	for kind, want := range map[string]int{"PHOTO": 6, "VIDEO": 0} {
		found, err := c.SearchItems(ctx, photos.SearchItems{Filters: &photos.Filters{MediaType: kind}})
		must(err)
		if len(found.Items) != want {
			t.Errorf("a search for %s finds %d items, want %d", kind, len(found.Items), want)
		}
	}

	described, err := c.PatchItem(ctx, loose[0].Item.ID, "sixth & last")
	must(err)
	patched, err := c.PatchAlbum(ctx, album.ID, photos.AlbumPatch{Title: ptr("Höfn 2024"), Cover: &loose[0].Item.ID})
	must(err)
	got, err := c.GetAlbum(ctx, album.ID)
	must(err)
	want := photos.Album{ID: album.ID, Title: "Höfn 2024", ProductURL: album.ProductURL, Writeable: true, ItemsCount: 4, CoverItemID: loose[0].Item.ID}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(photos.Album{}, "CoverBaseURL")); diff != "" || got.CoverBaseURL == "" || patched.Title != got.Title {
		t.Errorf("the album (-want +got):\n%s", diff)
	}
	albums, err := c.ListAlbums(ctx, photos.ListAlbums{PageSize: 50})
	must(err)
	if diff := cmp.Diff([]photos.Album{got}, albums.Albums, cmpopts.IgnoreFields(photos.Album{}, "CoverBaseURL")); diff != "" || albums.NextPageToken != "" {
		t.Errorf("the albums (-want +got):\n%s", diff)
	}
	item, err := c.GetItem(ctx, loose[0].Item.ID)
	must(err)
	wantItem := photos.Item{
		ID: loose[0].Item.ID, Description: "sixth & last", ProductURL: item.ProductURL, BaseURL: item.BaseURL, MIMEType: "image/png", FileName: "6.png",
		Metadata: photos.Metadata{CreationTime: item.Metadata.CreationTime, Width: 4, Height: 3, Photo: &photos.PhotoMetadata{}},
	}
	if diff := cmp.Diff(wantItem, item); diff != "" || described.Description != item.Description || time.Since(item.Metadata.CreationTime).Abs() > time.Hour {
		t.Errorf("the item (-want +got):\n%s", diff)
	}
	batch, err := c.BatchGetItems(ctx, []photos.ItemID{"unknown", item.ID})
	must(err)
	if batch[0].Status.OK() || batch[0].Item != nil || !batch[1].Status.OK() || batch[1].Item == nil || batch[1].Item.ID != item.ID {
		t.Errorf("batch %+v", batch)
	}
}

// Bad bytes and bytes that are there already fail or succeed each by itself.
func TestEntriesOfABatchFailByThemselves(t *testing.T) {
	c, e := live(t)
	var items []photos.NewItem
	for name, b := range map[string][]byte{"good.png": picture(1), "text.jpg": []byte("this is no picture")} {
		token, err := c.Upload(t.Context(), file(name, b))
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, photos.NewItem{Token: token, FileName: name})
	}
	again, err := c.Upload(t.Context(), file("again.png", picture(1)))
	if err != nil {
		t.Fatal(err)
	}
	results, err := c.CreateItems(t.Context(), photos.CreateItems{Items: append(items, photos.NewItem{Token: again, FileName: "again.png"})})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		name := append(items, photos.NewItem{FileName: "again.png"})[i].FileName
		ok := map[string]bool{
			"good.png":  r.Status.OK() && r.Item != nil && r.Item.FileName == "good.png",
			"text.jpg":  r.Status.Permanent() && r.Item == nil,
			"again.png": r.Status.Duplicate() && r.Item == nil,
		}
		if !ok[name] {
			t.Errorf("%s: %+v", name, r)
		}
	}
	// Alone, the bytes that are there already yield the item that they made.
	alone := upload(t, c, photos.CreateItems{}, 1)
	if len(e.World().Items) != 1 || !alone[0].Status.OK() || alone[0].Item.FileName != "good.png" {
		t.Errorf("%+v in %+v", alone, e.World().Items)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(picture(1))); e.World().Items[0].SHA256 != want {
		t.Errorf("digest %s, want %s", e.World().Items[0].SHA256, want)
	}
}

// The emulated account's refusals are the questions' subjects.
func TestRefusalsOfAnAccount(t *testing.T) {
	ctx := t.Context()
	c, e := live(t)
	album, err := c.CreateAlbum(ctx, "Trip")
	if err != nil {
		t.Fatal(err)
	}
	made := upload(t, c, photos.CreateItems{Album: album.ID}, 1)
	dead := photos.CreateItems{Items: []photos.NewItem{{Token: "dead"}}}
	if err := second(c.CreateItems(ctx, dead)); !photos.IsUploadTokenDead(err) {
		t.Errorf("a dead upload token: %v", err)
	}
	if err := c.AddItems(ctx, album.ID, []photos.ItemID{made[0].Item.ID, "unknown"}); !photos.IsItemInvalid(err) {
		t.Errorf("an unknown item: %v", err)
	}
	if err := second(c.GetItem(ctx, "unknown")); !photos.IsItemInvalid(err) {
		t.Errorf("an unknown item: %v", err)
	}
	if _, err := e.Act(emulator.Action{Do: emulator.DeleteAlbum, Album: string(album.ID)}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"get":    second(c.GetAlbum(ctx, album.ID)),
		"search": second(c.SearchItems(ctx, photos.SearchItems{Album: album.ID})),
		"add":    c.AddItems(ctx, album.ID, []photos.ItemID{made[0].Item.ID}),
		"create": second(c.CreateItems(ctx, photos.CreateItems{Album: album.ID, Items: dead.Items})),
	} {
		if !photos.IsAlbumGone(err) || photos.IsItemInvalid(err) || photos.EffectOf(err) != photos.EffectNone {
			t.Errorf("%s: %v", name, err)
		}
	}
	for quota, question := range map[string]func(error) bool{"daily": photos.IsDailyQuota, "writes": photos.IsWriteRate, "concurrent": photos.IsConcurrentWrite} {
		if err := e.SetFaults([]emulator.Fault{{Kind: emulator.Throttle, Quota: quota}}); err != nil {
			t.Fatal(err)
		}
		if err := second(c.CreateAlbum(ctx, "t")); !question(err) || photos.IsTemporary(err) == (quota == "daily") {
			t.Errorf("%s: %v", quota, err)
		}
	}
}

// Whatever a write's answer, what EffectOf says must agree with the world.
func TestNoEffectMeansNone(t *testing.T) {
	ctx := t.Context()
	c, e := live(t)
	for _, f := range []emulator.Fault{
		{Kind: emulator.Refuse, Status: 400}, {Kind: emulator.Refuse, Status: 403}, {Kind: emulator.Throttle},
		{Kind: emulator.LoseRequest}, {Kind: emulator.LoseAnswer},
		{Kind: emulator.Broken, Status: 500}, {Kind: emulator.Broken, Status: 503, Applied: true},
	} {
		if err := e.SetFaults([]emulator.Fault{f}); err != nil {
			t.Fatal(err)
		}
		before := len(e.World().Albums)
		err := second(c.CreateAlbum(ctx, "Trip"))
		if changed := len(e.World().Albums) != before; err == nil || changed && photos.EffectOf(err) == photos.EffectNone {
			t.Errorf("%+v: %v, though the world changed: %v", f, err, changed)
		}
	}
}
