//go:build !linux

package state_test

import "testing"

func bindReadOnly(t *testing.T, _ string) { t.Skip("no folder can be made read-only here") }

func smallDisk(t *testing.T, _ string) string {
	t.Skip("no small disk can be made here")
	return ""
}
