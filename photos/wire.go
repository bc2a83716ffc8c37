package photos

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The shapes of the API's JSON, as its discovery document has them. Proto3 JSON
// leaves out what has the default value, writes int64 as a string and enums by
// name. Ids, counts and codes must make sense, because decisions hang on them;
// what a camera wrote need not.

type wireAlbum struct {
	ID                    string         `json:"id"`
	Title                 string         `json:"title"`
	ProductURL            string         `json:"productUrl"`
	IsWriteable           bool           `json:"isWriteable"`
	MediaItemsCount       count          `json:"mediaItemsCount"`
	CoverPhotoBaseURL     string         `json:"coverPhotoBaseUrl"`
	CoverPhotoMediaItemID string         `json:"coverPhotoMediaItemId"`
	ShareInfo             *wireShareInfo `json:"shareInfo"`
}

func (w *wireAlbum) flaw() string {
	switch {
	case w.ID == "":
		return "an album without an id"
	case w.MediaItemsCount < 0:
		return "an album with a negative number of items"
	}
	return ""
}

func (w *wireAlbum) album() Album {
	return Album{
		ID: AlbumID(w.ID), Title: w.Title, ProductURL: w.ProductURL, Writeable: w.IsWriteable, ItemsCount: int64(w.MediaItemsCount),
		CoverItemID: ItemID(w.CoverPhotoMediaItemID), CoverBaseURL: w.CoverPhotoBaseURL, Share: w.ShareInfo.info(),
	}
}

type wireItem struct {
	ID            string           `json:"id"`
	Description   string           `json:"description"`
	ProductURL    string           `json:"productUrl"`
	BaseURL       string           `json:"baseUrl"`
	MIMEType      string           `json:"mimeType"`
	FileName      string           `json:"filename"`
	MediaMetadata wireMetadata     `json:"mediaMetadata"`
	Contributor   *wireContributor `json:"contributorInfo"`
}

type wireContributor struct {
	DisplayName           string `json:"displayName"`
	ProfilePictureBaseURL string `json:"profilePictureBaseUrl"`
}

type wireMetadata struct {
	CreationTime string       `json:"creationTime"`
	Width        loose[int64] `json:"width"`
	Height       loose[int64] `json:"height"`
	Photo        *wirePhoto   `json:"photo"`
	Video        *wireVideo   `json:"video"`
}

type wirePhoto struct {
	CameraMake      string         `json:"cameraMake"`
	CameraModel     string         `json:"cameraModel"`
	FocalLength     loose[float64] `json:"focalLength"`
	ApertureFNumber loose[float64] `json:"apertureFNumber"`
	ISOEquivalent   loose[int64]   `json:"isoEquivalent"`
	ExposureTime    seconds        `json:"exposureTime"`
}

type wireVideo struct {
	CameraMake  string         `json:"cameraMake"`
	CameraModel string         `json:"cameraModel"`
	FPS         loose[float64] `json:"fps"`
	Status      string         `json:"status"`
}

func (w *wireItem) flaw() string {
	if w.ID == "" {
		return "an item without an id"
	}
	return ""
}

func (w *wireItem) item() Item {
	m := w.MediaMetadata
	item := Item{
		ID: ItemID(w.ID), Description: w.Description, ProductURL: w.ProductURL, BaseURL: w.BaseURL, MIMEType: w.MIMEType, FileName: w.FileName,
		Metadata: Metadata{Width: m.Width.value, Height: m.Height.value},
	}
	// A time that can't be read is no time: the item is none the worse for it.
	item.Metadata.CreationTime, _ = time.Parse(time.RFC3339, m.CreationTime)
	if p := m.Photo; p != nil {
		item.Metadata.Photo = &PhotoMetadata{
			CameraMake: p.CameraMake, CameraModel: p.CameraModel, FocalLength: p.FocalLength.value,
			ApertureFNumber: p.ApertureFNumber.value, ISOEquivalent: int(p.ISOEquivalent.value), ExposureTime: time.Duration(p.ExposureTime),
		}
	}
	if v := m.Video; v != nil {
		item.Metadata.Video = &VideoMetadata{CameraMake: v.CameraMake, CameraModel: v.CameraModel, FPS: v.FPS.value, Status: v.Status}
	}
	if c := w.Contributor; c != nil {
		item.Contributor = &ContributorInfo{Name: c.DisplayName, PictureURL: c.ProfilePictureBaseURL}
	}
	return item
}

type wireStatus struct {
	Code    count  `json:"code"`
	Message string `json:"message"`
}

func (w wireStatus) status() Status { return Status{Code: int(w.Code), Message: Clean(w.Message)} }

// count is an int64 that comes as a string or as a number.
type count int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *count) UnmarshalJSON(b []byte) error {
	text := unquoted(b)
	if text == "null" {
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	*n = count(v)
	return err
}

// loose is a number of a camera. One that can't be read is none, and the item is
// none the worse for it.
type loose[N int64 | float64] struct{ value N }

// UnmarshalJSON implements json.Unmarshaler. Proto3 JSON knows "NaN" and
// "Infinity", which no camera means.
func (n *loose[N]) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(unquoted(b), 64)
	if err == nil && math.Abs(v) <= 1<<53 {
		n.value = N(v)
	}
	return nil
}

// seconds is a duration as Proto3 JSON writes it, "0.004s".
type seconds time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *seconds) UnmarshalJSON(b []byte) error {
	if v, err := time.ParseDuration(unquoted(b)); err == nil {
		*d = seconds(v)
	}
	return nil
}

// unquoted is a JSON scalar without its quotes. Numbers need no escapes.
func unquoted(b []byte) string { return strings.Trim(string(b), `"`) }
