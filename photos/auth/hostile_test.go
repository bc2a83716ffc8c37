package auth_test

import (
	"errors"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"albumen/photos/auth"
)

// TestWhateverATokenEndpointAnswersNothingGetsOut: an answer that makes no sense
// is told by its kind, and a redirect is not followed.
func TestWhateverATokenEndpointAnswersNothingGetsOut(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.Errorf("a redirect was followed with %s", body)
	}))
	t.Cleanup(elsewhere.Close)
	says := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	temporary := auth.IsTemporary
	refused := func(err error) bool {
		var e *auth.RefusedError
		return errors.As(err, &e)
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   func(error) bool
	}{
		"a page":             {says(200, "text/html", "<html>1//planted"), temporary},
		"half an answer":     {says(200, "application/json", `{"access_token":"ya29.planted`), temporary},
		"no token":           {says(200, "application/json", `{"refresh_token":"1//planted"}`), temporary},
		"a page as an error": {says(400, "text/html", "<html>1//planted"), refused},
		"an unknown error":   {says(403, "application/json", `{"error":"org_internal","error_description":"no 1//planted"}`), refused},
		"an odd error":       {says(400, "application/json", `{"error":"1//planted"}`), refused},
		"a dead grant":       {says(400, "application/json", `{"error":"invalid_grant","error_description":"1//planted"}`), auth.IsGrantDead},
		"a rate":             {says(429, "text/plain", "1//planted"), temporary},
		"a long answer":      {says(200, "application/json", `{"access_token":"`+strings.Repeat("planted", 1<<18)+`"}`), temporary},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, refused},
		"silence": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, temporary},
	} {
		server := httptest.NewServer(test.answer)
		t.Cleanup(server.Close)
		err := expired(t, server.URL+"/token", nil)
		if !test.want(err) || strings.Contains(err.Error(), "planted") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestATokenEndpointWithAWrongCertificateIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = stdlog.New(io.Discard, "", 0) // of handshakes that fail
	server.StartTLS()
	t.Cleanup(server.Close)
	err := expired(t, server.URL+"/token", &http.Client{Transport: &http.Transport{}})
	if err == nil || auth.IsTemporary(err) || !strings.Contains(err.Error(), "not who it claims to be") {
		t.Errorf("the error is %v", err)
	}
}

// expired asks for the token of an account whose access token has expired, once.
func expired(t *testing.T, endpoint string, client *http.Client) error {
	t.Helper()
	store := auth.NewStore(filepath.Join(t.TempDir(), "tokens"))
	token := planted("family")
	token.TokenURL = endpoint
	if err := store.Save(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	source := auth.NewSource(auth.SourceOptions{
		Credentials: auth.Credentials{ClientID: "app", Secret: auth.NewSecret("GOCSPX-planted"), AuthURL: endpoint, TokenURL: endpoint},
		Store:       store, Account: "family", HTTP: client, Attempts: 1,
		Now: func() time.Time { return time.Unix(1717300000, 0) },
	})
	_, err := source.Token(t.Context())
	return err
}
