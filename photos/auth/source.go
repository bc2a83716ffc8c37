package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// SourceOptions are what a Source works with. Credentials, Store and Account must
// be set; every other zero value works.
type SourceOptions struct {
	Credentials Credentials
	Store       Store
	Account     string
	HTTP        *http.Client     // nil is one that suits the token endpoint
	Now         func() time.Time // nil is time.Now
	Attempts    int              // to renew, before it is given up for now; 0 means 4
	Logger      *slog.Logger     // nil is silence
}

// Source gives access tokens of one account. It is safe for concurrent use.
type Source struct {
	o    SourceOptions
	turn chan struct{} // holds one entry while the token is renewed

	mu      sync.Mutex
	token   Token     // what Token gives; empty before the first use
	own     Secret    // the access token that was issued to this Source
	refused Secret    // the access token that the service took no more
	dead    Secret    // the refresh token that the service took no more
	again   time.Time // when the token endpoint, which stumbled, is asked again
}

// When an access token is renewed: so long before its expiry that no call which
// begins with it ends without, and at the latest when so little is left that it
// might expire on its way.
const (
	renewEarly = 5 * time.Minute
	renewLate  = 10 * time.Second
)

// suspicious is how young a token is whose refusal has another reason than its
// age: to renew it again would only be refused again.
const suspicious = time.Minute

// pause is how long a token endpoint that stumbles is left alone while the old
// token still serves.
const pause = time.Minute

