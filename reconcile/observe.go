package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// sweep lists all albums. A lost page fails the whole of it: half a list is no
// list (law 9).
func (r *Reconciler) sweep(ctx context.Context, mem *memory) (plan.Observed, error) {
	obs := plan.Observed{Albums: map[photos.AlbumID]photos.Album{}}
	r.o.Events(Event{Kind: Sweeping})
	var w photos.Walk
	for !w.Over() {
		page, err := r.o.Reader.ListAlbums(ctx, photos.ListAlbums{PageSize: photos.MaxAlbumsPage, PageToken: w.Token()})
		if err != nil {
			return obs, fmt.Errorf("listing the albums: %w", err)
		}
		albums, err := w.Albums(page)
		if err != nil {
			return obs, fmt.Errorf("listing the albums: %w", err)
		}
		for _, a := range albums {
			obs.Albums[a.ID] = a
		}
	}
	mem.live = obs.Albums
	return obs, nil
}

// refresh reads the albums that are worth it, within what today's calls leave
// beside the reserve for writes. An album that can't be read is marked and the
// others go on (law 10).
func (r *Reconciler) refresh(ctx context.Context, p *Pass, in *plan.Input) error {
	allowance, err := r.allowance(ctx)
	if err != nil {
		return err
	}
	reads := plan.Refresh(*in, allowance)
	p.Reads = append(p.Reads, reads...)
	if len(reads) > 0 && describes(&in.Desired) {
		p.mem.rec.Shown = map[photos.ItemID]string{}
	}
	for i, read := range reads {
		r.o.Events(Event{Kind: Reading, Key: read.Key, Done: i, Total: len(reads)})
		err := r.read(ctx, p, read)
		if photos.IsAlbumGone(err) && read.Kind == plan.ReadAlbum {
			if err = p.mem.gone(ctx, read.Key, p.At); err == nil && read.Left {
				err = r.left(ctx, p.mem, read.Key)
			}
		}
		if fatal := stops(err); fatal != nil {
			return fatal
		}
		if err != nil {
			r.log.Warn("album not read", "key", read.Key, "err", err)
			p.mem.stale(read, err)
		}
	}
	return ctx.Err()
}

// allowance is how many calls may go into reads beside the sweep.
func (r *Reconciler) allowance(ctx context.Context) (int, error) {
	if r.o.Budget == nil {
		return photos.DailyCalls, nil
	}
	return r.o.Budget.LeftForReads(ctx)
}

func (r *Reconciler) read(ctx context.Context, p *Pass, read plan.Read) error {
	switch read.Kind {
	case plan.ReadAlbum:
		_, err := r.o.Reader.GetAlbum(ctx, read.Album)
		return err
	case plan.ReadLeft:
		return r.left(ctx, p.mem, read.Key)
	}
	items, err := r.contents(ctx, read.Album)
	if err != nil {
		return err
	}
	p.mem.show(items)
	before := p.mem.bound(read)
	after, missing := plan.Absorb(before, items, p.mem.digests, time.Now())
	if before.ReadAt.IsZero() {
		// A write to the album was refused, maybe for one that was taken out before and
		// has been thrown away since.
		missing = plan.TakenOutInApp(&after)
	}
	gone, err := r.deleted(ctx, missing)
	if err != nil {
		return err
	}
	plan.Deleted(&after, gone)
	return p.mem.absorbed(ctx, read, after, missing)
}

// contents reads an album's items in their order.
func (r *Reconciler) contents(ctx context.Context, id photos.AlbumID) ([]photos.Item, error) {
	var items []photos.Item
	seen := map[photos.ItemID]bool{}
	var w photos.Walk
	for !w.Over() {
		page, err := r.o.Reader.SearchItems(ctx, photos.SearchItems{Album: id, PageSize: photos.MaxItemsPage, PageToken: w.Token(), Brief: true})
		if err != nil {
			return nil, err
		}
		read, err := w.Items(page)
		if err != nil {
			return nil, err
		}
		for _, item := range read {
			// An album that changes while it is read may show an item twice.
			if !seen[item.ID] {
				seen[item.ID] = true
				items = append(items, item)
			}
		}
	}
	return items, nil
}

