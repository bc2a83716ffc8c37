package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
)

// kills is how often TestKilledAtAnyMoment kills the program.
const kills = 16

// TestKilledAtAnyMoment kills the program without a word (SIGKILL) at one of the
// calls of an apply, before it reaches the account or before its answer comes
// back, and applies again until nothing is left: the account is what an
// undisturbed apply makes of it.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "albumen")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir := t.TempDir()
	for n := range 60 {
		if err := picture(filepath.Join(dir, "a", fmt.Sprintf("%02d.jpg", n)), n); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "albumen.yaml")
	spec := "version: 1\nalbums:\n  a: {title: A, cover: a/07.jpg, contents: [{files: a/*.jpg}]}\n  b: {title: B, contents: [{files: a/1*.jpg}]}\n"
	if err := os.WriteFile(path, []byte(spec), 0o644); err != nil {
		t.Fatal(err)
	}
	want, calls := undisturbed(t, program, path)
	for k := range kills {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			t.Parallel()
			// Half of the kills hit the last calls, which are the writes.
			at := 1 + k*calls/kills
			if k%2 == 1 {
				at = calls - k/2
			}
			v := newVictim(t, program, path, at, k%4 < 2)
			for v.apply() != nil {
				if v.applies++; v.applies > 6 {
					t.Fatal("no rest after 6 applies")
				}
			}
			if diff := cmp.Diff(want, v.world()); diff != "" {
				t.Errorf("killed at call %d: world (-want +got):\n%s", at, diff)
			}
		})
	}
}

// undisturbed is the account that one apply makes, and the calls that it took.
func undisturbed(t *testing.T, program, spec string) ([]string, int) {
	t.Helper()
	v := newVictim(t, program, spec, 0, false)
	if err := v.apply(); err != nil {
		t.Fatalf("apply: %v", err)
	}
	return v.world(), v.calls
}

// victim is a program that is killed at one of its calls, once.
type victim struct {
	t             *testing.T
	emu           *emulator.Emulator
	url           string
	program, spec string
	state         string
	applies       int

	mu      sync.Mutex
	calls   int
	process *os.Process
}

func newVictim(t *testing.T, program, spec string, at int, answered bool) *victim {
	t.Helper()
	e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, ConcurrentWrites: -1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{t: t, emu: e, program: program, spec: spec, state: t.TempDir()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		v.calls++
		strike, process := v.calls == at, v.process
		v.mu.Unlock()
		if strike && !answered {
			_ = process.Kill()
			panic(http.ErrAbortHandler)
		}
		e.ServeHTTP(w, r)
		if strike {
			_ = process.Kill()
		}
	}))
	v.url = server.URL
	t.Cleanup(func() {
		server.Close()
		_ = e.Close()
	})
	return v
}

// apply runs the program to its end, or to its death.
func (v *victim) apply() error {
	cmd := exec.CommandContext(v.t.Context(), v.program, "apply", "--yes", "--grace", "0", "--endpoint", v.url, "--state-dir", v.state, "-f", v.spec)
	cmd.Env = append(os.Environ(), "ALBUMEN_TOKEN=some-token")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	v.mu.Lock()
	err := cmd.Start()
	v.process = cmd.Process
	v.mu.Unlock()
	if err != nil {
		v.t.Fatal(err)
	}
	err = cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		v.t.Logf("apply: %v\n%s", err, &out)
	}
	return err
}

// world is the account in a few lines: each album with its items in order, and
// the size of the library.
func (v *victim) world() []string {
	w := v.emu.World()
	out := []string{fmt.Sprintf("%d items", len(w.Items))}
	for _, a := range w.Albums {
		out = append(out, fmt.Sprintf("%s %v", a.Title, w.FileNames(a)))
	}
	return out
}
