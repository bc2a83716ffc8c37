package main

import (
	"encoding/json"

	"github.com/rogpeppe/go-internal/testscript"

	"albumen/photos/emulator"
)

// inTheApp plays a person in the Google Photos app of the emulated account:
// in-the-app ACTION ..., each in the JSON of the emulator's control API.
func inTheApp(ts *testscript.TestScript, _ bool, args []string) {
	e, err := emulator.Open(emulator.Options{Dir: ts.MkAbs("state/albumen/emulator/world")})
	ts.Check(err)
	defer func() { ts.Check(e.Close()) }()
	for _, arg := range args {
		var action emulator.Action
		ts.Check(json.Unmarshal([]byte(arg), &action))
		_, err := e.Act(action)
		ts.Check(err)
	}
}

// albumHolds asks what an album of the emulated account shows, in order:
// album-holds TITLE NAME ...; an album that is not there holds nothing.
func albumHolds(ts *testscript.TestScript, _ bool, args []string) {
	e, err := emulator.Open(emulator.Options{Dir: ts.MkAbs("state/albumen/emulator/world")})
	ts.Check(err)
	defer func() { ts.Check(e.Close()) }()
	var got []string
	world := e.World()
	for _, album := range world.Albums {
		if album.Title == args[0] {
			got = append(got, world.FileNames(album)...)
		}
	}
	want := args[1:]
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			ts.Fatalf("%q holds %q, want %q", args[0], got, want)
		}
	}
}
