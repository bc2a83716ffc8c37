// Package reconcile is the loop: observe, plan, apply, report.
//
//	Plan     sweep -> settle doubts -> refresh -> plan.Make
//	Apply    each action: Intend -> call -> Settle; then look again, while that helps
//
// It holds every effect that package plan does without: the Photos API, the
// state, the clock and the files. One Reconciler serves one account, and its
// writes are strictly serial.
package reconcile
