package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// act does what a person does, over the control API.
func (a *account) act(action object) string {
	a.t.Helper()
	return a.call(200, "POST", controlPath+"user", action)["id"].(string)
}

// story is an album's contents in short: "1 [text] 2 (place) 3".
func (a *account) story(title string) string {
	a.t.Helper()
	world := a.e.World()
	album, err := world.Album(title)
	if err != nil {
		a.t.Fatal(err)
	}
	names := map[string]string{}
	for _, it := range world.Items {
		names[it.ID] = it.FileName
	}
	var out []string
	for _, e := range album.Contents {
		switch {
		case e.Item != "":
			out = append(out, names[e.Item])
		case e.Enrichment.Location != nil:
			out = append(out, "("+e.Enrichment.Location.Name+")")
		case e.Enrichment.Map != nil:
			out = append(out, "("+e.Enrichment.Map.Origin.Name+" – "+e.Enrichment.Map.Destination.Name+")")
		default:
			out = append(out, "["+e.Enrichment.Text+"]")
		}
	}
	return strings.Join(out, " ")
}

func TestPeopleEditMoveAndRemoveEnrichments(t *testing.T) {
	opts := emulator.Options{Dir: t.TempDir()}
	t.Run("", func(t *testing.T) {
		a := open(t, opts)
		album := a.album("Trip")
		for n := range 3 {
			a.item(album, fmt.Sprint(n+1), picture(n))
		}
		text := func(s string) object { return object{"text": s} }
		vik := object{"name": "Vík", "latitude": 63.4186, "longitude": -19.006}
		steps := []struct {
			action object
			want   string
		}{
			{object{"do": "add_enrichment", "content": text("Day one")}, "[Day one] 1 2 3"},
			{object{"do": "add_enrichment", "content": object{"location": vik}, "after": "2"}, "[Day one] 1 2 (Vík) 3"},
			{object{"do": "add_enrichment", "content": object{"map": object{"origin": vik, "destination": vik}}, "after": "Vík"}, "[Day one] 1 2 (Vík) (Vík – Vík) 3"},
			{object{"do": "edit_enrichment", "enrichment": "Day one", "content": text("Day 1")}, "[Day 1] 1 2 (Vík) (Vík – Vík) 3"},
			{object{"do": "move_enrichment", "enrichment": "Day 1", "after": "3"}, "1 2 (Vík) (Vík – Vík) 3 [Day 1]"},
			{object{"do": "move_enrichment", "enrichment": "Vík – Vík", "after": ""}, "(Vík – Vík) 1 2 (Vík) 3 [Day 1]"},
			{object{"do": "move_enrichment", "enrichment": "Vík", "after": "Vík"}, "(Vík – Vík) 1 2 (Vík) 3 [Day 1]"},
			{object{"do": "reorder", "items": []string{"3"}}, "(Vík – Vík) 3 1 (Vík) 2 [Day 1]"},
			{object{"do": "remove_enrichment", "enrichment": "Vík"}, "(Vík – Vík) 3 1 2 [Day 1]"},
		}
		for _, step := range steps {
			step.action["album"] = "Trip"
			a.act(step.action)
			if got := a.story("Trip"); got != step.want {
				t.Errorf("%v: %s, not %s", step.action, got, step.want)
			}
		}
		for _, bad := range []object{
			{"do": "edit_enrichment", "enrichment": "Day 1"},
			{"do": "edit_enrichment", "enrichment": "Day 1", "content": object{"text": "x", "location": vik}},
			{"do": "remove_enrichment", "enrichment": "Vík"},
			{"do": "move_enrichment", "enrichment": "Day 1", "after": "nowhere"},
		} {
			bad["album"] = "Trip"
			a.call(400, "POST", controlPath+"user", bad)
		}
	})
	if got := open(t, opts).story("Trip"); got != "(Vík – Vík) 3 1 2 [Day 1]" {
		t.Errorf("after a restart: %s", got)
	}
}

