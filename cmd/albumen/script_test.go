package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the goldens of the stories")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"albumen": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// TestStories runs the command line as users do. Each story begins with a
// sentence that says what it is about.
func TestStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("TZ", "UTC")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"pictures": makePictures,
			"exits":    exits,
			"google":   google,
			"stumbles": stumbles,
			"logs-in":  logsIn,
			"later":    later,

			"legacy":       legacy,
			"share-token":  shareToken,
			"in-app":       inApp,
			"approve-held": approveHeld,
		},
	})
}

// exits runs a command that must end with a certain code: exits 3 albumen ...
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// makePictures writes small JPEGs: pictures FOLDER NAME ...; the bytes follow the
// name, or a number after an equals sign.
func makePictures(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		seed := 0
		for _, b := range []byte(name) {
			seed = seed*31 + int(b)
		}
		ts.Check(picture(filepath.Join(ts.MkAbs(args[0]), name), seed))
	}
}

// picture writes a small JPEG whose bytes depend on a seed.
func picture(path string, seed int) error {
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range 16 * 16 {
		img.Set(i%16, i/16, color.RGBA{byte(seed), byte(seed >> 8), byte(seed >> 16), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		return err
	}
	fmt.Fprint(&b, seed)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return err
	}
	old := time.Now().Add(-time.Hour)
	return os.Chtimes(path, old, old)
}
