package emulator_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// clock is a time that tests move.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func TestItemShowsWhatIsKnownOfIt(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{BaseURL: "https://photos.example", Now: at.now})
	album := a.album("Trip")
	results := a.create(200, album, nil, object{"description": "a “word”",
		"simpleMediaItem": object{"uploadToken": a.upload(picture(1), "upload.png"), "fileName": "1.png"}})
	made := results[0].(object)["mediaItem"].(object)
	id := made["id"].(string)
	want := object{
		"id": id, "description": "a “word”", "filename": "1.png", "mimeType": "image/png",
		"productUrl":    "https://photos.example/lr/photo/" + id,
		"mediaMetadata": object{"creationTime": "2026-03-01T12:00:00Z", "width": "4", "height": "3", "photo": object{}},
	}
	if diff := cmp.Diff(want, made); diff != "" || len(id) != 98 {
		t.Errorf("created item, id of %d characters (-want +got):\n%s", len(id), diff)
	}
	got := a.call(200, "GET", "/v1/mediaItems/"+id, nil)
	if base, _ := got["baseUrl"].(string); !strings.HasPrefix(base, "https://photos.example/lh3/") {
		t.Errorf("baseUrl is %q", base)
	}
	delete(got, "baseUrl")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("item by mediaItems.get (-want +got):\n%s", diff)
	}
	page := a.call(200, "POST", "/v1/mediaItems:search", object{"albumId": album})
	member := page["mediaItems"].([]any)[0].(object)
	if member["productUrl"] != "https://photos.example/lr/album/"+album+"/photo/"+id {
		t.Errorf("productUrl of a member is %v", member["productUrl"])
	}
}

func TestDescriptionIsPatchedAloneAndIsShort(t *testing.T) {
	a := open(t, emulator.Options{})
	path := "/v1/mediaItems/" + a.item("", "1", picture(1))
	if got := a.call(200, "PATCH", path+"?updateMask=description", object{"description": strings.Repeat("ü", 999)}); got["filename"] != "1" {
		t.Errorf("answer %v", got)
	}
	if got := a.call(200, "PATCH", path+"?updateMask=description", object{}); got["description"] != nil {
		t.Errorf("an emptied description is still %v", got["description"])
	}
	a.refused(400, "Media item description must be shorter than 1000 characters.", "PATCH", path+"?updateMask=description",
		object{"description": strings.Repeat("ü", 1000)})
	a.refused(400, "Update mask must not be empty.", "PATCH", path, object{"description": "x"})
	a.refused(400, `Invalid update mask: "filename" is not one of description.`, "PATCH", path+"?updateMask=filename", object{"filename": "x"})
}

func TestItemsThatAreNotThere(t *testing.T) {
	a := open(t, emulator.Options{})
	foreign := open(t, emulator.Options{}).item("", "f", picture(1))
	gone, here := a.item("", "gone", picture(1)), a.item("", "here", picture(2))
	if _, err := a.e.Act(emulator.Action{Do: emulator.TrashItem, Item: "gone"}); err != nil {
		t.Fatal(err)
	}
	a.refused(400, "Invalid media item ID.", "GET", "/v1/mediaItems/short", nil)
	a.refused(400, "Invalid media item ID.", "GET", "/v1/mediaItems/"+foreign, nil)
	a.refused(404, "Requested entity was not found.", "GET", "/v1/mediaItems/"+gone, nil)
	got := a.call(200, "GET", "/v1/mediaItems:batchGet?"+url.Values{"mediaItemIds": {here, gone, foreign, "x"}}.Encode(), nil)
	results := got["mediaItemResults"].([]any)
	if id := results[0].(object)["mediaItem"].(object)["id"]; id != here {
		t.Errorf("the first result is %v", id)
	}
	bad := object{"status": object{"code": 3.0, "message": "Invalid media item ID."}}
	if diff := cmp.Diff([]any{bad, bad, bad}, results[1:]); diff != "" {
		t.Errorf("results of what is not there (-want +got):\n%s", diff)
	}
	a.refused(400, "Request must not contain duplicated ids", "GET", "/v1/mediaItems:batchGet?mediaItemIds=x&mediaItemIds=x", nil)
	a.refused(400, "Request must contain at least one media item id.", "GET", "/v1/mediaItems:batchGet", nil)
	a.refused(400, "Request must have less than 50 items.", "GET", "/v1/mediaItems:batchGet?mediaItemIds="+strings.Repeat("x&mediaItemIds=x", 51), nil)
}

