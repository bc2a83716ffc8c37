package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// code is an authorization code that was not spent yet.
type code struct {
	tokenGrant
	redirect  string
	challenge string // of PKCE; "" without
	plain     bool   // the challenge is the verifier itself
	offline   bool   // a refresh token goes with the access token
	until     time.Time
}

// tokenAnswer is the answer of /token.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
	RefreshUntil int64  `json:"refresh_token_expires_in,omitempty"` // seconds
}

func invalidGrant(description string) *oauthError {
	return &oauthError{status: http.StatusBadRequest, Code: "invalid_grant", Description: description}
}

// deadGrant is what a refresh token answers when it has expired, was revoked or
// never was (Google's body, quoted by many clients).
func deadGrant() *oauthError { return invalidGrant("Token has been expired or revoked.") }

// token spends a code or a refresh token.
func (o *oauth) token(r *http.Request, now time.Time) (any, error) {
	form, err := oauthForm(r)
	if err != nil {
		return nil, err
	}
	client, err := o.authenticate(r, form)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch form.Get("grant_type") {
	case "authorization_code":
		return o.spendCode(client, form, now)
	case "refresh_token":
		return o.spendRefresh(client, form.Get("refresh_token"), now)
	}
	return nil, &oauthError{status: http.StatusBadRequest, Code: "unsupported_grant_type", Description: "Invalid grant_type: " + form.Get("grant_type")}
}

// oauthForm reads the form of a POST. Secrets in an address are refused: they
// would stand in logs.
func oauthForm(r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		return nil, &oauthError{status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "Only POST is allowed."}
	}
	r.Body = http.MaxBytesReader(nil, r.Body, 64<<10)
	// rclone sends the form in parts, as it would send files.
	if err := r.ParseMultipartForm(64 << 10); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "The form could not be read."}
	}
	return r.PostForm, nil
}

// authenticate finds the client of a request and checks its secret.
func (o *oauth) authenticate(r *http.Request, form url.Values) (OAuthClient, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	client, known := o.client(id)
	switch {
	case id == "":
		return client, &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "Could not determine client ID from request."}
	case !known:
		return client, &oauthError{status: http.StatusUnauthorized, Code: "invalid_client", Description: "The OAuth client was not found."}
	case secret == "":
		return client, &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "client_secret is missing."}
	case subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) != 1:
		return client, &oauthError{status: http.StatusUnauthorized, Code: "invalid_client", Description: "Unauthorized"}
	}
	return client, nil
}

// spendCode turns a code into tokens, once. One that is refused is spent, too.
func (o *oauth) spendCode(client OAuthClient, form url.Values, now time.Time) (any, error) {
	key := digest(sha256.Sum256([]byte(form.Get("code"))))
	c := o.codes[key]
	delete(o.codes, key)
	switch {
	case !strings.HasPrefix(form.Get("code"), codePrefix):
		return nil, invalidGrant("Malformed auth code.")
	case c == nil, !now.Before(c.until), c.Client != client.ID:
		return nil, invalidGrant("Bad Request")
	case form.Get("redirect_uri") != c.redirect:
		return nil, &oauthError{status: http.StatusBadRequest, Code: "redirect_uri_mismatch", Description: "Bad Request"}
	case c.challenge != "" && form.Get("code_verifier") == "":
		return nil, invalidGrant("Missing code verifier.")
	case !c.proves(form.Get("code_verifier")):
		return nil, invalidGrant("Invalid code verifier.")
	}
	answer := tokenAnswer{ExpiresIn: int64(accessLife / time.Second), Scope: strings.Join(c.Scopes, " "), TokenType: "Bearer"}
	answer.AccessToken = o.kept.access(c.tokenGrant, now)
	if c.offline {
		answer.RefreshToken = o.kept.refresh(c.tokenGrant, client.Testing, now)
		if client.Testing && o.tells {
			answer.RefreshUntil = int64(testingLife / time.Second)
		}
	}
	return answer, o.kept.save(now)
}

// proves reports whether the verifier is the one of the code's challenge.
func (c *code) proves(verifier string) bool {
	if c.challenge == "" || c.plain {
		return verifier == c.challenge
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == c.challenge
}

// spendRefresh gives a new access token for a refresh token, which stays the one
// there is.
func (o *oauth) spendRefresh(client OAuthClient, token string, now time.Time) (any, error) {
	if token == "" {
		return nil, &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "Missing required parameter: refresh_token"}
	}
	sum := digest(sha256.Sum256([]byte(token)))
	i := slices.IndexFunc(o.kept.Refresh, func(t refreshToken) bool { return t.Digest == sum })
	if i < 0 || o.kept.Refresh[i].dead(now) || o.kept.Refresh[i].Client != client.ID {
		return nil, deadGrant()
	}
	t := &o.kept.Refresh[i]
	t.Used = now.Unix()
	answer := tokenAnswer{ExpiresIn: int64(accessLife / time.Second), Scope: strings.Join(t.Scopes, " "), TokenType: "Bearer"}
	if t.Until != 0 && o.tells {
		answer.RefreshUntil = t.Until - now.Unix()
	}
	answer.AccessToken = o.kept.access(t.tokenGrant, now)
	return answer, o.kept.save(now)
}

// revoke takes a token back, and with it everything else that the user granted to
// the clients of the same Cloud project. The token may stand in the address, as
// Google's guide has it, and needs no client to go with it.
func (o *oauth) revoke(r *http.Request) (any, error) {
	form, err := oauthForm(r)
	if err != nil {
		return nil, err
	}
	token := form.Get("token")
	if token == "" {
		token = r.URL.Query().Get("token")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	g, ok := o.kept.find(token)
	if !ok {
		return nil, &oauthError{status: http.StatusBadRequest, Code: "invalid_token", Description: "Token expired or revoked"}
	}
	o.kept.revoke(g.User, projectOf(g.Client))
	return struct{}{}, o.kept.save(time.Time{})
}

// granted finds what a live access token was issued for.
func (o *oauth) granted(token string, now time.Time) (grant, bool) {
	sum := digest(sha256.Sum256([]byte(token)))
	o.mu.Lock()
	defer o.mu.Unlock()
	i, ok := o.kept.index[sum]
	if !ok || now.Unix() >= o.kept.Access[i].Until {
		return grant{}, false
	}
	t := o.kept.Access[i]
	return grant{user: t.User, client: t.Client, scopes: t.Scopes}, true
}
