package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"albumen/state"
)

// planID is what the id of a held plan looks like.
var planID = regexp.MustCompile(`^[0-9a-f]{12}$`)

func (a *app) approveCommand() *cobra.Command {
	var o approveOptions
	cmd := &cobra.Command{
		Use:   "approve PLAN-ID",
		Short: "Let a held plan go, once",
		Long: `approve says yes to what the guard holds back. The id stands at the end of the
plan that plan and apply print. The next apply whose held part is the very same
carries it out and uses the yes up; one that has changed meanwhile is held again.
No call is made, and a run that is under way need not end.`,
		Example: "  albumen approve 3f9a02c41b7e\n  albumen approve 3f9a02c41b7e --removals 40 --account family",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !planID.MatchString(args[0]):
				return fmt.Errorf("%q is no id of a plan: expected the 12 digits that `albumen plan` shows", args[0])
			case o.removals < 0:
				return negative("removals", o.removals)
			}
			return a.approve(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.emulated, "emulator", false, "of the emulated account")
	f.StringVar(&a.account, "account", "", "of this account (default: the only one)")
	f.IntVar(&o.removals, "removals", 0, "only if it takes out no more than so many (0: as many as it holds)")
	a.completeAccounts(cmd)
	return cmd
}

type approveOptions struct {
	emulated bool
	removals int
}

func (a *app) approve(ctx context.Context, id string, o approveOptions) (err error) {
	if err := a.check(); err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	if o.emulated {
		dir = filepath.Join(dir, "emulator")
	}
	account, err := a.onlyAccount(ctx, dir)
	if err != nil {
		return err
	}
	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Observe, Command: "approve"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Account(account).Approve(ctx, state.Approval{Plan: id, Removals: o.removals, At: time.Now()}); err != nil {
		return err
	}
	limit := ""
	if o.removals > 0 {
		limit = fmt.Sprintf(", if it takes out no more than %d", o.removals)
	}
	_, err = fmt.Fprintf(a.stdout, "Approved: the next apply of the plan %s carries it out, once%s. A plan that has changed is held again.\n", id, limit)
	return err
}

// onlyAccount is the account that was asked for, or the only one of a state. It
// makes no state where there is none.
func (a *app) onlyAccount(ctx context.Context, dir string) (name string, err error) {
	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.ReadOnly})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := db.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if name == a.account || a.account == "" && len(names) == 1 {
			return name, nil
		}
	}
	if a.account != "" {
		return "", fmt.Errorf("--account %q: the state knows %q", a.account, names)
	}
	return "", fmt.Errorf("the state knows the accounts %q: name one with --account", names)
}
