package emulator_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// exifTag is an ASCII tag of an EXIF block, or with number a SHORT one.
type exifTag struct {
	tag    uint16
	text   string
	number uint16
}

// directory is a TIFF directory at an offset of its block, with the texts behind.
func directory(at uint32, tags []exifTag, pointers map[uint16]uint32) []byte {
	order := binary.LittleEndian
	count := len(tags) + len(pointers)
	dir := order.AppendUint16(nil, uint16(count))
	texts := at + 2 + uint32(count)*12 + 4
	var tail []byte
	for _, t := range tags {
		dir = order.AppendUint16(dir, t.tag)
		if t.text == "" {
			dir = order.AppendUint16(dir, 3)
			dir = order.AppendUint32(dir, 1)
			dir = order.AppendUint32(dir, uint32(t.number))
			continue
		}
		text := t.text + "\x00"
		dir = order.AppendUint16(dir, 2)
		dir = order.AppendUint32(dir, uint32(len(text)))
		dir = order.AppendUint32(dir, texts+uint32(len(tail)))
		tail = append(tail, text...)
	}
	for tag, to := range pointers {
		dir = order.AppendUint16(dir, tag)
		dir = order.AppendUint16(dir, 4)
		dir = order.AppendUint32(dir, 1)
		dir = order.AppendUint32(dir, to)
	}
	return append(order.AppendUint32(dir, 0), tail...)
}

// photograph is a JPEG of 60 by 40 with the metadata of a camera that was held
// sideways. Its pixels differ by the number.
func photograph(t testing.TB, taken string, n byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range 60 * 40 {
		img.Set(i%60, i/60, color.RGBA{n * 20, uint8(i), 90, 255})
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	first := []exifTag{{tag: 0x010f, text: "Maker"}, {tag: 0x0110, text: "Model 7"}, {tag: 0x0112, number: 6}}
	second := []exifTag{{tag: 0x8827, number: 200}, {tag: 0x9003, text: taken}}
	size := uint32(len(directory(8, first, map[uint16]uint32{0x8769: 0})))
	block := append([]byte("II*\x00\x08\x00\x00\x00"), directory(8, first, map[uint16]uint32{0x8769: 8 + size})...)
	block = append(block, directory(8+size, second, nil)...)
	segment := append([]byte("Exif\x00\x00"), block...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), plain.Bytes()[2:]...)
}

// film is the beginning of an MP4 file, which differs by its number.
func film(n byte) []byte {
	return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte{n}, 300)...)
}

func TestMetadataComesFromTheFile(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.item("", "p.jpg", photograph(t, "2024:06:03 10:20:30", 1))
	got := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["mediaMetadata"]
	want := object{"creationTime": "2024-06-03T10:20:30Z", "width": "40", "height": "60",
		"photo": object{"cameraMake": "Maker", "cameraModel": "Model 7", "isoEquivalent": 200.0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mediaMetadata of a photograph held sideways (-want +got):\n%s", diff)
	}
	id = a.item("", "f.mp4", film(1))
	metadata := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["mediaMetadata"].(object)
	if diff := cmp.Diff(object{"status": "READY"}, metadata["video"]); diff != "" || metadata["photo"] != nil {
		t.Errorf("metadata of a video is %v", metadata)
	}
}

func TestOnlyMediaBecomesItems(t *testing.T) {
	box := func(brand string) string { return "\x00\x00\x00\x14ftyp" + brand + "\x00\x00\x00\x00" + brand }
	transport := strings.Repeat("G"+strings.Repeat("\x00", 187), 3)
	for _, row := range []struct{ name, bytes, kind string }{
		{"photo.png", string(picture(1)), "image/png"},
		{"photo.heic", box("heic"), "image/heic"},
		{"photo.avif", box("avif"), "image/avif"},
		{"icon.ico", "\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00", "image/vnd.microsoft.icon"},
		{"film.mov", box("qt  "), "video/quicktime"},
		{"film.3gp", box("3gp5"), "video/3gpp"},
		{"film.mkv", "\x1a\x45\xdf\xa3 and more", "video/x-matroska"},
		{"film.avi", "RIFF\x00\x00\x00\x00AVI LIST", "video/x-msvideo"},
		{"film.wmv", "\x30\x26\xb2\x75\x8e\x66\xcf\x11 and more", "video/x-ms-asf"},
		{"film.mpg", "\x00\x00\x01\xba and more", "video/mpeg"},
		{"film.mts", transport, "video/mp2t"},
		{"text.jpg", "This is no picture.", ""},
		{"cut.jpg", "\xff\xd8\xff\xe0 and then nothing", ""},
		{"cut.png", string(picture(1)[:12]), ""},
		{"page.html", "<html><script>alert(1)</script>", ""},
		{"drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		{"one byte", "\x00", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := open(t, emulator.Options{})
			want := 200
			if row.kind == "" {
				want = 207
			}
			token := a.upload([]byte(row.bytes), row.name)
			result := a.create(want, "", nil, entry(token, row.name))[0].(object)
			if row.kind == "" {
				bad := object{"uploadToken": token, "status": object{"code": 3.0,
					"message": "BAD_IMAGE: There was an error while trying to create this media item."}}
				if diff := cmp.Diff(bad, result); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
			} else if kind := result["mediaItem"].(object)["mimeType"]; kind != row.kind {
				t.Errorf("mimeType is %v", kind)
			}
		})
	}
}
