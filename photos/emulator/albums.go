package emulator

import (
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxBatch = 50  // entries of one call (discovery document)
	maxTitle = 500 // characters (discovery document)
)

// albumMessage is an Album as callers send it. What only the server sets is
// accepted and passed over.
type albumMessage struct {
	ID                    string     `json:"id"`
	Title                 string     `json:"title"`
	ProductURL            string     `json:"productUrl"`
	IsWriteable           bool       `json:"isWriteable"`
	ShareInfo             *shareInfo `json:"shareInfo"`
	MediaItemsCount       string     `json:"mediaItemsCount"`
	CoverPhotoBaseURL     string     `json:"coverPhotoBaseUrl"`
	CoverPhotoMediaItemID string     `json:"coverPhotoMediaItemId"`
}

type shareInfo struct {
	SharedAlbumOptions *struct {
		IsCollaborative bool `json:"isCollaborative"`
		IsCommentable   bool `json:"isCommentable"`
	} `json:"sharedAlbumOptions"`
	ShareableURL string `json:"shareableUrl"`
	ShareToken   string `json:"shareToken"`
	IsJoined     bool   `json:"isJoined"`
	IsOwned      bool   `json:"isOwned"`
	IsJoinable   bool   `json:"isJoinable"`
}

// title is the title as it is kept.
func (c *call) title(sent string) (string, error) {
	if c.choices.TrimTitles {
		sent = strings.TrimSpace(sent)
	}
	if utf8.RuneCountInString(sent) > maxTitle {
		return "", invalid("Album title must not be longer than %d characters.", maxTitle)
	}
	return sent, nil
}

