package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// OAuthClient is a program that people may grant access to their libraries: a
// client of the type "Desktop app", as Google's console calls it.
type OAuthClient struct {
	ID      string
	Secret  string // checked when a code or a refresh token is spent; of a desktop client it is no secret
	Testing bool   // refresh tokens die after seven days, as with Google's publishing status "Testing"
}

// DefaultOAuthClient is the client of Options without any. It is the app of
// access tokens that the emulator did not issue, too, so that a program sees the
// same albums whether it logged in or made its token up.
func DefaultOAuthClient() OAuthClient {
	return OAuthClient{ID: DefaultClient, Secret: "GOCSPX-emulated"}
}

// LogValue leaves the secret out of logs.
func (c OAuthClient) LogValue() slog.Value { return slog.StringValue(c.ID) }

// String is the client without its secret.
func (c OAuthClient) String() string { return "OAuth client " + c.ID }

// How long things live: codes and access tokens as Google's answers have it,
// refresh tokens as its page on expiration tells.
const (
	codeLife       = 10 * time.Minute
	accessLife     = 3599 * time.Second
	testingLife    = 7 * 24 * time.Hour
	idleLife       = 182 * 24 * time.Hour // six months without use
	refreshPerUser = 100                  // of one client; the oldest goes without a word
)

// What the emulator's tokens begin with: Google's prefixes, and a word by which
// they are known as the emulator's own long after they were forgotten.
const (
	codePrefix    = "4/emulated-"
	accessPrefix  = "ya29.emulated-"
	refreshPrefix = "1//emulated-"
)

// The paths of Google's endpoints; those of its several hosts are all here.
const (
	oauthPrefix   = "oauth." // of the names by which faults and counts know them
	authorizePath = "/o/oauth2/v2/auth"
	tokenPath     = "/token"
	revokePath    = "/revoke"
	discoveryPath = "/.well-known/openid-configuration"
)

// oauthMethod names the OAuth endpoint of a path, "" for any other path.
func oauthMethod(path string) string {
	switch path {
	case authorizePath, "/o/oauth2/auth":
		return "oauth.authorize"
	case tokenPath:
		return "oauth.token"
	case revokePath:
		return "oauth.revoke"
	case discoveryPath:
		return "oauth.discovery"
	case userInfoPath:
		return "oauth.userinfo"
	}
	return ""
}

// knownScope reports whether people can be asked for a scope. That includes those
// which Google removed on 2025-03-31: its page of consent still grants them,
// though the API then takes no notice (a report of 2026).
func knownScope(scope string) bool {
	return slices.Contains(allScopes(), scope) || slices.Contains(signInScopes(), scope)
}

// oauth holds who granted what to whom.
type oauth struct {
	clients []OAuthClient
	tells   bool // Choices.TellRefreshExpiry

	mu    sync.Mutex
	codes map[digest]*code
	kept  keptGrants
}

func newOAuth(o Options) (*oauth, error) {
	out := &oauth{clients: slices.Clone(o.Clients), tells: o.Choices.TellRefreshExpiry, codes: map[digest]*code{}}
	for i, c := range out.clients {
		again := slices.ContainsFunc(out.clients[:i], func(other OAuthClient) bool { return other.ID == c.ID })
		switch {
		case c.ID == "" || c.Secret == "":
			return nil, errors.New("an OAuth client needs an ID and a secret")
		case again:
			return nil, fmt.Errorf("two OAuth clients have the ID %q", c.ID)
		}
	}
	return out, out.kept.open(o.Dir)
}

// client finds a client by its ID.
func (o *oauth) client(id string) (OAuthClient, bool) {
	for _, c := range o.clients {
		if c.ID == id {
			return c, true
		}
	}
	return OAuthClient{}, false
}

// serveOAuth answers the endpoints of OAuth. Neither tokens nor codes come into
// the log.
func (e *Emulator) serveOAuth(w http.ResponseWriter, r *http.Request) {
	name := oauthMethod(r.URL.Path)
	e.stats.count(method{name: name})
	w.Header().Set("Cache-Control", "no-store")
	fault := e.faults.next(name, "")
	err := fault.before(e.opts.Now())
	if err == nil && name == "oauth.authorize" {
		e.serveConsent(w, r)
		return
	}
	var answer any
	if err == nil {
		answer, err = e.answerOAuth(r, name)
		if lost := fault.after(); lost != nil {
			err = lost
		}
	}
	status := http.StatusOK
	if err != nil {
		refused := oauthRefusal(err)
		answer, status = refused, refused.status
	}
	e.opts.Logger.Debug("call", slog.String("method", name), slog.Int("status", status))
	writeJSON(w, status, answer, true)
}

// answerOAuth is what an endpoint answers to programs.
func (e *Emulator) answerOAuth(r *http.Request, name string) (any, error) {
	switch name {
	case "oauth.token":
		return e.oauth.token(r, e.opts.Now())
	case "oauth.revoke":
		return e.oauth.revoke(r)
	case "oauth.userinfo":
		return e.userInfo(r)
	}
	return discovery(e.baseOf(r)), nil
}

// oauthError is a refusal in OAuth's own form, which is not the API's.
type oauthError struct {
	status      int
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

// oauthRefusal gives any error the form.
func oauthRefusal(err error) *oauthError {
	var refused *oauthError
	var fault *apiError
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &fault) && fault.code < http.StatusInternalServerError:
		return &oauthError{status: fault.code, Code: "invalid_request", Description: fault.message}
	case errors.As(err, &fault):
		return &oauthError{status: fault.code, Code: "internal_failure", Description: fault.message}
	}
	return &oauthError{status: http.StatusInternalServerError, Code: "internal_failure"}
}

// discovery is the document that tells where the endpoints are.
func discovery(base string) any {
	return map[string]any{
		"issuer":                                base,
		"authorization_endpoint":                base + authorizePath,
		"token_endpoint":                        base + tokenPath,
		"revocation_endpoint":                   base + revokePath,
		"userinfo_endpoint":                     base + userInfoPath,
		"response_types_supported":              []string{"code"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token"},
		"code_challenge_methods_supported":      []string{"plain", "S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
	}
}

// credentials is the file that Google's console hands out for a desktop client,
// with the addresses of the emulator.
func (c OAuthClient) credentials(base string) any {
	return map[string]any{"installed": map[string]any{
		"client_id":     c.ID,
		"project_id":    "emulated-photos",
		"auth_uri":      base + "/o/oauth2/auth",
		"token_uri":     base + tokenPath,
		"client_secret": c.Secret,
		"redirect_uris": []string{"http://localhost"},
	}}
}
