package emulator

import (
	"fmt"
	"slices"
)

// Action is something that a person does in the Google Photos app. Albums are
// named by id or by a title that only one has, items by id or by a file name
// that only one has, among those of the user if there are any.
type Action struct {
	Do    string   `json:"do"`              // one of the constants below
	Album string   `json:"album,omitempty"` // which album
	Item  string   `json:"item,omitempty"`  // which item
	Items []string `json:"items,omitempty"` // which items, in order
	Title string   `json:"title,omitempty"` // RenameAlbum, AddAlbum, MakeAlbum; the text of DescribeItem; the file name of AddPhoto
	User  string   `json:"user,omitempty"`  // who does it; "" is DefaultUser
	Bytes []byte   `json:"bytes,omitempty"` // AddPhoto: the file, in base64
	// ShareAlbum: whether those who join may add items, and comment
	Collaborative bool `json:"collaborative,omitempty"`
	Commentable   bool `json:"commentable,omitempty"`
}

// What people do.
const (
	AddAlbum     = "add_album"     // Title: a new album, as the app that calls the API would have made it
	MakeAlbum    = "make_album"    // Title: a new album, which no app made
	AddPhoto     = "add_photo"     // Title, Bytes: a new item, which no app made; with Album at its end too
	ShareAlbum   = "share_album"   // Album, Collaborative, Commentable: there is a link to join it; a new one after StopLink
	StopLink     = "stop_link"     // Album: the link and its share token die, who joined stays
	UnshareAlbum = "unshare_album" // Album: all others are out, with what they added
	JoinAlbum    = "join_album"    // Album, User
	LeaveAlbum   = "leave_album"   // Album, User
	RenameAlbum  = "rename_album"  // Album, Title
	DeleteAlbum  = "delete_album"  // Album
	AddItems     = "add_items"     // Album, Items: at the end
	RemoveItems  = "remove_items"  // Album, Items
	Reorder      = "reorder"       // Album, Items: these first, the others after them; enrichments keep their places
	SetCover     = "set_cover"     // Album, Item
	DescribeItem = "describe_item" // Item, Title
	TrashItem    = "trash_item"    // Item: it leaves the library and all albums
	RestoreItem  = "restore_item"  // Item: it is back where it was
)

// Act does what a person does in the app. It costs no quota and knows no faults.
// The id is that of the album or item that it was done to.
func (e *Emulator) Act(a Action) (id string, err error) {
	if a.Do == AddPhoto {
		return e.addPhoto(a)
	}
	now, by := e.opts.Now(), a.maker()
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.world
	switch a.Do {
	case AddAlbum, MakeAlbum:
		if a.Do == AddAlbum {
			by.Client = ""
		}
		n := number(len(w.albums))
		return w.ids.text(albumKind, n), e.commit(change{Op: opAlbum, Number: n, Title: a.Title, At: now.Unix(), maker: by})
	case DescribeItem, TrashItem, RestoreItem:
		n, err := w.itemNamed(a.Item, by.User)
		if err != nil {
			return "", err
		}
		if w.items[n].User != by.User {
			return "", fmt.Errorf("item %q is not of %s", a.Item, by.user())
		}
		if want := a.Do == RestoreItem; a.Do != DescribeItem && w.items[n].Trashed != want {
			return "", fmt.Errorf("item %q: trashed is %v already", a.Item, !want)
		}
		op := map[string]string{DescribeItem: opDescribe, TrashItem: opTrash, RestoreItem: opRestore}[a.Do]
		return w.ids.text(itemKind, n), e.commit(change{Op: op, Number: n, Title: a.Title})
	}
	album, err := w.albumNamed(a.Album, by.User)
	if err != nil {
		return "", err
	}
	if err := album.allows(a.Do, by.User); err != nil {
		return "", fmt.Errorf("%s of %q by %s: %w", a.Do, a.Album, by.user(), err)
	}
	var changes []change
	switch a.Do {
	case ShareAlbum, StopLink, UnshareAlbum, JoinAlbum, LeaveAlbum:
		changes, err = w.toSharing(a, album, e.opts.Choices)
	default:
		changes, err = w.toAlbum(a, album)
	}
	if err != nil {
		return "", err
	}
	return w.ids.text(albumKind, album.number), e.commit(changes...)
}

