package photos_test

import (
	"testing"

	"albumen/photos"
)

// methods are all of the client's.
var methods = []photos.Method{
	photos.MethodAlbumsCreate, photos.MethodAlbumsGet, photos.MethodAlbumsList, photos.MethodAlbumsPatch,
	photos.MethodAlbumsBatchAdd, photos.MethodAlbumsBatchRemove, photos.MethodItemsBatchCreate, photos.MethodItemsBatchGet,
	photos.MethodItemsGet, photos.MethodItemsList, photos.MethodItemsSearch, photos.MethodItemsPatch, photos.MethodUpload,
}

func TestWritesAreWhatSomebodyCanSee(t *testing.T) {
	write := map[photos.Method]bool{
		"albums.create": true, "albums.patch": true, "albums.batchAddMediaItems": true, "albums.batchRemoveMediaItems": true,
		"mediaItems.batchCreate": true, "mediaItems.patch": true,
		"something.new": true, // a careful guess
	}
	for _, m := range append(methods, "something.new") {
		if m.Write() != write[m] {
			t.Errorf("%s is a write: %v", m, m.Write())
		}
	}
}
