package photos_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

func TestEndpointsThatWouldGiveTheTokenAwayAreRefused(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"":                            true,
		"https://photos.example":      true,
		"https://photos.example/api/": true,
		"http://127.0.0.1:8085":       true,
		"http://[::1]:8085/":          true,
		"http://localhost:1":          true,
		"http://photos.example":       false,
		"http://localhost.example":    false,
		"http://10.0.0.1":             false,
		"https://u:secret@host":       false,
		"https://host?key=secret":     false,
		"https://host#secret":         false,
		"ftp://host":                  false,
		"photos.example":              false,
		"https://":                    false,
		"://secret":                   false,
	} {
		_, err := photos.New(photos.Options{Endpoint: endpoint, Token: token})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	if _, err := photos.New(photos.Options{}); err == nil {
		t.Error("a client without a token")
	}
}

// The token must not follow a redirect, least of all to another host.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var followed atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(other.Close)
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL + "/v1/albums?continue=" + plantedToken, "/elsewhere", "http://bad host/", ""} {
			calls := 0
			c := served(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				w.Header().Set("Location", to)
				w.WriteHeader(code)
			})
			_, err := c.ListAlbums(t.Context(), photos.ListAlbums{})
			if err == nil || photos.IsTemporary(err) || strings.Contains(err.Error(), plantedToken) || calls != 1 {
				t.Errorf("%d to %q: %v after %d calls", code, to, err, calls)
			}
		}
	}
	if n := followed.Load(); n != 0 {
		t.Errorf("%d calls followed", n)
	}
}

// Dry is dry, whichever code asks: only the reading routes get through.
func TestReadOnlyTransportRefusesWrites(t *testing.T) {
	ctx := t.Context()
	var sent []string
	c := newClient(t, photos.Options{Endpoint: "https://host.example/prefix", ReadOnly: true, Budget: &counted{},
		Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, r.Method+" "+r.URL.Path)
			return canned(200, `{"id":"a","mediaItemResults":[{}]}`)(r)
		})})
	for name, err := range map[string]error{
		"create album": second(c.CreateAlbum(ctx, "t")),
		"patch album":  second(c.PatchAlbum(ctx, "a", photos.AlbumPatch{Title: ptr("t")})),
		"add":          c.AddItems(ctx, "a", ids(1)),
		"remove":       c.RemoveItems(ctx, "a", ids(1)),
		"create items": second(c.CreateItems(ctx, photos.CreateItems{Items: []photos.NewItem{{Token: "T"}}})),
		"patch item":   second(c.PatchItem(ctx, "i", "d")),
		"upload":       second(c.Upload(ctx, file("a.png", picture(1)))),
		"enrich":       second(c.AddEnrichment(ctx, "a", photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.LastInAlbum})),
		"share":        second(c.ShareAlbum(ctx, "a", photos.ShareOptions{})),
		"unshare":      c.UnshareAlbum(ctx, "a"),
		"join":         second(c.JoinAlbum(ctx, "t")),
		"leave":        c.LeaveAlbum(ctx, "t"),
	} {
		if photos.EffectOf(err) != photos.EffectNone || err == nil || photos.IsTemporary(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(sent) != 0 {
		t.Errorf("sent: %v", sent)
	}
	for name, err := range map[string]error{
		"list albums": second(c.ListAlbums(ctx, photos.ListAlbums{})),
		"get album":   second(c.GetAlbum(ctx, "a")),
		"list items":  second(c.ListItems(ctx, photos.ListItems{})),
		"get item":    second(c.GetItem(ctx, "i")),
		"batch get":   second(c.BatchGetItems(ctx, ids(1))),
		"search":      second(c.SearchItems(ctx, photos.SearchItems{})),
		"shared":      second(c.ListSharedAlbums(ctx, photos.ListAlbums{})),
		"get shared":  second(c.GetSharedAlbum(ctx, "t")),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(sent) != 8 {
		t.Errorf("sent: %v", sent)
	}
}

// A failed call must not cost the connection, else a bad hour costs a handshake a
// call.
func TestConnectionsAreKept(t *testing.T) {
	var conns atomic.Int64
	n := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch n++; n % 4 {
		case 0:
			_, _ = io.WriteString(w, "{}")
		case 1:
			w.WriteHeader(500)
			_, _ = io.WriteString(w, strings.Repeat("<p>sorry</p>", 1000))
		case 2:
			http.Redirect(w, r, "/x", http.StatusFound)
		case 3:
			_, _ = io.WriteString(w, "<html>"+strings.Repeat("x", 100_000))
		}
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := newClient(t, photos.Options{Endpoint: server.URL, Attempts: 1})
	for range 20 {
		_ = c.AddItems(t.Context(), "a", ids(1))
	}
	if conns.Load() != 1 {
		t.Errorf("20 calls took %d connections", conns.Load())
	}
}

func TestCompressedAnswersAreReadAndBounded(t *testing.T) {
	zipped := func(body io.Reader) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.Copy(z, body)
			_ = z.Close()
		}
	}
	page, err := served(t, zipped(strings.NewReader(`{"nextPageToken":"p"}`))).ListItems(t.Context(), photos.ListItems{})
	if err != nil || page.NextPageToken != "p" {
		t.Errorf("%+v, %v", page, err)
	}
	bomb := io.MultiReader(strings.NewReader(`{"nextPageToken":"`), io.LimitReader(zero{}, 1<<30))
	if _, err := served(t, zipped(bomb)).ListItems(t.Context(), photos.ListItems{}); err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("a bomb: %v", err)
	}
}

