package emulator_test

import (
	"bytes"
	"mime/multipart"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// signedIn logs in as rclone does, which asks to know who it is, too.
func signedIn(t *testing.T, scopes ...string) (*account, object) {
	t.Helper()
	a := noRedirect(t, emulator.Options{Users: []string{"ada"}})
	ask := request()
	ask.Set("scope", scopeAppend+" openid profile email")
	return a, a.tokens(200, exchange(a.consents(ask, "ada", scopes...).Get("code")))
}

func TestUserInfoTellsWhatTheScopesLet(t *testing.T) {
	t.Parallel()
	const profile, email = "https://www.googleapis.com/auth/userinfo.profile", "https://www.googleapis.com/auth/userinfo.email"
	for _, row := range []struct {
		scope string
		want  object
	}{
		{"openid", object{}},
		{profile, object{"name": "ada"}},
		{email, object{"email": "ada@photos.example", "email_verified": true}},
	} {
		a, token := signedIn(t, row.scope)
		if token["scope"] != row.scope {
			t.Errorf("granted %v, not %s", token["scope"], row.scope)
		}
		got := a.call(200, "GET", "/oauth2/v3/userinfo", nil, "Authorization", "Bearer "+token["access_token"].(string))
		if got["sub"] == "" {
			t.Errorf("nobody: %v", got)
		}
		delete(got, "sub")
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("with %s (-want +got):\n%s", row.scope, diff)
		}
	}
	a, token := signedIn(t, scopeAppend)
	a.call(401, "GET", "/oauth2/v3/userinfo", nil, "Authorization", "Bearer "+token["access_token"].(string))
	a.call(401, "GET", "/oauth2/v3/userinfo", nil, "Authorization", "")
}

// TestTokensAreRevokedByAFormInParts, which is how rclone sends it.
func TestTokensAreRevokedByAFormInParts(t *testing.T) {
	t.Parallel()
	a, token := signedIn(t, scopeAppend)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("token", token["access_token"].(string)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	a.call(200, "POST", "/revoke", body.Bytes(), "Content-Type", form.FormDataContentType(), "Authorization", "")
	a.call(401, "POST", "/v1/albums", object{}, "Authorization", "Bearer "+token["access_token"].(string))
}
