package emulator_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"albumen/photos/emulator"
)

// page gets a page that must be there.
func (a *account) page(path string) string {
	a.t.Helper()
	status, body := a.picture(a.url + strings.TrimPrefix(path, a.url))
	if status != 200 {
		a.t.Fatalf("%s: %d", path, status)
	}
	return string(body)
}

const nasty = `<script>alert("1")</script>'&`

// told is an account whose every text is nasty, with all kinds of enrichments.
func told(t *testing.T) (a *account, album, item string) {
	a = open(t, emulator.Options{})
	album = a.album(nasty)
	item = a.item(album, nasty, photograph(t, "2024:06:03 10:20:30", 1))
	a.item(album, "film.mp4", film(1))
	at := object{"name": nasty, "latitude": 64.3271, "longitude": -20.1199}
	to := object{"name": "Tōkyō", "latitude": 35.5494, "longitude": 139.7798}
	for _, content := range []object{{"text": nasty}, {"location": at}, {"map": object{"origin": at, "destination": to}}} {
		a.act(object{"do": "add_enrichment", "album": album, "content": content})
	}
	a.act(object{"do": "describe_item", "item": item, "title": nasty})
	a.act(object{"do": "favourite_item", "item": item})
	return a, album, item
}

func TestPagesEscapeWhatPeopleWroteAndLoadNothingFromElsewhere(t *testing.T) {
	a, album, item := told(t)
	outside := regexp.MustCompile(`(?:src|href)="(?:[a-z]+:)?//`)
	for _, path := range []string{"/", "/photos", "/trash", "/lr/album/" + album, "/lr/photo/" + item, "/lr/album/" + album + "/photo/" + item} {
		body := a.page(path)
		if strings.Contains(body, "<script") || outside.MatchString(body) {
			t.Errorf("%s has a script or something from elsewhere:\n%s", path, body)
		}
		if path != "/trash" && !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s does not show the text", path)
		}
		_, header := a.head("GET", path)
		csp := header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; img-src 'self'") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: %s", path, csp)
		}
	}
}

func TestAlbumPageTellsTheStoryInItsOrder(t *testing.T) {
	a, album, _ := told(t)
	body := a.page("/lr/album/" + album)
	at := 0
	for _, part := range []string{
		`class="chart"`, "64.3271° N, 20.1199° W", "8770 km", "35.5494° N, 139.7798° E",
		`class="globe"`, "64.3271° N, 20.1199° W", `class="words"`, `class="run"`, "★", "▶ video",
	} {
		found := strings.Index(body[at:], part)
		if found < 0 {
			t.Fatalf("no %q after byte %d of\n%s", part, at, body)
		}
		at += found
	}
}

func TestSketchesAreDrawnOfAnyPlace(t *testing.T) {
	a := open(t, emulator.Options{})
	album := a.album("Poles")
	places := []object{
		{"name": "a", "latitude": 90, "longitude": 0}, {"name": "b", "latitude": -90, "longitude": 180},
		{"name": "c", "latitude": 0, "longitude": 179.99}, {"name": "d", "latitude": 0, "longitude": -179.99}, {"name": "e", "latitude": 1e-9, "longitude": -1e-9},
	}
	for _, from := range places {
		a.act(object{"do": "add_enrichment", "album": album, "content": object{"location": from}})
		for _, to := range places {
			a.act(object{"do": "add_enrichment", "album": album, "content": object{"map": object{"origin": from, "destination": to}}})
		}
	}
	body := a.page("/lr/album/" + album)
	if strings.Contains(body, "NaN") || strings.Contains(body, "Inf") || strings.Contains(body, "ZgotmplZ") {
		t.Errorf("a sketch could not be drawn:\n%s", body)
	}
	if n := strings.Count(body, `class="chart"`); n != len(places)*len(places) {
		t.Errorf("%d charts", n)
	}
	if len(body) > 400_000 {
		t.Errorf("the page has %d bytes", len(body))
	}
}

func TestTrashShowsWhatWasThrownAway(t *testing.T) {
	a := open(t, emulator.Options{})
	for n := range 3 {
		a.item("", fmt.Sprintf("%d.png", n), picture(n))
	}
	a.act(object{"do": "trash_item", "item": "1.png"})
	body := a.page("/trash")
	if !strings.Contains(body, "1.png") || strings.Contains(body, "2.png") || !strings.Contains(body, "1 item") {
		t.Errorf("the trash shows\n%s", body)
	}
	link := regexp.MustCompile(`/trash/[^"]+`).FindString(body)
	if one := a.page(link); !strings.Contains(one, "in the trash") {
		t.Errorf("the page of a trashed item:\n%s", one)
	}
	a.page(regexp.MustCompile(`/pictures/[^"]+`).FindString(body))
	if home := a.page("/"); strings.Contains(home, "1.png") || !strings.Contains(home, "Lately added") {
		t.Errorf("the first page shows\n%s", home)
	}
}
