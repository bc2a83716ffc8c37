package emulator

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// asking is a request for access as a client brings it by a person's browser.
type asking struct {
	client    OAuthClient
	params    url.Values // as they came
	redirect  *url.URL
	scopes    []string
	challenge string
	plain     bool
}

// consentView is what the page of consent shows.
type consentView struct {
	Client  string
	Testing bool
	Users   []string
	Hint    string
	Scopes  []scopeView
	Params  []param
	Error   *oauthError
}

// scopeView is one scope with what it means to a person.
type scopeView struct{ Name, Says string }

type param struct{ Name, Value string }

// scopeSays tells people what they grant.
func scopeSays(scope string) string {
	switch strings.TrimPrefix(scope, scopePrefix) {
	case "photoslibrary.appendonly":
		return "Add photos, videos and albums to your library"
	case "photoslibrary.readonly.appcreateddata":
		return "See the photos, videos and albums that it added"
	case "photoslibrary.edit.appcreateddata":
		return "Change the photos, videos and albums that it added"
	case "photoslibrary.sharing":
		return "Share albums in your name (removed by Google in 2025)"
	case scopeOpenID, "userinfo.email", "userinfo.profile":
		return "See who you are"
	case "photoslibrary.readonly":
		return "See your whole library (removed by Google in 2025)"
	default:
		return "See your whole library and add to it (removed by Google in 2025)"
	}
}

// serveConsent shows the page of consent, and carries out what was decided there.
func (e *Emulator) serveConsent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		e.renderConsent(w, consentView{Error: &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "The form could not be read."}})
		return
	}
	ask, refused := e.oauth.ask(r.Form)
	if refused == nil && r.Method == http.MethodPost {
		if err := e.guard.Check(r); err != nil {
			refused = &oauthError{status: http.StatusForbidden, Code: "invalid_request", Description: err.Error()}
		}
	}
	switch {
	case refused != nil:
		e.renderConsent(w, consentView{Error: refused})
	case r.Method == http.MethodPost:
		e.decide(w, r, ask)
	default:
		e.renderConsent(w, ask.view(e.opts.Users))
	}
}

// renderConsent shows the page. Its form leads back to the program that asked,
// which listens on a loopback address that can't be named beforehand.
func (e *Emulator) renderConsent(w http.ResponseWriter, v consentView) {
	status := http.StatusOK
	if v.Error != nil {
		status = v.Error.status
	}
	e.renderWith(w, "consent", v, status, func(h http.Header) {
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'none'", "form-action 'self' http:", 1))
	})
}

// ask checks a request for access. What is wrong with it is shown to the person
// and not sent to the address in it, which may be anybody's.
func (o *oauth) ask(params url.Values) (asking, *oauthError) {
	a := asking{params: params, scopes: strings.Fields(params.Get("scope")), challenge: params.Get("code_challenge")}
	bad := func(code, description string) (asking, *oauthError) {
		return asking{}, &oauthError{status: http.StatusBadRequest, Code: code, Description: description}
	}
	var known bool
	if a.client, known = o.client(params.Get("client_id")); !known {
		return asking{}, &oauthError{status: http.StatusUnauthorized, Code: "invalid_client", Description: "The OAuth client was not found."}
	}
	if a.redirect = loopbackURL(params.Get("redirect_uri")); a.redirect == nil {
		return bad("redirect_uri_mismatch", "A desktop client is answered on a loopback address: http://127.0.0.1:PORT or http://[::1]:PORT.")
	}
	if params.Get("response_type") != "code" {
		return bad("unsupported_response_type", "The response_type must be code.")
	}
	if len(a.scopes) == 0 {
		return bad("invalid_request", "Missing required parameter: scope")
	}
	for i, scope := range a.scopes {
		a.scopes[i] = wholeScope(scope)
		if !knownScope(a.scopes[i]) {
			return bad("invalid_scope", "Some requested scopes were invalid: "+scope)
		}
	}
	switch method := params.Get("code_challenge_method"); {
	case a.challenge == "" && method == "":
	case len(a.challenge) < 43 || len(a.challenge) > 128:
		return bad("invalid_request", "The code_challenge must have 43 to 128 characters.")
	case method == "plain" || method == "":
		a.plain = true
	case method != "S256":
		return bad("invalid_request", "The code_challenge_method must be S256 or plain.")
	}
	slices.Sort(a.scopes)
	a.scopes = slices.Compact(a.scopes)
	return a, nil
}

// loopbackURL is an address on this machine, nil for any other.
func loopbackURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return nil
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil
	}
	return u
}

func (a asking) view(users []string) consentView {
	v := consentView{Client: a.client.ID, Testing: a.client.Testing, Users: users, Hint: cmp.Or(a.params.Get("login_hint"), users[0])}
	if !slices.Contains(users, v.Hint) {
		v.Hint = users[0]
	}
	for _, scope := range a.scopes {
		v.Scopes = append(v.Scopes, scopeView{scope, scopeSays(scope)})
	}
	for _, name := range slices.Sorted(maps.Keys(a.params)) {
		if !slices.Contains([]string{"user", "grant", "decision"}, name) {
			v.Params = append(v.Params, param{name, a.params.Get(name)})
		}
	}
	return v
}

// decide carries out what a person decided, and sends the browser back to the
// program that asked.
func (e *Emulator) decide(w http.ResponseWriter, r *http.Request, a asking) {
	user := cmp.Or(a.params.Get("user"), e.opts.Users[0])
	if !slices.Contains(e.opts.Users, user) {
		e.renderConsent(w, consentView{Error: &oauthError{status: http.StatusBadRequest, Code: "invalid_request", Description: "There is no such user."}})
		return
	}
	var scopes []string
	for _, scope := range a.scopes {
		if slices.Contains(a.params["grant"], scope) {
			scopes = append(scopes, scope)
		}
	}
	answer := a.redirect.Query()
	if state := a.params.Get("state"); state != "" {
		answer.Set("state", state)
	}
	if a.params.Get("decision") != "allow" || len(scopes) == 0 {
		answer.Set("error", "access_denied")
	} else {
		answer.Set("code", e.oauth.grant(a, user, scopes, e.opts.Now()))
		answer.Set("scope", strings.Join(scopes, " "))
	}
	to := *a.redirect
	to.RawQuery = answer.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// grant makes the code for what a person granted. A refresh token goes with it
// if the client asked for one, and had the person asked: without prompt=consent
// only the first grant has one (Google's guide to offline access).
func (o *oauth) grant(a asking, user string, scopes []string, now time.Time) string {
	token := newToken(codePrefix)
	c := &code{
		tokenGrant: tokenGrant{User: user, Client: a.client.ID, Scopes: scopes},
		redirect:   a.params.Get("redirect_uri"), challenge: a.challenge, plain: a.plain, until: now.Add(codeLife),
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	before := slices.ContainsFunc(o.kept.Refresh, func(t refreshToken) bool {
		return t.User == user && t.Client == a.client.ID && !t.dead(now)
	})
	asked := slices.Contains(strings.Fields(a.params.Get("prompt")), "consent")
	c.offline = a.params.Get("access_type") == "offline" && (asked || !before)
	maps.DeleteFunc(o.codes, func(_ digest, old *code) bool { return !now.Before(old.until) })
	o.codes[sha256.Sum256([]byte(token))] = c
	return token
}
