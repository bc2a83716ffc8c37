package main

import (
	"context"
	"fmt"
	"slices"

	"albumen/reconcile/status"
	"albumen/spec"
)

// each does something for every account that is meant, one after the other. What
// stops one does not stop the others; the exit code at the end is the worst.
func (a *app) each(ctx context.Context, do func(loaded *spec.Spec, account string) error) error {
	if err := a.check(); err != nil {
		return err
	}
	loaded, accounts, err := a.load()
	if err != nil {
		return err
	}
	if a.working = accounts[0]; len(accounts) == 1 {
		return do(loaded, accounts[0])
	}
	if err := a.oneTokenIsNotAll(accounts); err != nil {
		return err
	}
	code := exitDone
	for i, account := range accounts {
		a.working, a.answered = account, false
		if err := a.heading(account, i == 0); err != nil {
			return err
		}
		code = worse(code, a.exitOf(account, do(loaded, account)))
		if ctx.Err() != nil {
			break
		}
	}
	if code == exitDone {
		return nil
	}
	return exitError{code}
}

// heading tells whose the text is that follows. JSON names its account itself.
func (a *app) heading(account string, first bool) error {
	if a.output == "json" {
		return nil
	}
	blank := "\n"
	if first {
		blank = ""
	}
	_, err := fmt.Fprintf(a.stdout, "%s%s\n", blank, status.Style{Color: a.colored(a.stdout)}.Bold("account "+account))
	return err
}

// worse is the exit code of two that asks for more: a wait, a login, a look at
// what was done in part, a repair.
func worse(one, other int) int {
	order := []int{exitDone, exitChanges, exitHeld, exitUnauthorized, exitInPart, exitFailed, exitInvalidSpec}
	if slices.Index(order, other) > slices.Index(order, one) {
		return other
	}
	return one
}

// load reads the spec and finds the accounts that are meant.
func (a *app) load() (*spec.Spec, []string, error) {
	path, err := a.specPath()
	if err != nil {
		return nil, nil, err
	}
	loaded, err := spec.Load(path, spec.LoadOptions{})
	if err != nil {
		return nil, nil, err
	}
	accounts := loaded.Accounts()
	switch {
	case a.account != "":
		if slices.Contains(accounts, a.account) {
			return loaded, []string{a.account}, nil
		}
		return nil, nil, fmt.Errorf("--account %q: the spec has %q", a.account, accounts)
	case len(accounts) == 0:
		return loaded, []string{defaultAccount}, nil
	}
	return loaded, accounts, nil
}
