package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"albumen/photos/emulator"
)

// account is an emulated account behind a real HTTP server, with the calls that
// tests make of it.
type account struct {
	t   *testing.T
	e   *emulator.Emulator
	url string
	do  func(*http.Request) (*http.Response, error)
	who string // the access token; "" is one that nobody declared
	end func() error

	transport http.RoundTripper // of a Pipe
}

// open serves a new account until the test ends. Its writes are not limited.
func open(t *testing.T, opts emulator.Options) *account {
	t.Helper()
	a := serve(t, opts)
	t.Cleanup(a.stop)
	return a
}

// serve serves an account until stop.
func serve(t *testing.T, opts emulator.Options) *account {
	t.Helper()
	if opts.WritesPerMinute == 0 {
		opts.WritesPerMinute = -1
	}
	e, err := emulator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	end := func() error {
		server.Close()
		return e.Close()
	}
	return &account{t: t, e: e, url: server.URL, do: server.Client().Do, end: end}
}

// stop ends what serve began.
func (a *account) stop() {
	a.t.Helper()
	if err := a.end(); err != nil {
		a.t.Error(err)
	}
}

// object is a JSON object as a test sees it.
type object = map[string]any

// token is the access token that calls bear.
func (a *account) token() string {
	return orElse(a.who, "token")
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// send makes one call; a body is JSON unless it is bytes. The error is that of
// the connection.
func (a *account) send(method, path string, body any, headers ...string) (int, string, error) {
	a.t.Helper()
	var in io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case []byte:
		in = bytes.NewReader(b)
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			a.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, a.url+path, in)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token())
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := a.do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(out), err
}

// call makes a call that must be answered with the status.
func (a *account) call(want int, method, path string, body any, headers ...string) object {
	a.t.Helper()
	status, text, err := a.send(method, path, body, headers...)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	if status != want {
		a.t.Fatalf("%s %s answered %d, not %d: %s", method, path, status, want, text)
	}
	var out object
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		a.t.Fatalf("%s %s answered %q: %v", method, path, text, err)
	}
	return out
}

// refused makes a call that must be answered with an error of status and text.
func (a *account) refused(want int, message, method, path string, body any) {
	a.t.Helper()
	out := a.call(want, method, path, body)
	got, _ := out["error"].(object)
	if got["message"] != message || got["code"] != float64(want) || got["status"] == "" {
		a.t.Errorf("%s %s answered %v, not message %q", method, path, out, message)
	}
}

func (a *account) album(title string) string {
	a.t.Helper()
	return a.call(200, "POST", "/v1/albums", object{"album": object{"title": title}})["id"].(string)
}

// upload uploads bytes and gives their token.
func (a *account) upload(body []byte, name string) string {
	a.t.Helper()
	status, token, err := a.send("POST", "/v1/uploads", body, "X-Goog-Upload-Protocol", "raw", "X-Goog-Upload-File-Name", name)
	if err != nil || status != 200 || token == "" {
		a.t.Fatalf("upload of %s: %d %q %v", name, status, token, err)
	}
	return token
}

// entry is a NewMediaItem.
func entry(token, name string) object {
	return object{"simpleMediaItem": object{"uploadToken": token, "fileName": name}}
}

// create creates items from tokens, and gives the results.
func (a *account) create(want int, albumID string, position object, entries ...object) []any {
	a.t.Helper()
	body := object{"newMediaItems": entries}
	if albumID != "" {
		body["albumId"] = albumID
	}
	if position != nil {
		body["albumPosition"] = position
	}
	return a.call(want, "POST", "/v1/mediaItems:batchCreate", body)["newMediaItemResults"].([]any)
}

// item uploads a picture and creates its item, in the album if there is one.
func (a *account) item(albumID, name string, body []byte) string {
	a.t.Helper()
	results := a.create(200, albumID, nil, entry(a.upload(body, name), name))
	return results[0].(object)["mediaItem"].(object)["id"].(string)
}

// members are the file names of an album's items as the API shows them.
func (a *account) members(albumID string) []string {
	a.t.Helper()
	var names []string
	page := a.call(200, "POST", "/v1/mediaItems:search", object{"albumId": albumID, "pageSize": 100})
	list, _ := page["mediaItems"].([]any)
	for _, it := range list {
		names = append(names, it.(object)["filename"].(string))
	}
	return names
}

// picture is a small PNG that differs by its number.
func picture(n int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 4, 3))
	for i := range 12 {
		img.Set(i%4, i/4, color.NRGBA{byte(n), byte(n >> 8), byte(n >> 16), 255})
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(fmt.Sprintf("encode a picture: %v", err))
	}
	return buf.Bytes()
}
