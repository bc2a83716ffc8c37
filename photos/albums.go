package photos

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// ListAlbums asks for one page of the albums that this app created. PageSize 0
// leaves it to Google (20); the most is MaxAlbumsPage.
type ListAlbums struct {
	PageSize  int
	PageToken string // of the page before; bound to the other fields
}

// AlbumsPage is one page of albums. Only an empty NextPageToken ends a listing:
// a page may hold few albums, or none, in the middle of it.
type AlbumsPage struct {
	Albums        []Album
	NextPageToken string
}

// ListAlbums reads one page of albums.
func (c *Client) ListAlbums(ctx context.Context, r ListAlbums) (AlbumsPage, error) {
	if r.PageSize < 0 || r.PageSize > MaxAlbumsPage {
		return AlbumsPage{}, invalid(MethodAlbumsList, "a page of %d albums: expected at most %d", r.PageSize, MaxAlbumsPage)
	}
	var out struct {
		Albums        []wireAlbum `json:"albums"`
		NextPageToken string      `json:"nextPageToken"`
	}
	if err := c.read(ctx, MethodAlbumsList, http.MethodGet, "/v1/albums", paging(r.PageSize, r.PageToken), nil, &out); err != nil {
		return AlbumsPage{}, err
	}
	page := AlbumsPage{Albums: make([]Album, len(out.Albums)), NextPageToken: out.NextPageToken}
	for i, w := range out.Albums {
		page.Albums[i] = w.album()
	}
	return page, nil
}

func paging(size int, token string) url.Values {
	q := url.Values{}
	if size > 0 {
		q.Set("pageSize", strconv.Itoa(size))
	}
	if token != "" {
		q.Set("pageToken", token)
	}
	return q
}

// GetAlbum reads one album. IsAlbumGone tells whether it exists no more.
func (c *Client) GetAlbum(ctx context.Context, id AlbumID) (Album, error) {
	if id == "" {
		return Album{}, invalid(MethodAlbumsGet, "no album id")
	}
	var out wireAlbum
	err := c.read(ctx, MethodAlbumsGet, http.MethodGet, "/v1/albums/"+url.PathEscape(string(id)), nil, nil, &out)
	return out.album(), err
}

// CreateAlbum makes a new album. It is never idempotent: a second call makes a
// twin that can't be deleted. The answer has neither count nor cover.
func (c *Client) CreateAlbum(ctx context.Context, title string) (Album, error) {
	if err := checkTitle(MethodAlbumsCreate, title); err != nil {
		return Album{}, err
	}
	in := map[string]any{"album": map[string]string{"title": title}}
	var out wireAlbum
	if err := c.write(ctx, MethodAlbumsCreate, http.MethodPost, "/v1/albums", nil, in, &out); err != nil {
		return Album{}, err
	}
	if out.ID == "" {
		return Album{}, &Error{Method: MethodAlbumsCreate, HTTPStatus: http.StatusOK, Message: "the answer names no album"}
	}
	return out.album(), nil
}

func checkTitle(m Method, title string) error {
	if n := utf8.RuneCountInString(title); n > MaxTitle {
		return invalid(m, "a title of %d characters: expected at most %d", n, MaxTitle)
	}
	return nil
}

// AlbumPatch is what PatchAlbum changes; nil leaves a field as it is.
type AlbumPatch struct {
	Title *string
	Cover *ItemID // of an item in the album
}

// PatchAlbum changes an album's title, cover or both.
func (c *Client) PatchAlbum(ctx context.Context, id AlbumID, p AlbumPatch) (Album, error) {
	in := wireAlbum{}
	q := url.Values{}
	if p.Title != nil {
		if err := checkTitle(MethodAlbumsPatch, *p.Title); err != nil {
			return Album{}, err
		}
		in.Title = *p.Title
		q.Add("updateMask", "title")
	}
	if p.Cover != nil {
		in.CoverPhotoMediaItemID = string(*p.Cover)
		q.Add("updateMask", "coverPhotoMediaItemId")
	}
	if id == "" || len(q) == 0 {
		return Album{}, invalid(MethodAlbumsPatch, "nothing to change")
	}
	if len(q["updateMask"]) == 2 {
		q = url.Values{"updateMask": {"title,coverPhotoMediaItemId"}}
	}
	var out wireAlbum
	err := c.write(ctx, MethodAlbumsPatch, http.MethodPatch, "/v1/albums/"+url.PathEscape(string(id)), q, in, &out)
	return out.album(), err
}

// AddItems appends 1 to MaxBatch items of the library to an album, in their
// order. One bad id fails the whole call and changes nothing.
func (c *Client) AddItems(ctx context.Context, id AlbumID, items []ItemID) error {
	return c.members(ctx, MethodAlbumsBatchAdd, id, ":batchAddMediaItems", items)
}

// RemoveItems takes 1 to MaxBatch items out of an album. They stay in the
// library. One bad id fails the whole call and changes nothing.
func (c *Client) RemoveItems(ctx context.Context, id AlbumID, items []ItemID) error {
	return c.members(ctx, MethodAlbumsBatchRemove, id, ":batchRemoveMediaItems", items)
}

func (c *Client) members(ctx context.Context, m Method, id AlbumID, verb string, items []ItemID) error {
	if id == "" {
		return invalid(m, "no album id")
	}
	if err := checkIDs(m, items); err != nil {
		return err
	}
	in := map[string]any{"mediaItemIds": items}
	return c.write(ctx, m, http.MethodPost, "/v1/albums/"+url.PathEscape(string(id))+verb, nil, in, nil)
}

// checkIDs holds a batch of ids to the API's limits: 1 to MaxBatch, none empty,
// none twice.
func checkIDs(m Method, ids []ItemID) error {
	if len(ids) == 0 || len(ids) > MaxBatch {
		return invalid(m, "%d items: expected 1 to %d", len(ids), MaxBatch)
	}
	seen := make(map[ItemID]bool, len(ids))
	for _, id := range ids {
		if id == "" || seen[id] {
			return invalid(m, "the item id %q is empty or stands there twice", id)
		}
		seen[id] = true
	}
	return nil
}
