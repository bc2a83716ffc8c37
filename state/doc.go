// Package state is albumen's memory: one SQLite file with what was bound,
// written, uploaded and spent.
//
// A write to the account goes in three steps, so that a crash between any two of
// them leaves a trace that can be settled later:
//
//	Intend   durable before the call: what is about to be written
//	         (the call)
//	Settle   its end and all its effects, in one transaction
//
// An intent that is still open when a process starts is a doubt. A folder has
// one applier at a time, who holds its lock file; others may look meanwhile.
//
// The package knows no noun of the other rooms: ids are strings, digests are 32
// bytes, and whoever uses it converts.
package state