// deleted looks which of the missing members are gone from the library, too: a
// member taken out of an album and a photograph thrown away are not the same.
func (r *Reconciler) deleted(ctx context.Context, missing []photos.ItemID) ([]photos.ItemID, error) {
	var gone []photos.ItemID
	for chunk := range slices.Chunk(missing, photos.MaxBatch) {
		found, err := r.goneOf(ctx, chunk)
		if err != nil {
			return nil, err
		}
		gone = append(gone, found...)
	}
	return gone, nil
}

// goneOf is deleted for one call. A poison item makes the call fail for good
// (gphotos-sync, issue 33): it is found by halving, and counts as there, because
// a failed read is not an empty read.
func (r *Reconciler) goneOf(ctx context.Context, ids []photos.ItemID) ([]photos.ItemID, error) {
	results, err := r.o.Reader.BatchGetItems(ctx, ids)
	switch {
	case failedInside(err) && len(ids) == 1:
		r.log.Warn("item can't be read", "item", ids[0], "err", err)
		return nil, nil
	case failedInside(err):
		first, err := r.goneOf(ctx, ids[:len(ids)/2])
		if err != nil {
			return nil, err
		}
		second, err := r.goneOf(ctx, ids[len(ids)/2:])
		return append(first, second...), err
	case err != nil:
		return nil, err
	}
	var gone []photos.ItemID
	for i, res := range results {
		switch {
		case res.Item != nil:
		case res.Status.Gone():
			gone = append(gone, ids[i])
		default:
			return nil, fmt.Errorf("looking for an item that is missing: %s", res.Status.Message)
		}
	}
	return gone, nil
}

// sweepShows and readShows are the doubts that a sweep and the looks after it
// settle, or that need no look, and those that need a read of their album. No read
// settles that of an enrichment.
func sweepShows(k plan.Kind) bool {
	return k == plan.CreateAlbum || k == plan.PatchAlbum || k == plan.PatchItem || k == plan.AddEnrichment || k.Sharing()
}
func readShows(k plan.Kind) bool { return !sweepShows(k) }

// settle ends the doubts of the kinds that can be judged by now (law 3). It is
// the same at the start, after a crash, and at each pass.
func (r *Reconciler) settle(ctx context.Context, p *Pass, in *plan.Input, judged func(plan.Kind) bool) error {
	in.Recorded = p.mem.rec
	for _, d := range slices.Clone(p.mem.rec.Doubts) {
		if !judged(d.Wish.Kind) {
			continue
		}
		v := plan.Settle(d, in)
		p.Verdicts = append(p.Verdicts, v)
		r.log.Info("doubt looked at", "kind", d.Wish.Kind, "key", d.Wish.Key, "fate", v.Fate, "why", v.Text)
		if err := p.mem.settled(ctx, v, p.At); err != nil {
			return err
		}
		if v.Fate == plan.Hold {
			if err := p.mem.hold(ctx, d); err != nil {
				return err
			}
		}
		in.Recorded = p.mem.rec
	}
	return nil
}

// stops returns the error that makes it useless to go on with anything of the
// account: nothing is left of the quota, or nobody may call.
func stops(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), photos.IsDailyQuota(err), photos.IsUnauthorized(err), photos.IsScopeMissing(err), photos.IsAPIDisabled(err),
		photos.IsGrantDead(err), photos.IsTokenMissing(err), photos.IsNoPhotos(err), errors.Is(err, ErrBudget):
		return err
	}
	var broken *MemoryError
	if errors.As(err, &broken) {
		return err
	}
	return nil
}

// MemoryError is a failure of the state: without its memory albumen stops,
// because what it can't remember it could do twice.
type MemoryError struct{ Err error }

// Error says what failed.
func (e *MemoryError) Error() string { return e.Err.Error() }

// Unwrap is the state's own error.
func (e *MemoryError) Unwrap() error { return e.Err }

func remembering(what string, key spec.Key, err error) error {
	if err == nil {
		return nil
	}
	return &MemoryError{fmt.Errorf("remembering %s of %s: %w", what, key, err)}
}
