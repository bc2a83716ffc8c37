package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startEmulator runs the command until the test ends, and gives the lines that
// it prints and the address that it serves at.
func startEmulator(t *testing.T, args ...string) (lines []string, url string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	args = append([]string{"emulator", "--memory", "--listen", "127.0.0.1:0"}, args...)
	go func() {
		ended <- run(ctx, args, strings.NewReader(""), in, io.Discard)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("the emulator ended with %d", code)
		}
	})
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		lines = append(lines, scan.Text())
		if _, address, ok := strings.Cut(scan.Text(), "albums   "); ok {
			url = strings.TrimSuffix(address, "/")
		}
		if strings.HasPrefix(scan.Text(), "Ctrl-C") {
			break
		}
	}
	if url == "" {
		t.Fatalf("no address in %q", lines)
	}
	return lines, url
}

// listAlbums calls albums.list, and gives the answer without its body.
func listAlbums(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequest("GET", url+"/v1/albums", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer x")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

func TestEmulatorServesWhatItsFlagsSay(t *testing.T) {
	t.Parallel()
	lines, url := startEmulator(t, "--daily-calls", "3", "--choice", "retryAfter=7", "--seed", "5",
		"--fault", "albums.list:error,status=503,nth=2", "--fault", "*:slow,seconds=0.001,probability=0.5")
	for n, want := range []int{200, 503, 200, 200, 429} {
		resp := listAlbums(t, http.DefaultClient, url)
		if resp.StatusCode != want || want == 429 && resp.Header.Get("Retry-After") != "7" {
			t.Errorf("call %d: %s, Retry-After %q", n+1, resp.Status, resp.Header.Get("Retry-After"))
		}
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{"fault    albums.list:error", "fault    *:slow, repeated with seed=7"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestEmulatorAsksItsPeopleForItsClients(t *testing.T) {
	t.Parallel()
	_, base := startEmulator(t, "--client", "one", "--client", "trial:testing", "--user", "ada", "--user", "bob", "--require-tokens")
	if resp := listAlbums(t, http.DefaultClient, base); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a made-up token is answered %d", resp.StatusCode)
	}
	ask := url.Values{
		"client_id": {"trial"}, "redirect_uri": {"http://127.0.0.1:1/"}, "response_type": {"code"},
		"scope": {"https://www.googleapis.com/auth/photoslibrary.appendonly"},
	}
	resp, err := http.Get(base + "/o/oauth2/auth?" + ask.Encode())
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	for _, want := range []string{"trial wants access", "in testing", `value="ada"`, `value="bob"`} {
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q, %v:\n%s", want, err, page)
		}
	}
	if back, err := decide(base, base+"/o/oauth2/auth?"+ask.Encode(), "bob", "browser"); err != nil || !strings.Contains(back, "code=") {
		t.Errorf("bob's consent leads to %q, %v", back, err)
	}
}

func TestEmulatorOnAllInterfacesAnswersWithTheHostThatIsAsked(t *testing.T) {
	t.Parallel()
	lines, base := startEmulator(t, "--listen", ":0")
	port, ok := strings.CutPrefix(base, "http://127.0.0.1:")
	if text := strings.Join(lines, "\n"); !ok || !strings.Contains(text, "network  port "+port+" on all interfaces") {
		t.Errorf("it says\n%s", text)
	}
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port} {
		for _, address := range []string{"auth_uri", "token_uri"} {
			if text := fetch(t, base+"/_emulator/credentials.json", host); !strings.Contains(text, `"`+address+`": "http://`+host+`/`) {
				t.Errorf("%s at %s:\n%s", address, host, text)
			}
		}
	}
	if text := fetch(t, base+"/_emulator/credentials.json", "photos:"+port); !strings.Contains(text, "the control API is at localhost") {
		t.Errorf("the control API at another name: %s", text)
	}
}

func TestEmulatorTellsOthersWhatItIsTold(t *testing.T) {
	t.Parallel()
	lines, _ := startEmulator(t, "--listen", "0.0.0.0:0", "--base-url", "https://photos.example/", "--require-tokens")
	text := strings.Join(lines, "\n")
	for _, want := range []string{"albums   https://photos.example/\n", "(tokens of the OAuth below alone)", "control  http://127.0.0.1:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "any bearer token") || strings.Contains(text, "warning") {
		t.Errorf("it says\n%s", text)
	}
	_, port, _ := strings.Cut(text, "network  port ")
	port, _, _ = strings.Cut(port, " ")
	if text := fetch(t, "http://127.0.0.1:"+port+"/_emulator/credentials.json", ""); !strings.Contains(text, `"token_uri": "https://photos.example/token"`) {
		t.Errorf("the credentials are %s", text)
	}

	lines, base := startEmulator(t, "--listen", ":0", "--control-from-anywhere")
	if text := strings.Join(lines, "\n"); !strings.Contains(text, "warning  whoever reaches this machine") {
		t.Errorf("no warning in\n%s", text)
	}
	if text := fetch(t, base+"/_emulator/credentials.json", "photos:8085"); !strings.Contains(text, `"token_uri": "http://photos:8085/token"`) {
		t.Errorf("the credentials are %s", text)
	}
}

// fetch reads what is at an address, asked for by the name of a host.
func fetch(t *testing.T, address, host string) string {
	t.Helper()
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAddressOfAllInterfacesIsReachedHere(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]served{
		"0.0.0.0:8085":   {"http", "127.0.0.1:8085", "8085"},
		"[::]:8085":      {"http", "127.0.0.1:8085", "8085"},
		"127.0.0.1:8085": {"http", "127.0.0.1:8085", ""},
		"[::1]:8085":     {"http", "[::1]:8085", ""},
	} {
		tcp, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := servedAt(tcp, false); got != want {
			t.Errorf("%s is served at %+v, not %+v", address, got, want)
		}
	}
}

func TestEmulatorServesHTTP2WithACertificate(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	_, url := startEmulator(t, "--tls-cert", cert, "--tls-key", key)
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	if !strings.HasPrefix(url, "https://") {
		t.Errorf("it says %s", url)
	}
	if resp := listAlbums(t, client, url); resp.StatusCode != 200 || resp.ProtoMajor != 2 {
		t.Errorf("%s over %s", resp.Status, resp.Proto)
	}
}

// certificate writes a certificate for this machine and its key.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "emulator"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	public, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: public})
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	for name, text := range map[string][]byte{cert: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, pool
}
