package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"albumen/reconcile/status"
	"albumen/state"
)

type forgetOptions struct{ yes, allGone bool }

func (a *app) stateForgetCommand() *cobra.Command {
	var o forgetOptions
	cmd := &cobra.Command{
		Use:   "forget KEY...",
		Short: "Let go of albums: drop what is known of them",
		Long: `forget drops the binding of a key with everything that is known of its album. The
live album is not touched: it becomes a stray, which a spec can adopt. While the spec
names the key, the next plan says so and waits.

With --all-gone it forgets the albums that somebody deleted, all at once. An album
of which the spec still names the key is made anew then.`,
		Example:           "  albumen state forget iceland-2024\n  albumen state forget --all-gone --yes",
		ValidArgsFunction: a.completeKeys,
		Args: func(_ *cobra.Command, args []string) error {
			if (len(args) == 0) != o.allGone {
				return errors.New("name the keys to forget, or all that somebody deleted with --all-gone")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.output == "json" && !o.yes {
				return errors.New("-o json can't ask: pass --yes")
			}
			return a.onMemory(cmd.Context(), "albumen state forget", func(db *state.DB) error {
				return a.stateForget(cmd.Context(), db, args, o)
			})
		},
	}
	a.accountFlag(cmd, "of this account, when several know the key")
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do it without asking")
	cmd.Flags().BoolVar(&o.allGone, "all-gone", false, "forget the albums that somebody deleted")
	return cmd
}

// forgotten is one binding that is dropped, as scripts read it.
type forgotten struct {
	Account  string `json:"account"`
	Key      string `json:"key"`
	Album    string `json:"album"`
	Title    string `json:"title"`
	Gone     bool   `json:"gone"`
	Items    int    `json:"items"`
	Captions int    `json:"captions"`
	Intents  int    `json:"intents"`
}

func (a *app) stateForget(ctx context.Context, db *state.DB, keys []string, o forgetOptions) error {
	drop, err := a.toForget(ctx, db, keys, o)
	if err != nil {
		return err
	}
	if proceed, err := a.agreeToForget(ctx, drop, o); err != nil || !proceed {
		return err
	}
	byAccount := map[string][]string{}
	for _, f := range drop {
		byAccount[f.Account] = append(byAccount[f.Account], f.Key)
	}
	for _, account := range slices.Sorted(maps.Keys(byAccount)) {
		if err := db.Account(account).Forget(ctx, byAccount[account]...); err != nil {
			return err
		}
	}
	if a.output == "json" {
		return a.writeJSON(struct {
			FormatVersion int         `json:"formatVersion"`
			Forgotten     []forgotten `json:"forgotten"`
		}{status.FormatVersion, append([]forgotten{}, drop...)})
	}
	_, err = fmt.Fprintf(a.stdout, "%s forgotten.\n", amount(len(drop), "album is", "albums are"))
	return err
}

// agreeToForget says what would be lost, and asks where there is something to say
// yes to.
func (a *app) agreeToForget(ctx context.Context, drop []forgotten, o forgetOptions) (bool, error) {
	if a.output == "json" {
		return true, nil
	}
	for _, f := range drop {
		fmt.Fprintf(a.stdout, "%s\n", f.sentence())
	}
	if o.yes || len(drop) == 0 {
		return true, nil
	}
	yes, err := a.askYes(ctx, "\nForget this? No album is touched. [yes/no] ")
	if err == nil && !yes {
		fmt.Fprintln(a.stderr, "nothing was forgotten")
		err = exitError{exitFailed}
	}
	return yes, err
}

// toForget are the bindings that are meant.
func (a *app) toForget(ctx context.Context, db *state.DB, keys []string, o forgetOptions) ([]forgotten, error) {
	if o.allGone {
		return a.allGone(ctx, db)
	}
	account, name, err := a.accountOf(ctx, db, keys...)
	if err != nil {
		return nil, err
	}
	var out []forgotten
	for _, key := range keys {
		c, err := account.Card(ctx, key)
		if err != nil {
			return nil, err
		}
		out = append(out, toDrop(name, &c))
	}
	return out, nil
}

func (a *app) allGone(ctx context.Context, db *state.DB) ([]forgotten, error) {
	names, err := a.remembered(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []forgotten
	for _, name := range names {
		keys, err := db.Account(name).Keys(ctx)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			c, err := db.Account(name).Card(ctx, key)
			if err != nil {
				return nil, err
			}
			if !c.Gone.IsZero() {
				out = append(out, toDrop(name, &c))
			}
		}
	}
	return out, nil
}

func toDrop(account string, c *state.Card) forgotten {
	return forgotten{
		Account: account, Key: c.Key, Album: c.Album, Title: c.Title, Gone: !c.Gone.IsZero(),
		Items: len(c.Members), Captions: len(c.Enrichments), Intents: len(c.Intents),
	}
}

// sentence says what is lost with a binding, and what can't be found again.
func (f *forgotten) sentence() string {
	out := fmt.Sprintf("%s: the album %s with %s", f.Key, strconv.Quote(f.Title), amount(f.Items, "item", "items"))
	if f.Gone {
		out += "; somebody deleted it"
	}
	if f.Intents > 0 {
		out += fmt.Sprintf("\n  ! %s without a known end; nobody looks for it any more", amount(f.Intents, "write", "writes"))
	}
	if f.Captions > 0 && !f.Gone {
		out += fmt.Sprintf("\n  ! %s: if a spec adopts the album again, they are written a second time", amount(f.Captions, "caption", "captions"))
	}
	return out
}
