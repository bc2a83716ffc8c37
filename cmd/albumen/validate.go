package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"albumen/spec"
)

func (a *app) validateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check a spec, offline",
		Long: `validate reads a spec and the folders that it names and lists every mistake with
its place, what was expected and the nearest valid name. It asks no service and
changes nothing.`,
		Example: "  albumen validate -f examples/journey",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.validate() },
	}
	a.specFlags(cmd)
	a.outputFlag(cmd)
	return cmd
}

// finding is one mistake as scripts read it.
type finding struct {
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	Path       string `json:"path"`
	Message    string `json:"message"`
	Expected   string `json:"expected,omitempty"`
	DidYouMean string `json:"didYouMean,omitempty"`
}

func (a *app) validate() error {
	if err := a.check(); err != nil {
		return err
	}
	path, err := a.specPath()
	if err != nil {
		return err
	}
	loaded, err := spec.Load(path, spec.LoadOptions{Check: true})
	var found spec.Errors
	if err != nil && !errors.As(err, &found) {
		return err
	}
	if a.output == "json" {
		return a.findingsJSON(found)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s in %s\n%w", amount(len(found), "mistake", "mistakes"), path, found)
	}
	fmt.Fprintf(a.stdout, "%s is valid: %s in %s\n", path, amount(len(loaded.Keys()), "album", "albums"), amount(len(loaded.Files()), "file", "files"))
	return nil
}

func (a *app) findingsJSON(found spec.Errors) error {
	out := struct {
		FormatVersion int       `json:"formatVersion"`
		Valid         bool      `json:"valid"`
		Errors        []finding `json:"errors"`
	}{1, len(found) == 0, []finding{}}
	for _, e := range found {
		p := e.Place
		out.Errors = append(out.Errors, finding{p.File, p.Line, p.Column, p.Path, e.Message, e.Expected, e.DidYouMean})
	}
	enc := json.NewEncoder(a.document())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil || out.Valid {
		return err
	}
	return exitError{exitInvalidSpec}
}

func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
