package photos_test

import (
	"testing"

	"albumen/photos"
	"albumen/photos/emulator"
)

// What the app lacks, or did not make, is told by the question for it.
func TestWhatIsNotOursIsToldByItsQuestion(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, as := opened(t, emulator.Options{Tokens: map[string]emulator.Grant{
		"app": {}, "other": {Client: "other"}, "reader": {Scopes: []string{"photoslibrary.readonly.appcreateddata"}}}})
	app, other := as("app"), as("other")
	album, err := app.CreateAlbum(ctx, "Trip")
	if err != nil {
		t.Fatal(err)
	}
	mine := upload(t, app, photos.CreateItems{}, 1)[0].Item.ID
	theirs := upload(t, other, photos.CreateItems{}, 2)[0].Item.ID
	foreign, err := e.Act(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{
		"a missing scope":    photos.IsScopeMissing(second(as("reader").CreateAlbum(ctx, "x"))),
		"a foreign item":     photos.IsItemInvalid(app.AddItems(ctx, album.ID, []photos.ItemID{theirs})),
		"a foreign album":    photos.IsNotOurs(app.AddItems(ctx, photos.AlbumID(foreign), []photos.ItemID{mine})),
		"another's album":    photos.IsAlbumGone(second(other.GetAlbum(ctx, album.ID))),
		"a withdrawn method": photos.IsUnsupported(second(app.ShareAlbum(ctx, album.ID, photos.ShareOptions{}))),
	} {
		if !ok {
			t.Errorf("%s is not told by its question", name)
		}
	}
}
