package emulator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
)

const (
	scopeAppend = "https://www.googleapis.com/auth/photoslibrary.appendonly"
	scopeRead   = "https://www.googleapis.com/auth/photoslibrary.readonly.appcreateddata"
	scopeOld    = "https://www.googleapis.com/auth/photoslibrary.sharing"
	callback    = "http://127.0.0.1:4711/back"
	verifier    = "a-verifier-that-has-at-least-forty-three-characters"
)

// request is what a client that plays by the rules asks a person for.
func request() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "state": {"s&t te"},
		"scope": {scopeAppend + " " + scopeRead}, "access_type": {"offline"}, "prompt": {"consent"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// form sends a form and gives the status, the headers and the body.
func (a *account) form(path string, form url.Values) (int, http.Header, string) {
	a.t.Helper()
	req, err := http.NewRequest("POST", a.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := a.do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// consents plays the person: it grants scopes and gives the query of the
// callback.
func (a *account) consents(ask url.Values, user string, scopes ...string) url.Values {
	a.t.Helper()
	form := url.Values{"user": {user}, "grant": scopes, "decision": {"allow"}}
	maps.Copy(form, ask)
	status, header, body := a.form("/o/oauth2/v2/auth", form)
	if status != http.StatusSeeOther {
		a.t.Fatalf("consent answered %d: %s", status, body)
	}
	to, err := url.Parse(header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), ask.Get("redirect_uri")) {
		a.t.Fatalf("the browser is sent to %q, %v", to, err)
	}
	return to.Query()
}

// tokens asks for tokens, and expects a status.
func (a *account) tokens(want int, form url.Values) object {
	a.t.Helper()
	for name, value := range map[string]string{"client_id": "app", "client_secret": "GOCSPX-emulated"} {
		if !form.Has(name) {
			form.Set(name, value)
		}
	}
	status, _, body := a.form("/token", form)
	var out object
	if err := json.Unmarshal([]byte(body), &out); err != nil || status != want {
		a.t.Fatalf("/token answered %d, not %d: %s", status, want, body)
	}
	return out
}

func exchange(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}}
}

func refresh(token any) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.(string)}}
}

// login takes the whole way, and gives the token answer.
func (a *account) login(user string, scopes ...string) object {
	a.t.Helper()
	return a.tokens(200, exchange(a.consents(request(), user, scopes...).Get("code")))
}

// status of a call with an access token.
func (a *account) with(token any) int {
	a.t.Helper()
	status, _, err := a.send("GET", "/v1/albums", nil, "Authorization", "Bearer "+token.(string))
	if err != nil {
		a.t.Fatal(err)
	}
	return status
}

// noRedirect is an account whose client follows no redirect, because they lead
// to programs that are not there.
func noRedirect(t *testing.T, opts emulator.Options) *account {
	t.Helper()
	a := open(t, opts)
	a.do = http.DefaultTransport.RoundTrip
	return a
}

func TestAPersonGrantsAClientAccess(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{RequireTokens: true})
	back := a.consents(request(), "owner", scopeAppend, scopeRead)
	if back.Get("state") != "s&t te" || back.Get("error") != "" {
		t.Errorf("the callback got %v", back)
	}
	answer := a.tokens(200, exchange(back.Get("code")))
	if answer["expires_in"] != 3599.0 || answer["token_type"] != "Bearer" || answer["scope"] != scopeAppend+" "+scopeRead {
		t.Errorf("the token answer is %v", answer)
	}
	if got := a.with(answer["access_token"]); got != 200 {
		t.Errorf("a call with the access token answered %d", got)
	}
	again := a.tokens(200, refresh(answer["refresh_token"]))
	if again["refresh_token"] != nil || again["access_token"] == answer["access_token"] {
		t.Errorf("the answer to a refresh is %v", again)
	}
	if got := a.with("made-up"); got != 401 {
		t.Errorf("a call with a token that was not issued answered %d", got)
	}
	if dead := a.tokens(400, exchange(back.Get("code"))); dead["error"] != "invalid_grant" {
		t.Errorf("a code spent again answered %v", dead)
	}
}

