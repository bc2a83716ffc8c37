package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Token is what a person granted for an account, and the access token of the
// hour.
type Token struct {
	Account  string
	ClientID string // the client it was granted to
	TokenURL string // where it was issued
	Scopes   []string

	Refresh Secret
	Access  Secret
	// Obtained and Expiry are of the access token, by this machine's clock.
	Obtained, Expiry time.Time

	Granted time.Time // when the person consented
	// RefreshExpiry is when the refresh token dies, if the service told; zero if not.
	RefreshExpiry time.Time
	// OutlivedWeek is set when a grant to this client was renewed more than seven
	// days after it was given: the client is then not in testing.
	OutlivedWeek bool
	// Dead is set when the service said that the grant is: nobody asks again.
	Dead bool
}

// TestingLife is how long the grants of a client live that is in testing
// (Google's page on the expiration of refresh tokens).
const TestingLife = 7 * 24 * time.Hour

// LogValue leaves the secrets out of logs.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", t.Account), slog.String("client", t.ClientID), slog.Time("expiry", t.Expiry))
}

// MayDieOn is when the grant dies if its client is in testing, or as the service
// told; zero when nothing is to be feared. Google does not tell which clients are
// in testing, so all are suspected until one of their grants has lived longer.
func (t Token) MayDieOn() (at time.Time, told bool) {
	switch {
	case !t.RefreshExpiry.IsZero():
		return t.RefreshExpiry, true
	case t.OutlivedWeek:
		return time.Time{}, false
	}
	return t.Granted.Add(TestingLife), false
}

// tokenFile is a Token on disk.
type tokenFile struct {
	Version       int        `json:"version"`
	Account       string     `json:"account"`
	ClientID      string     `json:"client_id"`
	TokenURL      string     `json:"token_uri"`
	Scopes        []string   `json:"scopes"`
	Refresh       string     `json:"refresh_token"`
	Access        string     `json:"access_token,omitempty"`
	Obtained      time.Time  `json:"obtained,omitzero"`
	Expiry        time.Time  `json:"expiry,omitzero"`
	Granted       time.Time  `json:"granted"`
	RefreshExpiry *time.Time `json:"refresh_expiry,omitempty"`
	OutlivedWeek  bool       `json:"outlived_week,omitempty"`
	Dead          bool       `json:"dead,omitempty"`
}

const tokenVersion = 1

// encode writes the token with its secrets: for its file alone.
func (t Token) encode() ([]byte, error) {
	f := tokenFile{
		Version: tokenVersion, Account: t.Account, ClientID: t.ClientID, TokenURL: t.TokenURL, Scopes: t.Scopes,
		Refresh: t.Refresh.Reveal(), Access: t.Access.Reveal(), Obtained: t.Obtained.UTC(), Expiry: t.Expiry.UTC(),
		Granted: t.Granted.UTC(), OutlivedWeek: t.OutlivedWeek, Dead: t.Dead,
	}
	if !t.RefreshExpiry.IsZero() {
		at := t.RefreshExpiry.UTC()
		f.RefreshExpiry = &at
	}
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

// newerTokenError says that a token is in a form which is not known here. It is
// not damaged: who wrote it can read it.
type newerTokenError struct{ version int }

func (e *newerTokenError) Error() string {
	return fmt.Sprintf("a newer albumen wrote this token: its version is %d, and this albumen knows none above %d", e.version, tokenVersion)
}

// decodeToken reads what encode wrote. The words of a JSON error are left out:
// they quote the file.
func decodeToken(account string, text []byte) (Token, error) {
	var f tokenFile
	if err := json.Unmarshal(text, &f); err != nil {
		return Token{}, errors.New("it is no JSON of a token")
	}
	switch {
	case f.Version > tokenVersion:
		return Token{}, &newerTokenError{f.Version}
	case f.Version < 1, f.Refresh == "", f.ClientID == "", f.TokenURL == "", f.Granted.IsZero():
		return Token{}, errors.New("a part is missing")
	case endpointProblem(f.TokenURL) != "":
		return Token{}, errors.New("its token_uri " + endpointProblem(f.TokenURL))
	case f.Account != account:
		return Token{}, fmt.Errorf("it is the token of the account %q", f.Account)
	}
	t := Token{
		Account: f.Account, ClientID: f.ClientID, TokenURL: f.TokenURL, Scopes: f.Scopes,
		Refresh: NewSecret(f.Refresh), Access: NewSecret(f.Access), Obtained: f.Obtained, Expiry: f.Expiry,
		Granted: f.Granted, OutlivedWeek: f.OutlivedWeek, Dead: f.Dead,
	}
	if f.RefreshExpiry != nil {
		t.RefreshExpiry = *f.RefreshExpiry
	}
	return t, nil
}

// take puts an answer of the token endpoint into the token.
func (t *Token) take(answer *oauth2.Token, now time.Time) {
	t.Access, t.Obtained = NewSecret(answer.AccessToken), now
	life := time.Duration(answer.ExpiresIn) * time.Second
	if life <= 0 {
		life = time.Hour // the answer need not tell, and an hour is Google's
	}
	t.Expiry = now.Add(life)
	if answer.RefreshToken != "" {
		t.Refresh = NewSecret(answer.RefreshToken)
	}
	if scope, ok := answer.Extra("scope").(string); ok && scope != "" {
		t.Scopes = strings.Fields(scope)
		slices.Sort(t.Scopes)
	}
	if seconds, ok := answer.Extra("refresh_token_expires_in").(float64); ok && seconds > 0 {
		t.RefreshExpiry = now.Add(time.Duration(seconds) * time.Second)
	}
	if now.Sub(t.Granted) > TestingLife {
		t.OutlivedWeek = true
	}
}
