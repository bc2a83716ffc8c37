package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// maxPasses is how often Apply looks again for what a lost answer left open.
const maxPasses = 10

var (
	errNoWriter  = errors.New("this client reads only")
	errBefore    = errors.New("something before it in the album failed")
	errNotNow    = errors.New("not begun")
	errNoLock    = errors.New("the state is open for looking only")
	errOutdated  = errors.New("the album may have changed since it was read; it is read again before the next try")
	errGoneAlbum = errors.New("somebody deleted the album")
)

// Apply carries out the plan of a pass: each action under a durable intent, one
// after the other (laws 2 and 11). When an answer was lost it looks again and
// goes on, but does nothing that was not in the plan that was approved.
//
// The error is of the kind that stops everything: an interrupt, the quota, the
// authorisation or the state. What was done by then is in the Report.
func (r *Reconciler) Apply(ctx context.Context, req Request, p *Pass) (*Report, error) {
	report := &Report{}
	if r.o.Writer == nil {
		return report, errNoWriter
	}
	if !r.o.Writable {
		return report, errNoLock
	}
	may := approve(&p.Plan)
	if err := p.mem.useApproval(ctx, p.Plan.Approved); err != nil {
		report.Stopped = err
		return report, err
	}
	if p.Plan.Approved != "" {
		// The looks below plan anew what is left of it.
		req.AllowRemovals = max(req.AllowRemovals, may.removals)
	}
	for {
		results, err := r.carryOut(ctx, req.Desired, p)
		report.Passes++
		report.add(results)
		if err != nil {
			report.Stopped = err
			return report, err
		}
		if report.Passes == maxPasses || !worthAnother(results) {
			return report, nil
		}
		if p, err = r.Plan(ctx, req); err != nil {
			report.Stopped = err
			return report, err
		}
		report.Verdicts = append(report.Verdicts, p.Verdicts...)
		report.believe(p.Verdicts)
		report.replan(&p.Plan)
		if may.only(&p.Plan); len(p.Plan.Actions) == 0 {
			return report, nil
		}
	}
}

// worthAnother reports whether another look can change anything: an answer was
// lost, or the API wants an item in by another way.
func worthAnother(results []Result) bool {
	for i := range results {
		if results[i].Status == InDoubt || results[i].Again {
			return true
		}
		for _, refusal := range results[i].Refused {
			if refusal.Again {
				return true
			}
		}
	}
	return false
}

// carryOut does the actions of one plan in their order.
func (r *Reconciler) carryOut(ctx context.Context, desired spec.Desired, p *Pass) ([]Result, error) {
	if err := p.mem.bind(ctx, p.Plan.Bindings); err != nil {
		return nil, err
	}
	if err := p.mem.rename(ctx, p.Plan.Renames); err != nil {
		return nil, err
	}
	if err := p.mem.agree(ctx, &desired); err != nil {
		return nil, err
	}
	if err := p.mem.agreeOnSharing(ctx, p, &desired); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &work{r: r, mem: p.mem, pass: p, spoiled: map[spec.Key]bool{}, created: map[placed]bool{}, landed: map[string]int{}}
	w.uploads = r.startUploads(ctx, p, cancel)
	defer w.uploads.stop(cancel)

	results := make([]Result, len(p.Plan.Actions))
	var stopped error
	for i := range p.Plan.Actions {
		a := &p.Plan.Actions[i]
		results[i].Action = *a
		if stopped == nil {
			stopped = context.Cause(ctx)
		}
		if stopped != nil {
			results[i].Status, results[i].Err = Deferred, errNotNow
			continue
		}
		r.o.Events(Event{Kind: ActionStarted, Key: a.Key, Action: a, Done: i, Total: len(results)})
		w.do(ctx, &results[i])
		r.o.Events(Event{Kind: ActionEnded, Key: a.Key, Action: a, Result: &results[i], Done: i + 1, Total: len(results)})
		if stopped = stops(results[i].Err); stopped != nil && ctx.Err() != nil {
			stopped = context.Cause(ctx) // an upload's end, say, of which this one is a victim
		}
	}
	return results, stopped
}

// approval is what the user said yes to: the actions of a plan, and the items
// that come in and go out by them, however they are cut into batches later.
type approval struct {
	ids map[string]bool
	in  map[wanted]bool
	out map[wanted]bool

	removals int // as the guard counts them
}

type wanted struct {
	key    spec.Key
	digest spec.Digest
	item   photos.ItemID
}

func approve(p *plan.Plan) approval {
	may := approval{ids: map[string]bool{}, in: map[wanted]bool{}, out: map[wanted]bool{}}
	for i := range p.Actions {
		a := &p.Actions[i]
		may.ids[a.ID] = true
		may.removals += a.Removals()
		for _, item := range a.Items {
			may.side(a.Kind)[wish(a.Key, item)] = true
		}
	}
	return may
}

func (m approval) side(k plan.Kind) map[wanted]bool {
	if k == plan.RemoveItems {
		return m.out
	}
	return m.in
}

// wish names an item by its bytes where they are known, so that it stays the
// same whether it is created or added.
func wish(key spec.Key, item plan.Item) wanted {
	if item.Member != nil && !item.Member.Digest.IsZero() {
		return wanted{key: key, digest: item.Member.Digest}
	}
	return wanted{key: key, item: item.ID}
}

// only takes everything out of a plan that was not approved.
func (m approval) only(p *plan.Plan) {
	kept := p.Actions[:0]
	for _, a := range p.Actions {
		ok := m.ids[a.ID]
		if !ok && len(a.Items) > 0 {
			ok = true
			for _, item := range a.Items {
				ok = ok && m.side(a.Kind)[wish(a.Key, item)]
			}
		}
		if ok {
			kept = append(kept, a)
		}
	}
	p.Actions = kept
	p.Bindings = nil
}

// add takes over the results of a pass. An action that is tried again replaces
// what it was before.
func (r *Report) add(results []Result) {
	at := map[string]int{}
	for i := range r.Results {
		at[r.Results[i].Action.ID] = i
	}
	for _, res := range results {
		if i, ok := at[res.Action.ID]; ok {
			r.Results[i] = res
			continue
		}
		r.Results = append(r.Results, res)
	}
}

// replan drops what a later plan takes up again in another shape: what was not
// tried, and what was refused for a reason that may have passed.
func (r *Report) replan(p *plan.Plan) {
	again := map[string]bool{}
	for i := range p.Actions {
		again[p.Actions[i].ID] = true
	}
	r.Results = slices.DeleteFunc(r.Results, func(res Result) bool {
		return !again[res.Action.ID] && (res.Again || res.Status == Deferred)
	})
	for i := range r.Results {
		r.Results[i].Refused = slices.DeleteFunc(r.Results[i].Refused, func(f Refusal) bool { return f.Again })
	}
}

// believe ends the results whose doubt was settled by a look.
func (r *Report) believe(verdicts []plan.Verdict) {
	for _, v := range verdicts {
		for i := range r.Results {
			res := &r.Results[i]
			if res.Action.ID != v.Doubt.ID || res.Status != InDoubt {
				continue
			}
			switch v.Fate {
			case plan.Happened:
				res.Status, res.Err = Done, nil
			case plan.DidNot:
				res.Status, res.Err = Failed, fmt.Errorf("its answer was lost, and %s", v.Text)
			}
		}
	}
}
