package emulator

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maker is who does it, in Google Photos itself.
func (a Action) maker() maker { return makerOf(orOwner(a.User), PhotosClient) }

func orOwner(user string) string {
	if user == "" {
		return DefaultUser
	}
	return user
}

// addPhoto puts a photograph into somebody's library that no app made.
func (e *Emulator) addPhoto(a Action) (id string, err error) {
	it, err := e.backUp(a)
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.release(it.Digest) // no token is to hold them
	w := e.world
	n, there := w.library(it.User).byDigest[it.Digest]
	var changes []change
	if !there {
		n = number(len(w.items))
		changes = append(changes, change{Op: opItem, Number: n, Item: it})
	}
	if a.Album != "" {
		to, err := w.albumNamed(a.Album, it.User)
		if err != nil {
			return "", err
		}
		if err := to.allows(a.Do, it.User); err != nil {
			return "", err
		}
		if !there || !to.has(n) {
			changes = append(changes, change{Op: opInsert, Album: to.number, At: int64(len(to.contents)), Contents: []entry{n}})
		}
	}
	return w.ids.text(itemKind, n), e.commit(changes...)
}

// backUp keeps the bytes of a photograph, as an app on a telephone does.
func (e *Emulator) backUp(a Action) (*item, error) {
	if len(a.Bytes) == 0 {
		return nil, fmt.Errorf("photo %q has no bytes", a.Title)
	}
	kept, err := e.store.blobs.create()
	if err != nil {
		return nil, fmt.Errorf("back up %q: %w", a.Title, err)
	}
	if _, err := io.Copy(kept, bytes.NewReader(a.Bytes)); err != nil {
		kept.discard()
		return nil, fmt.Errorf("back up %q: %w", a.Title, err)
	}
	whole, err := kept.written()
	if err != nil {
		kept.discard()
		return nil, fmt.Errorf("back up %q: %w", a.Title, err)
	}
	size := int64(len(a.Bytes))
	it := &item{Digest: sha256.Sum256(a.Bytes), Size: size, Name: a.Title, maker: a.maker(), facts: examine(whole, size)}
	whole.Close()
	if it.Type == "" {
		kept.discard()
		return nil, fmt.Errorf("photo %q is neither a picture nor a video", a.Title)
	}
	it.Uploaded = e.opts.Now().Unix()
	it.Created = it.Uploaded
	if it.Taken != 0 {
		it.Created = it.Taken
	}
	return it, kept.keep(it.Digest)
}

// toSharing is what an action changes in the sharing of an album.
func (w *world) toSharing(a Action, album *album, c Choices) ([]change, error) {
	user := a.maker().User
	if album.share == nil && a.Do != ShareAlbum {
		return nil, fmt.Errorf("album %q is not shared", a.Album)
	}
	switch a.Do {
	case ShareAlbum:
		if album.share != nil && album.share.linked {
			return nil, fmt.Errorf("album %q is shared already", a.Album)
		}
		options := share{Collaborative: a.Collaborative, Commentable: a.Commentable}
		return []change{w.share(album, a.maker(), options, c.KeepShareTokens)}, nil
	case StopLink:
		return []change{{Op: opUnlink, Album: album.number}}, nil
	case UnshareAlbum:
		return album.unshare(w), nil
	case JoinAlbum:
		if album.reaches(user) {
			return nil, fmt.Errorf("%s is in album %q already", orOwner(a.User), a.Album)
		}
		return []change{{Op: opJoin, Album: album.number, maker: maker{User: user}}}, nil
	default: // LeaveAlbum
		if !album.joined(user) {
			return nil, fmt.Errorf("%s has not joined album %q", orOwner(a.User), a.Album)
		}
		return album.leave(w, user, c.LeaveTakesItems), nil
	}
}

// allows refuses what a person may not do to an album: those who joined may add
// to it if it is collaborative, and take out what they added.
func (a *album) allows(do, user string) error {
	switch {
	case do == JoinAlbum, a.User == user:
		return nil
	case !a.joined(user):
		return errors.New("the album is not of this user")
	case do == LeaveAlbum, do == RemoveItems, (do == AddItems || do == AddPhoto) && a.share.Collaborative:
		return nil
	}
	return errors.New("only the owner of the album may do that")
}

// owned refuses items that are not a person's to put in or to take out.
func (w *world) owned(do string, a *album, items []number, user string) error {
	other := func(n number) bool { return w.items[n].User != user }
	if (do == AddItems || do == RemoveItems && a.User != user) && slices.ContainsFunc(items, other) {
		return errors.New("an item is not of this user")
	}
	return nil
}
