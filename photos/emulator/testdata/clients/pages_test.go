package clients

import (
	"fmt"
	"testing"

	"albumen/photos/emulator"

	"github.com/gphotosuploader/googlemirror/api/photoslibrary/v1"
)

// worst are pages as bad as any that were seen of the real service.
var worst = emulator.Choices{Pages: "short,empty,trailing"}

// TestClientsReadTheWorstPages: all three go on while there is a page token, and
// find everything.
func TestClientsReadTheWorstPages(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{Choices: worst})
	c, g := uploaderClient(t, r.account), generatedClient(t, r.account)
	made, err := c.Albums.Create(t.Context(), "Album 0")
	if err != nil {
		t.Fatal(err)
	}
	uploadMany(t, c, made.ID, 110)
	for i := range 60 {
		if _, err := r.Act(emulator.Action{Do: emulator.AddAlbum, Title: fmt.Sprintf("Album %d", i+1)}); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := c.Albums.List(t.Context()); err != nil || len(all) != 61 {
		t.Errorf("the uploader's client finds %d albums, %v", len(all), err)
	}
	if items, err := c.MediaItems.ListByAlbum(t.Context(), made.ID); err != nil || len(items) != 110 {
		t.Errorf("the uploader's client finds %d items, %v", len(items), err)
	}
	if names := g.search(t, &photoslibrary.SearchMediaItemsRequest{PageSize: 100}); len(names) != 110 {
		t.Errorf("the generated client finds %d items", len(names))
	}
	if names := r.run("lsf", "gp:album"); len(names) != 61 {
		t.Errorf("rclone finds %d albums", len(names))
	}
	if names := r.run("lsf", "gp:album/Album 0"); len(names) != 110 {
		t.Errorf("rclone finds %d items", len(names))
	}
}

// TestRclonePassesOverRepeatedEntries, which it does because it has met them.
func TestRclonePassesOverRepeatedEntries(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{Choices: emulator.Choices{Pages: "repeat"}})
	c := uploaderClient(t, r.account)
	made, err := c.Albums.Create(t.Context(), "Album")
	if err != nil {
		t.Fatal(err)
	}
	uploadMany(t, c, made.ID, 110)
	names := r.run("lsf", "gp:album/Album")
	if len(names) != 110 {
		t.Errorf("rclone finds %d items: %q", len(names), names)
	}
}
