package emulator

import (
	"encoding/hex"
	"fmt"
	"time"
)

// world is the libraries of some users: plain data with the rules of what may
// become of it. It knows no clock, no disk and no lock. Every change of it is a
// list of change values, which apply carries out, both when they are made and when
// they are read back from the journal.
type world struct {
	ids         *ids
	albums      []*album // by number; deleted ones stay, so that their ids are known as gone
	items       []*item  // by number
	enrichments []enrichment
	uploads     map[number]*upload // live upload tokens
	nextUpload  number
	oldUpload   number              // no live token has a lower number
	shares      []number            // by number of the share token, dead ones too: the album
	libraries   map[string]*library // by user
	unsorted    bool                // libraries are to be sorted: only while a journal is read
	ahead       int64               // nanoseconds by which the clock was advanced
	sessions    map[number]*session
	nextSession number
	oldSession  number // no session that can be asked has a lower number
}

func newWorld(key [keyBytes]byte) *world {
	return &world{ids: newIDs(key), uploads: map[number]*upload{}, libraries: map[string]*library{},
		sessions: map[number]*session{}}
}

// digest is the SHA-256 of bytes.
type digest [32]byte

func (d digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes lower-case hexadecimal.
func (d digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *digest) UnmarshalText(text []byte) error {
	if len(text) != 2*len(d) {
		return fmt.Errorf("a digest has %d hexadecimal digits, not %d", 2*len(d), len(text))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// item is one photograph or video of the library.
type item struct {
	Digest      digest `json:"sha256"`
	Size        int64  `json:"size"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Uploaded    int64  `json:"uploaded"` // Unix seconds
	Created     int64  `json:"created"`  // Unix seconds: capture time, or upload time without one
	maker
	facts
	marks
	Trashed   bool  `json:"trashed,omitempty"`
	TrashedAt int64 `json:"trashedAt,omitempty"` // Unix seconds
}

// marks is what people and Google's machines put on an item later.
type marks struct {
	Favourite  bool       `json:"favourite,omitempty"`
	Archived   bool       `json:"archived,omitempty"`
	Failed     bool       `json:"failed,omitempty"` // a video that could not be processed
	Categories []category `json:"categories,omitempty"`
}

// trashLife is how long people can bring an item back, as Google Photos tells them.
const trashLife = 60 * 24 * time.Hour

// lost reports whether an item has been in the trash for too long.
func (it *item) lost(now time.Time) bool {
	return it.Trashed && it.TrashedAt > 0 && !now.Before(time.Unix(it.TrashedAt, 0).Add(trashLife))
}

// inLibrary reports whether lists of the library show the item: archived ones
// are in albums and in searches that ask for them (discovery document).
func (it *item) inLibrary() bool { return !it.Archived }

// facts is what the bytes tell of themselves.
type facts struct {
	Type   string       `json:"type,omitempty"` // MIME type; "" for bytes that are no picture and no video
	Width  int32        `json:"width,omitempty"`
	Height int32        `json:"height,omitempty"`
	Taken  int64        `json:"taken,omitempty"` // Unix seconds; 0 without a capture time
	Turn   uint8        `json:"turn,omitempty"`  // EXIF orientation, 1 to 8
	Camera *cameraFacts `json:"camera,omitempty"`
	FPS    float64      `json:"fps,omitempty"` // of a video
}

// cameraFacts is what the camera wrote of itself.
type cameraFacts struct {
	Make     string        `json:"make,omitempty"`
	Model    string        `json:"model,omitempty"`
	Focal    float64       `json:"focal,omitempty"`
	Aperture float64       `json:"aperture,omitempty"`
	ISO      int32         `json:"iso,omitempty"`
	Exposure time.Duration `json:"exposure,omitempty"`
}

// upload is uploaded bytes that wait to become an item.
type upload struct {
	Digest digest `json:"sha256"`
	Size   int64  `json:"size"`
	Name   string `json:"name,omitempty"`
	At     int64  `json:"at"` // Unix seconds
	Used   bool   `json:"used,omitempty"`
	maker
	facts
}

// tokenLife is how long an upload token lives (Google's upload guide).
const tokenLife = 24 * time.Hour

// dead reports whether the upload's token can no longer be used.
func (u *upload) dead(now time.Time) bool {
	return !now.Before(time.Unix(u.At, 0).Add(tokenLife))
}

// enrichment is a text, a place or a way between two places in an album.
type enrichment struct {
	Text     string `json:"text,omitempty"`
	Location *place `json:"location,omitempty"`
	Map      *route `json:"map,omitempty"`
}

// place is a named point on the earth.
type place struct {
	Name      string  `json:"name,omitempty"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// route leads from one place to another.
type route struct {
	Origin      place `json:"origin"`
	Destination place `json:"destination"`
}

// item finds a live item; gone reports that there was one of this id.
func (w *world) item(id string) (n number, it *item, gone bool) {
	n, ok := w.ids.number(itemKind, id)
	if !ok || int(n) >= len(w.items) {
		return 0, nil, false
	}
	if it = w.items[n]; it.Trashed {
		return n, nil, true
	}
	return n, it, false
}

// album finds an album; gone reports that there was one of this id.
func (w *world) album(id string) (a *album, gone bool) {
	n, ok := w.ids.number(albumKind, id)
	if !ok || int(n) >= len(w.albums) {
		return nil, false
	}
	if a = w.albums[n]; a.Deleted {
		return nil, true
	}
	return a, false
}

// upload finds the bytes of a live upload token, which nobody but who uploaded
// them can use.
func (w *world) upload(by maker, token string, now time.Time) (number, *upload) {
	n, ok := w.ids.number(tokenKind, token)
	if !ok {
		return 0, nil
	}
	up := w.uploads[n]
	if up == nil || up.dead(now) || up.maker != by {
		return 0, nil
	}
	return n, up
}

// sharesBytes reports whether bytes are still needed: by an item, trashed or
// not, or by a live upload token.
func (w *world) sharesBytes() map[digest]bool {
	needed := make(map[digest]bool, len(w.items))
	for _, it := range w.items {
		needed[it.Digest] = true
	}
	for _, up := range w.uploads {
		needed[up.Digest] = true
	}
	return needed
}
