package photos

import (
	"log/slog"
	"time"
)

// AlbumID, ItemID and EnrichmentID are Google's opaque, stable ids. They are
// never parsed.
type (
	AlbumID      string
	ItemID       string
	EnrichmentID string
)

// UploadToken stands for uploaded bytes for a day. Whoever holds it can create
// an item from them, so it is never printed.
type UploadToken string

// String keeps the token out of formatted text; a conversion to string yields it.
func (UploadToken) String() string { return "[upload token]" }

// GoString keeps the token out of text for programmers.
func (t UploadToken) GoString() string { return t.String() }

// LogValue keeps the token out of logs.
func (t UploadToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// Album is an album as albums.get and albums.list show it.
type Album struct {
	ID           AlbumID
	Title        string
	ProductURL   string     // opens it in Google Photos, for its owner
	Writeable    bool       // whether the present token may create items in it
	ItemsCount   int64      // may lag behind the members
	CoverItemID  ItemID     // "" for an empty album
	CoverBaseURL string     // needs a size suffix and dies after an hour; never stored
	Share        *ShareInfo // of an album that this app shared; nil without the scope for it, and always today
}

// Item is a media item of the library.
type Item struct {
	ID          ItemID
	Description string
	ProductURL  string
	BaseURL     string // needs a size suffix and dies after an hour; never stored
	MIMEType    string
	FileName    string // that of the first upload of these bytes
	Metadata    Metadata
	Contributor *ContributorInfo // in a search of a shared album alone; never today
}

// ContributorInfo is who added an item to a shared album.
type ContributorInfo struct {
	Name       string
	PictureURL string
}

// Metadata is what Google read from an item's bytes. Exactly one of Photo and
// Video is set where Google knows which it is.
type Metadata struct {
	CreationTime  time.Time // capture time, or upload time without one
	Width, Height int64     // pixels
	Photo         *PhotoMetadata
	Video         *VideoMetadata
}

// PhotoMetadata is what the camera wrote into a photograph; all may be zero.
type PhotoMetadata struct {
	CameraMake, CameraModel      string
	FocalLength, ApertureFNumber float64
	ISOEquivalent                int
	ExposureTime                 time.Duration
}

// VideoMetadata is what Google knows of a video.
type VideoMetadata struct {
	CameraMake, CameraModel string
	FPS                     float64
	Status                  string // PROCESSING, READY or FAILED
}

// PositionKind says where in an album new contents go.
type PositionKind string

// The positions of the API. The zero PositionKind leaves the choice to Google,
// which appends.
const (
	FirstInAlbum        PositionKind = "FIRST_IN_ALBUM"
	LastInAlbum         PositionKind = "LAST_IN_ALBUM"
	AfterMediaItem      PositionKind = "AFTER_MEDIA_ITEM"
	AfterEnrichmentItem PositionKind = "AFTER_ENRICHMENT_ITEM"
)

// Position is a place in an album's contents.
type Position struct {
	Kind            PositionKind
	AfterItem       ItemID       // with AfterMediaItem
	AfterEnrichment EnrichmentID // with AfterEnrichmentItem
}

// NewItem is one item to create from uploaded bytes.
type NewItem struct {
	Token       UploadToken
	FileName    string // at most 255 characters; wins over the name given at upload
	Description string // under 1,000 characters
}

// NewItemResult is the outcome of one NewItem. Item is nil when it failed.
type NewItemResult struct {
	Token  UploadToken
	Status Status
	Item   *Item
}

// Status is a google.rpc.Status: code 0 is success.
type Status struct {
	Code    int
	Message string
}

// OK reports whether the status is a success.
func (s Status) OK() bool { return s.Code == 0 }

// ItemResult is the outcome of one id of a batchGet. Item is nil when it failed.
type ItemResult struct {
	Status Status
	Item   *Item
}

// The limits of the API that callers cut their work by.
const (
	MaxBatch        = 50     // entries of one create, add, remove or batchGet
	MaxAlbumsPage   = 50     // albums of one page
	MaxItemsPage    = 100    // items of one page
	MaxAlbumItems   = 20_000 // items of one album
	MaxTitle        = 500    // characters of a title
	MaxFileName     = 255    // characters of a file name
	MaxPhotoBytes   = 200 << 20
	MaxVideoBytes   = 20 << 30
	DailyCalls      = 10_000 // calls of one Cloud project a day
	WritesPerMinute = 30     // writes of one user a minute
	UploadTokenLife = 24 * time.Hour
)
