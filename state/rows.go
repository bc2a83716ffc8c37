package state

import (
	"encoding/json"
	"time"
)

// Digest is the SHA-256 of a file's bytes; the zero value is not known.
type Digest = [32]byte

// Album binds a key to a live album.
type Album struct {
	Key       string
	ID        string
	Title     string // as last written or taken over
	Cover     string // the item last made the cover; "" when never
	URL       string // for a person to open
	OnRemove  string // what the spec last said of its end
	CreatedAt time.Time
	ReadAt    time.Time // when the members were last known in full; zero is never
	GoneAt    time.Time // zero while it lives
}

// Member is one item that stands in an album.
type Member struct {
	Item     string
	Digest   Digest
	Label    string // the file that it came from
	FileName string
	Ours     bool // albumen put it in
}

// Lost is a member that is no longer in its album.
type Lost struct {
	Key    string
	Item   string
	Digest Digest
	By     string // who took it out
	At     time.Time
}

// Media is the library's item of some bytes.
type Media struct {
	Digest    Digest
	Item      string
	FileName  string
	Refused   string // why albums do not take it by its id; "" when they do
	CreatedAt time.Time
}

// File is a file whose digest is known.
type File struct {
	Path     string
	Size     int64
	ModTime  time.Time
	Inode    uint64
	Device   uint64
	Digest   Digest
	Taken    time.Time // zero when its capture time is not known
	HashedAt time.Time
}

// Upload is bytes that Google holds for a day.
type Upload struct {
	Digest    Digest
	Token     string // a secret of a kind: it is never logged
	CreatedAt time.Time
}

// Intent is a write that is about to be made, or was.
type Intent struct {
	ID       string
	Key      string
	Kind     string
	Payload  json.RawMessage
	OpenedAt time.Time
	Note     string // why its end is not known; "" while it is under way
}

// Quarantine is a file (Digest) or an item that the API refused by itself.
type Quarantine struct {
	Digest     Digest
	Item       string
	Key        string
	Label      string
	Message    string
	Since      time.Time
	Generation string
}

// Run is one run of a command that could write.
type Run struct {
	ID         int64
	Command    string
	Generation string
	Outcome    string
	StartedAt  time.Time
	EndedAt    time.Time
	Report     json.RawMessage
}

// View is everything that a pass needs to know, read at one moment.
type View struct {
	Serial     int64 // goes up with every change of what a View shows
	Albums     []Album
	Members    map[string][]Member // by key, in album order
	Lost       []Lost
	Media      []Media
	Uploads    []Digest // whose bytes Google holds
	Intents    []Intent // open ones, oldest first
	Quarantine []Quarantine
}

// Effects is what a write or a look has changed. Applying the same effects twice
// leaves the same state. They take effect in the order of the fields.
type Effects struct {
	Rebind      []Rebind
	Albums      []Album    // inserted, or replacing those of their keys
	Contents    []Contents // replaces all that is known of an album's members
	Insert      []Insert
	Remove      []Remove
	Lost        []Lost // inserted or replaced
	Found       []Found
	Labels      []Label
	Media       []Media // inserted, or replacing those of their digests
	Refused     []Refused
	DropUploads []Digest
	Quarantine  []Quarantine
}

// Rebind hands an album from one key to another.
type Rebind struct{ From, To string }

// Contents is an album's members in order.
type Contents struct {
	Key     string
	Members []Member
}

// Insert puts members into an album's known contents: at the front, after an
// item, or else at the end. A member that already stands there keeps its place.
type Insert struct {
	Key     string
	Front   bool
	After   string
	Members []Member
}

// Remove takes members out and remembers them as lost.
type Remove struct {
	Key   string
	Items []string
	By    string
	At    time.Time
}

// Found forgets that items were lost.
type Found struct {
	Key   string
	Items []string
}

// Label is the new name of the file of a member.
type Label struct{ Key, Item, Label string }

// Refused marks an item that albums do not take by its id.
type Refused struct{ Item, Why string }
