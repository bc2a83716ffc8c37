package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"albumen/photos/auth"
	"albumen/state"
)

func (a *app) authCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "auth",
		Short: "Log in to accounts, and out of them",
		Long: `albumen acts on an account by Google's leave, which a person gives in a browser.
It needs an OAuth client of your own: in Google's console create a project, enable
the Photos Library API, create an OAuth client of the type "Desktop app", download
its JSON and save it as credentials.json in the state folder. For an account that has
a client of its own save that as credentials/ACCOUNT.json there. A file that
--credentials names is used for all accounts.

Albums belong to the client that made them: with another one, albumen no longer
sees them. A client whose publishing status is "Testing" is logged out after seven
days; "In production" works for your own account after a warning, without a review.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(a.loginCmd(), a.authStatusCmd(), a.logoutCmd())
	return cmd
}

// authFlags adds the flags of all auth commands.
func (a *app) authFlags(cmd *cobra.Command, account string) {
	cmd.Flags().StringVar(&a.account, "account", "", account)
	a.completeAccounts(cmd)
}

// loginOptions are the flags of auth login.
type loginOptions struct {
	noBrowser, legacy bool
	port              int
	timeout           time.Duration
}

// again are the flags that the next attempt needs, too.
func (o loginOptions) again() []string {
	var flags []string
	if o.noBrowser {
		flags = append(flags, "--no-browser")
	}
	if o.legacy {
		flags = append(flags, "--legacy-scopes")
	}
	if o.port != 0 {
		flags = append(flags, "--port", strconv.Itoa(o.port))
	}
	return flags
}

func (a *app) loginCmd() *cobra.Command {
	var o loginOptions
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Ask for access to an account",
		Long: `login opens Google's page of consent in a browser, takes its answer on an address
that only this machine can reach, and keeps the access for an account of the spec.
On a machine without a browser use --no-browser: open the printed address anywhere,
and paste the address that the browser is sent to in the end, though it shows an
error there.`,
		Example: "  albumen auth login\n  albumen auth login --account family --credentials client.json\n  albumen auth login --no-browser",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.login(cmd.Context(), o) },
	}
	a.authFlags(cmd, `the account of the spec to log in for (default "default")`)
	a.credentialsFlag(cmd)
	f := cmd.Flags()
	f.BoolVar(&o.noBrowser, "no-browser", false, "open no browser: print the address, and take the answer by paste, too")
	f.BoolVar(&o.legacy, "legacy-scopes", false, "ask for the scopes that Google removed in 2025 as well")
	f.IntVar(&o.port, "port", 0, "take the browser's answer at this port (default any that is free)")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "wait so long for the answer")
	return cmd
}

func (a *app) login(ctx context.Context, o loginOptions) error {
	if err := a.check(); err != nil {
		return err
	}
	a.loginFlags = o.again()
	if o.timeout <= 0 {
		return fmt.Errorf("--timeout %v: expected a time, as 5m", o.timeout)
	}
	log, err := a.logger()
	if err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	account := cmp.Or(a.account, defaultAccount)
	if err := auth.CheckAccount(account); err != nil {
		return err
	}
	a.working = account
	credentials, err := a.credentials(dir, account)
	if err != nil {
		return err
	}
	if before, err := tokens(dir).Load(account); err == nil && before.ClientID != credentials.ClientID {
		fmt.Fprintf(a.stderr, "The account %q was with the OAuth client %s until now: what that one made is out of sight of %s.\n", account, before.ClientID, credentials.ClientID)
	}
	login := auth.LoginOptions{
		Credentials: credentials, Store: tokens(dir), Account: account, Scopes: auth.CurrentScopes(),
		Port: o.port, Timeout: o.timeout, Logger: log,
		Show: a.showAddress, Open: auth.OpenBrowser,
		Complain: func(problem string) { fmt.Fprintf(a.stderr, "albumen: %s\n", problem) },
	}
	if o.legacy {
		login.Scopes = append(login.Scopes, auth.LegacyScopes()...)
	}
	if o.noBrowser {
		login.Show, login.Open, login.Paste = a.askForPaste, nil, a.stdin
	}
	token, err := auth.Login(ctx, login)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "logged in: account %q\n", account)
	if err := offeredAnew(ctx, dir, account); err != nil {
		return err
	}
	if text := suspicion(token); text != "" {
		fmt.Fprintln(a.stderr, text)
	}
	return nil
}

// showAddress says where to consent if no browser comes up.
func (a *app) showAddress(address string) {
	fmt.Fprintf(a.stderr, "A browser opens for your consent. If none does, open this address on this machine:\n%s\n", address)
}

// askForPaste prints the address for another machine's browser. It alone goes to
// stdout, so that a script can read it.
func (a *app) askForPaste(address string) {
	fmt.Fprintln(a.stderr, "Open this address in a browser on any machine, and consent:")
	fmt.Fprintln(a.stdout, address)
	fmt.Fprintln(a.stderr, "Then copy the address that the browser was sent to (the page may be an error) and paste it here:")
}

// suspicion warns of a grant that may die soon, "" when there is nothing to fear.
func suspicion(t auth.Token) string {
	at, told := t.MayDieOn()
	if at.IsZero() {
		return ""
	}
	day := at.Local().Format("2 January 2006 15:04")
	if told {
		return "Google ends this access on " + day + "."
	}
	return "If the OAuth client's publishing status is \"Testing\", Google ends this access on " + day +
		":\nset it to \"In production\" in Google's console, and log in again. Google does not tell; albumen knows after a week."
}

// logoutOptions are the flags of auth logout.
type logoutOptions struct{ local bool }

func (a *app) logoutCmd() *cobra.Command {
	var o logoutOptions
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Give the access to an account back",
		Long: `logout revokes the access at the service and deletes it here. Google then ends all
access that the account gave to this OAuth client, on other machines, too. With
--local it is deleted here alone. Albums stay as they are, and so does what albumen
remembers of them.`,
		Example: "  albumen auth logout --account family",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.logout(cmd.Context(), o) },
	}
	a.authFlags(cmd, `the account to log out of (default "default")`)
	cmd.Flags().BoolVar(&o.local, "local", false, "delete the access here, and revoke nothing")
	return cmd
}

func (a *app) logout(ctx context.Context, o logoutOptions) error {
	if err := a.check(); err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	account := cmp.Or(a.account, defaultAccount)
	a.working = account
	store := tokens(dir)
	token, err := store.Load(account)
	var none *auth.NotLoggedInError
	var file *auth.FileError
	switch {
	case errors.As(err, &none):
		fmt.Fprintf(a.stdout, "nobody is logged in: account %q\n", account)
		return nil
	case errors.As(err, &file) && !o.local:
		return fmt.Errorf("%w; nothing was revoked. Delete it with --local, and take the access away at %s", err, connections)
	case err != nil && !o.local:
		return err
	}
	if !o.local && !token.Dead {
		if err := auth.Revoke(ctx, token, nil); err != nil {
			return fmt.Errorf("%w; nothing was deleted. Run it again, or delete it with --local and take the access away at %s", err, connections)
		}
	}
	if err := store.Delete(ctx, account); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "logged out: account %q\n", account)
	if o.local {
		fmt.Fprintf(a.stderr, "The access itself goes on until it is taken away at %s\n", connections)
	}
	return nil
}

// connections is where people see what they gave access to (Google's account
// help).
const connections = "https://myaccount.google.com/connections"

// offeredAnew forgets what the service did not offer: another consent may have
// other scopes.
func offeredAnew(ctx context.Context, dir, account string) (err error) {
	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Observe})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Account(account).ForgetUnsupported(ctx)
}
