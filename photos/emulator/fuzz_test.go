package emulator

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRequests holds the reading of requests to its word for any bytes: it ends
// in a message or in a 400 that can be shown.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{
		`{"album":{"title":"x"}}`, `{"albumId":"a","albumPosition":{"position":1},"newMediaItems":[{"simpleMediaItem":{"uploadToken":"t"}}]}`,
		`{"album":`, `{} {}`, `{"album":[]}`, "{\"a\":\x00}", `{"page_size":"1"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []any{&struct {
			Album struct {
				Title string `json:"title"`
			} `json:"album"`
		}{}, &struct {
			PageSize int32        `json:"pageSize"`
			At       wirePosition `json:"albumPosition"`
			IDs      []string     `json:"mediaItemIds"`
			Flag     bool         `json:"flag"`
		}{}} {
			if err := decodeJSON(body, into); err != nil && (err.code != 400 || err.message == "" || !utf8.ValidString(err.message)) {
				t.Errorf("refused with %d %q", err.code, err.message)
			}
		}
	})
}

// FuzzJournal: whatever a journal's file holds, it is read as a world or refused
// with the place of the damage; a world that was read is written and read again
// as the same.
func FuzzJournal(f *testing.F) {
	w := newWorld(newKey(1, 0))
	var kept bytes.Buffer
	for _, c := range []change{
		{Op: opAlbum, Number: 0, Title: "Iceland", At: 5},
		{Op: opItem, Number: 0, Item: &item{Digest: digest{1}, Size: 3, Name: "a.jpg", Uploaded: 1, Created: 1}},
	} {
		if err := w.apply(c); err != nil {
			f.Fatal(err)
		}
	}
	if _, err := writeJournal(&kept, w, 3); err != nil {
		f.Fatal(err)
	}
	head, rest, _ := strings.Cut(kept.String(), "\n")
	f.Add(kept.Bytes())
	f.Add([]byte(head + "\n"))
	f.Add([]byte(head + "\n" + rest + `[{"op":"item"`))
	f.Add([]byte(head + "\n" + `[{"op":"album","n":-5}]` + "\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, err := readJournal(bytes.NewReader(raw), "journal")
		if err != nil {
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Line < 1 {
				t.Errorf("no place: %v", err)
			}
			return
		}
		var once, twice bytes.Buffer
		if _, err := writeJournal(&once, read.world, read.generation); err != nil {
			t.Fatal(err)
		}
		again, err := readJournal(bytes.NewReader(once.Bytes()), "journal")
		if err != nil {
			t.Fatalf("what was written can't be read: %v\n%s", err, once.Bytes())
		}
		if _, err := writeJournal(&twice, again.world, again.generation); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("not the same world:\n%s\n%s", once.Bytes(), twice.Bytes())
		}
	})
}
