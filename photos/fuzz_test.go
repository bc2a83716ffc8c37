package photos_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"albumen/photos"
)

// checkError holds every failure to what is promised of errors.
func checkError(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	switch {
	case strings.Contains(text, plantedToken):
		t.Errorf("the token is in %q", text)
	case strings.ContainsFunc(text, unicode.IsControl), !utf8.ValidString(text):
		t.Errorf("%q is no line of text", text)
	case len(text) > 1500:
		t.Errorf("an error of %d bytes", len(text))
	}
}

// Nothing that a server can say breaks a listing, or passes for albums that are
// none.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"albums":[{"id":"a","mediaItemsCount":"3"}],"nextPageToken":"p"}`, `{"albums":[null]}`, `{"ALBUMS":[{"ID":"a"}]}`,
		`{"mediaItems":[` + itemJSON + `]}`, `{"mediaItems":[{"id":"i","mediaMetadata":{"width":1e99,"photo":{"exposureTime":"-1s"}}}]}`,
		`{"newMediaItemResults":[{"uploadToken":"T","status":{"code":3}}]}`, `{"mediaItemResults":[{"mediaItem":{"id":"item-000"}}]}`,
		`{"sharedAlbums":[{"id":"a","shareInfo":{"shareToken":"T","isOwned":true}}]}`, `{"shareInfo":{}}`, `{"album":{"id":"a"}}`, `{"enrichmentItem":{"id":"e"}}`,
		`{"error":{"message":"x"}}`, `<html>`, "\xff\xfe", `{"id":"a"}`, ` CAIS-token `,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		c := newClient(t, photos.Options{Transport: canned(200, answer), Attempts: 1})
		check := func(err error, sound bool) {
			t.Helper()
			if err == nil && !sound {
				t.Errorf("%q passed for an answer", answer)
			}
			if err != nil {
				checkError(t, err)
				if photos.EffectOf(err) != photos.EffectUnknown {
					t.Errorf("%q: %v", answer, photos.EffectOf(err))
				}
			}
		}
		albums, err := c.ListAlbums(t.Context(), photos.ListAlbums{})
		sound := true
		for _, a := range albums.Albums {
			sound = sound && a.ID != "" && a.ItemsCount >= 0
		}
		check(err, sound)
		items, err := c.ListItems(t.Context(), photos.ListItems{})
		for _, i := range items.Items {
			sound = sound && i.ID != ""
		}
		check(err, sound)
		shared, err := c.ListSharedAlbums(t.Context(), photos.ListAlbums{})
		for _, a := range shared.Albums {
			sound = sound && a.ID != "" && a.ItemsCount >= 0
		}
		check(err, sound)
		_, err = c.ShareAlbum(t.Context(), "a", photos.ShareOptions{})
		check(err, true)
		joined, err := c.JoinAlbum(t.Context(), "t")
		check(err, joined.ID != "")
		enriched, err := c.AddEnrichment(t.Context(), "a", photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.LastInAlbum})
		check(err, enriched != "")
		album, err := c.CreateAlbum(t.Context(), "t")
		check(err, album.ID != "")
		got, err := c.BatchGetItems(t.Context(), ids(1))
		check(err, len(got) == 1 && got[0].Status.OK() == (got[0].Item != nil))
		made, err := c.CreateItems(t.Context(), photos.CreateItems{Items: []photos.NewItem{{Token: "T"}}})
		check(err, len(made) == 1 && made[0].Status.OK() == (made[0].Item != nil) && made[0].Token == "T")
		check(c.RemoveItems(t.Context(), "a", ids(1)), true)
		token, err := c.Upload(t.Context(), file("a.png", []byte{1}))
		check(err, token != "" && !strings.ContainsFunc(string(token), unicode.IsSpace))
	})
}

