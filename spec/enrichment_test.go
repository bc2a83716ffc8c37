package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestEnrichmentsStandBetweenTheMembers: what is desired is the list of members
// as ever, and beside it what stands between them.
func TestEnrichmentsStandBetweenTheMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("a/1.jpg", "a/2.jpg", "b/3.jpg")
	w.spec(`
version: 1
albums:
  a:
    title: A
    contents:
      - text: |
          Day one,
          in two lines
      - files: a/*.jpg
      - {key: falls, location: {name: Gullfoss, latitude: 64.3271, longitude: -20}}
      - {text: Snow}
      - files: [b/*.jpg, a/1.jpg]
      - {text: Snow}
      - map:
          origin: {name: Vík, latitude: 63.4186, longitude: -19.006}
          destination: {name: Höfn, latitude: 64.2497, longitude: -15.202}
`)
	got := w.resolve("").Albums[0]
	if n := len(got.Members); n != 3 {
		t.Errorf("there are %d members", n)
	}
	route := &Route{Location{"Vík", 63.4186, -19.006}, Location{"Höfn", 64.2497, -15.202}}
	want := []Enrichment{
		{Identity: "text:9daa2d3ad3ee", Passage: Passage{Text: "Day one,\nin two lines"}},
		{Identity: "falls", Passage: Passage{Location: &Location{"Gullfoss", 64.3271, -20}}, After: 2},
		{Identity: "text:cd84f30674c0", Passage: Passage{Text: "Snow"}, After: 2},
		{Identity: "text:cd84f30674c0.2", Passage: Passage{Text: "Snow"}, After: 3},
		{Identity: "map:ca917d0a5d93", Passage: Passage{Map: route}, After: 3},
	}
	if diff := cmp.Diff(want, got.Enrichments, cmpopts.IgnoreFields(Enrichment{}, "At")); diff != "" {
		t.Errorf("enrichments (-want +got):\n%s", diff)
	}
	var labels []string
	for i := range got.Enrichments {
		labels = append(labels, got.Enrichments[i].Label())
	}
	if diff := cmp.Diff([]string{"Day one, in two lines", "Gullfoss", "Snow", "Snow", "Vík → Höfn"}, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

// TestEnrichmentsBelongToTheGeneration: what it says, where it stands and its key
// are parts of the wish; the layout of the file is not.
func TestEnrichmentsBelongToTheGeneration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("1.jpg", "2.jpg")
	seen := map[string]string{}
	for _, contents := range []string{
		"[{files: '*.jpg'}]",
		"[{files: '*.jpg'}, {text: Snow}]",
		"[{files: 1.jpg}, {text: Snow}, {files: 2.jpg}]",
		"[{files: '*.jpg'}, {text: Rain}]",
		"[{files: '*.jpg'}, {text: Snow, key: snow}]",
		"[{files: '*.jpg'}, {location: {name: Snow, latitude: 0, longitude: 0}}]",
	} {
		w.album(contents)
		generation := w.resolve("").Generation
		if other, same := seen[generation]; same {
			t.Errorf("%s and %s have the same generation", contents, other)
		}
		seen[generation] = contents
	}
	w.album("[{text:   'Snow  ', key: snow}]")
	one := w.resolve("").Generation
	w.album("[{key: snow, text: Snow}]")
	if w.resolve("").Generation != one {
		t.Errorf("the layout changes the generation")
	}
}

// TestLongLabels: a caption of a thousand characters is a line on the screen.
func TestLongLabels(t *testing.T) {
	t.Parallel()
	p := Passage{Text: strings.Repeat("é\n", 400)}
	if label := p.Label(); len([]rune(label)) != labelLength || strings.Contains(label, "\n") {
		t.Errorf("the label is %q", label)
	}
}
