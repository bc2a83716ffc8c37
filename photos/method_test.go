package photos_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

func TestWritesAreWhatSomebodyCanSee(t *testing.T) {
	write := map[photos.Method]bool{
		"albums.create": true, "albums.patch": true, "albums.batchAddMediaItems": true, "albums.batchRemoveMediaItems": true,
		"mediaItems.batchCreate": true, "mediaItems.patch": true, "albums.addEnrichment": true, "albums.share": true,
		"albums.unshare": true, "sharedAlbums.join": true, "sharedAlbums.leave": true,
		"something.new": true, // a careful guess
	}
	for _, m := range append(photos.Methods(), "something.new") {
		if m.Write() != write[m] {
			t.Errorf("%s is a write: %v", m, m.Write())
		}
	}
}

// Google withdrew six methods with their scope; every other one is in reach of the
// scopes that it still grants.
func TestEveryMethodHasItsScopesUnlessItIsWithdrawn(t *testing.T) {
	scopes := map[photos.Method]string{}
	var withdrawn []photos.Method
	for _, m := range photos.Methods() {
		var short []string
		for _, s := range m.Scopes() {
			short = append(short, s.Short())
		}
		if m.Sharing() {
			withdrawn = append(withdrawn, m)
			continue
		}
		scopes[m] = strings.Join(short, " ")
	}
	const a, r, e = "photoslibrary.appendonly", "photoslibrary.readonly.appcreateddata", "photoslibrary.edit.appcreateddata"
	if diff := cmp.Diff(map[photos.Method]string{
		"albums.addEnrichment": a + " " + e, "albums.batchAddMediaItems": a + " " + e, "albums.batchRemoveMediaItems": e,
		"albums.create": a, "albums.get": r, "albums.list": r, "albums.patch": e, "mediaItems.batchCreate": a, "mediaItems.batchGet": r,
		"mediaItems.get": r, "mediaItems.list": r, "mediaItems.patch": e, "mediaItems.search": r, "uploads": a,
	}, scopes); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]photos.Method{
		"albums.share", "albums.unshare", "sharedAlbums.get", "sharedAlbums.join", "sharedAlbums.leave", "sharedAlbums.list",
	}, withdrawn); diff != "" {
		t.Errorf("withdrawn (-want +got):\n%s", diff)
	}
	if photos.Method("something.new").Sharing() {
		t.Error("an unknown method counts as withdrawn")
	}
}