// createAlbum is albums.create. Two calls with one title make two albums.
func (c *call) createAlbum() (any, error) {
	var req struct {
		Album *albumMessage `json:"album"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if req.Album == nil {
		return nil, invalid("Request must contain an album.")
	}
	title, err := c.title(req.Album.Title)
	if err != nil {
		return nil, err
	}
	if title == "" && !c.choices.TakeUntitled {
		return nil, invalid("Request must contain an album title.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := number(len(c.world.albums))
	if err := c.commit(change{Op: opAlbum, Number: n, Title: title, At: c.now.Unix(), maker: c.maker}); err != nil {
		return nil, err
	}
	return c.newAlbumOf(c.world.albums[n]), nil
}

// getAlbum is albums.get.
func (c *call) getAlbum() (any, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a, err := c.readAlbum(c.id)
	if err != nil {
		return nil, err
	}
	if c.choices.LagHidesGet && c.lags(a) {
		return nil, notFound(textGone)
	}
	return c.albumOf(a), nil
}

// albumList is a page of albums.
type albumList struct {
	Albums        []wireAlbum `json:"albums,omitempty"`
	NextPageToken string      `json:"nextPageToken,omitempty"`
}

// listAlbums is albums.list: the user's own albums.
func (c *call) listAlbums() (any, error) {
	albums, next, err := c.walkAlbums(func(a *album) bool {
		return c.mine(a.maker) && !c.lags(a)
	})
	if err != nil {
		return nil, err
	}
	return albumList{albums, next}, nil
}

// walkAlbums is a page of the albums of a list, of those that the caller sees.
func (c *call) walkAlbums(listed func(*album) bool) (page []wireAlbum, next string, err error) {
	size, err := c.pageSize(20, 50)
	if err != nil {
		return nil, "", err
	}
	appOnly, err := c.boolParam("excludeNonAppCreatedData")
	if err != nil {
		return nil, "", err
	}
	bound := c.boundQuery()
	c.mu.RLock()
	defer c.mu.RUnlock()
	// The cursor is the number of an album: a count would be shifted by new albums
	// in a walk through the newest first.
	walk := func(from int64, start bool) iter.Seq[int64] {
		return func(yield func(int64) bool) {
			for _, n := range c.albumNumbers(int(from), start) {
				a := c.world.albums[n]
				if a.Deleted || !listed(a) || !c.seesAlbum(a) || appOnly && !c.ours(a.maker) {
					continue
				}
				if !yield(int64(n)) {
					return
				}
			}
		}
	}
	keys, next, err := c.page(bound, c.param("pageToken"), size, walk)
	if err != nil {
		return nil, "", err
	}
	for _, n := range keys {
		page = append(page, c.albumOf(c.world.albums[n]))
	}
	return page, next, nil
}

// lags reports whether an album is too new to be listed.
func (c *call) lags(a *album) bool {
	return c.now.Before(time.Unix(a.Created, 0).Add(c.choices.ListLag))
}

// albumNumbers walks the albums in the order of the list, from a number on.
func (c *call) albumNumbers(from int, all bool) func(func(int, number) bool) {
	count, step := len(c.world.albums), -1
	if c.choices.OldestAlbumsFirst {
		step = 1
	}
	if all {
		from = 0
		if step < 0 {
			from = count - 1
		}
	}
	return func(yield func(int, number) bool) {
		for i := from; i >= 0 && i < count; i += step {
			if !yield(i, number(i)) {
				return
			}
		}
	}
}

// mask reads updateMask: one list with commas or the parameter repeated, in
// either spelling.
func (c *call) mask(allowed ...string) ([]string, error) {
	var out []string
	for _, list := range append(c.params["updateMask"], c.params["update_mask"]...) {
		for field := range strings.SplitSeq(list, ",") {
			field = snake(strings.TrimSpace(field))
			if !slices.Contains(allowed, field) {
				return nil, invalid("Invalid update mask: %q is not one of %s.", field, strings.Join(allowed, ", "))
			}
			out = append(out, field)
		}
	}
	if len(out) == 0 {
		return nil, invalid("Update mask must not be empty.")
	}
	return out, nil
}

// patchAlbum is albums.patch: title and cover, as the mask names them.
func (c *call) patchAlbum() (any, error) {
	var req albumMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	mask, err := c.mask("title", "cover_photo_media_item_id")
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.ownAlbum(c.id, toEdit)
	if err != nil {
		return nil, err
	}
	var changes []change
	if slices.Contains(mask, "title") {
		title, err := c.title(req.Title)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{Op: opTitle, Album: a.number, Title: title})
	}
	if slices.Contains(mask, "cover_photo_media_item_id") {
		if err := c.poisoned(c.itemNames([]string{req.CoverPhotoMediaItemID})...); err != nil {
			return nil, err
		}
		n, ok := c.ownItem(req.CoverPhotoMediaItemID)
		if !ok || !a.has(n) && !c.choices.AnyCover {
			return nil, invalid(textItemInBatch)
		}
		changes = append(changes, change{Op: opCover, Album: a.number, Number: n})
	}
	if err := c.commit(changes...); err != nil {
		return nil, err
	}
	return c.albumOf(a), nil
}

// checkBatch refuses a list of ids that no call takes.
func checkBatch(ids []string) error {
	if len(ids) == 0 {
		return invalid("Request must contain at least one media item id.")
	}
	if len(ids) > maxBatch {
		return invalid(textTooMany)
	}
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return invalid(textRepeated)
		}
		seen[id] = true
	}
	return nil
}

// batch finds the items of batchAdd and of batchRemove, all or none: live ones
// that the app made for the user. From an album of the user's own those of others
// may be removed too. The world must be locked.
func (c *call) batch(ids []string, from *album) ([]number, error) {
	if err := c.poisoned(c.itemNames(ids)...); err != nil {
		return nil, err
	}
	items := make([]number, len(ids))
	for i, id := range ids {
		n, ok := c.ownItem(id)
		if !ok && from != nil && c.mine(from.maker) {
			_, it, _ := c.world.item(id)
			ok = it != nil && from.has(n) && c.ours(it.maker)
		}
		if !ok {
			return nil, invalid(textItemInBatch)
		}
		items[i] = n
	}
	return items, nil
}

// batchMessage is the request of batchAdd and of batchRemove.
type batchMessage struct {
	MediaItemIDs []string `json:"mediaItemIds"`
}

// readBatch decodes a batchMessage.
func (c *call) readBatch() ([]string, error) {
	var req batchMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	return req.MediaItemIDs, checkBatch(req.MediaItemIDs)
}

// addItems is albums.batchAddMediaItems: at the end, in the order of the
// request, all or nothing.
func (c *call) addItems() (any, error) {
	ids, err := c.readBatch()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.openAlbum(c.id)
	if err != nil {
		return nil, err
	}
	items, err := c.batch(ids, nil)
	if err != nil {
		return nil, err
	}
	var there, fresh []number
	for _, n := range items {
		if a.has(n) {
			there = append(there, n)
		} else {
			fresh = append(fresh, n)
		}
	}
	if c.choices.AddExisting == "duplicate" {
		fresh = items
	}
	if a.places()+len(fresh) > c.opts.AlbumItems {
		return nil, c.albumFull()
	}
	var changes []change
	at := len(a.contents)
	if len(there) > 0 {
		switch c.choices.AddExisting {
		case "error":
			return nil, invalid(textItemInBatch)
		case "duplicate":
			return struct{}{}, c.commit(change{Op: opRepeat, Album: a.number, Contents: items})
		case "move":
			changes = append(changes, change{Op: opRemove, Album: a.number, Contents: there})
			at -= len(a.each(there))
			fresh = items
		}
	}
	if len(fresh) > 0 {
		changes = append(changes, change{Op: opInsert, Album: a.number, At: int64(at), Contents: fresh})
	}
	return struct{}{}, c.commit(changes...)
}

func (c *call) albumFull() error {
	return invalid("Album must not contain more than %d media items.", c.opts.AlbumItems)
}

// removeItems is albums.batchRemoveMediaItems: all or nothing. The items stay
// in the library.
func (c *call) removeItems() (any, error) {
	ids, err := c.readBatch()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.writeAlbum(c.id, toRemove)
	if err != nil {
		return nil, err
	}
	items, err := c.batch(ids, a)
	if err != nil {
		return nil, err
	}
	absent := func(n number) bool { return !a.has(n) }
	if c.choices.RemoveAbsentOK {
		items = slices.DeleteFunc(items, absent)
	}
	if slices.ContainsFunc(items, absent) {
		return nil, invalid(textItemInBatch)
	}
	if len(items) == 0 {
		return struct{}{}, nil
	}
	return struct{}{}, c.commit(change{Op: opRemove, Album: a.number, Contents: items})
}
