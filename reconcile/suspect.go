package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// A poison item can make a call fail inside Google for good: the answer says
// nothing of which one it is, nor that it is one. The items of such a call are
// suspects. They are sent in ever smaller batches, each after a look at what
// became of the one before, until the culprit stands alone and is quarantined.
//
// Suspect is the reason with which the state keeps a suspect among the quarantined:
// it is one no longer when a call with it succeeds.
const (
	Suspect = "suspect"
	// aloneAfter is how many failures it takes from a full batch to a single item,
	// and hopelessAfter how many before Google is believed to fail at that one,
	// though it succeeds at nothing else.
	aloneAfter    = 6
	hopelessAfter = 12
)

// failedInside reports whether Google failed at a call by itself, other than for
// lack of time or patience.
func failedInside(err error) bool {
	var e *photos.Error
	return errors.As(err, &e) && e.HTTPStatus == http.StatusInternalServerError
}

// suspicion is how often a call with the item failed inside.
func (m *memory) suspicion(key spec.Key, item plan.Item) int {
	return m.suspects[wish(key, item)]
}

// suspect notes that a call failed inside. That is a help for later and no more:
// what can't be stored is not.
func (m *memory) suspect(ctx context.Context, b batch, why error) {
	var e state.Effects
	for _, entry := range b.entries {
		w := wish(b.action.Key, entry.Item)
		m.suspects[w]++
		e.Quarantine = append(e.Quarantine, state.Quarantine{
			Key: string(w.key), Digest: w.digest, ItemID: string(w.item), Label: entry.Label(),
			Reason: Suspect, Message: why.Error(), Since: time.Now(), Tries: m.suspects[w],
		})
	}
	_ = m.record(ctx, "what a call failed at", b.action.Key, e)
}

// clear ends the suspicion of items that a call was carried out with. Those that
// it refused are quarantined in the place where the suspicion stood.
func (m *memory) clear(o outcome) []state.Release {
	var out []state.Release
	refused := map[wanted]bool{}
	for _, r := range o.bad {
		refused[wish(o.key, r.Item)] = true
	}
	for _, item := range o.tried {
		w := wish(o.key, item)
		if m.suspects[w] == 0 {
			continue
		}
		delete(m.suspects, w)
		if !refused[w] {
			out = append(out, state.Release{Key: string(o.key), Digest: w.digest, ItemID: string(w.item)})
		}
	}
	return out
}

// cautiously makes the calls of an action: one, unless some of its items are
// suspects. Those that stand alone come last, so that they hold up nothing and
// the service can show that it works.
func (w *work) cautiously(ctx context.Context, res *Result, b batch) {
	rest := slices.Clone(b.entries)
	slices.SortStableFunc(rest, func(x, y entry) int { return cmp.Compare(w.alone(b, x), w.alone(b, y)) })
	for n := 0; len(rest) > 0 || n == 0; n++ {
		part := b
		part.entries, rest = w.cut(b.action.Key, rest)
		if len(part.entries) < len(b.entries) {
			part = b.part(part.entries, fmt.Sprintf("s%d", n))
		}
		if len(part.entries) == 1 && w.hopeless(part) {
			w.convict(ctx, res, part)
			continue
		}
		w.batch(ctx, res, part)
		if res.Status != Done {
			return
		}
	}
}

// alone is 1 for a suspect that has been sent by itself.
func (w *work) alone(b batch, e entry) int {
	if w.mem.suspicion(b.action.Key, e.Item) >= aloneAfter {
		return 1
	}
	return 0
}

// hopeless reports whether Google fails at a single entry and works otherwise.
func (w *work) hopeless(b batch) bool {
	n := w.mem.suspicion(b.action.Key, b.entries[0].Item)
	return n >= aloneAfter && w.succeeded || n >= hopelessAfter
}

// cut takes the first entries of one suspicion, as many as it lets into a batch.
func (w *work) cut(key spec.Key, entries []entry) (first, rest []entry) {
	if len(entries) == 0 {
		return nil, nil
	}
	tries := w.mem.suspicion(key, entries[0].Item)
	most := max(1, photos.MaxBatch>>min(tries, aloneAfter))
	n := 1
	for n < len(entries) && n < most && w.mem.suspicion(key, entries[n].Item) == tries {
		n++
	}
	return entries[:n:n], entries[n:]
}

// convict quarantines a single entry at which Google fails while it does other
// work.
func (w *work) convict(ctx context.Context, res *Result, b batch) {
	why := &photos.Error{Message: "Google fails at it again and again, and at nothing else"}
	delete(w.mem.suspects, wish(b.action.Key, b.entries[0].Item))
	refusal, failed := w.mem.quarantine(ctx, b, why, w.pass.Plan.Generation)
	if res.Refused = append(res.Refused, refusal); failed != nil {
		res.Status, res.Err = Failed, failed
	}
}
