package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"albumen/photos"
	"albumen/photos/auth"
)

// defaultAccount is the account of a spec that names none.
const defaultAccount = "default"

// credentialsFlag adds the flag that names the OAuth client.
func (a *app) credentialsFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.client, "credentials", "", "the JSON of your OAuth client (default credentials/ACCOUNT.json, else credentials.json, in the state folder)")
	_ = cmd.MarkFlagFilename("credentials", "json")
}

// completeAccounts completes --account to those who are logged in.
func (a *app) completeAccounts(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("account", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		if dir, err := a.stateFolder(); err == nil {
			names, _ = tokens(dir).Accounts()
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// tokens is the store of a state folder.
func tokens(dir string) auth.Store { return auth.NewStore(filepath.Join(dir, "tokens")) }

// credentials reads the OAuth client of an account:
//
//	--credentials or ALBUMEN_CREDENTIALS   that of all accounts
//	STATE/credentials/ACCOUNT.json         else that of this account
//	STATE/credentials.json                 else that of the accounts without
//
// The account's own is used for whatever lies there: one that can't be read is no
// reason to act as another client.
func (a *app) credentials(dir, account string) (auth.Credentials, error) {
	if a.client != "" {
		return auth.LoadCredentials(a.client)
	}
	own, all := filepath.Join(dir, "credentials", account+".json"), filepath.Join(dir, "credentials.json")
	if _, err := os.Lstat(own); !errors.Is(err, fs.ErrNotExist) {
		return auth.LoadCredentials(own)
	}
	c, err := auth.LoadCredentials(all)
	if errors.Is(err, fs.ErrNotExist) {
		return c, noAccessError{account: account, own: own, all: all, login: a.loginCommand(account)}
	}
	return c, err
}

// access is what gives the account's access tokens, and the OAuth client that it
// does it for.
func (a *app) access(dir, account string, log *slog.Logger) (*auth.Source, string, error) {
	c, err := a.credentials(dir, account)
	if err != nil {
		return nil, "", err
	}
	if err := a.sameHouse(c); err != nil {
		return nil, "", err
	}
	// Whether anybody is logged in is known before the state is touched.
	if _, err := tokens(dir).Load(account); err != nil {
		return nil, "", err
	}
	source := auth.NewSource(auth.SourceOptions{Credentials: c, Store: tokens(dir), Account: account, Logger: log})
	return source, c.ClientID, nil
}

// sameHouse refuses to send what Google issued to anybody else. A program on this
// machine may stand between.
func (a *app) sameHouse(c auth.Credentials) error {
	if a.endpoint == "" {
		return nil
	}
	issuer, err := url.Parse(c.TokenURL)
	if err != nil || issuer.Hostname() != "google.com" && !strings.HasSuffix(issuer.Hostname(), ".google.com") && !strings.HasSuffix(issuer.Hostname(), ".googleapis.com") {
		return nil
	}
	to, err := url.Parse(a.endpoint)
	if err != nil || photos.Loopback(to.Hostname()) || to.Hostname() == "photoslibrary.googleapis.com" {
		return nil
	}
	return fmt.Errorf("--endpoint leads to %s, and the access tokens of these credentials are Google's: they are not sent there; give that service's token in ALBUMEN_TOKEN", to.Hostname())
}

// oneTokenIsNotAll refuses to work on several people's accounts with one token.
func (a *app) oneTokenIsNotAll(accounts []string) error {
	if a.emulator || os.Getenv("ALBUMEN_TOKEN") == "" {
		return nil
	}
	return fmt.Errorf("ALBUMEN_TOKEN is the token of one account, and the spec has %q: choose one with --account, or unset it and log in", accounts)
}

// loginCommand is what a person types to log in, with the flags that they gave
// this time.
func (a *app) loginCommand(account string) string {
	words := []string{"albumen auth login --account", account}
	if a.stateDir != "" && os.Getenv("ALBUMEN_STATE_DIR") == "" {
		words = append(words, "--state-dir", shellWord(a.stateDir))
	}
	if a.client != "" && os.Getenv("ALBUMEN_CREDENTIALS") == "" {
		words = append(words, "--credentials", shellWord(a.client))
	}
	return strings.Join(append(words, a.loginFlags...), " ")
}

// shellWord is a text as a shell takes it for one word.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_-+=:,./@%", r)
	}
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// accessRemedy says what mends an error of the access to an account, "" for any
// other error.
func (a *app) accessRemedy(account string, err error) string {
	var (
		dead  *auth.GrantDeadError
		none  *auth.NotLoggedInError
		file  *auth.FileError
		scope *auth.ScopesError
	)
	switch {
	case errors.As(err, &dead):
		return "AuthRequired: " + a.loginCommand(dead.Account)
	case errors.As(err, &none):
		return "AuthRequired: " + a.loginCommand(none.Account)
	case errors.As(err, &file):
		return file.Remedy
	case errors.As(err, &scope):
		return "leave all boxes ticked at the page of consent: " + a.loginCommand(account)
	case errors.Is(err, auth.ErrDenied), errors.Is(err, auth.ErrLoginTimeout), errors.Is(err, auth.ErrCodeRefused):
		return "again: " + a.loginCommand(account)
	case auth.IsWrongClient(err):
		return "the service does not know this OAuth client (any more): download its JSON again from Google's console, or create a new one"
	case os.Getenv("ALBUMEN_TOKEN") != "" || a.emulator:
		return ""
	case photos.IsUnauthorized(err):
		return "AuthRequired: " + a.loginCommand(account)
	case photos.IsScopeMissing(err):
		return "leave all boxes ticked at the page of consent: " + a.loginCommand(account)
	}
	return ""
}
