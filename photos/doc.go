// Package photos speaks the Google Photos Library API, version 1.
//
// A method of Client makes one call of the API, and no more: pages are visible to
// the caller, because every page costs one of the day's calls. Before each HTTP
// call, repeated ones included, the Budget is asked.
//
// # Reads and writes
//
// Reads, and uploads of bytes, are repeated when Google asks for patience or the
// connection fails. Writes are made one at a time, at Google's pace, and are
// never repeated here: whoever makes one must know whether a failed call may have
// changed something, and EffectOf answers that.
//
//	nothing changed   a 4xx answer, a refused connection, a call that was never sent
//	unknown           a lost connection, a 5xx answer, an answer that makes no sense
//
// What else is to know of an error, the questions tell: IsAlbumGone, IsDailyQuota
// and so on. Nobody outside needs to match Google's words.
//
// An answer counts only if it is what the method answers. A front end's page, an
// empty body or an album without an id is an error, because it would otherwise
// look like a library in which there is nothing.
//
// # Secrets
//
// The access token goes to the Endpoint and nowhere else: no redirect is followed.
// Neither it nor an upload token nor the query of an address is ever in a log or
// in the words of an error.
package photos
