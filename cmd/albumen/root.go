package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// app is one run of the program: its streams and the flags of all commands.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	spec      string
	account   string // that was asked for
	working   string // that is worked on
	stateDir  string
	emulator  bool
	endpoint  string
	client    string // the file of the OAuth client's credentials
	only      []string
	except    []string
	grace     time.Duration
	output    string
	color     string
	logFormat string
	logLevel  string

	loginFlags []string // those of auth login that its remedies repeat
	answered   bool     // a JSON document went out
}

// document is where the one JSON document of a command goes.
func (a *app) document() io.Writer {
	a.answered = true
	return a.stdout
}

// command builds the tree of commands.
func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "albumen",
		Short: "GitOps for Google Photos albums",
		Long: `albumen makes the albums of a Google Photos account what a YAML spec says.

  albumen plan  --emulator -f examples/journey   what would be done, and its price
  albumen apply --emulator -f examples/journey   do it

With --emulator nothing leaves this machine: an emulated Google Photos is kept in
the state folder, and "albumen emulator" shows its albums as pages.`,
		Version:       buildVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return environment(cmd.Flags())
		},
	}
	root.SetVersionTemplate("albumen {{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVar(&a.stateDir, "state-dir", "", "where albumen keeps its memory (default $XDG_STATE_HOME/albumen)")
	f.StringVar(&a.color, "color", "auto", "colours in text: auto, always or never")
	f.StringVar(&a.logFormat, "log-format", "text", "log as text or json, on stderr")
	f.StringVar(&a.logLevel, "log-level", "warn", "log from this level on: debug, info, warn or error")
	choices(root, "color", "auto", "always", "never")
	choices(root, "log-format", "text", "json")
	choices(root, "log-level", "debug", "info", "warn", "error")
	root.AddCommand(a.validateCommand(), a.planCommand(), a.applyCommand(), a.approveCommand(), a.statusCommand(), a.resolveCommand(), a.stateCommand(), a.authCommand(), a.emulatorCommand(), a.versionCommand())
	return root
}

// specFlags adds the flags of commands that read a spec.
func (a *app) specFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&a.spec, "file", "f", "", "the spec: a file, or a folder of them (default albumen.yaml or albumen/)")
	f.StringVar(&a.account, "account", "", "the account to work on, when the spec has several (default all)")
	a.completeAccounts(cmd)
	_ = cmd.MarkFlagFilename("file", "yaml", "yml")
}

// accountFlags adds the flags of commands that look at an account.
func (a *app) accountFlags(cmd *cobra.Command) {
	a.specFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&a.emulator, "emulator", false, "work on an emulated account kept in the state folder, without Google")
	f.StringVar(&a.endpoint, "endpoint", "", "the address of a Photos Library API other than Google's")
	a.credentialsFlag(cmd)
	f.StringSliceVar(&a.only, "only", nil, "plan only the albums of these keys (globs)")
	f.StringSliceVar(&a.except, "except", nil, "plan all albums but those of these keys (globs)")
	f.DurationVar(&a.grace, "grace", grace, "how long a write whose answer was lost may take to show (0 with --emulator)")
	cmd.MarkFlagsMutuallyExclusive("emulator", "endpoint")
}

// outputFlag adds -o.
func (a *app) outputFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&a.output, "output", "o", "text", "write text for people or json for scripts")
	choices(cmd, "output", "text", "json")
}

// choices makes a flag complete to its values.
func choices(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// oneOf refuses a flag's value that is none of its choices.
func oneOf(flag, value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("--%s %q: expected %s", flag, value, strings.Join(values, ", "))
}

// rivals are flags of which one given on the command line beats the other in the
// environment.
var rivals = map[string]string{"emulator": "endpoint", "endpoint": "emulator"}

// spoken are the flags that only count where somebody types them.
var spoken = []string{"help", "version", "yes", "force", "all-gone"}

// environment sets the flags that were not given from ALBUMEN_ variables.
func environment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "ALBUMEN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, set := os.LookupEnv(name)
		if instead := flags.Lookup(rivals[f.Name]); instead != nil && instead.Changed {
			return
		}
		if f.Changed || !set || value == "" || failed != nil || slices.Contains(spoken, f.Name) {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = fmt.Errorf("%s: %w", name, err)
		}
	})
	return failed
}

// check refuses values that no command can work with.
func (a *app) check() error {
	if err := oneOf("color", a.color, "auto", "always", "never"); err != nil {
		return err
	}
	if err := oneOf("log-format", a.logFormat, "text", "json"); err != nil {
		return err
	}
	if a.grace < 0 {
		return fmt.Errorf("--grace %v: expected no less than 0", a.grace)
	}
	if a.output != "" {
		return oneOf("output", a.output, "text", "json")
	}
	return nil
}

func negative(flag string, n int) error {
	return fmt.Errorf("--%s %d: expected no less than 0", flag, n)
}

// logger writes to stderr as the flags say.
func (a *app) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return nil, fmt.Errorf("--log-level %q: expected debug, info, warn or error", a.logLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	if a.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, o)), nil
	}
	return slog.New(slog.NewTextHandler(a.stderr, o)), nil
}

// colored reports whether a stream gets colours.
func (a *app) colored(w io.Writer) bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// isTerminal reports whether a person sees a stream as it is written.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// stateFolder is where everything is remembered. The emulated account has a
// folder of its own below it, so that it never mixes with a real one.
func (a *app) stateFolder() (string, error) {
	dir := a.stateDir
	if dir == "" {
		base := os.Getenv("XDG_STATE_HOME")
		if base == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return "", fmt.Errorf("no place for the state: %w; name one with --state-dir", err)
			}
			base = filepath.Join(home, ".local", "state")
		}
		dir = filepath.Join(base, "albumen")
	}
	return filepath.Abs(dir)
}
