package status

import (
	"encoding/json"
	"io"

	"albumen/reconcile"
	"albumen/reconcile/plan"
)

// FormatVersion is raised when a field of the JSON changes its meaning or goes.
// New fields come without raising it.
const FormatVersion = 1

// planJSON is a plan as scripts read it.
type planJSON struct {
	FormatVersion int            `json:"formatVersion"`
	Generation    string         `json:"generation"`
	Account       string         `json:"account"`
	Changes       bool           `json:"changes"`
	Bindings      []bindingJSON  `json:"bindings"`
	Actions       []actionJSON   `json:"actions"`
	ID            string         `json:"id,omitempty"` // of what is held: see albumen approve
	Held          []actionJSON   `json:"held"`
	Approved      string         `json:"approved,omitempty"` // the id that somebody said yes to
	Deferred      []deferredJSON `json:"deferred"`
	Drift         []driftJSON    `json:"drift"`
	Renames       []renameJSON   `json:"renames"`
	Remains
	Warnings []string `json:"warnings"`
	Albums   int      `json:"albums"`
	InSync   int      `json:"inSync"`
	Cost     costJSON `json:"cost"`
}

type bindingJSON struct {
	Key   string `json:"key"`
	From  string `json:"from,omitempty"`
	Album string `json:"album"`
	Title string `json:"title"`
}

type actionJSON struct {
	ID      string     `json:"id"`
	Key     string     `json:"key"`
	Kind    string     `json:"kind"`
	Sign    string     `json:"sign"`
	Risk    string     `json:"risk"`
	Cause   string     `json:"cause"`
	Reason  string     `json:"reason"`
	Text    string     `json:"text"`
	Album   string     `json:"album,omitempty"`
	Title   string     `json:"title,omitempty"`
	Was     string     `json:"was,omitempty"`
	Cover   string     `json:"cover,omitempty"`
	Items   []itemJSON `json:"items,omitempty"`
	Calls   int        `json:"calls"`
	Uploads int        `json:"uploads"`
	Bytes   int64      `json:"bytes"`
	Share   *shareJSON `json:"share,omitempty"`
	Loses   int        `json:"loses,omitempty"` // items that others may have added, and that go with them
	Held    string     `json:"held,omitempty"`  // why it waits for a yes
}

type shareJSON struct {
	Collaborative bool `json:"collaborative"`
	Commentable   bool `json:"commentable"`
	NewLink       bool `json:"newLink"` // the old one dies
}

type itemJSON struct {
	Label  string `json:"label"`
	Item   string `json:"item,omitempty"`
	Digest string `json:"digest,omitempty"`
	Why    string `json:"why"`
}

