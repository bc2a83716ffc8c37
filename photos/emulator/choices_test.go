package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

func TestEachChoiceIsSetByItsName(t *testing.T) {
	var c emulator.Choices
	for name, value := range map[string]string{
		"addExisting": "move", "pages": "short,empty", "listLag": "30s", "retryAfter": "7", "anyCover": "true", "errors": "never",
	} {
		if err := c.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	want := emulator.Choices{AddExisting: "move", Pages: "short,empty", ListLag: 30 * time.Second, RetryAfter: 7, AnyCover: true, Errors: "never"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	for _, row := range []struct{ name, value, message string }{
		{"addExistin", "move", `there is no choice "addExistin"; the nearest is "addExisting"`},
		{"addExisting", "moved", `addExisting is one of move, error, duplicate, not "moved"; the nearest is "move"`},
		{"addExisting", "frobnicate", `addExisting is one of move, error, duplicate, not "frobnicate"`},
		{"pages", "short,emty", `pages is one of short, empty, trailing, repeat, not "emty"; the nearest is "empty"`},
		{"anyCover", "yes", `anyCover is true or false, not "yes"`},
		{"listLag", "30", `listLag is a duration like "30s", not "30"`},
		{"retryAfter", "-2", `retryAfter is a whole number, not "-2"`},
	} {
		if err := c.Set(row.name, row.value); err == nil || err.Error() != row.message {
			t.Errorf("%s=%s: %v", row.name, row.value, err)
		}
	}
	if _, err := emulator.Open(emulator.Options{TextLength: -1}); err == nil {
		t.Error("an account with a negative limit was opened")
	}
	if _, err := emulator.Open(emulator.Options{Choices: emulator.Choices{Errors: "sometimes"}}); err == nil {
		t.Error("an account with an unknown choice was opened")
	}
}

func TestFarWordsAreNotTakenForNearOnes(t *testing.T) {
	t.Parallel()
	var o emulator.Options
	if err := o.Set("frobnicate", "1"); err == nil || strings.Contains(err.Error(), "nearest") ||
		!strings.Contains(err.Error(), `there is no choice "frobnicate"; there are addExisting, removeAbsentOK, `) {
		t.Errorf("a choice far from all: %v", err)
	}
	_, err := emulator.ParseFault("albums.create:zzz")
	if err == nil {
		a := open(t, emulator.Options{})
		err = a.e.SetFaults([]emulator.Fault{{Method: "albums.create", Kind: "zzz"}})
	}
	if want := `unknown kind of fault "zzz"; there are ` + strings.Join(emulator.FaultKinds(), ", "); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a fault far from all: %v", err)
	}
}

func TestChoicesChangeWhileItRuns(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{Pages: "empty"}})
	a.album("1")
	if got := a.walk("albums", 5, ""); got != "|1|" {
		t.Errorf("as it was opened: %s", got)
	}
	a.call(200, "POST", controlPath+"choices", object{"listLag": "1m0s", "retryAfter": 7, "anyCover": true})
	want := object{"listLag": "1m0s", "retryAfter": "7", "anyCover": "true"}
	if diff := cmp.Diff(want, a.call(200, "GET", controlPath+"choices", nil)); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	if got := a.walk("albums", 5, ""); got != "|" {
		t.Errorf("with a lag: %s", got)
	}
	got := a.call(400, "POST", controlPath+"choices", object{"pages": "emty"})
	if got["error"] != `pages is one of short, empty, trailing, repeat, not "emty"; the nearest is "empty"` {
		t.Errorf("a bad choice: %v", got)
	}
	a.call(200, "POST", controlPath+"choices", object{})
	if got := a.walk("albums", 5, ""); got != "1|" || a.e.Choices() != (emulator.Choices{}) {
		t.Errorf("the likeliest: %s with %+v", got, a.e.Choices())
	}
}

func TestEveryChoiceSaysWhatItMayBe(t *testing.T) {
	for _, choice := range emulator.ChoicesByName() {
		values := choice.Values
		if values == nil {
			values = []string{"1", "1s"}
		}
		var set []string
		for _, value := range values {
			if new(emulator.Choices).Set(choice.Name, value) == nil {
				set = append(set, value)
			}
		}
		if len(set) == 0 || choice.Values != nil && len(set) != len(values) {
			t.Errorf("%s takes %v of %v", choice.Name, set, values)
		}
	}
}

func TestNewAlbumIsListedLate(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now, Choices: emulator.Choices{ListLag: time.Minute}})
	b := open(t, emulator.Options{Now: at.now, Choices: emulator.Choices{ListLag: time.Minute, LagHidesGet: true}})
	one, two := a.album("x"), b.album("x")
	a.call(200, "GET", "/v1/albums/"+one, nil)
	b.refused(404, "Requested entity was not found.", "GET", "/v1/albums/"+two, nil)
	if got := a.walk("albums", 10, ""); got != "|" {
		t.Errorf("at once: %s", got)
	}
	at.Time = at.Add(time.Minute)
	b.call(200, "GET", "/v1/albums/"+two, nil)
	if got := a.walk("albums", 10, ""); got != "x|" {
		t.Errorf("a minute later: %s", got)
	}
}

