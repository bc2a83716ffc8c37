package emulator

import (
	"slices"
	"time"
	"unicode/utf8"
)

// newItemMessage is a NewMediaItem.
type newItemMessage struct {
	Description     string `json:"description"`
	SimpleMediaItem *struct {
		UploadToken string `json:"uploadToken"`
		FileName    string `json:"fileName"`
	} `json:"simpleMediaItem"`
}

// createMessage is a BatchCreateMediaItemsRequest.
type createMessage struct {
	AlbumID       string           `json:"albumId"`
	AlbumPosition *wirePosition    `json:"albumPosition"`
	NewMediaItems []newItemMessage `json:"newMediaItems"`
}

// newItemResult is a NewMediaItemResult.
type newItemResult struct {
	UploadToken string     `json:"uploadToken,omitempty"`
	Status      wireStatus `json:"status"`
	MediaItem   *wireItem  `json:"mediaItem,omitempty"`
}

const maxFileName = 255 // characters (discovery document)

// check refuses a request that fails as a whole, whatever its tokens are.
func (m *createMessage) check() error {
	if len(m.NewMediaItems) == 0 {
		return invalid("Request must contain at least one new media item.")
	}
	if len(m.NewMediaItems) > maxBatch {
		return invalid(textTooMany)
	}
	if m.AlbumPosition != nil && m.AlbumID == "" {
		return invalid("Album position can only be set together with an album id.")
	}
	for _, made := range m.NewMediaItems {
		if made.SimpleMediaItem == nil {
			return invalid(textToken)
		}
		if utf8.RuneCountInString(made.SimpleMediaItem.FileName) > maxFileName {
			return invalid("File name must not be longer than %d characters.", maxFileName)
		}
		if err := checkDescription(made.Description); err != nil {
			return err
		}
	}
	return nil
}

// creation collects what one batchCreate does. What becomes of an entry:
//
//	bytes that are no media                 code 3
//	bytes of an earlier entry of the call   code 6
//	bytes of an item of the library         that item, as it is
//	otherwise                               a new item
//
// With an album the items are put in at the position, in the order of the
// request; one that is in the album stays where it is.
type creation struct {
	world   *world
	maker   maker
	album   *album // nil without
	now     time.Time
	revive  bool
	place   bool             // put members of the album at the position too
	foreign func(maker) bool // which items of the library become the app's; nil is none
	seen    map[digest]bool
	next    number // the first new item's
	changes []change
	entries []entry // what goes into the album
	moved   []entry // what of it leaves its place for that
	fresh   int64   // bytes of new items
}

// createItems is mediaItems.batchCreate.
func (c *call) createItems() (any, error) {
	var req createMessage
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made, at, err := c.beginCreation(&req)
	if err != nil {
		return nil, err
	}
	uploads, err := c.uploadsOf(&req, made)
	if err != nil {
		return nil, err
	}
	results, items := make([]newItemResult, len(uploads)), make([]number, len(uploads))
	failed := false
	for i, up := range uploads {
		entry := req.NewMediaItems[i]
		results[i].UploadToken = entry.SimpleMediaItem.UploadToken
		if fault := c.entryFault(up, entry); fault != nil {
			items[i], results[i].Status = -1, fault.entryStatus()
		} else {
			items[i], results[i].Status = made.add(up, entry)
		}
		failed = failed || items[i] < 0
	}
	if err := c.finishCreation(made, at); err != nil {
		return nil, err
	}
	for i, n := range items {
		if n >= 0 {
			shown := c.itemOf(n, "")
			shown.BaseURL = "" // the guide's sample answer has none
			results[i].MediaItem = &shown
		}
	}
	answer := createAnswer{results}
	if failed && !c.choices.OKOnPartialSuccess {
		return partial{answer}, nil
	}
	return answer, nil
}

// beginCreation finds the album and the place in it.
func (c *call) beginCreation(req *createMessage) (*creation, int, error) {
	made := &creation{world: c.world, maker: c.maker, now: c.now, revive: c.choices.ReviveTrashed,
		seen: map[digest]bool{}, next: number(len(c.world.items))}
	if req.AlbumID == "" && c.onlyShares() {
		return nil, 0, insufficient() // such a token puts things into shared albums alone (Google's upload guide)
	}
	if c.choices.AdoptDuplicates {
		made.foreign = func(m maker) bool { return !c.ours(m) }
	}
	if req.AlbumID == "" {
		return made, 0, nil
	}
	a, err := c.openAlbum(req.AlbumID)
	if err != nil {
		return nil, 0, err
	}
	made.album, made.place = a, c.choices.PlaceExisting && req.AlbumPosition != nil
	at, err := c.position(a, req.AlbumPosition)
	return made, at, err
}

