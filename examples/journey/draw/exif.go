package main

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Tags and types of TIFF and Exif, from their standards.
const (
	tagDescription    = 0x010e
	tagMake           = 0x010f
	tagModel          = 0x0110
	tagExif           = 0x8769
	tagVersion        = 0x9000
	tagOriginal       = 0x9003
	tagOffsetOriginal = 0x9011

	typeASCII     = 2
	typeLong      = 4
	typeUndefined = 7
)

// entry is one field of a directory.
type entry struct {
	tag, kind uint16
	value     []byte
}

func text(tag uint16, s string) entry { return entry{tag, typeASCII, append([]byte(s), 0)} }

// withExif puts a title and a capture time into a JPEG, as cameras do: in an
// APP1 segment right after the two bytes with which each JPEG begins.
func withExif(jpeg []byte, title string, taken time.Time) []byte {
	// A directory's size is known from its fields alone, so the second one can
	// be placed before the first is written.
	first := []entry{
		text(tagDescription, title),
		text(tagMake, "albumen"),
		text(tagModel, "examples/journey/draw"),
		{tagExif, typeLong, make([]byte, 4)},
	}
	const header = 8
	second := header + len(directory(first, header))
	binary.BigEndian.PutUint32(first[3].value, uint32(second))

	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08")
	tiff = append(tiff, directory(first, header)...)
	tiff = append(tiff, directory([]entry{
		{tagVersion, typeUndefined, []byte("0232")},
		text(tagOriginal, taken.Format("2006:01:02 15:04:05")),
		text(tagOffsetOriginal, taken.Format("-07:00")),
	}, second)...)

	segment := append([]byte("Exif\x00\x00"), tiff...)
	var out bytes.Buffer
	out.Write(jpeg[:2])
	out.Write([]byte{0xff, 0xe1})
	_ = binary.Write(&out, binary.BigEndian, uint16(len(segment)+2))
	out.Write(segment)
	out.Write(jpeg[2:])
	return out.Bytes()
}

// directory is a list of fields that begins at an offset of the TIFF block. A
// value of up to four bytes stands in its field, a longer one behind them all.
func directory(entries []entry, offset int) []byte {
	fields := binary.BigEndian.AppendUint16(nil, uint16(len(entries)))
	var values []byte
	behind := offset + 2 + 12*len(entries) + 4
	for _, e := range entries {
		count := len(e.value)
		if e.kind == typeLong {
			count = 1
		}
		fields = binary.BigEndian.AppendUint16(fields, e.tag)
		fields = binary.BigEndian.AppendUint16(fields, e.kind)
		fields = binary.BigEndian.AppendUint32(fields, uint32(count))
		if len(e.value) <= 4 {
			fields = append(fields, append(e.value[:len(e.value):len(e.value)], 0, 0, 0)[:4]...)
			continue
		}
		fields = binary.BigEndian.AppendUint32(fields, uint32(behind+len(values)))
		values = append(values, e.value...)
		if len(values)%2 == 1 {
			values = append(values, 0)
		}
	}
	fields = binary.BigEndian.AppendUint32(fields, 0) // no further directory
	return append(fields, values...)
}
