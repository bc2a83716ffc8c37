package status

import (
	"fmt"
	"io"
	"strings"
	"time"

	"albumen/reconcile"
	"albumen/reconcile/plan"
)

// Report writes the outcome of an apply for people: what did not go through,
// each with its reason, then a summary in one or two lines.
func Report(w io.Writer, r *reconcile.Report, calls int, length time.Duration, s Style) error {
	t := &text{style: s}
	for i := range r.Results {
		t.result(&r.Results[i])
	}
	counts := []struct {
		n    int
		what string
		c    color
	}{
		{r.Count(reconcile.Done), "done", green},
		{r.Count(reconcile.Failed), "failed", red},
		{r.Count(reconcile.InDoubt), "in doubt", red},
		{r.Count(reconcile.Deferred), "not tried", yellow},
		{r.Count(reconcile.Unsupported), "unsupported", yellow},
		{r.Refusals(), "refused", red},
	}
	var parts []string
	for i, c := range counts {
		if c.n > 0 || i == 0 {
			parts = append(parts, s.paint(c.c, number(c.n)+" "+c.what))
		}
	}
	fmt.Fprintf(&t.b, "%s %s; %s in %s.\n", s.paint(bold, "Applied:"), strings.Join(parts, ", "), amount(calls, "call", "calls"), took(length))
	if r.Stopped != nil {
		fmt.Fprintf(&t.b, "%s %s\n", s.paint(red, "Stopped:"), Show(r.Stopped.Error()))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// result writes an action that was not simply done.
func (t *text) result(res *reconcile.Result) {
	if res.Status == reconcile.Done && len(res.Refused) == 0 {
		return
	}
	what := fmt.Sprintf("%s: %s", res.Action.Key, Headline(&res.Action))
	if res.Status == reconcile.Unsupported {
		t.line(t.style.paint(yellow, "? "+what), string(res.Status))
		t.note(res.Err.Error())
	} else if res.Status != reconcile.Done {
		t.line(t.style.paint(red, "! "+what), strings.ReplaceAll(string(res.Status), "_", " "))
		if res.Err != nil {
			t.note(Show(res.Err.Error()))
		}
	} else {
		t.line("+ "+what, "done in part")
	}
	for i, refusal := range res.Refused {
		if i == listed && len(res.Refused) > listed+1 {
			t.note(fmt.Sprintf("… and %d more", len(res.Refused)-listed))
			break
		}
		t.line(t.style.paint(red, "    - "+Show(refusal.Label)), "refused")
		t.note("  " + Show(refusal.Message))
	}
}

// Verdicts writes what became of writes whose answers were lost earlier.
func Verdicts(w io.Writer, verdicts []plan.Verdict, s Style) error {
	t := &text{style: s}
	for _, v := range verdicts {
		t.line(fmt.Sprintf("? %s: %s of an earlier run: %s", v.Doubt.Wish.Key, v.Doubt.Wish.Kind, Show(v.Text)), strings.ReplaceAll(string(v.Fate), "_", " "))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}
