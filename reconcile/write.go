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

// writeTries is how often a write is made that provably did not happen.
const writeTries = 4

// work carries out the actions of one pass.
type work struct {
	r       *Reconciler
	mem     *memory
	pass    *Pass
	uploads *uploads
	spoiled map[spec.Key]bool // albums in which something failed: nothing is taken out of them
	// succeeded says that the service carried something out: it fails at single
	// calls, not altogether.
	succeeded bool
	landed    map[string]int  // entries that were carried out, by action
	created   map[placed]bool // what came in by its bytes in this pass: never taken out by it
}

// placed is an item in an album.
type placed struct {
	key  spec.Key
	item photos.ItemID
}

// do carries out one action and everything that it may be cut into.
func (w *work) do(ctx context.Context, res *Result) {
	a := &res.Action
	if a.Kind.Sharing() && w.mem.rec.NoSharing {
		res.Status, res.Err = Unsupported, errors.New(plan.ByHand(a))
		return
	}
	if err := w.blocked(a); err != nil {
		res.Status, res.Err = Deferred, err
		return
	}
	var entries []entry
	switch a.Kind {
	case plan.CreateItems:
		entries = w.uploads.wait(ctx, a, res)
		if len(entries) == 0 {
			res.Status = Failed
			if res.Err == nil {
				res.Err = errors.New("none of its files could be sent")
			}
			if ctx.Err() != nil {
				res.Status, res.Err = Deferred, context.Cause(ctx)
			}
			w.spoiled[a.Key] = true
			return
		}
	case plan.AddItems, plan.RemoveItems, plan.PatchItem:
		for _, item := range a.Items {
			if a.Kind != plan.AddItems || !w.unmoved(a.Key, item) {
				entries = append(entries, entry{Item: item})
			}
		}
		if len(entries) == 0 {
			res.Status, res.Err = Deferred, errBefore
			return
		}
	}
	res.Status = Done
	w.cautiously(ctx, res, batch{action: a, entries: entries, id: a.ID})
	if a.Kind != plan.AddEnrichment && (res.Status != Done && res.Status != Unsupported || len(res.Refused) > 0) {
		w.spoiled[a.Key] = true
	}
}

// blocked says why an action can't be tried now. What takes something out waits
// until everything that comes in has come in.
func (w *work) blocked(a *plan.Action) error {
	b := w.mem.rec.Albums[a.Key]
	switch {
	case a.Swap && w.spoiled[a.Key]:
		return errBefore
	case a.Kind != plan.CreateAlbum && (b == nil && !a.Kind.Joining() || w.mem.doubtful(a.Key)):
		return errBefore
	case a.Kind != plan.CreateAlbum && b != nil && b.Gone:
		return errGoneAlbum
	case w.spoiled[a.Key] && (a.Kind == plan.RemoveItems || a.Kind == plan.PatchAlbum && !a.Cover.IsZero() && w.cover(a) == ""):
		return errBefore
	}
	if a.Kind == plan.RemoveItems {
		for _, item := range a.Items {
			if w.created[placed{a.Key, item.ID}] {
				return errors.New("one of its items has just come in by its bytes")
			}
		}
	}
	return nil
}

// entry is one item of a batch on its way; Token holds the bytes of a new one.
type entry struct {
	plan.Item
	Token photos.UploadToken
}

// batch is one write call in the making.
type batch struct {
	action  *plan.Action
	entries []entry
	id      string // of the intent
	split   bool   // it is a part of the action
	at      photos.Position
	again   bool           // it was refused once, perhaps for the sake of its neighbour
	told    []plan.Written // the album's enrichments with the one to be written, the last
}

// batch makes one call under its intent and takes in what came of it.
func (w *work) batch(ctx context.Context, res *Result, b batch) {
	if !w.place(&b) {
		res.Status, res.Err = Deferred, errHangs
		return
	}
	if err := w.mem.intend(ctx, b.id, w.wish(b)); err != nil {
		res.Status, res.Err = Deferred, err
		return
	}
	learned, err := w.call(ctx, b)
	switch {
	case err == nil:
		w.succeeded = true
		learned.tried = b.items()
		w.landed[b.action.ID] += len(b.entries)
		res.Undescribed = res.Undescribed || learned.undescribed
		err = w.mem.done(ctx, b.id, learned)
		for _, again := range learned.alone {
			w.batch(ctx, res, b.part([]entry{again}, "alone"))
		}
		res.Refused = append(res.Refused, learned.refusals()...)
		if b.action.Kind == plan.CreateItems {
			for _, k := range learned.placed {
				w.created[placed{b.action.Key, k.Item}] = true
			}
		}
		if err != nil {
			res.Status, res.Err = InDoubt, err
		}
	case photos.EffectOf(err) == photos.EffectNone:
		if failed := w.mem.refused(ctx, b.id); failed != nil {
			res.Status, res.Err = Failed, failed
			return
		}
		w.refused(ctx, res, b, err)
	default:
		w.mem.doubt(ctx, b.id, w.wish(b), err)
		if failedInside(err) {
			w.mem.suspect(ctx, b, err)
		}
		res.Status, res.Err = InDoubt, err
	}
}

