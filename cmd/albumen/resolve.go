package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) resolveCommand() *cobra.Command {
	var happened, didNot, yes bool
	cmd := &cobra.Command{
		Use:   "resolve [ID]",
		Short: "Settle what is in doubt",
		Long: `resolve lists the writes whose answers were lost. Nearly all of them are settled
by the next plan or apply, which looks at the account. A text, a place or a route
between pictures is never shown by the API, and never written a second time
unasked: look at the album in Google Photos and say what you see.

  --happened  it stands there. Its id is not known, so that nothing can be put
              behind it: what follows it in the story goes behind the one before
  --did-not   it does not: the next apply writes it`,
		Example: "  albumen resolve\n  albumen resolve 4f0c2b9d7a6e5f1c3b2a9d8e --happened",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && (happened || didNot):
				return errors.New("say which write: albumen resolve ID")
			case len(args) == 0:
				return a.listDoubts(cmd.Context())
			case happened == didNot:
				return errors.New("say what you saw in the album: --happened or --did-not")
			case a.output == "json" && !yes:
				return errors.New("-o json can't ask: pass --yes")
			}
			return a.resolve(cmd.Context(), args[0], happened, yes)
		},
	}
	a.memoryFlags(cmd)
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&happened, "happened", false, "it stands in the album")
	cmd.Flags().BoolVar(&didNot, "did-not", false, "it does not")
	cmd.Flags().BoolVar(&yes, "yes", false, "settle it without asking")
	cmd.MarkFlagsMutuallyExclusive("happened", "did-not")
	return cmd
}

// memoryFlags adds the flags of commands that work on the memory alone.
func (a *app) memoryFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.emulator, "emulator", false, "of the emulated account")
	cmd.Flags().StringVar(&a.account, "account", "", "of this account (default: the one that knows it)")
	a.completeAccounts(cmd)
}

// openMemory opens the state, and nothing else.
func (a *app) openMemory(ctx context.Context, mode state.Mode, command string) (*state.DB, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return nil, err
	}
	if a.emulator {
		dir = filepath.Join(dir, "emulator")
	}
	return state.Open(ctx, state.Options{Dir: dir, Mode: mode, Command: command})
}

// rememberedAccount is the account that was asked for, or the one that knows what
// is looked for.
func (a *app) rememberedAccount(ctx context.Context, db *state.DB, knows func(*state.View) bool) (string, error) {
	if a.account != "" {
		return a.account, nil
	}
	names, err := db.Accounts(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for _, name := range names {
		v, err := db.Account(name).View(ctx)
		if err != nil {
			return "", err
		}
		if knows(&v) {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return defaultAccount, nil
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("the accounts %q know it: name one with --account", found)
}

// listDoubts shows what is in doubt.
func (a *app) listDoubts(ctx context.Context) (err error) {
	db, err := a.openMemory(ctx, state.ReadOnly, "resolve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	var all []status.DoubtOverview
	for _, name := range names {
		if a.account != "" && a.account != name {
			continue
		}
		v, err := db.Account(name).View(ctx)
		if err != nil {
			return err
		}
		doubts, err := doubtsOf(&v)
		if err != nil {
			return err
		}
		for _, d := range doubts {
			d.Account = name
			all = append(all, d)
		}
	}
	if a.output == "json" {
		return status.DoubtsJSON(a.document(), all)
	}
	return status.WriteDoubts(a.stdout, all, status.Style{Color: a.colored(a.stdout)})
}

// doubtsOf are the open writes of an account, with what they were about.
func doubtsOf(v *state.View) ([]status.DoubtOverview, error) {
	var out []status.DoubtOverview
	for _, i := range v.Intents {
		wish, err := reconcile.WishOf(i)
		if err != nil {
			return nil, err
		}
		d := status.DoubtOverview{ID: i.ID, Key: i.Key, Kind: i.Kind, Since: i.OpenedAt, Note: i.Note, Lost: i.Doubt}
		at := slices.IndexFunc(v.Albums, func(b state.Album) bool { return b.ID == string(wish.Album) })
		if at >= 0 {
			d.URL = v.Albums[at].ProductURL
		}
		if wish.Held() {
			d.Label, d.Resolve = wish.Enrichment.Label, status.Resolving(i.ID)
		}
		out = append(out, d)
	}
	return out, nil
}

// resolve settles one doubt by what a person saw.
func (a *app) resolve(ctx context.Context, id string, happened, yes bool) (err error) {
	db, err := a.openMemory(ctx, state.Apply, "resolve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	account, err := a.rememberedAccount(ctx, db, func(v *state.View) bool {
		return slices.ContainsFunc(v.Intents, func(i state.Intent) bool { return i.ID == id })
	})
	if err != nil {
		return err
	}
	if !yes {
		if yes, err = a.askYes(ctx, resolveQuestion(happened)); err != nil {
			return err
		}
		if !yes {
			fmt.Fprintln(a.stderr, "nothing was settled")
			return exitError{exitFailed}
		}
	}
	wish, err := reconcile.Resolve(ctx, db.Account(account), id, happened)
	if err != nil {
		return err
	}
	return a.resolved(wish, id, happened)
}

func resolveQuestion(happened bool) string {
	if happened {
		return "Does it stand in the album in Google Photos? [yes/no] "
	}
	return "Is it missing from the album in Google Photos? It will be written again. [yes/no] "
}

// resolved says what the decision comes to.
func (a *app) resolved(wish plan.Wish, id string, happened bool) error {
	if a.output == "json" {
		return status.ResolvedJSON(a.document(), id, wish, happened)
	}
	text := fmt.Sprintf("settled: %q of %s was not written; the next apply writes it", wish.Enrichment.Label, wish.Key)
	if happened {
		text = fmt.Sprintf("settled: %q of %s was written.\nIts id is not known: what follows it in the story goes behind the one before it", wish.Enrichment.Label, wish.Key)
	}
	_, err := fmt.Fprintln(a.stdout, text)
	return err
}
