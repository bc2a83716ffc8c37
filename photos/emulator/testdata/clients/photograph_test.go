package clients

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"testing"
)

// photograph is a JPEG that was taken at a time, "2024:06:03 10:20:30".
func photograph(t testing.TB, taken string) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	segment := append([]byte("Exif\x00\x00"), exif(taken)...)
	out := append(plain.Bytes()[:2:2], 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), plain.Bytes()[2:]...)
}

// exif is an EXIF block with the one tag DateTimeOriginal: a directory that
// points to a second, whose only entry points to the text behind it.
func exif(taken string) []byte {
	const (
		pointer, original  = 0x8769, 0x9003
		ascii, long        = 2, 4
		second, textOffset = 26, 44
	)
	order := binary.BigEndian
	entry := func(block []byte, tag, kind uint16, count, value uint32) []byte {
		block = order.AppendUint16(block, 1) // entries of this directory
		block = order.AppendUint16(order.AppendUint16(block, tag), kind)
		block = order.AppendUint32(order.AppendUint32(block, count), value)
		return order.AppendUint32(block, 0) // no further directory
	}
	block := order.AppendUint32([]byte("MM\x00*"), 8)
	block = entry(block, pointer, long, 1, second)
	block = entry(block, original, ascii, uint32(len(taken)+1), textOffset)
	return append(append(block, taken...), 0)
}
