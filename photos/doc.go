// Package photos speaks the Google Photos Library API, version 1: all its methods,
// and both ways of uploading bytes.
//
// A method of Client makes one call of the API, and no more: pages are visible to
// the caller, because every page costs one of the day's calls. Walk watches over a
// listing without making its calls. Upload alone may take several: two for a large
// file, and two more after each break. Before each HTTP call, repeated ones
// included, the Budget is asked.
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
// look like a library in which there is nothing. A page that leads back to itself
// is one, too.
//
// # Uploads
//
// Up to ResumableSize the bytes of a file go in one call. Above, a session is begun
// first, and a broken call is continued with what had not arrived. Upload.OnSession
// tells how far the session is; whoever keeps that and hands it back sends nothing
// twice, even after a crash. The token of a finished upload is told there before
// Upload answers it.
//
// # Two eras
//
// On 2025-03-31 Google withdrew the six methods of sharing and the scopes that went
// beyond what an app made itself. The methods are here for services of the older
// era. Where one is refused, IsUnsupported says so; it is learned by one call, and
// the client refuses it itself from then on. Options.OnUnsupported and
// Options.Unsupported keep what was learned of an account beyond the client's life.
// A scope that is missing is named by MissingScopes.
//
// # Secrets
//
// The access token goes to the Endpoint and nowhere else: no redirect is followed,
// and no upload session at another host. Neither it nor an upload token, a share
// token or link, the address of an upload session or the query of an address is
// ever in a log or in the words of an error.
package photos
