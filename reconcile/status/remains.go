package status

import (
	"encoding/json"
	"fmt"

	"albumen/reconcile/plan"
	"albumen/spec"
)

// Remains are the albums that no spec speaks for, as a pass saw them.
type Remains struct {
	Orphans []OrphanOverview `json:"orphans"`
	Strays  []StrayOverview  `json:"strays"`
}

// OrphanOverview is an album that albumen bound and that the spec no longer names.
type OrphanOverview struct {
	Key      string `json:"key"`
	Album    string `json:"album"`
	Title    string `json:"title"`
	URL      string `json:"url,omitempty"`
	OnRemove string `json:"onRemove"`
	Hint     string `json:"hint"` // what to do about it
}

// StrayOverview is a live album of this app that no key stands for.
type StrayOverview struct {
	Album string `json:"album"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Hint  string `json:"hint"` // what to do about it
}

// ReadRemains finds what remained in the report of a run, as ReportJSON wrote it.
// A report without any, such as that of a run which never ended, has none.
func ReadRemains(report []byte) Remains {
	var r struct{ Plan Remains }
	if json.Unmarshal(report, &r) != nil {
		return Remains{}
	}
	return r.Plan
}

// remainsOf are those of a plan.
func remainsOf(p *plan.Plan) Remains {
	r := Remains{Orphans: []OrphanOverview{}, Strays: []StrayOverview{}}
	for _, o := range p.Orphans {
		r.Orphans = append(r.Orphans, OrphanOverview{
			Key: string(o.Key), Album: string(o.Album), Title: o.Title, URL: o.URL, OnRemove: string(o.OnRemove), Hint: orphanHint(&o),
		})
	}
	titles := map[string]int{}
	for _, s := range p.Strays {
		titles[s.Title]++
	}
	for _, s := range p.Strays {
		r.Strays = append(r.Strays, StrayOverview{Album: string(s.Album), Title: s.Title, URL: s.URL, Hint: strayHint(&s, titles[s.Title] > 1)})
	}
	return r
}

// orphanHint says what becomes of an orphan by itself, and what else can.
func orphanHint(o *plan.Orphan) string {
	becomes := "it stays as it is"
	switch o.OnRemove {
	case spec.Keep, "":
	case spec.Empty:
		becomes = "what albumen put in is taken out at the next apply"
	case spec.Unshare:
		becomes = "its sharing ends, where the service lets apps do that"
	}
	return fmt.Sprintf("%s; if another key stands for it now, say `previously: [%s]` there; to let go of it: albumen state forget %s",
		becomes, o.Key, o.Key)
}

// strayHint says how a stray is bound to a key. A title helps if no other has it.
func strayHint(s *plan.Stray, twin bool) string {
	how := fmt.Sprintf("adopt: {title: %q}", s.Title)
	if twin || s.Title == "" || Show(s.Title) != s.Title {
		how = fmt.Sprintf("adopt: {id: %s}", s.Album)
	}
	return fmt.Sprintf("bind it to a key with `%s`, or delete it in Google Photos: no API can", how)
}

// remains lists the orphans and strays, each with what to do about it.
func (t *text) remains(r Remains) {
	for _, o := range r.Orphans {
		t.line(fmt.Sprintf("= %s %s is no longer in the spec", o.Key, quote(o.Title)), "orphan, onRemove: "+o.OnRemove)
		t.note(o.Hint)
	}
	for i, s := range r.Strays {
		if i == listed && len(r.Strays) > listed+1 {
			t.note(fmt.Sprintf("… and %d more albums that no key stands for", len(r.Strays)-listed))
			break
		}
		t.line("= "+quote(s.Title)+" was made by this app; no key stands for it", "stray")
		t.note(s.Hint)
	}
}
