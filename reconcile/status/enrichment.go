package status

import (
	"fmt"
	"slices"

	"albumen/reconcile/plan"
	"albumen/spec"
)

// enrichments are the kinds of them as people say.
var enrichments = map[string]string{"text": "text", "location": "place", "map": "route"}

// enrichmentJSON is an enrichment as scripts read it.
type enrichmentJSON struct {
	Identity string `json:"identity"`
	Kind     string `json:"kind"`
	Label    string `json:"label"`
	spec.Passage
}

func encodeEnrichment(e *spec.Enrichment) *enrichmentJSON {
	if e == nil {
		return nil
	}
	return &enrichmentJSON{e.Identity, e.Kind(), e.Label(), e.Passage}
}

// behind says after what an enrichment stands in its story.
func behind(a *plan.Action) string {
	e, d := a.Enrichment, a.Desired
	n := slices.IndexFunc(d.Enrichments, func(o spec.Enrichment) bool { return o.Identity == e.Identity })
	switch {
	case a.Over != "":
		return ""
	case n > 0 && d.Enrichments[n-1].After == e.After:
		return ", after " + quote(d.Enrichments[n-1].Label())
	case e.After > 0:
		return ", after " + Show(d.Members[e.After-1].Label)
	}
	return ", at the front"
}

// Resolving is the command that ends a doubt by a human's decision.
func Resolving(id string) string {
	return fmt.Sprintf("albumen resolve %s --happened, or --did-not", id)
}
