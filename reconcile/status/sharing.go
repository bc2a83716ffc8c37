package status

import (
	"fmt"

	"albumen/reconcile/plan"
)

// sharingHeadline says in a few words what an action of sharing does.
func sharingHeadline(a *plan.Action) string {
	switch a.Kind {
	case plan.ShareAlbum:
		what := "share the album with all who have its link"
		if a.Swap {
			what = "share the album again, under a new link"
		}
		return what + permitted(a)
	case plan.UnshareAlbum:
		if a.Loses > 0 {
			return "unshare the album; " + amount(a.Loses, "item", "items") + " of others may leave it"
		}
		return "unshare the album"
	case plan.JoinAlbum:
		return "join the shared album " + quote(a.Title)
	case plan.LeaveAlbum:
		return "leave the shared album " + quote(a.Title)
	}
	return string(a.Kind)
}

func permitted(a *plan.Action) string {
	switch {
	case a.Share == nil, !a.Share.Collaborative && !a.Share.Commentable:
		return ""
	case !a.Share.Commentable:
		return "; others may add"
	case !a.Share.Collaborative:
		return "; others may comment"
	}
	return "; others may add and comment"
}

// yes says what waits for a yes and how it is given, or that it was.
func (t *text) yes(p *plan.Plan) {
	n := 0
	for i := range p.HeldActions {
		n += p.HeldActions[i].Removals()
	}
	switch {
	case p.ID != "":
		t.paragraph("Held:", fmt.Sprintf("%s for a yes: albumen approve %s", amount(n, "removal waits", "removals wait"), p.ID))
	case p.Approved != "":
		t.paragraph("Approved:", "the plan "+p.Approved+" goes ahead, once.")
	}
}
