package plan

import (
	"fmt"

	"albumen/photos"
)

// kinds is the order in which costs are listed.
var kinds = [...]Kind{CreateAlbum, AddItems, CreateItems, PatchAlbum, RemoveItems, UnshareAlbum, ShareAlbum, LeaveAlbum, JoinAlbum}

// budget defers what today's calls can't pay for (law 11). The list is cut at
// the first action that is too dear and never picks cheaper ones behind it:
// later actions may build on earlier ones.
func budget(p *Plan, in *Input) {
	if in.Policy.CallsLeft == 0 {
		return
	}
	spent := 0
	for i := range p.Actions {
		if spent += p.Actions[i].Calls(); spent <= in.Policy.CallsLeft {
			continue
		}
		if p.Actions[i].Swap && i > 0 {
			i-- // what is taken away today gets nothing in its place until tomorrow
		}
		rest := p.Actions[i:]
		calls := 0
		for j := range rest {
			calls += rest[j].Calls()
		}
		p.Cost.Days = (calls + in.Policy.dailyCalls() - 1) / in.Policy.dailyCalls()
		p.Deferred = append(p.Deferred, Deferred{
			Reason: OverBudget, Count: len(rest),
			Text: fmt.Sprintf("%s (%s) must wait for the next quota day", count(len(rest), "action", "actions"), count(calls, "call", "calls")),
			Hint: "Google counts anew at midnight in California; apply again then",
		})
		p.Actions = p.Actions[:i]
		return
	}
}

// price sums up what the plan costs.
func price(p *Plan, in *Input) {
	c := &p.Cost
	c.Left = in.Policy.CallsLeft
	if in.Policy.CallsLeft == 0 {
		c.Left = -1
	}
	byKind := map[Kind]int{}
	for i := range p.Actions {
		a := &p.Actions[i]
		byKind[a.Kind] += a.Calls()
		c.Calls += a.Calls()
		c.Writes++
		c.Uploads += a.Uploads
		c.Bytes += a.Bytes
	}
	for _, kind := range kinds {
		if byKind[kind] > 0 {
			c.ByKind = append(c.ByKind, KindCost{Kind: kind, Calls: byKind[kind]})
		}
	}
	c.Pace = photos.Paced(c.Writes, in.Policy.WritesPerMinute)
	c.Days++
}
