package emulator_test

import (
	"net/url"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

func TestFieldsShrinkAnswers(t *testing.T) {
	a := open(t, emulator.Options{})
	first, second := a.album("First"), a.album("Second")
	id := a.item(second, "1.png", picture(1))
	for _, row := range []struct {
		method, path, fields string
		body                 any
		want                 object
	}{
		{"GET", "/v1/albums?pageSize=1", "albums(id,title)", nil, object{"albums": []any{object{"id": second, "title": "Second"}}}},
		{"GET", "/v1/albums?pageSize=2", "albums/title , nextPageToken", nil, object{"albums": []any{object{"title": "Second"}, object{"title": "First"}}}},
		{"GET", "/v1/albums/" + first, "*", nil, a.call(200, "GET", "/v1/albums/"+first, nil)},
		{"GET", "/v1/albums/" + first, "media_items_count,title", nil, object{"title": "First"}},
		{"GET", "/v1/albums/" + first, "mediaItemsCount", nil, object{}},
		{"GET", "/v1/mediaItems/" + id, "mediaMetadata/width,mediaMetadata(height),filename", nil,
			object{"filename": "1.png", "mediaMetadata": object{"width": "4", "height": "3"}}},
		{"GET", "/v1/mediaItems", "mediaItems(*/width,filename)", nil, object{"mediaItems": []any{object{"filename": "1.png", "mediaMetadata": object{"width": "4"}}}}},
		{"GET", "/v1/mediaItems:batchGet?mediaItemIds=" + id + "&mediaItemIds=x", "mediaItemResults(status(code),mediaItem/filename)", nil,
			object{"mediaItemResults": []any{object{"mediaItem": object{"filename": "1.png"}}, object{"status": object{"code": 3.0}}}}},
		{"POST", "/v1/mediaItems:search", "mediaItems.filename", object{"albumId": second}, nil},
		{"POST", "/v1/mediaItems:search", "mediaItems/filename", object{"albumId": second}, object{"mediaItems": []any{object{"filename": "1.png"}}}},
		{"PATCH", "/v1/albums/" + first + "?updateMask=title", "title", object{"title": "1st"}, object{"title": "1st"}},
	} {
		sign := "?"
		if strings.Contains(row.path, "?") {
			sign = "&"
		}
		path := row.path + sign + url.Values{"fields": {row.fields}}.Encode()
		if row.want == nil {
			a.call(400, row.method, path, row.body)
			continue
		}
		if diff := cmp.Diff(row.want, a.call(200, row.method, path, row.body)); diff != "" {
			t.Errorf("fields=%s of %s (-want +got):\n%s", row.fields, row.path, diff)
		}
	}
}

func TestFieldsOfAPartialSuccess(t *testing.T) {
	a := open(t, emulator.Options{})
	body := object{"newMediaItems": []object{entry(a.upload([]byte("no picture"), ""), "x")}}
	want := object{"newMediaItemResults": []any{object{"status": object{"code": 3.0}}}}
	if diff := cmp.Diff(want, a.call(207, "POST", createPath+"?fields=newMediaItemResults/status/code", body)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestFieldsThatAreNotThereAreRefusedBeforeAnythingIsDone(t *testing.T) {
	a := open(t, emulator.Options{})
	for fields, path := range map[string]string{
		"name": "name", "title/x": "title.x", "title(": "title(", ",": ",", "(id)": "(id)", "id)": "id)",
		strings.Repeat("a(", 30): strings.Repeat("a(", 30),
	} {
		got := a.call(400, "POST", "/v1/albums?"+url.Values{"fields": {fields}}.Encode(), object{"album": object{"title": "x"}})["error"].(object)
		want := []any{object{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []any{object{"field": fields,
			"description": "Error expanding 'fields' parameter. Cannot find matching fields for path '" + path + "'."}}}}
		if diff := cmp.Diff(want, got["details"]); diff != "" || got["message"] != "Request contains an invalid argument." {
			t.Errorf("fields=%s: %v (-want +got):\n%s", fields, got["message"], diff)
		}
	}
	if n := len(a.e.World().Albums); n != 0 {
		t.Errorf("%d albums were made", n)
	}
}

func TestOtherFormsThanJSONAreRefused(t *testing.T) {
	a := open(t, emulator.Options{})
	a.call(200, "GET", "/v1/albums?alt=json&prettyPrint=false&$.xgafv=1&quotaUser=x&key=y", nil)
	a.call(400, "GET", "/v1/albums?alt=proto", nil)
}

func TestMethodCanBeOverridden(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.item("", "1.png", picture(1))
	const form = "application/x-www-form-urlencoded"
	got := a.call(200, "POST", "/v1/mediaItems:batchGet?fields=mediaItemResults/mediaItem/filename", "mediaItemIds="+id,
		"X-HTTP-Method-Override", "GET", "Content-Type", form)
	want := object{"mediaItemResults": []any{object{"mediaItem": object{"filename": "1.png"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a GET by POST (-want +got):\n%s", diff)
	}
	a.call(200, "POST", "/v1/mediaItems/"+id+"?updateMask=description", object{"description": "x"}, "X-HTTP-Method-Override", "PATCH")
	if got := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["description"]; got != "x" {
		t.Errorf("a PATCH by POST left %v", got)
	}
}
