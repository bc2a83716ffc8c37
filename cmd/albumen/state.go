package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"albumen/state"
)

func (a *app) stateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look into the memory, and repair it",
		Long: `albumen remembers which live album belongs to which key of the spec, what it put
in, and which writes have no known end. The memory is one file, state.db in the
state folder. These commands ask no service and change no album.`,
		Args: cobra.NoArgs,
	}
	cmd.PersistentFlags().BoolVar(&a.emulator, "emulator", false, "the memory of the emulated account")
	cmd.AddCommand(a.stateListCommand(), a.stateShowCommand(), a.stateExportCommand(),
		a.stateBackupCommand(), a.stateRestoreCommand(), a.stateForgetCommand())
	return cmd
}

// memoryFolder is the folder of the state that is meant.
func (a *app) memoryFolder() (string, error) {
	dir, err := a.stateFolder()
	if err == nil && a.emulator {
		dir = filepath.Join(dir, "emulator")
	}
	return dir, err
}

// inMemory opens the state that is meant for one look into it.
func (a *app) inMemory(ctx context.Context, look func(*state.DB) error) error {
	return a.withMemory(func(dir string) (*state.DB, error) { return lookInto(ctx, dir) }, look)
}

// onMemory opens the state that is meant for one change of it, which needs the
// lock.
func (a *app) onMemory(ctx context.Context, command string, change func(*state.DB) error) error {
	return a.withMemory(func(dir string) (*state.DB, error) {
		// To be changed it must be there: no empty one is made.
		db, err := lookInto(ctx, dir)
		if err == nil {
			err = db.Close()
		}
		var older *state.OlderSchemaError
		if err != nil && !errors.As(err, &older) {
			return nil, err
		}
		return state.Open(ctx, state.Options{Dir: dir, Mode: state.Apply, Command: command})
	}, change)
}

func (a *app) withMemory(open func(dir string) (*state.DB, error), work func(*state.DB) error) (err error) {
	if err := a.check(); err != nil {
		return err
	}
	dir, err := a.memoryFolder()
	if err != nil {
		return err
	}
	db, err := open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return work(db)
}

// remembered are the accounts that are meant, all that the state knows or the one
// that --account names.
func (a *app) remembered(ctx context.Context, db *state.DB) ([]string, error) {
	names, err := db.Accounts(ctx)
	if err != nil || a.account == "" {
		return names, err
	}
	if !slices.Contains(names, a.account) {
		return nil, fmt.Errorf("--account %q: the state %s knows %q", a.account, db.Path(), names)
	}
	return []string{a.account}, nil
}

// accountOf is the account that has all of some keys.
func (a *app) accountOf(ctx context.Context, db *state.DB, keys ...string) (*state.Account, string, error) {
	names, err := a.remembered(ctx, db)
	if err != nil {
		return nil, "", err
	}
	var found []string
	for _, name := range names {
		known, err := db.Account(name).Keys(ctx)
		if err != nil {
			return nil, "", err
		}
		missing := slices.IndexFunc(keys, func(key string) bool { return !slices.Contains(known, key) })
		if missing < 0 {
			found = append(found, name)
		} else if len(names) == 1 {
			return nil, "", &state.UnboundError{Key: keys[missing]}
		}
	}
	switch len(found) {
	case 0:
		return nil, "", &state.UnboundError{Key: strings.Join(keys, ", ")}
	case 1:
		return db.Account(found[0]), found[0], nil
	}
	return nil, "", fmt.Errorf("the accounts %q all know %s: choose one with --account", found, strings.Join(keys, ", "))
}

// accountFlag adds --account to a command that looks into the memory.
func (a *app) accountFlag(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&a.account, "account", "", usage)
	_ = cmd.RegisterFlagCompletionFunc("account", func(cmd *cobra.Command, _ []string, _ string) (names []string, _ cobra.ShellCompDirective) {
		_ = a.inMemory(cmd.Context(), func(db *state.DB) (err error) {
			names, err = db.Accounts(cmd.Context())
			return err
		})
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// completeKeys completes to the keys that albums are bound to, without those that
// stand there already.
func (a *app) completeKeys(cmd *cobra.Command, args []string, _ string) (keys []string, _ cobra.ShellCompDirective) {
	ctx := cmd.Context()
	_ = a.inMemory(ctx, func(db *state.DB) error {
		names, err := a.remembered(ctx, db)
		for _, name := range names {
			known, err := db.Account(name).Keys(ctx)
			if err != nil {
				return err
			}
			keys = append(keys, known...)
		}
		return err
	})
	slices.Sort(keys)
	keys = slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return slices.Contains(args, key) })
	return keys, cobra.ShellCompDirectiveNoFileComp
}

// writeJSON writes the one JSON document of a command.
func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.document())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
