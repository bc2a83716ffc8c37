package plan

import (
	"fmt"
	"slices"

	"albumen/spec"
)

// smallAlbum is the number of removals that the percent limit always lets
// through, as long as the album is not emptied.
const smallAlbum = 10

// guard holds back dangerous removals (law 12). It is the one choke point: it
// sees the final list of actions, whatever rule put them there, and acts on
// three limits: removals in all, removals by album in percent of what stands
// there, and an album that would end up empty, however small.
func guard(p *Plan, in *Input, b *bindings) {
	perAlbum := map[spec.Key]int{}
	incoming := map[spec.Key]int{}
	total := 0
	for i := range p.Actions {
		a := &p.Actions[i]
		switch a.Kind {
		case RemoveItems:
			perAlbum[a.Key] += len(a.Items)
			total += len(a.Items)
		case AddItems, CreateItems:
			incoming[a.Key] += len(a.Items)
		}
	}
	if total == 0 || total <= in.Policy.AllowRemovals {
		return
	}
	held := map[spec.Key]string{}
	for key, n := range perAlbum {
		standing := 0
		if rec := b.byKey[key]; rec != nil {
			standing = len(rec.Known)
		} else if rec := in.Recorded.Albums[key]; rec != nil {
			standing = len(rec.Known)
		}
		switch limit := max(smallAlbum, standing*in.Desired.Safety.MaxRemovalPercent/100); {
		case total > in.Desired.Safety.MaxRemovals:
			held[key] = fmt.Sprintf("the plan takes out %d in all, and %d is the limit", total, in.Desired.Safety.MaxRemovals)
		case n >= standing && incoming[key] == 0:
			held[key] = "it would leave the album empty"
		case n > limit:
			held[key] = fmt.Sprintf("%d stand there, and %d is the limit", standing, limit)
		}
	}
	hold(p, held, perAlbum, total)
}

func hold(p *Plan, held map[spec.Key]string, perAlbum map[spec.Key]int, total int) {
	kept := p.Actions[:0]
	for _, a := range p.Actions {
		keep := held[a.Key] == ""
		if !keep && a.Kind != RemoveItems {
			a, keep = unmoved(a, p.Account)
		}
		if keep {
			kept = append(kept, a)
		}
	}
	p.Actions = kept
	keys := make([]spec.Key, 0, len(held))
	for key := range held {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		p.Deferred = append(p.Deferred, Deferred{
			Key: key, Reason: Guarded, Count: perAlbum[key],
			Text: fmt.Sprintf("taking out %s is held: %s", count(perAlbum[key], "item", "items"), held[key]),
			Hint: fmt.Sprintf("if that is meant: --allow-removals %d", total),
		})
	}
}
