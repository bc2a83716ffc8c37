package photos_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"albumen/photos"
	"albumen/photos/emulator"
)

// TestARefusedTokenCostsOneMoreCall: a call that the service answers with 401 is
// made once more when there is another token, writes and uploads included.
func TestARefusedTokenCostsOneMoreCall(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what     string
		good     int  // the number of the first token that is taken
		another  bool // there is another token
		attempts int64
		fails    bool
	}{
		{"the first token is good", 1, true, 1, false},
		{"the second token is good", 2, true, 2, false},
		{"no token is good", 9, true, 2, true},
		{"there is no other token", 2, false, 1, true},
	} {
		for name, call := range map[string]func(*photos.Client) error{
			"read":   func(c *photos.Client) error { _, err := c.ListAlbums(t.Context(), photos.ListAlbums{}); return err },
			"write":  func(c *photos.Client) error { _, err := c.CreateAlbum(t.Context(), "Trip"); return err },
			"upload": func(c *photos.Client) error { _, err := c.Upload(t.Context(), file("a.png", picture(1))); return err },
		} {
			e, err := emulator.Open(emulator.Options{Tokens: map[string]emulator.Grant{fmt.Sprint("token", test.good): {}}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = e.Close() })
			server := httptest.NewServer(e)
			t.Cleanup(server.Close)
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			var number, calls atomic.Int64
			number.Store(1)
			c := newClient(t, photos.Options{
				Endpoint: server.URL, Transport: transport,
				Token: func(context.Context) (string, error) { return fmt.Sprint("token", number.Load()), nil },
				Refused: func(token string) bool {
					if token != fmt.Sprint("token", number.Load()) {
						t.Errorf("%q was refused", token)
					}
					number.Add(1)
					return test.another
				},
				OnCall: func(photos.Call) { calls.Add(1) },
			})
			if err := call(c); (err != nil) != test.fails || test.fails && !photos.IsUnauthorized(err) || calls.Load() != test.attempts {
				t.Errorf("%s, %s: %d calls, %v", test.what, name, calls.Load(), err)
			}
		}
	}
}

// TestAnUploadThatIsRepeatedWithAnotherTokenTellsItsBytesOnce, by both protocols.
func TestAnUploadThatIsRepeatedWithAnotherTokenTellsItsBytesOnce(t *testing.T) {
	t.Parallel()
	for _, resumable := range []int64{-1, 1} {
		var calls, told atomic.Int64
		e := account(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > 0 && calls.Add(1) == 1 {
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			e.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		c := newClient(t, photos.Options{Endpoint: server.URL, ResumableSize: resumable, Refused: func(string) bool { return true }})
		u := zeros(1 << 20)
		u.OnBytes = func(n int64) { told.Add(n) }
		if _, err := c.Upload(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		if told.Load() != u.Size || calls.Load() != 2 {
			t.Errorf("ResumableSize %d: %d bytes were told in %d calls with bytes, want %d in 2", resumable, told.Load(), calls.Load(), u.Size)
		}
	}
}

// TestEndpointsThatAreTheSameLookTheSame, and those that are none are not quoted.
func TestEndpointsThatAreTheSameLookTheSame(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"": photos.GoogleEndpoint, "http://127.0.0.1:80/": "http://127.0.0.1:80", "https://Photos.Example": "https://photos.example", "https://a.example/base/": "https://a.example/base",
	} {
		if got, err := photos.Endpoint(address); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", address, got, err, want)
		}
	}
	for _, address := range []string{"https://me:hunter2@a.example", "https://a.example/?key=hunter2", "hunter2", "http://hunter2@a.example"} {
		if got, err := photos.Endpoint(address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q is %q, %v", address, got, err)
		}
	}
}
