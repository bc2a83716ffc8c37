package state

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// DocumentVersion is raised when a field of a Document changes its meaning or
// goes. New fields come without raising it.
const DocumentVersion = 1

// Document is the whole memory as one JSON document, for eyes and for other
// programs; a Restore needs a backup.
//
//	{"formatVersion": 1, "schemaVersion": 3, "exportedAt": "2026-11-24T08:00:00Z",
//	 "accounts": [{"name": "family", "endpoint": "…", "serial": 7,
//	   "albums": [{"key": "iceland", "album": "AIb…", "title": "Iceland", "members": [{"item": "AF1…"}]}],
//	   "media": [], "intents": [], "quarantine": [], "uploads": [], "files": [], "runs": []}],
//	 "quota": [{"client": "", "day": "2026-11-24", "used": 12}]}
//
// Digests are SHA-256 in hex, "" where the bytes are not known; times that are
// zero are absent, and lists are never null. What somebody could act with is not
// in it: upload tokens, addresses of upload sessions and the hashes of share
// tokens.
type Document struct {
	FormatVersion int               `json:"formatVersion"`
	SchemaVersion int               `json:"schemaVersion"`
	ExportedAt    time.Time         `json:"exportedAt"`
	Accounts      []AccountDocument `json:"accounts"` // by name
	Quota         []QuotaRow        `json:"quota"`    // by day and client
}

// AccountDocument is all that is remembered of one account.
type AccountDocument struct {
	Name         string           `json:"name"`
	Endpoint     string           `json:"endpoint"` // the service that it lives on
	Serial       int64            `json:"serial"`
	Albums       []AlbumDocument  `json:"albums"` // by key
	Media        []MediaRow       `json:"media"`
	Intents      []IntentRow      `json:"intents"`
	Quarantine   []QuarantineRow  `json:"quarantine"`
	Descriptions []DescriptionRow `json:"descriptions"`
	Joined       []JoinedRow      `json:"joined"`
	Approvals    []ApprovalRow    `json:"approvals"`
	Unsupported  []UnsupportedRow `json:"unsupported"`
	Uploads      []UploadRow      `json:"uploads"`
	Files        []FileRow        `json:"files"`
	Runs         []RunRow         `json:"runs"` // the newest first
}

// AlbumDocument is one bound album with its contents.
type AlbumDocument struct {
	Key         string          `json:"key"`
	Album       string          `json:"album"` // Google's id
	Title       string          `json:"title"` // as last written by us, or seen equal to what we want
	Cover       string          `json:"cover,omitempty"`
	Membership  string          `json:"membership,omitempty"`
	OnRemove    string          `json:"onRemove,omitempty"`
	URL         string          `json:"url,omitempty"`
	Created     time.Time       `json:"created,omitzero"` // absent for an adopted album
	Written     time.Time       `json:"written,omitzero"` // see AlbumLine
	Read        time.Time       `json:"read,omitzero"`    // when the members were last known in full
	Gone        time.Time       `json:"gone,omitzero"`    // when somebody was found to have deleted it
	Members     []MemberRow     `json:"members"`          // in album order
	Removed     []RemovedRow    `json:"removed"`
	Enrichments []EnrichmentRow `json:"enrichments"` // in the order in which they were written
	Share       *ShareRow       `json:"share,omitempty"`
}

// MemberRow is one item that stands in an album.
type MemberRow struct {
	Item     string `json:"item"`
	Label    string `json:"label,omitempty"` // of the file that it came from
	FileName string `json:"fileName,omitempty"`
	Digest   string `json:"digest,omitempty"`
	Ours     bool   `json:"ours"` // albumen put it in
}

// RemovedRow is an item that was a member, and who took it out.
type RemovedRow struct {
	Item   string    `json:"item"`
	Digest string    `json:"digest,omitempty"`
	At     time.Time `json:"at,omitzero"`
	By     string    `json:"by"`
}

// EnrichmentRow is a caption, a place or a route that was written.
type EnrichmentRow struct {
	Identity   string    `json:"identity"`
	Enrichment string    `json:"enrichment"` // Google's id
	Label      string    `json:"label"`
	Content    string    `json:"content"`
	After      string    `json:"after,omitempty"`
	Written    time.Time `json:"written,omitzero"`
}

