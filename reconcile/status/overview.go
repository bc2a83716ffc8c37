package status

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Overview is what is remembered of all accounts of a state.
type Overview struct {
	At       time.Time         `json:"at"`
	Used     int               `json:"callsUsedToday"` // of the client that spent the most
	Clients  []ClientOverview  `json:"clients"`        // each has a day's calls of its own
	Limit    int               `json:"callsADay"`
	Reset    time.Time         `json:"quotaReset"`
	Accounts []AccountOverview `json:"accounts"`
}

// ClientOverview is one OAuth client with its calls of today.
type ClientOverview struct {
	Client string `json:"client"` // "" when the access token did not tell
	Used   int    `json:"callsUsedToday"`
}

// AccountOverview is what is remembered of one account.
type AccountOverview struct {
	Name string `json:"name"`
	// AuthRequired is the command that mends an access which has ended, "" when
	// nothing is known of such an end.
	AuthRequired string          `json:"authRequired,omitempty"`
	Runs         []RunOverview   `json:"runs"` // the last first
	Albums       []AlbumOverview `json:"albums"`
	// Unsupported are the methods that the service does not offer to the account.
	Unsupported []string             `json:"unsupported"`
	InDoubt     []DoubtOverview      `json:"inDoubt"`
	Quarantined []QuarantineOverview `json:"quarantined"`
	Remains                          // as the last run saw them
}

// RunOverview is one run and its end.
type RunOverview struct {
	Command   string        `json:"command"`
	Outcome   string        `json:"outcome"`
	StartedAt time.Time     `json:"startedAt"`
	Took      time.Duration `json:"tookNanoseconds"`
	Counts    RunCounts     `json:"counts"`
}

// RunCounts are the figures of a run's report.
type RunCounts struct {
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	InDoubt  int `json:"inDoubt"`
	NotTried int `json:"notTried"`
	Refused  int `json:"refused"`
	Calls    int `json:"calls"`
}

// AlbumOverview is one bound album.
type AlbumOverview struct {
	Key    string    `json:"key"`
	ID     string    `json:"album"` // Google's
	Title  string    `json:"title"`
	Items  int       `json:"items"`
	URL    string    `json:"url"`
	ReadAt time.Time `json:"readAt"` // when its contents were last known in full
	Gone   bool      `json:"gone"`
	// Link is where all who have it see the album; only where it was asked for.
	Link string `json:"shareLink,omitempty"`
}

// DoubtOverview is one write without a known end.
type DoubtOverview struct {
	ID    string    `json:"id"`
	Key   string    `json:"key"`
	Kind  string    `json:"kind"`
	Since time.Time `json:"since"`
	Note  string    `json:"note"`
	Lost  bool      `json:"answerLost"` // otherwise it may be under way
}

// QuarantineOverview is one file or item that Google refused.
type QuarantineOverview struct {
	Key     string    `json:"key"`
	Label   string    `json:"label"`
	Message string    `json:"message"`
	Since   time.Time `json:"since"`
}

// OverviewJSON writes an overview for scripts.
func OverviewJSON(w io.Writer, o Overview) error {
	o.Clients = listOf(o.Clients)
	for i := range o.Accounts {
		a := &o.Accounts[i]
		a.Runs, a.Albums = listOf(a.Runs), listOf(a.Albums)
		a.InDoubt, a.Quarantined, a.Unsupported = listOf(a.InDoubt), listOf(a.Quarantined), listOf(a.Unsupported)
		a.Orphans, a.Strays = listOf(a.Orphans), listOf(a.Strays)
	}
	return write(w, struct {
		FormatVersion int `json:"formatVersion"`
		Overview
	}{FormatVersion, o})
}

// listOf is a list that is never null.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// WriteOverview writes an overview for people.
func WriteOverview(w io.Writer, o Overview, s Style) error {
	t := &text{style: s}
	for i := range o.Accounts {
		t.account(&o.Accounts[i])
	}
	if len(o.Clients) > 1 {
		for _, c := range o.Clients {
			fmt.Fprintf(&t.b, "%s calls spent today by the client %s.\n", number(c.Used), quote(c.Client))
		}
		fmt.Fprintf(&t.b, "Each has %s a day; counted anew at %s.\n", number(o.Limit), o.Reset.Local().Format("15:04 on 2 January"))
	} else {
		fmt.Fprintf(&t.b, "%s calls of %s spent today; counted anew at %s.\n", number(o.Used), number(o.Limit), o.Reset.Local().Format("15:04 on 2 January"))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *text) account(a *AccountOverview) {
	fmt.Fprintf(&t.b, "%s\n", t.style.paint(bold, "account "+a.Name))
	if a.AuthRequired != "" {
		t.line(t.style.paint(red, "! AuthRequired: the access has expired or was revoked"), "")
		t.note(Show(a.AuthRequired))
	}
	if len(a.Unsupported) > 0 {
		t.sentence("? Google does not offer this to apps any more: "+strings.Join(a.Unsupported, ", "), "unsupported")
		t.note("do it in Google Photos itself")
	}
	if len(a.Runs) == 0 {
		t.line("nothing was applied yet", "")
	}
	for _, r := range a.Runs {
		c := red
		if r.Outcome == "done" {
			c = green
		}
		left := fmt.Sprintf("%s  %s: %s", r.StartedAt.Local().Format("2 Jan 15:04:05"), r.Command, t.style.paint(c, r.Outcome))
		t.line(left, fmt.Sprintf("%s done, %s in %s", number(r.Counts.Done), amount(r.Counts.Calls, "call", "calls"), took(r.Took)))
	}
	t.b.WriteByte('\n')
	for _, b := range a.Albums {
		right := amount(b.Items, "item", "items")
		if b.Gone {
			right = "deleted by somebody"
		}
		t.line(fmt.Sprintf("%s %s", t.style.paint(bold, b.Key), quote(b.Title)), right)
		if b.URL != "" {
			t.note(b.URL)
		}
		if b.Link != "" {
			t.note("shared: " + b.Link)
		}
	}
	t.remains(a.Remains)
	for _, d := range a.InDoubt {
		how := "open since "
		if d.Lost {
			how = "in doubt since "
		}
		t.line(t.style.paint(yellow, fmt.Sprintf("? %s of %s", d.Kind, d.Key)), how+d.Since.Local().Format("2 Jan 15:04"))
		t.note(Show(d.Note))
	}
	for _, q := range a.Quarantined {
		t.line(t.style.paint(yellow, "? "+Show(q.Label)), "quarantined")
		t.note(Show(q.Message))
	}
	t.b.WriteByte('\n')
}
