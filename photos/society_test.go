package photos_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
)

// society makes a client for each token of an emulated account.
func society(t *testing.T, profile emulator.Profile, tokens map[string]emulator.Grant) (map[string]*photos.Client, *emulator.Emulator) {
	t.Helper()
	e, err := emulator.Open(emulator.Options{Profile: profile, Tokens: tokens, WritesPerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		server.Close()
		_ = e.Close()
	})
	clients := map[string]*photos.Client{}
	for bearer := range tokens {
		clients[bearer] = newClient(t, photos.Options{Endpoint: server.URL, Attempts: 1,
			Token: func(context.Context) (string, error) { return bearer, nil }})
	}
	return clients, e
}

// One shared album's life: shared, joined, added to, left and private again.
func TestASharedAlbumsLife(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	clients, _ := society(t, emulator.Legacy, map[string]emulator.Grant{"ann": {User: "ann"}, "ben": {User: "ben"}, "other": {User: "ben", Client: "other"}})
	ann, ben := clients["ann"], clients["ben"]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	album, err := ann.CreateAlbum(ctx, "Trip")
	must(err)
	info, err := ann.ShareAlbum(ctx, album.ID, photos.ShareOptions{Collaborative: true})
	must(err)
	if !info.Owned || !info.Joined || !info.Joinable || info.Token == "" || info.Link == "" || !info.Options.Collaborative || info.Options.Commentable {
		t.Errorf("shared as %+v", info)
	}
	seen, err := ben.GetSharedAlbum(ctx, info.Token)
	must(err)
	if seen.ID != album.ID || seen.Share == nil || seen.Share.Joined || seen.Writeable {
		t.Errorf("ben sees %+v before joining", seen)
	}
	if _, err := clients["other"].JoinAlbum(ctx, info.Token); err == nil {
		t.Error("another app joined")
	}
	joined, err := ben.JoinAlbum(ctx, info.Token)
	must(err)
	if !joined.Writeable || !joined.Share.Joined || joined.Share.Owned {
		t.Errorf("ben joined %+v", joined)
	}
	upload(t, ann, photos.CreateItems{Album: album.ID}, 1)
	upload(t, ben, photos.CreateItems{Album: album.ID}, 2)
	page, err := ann.SearchItems(ctx, photos.SearchItems{Album: album.ID})
	must(err)
	var who []string
	for _, it := range page.Items {
		who = append(who, it.FileName+" of "+it.Contributor.Name)
	}
	if diff := cmp.Diff([]string{"1.png of ann", "2.png of ben"}, who); diff != "" {
		t.Errorf("contributors (-want +got):\n%s", diff)
	}
	title := "Mine"
	if _, err := ben.PatchAlbum(ctx, album.ID, photos.AlbumPatch{Title: &title}); err == nil {
		t.Error("ben renamed the album of another")
	}
	must(ben.LeaveAlbum(ctx, info.Token))
	must(ann.UnshareAlbum(ctx, album.ID))
	list, err := ann.ListSharedAlbums(ctx, photos.ListAlbums{})
	must(err)
	if len(list.Albums) != 0 {
		t.Errorf("still shared: %+v", list.Albums)
	}
	if _, err := ben.JoinAlbum(ctx, info.Token); err == nil {
		t.Error("a dead share token let ben in")
	}
}

func TestScopesAndOwnershipOfTheEmulatorAreUnderstood(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	clients, e := society(t, emulator.Current, map[string]emulator.Grant{
		"app": {}, "other": {Client: "other"}, "reader": {Scopes: []string{"photoslibrary.readonly.appcreateddata"}}})
	app := clients["app"]
	album, err := app.CreateAlbum(ctx, "Trip")
	if err != nil {
		t.Fatal(err)
	}
	mine := upload(t, app, photos.CreateItems{}, 1)[0].Item.ID
	theirs := upload(t, clients["other"], photos.CreateItems{}, 2)[0].Item.ID
	foreign, err := e.Act(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{
		"a missing scope":    photos.IsScopeMissing(second(clients["reader"].CreateAlbum(ctx, "x"))),
		"a foreign item":     photos.IsItemInvalid(app.AddItems(ctx, album.ID, []photos.ItemID{theirs})),
		"a foreign album":    photos.IsNotOurs(app.AddItems(ctx, photos.AlbumID(foreign), []photos.ItemID{mine})),
		"another's album":    photos.IsAlbumGone(second(clients["other"].GetAlbum(ctx, album.ID))),
		"a withdrawn method": photos.IsUnsupported(second(app.ShareAlbum(ctx, album.ID, photos.ShareOptions{}))),
	} {
		if !ok {
			t.Errorf("%s is not told by its question", name)
		}
	}
}
