package spec

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bep/imagemeta"
)

// Hash reads a file's facts: the SHA-256 of its bytes and, of a picture, the
// time at which it was taken.
func Hash(ctx context.Context, name string) (FileFacts, error) {
	f, err := os.Open(name)
	if err != nil {
		return FileFacts{}, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return FileFacts{}, err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return FileFacts{}, err
		}
	}
	facts := FileFacts{Digest: Digest(h.Sum(nil))}
	if format, ok := exifFormats[strings.ToLower(path.Ext(name))]; ok {
		if _, err := f.Seek(0, io.SeekStart); err == nil {
			facts.Taken = taken(f, format)
		}
	}
	return facts, nil
}

// exifFormats are the formats whose capture time is read.
var exifFormats = map[string]imagemeta.ImageFormat{
	".jpg": imagemeta.JPEG, ".jpeg": imagemeta.JPEG, ".tif": imagemeta.TIFF, ".tiff": imagemeta.TIFF,
	".png": imagemeta.PNG, ".webp": imagemeta.WebP, ".heic": imagemeta.HEIF, ".heif": imagemeta.HEIF, ".avif": imagemeta.AVIF,
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
	_, err := imagemeta.Decode(imagemeta.Options{
		R: r, ImageFormat: format, Sources: imagemeta.EXIF, Timeout: 5 * time.Second,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Tag == "DateTimeOriginal" || tag.Tag == "OffsetTimeOriginal"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			tags[tag.Tag] = fmt.Sprint(tag.Value)
			return nil
		},
	})
	if err != nil && tags["DateTimeOriginal"] == "" {
		return time.Time{}
	}
	if at, err = time.Parse("2006:01:02 15:04:05-07:00", tags["DateTimeOriginal"]+tags["OffsetTimeOriginal"]); err == nil {
		return at
	}
	at, err = time.ParseInLocation("2006:01:02 15:04:05", tags["DateTimeOriginal"], time.UTC)
	if err != nil || at.Year() < 1800 {
		return time.Time{}
	}
	return at
}

// What Google takes, by ending (its page on uploading media), and how large.
const (
	maxPhoto    = 200 << 20
	maxVideo    = 20 << 30
	maxFileName = 255
)

var photoEndings = words(`avif bmp gif heic heif ico jpg jpeg png tif tiff webp
	3fr arw cr2 cr3 crw dng erf kdc mef mos mrw nef nrw orf pef raf raw rw2 sr2 srf srw x3f`)

var videoEndings = words(`3gp 3g2 asf avi divx m2t m2ts m4v mkv mmv mod mov mp4 mpg mpeg mts tod wmv`)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out["."+w] = true
	}
	return out
}

// unfit says why Google would not take a file, "" when it would try. It is
// asked before any byte is read.
func unfit(f *found) string {
	name := baseName(f.path)
	ext := strings.ToLower(path.Ext(name))
	size := f.info.Size()
	switch {
	case !utf8.ValidString(name):
		return "its name is not valid text"
	case utf8.RuneCountInString(name) > maxFileName:
		return fmt.Sprintf("its name is longer than %d characters", maxFileName)
	case !photoEndings[ext] && !videoEndings[ext]:
		return "it is no picture or video that Google takes, by its ending"
	case size == 0:
		return "it is empty"
	case photoEndings[ext] && size > maxPhoto:
		return fmt.Sprintf("it has %d MB, and a photo may have 200", size>>20)
	case size > maxVideo:
		return fmt.Sprintf("it has %d GB, and a video may have 20", size>>30)
	}
	return ""
}

// generation hashes what is desired: the same wish has the same generation,
// whatever the layout of its files.
func generation(d *Desired) string {
	h := sha256.New()
	text(h, "albumen 1", d.Account)
	number(h, d.Safety.MaxRemovals, d.Safety.MaxRemovalPercent, len(d.Albums))
	for i := range d.Albums {
		a := &d.Albums[i]
		text(h, string(a.Key), a.Title, string(a.Membership), string(a.OnRemove), a.Adopt.ID, a.Adopt.Title, a.Cover.Item)
		h.Write(a.Cover.Digest[:])
		number(h, flag(a.ManagesContents), flag(a.Adopt.Off), flag(a.Paused), len(a.Unavailable), len(a.Previously))
		for _, k := range a.Previously {
			text(h, string(k))
		}
		number(h, len(a.Members))
		for j := range a.Members {
			m := &a.Members[j]
			h.Write(m.Digest[:])
			text(h, m.Item, m.Label, m.Refused)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// text and number write fields so that no two lists of them look alike.
func text(h hash.Hash, fields ...string) {
	for _, f := range fields {
		number(h, len(f))
		_, _ = io.WriteString(h, f)
	}
}

func number(h hash.Hash, ns ...int) {
	for _, n := range ns {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