// uploadsOf finds the bytes behind all tokens; one dead token fails the call, or
// has no bytes.
func (c *call) uploadsOf(req *createMessage, made *creation) ([]*upload, error) {
	uploads := make([]*upload, len(req.NewMediaItems))
	var names []string
	for i, entry := range req.NewMediaItems {
		n, up := c.world.upload(c.maker, entry.SimpleMediaItem.UploadToken, c.now)
		if up == nil || up.Used && c.choices.OneUseTokens {
			if c.choices.DeadTokenPerEntry {
				continue
			}
			return nil, invalid(textToken)
		}
		if c.choices.OneUseTokens {
			made.changes = append(made.changes, change{Op: opUsed, Number: n})
		}
		uploads[i] = up
		names = append(names, entry.SimpleMediaItem.FileName, up.Name)
		if have, ok := c.world.library(c.maker.User).byDigest[up.Digest]; ok {
			names = append(names, c.world.ids.text(itemKind, have))
		}
	}
	return uploads, c.poisoned(names...)
}

// entryFault is what is to go wrong with one entry.
func (c *call) entryFault(up *upload, sent newItemMessage) *Fault {
	names := []string{sent.SimpleMediaItem.FileName}
	if up != nil {
		names = append(names, up.Name)
	}
	return c.faults.nextEntry(c.method.name, names...)
}

// add settles one entry: the item that it gives, or -1 and why there is none.
func (m *creation) add(up *upload, sent newItemMessage) (number, wireStatus) {
	const tail = ": There was an error while trying to create this media item."
	if up == nil {
		return -1, wireStatus{Code: 3, Message: textToken}
	}
	if up.Type == "" {
		return -1, wireStatus{Code: 3, Message: "BAD_IMAGE" + tail}
	}
	if m.seen[up.Digest] {
		reason := "Failed"
		if up.video() {
			reason = "EXISTS"
		}
		return -1, wireStatus{Code: 6, Message: reason + tail}
	}
	m.seen[up.Digest] = true
	n, there := m.existing(up.Digest)
	if !there {
		n = m.next
		m.next++
		m.changes = append(m.changes, change{Op: opItem, Number: n, Item: m.itemOf(up, sent)})
		m.fresh += up.Size
	}
	if there && m.foreign != nil && m.foreign(m.world.items[n].maker) {
		m.changes = append(m.changes, change{Op: opAdopt, Number: n, maker: m.maker})
	}
	switch {
	case m.album == nil:
	case !m.album.has(n):
		m.entries = append(m.entries, n)
	case m.place:
		m.entries, m.moved = append(m.entries, n), append(m.moved, n)
	}
	return n, wireStatus{Message: "Success"}
}

// existing finds the item of the library that has these bytes.
func (m *creation) existing(d digest) (number, bool) {
	if n, ok := m.world.library(m.maker.User).byDigest[d]; ok {
		return n, true
	}
	if !m.revive {
		return 0, false
	}
	for n, it := range m.world.items {
		if it.Digest == d && it.User == m.maker.User && !it.lost(m.now) {
			m.changes = append(m.changes, change{Op: opRestore, Number: number(n)})
			return number(n), true
		}
	}
	return 0, false
}

func (m *creation) itemOf(up *upload, sent newItemMessage) *item {
	it := &item{Digest: up.Digest, Size: up.Size, Name: sent.SimpleMediaItem.FileName,
		Description: sent.Description, Uploaded: m.now.Unix(), Created: m.now.Unix(), maker: m.maker, facts: up.facts}
	if it.Name == "" {
		it.Name = up.Name
	}
	if it.Taken != 0 {
		it.Created = it.Taken
	}
	return it
}

// finishCreation holds the limits against the whole and carries it out.
func (c *call) finishCreation(made *creation, at int) error {
	if limit := c.opts.StorageBytes; limit > 0 && made.fresh > 0 && c.world.library(c.maker.User).storage+made.fresh > limit {
		return invalid(textStorage)
	}
	if len(made.entries) > 0 {
		if made.album.places()+len(made.entries)-len(made.album.each(made.moved)) > c.opts.AlbumItems {
			return c.albumFull()
		}
		if len(made.moved) > 0 {
			made.changes = append(made.changes, change{Op: opRemove, Album: made.album.number, Contents: made.moved})
			before := made.album.contents[:at]
			at -= len(before) - len(slices.DeleteFunc(slices.Clone(before), func(e entry) bool { return slices.Contains(made.moved, e) }))
		}
		made.changes = append(made.changes,
			change{Op: opInsert, Album: made.album.number, At: int64(at), Contents: made.entries})
	}
	return c.commit(made.changes...)
}