// Whatever a server says back, what was secret stays so: in errors, in the log, in
// the statuses of entries.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	const uploadToken = "CAISsecret0123456789-abcdefghijklmnopqrstuvwxyz_ABC"
	const shareToken, shareLink = photos.ShareToken("sh4re"), photos.ShareLink("https://photos.app.goo.gl/l1nk")
	var log strings.Builder
	var mu sync.Mutex
	logger := slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return log.Write(p)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "text/x-"+plantedToken)
			w.Header().Set("Location", "https://x.example/?t="+plantedToken)
			w.WriteHeader(code)
			message := fmt.Sprintf("got %s on %s,\n see https://u:p4ssword@x.example/a?upload_id=s3ssion#frag and %q", r.Header.Get("Authorization"), r.URL.Path, body)
			_, _ = fmt.Fprintf(w, `{"error":{"message":%q,"status":%q,"details":[{"reason":%q,"metadata":{"quota_limit":%q}}]}}`, message, plantedToken, plantedToken, plantedToken)
		}
	}
	for _, code := range []int{200, 302, 400, 401, 429, 500, 503} {
		server := httptest.NewServer(echo(code))
		t.Cleanup(server.Close)
		ctx, cancel := context.WithCancel(t.Context())
		c := newClient(t, photos.Options{Endpoint: server.URL, Logger: logger, OnWait: func(string, time.Duration) { cancel() }})
		token := photos.UploadToken(uploadToken)
		errs := []error{
			second(c.CreateAlbum(ctx, "t")),
			second(c.CreateItems(ctx, photos.CreateItems{Items: []photos.NewItem{{Token: token}}})),
			second(c.ListAlbums(ctx, photos.ListAlbums{PageToken: "p4getoken"})),
			second(c.Upload(ctx, file("a.png", picture(1)))),
			second(c.GetSharedAlbum(ctx, shareToken)),
			second(c.JoinAlbum(ctx, shareToken)),
			c.LeaveAlbum(ctx, "/"+shareToken),
		}
		shared := photos.Album{Share: &photos.ShareInfo{Token: shareToken, Link: shareLink}}
		logger.Info("shared", "token", shareToken, "link", shareLink, "album", shared, "info", *shared.Share)
		logger.Info(fmt.Sprintf("%v %s %+v %q %#v %x", shareToken, shareLink, *shared.Share, shareToken, *shared.Share, shareLink))
		if b, err := json.Marshal(shared); err != nil {
			t.Error(err)
		} else {
			logger.Info(string(b))
		}
		logger.Info("all", "token", token, "errs", errs)
		logger.Info(fmt.Sprintf("%v %s %+v %q %#v", token, token, photos.NewItem{Token: token}, token, photos.NewItem{Token: token}))
		for _, err := range errs {
			if err == nil {
				t.Error("no error")
			} else if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 800 {
				t.Errorf("%q", err)
			}
		}
		cancel()
	}
	for _, secret := range []string{plantedToken, uploadToken, "CAISsecret", "p4ssword", "s3ssion", "p4getoken", "frag", "sh4re", "l1nk"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, log.String())
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestCallsAreToldOf(t *testing.T) {
	var got []photos.Call
	server := httptest.NewServer(answers(418, "{}"))
	t.Cleanup(server.Close)
	c := newClient(t, photos.Options{Endpoint: server.URL, OnCall: func(call photos.Call) {
		if call.Took <= 0 {
			t.Errorf("it took %v", call.Took)
		}
		call.Took, call.Waited = 0, 0
		got = append(got, call)
	}})
	_, _ = c.GetItem(t.Context(), "i")
	_ = c.AddItems(t.Context(), "a", ids(1))
	server.Close()
	_ = c.RemoveItems(t.Context(), "a", ids(1))
	want := []photos.Call{
		{Method: photos.MethodItemsGet, HTTPCode: 418},
		{Method: photos.MethodAlbumsBatchAdd, HTTPCode: 418},
		{Method: photos.MethodAlbumsBatchRemove},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheClientSaysWhoItIs(t *testing.T) {
	c := newClient(t, photos.Options{Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "albumen/") || len(agent) < 9 || strings.ContainsAny(agent, "() ") {
			t.Errorf("User-Agent %q", agent)
		}
		return canned(200, "{}")(r)
	})})
	if _, err := c.ListItems(t.Context(), photos.ListItems{}); err != nil {
		t.Error(err)
	}
}
