package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestEveryExampleIsAppliedAndComesToRest: each example plans to work on a new
// account, applies completely, and then plans to nothing.
func TestEveryExampleIsAppliedAndComesToRest(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "examples")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) != ".yaml" {
			continue
		}
		examples++
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			state, spec := t.TempDir(), filepath.Join(root, e.Name())
			if changes := planned(t, state, spec); !changes {
				t.Errorf("nothing is planned for a new account")
			}
			if code, _, stderr := command(t, "apply", "--emulator", "--yes", "--state-dir", state, "-f", spec); code != exitDone {
				t.Fatalf("apply exits %d: %s", code, stderr)
			}
			if changes := planned(t, state, spec); changes {
				t.Errorf("something is left to do after the apply")
			}
		})
	}
	if examples < 2 {
		t.Errorf("there are %d examples", examples)
	}
}

// command runs the program and returns its exit code and what it wrote.
func command(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &bytes.Buffer{}, &out, &err)
	return code, out.String(), err.String()
}

// planned reports whether the plan holds changes. Nothing of an example is deferred,
// but what Google left to people alone.
func planned(t testing.TB, state, spec string) bool {
	t.Helper()
	code, stdout, stderr := command(t, "plan", "--emulator", "--state-dir", state, "-f", spec, "-o", "json")
	var plan struct {
		Changes  bool `json:"changes"`
		Deferred []struct {
			ByHand bool `json:"byHand"`
		} `json:"deferred"`
	}
	err := json.Unmarshal([]byte(stdout), &plan)
	waiting := 0
	for _, d := range plan.Deferred {
		if !d.ByHand {
			waiting++
		}
	}
	if code != exitDone || err != nil || waiting > 0 {
		t.Fatalf("plan exits %d with %d deferred: %v\n%s", code, waiting, err, stderr)
	}
	return plan.Changes
}
