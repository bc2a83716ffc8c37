package emulator

import (
	"net/http"
	"strings"
)

// scopes is a set of OAuth scopes of the API.
type scopes uint8

const (
	scopeAppend  scopes = 1 << iota // put things into the library
	scopeReadApp                    // read what the app made
	scopeEditApp                    // change what the app made
	scopeRead                       // read the whole library
	scopeShare                      // share albums, and join those of others
	scopeLibrary                    // scopeRead and scopeAppend
)

// scopePrefix is what the names of the API's scopes begin with.
const scopePrefix = "https://www.googleapis.com/auth/"

// allScopes lists the scopes with their names in the order of their bits.
func allScopes() []string {
	return []string{
		scopePrefix + "photoslibrary.appendonly",
		scopePrefix + "photoslibrary.readonly.appcreateddata",
		scopePrefix + "photoslibrary.edit.appcreateddata",
		scopePrefix + "photoslibrary.readonly",
		scopePrefix + "photoslibrary.sharing",
		scopePrefix + "photoslibrary",
	}
}

// scopes are those that permit something in the era. Google took three away on
// 2025-03-31, and a token that bears them may do nothing more for it.
func (p Profile) scopes() scopes {
	current := scopeAppend | scopeReadApp | scopeEditApp
	if p == Legacy {
		return current | scopeRead | scopeShare | scopeLibrary
	}
	return current
}

// names are the scopes as tokens list them.
func (s scopes) names() []string {
	var out []string
	for i, name := range allScopes() {
		if s&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// scopesOf reads a token's list. Scopes of other APIs are passed over.
func scopesOf(names []string) (s scopes) {
	known := allScopes()
	for _, name := range names {
		if !strings.HasPrefix(name, scopePrefix) {
			name = scopePrefix + name
		}
		for i := range known {
			if known[i] == name {
				s |= 1 << i
			}
		}
	}
	return s
}

// permits tells which scopes permit a method, any one of them. A method that
// is not in it is permitted to nobody. The rows of the legacy era are those of
// the discovery document, those of the current one Google's reference and its
// announcement of September 2024.
func permits(o Options) map[string]scopes {
	put, read, change := scopeAppend, scopeReadApp, scopeEditApp
	organise, remove := scopeAppend|scopeEditApp, scopeEditApp
	if o.Profile == Legacy {
		put = scopeLibrary | scopeAppend | scopeShare
		read = scopeLibrary | scopeRead | scopeReadApp
		organise, remove = put, scopeLibrary
	}
	if o.Choices.EditReads {
		read |= scopeEditApp
	}
	out := map[string]scopes{
		"albums.create": put, "mediaItems.batchCreate": put, "uploads": put,
		"albums.addEnrichment": organise, "albums.batchAddMediaItems": organise, "albums.batchRemoveMediaItems": remove,
		"albums.patch": change, "mediaItems.patch": change,
		"albums.get": read, "albums.list": read,
		"mediaItems.get": read, "mediaItems.batchGet": read, "mediaItems.list": read, "mediaItems.search": read,
	}
	if o.Profile != Legacy {
		return out
	}
	for _, name := range []string{"albums.share", "albums.unshare", "sharedAlbums.get", "sharedAlbums.join", "sharedAlbums.leave"} {
		out[name] = scopeShare
	}
	out["sharedAlbums.list"] = read
	if o.Choices.SharingReads {
		out["albums.get"] |= scopeShare
	}
	return out
}

// has reports whether the token bears one of the scopes.
func (c *call) has(any scopes) bool { return c.scopes&any != 0 }

// permitted refuses a call whose token lacks the scopes of the method. Uploads
// answer as if there were no token at all (an issue of f2calv/CasCap.Api.GooglePhotos).
func (c *call) permitted() error {
	switch {
	case c.has(c.permits[c.method.name]):
		return nil
	case c.method.flat:
		return c.refusal(unauthenticated())
	case c.permits[c.method.name] == 0 && c.choices.SharingText != "":
		err := insufficient()
		err.message = c.choices.SharingText
		return err
	default:
		return insufficient()
	}
}

// insufficient answers a token that lacks a scope. Clients have quoted this body
// without details.
func insufficient() *apiError {
	return &apiError{code: http.StatusForbidden, status: "PERMISSION_DENIED", message: textScopes}
}
