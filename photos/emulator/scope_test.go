package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// The scopes by the letters that the tables of this file name them by.
var scopeOf = map[rune]string{
	'P': "photoslibrary", 'A': "photoslibrary.appendonly", 'R': "photoslibrary.readonly",
	'r': "photoslibrary.readonly.appcreateddata", 'e': "photoslibrary.edit.appcreateddata", 'S': "photoslibrary.sharing",
}

// as is the account as the holder of another access token calls it.
func (a *account) as(token string) *account {
	other := *a
	other.who = token
	return &other
}

// bearing is a grant of the scopes that letters name.
func bearing(letters string) emulator.Grant {
	scopes := []string{}
	for _, letter := range letters {
		scopes = append(scopes, scopeOf[letter])
	}
	return emulator.Grant{Scopes: scopes}
}

// scopeRows are the methods with the scopes that permit them, any one of them,
// in the legacy and in the current profile, and a request that gets past them.
var scopeRows = []struct{ method, legacy, current, call string }{
	{"albums.addEnrichment", "PAS", "Ae", "POST /v1/albums/x:addEnrichment"},
	{"albums.batchAddMediaItems", "PAS", "Ae", "POST /v1/albums/x:batchAddMediaItems"},
	{"albums.batchRemoveMediaItems", "P", "e", "POST /v1/albums/x:batchRemoveMediaItems"},
	{"albums.create", "PAS", "A", "POST /v1/albums"},
	{"albums.get", "PRr", "r", "GET /v1/albums/x"},
	{"albums.list", "PRr", "r", "GET /v1/albums"},
	{"albums.patch", "e", "e", "PATCH /v1/albums/x"},
	{"albums.share", "S", "", "POST /v1/albums/x:share"},
	{"albums.unshare", "S", "", "POST /v1/albums/x:unshare"},
	{"mediaItems.batchCreate", "PAS", "A", "POST /v1/mediaItems:batchCreate"},
	{"mediaItems.batchGet", "PRr", "r", "GET /v1/mediaItems:batchGet"},
	{"mediaItems.get", "PRr", "r", "GET /v1/mediaItems/x"},
	{"mediaItems.list", "PRr", "r", "GET /v1/mediaItems"},
	{"mediaItems.search", "PRr", "r", "POST /v1/mediaItems:search"},
	{"mediaItems.patch", "e", "e", "PATCH /v1/mediaItems/x"},
	{"sharedAlbums.get", "S", "", "GET /v1/sharedAlbums/x"},
	{"sharedAlbums.join", "S", "", "POST /v1/sharedAlbums:join"},
	{"sharedAlbums.leave", "S", "", "POST /v1/sharedAlbums:leave"},
	{"sharedAlbums.list", "PRr", "", "GET /v1/sharedAlbums"},
	{"uploads", "PAS", "A", "POST /v1/uploads"},
}

const insufficient = "Request had insufficient authentication scopes."

func TestEachMethodNeedsItsScopes(t *testing.T) {
	t.Parallel()
	for _, profile := range []emulator.Profile{emulator.Legacy, emulator.Current} {
		tokens := map[string]emulator.Grant{}
		for letter := range scopeOf {
			tokens[string(letter)] = bearing(string(letter))
		}
		a := open(t, emulator.Options{Profile: profile, Tokens: tokens, ConcurrentWrites: -1})
		for _, row := range scopeRows {
			want := row.legacy
			if profile == emulator.Current {
				want = row.current
			}
			for letter := range scopeOf {
				holder := a.as(string(letter))
				verb, path, _ := strings.Cut(row.call, " ")
				status, text, err := holder.send(verb, path, nil)
				refused := strings.Contains(text, insufficient) || strings.Contains(text, "Authentication session is not defined.")
				if permitted := strings.ContainsRune(want, letter); err != nil || refused == permitted {
					t.Errorf("%s: %s with only %s answered %d %s (%v)", profile, row.method, scopeOf[letter], status, text, err)
				}
				if refused && status != 403 && row.method != "uploads" {
					t.Errorf("%s: %s was refused with %d", profile, row.method, status)
				}
			}
		}
	}
}

func TestMissingScopeIsToldInTheBodyThatClientsQuote(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Tokens: map[string]emulator.Grant{"reader": bearing("r")}}).as("reader")
	want := object{"error": object{"code": 403.0, "message": insufficient, "status": "PERMISSION_DENIED"}}
	if diff := cmp.Diff(want, a.call(403, "POST", "/v1/albums", object{"album": object{"title": "x"}})); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	flat := object{"code": 16.0, "message": "Authentication session is not defined."}
	if diff := cmp.Diff(flat, a.call(401, "POST", "/v1/uploads", picture(1))); diff != "" {
		t.Errorf("body of an upload (-want +got):\n%s", diff)
	}
}

func TestRemovedScopesPermitNothingToday(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Tokens: map[string]emulator.Grant{"old": bearing("PRS"), "all": bearing("PRSAre")}})
	for _, row := range scopeRows {
		verb, path, _ := strings.Cut(row.call, " ")
		if status, text, _ := a.as("old").send(verb, path, nil); status != 403 && status != 401 {
			t.Errorf("%s answered %d %s", row.method, status, text)
		}
		if row.current == "" {
			a.as("all").refused(403, insufficient, verb, path, nil)
			a.as("all").refused(403, insufficient, verb, path+"?unknown=1", "{not JSON")
		}
	}
}

