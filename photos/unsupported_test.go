package photos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

var denied = wrapped("403", permissionDenied, "Request had insufficient authentication scopes.")

// What the service withdrew costs one call of each method, and none after that.
func TestAWithdrawnMethodIsLearnedOnce(t *testing.T) {
	t.Parallel()
	var told []photos.Method
	budget := &counted{}
	c := newClient(t, photos.Options{Transport: canned(403, denied), Budget: budget, OnUnsupported: func(m photos.Method) { told = append(told, m) }})
	calls := callsOf(t)
	for range 3 {
		for _, name := range []string{"share", "join", "share"} {
			err := calls[name](c)
			if !photos.IsUnsupported(err) || photos.EffectOf(err) != photos.EffectNone || photos.IsTemporary(err) || photos.IsScopeMissing(err) {
				t.Errorf("%s: %v", name, err)
			}
			checkError(t, err)
		}
	}
	want := []photos.Method{photos.MethodAlbumsShare, photos.MethodSharedJoin}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, budget.calls); diff != "" {
		t.Errorf("spent (-want +got):\n%s", diff)
	}
}

// What was learned of an account is handed back to the next client of it.
func TestWhatWasLearnedIsPreset(t *testing.T) {
	t.Parallel()
	sent := 0
	c := newClient(t, photos.Options{
		Unsupported:   []photos.Method{photos.MethodAlbumsShare, photos.MethodAlbumsList},
		OnUnsupported: func(m photos.Method) { t.Errorf("told of %s again", m) },
		Transport:     roundTrips(func(r *http.Request) (*http.Response, error) { sent++; return canned(200, `{}`)(r) }),
	})
	calls := callsOf(t)
	err := calls["share"](c)
	var e *photos.Error
	if !photos.IsUnsupported(err) || sent != 0 || !errors.As(err, &e) || e.HTTPStatus != 0 || e.Method != photos.MethodAlbumsShare {
		t.Errorf("share: %v after %d calls", err, sent)
	}
	for _, name := range []string{"albums", "leave", "shared"} {
		if err := calls[name](c); err != nil {
			t.Errorf("%s is refused, too: %v", name, err)
		}
	}
}

// A refusal that says nothing of the method is not learned: the next may pass.
func TestOnlyTheServicesOwnRefusalIsLearned(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		code int
		body string
	}{
		"a page of a front end":   {403, `<html>Forbidden</html>`},
		"the API not enabled":     {403, wrapped("403", permissionDenied, "Photos Library API has not been used in project 7 before")},
		"an unknown album":        {404, wrapped("404", "NOT_FOUND", "Requested entity was not found.")},
		"a token that is expired": {401, wrapped("401", "UNAUTHENTICATED", "x")},
	} {
		calls := 0
		c := newClient(t, photos.Options{
			Transport:     roundTrips(func(r *http.Request) (*http.Response, error) { calls++; return canned(answer.code, answer.body)(r) }),
			OnUnsupported: func(photos.Method) { t.Errorf("%s was learned", name) },
		})
		for range 2 {
			if err := c.UnshareAlbum(t.Context(), "a"); err == nil || photos.IsUnsupported(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if calls != 2 {
			t.Errorf("%s: %d calls", name, calls)
		}
	}
}

// A grant that is dead is told by the source of tokens, and no call is made.
func TestADeadGrantIsNoBadConnection(t *testing.T) {
	t.Parallel()
	c := newClient(t, photos.Options{
		Token:     func(context.Context) (string, error) { return "", fmt.Errorf("refreshing: %w", photos.ErrGrantDead) },
		Transport: roundTrips(func(*http.Request) (*http.Response, error) { t.Error("a call was made"); return nil, io.EOF }),
	})
	err := second(c.ListAlbums(t.Context(), photos.ListAlbums{}))
	if diff := cmp.Diff([]string{"grant dead"}, yes(err)); diff != "" || photos.EffectOf(err) != photos.EffectNone {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
