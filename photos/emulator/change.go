package emulator

import (
	"errors"
	"fmt"
)

// The kinds of change. They are words of the journal and never get another
// meaning.
const (
	opAlbum      = "album"      // a new album: Number, Title, At, maker; in a compacted journal also Cover, Contents, Deleted
	opItem       = "item"       // a new item: Number, Item
	opEnrichment = "enrichment" // a new enrichment: Number, Enrichment
	opUpload     = "upload"     // bytes arrived: Number, Upload
	opUsed       = "used"       // an upload made an item: Number
	opExpire     = "expire"     // upload tokens below Number died
	opSession    = "session"    // an upload session: Number, Session
	opEnded      = "ended"      // session Number's state is now Title
	opForget     = "forget"     // sessions below Number died
	opMarks      = "marks"      // item Number's marks are now Marks
	opReword     = "reword"     // enrichment Number is now Enrichment
	opDrop       = "drop"       // from Album: the enrichments Contents
	opClock      = "clock"      // the clock is ahead by At nanoseconds
	opInsert     = "insert"     // into Album at index At: Contents
	opRepeat     = "repeat"     // at the end of Album: Contents, members or not
	opRemove     = "remove"     // from Album: Contents
	opOrder      = "order"      // Album's contents are now Contents
	opTitle      = "title"      // Album's title is now Title
	opCover      = "cover"      // Album's cover is now Number
	opDelete     = "delete"     // Album is gone
	opDescribe   = "describe"   // item Number's description is now Title
	opShare      = "share"      // Album is shared with the token Number: Share, maker
	opUnlink     = "unlink"     // Album's share token died
	opUnshare    = "unshare"    // Album is shared no more
	opJoin       = "join"       // User joined Album
	opLeave      = "leave"      // User left Album
	opAdopt      = "adopt"      // item Number counts as made by the maker's app
	opTrash      = "trash"      // item Number is in the trash, since At
	opRestore    = "restore"    // item Number is back
)

// change is one step of the world. A call makes a list of them, which is one
// line of the journal and therefore happens whole or not at all.
type change struct {
	Op       string  `json:"op"`
	Album    number  `json:"album,omitempty"`
	Number   number  `json:"n,omitempty"`
	At       int64   `json:"at,omitempty"`
	Title    string  `json:"title,omitempty"`
	Contents []entry `json:"contents,omitempty"`
	Cover    *number `json:"cover,omitempty"`
	Deleted  bool    `json:"deleted,omitempty"`
	maker
	Item       *item       `json:"item,omitempty"`
	Enrichment *enrichment `json:"enrichment,omitempty"`
	Upload     *upload     `json:"upload,omitempty"`
	Share      *share      `json:"share,omitempty"`
	Session    *session    `json:"session,omitempty"`
	Marks      *marks      `json:"marks,omitempty"`
}

// apply carries a change out. It refuses one that does not fit the world, which
// only a damaged journal holds, before it has touched anything.
func (w *world) apply(c change) error {
	switch c.Op {
	case opAlbum:
		return w.applyAlbum(c)
	case opItem:
		return w.applyItem(c)
	case opEnrichment:
		return w.applyEnrichment(c)
	case opUpload, opUsed, opExpire:
		return w.applyUpload(c)
	case opSession, opEnded, opForget:
		return w.applySession(c)
	case opReword:
		return w.applyReword(c)
	case opInsert, opRepeat, opRemove, opDrop, opOrder, opTitle, opCover, opDelete:
		return w.applyToAlbum(c)
	case opShare, opUnlink, opUnshare, opJoin, opLeave:
		return w.applyToAlbum(c)
	case opAdopt:
		return w.applyAdopt(c)
	case opClock:
		if c.At < w.ahead {
			return errors.New("the clock goes back")
		}
		w.ahead = c.At
		return nil
	case opDescribe, opTrash, opRestore, opMarks:
		return w.applyToItem(c)
	}
	return fmt.Errorf("unknown change %q", c.Op)
}

