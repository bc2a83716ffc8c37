//go:build !race

package reconcile_test

// slower is how many times fewer steps and faults are tried under the race detector.
const slower = 1
