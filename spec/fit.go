package spec

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// What Google takes, by ending, and how large (Google's page on uploading media).
const (
	maxPhoto    = 200 << 20
	maxVideo    = 20 << 30
	maxFileName = 255
)

// class is what an ending stands for.
type class int

const (
	neither class = iota
	photo
	video
)

// classOf tells photos, RAW photos and videos by their ending, as Google does.
func classOf(name string) class {
	switch strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".") {
	case "avif", "bmp", "gif", "heic", "heif", "ico", "jpg", "jpeg", "png", "tif", "tiff", "webp":
		return photo
	case "3fr", "arw", "cr2", "cr3", "crw", "dng", "erf", "kdc", "mef", "mos", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "sr2", "srf", "srw", "x3f":
		return photo
	case "3gp", "3g2", "asf", "avi", "divx", "m2t", "m2ts", "m4v", "mkv", "mmv", "mod", "mov", "mp4", "mpg", "mpeg", "mts", "tod", "wmv":
		return video
	}
	return neither
}

// unfit says why Google would not take a file, "" when it would try.
func unfit(name string, size int64) string {
	switch c := classOf(name); {
	case !utf8.ValidString(name):
		return "its name is not valid text"
	case utf8.RuneCountInString(name) > maxFileName:
		return fmt.Sprintf("its name is longer than %d characters", maxFileName)
	case c == neither:
		return "it is no picture or video that Google takes, by its ending"
	case size == 0:
		return "it is empty"
	case c == photo && size > maxPhoto:
		return fmt.Sprintf("it has %d MB, and a photo may have %d", (size+1<<20-1)>>20, maxPhoto>>20)
	case c == video && size > maxVideo:
		return fmt.Sprintf("it has %d GB, and a video may have %d", (size+1<<30-1)>>30, maxVideo>>30)
	}
	return ""
}
