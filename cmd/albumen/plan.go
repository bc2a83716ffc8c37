package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/status"
	"albumen/spec"
)

func (a *app) planCommand() *cobra.Command {
	var detailed bool
	var allow int
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would be done, and its price",
		Long: `plan compares the spec with the live account and prints what apply would do:
each write with its reason, what waits and why, what others changed, and the
price in calls. It writes nothing to the account.`,
		Example: "  albumen plan --emulator -f examples/journey\n  albumen plan -f photos.yaml --only 'trip-*' -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if allow < 0 {
				return negative("allow-removals", allow)
			}
			return a.each(cmd.Context(), func(loaded *spec.Spec, account string) error {
				pass, err := a.plan(cmd.Context(), loaded, account, allow)
				switch {
				case err != nil || !detailed:
					return err
				case !pass.Plan.Empty():
					return exitError{exitChanges}
				case pass.Plan.Held():
					return exitError{exitHeld}
				}
				return nil
			})
		},
	}
	a.accountFlags(cmd)
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 2 when the plan holds changes, 5 when all of them are held by the guard")
	cmd.Flags().IntVar(&allow, "allow-removals", 0, "plan up to so many removals in all, moves included, whatever the spec's limits")
	return cmd
}

// plan prints the plan.
func (a *app) plan(ctx context.Context, loaded *spec.Spec, account string, allow int) (*reconcile.Pass, error) {
	progress := status.NewProgress(a.stderr, isTerminal(a.stderr), status.Style{Color: a.colored(a.stderr)})
	pass, err := a.look(ctx, loaded, account, progress, allow)
	progress.Stop()
	if err != nil {
		return nil, err
	}
	if a.output == "json" {
		return pass, status.PlanJSON(a.document(), &pass.Plan)
	}
	style := status.Style{Color: a.colored(a.stdout)}
	if err := status.Verdicts(a.stdout, pass.Verdicts, style); err != nil {
		return nil, err
	}
	return pass, status.Plan(a.stdout, &pass.Plan, style)
}

func (a *app) look(ctx context.Context, loaded *spec.Spec, account string, progress *status.Progress, allow int) (pass *reconcile.Pass, err error) {
	watch := watching(progress)
	s, err := a.open(ctx, loaded, account, toLook, "plan", watch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.locked != nil {
		fmt.Fprintf(a.stderr, "note: %v; a write that it has under way shows here as in doubt\n", s.locked)
	}
	return a.reconciler(s, toLook, watch, 0).Plan(ctx, s.request(allow))
}

func (s *session) request(allow int) reconcile.Request {
	return reconcile.Request{Desired: s.desired, Selected: s.selected, AllowRemovals: allow}
}
