package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) stateShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show everything that is known of one album",
		Long: `show lists the members of an album in their order, each with the file that it came
from, its id, the beginning of its digest and whose it is; what was taken out and by
whom; captions, descriptions and sharing; and what is in doubt or quarantined.`,
		Example:           "  albumen state show iceland-2024\n  albumen state show iceland-2024 --emulator -o json",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeKeys),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.inMemory(cmd.Context(), func(db *state.DB) error { return a.stateShow(cmd.Context(), db, args[0]) })
		},
	}
	a.accountFlag(cmd, "of this account, when several know the key")
	a.outputFlag(cmd)
	return cmd
}

// first completes one argument and no more.
func first(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, word)
	}
}

func (a *app) stateShow(ctx context.Context, db *state.DB, key string) error {
	account, name, err := a.accountOf(ctx, db, key)
	if err != nil {
		return err
	}
	card, err := account.Card(ctx, key)
	if err != nil {
		return err
	}
	card.Quarantine = slices.DeleteFunc(card.Quarantine, func(q state.QuarantineRow) bool { return q.Reason == reconcile.Suspect })
	if a.output == "json" {
		return a.writeJSON(struct {
			FormatVersion int    `json:"formatVersion"`
			Account       string `json:"account"`
			state.Card
		}{status.FormatVersion, name, card})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s of the account %s\n", status.Style{Color: a.colored(a.stdout)}.Bold(card.Key), strconv.Quote(card.Title), name)
	writeCard(&b, &card)
	_, err = io.WriteString(a.stdout, b.String())
	return err
}

// writeCard writes what is known of an album, without what there is none of.
func writeCard(b *strings.Builder, c *state.Card) {
	fmt.Fprintf(b, "  album %s\n", c.Album)
	if c.URL != "" {
		fmt.Fprintf(b, "  %s\n", c.URL)
	}
	made := "adopted"
	if !c.Created.IsZero() {
		made = "made " + day(c.Created)
	}
	fmt.Fprintf(b, "  %s, read %s, written %s\n", made, day(c.Read), day(c.Written))
	if !c.Gone.IsZero() {
		fmt.Fprintf(b, "  ! somebody deleted it; found %s\n", day(c.Gone))
	}
	if c.OnRemove != "" {
		fmt.Fprintf(b, "  onRemove: %s\n", c.OnRemove)
	}
	if c.Cover != "" {
		fmt.Fprintf(b, "  cover %s\n", c.Cover)
	}
	if c.Share != nil {
		fmt.Fprintf(b, "  share: %s\n", shared(c.Share))
	}
	writeContents(b, c)
	writeIntents(b, c.Intents)
	writeQuarantine(b, c.Quarantine)
}

// writeContents writes what stands in an album, and what stood there.
func writeContents(b *strings.Builder, c *state.Card) {
	fmt.Fprintf(b, "  %s\n", amount(len(c.Members), "member", "members"))
	described := map[string]string{}
	for _, d := range c.Descriptions {
		described[d.Item] = d.Text
	}
	for n, m := range c.Members {
		whose := "ours"
		if !m.Ours {
			whose = "foreign"
		}
		fmt.Fprintf(b, "  %5d  %s  %s  %s  %s\n", n+1, status.Show(called(m)), m.Item, short(m.Digest), whose)
		if text := described[m.Item]; text != "" {
			fmt.Fprintf(b, "         %s\n", strconv.Quote(text))
		}
	}
	for _, e := range c.Enrichments {
		fmt.Fprintf(b, "  + %s (%s), written %s as %s\n", status.Show(e.Label), e.Identity, day(e.Written), cmp.Or(e.Enrichment, "what nobody knows"))
	}
	for _, r := range c.Removed {
		fmt.Fprintf(b, "  - %s  %s  %s %s\n", r.Item, short(r.Digest), takenBy(r.By), day(r.At))
	}
}

func shared(s *state.ShareRow) string {
	if !s.Shared {
		return "off, since " + day(s.Written)
	}
	return fmt.Sprintf("collaborative %t, commentable %t, since %s", s.Collaborative, s.Commentable, day(s.Written))
}

// called is a member as the spec's author knows it.
func called(m state.MemberRow) string {
	if m.Label != "" {
		return m.Label
	}
	return m.FileName
}

// short is the beginning of a digest.
func short(digest string) string {
	if digest == "" {
		return "bytes unknown"
	}
	return digest[:12]
}

// takenBy says who took a member out.
func takenBy(who string) string {
	switch who {
	case "us":
		return "taken out by a plan"
	case "app":
		return "taken out in the app, seen"
	case "library":
		return "deleted in the library, seen"
	}
	return "taken out by " + who
}
