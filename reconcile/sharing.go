package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// SharingReader is what looking at shared albums needs of the Photos API. Google
// withdrew it on 2025-03-31.
type SharingReader interface {
	GetSharedAlbum(context.Context, photos.ShareToken) (photos.Album, error)
	ListSharedAlbums(context.Context, photos.ListAlbums) (photos.AlbumsPage, error)
}

// SharingWriter is what sharing, joining and leaving needs. Each method is one
// write.
type SharingWriter interface {
	ShareAlbum(context.Context, photos.AlbumID, photos.ShareOptions) (photos.ShareInfo, error)
	UnshareAlbum(context.Context, photos.AlbumID) error
	JoinAlbum(context.Context, photos.ShareToken) (photos.Album, error)
	LeaveAlbum(context.Context, photos.ShareToken) error
}

// look reads what plan.Looks picks. What can't be read is marked, and the rest
// goes on (law 10).
func (r *Reconciler) look(ctx context.Context, p *Pass, in *plan.Input) error {
	in.Recorded = p.mem.rec
	allowance, err := r.allowance(ctx)
	if err != nil {
		return err
	}
	reads := plan.Looks(*in, allowance)
	p.Reads = append(p.Reads, reads...)
	for i, read := range reads {
		if p.mem.rec.NoSharing && read.Kind != plan.ReadAlbum {
			continue // the look before it has taught so
		}
		r.o.Events(Event{Kind: Reading, Key: read.Key, Done: i, Total: len(reads)})
		err := r.lookAt(ctx, in, read)
		if photos.IsUnsupported(err) {
			p.mem.rec.NoSharing, err = true, nil
		}
		if fatal := stops(err); fatal != nil {
			return fatal
		}
		if err != nil {
			r.log.Warn("not looked at", "key", read.Key, "err", err)
		}
	}
	in.Recorded = p.mem.rec
	return ctx.Err()
}

// lookAt makes one look.
func (r *Reconciler) lookAt(ctx context.Context, in *plan.Input, read plan.Read) error {
	switch read.Kind {
	case plan.ReadAlbum:
		live, err := r.o.Reader.GetAlbum(ctx, read.Album)
		switch {
		case photos.IsAlbumGone(err):
			delete(in.Observed.Albums, read.Album)
			return nil
		case err != nil:
			if in.Observed.Unread == nil {
				in.Observed.Unread = map[photos.AlbumID]string{}
			}
			in.Observed.Unread[read.Album] = err.Error()
			return err
		}
		in.Observed.Albums[read.Album] = live
		return nil
	case plan.ReadShared:
		return r.lookByToken(ctx, in, read.Key)
	}
	return r.listShared(ctx, in)
}

func (r *Reconciler) lookByToken(ctx context.Context, in *plan.Input, key spec.Key) error {
	for i := range in.Desired.Joined {
		j := &in.Desired.Joined[i]
		if j.Key != key {
			continue
		}
		token := photos.ShareToken(j.Token)
		live, err := r.o.Reader.GetSharedAlbum(ctx, token)
		seen := sharedAlbum(live, token)
		switch {
		case photos.IsUnsupported(err):
			return err
		case photos.IsAlbumGone(err), photos.IsInvalid(err):
			seen.Dead, err = true, nil
		case err != nil:
			seen.Unread = err.Error()
		}
		in.Observed.See(j.Token.Hash(), seen)
		return err
	}
	return nil
}

// sharedAlbum is what an answer tells of membership.
func sharedAlbum(a photos.Album, token photos.ShareToken) plan.SharedAlbum {
	out := plan.SharedAlbum{Album: a.ID, Title: a.Title, Token: token}
	if a.Share != nil {
		out.Joined, out.Owned = a.Share.Joined, a.Share.Owned
	}
	return out
}

// listShared reads the list of shared albums. Half a list is no list (law 9).
func (r *Reconciler) listShared(ctx context.Context, in *plan.Input) error {
	found := map[string]plan.SharedAlbum{}
	var w photos.Walk
	for !w.Over() {
		page, err := r.o.Reader.ListSharedAlbums(ctx, photos.ListAlbums{PageSize: photos.MaxAlbumsPage, PageToken: w.Token()})
		if err != nil {
			return fmt.Errorf("listing the shared albums: %w", err)
		}
		albums, err := w.Albums(page)
		if err != nil {
			return fmt.Errorf("listing the shared albums: %w", err)
		}
		for _, a := range albums {
			if a.Share != nil && a.Share.Token != "" {
				found[plan.HashToken(a.Share.Token)] = sharedAlbum(a, a.Share.Token)
			}
		}
	}
	for hash, a := range found {
		in.Observed.See(hash, a)
	}
	in.Observed.SharedListed = true
	return nil
}

// share makes one of the calls of sharing.
func (w *work) share(ctx context.Context, a *plan.Action, album photos.AlbumID) (outcome, error) {
	o := outcome{kind: a.Kind, key: a.Key, tokenHash: plan.HashToken(a.Token)}
	api := w.r.o.Writer
	switch a.Kind {
	case plan.ShareAlbum:
		info, err := api.ShareAlbum(ctx, album, *a.Share)
		o.shared = plan.SharedBy(&info)
		return o, err
	case plan.UnshareAlbum:
		o.shared = plan.SharedBy(nil)
		return o, api.UnshareAlbum(ctx, album)
	case plan.JoinAlbum:
		joined, err := api.JoinAlbum(ctx, a.Token)
		o.album = joined
		return o, err
	}
	return o, api.LeaveAlbum(ctx, a.Token)
}

