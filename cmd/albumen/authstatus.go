package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"albumen/photos/auth"
	"albumen/reconcile/status"
)

func (a *app) authStatusCmd() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show who is logged in, for what and for how long",
		Long: `status shows the accounts that are logged in, from their files and without a call.
With --check it asks the service whether the access still holds, which costs none
of the day's calls. It exits with 4 when an account needs a login.`,
		Example: "  albumen auth status\n  albumen auth status --check -o json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.authStatus(cmd.Context(), check) },
	}
	a.authFlags(cmd, "of this account (default all)")
	a.credentialsFlag(cmd)
	a.outputFlag(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "ask the service whether the access still holds")
	return cmd
}

// loginState is what is known of one account's access.
type loginState struct {
	Account      string     `json:"account"`
	Client       string     `json:"client,omitempty"`
	Scopes       []string   `json:"scopes"`
	Missing      []string   `json:"missing"`
	Granted      *time.Time `json:"granted,omitempty"`
	AccessExpiry *time.Time `json:"accessExpiry,omitempty"`
	// MayEnd is when the grant ends if its client is in testing, or as the service
	// told.
	MayEnd    *time.Time  `json:"mayEnd,omitempty"`
	Checked   bool        `json:"checked"`
	Condition conditionOf `json:"condition"`

	remedy string
	token  auth.Token
}

// conditionOf is the condition AuthRequired of an account.
type conditionOf struct {
	Type    string `json:"type"`
	Status  string `json:"status"` // "True", "False" or "Unknown"
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
}

func (a *app) authStatus(ctx context.Context, check bool) error {
	if err := a.check(); err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	names, err := tokens(dir).Accounts()
	if err != nil {
		return err
	}
	if a.account != "" {
		if err := auth.CheckAccount(a.account); err != nil {
			return err
		}
		names = []string{a.account}
	}
	if len(names) == 0 {
		names = []string{defaultAccount}
	}
	var all []loginState
	required := false
	for _, name := range names {
		one := a.loginState(ctx, dir, name, check)
		all = append(all, one)
		required = required || one.Condition.Status == "True"
	}
	if err := a.showLogins(all); err != nil {
		return err
	}
	if required {
		return exitError{exitUnauthorized}
	}
	return nil
}

// loginState finds out about one account, from its file, and from the service if
// that is to be asked.
func (a *app) loginState(ctx context.Context, dir, account string, check bool) loginState {
	out := loginState{Account: account, Scopes: []string{}, Missing: []string{}}
	token, err := tokens(dir).Load(account)
	if err == nil && check {
		out.Checked = true
		err = a.askService(ctx, dir, account)
		if again, failed := tokens(dir).Load(account); failed == nil {
			token = again
		}
	}
	if token.Account != "" {
		out.fill(token)
	}
	if err == nil && token.Dead {
		err = &auth.GrantDeadError{Account: account}
	}
	out.judge(err)
	if err != nil {
		a.working = account
		out.remedy = a.accessRemedy(account, err)
	} else if len(out.Missing) > 0 {
		out.remedy = "AuthRequired: " + a.loginCommand(account)
	}
	return out
}

// askService renews the access token, which a dead grant can't.
func (a *app) askService(ctx context.Context, dir, account string) error {
	log, err := a.logger()
	if err != nil {
		return err
	}
	credentials, err := a.credentials(dir, account)
	if err != nil {
		return err
	}
	return auth.NewSource(auth.SourceOptions{Credentials: credentials, Store: tokens(dir), Account: account, Logger: log}).Check(ctx)
}

func (l *loginState) fill(t auth.Token) {
	l.token, l.Client, l.Scopes, l.Granted = t, t.ClientID, t.Scopes, &t.Granted
	l.Missing = append(l.Missing, auth.Missing(auth.CurrentScopes(), t.Scopes)...)
	if !t.Expiry.IsZero() {
		l.AccessExpiry = &t.Expiry
	}
	if at, _ := t.MayDieOn(); !at.IsZero() {
		l.MayEnd = &at
	}
}

// judge sets the condition: what is known to be wrong, or not to be known.
func (l *loginState) judge(err error) {
	l.Condition = conditionOf{Type: "AuthRequired", Status: "True"}
	var none *auth.NotLoggedInError
	var file *auth.FileError
	switch {
	case err == nil && len(l.Missing) > 0:
		l.Condition.Reason, l.Condition.Message = "ScopesMissing", (&auth.ScopesError{Missing: l.Missing}).Error()
		return
	case err == nil:
		l.Condition.Status, l.Condition.Reason = "False", "LoggedIn"
		return
	case errors.As(err, &none):
		l.Condition.Reason = "NotLoggedIn"
	case auth.IsGrantDead(err):
		l.Condition.Reason = "GrantDead"
	case errors.As(err, &file):
		l.Condition.Reason = "FileRefused"
	case auth.IsWrongClient(err):
		l.Condition.Reason = "ClientRefused"
	default:
		l.Condition.Status, l.Condition.Reason = "Unknown", "NotChecked"
	}
	l.Condition.Message = err.Error()
}

func (a *app) showLogins(all []loginState) error {
	if a.output == "json" {
		enc := json.NewEncoder(a.document())
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			FormatVersion int          `json:"formatVersion"`
			Accounts      []loginState `json:"accounts"`
		}{1, all})
	}
	style := status.Style{Color: a.colored(a.stdout)}
	var b strings.Builder
	for i := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		all[i].text(&b, style)
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}

// text shows one account to people.
func (l *loginState) text(b *strings.Builder, style status.Style) {
	fmt.Fprintf(b, "%s\n", style.Bold("account "+l.Account))
	line := func(name, value string) { fmt.Fprintf(b, "  %-8s %s\n", name, value) }
	const minute = "2 January 2006 15:04"
	if l.Client != "" {
		line("client", status.Show(l.Client))
		for i, scope := range l.Scopes {
			line([]string{"may", ""}[min(i, 1)], status.Show(auth.ShortScope(scope)))
		}
		for _, scope := range l.Missing {
			line("MISSING", auth.ShortScope(scope))
		}
		line("granted", l.Granted.Local().Format(minute))
		if l.AccessExpiry != nil {
			line("token", "until "+l.AccessExpiry.Local().Format(minute)+", and renewed by itself")
		}
	}
	switch {
	case l.Condition.Status != "False":
		line("!", l.Condition.Message)
		if l.remedy != "" {
			line("", l.remedy)
		}
	case l.Checked:
		line("checked", "the access holds")
	}
	if l.Condition.Status != "True" && l.MayEnd != nil {
		for i, text := range strings.Split(suspicion(l.token), "\n") {
			line([]string{"!", ""}[min(i, 1)], text)
		}
	}
}
