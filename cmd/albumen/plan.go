package main

import (
	"context"
	"errors"

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
			return a.each(cmd.Context(), func(loaded *spec.Spec, account string) error {
				changes, err := a.plan(cmd.Context(), loaded, account, allow)
				if err == nil && changes && detailed {
					return exitError{exitChanges}
				}
				return err
			})
		},
	}
	a.accountFlags(cmd)
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 2 when the plan holds changes")
	cmd.Flags().IntVar(&allow, "allow-removals", 0, "plan up to so many removals beyond the spec's limits")
	return cmd
}

// plan prints the plan and reports whether it changes anything.
func (a *app) plan(ctx context.Context, loaded *spec.Spec, account string, allow int) (changes bool, err error) {
	progress := status.NewProgress(a.stderr, isTerminal(a.stderr), status.Style{Color: a.colored(a.stderr)})
	pass, err := a.look(ctx, loaded, account, progress, allow)
	progress.Stop()
	if err != nil {
		return false, err
	}
	if a.output == "json" {
		return !pass.Plan.Empty(), status.PlanJSON(a.stdout, &pass.Plan)
	}
	style := status.Style{Color: a.colored(a.stdout)}
	if err := status.Verdicts(a.stdout, pass.Verdicts, style); err != nil {
		return false, err
	}
	return !pass.Plan.Empty(), status.Plan(a.stdout, &pass.Plan, style)
}

func (a *app) look(ctx context.Context, loaded *spec.Spec, account string, progress *status.Progress, allow int) (pass *reconcile.Pass, err error) {
	watch := watching(progress)
	s, err := a.open(ctx, loaded, account, toLook, "plan", watch)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return a.reconciler(s, toLook, watch, 0).Plan(ctx, s.request(allow))
}

func (s *session) request(allow int) reconcile.Request {
	return reconcile.Request{Desired: s.desired, Selected: s.selected, AllowRemovals: allow}
}
