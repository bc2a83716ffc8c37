package state_test

import (
	"testing"

	"albumen/state"
)

// TestDescriptionsAreRemembered by account, the same text with its first time, and
// forgotten with an empty one.
func TestDescriptionsAreRemembered(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	ctx := t.Context()
	a, other := db.Account("family"), db.Account("work")
	known := func(a *state.Account) map[string]string {
		d, err := a.Descriptions(ctx)
		must(t, err)
		return d
	}
	written := state.Effects{Describe: []state.Description{{ItemID: "i1", Text: "One", At: at(1)}, {ItemID: "i2", Text: "Two", At: at(1)}}}
	must(t, a.Record(ctx, written))
	same(t, "the descriptions", map[string]string{"i1": "One", "i2": "Two"}, known(a))
	same(t, "another account's", map[string]string{}, known(other))
	serial := view(t, a).Serial
	must(t, a.Record(ctx, written))
	same(t, "the serial after the same once more", serial, view(t, a).Serial)
	must(t, a.Record(ctx, state.Effects{Describe: []state.Description{{ItemID: "i1"}, {ItemID: "i2", Text: "Zwei", At: at(2)}}}))
	same(t, "the descriptions", map[string]string{"i2": "Zwei"}, known(a))
}
