package emulator

import (
	"net/url"
	"strings"
)

// wireShare is a ShareInfo.
type wireShare struct {
	Options      wireShareOptions `json:"sharedAlbumOptions"`
	ShareableURL string           `json:"shareableUrl,omitempty"`
	ShareToken   string           `json:"shareToken,omitempty"`
	IsJoined     bool             `json:"isJoined,omitempty"`
	IsOwned      bool             `json:"isOwned,omitempty"`
	IsJoinable   bool             `json:"isJoinable,omitempty"`
}

type wireShareOptions struct {
	IsCollaborative bool `json:"isCollaborative,omitempty"`
	IsCommentable   bool `json:"isCommentable,omitempty"`
}

// wireContributor is a ContributorInfo.
type wireContributor struct {
	ProfilePictureBaseURL string `json:"profilePictureBaseUrl,omitempty"`
	DisplayName           string `json:"displayName,omitempty"`
}

// The answers of the sharing methods.
type (
	shareAnswer struct {
		ShareInfo *wireShare `json:"shareInfo"`
	}
	joinAnswer struct {
		Album wireAlbum `json:"album"`
	}
	sharedAlbumList struct {
		SharedAlbums  []wireAlbum `json:"sharedAlbums,omitempty"`
		NextPageToken string      `json:"nextPageToken,omitempty"`
	}
)

// linkPrefix is what links to shared albums begin with.
const linkPrefix = "https://photos.app.goo.gl/"

// link is the address of a shared album for people. It stands for the token and
// does not tell it.
func (w *world) link(token string) string {
	code := strings.NewReplacer("-", "x", "_", "y").Replace(w.ids.sign("share link", token))
	return linkPrefix + code[:17]
}

// tellsSharing reports whether the caller learns how an album is shared: only if
// the app made it and the token may share (discovery document).
func (c *call) tellsSharing(a *album) bool {
	return a.share != nil && c.has(scopeShare) && c.ours(a.maker)
}

// shareOf is the album's ShareInfo for the caller; nil without.
func (c *call) shareOf(a *album) *wireShare {
	if !c.tellsSharing(a) {
		return nil
	}
	out := &wireShare{
		Options:  wireShareOptions{IsCollaborative: a.share.Collaborative, IsCommentable: a.share.Commentable},
		IsJoined: a.reaches(c.maker.User), IsOwned: c.mine(a.maker), IsJoinable: a.share.linked,
	}
	if a.share.linked {
		out.ShareToken = c.world.ids.text(shareKind, a.share.token)
		out.ShareableURL = c.world.link(out.ShareToken)
	}
	return out
}

// contributorOf is who owns an item of a shared album; nil for callers that do
// not learn it.
func (c *call) contributorOf(a *album, n number) *wireContributor {
	if !c.tellsSharing(a) {
		return nil
	}
	name := c.world.items[n].user()
	return &wireContributor{DisplayName: name, ProfilePictureBaseURL: c.base + facePath + url.PathEscape(name)}
}

// shareAlbum is albums.share.
func (c *call) shareAlbum() (any, error) {
	var req struct {
		SharedAlbumOptions struct {
			IsCollaborative bool `json:"isCollaborative"`
			IsCommentable   bool `json:"isCommentable"`
		} `json:"sharedAlbumOptions"`
	}
	if err := c.decode(&req); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.ownAlbum(c.id, toShare)
	if err != nil {
		return nil, err
	}
	switch {
	case a.share == nil:
		options := share{Collaborative: req.SharedAlbumOptions.IsCollaborative, Commentable: req.SharedAlbumOptions.IsCommentable}
		if err := c.commit(c.world.share(a, c.maker, options, c.choices.KeepShareTokens)); err != nil {
			return nil, err
		}
	case c.choices.RefuseShareTwice:
		return nil, invalid("Album is already shared.")
	}
	return shareAnswer{c.shareOf(a)}, nil
}

// unshareAlbum is albums.unshare.
func (c *call) unshareAlbum() (any, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.ownAlbum(c.id, toShare)
	switch {
	case err != nil:
		return nil, err
	case a.share == nil && !c.choices.UnshareTwice:
		return nil, invalid("Album is not shared.")
	case a.share == nil:
		return struct{}{}, nil
	}
	return struct{}{}, c.commit(a.unshare(c.world)...)
}

// listSharedAlbums is sharedAlbums.list: the user's shared albums and those that
// the user joined.
func (c *call) listSharedAlbums() (any, error) {
	albums, next, err := c.walkAlbums(func(a *album) bool { return a.share != nil && a.reaches(c.maker.User) })
	if err != nil {
		return nil, err
	}
	return sharedAlbumList{albums, next}, nil
}

// sharedAlbum finds the album of a share token. An app learns of no other's.
func (c *call) sharedAlbum(token string) (*album, error) {
	a := c.world.shared(token)
	switch {
	case a != nil && c.ours(a.maker) && c.ours(a.share.maker):
		return a, nil
	case c.choices.RefuseDeadShareToken:
		return nil, invalid("Request contains an invalid share token.")
	default:
		return nil, notFound(textGone)
	}
}

// getSharedAlbum is sharedAlbums.get, for those who joined and those who did not.
func (c *call) getSharedAlbum() (any, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a, err := c.sharedAlbum(c.id)
	if err != nil {
		return nil, err
	}
	return c.albumOf(a), nil
}

// readShareToken reads the request of join and of leave.
func (c *call) readShareToken() (string, error) {
	var req struct {
		ShareToken string `json:"shareToken"`
	}
	if err := c.decode(&req); err != nil {
		return "", err
	}
	if req.ShareToken == "" {
		return "", invalid("Request must contain a share token.")
	}
	return req.ShareToken, nil
}

// joinAlbum is sharedAlbums.join.
func (c *call) joinAlbum() (any, error) {
	token, err := c.readShareToken()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.sharedAlbum(token)
	if err != nil {
		return nil, err
	}
	switch {
	case c.mine(a.maker):
		if !c.choices.OwnerJoins {
			return nil, invalid("The owner of a shared album cannot join it.")
		}
	case a.joined(c.maker.User):
		if c.choices.RefuseJoinTwice {
			return nil, invalid("The user has already joined the shared album.")
		}
	default:
		if err := c.commit(change{Op: opJoin, Album: a.number, maker: maker{User: c.maker.User}}); err != nil {
			return nil, err
		}
	}
	return joinAnswer{c.albumOf(a)}, nil
}

// leaveAlbum is sharedAlbums.leave.
func (c *call) leaveAlbum() (any, error) {
	token, err := c.readShareToken()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.sharedAlbum(token)
	switch {
	case err != nil:
		return nil, err
	case c.mine(a.maker):
		return nil, invalid("The owner of a shared album cannot leave it.")
	case a.joined(c.maker.User):
		return struct{}{}, c.commit(a.leave(c.world, c.maker.User, c.choices.LeaveTakesItems)...)
	case c.choices.LeaveTwice:
		return struct{}{}, nil
	default:
		return nil, invalid("The user has not joined the shared album.")
	}
}