func TestErrorsHaveTheListsThatAreChosen(t *testing.T) {
	body := func(choice string) object {
		a := open(t, emulator.Options{DailyCalls: 1, Choices: emulator.Choices{Errors: choice, RetryAfter: 7}})
		first := a.call(404, "GET", "/v1/albums/"+longID, nil)["error"].(object)
		status, header := a.head("GET", "/v1/albums")
		if status != 429 || header.Get("Retry-After") != "7" {
			t.Errorf("the second call: %d with Retry-After %q", status, header.Get("Retry-After"))
		}
		second := a.call(429, "GET", "/v1/albums", nil)["error"].(object)
		return object{"first": first["errors"], "second": second["errors"] != nil, "details": second["details"] != nil}
	}
	list := []any{object{"message": "Requested entity was not found.", "domain": "global", "reason": "notFound"}}
	for choice, want := range map[string]object{
		"":       {"first": nil, "second": true, "details": true},
		"always": {"first": list, "second": true, "details": true},
		"never":  {"first": nil, "second": false, "details": false},
	} {
		if diff := cmp.Diff(want, body(choice)); diff != "" {
			t.Errorf("errors=%s (-want +got):\n%s", choice, diff)
		}
	}
}

// longID has the shape of an id and is none.
const longID = "ADIlABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGH"

// head makes a call and gives the answer's status and headers.
func (a *account) head(method, path string) (int, http.Header) {
	a.t.Helper()
	req, err := http.NewRequest(method, a.url+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	resp, err := a.do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, resp.Header
}

func TestDeadTokenFailsItsEntryByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{DeadTokenPerEntry: true}})
	got := outcomes(a.create(207, "", nil, entry(a.upload(picture(1), ""), "1"), entry("garbage", "2")))
	if diff := cmp.Diff([]string{"1 <nil> Success", "3 Request must contain a valid upload token."}, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

func TestPositionMovesAMemberByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{PlaceExisting: true}})
	album := a.album("Trip")
	var ids []string
	for n := range 4 {
		ids = append(ids, a.item(album, fmt.Sprint(n), picture(n)))
	}
	put := func(position object, pictures ...int) {
		t.Helper()
		var entries []object
		for _, n := range pictures {
			entries = append(entries, entry(a.upload(picture(n), ""), fmt.Sprint(n)))
		}
		a.create(200, album, position, entries...)
	}
	check := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, a.members(album)); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
	}
	put(object{"position": "FIRST_IN_ALBUM"}, 2, 7)
	check("2", "7", "0", "1", "3")
	put(object{"position": "AFTER_MEDIA_ITEM", "relativeMediaItemId": ids[1]}, 7, 0)
	check("2", "1", "7", "0", "3")
	put(object{"position": "AFTER_MEDIA_ITEM", "relativeMediaItemId": ids[1]}, 1)
	check("2", "1", "7", "0", "3")
	put(nil, 2)
	check("2", "1", "7", "0", "3")
}

func TestTrashIsEmptiedAfterSixtyDays(t *testing.T) {
	opts := emulator.Options{Dir: t.TempDir(), Choices: emulator.Choices{TrashedStay: "albums", ReviveTrashed: true}}
	t.Run("", func(t *testing.T) {
		a := open(t, opts)
		for n := range 2 {
			a.item("", fmt.Sprint(n), picture(n))
			a.act(object{"do": "trash_item", "item": fmt.Sprint(n)})
		}
		if err := a.e.Advance(60*24*time.Hour - time.Minute); err != nil {
			t.Fatal(err)
		}
		a.act(object{"do": "restore_item", "item": "0"})
	})
	a := open(t, opts)
	if err := a.e.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	a.call(400, "POST", controlPath+"user", object{"do": "restore_item", "item": "1"})
	id := a.e.World().Items[1].ID
	a.refused(404, "Requested entity was not found.", "GET", "/v1/mediaItems/"+id, nil)
	if again := a.item("", "1", picture(1)); again == id {
		t.Error("bytes brought an item back that was gone for good")
	}
	if strings.Contains(a.page("/trash"), `class="tile"`) {
		t.Error("the trash still shows it")
	}
}

func TestTrashedItemIsStillAnsweredByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{TrashedStay: "get"}})
	a.item("", "stays", picture(1))
	id := a.item("", "trashed", picture(2))
	if _, err := a.e.Act(emulator.Action{Do: emulator.TrashItem, Item: id}); err != nil {
		t.Fatal(err)
	}
	if got := a.call(200, "GET", "/v1/mediaItems/"+id, nil); got["id"] != id {
		t.Errorf("get answers %v", got)
	}
	results := a.call(200, "GET", "/v1/mediaItems:batchGet?mediaItemIds="+id, nil)["mediaItemResults"].([]any)
	if got, _ := results[0].(object)["mediaItem"].(object); got["id"] != id {
		t.Errorf("batchGet answers %v", results)
	}
	if got := a.walk("mediaItems", 10, ""); got != "stays|" {
		t.Errorf("the library shows %s", got)
	}
}

func TestEmptyUploadIsTakenByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{TakeEmptyUploads: true}})
	got := outcomes(a.create(207, "", nil, entry(a.upload(nil, ""), "1")))
	if diff := cmp.Diff([]string{"3 BAD_IMAGE: There was an error while trying to create this media item."}, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if got := a.chunk(a.begin(), finalize, 0, nil); got.state != "final" {
		t.Errorf("an empty session: %+v", got)
	}
}

func TestSessionLivesAsLongAsTheChoiceSays(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{SessionLife: time.Hour}})
	url := a.begin()
	if err := a.e.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := a.query(url); got.status != 404 {
		t.Errorf("after its life: %+v", got)
	}
}

func TestTrashedItemStaysInAlbumsByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{TrashedStay: "albums"}})
	album := a.album("Trip")
	a.item(album, "1", picture(1))
	a.item(album, "2", picture(2))
	a.act(object{"do": "trash_item", "item": "1"})
	if diff := cmp.Diff([]string{"1", "2"}, a.members(album)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	count := func() any { return a.call(200, "GET", "/v1/albums/"+album, nil)["mediaItemsCount"] }
	if got := count(); got != "2" {
		t.Errorf("mediaItemsCount is %v", got)
	}
	if err := a.e.Advance(60 * 24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != "1" {
		t.Errorf("mediaItemsCount is %v when the trash is emptied", got)
	}
}

func TestLimitsAreSetByTheirNames(t *testing.T) {
	var o emulator.Options
	for name, value := range map[string]string{"albumItems": "3", "videoBytes": "30000000000", "pages": "short", "concurrentWrites": "-1"} {
		if err := o.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	want := emulator.Options{AlbumItems: 3, VideoBytes: 30_000_000_000, ConcurrentWrites: -1, Choices: emulator.Choices{Pages: "short"}}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
	for _, limit := range emulator.LimitsByName() {
		if err := o.Set(limit.Name, "1"); err != nil {
			t.Error(err)
		}
	}
	if err := o.Set("albumItem", "3"); err == nil || err.Error() != `there is no choice "albumItem"; the nearest is "albumItems"` {
		t.Errorf("a limit that is none: %v", err)
	}
}

func TestSessionURLIsEnoughByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{OpenSessions: true}})
	got, _, err := a.command(a.begin(), "query", http.NoBody, "Authorization", "")
	if err != nil || got.status != 200 {
		t.Errorf("a session without a token: %+v %v", got, err)
	}
	status, text, err := a.send("POST", "/v1/uploads", picture(1), "Authorization", "")
	if err != nil || status != 401 {
		t.Errorf("an upload without a token: %d %s %v", status, text, err)
	}
}

func TestFaultsByChanceAreRepeatedWithTheirSeed(t *testing.T) {
	run := func(seed uint64) (hit string, used uint64) {
		a := faulty(t, emulator.Fault{Method: "albums.list", Kind: emulator.Broken, Status: 503, Probability: 0.3, Seed: seed})
		for range 40 {
			status, _ := a.head("GET", "/v1/albums")
			hit += fmt.Sprint(status, " ")
			a.call(200, "GET", "/v1/mediaItems", nil)
		}
		return hit, a.e.Faults()[0].Seed
	}
	first, seed := run(0)
	again, _ := run(seed)
	if seed == 0 || first != again {
		t.Errorf("seed %d gave\n%s\nand then\n%s", seed, first, again)
	}
	hits := 0
	for n := range 1000 {
		a := emulator.Fault{Probability: 0.3, Seed: 5}
		if a.Hits(n + 1) {
			hits++
		}
	}
	if hits < 250 || hits > 350 {
		t.Errorf("3 of 10 are %d of 1000", hits)
	}
}

func TestEntryFaultsFailOneEntryAndNotTheOthers(t *testing.T) {
	const batch = "mediaItems.batchCreate"
	a := faulty(t, emulator.Fault{Method: batch, Kind: emulator.FailEntry, Item: "bad"},
		emulator.Fault{Method: batch, Kind: emulator.FailEntry, Nth: 4, Code: 3, Message: "BAD_IMAGE: x"})
	var entries []object
	for n, name := range []string{"1", "bad", "3", "4", "5"} {
		entries = append(entries, entry(a.upload(picture(n), ""), name))
	}
	got := outcomes(a.create(207, "", nil, entries...))
	want := []string{"1 <nil> Success", "13 Failed: There was an error while trying to create this media item.", "3 <nil> Success", "3 BAD_IMAGE: x", "5 <nil> Success"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	a.create(207, "", nil, entries[1])
	if err := a.e.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	a.create(200, "", nil, entries...)
}

func TestSlowCallGoesWell(t *testing.T) {
	a := faulty(t, emulator.Fault{Method: "albums.create", Kind: emulator.Slow, Seconds: 0.001})
	a.album("x")
}
