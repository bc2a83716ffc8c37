package photos

import (
	"net/http"
	"strings"
)

// Method is a method of the API by the name of its discovery document.
type Method string

// The methods.
const (
	MethodAlbumsCreate      Method = "albums.create"
	MethodAlbumsGet         Method = "albums.get"
	MethodAlbumsList        Method = "albums.list"
	MethodAlbumsPatch       Method = "albums.patch"
	MethodAlbumsBatchAdd    Method = "albums.batchAddMediaItems"
	MethodAlbumsBatchRemove Method = "albums.batchRemoveMediaItems"
	MethodItemsBatchCreate  Method = "mediaItems.batchCreate"
	MethodItemsBatchGet     Method = "mediaItems.batchGet"
	MethodItemsGet          Method = "mediaItems.get"
	MethodItemsList         Method = "mediaItems.list"
	MethodItemsSearch       Method = "mediaItems.search"
	MethodItemsPatch        Method = "mediaItems.patch"
	MethodUpload            Method = "uploads"
)

// Write reports whether the method changes what somebody can see. Uploading
// bytes does not: they become an item only by mediaItems.batchCreate.
func (m Method) Write() bool {
	switch m {
	case MethodAlbumsCreate, MethodAlbumsPatch, MethodAlbumsBatchAdd, MethodAlbumsBatchRemove, MethodItemsBatchCreate, MethodItemsPatch:
		return true
	}
	return false
}

// reads reports whether a request only reads. It knows the reading routes and
// takes everything else for a write, so that a route that it does not know can't
// slip through.
func reads(r *http.Request) bool {
	path := r.URL.Path
	switch {
	case r.Method == http.MethodGet:
		return true
	case r.Method == http.MethodPost:
		return strings.HasSuffix(path, "/v1/mediaItems:search")
	}
	return false
}
