package emulator

import (
	"errors"
	"image"
	_ "image/gif" // the decoders of what people upload
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"strings"
	"time"

	"github.com/bep/imagemeta"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// examine tells what bytes are. The zero facts are for bytes that are no picture
// and no video.
func examine(b blob, size int64) facts {
	head := make([]byte, min(size, sniffed))
	if _, err := b.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return facts{}
	}
	f := facts{Type: sniff(head)}
	switch f.Type {
	case "":
		return facts{}
	case "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp":
		if !f.measure(b) {
			return facts{}
		}
	case "image/tiff":
		f.measure(b) // a RAW file is a TIFF that only its camera's maker can measure
	case "image/vnd.microsoft.icon":
		f.measureIcon(head)
	}
	f.readFilm(b, size)
	f.readMetadata(b)
	if f.Turn >= 5 {
		f.Width, f.Height = f.Height, f.Width
	}
	return f
}

// measure reads the picture's size, if it is a picture.
func (f *facts) measure(b blob) (ok bool) {
	defer func() {
		if recover() != nil { // a decoder that panics has seen no picture
			ok = false
		}
	}()
	if _, err := b.Seek(0, io.SeekStart); err != nil {
		return false
	}
	c, _, err := image.DecodeConfig(b)
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > math.MaxInt32 || c.Height > math.MaxInt32 {
		return false
	}
	f.Width, f.Height = int32(c.Width), int32(c.Height)
	return true
}

// measureIcon reads the size of an icon's first image, in which 0 means 256.
func (f *facts) measureIcon(head []byte) {
	if len(head) < 8 {
		return
	}
	side := func(b byte) int32 { return (int32(b)+255)%256 + 1 }
	f.Width, f.Height = side(head[6]), side(head[7])
}

// metadataFormat is how imagemeta calls a format; false for one without
// metadata that it reads.
func metadataFormat(kind string) (imagemeta.ImageFormat, bool) {
	switch kind {
	case "image/jpeg":
		return imagemeta.JPEG, true
	case "image/png":
		return imagemeta.PNG, true
	case "image/webp":
		return imagemeta.WebP, true
	case "image/tiff":
		return imagemeta.TIFF, true
	case "image/heic":
		return imagemeta.HEIF, true
	case "image/avif":
		return imagemeta.AVIF, true
	}
	return 0, false
}

// readMetadata reads what the camera wrote. Metadata that can't be read is
// metadata that is not there.
func (f *facts) readMetadata(b blob) {
	format, ok := metadataFormat(f.Type)
	if !ok {
		return
	}
	defer func() { _ = recover() }() // whatever a stranger's bytes do to the decoder
	if _, err := b.Seek(0, io.SeekStart); err != nil {
		return
	}
	tags := map[string]any{}
	sources := imagemeta.EXIF
	if f.Width == 0 {
		sources |= imagemeta.CONFIG
	}
	result, err := imagemeta.Decode(imagemeta.Options{R: b, ImageFormat: format, Sources: sources,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return wanted(t.Tag) && strings.HasPrefix(t.Namespace, "IFD0") },
		HandleTag: func(t imagemeta.TagInfo) error {
			tags[t.Tag] = t.Value
			return nil
		}})
	if c := result.ImageConfig; err == nil && f.Width == 0 && c.Width > 0 && c.Height > 0 && c.Width <= math.MaxInt32 && c.Height <= math.MaxInt32 {
		f.Width, f.Height = int32(c.Width), int32(c.Height)
	}
	f.fill(tags)
}

// wanted names the EXIF tags that the API shows.
func wanted(tag string) bool {
	switch tag {
	case "Orientation", "Make", "Model", "FNumber", "FocalLength", "ISO", "ISOSpeedRatings", "PhotographicSensitivity",
		"ExposureTime", "DateTimeOriginal", "DateTimeDigitized", "CreateDate", "DateTime", "ModifyDate",
		"OffsetTimeOriginal", "OffsetTimeDigitized", "OffsetTime":
		return true
	}
	return false
}

// fill takes over the tags that make sense.
func (f *facts) fill(tags map[string]any) {
	if n, ok := asFloat(tags["Orientation"]); ok && n >= 1 && n <= 8 {
		f.Turn = uint8(n)
	}
	if taken := captureTime(tags); taken != 0 {
		f.Taken = taken
	}
	cam := cameraFacts{Make: asText(tags["Make"]), Model: asText(tags["Model"])}
	if v, ok := asFloat(tags["FocalLength"]); ok && v > 0 && v < 1e5 {
		cam.Focal = v
	}
	if v, ok := asFloat(tags["FNumber"]); ok && v > 0 && v < 1e3 {
		cam.Aperture = v
	}
	for _, name := range []string{"ISO", "ISOSpeedRatings", "PhotographicSensitivity"} {
		if v, ok := asFloat(tags[name]); ok && v >= 1 && v < 1e8 {
			cam.ISO = int32(v)
		}
	}
	if v, ok := asFloat(tags["ExposureTime"]); ok && v > 0 && v < 1e6 {
		cam.Exposure = time.Duration(v * float64(time.Second))
	}
	if cam != (cameraFacts{}) {
		f.Camera = &cam
	}
}

// captureTime is the moment of the picture in Unix seconds, 0 if it has none.
// Without an offset the clock of the camera is taken for UTC.
func captureTime(tags map[string]any) int64 {
	for _, names := range [][]string{
		{"DateTimeOriginal", "OffsetTimeOriginal"},
		{"DateTimeDigitized", "OffsetTimeDigitized"},
		{"CreateDate", "OffsetTimeDigitized"},
		{"DateTime", "OffsetTime"},
		{"ModifyDate", "OffsetTime"},
	} {
		date := asText(tags[names[0]])
		if t, err := time.Parse("2006:01:02 15:04:05-07:00", date+asText(tags[names[1]])); err == nil {
			return inRange(t)
		}
		if t, err := time.Parse("2006:01:02 15:04:05", date); err == nil {
			return inRange(t)
		}
	}
	return 0
}

// inRange is a moment that RFC 3339 can write, or none.
func inRange(t time.Time) int64 {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		return 0
	}
	return t.Unix()
}

// asText is a tag's text, printable and of bounded length.
func asText(v any) string {
	s, _ := v.(string)
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s[:min(len(s), 100)])
}

// asFloat is a tag's number, however it is written.
func asFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	case float32:
		return float64(n), true
	case int:
		return float64(n), true
	case int32:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint8:
		return float64(n), true
	case uint16:
		return float64(n), true
	case uint32:
		return float64(n), true
	case uint64:
		return float64(n), true
	case interface{ Float64() float64 }:
		f := n.Float64()
		return f, !math.IsNaN(f) && !math.IsInf(f, 0)
	case []uint16:
		if len(n) > 0 {
			return float64(n[0]), true
		}
	}
	return 0, false
}
