// Package status holds the outlets of a plan and of a report: text for people,
// JSON for scripts, and the progress of what is under way. It shows what package
// plan and package reconcile decided and decides nothing.
package status
