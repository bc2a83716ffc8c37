package photos_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"albumen/photos"
)

// What a front end says in the service's place is told by its kind, and is neither
// an empty library nor an album that is gone.
func TestHTMLInsteadOfJSONIsNoAnswer(t *testing.T) {
	t.Parallel()
	const page = `<!DOCTYPE html><html><title>Sorry</title><script>{"albums":[]}</script></html>`
	for code, temporary := range map[int]bool{200: false, 400: false, 403: false, 404: false, 502: true} {
		c := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=UTF-8")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, page)
		})
		for name, err := range map[string]error{
			"list": second(c.ListAlbums(t.Context(), photos.ListAlbums{})), "get": second(c.GetAlbum(t.Context(), "a")),
			"share": second(c.ShareAlbum(t.Context(), "a", photos.ShareOptions{})),
		} {
			if err == nil || photos.IsTemporary(err) != temporary || photos.IsAlbumGone(err) || photos.IsUnsupported(err) || strings.Contains(err.Error(), "Sorry") {
				t.Errorf("%d, %s: %v", code, name, err)
			}
			if code > 200 && !strings.Contains(err.Error(), "text/html") {
				t.Errorf("%d, %s does not say what came: %v", code, name, err)
			}
		}
	}
}

// An answer that breaks off is no shorter answer, wherever it breaks.
func TestACutBodyIsNoAnswer(t *testing.T) {
	t.Parallel()
	whole := `{"albums":[{"id":"a","title":"T"},{"id":"b"}],"nextPageToken":"p"}`
	for n := range len(whole) {
		c := served(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			_, _ = io.WriteString(w, whole[:n])
		})
		_, err := c.ListAlbums(t.Context(), photos.ListAlbums{})
		if err == nil || !photos.IsTemporary(err) || photos.EffectOf(err) != photos.EffectUnknown {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		// Without a length nothing but the JSON itself shows that it is cut.
		c = newClient(t, photos.Options{Transport: canned(200, whole[:n]), Attempts: 1})
		if _, err := c.ListAlbums(t.Context(), photos.ListAlbums{}); err == nil {
			t.Fatalf("%q passed for an answer", whole[:n])
		}
	}
}

// Ten gigabytes cost what the client is willing to read, in a success, in an error
// and in an answer to an upload. It runs alone, because allocations are counted by
// process.
func TestAnEndlessBodyIsBounded(t *testing.T) {
	for code, most := range map[int]int64{200: 33 << 20, 400: 1 << 20, 503: 1 << 20} {
		read := &tally{}
		c := newClient(t, photos.Options{Attempts: 1, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			body := io.MultiReader(strings.NewReader(`{"nextPageToken":"`), io.LimitReader(read, 10<<30))
			return &http.Response{StatusCode: code, Header: http.Header{}, ContentLength: 10 << 30, Body: io.NopCloser(body)}, nil
		})})
		for name, call := range map[string]func() error{
			"list":   func() error { return second(c.ListItems(t.Context(), photos.ListItems{})) },
			"upload": func() error { return second(c.Upload(t.Context(), file("a.png", picture(1)))) },
		} {
			var before, after runtime.MemStats
			read.n = 0
			runtime.ReadMemStats(&before)
			err := call()
			runtime.ReadMemStats(&after)
			if err == nil || read.n > most {
				t.Errorf("%d, %s: %v after %d bytes", code, name, err, read.n)
			}
			if n := after.TotalAlloc - before.TotalAlloc; code > 200 && n > 16<<20 {
				t.Errorf("%d, %s allocates %d bytes", code, name, n)
			}
			checkError(t, err)
		}
	}
}

// tally is an endless text that counts what is read of it.
type tally struct{ n int64 }

func (r *tally) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	r.n += int64(len(p))
	return len(p), nil
}

