package photos

import (
	"errors"
	"net/http"
	"strings"
)

// The limits of a 429, by the name in its metadata.
const (
	quotaDaily   = "ApiCallsPerProjectPerDay"
	quotaWrites  = "WritesPerMinutePerUser"
	quotaUploads = "UploadsPerMinute"
)

// noPhotos is in the answer to an account that may not use Google Photos.
const noPhotos = "google photos is disabled for the user"

// IsDailyQuota reports whether the day's calls of the project are used up.
// Nothing helps but the next day.
func IsDailyQuota(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && !IsMediaQuota(err) && (e.Quota == quotaDaily || has(e, "per day") || has(e, quotaDaily))
}

// IsMediaQuota reports whether the day's downloads of bytes are used up, which
// are counted apart from calls (Google's page of limits). No text of it is known,
// so that a limit is taken for it by the name of its metric.
func IsMediaQuota(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && (has(e, "media bytes") || has(e, "media_bytes") || strings.Contains(e.Quota, "MediaBytes"))
}

// IsWriteRate reports whether more writes a minute were made than a user may.
func IsWriteRate(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && (e.Quota == quotaWrites || has(e, "per minute per user") || has(e, quotaWrites))
}

// IsConcurrentWrite reports whether Google saw two writes of one user at once.
// It does so at times although there was one (rclone, issue 6920).
func IsConcurrentWrite(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && has(e, "concurrent write request")
}

// IsUploadRate reports whether more uploads a minute were made than may be. It was
// seen under the code 400 (gpup, issue 13).
func IsUploadRate(err error) bool {
	e := as(err)
	return has(e, "insufficient tokens for quota") || e.HTTPStatus == http.StatusTooManyRequests && (e.Quota == quotaUploads || has(e, quotaUploads))
}

// IsStorageFull reports whether the account has no room left. Google says so in
// a message under several codes (data-transfer-project).
func IsStorageFull(err error) bool { return has(as(err), fullText) }

const fullText = "remaining storage in the user's account"

// IsAlbumGone reports whether the album of the call does not exist (any more).
// A 404 that is not of the API, as a wrong endpoint gives it, says nothing about
// an album.
func IsAlbumGone(err error) bool {
	e := as(err)
	if has(e, "does not match any albums") || has(e, "invalid album id") {
		return true
	}
	switch e.Method {
	case MethodAlbumsAddEnrichment, MethodAlbumsBatchAdd, MethodAlbumsBatchRemove, MethodAlbumsGet, MethodAlbumsPatch, MethodAlbumsShare,
		MethodAlbumsUnshare, MethodItemsSearch, MethodSharedGet, MethodSharedJoin, MethodSharedLeave:
		return notFound(e)
	}
	return false
}

// IsAlbumInvalid reports whether the album's id is malformed or that of another
// app. An album that was deleted was seen to answer the same, so that
// IsAlbumGone says yes, too.
func IsAlbumInvalid(err error) bool { return has(as(err), "invalid album id") }

// IsItemInvalid reports whether an id of the call is not that of an item that
// this app created, or of none any more.
func IsItemInvalid(err error) bool {
	e := as(err)
	switch {
	case has(e, "invalid media item id"):
		return true
	case e.Method == MethodItemsGet, e.Method == MethodItemsPatch:
		return notFound(e)
	}
	return false
}

func notFound(e *Error) bool {
	return e.HTTPStatus == http.StatusNotFound && e.Status == "NOT_FOUND"
}

// IsInvalid reports whether the call can't succeed as it was made, for the sake of
// one of its entries, its position or its cover: album, account and quota are not
// to blame.
func IsInvalid(err error) bool {
	e := as(err)
	switch {
	case IsItemInvalid(err), IsUploadTokenDead(err):
		return true
	case IsAlbumGone(err), IsNotOurs(err), IsStorageFull(err), IsUploadRate(err), IsPageTokenDead(err):
		return false
	}
	return e.Status == "INVALID_ARGUMENT"
}

// IsNotOurs reports whether the album was not created by this app. Of adding items
// the words are known, "No permission to add media items to this album."; of what
// else may not be done to it, they are taken to be alike.
func IsNotOurs(err error) bool {
	e := as(err)
	return has(e, "no permission to ") && has(e, "this album")
}

// IsUploadTokenDead reports whether an upload token is unknown or older than a
// day. One of them fails the whole call (gphotos-uploader-cli, issue 132).
func IsUploadTokenDead(err error) bool { return has(as(err), "valid upload token") }