func TestScopesAreNamedWholeOrShort(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Tokens: map[string]emulator.Grant{
		"whole":  {Scopes: []string{"openid", "https://www.googleapis.com/auth/photoslibrary.appendonly"}},
		"short":  {Scopes: []string{"photoslibrary.appendonly"}},
		"all":    {},
		"nobody": {Scopes: []string{}},
	}})
	for _, token := range []string{"whole", "short", "all"} {
		a.as(token).album(token)
	}
	a.as("nobody").refused(403, insufficient, "POST", "/v1/albums", object{"album": object{}})
}

func TestTokensThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for want, tokens := range map[string]map[string]emulator.Grant{
		"empty":                   {"": {}},
		`"photoslibrary.readonl"`: {"secret": {User: "ann", Scopes: []string{"photoslibrary.readonl"}}},
	} {
		_, err := emulator.Open(emulator.Options{Tokens: tokens})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestScopeToEditReadsByChoice(t *testing.T) {
	t.Parallel()
	tokens := map[string]emulator.Grant{"all": {}, "editor": bearing("e")}
	a := open(t, emulator.Options{Tokens: tokens, Choices: emulator.Choices{EditReads: true}})
	id := a.as("all").album("Trip")
	if got := a.as("editor").call(200, "GET", "/v1/albums/"+id, nil); got["isWriteable"] != nil {
		t.Errorf("the album is writeable for a token that can't upload: %v", got)
	}
}

func TestDeclaredTokensAreTheOnlyOnes(t *testing.T) {
	t.Parallel()
	const unauthenticated = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid " +
		"authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	for name, opts := range map[string]emulator.Options{
		"declared": {Tokens: map[string]emulator.Grant{"known": {}}},
		"required": {RequireTokens: true},
	} {
		a := open(t, opts)
		if name == "declared" {
			a.as("known").album("Trip")
			a.as("nothing").call(200, "GET", "/v1/albums?access_token=known", nil, "Authorization", "")
		}
		a.refused(401, unauthenticated, "GET", "/v1/albums", nil)
		got := a.call(401, "POST", "/v1/uploads", picture(1))
		if diff := cmp.Diff(object{"code": 16.0, "message": "Authentication session is not defined."}, got); diff != "" {
			t.Errorf("%s: body of an upload (-want +got):\n%s", name, diff)
		}
		if got := a.e.Stats()["uploads"]; got != 1 {
			t.Errorf("%s: %d uploads were counted", name, got)
		}
	}
}

func TestDayIsSharedByTheUsersOfAProjectAndMinuteIsEachUsers(t *testing.T) {
	t.Parallel()
	at := newClock()
	const one, two, other = "4711-a.apps.googleusercontent.com", "4711-b.apps.googleusercontent.com", "4712-a.apps.googleusercontent.com"
	opts := emulator.Options{Dir: t.TempDir(), DailyCalls: 4, WritesPerMinute: 1, Now: at.now, Tokens: map[string]emulator.Grant{
		"ann": {User: "ann", Client: one}, "ben": {User: "ben", Client: two}, "cat": {User: "ann", Client: other}, "odd": {Client: "an odd\nname"}, "app": {},
	}}
	create := object{"album": object{"title": "x"}}
	t.Run("before", func(t *testing.T) {
		a := open(t, opts)
		a.as("ann").call(200, "POST", "/v1/albums", create)
		want := quotaBody("Write requests", "Write requests per minute per user", "write_requests", "WritesPerMinutePerUser", "1", "4711")
		if diff := cmp.Diff(want, a.as("ann").call(429, "POST", "/v1/albums", create)); diff != "" {
			t.Errorf("the second write of a user (-want +got):\n%s", diff)
		}
		a.as("ben").call(200, "POST", "/v1/albums", create)
		a.as("ann").call(200, "GET", "/v1/albums", nil)
		a.as("app").call(200, "GET", "/v1/albums", nil)
	})
	a := open(t, opts)
	want := quotaBody("All requests", "All requests per day", "all_requests", "ApiCallsPerProjectPerDay", "4", "4711")
	for _, token := range []string{"ann", "ben"} {
		if diff := cmp.Diff(want, a.as(token).call(429, "GET", "/v1/albums", nil)); diff != "" {
			t.Errorf("the fifth call of the project, by %s (-want +got):\n%s", token, diff)
		}
	}
	for range 4 {
		a.as("cat").call(200, "GET", "/v1/albums", nil)
	}
	for range 4 {
		a.as("odd").call(200, "GET", "/v1/albums", nil)
	}
	for i := range 4 {
		want := 200
		if i == 3 {
			want = 429
		}
		a.as("app").call(want, "GET", fmt.Sprint("/v1/albums?pageSize=", i+1), nil)
	}
	if err := a.e.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(t, opts)
	for _, token := range []string{"ann", "cat", "odd", "app"} {
		a.as(token).call(429, "GET", "/v1/albums", nil)
	}
}
