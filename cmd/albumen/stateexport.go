package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"albumen/state"
)

func (a *app) stateExportCommand() *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the whole memory as one JSON document",
		Long: `export writes everything that is remembered as one JSON document, for eyes and
other programs: accounts with their albums, members in order, items by digest, open
writes, files and runs, and the calls of each day. Secrets are not in it: no upload
token, no upload session, no share token. What brings a memory back is a backup.`,
		Example: "  albumen state export > memory.json\n  albumen state export --account family | jq '.accounts[].albums[].key'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("output", format, "json"); err != nil {
				return err
			}
			a.output = format
			return a.inMemory(cmd.Context(), func(db *state.DB) error { return a.stateExport(cmd.Context(), db) })
		},
	}
	a.accountFlag(cmd, "of this account (default all)")
	cmd.Flags().StringVarP(&format, "output", "o", "json", "write json")
	choices(cmd, "output", "json")
	return cmd
}

func (a *app) stateExport(ctx context.Context, db *state.DB) error {
	names, err := a.remembered(ctx, db)
	if err != nil {
		return err
	}
	d, err := db.Export(ctx)
	if err != nil {
		return err
	}
	d.Accounts = slices.DeleteFunc(d.Accounts, func(one state.AccountDocument) bool { return !slices.Contains(names, one.Name) })
	return a.writeJSON(d)
}
