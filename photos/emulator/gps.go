package emulator

import (
	"bytes"
	"encoding/binary"
	"io"
)

// withoutPlace is a picture's bytes as Google gives them back: with its metadata,
// without where it was taken (Google's guide to accessing items). Only the EXIF
// of a JPEG is looked for; the length stays the same.
func withoutPlace(b blob, it *item) io.ReadSeeker {
	const most = 256 << 10 // where EXIF stands, in front of the picture
	head := make([]byte, min(it.Size, most))
	if it.Type != "image/jpeg" || !readAt(b, head, 0) || !blankPlace(exifOf(head)) {
		return b
	}
	return io.NewSectionReader(&overlaid{ReaderAt: b, head: head}, 0, it.Size)
}

// overlaid is bytes of which the first are others.
type overlaid struct {
	io.ReaderAt
	head []byte
}

func (o *overlaid) ReadAt(p []byte, at int64) (int, error) {
	n, err := o.ReaderAt.ReadAt(p, at)
	if at < int64(len(o.head)) {
		copy(p[:n], o.head[at:])
	}
	return n, err
}

// exifOf finds the EXIF block in the segments of a JPEG; nil without.
func exifOf(head []byte) []byte {
	for at := 2; at+4 <= len(head) && head[at] == 0xff && head[at+1] != 0xda; {
		end := at + 2 + int(binary.BigEndian.Uint16(head[at+2:]))
		if end > len(head) || end < at+4 {
			return nil
		}
		if block, ok := bytes.CutPrefix(head[at+4:end], []byte("Exif\x00\x00")); ok && head[at+1] == 0xe1 {
			return block
		}
		at = end
	}
	return nil
}

// blankPlace overwrites the GPS directory of an EXIF block, and what it points to,
// with zeros. It reports whether there was one.
func blankPlace(block []byte) bool {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(block) < 8:
		return false
	case string(block[:2]) == "MM":
		order = binary.BigEndian
	}
	for _, tag := range exifEntries(block, order, order.Uint32(block[4:])) {
		if order.Uint16(tag) != 0x8825 {
			continue
		}
		from := order.Uint32(tag[8:])
		entries := exifEntries(block, order, from)
		for _, e := range entries {
			size := int64(order.Uint32(e[4:])) * int64(exifTypeSize(order.Uint16(e[2:])))
			at := int64(order.Uint32(e[8:]))
			if size > 4 && at+size <= int64(len(block)) {
				clear(block[at : at+size])
			}
			clear(e)
		}
		if entries != nil {
			clear(block[from : from+2]) // it has no entries now
		}
		return entries != nil
	}
	return false
}

// exifEntries are the entries of a directory, of 12 bytes each.
func exifEntries(block []byte, order binary.ByteOrder, from uint32) [][]byte {
	if int64(from)+2 > int64(len(block)) {
		return nil
	}
	var out [][]byte
	rest := block[from+2:]
	for range order.Uint16(block[from:]) {
		if len(rest) < 12 {
			return nil
		}
		out, rest = append(out, rest[:12]), rest[12:]
	}
	return out
}

// exifTypeSize is how many bytes a value of an EXIF type has.
func exifTypeSize(kind uint16) int {
	switch kind {
	case 3, 8:
		return 2
	case 4, 9, 11:
		return 4
	case 5, 10, 12:
		return 8
	}
	return 1
}