func TestRemovedEnrichmentIsNoAnchor(t *testing.T) {
	a := open(t, emulator.Options{})
	album := a.album("Trip")
	add := func(want int, position object) string {
		t.Helper()
		got := a.call(want, "POST", "/v1/albums/"+album+":addEnrichment",
			object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}, "albumPosition": position})
		if want != 200 {
			return ""
		}
		return got["enrichmentItem"].(object)["id"].(string)
	}
	id := add(200, object{"position": "FIRST_IN_ALBUM"})
	after := object{"position": "AFTER_ENRICHMENT_ITEM", "relativeEnrichmentItemId": id}
	a.act(object{"do": "edit_enrichment", "album": album, "enrichment": id, "content": object{"text": "y"}})
	add(200, after)
	a.act(object{"do": "remove_enrichment", "album": album, "enrichment": id})
	add(400, after)
}

func TestPeopleMarkItems(t *testing.T) {
	opts := emulator.Options{Dir: t.TempDir()}
	found := func(a *account, filters object) string {
		body := object{}
		if filters != nil {
			body["filters"] = filters
		}
		list, _ := a.call(200, "POST", "/v1/mediaItems:search", body)["mediaItems"].([]any)
		var names []string
		for _, it := range list {
			names = append(names, it.(object)["filename"].(string))
		}
		return strings.Join(names, " ")
	}
	content := func(in, out []string) object {
		return object{"contentFilter": object{"includedContentCategories": in, "excludedContentCategories": out}}
	}
	favourites := object{"featureFilter": object{"includedFeatures": []string{"FAVORITES"}}}
	archived := object{"includeArchivedMedia": true}
	check := func(a *account) {
		t.Helper()
		for _, row := range []struct {
			filters object
			want    string
		}{
			{nil, "3 2"},
			{archived, "3 2 1"},
			{favourites, "2"},
			{object{"featureFilter": object{"includedFeatures": []string{"NONE"}}}, "3 2"},
			{content([]string{"PETS", "FOOD"}, nil), "3 2"},
			{content([]string{"PETS", "FOOD"}, []string{"NIGHT"}), "2"},
			{content(nil, []string{"PETS"}), "2"},
			{content([]string{"NONE"}, nil), "3 2"},
			{content([]string{"NONE", "PETS"}, nil), "3"},
		} {
			if got := found(a, row.filters); got != row.want {
				t.Errorf("search %v: %s, not %s", row.filters, got, row.want)
			}
		}
	}
	t.Run("", func(t *testing.T) {
		a := open(t, opts)
		album := a.album("Trip")
		for n := range 3 {
			a.item(album, fmt.Sprint(n+1), picture(n))
		}
		a.act(object{"do": "archive_item", "item": "1"})
		a.act(object{"do": "favourite_item", "item": "1"})
		a.act(object{"do": "unfavourite_item", "item": "1"})
		a.act(object{"do": "favourite_item", "item": "2"})
		a.act(object{"do": "archive_item", "item": "2"})
		a.act(object{"do": "unarchive_item", "item": "2"})
		a.act(object{"do": "classify_item", "item": "2", "categories": []string{"FOOD"}})
		a.act(object{"do": "classify_item", "item": "3", "categories": []string{"PETS", "NIGHT"}})
		check(a)
		if diff := cmp.Diff([]string{"1", "2", "3"}, a.members(album)); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
		for _, bad := range []object{{"do": "classify_item", "item": "2", "categories": []string{"PET"}}, {"do": "fail_video", "item": "2"}, {"do": "favorite_item"}} {
			a.call(400, "POST", controlPath+"user", bad)
		}
	})
	check(open(t, opts))
}

func TestFilteredSearchIsLateAndKnowsNoFuture(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now, Choices: emulator.Choices{SearchLag: time.Minute}})
	count := func(body object) int {
		t.Helper()
		list, _ := a.call(200, "POST", "/v1/mediaItems:search", body)["mediaItems"].([]any)
		return len(list)
	}
	all := object{"filters": object{"mediaTypeFilter": object{"mediaTypes": []string{"ALL_MEDIA"}}}}
	a.item("", "now", photograph(t, "2026:03:01 11:00:00", 1))
	a.item("", "future", photograph(t, "2027:01:01 00:00:00", 2))
	if filtered, whole := count(all), count(object{}); filtered != 0 || whole != 2 {
		t.Errorf("at once: %d filtered, %d not", filtered, whole)
	}
	at.Time = at.Add(time.Minute)
	if filtered := count(all); filtered != 1 {
		t.Errorf("a minute later: %d filtered", filtered)
	}
	at.Time = at.Add(365 * 24 * time.Hour)
	if filtered := count(all); filtered != 2 {
		t.Errorf("a year later: %d filtered", filtered)
	}
}
