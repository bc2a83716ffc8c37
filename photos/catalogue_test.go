package photos_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

// refusals makes calls whose answers are a row of the catalogue.
type refusals map[string]func(*photos.Client) error

func callsOf(t *testing.T) refusals {
	ctx := t.Context()
	return refusals{
		"add":     func(c *photos.Client) error { return c.AddItems(ctx, "a", ids(1)) },
		"albums":  func(c *photos.Client) error { return second(c.ListAlbums(ctx, photos.ListAlbums{})) },
		"create":  func(c *photos.Client) error { return second(c.CreateAlbum(ctx, "t")) },
		"get":     func(c *photos.Client) error { return second(c.GetAlbum(ctx, "a")) },
		"getItem": func(c *photos.Client) error { return second(c.GetItem(ctx, "i")) },
		"items": func(c *photos.Client) error {
			return second(c.CreateItems(ctx, photos.CreateItems{Album: "a", Items: []photos.NewItem{{Token: "t"}}}))
		},
		"join":   func(c *photos.Client) error { return second(c.JoinAlbum(ctx, "t")) },
		"leave":  func(c *photos.Client) error { return c.LeaveAlbum(ctx, "t") },
		"patch":  func(c *photos.Client) error { return second(c.PatchItem(ctx, "i", "d")) },
		"remove": func(c *photos.Client) error { return c.RemoveItems(ctx, "a", ids(1)) },
		"search": func(c *photos.Client) error { return second(c.SearchItems(ctx, photos.SearchItems{Album: "a"})) },
		"share":  func(c *photos.Client) error { return second(c.ShareAlbum(ctx, "a", photos.ShareOptions{})) },
		"shared": func(c *photos.Client) error { return second(c.ListSharedAlbums(ctx, photos.ListAlbums{})) },
		"upload": func(c *photos.Client) error { return second(c.Upload(ctx, file("a.png", picture(1)))) },
	}
}

// yes are the questions that an error answers with yes.
func yes(err error) []string {
	got := []string{}
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		if questions[name](err) {
			got = append(got, name)
		}
	}
	return got
}

const (
	invalidArgument  = "INVALID_ARGUMENT"
	permissionDenied = "PERMISSION_DENIED"
	consumer         = " of service 'photoslibrary.googleapis.com' for consumer 'project_number:1'."
)

