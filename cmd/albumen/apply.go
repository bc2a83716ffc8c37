package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/reconcile/status"
	"albumen/spec"
	"albumen/state"
)

func (a *app) applyCommand() *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Do what plan shows",
		Long: `apply prints the plan, asks, and carries it out: one write after the other, each
noted durably before it is sent, so that an interrupt, a crash or a lost answer
loses nothing and doubles nothing. Run it again to go on.

What would take too much away is held, shown with the sign ! and exit code 5,
until --allow-removals or "albumen approve". What Google lets no app do any more
is shown with the way by hand, and fails no run.`,
		Example: "  albumen apply --emulator --yes -f examples/journey",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.uploads < 1 || o.uploads > 64:
				return fmt.Errorf("--uploads %d: expected 1 to 64", o.uploads)
			case o.allow < 0:
				return negative("allow-removals", o.allow)
			case a.output == "json" && !o.yes:
				return errors.New("-o json can't ask: pass --yes")
			}
			return a.each(cmd.Context(), func(loaded *spec.Spec, account string) error {
				return a.apply(cmd.Context(), loaded, account, o)
			})
		},
	}
	a.accountFlags(cmd)
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "carry the plan out without asking")
	cmd.Flags().IntVar(&o.allow, "allow-removals", 0, "let up to so many removals through in all, whatever the spec's limits")
	cmd.Flags().IntVar(&o.uploads, "uploads", reconcile.DefaultUploads, "send so many files at a time")
	return cmd
}

type applyOptions struct {
	yes            bool
	allow, uploads int
}

func (a *app) apply(ctx context.Context, loaded *spec.Spec, account string, o applyOptions) (err error) {
	progress := status.NewProgress(a.stderr, isTerminal(a.stderr), status.Style{Color: a.colored(a.stderr)})
	stop := sync.OnceFunc(progress.Stop)
	defer stop()
	watch := watching(progress)
	s, err := a.open(ctx, loaded, account, toApply, "apply", watch)
	if err != nil {
		stop()
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pass, err := a.reconciler(s, toApply, watch, o.uploads).Plan(ctx, s.request(o.allow))
	stop()
	if err != nil {
		return err
	}
	if proceed, err := a.agree(ctx, pass, o); err != nil || !proceed {
		return err
	}
	return a.carryOut(ctx, s, pass, o)
}

// agree shows the plan and asks for a yes where there is something to say yes
// to.
func (a *app) agree(ctx context.Context, pass *reconcile.Pass, o applyOptions) (bool, error) {
	if a.output == "json" {
		return true, nil
	}
	style := status.Style{Color: a.colored(a.stdout)}
	if err := errors.Join(status.Verdicts(a.stdout, pass.Verdicts, style), status.Plan(a.stdout, &pass.Plan, style)); err != nil {
		return false, err
	}
	if o.yes || pass.Plan.Empty() {
		return true, nil
	}
	yes, err := a.askYes(ctx, "\nCarry this out? Nothing of it can be undone. [yes/no] ")
	if err == nil && !yes {
		fmt.Fprintln(a.stderr, "nothing was done")
		err = exitError{exitFailed}
	}
	return yes, err
}

// carryOut applies the plan, remembers the run and says what came of it.
func (a *app) carryOut(ctx context.Context, s *session, pass *reconcile.Pass, o applyOptions) error {
	began := time.Now()
	first := pass.Plan
	first.Actions = append([]plan.Action(nil), pass.Plan.Actions...)
	progress := status.NewProgress(a.stderr, isTerminal(a.stderr), status.Style{Color: a.colored(a.stderr)})
	progress.Expect(first.Cost)
	report, err := a.reconciler(s, toApply, watching(progress), o.uploads).Apply(ctx, s.request(o.allow), pass)
	progress.Stop()
	took := time.Since(began)
	err = errors.Join(err, s.remember(context.WithoutCancel(ctx), "apply", began, &first, report))
	if a.output == "json" {
		err = errors.Join(err, status.ReportJSON(a.document(), &first, report, s.calls.total()))
	} else if len(report.Results) > 0 {
		fmt.Fprintln(a.stdout)
		err = errors.Join(err, status.Report(a.stdout, report, s.calls.total(), took, status.Style{Color: a.colored(a.stdout)}))
		a.pointOut(&first)
	}
	if err != nil {
		return err
	}
	return outcome(&first, report)
}

// pointOut says where the emulated albums can be looked at.
func (a *app) pointOut(p *plan.Plan) {
	if !a.emulator || a.output == "json" {
		return
	}
	at := "albumen emulator"
	if a.stateDir != "" {
		at += " --state-dir " + a.stateDir
	}
	fmt.Fprintf(a.stdout, "Look at the albums at http://%s/ while `%s` runs.\n", pagesAddress, at)
}

// outcome turns a report into an exit code. What the spec wants and the account is
// not is told, each time; what the user paused is not, nor what no run can ever
// do: a schedule must not fail for ever over what Google took away.
func outcome(p *plan.Plan, r *reconcile.Report) error {
	switch {
	case !r.Complete():
		return exitError{exitInPart}
	case p.Held():
		return exitError{exitHeld}
	}
	for _, d := range p.Deferred {
		if d.Reason != plan.Paused && !d.ByHand {
			return exitError{exitInPart}
		}
	}
	return nil
}

// remember stores the run with what did not go through.
func (s *session) remember(ctx context.Context, command string, began time.Time, p *plan.Plan, r *reconcile.Report) error {
	var report jsonBuffer
	if err := status.ReportJSON(&report, p, r, s.calls.total()); err != nil {
		return err
	}
	end := "done"
	switch {
	case r.Stopped != nil:
		end = "stopped"
	case !r.Complete():
		end = "in part"
	case p.Held():
		end = "held"
	}
	return s.account.AddRun(ctx, state.Run{
		Command: command, Generation: p.Generation, Outcome: end, StartedAt: began, EndedAt: time.Now(), Report: json.RawMessage(report.b),
	})
}

type jsonBuffer struct{ b []byte }

func (j *jsonBuffer) Write(p []byte) (int, error) {
	j.b = append(j.b, p...)
	return len(p), nil
}

// watching shows on progress what a command does.
func watching(p *status.Progress) watcher {
	return watcher{
		event:   p.Event,
		hashing: func(h spec.ResolveProgress) { p.Hashing(h.Files, h.OfFiles, h.Bytes, h.OfBytes) },
		waiting: func(why string, d time.Duration) {
			p.Event(reconcile.Event{Kind: reconcile.Waiting, Why: why, Wait: d})
		},
	}
}
