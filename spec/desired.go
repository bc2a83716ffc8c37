package spec

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Key is an album's identity in the spec, for ever. It is never sent to Google.
type Key string

// Digest is the SHA-256 of a file's bytes. The zero value means "no file".
type Digest [32]byte

// IsZero reports whether the digest stands for no file.
func (d Digest) IsZero() bool { return d == Digest{} }

// String is the digest in lower-case hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes the digest as String does; the zero digest is empty.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(text []byte) error {
	*d = Digest{}
	if len(text) == 0 {
		return nil
	}
	if len(text) != 2*len(d) {
		return fmt.Errorf("a digest has %d hexadecimal digits, not %d", 2*len(d), len(text))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// Membership says what may be taken out of an album.
type Membership string

// The membership modes, from the most careful to the most thorough.
const (
	// Additive takes nothing out.
	Additive Membership = "additive"
	// Managed takes out only what albumen itself put in; it is the default.
	Managed Membership = "managed"
	// Exact takes out all that the spec does not want.
	Exact Membership = "exact"
)

// OnRemove says what happens to an album whose key leaves the spec.
type OnRemove string

// The ways to let an album go. None deletes it: the API has no such call.
const (
	Keep    OnRemove = "keep" // the default
	Unshare OnRemove = "unshare"
	Empty   OnRemove = "empty"
)

// Adopt binds a live album to a key instead of creating one. At most one field
// is set; the zero value adopts nothing and lets a live album of the same title
// block the creation of a second one.
type Adopt struct {
	ID    string // the live album's id
	Title string // the live album's title, which must be found exactly once
	Off   bool   // create a new album even though one of this title lives
	// Enrichments says whether those of the spec stand in the live album, which the
	// API does not show; "" says nothing, and none is written then.
	Enrichments AdoptEnrichments
}

// AdoptEnrichments is what the user found out about an adopted album.
type AdoptEnrichments string

// What can be said of an adopted album's enrichments.
const (
	EnrichmentsMissing AdoptEnrichments = "missing" // none of them stands there: write them
	EnrichmentsWritten AdoptEnrichments = "written" // all of them stand there
)

// Safety bounds what one pass may take out without a yes.
type Safety struct {
	MaxRemovals       int // per pass, over all albums
	MaxRemovalPercent int // per album; never under 10 items
}

// DefaultSafety holds where a spec says nothing.
var DefaultSafety = Safety{MaxRemovals: 200, MaxRemovalPercent: 25}

// Place is a position in a spec. The zero value is no place.
type Place struct {
	File   string // as the user named it, relative where possible
	Line   int    // from 1
	Column int    // from 1
	Path   string // "albums.iceland-2024.contents[3].files"
}

// String is "file:line:column", as editors and compilers print it.
func (p Place) String() string {
	if p.File == "" {
		return ""
	}
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is something that keeps a part of the spec from being carried out
// now: a folder that is not there, a file that can't be read.
type Problem struct {
	Place   Place
	Message string // what is wrong and what was expected, one line
	Hint    string // the nearest valid name or the remedy; may be empty
}

// String is the problem on one line, place first.
func (p Problem) String() string {
	var b strings.Builder
	if at := p.Place.String(); at != "" {
		b.WriteString(at + ": ")
	}
	if p.Place.Path != "" {
		b.WriteString(p.Place.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Desired is what should be: the spec of one account with every source
// resolved to the files and items that it means now.
type Desired struct {
	Generation string // a hash of the spec's canonical form and of the members' digests
	Account    string
	Safety     Safety
	Albums     []DesiredAlbum // sorted by Key
	Joined     []Joined       // sorted by Key
	Warnings   []Problem      // worth a look, in the way of nothing
}

// DesiredAlbum is one album as it should be. Its slices are never changed after
// Resolve, so that plans may point into them.
type DesiredAlbum struct {
	Key        Key
	Previously []Key  // earlier keys of the same album
	Title      string // "" where the spec does not manage the title
	// ManagesContents says that the album has contents in the spec, an empty list
	// included; without, nothing is put in or taken out.
	ManagesContents bool
	Members         []Member
	Describes       bool // a member has a description
	// Enrichments are the texts, places and routes between the Members, in order.
	Enrichments []Enrichment
	Cover       Cover
	Membership  Membership
	OnRemove    OnRemove
	Outside     Outside
	Adopt       Adopt
	Paused      bool
	Share       Sharing
	// Unavailable lists the sources that could not be read. While there is one,
	// what the album should hold is not known and nothing in it may be touched.
	Unavailable []Problem
	At          Place
}

// Cover is the item that an album should show first. The zero value leaves the
// cover unmanaged; a file's digest wins over an item's id.
type Cover struct {
	Digest Digest
	Item   string
}

// IsZero reports whether the spec leaves the cover unmanaged.
func (c Cover) IsZero() bool { return c.Digest.IsZero() && c.Item == "" }

// Member is one desired item of an album: a local file (Digest, File, Name) or
// an item of the library (Item). The same bytes stand in an album once.
type Member struct {
	Digest  Digest    // of the file's bytes; zero for an item, and for a file that can't be read
	Item    string    // a media item id; "" for a file
	File    string    // where the file is on disk, absolute
	Name    string    // the file name that Google shows
	Label   string    // how the spec's author knows it: the path from the spec's folder or root
	Size    int64     // bytes
	ModTime time.Time // of the file when it was resolved
	// Description is what the item should say below the picture. "" leaves it as it
	// is.
	Description string
	// Refused says why the file can't be uploaded: empty, too large, of a type
	// that Google does not take, not readable. "" when it can.
	Refused string
	// Unreadable says that the file is refused because it could not be read, so
	// that it may hold any picture, one that an album already has included.
	Unreadable bool
}
