package photos_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

var questions = map[string]func(error) bool{
	"daily quota":      photos.IsDailyQuota,
	"write rate":       photos.IsWriteRate,
	"concurrent write": photos.IsConcurrentWrite,
	"storage full":     photos.IsStorageFull,
	"album gone":       photos.IsAlbumGone,
	"invalid":          photos.IsInvalid,
	"item invalid":     photos.IsItemInvalid,
	"not ours":         photos.IsNotOurs,
	"token dead":       photos.IsUploadTokenDead,
	"unauthorized":     photos.IsUnauthorized,
	"scope missing":    photos.IsScopeMissing,
	"API disabled":     photos.IsAPIDisabled,
	"temporary":        photos.IsTemporary,
	"album invalid":    photos.IsAlbumInvalid,
	"beyond limits":    photos.IsBeyondLimits,
	"endless":          photos.IsEndless,
	"grant dead":       photos.IsGrantDead,
	"media quota":      photos.IsMediaQuota,
	"no Photos":        photos.IsNoPhotos,
	"page token dead":  photos.IsPageTokenDead,
	"unsupported":      photos.IsUnsupported,
	"upload rate":      photos.IsUploadRate,
}

func wrapped(code, status, message string) string {
	return `{"error":{"code":` + code + `,"message":"` + message + `","status":"` + status + `"}}`
}

// quota429 is the body of a 429 that names its limit (a client quotes it whole).
func quota429(message, limit string) string {
	return `{"error":{"code":429,"message":"` + message + `","errors":[{"message":"m","domain":"global","reason":"rateLimitExceeded"}],
	"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED",
	"domain":"googleapis.com","metadata":{"quota_limit":"` + limit + `","quota_limit_value":"30"}},
	{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"d","url":"https://cloud.google.com/"}]}]}}`
}