func (w *world) applyAlbum(c change) error {
	if int(c.Number) != len(w.albums) {
		return fmt.Errorf("album %d follows %d albums", c.Number, len(w.albums))
	}
	if err := w.checkContents(nil, c.Contents); err != nil {
		return err
	}
	a := &album{number: c.Number, Title: c.Title, Created: c.At, Deleted: c.Deleted, Cover: -1, maker: c.maker}
	a.insert(0, c.Contents)
	if c.Cover != nil {
		if *c.Cover < 0 || int(*c.Cover) >= len(w.items) {
			return fmt.Errorf("no item %d for a cover", *c.Cover)
		}
		a.Cover = *c.Cover
	}
	a.hidden, a.foreign = w.countTrashed(c.Contents), w.countForeign(a, c.Contents)
	w.albums = append(w.albums, a)
	return nil
}

func (w *world) applyItem(c change) error {
	if c.Item == nil || int(c.Number) != len(w.items) {
		return fmt.Errorf("item %d follows %d items", c.Number, len(w.items))
	}
	it := *c.Item
	w.items = append(w.items, &it)
	w.libraryOf(&it).storage += it.Size
	if !it.Trashed {
		w.show(c.Number)
	}
	return nil
}

func (w *world) applyEnrichment(c change) error {
	if c.Enrichment == nil || int(c.Number) != len(w.enrichments) {
		return fmt.Errorf("enrichment %d follows %d enrichments", c.Number, len(w.enrichments))
	}
	w.enrichments = append(w.enrichments, *c.Enrichment)
	return nil
}

func (w *world) applyReword(c change) error {
	if c.Enrichment == nil || c.Number < 0 || int(c.Number) >= len(w.enrichments) {
		return fmt.Errorf("no enrichment %d to reword", c.Number)
	}
	w.enrichments[c.Number] = *c.Enrichment
	return nil
}

func (w *world) applyUpload(c change) error {
	switch c.Op {
	case opUpload:
		if c.Upload == nil || c.Number < w.nextUpload {
			return fmt.Errorf("upload %d follows upload %d", c.Number, w.nextUpload-1)
		}
		up := *c.Upload
		w.uploads[c.Number] = &up
		w.nextUpload = c.Number + 1
	case opUsed:
		up := w.uploads[c.Number]
		if up == nil {
			return fmt.Errorf("no upload %d", c.Number)
		}
		up.Used = true
	case opExpire:
		if c.Number > w.nextUpload {
			return fmt.Errorf("no upload %d", c.Number)
		}
		for ; w.oldUpload < c.Number; w.oldUpload++ {
			delete(w.uploads, w.oldUpload)
		}
	}
	return nil
}

func (w *world) applyToAlbum(c change) error {
	if c.Album < 0 || int(c.Album) >= len(w.albums) {
		return fmt.Errorf("no album %d", c.Album)
	}
	a := w.albums[c.Album]
	switch c.Op {
	case opTitle:
		a.Title = c.Title
	case opDelete:
		a.Deleted = true
	case opCover:
		if c.Number < 0 || int(c.Number) >= len(w.items) {
			return fmt.Errorf("no item %d for a cover", c.Number)
		}
		a.Cover = c.Number
	case opInsert:
		if c.At < 0 || c.At > int64(len(a.contents)) {
			return fmt.Errorf("no place %d in album %d", c.At, c.Album)
		}
		if err := w.checkContents(a, c.Contents); err != nil {
			return err
		}
		a.insert(int(c.At), c.Contents)
		a.hidden += w.countTrashed(c.Contents)
		a.foreign += w.countForeign(a, c.Contents)
	case opRepeat:
		if err := w.checkContents(nil, c.Contents); err != nil {
			return err
		}
		a.insert(len(a.contents), c.Contents)
		a.hidden += w.countTrashed(c.Contents)
		a.foreign += w.countForeign(a, c.Contents)
	case opRemove:
		return w.removeFrom(a, c.Contents)
	case opDrop:
		return a.drop(c.Contents)
	case opOrder:
		if err := a.sameContents(c.Contents); err != nil {
			return err
		}
		a.contents = append([]entry(nil), c.Contents...)
	default:
		return w.applyShare(a, c)
	}
	return nil
}

