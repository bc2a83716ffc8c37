package emulator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Who an account begins with. Tokens, albums and items that name nobody are
// theirs.
const (
	DefaultUser   = "owner" // whose account it is
	DefaultClient = "app"   // the OAuth client of every token that is not declared
	// PhotosClient stands for Google Photos itself: what people make there is of
	// no app that calls the API.
	PhotosClient = "photos.google.com"
)

// Grant is what an access token permits, for Options.Tokens.
type Grant struct {
	User   string // whose library it is; "" is DefaultUser
	Client string // the OAuth client, which sees what it made; "" is DefaultClient
	// Scopes are whole, as Google's lists have them, or without the
	// https://www.googleapis.com/auth/ in front. Nil is all of the profile.
	Scopes []string
}

// checkTokens refuses declared tokens that could never do what they say. A scope
// of another API is none of ours, but one that is nearly ours is a slip.
func checkTokens(tokens map[string]Grant) error {
	for _, token := range slices.Sorted(maps.Keys(tokens)) {
		g := tokens[token]
		if token == "" {
			return errors.New("an access token is declared that is empty; give it some text")
		}
		for _, scope := range g.Scopes {
			if strings.Contains(scope, "photoslibrary") && scopesOf([]string{scope}) == 0 {
				return fmt.Errorf("the access token of user %q and client %q is declared with the unknown scope %q; known are %s",
					g.User, g.Client, scope, strings.Join(allScopes(), ", "))
			}
		}
	}
	return nil
}

// grant is what an access token permits: one client to act for one user within
// some scopes.
type grant struct {
	user   string   // whose library it is
	client string   // the OAuth client: the app that made what it may see
	scopes []string // whole, as in the token's answer
}

// granted finds the grant of a live access token. One that the emulator issued
// means what it was issued for, until it expires or is revoked; a declared one
// what it was declared with. Where no token is declared, any other text is the
// owner's, for the default client with all scopes there are, unless
// Options.RequireTokens refuses it.
func (e *Emulator) granted(token string) (grant, bool) {
	if strings.HasPrefix(token, accessPrefix) {
		return e.oauth.granted(token, e.opts.Now())
	}
	if declared, ok := e.opts.Tokens[token]; ok && token != "" {
		return declared.grant(e.opts.Profile), true
	}
	strict := e.opts.RequireTokens || len(e.opts.Tokens) > 0
	return Grant{}.grant(e.opts.Profile), token != "" && !strict
}

// grant fills in what a declared grant leaves open.
func (g Grant) grant(p Profile) grant {
	out := grant{user: g.User, client: g.Client, scopes: g.Scopes}
	if out.user == "" {
		out.user = DefaultUser
	}
	if out.client == "" {
		out.client = DefaultClient
	}
	if out.scopes == nil {
		out.scopes = p.scopes().names()
	}
	return out
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

// maker is who made an album, an item or an upload: a person, through an app. It
// is kept as the journal has it, in which the names that an account begins with
// are left out.
type maker struct {
	User   string `json:"user,omitempty"`   // "" is DefaultUser
	Client string `json:"client,omitempty"` // "" is DefaultClient
}

// makerOf leaves the names out that an account begins with.
func makerOf(user, client string) maker {
	if user == DefaultUser {
		user = ""
	}
	if client == DefaultClient {
		client = ""
	}
	return maker{User: user, Client: client}
}

// user is the name of the person.
func (m maker) user() string {
	if m.User == "" {
		return DefaultUser
	}
	return m.User
}

// client is the name of the app, "" for what people made in Google Photos.
func (m maker) client() string {
	switch m.Client {
	case "":
		return DefaultClient
	case PhotosClient:
		return ""
	}
	return m.Client
}
