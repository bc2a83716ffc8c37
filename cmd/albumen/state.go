package main

import "github.com/spf13/cobra"

func (a *app) stateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look into the memory, and mend it",
	}
	cmd.AddCommand(a.forgetEnrichmentCommand())
	return cmd
}