func TestTrashedItemLeavesEverythingAndComesBack(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Trip")
	for n := range 3 {
		a.item(id, fmt.Sprint(n), picture(n))
	}
	act := func(do string) {
		t.Helper()
		if _, err := a.e.Act(emulator.Action{Do: do, Item: "0"}); err != nil {
			t.Fatal(err)
		}
	}
	count := func() any { return a.call(200, "GET", "/v1/albums/"+id, nil)["mediaItemsCount"] }
	act(emulator.TrashItem)
	if diff := cmp.Diff([]string{"1", "2"}, a.members(id)); diff != "" || count() != "2" {
		t.Errorf("with count %v (-want +got):\n%s", count(), diff)
	}
	if list := a.call(200, "GET", "/v1/mediaItems", nil)["mediaItems"].([]any); len(list) != 2 {
		t.Errorf("the library lists %d items", len(list))
	}
	act(emulator.RestoreItem)
	if diff := cmp.Diff([]string{"0", "1", "2"}, a.members(id)); diff != "" || count() != "3" {
		t.Errorf("restored, with count %v (-want +got):\n%s", count(), diff)
	}
}

func TestBytesOfATrashedItemMakeANewOneOrReviveItByChoice(t *testing.T) {
	for _, revive := range []bool{false, true} {
		a := open(t, emulator.Options{Choices: emulator.Choices{ReviveTrashed: revive}})
		first := a.item("", "1", picture(1))
		if _, err := a.e.Act(emulator.Action{Do: emulator.TrashItem, Item: first}); err != nil {
			t.Fatal(err)
		}
		if again := a.item("", "1", picture(1)); (again == first) != revive {
			t.Errorf("revive %v: the same item is %v", revive, again == first)
		}
	}
}

// names walks all pages of a list of items.
func (a *account) names(path string, search object) []string {
	a.t.Helper()
	names := []string{}
	for token := ""; ; {
		var page object
		if search != nil {
			search["pageToken"] = token
			page = a.call(200, "POST", path, search)
		} else {
			page = a.call(200, "GET", path+"&pageToken="+url.QueryEscape(token), nil)
		}
		list, _ := page["mediaItems"].([]any)
		for _, it := range list {
			names = append(names, it.(object)["filename"].(string))
		}
		next, more := page["nextPageToken"].(string)
		if !more {
			return names
		}
		token = next
	}
}

func TestPagesShowEverythingOnceNewestFirst(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now})
	album := a.album("Trip")
	var want, inOrder []string
	for n := range 7 {
		a.item(album, fmt.Sprint(n), picture(n))
		at.Time = at.Add(time.Second)
		want = append([]string{fmt.Sprint(n)}, want...)
		inOrder = append(inOrder, fmt.Sprint(n))
	}
	for _, size := range []int{1, 2, 3, 7, 8} {
		if diff := cmp.Diff(want, a.names(fmt.Sprintf("/v1/mediaItems?pageSize=%d", size), nil)); diff != "" {
			t.Errorf("list by %d (-want +got):\n%s", size, diff)
		}
		if diff := cmp.Diff(want, a.names("/v1/mediaItems:search", object{"pageSize": size})); diff != "" {
			t.Errorf("search by %d (-want +got):\n%s", size, diff)
		}
		if diff := cmp.Diff(inOrder, a.names("/v1/mediaItems:search", object{"pageSize": size, "albumId": album})); diff != "" {
			t.Errorf("album by %d (-want +got):\n%s", size, diff)
		}
	}
}

