package emulator

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// isVideo reports whether a MIME type is a video's.
func isVideo(kind string) bool { return strings.HasPrefix(kind, "video/") }

func (f *facts) video() bool { return isVideo(f.Type) }

// sniff tells the MIME type of a file by its first bytes; "" for what Google
// Photos does not take. It knows the formats of Google's upload guide.
func sniff(head []byte) string {
	has := func(at int, magic string) bool {
		return len(head) >= at+len(magic) && string(head[at:at+len(magic)]) == magic
	}
	switch {
	case has(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "image/gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(0, "BM"):
		return "image/bmp"
	case has(0, "II*\x00"), has(0, "MM\x00*"), has(0, "II+\x00"), has(0, "MM\x00+"):
		return "image/tiff"
	case has(0, "\x00\x00\x01\x00"):
		return "image/vnd.microsoft.icon"
	case has(4, "ftyp"):
		return sniffBoxes(head)
	case has(4, "moov"), has(4, "mdat"), has(4, "wide"), has(4, "skip"), has(4, "free"):
		return "video/quicktime"
	case has(0, "\x1a\x45\xdf\xa3"):
		return "video/x-matroska"
	case has(0, "RIFF") && has(8, "AVI "):
		return "video/x-msvideo"
	case has(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
		return "video/x-ms-asf"
	case has(0, "\x00\x00\x01\xba"), has(0, "\x00\x00\x01\xb3"):
		return "video/mpeg"
	case has(0, "G") && has(188, "G"), has(4, "G") && has(196, "G"):
		return "video/mp2t"
	}
	return ""
}

// sniffBoxes tells the ISO base media formats apart by their brands, of which
// the first is the main one.
func sniffBoxes(head []byte) string {
	size := int(binary.BigEndian.Uint32(head))
	brands := head[8:max(8, min(size, len(head)))]
	if len(brands) < 4 {
		return ""
	}
	main := string(brands[:4])
	with := func(brand string) bool { return bytes.Contains(brands, []byte(brand)) }
	switch {
	case main == "avif" || main == "avis" || main == "mif1" && with("avif"):
		return "image/avif"
	case strings.Contains("heic heix heim heis hevc hevx mif1 msf1", main):
		return "image/heic"
	case main == "crx ":
		return "image/x-canon-cr3"
	case main == "qt  ":
		return "video/quicktime"
	case strings.HasPrefix(main, "3gp"):
		return "video/3gpp"
	case strings.HasPrefix(main, "3g2"):
		return "video/3gpp2"
	case strings.HasPrefix(main, "M4V"):
		return "video/x-m4v"
	default:
		return "video/mp4"
	}
}
