package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	"github.com/rogpeppe/go-internal/testscript"

	"albumen/photos/emulator"
)

// legacy serves a service of the time before 2025-03-31 to a story: two people,
// ada and ben, whose access tokens are their names. It sets $GOOGLE to its address.
func legacy(ts *testscript.TestScript, _ bool, _ []string) {
	e, err := emulator.Open(emulator.Options{
		Profile: emulator.Legacy, WritesPerMinute: -1,
		Tokens: map[string]emulator.Grant{"ada": {User: "ada"}, "ben": {User: "ben"}},
	})
	ts.Check(err)
	server := httptest.NewServer(e)
	ts.Defer(func() {
		server.Close()
		ts.Check(e.Close())
	})
	ts.Setenv("GOOGLE", server.URL)
}

// shareToken sets a variable to the share token of an album: share-token TITLE
// NAME.
func shareToken(ts *testscript.TestScript, _ bool, args []string) {
	resp, err := http.Get(ts.Getenv("GOOGLE") + "/_emulator/world")
	ts.Check(err)
	defer func() { _ = resp.Body.Close() }()
	var world struct {
		Albums []struct {
			Title string
			Share *struct{ Token string }
		}
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&world))
	for _, a := range world.Albums {
		if a.Title == args[0] && a.Share != nil {
			ts.Setenv(args[1], a.Share.Token)
			return
		}
	}
	ts.Fatalf("no album %q is shared", args[0])
}

// inApp does something as people do it in the app: in-app JSON.
func inApp(ts *testscript.TestScript, _ bool, args []string) {
	control(ts, "user", json.RawMessage(args[0]))
}

// approveHeld says yes to what the guard holds of a spec's plan: approve-held SPEC
// FLAGS...
func approveHeld(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("albumen", "plan", "-o", "json", "-f", args[0]))
	var held struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &held))
	ts.Check(ts.Exec("albumen", append([]string{"approve", held.ID}, args[1:]...)...))
}
