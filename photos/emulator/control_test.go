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

func TestControlAPIAnswersToOthersWhereItIsTold(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		open    bool
		remote  string
		headers []string
		want    int
	}{
		{"another machine", false, "192.0.2.7:4711", nil, 403},
		{"another machine, told", true, "192.0.2.7:4711", nil, 200},
		{"through a proxy here", false, "127.0.0.1:4711", []string{"X-Forwarded-For", "192.0.2.7"}, 403},
		{"through a proxy here, told", true, "127.0.0.1:4711", []string{"Forwarded", "for=192.0.2.7"}, 200},
		{"a page of others, told", true, "192.0.2.7:4711", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
	} {
		e, err := emulator.Open(emulator.Options{ControlFromAnywhere: row.open})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		r := httptest.NewRequest(http.MethodPost, controlPath+"stats/reset", strings.NewReader(""))
		r.RemoteAddr, r.Host = row.remote, "127.0.0.1:8085"
		for i := 0; i < len(row.headers); i += 2 {
			r.Header.Set(row.headers[i], row.headers[i+1])
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("%s: %d %s", row.name, w.Code, w.Body)
		}
	}
}

func TestAddressesBeginWithTheHostThatWasAsked(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	a.item(a.album("Trip"), "1", picture(1))
	for _, host := range []string{"photos:8085", "127.0.0.1:8085"} {
		for path, addresses := range map[string]int{controlPath + "credentials.json": 2, "/v1/albums": 2, "/v1/mediaItems": 2} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr, r.Host = "", host
			r.Header.Set("Authorization", "Bearer x")
			w := httptest.NewRecorder()
			a.e.ServeHTTP(w, r)
			if got := strings.Count(w.Body.String(), `"http://`+host+"/"); w.Code != 200 || got != addresses {
				t.Errorf("%s at %s: %d with %d addresses of the host:\n%s", path, host, w.Code, got, w.Body)
			}
		}
	}
}

func TestSessionBehindAProxyIsContinuedThroughIt(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{BaseURL: "https://photos.example"})
	for host, want := range map[string]string{"photos.example": "https://photos.example/v1/uploads?", "127.0.0.1:8085": "http://127.0.0.1:8085/v1/uploads?"} {
		r := httptest.NewRequest(http.MethodPost, "/v1/uploads", nil)
		r.Host = host
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("X-Goog-Upload-Protocol", "resumable")
		r.Header.Set("X-Goog-Upload-Command", "start")
		w := httptest.NewRecorder()
		a.e.ServeHTTP(w, r)
		if got := w.Header().Get("X-Goog-Upload-URL"); !strings.HasPrefix(got, want) {
			t.Errorf("begun at %s it goes on at %q", host, got)
		}
	}
}
