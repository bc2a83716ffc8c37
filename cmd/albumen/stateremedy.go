package main

import (
	"context"
	"errors"
	"io/fs"

	"albumen/state"
)

// nothingError says that there is no state to look into.
type nothingError struct{ err error }

// Error names the place.
func (e nothingError) Error() string { return e.err.Error() }

// Unwrap is the state's own error.
func (e nothingError) Unwrap() error { return e.err }

// lookInto opens the state of a folder to be read.
func lookInto(ctx context.Context, dir string) (*state.DB, error) {
	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.ReadOnly})
	if errors.Is(err, fs.ErrNotExist) {
		err = nothingError{err}
	}
	return db, err
}

// stateRemedy says what mends an error of the state, "" for any other error.
func stateRemedy(err error) string {
	var (
		newer    *state.NewerSchemaError
		older    *state.OlderSchemaError
		damaged  *state.DamagedError
		full     *state.FullError
		readOnly *state.ReadOnlyError
		busy     *state.BusyError
		endpoint *state.EndpointError
		unbound  *state.UnboundError
		nothing  nothingError
	)
	switch {
	case errors.As(err, &newer):
		return "install the newer albumen again, or go back: albumen state restore FILE, with a backup from before it"
	case errors.As(err, &older):
		return "run albumen plan or albumen apply once: they bring it forward"
	case errors.As(err, &damaged):
		return "albumen state restore FILE, with a backup; without one, move the file away and give each album of the spec `adopt: {title: …}`: nothing is made twice"
	case errors.As(err, &full):
		return "nothing is lost: free some space and run the command again, or choose another disk with --state-dir"
	case errors.As(err, &readOnly):
		return "let this user write there, or choose another folder with --state-dir"
	case errors.As(err, &busy):
		return "wait for the other albumen to end: a plan that looks beside a daemon, say"
	case errors.As(err, &nothing):
		return "an apply makes the first entries; another folder is named with --state-dir, the emulated account with --emulator"
	case errors.As(err, &endpoint):
		return "leave --endpoint and --emulator as they were for this account, or give the other service a memory of its own with --state-dir"
	case errors.As(err, &unbound):
		return "albumen state list shows the keys"
	}
	return ""
}
