package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) stateBackupCommand() *cobra.Command {
	force := false
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the memory into a file, also while a daemon works",
		Long: `backup writes the memory as it is in one moment into FILE, which only you can read,
and checks the copy. It needs no lock: another albumen may be at work. The copy holds
what the memory holds, also what can't be shown: keep it as carefully.`,
		Example: "  albumen state backup ~/backups/albumen.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.inMemory(cmd.Context(), func(db *state.DB) error { return a.stateBackup(cmd.Context(), db, args[0], force) })
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that is there")
	a.outputFlag(cmd)
	return cmd
}

func (a *app) stateBackup(ctx context.Context, db *state.DB, file string, force bool) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	err = db.Backup(ctx, file, force)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; choose another name, or replace it with --force", err)
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.writeJSON(struct {
			FormatVersion int    `json:"formatVersion"`
			State         string `json:"state"`
			Backup        string `json:"backup"`
			Bytes         int64  `json:"bytes"`
		}{status.FormatVersion, db.Path(), file, info.Size()})
	}
	_, err = fmt.Fprintf(a.stdout, "%s is backed up in %s (%s), and the copy is sound.\n", db.Path(), file, status.Size(info.Size()))
	return err
}