func TestAPersonMayGrantLessOrNothing(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{})
	if got := a.login("owner", scopeRead)["scope"]; got != scopeRead {
		t.Errorf("granted %q", got)
	}
	ask := request()
	ask.Set("scope", scopeOld+" "+scopeRead)
	back := a.consents(ask, "owner", scopeOld)
	if got := a.tokens(200, exchange(back.Get("code")))["scope"]; got != scopeOld {
		t.Errorf("a removed scope is granted as %q", got)
	}
	for name, back := range map[string]url.Values{
		"denied":  a.consents(join(request(), "decision", "deny"), "owner", scopeRead),
		"nothing": a.consents(request(), "owner"),
		"more":    a.consents(request(), "owner", scopeOld),
	} {
		if back.Get("error") != "access_denied" || back.Get("code") != "" || back.Get("state") != "s&t te" {
			t.Errorf("%s: the callback got %v", name, back)
		}
	}
}

// join is values with one set otherwise; "" takes it away.
func join(values url.Values, name, value string) url.Values {
	out := maps.Clone(values)
	out.Del(name)
	if value != "" {
		out.Set(name, value)
	}
	return out
}

func TestARequestThatGoogleWouldBlockIsBlocked(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{})
	for _, test := range []struct {
		name, value string
		status      int
		code        string
	}{
		{"client_id", "nobody", 401, "invalid_client"},
		{"redirect_uri", "", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "http://192.0.2.1/back", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "https://127.0.0.1/back", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "http://127.0.0.1@192.0.2.1/", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "urn:ietf:wg:oauth:2.0:oob", 400, "redirect_uri_mismatch"},
		{"response_type", "token", 400, "unsupported_response_type"},
		{"scope", "", 400, "invalid_request"},
		{"scope", "https://www.googleapis.com/auth/nonsense", 400, "invalid_scope"},
		{"code_challenge", "short", 400, "invalid_request"},
		{"code_challenge_method", "S512", 400, "invalid_request"},
	} {
		ask := join(request(), test.name, test.value)
		status, body, err := a.send("GET", "/o/oauth2/v2/auth?"+ask.Encode(), nil)
		if err != nil || status != test.status || !strings.Contains(body, "Error: "+test.code) {
			t.Errorf("%s=%q answered %d %v, not %d %s: %s", test.name, test.value, status, err, test.status, test.code, body)
		}
	}
}

func TestTheConsentPageOffersEachScopeAndPerson(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{Users: []string{"ada", "bob"}, Clients: []emulator.OAuthClient{{ID: "app", Secret: "s", Testing: true}}})
	status, body, err := a.send("GET", "/o/oauth2/auth?"+join(request(), "login_hint", "bob").Encode(), nil)
	if err != nil || status != 200 {
		t.Fatalf("%d %v", status, err)
	}
	for _, want := range []string{
		`name="grant" value="` + scopeAppend + `" checked`, `name="grant" value="` + scopeRead + `" checked`,
		`name="user" value="ada">`, `name="user" value="bob" checked>`, `name="state" value="s&amp;t te"`, "in testing",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s:\n%s", want, body)
		}
	}
	form := join(request(), "user", "eve")
	form.Set("decision", "allow")
	if status, _, body := a.form("/o/oauth2/v2/auth", form); status != 400 || !strings.Contains(body, "no such user") {
		t.Errorf("an unknown user is answered %d %s", status, body)
	}
}