// NewSource makes a Source. It reads nothing before the first use.
func NewSource(o SourceOptions) *Source {
	if o.HTTP == nil {
		o.HTTP = endpointClient()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Attempts = cmp.Or(max(o.Attempts, 0), 4)
	return &Source{o: o, turn: make(chan struct{}, 1)}
}

// endpointClient makes calls to the token endpoint. It follows no redirect, as
// secrets must not follow one, and waits no longer than a person would.
func endpointClient() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Token gives an access token for a call, renewed if need be. It suits
// photos.Options.Token.
func (s *Source) Token(ctx context.Context) (string, error) {
	if t := s.current(); s.fresh(t, renewEarly) {
		return t.Access.Reveal(), nil
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { <-s.turn }()
	if t := s.current(); s.fresh(t, renewEarly) {
		return t.Access.Reveal(), nil
	}
	t, err := s.renew(ctx)
	return t.Access.Reveal(), err
}

// Check asks the service whether the grant still holds, by renewing the access
// token whatever its age.
func (s *Source) Check(ctx context.Context) error {
	kept, err := s.o.Store.Load(s.o.Account)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.refused = kept.Access
	s.mu.Unlock()
	_, err = s.Token(ctx)
	return err
}

// Refused takes the service's word that an access token is not valid, whatever
// its expiry: the next Token gives another. It reports whether that may help: not
// for a token that has only just been issued. It suits photos.Options.Refused.
func (s *Source) Refused(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.Access.Empty() {
		return false
	}
	if !s.token.Access.Equal(NewSecret(token)) {
		return true // it was renewed since the call began
	}
	age := s.o.Now().Sub(s.token.Obtained)
	if s.token.Access.Equal(s.own) && age >= 0 && age < suspicious {
		return false
	}
	s.refused = s.token.Access
	return true
}

func (s *Source) current() Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// fresh reports whether an access token is good for so long. One from the future
// is not: the clock was set back, and the expiry means nothing.
func (s *Source) fresh(t Token, margin time.Duration) bool {
	s.mu.Lock()
	refused := !s.refused.Empty() && t.Access.Equal(s.refused)
	s.mu.Unlock()
	now := s.o.Now()
	return !t.Access.Empty() && !refused && !t.Obtained.After(now.Add(suspicious)) && now.Add(margin).Before(t.Expiry)
}

// renew finds a better token: that which another process has got meanwhile, or
// one from the token endpoint. While that stumbles, the old one serves as long as
// it lives.
func (s *Source) renew(ctx context.Context) (Token, error) {
	kept, err := s.o.Store.Load(s.o.Account)
	if err != nil {
		return Token{}, err
	}
	if err := s.belongs(kept); err != nil {
		return Token{}, err
	}
	if kept.Dead || s.isDead(kept.Refresh) {
		return Token{}, &GrantDeadError{s.o.Account}
	}
	if s.fresh(kept, renewEarly) {
		s.adopt(kept)
		return kept, nil
	}
	usable := s.fresh(kept, renewLate)
	if usable && s.stumbled() {
		return kept, nil
	}
	answer, err := s.ask(ctx, kept)
	switch {
	case IsTemporary(err) && usable:
		s.mu.Lock()
		s.again = s.o.Now().Add(pause)
		s.mu.Unlock()
		s.o.Logger.LogAttrs(ctx, slog.LevelWarn, "access token not renewed", slog.String("account", s.o.Account), slog.Any("err", err))
		return kept, nil
	case IsGrantDead(err):
		s.mu.Lock()
		s.dead = kept.Refresh
		s.mu.Unlock()
		kept.Dead = true
		s.save(ctx, kept)
		return Token{}, err
	case err != nil:
		return Token{}, err
	}
	kept.take(answer, s.o.Now())
	kept.TokenURL = s.o.Credentials.TokenURL // which may be a newer address of the issuer
	s.mu.Lock()
	s.own = kept.Access
	s.mu.Unlock()
	s.adopt(kept)
	s.o.Logger.LogAttrs(ctx, slog.LevelDebug, "access token renewed", slog.Any("token", kept))
	s.save(ctx, kept)
	return kept, nil
}

// save keeps what was learned. That it can't be kept is no failure, because a
// folder may be read-only on purpose: the next process then learns it itself.
func (s *Source) save(ctx context.Context, t Token) {
	if err := s.o.Store.Update(ctx, t); err != nil {
		s.o.Logger.LogAttrs(ctx, slog.LevelWarn, "token not saved", slog.String("account", s.o.Account), slog.Any("err", err))
	}
}

// stumbled reports whether the token endpoint is to be left alone.
func (s *Source) stumbled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Now().Before(s.again)
}

// belongs refuses a token of another client, for what one client made another does
// not see, and a token of another issuer, which would be sent to who did not issue
// it:
//
//	client  token endpoints                        the token is
//	other   any                                    refused
//	same    the same, or both Google's             used
//	same    both on this machine                   used
//	same    any others                             refused
func (s *Source) belongs(t Token) error {
	bad := func(problem, remedy string) error {
		return &FileError{Path: s.o.Store.Path(s.o.Account), Problem: problem, Remedy: remedy}
	}
	if t.ClientID != s.o.Credentials.ClientID {
		return bad("this token was granted to another OAuth client than that of the credentials",
			"use the credentials that you logged in with, or log in again; albums that the other client made stay out of sight then")
	}
	if !sameIssuer(t.TokenURL, s.o.Credentials.TokenURL) {
		return bad(fmt.Sprintf("this token was issued by %s, and the token_uri of the credentials is %s", t.TokenURL, s.o.Credentials.TokenURL),
			"use the credentials that you logged in with, or log in again")
	}
	return nil
}

func (s *Source) adopt(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = t
}

func (s *Source) isDead(refresh Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.dead.Empty() && s.dead.Equal(refresh)
}

// ask asks the token endpoint, again while it stumbles: after one second, two,
// four, stretched by up to a half so that many processes do not come at once.
func (s *Source) ask(ctx context.Context, t Token) (*oauth2.Token, error) {
	asking := context.WithValue(ctx, oauth2.HTTPClient, s.o.HTTP)
	config := s.o.Credentials.config("", nil)
	delay := time.Second
	for attempt := 1; ; attempt++ {
		answer, err := config.TokenSource(asking, &oauth2.Token{RefreshToken: t.Refresh.Reveal()}).Token()
		if err = explain(ctx, s.o.Account, err, s.o.Credentials.Secret, t.Refresh); err == nil || attempt == s.o.Attempts || !IsTemporary(err) {
			return answer, err
		}
		s.o.Logger.LogAttrs(ctx, slog.LevelDebug, "access token to be asked for again", slog.String("account", s.o.Account), slog.Any("err", err))
		if !sleep(ctx, delay+rand.N(delay/2)) {
			return nil, errors.Join(context.Cause(ctx), err)
		}
		delay *= 2
	}
}

// sleep waits and reports whether the time was up before the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
