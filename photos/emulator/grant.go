package emulator

import "strings"

// grant is what an access token permits: one client to act for one user within
// some scopes.
type grant struct {
	user   string // whose library it is
	client string // the OAuth client: the app that made what it may see
	scopes []string
}

// granted finds the grant of a live access token. Any text is the owner's token,
// for the one app there is.
func (e *Emulator) granted(token string) (grant, bool) {
	return grant{user: "owner", client: "app"}, token != ""
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
