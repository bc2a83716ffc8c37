package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/state"
)

// TestACardIsTextForPeople, with everything that can be known of an album.
func TestACardIsTextForPeople(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, 11, 24, 8, minute, 0, 0, time.Local) }
	digest := strings.Repeat("0123456789abcdef", 4)
	c := state.Card{
		AlbumDocument: state.AlbumDocument{
			Key: "iceland", Album: "AIb1", Title: "Iceland", URL: "https://photos.google.com/lr/album/AIb1", OnRemove: "keep", Cover: "i1",
			Created: at(1), Read: at(2), Written: at(3), Gone: at(4),
			Members: []state.MemberRow{
				{Item: "i1", Label: "day1/a.jpg", FileName: "a.jpg", Digest: digest, Ours: true},
				{Item: "i2", FileName: "IMG \u202e.jpg"},
			},
			Removed: []state.RemovedRow{
				{Item: "i3", Digest: digest, At: at(5), By: state.ByUs}, {Item: "i4", At: at(6), By: state.ByApp},
				{Item: "i5", At: at(7), By: "library"}, {Item: "i6", At: at(8), By: "gnomes"},
			},
			Enrichments: []state.EnrichmentRow{
				{Identity: "text:0a", Enrichment: "E1", Label: "Day one", Written: at(9)}, {Identity: "intro", Label: "Snow", Written: at(9)},
			},
			Share: &state.ShareRow{Shared: true, Commentable: true, Written: at(10)},
		},
		Intents:      []state.IntentRow{{ID: "w1", Key: "iceland", Kind: "add_items", Opened: at(11), Lost: true, Note: "no answer"}, {ID: "w2", Key: "iceland", Kind: "create_items", Opened: at(12)}},
		Quarantine:   []state.QuarantineRow{{Key: "iceland", Label: "bad.jpg", Message: "BAD_IMAGE: no", Since: at(13)}},
		Descriptions: []state.DescriptionRow{{Item: "i1", Text: "A \"waterfall\""}},
	}
	var b strings.Builder
	writeCard(&b, &c)
	c = state.Card{AlbumDocument: state.AlbumDocument{Key: "new", Album: "AIb2", Share: &state.ShareRow{}}}
	writeCard(&b, &c)
	path := filepath.Join("testdata", "card.txt")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("card.txt (-want +got):\n%s", diff)
	}
}
