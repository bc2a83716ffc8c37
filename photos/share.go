package photos

import (
	"context"
	"log/slog"
)

// ShareToken lets whoever holds it into a shared album, so it is never printed.
type ShareToken string

// String keeps the token out of formatted text; a conversion to string yields it.
func (ShareToken) String() string { return "[share token]" }

// GoString keeps the token out of text for programmers.
func (t ShareToken) GoString() string { return t.String() }

// MarshalText keeps the token out of JSON that is made of a struct around it.
func (t ShareToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// LogValue keeps the token out of logs.
func (t ShareToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// ShareLink is the address of a shared album. Whoever knows it sees the album, so
// it is never printed.
type ShareLink string

// String keeps the link out of formatted text; a conversion to string yields it.
func (ShareLink) String() string { return "[share link]" }

// GoString keeps the link out of text for programmers.
func (l ShareLink) GoString() string { return l.String() }

// MarshalText keeps the link out of JSON that is made of a struct around it.
func (l ShareLink) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// LogValue keeps the link out of logs.
func (l ShareLink) LogValue() slog.Value { return slog.StringValue(l.String()) }

// ShareOptions are what the people of a shared album may do. They are set when it
// is shared, and no method changes them later.
type ShareOptions struct {
	Collaborative bool // add items
	Commentable   bool // comment
}

// ShareInfo is how an album is shared.
type ShareInfo struct {
	Options  ShareOptions
	Link     ShareLink  // "" without link sharing
	Token    ShareToken // dies when the album is unshared or its link turned off
	Joined   bool       // the user has joined it; the owner always has
	Owned    bool       // the user owns it
	Joinable bool       // others may join it
}

type wireShareOptions struct {
	IsCollaborative bool `json:"isCollaborative"`
	IsCommentable   bool `json:"isCommentable"`
}

type wireShareInfo struct {
	Options      wireShareOptions `json:"sharedAlbumOptions"`
	ShareableURL string           `json:"shareableUrl"`
	ShareToken   string           `json:"shareToken"`
	IsJoined     bool             `json:"isJoined"`
	IsOwned      bool             `json:"isOwned"`
	IsJoinable   bool             `json:"isJoinable"`
}

func (w *wireShareInfo) info() *ShareInfo {
	if w == nil {
		return nil
	}
	return &ShareInfo{
		Options: ShareOptions{w.Options.IsCollaborative, w.Options.IsCommentable},
		Link:    ShareLink(w.ShareableURL), Token: ShareToken(w.ShareToken),
		Joined: w.IsJoined, Owned: w.IsOwned, Joinable: w.IsJoinable,
	}
}

type wireShared struct {
	ShareInfo *wireShareInfo `json:"shareInfo"`
}

func (w *wireShared) flaw() string {
	if w.ShareInfo == nil {
		return "no word of how the album is shared"
	}
	return ""
}

// ShareAlbum shares an album that this app created with all who get its link. The
// service offers no sharing since 2025-03-31, which IsUnsupported tells.
func (c *Client) ShareAlbum(ctx context.Context, id AlbumID, o ShareOptions) (ShareInfo, error) {
	const m = MethodAlbumsShare
	if err := checkID(m, string(id)); err != nil {
		return ShareInfo{}, err
	}
	in := struct {
		Options wireShareOptions `json:"sharedAlbumOptions"`
	}{wireShareOptions{o.Collaborative, o.Commentable}}
	var out wireShared
	if err := c.call(ctx, message{method: m, id: string(id)}, in, &out); err != nil {
		return ShareInfo{}, err
	}
	return *out.ShareInfo.info(), nil
}

// UnshareAlbum makes an album private again. All others lose sight of it, what
// they added leaves it, and its link and token die.
func (c *Client) UnshareAlbum(ctx context.Context, id AlbumID) error {
	const m = MethodAlbumsUnshare
	if err := checkID(m, string(id)); err != nil {
		return err
	}
	return c.call(ctx, message{method: m, id: string(id)}, struct{}{}, &void{})
}

// ListSharedAlbums reads one page of the albums that are shared: the user's own
// and those that the user has joined.
func (c *Client) ListSharedAlbums(ctx context.Context, r ListAlbums) (AlbumsPage, error) {
	return c.albums(ctx, MethodSharedList, r)
}

// GetSharedAlbum reads a shared album, joined or not.
func (c *Client) GetSharedAlbum(ctx context.Context, t ShareToken) (Album, error) {
	const m = MethodSharedGet
	if err := t.check(m); err != nil {
		return Album{}, err
	}
	return c.album(ctx, message{method: m, id: string(t), secrets: []string{string(t)}}, nil)
}

type wireToken struct {
	ShareToken string `json:"shareToken"`
}

type wireJoined struct {
	Album wireAlbum `json:"album"`
}

func (w *wireJoined) flaw() string { return w.Album.flaw() }

// JoinAlbum joins a shared album that this app shared for another user.
func (c *Client) JoinAlbum(ctx context.Context, t ShareToken) (Album, error) {
	const m = MethodSharedJoin
	if err := t.check(m); err != nil {
		return Album{}, err
	}
	var out wireJoined
	if err := c.call(ctx, message{method: m, secrets: []string{string(t)}}, wireToken{string(t)}, &out); err != nil {
		return Album{}, err
	}
	return out.Album.album(), nil
}

// LeaveAlbum leaves a shared album that the user has joined and does not own.
func (c *Client) LeaveAlbum(ctx context.Context, t ShareToken) error {
	const m = MethodSharedLeave
	if err := t.check(m); err != nil {
		return err
	}
	return c.call(ctx, message{method: m, secrets: []string{string(t)}}, wireToken{string(t)}, &void{})
}

// check refuses what can't be a share token, and does not quote it.
func (t ShareToken) check(m Method) error {
	if checkID(m, string(t)) != nil {
		return invalid(m, "the share token is none: expected the one that albums.share answered")
	}
	return nil
}
