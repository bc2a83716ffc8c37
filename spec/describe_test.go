package spec

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// descriptions are the members of the one album with what they say.
func (w *world) descriptions() []string {
	w.t.Helper()
	var out []string
	for _, m := range w.resolve("").Albums[0].Members {
		out = append(out, fmt.Sprintf("%s: %s", m.Label, m.Description))
	}
	return out
}

// TestDescribe: names and globs of a source, the first that fits and names before
// globs.
func TestDescribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("day1/a.jpg", "day1/b.jpg", "day1/c.jpg", "day2/a.jpg", "day2/d.JPG")
	w.album(`
      - files: "day*/*"
        describe:
          "day1/*.jpg": Day one
          "*.jpg": Any day
          b.jpg: |
            Two
            lines
          day2/a.jpg: By its path
`)
	want := []string{"day1/a.jpg: Day one", "day1/b.jpg: Two\nlines", "day1/c.jpg: Day one", "day2/a.jpg: By its path", "day2/d.JPG: "}
	if diff := cmp.Diff(want, w.descriptions()); diff != "" {
		t.Errorf("descriptions (-want +got):\n%s", diff)
	}
	w.file("day3/a.jpg", "bytes of day1/a.jpg")
	w.album(`[{files: "day[13]/a.jpg", describe: {day3/a.jpg: Twice the same}}]`)
	if diff := cmp.Diff([]string{"day1/a.jpg: Twice the same"}, w.descriptions()); diff != "" {
		t.Errorf("the same bytes twice (-want +got):\n%s", diff)
	}
	before := w.resolve("").Generation
	w.album(`[{files: "day*/*"}]`)
	if after := w.resolve("").Generation; after == before {
		t.Error("the generation is the same without the descriptions")
	}
}

// TestADescriptionOfNothingIsAMistake with its place and the nearest name, for
// whoever checks and for whoever plans: it stops its album.
func TestADescriptionOfNothingIsAMistake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("day1/sunset.jpg", "day1/church.jpg")
	for _, c := range []struct{ describe, want string }{
		{"sunst.jpg: x", `sunst.jpg describes none of the files here; did you mean sunset.jpg?`},
		{"day1/chruch.jpg: x", `day1/chruch.jpg describes none of the files here; did you mean day1/church.jpg?`},
		{"day2/church.jpg: x", `day2/church.jpg describes none of the files here; did you mean day1/church.jpg?`},
		{`"*.png": x`, `*.png describes none of the files here`},
	} {
		w.album("[{files: day1/*.jpg, describe: {" + c.describe + "}}]")
		place := "albumen.yaml:5:47: albums.a.contents[0].describe."
		for who, got := range map[string][]string{"check": w.check(), "plan": texts(w.resolve("").Albums[0].Unavailable)} {
			if len(got) != 1 || !strings.HasPrefix(got[0], place) || !strings.Contains(got[0], c.want) {
				t.Errorf("%s of %s: %q, want one of %s… %s", who, c.describe, got, place, c.want)
			}
		}
	}
	// The files of a folder that can't be read may be those that are described.
	w.album("[{files: day3/*.jpg, describe: {x.jpg: x}}]")
	if got := w.check(); len(got) != 1 || strings.Contains(got[0], "describes") {
		t.Errorf("a folder that is not there: %q", got)
	}
}

// TestOneItemHasOneDescription: whichever album creates it gives it, and two that
// disagree would replace each other's for ever.
func TestOneItemHasOneDescription(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files("a.jpg")
	w.spec(`
version: 1
albums:
  x: {title: X, contents: [{files: a.jpg}]}
  y: {title: Y, contents: [{files: a.jpg, describe: {a.jpg: first}}]}
  z: {title: Z, contents: [{files: a.jpg, describe: {a.jpg: second}}]}
  zz: {title: ZZ, contents: [{files: a.jpg, describe: {a.jpg: first}}]}
`)
	d := w.resolve("")
	var got []string
	for _, a := range d.Albums {
		got = append(got, a.Members[0].Description)
		if !a.Describes {
			t.Errorf("%s does not know that it describes something", a.Key)
		}
	}
	if diff := cmp.Diff([]string{"first", "first", "first", "first"}, got); diff != "" {
		t.Errorf("descriptions (-want +got):\n%s", diff)
	}
	want := []string{`albumen.yaml:5:3: albums.z: a.jpg: the album "y" describes the same picture otherwise, and comes first`}
	if diff := cmp.Diff(want, texts(d.Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// titledJPEG is a JPEG that holds nothing but descriptions: EXIF's, and XMP's where
// there is one.
func titledJPEG(exif, xmp string) string {
	be := binary.BigEndian
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x0e\x00\x02")
	tiff = be.AppendUint32(tiff, uint32(len(exif)+1))
	tiff = be.AppendUint32(tiff, 26)
	tiff = append(be.AppendUint32(tiff, 0), exif...)
	segment := func(content string) string {
		return "\xff\xe1" + string(be.AppendUint16(nil, uint16(2+len(content)))) + content
	}
	out := "\xff\xd8" + segment("Exif\x00\x00"+string(tiff)+"\x00    ")
	if xmp != "" {
		out += segment("http://ns.adobe.com/xap/1.0/\x00" + `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
			`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>` + xmp + `</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>`)
	}
	return out + "\xff\xd9"
}

// TestDescribeFromFile: what people wrote into a picture, and not what cameras do.
func TestDescribeFromFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, text := range map[string]string{
		"1.jpg": titledJPEG("From EXIF", ""),
		"2.jpg": titledJPEG("From EXIF", `<rdf:li xml:lang="x-default">From XMP</rdf:li>`),
		"3.jpg": titledJPEG("", `<rdf:li xml:lang="x-default">Two</rdf:li><rdf:li xml:lang="is">Tveir</rdf:li>`),
		"4.jpg": titledJPEG("OLYMPUS DIGITAL CAMERA         ", ""),
		"5.jpg": titledJPEG(strings.Repeat("x", maxDescription), ""),
		"6.jpg": titledJPEG("\x01\x02", ""),
		"7.jpg": "no picture",
		"8.mp4": "no picture either",
		"9.jpg": titledJPEG("", ""),
	} {
		w.file("a/"+name, text)
	}
	w.album("[{files: a/*, describe: fromFile}]")
	want := []string{
		"a/1.jpg: From EXIF", "a/2.jpg: From XMP", "a/3.jpg: Two", "a/4.jpg: ", "a/5.jpg: ", "a/6.jpg: ", "a/7.jpg: ", "a/8.mp4: ", "a/9.jpg: ",
	}
	if diff := cmp.Diff(want, w.descriptions()); diff != "" {
		t.Errorf("descriptions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"albumen.yaml:3:3: albums.a: a/5.jpg: the description in the file has 1000 characters or more, and is left out"}, texts(w.resolve("").Warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	// Another album that does not ask leaves them alone.
	w.album("[{files: a/*}]")
	if got := w.descriptions()[0]; got != "a/1.jpg: " {
		t.Errorf("unasked: %q", got)
	}
}
