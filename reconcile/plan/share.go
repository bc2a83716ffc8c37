package plan

import (
	"fmt"

	"albumen/photos"
	"albumen/spec"
)

// Shared is how an album was shared last, by us or as the spec wanted it.
type Shared struct {
	On        bool
	Options   photos.ShareOptions
	TokenHash string // never the token: whoever has one can join
}

// SharedBy is what is remembered of an album that the service shows shared so; nil
// stands for one that is not.
func SharedBy(info *photos.ShareInfo) *Shared {
	if info == nil {
		return &Shared{}
	}
	return &Shared{On: true, Options: info.Options, TokenHash: HashToken(info.Token)}
}

// HashToken tells one share token from another without telling either.
func HashToken(t photos.ShareToken) string { return spec.Secret(t).Hash() }

// on reports whether the album was shared when we last had to do with it.
func (s *Shared) on() bool { return s != nil && s.On }

// share plans how an album is shared. It comes last, when what belongs in has come
// in and what does not has gone.
//
//	desired   observed       recorded    plan
//	not said  any            any         nothing
//	off       not shared     any         nothing
//	off       shared         any         unshare
//	on        not shared     not shared  share; cause spec
//	on        not shared     shared      drift share; share again, with a new link
//	on        shared so      any         nothing
//	on        other options  any         deferred needs_reshare; with reshare: unshare, share
//
// Where the service offers no sharing what would be done is deferred unsupported,
// and nothing can be observed.
func (m *maker) share(d *spec.DesiredAlbum, b *Bound, live *photos.ShareInfo) {
	if !d.Share.Managed {
		return
	}
	want := photos.ShareOptions{Collaborative: d.Share.Collaborative, Commentable: d.Share.Commentable}
	switch {
	case !d.Share.On && live == nil && !(m.in.Recorded.NoSharing && b.Shared.on()):
	case d.Share.On && live != nil && live.Options == want:
	case m.in.Recorded.NoSharing:
		m.byHand(d.Key, d.At, shareByHand(d.Share.On, b.URL))
	case !d.Share.On:
		m.plan.Actions = append(m.plan.Actions, m.unshare(d.Key, b, d, live, "share: off"))
	case live == nil:
		a := Action{Key: d.Key, Kind: ShareAlbum, Album: b.ID, Title: b.Title, Share: &want, Desired: d, Cause: BySpec, Reason: "in the spec, not shared"}
		if b.Shared.on() {
			a.Cause, a.Reason = External, "somebody unshared it; it gets a new link"
			m.drift(d.Key, DriftShare, 1, "somebody unshared the album")
		}
		m.plan.Actions = append(m.plan.Actions, a)
	case !d.Share.Renew:
		m.deferred(d, NeedsReshare, 1, fmt.Sprintf("it is shared so that %s, and the spec wants that %s", permitted(live.Options), permitted(want)),
			"what is permitted can't be changed while it is shared: with reshare: true it is unshared and shared again, under a new link")
	default:
		out := m.unshare(d.Key, b, d, live, "what is permitted differs, reshare: true")
		m.plan.Actions = append(m.plan.Actions, out, Action{
			Key: d.Key, Kind: ShareAlbum, Album: b.ID, Title: b.Title, Share: &want, Desired: d, Swap: true, Cause: out.Cause,
			Reason: "reshare: true; it gets a new link",
		})
	}
}

// unshare makes the action that makes an album private again.
func (m *maker) unshare(key spec.Key, b *Bound, d *spec.DesiredAlbum, live *photos.ShareInfo, reason string) Action {
	a := Action{Key: key, Kind: UnshareAlbum, Album: b.ID, Title: b.Title, Desired: d, Cause: BySpec, Reason: reason}
	if !b.Shared.on() || b.Shared.Options != live.Options {
		a.Cause = External
		m.drift(key, DriftShare, 1, fmt.Sprintf("somebody shared the album so that %s", permitted(live.Options)))
	}
	if live.Options.Collaborative {
		// What others added leaves the album with them (Google's sharing guide). Whose
		// an item is does not show, so that all but our own counts.
		for i := range b.Known {
			if !b.Known[i].Ours {
				a.Loses++
			}
		}
	}
	return a
}

// unshareOrphan carries out onRemove: unshare.
func (m *maker) unshareOrphan(key spec.Key, b *Bound) {
	live := m.in.Observed.Albums[b.ID].Share
	switch {
	case m.doubts[key] > 0 || live == nil && !b.Shared.on():
	case m.in.Recorded.NoSharing:
		m.byHand(key, spec.Place{}, shareByHand(false, b.URL))
	case live != nil:
		m.plan.Actions = append(m.plan.Actions, m.unshare(key, b, nil, live, "the album left the spec, onRemove: unshare"))
	}
}

// permitted says what the people of a shared album may do.
func permitted(o photos.ShareOptions) string {
	switch {
	case o.Collaborative && o.Commentable:
		return "others may add pictures and comment"
	case o.Collaborative:
		return "others may add pictures"
	case o.Commentable:
		return "others may comment"
	}
	return "others may look"
}

// withdrawn says what no app can do any more.
const withdrawn = "Google lets no app share, join or leave albums since 2025"

// byHand defers what only a person can do, in Google Photos itself.
func (m *maker) byHand(key spec.Key, at spec.Place, how string) {
	m.plan.Deferred = append(m.plan.Deferred, Deferred{
		Key: key, Reason: Unsupported, Text: withdrawn, Hint: how, Count: 1, At: at, ByHand: true,
	})
}

// ByHand tells how a person does what the service offers no more.
func ByHand(a *Action) string {
	if a.Kind.Joining() {
		return withdrawn + "; " + joinByHand(a.Kind == JoinAlbum)
	}
	return withdrawn + "; " + shareByHand(a.Kind == ShareAlbum, "")
}

// shareByHand tells how an album is shared or unshared in the app.
func shareByHand(on bool, url string) string {
	how := "by hand: open the album in Google Photos, its menu, Options, and turn link sharing off"
	if on {
		how = "by hand: open the album in Google Photos, tap the share icon and create a link; its menu, Options, says what others may do"
	}
	if url != "" {
		how += ": " + url
	}
	return how
}

// settleShare compares how an album is shared with how it should have come to be.
// The sweep shows it; where that shows nothing, the album was looked at by itself.
func (v *Verdict) settleShare(in *Input) {
	w := v.Doubt.Wish
	live, seen := in.Observed.Albums[w.Album]
	shared := live.Share != nil
	switch {
	case in.Observed.Unread[w.Album] != "":
		v.Fate, v.Text = Wait, "the album could not be looked at: "+in.Observed.Unread[w.Album]
	case !seen:
		v.Fate, v.Text = DidNot, "its album is gone"
	case w.Kind == UnshareAlbum && !shared:
		v.Fate, v.Text = Happened, "the album is private"
	case w.Kind == ShareAlbum && shared && w.Share != nil && live.Share.Options == *w.Share:
		v.Fate, v.Text, v.Share = Happened, "the album is shared", live.Share
	case shared:
		v.Fate, v.Text = DidNot, "the album is shared as before"
	default:
		v.Fate, v.Text = DidNot, "the album is not shared"
	}
}
