package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"

	"albumen/photos"
	"albumen/photos/auth"
	"albumen/reconcile"
	"albumen/reconcile/status"
	"albumen/spec"
	"albumen/state"
)

// The exit codes.
const (
	exitDone         = 0
	exitFailed       = 1
	exitChanges      = 2
	exitInvalidSpec  = 3
	exitUnauthorized = 4
	exitHeld         = 5
	exitInPart       = 7
)

// exitError ends a command with a code and nothing more to say.
type exitError struct{ code int }

// Error is only seen by who forgets to look at the code.
func (e exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// exit prints an error with its remedy and turns it into an exit code.
func (a *app) exit(err error) int { return a.exitOf("", err) }

// exitOf is exit for one account of several; "" is the only one.
func (a *app) exitOf(account string, err error) int {
	if err == nil {
		return exitDone
	}
	var quiet exitError
	if errors.As(err, &quiet) {
		return quiet.code
	}
	whose := ""
	if account != "" {
		whose = account + ": "
	}
	fmt.Fprintf(a.stderr, "albumen: %s%v\n", whose, err)
	code, remedy := diagnose(err)
	if mends := a.accessRemedy(cmp.Or(a.working, a.account, defaultAccount), err); mends != "" {
		code, remedy = exitUnauthorized, mends
	}
	if remedy != "" {
		fmt.Fprintf(a.stderr, "  %s\n", remedy)
	}
	if a.output == "json" && !a.answered {
		a.failure(account, err, remedy, code)
	}
	return code
}

// failure is the JSON document of a command that came to no other.
func (a *app) failure(account string, err error, remedy string, code int) {
	type failed struct {
		Account  string `json:"account,omitempty"`
		Message  string `json:"message"`
		Remedy   string `json:"remedy,omitempty"`
		ExitCode int    `json:"exitCode"`
	}
	enc := json.NewEncoder(a.document())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(struct {
		FormatVersion int    `json:"formatVersion"`
		Error         failed `json:"error"`
	}{status.FormatVersion, failed{account, err.Error(), remedy, code}})
}

// diagnose finds the exit code of an error, and what its reader can do.
func diagnose(err error) (code int, remedy string) {
	var (
		invalid  spec.Errors
		locked   *state.LockedError
		noAccess noAccessError

		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &invalid):
		return exitInvalidSpec, ""
	case errors.As(err, &noAccess):
		return exitUnauthorized, noAccess.remedy()
	case errors.As(err, &locked):
		return exitFailed, "wait for it to end, or stop it; plan and status work meanwhile"
	case photos.IsUnauthorized(err):
		return exitUnauthorized, "the access token is not valid (any more): set ALBUMEN_TOKEN to a new one"
	case photos.IsScopeMissing(err):
		return exitUnauthorized, "log in again and leave all boxes ticked: albumen auth login"
	case photos.IsNoPhotos(err):
		return exitUnauthorized, "this account may not use Google Photos: ask who administers it"
	case photos.IsStorageFull(err):
		return exitFailed, "nothing is lost: free some storage of the account, and run the command again"
	case photos.IsAPIDisabled(err):
		return exitUnauthorized, "enable the Photos Library API in the Cloud project of your OAuth client"
	case errors.Is(err, reconcile.ErrBudget), photos.IsDailyQuota(err):
		return exitFailed, "nothing is lost: run the command again after midnight in California"
	case errors.As(err, &certificate):
		return exitFailed, "name the right --endpoint, or let SSL_CERT_FILE hold the certificate authority that signed it"
	case auth.IsTemporary(err):
		return exitFailed, "nothing is lost: run the command again later"
	case errors.Is(err, context.Canceled):
		return exitFailed, "interrupted; run the command again to go on"
	}
	return exitFailed, stateRemedy(err)
}

// noAccessError says that there is no OAuth client to ask for access with.
type noAccessError struct {
	account  string
	own, all string // where the credentials of this account are looked for, and of all
	login    string // the command that comes next
}

// Error says for which account.
func (e noAccessError) Error() string {
	return fmt.Sprintf("no credentials for the account %q", e.account)
}

func (e noAccessError) remedy() string {
	return fmt.Sprintf("save the JSON of your OAuth client as %s, then: %s\n  or as %s, for this account alone\n  or set ALBUMEN_TOKEN to an access token, or try it without Google: --emulator", e.all, e.login, e.own)
}
