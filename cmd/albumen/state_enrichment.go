package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/spec"
	"albumen/state"
)

func (a *app) forgetEnrichmentCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget-enrichment KEY IDENTITY",
		Short: "Forget that a text, a place or a route was written",
		Long: `forget-enrichment drops what is remembered of one text, place or route of the
album KEY. plan names its IDENTITY where it can't change, move or take out what
was written: the API never does.

Delete it in Google Photos first. What the spec still wants is written anew by
the next apply, and would otherwise stand there twice.`,
		Example: "  albumen state forget-enrichment iceland-2024 text:9daa2d3ad3ee",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.forgetEnrichment(cmd.Context(), spec.Key(args[0]), args[1], yes)
		},
	}
	a.memoryFlags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "forget it without asking")
	return cmd
}

func (a *app) forgetEnrichment(ctx context.Context, key spec.Key, identity string, yes bool) (err error) {
	db, err := a.openMemory(ctx, state.Apply, "state forget-enrichment")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	account, err := a.rememberedAccount(ctx, db, func(v *state.View) bool {
		for i := range v.Albums {
			if v.Albums[i].Key == string(key) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	if !yes {
		question := fmt.Sprintf("Is %q deleted from the album %q in Google Photos? [yes/no] ", identity, key)
		if yes, err = a.askYes(ctx, question); err != nil {
			return err
		}
		if !yes {
			fmt.Fprintln(a.stderr, "nothing was forgotten")
			return exitError{exitFailed}
		}
	}
	label, err := reconcile.ForgetEnrichment(ctx, db.Account(account), key, identity)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "forgotten: %q of %s\n", label, key)
	return err
}
