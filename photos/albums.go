package photos

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ListAlbums asks for one page of the albums that this app created. PageSize 0
// leaves it to Google (20); the most is MaxAlbumsPage.
type ListAlbums struct {
	OnlyOurs  bool // only what this app created; today nothing else is seen
	Brief     bool // without Writeable, ProductURL and CoverBaseURL: fewer bytes
	PageSize  int
	PageToken string // of the page before; bound to the other fields
}

// AlbumsPage is one page of albums. Only an empty NextPageToken ends a listing:
// a page may hold few albums, or none, in the middle of it.
type AlbumsPage struct {
	Albums        []Album
	NextPageToken string
}

type wireAlbumsPage struct {
	Albums        []wireAlbum `json:"albums"`
	NextPageToken string      `json:"nextPageToken"`
}

// wireSharedPage is the same under another name.
type wireSharedPage struct {
	Albums        []wireAlbum `json:"sharedAlbums"`
	NextPageToken string      `json:"nextPageToken"`
}

func (w *wireSharedPage) flaw() string { return (*wireAlbumsPage)(w).flaw() }

func (w *wireAlbumsPage) flaw() string {
	for i := range w.Albums {
		if flaw := w.Albums[i].flaw(); flaw != "" {
			return flaw
		}
	}
	return ""
}

// ListAlbums reads one page of albums.
func (c *Client) ListAlbums(ctx context.Context, r ListAlbums) (AlbumsPage, error) {
	return c.albums(ctx, MethodAlbumsList, r)
}

// albums makes a call that answers a page of albums, the user's own or shared
// ones.
func (c *Client) albums(ctx context.Context, m Method, r ListAlbums) (AlbumsPage, error) {
	if err := checkPage(m, r.PageSize, MaxAlbumsPage); err != nil {
		return AlbumsPage{}, err
	}
	q := paging(r.PageSize, r.PageToken)
	if r.OnlyOurs {
		q.Set("excludeNonAppCreatedData", "true")
	}
	var out wireAlbumsPage
	list, into := "albums", answer(&out)
	if m == MethodSharedList {
		list, into = "sharedAlbums", (*wireSharedPage)(&out)
	}
	if r.Brief {
		q.Set("fields", "nextPageToken,"+list+"(id,title,mediaItemsCount,coverPhotoMediaItemId,shareInfo)")
	}
	if err := c.call(ctx, message{method: m, query: q}, nil, into); err != nil {
		return AlbumsPage{}, err
	}
	if err := turns(m, r.PageToken, out.NextPageToken); err != nil {
		return AlbumsPage{}, err
	}
	page := AlbumsPage{Albums: make([]Album, len(out.Albums)), NextPageToken: out.NextPageToken}
	for i := range out.Albums {
		page.Albums[i] = out.Albums[i].album()
	}
	return page, nil
}

func checkPage(m Method, size, most int) error {
	if size < 0 || size > most {
		return invalid(m, "a page of %d entries: expected at most %d", size, most)
	}
	return nil
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
	return c.album(ctx, message{method: MethodAlbumsGet, id: string(id)}, nil)
}

// album makes a call about one album, which answers it.
func (c *Client) album(ctx context.Context, m message, in any) (Album, error) {
	if err := checkID(m.method, m.id); err != nil {
		return Album{}, err
	}
	var out wireAlbum
	if err := c.call(ctx, m, in, &out); err != nil {
		return Album{}, err
	}
	return out.album(), nil
}

// CreateAlbum makes a new album. It is never idempotent: a second call makes a
// twin that can't be deleted. The answer has neither count nor cover.
func (c *Client) CreateAlbum(ctx context.Context, title string) (Album, error) {
	const m = MethodAlbumsCreate
	if err := checkText(m, "title", title, MaxTitle); err != nil {
		return Album{}, err
	}
	in := struct {
		Album map[string]string `json:"album"`
	}{map[string]string{"title": title}}
	var out wireAlbum
	if err := c.call(ctx, message{method: m}, in, &out); err != nil {
		return Album{}, err
	}
	return out.album(), nil
}

