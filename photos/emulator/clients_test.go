package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"albumen/photos/emulator"
)

// openTLS serves a new account over TLS and HTTP/2.
func openTLS(t *testing.T, opts emulator.Options) *account {
	t.Helper()
	e, err := emulator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(func() {
		server.Close()
		e.Close()
	})
	return &account{t: t, e: e, url: server.URL, do: server.Client().Do}
}

// TestUploadsComeAsRcloneSendsThem: over HTTP/2, without a length, and with the
// file name in the header alone, as it is.
func TestUploadsComeAsRcloneSendsThem(t *testing.T) {
	t.Parallel()
	a := openTLS(t, emulator.Options{})
	album := a.call(200, "POST", "/v1/albums", object{"album": object{"title": "x"}})
	if album["isWriteable"] != true {
		t.Errorf("the new album is %v", album)
	}
	for n, name := range []string{"日の出.png", "100% + a&b.png", "Þ?.png"} {
		body, in := io.Pipe()
		go func() {
			_, err := in.Write(picture(n))
			in.CloseWithError(err)
		}()
		req, err := http.NewRequestWithContext(t.Context(), "POST", a.url+"/v1/uploads", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer token")
		req.Header.Set("X-Goog-Upload-File-Name", name)
		resp, err := a.do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		token, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 || resp.ProtoMajor != 2 {
			t.Fatalf("upload over %s: %s %s %v", resp.Proto, resp.Status, token, err)
		}
		made := a.create(200, album["id"].(string), nil, object{"simpleMediaItem": object{"uploadToken": string(token)}})
		item := made[0].(object)["mediaItem"].(object)
		if item["filename"] != name || len(item["id"].(string)) < 55 || !strings.HasPrefix(item["productUrl"].(string), "https://") {
			t.Errorf("the item of %s is %v", name, item)
		}
	}
}

// TestLongQueriesComeInABody: a batchGet of many ids as Google's client
// libraries send it.
func TestLongQueriesComeInABody(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	ids := url.Values{}
	for n := range 30 {
		ids.Add("mediaItemIds", a.item("", "p.png", picture(n)))
	}
	form := []string{"X-HTTP-Method-Override", "GET", "Content-Type", "application/x-www-form-urlencoded"}
	got := a.call(200, "POST", "/v1/mediaItems:batchGet?alt=json", ids.Encode(), form...)
	if list := got["mediaItemResults"].([]any); len(list) != 30 || list[29].(object)["mediaItem"] == nil {
		t.Errorf("%d results", len(list))
	}
	if n := a.e.Stats()["mediaItems.batchGet"]; n != 1 {
		t.Errorf("counted as %v", a.e.Stats())
	}
	id := ids["mediaItemIds"][0]
	a.call(200, "POST", "/v1/mediaItems/"+id+"?updateMask=description", object{"description": "Sunset"}, "X-HTTP-Method-Override", "PATCH")
	if got := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["description"]; got != "Sunset" {
		t.Errorf("the description is %v", got)
	}
}
