package spec

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bep/imagemeta"
)

// Facts know what is in files. Whoever provides them may remember them, so that
// a file is read again only when it has changed. They are asked concurrently.
type Facts interface {
	Of(ctx context.Context, path string, info fs.FileInfo) (FileFacts, error)
}

// FileFacts are what is in a file.
type FileFacts struct {
	Digest Digest
	Taken  time.Time // capture time; zero when the file does not tell
}

// Hash reads a file's facts: the SHA-256 of its bytes and, of a picture, the
// time at which it was taken. It remembers nothing.
func Hash(ctx context.Context, name string) (FileFacts, error) {
	// The opening of a pipe would wait for somebody who writes to it.
	if info, err := os.Stat(name); err != nil {
		return FileFacts{}, err
	} else if !info.Mode().IsRegular() {
		return FileFacts{}, &fs.PathError{Op: "read", Path: name, Err: errors.New("it is no regular file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return FileFacts{}, err
	}
	defer func() { _ = f.Close() }()
	before, err := f.Stat()
	if err != nil {
		return FileFacts{}, err
	}
	digest, err := digestOf(ctx, f, before.Size())
	if err != nil {
		return FileFacts{}, err
	}
	after, err := f.Stat()
	if err != nil {
		return FileFacts{}, err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return FileFacts{}, &fs.PathError{Op: "read", Path: name, Err: errors.New("it changed while it was read")}
	}
	facts := FileFacts{Digest: digest}
	if format, ok := exifFormat(name); ok {
		if _, err := f.Seek(0, io.SeekStart); err == nil {
			facts.Taken = taken(f, format)
		}
	}
	return facts, nil
}

// hashBuffer is how much of a file is read at a time: enough for a disk to
// stream, and for a cancelled context to be seen soon.
const hashBuffer = 1 << 20

func digestOf(ctx context.Context, r io.Reader, size int64) (Digest, error) {
	h := sha256.New()
	buf := make([]byte, min(size+1, hashBuffer))
	for {
		if err := ctx.Err(); err != nil {
			return Digest{}, err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return Digest(h.Sum(nil)), nil
		}
		if err != nil {
			return Digest{}, err
		}
	}
}

// exifFormat is how a picture holds its capture time, by its ending.
func exifFormat(name string) (imagemeta.ImageFormat, bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return imagemeta.JPEG, true
	case ".tif", ".tiff":
		return imagemeta.TIFF, true
	case ".png":
		return imagemeta.PNG, true
	case ".webp":
		return imagemeta.WebP, true
	case ".heic", ".heif":
		return imagemeta.HEIF, true
	case ".avif":
		return imagemeta.AVIF, true
	case ".dng":
		return imagemeta.DNG, true
	case ".cr2":
		return imagemeta.CR2, true
	case ".nef":
		return imagemeta.NEF, true
	case ".arw":
		return imagemeta.ARW, true
	case ".pef":
		return imagemeta.PEF, true
	}
	return imagemeta.ImageFormatAuto, false
}

// taken reads a picture's capture time. A picture that does not tell, or tells
// nonsense, has none: it is no worse a picture.
func taken(r io.ReadSeeker, format imagemeta.ImageFormat) (at time.Time) {
	defer func() {
		if recover() != nil {
			at = time.Time{}
		}
	}()
	tags := map[string]string{}
	// What was read before an error counts: the tags often stand before the
	// damage. The decoder's own timeout is not used, because it leaves a goroutine
	// behind that reads on from buffers that others use by then.
	_, _ = imagemeta.Decode(imagemeta.Options{
		R: &patience{ReadSeeker: r, calls: maxMetaCalls, bytes: maxMetaBytes}, ImageFormat: format, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Tag == "DateTimeOriginal" || tag.Tag == "OffsetTimeOriginal"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if _, known := tags[tag.Tag]; !known {
				tags[tag.Tag] = fmt.Sprint(tag.Value)
			}
			return nil
		},
	})
	return captureTime(tags["DateTimeOriginal"], tags["OffsetTimeOriginal"])
}

// dublinCore is the namespace of XMP's description.
const dublinCore = "http://purl.org/dc/elements/1.1/"

// descriptionIn reads the description that stands in a picture: XMP's, which
// people write, before EXIF's, which some cameras fill by themselves. A picture
// that can't be read or tells nothing has none.
func descriptionIn(name string) (text string) {
	format, ok := exifFormat(name)
	if !ok {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() {
		_ = f.Close()
		if recover() != nil {
			text = ""
		}
	}()
	texts := map[imagemeta.Source]string{}
	_, _ = imagemeta.Decode(imagemeta.Options{
		R: &patience{ReadSeeker: f, calls: maxMetaCalls, bytes: maxMetaBytes}, ImageFormat: format, Sources: imagemeta.EXIF | imagemeta.XMP,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Source == imagemeta.EXIF && tag.Tag == "ImageDescription" && strings.HasPrefix(tag.Namespace, "IFD0") ||
				tag.Source == imagemeta.XMP && tag.Namespace == dublinCore && strings.EqualFold(tag.Tag, "description")
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if texts[tag.Source] == "" {
				texts[tag.Source] = written(tag.Value)
			}
			return nil
		},
	})
	return cmp.Or(texts[imagemeta.XMP], texts[imagemeta.EXIF])
}

// written is a description as somebody wrote it: the first of several languages,
// which is the default one (XMP specification, part 1), and "" for what cameras
// write there by themselves.
func written(v any) string {
	if list, ok := v.([]string); ok && len(list) > 0 {
		v = list[0]
	}
	text, _ := v.(string)
	text = strings.TrimSpace(strings.TrimRight(text, "\x00"))
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unshown) || strings.HasSuffix(text, "DIGITAL CAMERA") || text == "SONY DSC" {
		return ""
	}
	return text
}

// captureTime reads EXIF's date and offset. Most cameras write no offset: their
// clocks are taken for UTC, which keeps the pictures of one camera in order.
func captureTime(date, offset string) time.Time {
	at, err := time.Parse("2006:01:02 15:04:05-07:00", date+offset)
	if err != nil {
		at, err = time.Parse("2006:01:02 15:04:05", date)
	}
	if err != nil || at.Year() < 1800 {
		return time.Time{}
	}
	return at
}

// The bounds of reading one picture's tags, far above what cameras write.
const (
	maxMetaCalls = 100_000
	maxMetaBytes = 64 << 20
)

// patience ends the reading of a picture that leads its reader round in circles.
type patience struct {
	io.ReadSeeker
	calls, bytes int
}

func (p *patience) Read(b []byte) (int, error) {
	if p.calls--; p.calls < 0 || p.bytes < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := p.ReadSeeker.Read(b)
	p.bytes -= n
	return n, err
}

func (p *patience) Seek(offset int64, whence int) (int64, error) {
	if p.calls--; p.calls < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return p.ReadSeeker.Seek(offset, whence)
}
