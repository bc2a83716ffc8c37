package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"albumen/spec"
)

// smallAlbum is the number of removals that the percent limit always lets
// through, as long as the album is not emptied.
const smallAlbum = 10

// Removals is how much an action takes away, as the guard counts it: items taken
// out; for an unshare the sharing, and what others had added; for a leave the
// membership.
func (a *Action) Removals() int {
	switch a.Kind {
	case RemoveItems:
		return len(a.Items)
	case UnshareAlbum:
		return 1 + a.Loses
	case LeaveAlbum:
		return 1
	}
	return 0
}

// stake is what removals of an album are weighed against: its items, its being
// shared, or being in it. Each is let through or held as a whole.
type stake struct {
	key  spec.Key
	kind Kind // that takes it away
}

// stakeOf is what an action takes from, or puts something in the place of.
func stakeOf(a *Action) (stake, bool) {
	switch {
	case a.Removals() > 0:
		return stake{a.Key, a.Kind}, true
	case a.Swap && a.Kind == ShareAlbum:
		return stake{a.Key, UnshareAlbum}, true
	case a.Swap && a.Kind == JoinAlbum:
		return stake{a.Key, LeaveAlbum}, true
	case a.Kind == AddItems, a.Kind == CreateItems:
		return stake{a.Key, RemoveItems}, true
	}
	return stake{}, false
}

// toll is what a plan takes from a stake.
type toll struct {
	out      int  // removals
	standing int  // what is there
	in       bool // something comes in, in its place
}

// guard holds back dangerous removals (law 12). It is the one choke point: it
// sees the final list of actions, whatever rule put them there, and acts on
// three limits: removals in all, removals by album in percent of what stands
// there, and what would be gone altogether, however small: an album that would end
// up empty, the sharing of one, the membership in one.
//
// A yes lifts it: to a number of removals, or to the very plan that is held.
func guard(p *Plan, in *Input, b *bindings) {
	tolls := map[stake]*toll{}
	var order []stake
	total := 0
	for i := range p.Actions {
		a := &p.Actions[i]
		at, ok := stakeOf(a)
		if !ok {
			continue
		}
		t := tolls[at]
		if t == nil {
			t = &toll{standing: knownIn(at.key, in, b)}
			tolls[at] = t
			order = append(order, at)
		}
		n := a.Removals()
		t.out, t.in, total = t.out+n, t.in || n == 0, total+n
	}
	if total == 0 || total <= in.Policy.AllowRemovals {
		return
	}
	held := map[stake]string{}
	for _, at := range order {
		if why := tolls[at].tooMuch(at.kind, total, in.Desired.Safety); why != "" {
			held[at] = why
		}
	}
	hold(p, in, held, tolls, order, total)
}

// knownIn is how many items stand in an album.
func knownIn(key spec.Key, in *Input, b *bindings) int {
	rec := b.byKey[key]
	if rec == nil {
		rec = in.Recorded.Albums[key]
	}
	if rec == nil {
		return 0
	}
	return len(rec.Known)
}

// tooMuch says why a toll waits for a yes, "" when it does not.
func (t *toll) tooMuch(kind Kind, total int, s spec.Safety) string {
	limit := max(smallAlbum, t.standing*s.MaxRemovalPercent/100)
	switch {
	case t.out == 0:
		return ""
	case total > s.MaxRemovals:
		return fmt.Sprintf("the plan takes out %d in all, and %d is the limit", total, s.MaxRemovals)
	case kind == UnshareAlbum && !t.in:
		return "its link would die, and everybody else would lose the album"
	case kind == LeaveAlbum && !t.in:
		return "the account would lose the album"
	case kind == RemoveItems && t.out >= t.standing && !t.in:
		return "it would leave the album empty"
	case t.out > limit:
		return fmt.Sprintf("%d stand there, and %d is the limit", t.standing, limit)
	}
	return ""
}

// hold moves what is held out of the way, with what goes only together with it. A
// plan of which something is held has an id: the same things held are the same
// plan, whatever else is done.
func hold(p *Plan, in *Input, held map[stake]string, tolls map[stake]*toll, order []stake, total int) {
	if len(held) == 0 {
		return
	}
	keep := make([]Action, 0, len(p.Actions))
	var out []Action
	h := sha256.New()
	taken := 0
	for _, a := range p.Actions {
		at, _ := stakeOf(&a)
		if a.Removals() == 0 && !a.Swap {
			at = stake{}
		}
		if a.Held = held[at]; a.Held == "" {
			keep = append(keep, a)
			continue
		}
		out = append(out, a)
		taken += a.Removals()
		h.Write(append([]byte(a.ID), 0))
	}
	id := hex.EncodeToString(h.Sum(nil)[:6])
	if most, yes := in.Recorded.Approved[id]; yes && (most == 0 || taken <= most) {
		p.Approved = id
		return
	}
	p.ID, p.HeldActions, p.Actions = id, out, keep
	for _, at := range order {
		if held[at] == "" {
			continue
		}
		p.Deferred = append(p.Deferred, Deferred{
			Key: at.key, Reason: Guarded, Count: tolls[at].out,
			Text: fmt.Sprintf("%s is held: %s", takes(at.kind, tolls[at].out), held[at]),
			Hint: fmt.Sprintf("if that is meant: --allow-removals %d, or for this plan alone: albumen approve %s", total, id),
		})
	}
}

// takes says what a held stake would lose.
func takes(kind Kind, n int) string {
	switch kind {
	case UnshareAlbum:
		if n > 1 {
			return "unsharing the album, with " + count(n-1, "item", "items") + " that others may have added,"
		}
		return "unsharing the album"
	case LeaveAlbum:
		return "leaving the shared album"
	}
	return "taking out " + count(n, "item", "items")
}
