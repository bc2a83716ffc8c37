package emulator

import (
	"iter"
	"slices"
	"unicode/utf8"
)

// itemPage is a page of items, of mediaItems.list and of mediaItems.search.
type itemPage struct {
	MediaItems    []wireItem `json:"mediaItems,omitempty"`
	NextPageToken string     `json:"nextPageToken,omitempty"`
}

// getItem is mediaItems.get.
func (c *call) getItem() (any, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, err := c.readItem(c.id)
	if err != nil {
		return nil, err
	}
	return c.itemOf(n, ""), nil
}

// readItem finds the item of a call that names one.
func (c *call) readItem(id string) (number, error) {
	if err := c.poisoned(c.itemNames([]string{id})...); err != nil {
		return 0, err
	}
	n, it, gone := c.item(id)
	switch {
	case it != nil, gone && c.trashShows(n) && !c.method.write:
		return n, nil
	case gone:
		return 0, notFound(textGone)
	default:
		return 0, invalid(textItem)
	}
}

// trashShows reports whether an item that is in the trash is answered with by id.
func (c *call) trashShows(n number) bool {
	return c.choices.TrashedStay != "" && !c.world.items[n].lost(c.now)
}

// itemResult is a MediaItemResult.
type itemResult struct {
	Status    *wireStatus `json:"status,omitempty"`
	MediaItem *wireItem   `json:"mediaItem,omitempty"`
}

// getItems is mediaItems.batchGet: every id has its own outcome.
func (c *call) getItems() (any, error) {
	ids := append(slices.Clone(c.params["mediaItemIds"]), c.params["media_item_ids"]...)
	if err := checkBatch(ids); err != nil {
		return nil, err
	}
	if slices.Contains(ids, "") {
		return nil, invalid(textItem)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if err := c.poisoned(c.itemNames(ids)...); err != nil {
		return nil, err
	}
	results := make([]itemResult, len(ids))
	for i, id := range ids {
		n, it, gone := c.item(id)
		if it == nil && !(gone && c.trashShows(n)) {
			results[i].Status = &wireStatus{Code: 3, Message: textItem}
			continue
		}
		found := c.itemOf(n, "")
		results[i].MediaItem = &found
	}
	return getAnswer{results}, nil
}

// maxDescription is the first length that is too long (discovery document).
const maxDescription = 1000

func checkDescription(text string) error {
	if utf8.RuneCountInString(text) >= maxDescription {
		return invalid("Media item description must be shorter than %d characters.", maxDescription)
	}
	return nil
}

// itemMessage is a MediaItem as callers send it; only the description is read.
type itemMessage struct {
	ID            string           `json:"id"`
	Description   string           `json:"description"`
	ProductURL    string           `json:"productUrl"`
	BaseURL       string           `json:"baseUrl"`
	MimeType      string           `json:"mimeType"`
	MediaMetadata *metadataMessage `json:"mediaMetadata"`
	Filename      string           `json:"filename"`
}

type metadataMessage struct {
	CreationTime string        `json:"creationTime"`
	Width        string        `json:"width"`
	Height       string        `json:"height"`
	Photo        *photoMessage `json:"photo"`
	Video        *videoMessage `json:"video"`
}

type photoMessage struct {
	CameraMake      string  `json:"cameraMake"`
	CameraModel     string  `json:"cameraModel"`
	FocalLength     float64 `json:"focalLength"`
	ApertureFNumber float64 `json:"apertureFNumber"`
	IsoEquivalent   int32   `json:"isoEquivalent"`
	ExposureTime    string  `json:"exposureTime"`
}

type videoMessage struct {
	CameraMake  string  `json:"cameraMake"`
	CameraModel string  `json:"cameraModel"`
	FPS         float64 `json:"fps"`
	Status      string  `json:"status"`
}

// patchItem is mediaItems.patch.
func (c *call) patchItem() (any, error) {
	var req itemMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if _, err := c.mask("description"); err != nil {
		return nil, err
	}
	if err := checkDescription(req.Description); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.readItem(c.id)
	if err != nil {
		return nil, err
	}
	if _, ok := c.ownItem(c.id); !ok {
		return nil, invalid(textItem)
	}
	if err := c.commit(change{Op: opDescribe, Number: n, Title: req.Description}); err != nil {
		return nil, err
	}
	return c.itemOf(n, ""), nil
}

// The page sizes of item lists (discovery document).
const (
	itemsPage    = 25
	maxItemsPage = 100
)

// listItems is mediaItems.list: the whole library, newest first.
func (c *call) listItems() (any, error) {
	size, err := c.pageSize(itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	bound := c.boundQuery()
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.libraryPage(bound, c.param("pageToken"), size, false, (*item).inLibrary)
}

// libraryPage is a page of the library, of what matches. The cursor is the item
// that comes next, so that what is uploaded or trashed between two pages neither
// doubles nor hides another.
func (c *call) libraryPage(bound, token string, size int, oldestFirst bool, match func(*item) bool) (any, error) {
	newest := c.world.library(c.maker.User).newest
	walk := func(from int64, start bool) iter.Seq[int64] {
		return func(yield func(int64) bool) {
			for n := range c.world.walkNewest(newest, number(from), start, oldestFirst) {
				it := c.world.items[n]
				if !c.sees(it.maker) || c.appOnly && !c.ours(it.maker) || !match(it) {
					continue
				}
				if !yield(int64(n)) {
					return
				}
			}
		}
	}
	keys, next, err := c.page(bound, token, size, walk)
	if err != nil {
		return nil, err
	}
	out := itemPage{NextPageToken: next}
	for _, n := range keys {
		out.MediaItems = append(out.MediaItems, c.itemOf(number(n), ""))
	}
	return out, nil
}

// walkNewest walks a library from an item on, or from where it would be.
func (w *world) walkNewest(newest []number, from number, start, oldestFirst bool) iter.Seq[number] {
	at, step := 0, 1
	if oldestFirst {
		at, step = len(newest)-1, -1
	}
	if !start && from >= 0 && int(from) < len(w.items) {
		found := false
		at, found = slices.BinarySearchFunc(newest, from, w.byNewest)
		if !found && oldestFirst {
			at--
		}
	}
	return func(yield func(number) bool) {
		for ; at >= 0 && at < len(newest); at += step {
			if !yield(newest[at]) {
				return
			}
		}
	}
}

// albumPage is a page of an album's items in the album's order, without its
// enrichments (Google's guide to listing). The cursor is a place in the album.
func (c *call) albumPage(a *album, bound, token string, size int) (any, error) {
	walk := func(from int64, _ bool) iter.Seq[int64] {
		return func(yield func(int64) bool) {
			for at := max(0, int(from)); at < len(a.contents); at++ {
				if n := a.contents[at]; n >= 0 && c.shows(a, n) && !yield(int64(at)) {
					return
				}
			}
		}
	}
	keys, next, err := c.page(bound, token, size, walk)
	if err != nil {
		return nil, err
	}
	id := c.world.ids.text(albumKind, a.number)
	out := itemPage{NextPageToken: next}
	for _, at := range keys {
		shown := c.itemOf(a.contents[at], id)
		shown.ContributorInfo = c.contributorOf(a, a.contents[at])
		out.MediaItems = append(out.MediaItems, shown)
	}
	return out, nil
}
