package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

func TestCreatedAlbumHasNoCountAndNoCover(t *testing.T) {
	a := open(t, emulator.Options{BaseURL: "https://photos.example/"})
	got := a.call(200, "POST", "/v1/albums", object{"album": object{"title": " Trip "}})
	id, _ := got["id"].(string)
	want := object{"id": id, "title": " Trip ", "isWriteable": true, "productUrl": "https://photos.example/lr/album/" + id}
	if diff := cmp.Diff(want, got); diff != "" || len(id) != 76 {
		t.Errorf("answer of albums.create, id of %d characters (-want +got):\n%s", len(id), diff)
	}
	if diff := cmp.Diff(want, a.call(200, "GET", "/v1/albums/"+id, nil)); diff != "" {
		t.Errorf("answer of albums.get (-want +got):\n%s", diff)
	}
}

func TestTwoAlbumsOfOneTitleAreTwo(t *testing.T) {
	a := open(t, emulator.Options{})
	if one, two := a.album("Twin"), a.album("Twin"); one == two {
		t.Error("the second create gave the first album")
	}
}

func TestAlbumWithItemsShowsCountAsStringAndFirstItemAsCover(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Trip")
	first := a.item(id, "1.png", picture(1))
	second := a.item(id, "2.png", picture(2))
	cover := func() string {
		t.Helper()
		got := a.call(200, "GET", "/v1/albums/"+id, nil)
		if got["coverPhotoBaseUrl"] == nil {
			t.Error("the album has no coverPhotoBaseUrl")
		}
		return got["coverPhotoMediaItemId"].(string)
	}
	if got := a.call(200, "GET", "/v1/albums/"+id, nil)["mediaItemsCount"]; got != "2" {
		t.Errorf("mediaItemsCount is %#v, not the string 2", got)
	}
	if cover() != first {
		t.Error("the first item is not the cover")
	}
	patched := a.call(200, "PATCH", "/v1/albums/"+id+"?updateMask=coverPhotoMediaItemId", object{"coverPhotoMediaItemId": second})
	if patched["coverPhotoMediaItemId"] != second || cover() != second {
		t.Error("the chosen item is not the cover")
	}
	a.call(200, "POST", "/v1/albums/"+id+":batchRemoveMediaItems", object{"mediaItemIds": []string{second}})
	if cover() != first {
		t.Error("the cover did not fall back when it was taken out")
	}
}

func TestPatchAlbumChangesWhatTheMaskNames(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Old")
	in, out := a.item(id, "in.png", picture(1)), a.item("", "out.png", picture(2))
	for _, mask := range []string{"title,cover_photo_media_item_id", "title&updateMask=coverPhotoMediaItemId"} {
		got := a.call(200, "PATCH", "/v1/albums/"+id+"?updateMask="+mask, object{"title": "New", "coverPhotoMediaItemId": in})
		if got["title"] != "New" || got["mediaItemsCount"] != "1" {
			t.Errorf("mask %s: %v", mask, got)
		}
	}
	a.call(200, "PATCH", "/v1/albums/"+id+"?update_mask=title", object{"title": "", "coverPhotoMediaItemId": "ignored"})
	if got := a.call(200, "GET", "/v1/albums/"+id, nil); got["title"] != nil || got["coverPhotoMediaItemId"] != in {
		t.Errorf("an emptied title left %v", got)
	}
	path := "/v1/albums/" + id
	a.refused(400, "Update mask must not be empty.", "PATCH", path, object{"title": "x"})
	a.refused(400, `Invalid update mask: "share_info" is not one of title, cover_photo_media_item_id.`,
		"PATCH", path+"?updateMask=title,shareInfo", object{"title": "x"})
	a.refused(400, "Request contains an invalid media item id.", "PATCH", path+"?updateMask=coverPhotoMediaItemId",
		object{"coverPhotoMediaItemId": out})
	a.refused(400, "Album title must not be longer than 500 characters.", "PATCH", path+"?updateMask=title",
		object{"title": strings.Repeat("ü", 501)})
}

func TestTitleHasAtMost500Characters(t *testing.T) {
	a := open(t, emulator.Options{})
	a.album(strings.Repeat("ü", 500))
	a.refused(400, "Album title must not be longer than 500 characters.", "POST", "/v1/albums",
		object{"album": object{"title": strings.Repeat("ü", 501)}})
	a.refused(400, "Request must contain an album.", "POST", "/v1/albums", object{})
}

