package emulator_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"albumen/photos/emulator"
)

func sha1Of(b []byte) string {
	sum := sha1.Sum(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func sha256Of(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestMalformedJSONIsShownWithACaret(t *testing.T) {
	a := open(t, emulator.Options{})
	const start = "Invalid JSON payload received. Unexpected token.\n"
	for body, want := range map[string]string{
		`{"album": x}`:                    start + "{\"album\": x}\n          ^",
		"{\n \"album\": {\"title\" 5}\n}": start + " \"album\": {\"title\" 5}\n                   ^",
		`{} {}`:                           start + "{} {}\n   ^",
		`[]`:                              `Invalid JSON payload received. Unknown name "": Root element must be a message.`,
		`{"albun":{}}`:                    `Invalid JSON payload received. Unknown name "albun": Cannot find field.`,
		`{"album":{"name":"x"}}`:          `Invalid JSON payload received. Unknown name "name" at 'album': Cannot find field.`,
		`{"album":{"title":5}}`:           `Invalid value at 'album.title' (TYPE_STRING), 5`,
		`{"album":[]}`:                    `Invalid value at 'album' (message), []`,
	} {
		a.refused(400, want, "POST", "/v1/albums", body)
	}
	if status, text, err := a.send("POST", "/v1/albums", `{"album":`); err != nil || status != 400 || !strings.Contains(text, "Unexpected token") {
		t.Errorf("cut JSON: %d %s %v", status, text, err)
	}
	a.call(413, "POST", "/v1/albums", `{"album":{"title":"`+strings.Repeat("x", 5<<20)+`"}}`)
}

func TestRequestsAreReadAsLenientlyAsGoogleDoes(t *testing.T) {
	a := open(t, emulator.Options{})
	a.call(200, "POST", "/v1/albums?alt=json&prettyPrint=true&fields=id&$.xgafv=2",
		`{"album":{"title":"x","is_writeable":"true","mediaItemsCount":"5","shareInfo":null}}`)
	album := a.call(200, "POST", "/v1/albums", `{"album":{"title":"y"}}`)["id"].(string)
	one, two := a.upload(picture(1), ""), a.upload(picture(2), "")
	a.call(200, "POST", createPath, `{"album_id":"`+album+`","album_position":{"position":"FIRST_IN_ALBUM"},"new_media_items":[
		{"simple_media_item":{"upload_token":"`+one+`","file_name":"1"}}]}`)
	a.call(200, "POST", createPath, `{"albumId":"`+album+`","albumPosition":{"position":1},"newMediaItems":[
		{"simpleMediaItem":{"uploadToken":"`+two+`","fileName":"2"}}]}`)
	if got := a.members(album); len(got) != 2 || got[0] != "2" {
		t.Errorf("members %v", got)
	}
	page := a.call(200, "POST", "/v1/mediaItems:search", `{"page_size":"1","filters":{"includeArchivedMedia":"false"}}`)
	if list := page["mediaItems"].([]any); len(list) != 1 {
		t.Errorf("a page size in quotes gave %d items", len(list))
	}
	a.call(200, "POST", "/v1/mediaItems:search", nil)
	a.refused(400, `Invalid value at 'page_size' (TYPE_INT32), 1.5`, "POST", "/v1/mediaItems:search", `{"pageSize":1.5}`)
	a.refused(400, `Invalid value at 'filters.include_archived_media' (TYPE_BOOL), "yes"`, "POST", "/v1/mediaItems:search",
		`{"filters":{"includeArchivedMedia":"yes"}}`)
}

func TestQueryParametersOfOtherMethodsAreRefused(t *testing.T) {
	a := open(t, emulator.Options{})
	a.refused(400, `Invalid JSON payload received. Unknown name "pagesize": Cannot bind query parameter. Field 'pagesize' could not be found in request message.`,
		"GET", "/v1/albums?pagesize=5", nil)
	a.call(200, "GET", "/v1/albums?page_size=5", nil)
}

func TestCallsNeedAToken(t *testing.T) {
	a := open(t, emulator.Options{})
	for _, header := range []string{"", "Bearer", "Bearer ", "Basic abc"} {
		got := a.call(401, "GET", "/v1/albums", nil, "Authorization", header)["error"].(object)
		if got["status"] != "UNAUTHENTICATED" || !strings.HasPrefix(got["message"].(string), "Request had invalid authentication credentials.") {
			t.Errorf("header %q: %v", header, got)
		}
	}
	a.call(200, "GET", "/v1/albums", nil, "Authorization", "bearer x")
	a.call(200, "GET", "/v1/albums?access_token=x", nil, "Authorization", "")
}

func TestUnknownPathsAreNotFoundAsHTML(t *testing.T) {
	a := open(t, emulator.Options{})
	for _, path := range []string{"GET /v1/", "GET /v1/photos", "DELETE /v1/albums/x", "POST /v1/albums/x:delete", "GET /v1/albums/x/y", "GET /v1/albums/"} {
		verb, path, _ := strings.Cut(path, " ")
		want := 404
		if path == "/v1/albums/" {
			want = 200 // as the collection itself
		}
		status, text, err := a.send(verb, path, nil)
		if err != nil || status != want || want == 404 && !strings.HasPrefix(text, "<!DOCTYPE html>") {
			t.Errorf("%s %s: %d %.40q %v", verb, path, status, text, err)
		}
	}
	if got := len(a.e.Stats()); got != 1 {
		t.Errorf("unknown paths were counted: %v", a.e.Stats())
	}
}