func TestATokenRequestIsChecked(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{Clients: []emulator.OAuthClient{emulator.DefaultOAuthClient(), {ID: "other", Secret: "other's"}}})
	code := func() url.Values { return exchange(a.consents(request(), "owner", scopeRead).Get("code")) }
	other := func(v url.Values) url.Values { return join(join(v, "client_id", "other"), "client_secret", "other's") }
	token := a.login("owner", scopeRead)["refresh_token"]
	for _, test := range []struct {
		what        string
		form        url.Values
		status      int
		code, words string
	}{
		{"wrong secret", join(code(), "client_secret", "wrong"), 401, "invalid_client", "Unauthorized"},
		{"unknown client", join(code(), "client_id", "nobody"), 401, "invalid_client", "The OAuth client was not found."},
		{"no code", exchange(""), 400, "invalid_grant", "Malformed auth code."},
		{"code of another client", other(code()), 400, "invalid_grant", "Bad Request"},
		{"other redirect", join(code(), "redirect_uri", "http://127.0.0.1:1/"), 400, "redirect_uri_mismatch", "Bad Request"},
		{"no verifier", join(code(), "code_verifier", ""), 400, "invalid_grant", "Missing code verifier."},
		{"wrong verifier", join(code(), "code_verifier", verifier+"!"), 400, "invalid_grant", "Invalid code verifier."},
		{"other grant type", join(code(), "grant_type", "password"), 400, "unsupported_grant_type", "Invalid grant_type: password"},
		{"refresh token of another client", other(refresh(token)), 400, "invalid_grant", "Token has been expired or revoked."},
		{"unknown refresh token", refresh("1//nothing"), 400, "invalid_grant", "Token has been expired or revoked."},
	} {
		got := a.tokens(test.status, test.form)
		if diff := cmp.Diff(object{"error": test.code, "error_description": test.words}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
	if status, _, _ := a.send("GET", "/token?"+code().Encode(), nil); status != 405 {
		t.Errorf("secrets in an address are answered %d", status)
	}
}

func TestRevokingAnyTokenTakesAllOfThem(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"access_token", "refresh_token"} {
		a := noRedirect(t, emulator.Options{Users: []string{"ada", "bob"}})
		first, second, bob := a.login("ada", scopeRead), a.login("ada", scopeRead), a.login("bob", scopeRead)
		if status, _, body := a.form("/revoke?token="+url.QueryEscape(first[kind].(string)), nil); status != 200 {
			t.Fatalf("%s: revoke answered %d %s", kind, status, body)
		}
		if got := a.with(second["access_token"]); got != 401 {
			t.Errorf("%s: the other access token is answered %d", kind, got)
		}
		a.tokens(400, refresh(second["refresh_token"]))
		a.tokens(200, refresh(bob["refresh_token"]))
		if status, _, body := a.form("/revoke", url.Values{"token": {first[kind].(string)}}); status != 400 || !strings.Contains(body, "invalid_token") {
			t.Errorf("%s: revoke of a dead token answered %d %s", kind, status, body)
		}
	}
}

func TestRevokingATokenEndsTheAccessOfItsProject(t *testing.T) {
	t.Parallel()
	clients := []emulator.OAuthClient{{ID: "4711-a", Secret: "s"}, {ID: "4711-b", Secret: "s"}, {ID: "4712-a", Secret: "s"}}
	a := noRedirect(t, emulator.Options{Clients: clients})
	access := map[string]string{}
	for _, client := range clients {
		ask := request()
		ask.Set("client_id", client.ID)
		form := exchange(a.consents(ask, "owner", scopeRead).Get("code"))
		form.Set("client_id", client.ID)
		form.Set("client_secret", "s")
		access[client.ID] = a.tokens(200, form)["access_token"].(string)
	}
	if status, _, body := a.form("/revoke", url.Values{"token": {access["4711-a"]}}); status != 200 {
		t.Fatalf("revoke answered %d %s", status, body)
	}
	for client, want := range map[string]int{"4711-a": 401, "4711-b": 401, "4712-a": 200} {
		if got := a.with(access[client]); got != want {
			t.Errorf("the access token of %s is answered %d, not %d", client, got, want)
		}
	}
}

func TestTokensDieInTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{
			Clients: []emulator.OAuthClient{{ID: "app", Secret: "GOCSPX-emulated", Testing: true}, {ID: "published", Secret: "p"}},
			Choices: emulator.Choices{TellRefreshExpiry: true},
		})
		a.do = a.transport.RoundTrip
		late := a.consents(request(), "owner", scopeRead)
		time.Sleep(10 * time.Minute)
		a.tokens(400, exchange(late.Get("code")))

		answer := a.login("owner", scopeRead)
		if answer["refresh_token_expires_in"] != 7*24*3600.0 {
			t.Errorf("a client in testing is told %v", answer["refresh_token_expires_in"])
		}
		ask := join(request(), "client_id", "published")
		keep := join(exchange(a.consents(ask, "owner", scopeRead).Get("code")), "client_id", "published")
		published := a.tokens(200, join(keep, "client_secret", "p"))
		time.Sleep(3598 * time.Second)
		if got := a.with(answer["access_token"]); got != 200 {
			t.Errorf("before its end the access token is answered %d", got)
		}
		time.Sleep(time.Second)
		if got := a.with(answer["access_token"]); got != 401 {
			t.Errorf("after its end the access token is answered %d", got)
		}
		time.Sleep(7*24*time.Hour - 3600*time.Second)
		a.tokens(200, refresh(answer["refresh_token"]))
		time.Sleep(time.Second)
		dead := a.tokens(400, refresh(answer["refresh_token"]))
		if diff := cmp.Diff(object{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, dead); diff != "" {
			t.Errorf("after seven days (-want +got):\n%s", diff)
		}
		other := func() url.Values {
			return join(join(refresh(published["refresh_token"]), "client_id", "published"), "client_secret", "p")
		}
		time.Sleep(150 * 24 * time.Hour)
		a.tokens(200, other())
		time.Sleep(150 * 24 * time.Hour)
		a.tokens(200, other())
		time.Sleep(182 * 24 * time.Hour)
		a.tokens(400, other())
	})
}

