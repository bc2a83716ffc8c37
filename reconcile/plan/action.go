package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"albumen/photos"
	"albumen/spec"
)

// Kind is what an action does; each is exactly one write call.
type Kind string

// The kinds of actions, in the order in which those of one album are done:
// what adds comes before what takes out, so that nothing is ever lost between.
const (
	CreateAlbum   Kind = "create_album"
	AddItems      Kind = "add_items"
	CreateItems   Kind = "create_items"
	PatchItem     Kind = "patch_item"
	AddEnrichment Kind = "add_enrichment"
	PatchAlbum    Kind = "patch_album"
	RemoveItems   Kind = "remove_items"
	UnshareAlbum  Kind = "unshare_album"
	ShareAlbum    Kind = "share_album"
	LeaveAlbum    Kind = "leave_album"
	JoinAlbum     Kind = "join_album"
)

// HeldSign is how an action stands on the screen that the guard holds back.
const HeldSign = "!"

// Sign is how the kind stands on the screen.
func (k Kind) Sign() string {
	switch k {
	case PatchAlbum, PatchItem:
		return "~"
	case RemoveItems, UnshareAlbum, LeaveAlbum:
		return "-"
	}
	return "+"
}

// Risk says what an action could spoil.
type Risk string

// The risks, the least first.
const (
	Safe    Risk = "safe"    // adds something
	Visible Risk = "visible" // changes what people see
	Removal Risk = "removal" // takes something out; the guard counts it
)

// Risk is the risk of every action of this kind.
func (k Kind) Risk() Risk {
	switch k {
	case PatchAlbum, PatchItem, ShareAlbum, JoinAlbum:
		return Visible
	case RemoveItems, UnshareAlbum, LeaveAlbum:
		return Removal
	}
	return Safe
}

// Sharing reports whether the kind is one of those that Google withdrew on
// 2025-03-31.
func (k Kind) Sharing() bool {
	return k == ShareAlbum || k == UnshareAlbum || k.Joining()
}

// Joining reports whether the kind is about an album of somebody else.
func (k Kind) Joining() bool { return k == JoinAlbum || k == LeaveAlbum }

// Cause says who made an action necessary.
type Cause string

// The causes of work.
const (
	BySpec   Cause = "spec"     // the spec changed, or was never carried out
	External Cause = "external" // somebody else changed the account
)

// Why says why one item is added, created or removed.
type Why uint8

// The reasons of single items.
const (
	NewFile      Why = iota + 1 // its bytes were never uploaded
	EditedFile                  // the file of this name has other bytes now
	RefusedItem                 // the library's item can't be added, but the bytes can
	KnownItem                   // already in the library, not yet in the album
	TakenOut                    // somebody took it out in the app
	NamedItem                   // named in the spec by its id
	NotWanted                   // the spec no longer wants it
	OldVersion                  // its file was edited; this is what it was before
	ForeignItem                 // put in by somebody else, and the album is exact
	AlbumDropped                // the album left the spec, with onRemove: empty
	ThrownAway                  // somebody threw it away, and the spec wants it sent again
	Misplaced                   // stands in another place than the spec's, which is enforced
	Described                   // says something else than the spec
)

var whyTexts = [...]string{
	NewFile:      "new",
	EditedFile:   "edited on disk",
	RefusedItem:  "the library's item can't be added, its bytes can",
	KnownItem:    "already in the library",
	TakenOut:     "taken out in the app, put back",
	NamedItem:    "named in the spec",
	NotWanted:    "no longer in the spec",
	OldVersion:   "version before the edit",
	ForeignItem:  "not in the spec, and the album is exact",
	AlbumDropped: "the album left the spec, onRemove: empty",
	ThrownAway:   "deleted in Google Photos, sent again",
	Misplaced:    "moved to the spec's order",
	Described:    "its description differs",
}

// String is the reason as a plan prints it.
func (w Why) String() string {
	if int(w) < len(whyTexts) {
		return whyTexts[w]
	}
	return ""
}

// MarshalText writes the reason as String does.
func (w Why) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Item is one entry of an action's batch.
type Item struct {
	ID     photos.ItemID // "" for one that is still to be created
	Member *spec.Member  // the desired member; nil when it is taken out
	Known  *Known        // the member as it stands in the album; nil when it comes in
	Why    Why
}

// Label is the item as the spec's author knows it.
func (i Item) Label() string {
	switch {
	case i.Member != nil && i.Member.Label != "":
		return i.Member.Label
	case i.Known != nil && i.Known.Label != "":
		return i.Known.Label
	case i.Known != nil && i.Known.FileName != "":
		return i.Known.FileName
	}
	return string(i.ID)
}

// Action is one write call, as data: it can be printed, priced, journaled and
// resumed.
type Action struct {
	// ID is a hash of the wish. The same wish has the same ID in every plan,
	// whether the album was already created or not.
	ID    string
	Key   spec.Key
	Kind  Kind
	Album photos.AlbumID // "" while the album is created earlier in this plan
	Title string         // CreateAlbum; PatchAlbum when it changes the title
	Was   string         // PatchAlbum: the title that stands there now; PatchItem: the description
	Cover spec.Cover     // PatchAlbum when it changes the cover
	// Description is what PatchItem makes its one item say.
	Description string
	Items       []Item // the batch, in album order
	// Recovers says that PatchAlbum sets the cover again because its item is moved.
	Recovers bool
	// Enrichment is what AddEnrichment writes.
	Enrichment *spec.Enrichment
	Over       string // AddEnrichment: the label of one that it should stand behind and can't
	Desired    *spec.DesiredAlbum
	From       int  // CreateItems: the index of the first item among the desired members
	Empty      bool // CreateItems: nothing stands in the album yet
	Cause      Cause
	Reason     string
	Uploads    int   // files of the batch whose bytes must be sent first
	Sending    int   // the calls that it takes to send them
	Bytes      int64 // their size

	Share *photos.ShareOptions // ShareAlbum
	Token photos.ShareToken    // JoinAlbum and LeaveAlbum
	Loses int                  // UnshareAlbum: items that others may have added, which leave with them
	// Swap says that it puts something in the place of what the action before takes
	// away, and goes only together with it.
	Swap bool
	Held string // why the guard holds it back; "" when it does not
}

// Calls is the action's price: its write and the uploads before it.
func (a *Action) Calls() int { return 1 + a.Sending }

// identify gives the action the hash of its wish.
func (a *Action) identify(account string) {
	h := sha256.New()
	buf := make([]byte, 0, 256)
	field := func(s string) {
		buf = append(buf[:0], s...)
		h.Write(append(buf, 0))
	}
	field(account)
	field(string(a.Key))
	field(string(a.Kind))
	if a.Kind == RemoveItems || a.Kind.Sharing() {
		field("") // its title is for the screen alone
	} else {
		field(a.Title)
	}
	field(a.Cover.Item)
	h.Write(a.Cover.Digest[:])
	if a.Kind.Sharing() {
		field(HashToken(a.Token))
		field(fmt.Sprint(a.Share))
	}
	if a.Enrichment != nil {
		field(a.Enrichment.Identity)
		field(a.Enrichment.Content())
	}
	for _, item := range a.Items {
		if item.ID == "" && item.Member != nil {
			h.Write(item.Member.Digest[:])
			continue
		}
		field(string(item.ID))
	}
	if a.Kind == PatchItem {
		field(a.Description)
	}
	var sum [sha256.Size]byte
	a.ID = hex.EncodeToString(h.Sum(sum[:0])[:12])
}
