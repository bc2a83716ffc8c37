package emulator

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// userInfoPath is one of the two at which Google serves it.
const userInfoPath = "/oauth2/v3/userinfo"

// The scopes of signing in, which clients ask for beside those of the API.
const (
	scopeOpenID  = "openid"
	scopeEmail   = scopePrefix + "userinfo.email"
	scopeProfile = scopePrefix + "userinfo.profile"
)

// signInScopes are the scopes of signing in.
func signInScopes() []string { return []string{scopeOpenID, scopeEmail, scopeProfile} }

// wholeScope is a scope by the name that Google's answers give it.
func wholeScope(scope string) string {
	switch scope {
	case "email":
		return scopeEmail
	case "profile":
		return scopeProfile
	}
	return scope
}

// userInfo is who granted an access token, as far as its scopes let it tell.
type userInfo struct {
	Sub           string `json:"sub"` // a number that the user has for ever
	Name          string `json:"name,omitempty"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
}

// userInfo answers who the bearer of a token acts for.
func (e *Emulator) userInfo(r *http.Request) (any, error) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	g, ok := e.granted(strings.TrimSpace(token))
	may := func(scope string) bool { return slices.Contains(g.scopes, scope) }
	if !ok || !slices.ContainsFunc(signInScopes(), may) {
		return nil, &oauthError{status: http.StatusUnauthorized, Code: "invalid_request", Description: "Invalid Credentials"}
	}
	sum := sha256.Sum256([]byte(g.user))
	out := userInfo{Sub: strconv.FormatUint(binary.BigEndian.Uint64(sum[:]), 10)}
	if may(scopeProfile) {
		out.Name = g.user
	}
	if may(scopeEmail) {
		out.Email, out.EmailVerified = g.user, true
		if !strings.Contains(g.user, "@") {
			out.Email += "@photos.example"
		}
	}
	return out, nil
}
