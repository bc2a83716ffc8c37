package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"albumen/photos/emulator"
)

func TestControlAPIAnswersToThisMachineAlone(t *testing.T) {
	e, err := emulator.Open(emulator.Options{BaseURL: "https://photos.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, row := range []struct {
		name, remote, host, origin string
		want                       int
	}{
		{"a program here", "127.0.0.1:4711", "127.0.0.1:8085", "", 200},
		{"by name", "[::1]:4711", "localhost:8085", "", 200},
		{"at the address that was given", "127.0.0.1:4711", "photos.example", "", 200},
		{"from the net", "192.0.2.7:4711", "127.0.0.1:8085", "", 403},
		{"a page of others", "127.0.0.1:4711", "127.0.0.1:8085", "https://evil.example", 403},
		{"a page whose name leads here", "127.0.0.1:4711", "evil.example:8085", "http://evil.example:8085", 403},
	} {
		r := httptest.NewRequest(http.MethodPost, controlPath+"stats/reset", strings.NewReader(""))
		r.RemoteAddr, r.Host = row.remote, row.host
		if row.origin != "" {
			r.Header.Set("Origin", row.origin)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			if strings.HasSuffix(row.origin, row.host) {
				r.Header.Set("Sec-Fetch-Site", "same-origin")
			}
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("%s: %d %s", row.name, w.Code, w.Body)
		}
	}
}
