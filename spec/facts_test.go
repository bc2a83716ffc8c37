package spec

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bep/imagemeta"
)

// exifJPEG is a JPEG that holds nothing but its capture time.
func exifJPEG(taken time.Time, offset string) string {
	return exifFile(taken.Format("2006:01:02 15:04:05"), offset)
}

// exifFile is a JPEG with an EXIF block: TIFF header, IFD0 with a pointer to the
// Exif IFD, and that with DateTimeOriginal and OffsetTimeOriginal.
func exifFile(date, offset string) string {
	be := binary.BigEndian
	type tag struct {
		id   uint16
		text string
	}
	tags := []tag{{0x9003, date}}
	if offset != "" {
		tags = append(tags, tag{0x9011, offset})
	}
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08")
	tiff = be.AppendUint16(tiff, 1)
	tiff = append(be.AppendUint16(be.AppendUint16(tiff, 0x8769), 4), 0, 0, 0, 1)
	tiff = be.AppendUint32(be.AppendUint32(tiff, 26), 0)
	tiff = be.AppendUint16(tiff, uint16(len(tags)))
	data := uint32(26 + 2 + 12*len(tags) + 4)
	var texts []byte
	for _, t := range tags {
		tiff = be.AppendUint16(be.AppendUint16(tiff, t.id), 2)
		tiff = be.AppendUint32(tiff, uint32(len(t.text)+1))
		tiff = be.AppendUint32(tiff, data+uint32(len(texts)))
		texts = append(append(texts, t.text...), 0)
	}
	tiff = append(be.AppendUint32(tiff, 0), texts...)
	out := be.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(2+6+len(tiff)))
	out = append(append(out, "Exif\x00\x00"...), tiff...)
	return string(append(out, "\xff\xd9"...))
}

// TestHash: the digest of the bytes, and the capture time of those pictures that
// tell one.
func TestHash(t *testing.T) {
	t.Parallel()
	utc := func(h int) time.Time { return time.Date(2024, 6, 1, h, 30, 0, 0, time.UTC) }
	large := strings.Repeat("0123456789abcdef", hashBuffer/16*3) + "x"
	for name, c := range map[string]struct {
		text string
		want time.Time
	}{
		"plain.jpg":      {exifFile("2024:06:01 12:30:00", ""), utc(12)},
		"UPPER.JPEG":     {exifFile("2024:06:01 12:30:00", ""), utc(12)},
		"offset.jpg":     {exifFile("2024:06:01 12:30:00", "+02:00"), utc(10)},
		"odd.jpg":        {exifFile("2024:06:01 12:30:00", "   :  "), utc(12)},
		"zero.jpg":       {exifFile("0000:00:00 00:00:00", ""), time.Time{}},
		"ancient.jpg":    {exifFile("0001:01:01 00:00:00", "+00:00"), time.Time{}},
		"blank.jpg":      {exifFile("    :  :     :  :  ", ""), time.Time{}},
		"words.jpg":      {exifFile("yesterday", ""), time.Time{}},
		"cut.jpg":        {exifFile("2024:06:01 12:30:00", "")[:40], time.Time{}},
		"text.jpg":       {"this is no picture", time.Time{}},
		"empty.jpg":      {"", time.Time{}},
		"a video.mp4":    {exifFile("2024:06:01 12:30:00", ""), time.Time{}},
		"no tags.png":    {"\x89PNG\r\n\x1a\n", time.Time{}},
		"large.jpg":      {large, time.Time{}},
		"large tags.jpg": {exifFile("2024:06:01 12:30:00", "") + large, utc(12)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, name, c.text)
			got, err := Hash(t.Context(), filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if got.Digest != Digest(sha256.Sum256([]byte(c.text))) {
				t.Errorf("the digest is %s", got.Digest)
			}
			if !got.Taken.Equal(c.want) {
				t.Errorf("it was taken at %v, not %v", got.Taken, c.want)
			}
		})
	}
}

// TestHashFails: what is no regular file is refused at once, and an ended context
// ends the reading.
func TestHashFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.jpg")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "x.jpg", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
		want string
	}{
		"a pipe":           {t.Context(), pipe, "it is no regular file"},
		"a folder":         {t.Context(), dir, "it is no regular file"},
		"nothing":          {t.Context(), filepath.Join(dir, "gone.jpg"), "no such file or directory"},
		"an ended context": {ctx, filepath.Join(dir, "x.jpg"), "context canceled"},
	} {
		facts, err := Hash(c.ctx, c.path)
		if err == nil || plainError(err) != c.want || facts != (FileFacts{}) {
			t.Errorf("%s: %v, %v", name, facts, err)
		}
	}
}

// growing changes its file while that is read.
type growing struct {
	context.Context
	grow func()
}

func (g growing) Err() error { g.grow(); return nil }

// TestHashSeesAChange: a digest of bytes that never were a file would be uploaded
// under the name of another.
func TestHashSeesAChange(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.jpg")
	if err := os.WriteFile(name, make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	once := false
	ctx := growing{t.Context(), func() {
		if !once {
			once = true
			if err := os.WriteFile(name, make([]byte, 200), 0o644); err != nil {
				t.Error(err)
			}
		}
	}}
	if _, err := Hash(ctx, name); err == nil || plainError(err) != "it changed while it was read" {
		t.Errorf("the error is %v", err)
	}
}

// endless leads its reader round in circles.
type endless struct{ reads int }

func (e *endless) Read(b []byte) (int, error)     { e.reads++; return copy(b, "\xff\xe1\x00\x02"), nil }
func (e *endless) Seek(int64, int) (int64, error) { return 0, nil }

// panics is a reader that makes its decoder panic.
type panics struct{ endless }

func (panics) Read([]byte) (int, error) { panic(errors.New("a bug in the decoder")) }

// TestTakenIsBounded: no picture holds up the others, or ends the program.
func TestTakenIsBounded(t *testing.T) {
	t.Parallel()
	for _, format := range []imagemeta.ImageFormat{imagemeta.JPEG, imagemeta.PNG, imagemeta.TIFF, imagemeta.WebP, imagemeta.HEIF, imagemeta.DNG} {
		e := &endless{}
		if at := taken(e, format); !at.IsZero() || e.reads > maxMetaCalls {
			t.Errorf("%v: %v after %d reads", format, at, e.reads)
		}
		if at := taken(&panics{}, format); !at.IsZero() {
			t.Errorf("%v: %v from a panic", format, at)
		}
	}
}
