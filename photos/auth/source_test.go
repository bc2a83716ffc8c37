package auth_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos"
	"albumen/photos/auth"
	"albumen/photos/emulator"
)

func TestATokenIsRenewedBeforeItExpiresOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		source, other := s.source("family"), s.source("family")
		first := s.token(source)
		time.Sleep(54 * time.Minute)
		if s.token(source) != first || s.asked() != 1 {
			t.Errorf("after 54 minutes the endpoint was asked %d times", s.asked())
		}
		time.Sleep(time.Minute)
		var callers sync.WaitGroup
		for range 20 {
			callers.Go(func() {
				if token, err := source.Token(t.Context()); err != nil || token == first {
					t.Errorf("the token is the old one, %v", err)
				}
			})
		}
		callers.Wait()
		// Another process finds what this one has saved.
		if s.token(other) != s.token(source) || s.asked() != 2 {
			t.Errorf("for 21 callers the endpoint was asked %d times", s.asked()-1)
		}
		if status := s.call(s.token(source)); status != 200 {
			t.Errorf("a call is answered %d", status)
		}
		s.quiet()
	})
}

func TestADeadGrantIsFinalUntilANewLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		token := s.login("family")
		source := s.source("family")
		s.token(source)
		if err := auth.Revoke(t.Context(), token, s.client()); err != nil {
			t.Fatal(err)
		}
		if err := auth.Revoke(t.Context(), token, s.client()); err != nil {
			t.Errorf("revoking again: %v", err)
		}
		time.Sleep(time.Hour)
		before := s.asked()
		for range 3 {
			_, err := source.Token(t.Context())
			var dead *auth.GrantDeadError
			if !errors.As(err, &dead) || dead.Account != "family" || !photos.IsGrantDead(err) || auth.IsTemporary(err) {
				t.Errorf("the error is %v", err)
			}
		}
		if _, err := s.source("family").Token(t.Context()); !photos.IsGrantDead(err) {
			t.Errorf("another process is told %v", err)
		}
		if s.asked() != before+1 {
			t.Errorf("the endpoint was asked %d times about a dead grant", s.asked()-before)
		}
		s.login("family")
		if status := s.call(s.token(source)); status != 200 {
			t.Errorf("after a new login a call is answered %d", status)
		}
	})
}

func TestAClientInTestingIsLoggedOutAfterAWeek(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, tells := range []bool{false, true} {
			s := pipe(t, emulator.Options{
				Clients: []emulator.OAuthClient{{ID: "app", Secret: "GOCSPX-emulated", Testing: true}},
				Choices: emulator.Choices{TellRefreshExpiry: tells},
			})
			token := s.login("family")
			at, told := token.MayDieOn()
			if !at.Equal(token.Granted.Add(auth.TestingLife)) || told != tells {
				t.Errorf("it may die on %v, told %v", at, told)
			}
			time.Sleep(time.Until(at) - time.Minute)
			s.token(s.source("family"))
			time.Sleep(time.Hour)
			if _, err := s.source("family").Token(t.Context()); !auth.IsGrantDead(err) {
				t.Errorf("after a week: %v", err)
			}
		}
	})
}

func TestAClientThatOutlivesAWeekIsBeyondSuspicion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		time.Sleep(8 * 24 * time.Hour)
		s.token(s.source("family"))
		kept, err := s.store.Load("family")
		if at, _ := kept.MayDieOn(); err != nil || !at.IsZero() {
			t.Errorf("it is still suspected to die on %v, %v", at, err)
		}
		if at, _ := s.login("family").MayDieOn(); !at.IsZero() {
			t.Errorf("a new login forgets what is known of the client")
		}
	})
}

func TestAStumblingEndpointIsAskedAgainWithPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		source := s.source("family")
		first := s.token(source)
		time.Sleep(55 * time.Minute)

		// While the old token lives, it serves, and the endpoint is left alone.
		s.faults(emulator.Fault{Method: "oauth.token", Kind: emulator.Broken, Status: 503, Times: -1})
		before := s.asked()
		for range 5 {
			if s.token(source) != first {
				t.Error("the old token was given up")
			}
		}
		if s.asked() != before+4 {
			t.Errorf("asked %d times", s.asked()-before)
		}
		time.Sleep(5 * time.Minute)
		began := time.Now()
		if _, err := source.Token(t.Context()); !auth.IsTemporary(err) || auth.IsGrantDead(err) {
			t.Errorf("the error is %v", err)
		}
		if took := time.Since(began); took < 7*time.Second || took > 11*time.Second {
			t.Errorf("four attempts took %v", took)
		}
		s.faults(emulator.Fault{Method: "oauth.token", Kind: emulator.LoseRequest}, emulator.Fault{Method: "oauth.token", Kind: emulator.Broken, Nth: 2})
		if s.token(source) == first {
			t.Error("the token is the old one")
		}
		s.quiet()
	})
}

func TestAnEndedContextEndsTheWaitForAToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		source := s.source("family")
		time.Sleep(time.Hour)
		s.faults(emulator.Fault{Method: "oauth.token", Kind: emulator.Broken, Times: -1})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() {
				if _, err := source.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the error is %v", err)
				}
			})
		}
		callers.Wait()
	})
}

func TestARefusedTokenIsRenewedWhateverTheClockSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		// A process whose clock was a day ahead wrote this expiry.
		kept, err := s.store.Load("family")
		if err != nil {
			t.Fatal(err)
		}
		kept.Expiry = kept.Expiry.Add(24 * time.Hour)
		if err := s.store.Save(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		source := s.source("family")
		stale := s.token(source)
		if status := s.call(stale); status != 401 {
			t.Fatalf("the stale token is answered %d", status)
		}
		for range 2 { // two calls under way were refused
			if !source.Refused(stale) {
				t.Error("no other token is to be had")
			}
		}
		fresh := s.token(source)
		if status := s.call(fresh); status != 200 {
			t.Errorf("the new token is answered %d", status)
		}
		if source.Refused(fresh) {
			t.Error("a token of this second is to be renewed")
		}
		if !source.Refused(stale) || s.token(source) != fresh {
			t.Error("a late word about the old token costs the new one")
		}
		if s.asked() != 2 {
			t.Errorf("the endpoint was asked %d times", s.asked())
		}
	})
}

func TestATokenFromTheFutureIsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		kept, err := s.store.Load("family")
		if err != nil {
			t.Fatal(err)
		}
		kept.Obtained, kept.Expiry = kept.Obtained.Add(24*time.Hour), kept.Expiry.Add(24*time.Hour)
		if err := s.store.Save(t.Context(), kept); err != nil {
			t.Fatal(err)
		}
		if s.token(s.source("family")) == kept.Access.Reveal() {
			t.Error("its expiry was believed")
		}
	})
}

func TestARenewalDoesNotUndoALogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		old := s.login("family")
		time.Sleep(time.Hour)
		renewed := s.login("family")
		if err := s.store.Update(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		if kept, err := s.store.Load("family"); err != nil || !kept.Refresh.Equal(renewed.Refresh) {
			t.Errorf("the new login was replaced: %v", err)
		}
		if err := s.store.Delete(t.Context(), "family"); err != nil {
			t.Fatal(err)
		}
		if err := s.store.Update(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		var none *auth.NotLoggedInError
		if _, err := s.source("family").Token(t.Context()); !errors.As(err, &none) {
			t.Errorf("after a logout: %v", err)
		}
	})
}

func TestATokenThatCanNotBeSavedServesAllTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipe(t, emulator.Options{})
		s.login("family")
		time.Sleep(time.Hour)
		lock := filepath.Join(s.dir, ".lock")
		if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
			t.Fatal(err)
		}
		source := s.source("family")
		if status := s.call(s.token(source)); status != 200 {
			t.Errorf("a call is answered %d", status)
		}
		s.token(source)
		if s.asked() != 2 {
			t.Errorf("the endpoint was asked %d times", s.asked())
		}
	})
}

func TestATokenOfAnotherClientIsNotUsed(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.login("family")
	s.credentials.ClientID = "other"
	var file *auth.FileError
	if _, err := s.source("family").Token(t.Context()); !errors.As(err, &file) || file.Remedy == "" {
		t.Errorf("the error is %v", err)
	}
}

func TestATokenFollowsItsIssuerToAnotherAddress(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	old := s.login("family")
	s.credentials.TokenURL = strings.Replace(s.credentials.TokenURL, "127.0.0.1", "localhost", 1)
	source := s.source("family")
	if err := source.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := s.store.Load("family")
	if err != nil || kept.TokenURL != s.credentials.TokenURL || kept.TokenURL == old.TokenURL {
		t.Errorf("the token is kept for %s, %v", kept.TokenURL, err)
	}
}
