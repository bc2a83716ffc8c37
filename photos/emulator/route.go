package emulator

import (
	"net/http"
	"net/url"
	"strings"
)

// method is one method of the API.
type method struct {
	name  string // as in the discovery document, "uploads" for /v1/uploads
	query []string
	write bool // counts against the writes of a minute
	flat  bool // errors come without the wrapper
	serve func(*call) (any, error)
}

// methods is the routing table: HTTP verb and path, with {} for an id, to the
// method. Custom verbs stand behind a colon in the last segment (discovery
// document).
func methods() map[string]method {
	page := []string{"pageSize", "pageToken"}
	albums := append([]string{"excludeNonAppCreatedData"}, page...)
	mask := []string{"updateMask"}
	return map[string]method{
		"POST albums":                          {name: "albums.create", write: true, serve: (*call).createAlbum},
		"GET albums":                           {name: "albums.list", query: albums, serve: (*call).listAlbums},
		"GET albums/{}":                        {name: "albums.get", serve: (*call).getAlbum},
		"PATCH albums/{}":                      {name: "albums.patch", query: mask, write: true, serve: (*call).patchAlbum},
		"POST albums/{}:addEnrichment":         {name: "albums.addEnrichment", write: true, serve: (*call).addEnrichment},
		"POST albums/{}:batchAddMediaItems":    {name: "albums.batchAddMediaItems", write: true, serve: (*call).addItems},
		"POST albums/{}:batchRemoveMediaItems": {name: "albums.batchRemoveMediaItems", write: true, serve: (*call).removeItems},
		"POST albums/{}:share":                 {name: "albums.share", write: true, serve: (*call).shareAlbum},
		"POST albums/{}:unshare":               {name: "albums.unshare", write: true, serve: (*call).unshareAlbum},
		"POST mediaItems:batchCreate":          {name: "mediaItems.batchCreate", write: true, serve: (*call).createItems},
		"GET mediaItems:batchGet":              {name: "mediaItems.batchGet", query: []string{"mediaItemIds"}, serve: (*call).getItems},
		"GET mediaItems":                       {name: "mediaItems.list", query: page, serve: (*call).listItems},
		"GET mediaItems/{}":                    {name: "mediaItems.get", serve: (*call).getItem},
		"PATCH mediaItems/{}":                  {name: "mediaItems.patch", query: mask, write: true, serve: (*call).patchItem},
		"POST mediaItems:search":               {name: "mediaItems.search", serve: (*call).searchItems},
		"GET sharedAlbums":                     {name: "sharedAlbums.list", query: albums, serve: (*call).listSharedAlbums},
		"GET sharedAlbums/{}":                  {name: "sharedAlbums.get", serve: (*call).getSharedAlbum},
		"POST sharedAlbums:join":               {name: "sharedAlbums.join", write: true, serve: (*call).joinAlbum},
		"POST sharedAlbums:leave":              {name: "sharedAlbums.leave", write: true, serve: (*call).leaveAlbum},
		"POST uploads":                         {name: "uploads", query: []string{"upload_id"}, flat: true, serve: (*call).upload},
	}
}

// match finds the method that a request calls, and the id in its path.
func (e *Emulator) match(r *http.Request) (m method, id string, ok bool) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/v1/")
	if !ok {
		return method{}, "", false
	}
	path = strings.TrimSuffix(path, "/")
	collection, rest, nested := strings.Cut(path, "/")
	shape := collection
	if nested {
		segment, err := url.PathUnescape(rest)
		if err != nil || strings.Contains(rest, "/") || segment == "" {
			return method{}, "", false
		}
		verb := ""
		if at := strings.LastIndexByte(segment, ':'); at >= 0 {
			segment, verb = segment[:at], segment[at:]
		}
		id, shape = segment, collection+"/{}"+verb
	}
	m, ok = e.methods[r.Method+" "+shape]
	return m, id, ok
}

// commonQuery is what every method takes in its query (discovery document).
func commonQuery(name string) bool {
	switch strings.TrimPrefix(name, "$") {
	case "alt", "fields", "prettyPrint", "key", "access_token", "oauth_token", "quotaUser",
		"callback", "uploadType", "upload_protocol", ".xgafv":
		return true
	}
	return false
}