// ShareRow is how an album was shared last.
type ShareRow struct {
	Shared        bool      `json:"shared"`
	Collaborative bool      `json:"collaborative"`
	Commentable   bool      `json:"commentable"`
	Written       time.Time `json:"written,omitzero"`
}

// MediaRow is the library's item of bytes that we uploaded.
type MediaRow struct {
	Digest   string    `json:"digest"`
	Item     string    `json:"item"`
	FileName string    `json:"fileName"`
	Refused  string    `json:"refused,omitempty"`
	Created  time.Time `json:"created,omitzero"`
}

// IntentRow is a write without a known end.
type IntentRow struct {
	ID      string          `json:"id"`
	Key     string          `json:"key"`
	Kind    string          `json:"kind"`
	Opened  time.Time       `json:"opened,omitzero"`
	Lost    bool            `json:"answerLost"` // otherwise it may be under way
	Note    string          `json:"note,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// QuarantineRow is a file or an item that the API refused by itself.
type QuarantineRow struct {
	Key     string    `json:"key"`
	Label   string    `json:"label"`
	Item    string    `json:"item,omitempty"`
	Digest  string    `json:"digest,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Message string    `json:"message"`
	Since   time.Time `json:"since,omitzero"`
	Tries   int       `json:"tries"`
}

// DescriptionRow is the description of an item as last written.
type DescriptionRow struct {
	Item    string    `json:"item"`
	Text    string    `json:"text"`
	Written time.Time `json:"written,omitzero"`
}

// JoinedRow is an album of somebody else that was joined.
type JoinedRow struct {
	Key    string    `json:"key"`
	Album  string    `json:"album"`
	Title  string    `json:"title"`
	Joined time.Time `json:"joined,omitzero"`
}

// ApprovalRow is a plan that somebody said yes to.
type ApprovalRow struct {
	Plan     string    `json:"plan"`
	Removals int       `json:"removals"`
	Approved time.Time `json:"approved,omitzero"`
}

// UnsupportedRow is what the service refuses the account altogether.
type UnsupportedRow struct {
	Method string    `json:"method"`
	Since  time.Time `json:"since,omitzero"`
}

// UploadRow stands for bytes that Google holds and that are no item yet.
type UploadRow struct {
	Digest  string    `json:"digest"`
	Size    int64     `json:"size"`
	Created time.Time `json:"created,omitzero"`
}

// FileRow is what is known of a file on disk.
type FileRow struct {
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified,omitzero"`
	Digest   string    `json:"digest"`
	Taken    time.Time `json:"taken,omitzero"`
	Hashed   time.Time `json:"hashed,omitzero"`
}

// RunRow is one command's work on the account, with its report.
type RunRow struct {
	Command    string          `json:"command"`
	Generation string          `json:"generation"`
	Outcome    string          `json:"outcome"`
	Started    time.Time       `json:"started,omitzero"`
	Ended      time.Time       `json:"ended,omitzero"`
	Report     json.RawMessage `json:"report,omitempty"`
}

// QuotaRow is how many calls of an OAuth client are counted on a day.
type QuotaRow struct {
	Client string `json:"client"`
	Day    string `json:"day"`
	Used   int    `json:"used"`
}

// hexed scans a stored digest into hex.
type hexed struct{ into *string }

// Scan implements sql.Scanner.
func (h hexed) Scan(v any) error {
	var d Digest
	if err := (digits{&d}).Scan(v); err != nil {
		return err
	}
	if d != (Digest{}) {
		*h.into = hex.EncodeToString(d[:])
	}
	return nil
}

// document scans a stored JSON text. What was never finished is stored as "".
type document struct{ into *json.RawMessage }

// Scan implements sql.Scanner.
func (d document) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return malformedError{fmt.Sprintf("a JSON text is stored as %T", v)}
	}
	if json.Valid([]byte(text)) {
		*d.into = json.RawMessage(text)
	}
	return nil
}

// listed reads rows into a list that is never nil.
func listed[T any](t *tx, fields func(*T) []any, query string, args ...any) ([]T, error) {
	list := []T{}
	err := t.each(func(rows *sql.Rows) error {
		var one T
		err := rows.Scan(fields(&one)...)
		list = append(list, one)
		return err
	}, query, args...)
	return list, err
}

// fill is a step that reads a list into its place.
func fill[T any](t *tx, into *[]T, fields func(*T) []any, query string, args ...any) func() error {
	return func() (err error) {
		*into, err = listed(t, fields, query, args...)
		return err
	}
}
