package plan_test

import (
	"testing"
	"time"

	"albumen/reconcile/plan"
	"albumen/spec"
)

// TestAnOrphanIsEmptiedOnlyAfterALook: a memory that was put back from a backup may
// be older than the album.
func TestAnOrphanIsEmptiedOnlyAfterALook(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		read time.Time
		want int
	}{{"read", now, 1}, {"never read", time.Time{}, 0}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := world{known: knowns(1, 2), change: func(in *plan.Input) {
				in.Desired.Albums = nil
				in.Policy.AllowRemovals = 2
				b := in.Recorded.Albums["a"]
				b.OnRemove, b.ReadAt = spec.Empty, c.read
			}}.input()
			p := plan.Make(in)
			if len(p.Actions) != c.want || len(p.Orphans) != 1 {
				t.Errorf("%d actions and %d orphans, want %d and 1:\n%v", len(p.Actions), len(p.Orphans), c.want, lines(p))
			}
		})
	}
}
