package reconcile

import (
	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// outcome is what a call that was answered has changed, as data: memory takes it
// in and the state stores it in the same transaction that ends the intent.
type outcome struct {
	kind       plan.Kind
	key        spec.Key
	album      photos.Album
	title      string
	onRemove   spec.OnRemove
	generation string // of the plan, for what is quarantined
	cover      photos.ItemID
	at         photos.Position
	placed     []plan.Known   // came in, in order
	seen       bool           // a read showed what came in before its outcome was known
	fresh      []plan.Known   // what of that did not stand there before
	told       []plan.Written // the album's enrichments, once one more is written
	removed    []photos.ItemID
	bad        []rejected  // entries that the API refused for good
	later      []rejected  // entries that failed for now
	alone      []entry     // entries to try once more by themselves
	tried      []plan.Item // what the call was made with
	shared     *plan.Shared
	tokenHash  string // of an album that was joined or left
	said       []said // descriptions that were written

	undescribed bool // an item came with another description than the spec's
}

// rejected is an entry of create-items that was not created.
type rejected struct {
	entry
	message string
}

// sort goes through the entries' own statuses. An answer with status 207 and one
// with 200 are read alike.
func (b batch) sort(results []photos.NewItemResult) outcome {
	o := outcome{kind: plan.CreateItems, key: b.action.Key, at: b.at}
	for i, res := range results {
		e := b.entries[i]
		switch {
		case res.Status.OK() && res.Item != nil:
			o.placed = append(o.placed, plan.Known{
				Item: res.Item.ID, Digest: e.Member.Digest, Label: e.Member.Label, FileName: e.Member.Name, Ours: true,
			})
			o.describedBy(e.Member.Description, res.Item)
		case res.Status.Duplicate() && !b.split:
			o.alone = append(o.alone, e)
		case res.Status.Permanent():
			o.bad = append(o.bad, rejected{e, res.Status.Message})
		default:
			o.later = append(o.later, rejected{e, res.Status.Message})
		}
	}
	return o
}

func (o outcome) refusals() []Refusal {
	var out []Refusal
	for _, list := range [][]rejected{o.bad, o.later} {
		for _, r := range list {
			out = append(out, Refusal{Label: r.Label(), Message: r.message})
		}
	}
	return out
}