// Nothing that a server can refuse with breaks the reading of errors, or makes a
// doubt of a refusal.
func FuzzErrors(f *testing.F) {
	for _, seed := range []struct {
		code  int
		retry string
		body  string
	}{
		{404, "", wrapped("404", "NOT_FOUND", "Requested entity was not found.")},
		{429, "120", quota429("Quota exceeded for quota metric 'All requests' and limit 'All requests per day'", "ApiCallsPerProjectPerDay")},
		{401, "", `{"code":16,"message":"Authentication session is not defined."}`},
		{503, "Wed, 21 Oct 2115 07:28:00 GMT", "<html>"},
		{400, "-5", `{"error":"invalid_grant"}`},
		{302, "99999999999999999999", `{"error":{"message":5,"status":"X","details":[{"metadata":{"quota_limit":7}}]}}`},
		{500, "", "Bearer " + plantedToken + " https://u:p@h/?q=" + plantedToken},
		{400, "", `{"error":{"message":"` + strings.Repeat("\\u2028\\u0085ü", 300) + `"}}`},
	} {
		f.Add(seed.code, seed.retry, seed.body)
	}
	f.Fuzz(func(t *testing.T, code int, retry, body string) {
		code = 300 + (code%300+300)%300
		c := newClient(t, photos.Options{Transport: refusing(code, retry, body), Attempts: 1})
		err := second(c.CreateAlbum(t.Context(), "t"))
		if err == nil {
			t.Fatalf("%d passed for a success", code)
		}
		checkError(t, err)
		if none := photos.EffectOf(err) == photos.EffectNone; none != (code/100 == 4) {
			t.Errorf("%d: %v", code, photos.EffectOf(err))
		}
		if photos.IsDailyQuota(err) && photos.IsTemporary(err) {
			t.Errorf("%v is of the day and temporary", err)
		}
		if photos.RetryDelay(err, 1, nil) <= 0 {
			t.Errorf("%v: a delay of %v", err, photos.RetryDelay(err, 1, nil))
		}
	})
}

// Whatever a service says of a session, the access token stays with its host, the
// calls are few, and no more is told of than the file has.
func FuzzSessions(f *testing.F) {
	f.Add(200, "https://host.example/v1/uploads?upload_id=x", "262144", "active", "7", "token")
	f.Add(200, "https://evil.example/v1/uploads?upload_id=x", "0", "final", "-1", "")
	f.Add(400, "https://host.example:443", "-1", "cancelled", "99999999999999999999", "{}")
	f.Add(404, "//host.example", "x", "ACTIVE ", "100", "<html>")
	f.Add(410, "https://host.example/%zz", "9223372036854775807", "active", "100", " token\n")
	f.Fuzz(func(t *testing.T, code int, address, granularity, status, received, body string) {
		code = 200 + (code%400+400)%400
		calls, progress := 0, int64(0)
		c := newClient(t, photos.Options{Endpoint: "https://host.example", ResumableSize: 1, ChunkBytes: 40, Attempts: 1, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			if calls++; r.URL.Host != "host.example" || r.URL.Scheme != "https" {
				t.Errorf("the token went to %s", r.URL)
			}
			if r.Body != nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			answer := code
			if r.Header.Get("X-Goog-Upload-Command") == "start" {
				answer = 200
			}
			resp, err := canned(answer, body)(r)
			for name, value := range map[string]string{"URL": address, "Chunk-Granularity": granularity, "Status": status, "Size-Received": received} {
				resp.Header.Set("X-Goog-Upload-"+name, value)
			}
			return resp, err
		})})
		for _, session := range []photos.Session{{}, {URL: photos.SessionURL(address), Size: 100, Offset: 50}} {
			calls, progress = 0, 0
			u := file("a.png", make([]byte, 100))
			u.Session = session
			u.OnBytes = func(n int64) { progress += n }
			token, err := c.Upload(t.Context(), u)
			if calls > 8 || progress != 0 && progress != 100 || (err == nil) != (token != "") || (err == nil) != (progress == 100) {
				t.Errorf("%v after %d calls, told of %d bytes", err, calls, progress)
			}
			if err != nil {
				checkError(t, err)
			}
		}
	})
}
