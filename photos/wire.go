package photos

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The shapes of the API's JSON, as its discovery document has them. Proto3 JSON
// leaves out what has the default value, writes int64 as a string and enums by
// name; what Google answers is read tolerantly.

type wireAlbum struct {
	ID                    string   `json:"id,omitempty"`
	Title                 string   `json:"title,omitempty"`
	ProductURL            string   `json:"productUrl,omitempty"`
	IsWriteable           bool     `json:"isWriteable,omitempty"`
	MediaItemsCount       int64ish `json:"mediaItemsCount,omitempty"`
	CoverPhotoBaseURL     string   `json:"coverPhotoBaseUrl,omitempty"`
	CoverPhotoMediaItemID string   `json:"coverPhotoMediaItemId,omitempty"`
}

func (w wireAlbum) album() Album {
	return Album{
		ID: AlbumID(w.ID), Title: w.Title, ProductURL: w.ProductURL, Writeable: w.IsWriteable, ItemsCount: int64(w.MediaItemsCount),
		CoverItemID: ItemID(w.CoverPhotoMediaItemID), CoverBaseURL: w.CoverPhotoBaseURL,
	}
}

type wireItem struct {
	ID            string       `json:"id"`
	Description   string       `json:"description"`
	ProductURL    string       `json:"productUrl"`
	BaseURL       string       `json:"baseUrl"`
	MIMEType      string       `json:"mimeType"`
	FileName      string       `json:"filename"`
	MediaMetadata wireMetadata `json:"mediaMetadata"`
}

type wireMetadata struct {
	CreationTime string     `json:"creationTime"`
	Width        int64ish   `json:"width"`
	Height       int64ish   `json:"height"`
	Photo        *wirePhoto `json:"photo"`
	Video        *wireVideo `json:"video"`
}

type wirePhoto struct {
	CameraMake      string       `json:"cameraMake"`
	CameraModel     string       `json:"cameraModel"`
	FocalLength     float64      `json:"focalLength"`
	ApertureFNumber float64      `json:"apertureFNumber"`
	ISOEquivalent   int          `json:"isoEquivalent"`
	ExposureTime    wireDuration `json:"exposureTime"`
}

type wireVideo struct {
	CameraMake  string  `json:"cameraMake"`
	CameraModel string  `json:"cameraModel"`
	FPS         float64 `json:"fps"`
	Status      string  `json:"status"`
}

func (w *wireItem) item() Item {
	m := w.MediaMetadata
	item := Item{
		ID: ItemID(w.ID), Description: w.Description, ProductURL: w.ProductURL, BaseURL: w.BaseURL, MIMEType: w.MIMEType, FileName: w.FileName,
		Metadata: Metadata{Width: int64(m.Width), Height: int64(m.Height)},
	}
	// A time that can't be read is no time: the item is none the worse for it.
	item.Metadata.CreationTime, _ = time.Parse(time.RFC3339, m.CreationTime)
	if p := m.Photo; p != nil {
		item.Metadata.Photo = &PhotoMetadata{
			CameraMake: p.CameraMake, CameraModel: p.CameraModel, FocalLength: p.FocalLength,
			ApertureFNumber: p.ApertureFNumber, ISOEquivalent: p.ISOEquivalent, ExposureTime: time.Duration(p.ExposureTime),
		}
	}
	if v := m.Video; v != nil {
		item.Metadata.Video = &VideoMetadata{CameraMake: v.CameraMake, CameraModel: v.CameraModel, FPS: v.FPS, Status: v.Status}
	}
	return item
}

type wireStatus struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (w wireStatus) status() Status { return Status{Code: w.Code, Message: oneLine(w.Message)} }

// int64ish is an int64 that comes as a string or as a number, and goes as a
// string.
type int64ish int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *int64ish) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	*n = int64ish(v)
	return err
}

// MarshalJSON implements json.Marshaler.
func (n int64ish) MarshalJSON() ([]byte, error) {
	return json.Marshal(strconv.FormatInt(int64(n), 10))
}

// wireDuration is seconds with an "s": "0.004s".
type wireDuration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *wireDuration) UnmarshalJSON(b []byte) error {
	v, err := time.ParseDuration(strings.Trim(string(b), `"`))
	*d = wireDuration(v)
	return err
}