// The refusals that were seen of Google, each with all its questions.
//
//	which calls meet it | the answer | the questions that are answered with yes, all others with no
func TestEveryRefusalThatIsKnownAnswersItsQuestions(t *testing.T) {
	t.Parallel()
	calls := callsOf(t)
	for _, row := range []struct {
		name, calls string
		code        int
		body        string
		want        []string
	}{
		{"an item unknown, foreign or not made by this app", "add remove", 400, wrapped("400", invalidArgument, "Request contains an invalid media item id."), []string{"invalid", "item invalid"}},
		{"an album not made by this app", "add items", 400, wrapped("400", invalidArgument, "No permission to add media items to this album."), []string{"not ours"}},
		{"an album id malformed or foreign", "add items", 400, wrapped("400", invalidArgument, "Invalid album ID."), []string{"album gone", "album invalid"}},
		{"an album that the user deleted", "add items", 404, wrapped("404", "NOT_FOUND", "The provided ID does not match any albums."), []string{"album gone"}},
		{"an album of which there is no trace", "get search add share leave", 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), []string{"album gone"}},
		{"an item of which there is no trace", "getItem patch", 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), []string{"invalid", "item invalid"}},
		{"more than fifty entries", "add items remove", 400, wrapped("400", invalidArgument, "Request must have less than 50 items."), []string{"beyond limits", "invalid"}},
		{"an entry twice", "add", 400, wrapped("400", invalidArgument, "Request must not contain duplicated ids"), []string{"beyond limits", "invalid"}},
		{"an upload token empty, expired or garbage", "items", 400, wrapped("400", invalidArgument, "Request must contain a valid upload token."), []string{"invalid", "token dead"}},
		{"a page token of another call", "albums search shared", 400, wrapped("400", invalidArgument, "When using a page token, you must use the same parameters as the previous request."), []string{"page token dead"}},
		{"an argument for which no text is known", "albums search create", 400, wrapped("400", invalidArgument, "Request contains an invalid argument."), []string{"invalid"}},
		{"an item id malformed", "getItem", 400, wrapped("400", invalidArgument, "Invalid media item ID."), []string{"invalid", "item invalid"}},
		{"storage full", "items upload", 400, wrapped("400", invalidArgument, "The remaining storage in the user's account is not enough to perform this operation."), []string{"storage full"}},
		{"storage full, as a quota", "items", 429, wrapped("429", "RESOURCE_EXHAUSTED", "The remaining storage in the user's account is not enough to perform this operation."), []string{"storage full"}},
		{"an access token expired or revoked", "albums add", 401, wrapped("401", "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."), []string{"unauthorized"}},
		{"the same of an upload, or its scope missing", "upload", 401, `{"code":16,"message":"Authentication session is not defined."}`, []string{"unauthorized"}},
		{"a scope missing", "albums add items create getItem patch remove search upload", 403, wrapped("403", permissionDenied, "Request had insufficient authentication scopes."), []string{"scope missing"}},
		{"a sharing method since it was withdrawn", "share shared join leave", 403, wrapped("403", permissionDenied, "Request had insufficient authentication scopes."), []string{"unsupported"}},
		{"the same in other words", "share shared join leave", 403, wrapped("403", permissionDenied, "The caller does not have permission"), []string{"unsupported"}},
		{"a sharing method of somebody else's album", "share", 403, wrapped("403", permissionDenied, "No permission to share this album."), []string{"not ours"}},
		{"the API not enabled", "albums share", 403, wrapped("403", permissionDenied, "Photos Library API has not been used in project 7 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/photoslibrary.googleapis.com/overview?project=7 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."), []string{"API disabled"}},
		{"an account without Photos", "albums items", 403, wrapped("403", permissionDenied, "The caller does not have permission"), []string{"no Photos"}},
		{"an account without Photos, in other words", "albums share", 403, wrapped("403", permissionDenied, "Google Photos is disabled for the user"), []string{"no Photos"}},
		{"the day's calls", "albums add", 429, quota429("Quota exceeded for quota metric 'All requests' and limit 'All requests per day'"+consumer, "ApiCallsPerProjectPerDay"), []string{"daily quota"}},
		{"writes a minute", "add items", 429, quota429("Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user'"+consumer, "WritesPerMinutePerUser"), []string{"temporary", "write rate"}},
		{"writes a minute, older", "add items", 429, wrapped("429", "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'photoslibrary.googleapis.com/write_requests' and limit 'WritesPerMinutePerUser'"), []string{"temporary", "write rate"}},
		{"two writes at once", "add items", 429, wrapped("429", "RESOURCE_EXHAUSTED", "Quota exceeded for quota 'concurrent write request' of service 'photoslibrary.googleapis.com'."), []string{"concurrent write", "temporary"}},
		{"the day's downloads", "getItem", 429, quota429("Quota exceeded for quota metric 'Media bytes' and limit 'Media bytes per day'"+consumer, "MediaBytesPerProjectPerDay"), []string{"media quota"}},
		{"internal", "albums items", 500, wrapped("500", "INTERNAL", "Internal error encountered."), []string{"temporary"}},
		{"unavailable", "albums items", 503, wrapped("503", "UNAVAILABLE", "The service is currently unavailable."), []string{"temporary"}},
		{"uploads a minute, as an argument", "upload", 400, `{"code":3,"message":"Insufficient tokens for quota 'photoslibrary.googleapis.com/upload_requests' and limit 'UploadsPerMinute' of service 'photoslibrary.googleapis.com'"}`, []string{"temporary", "upload rate"}},
		{"uploads a minute, as a quota", "upload", 429, quota429("Quota exceeded for quota metric 'Upload requests' and limit 'Uploads per minute'"+consumer, "UploadsPerMinute"), []string{"temporary", "upload rate"}},
		{"more bytes than may be", "upload", 413, `<html>`, []string{"beyond limits"}},
		{"a page of a front end", "albums share add", 403, `<html>`, []string{}},
	} {
		for name := range strings.FieldsSeq(row.calls) {
			err := calls[name](newClient(t, photos.Options{Transport: canned(row.code, row.body), Attempts: 1}))
			if diff := cmp.Diff(row.want, yes(err)); err == nil || diff != "" {
				t.Errorf("%s, of %s: %v (-want +got):\n%s", row.name, name, err, diff)
			}
		}
	}
}

// A scope that is missing is named, by the question and in the error's words.
func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	calls := callsOf(t)
	c := func() *photos.Client {
		return newClient(t, photos.Options{Transport: canned(403, wrapped("403", permissionDenied, "Request had insufficient authentication scopes."))})
	}
	for name, want := range map[string][]photos.Scope{
		"albums": {photos.ScopeRead},
		"add":    {photos.ScopeAppend, photos.ScopeEdit},
		"upload": {photos.ScopeAppend},
		"share":  nil,
	} {
		err := calls[name](c())
		if diff := cmp.Diff(want, photos.MissingScopes(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	const said = "albums.batchAddMediaItems: 403 PERMISSION_DENIED: Request had insufficient authentication scopes. " +
		"(it needs photoslibrary.appendonly or photoslibrary.edit.appcreateddata)"
	if err := calls["add"](c()); err.Error() != said {
		t.Errorf("said: %v", err)
	}
}