func TestAlbumsThatAreNotThere(t *testing.T) {
	a := open(t, emulator.Options{})
	gone := a.album("Gone")
	item := a.item("", "1.png", picture(1))
	if _, err := a.e.Act(emulator.Action{Do: emulator.DeleteAlbum, Album: "Gone"}); err != nil {
		t.Fatal(err)
	}
	foreign := open(t, emulator.Options{}).album("Foreign")
	add := object{"mediaItemIds": []string{item}}
	for _, row := range []struct {
		world, id string
		readCode  int
		read      string
		writeCode int
		write     string
	}{
		{"malformed", "short", 400, "Invalid album ID.", 400, "Invalid album ID."},
		{"foreign", foreign, 404, "Requested entity was not found.", 400, "Invalid album ID."},
		{"deleted", gone, 404, "Requested entity was not found.", 404, "The provided ID does not match any albums."},
	} {
		t.Run(row.world, func(t *testing.T) {
			a.t = t
			path := "/v1/albums/" + row.id
			a.refused(row.readCode, row.read, "GET", path, nil)
			a.refused(row.readCode, row.read, "POST", "/v1/mediaItems:search", object{"albumId": row.id})
			a.refused(row.writeCode, row.write, "POST", path+":batchAddMediaItems", add)
			a.refused(row.writeCode, row.write, "POST", path+":batchRemoveMediaItems", add)
			a.refused(row.writeCode, row.write, "PATCH", path+"?updateMask=title", object{"title": "x"})
			a.refused(row.writeCode, row.write, "POST", "/v1/mediaItems:batchCreate",
				object{"albumId": row.id, "newMediaItems": []object{entry(a.upload(picture(9), "9.png"), "9.png")}})
		})
	}
	if list := a.call(200, "GET", "/v1/albums", nil); len(list) != 0 {
		t.Errorf("albums.list shows a deleted album: %v", list)
	}
}

