package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
)

// kills is how often TestKilledAtAnyMoment kills the program at one of its calls.
const kills = 16

// randomKills is how often TestKilledAtRandom kills the program, unless
// ALBUMEN_KILLS names another number.
const randomKills = 24

// TestKilledAtAnyMoment kills the program without a word (SIGKILL) at one of the
// calls of an apply, before it reaches the account or before its answer comes
// back, and applies again until nothing is left: the account is what an
// undisturbed apply makes of it.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	program, path := killable(t)
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
			v.recover(want, fmt.Sprintf("at call %d", at))
		})
	}
}

// TestKilledAtRandom kills the program at moments that chance has drawn: while it
// reads files, writes its memory, waits for an answer or ends. A quarter of the
// victims die a second time, soon after they came back.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	n := randomKills
	if text := os.Getenv("ALBUMEN_KILLS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("ALBUMEN_KILLS: %v", err)
		}
	}
	program, path := killable(t)
	began := time.Now()
	want, _ := undisturbed(t, program, path)
	whole := time.Since(began)
	var struck atomic.Int64
	t.Cleanup(func() { t.Logf("%d kills struck %d victims, an apply takes %v", struck.Load(), n, whole) })
	turns := make(chan struct{}, runtime.GOMAXPROCS(0)) // more at a time would only wait for each other
	for k := range n {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			chance := rand.New(rand.NewPCG(4, uint64(k)))
			v := newVictim(t, program, path, 0, false)
			for range 1 + chance.IntN(4)/3 {
				after := time.Duration(chance.Float64() * float64(whole))
				if v.applyFor(after) {
					struck.Add(1)
				}
			}
			v.recover(want, "at random")
		})
	}
}

// killable builds the program, and makes a spec with pictures for it.
func killable(t *testing.T) (program, spec string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "albumen")
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
	text := "version: 1\nalbums:\n  a: {title: A, cover: a/07.jpg, contents: [{files: a/*.jpg}]}\n  b: {title: B, contents: [{files: a/1*.jpg}]}\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return program, path
}

// recover applies until nothing is left, and compares the account with the
// undisturbed one.
func (v *victim) recover(want []string, killed string) {
	v.t.Helper()
	for v.apply() != nil {
		if v.applies++; v.applies > 6 {
			v.t.Fatal("no rest after 6 applies")
		}
	}
	if diff := cmp.Diff(want, v.world()); diff != "" {
		v.t.Errorf("killed %s: world (-want +got):\n%s", killed, diff)
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
	_, err := v.run(0)
	return err
}

// applyFor runs the program for so long and kills it, and reports whether it
// still lived.
func (v *victim) applyFor(d time.Duration) bool {
	struck, _ := v.run(d)
	return struck
}

// run runs the program, and kills it after a time that is not 0.
func (v *victim) run(after time.Duration) (struck bool, err error) {
	cmd := exec.CommandContext(v.t.Context(), v.program, "apply", "--yes", "--grace", "0", "--endpoint", v.url, "--state-dir", v.state, "-f", v.spec)
	cmd.Env = append(os.Environ(), "ALBUMEN_TOKEN=some-token")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	v.mu.Lock()
	err = cmd.Start()
	v.process = cmd.Process
	v.mu.Unlock()
	if err != nil {
		v.t.Fatal(err)
	}
	if after > 0 {
		killer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		defer killer.Stop()
	}
	err = cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		v.t.Logf("apply: %v\n%s", err, &out)
	}
	return err != nil && !cmd.ProcessState.Exited(), err
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
