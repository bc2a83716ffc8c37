package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

const createPath = "/v1/mediaItems:batchCreate"

// outcome is one result of batchCreate in short: an item's file name, or the
// code and message of why there is none.
func outcome(result any) string {
	r := result.(object)
	status := r["status"].(object)
	if it, ok := r["mediaItem"].(object); ok {
		name, _ := it["filename"].(string)
		return strings.TrimSpace(fmt.Sprint(name, " ", status["code"], " ", status["message"]))
	}
	return fmt.Sprint(status["code"], " ", status["message"])
}

func outcomes(results []any) (out []string) {
	for _, r := range results {
		out = append(out, outcome(r))
	}
	return out
}

func TestEachEntryOfABatchHasItsOwnResult(t *testing.T) {
	a := open(t, emulator.Options{})
	one, two, text := a.upload(picture(1), ""), a.upload(picture(2), ""), a.upload([]byte("no picture"), "")
	clip, clipAgain := a.upload(film(1), ""), a.upload(film(1), "")
	got := outcomes(a.create(207, "", nil, entry(one, "1"), entry(text, "t.jpg"), entry(two, "2"), entry(one, "1 again"),
		entry(clip, "c.mp4"), entry(clipAgain, "c.mp4")))
	want := []string{
		"1 <nil> Success",
		"3 BAD_IMAGE: There was an error while trying to create this media item.",
		"2 <nil> Success",
		"6 Failed: There was an error while trying to create this media item.",
		"c.mp4 <nil> Success",
		"6 EXISTS: There was an error while trying to create this media item.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	always := open(t, emulator.Options{Choices: emulator.Choices{OKOnPartialSuccess: true}})
	always.create(200, "", nil, entry(always.upload([]byte("no picture"), ""), ""))
}

func TestSameBytesAreOneItemWithTheFirstName(t *testing.T) {
	a := open(t, emulator.Options{})
	album := a.album("Trip")
	first := a.item("", "first.png", picture(1))
	a.item(album, "other.png", picture(2))
	for _, into := range []string{"", album, album} {
		if again := a.item(into, "second.png", picture(1)); again != first {
			t.Errorf("the same bytes are another item in album %q", into)
		}
	}
	if diff := cmp.Diff([]string{"other.png", "first.png"}, a.members(album)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	front := a.create(200, album, object{"position": "FIRST_IN_ALBUM"}, entry(a.upload(picture(1), ""), "third.png"))
	if got := outcome(front[0]); got != "first.png <nil> Success" {
		t.Errorf("an item that is in the album gave %q", got)
	}
	if diff := cmp.Diff([]string{"other.png", "first.png"}, a.members(album)); diff != "" {
		t.Errorf("a member moved (-want +got):\n%s", diff)
	}
}

func TestFileNameFallsBackToThatOfTheUpload(t *testing.T) {
	a := open(t, emulator.Options{})
	raw := a.upload(picture(1), "größe.png")
	escaped := a.upload(picture(2), "a%20b+c.png")
	got := outcomes(a.create(200, "", nil, entry(raw, ""), entry(escaped, "")))
	if diff := cmp.Diff([]string{"größe.png <nil> Success", "a b+c.png <nil> Success"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestPositionOfNewItems(t *testing.T) {
	a := open(t, emulator.Options{})
	album := a.album("Trip")
	base := []string{a.item(album, "a", picture(1)), a.item(album, "b", picture(2))}
	outside := a.item("", "outside", picture(3))
	next := 10
	put := func(position object) {
		t.Helper()
		next += 2
		x, y := a.upload(picture(next), ""), a.upload(picture(next+1), "")
		a.create(200, album, position, entry(x, fmt.Sprint(next)), entry(y, fmt.Sprint(next+1)))
	}
	put(object{"position": "FIRST_IN_ALBUM"})
	put(object{"position": "AFTER_MEDIA_ITEM", "relativeMediaItemId": base[0]})
	put(object{"position": "LAST_IN_ALBUM"})
	put(object{"position": "POSITION_TYPE_UNSPECIFIED"})
	put(object{})
	want := []string{"12", "13", "a", "14", "15", "b", "16", "17", "18", "19", "20", "21"}
	if diff := cmp.Diff(want, a.members(album)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	for _, position := range []object{
		{"position": "AFTER_MEDIA_ITEM", "relativeMediaItemId": outside},
		{"position": "AFTER_MEDIA_ITEM"},
		{"position": "AFTER_ENRICHMENT_ITEM", "relativeEnrichmentItemId": base[0]},
		{"position": "IN_THE_MIDDLE"},
	} {
		a.call(400, "POST", createPath, object{"albumId": album, "albumPosition": position,
			"newMediaItems": []object{entry(a.upload(picture(99), ""), "x")}})
	}
	a.refused(400, "Album position can only be set together with an album id.", "POST", createPath,
		object{"albumPosition": object{"position": "FIRST_IN_ALBUM"}, "newMediaItems": []object{entry(a.upload(picture(99), ""), "x")}})
	if got := len(a.e.World().Items); got != 13 {
		t.Errorf("a refused call made an item: there are %d", got)
	}
}

func TestBatchThatFailsAsAWholeChangesNothing(t *testing.T) {
	a := open(t, emulator.Options{})
	good := entry(a.upload(picture(1), ""), "1")
	foreign := open(t, emulator.Options{}).upload(picture(2), "")
	long := entry(good["simpleMediaItem"].(object)["uploadToken"].(string), strings.Repeat("ü", 256))
	wordy := object{"description": strings.Repeat("x", 1000), "simpleMediaItem": good["simpleMediaItem"]}
	many := make([]object, 51)
	for i := range many {
		many[i] = good
	}
	const token = "Request must contain a valid upload token."
	for _, row := range []struct {
		message string
		entries []object
	}{
		{"Request must contain at least one new media item.", nil},
		{"Request must have less than 50 items.", many},
		{token, []object{good, entry(foreign, "")}},
		{token, []object{good, entry("garbage", "")}},
		{token, []object{good, entry("", "")}},
		{token, []object{good, {}}},
		{"File name must not be longer than 255 characters.", []object{good, long}},
		{"Media item description must be shorter than 1000 characters.", []object{good, wordy}},
	} {
		a.refused(400, row.message, "POST", createPath, object{"newMediaItems": row.entries})
	}
	if got := len(a.e.World().Items); got != 0 {
		t.Errorf("%d items were made", got)
	}
}

func TestUploadTokenDiesAfterADay(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now})
	young, old := entry(a.upload(picture(1), ""), "1"), entry(a.upload(picture(2), ""), "2")
	at.Time = at.Add(24*time.Hour - time.Second)
	a.create(200, "", nil, young)
	a.create(200, "", nil, young)
	at.Time = at.Add(time.Second)
	a.refused(400, "Request must contain a valid upload token.", "POST", createPath, object{"newMediaItems": []object{old}})
	a.upload(picture(3), "")
	a.refused(400, "Request must contain a valid upload token.", "POST", createPath, object{"newMediaItems": []object{young}})
}

func TestUploadTokenWorksOnceByChoice(t *testing.T) {
	a := open(t, emulator.Options{Choices: emulator.Choices{OneUseTokens: true}})
	once := entry(a.upload(picture(1), ""), "1")
	a.create(200, "", nil, once)
	a.refused(400, "Request must contain a valid upload token.", "POST", createPath, object{"newMediaItems": []object{once}})
}

func TestFullAccountRefusesNewBytesOnly(t *testing.T) {
	a := open(t, emulator.Options{StorageBytes: int64(len(picture(1))) + 10})
	a.item("", "1", picture(1))
	a.item("", "1 again", picture(1))
	a.refused(400, "The remaining storage in the user's account is not enough to perform this operation.", "POST", createPath,
		object{"newMediaItems": []object{entry(a.upload(picture(2), ""), "2")}})
}

func TestUploadsAreRefusedWithAFlatBody(t *testing.T) {
	a := open(t, emulator.Options{PhotoBytes: 100, VideoBytes: 400})
	flat := func(want int, code float64, message string, body any, headers ...string) {
		t.Helper()
		got := a.call(want, "POST", "/v1/uploads", body, headers...)
		if diff := cmp.Diff(object{"code": code, "message": message}, got); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
	}
	flat(401, 16, "Authentication session is not defined.", picture(1), "Authorization", "")
	flat(400, 3, "Request must contain the bytes of a media item.", nil)
	flat(413, 3, "Request Entity Too Large", append(picture(1), make([]byte, 100)...))
	flat(413, 3, "Request Entity Too Large", append(film(1), make([]byte, 200)...))
	flat(400, 3, "Checksum from header does not match received payload content.", picture(1), "X-Goog-Hash", "sha1=AAAA")
	flat(501, 3+9, `The upload protocol "multipart" is not supported.`, nil, "X-Goog-Upload-Protocol", "multipart")
	a.upload(film(1), "a film may be larger than a photograph")
	if status, token, err := a.send("POST", "/v1/uploads/", picture(1), "X-Goog-Hash", "sha1="+sha1Of(picture(1))); err != nil || status != 200 || token == "" {
		t.Errorf("an upload with its hash and a slash: %d %q %v", status, token, err)
	}
}