func TestErrorsAnswerTheQuestionsThatTheyAreAbout(t *testing.T) {
	ctx := t.Context()
	get := func(c *photos.Client) error { _, err := c.GetAlbum(ctx, "a"); return err }
	getItem := func(c *photos.Client) error { _, err := c.GetItem(ctx, "i"); return err }
	list := func(c *photos.Client) error { _, err := c.ListAlbums(ctx, photos.ListAlbums{}); return err }
	search := func(c *photos.Client) error { _, err := c.SearchItems(ctx, photos.SearchItems{Album: "a"}); return err }
	add := func(c *photos.Client) error { return c.AddItems(ctx, "a", ids(1)) }
	create := func(c *photos.Client) error {
		_, err := c.CreateItems(ctx, photos.CreateItems{Album: "a", Items: []photos.NewItem{{Token: "t"}}})
		return err
	}
	upload := func(c *photos.Client) error { _, err := c.Upload(ctx, file("a.png", picture(1))); return err }

	for _, row := range []struct {
		name string
		call func(*photos.Client) error
		code int
		body string
		want []string
	}{
		{"the day's calls", list, 429, quota429("Quota exceeded for quota metric 'All requests' and limit 'All requests per day' of service 'photoslibrary.googleapis.com' for consumer 'project_number:1'.", "ApiCallsPerProjectPerDay"), []string{"daily quota"}},
		{"the day's calls, by words alone", list, 429, wrapped("429", "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'All requests' and limit 'All requests per day' of service 'photoslibrary.googleapis.com'"), []string{"daily quota"}},
		{"writes a minute", add, 429, quota429("Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service 'photoslibrary.googleapis.com'.", "WritesPerMinutePerUser"), []string{"temporary", "write rate"}},
		{"writes a minute, older", add, 429, wrapped("429", "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'photoslibrary.googleapis.com/write_requests' and limit 'WritesPerMinutePerUser'"), []string{"temporary", "write rate"}},
		{"two writes at once", add, 429, wrapped("429", "RESOURCE_EXHAUSTED", "Quota exceeded for quota 'concurrent write request' of service 'photoslibrary.googleapis.com'."), []string{"concurrent write", "temporary"}},
		{"a 429 without words", list, 429, ``, []string{"temporary"}},
		{"uploads a minute", upload, 400, `{"code":3,"message":"Insufficient tokens for quota 'photoslibrary.googleapis.com/upload_requests' and limit 'UploadsPerMinute' of service 'photoslibrary.googleapis.com'"}`, []string{"temporary", "upload rate"}},
		{"storage full", create, 400, wrapped("400", "INVALID_ARGUMENT", "The remaining storage in the user's account is not enough to perform this operation."), []string{"storage full"}},
		{"storage full, as a 429", create, 429, wrapped("429", "RESOURCE_EXHAUSTED", "The remaining storage in the user's account is not enough to perform this operation."), []string{"storage full"}},
		{"album gone, on get", get, 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), []string{"album gone"}},
		{"album gone, on search", search, 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), []string{"album gone"}},
		{"album gone, on create", create, 404, wrapped("404", "", "The provided ID does not match any albums."), []string{"album gone"}},
		{"album gone, without a period", add, 404, wrapped("404", "NOT_FOUND", "The provided ID does not match any albums"), []string{"album gone"}},
		{"album id malformed", create, 400, wrapped("400", "INVALID_ARGUMENT", "Invalid album ID."), []string{"album gone", "album invalid"}},
		{"a front end's 404 says nothing of the album", get, 404, `<!DOCTYPE html><title>Error 404</title>`, nil},
		{"a 404 of a listing says nothing of an album", list, 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), nil},
		{"item gone", getItem, 404, wrapped("404", "NOT_FOUND", "Requested entity was not found."), []string{"invalid", "item invalid"}},
		{"item id malformed", getItem, 400, wrapped("400", "INVALID_ARGUMENT", "Invalid media item ID."), []string{"invalid", "item invalid"}},
		{"item not of this app", add, 400, wrapped("400", "INVALID_ARGUMENT", "Request contains an invalid media item id."), []string{"invalid", "item invalid"}},
		{"album of somebody else", add, 400, wrapped("400", "INVALID_ARGUMENT", "No permission to add media items to this album."), []string{"not ours"}},
		{"upload token dead", create, 400, wrapped("400", "INVALID_ARGUMENT", "Request must contain a valid upload token."), []string{"invalid", "token dead"}},
		{"access token refused", list, 401, wrapped("401", "UNAUTHENTICATED", "Request had invalid authentication credentials."), []string{"unauthorized"}},
		{"access token refused, flat", upload, 401, `{"code":16,"message":"Authentication session is not defined."}`, []string{"unauthorized"}},
		{"scope missing", list, 403, wrapped("403", "PERMISSION_DENIED", "Request had insufficient authentication scopes."), []string{"scope missing"}},
		{"scope missing, by reason", list, 403, `{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`, []string{"scope missing"}},
		{"API disabled", list, 403, wrapped("403", "PERMISSION_DENIED", "Photos Library API has not been used in project 7 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/photoslibrary.googleapis.com/overview?project=7 then retry."), []string{"API disabled"}},
		{"API disabled, by reason", list, 403, `{"error":{"code":403,"message":"m","details":[{"reason":"SERVICE_DISABLED","metadata":{"service":5}}]}}`, []string{"API disabled"}},
		{"no permission at all", list, 403, wrapped("403", "PERMISSION_DENIED", "The caller does not have permission"), []string{"no Photos"}},
		{"internal", list, 500, wrapped("500", "INTERNAL", "Internal error encountered."), []string{"temporary"}},
		{"unavailable, in HTML", list, 503, `<html>`, []string{"temporary"}},
		{"a page that is none", list, 200, `<html>`, nil},
		{"an unknown refusal", list, 418, wrapped("418", "", ""), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := row.call(newClient(t, photos.Options{Transport: canned(row.code, row.body), Attempts: 1}))
			if err == nil {
				t.Fatal("no error")
			}
			var got []string
			for _, name := range slices.Sorted(maps.Keys(questions)) {
				if questions[name](err) {
					got = append(got, name)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestQuestionsOfAForeignErrorAreAllAnsweredWithNo(t *testing.T) {
	for name, question := range questions {
		for _, err := range []error{nil, errors.New("429 per day: Invalid album ID."), context.Canceled, (*photos.Error)(nil)} {
			if question(err) {
				t.Errorf("%s: yes of %v", name, err)
			}
		}
	}
}

// What a wrong certificate says once it says again; a server that isn't there yet
// may be there later.
func TestOnlyPassingFailuresOfTheConnectionAreTemporary(t *testing.T) {
	refused := newClient(t, photos.Options{Endpoint: "http://127.0.0.1:1", Attempts: 1})
	if _, err := refused.ListAlbums(t.Context(), photos.ListAlbums{}); !photos.IsTemporary(err) {
		t.Errorf("connection refused is not temporary: %v", err)
	}
	wrong := newTLS(t, answers(200, "{}"))
	if _, err := newClient(t, photos.Options{Endpoint: wrong.URL}).ListAlbums(t.Context(), photos.ListAlbums{}); photos.IsTemporary(err) || !strings.Contains(err.Error(), "x509") {
		t.Errorf("a wrong certificate is temporary: %v", err)
	}
}

func TestStatusesOfEntries(t *testing.T) {
	type answers struct{ OK, Duplicate, Permanent, Transient, Exhausted bool }
	for code, want := range map[int]answers{
		0:  {OK: true},
		2:  {Transient: true},
		3:  {Permanent: true},
		4:  {Transient: true},
		6:  {Duplicate: true},
		8:  {Exhausted: true},
		13: {Transient: true},
		14: {Transient: true},
	} {
		s := photos.Status{Code: code}
		if diff := cmp.Diff(want, answers{s.OK(), s.Duplicate(), s.Permanent(), s.Transient(), s.Exhausted()}); diff != "" {
			t.Errorf("code %d (-want +got):\n%s", code, diff)
		}
	}
	full := photos.Status{Code: 3, Message: "The remaining storage in the user's account is not enough to perform this operation."}
	if !full.Exhausted() || full.Permanent() {
		t.Error("a full account is a flaw of the bytes")
	}
}

func TestRetryDelayGrowsFromWhatGoogleAsksFor(t *testing.T) {
	half := func() float64 { return 0.5 }
	for _, row := range []struct {
		name    string
		err     error
		attempt int
		jitter  func() float64
		want    time.Duration
	}{
		{"5xx, first", &photos.Error{HTTPStatus: 503}, 1, nil, time.Second},
		{"5xx, second", &photos.Error{HTTPStatus: 500}, 2, nil, 2 * time.Second},
		{"no answer, fourth", &photos.Error{}, 4, nil, 8 * time.Second},
		{"429, first", &photos.Error{HTTPStatus: 429}, 1, nil, 30 * time.Second},
		{"429, third", &photos.Error{HTTPStatus: 429}, 3, nil, 2 * time.Minute},
		{"429, tenth", &photos.Error{HTTPStatus: 429}, 10, nil, 5 * time.Minute},
		{"uploads a minute", &photos.Error{HTTPStatus: 400, Message: "Insufficient tokens for quota"}, 1, nil, 30 * time.Second},
		{"5xx, millionth", &photos.Error{HTTPStatus: 500}, 1_000_000, nil, 5 * time.Minute},
		{"attempts counted from 0", &photos.Error{HTTPStatus: 500}, 0, nil, time.Second},
		{"jitter only adds", &photos.Error{HTTPStatus: 429}, 1, half, 37500 * time.Millisecond},
		{"Retry-After wins", &photos.Error{HTTPStatus: 429, RetryAfter: 7 * time.Second}, 4, half, 7 * time.Second},
		{"a foreign error", http.ErrAbortHandler, 1, nil, time.Second},
	} {
		if got := photos.RetryDelay(row.err, row.attempt, row.jitter); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}
