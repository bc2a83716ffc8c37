package status

import (
	"fmt"
	"io"

	"albumen/reconcile/plan"
)

// doubt writes one write without a known end.
func (t *text) doubt(d *DoubtOverview) {
	how := "open since "
	if d.Lost {
		how = "in doubt since "
	}
	what := d.Kind
	if d.Label != "" {
		what += " " + quote(d.Label)
	}
	t.line(t.style.paint(yellow, fmt.Sprintf("? %s of %s", what, d.Key)), how+d.Since.Local().Format("2 Jan 15:04"))
	t.note(Show(d.Note))
	if d.Resolve != "" {
		t.note("look whether it stands in the album, then:\n" + d.URL + "\n" + d.Resolve)
	}
}

// WriteDoubts lists writes without a known end for people.
func WriteDoubts(w io.Writer, doubts []DoubtOverview, s Style) error {
	t := &text{style: s}
	if len(doubts) == 0 {
		t.b.WriteString("nothing is in doubt\n")
	}
	for i := range doubts {
		t.doubt(&doubts[i])
		if doubts[i].Resolve == "" {
			t.note("the next plan or apply looks what became of it")
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// DoubtsJSON lists them for scripts.
func DoubtsJSON(w io.Writer, doubts []DoubtOverview) error {
	return write(w, struct {
		FormatVersion int             `json:"formatVersion"`
		InDoubt       []DoubtOverview `json:"inDoubt"`
	}{FormatVersion, listOf(doubts)})
}

// ResolvedJSON tells scripts how a doubt was settled.
func ResolvedJSON(w io.Writer, id string, wish plan.Wish, happened bool) error {
	return write(w, struct {
		FormatVersion int    `json:"formatVersion"`
		ID            string `json:"id"`
		Key           string `json:"key"`
		Kind          string `json:"kind"`
		Label         string `json:"label"`
		Happened      bool   `json:"happened"`
	}{FormatVersion, id, string(wish.Key), string(wish.Kind), wish.Enrichment.Label, happened})
}