func TestBatchAddAppendsInOrderAndKeepsMembersWhereTheyAre(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Trip")
	var items []string
	for n := range 4 {
		items = append(items, a.item("", fmt.Sprint(n), picture(n)))
	}
	add := func(ids ...string) {
		t.Helper()
		got := a.call(200, "POST", "/v1/albums/"+id+":batchAddMediaItems", object{"mediaItemIds": ids})
		if len(got) != 0 {
			t.Errorf("batchAdd answered %v, not {}", got)
		}
	}
	add(items[2], items[0])
	add(items[3], items[2], items[1])
	if diff := cmp.Diff([]string{"2", "0", "3", "1"}, a.members(id)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestAddingAMemberFollowsTheChoice(t *testing.T) {
	for choice, want := range map[string][]string{"": {"0", "1", "2"}, "move": {"1", "0", "2"}, "error": {"0", "1"}} {
		t.Run("choice "+choice, func(t *testing.T) {
			a := open(t, emulator.Options{Choices: emulator.Choices{AddExisting: choice}})
			id := a.album("Trip")
			zero := a.item(id, "0", picture(0))
			a.item(id, "1", picture(1))
			body := object{"mediaItemIds": []string{zero, a.item("", "2", picture(2))}}
			status, _, err := a.send("POST", "/v1/albums/"+id+":batchAddMediaItems", body)
			if err != nil || (status == 400) != (choice == "error") {
				t.Errorf("answered %d %v", status, err)
			}
			if diff := cmp.Diff(want, a.members(id)); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBatchesAreAllOrNothing(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Trip")
	in, out := a.item(id, "in.png", picture(1)), a.item("", "out.png", picture(2))
	foreign := open(t, emulator.Options{}).item("", "f.png", picture(3))
	trashed := a.item("", "t.png", picture(4))
	if _, err := a.e.Act(emulator.Action{Do: emulator.TrashItem, Item: trashed}); err != nil {
		t.Fatal(err)
	}
	var many []string
	for n := range 51 {
		many = append(many, fmt.Sprint(n))
	}
	const bad, dup, more = "Request contains an invalid media item id.", "Request must not contain duplicated ids", "Request must have less than 50 items."
	for _, row := range []struct {
		verb, message string
		ids           []string
	}{
		{"Add", "Request must contain at least one media item id.", nil},
		{"Add", more, many},
		{"Add", dup, []string{out, out}},
		{"Add", bad, []string{out, foreign}},
		{"Add", bad, []string{out, trashed}},
		{"Add", bad, []string{out, ""}},
		{"Remove", "Request must contain at least one media item id.", nil},
		{"Remove", more, many},
		{"Remove", dup, []string{in, in}},
		{"Remove", bad, []string{in, foreign}},
		{"Remove", bad, []string{in, out}},
	} {
		before := a.e.World()
		a.refused(400, row.message, "POST", "/v1/albums/"+id+":batch"+row.verb+"MediaItems", object{"mediaItemIds": row.ids})
		if diff := cmp.Diff(before, a.e.World()); diff != "" {
			t.Errorf("%s of %.40q changed the world (-before +after):\n%s", row.verb, row.ids, diff)
		}
	}
}

func TestRemovingAStrangerIsPassedOverByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{RemoveAbsentOK: true}})
	id := a.album("Trip")
	in, out := a.item(id, "in", picture(1)), a.item("", "out", picture(2))
	a.call(200, "POST", "/v1/albums/"+id+":batchRemoveMediaItems", object{"mediaItemIds": []string{out}})
	a.call(200, "POST", "/v1/albums/"+id+":batchRemoveMediaItems", object{"mediaItemIds": []string{out, in}})
	if got := a.members(id); len(got) != 0 {
		t.Errorf("members %v", got)
	}
	a.call(200, "GET", "/v1/mediaItems/"+in, nil)
}

func TestAlbumHoldsNoMoreThanItsLimit(t *testing.T) {
	a := open(t, emulator.Options{AlbumItems: 2})
	id := a.album("Small")
	a.item(id, "1", picture(1))
	two, three := a.item("", "2", picture(2)), a.item("", "3", picture(3))
	const full = "Album must not contain more than 2 media items."
	a.refused(400, full, "POST", "/v1/albums/"+id+":batchAddMediaItems", object{"mediaItemIds": []string{two, three}})
	a.call(200, "POST", "/v1/albums/"+id+":batchAddMediaItems", object{"mediaItemIds": []string{two}})
	a.refused(400, full, "POST", "/v1/mediaItems:batchCreate",
		object{"albumId": id, "newMediaItems": []object{entry(a.upload(picture(4), ""), "4")}})
	if got := len(a.e.World().Items); got != 3 {
		t.Errorf("the refused call made an item: %d", got)
	}
}

func TestEnrichmentsStandInTheSequenceAndAreNeverListed(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Story")
	one := a.item(id, "1", picture(1))
	a.item(id, "2", picture(2))
	enrich := func(kind object, position object) string {
		t.Helper()
		got := a.call(200, "POST", "/v1/albums/"+id+":addEnrichment", object{"newEnrichmentItem": kind, "albumPosition": position})
		return got["enrichmentItem"].(object)["id"].(string)
	}
	gullfoss := object{"locationName": "Gullfoss", "latlng": object{"latitude": 64.3271, "longitude": -20.1199}}
	text := enrich(object{"textEnrichment": object{"text": "Day one"}}, object{"position": "FIRST_IN_ALBUM"})
	enrich(object{"locationEnrichment": object{"location": gullfoss}}, object{"position": "AFTER_MEDIA_ITEM", "relativeMediaItemId": one})
	enrich(object{"mapEnrichment": object{"origin": gullfoss, "destination": gullfoss}}, object{"position": "LAST_IN_ALBUM"})
	a.create(200, id, object{"position": "AFTER_ENRICHMENT_ITEM", "relativeEnrichmentItemId": text}, entry(a.upload(picture(3), ""), "3"))
	var kinds []string
	album, err := a.e.World().Album("Story")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range album.Contents {
		switch {
		case e.Item != "":
			kinds = append(kinds, "item")
		case e.Enrichment.Text != "":
			kinds = append(kinds, e.Enrichment.Text)
		case e.Enrichment.Location != nil:
			kinds = append(kinds, e.Enrichment.Location.Name)
		default:
			kinds = append(kinds, "map")
		}
	}
	if diff := cmp.Diff([]string{"Day one", "item", "item", "Gullfoss", "item", "map"}, kinds); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3", "1", "2"}, a.members(id)); diff != "" {
		t.Errorf("members as listed (-want +got):\n%s", diff)
	}
	last := object{"position": "LAST_IN_ALBUM"}
	for _, row := range []struct{ body object }{
		{object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}}},
		{object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}, "albumPosition": object{}}},
		{object{"newEnrichmentItem": object{}, "albumPosition": last}},
		{object{"newEnrichmentItem": object{"textEnrichment": object{"text": ""}}, "albumPosition": last}},
		{object{"newEnrichmentItem": object{"textEnrichment": object{"text": strings.Repeat("x", 1001)}}, "albumPosition": last}},
		{object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}, "locationEnrichment": object{"location": gullfoss}}, "albumPosition": last}},
		{object{"newEnrichmentItem": object{"locationEnrichment": object{"location": object{"locationName": "x", "latlng": object{"latitude": 91}}}}, "albumPosition": last}},
		{object{"newEnrichmentItem": object{"mapEnrichment": object{"origin": gullfoss}}, "albumPosition": last}},
	} {
		a.call(400, "POST", "/v1/albums/"+id+":addEnrichment", row.body)
	}
}

func TestSharingMethodsAreGone(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.album("Trip")
	for _, path := range []string{"POST /v1/albums/" + id + ":share", "POST /v1/albums/" + id + ":unshare", "GET /v1/sharedAlbums",
		"GET /v1/sharedAlbums/token", "POST /v1/sharedAlbums:join", "POST /v1/sharedAlbums:leave"} {
		verb, path, _ := strings.Cut(path, " ")
		a.refused(403, "Request had insufficient authentication scopes.", verb, path, nil)
	}
}