// refusedSharing deals with a call of sharing that did nothing. What the service
// offers no more is not a failure: the report tells how to do it by hand.
func (w *work) refusedSharing(res *Result, err error) {
	res.Status, res.Err = Failed, err
	if photos.IsUnsupported(err) {
		res.Status, res.Err = Unsupported, errors.New(plan.ByHand(&res.Action))
		w.mem.rec.NoSharing = true
	}
}

// shareEffects is an outcome of sharing in the state's rows.
func shareEffects(o outcome, now time.Time) state.Effects {
	switch o.kind {
	case plan.ShareAlbum, plan.UnshareAlbum:
		return state.Effects{Shares: []state.Share{shareRow(o.key, o.shared, now)}}
	case plan.JoinAlbum:
		return state.Effects{Join: []state.Joined{{Key: string(o.key), Album: string(o.album.ID), Title: o.album.Title, TokenHash: o.tokenHash, At: now}}}
	case plan.LeaveAlbum:
		return state.Effects{Leave: []string{string(o.key)}}
	}
	return state.Effects{}
}

// takeSharing is the same for the memory of this process.
func (m *memory) takeSharing(o outcome) {
	switch o.kind {
	case plan.ShareAlbum, plan.UnshareAlbum:
		if b := m.rec.Albums[o.key]; b != nil {
			b.Shared = o.shared
		}
	case plan.JoinAlbum:
		m.rec.Joined[o.key] = plan.JoinedAlbum{Album: o.album.ID, Title: o.album.Title, TokenHash: o.tokenHash}
	case plan.LeaveAlbum:
		delete(m.rec.Joined, o.key)
	}
}

func shareRow(key spec.Key, s *plan.Shared, at time.Time) state.Share {
	return state.Share{
		Key: string(key), Shared: s.On, Collaborative: s.Options.Collaborative, Commentable: s.Options.Commentable, TokenHash: s.TokenHash, At: at,
	}
}

// recallSharing loads what is remembered of sharing.
func (m *memory) recallSharing(ctx context.Context, v state.View) error {
	m.rec.Joined = make(map[spec.Key]plan.JoinedAlbum, len(v.Joined))
	for _, j := range v.Joined {
		m.rec.Joined[spec.Key(j.Key)] = plan.JoinedAlbum{Album: photos.AlbumID(j.Album), Title: j.Title, TokenHash: j.TokenHash}
	}
	for _, s := range v.Shares {
		if b := m.rec.Albums[spec.Key(s.Key)]; b != nil {
			b.Shared = &plan.Shared{On: s.Shared, Options: photos.ShareOptions{Collaborative: s.Collaborative, Commentable: s.Commentable}, TokenHash: s.TokenHash}
		}
	}
	unsupported, err := m.account.Unsupported(ctx)
	if err != nil {
		return &MemoryError{err}
	}
	for method := range unsupported {
		m.rec.NoSharing = m.rec.NoSharing || photos.Method(method).Sharing()
	}
	yes, err := m.account.Approvals(ctx)
	if err != nil {
		return &MemoryError{err}
	}
	m.rec.Approved = make(map[string]int, len(yes))
	for _, a := range yes {
		m.rec.Approved[a.Plan] = a.Removals
	}
	return nil
}

// agreeOnSharing takes over how albums are shared where the account and the spec
// agree, and forgets memberships that are over, so that a change that somebody
// makes later is known for one.
func (m *memory) agreeOnSharing(ctx context.Context, p *Pass, desired *spec.Desired) error {
	if m.rec.NoSharing {
		return nil
	}
	var e state.Effects
	for i := range desired.Albums {
		d := &desired.Albums[i]
		if now := m.agreed(d); now != nil {
			m.rec.Albums[d.Key].Shared = now
			e.Shares = append(e.Shares, shareRow(d.Key, now, p.At))
		}
	}
	for key, rec := range m.rec.Joined {
		if p.left(rec) && !joins(desired, key, rec.TokenHash) {
			delete(m.rec.Joined, key)
			e.Leave = append(e.Leave, string(key))
		}
	}
	return m.record(ctx, "how albums are shared", "", e)
}

// agreed is how an album is shared, where that is as the spec wants it and is not
// remembered so; nil otherwise.
func (m *memory) agreed(d *spec.DesiredAlbum) *plan.Shared {
	b := m.rec.Albums[d.Key]
	if b == nil || b.Gone || !d.Share.Managed {
		return nil
	}
	live, seen := m.live[b.ID]
	now := plan.SharedBy(live.Share)
	known := plan.Shared{}
	if b.Shared != nil {
		known = *b.Shared
	}
	want := photos.ShareOptions{Collaborative: d.Share.Collaborative, Commentable: d.Share.Commentable}
	if !seen || *now == known || now.On != d.Share.On || now.On && now.Options != want {
		return nil
	}
	return now
}

// left reports whether a membership was seen to be over.
func (p *Pass) left(rec plan.JoinedAlbum) bool {
	live, looked := p.shared[rec.TokenHash]
	if !looked {
		return p.sharedListed
	}
	return !live.Joined && live.Unread == ""
}

// joins reports whether the spec wants membership by the very token.
func joins(desired *spec.Desired, key spec.Key, hash string) bool {
	for _, j := range desired.Joined {
		if j.Key == key {
			return j.Member && j.Token.Hash() == hash
		}
	}
	return false
}

// useApproval takes a yes for used up before anything of its plan is done: a plan
// that ends half-way is another one.
func (m *memory) useApproval(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	delete(m.rec.Approved, id)
	return m.record(ctx, "that the yes to "+id+" is used", "", state.Effects{UseApproval: []string{id}})
}
