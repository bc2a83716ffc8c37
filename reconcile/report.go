package reconcile

import (
	"albumen/reconcile/plan"
)

// Status is how an action ended.
type Status string

// The ends of an action.
const (
	Done     Status = "done"
	Failed   Status = "failed"   // nothing happened, and why is known
	InDoubt  Status = "in_doubt" // its answer was lost
	Deferred Status = "deferred" // not tried: something before it failed
	// Unsupported is what the service offers no more: a person can do it in Google
	// Photos, and no run ever will.
	Unsupported Status = "unsupported"
)

// Result is one action and its end.
type Result struct {
	Action plan.Action
	Status Status
	// Err is why it failed, is in doubt or was deferred.
	Err error
	// Refused lists the entries of the batch that did not go through, with the
	// API's words, while the others did.
	Refused []Refusal
	Again   bool // another look may show why it failed, and what is right now
}

// Refusal is one file or item that the API or the disk refused.
type Refusal struct {
	Label   string
	Message string
	Again   bool // it goes in by another way, which the next look plans
}

// Report is the outcome of Apply: every action that was approved, with its end.
type Report struct {
	Results  []Result
	Verdicts []plan.Verdict // of the looks that Apply itself took
	Passes   int
	Stopped  error // why the rest was not tried; nil when all was
}

// Count is how many actions ended so.
func (r *Report) Count(s Status) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Status == s {
			n++
		}
	}
	return n
}

// Refusals is how many files and items did not go through.
func (r *Report) Refusals() int {
	n := 0
	for i := range r.Results {
		n += len(r.Results[i].Refused)
	}
	return n
}

// Complete reports whether everything that was approved was done, as far as the
// service offers it.
func (r *Report) Complete() bool {
	return r.Stopped == nil && r.Count(Done)+r.Count(Unsupported) == len(r.Results) && r.Refusals() == 0
}
