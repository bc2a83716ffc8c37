package auth

import (
	"net/url"
	"strings"
	"testing"
)

func TestTokensAreRevokedWhereTheyWereIssued(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		"https://oauth2.googleapis.com/token":         "https://oauth2.googleapis.com/revoke",
		"https://www.googleapis.com/oauth2/v4/token":  "https://oauth2.googleapis.com/revoke",
		"https://www.googleapis.com/oauth2/v3/token":  "https://oauth2.googleapis.com/revoke",
		"https://accounts.google.com/o/oauth2/token":  "https://oauth2.googleapis.com/revoke",
		"https://accounts.google.com.example/token":   "https://accounts.google.com.example/revoke",
		"http://127.0.0.1:8085/token":                 "http://127.0.0.1:8085/revoke",
		"http://[::1]:8085":                           "http://[::1]:8085/revoke",
		"https://sso.example/realms/a/protocol/token": "https://sso.example/realms/a/protocol/revoke",
	} {
		if got := revokeURL(token); got != want {
			t.Errorf("the tokens of %s are revoked at %s, not %s", token, got, want)
		}
	}
}

func TestATokenIsTakenToItsIssuerAlone(t *testing.T) {
	t.Parallel()
	credentials := Credentials{ClientID: "app", Secret: NewSecret("GOCSPX-planted")}
	for _, test := range []struct{ client, issued, now, problem string }{
		{"other", "https://sso.example/token", "https://sso.example/token", "another OAuth client"},
		{"app", "https://sso.example/token", "https://sso.example/token", ""},
		{"app", "https://accounts.google.com/o/oauth2/token", "https://oauth2.googleapis.com/token", ""},
		{"app", "http://127.0.0.1:8085/token", "http://localhost:8086/token", ""},
		{"app", "https://oauth2.googleapis.com/token", "http://localhost:8086/token", "issued by https://oauth2.googleapis.com/token, and the token_uri of the credentials is http://localhost:8086/token"},
		{"app", "https://sso.example/token", "https://sso.example/other", "issued by https://sso.example/token"},
	} {
		credentials.TokenURL = test.now
		s := NewSource(SourceOptions{Credentials: credentials, Store: NewStore("tokens"), Account: "family"})
		err := s.belongs(Token{Account: "family", ClientID: test.client, TokenURL: test.issued})
		switch {
		case test.problem == "" && err != nil:
			t.Errorf("a token of %s is not taken to %s: %v", test.issued, test.now, err)
		case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
			t.Errorf("a token of %s for %s to %s: %v", test.issued, test.client, test.now, err)
		}
	}
}

func TestABrowserIsOpenedWithoutAShell(t *testing.T) {
	t.Parallel()
	const address = "https://accounts.example/auth?a=b&c=$(rm%20-rf)"
	for system, want := range map[string]string{"linux": "xdg-open", "freebsd": "xdg-open", "darwin": "open", "windows": "rundll32"} {
		name, args := browser(system, address)
		if name != want || args[len(args)-1] != address {
			t.Errorf("%s opens it with %s %q", system, name, args)
		}
	}
}

func TestAPathIsNotTakenForASecret(t *testing.T) {
	t.Parallel()
	const path = "/home/ada/.local/state/albumen/photographs-and-films/tokens/family.json"
	text := clean("no "+path+" for 1//planted, ya29."+strings.Repeat("a1", 20)+" at https://x/y?code=4/short", NewSecret("1//planted"))
	if !strings.Contains(text, path) || strings.Contains(text, "planted") || strings.Contains(text, "a1a1") || strings.Contains(text, "short") {
		t.Errorf("it becomes %s", text)
	}
}

// FuzzPasted: whatever is pasted, a code of this login comes of it, or a complaint
// that does not quote it.
func FuzzPasted(f *testing.F) {
	d := &door{state: "state"}
	for _, text := range []string{
		"http://127.0.0.1:1/?state=state&code=4%2Fplanted", "127.0.0.1:1/?code=4/planted&state=state", "4/planted", "4%2Fplanted",
		"http://127.0.0.1:1/?state=other&code=4/planted", "?", "?state=state&error=access_denied", "http://x/", "%", "?%zz=planted",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := d.pasted(text)
		_, query, address := strings.Cut(text, "?")
		query, _, _ = strings.Cut(query, "#")
		values, _ := url.ParseQuery(query)
		switch {
		case err == nil && a.err == nil && address && values.Get("state") != d.state:
			t.Errorf("%q was taken without its state", text)
		case err != nil && strings.Contains(err.Error(), "planted"):
			t.Errorf("the complaint quotes the answer: %v", err)
		}
	})
}

// FuzzToken: what is read of a token's file has all that a token needs, and what
// is not read is not quoted.
func FuzzToken(f *testing.F) {
	f.Add(`{"version":1,"account":"a","client_id":"c","token_uri":"https://x/token","refresh_token":"1//planted","granted":"2026-11-24T00:00:00Z"}`)
	f.Add(`{"version":1,"account":"a","client_id":"c","token_uri":"https://planted@x/token","refresh_token":"1//planted","granted":"2026-11-24T00:00:00Z"}`)
	f.Add(`{"version":"1//planted"}`)
	f.Add(`{"version":2}`)
	f.Add("planted")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := decodeToken("a", []byte(text))
		switch {
		case err != nil && strings.Contains(err.Error(), "planted"):
			t.Errorf("the error quotes the file: %v", err)
		case err == nil && (token.Refresh.Empty() || token.ClientID == "" || endpointProblem(token.TokenURL) != ""):
			t.Errorf("%q is read as %v", text, token)
		}
	})
}
