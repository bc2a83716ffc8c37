package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"albumen/photos/emulator"
)

// showAlbum writes what stands in an album to album.txt, one thing a line: album
// TITLE.
func showAlbum(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	a, err := w.Album(args[0])
	ts.Check(err)
	names := map[string]string{}
	for _, item := range w.Items {
		names[item.ID] = item.FileName
	}
	var b strings.Builder
	for _, entry := range a.Contents {
		switch e := entry.Enrichment; {
		case e == nil:
			fmt.Fprintln(&b, names[entry.Item])
		case e.Location != nil:
			fmt.Fprintf(&b, "(%s)\n", e.Location.Name)
		case e.Map != nil:
			fmt.Fprintf(&b, "(%s to %s)\n", e.Map.Origin.Name, e.Map.Destination.Name)
		default:
			fmt.Fprintf(&b, "%q\n", e.Text)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("album.txt"), []byte(b.String()), 0o600))
}

// deletes deletes a text from an album by hand: deletes TITLE TEXT.
func deletes(ts *testscript.TestScript, _ bool, args []string) {
	a, err := worldOf(ts).Album(args[0])
	ts.Check(err)
	for _, entry := range a.Contents {
		if e := entry.Enrichment; e != nil && e.Text == args[1] {
			control(ts, "user", emulator.Action{Do: emulator.RemoveEnrichment, User: a.User, Album: a.ID, Enrichment: e.ID})
			return
		}
	}
	ts.Fatalf("the album %q has no text %q", args[0], args[1])
}

// resolves settles the one write in doubt: resolves --happened or --did-not.
func resolves(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("albumen", "resolve", "-o", "json"))
	var list struct {
		InDoubt []struct{ ID string }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &list))
	if len(list.InDoubt) != 1 {
		ts.Fatalf("%d writes are in doubt, want 1", len(list.InDoubt))
	}
	ts.Check(ts.Exec("albumen", append([]string{"resolve", list.InDoubt[0].ID, "--yes"}, args...)...))
}

// worldOf is the truth about the emulated service.
func worldOf(ts *testscript.TestScript) emulator.World {
	resp, err := http.Get(ts.Getenv("GOOGLE") + "/_emulator/world")
	ts.Check(err)
	var w emulator.World
	ts.Check(json.NewDecoder(resp.Body).Decode(&w))
	ts.Check(resp.Body.Close())
	return w
}