func TestTheHundredAndFirstRefreshTokenEndsTheFirst(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{})
	first, second := a.login("owner", scopeRead), a.login("owner", scopeRead)
	for range 98 {
		a.login("owner", scopeRead)
	}
	a.tokens(200, refresh(first["refresh_token"]))
	a.login("owner", scopeRead)
	a.tokens(400, refresh(first["refresh_token"]))
	a.tokens(200, refresh(second["refresh_token"]))
}

func TestARepeatedGrantHasNoRefreshTokenUnlessConsentIsAskedFor(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{})
	quiet := join(request(), "prompt", "")
	for i, want := range []bool{true, false} {
		answer := a.tokens(200, exchange(a.consents(quiet, "owner", scopeRead).Get("code")))
		if (answer["refresh_token"] != nil) != want {
			t.Errorf("grant %d: %v", i+1, answer)
		}
	}
	online := join(request(), "access_type", "")
	if answer := a.tokens(200, exchange(a.consents(online, "owner", scopeRead).Get("code"))); answer["refresh_token"] != nil {
		t.Errorf("without access_type=offline: %v", answer)
	}
}

func TestGrantsOutliveTheProcessAsHashesAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log bytes.Buffer
	opts := emulator.Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	var answer object
	t.Run("one process", func(t *testing.T) { answer = noRedirect(t, opts).login("owner", scopeRead) })
	t.Run("the next", func(t *testing.T) {
		a := noRedirect(t, opts)
		if got := a.with(answer["access_token"]); got != 200 {
			t.Errorf("the access token is answered %d", got)
		}
		a.tokens(200, refresh(answer["refresh_token"]))
	})
	kept, err := os.ReadFile(filepath.Join(dir, "grants.json"))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "grants.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	for _, secret := range []string{"emulated-", "GOCSPX"} {
		if strings.Contains(string(kept)+log.String(), secret) {
			t.Errorf("a secret %q was kept or logged:\n%s\n%s", secret, kept, log.String())
		}
	}
}

func TestCredentialsLeadToTheEmulator(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{Clients: []emulator.OAuthClient{emulator.DefaultOAuthClient(), {ID: "other", Secret: "other's"}}})
	got := a.call(200, "GET", "/_emulator/credentials.json?client=other", nil)
	want := object{"installed": object{
		"client_id": "other", "client_secret": "other's", "project_id": "emulated-photos",
		"auth_uri": a.url + "/o/oauth2/auth", "token_uri": a.url + "/token", "redirect_uris": []any{"http://localhost"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	a.call(404, "GET", "/_emulator/credentials.json?client=nobody", nil)
	doc := a.call(200, "GET", "/.well-known/openid-configuration", nil)
	if doc["token_endpoint"] != a.url+"/token" || doc["revocation_endpoint"] != a.url+"/revoke" {
		t.Errorf("discovery tells %v", doc)
	}
}

func TestTheTokenEndpointStumblesOnOrder(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{})
	token := a.login("owner", scopeRead)["refresh_token"]
	if err := a.e.SetFaults([]emulator.Fault{{Kind: emulator.Broken}, {Method: "oauth.token", Kind: emulator.Broken, Status: 503}}); err != nil {
		t.Fatal(err)
	}
	if got := a.tokens(503, refresh(token)); got["error"] != "internal_failure" {
		t.Errorf("answered %v", got)
	}
	a.tokens(200, refresh(token))
	if status, _, _ := a.send("GET", "/v1/albums", nil); status != 500 {
		t.Errorf("a fault of every method hit the token endpoint and not the API, which answered %d", status)
	}
}

func TestOptionsNameEachClientOnce(t *testing.T) {
	t.Parallel()
	for _, clients := range [][]emulator.OAuthClient{{{ID: "a"}}, {{ID: "a", Secret: "s"}, {ID: "a", Secret: "t"}}} {
		if e, err := emulator.Open(emulator.Options{Clients: clients}); err == nil {
			e.Close()
			t.Errorf("%v were taken", clients)
		}
	}
	if text := emulator.DefaultOAuthClient().String() + emulator.DefaultOAuthClient().LogValue().String(); strings.Contains(text, "GOCSPX") {
		t.Errorf("a client tells its secret: %s", text)
	}
}