// A chain of pages without an end ends as an error, with Walk and without.
func TestAPageThatNamesItselfIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	c := newClient(t, photos.Options{Transport: canned(200, `{"nextPageToken":"p"}`)})
	ctx := t.Context()
	for name, err := range map[string]error{
		"albums": second(c.ListAlbums(ctx, photos.ListAlbums{PageToken: "p"})),
		"shared": second(c.ListSharedAlbums(ctx, photos.ListAlbums{PageToken: "p"})),
		"items":  second(c.ListItems(ctx, photos.ListItems{PageToken: "p"})),
		"search": second(c.SearchItems(ctx, photos.SearchItems{PageToken: "p"})),
	} {
		if !photos.IsEndless(err) || photos.IsTemporary(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.ListAlbums(ctx, photos.ListAlbums{}); err != nil {
		t.Errorf("the first page: %v", err)
	}
}

// A certificate of another host, of nobody, of yesterday or of tomorrow ends the
// call at once and proves that nothing was sent. A wrong clock looks like the last
// two.
func TestAWrongCertificateEndsTheCall(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for name, row := range map[string]struct {
		host     string
		from, to time.Duration
		trusted  bool
		want     string
	}{
		"right":            {"127.0.0.1", -day, day, true, ""},
		"of nobody":        {"127.0.0.1", -day, day, false, "unknown authority"},
		"of another host":  {"127.0.0.2", -day, day, true, "127.0.0.2"},
		"of yesterday":     {"127.0.0.1", -2 * day, -day, true, "expired or is not yet valid"},
		"a clock too slow": {"127.0.0.1", day, 2 * day, true, "expired or is not yet valid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			server, roots := signed(t, row.host, row.from, row.to, answers(200, `{}`))
			if !row.trusted {
				roots = x509.NewCertPool()
			}
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
			t.Cleanup(transport.CloseIdleConnections)
			c := newClient(t, photos.Options{Endpoint: server, Transport: transport, OnCall: func(photos.Call) { calls++ }})
			err := second(c.ListAlbums(t.Context(), photos.ListAlbums{}))
			if row.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.want) || photos.EffectOf(err) != photos.EffectNone || photos.IsTemporary(err) || calls != 1 {
				t.Errorf("%v after %d calls", err, calls)
			}
		})
	}
}

// signed serves h over TLS with a certificate of its own.
func signed(t *testing.T, host string, from, to time.Duration, h http.Handler) (address string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(cert)
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = discarded()
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL, roots
}

// A date in Retry-After is the server's, and so is the clock that it is held
// against: ours may be a day off.
func TestADateToRetryAfterIsReadByTheServersClock(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	for name, row := range map[string]struct {
		clock time.Duration // of the server, against ours
		after time.Duration
		dated bool
		want  time.Duration
	}{
		"both right":        {0, time.Minute, true, time.Minute},
		"ours a day slow":   {24 * time.Hour, time.Minute, true, time.Minute},
		"ours a day fast":   {-24 * time.Hour, time.Minute, true, time.Minute},
		"in the past":       {0, -time.Minute, true, 0},
		"a century away":    {0, 100 * 365 * 24 * time.Hour, true, 1 << 24 * time.Second},
		"no date but ours":  {0, time.Hour, false, time.Hour},
		"no date, day slow": {24 * time.Hour, time.Hour, false, 25 * time.Hour},
	} {
		date := now.Add(row.clock)
		c := newClient(t, photos.Options{Attempts: 1, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			resp, err := canned(429, "{}")(r)
			resp.Header.Set("Retry-After", date.Add(row.after).Format(http.TimeFormat))
			if row.dated {
				resp.Header.Set("Date", date.Format(http.TimeFormat))
			}
			return resp, err
		})})
		got := photos.RetryDelay(second(c.ListAlbums(t.Context(), photos.ListAlbums{})), 1, nil)
		if row.want == 0 {
			row.want = 30 * time.Second // it asks for nothing
		}
		if (got - row.want).Abs() > 5*time.Second {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

// The service was seen to answer 404 with a picture (rclone, issue 4144).
func TestANotFoundWithAPictureForABodySaysNothingOfTheAlbum(t *testing.T) {
	t.Parallel()
	c := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.WriteHeader(404)
		_, _ = w.Write(picture(1))
	})
	for name, err := range map[string]error{
		"album": second(c.GetAlbum(t.Context(), "a")), "item": second(c.GetItem(t.Context(), "i")),
		"upload": second(c.Upload(t.Context(), file("a.png", picture(1)))),
	} {
		if err == nil || len(yes(err)) > 0 || !strings.Contains(err.Error(), "404") || !strings.Contains(err.Error(), "image/png") {
			t.Errorf("%s: %v, %q", name, err, yes(err))
		}
		checkError(t, err)
	}
}
