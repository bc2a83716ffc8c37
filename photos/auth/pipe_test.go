//go:build unix

package auth_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"albumen/photos/auth"
)

// TestNobodyWaitsForAPipesWriter: to open a named pipe waits for who writes to it,
// and no signal ends that.
func TestNobodyWaitsForAPipesWriter(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "credentials.json")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := auth.LoadCredentials(pipe)
	refuses(t, "a pipe", pipe, "this is no file", err)
}
