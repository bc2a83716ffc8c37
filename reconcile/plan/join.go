package plan

import (
	"albumen/photos"
	"albumen/spec"
)

// SharedAlbum is a shared album of somebody else, as a look by its token or at the
// list of shared albums found it.
type SharedAlbum struct {
	Album  photos.AlbumID
	Title  string
	Token  photos.ShareToken
	Joined bool
	Owned  bool   // it is the account's own
	Dead   bool   // the token lets nobody in (any more)
	Unread string // why it could not be looked at; "" when all is well
}

// JoinedAlbum is what is remembered of a shared album that we joined.
type JoinedAlbum struct {
	Album     photos.AlbumID
	Title     string
	TokenHash string
}

// joins plans membership in shared albums of others.
//
//	spec           observed    recorded  plan
//	member         joined      any       nothing
//	member         not joined  none      join; cause spec
//	member         not joined  joined    drift left_in_app; join again
//	another token  joined      joined    leave the one of the old token, join the new
//	not a member   joined      any       leave
//	not a member   not joined  any       nothing
//	not there      joined      joined    leave: we joined it
//	not there      any         none      nothing: somebody else did
//
// A token that lets nobody in, or that is of the account's own album, is deferred
// not_found; what could not be looked at is stale, because a failed look is not one
// that found nobody.
func (m *maker) joins() {
	named := map[spec.Key]bool{}
	for i := range m.in.Desired.Joined {
		j := &m.in.Desired.Joined[i]
		named[j.Key] = true
		if m.in.Policy.selected(j.Key) {
			m.join(j)
		}
	}
	for _, key := range sortedKeys(m.in.Recorded.Joined) {
		if rec := m.in.Recorded.Joined[key]; !named[key] && m.in.Policy.selected(key) && m.doubts[key] == 0 {
			m.leaveOld(key, rec, "no longer in the spec, and albumen had joined it")
		}
	}
}

func (m *maker) join(j *spec.Joined) {
	rec, ours := m.in.Recorded.Joined[j.Key]
	hash := j.Token.Hash()
	other := ours && rec.TokenHash != hash
	ours = ours && !other
	if m.doubts[j.Key] > 0 {
		m.waits(j, InDoubt, "the answer to a write was lost, and what became of it does not show yet", "the next pass looks again")
		return
	}
	if m.in.Recorded.NoSharing {
		if j.Member != ours {
			m.byHand(j.Key, j.At, joinByHand(j.Member))
		}
		return
	}
	left := other && m.leaveOld(j.Key, rec, "the spec has another token")
	live, looked := m.in.Observed.Shared[hash]
	switch {
	case !looked:
		m.waits(j, Stale, "it was not looked at yet", "the next pass with calls to spare looks")
	case live.Unread != "":
		m.waits(j, Stale, "it could not be looked at: "+live.Unread, "nothing is done about it until it can")
	case live.Dead && !j.Member:
	case live.Dead:
		m.waits(j, NotFound, "its token lets nobody in (any more)", "ask the album's owner for a new one")
	case live.Owned:
		m.waits(j, NotFound, "its token is of an album of this very account", "nobody joins an album of his own")
	case live.Joined == j.Member:
	case !j.Member:
		a := Action{Key: j.Key, Kind: LeaveAlbum, Album: live.Album, Title: live.Title, Token: photos.ShareToken(j.Token), Cause: BySpec, Reason: "member: false"}
		m.plan.Actions = append(m.plan.Actions, a)
	default:
		a := Action{Key: j.Key, Kind: JoinAlbum, Album: live.Album, Title: live.Title, Token: photos.ShareToken(j.Token), Swap: left, Cause: BySpec, Reason: "in the spec, not joined"}
		if ours {
			a.Cause, a.Reason = External, "somebody left it"
			m.drift(j.Key, DriftLeft, 1, "somebody left the shared album")
		}
		m.plan.Actions = append(m.plan.Actions, a)
	}
}

// leaveOld plans to leave an album that we joined by a token which the spec no
// longer has; the list of shared albums tells it again. It reports whether there
// is something to leave.
func (m *maker) leaveOld(key spec.Key, rec JoinedAlbum, why string) bool {
	live, seen := m.in.Observed.Shared[rec.TokenHash]
	switch {
	case m.in.Recorded.NoSharing:
		m.byHand(key, spec.Place{}, joinByHand(false))
	case !seen && !m.in.Observed.SharedListed:
		m.plan.Deferred = append(m.plan.Deferred, Deferred{
			Key: key, Reason: Stale, Text: "the list of shared albums, which tells whether it is still joined, was not read", Hint: "the next pass reads it", Count: 1,
		})
	case live.Joined && !live.Owned:
		m.plan.Actions = append(m.plan.Actions, Action{Key: key, Kind: LeaveAlbum, Album: live.Album, Title: live.Title, Token: live.Token, Cause: BySpec, Reason: why})
		return true
	}
	return false
}

func (m *maker) waits(j *spec.Joined, reason Reason, text, hint string) {
	m.plan.Deferred = append(m.plan.Deferred, Deferred{Key: j.Key, Reason: reason, Text: text, Hint: hint, Count: 1, At: j.At})
}

// joinByHand tells how somebody joins or leaves in the app.
func joinByHand(member bool) string {
	if member {
		return "by hand: open the link that the album's owner has sent, and tap Join"
	}
	return "by hand: open the album in Google Photos, its menu, and leave the album"
}

// settleJoin compares membership with what it should have come to be.
func (v *Verdict) settleJoin(in *Input) {
	w := v.Doubt.Wish
	live, looked := in.Observed.Shared[w.TokenHash]
	looked = looked || in.Observed.SharedListed
	switch {
	case in.Recorded.NoSharing:
		v.Fate, v.Text = DidNot, "the service tells nothing of it any more"
	case !looked:
		v.Fate, v.Text = Wait, "it was not looked at since"
	case live.Unread != "":
		v.Fate, v.Text = Wait, "it could not be looked at: "+live.Unread
	case live.Joined == (w.Kind == JoinAlbum):
		v.Fate, v.Text, v.Album = Happened, "its membership shows it", photos.Album{ID: live.Album, Title: live.Title}
	default:
		v.Fate, v.Text = DidNot, "its membership does not show it"
	}
}
