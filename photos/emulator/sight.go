package emulator

import "net/http"

// What a caller sees and what it may change:
//
//	                      legacy, with P or R   legacy, otherwise   current
//	the user's own,
//	  made by the app     seen, changed         seen, changed       seen, changed
//	  made otherwise      seen                  not seen            not seen
//	of an album that the user joined, and in it,
//	  made by the app     seen                  seen                not seen
//	  made otherwise      seen                  not seen            not seen
//
// P and R are the scopes photoslibrary and photoslibrary.readonly. What is not
// seen is answered as if it were not there.

// ours reports whether the calling app made it.
func (c *call) ours(m maker) bool {
	if m.Client != c.maker.Client && c.choices.AppIsProject {
		return projectOf(m.client()) == projectOf(c.grant.client)
	}
	return m.Client == c.maker.Client
}

// mine reports whether it is the calling user's.
func (c *call) mine(m maker) bool { return m.User == c.maker.User }

// sees reports whether the caller may read what somebody made, if it is in reach.
func (c *call) sees(m maker) bool { return c.has(scopeRead|scopeLibrary) || c.ours(m) }

// reaches reports whether the album is the user's or one that the user joined.
func (a *album) reaches(user string) bool { return a.User == user || a.joined(user) }

// reach finds a live album of the user's or, in the legacy profile, one that the
// user joined; gone reports that the app made one of this id, which was deleted.
func (c *call) reach(id string) (a *album, gone bool) {
	n, ok := c.world.ids.number(albumKind, id)
	if !ok || int(n) >= len(c.world.albums) {
		return nil, false
	}
	a = c.world.albums[n]
	if !c.mine(a.maker) && !(c.opts.Profile == Legacy && a.joined(c.maker.User)) {
		return nil, false
	}
	if a.Deleted {
		return nil, c.ours(a.maker)
	}
	return a, false
}

// readAlbum finds the album of a read.
func (c *call) readAlbum(id string) (*album, error) {
	a, _ := c.reach(id)
	switch {
	case a != nil && c.seesAlbum(a):
		return a, nil
	case wellShaped(id):
		return nil, notFound(textGone)
	default:
		return nil, invalid(textAlbum)
	}
}

// seesAlbum reports whether the caller may read an album in reach. A token that
// can only share reads nothing but the albums that it shared.
func (c *call) seesAlbum(a *album) bool {
	if !c.has(c.permits["albums.list"]) {
		return c.ours(a.maker) && c.mine(a.maker) && a.share != nil
	}
	return c.sees(a.maker)
}

// writeAlbum finds the album of a write, which the app must have made. What is to
// be done to it stands in the answer to others, as clients of the real service
// have quoted it for adding media items.
func (c *call) writeAlbum(id, doing string) (*album, error) {
	a, gone := c.reach(id)
	switch {
	case gone:
		return nil, notFound(textAlbumGone)
	case a == nil:
		return nil, invalid(textAlbum)
	case !c.ours(a.maker) && c.choices.HideForeignAlbums:
		return nil, invalid(textAlbum)
	case !c.ours(a.maker):
		return nil, c.noPermission(doing)
	}
	return a, nil
}

// The ends of the texts that refuse a write.
const (
	toAdd    = "add media items to"
	toRemove = "remove media items from"
	toEnrich = "add enrichments to"
	toEdit   = "edit"
	toShare  = "share"
)

func (c *call) noPermission(doing string) *apiError {
	err := invalid("No permission to %s this album.", doing)
	if doing == toShare && c.choices.ForbidForeignShare {
		err.code, err.status = http.StatusForbidden, "PERMISSION_DENIED"
	}
	return err
}

// ownAlbum finds the album of a write that only its owner may do.
func (c *call) ownAlbum(id, doing string) (*album, error) {
	a, err := c.writeAlbum(id, doing)
	if err == nil && !c.mine(a.maker) {
		return nil, c.noPermission(doing)
	}
	return a, err
}

// openAlbum finds the album of a write that adds to it.
func (c *call) openAlbum(id string) (*album, error) {
	a, err := c.writeAlbum(id, toAdd)
	if err == nil && !c.adds(a) {
		return nil, c.noPermission(toAdd)
	}
	return a, err
}

// adds reports whether the user and the token may add to an album that the app
// made: the user's own, and a collaborative one that the user joined. A token that
// can only share adds to shared albums alone (Google's upload guide).
func (c *call) adds(a *album) bool {
	if !c.mine(a.maker) {
		return a.joined(c.maker.User) && a.share.Collaborative
	}
	return !c.onlyShares() || a.share != nil && c.ours(a.share.maker)
}

// onlyShares reports whether the token may add things for its sharing scope alone.
func (c *call) onlyShares() bool {
	return c.has(scopeShare) && !c.has(scopeAppend|scopeLibrary)
}

// writeable is the album's isWriteable: whether this token may create items in it.
func (c *call) writeable(a *album) bool {
	return c.ours(a.maker) && c.has(c.permits["mediaItems.batchCreate"]) && c.adds(a)
}

// shows reports whether the caller sees an item that is in an album it sees. The
// items of other people are a matter of sharing, which is of the legacy profile.
func (c *call) shows(a *album, n number) bool {
	it := c.world.items[n]
	return (!it.Trashed || c.trashInAlbums(it)) && c.sees(it.maker) && (c.mine(it.maker) || c.opts.Profile == Legacy && a.share != nil)
}

// seesItem reports whether the caller may read an item that is not in the trash.
func (c *call) seesItem(n number) bool {
	it := c.world.items[n]
	if c.mine(it.maker) || !c.sees(it.maker) || c.opts.Profile != Legacy {
		return c.mine(it.maker) && c.sees(it.maker)
	}
	for _, a := range c.world.albums {
		if !a.Deleted && a.has(n) && a.reaches(c.maker.User) && c.seesAlbum(a) && c.shows(a, n) {
			return true
		}
	}
	return false
}

// item finds a live item that the caller sees; gone reports that it is in the
// trash.
func (c *call) item(id string) (n number, it *item, gone bool) {
	n, it, gone = c.world.item(id)
	switch {
	case it != nil && !c.seesItem(n):
		return 0, nil, false
	case gone:
		of := c.world.items[n].maker
		return n, nil, c.mine(of) && c.sees(of)
	}
	return n, it, gone
}

// ownItem finds a live item that the app made for the user.
func (c *call) ownItem(id string) (number, bool) {
	n, it, _ := c.world.item(id)
	return n, it != nil && c.mine(it.maker) && c.ours(it.maker)
}

// all reports whether the caller sees all items of an album that it sees.
func (c *call) all(a *album) bool {
	return c.has(scopeRead|scopeLibrary) || a.foreign == 0 && c.ours(a.maker)
}

// count is the number of items in an album, of those that the caller sees.
func (c *call) count(a *album) (count int) {
	if (c.all(a) || c.choices.CountUnseen) && c.choices.TrashedStay != "albums" {
		return a.count()
	}
	for _, e := range a.contents {
		if e >= 0 && c.shows(a, e) {
			count++
		}
	}
	return count
}

// cover is the item that stands for an album, of those that the caller sees; -1
// without.
func (c *call) cover(a *album) number {
	cover := c.world.cover(a)
	if cover < 0 || c.all(a) || c.shows(a, cover) {
		return cover
	}
	for _, e := range a.contents {
		if e >= 0 && c.shows(a, e) {
			return e
		}
	}
	return -1
}

// trashInAlbums reports whether an item that is in the trash is still in albums.
func (c *call) trashInAlbums(it *item) bool {
	return c.choices.TrashedStay == "albums" && !it.lost(c.now)
}
