package auth_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"albumen/photos/auth"
	"albumen/photos/emulator"
)

// service is an emulated service with a client's credentials, and the person who
// consents there.
type service struct {
	t           *testing.T
	e           *emulator.Emulator
	url         string
	transport   http.RoundTripper
	credentials auth.Credentials
	dir         string // of the tokens
	store       auth.Store
	log         *log
	grants      []string // what the person ticks; nil is all that is asked for
	denies      bool
}

// log is a log at debug level that is searched for secrets.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// open serves a new account over HTTP.
func open(t *testing.T, o emulator.Options) *service {
	t.Helper()
	s := &service{t: t, log: &log{}}
	s.e = account(t, o)
	server := httptest.NewServer(s.e)
	t.Cleanup(server.Close)
	s.url, s.transport = server.URL, server.Client().Transport
	s.prepare()
	return s
}

// pipe serves a new account inside the bubble of a test.
func pipe(t *testing.T, o emulator.Options) *service {
	t.Helper()
	s := &service{t: t, log: &log{}, url: "http://localhost"}
	s.e = account(t, o)
	listener := emulator.Pipe()
	server := &http.Server{Handler: s.e, ReadHeaderTimeout: time.Hour}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	transport := &http.Transport{DialContext: listener.DialContext}
	s.transport = transport
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	})
	s.prepare()
	return s
}

func account(t *testing.T, o emulator.Options) *emulator.Emulator {
	t.Helper()
	o.RequireTokens = true
	e, err := emulator.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// prepare fetches the credentials, and finds a place for tokens.
func (s *service) prepare() {
	s.t.Helper()
	resp, err := s.transport.RoundTrip(must(http.NewRequest(http.MethodGet, s.url+"/_emulator/credentials.json", nil)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	path := filepath.Join(s.t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, must(io.ReadAll(resp.Body)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if s.credentials, err = auth.LoadCredentials(path); err != nil {
		s.t.Fatal(err)
	}
	s.dir = filepath.Join(s.t.TempDir(), "tokens")
	s.store = auth.NewStore(s.dir)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// client makes calls to the service as the package's own would.
func (s *service) client() *http.Client {
	return &http.Client{Transport: s.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// consents plays the person at the page of consent, and gives the address to
// which the browser is then sent.
func (s *service) consents(address string) string {
	s.t.Helper()
	u := must(url.Parse(address))
	form := u.Query()
	form["grant"] = s.grants
	if s.grants == nil {
		form["grant"] = strings.Fields(form.Get("scope"))
	}
	form.Set("decision", "allow")
	if s.denies {
		form.Set("decision", "deny")
	}
	resp, err := s.client().PostForm(s.url+u.Path, form)
	if err != nil {
		s.t.Error(err)
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusSeeOther {
		s.t.Errorf("the page of consent answered %d: %s", resp.StatusCode, must(io.ReadAll(resp.Body)))
	}
	return resp.Header.Get("Location")
}

// visit fetches a page of the login's own listener.
func visit(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(must(http.NewRequest(http.MethodGet, address, nil)))
	if err != nil {
		t.Errorf("visit: %v", err)
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body)))
}

// options are those of a login whose person pastes.
func (s *service) options(account string) auth.LoginOptions {
	var pasted bytes.Buffer
	return auth.LoginOptions{
		Credentials: s.credentials, Store: s.store, Account: account, HTTP: s.client(), Logger: s.log.logger(),
		Show:  func(address string) { pasted.WriteString(s.consents(address) + "\n") },
		Paste: &pasted,
	}
}

// login logs an account in.
func (s *service) login(account string) auth.Token {
	s.t.Helper()
	token, err := auth.Login(s.t.Context(), s.options(account))
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// source gives the account's access tokens.
func (s *service) source(account string) *auth.Source {
	return auth.NewSource(auth.SourceOptions{Credentials: s.credentials, Store: s.store, Account: account, HTTP: s.client(), Logger: s.log.logger()})
}

// token takes an access token from a source that has one.
func (s *service) token(source *auth.Source) string {
	s.t.Helper()
	token, err := source.Token(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// call makes a call of the API with an access token, and gives its status.
func (s *service) call(token string) int {
	s.t.Helper()
	req := must(http.NewRequest(http.MethodGet, s.url+"/v1/albums", nil))
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := s.client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// asked is how often the token endpoint was asked.
func (s *service) asked() int { return s.e.Stats()["oauth.token"] }

// quiet looks for secrets in what was logged and said.
func (s *service) quiet(said ...string) {
	s.t.Helper()
	for _, text := range append(said, s.log.String()) {
		if strings.Contains(text, "emulated-") || strings.Contains(text, "GOCSPX") {
			s.t.Errorf("a secret got out: %s", text)
		}
	}
}

// faults makes the service stumble.
func (s *service) faults(list ...emulator.Fault) {
	s.t.Helper()
	if err := s.e.SetFaults(list); err != nil {
		s.t.Fatal(err)
	}
}

// inJSON is a value as JSON has it.
func inJSON(v any) string { return string(must(json.Marshal(v))) }
