package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) stateListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the bound albums, and what else is remembered",
		Long: `list shows each album that a key stands for, with its items and when it was last
read and written; what is quarantined, in doubt or waits to become an item; and the
size of the memory. An orphan is an album whose key the spec did not name when it
was last applied, and a gone one was deleted by somebody.`,
		Example: "  albumen state list\n  albumen state list --emulator -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.inMemory(cmd.Context(), func(db *state.DB) error { return a.stateList(cmd.Context(), db) })
		},
	}
	a.accountFlag(cmd, "of this account (default all)")
	a.outputFlag(cmd)
	return cmd
}

// listing is the memory in short, as scripts read it.
type listing struct {
	FormatVersion int              `json:"formatVersion"`
	Path          string           `json:"path"`
	Bytes         int64            `json:"bytes"`
	Accounts      []accountListing `json:"accounts"`
}

type accountListing struct {
	Name       string                `json:"name"`
	Endpoint   string                `json:"endpoint"`
	Serial     int64                 `json:"serial"`
	Albums     []albumListing        `json:"albums"`
	Intents    []state.IntentRow     `json:"intents"`
	Quarantine []state.QuarantineRow `json:"quarantine"`
	Uploads    int                   `json:"uploadsWaiting"`
	Sessions   int                   `json:"uploadSessions"`
	Media      int                   `json:"itemsByBytes"`
	Files      int                   `json:"filesByBytes"`
	Runs       int                   `json:"runs"`
}

type albumListing struct {
	Key     string    `json:"key"`
	Title   string    `json:"title"`
	Album   string    `json:"album"`
	URL     string    `json:"url,omitempty"`
	Items   int       `json:"items"`
	Ours    int       `json:"ours"`
	Read    time.Time `json:"read,omitzero"`
	Written time.Time `json:"written,omitzero"`
	Gone    time.Time `json:"gone,omitzero"`
	Orphan  bool      `json:"orphan"` // when the spec was last applied
}

func (a *app) stateList(ctx context.Context, db *state.DB) error {
	names, err := a.remembered(ctx, db)
	if err != nil {
		return err
	}
	out := listing{FormatVersion: status.FormatVersion, Path: db.Path(), Accounts: []accountListing{}}
	if out.Bytes, err = db.Size(); err != nil {
		return err
	}
	for _, name := range names {
		one, err := listAccount(ctx, db.Account(name), name)
		if err != nil {
			return err
		}
		out.Accounts = append(out.Accounts, one)
	}
	if a.output == "json" {
		return a.writeJSON(out)
	}
	var b strings.Builder
	for i := range out.Accounts {
		a.writeAccount(&b, &out.Accounts[i])
	}
	fmt.Fprintf(&b, "%s holds %s.\n", out.Path, status.Size(out.Bytes))
	_, err = io.WriteString(a.stdout, b.String())
	return err
}

func listAccount(ctx context.Context, account *state.Account, name string) (accountListing, error) {
	i, err := account.Inventory(ctx)
	if err != nil {
		return accountListing{}, err
	}
	runs, err := account.Runs(ctx, 1)
	if err != nil {
		return accountListing{}, err
	}
	orphans := map[string]bool{}
	for _, r := range runs {
		for _, o := range status.ReadRemains(r.Report).Orphans {
			orphans[o.Key] = true
		}
	}
	out := accountListing{
		Name: name, Endpoint: i.Endpoint, Serial: i.Serial, Albums: []albumListing{}, Intents: i.Intents, Quarantine: []state.QuarantineRow{},
		Uploads: i.Uploads, Sessions: i.Sessions, Media: i.Media, Files: i.Files, Runs: i.Runs,
	}
	for _, l := range i.Albums {
		out.Albums = append(out.Albums, albumListing{
			Key: l.Key, Title: l.Title, Album: l.ID, URL: l.URL, Items: l.Items, Ours: l.Ours,
			Read: l.Read, Written: l.Written, Gone: l.Gone, Orphan: orphans[l.Key],
		})
	}
	for _, q := range i.Quarantine {
		if q.Reason != reconcile.Suspect {
			out.Quarantine = append(out.Quarantine, q)
		}
	}
	return out, nil
}

func (a *app) writeAccount(b *strings.Builder, l *accountListing) {
	style := status.Style{Color: a.colored(a.stdout)}
	fmt.Fprintf(b, "%s at %s\n", style.Bold("account "+l.Name), cmp.Or(l.Endpoint, "a service that never answered"))
	table := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	if len(l.Albums) > 0 {
		fmt.Fprintln(table, "  KEY\tTITLE\tITEMS\tOURS\tREAD\tWRITTEN\tMARK\tALBUM")
	}
	for _, one := range l.Albums {
		mark := "-"
		switch {
		case !one.Gone.IsZero():
			mark = "gone " + day(one.Gone)
		case one.Orphan:
			mark = "orphan"
		}
		fmt.Fprintf(table, "  %s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\n", one.Key, strconv.Quote(one.Title), one.Items, one.Ours, day(one.Read), day(one.Written), mark, one.Album)
	}
	_ = table.Flush()
	writeIntents(b, l.Intents)
	writeQuarantine(b, l.Quarantine)
	fmt.Fprintf(b, "  %s; %s and %s known by their bytes; %s wait, %s begun; %s\n\n",
		amount(len(l.Albums), "album", "albums"), amount(l.Media, "item", "items"), amount(l.Files, "file", "files"),
		amount(l.Uploads, "upload", "uploads"), amount(l.Sessions, "upload", "uploads"), amount(l.Runs, "run", "runs"))
}

func writeIntents(b *strings.Builder, intents []state.IntentRow) {
	for _, i := range intents {
		how := "open since"
		if i.Lost {
			how = "in doubt since"
		}
		fmt.Fprintf(b, "  ? %s of %s is %s %s (%s)\n", i.Kind, i.Key, how, day(i.Opened), i.ID)
		if i.Note != "" {
			fmt.Fprintf(b, "      %s\n", status.Show(i.Note))
		}
	}
}

func writeQuarantine(b *strings.Builder, quarantine []state.QuarantineRow) {
	for _, q := range quarantine {
		fmt.Fprintf(b, "  ? %s of %s is quarantined since %s\n      %s\n", status.Show(q.Label), q.Key, day(q.Since), status.Show(q.Message))
	}
}

// day is a moment for people.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}