// toAlbum is what an action changes in an album.
func (w *world) toAlbum(a Action, to *album) ([]change, error) {
	c := change{Album: to.number, Title: a.Title}
	switch a.Do {
	case RenameAlbum:
		c.Op = opTitle
	case DeleteAlbum:
		c.Op = opDelete
	case SetCover:
		n, err := w.itemNamed(a.Item, a.maker().User)
		if err != nil || !to.has(n) {
			return nil, fmt.Errorf("item %q is not in the album", a.Item)
		}
		c.Op, c.Number = opCover, n
	case AddItems, RemoveItems, Reorder:
		items, err := w.itemsNamed(a.Items, a.maker().User)
		if err == nil {
			err = w.owned(a.Do, to, items, a.maker().User)
		}
		if err != nil {
			return nil, err
		}
		absent := func(n number) bool { return !to.has(n) }
		switch {
		case a.Do == AddItems:
			items = slices.DeleteFunc(items, to.has)
			c.Op, c.At, c.Contents = opInsert, int64(len(to.contents)), items
		case slices.ContainsFunc(items, absent):
			return nil, fmt.Errorf("one of %q is not in the album", a.Items)
		case a.Do == RemoveItems:
			c.Op, c.Contents = opRemove, items
		default:
			c.Op, c.Contents = opOrder, to.reordered(items)
		}
	default:
		return nil, fmt.Errorf("unknown action %q", a.Do)
	}
	return []change{c}, nil
}

// reordered is the album's contents with some items first.
func (a *album) reordered(first []number) []entry {
	rest := slices.DeleteFunc(slices.Clone(a.contents), func(e entry) bool {
		return e < 0 || slices.Contains(first, e)
	})
	items := append(slices.Clone(first), rest...)
	out := slices.Clone(a.contents)
	for i, e := range out {
		if e >= 0 {
			out[i], items = items[0], items[1:]
		}
	}
	return out
}

// albumNamed finds an album by its id or by its title, which may be that of
// another's album too.
func (w *world) albumNamed(name, user string) (*album, error) {
	if a, _ := w.album(name); a != nil {
		return a, nil
	}
	var found []*album
	for _, a := range w.albums {
		if !a.Deleted && a.Title == name {
			found = append(found, a)
		}
	}
	if near := slices.DeleteFunc(slices.Clone(found), func(a *album) bool { return !a.reaches(user) }); len(near) > 0 {
		found = near
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d albums have the id or title %q", len(found), name)
	}
	return found[0], nil
}

// itemNamed finds an item, trashed or not, by its id or by its file name, which
// may be that of another's item too.
func (w *world) itemNamed(name, user string) (number, error) {
	if n, ok := w.ids.number(itemKind, name); ok && int(n) < len(w.items) {
		return n, nil
	}
	var found []number
	for n, it := range w.items {
		if it.Name == name {
			found = append(found, number(n))
		}
	}
	if own := slices.DeleteFunc(slices.Clone(found), func(n number) bool { return w.items[n].User != user }); len(own) > 0 {
		found = own
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("%d items have the id or file name %q", len(found), name)
	}
	return found[0], nil
}

func (w *world) itemsNamed(names []string, user string) ([]number, error) {
	var out []number
	for _, name := range names {
		n, err := w.itemNamed(name, user)
		if err != nil {
			return nil, err
		}
		if slices.Contains(out, n) {
			return nil, fmt.Errorf("item %q is named twice", name)
		}
		out = append(out, n)
	}
	return out, nil
}