// IsPageTokenDead reports whether a page token does not belong to the call: the
// listing must begin again (timeliner, issue 64).
func IsPageTokenDead(err error) bool {
	e := as(err)
	return has(e, "when using a page token") || has(e, "invalid page token")
}

// IsBeyondLimits reports whether the call breaks one of the API's limits: it was
// not sent, or has too many entries, one twice or more bytes than may be.
func IsBeyondLimits(err error) bool {
	e := as(err)
	return e.HTTPStatus == 0 && e.Status == "INVALID_ARGUMENT" || e.HTTPStatus == http.StatusRequestEntityTooLarge ||
		has(e, "request must have less than") || has(e, "must not contain duplicated ids")
}

// IsUnauthorized reports whether the access token was refused. On /v1/uploads
// a missing scope looks the same.
func IsUnauthorized(err error) bool { return as(err).HTTPStatus == http.StatusUnauthorized }

// IsGrantDead reports whether no access token is to be had any more. Nothing
// helps but the user's consent.
func IsGrantDead(err error) bool { return errors.Is(err, ErrGrantDead) }

// IsTokenMissing reports whether the call was not made because no access token
// was to be had, now or ever. Every other call of the account has the same fate.
func IsTokenMissing(err error) bool { return errors.Is(err, ErrNoToken) }

// IsScopeMissing reports whether the access token lacks a scope for the method,
// which MissingScopes names. Reasons are those of google.rpc.ErrorInfo. A sharing
// method answers the same today, and no scope helps: see IsUnsupported.
func IsScopeMissing(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && !e.Method.Sharing() &&
		(e.Reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" || has(e, "insufficient authentication scopes"))
}

// MissingScopes are those of which any one would do for the call that failed for
// want of one; none for another failure.
func MissingScopes(err error) []Scope {
	if !IsScopeMissing(err) {
		return nil
	}
	return as(err).Method.Scopes()
}

// IsNoPhotos reports whether the account has no Google Photos, as an
// organisation's policy may have it.
func IsNoPhotos(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && (has(e, noPhotos) || !e.Method.Sharing() && has(e, "the caller does not have permission"))
}

// IsAPIDisabled reports whether the Library API is not enabled in the Cloud
// project.
func IsAPIDisabled(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && (e.Reason == "SERVICE_DISABLED" || has(e, "has not been used in project"))
}

// IsTemporary reports whether the same call may succeed later: the rate was too
// high, the service stumbled or the connection failed. A used-up day, a full
// account and an end of the caller's own patience are not temporary.
func IsTemporary(err error) bool {
	e := as(err)
	switch {
	case IsDailyQuota(err), IsMediaQuota(err), IsStorageFull(err):
		return false
	case e.HTTPStatus == http.StatusTooManyRequests, e.HTTPStatus >= 500, IsUploadRate(err):
		return true
	}
	return e.passing
}

// has reports whether the message of a refusal holds a text of lower case.
func has(e *Error, text string) bool {
	return e.HTTPStatus != 0 && strings.Contains(strings.ToLower(e.Message), strings.ToLower(text))
}

// The codes of google.rpc.Code that an entry of a batch can have.
const (
	codeUnknown     = 2
	codeInvalid     = 3
	codeDeadline    = 4
	codeNotFound    = 5
	codeExists      = 6
	codeExhausted   = 8
	codeInternal    = 13
	codeUnavailable = 14
)

// Duplicate reports whether the entry's bytes are there already: twice in one
// call, or created before (data-transfer-project, issue 1009). Tried alone it
// yields the item that exists.
func (s Status) Duplicate() bool { return s.Code == codeExists }

// Permanent reports whether the entry fails at every attempt: Google does not
// understand its bytes.
func (s Status) Permanent() bool { return s.Code == codeInvalid && !s.Exhausted() }

// Gone reports whether an entry of mediaItems.batchGet is of an item that the
// caller can't see: deleted, of another app, or none at all (gphotos-sync, issue
// 211).
func (s Status) Gone() bool { return s.Code == codeInvalid || s.Code == codeNotFound }

// Exhausted reports whether the entry found no room left, in the account's
// storage or in a quota.
func (s Status) Exhausted() bool {
	return s.Code == codeExhausted || s.Code != 0 && strings.Contains(s.Message, fullText)
}

// Transient reports whether the entry may succeed later (gphotos-uploader-cli,
// issue 105).
func (s Status) Transient() bool {
	switch s.Code {
	case codeUnknown, codeDeadline, codeInternal, codeUnavailable:
		return true
	}
	return false
}
