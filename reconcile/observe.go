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

// maxPages bounds a listing whose page tokens never end.
const maxPages = 2000

// sweep lists all albums. A lost page fails the whole of it: half a list is no
// list (law 9).
func (r *Reconciler) sweep(ctx context.Context, mem *memory) (plan.Observed, error) {
	obs := plan.Observed{Albums: map[photos.AlbumID]photos.Album{}}
	r.o.Events(Event{Kind: Sweeping})
	token := ""
	for range maxPages {
		page, err := r.o.Reader.ListAlbums(ctx, photos.ListAlbums{PageSize: photos.MaxAlbumsPage, PageToken: token})
		if err != nil {
			return obs, fmt.Errorf("listing the albums: %w", err)
		}
		for _, a := range page.Albums {
			obs.Albums[a.ID] = a
		}
		if token = page.NextPageToken; token == "" {
			mem.live = obs.Albums
			return obs, nil
		}
	}
	return obs, fmt.Errorf("listing the albums: no end after %d pages", maxPages)
}

// refresh reads the albums that are worth it, within what today's calls leave
// beside the reserve for writes. An album that can't be read is marked and the
// others go on (law 10).
func (r *Reconciler) refresh(ctx context.Context, p *Pass, in *plan.Input) error {
	allowance := photos.DailyCalls
	if r.o.Budget != nil {
		left, err := r.o.Budget.LeftForReads(ctx)
		if err != nil {
			return err
		}
		allowance = left
	}
	p.Reads = plan.Refresh(*in, allowance)
	for i, read := range p.Reads {
		r.o.Events(Event{Kind: Reading, Key: read.Key, Done: i, Total: len(p.Reads)})
		err := r.read(ctx, p, read)
		if photos.IsAlbumGone(err) && read.Kind == plan.ReadAlbum {
			err = p.mem.gone(ctx, read.Key, p.At)
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

func (r *Reconciler) read(ctx context.Context, p *Pass, read plan.Read) error {
	if read.Kind == plan.ReadAlbum {
		_, err := r.o.Reader.GetAlbum(ctx, read.Album)
		return err
	}
	items, err := r.contents(ctx, read.Album)
	if err != nil {
		return err
	}
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

// contents reads an album's items in their order. Pages may be empty, and the
// first entry of one may repeat the last of the page before.
func (r *Reconciler) contents(ctx context.Context, id photos.AlbumID) ([]photos.Item, error) {
	var items []photos.Item
	seen := map[photos.ItemID]bool{}
	token := ""
	for range maxPages {
		page, err := r.o.Reader.SearchItems(ctx, photos.SearchItems{Album: id, PageSize: photos.MaxItemsPage, PageToken: token})
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if !seen[item.ID] {
				seen[item.ID] = true
				items = append(items, item)
			}
		}
		if token = page.NextPageToken; token == "" {
			return items, nil
		}
	}
	return nil, fmt.Errorf("no end after %d pages", maxPages)
}

// deleted looks which of the missing members are gone from the library, too: a
// member taken out of an album and a photograph thrown away are not the same.
func (r *Reconciler) deleted(ctx context.Context, missing []photos.ItemID) ([]photos.ItemID, error) {
	var gone []photos.ItemID
	for chunk := range slices.Chunk(missing, photos.MaxBatch) {
		results, err := r.o.Reader.BatchGetItems(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for i, res := range results {
			if res.Item == nil {
				gone = append(gone, chunk[i])
			}
		}
	}
	return gone, nil
}

// sweepShows and readShows are the doubts that a sweep settles, and those that
// need a read of their album.
func sweepShows(k plan.Kind) bool { return k == plan.CreateAlbum || k == plan.PatchAlbum }
func readShows(k plan.Kind) bool  { return !sweepShows(k) }

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
