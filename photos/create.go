package photos

import (
	"context"
	"fmt"
)

// MaxDescription is the number of characters that a description stays under.
const MaxDescription = 1000

// CreateItems asks to make items of uploaded bytes, 1 to MaxBatch in one call.
type CreateItems struct {
	Album    AlbumID  // put them into this album, too; "" leaves them in the library alone
	Position Position // where in the album; the zero value appends
	Items    []NewItem
}

type wireNewItem struct {
	Description string         `json:"description,omitempty"`
	Simple      wireSimpleItem `json:"simpleMediaItem"`
}

type wireSimpleItem struct {
	UploadToken string `json:"uploadToken"`
	FileName    string `json:"fileName,omitempty"`
}

type wirePosition struct {
	Position   PositionKind `json:"position,omitempty"`
	Item       ItemID       `json:"relativeMediaItemId,omitempty"`
	Enrichment EnrichmentID `json:"relativeEnrichmentItemId,omitempty"`
}

type wireCreated struct {
	Results []struct {
		UploadToken string     `json:"uploadToken"`
		Status      wireStatus `json:"status"`
		Item        *wireItem  `json:"mediaItem"`
	} `json:"newMediaItemResults"`
	asked []NewItem
}

// flaw holds the answer to the request: a result that stands in another's place
// would bind a file to the wrong picture.
func (w *wireCreated) flaw() string {
	if len(w.Results) != len(w.asked) {
		return few(len(w.Results), len(w.asked))
	}
	for i, r := range w.Results {
		if r.UploadToken != "" && r.UploadToken != string(w.asked[i].Token) {
			return "the results are not in the order of the entries"
		}
	}
	return ""
}

// CreateItems makes items and answers one result for each, in their order. An
// entry may fail while the others succeed; bytes that the library holds already
// answer the item that exists, and put it into the album.
func (c *Client) CreateItems(ctx context.Context, r CreateItems) ([]NewItemResult, error) {
	const m = MethodItemsBatchCreate
	if err := r.check(m); err != nil {
		return nil, err
	}
	in := struct {
		Album    AlbumID       `json:"albumId,omitempty"`
		Position *wirePosition `json:"albumPosition,omitempty"`
		Items    []wireNewItem `json:"newMediaItems"`
	}{Album: r.Album, Items: make([]wireNewItem, len(r.Items))}
	if p := r.Position; p.Kind != "" {
		in.Position = &wirePosition{p.Kind, p.AfterItem, p.AfterEnrichment}
	}
	for i, n := range r.Items {
		in.Items[i] = wireNewItem{n.Description, wireSimpleItem{string(n.Token), n.FileName}}
	}
	out := wireCreated{asked: r.Items}
	if err := c.call(ctx, message{method: m}, in, &out); err != nil {
		return nil, err
	}
	results := make([]NewItemResult, len(out.Results))
	for i, w := range out.Results {
		results[i].Token = r.Items[i].Token
		results[i].Status, results[i].Item = outcome(w.Status, w.Item)
	}
	return results, nil
}

// check holds the call to the API's limits.
func (r CreateItems) check(m Method) error {
	if err := checkBatch(m, len(r.Items)); err != nil {
		return err
	}
	if r.Album != "" {
		if err := checkID(m, string(r.Album)); err != nil {
			return err
		}
	}
	if err := r.Position.check(m, r.Album); err != nil {
		return err
	}
	for i, n := range r.Items {
		if n.Token == "" {
			return invalid(m, "entry %d has no upload token", i)
		}
		// A disk may hold names that are no UTF-8: they lose what is none.
		if err := checkLength(m, fmt.Sprintf("file name of entry %d", i), n.FileName, MaxFileName); err != nil {
			return err
		}
		if err := checkText(m, fmt.Sprintf("description of entry %d", i), n.Description, MaxDescription-1); err != nil {
			return err
		}
	}
	return nil
}

// check holds a place in an album to its rules: a kind that needs a neighbour has
// just that one.
func (p Position) check(m Method, album AlbumID) error {
	if p == (Position{}) {
		return nil
	}
	if album == "" {
		return invalid(m, "a position without an album")
	}
	item, enrichment := p.AfterItem != "", p.AfterEnrichment != ""
	switch {
	case p.Kind == AfterMediaItem && item && !enrichment,
		p.Kind == AfterEnrichmentItem && enrichment && !item,
		(p.Kind == FirstInAlbum || p.Kind == LastInAlbum) && !item && !enrichment:
		return nil
	}
	return invalid(m, "a position %q that does not fit its neighbour", p.Kind)
}
