package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) stateRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the memory",
		Long: `restore checks a backup, keeps the present memory beside it under a name with a time
stamp, and puts the backup in its place. No other albumen may be at work.

An older memory doubles nothing: every album is read before anything is written to
it, and what can't be read, like open writes, captions and the calls of the day, is
taken over from the present memory. An album that was made after the backup belongs
to no key then; the next plan names it and says how to adopt it.`,
		Example: "  albumen state restore ~/backups/albumen.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.check(); err != nil {
				return err
			}
			return a.stateRestore(cmd.Context(), args[0])
		},
	}
	a.outputFlag(cmd)
	return cmd
}

func (a *app) stateRestore(ctx context.Context, file string) error {
	dir, err := a.memoryFolder()
	if err != nil {
		return err
	}
	r, err := state.Restore(ctx, state.Options{Dir: dir, Command: "albumen state restore"}, file)
	if err != nil {
		return err
	}
	if a.output == "json" {
		unknown := ""
		if r.Unknown != nil {
			unknown = r.Unknown.Error()
		}
		return a.writeJSON(struct {
			FormatVersion int    `json:"formatVersion"`
			State         string `json:"state"`
			Kept          string `json:"kept,omitempty"`
			Schema        int    `json:"schemaOfBackup"`
			Albums        int    `json:"albumsToRead"`
			Intents       int    `json:"intentsTakenOver"`
			Captions      int    `json:"captionsTakenOver"`
			Unknown       string `json:"nothingTakenOver,omitempty"`
		}{status.FormatVersion, r.Path, r.Kept, r.Schema, r.Albums, r.Doubts, r.Captions, unknown})
	}
	fmt.Fprintf(a.stdout, "%s is what it was in %s.\n", r.Path, file)
	if r.Kept != "" {
		fmt.Fprintf(a.stdout, "What was there before is kept as %s.\n", r.Kept)
	}
	fmt.Fprintf(a.stdout, "%s read again before anything is written.\n", amount(r.Albums, "album is", "albums are"))
	if r.Unknown != nil {
		fmt.Fprintf(a.stdout, "Nothing could be taken over from before: %s.\nCaptions that were written after the backup can't be seen by any program: look at the albums that have some before you apply.\n", status.Show(r.Unknown.Error()))
		return nil
	}
	_, err = fmt.Fprintf(a.stdout, "Taken over from before: %s without a known end, %s, and the count of calls.\n",
		amount(r.Doubts, "write", "writes"), amount(r.Captions, "caption", "captions"))
	return err
}
