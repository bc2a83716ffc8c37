package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The messages of the API as its discovery document has them. Fields of default
// value are left out and 64-bit numbers are strings, as proto3's JSON has it.

type wireAlbum struct {
	ID                    string     `json:"id,omitempty"`
	Title                 string     `json:"title,omitempty"`
	ProductURL            string     `json:"productUrl,omitempty"`
	IsWriteable           bool       `json:"isWriteable,omitempty"`
	ShareInfo             *wireShare `json:"shareInfo,omitempty"`
	MediaItemsCount       string     `json:"mediaItemsCount,omitempty"`
	CoverPhotoBaseURL     string     `json:"coverPhotoBaseUrl,omitempty"`
	CoverPhotoMediaItemID string     `json:"coverPhotoMediaItemId,omitempty"`
}

type wireItem struct {
	ID              string           `json:"id,omitempty"`
	Description     string           `json:"description,omitempty"`
	ProductURL      string           `json:"productUrl,omitempty"`
	BaseURL         string           `json:"baseUrl,omitempty"`
	MimeType        string           `json:"mimeType,omitempty"`
	MediaMetadata   *wireMetadata    `json:"mediaMetadata,omitempty"`
	Filename        string           `json:"filename,omitempty"`
	ContributorInfo *wireContributor `json:"contributorInfo,omitempty"`
}

type wireMetadata struct {
	CreationTime string     `json:"creationTime,omitempty"`
	Width        string     `json:"width,omitempty"`
	Height       string     `json:"height,omitempty"`
	Photo        *wirePhoto `json:"photo,omitempty"`
	Video        *wireVideo `json:"video,omitempty"`
}

type wirePhoto struct {
	CameraMake      string  `json:"cameraMake,omitempty"`
	CameraModel     string  `json:"cameraModel,omitempty"`
	FocalLength     float64 `json:"focalLength,omitempty"`
	ApertureFNumber float64 `json:"apertureFNumber,omitempty"`
	IsoEquivalent   int32   `json:"isoEquivalent,omitempty"`
	ExposureTime    string  `json:"exposureTime,omitempty"`
}

type wireVideo struct {
	CameraMake  string  `json:"cameraMake,omitempty"`
	CameraModel string  `json:"cameraModel,omitempty"`
	FPS         float64 `json:"fps,omitempty"`
	Status      string  `json:"status,omitempty"`
}

type wireStatus struct {
	Code    int    `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

type wirePosition struct {
	Position                 positionType `json:"position"`
	RelativeMediaItemID      string       `json:"relativeMediaItemId"`
	RelativeEnrichmentItemID string       `json:"relativeEnrichmentItemId"`
}

// positionType is AlbumPosition.PositionType.
type positionType string

const (
	positionUnspecified positionType = "POSITION_TYPE_UNSPECIFIED"
	positionFirst       positionType = "FIRST_IN_ALBUM"
	positionLast        positionType = "LAST_IN_ALBUM"
	positionAfterItem   positionType = "AFTER_MEDIA_ITEM"
	positionAfterOther  positionType = "AFTER_ENRICHMENT_ITEM"
)

func (positionType) names() []string {
	return []string{string(positionUnspecified), string(positionFirst), string(positionLast),
		string(positionAfterItem), string(positionAfterOther)}
}

func (positionType) proto() string { return "AlbumPosition.PositionType" }

// partial is a batch's answer of which some entries failed.
type partial struct{ answer any }

// writeJSON sends a JSON answer.
func writeJSON(w http.ResponseWriter, status int, answer any, indent bool) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if indent {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(answer); err != nil {
		http.Error(w, "an answer can't be encoded", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	w.Write(buf.Bytes())
}

// albumOf shows an album to the caller.
func (c *call) albumOf(a *album) wireAlbum {
	out := c.newAlbumOf(a)
	out.ShareInfo = c.shareOf(a)
	if n := c.count(a); n > 0 {
		out.MediaItemsCount = strconv.Itoa(n)
	}
	if cover := c.cover(a); cover >= 0 {
		out.CoverPhotoMediaItemID = c.world.ids.text(itemKind, cover)
		out.CoverPhotoBaseURL = c.baseURL(out.CoverPhotoMediaItemID)
	}
	return out
}

// newAlbumOf shows what albums.create answers: no count and no cover (Google's
// guide to albums).
func (c *call) newAlbumOf(a *album) wireAlbum {
	id := c.world.ids.text(albumKind, a.number)
	return wireAlbum{ID: id, Title: a.Title, ProductURL: c.base + albumPath + id, IsWriteable: c.writeable(a)}
}

// itemOf shows an item to the caller, as a member of the album if one is named.
func (c *call) itemOf(n number, albumID string) wireItem {
	it := c.world.items[n]
	id := c.world.ids.text(itemKind, n)
	page := photoPath + id
	if albumID != "" {
		page = albumPath + albumID + "/photo/" + id
	}
	return wireItem{
		ID: id, Description: it.Description, ProductURL: c.base + page, BaseURL: c.baseURL(id),
		MimeType: it.Type, Filename: it.Name, MediaMetadata: it.metadata(c.now, c.choices),
	}
}

// The states of a video (discovery document).
const (
	videoProcessing = "PROCESSING"
	videoReady      = "READY"
	videoFailed     = "FAILED"
)

// videoStatus is how far Google's machines are with a video.
func (it *item) videoStatus(now time.Time, choices Choices) string {
	switch {
	case it.Failed:
		return videoFailed
	case now.Before(time.Unix(it.Uploaded, 0).Add(choices.VideoProcessing)):
		return videoProcessing
	case choices.VideosFail:
		return videoFailed
	}
	return videoReady
}

// metadata is the item's mediaMetadata.
func (it *item) metadata(now time.Time, choices Choices) *wireMetadata {
	m := &wireMetadata{CreationTime: time.Unix(it.Created, 0).UTC().Format(time.RFC3339)}
	if it.Width > 0 && it.Height > 0 {
		m.Width, m.Height = strconv.Itoa(int(it.Width)), strconv.Itoa(int(it.Height))
	}
	if it.video() {
		m.Video = &wireVideo{Status: it.videoStatus(now, choices), FPS: it.FPS}
		if cam := it.Camera; cam != nil {
			m.Video.CameraMake, m.Video.CameraModel = cam.Make, cam.Model
		}
		return m
	}
	m.Photo = &wirePhoto{}
	if cam := it.Camera; cam != nil {
		*m.Photo = wirePhoto{CameraMake: cam.Make, CameraModel: cam.Model, FocalLength: cam.Focal,
			ApertureFNumber: cam.Aperture, IsoEquivalent: cam.ISO}
		if cam.Exposure > 0 {
			m.Photo.ExposureTime = strconv.FormatFloat(cam.Exposure.Seconds(), 'f', -1, 64) + "s"
		}
	}
	return m
}
