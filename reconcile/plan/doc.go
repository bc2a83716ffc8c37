// Package plan decides. It compares what should be (spec.Desired), what the API
// said last (Observed) and what albumen remembers (Recorded) and answers with a
// Plan: an ordered, priced list of write calls and everything that is not done,
// each with its reason.
//
// Every function here is pure: no context, clock, log, random number or I/O.
// The same input gives the same plan, byte for byte, and there is no input for
// which a plan can't be made: what can't be done is deferred, drift or an
// orphan, never an error.
//
// The order of a pass is
//
//	Looks     what of sharing the sweep can't show, at what price
//	Settle    what became of the writes whose answers were lost
//	Refresh   which albums are worth reading, at what price
//	Absorb    what a read taught about an album
//	Make      what to do
package plan
