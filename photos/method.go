package photos

import "strings"

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

// deed is what a method does to the account.
type deed int

const (
	looks   deed = iota // changes nothing
	sends               // leaves bytes that nobody sees
	changes             // changes what somebody sees
)

// route is how a method goes over the wire.
type route struct {
	verb string
	path string // {} stands for an id
	deed deed
}

// routes has a row for each method (discovery document). A method is read,
// repeated, paced and refused by its row alone.
var routes = map[Method]route{
	MethodAlbumsCreate:      {"POST", "/v1/albums", changes},
	MethodAlbumsGet:         {"GET", "/v1/albums/{}", looks},
	MethodAlbumsList:        {"GET", "/v1/albums", looks},
	MethodAlbumsPatch:       {"PATCH", "/v1/albums/{}", changes},
	MethodAlbumsBatchAdd:    {"POST", "/v1/albums/{}:batchAddMediaItems", changes},
	MethodAlbumsBatchRemove: {"POST", "/v1/albums/{}:batchRemoveMediaItems", changes},
	MethodItemsBatchCreate:  {"POST", "/v1/mediaItems:batchCreate", changes},
	MethodItemsBatchGet:     {"GET", "/v1/mediaItems:batchGet", looks},
	MethodItemsGet:          {"GET", "/v1/mediaItems/{}", looks},
	MethodItemsList:         {"GET", "/v1/mediaItems", looks},
	MethodItemsSearch:       {"POST", "/v1/mediaItems:search", looks},
	MethodItemsPatch:        {"PATCH", "/v1/mediaItems/{}", changes},
	MethodUpload:            {"POST", "/v1/uploads", sends},
}

// Write reports whether the method changes what somebody can see. Uploading
// bytes does not: they become an item only by mediaItems.batchCreate. A method
// that is not of the API counts as a write.
func (m Method) Write() bool {
	r, known := routes[m]
	return !known || r.deed == changes
}

// reads reports whether a request only reads. It takes every route that it does
// not know for a write, so that none can slip through.
func reads(verb, path string) bool {
	for _, r := range routes {
		if r.deed == looks && r.verb == verb && r.leads(path) {
			return true
		}
	}
	return false
}

// leads reports whether path is one of the route's. A colon begins a verb, so
// that an id has none.
func (r route) leads(path string) bool {
	before, after, wild := strings.Cut(r.path, "{}")
	if !wild {
		return path == r.path
	}
	id, ok := strings.CutPrefix(path, before)
	if !ok {
		return false
	}
	id, ok = strings.CutSuffix(id, after)
	return ok && id != "" && !strings.ContainsAny(id, "/:")
}

// to is the path of the route for an id.
func (r route) to(id string) string { return strings.Replace(r.path, "{}", id, 1) }
