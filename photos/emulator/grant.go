package emulator

import "strings"

// Whose every access token is that the emulator did not issue.
const (
	DefaultUser   = "owner" // whose account it is
	DefaultClient = "app"   // the OAuth client, which is the app that made what it sees
)

// grant is what an access token permits: one client to act for one user within
// some scopes.
type grant struct {
	user   string   // whose library it is
	client string   // the OAuth client: the app that made what it may see
	scopes []string // whole, as in the token's answer; none for a token that was not issued, which may do all
}

// granted finds the grant of a live access token. One that the emulator issued
// means what it was issued for, until it expires or is revoked; any other text is
// the owner's token, for the default client, unless Options.RequireTokens refuses
// it.
func (e *Emulator) granted(token string) (grant, bool) {
	switch {
	case strings.HasPrefix(token, accessPrefix):
		return e.oauth.granted(token, e.opts.Now())
	case token == "", e.opts.RequireTokens:
		return grant{}, false
	}
	return grant{user: DefaultUser, client: DefaultClient}, true
}

// token is the access token that the call bears, "" without.
func (c *call) token() string {
	if scheme, token, ok := strings.Cut(c.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	if token := c.params.Get("access_token"); token != "" {
		return token
	}
	return c.params.Get("oauth_token")
}