func TestListOfAlbumsIsNewestFirstAndSurvivesChanges(t *testing.T) {
	a := open(t, emulator.Options{})
	for n := range 5 {
		a.album(fmt.Sprint(n))
	}
	page := a.call(200, "GET", "/v1/albums?pageSize=2", nil)
	titles := func(page object) (out []string) {
		list, _ := page["albums"].([]any)
		for _, x := range list {
			out = append(out, x.(object)["title"].(string))
		}
		return out
	}
	got := titles(page)
	a.album("5")
	if _, err := a.e.Act(emulator.Action{Do: emulator.DeleteAlbum, Album: "2"}); err != nil {
		t.Fatal(err)
	}
	for page["nextPageToken"] != nil {
		page = a.call(200, "GET", "/v1/albums?pageSize=2&pageToken="+page["nextPageToken"].(string), nil)
		got = append(got, titles(page)...)
	}
	if diff := cmp.Diff([]string{"4", "3", "1", "0"}, got); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
}

func TestPageTokenIsBoundToItsParameters(t *testing.T) {
	a := open(t, emulator.Options{})
	one, two := a.album("1"), a.album("2")
	for n := range 3 {
		a.item(one, fmt.Sprint(n), picture(n))
	}
	const bound = "When using a page token, you must use the same parameters as the previous request."
	const garbage = "Request contains an invalid page token."
	albums := a.call(200, "GET", "/v1/albums?pageSize=1", nil)["nextPageToken"].(string)
	items := a.call(200, "GET", "/v1/mediaItems?pageSize=1", nil)["nextPageToken"].(string)
	members := a.call(200, "POST", "/v1/mediaItems:search", object{"albumId": one, "pageSize": 1})["nextPageToken"].(string)
	a.refused(400, bound, "GET", "/v1/albums?pageSize=2&pageToken="+albums, nil)
	a.refused(400, bound, "GET", "/v1/albums?pageSize=1&excludeNonAppCreatedData=true&pageToken="+albums, nil)
	a.refused(400, bound, "GET", "/v1/mediaItems?pageSize=1&pageToken="+albums, nil)
	a.refused(400, bound, "GET", "/v1/albums?pageSize=1&pageToken="+items, nil)
	a.refused(400, bound, "POST", "/v1/mediaItems:search", object{"albumId": two, "pageSize": 1, "pageToken": members})
	a.refused(400, garbage, "GET", "/v1/albums?pageSize=1&pageToken=garbage", nil)
	a.refused(400, garbage, "GET", "/v1/albums?pageSize=1&pageToken="+albums[1:], nil)
	a.call(200, "GET", "/v1/albums?pageToken="+albums+"&pageSize=1&prettyPrint=false", nil)
}

func TestPageSizes(t *testing.T) {
	a := open(t, emulator.Options{})
	for n := range 55 {
		a.album(fmt.Sprint(n))
	}
	for size, want := range map[string]int{"": 20, "0": 20, "7": 7, "50": 50, "500": 50} {
		if got := len(a.call(200, "GET", "/v1/albums?pageSize="+size, nil)["albums"].([]any)); got != want {
			t.Errorf("pageSize %q gave %d albums, not %d", size, got, want)
		}
	}
	a.refused(400, "Page size must be between 0 and 50.", "GET", "/v1/albums?pageSize=-1", nil)
	a.refused(400, `Invalid value at 'page_size' (TYPE_INT32), "many"`, "GET", "/v1/albums?pageSize=many", nil)
	strict := open(t, emulator.Options{Choices: emulator.Choices{RefuseLargePages: true}})
	strict.refused(400, "Page size must be between 0 and 50.", "GET", "/v1/albums?pageSize=51", nil)
}

