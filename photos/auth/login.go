package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// LoginOptions say who logs in and how. Credentials, Store, Account and Show must
// be set; every other zero value works.
type LoginOptions struct {
	Credentials Credentials
	Store       Store
	Account     string
	Scopes      []string      // asked for, and all needed; nil is CurrentScopes
	Port        int           // of the loopback listener; 0 is any that is free
	Timeout     time.Duration // for the person; 0 is five minutes
	// Show tells the person the address at which to consent.
	Show func(address string)
	// Open opens a browser at the address; nil does not.
	Open func(ctx context.Context, address string) error
	// Paste is read for the address to which the browser was sent, which a person
	// copies when the browser runs on another machine, or for the code in it; nil
	// waits for the browser alone. A read that is under way when Login ends is not
	// waited for: nothing can interrupt one from a terminal.
	Paste io.Reader
	// Complain tells the person what is wrong with what was pasted; nil is silence.
	Complain func(problem string)
	HTTP     *http.Client
	Now      func() time.Time
	Logger   *slog.Logger
}

// ErrLoginTimeout says that nobody consented in time.
var ErrLoginTimeout = errors.New("nobody answered the request for access in time")

// ErrDenied says that the person declined.
var ErrDenied = errors.New("the access was declined at the page of consent")

// ErrCodeRefused says that the code of an answer was worth nothing at the token
// endpoint: only another consent gives another.
var ErrCodeRefused = errors.New("the code was not accepted: it is too old, was used before or belongs to another login")

func (o LoginOptions) withDefaults() LoginOptions {
	if o.Scopes == nil {
		o.Scopes = CurrentScopes()
	}
	if o.HTTP == nil {
		o.HTTP = endpointClient()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Complain == nil {
		o.Complain = func(string) {}
	}
	o.Timeout = cmp.Or(o.Timeout, 5*time.Minute)
	return o
}

// Login asks a person for access, and keeps the token that comes of it in the
// Store. Nothing is kept unless all scopes were granted.
func Login(ctx context.Context, o LoginOptions) (Token, error) {
	o = o.withDefaults()
	// A consent whose token can't be kept would be asked for in vain.
	if err := o.Store.prepare(ctx, o.Account); err != nil {
		return Token{}, err
	}
	door, err := openDoor(ctx, o.Port)
	if err != nil {
		return Token{}, err
	}
	defer door.close()
	config := o.Credentials.config(door.address, o.Scopes)
	verifier := oauth2.GenerateVerifier()
	address := config.AuthCodeURL(door.state, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("prompt", "consent"))
	o.Show(address)
	waiting, cancel := context.WithTimeoutCause(ctx, o.Timeout, ErrLoginTimeout)
	defer cancel()
	if o.Open != nil {
		if err := o.Open(waiting, address); err != nil {
			o.Complain("no browser could be opened (" + clean(err.Error()) + "): open the address yourself")
		}
	}
	if o.Paste != nil {
		go door.readPasted(o.Paste, o.Complain)
	}
	code, err := door.wait(waiting)
	cancel() // the person has done their part, and the service gets a time of its own
	if err != nil {
		return Token{}, err
	}
	redeeming, cancel := context.WithTimeoutCause(ctx, redeemPatience, &TemporaryError{errors.New("it did not answer in time")})
	defer cancel()
	token, err := o.redeem(redeeming, config, code, verifier)
	door.tell(err)
	return token, err
}

// redeemPatience is how long the token endpoint may take for a code.
const redeemPatience = time.Minute

// redeem turns the code into a token, and keeps it if it is good for all that was
// asked. What is not enough is left as it is at the service: revoking it would
// take every other login of this person and client along.
func (o LoginOptions) redeem(ctx context.Context, config *oauth2.Config, code Secret, verifier string) (Token, error) {
	asking := context.WithValue(ctx, oauth2.HTTPClient, o.HTTP)
	answer, err := config.Exchange(asking, code.Reveal(), oauth2.VerifierOption(verifier))
	if err = explain(ctx, o.Account, err, o.Credentials.Secret, code, NewSecret(verifier)); err != nil {
		// A code of another login was asked for at another address of this machine.
		var refused *RefusedError
		if IsGrantDead(err) || errors.As(err, &refused) && refused.Code == "redirect_uri_mismatch" {
			err = ErrCodeRefused
		}
		return Token{}, fmt.Errorf("logging in: %w", err)
	}
	now := o.Now()
	t := Token{Account: o.Account, ClientID: o.Credentials.ClientID, TokenURL: o.Credentials.TokenURL, Scopes: o.Scopes, Granted: now}
	t.take(answer, now)
	if missing := Missing(o.Scopes, t.Scopes); len(missing) > 0 {
		return Token{}, &ScopesError{missing}
	}
	if t.Refresh.Empty() {
		return Token{}, errors.New("logging in: the service gave no refresh token, without which the access ends in an hour")
	}
	// What is known of the client stays known.
	if before, err := o.Store.Load(o.Account); err == nil && before.ClientID == t.ClientID {
		t.OutlivedWeek = before.OutlivedWeek
	}
	if err := o.Store.Save(ctx, t); err != nil {
		return Token{}, err
	}
	o.Logger.LogAttrs(ctx, slog.LevelDebug, "logged in", slog.Any("token", t))
	return t, nil
}

// newState draws a text that nobody can guess.
func newState() string { return rand.Text() + rand.Text() }