type deferredJSON struct {
	Key    string `json:"key,omitempty"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
	At     string `json:"at,omitempty"`
	Count  int    `json:"count"`
	ByHand bool   `json:"byHand,omitempty"` // no run will ever do it
}

type driftJSON struct {
	Key   string `json:"key"`
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Count int    `json:"count"`
}

type renameJSON struct {
	Key  string `json:"key"`
	Item string `json:"item"`
	From string `json:"from"`
	To   string `json:"to"`
}

type costJSON struct {
	Calls       int            `json:"calls"`
	Writes      int            `json:"writes"`
	Uploads     int            `json:"uploads"`
	Bytes       int64          `json:"bytes"`
	ByKind      map[string]int `json:"byKind"`
	LeftToday   *int           `json:"leftToday,omitempty"` // absent when nobody counts
	PaceSeconds float64        `json:"paceSeconds"`
	Days        int            `json:"days"`
}

// PlanJSON writes a plan for scripts. Lists are never null, and their order is
// the plan's.
func PlanJSON(w io.Writer, p *plan.Plan) error { return write(w, encodePlan(p)) }

func encodePlan(p *plan.Plan) planJSON {
	out := planJSON{
		FormatVersion: FormatVersion, Generation: p.Generation, Account: p.Account, Changes: !p.Empty(),
		Bindings: []bindingJSON{}, Actions: []actionJSON{}, Deferred: []deferredJSON{}, Drift: []driftJSON{},
		Held: []actionJSON{}, ID: p.ID, Approved: p.Approved, Renames: []renameJSON{}, Remains: remainsOf(p), Warnings: []string{},
		Albums: p.Albums, InSync: p.InSync, Cost: encodeCost(p.Cost),
	}
	for _, b := range p.Bindings {
		out.Bindings = append(out.Bindings, bindingJSON{string(b.Key), string(b.From), string(b.Album), b.Title})
	}
	for i := range p.Actions {
		out.Actions = append(out.Actions, encodeAction(&p.Actions[i]))
	}
	for i := range p.HeldActions {
		out.Held = append(out.Held, encodeAction(&p.HeldActions[i]))
	}
	for _, d := range p.Deferred {
		out.Deferred = append(out.Deferred, deferredJSON{string(d.Key), string(d.Reason), d.Text, d.Hint, d.At.String(), d.Count, d.ByHand})
	}
	for _, d := range p.Drift {
		out.Drift = append(out.Drift, driftJSON{string(d.Key), string(d.Kind), d.Text, d.Count})
	}
	for _, r := range p.Renames {
		out.Renames = append(out.Renames, renameJSON{string(r.Key), string(r.Item), r.From, r.To})
	}
	for _, warning := range p.Warnings {
		out.Warnings = append(out.Warnings, warning.String())
	}
	return out
}

func encodeAction(a *plan.Action) actionJSON {
	out := actionJSON{
		ID: a.ID, Key: string(a.Key), Kind: string(a.Kind), Sign: a.Kind.Sign(), Risk: string(a.Kind.Risk()), Cause: string(a.Cause),
		Reason: a.Reason, Text: Headline(a), Album: string(a.Album), Title: a.Title, Was: a.Was,
		Calls: a.Calls(), Uploads: a.Uploads, Bytes: a.Bytes,
	}
	if !a.Cover.IsZero() {
		out.Cover = coverLabel(a)
	}
	if a.Held != "" {
		out.Sign, out.Held = plan.HeldSign, a.Held
	}
	if out.Loses = a.Loses; a.Share != nil {
		out.Share = &shareJSON{a.Share.Collaborative, a.Share.Commentable, a.Swap}
	}
	for _, item := range a.Items {
		j := itemJSON{Label: item.Label(), Item: string(item.ID), Why: item.Why.String()}
		if item.Member != nil && !item.Member.Digest.IsZero() {
			j.Digest = item.Member.Digest.String()
		}
		out.Items = append(out.Items, j)
	}
	return out
}

func encodeCost(c plan.Cost) costJSON {
	out := costJSON{
		Calls: c.Calls, Writes: c.Writes, Uploads: c.Uploads, Bytes: c.Bytes,
		ByKind: map[string]int{}, PaceSeconds: c.Pace.Seconds(), Days: c.Days,
	}
	if c.Left >= 0 {
		out.LeftToday = &c.Left
	}
	for _, k := range c.ByKind {
		out.ByKind[string(k.Kind)] = k.Calls
	}
	return out
}

// reportJSON is the outcome of an apply as scripts read it.
type reportJSON struct {
	FormatVersion int          `json:"formatVersion"`
	Plan          planJSON     `json:"plan"`
	Results       []resultJSON `json:"results"`
	Done          int          `json:"done"`
	Failed        int          `json:"failed"`
	InDoubt       int          `json:"inDoubt"`
	NotTried      int          `json:"notTried"`
	Unsupported   int          `json:"unsupported"` // a person can do it, no run ever will
	Refused       int          `json:"refused"`
	Calls         int          `json:"calls"`
	Stopped       string       `json:"stopped,omitempty"`
}

type resultJSON struct {
	ID      string        `json:"id"`
	Key     string        `json:"key"`
	Kind    string        `json:"kind"`
	Status  string        `json:"status"`
	Error   string        `json:"error,omitempty"`
	Refused []refusalJSON `json:"refused,omitempty"`
}

type refusalJSON struct {
	Label   string `json:"label"`
	Message string `json:"message"`
}

// ReportJSON writes the outcome of an apply for scripts, with the plan that it
// carried out and the number of calls that it made.
func ReportJSON(w io.Writer, p *plan.Plan, r *reconcile.Report, calls int) error {
	out := reportJSON{
		FormatVersion: FormatVersion, Plan: encodePlan(p), Results: []resultJSON{}, Calls: calls,
		Done: r.Count(reconcile.Done), Failed: r.Count(reconcile.Failed), InDoubt: r.Count(reconcile.InDoubt),
		NotTried: r.Count(reconcile.Deferred), Unsupported: r.Count(reconcile.Unsupported), Refused: r.Refusals(),
	}
	if r.Stopped != nil {
		out.Stopped = r.Stopped.Error()
	}
	for i := range r.Results {
		res := &r.Results[i]
		j := resultJSON{ID: res.Action.ID, Key: string(res.Action.Key), Kind: string(res.Action.Kind), Status: string(res.Status)}
		if res.Err != nil {
			j.Error = res.Err.Error()
		}
		for _, refusal := range res.Refused {
			j.Refused = append(j.Refused, refusalJSON{refusal.Label, refusal.Message})
		}
		out.Results = append(out.Results, j)
	}
	return write(w, out)
}

func write(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
