package emulator

import (
	"fmt"
	"slices"
)

// share is what makes an album be seen by others than its owner. It is what the
// journal has of it; the people who joined are changes of their own.
type share struct {
	Collaborative bool `json:"collaborative,omitempty"` // those who joined may add items
	Commentable   bool `json:"commentable,omitempty"`

	maker   maker    // who shared it, through which app
	token   number   // of the share token; its link works as long as linked
	linked  bool     // whoever has the token may join
	members []string // those who joined, in that order
}

// joined reports whether a user who is not the owner is in the album.
func (a *album) joined(user string) bool {
	return a.share != nil && slices.Contains(a.share.members, user)
}

// shared finds the live album of a live share token.
func (w *world) shared(token string) *album {
	n, ok := w.ids.number(shareKind, token)
	if !ok || int(n) >= len(w.shares) {
		return nil
	}
	a := w.albums[w.shares[n]]
	if a.Deleted || a.share == nil || !a.share.linked || a.share.token != n {
		return nil
	}
	return a
}

// applyShare carries out what changes in the sharing of an album.
func (w *world) applyShare(a *album, c change) error {
	if a.share == nil && c.Op != opShare {
		return fmt.Errorf("album %d is not shared", a.number)
	}
	switch c.Op {
	case opShare:
		return w.applyNewShare(a, c)
	case opUnlink:
		a.share.linked = false
	case opUnshare:
		a.share = nil
	case opJoin:
		if a.reaches(c.User) {
			return fmt.Errorf("%q is in album %d already", c.User, a.number)
		}
		a.share.members = append(a.share.members, c.User)
	case opLeave:
		at := slices.Index(a.share.members, c.User)
		if at < 0 {
			return fmt.Errorf("%q has not joined album %d", c.User, a.number)
		}
		a.share.members = slices.Delete(a.share.members, at, at+1)
	}
	return nil
}

// applyNewShare makes a share token, or revives one of the same album.
func (w *world) applyNewShare(a *album, c change) error {
	known := c.Number >= 0 && int(c.Number) < len(w.shares) && w.shares[c.Number] == a.number
	if c.Share == nil || !known && int(c.Number) != len(w.shares) {
		return fmt.Errorf("share %d of album %d follows %d shares", c.Number, a.number, len(w.shares))
	}
	if !known {
		w.shares = append(w.shares, a.number)
	}
	made := share{Collaborative: c.Share.Collaborative, Commentable: c.Share.Commentable,
		maker: c.maker, token: c.Number, linked: true}
	if a.share != nil {
		made.members = a.share.members
	}
	a.share = &made
	return nil
}

// shareChanges makes the shares of a fresh world: first all tokens there ever
// were, so that none is granted again, and then what is shared now.
func (w *world) shareChanges() []change {
	var out []change
	for n, album := range w.shares {
		out = append(out, change{Op: opShare, Album: album, Number: number(n), Share: &share{}},
			change{Op: opUnshare, Album: album})
	}
	for n, a := range w.albums {
		if a.share == nil {
			continue
		}
		out = append(out, change{Op: opShare, Album: number(n), Number: a.share.token, Share: a.share, maker: a.share.maker})
		for _, user := range a.share.members {
			out = append(out, change{Op: opJoin, Album: number(n), maker: maker{User: user}})
		}
		if !a.share.linked {
			out = append(out, change{Op: opUnlink, Album: number(n)})
		}
	}
	return out
}

// share makes the change that shares an album. A token of an earlier share comes
// back where it is kept.
func (w *world) share(a *album, by maker, options share, keep bool) change {
	n := number(len(w.shares))
	if at := slices.Index(w.shares, a.number); keep && at >= 0 {
		n = number(at)
	}
	return change{Op: opShare, Album: a.number, Number: n, Share: &options, maker: by}
}

// unshare makes the changes that end the sharing of an album: everybody else and
// what they added is out.
func (a *album) unshare(w *world) []change {
	return append(a.without(w, func(user string) bool { return user != a.User }), change{Op: opUnshare, Album: a.number})
}

// leave makes the changes by which a user leaves an album.
func (a *album) leave(w *world, user string, takeItems bool) []change {
	out := []change{{Op: opLeave, Album: a.number, maker: maker{User: user}}}
	if takeItems {
		out = append(out, a.without(w, func(of string) bool { return of == user })...)
	}
	return out
}

// without takes the items of some users out of an album.
func (a *album) without(w *world, whose func(user string) bool) []change {
	var items []number
	for _, e := range a.contents {
		if e >= 0 && whose(w.items[e].User) && (a.extra == 0 || !slices.Contains(items, e)) {
			items = append(items, e)
		}
	}
	if items == nil {
		return nil
	}
	return []change{{Op: opRemove, Album: a.number, Contents: items}}
}
