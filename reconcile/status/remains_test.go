package status_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/reconcile/status"
	"albumen/spec"
)

// TestRemainsSayWhatToDo about each orphan and each stray, also when they are read
// from the report of a run.
func TestRemainsSayWhatToDo(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{
		Orphans: []plan.Orphan{{Key: "k", OnRemove: spec.Keep}, {Key: "e", OnRemove: spec.Empty}, {Key: "u", OnRemove: spec.Unshare}, {Key: "n"}},
		Strays:  []plan.Stray{{Album: "A1", Title: "Alone"}, {Album: "B1", Title: "Twin"}, {Album: "B2", Title: "Twin"}, {Album: "C1"}, {Album: "D1", Title: "a\nb"}},
	}
	var b bytes.Buffer
	if err := status.ReportJSON(&b, p, &reconcile.Report{}, 1); err != nil {
		t.Fatal(err)
	}
	r := status.ReadRemains(b.Bytes())
	var got []string
	for _, o := range r.Orphans {
		becomes, rest, _ := strings.Cut(o.Hint, ";")
		got = append(got, o.Key+": "+becomes)
		if !strings.Contains(rest, "`previously: ["+o.Key+"]`") || !strings.HasSuffix(rest, "albumen state forget "+o.Key) {
			t.Errorf("the hint of %s: %s", o.Key, o.Hint)
		}
	}
	for _, s := range r.Strays {
		got = append(got, s.Album+": "+strings.Split(s.Hint, "`")[1])
	}
	want := []string{
		"k: it stays as it is",
		"e: what albumen put in is taken out at the next apply",
		"u: its sharing ends, where the service lets apps do that",
		"n: it stays as it is",
		`A1: adopt: {title: "Alone"}`,
		"B1: adopt: {id: B1}",
		"B2: adopt: {id: B2}",
		"C1: adopt: {id: C1}",
		"D1: adopt: {id: D1}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}

// A run that was killed has a report without a plan, or none.
func TestARunThatNeverEndedHasNoRemains(t *testing.T) {
	t.Parallel()
	for _, report := range []string{"", "{}", `{"plan":`} {
		if r := status.ReadRemains([]byte(report)); len(r.Orphans)+len(r.Strays) > 0 {
			t.Errorf("of %q: %+v", report, r)
		}
	}
}
