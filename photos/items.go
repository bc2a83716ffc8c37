package photos

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"
)

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
	Position     PositionKind `json:"position,omitempty"`
	MediaItem    string       `json:"relativeMediaItemId,omitempty"`
	EnrichedItem string       `json:"relativeEnrichmentItemId,omitempty"`
}

// CreateItems makes items and answers one result for each, in their order. An
// entry may fail while the others succeed; bytes that the library holds already
// answer the item that exists, and put it into the album.
func (c *Client) CreateItems(ctx context.Context, r CreateItems) ([]NewItemResult, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	in := struct {
		AlbumID  string        `json:"albumId,omitempty"`
		Position *wirePosition `json:"albumPosition,omitempty"`
		Items    []wireNewItem `json:"newMediaItems"`
	}{AlbumID: string(r.Album)}
	if p := r.Position; p.Kind != "" {
		in.Position = &wirePosition{p.Kind, string(p.AfterItem), string(p.AfterEnrichment)}
	}
	for _, n := range r.Items {
		in.Items = append(in.Items, wireNewItem{n.Description, wireSimpleItem{string(n.Token), n.FileName}})
	}
	var out struct {
		Results []struct {
			UploadToken string     `json:"uploadToken"`
			Status      wireStatus `json:"status"`
			Item        *wireItem  `json:"mediaItem"`
		} `json:"newMediaItemResults"`
	}
	if err := c.write(ctx, MethodItemsBatchCreate, http.MethodPost, "/v1/mediaItems:batchCreate", nil, in, &out); err != nil {
		return nil, err
	}
	if len(out.Results) != len(r.Items) {
		return nil, &Error{Method: MethodItemsBatchCreate, HTTPStatus: http.StatusOK, Message: fmt.Sprintf("%d results for %d items", len(out.Results), len(r.Items))}
	}
	results := make([]NewItemResult, len(out.Results))
	for i, w := range out.Results {
		results[i] = NewItemResult{Token: r.Items[i].Token, Status: w.Status.status()}
		if w.Item != nil && w.Item.ID != "" {
			item := w.Item.item()
			results[i].Item = &item
		}
	}
	return results, nil
}

// check holds the call to the API's limits.
func (r CreateItems) check() error {
	const m = MethodItemsBatchCreate
	if len(r.Items) == 0 || len(r.Items) > MaxBatch {
		return invalid(m, "%d items: expected 1 to %d", len(r.Items), MaxBatch)
	}
	if r.Position.Kind != "" && r.Album == "" {
		return invalid(m, "a position without an album")
	}
	for i, n := range r.Items {
		switch {
		case n.Token == "":
			return invalid(m, "entry %d has no upload token", i)
		case utf8.RuneCountInString(n.FileName) > MaxFileName:
			return invalid(m, "the file name of entry %d is longer than %d characters", i, MaxFileName)
		case utf8.RuneCountInString(n.Description) >= MaxDescription:
			return invalid(m, "the description of entry %d has %d characters or more", i, MaxDescription)
		}
	}
	return nil
}

// MaxDescription is the number of characters that a description stays under.
const MaxDescription = 1000

// GetItem reads one item.
func (c *Client) GetItem(ctx context.Context, id ItemID) (Item, error) {
	if id == "" {
		return Item{}, invalid(MethodItemsGet, "no item id")
	}
	var out wireItem
	err := c.read(ctx, MethodItemsGet, http.MethodGet, "/v1/mediaItems/"+url.PathEscape(string(id)), nil, nil, &out)
	return out.item(), err
}

// BatchGetItems reads 1 to MaxBatch items, one result for each in their order. A
// single poisonous item can fail the whole call (gphotos-sync, issue 33).
func (c *Client) BatchGetItems(ctx context.Context, ids []ItemID) ([]ItemResult, error) {
	if err := checkIDs(MethodItemsBatchGet, ids); err != nil {
		return nil, err
	}
	q := url.Values{}
	for _, id := range ids {
		q.Add("mediaItemIds", string(id))
	}
	var out struct {
		Results []struct {
			Status wireStatus `json:"status"`
			Item   *wireItem  `json:"mediaItem"`
		} `json:"mediaItemResults"`
	}
	if err := c.read(ctx, MethodItemsBatchGet, http.MethodGet, "/v1/mediaItems:batchGet", q, nil, &out); err != nil {
		return nil, err
	}
	if len(out.Results) != len(ids) {
		return nil, &Error{Method: MethodItemsBatchGet, HTTPStatus: http.StatusOK, Message: fmt.Sprintf("%d results for %d items", len(out.Results), len(ids))}
	}
	results := make([]ItemResult, len(ids))
	for i, w := range out.Results {
		results[i].Status = w.Status.status()
		if w.Item != nil {
			item := w.Item.item()
			results[i].Item = &item
		}
	}
	return results, nil
}

// ListItems asks for one page of the items that this app created, the newest
// first. PageSize 0 leaves it to Google (25); the most is MaxItemsPage.
type ListItems struct {
	PageSize  int
	PageToken string
}

// ItemsPage is one page of items. Only an empty NextPageToken ends a listing: a
// page may hold no items in the middle of it (gphotos-sync, issue 179), and its
// first may repeat the last of the page before (rclone).
type ItemsPage struct {
	Items         []Item
	NextPageToken string
}

type wireItemsPage struct {
	Items         []wireItem `json:"mediaItems"`
	NextPageToken string     `json:"nextPageToken"`
}

func (w wireItemsPage) page() ItemsPage {
	p := ItemsPage{Items: make([]Item, len(w.Items)), NextPageToken: w.NextPageToken}
	for i := range w.Items {
		p.Items[i] = w.Items[i].item()
	}
	return p
}

// ListItems reads one page of the library.
func (c *Client) ListItems(ctx context.Context, r ListItems) (ItemsPage, error) {
	if r.PageSize < 0 || r.PageSize > MaxItemsPage {
		return ItemsPage{}, invalid(MethodItemsList, "a page of %d items: expected at most %d", r.PageSize, MaxItemsPage)
	}
	var out wireItemsPage
	err := c.read(ctx, MethodItemsList, http.MethodGet, "/v1/mediaItems", paging(r.PageSize, r.PageToken), nil, &out)
	return out.page(), err
}

// PatchItem sets an item's description.
func (c *Client) PatchItem(ctx context.Context, id ItemID, description string) (Item, error) {
	switch {
	case id == "":
		return Item{}, invalid(MethodItemsPatch, "no item id")
	case utf8.RuneCountInString(description) >= MaxDescription:
		return Item{}, invalid(MethodItemsPatch, "a description has fewer than %d characters", MaxDescription)
	}
	in := map[string]string{"description": description}
	var out wireItem
	err := c.write(ctx, MethodItemsPatch, http.MethodPatch, "/v1/mediaItems/"+url.PathEscape(string(id)), url.Values{"updateMask": {"description"}}, in, &out)
	return out.item(), err
}