func TestSearchFilters(t *testing.T) {
	a := open(t, emulator.Options{})
	a.item("", "june.jpg", photograph(t, "2024:06:03 10:00:00", 1))
	a.item("", "july.jpg", photograph(t, "2024:07:14 10:00:00", 2))
	a.item("", "undated.png", picture(1))
	a.item("", "film.mp4", film(1))
	date := func(y, m, d int) object { return object{"year": y, "month": m, "day": d} }
	search := func(filters object, more ...any) []string {
		body := object{"filters": filters}
		for i := 0; i+1 < len(more); i += 2 {
			body[more[i].(string)] = more[i+1]
		}
		return a.names("/v1/mediaItems:search", body)
	}
	dates := func(d ...object) object { return object{"dateFilter": object{"dates": d}} }
	between := func(from, to object) object {
		return object{"dateFilter": object{"ranges": []object{{"startDate": from, "endDate": to}}}}
	}
	types := func(kind ...string) object { return object{"mediaTypeFilter": object{"mediaTypes": kind}} }
	for _, row := range []struct {
		what string
		got  []string
		want []string
	}{
		{"a day", search(dates(date(2024, 6, 3))), []string{"june.jpg"}},
		{"a month", search(dates(date(2024, 7, 0))), []string{"july.jpg"}},
		{"a year", search(dates(date(2024, 0, 0))), []string{"july.jpg", "june.jpg"}},
		{"a day of any year", search(dates(date(0, 6, 3))), []string{"june.jpg"}},
		{"a range with its ends", search(between(date(2024, 6, 3), date(2024, 7, 14))), []string{"july.jpg", "june.jpg"}},
		{"oldest first", search(dates(date(2024, 0, 0)), "orderBy", "MediaMetadata.creation_time", "pageSize", 1), []string{"june.jpg", "july.jpg"}},
		{"videos", search(types("VIDEO")), []string{"film.mp4"}},
		{"favourites", search(object{"featureFilter": object{"includedFeatures": []string{"FAVORITES"}}}), []string{}},
		{"food", search(object{"contentFilter": object{"includedContentCategories": []string{"FOOD"}}}), []string{}},
	} {
		if diff := cmp.Diff(row.want, row.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.what, diff)
		}
	}
	if got := len(search(types("PHOTO"))); got != 3 {
		t.Errorf("%d photos", got)
	}
	bad := func(body object) { t.Helper(); a.call(400, "POST", "/v1/mediaItems:search", body) }
	bad(object{"filters": types("VIDEO", "PHOTO")})
	bad(object{"filters": dates(date(0, 0, 0))})
	bad(object{"filters": dates(date(2024, 0, 3))})
	bad(object{"filters": between(date(2024, 1, 0), date(2024, 1, 3))})
	bad(object{"filters": types("PHOTO"), "albumId": a.album("x")})
	bad(object{"filters": types("PHOTO"), "orderBy": "MediaMetadata.creation_time"})
	bad(object{"filters": dates(date(1, 1, 1), date(2, 1, 1), date(3, 1, 1), date(4, 1, 1), date(5, 1, 1), date(6, 1, 1))})
	bad(object{"filters": types("SOUND")})
	bad(object{"filters": types()})
	six := slices.Repeat([]object{{"startDate": date(1, 1, 1), "endDate": date(2, 1, 1)}}, 6)
	bad(object{"filters": object{"dateFilter": object{"ranges": six}}})
	bad(object{"filters": dates(date(0, 6, 0))})
	bad(object{"filters": dates(date(2024, 13, 1))})
	bad(object{"filters": object{"contentFilter": object{"includedContentCategories": slices.Repeat([]string{"FOOD"}, 11)}}})
	bad(object{"filters": object{"contentFilter": object{"excludedContentCategories": slices.Repeat([]string{"FOOD"}, 11)}}})
	bad(object{"filters": object{"contentFilter": object{"includedContentCategories": []string{"FOOD"}, "excludedContentCategories": []string{"FOOD"}}}})
	bad(object{"filters": object{"featureFilter": object{"includedFeatures": []string{"BEST"}}}})
	bad(object{"filters": dates(date(2024, 0, 0)), "orderBy": "creation_time"})
	bad(object{"orderBy": "MediaMetadata.creation_time"})
	both := dates(date(2024, 0, 0))
	both["mediaTypeFilter"] = types("PHOTO")["mediaTypeFilter"]
	bad(object{"filters": both, "orderBy": "MediaMetadata.creation_time"})
	with := dates(date(2024, 0, 0))
	with["includeArchivedMedia"], with["excludeNonAppCreatedData"] = true, true
	if got := search(with, "orderBy", "MediaMetadata.creation_time desc"); len(got) != 2 {
		t.Errorf("ordered with what may accompany it: %v", got)
	}
}
