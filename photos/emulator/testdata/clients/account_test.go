package clients

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"albumen/photos/emulator"
)

// hosts are the names that clients know Google Photos by.
var hosts = []string{"photoslibrary.googleapis.com", "lh3.googleusercontent.com", "accounts.google.com", "oauth2.googleapis.com"}

// anyToken is an access token of the owner, as any text is.
const anyToken = "an-access-token"

// account is an emulated account behind TLS and HTTP/2, which answers to the
// names of the real one.
type account struct {
	*emulator.Emulator
	address string // where it listens, on loopback
	roots   *x509.CertPool
	pem     []byte // the certificate that clients have to trust

	mu   sync.Mutex
	seen []seen
}

// seen is what arrived of one call of the API.
type seen struct {
	proto   string
	call    string // "POST /v1/uploads"
	length  int64  // -1 without Content-Length
	command string // of a resumable upload
	offset  int64  // of its bytes
}

// open serves a new account until the test ends. Its writes are not limited by
// the minute, which is one of the real clock here.
func open(t testing.TB, opts emulator.Options) *account {
	t.Helper()
	if opts.WritesPerMinute == 0 {
		opts.WritesPerMinute = -1
	}
	e, err := emulator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	a := &account{Emulator: e, roots: x509.NewCertPool()}
	cert, text := certificate(t)
	a.pem = text
	a.roots.AppendCertsFromPEM(text)
	server := httptest.NewUnstartedServer(a)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.EnableHTTP2 = true
	server.StartTLS()
	a.address = server.Listener.Addr().String()
	t.Cleanup(func() {
		server.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// ServeHTTP notes the call and serves it.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	offset, _ := strconv.ParseInt(r.Header.Get("X-Goog-Upload-Offset"), 10, 64)
	a.mu.Lock()
	a.seen = append(a.seen, seen{r.Proto, r.Method + " " + r.URL.Path, r.ContentLength, r.Header.Get("X-Goog-Upload-Command"), offset})
	a.mu.Unlock()
	a.Emulator.ServeHTTP(w, r)
}

// calls are the notes of all calls with this method and path.
func (a *account) calls(call string) []seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.seen), func(s seen) bool { return s.call != call })
}

// certificate is one for the names of Google Photos and for loopback. It signs
// itself, and no file of it is kept.
func certificate(t testing.TB) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "emulated Google Photos"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    hosts, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, shape, shape, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// dial connects to the emulator when Google Photos or the emulator is asked for.
func (a *account) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if !a.answersTo(address) {
		return nil, fmt.Errorf("%s is not Google Photos: a test must not leave the machine", address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, a.address)
}

// answersTo reports whether the emulator stands behind an address.
func (a *account) answersTo(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return address == a.address || err == nil && port == "443" && slices.Contains(hosts, host)
}

// client is an http.Client as an OAuth library makes them: it bears a token.
func (a *account) client(t testing.TB, token string) *http.Client {
	transport := &http.Transport{
		DialContext: a.dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: a.roots},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: bearer{transport, token}}
}

// bearer adds the token to each request.
type bearer struct {
	next  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

// members are the file names of the items of the only album of a title, in order.
func (a *account) members(t testing.TB, title string) []string {
	t.Helper()
	world := a.World()
	album, err := world.Album(title)
	if err != nil {
		t.Fatal(err)
	}
	return world.FileNames(album)
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

// folder is a new folder with a picture under each of the names.
func folder(t testing.TB, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range names {
		write(t, filepath.Join(dir, name), picture(i))
	}
	return dir
}

func write(t testing.TB, path string, body []byte) {
	t.Helper()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