// from is the index of the batch's first file among the desired members.
func (b batch) from() int {
	from := b.action.From
	for from < len(b.action.Desired.Members) && &b.action.Desired.Members[from] != b.entries[0].Member {
		from++
	}
	return from
}

func (b batch) part(entries []entry, suffix string) batch {
	return batch{action: b.action, entries: entries, id: b.id + "." + suffix, split: true}
}

// call sends the batch, and sends it again while the error proves that it did
// not happen and may pass. An interrupt lets the call in flight end for a while
// (photos.WriteGrace), so that nothing is left in doubt that needn't be.
func (w *work) call(ctx context.Context, b batch) (outcome, error) {
	for try := 1; ; try++ {
		learned, err := w.dispatch(ctx, b)
		if err == nil || photos.EffectOf(err) != photos.EffectNone || !photos.IsTemporary(err) || photos.IsDailyQuota(err) || try == writeTries {
			return learned, err
		}
		delay := photos.RetryDelay(err, try, w.r.o.Jitter)
		w.r.o.Events(Event{Kind: Waiting, Key: b.action.Key, Wait: delay, Why: photos.WaitReason(err), Err: err})
		select {
		case <-ctx.Done():
			return learned, err
		case <-time.After(delay):
		}
	}
}

// dispatch is the one place where actions become calls.
func (w *work) dispatch(ctx context.Context, b batch) (outcome, error) {
	a, api := b.action, w.r.o.Writer
	album := photos.AlbumID("")
	if bound := w.mem.rec.Albums[a.Key]; bound != nil {
		album = bound.ID
	}
	switch a.Kind {
	case plan.CreateAlbum:
		created, err := api.CreateAlbum(ctx, a.Title)
		return outcome{kind: a.Kind, key: a.Key, album: created, title: a.Title, onRemove: a.Desired.OnRemove}, err
	case plan.PatchAlbum:
		patch := photos.AlbumPatch{}
		if a.Title != "" {
			patch.Title = &a.Title
		}
		cover := w.cover(a)
		if cover != "" {
			patch.Cover = &cover
		}
		_, err := api.PatchAlbum(ctx, album, patch)
		return outcome{kind: a.Kind, key: a.Key, title: a.Title, cover: cover}, err
	case plan.PatchItem:
		return w.describe(ctx, a)
	case plan.AddItems:
		return outcome{kind: a.Kind, key: a.Key, placed: b.added()}, api.AddItems(ctx, album, b.ids())
	case plan.RemoveItems:
		return outcome{kind: a.Kind, key: a.Key, removed: b.ids()}, api.RemoveItems(ctx, album, b.ids())
	case plan.CreateItems:
		req := photos.CreateItems{Album: album, Position: b.at}
		for _, e := range b.entries {
			req.Items = append(req.Items, photos.NewItem{Token: e.Token, FileName: e.Member.Name, Description: e.Member.Description})
		}
		results, err := api.CreateItems(ctx, req)
		o := b.sort(results)
		o.generation = w.pass.Plan.Generation
		return o, err
	case plan.ShareAlbum, plan.UnshareAlbum, plan.JoinAlbum, plan.LeaveAlbum:
		return w.share(ctx, a, album)
	}
	if a.Kind == plan.AddEnrichment {
		return w.enrich(ctx, album, b)
	}
	return outcome{}, &photos.Error{Message: fmt.Sprintf("no call carries out %q", a.Kind)}
}

// cover is the item that a patch makes the cover, "" when it is not there yet.
func (w *work) cover(a *plan.Action) photos.ItemID {
	if !a.Cover.Digest.IsZero() {
		return w.mem.rec.Items[a.Cover.Digest]
	}
	return photos.ItemID(a.Cover.Item)
}

func (b batch) items() []plan.Item {
	items := make([]plan.Item, len(b.entries))
	for i, e := range b.entries {
		items[i] = e.Item
	}
	return items
}

func (b batch) ids() []photos.ItemID {
	ids := make([]photos.ItemID, len(b.entries))
	for i, e := range b.entries {
		ids[i] = e.ID
	}
	return ids
}

