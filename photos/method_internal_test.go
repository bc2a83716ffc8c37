package photos

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The read-only transport is the last gate: it knows the routes of reads and
// takes everything else for a write.
func TestTheReadOnlyTransportKnowsReadsByTheirRoute(t *testing.T) {
	passed := false
	gate := readOnly{"/prefix", gateTo(func(r *http.Request) (*http.Response, error) {
		passed = true
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})}
	for request, want := range map[string]bool{
		"GET /prefix/v1/albums":                         true,
		"GET /prefix/v1/albums?pageSize=50":             true,
		"GET /prefix/v1/albums/abc":                     true,
		"GET /prefix/v1/mediaItems":                     true,
		"GET /prefix/v1/mediaItems/abc":                 true,
		"GET /prefix/v1/mediaItems:batchGet":            true,
		"POST /prefix/v1/mediaItems:search":             true,
		"GET /prefix/v1/sharedAlbums":                   true,
		"GET /prefix/v1/sharedAlbums/token":             true,
		"POST /prefix/v1/sharedAlbums:join":             false,
		"POST /prefix/v1/sharedAlbums:leave":            false,
		"POST /prefix/v1/albums/abc:unshare":            false,
		"POST /prefix/v1/albums/abc:addEnrichment":      false,
		"POST /prefix/v1/albums":                        false,
		"PATCH /prefix/v1/albums/abc":                   false,
		"POST /prefix/v1/albums/abc:share":              false,
		"POST /prefix/v1/albums/abc":                    false,
		"POST /prefix/v1/mediaItems:batchCreate":        false,
		"POST /prefix/v1/mediaItems:search/x":           false,
		"POST /prefix/v1/uploads":                       false,
		"GET /prefix/v1/uploads":                        false,
		"GET /prefix/v1/albums/":                        false,
		"GET /prefix/v1/albums/abc:share":               false,
		"GET /prefix/v1/albums/a/b":                     false,
		"GET /prefix/v1/something":                      false,
		"GET /v1/albums":                                false,
		"DELETE /prefix/v1/albums/abc":                  false,
		"POST /prefix/v1/albums/x/v1/mediaItems:search": false,
	} {
		verb, target, _ := strings.Cut(request, " ")
		body := &closing{Reader: strings.NewReader("{}")}
		r := httptest.NewRequest(verb, "https://host.example"+target, body)
		r.Body = body
		passed = false
		resp, err := gate.RoundTrip(r)
		if passed != want || (err == nil) != want || (resp != nil) != want {
			t.Errorf("%s: passed %v, want %v; %v", request, passed, want, err)
		}
		if !want && !body.closed {
			t.Errorf("%s: the body was left open", request)
		}
	}
}

type gateTo func(*http.Request) (*http.Response, error)

func (f gateTo) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

func TestEveryRouteLeadsToItself(t *testing.T) {
	for m, r := range routes {
		if path := r.to("AI_b-9"); !r.leads(path) {
			t.Errorf("%s: %s is not its path", m, path)
		}
		for other, o := range routes {
			if other != m && o.verb == r.verb && o.leads(r.to("AI_b-9")) {
				t.Errorf("%s goes to %s, too", m, other)
			}
		}
	}
}