func (w *world) removeFrom(a *album, items []number) error {
	seen := make(map[number]bool, len(items))
	for _, n := range items {
		if !a.has(n) || seen[n] {
			return fmt.Errorf("item %d is not in album %d", n, a.number)
		}
		seen[n] = true
	}
	a.hidden -= w.countTrashed(a.each(items))
	a.foreign -= w.countForeign(a, a.each(items))
	a.remove(items)
	return nil
}

func (w *world) applyToItem(c change) error {
	if c.Number < 0 || int(c.Number) >= len(w.items) {
		return fmt.Errorf("no item %d", c.Number)
	}
	it := w.items[c.Number]
	switch {
	case c.Op == opMarks && c.Marks != nil:
		it.marks = *c.Marks
	case c.Op == opDescribe:
		it.Description = c.Title
	case c.Op == opTrash && !it.Trashed:
		it.Trashed, it.TrashedAt = true, c.At
		w.hide(c.Number)
		w.countHidden(c.Number, 1)
	case c.Op == opRestore && it.Trashed:
		it.Trashed, it.TrashedAt = false, 0
		w.show(c.Number)
		w.countHidden(c.Number, -1)
	default:
		return fmt.Errorf("item %d can't be changed by %q", c.Number, c.Op)
	}
	return nil
}

// applyAdopt makes an item be of another app.
func (w *world) applyAdopt(c change) error {
	if c.Number < 0 || int(c.Number) >= len(w.items) {
		return fmt.Errorf("no item %d", c.Number)
	}
	only := []entry{c.Number}
	for _, a := range w.albums {
		if a.has(c.Number) {
			a.foreign -= w.countForeign(a, a.each(only))
		}
	}
	w.items[c.Number].Client = c.Client
	for _, a := range w.albums {
		if a.has(c.Number) {
			a.foreign += w.countForeign(a, a.each(only))
		}
	}
	return nil
}

// countHidden adds to the count of trashed items of every album with an item.
func (w *world) countHidden(n number, by int) {
	for _, a := range w.albums {
		if a.has(n) {
			a.hidden += by * len(a.each([]number{n}))
		}
	}
}

func (w *world) countTrashed(entries []entry) (count int) {
	for _, e := range entries {
		if e >= 0 && w.items[e].Trashed {
			count++
		}
	}
	return count
}

// countForeign counts the items that somebody else made than the album.
func (w *world) countForeign(a *album, entries []entry) (count int) {
	for _, e := range entries {
		if e >= 0 && w.items[e].maker != a.maker {
			count++
		}
	}
	return count
}

// checkContents refuses entries that are not there or that are members already.
// Without an album, items may stand there twice.
func (w *world) checkContents(a *album, entries []entry) error {
	seen := make(map[entry]bool, len(entries))
	for _, e := range entries {
		missing := e >= 0 && int(e) >= len(w.items) || e < 0 && int(^e) >= len(w.enrichments)
		if missing || seen[e] && (e < 0 || a != nil) || a != nil && e >= 0 && a.has(e) {
			return fmt.Errorf("entry %d is missing or there already", e)
		}
		seen[e] = true
	}
	return nil
}

// sameContents refuses an order that is not one of the album's contents.
func (a *album) sameContents(entries []entry) error {
	have := make(map[entry]int, len(a.contents))
	for _, e := range a.contents {
		have[e]++
	}
	for _, e := range entries {
		if have[e] == 0 {
			return fmt.Errorf("entry %d is not in album %d", e, a.number)
		}
		have[e]--
	}
	if left := len(a.contents) - len(entries); left > 0 {
		return fmt.Errorf("an order of album %d leaves %d entries out", a.number, left)
	}
	return nil
}
