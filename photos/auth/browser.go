package auth

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

// OpenBrowser opens the person's browser at an address. It does not wait for the
// browser, which may live on for days.
func OpenBrowser(_ context.Context, address string) error {
	name, args := browser(runtime.GOOS, address)
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("opening a browser with %s: %w", name, err)
	}
	return cmd.Process.Release()
}

// browser is the command that opens an address on a system. None of them goes
// through a shell, to which an address could be a command.
func browser(system, address string) (name string, args []string) {
	switch system {
	case "darwin":
		return "open", []string{address}
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", address}
	default:
		return "xdg-open", []string{address}
	}
}
