// Package photos speaks the Google Photos Library API, version 1.
//
// A Client makes one HTTP call a method, and no more: pages are visible to the
// caller, because every page costs one of the day's calls. Before each call it
// asks the Budget and keeps Google's pace of writes.
//
// Reads, and uploads of bytes, are repeated when Google asks for patience. Writes
// are never repeated here: whoever makes one must know whether a failed call may
// have changed something, and EffectOf answers that.
//
//	nothing changed   a 4xx answer, a refused connection, a call that was never sent
//	unknown           a lost connection, a 5xx answer, an answer that can't be read
package photos
