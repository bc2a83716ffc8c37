package photos

import (
	"maps"
	"slices"
	"strings"
)

// Method is a method of the API by the name of its discovery document.
type Method string

// The methods.
const (
	MethodAlbumsAddEnrichment Method = "albums.addEnrichment"
	MethodAlbumsBatchAdd      Method = "albums.batchAddMediaItems"
	MethodAlbumsBatchRemove   Method = "albums.batchRemoveMediaItems"
	MethodAlbumsCreate        Method = "albums.create"
	MethodAlbumsGet           Method = "albums.get"
	MethodAlbumsList          Method = "albums.list"
	MethodAlbumsPatch         Method = "albums.patch"
	MethodAlbumsShare         Method = "albums.share"
	MethodAlbumsUnshare       Method = "albums.unshare"
	MethodItemsBatchCreate    Method = "mediaItems.batchCreate"
	MethodItemsBatchGet       Method = "mediaItems.batchGet"
	MethodItemsGet            Method = "mediaItems.get"
	MethodItemsList           Method = "mediaItems.list"
	MethodItemsPatch          Method = "mediaItems.patch"
	MethodItemsSearch         Method = "mediaItems.search"
	MethodSharedGet           Method = "sharedAlbums.get"
	MethodSharedJoin          Method = "sharedAlbums.join"
	MethodSharedLeave         Method = "sharedAlbums.leave"
	MethodSharedList          Method = "sharedAlbums.list"
	MethodUpload              Method = "uploads"
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
	any  []Scope // one of them suffices; none does since 2025-03-31 without any
}

// routes has a row for each method (discovery document). A method is read,
// repeated, paced and refused by its row alone. The scopes are those that Google
// still grants (its reference pages, and its announcement of September 2024).
var routes = map[Method]route{
	MethodAlbumsAddEnrichment: {"POST", "/v1/albums/{}:addEnrichment", changes, []Scope{ScopeAppend, ScopeEdit}},
	MethodAlbumsBatchAdd:      {"POST", "/v1/albums/{}:batchAddMediaItems", changes, []Scope{ScopeAppend, ScopeEdit}},
	MethodAlbumsBatchRemove:   {"POST", "/v1/albums/{}:batchRemoveMediaItems", changes, []Scope{ScopeEdit}},
	MethodAlbumsCreate:        {"POST", "/v1/albums", changes, []Scope{ScopeAppend}},
	MethodAlbumsGet:           {"GET", "/v1/albums/{}", looks, []Scope{ScopeRead}},
	MethodAlbumsList:          {"GET", "/v1/albums", looks, []Scope{ScopeRead}},
	MethodAlbumsPatch:         {"PATCH", "/v1/albums/{}", changes, []Scope{ScopeEdit}},
	MethodAlbumsShare:         {"POST", "/v1/albums/{}:share", changes, nil},
	MethodAlbumsUnshare:       {"POST", "/v1/albums/{}:unshare", changes, nil},
	MethodItemsBatchCreate:    {"POST", "/v1/mediaItems:batchCreate", changes, []Scope{ScopeAppend}},
	MethodItemsBatchGet:       {"GET", "/v1/mediaItems:batchGet", looks, []Scope{ScopeRead}},
	MethodItemsGet:            {"GET", "/v1/mediaItems/{}", looks, []Scope{ScopeRead}},
	MethodItemsList:           {"GET", "/v1/mediaItems", looks, []Scope{ScopeRead}},
	MethodItemsPatch:          {"PATCH", "/v1/mediaItems/{}", changes, []Scope{ScopeEdit}},
	MethodItemsSearch:         {"POST", "/v1/mediaItems:search", looks, []Scope{ScopeRead}},
	MethodSharedGet:           {"GET", "/v1/sharedAlbums/{}", looks, nil},
	MethodSharedJoin:          {"POST", "/v1/sharedAlbums:join", changes, nil},
	MethodSharedLeave:         {"POST", "/v1/sharedAlbums:leave", changes, nil},
	MethodSharedList:          {"GET", "/v1/sharedAlbums", looks, nil},
	MethodUpload:              {"POST", "/v1/uploads", sends, []Scope{ScopeAppend}},
}

// Methods are all methods, sorted.
func Methods() []Method { return slices.Sorted(maps.Keys(routes)) }

// Scopes are those of which any one suffices for the method today. The sharing
// methods have none: Google withdrew their scope on 2025-03-31.
func (m Method) Scopes() []Scope { return slices.Clone(routes[m].any) }

// Sharing reports whether the method is one of those that Google withdrew on
// 2025-03-31. It answers them with 403, unless the service is an older one.
func (m Method) Sharing() bool {
	r, known := routes[m]
	return known && len(r.any) == 0
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