func (b batch) added() []plan.Known {
	known := make([]plan.Known, len(b.entries))
	for i, e := range b.entries {
		if e.Known != nil { // it was there before, and is moved
			known[i] = *e.Known
			known[i].Ours = true
			continue
		}
		known[i] = plan.Known{Item: e.ID, Digest: e.Member.Digest, Label: e.Member.Label, FileName: e.Member.Name, Ours: true}
	}
	return known
}

// wish is what the intent keeps of the batch.
func (w *work) wish(b batch) plan.Wish {
	a := b.action
	wish := plan.Wish{Key: a.Key, Kind: a.Kind, Title: a.Title, Description: a.Description}
	if bound := w.mem.rec.Albums[a.Key]; bound != nil {
		wish.Album = bound.ID
	}
	switch a.Kind {
	case plan.CreateAlbum:
		wish.Others = w.mem.twins(a.Title)
	case plan.PatchAlbum:
		wish.Cover = w.cover(a)
	case plan.RemoveItems:
		wish.Title = ""
	case plan.ShareAlbum, plan.UnshareAlbum, plan.JoinAlbum, plan.LeaveAlbum:
		wish.Title, wish.Share, wish.TokenHash = "", a.Share, plan.HashToken(a.Token)
	case plan.AddEnrichment:
		e := b.told[len(b.told)-1]
		wish.Enrichment = &plan.WishEnrichment{Identity: e.Identity, Content: e.Content, Label: e.Label, Spot: e.Spot}
	case plan.CreateItems:
		wish.At = b.at
		for _, k := range w.mem.rec.Albums[a.Key].Known {
			if k.Digest.IsZero() || !k.Ours {
				wish.Others = append(wish.Others, string(k.Item))
			}
		}
	}
	for _, e := range b.entries {
		item := plan.WishItem{Item: e.ID}
		if e.Member != nil {
			item.Digest, item.Label, item.FileName = e.Member.Digest, e.Member.Label, e.Member.Name
		}
		wish.Items = append(wish.Items, item)
	}
	return wish
}

// refused deals with a call that provably did nothing. A batch of several is
// bisected until the culprits stand alone (law 10); an album that is gone stops
// only itself.
func (w *work) refused(ctx context.Context, res *Result, b batch, err error) {
	key := b.action.Key
	res.Status, res.Err = Failed, err
	switch {
	case b.action.Kind == plan.CreateAlbum:
	case b.action.Kind.Sharing():
		w.refusedSharing(res, err)
	case b.anchorless(err):
		w.anchorless(ctx, res, b, err)
	case photos.IsAlbumGone(err), photos.IsInvalid(err) && w.mem.rec.Albums[key].ReadAt.Before(w.pass.At):
		// Since the album was read a neighbour, a member or all of it may have gone.
		w.mem.doubtContents(ctx, key)
		res.Err, res.Again = fmt.Errorf("%w (%w)", errOutdated, err), true
	case !photos.IsInvalid(err) || len(b.entries) == 0:
	case len(b.entries) > 1:
		w.bisect(ctx, res, b)
	default:
		refusal, failed := w.mem.quarantine(ctx, b, err, w.pass.Plan.Generation)
		if res.Refused = append(res.Refused, refusal); failed != nil {
			res.Err = failed
			return
		}
		res.Status, res.Err = Done, nil
	}
}

// enoughRefusals is how many single items may be refused, and none taken, before
// it is no longer believed that the items are to blame.
const enoughRefusals = 4

// bisect halves a refused batch. The halves are calls and intents of their own.
func (w *work) bisect(ctx context.Context, res *Result, b batch) {
	res.Status, res.Err = Done, nil
	half := len(b.entries) / 2
	for i, entries := range [][]entry{b.entries[:half], b.entries[half:]} {
		if err := context.Cause(ctx); err != nil {
			res.Status, res.Err = Failed, err
			return
		}
		if w.landed[b.action.ID] == 0 && len(res.Refused) >= enoughRefusals {
			res.Status, res.Err = Failed, fmt.Errorf("each of its first %d items was refused: %s", len(res.Refused), res.Refused[0].Message)
			return
		}
		part := Result{Action: res.Action, Status: Done, Refused: res.Refused}
		w.batch(ctx, &part, b.part(slices.Clone(entries), fmt.Sprint(i)))
		res.Refused, res.Undescribed = part.Refused, res.Undescribed || part.Undescribed
		if part.Status != Done {
			res.Status, res.Err = part.Status, part.Err
		}
		if stops(part.Err) != nil || part.Status == InDoubt {
			return
		}
	}
}
