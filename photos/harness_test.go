package photos_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"albumen/photos"
	"albumen/photos/emulator"
)

// plantedToken is the access token of all tests: it must turn up nowhere.
const plantedToken = "planted-access-token"

func token(context.Context) (string, error) { return plantedToken, nil }

// newClient makes a client; a Token of its own is given unless o has one, and no
// pace unless o has one.
func newClient(t testing.TB, o photos.Options) *photos.Client {
	t.Helper()
	if o.Token == nil {
		o.Token = token
	}
	if o.WritesPerMinute == 0 {
		o.WritesPerMinute = -1
	}
	c, err := photos.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// served makes a client of a server that misbehaves as the handler does. A read
// is made once.
func served(t testing.TB, h http.HandlerFunc) *photos.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return newClient(t, photos.Options{Endpoint: server.URL, Transport: transport, Attempts: 1})
}

// answers is a handler that answers every call alike.
func answers(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// inMemory serves h over connections without sockets, for bubbles of synctest,
// and returns a transport that leads to it.
func inMemory(t testing.TB, h http.Handler) *http.Transport {
	t.Helper()
	pipe := emulator.Pipe()
	server := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(pipe)
	}()
	transport := &http.Transport{DialContext: pipe.DialContext}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-done
		time.Sleep(2 * time.Hour) // handlers that sleep come to their end; the time is the bubble's
	})
	return transport
}

// memoryEndpoint is the address that goes with inMemory.
const memoryEndpoint = "http://127.0.0.1"

// account opens an emulated account.
func account(t testing.TB) *emulator.Emulator {
	t.Helper()
	e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// picture is a small PNG whose bytes are those of no other n.
func picture(n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 4, 3))
	img.Set(0, 0, color.RGBA{byte(n), byte(n >> 8), 7, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// file is an Upload of bytes in memory.
func file(name string, b []byte) photos.Upload {
	return photos.Upload{
		FileName: name, Size: int64(len(b)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
	}
}

// ids makes n ids that are well-formed and unlike one another.
func ids(n int) []photos.ItemID {
	out := make([]photos.ItemID, n)
	for i := range out {
		out[i] = photos.ItemID(fmt.Sprintf("item-%03d", i))
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// counted is a budget that counts, and refuses from the call on that it is told.
type counted struct {
	calls  []photos.Method
	refuse int // counted from 1; 0 never
}

var errSpent = fmt.Errorf("the budget is spent")

func (b *counted) Spend(_ context.Context, m photos.Method) error {
	b.calls = append(b.calls, m)
	if b.refuse > 0 && len(b.calls) >= b.refuse {
		return errSpent
	}
	return nil
}

// roundTrips is a transport that is a function.
type roundTrips func(*http.Request) (*http.Response, error)

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// canned is a transport that answers every call alike, without a network.
func canned(code int, body string) roundTrips {
	return func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return &http.Response{
			StatusCode: code, Header: http.Header{}, ContentLength: int64(len(body)),
			Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
}

// newTLS serves h over TLS with a certificate that nobody trusts, and over HTTP/2
// to who asks for it.
func newTLS(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = discarded()
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// discarded is the log of a server whose complaints are expected.
func discarded() *log.Logger { return slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo) }

// refusing is canned with a Retry-After header.
func refusing(code int, retry, body string) roundTrips {
	return func(r *http.Request) (*http.Response, error) {
		resp, err := canned(code, body)(r)
		if retry != "" {
			resp.Header["Retry-After"] = []string{retry}
		}
		return resp, err
	}
}
