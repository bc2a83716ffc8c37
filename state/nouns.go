package state

import (
	"log/slog"
	"time"
)

// Digest is the SHA-256 of a file's bytes. The zero value means that the bytes
// are not known.
type Digest = [32]byte

// Album is a live album that belongs to a key.
type Album struct {
	Key        string
	ID         string // Google's
	Title      string // as last written by us, or seen equal to what we want; "" when never
	CoverItem  string // the item last made the cover; "" when never
	Membership string // the mode of the spec that was carried out last; "" when none was
	OnRemove   string // what happens when the key leaves the spec; "" when never said
	// SeenTitle, SeenCover, ProductURL and SeenCount are what the list of albums
	// showed last, and SeenAt is when it first showed them so.
	SeenTitle  string
	SeenCover  string
	ProductURL string
	SeenCount  int64
	CreatedAt  time.Time // when we created it; zero for an adopted album
	SeenAt     time.Time // zero means never
	ReadAt     time.Time // when the members were last known in full; zero means never
	GoneAt     time.Time // when it was found deleted; zero means alive
}

// Member is one item that stands in an album, as last read or as our own writes
// left it.
type Member struct {
	ItemID   string
	Digest   Digest // zero when its bytes are not known
	Path     string // the label of the file that it came from; "" for none
	FileName string // as Google shows it
	Ours     bool   // we put it in
}

// Removed is an item that was a member and is none any more.
type Removed struct {
	Key    string
	ItemID string
	Digest Digest
	At     time.Time
	By     string
}

// The ways in which a member leaves an album. The caller may use others.
const (
	ByUs  = "us"  // a plan took it out
	ByApp = "app" // somebody took it out; it was put in by us and a read does not show it
)

// Media is the library's item of bytes that we uploaded.
type Media struct {
	Digest    Digest
	ItemID    string
	FileName  string // that of the first upload of these bytes
	Refused   string // why it can't be added to albums by its id; "" when it can
	CreatedAt time.Time
}

// File is what is known of a file on disk, so that it is hashed once. Whoever
// asks compares size, time, inode and device with what the disk says now.
type File struct {
	Path     string // absolute
	Size     int64
	ModTime  time.Time
	Inode    uint64 // 0 where the system has none
	Device   uint64
	Digest   Digest
	Taken    time.Time // capture time; zero when the file has none
	HashedAt time.Time
}

// Upload is a token that stands for bytes that Google holds and that are no item
// yet. Whoever has the token can make one, so it is never printed.
type Upload struct {
	Digest    Digest
	Token     string
	Size      int64
	CreatedAt time.Time
}

// String keeps the token out of whatever prints the upload.
func (u Upload) String() string { return "[upload token]" }

// GoString is what %#v prints.
func (u Upload) GoString() string { return u.String() }

// LogValue keeps the token out of logs.
func (u Upload) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Intent is the durable note before a write. It is open until Settle.
type Intent struct {
	ID       string // the same wish has the same one
	Key      string
	Kind     string
	Payload  []byte    // JSON: enough to find out later what became of the write
	OpenedAt time.Time // zero means now
	Note     string    // why it is in doubt
	Doubt    bool      // its answer was lost
}

// Quarantine is a file or an item that the API refused by itself.
type Quarantine struct {
	Key        string
	Digest     Digest // of a file; zero for an item
	ItemID     string // of an item; "" for a file
	Label      string // how the spec's author knows it
	Reason     string
	Message    string // the API's words
	Since      time.Time
	Tries      int
	Generation string // of the spec that wanted it
}

// Run is one command's work on an account.
type Run struct {
	ID         int64 // given by the state
	Command    string
	Generation string
	Outcome    string // "" while it works, and for ever when it was killed
	StartedAt  time.Time
	EndedAt    time.Time
	Report     []byte // JSON
}
