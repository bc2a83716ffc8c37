package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"albumen/photos/emulator"
)

// emulatorOptions are the flags of the command.
type emulatorOptions struct {
	listen       string
	baseURL      string
	open         bool // the control API answers to everybody
	cert, key    string
	profile      string
	memory       bool
	seed         int64
	latency      time.Duration
	dailyCalls   int
	writes       int
	storageBytes int64
	choices      []string
	faults       []string
	clients      []string
	users        []string
	strict       bool
}

func (a *app) emulatorCommand() *cobra.Command {
	var o emulatorOptions
	cmd := &cobra.Command{
		Use:   "emulator",
		Short: "Serve an emulated Google Photos",
		Long: `emulator serves the emulated account of the state folder: the Photos Library API
for albumen and other clients, its albums as pages for a browser, and a control
API under /_emulator/ for tests. It is what --emulator works on.

--listen 0.0.0.0:8085, or :8085, serves on all interfaces, as in a container.
Addresses in answers then begin with the host that a request names, and
--base-url says what they begin with behind a proxy. The control API, of which
OAuth's credentials.json is a part, still answers to this machine alone, and not
through a proxy. --control-from-anywhere opens it: whoever reaches the port can
then empty the account and hand out access.

Where nobody knows what Google does, the likeliest is done. --choice asks for
something else; a careful client works with all of them. It sets limits, too:
` + choicesText() + `
--fault makes calls go wrong: METHOD:KIND, and after commas nth, times,
probability, seed, item, status, message, applied, quota, retryAfter, bytes,
seconds or code. The method is as in Google's reference, "uploads", or * for all;
the kind is one of
  ` + strings.ReplaceAll(wrap(emulator.FaultKinds(), 76), "\n", "\n  ") + `
A fault with a probability prints its seed, which repeats it.`,
		Example: `  albumen emulator
  albumen emulator --memory --listen 127.0.0.1:9000 --profile legacy
  albumen emulator --memory --listen :8085 --control-from-anywhere
  albumen emulator --choice pages=short,empty --choice listLag=30s
  albumen emulator --fault albums.create:lose_answer,nth=2 --fault '*:error,status=503,probability=0.05'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveEmulator(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", pagesAddress, "the address to serve at")
	f.StringVar(&o.baseURL, "base-url", "", "what addresses in answers begin with, where a proxy stands before; by default the address that is served")
	f.BoolVar(&o.open, "control-from-anywhere", false, "let every machine that reaches this one use the control API: empty the account, hand out access")
	f.StringVar(&o.cert, "tls-cert", "", "serve HTTPS, and HTTP/2, with the certificate of this file")
	f.StringVar(&o.key, "tls-key", "", "the certificate's private key")
	f.StringVar(&o.profile, "profile", string(emulator.Current), "the era of the API: current, or legacy for before 2025-03-31")
	f.BoolVar(&o.memory, "memory", false, "serve a new, empty account that is forgotten at the end")
	f.Int64Var(&o.seed, "seed", 0, "make ids and chance the same in every run; 0 draws them")
	f.DurationVar(&o.latency, "latency", 0, "take so much longer for every call")
	f.IntVar(&o.dailyCalls, "daily-calls", 0, "calls that a day may have; 0 is Google's 10,000, -1 no limit")
	f.IntVar(&o.writes, "writes-per-minute", 0, "writes that a minute may have; 0 is Google's 30, -1 no limit")
	f.Int64Var(&o.storageBytes, "storage-bytes", 0, "bytes that fit into the account; 0 is no limit")
	f.StringArrayVar(&o.choices, "choice", nil, "decide what is not known of Google, NAME=VALUE; repeatable")
	f.StringArrayVar(&o.faults, "fault", nil, "make calls go wrong, METHOD:KIND[,NAME=VALUE…]; repeatable")
	f.StringArrayVar(&o.clients, "client", nil, "an OAuth client that may ask for access, ID, or ID:testing if it ends after seven days; repeatable (default app)")
	f.StringArrayVar(&o.users, "user", nil, "somebody who may give access; repeatable (default owner)")
	f.BoolVar(&o.strict, "require-tokens", false, "refuse access tokens that were not issued here, instead of taking any for the owner's")
	choices(cmd, "profile", string(emulator.Current), string(emulator.Legacy))
	_ = cmd.RegisterFlagCompletionFunc("choice", completeChoice)
	_ = cmd.RegisterFlagCompletionFunc("fault", completeFault)
	_ = cmd.MarkFlagFilename("tls-cert", "pem", "crt")
	_ = cmd.MarkFlagFilename("tls-key", "pem", "key")
	cmd.MarkFlagsRequiredTogether("tls-cert", "tls-key")
	return cmd
}

func choicesAndLimits() []emulator.Choice {
	return append(emulator.ChoicesByName(), emulator.LimitsByName()...)
}

// choicesText lists the choices for --help.
func choicesText() string {
	var b strings.Builder
	for _, c := range choicesAndLimits() {
		fmt.Fprintf(&b, "  %-21s %s", c.Name, c.Says)
		if c.Values != nil && c.Values[0] != "true" {
			fmt.Fprintf(&b, ": %s", strings.Join(c.Values, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// wrap joins words with commas into lines.
func wrap(words []string, width int) string {
	var b strings.Builder
	line := 0
	for i, word := range words {
		if i > 0 {
			b.WriteByte(',')
			if line += len(word) + 2; line > width {
				b.WriteByte('\n')
				line = len(word)
			} else {
				b.WriteByte(' ')
			}
		} else {
			line = len(word)
		}
		b.WriteString(word)
	}
	return b.String()
}

// completeChoice completes NAME= and then the values, where there are a few.
func completeChoice(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, c := range choicesAndLimits() {
		if !strings.HasPrefix(typed, c.Name+"=") {
			out = append(out, cobra.CompletionWithDesc(c.Name+"=", c.Says))
			continue
		}
		out = nil
		for _, value := range c.Values {
			out = append(out, c.Name+"="+value)
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeFault completes METHOD: and then the kind.
func completeFault(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	method, _, named := strings.Cut(typed, ":")
	var out []cobra.Completion
	if named {
		for _, kind := range emulator.FaultKinds() {
			out = append(out, method+":"+kind)
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	for _, name := range emulator.MethodNames() {
		out = append(out, name+":")
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// account opens the account that the flags describe.
func (o emulatorOptions) account(base emulator.Options) (*emulator.Emulator, error) {
	base.Profile, base.Seed, base.Latency = emulator.Profile(o.profile), o.seed, o.latency
	base.DailyCalls, base.WritesPerMinute, base.StorageBytes = o.dailyCalls, o.writes, o.storageBytes
	base.Users, base.RequireTokens = o.users, o.strict
	for _, text := range o.clients {
		id, testing := strings.CutSuffix(text, ":testing")
		base.Clients = append(base.Clients, emulator.OAuthClient{ID: id, Secret: "GOCSPX-emulated-" + id, Testing: testing})
	}
	for _, text := range o.choices {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("--choice %q: expected NAME=VALUE, as in addExisting=move", text)
		}
		if err := base.Set(name, value); err != nil {
			return nil, fmt.Errorf("--choice %q: %w", text, err)
		}
	}
	var faults []emulator.Fault
	for _, text := range o.faults {
		fault, err := emulator.ParseFault(text)
		if err != nil {
			return nil, fmt.Errorf("--fault: %w", err)
		}
		faults = append(faults, fault)
	}
	e, err := emulator.Open(base)
	if err != nil {
		return nil, fmt.Errorf("opening the emulated account: %w", err)
	}
	if err := e.SetFaults(faults); err != nil {
		return nil, errors.Join(fmt.Errorf("--fault: %w", err), e.Close())
	}
	return e, nil
}

// check refuses flags that no account can be opened with.
func (o emulatorOptions) check() error {
	if err := oneOf("profile", o.profile, string(emulator.Current), string(emulator.Legacy)); err != nil {
		return err
	}
	switch {
	case o.latency < 0:
		return fmt.Errorf("--latency %v: expected no less than 0", o.latency)
	case o.storageBytes < 0:
		return fmt.Errorf("--storage-bytes %d: expected no less than 0", o.storageBytes)
	case o.dailyCalls < -1:
		return fmt.Errorf("--daily-calls %d: expected a number of calls, 0 for Google's 10,000, or -1 for no limit", o.dailyCalls)
	case o.writes < -1:
		return fmt.Errorf("--writes-per-minute %d: expected a number of writes, 0 for Google's 30, or -1 for no limit", o.writes)
	case slices.Contains(o.users, ""):
		return errors.New(`--user "": expected a name; leave the flag out for "owner"`)
	}
	return o.checkBaseURL()
}

// checkBaseURL refuses what no address can begin with.
func (o emulatorOptions) checkBaseURL() error {
	if o.baseURL == "" {
		return nil
	}
	u, err := url.Parse(o.baseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("--base-url %q: expected an address like https://photos.example", o.baseURL)
	}
	return nil
}