// AlbumPatch is what PatchAlbum changes; nil leaves a field as it is.
type AlbumPatch struct {
	Title *string
	Cover *ItemID // of an item in the album; there is no way back to no cover
}

// PatchAlbum changes an album's title, cover or both.
func (c *Client) PatchAlbum(ctx context.Context, id AlbumID, p AlbumPatch) (Album, error) {
	const m = MethodAlbumsPatch
	in := struct {
		Title *string `json:"title,omitempty"`
		Cover *ItemID `json:"coverPhotoMediaItemId,omitempty"`
	}{p.Title, p.Cover}
	var mask string // names joined by commas (reference page of albums.patch)
	if p.Title != nil {
		if err := checkText(m, "title", *p.Title, MaxTitle); err != nil {
			return Album{}, err
		}
		mask = "title"
	}
	if p.Cover != nil {
		if err := checkID(m, string(*p.Cover)); err != nil {
			return Album{}, err
		}
		if mask != "" {
			mask += ","
		}
		mask += "coverPhotoMediaItemId"
	}
	if mask == "" {
		return Album{}, invalid(m, "nothing to change")
	}
	return c.album(ctx, message{method: m, id: string(id), query: url.Values{"updateMask": {mask}}}, in)
}

// AddItems appends 1 to MaxBatch items of the library to an album, in their
// order. One bad id fails the whole call and changes nothing.
func (c *Client) AddItems(ctx context.Context, id AlbumID, items []ItemID) error {
	return c.members(ctx, MethodAlbumsBatchAdd, id, items)
}

// RemoveItems takes 1 to MaxBatch items out of an album. They stay in the
// library. One bad id fails the whole call and changes nothing.
func (c *Client) RemoveItems(ctx context.Context, id AlbumID, items []ItemID) error {
	return c.members(ctx, MethodAlbumsBatchRemove, id, items)
}

func (c *Client) members(ctx context.Context, m Method, id AlbumID, items []ItemID) error {
	if err := checkID(m, string(id)); err != nil {
		return err
	}
	if err := checkIDs(m, items); err != nil {
		return err
	}
	in := struct {
		Items []ItemID `json:"mediaItemIds"`
	}{items}
	return c.call(ctx, message{method: m, id: string(id)}, in, &void{})
}

// checkID refuses what can't be an id before it becomes a part of a path, where
// it could name something else.
func checkID(m Method, id string) error {
	switch {
	case id == "":
		return invalid(m, "an id is missing")
	case !visible(id) || strings.ContainsAny(id, `/:?#%\`) || strings.Trim(id, ".") == "":
		return invalid(m, "%q is no id", Clean(id))
	}
	return nil
}

// checkIDs holds a batch of ids to the API's limits: 1 to MaxBatch, none empty,
// none twice.
func checkIDs(m Method, ids []ItemID) error {
	if err := checkBatch(m, len(ids)); err != nil {
		return err
	}
	seen := make(map[ItemID]bool, len(ids))
	for _, id := range ids {
		if err := checkID(m, string(id)); err != nil {
			return err
		}
		if seen[id] {
			return invalid(m, "the item %q stands there twice", id)
		}
		seen[id] = true
	}
	return nil
}

func checkBatch(m Method, n int) error {
	if n < 1 || n > MaxBatch {
		return invalid(m, "%d entries: expected 1 to %d", n, MaxBatch)
	}
	return nil
}

// checkText refuses a text of more characters than the API takes, and one that
// would arrive as another because it is no UTF-8.
func checkText(m Method, what, text string, most int) error {
	if !utf8.ValidString(text) {
		return invalid(m, "a %s that is no UTF-8", what)
	}
	return checkLength(m, what, text, most)
}

func checkLength(m Method, what, text string, most int) error {
	if n := utf8.RuneCountInString(text); n > most {
		return invalid(m, "a %s of %d characters: expected at most %d", what, n, most)
	}
	return nil
}
