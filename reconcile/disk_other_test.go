//go:build !linux

package reconcile_test

import "testing"

func smallDisk(t *testing.T, _ string) string {
	t.Skip("no small disk can be made here")
	return ""
}
