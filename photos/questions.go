package photos

import (
	"net/http"
	"strings"
)

// The limits of a 429, by the name in its metadata.
const (
	quotaDaily  = "ApiCallsPerProjectPerDay"
	quotaWrites = "WritesPerMinutePerUser"
)

// IsDailyQuota reports whether the day's calls of the project are used up.
// Nothing helps but the next day.
func IsDailyQuota(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && (e.Quota == quotaDaily || has(e, "per day") || has(e, quotaDaily))
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

// IsStorageFull reports whether the account has no room left. Google says so in
// a message under several codes (data-transfer-project).
func IsStorageFull(err error) bool { return has(as(err), "remaining storage in the user's account") }

// IsAlbumGone reports whether the album of the call does not exist (any more).
// A 404 that is not of the API, as a wrong endpoint gives it, says nothing about
// an album.
func IsAlbumGone(err error) bool {
	e := as(err)
	if has(e, "does not match any albums") || has(e, "invalid album id") {
		return true
	}
	switch e.Method {
	case MethodAlbumsGet, MethodAlbumsPatch, MethodAlbumsBatchAdd, MethodAlbumsBatchRemove, MethodItemsSearch:
		return notFound(e)
	}
	return false
}

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

// IsNotOurs reports whether the album was not created by this app.
func IsNotOurs(err error) bool { return has(as(err), "no permission to add media items") }

// IsUploadTokenDead reports whether an upload token is unknown or older than a
// day. One of them fails the whole call (gphotos-uploader-cli, issue 132).
func IsUploadTokenDead(err error) bool { return has(as(err), "valid upload token") }

// IsUnauthorized reports whether the access token was refused. On /v1/uploads
// a missing scope looks the same.
func IsUnauthorized(err error) bool { return as(err).HTTPStatus == http.StatusUnauthorized }

// IsScopeMissing reports whether the access token lacks a scope for the method.
// Reasons are those of google.rpc.ErrorInfo.
func IsScopeMissing(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && (e.Reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" || has(e, "insufficient authentication scopes"))
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
	case IsDailyQuota(err), IsStorageFull(err):
		return false
	case e.HTTPStatus == http.StatusTooManyRequests, e.HTTPStatus >= 500, uploadRate(e):
		return true
	}
	return e.passing
}

// uploadRate recognises the limit of uploads a minute, which was seen under the
// code 400 (gpup, issue 13).
func uploadRate(e *Error) bool { return has(e, "insufficient tokens for quota") }

// has reports whether the message of a refusal holds a text of lower case.
func has(e *Error, text string) bool {
	return e.HTTPStatus != 0 && strings.Contains(strings.ToLower(e.Message), strings.ToLower(text))
}

// The codes of google.rpc.Code that an entry of a batch can have.
const (
	codeUnknown     = 2
	codeInvalid     = 3
	codeDeadline    = 4
	codeExists      = 6
	codeInternal    = 13
	codeUnavailable = 14
)

// Duplicate reports whether the entry's bytes are there already: twice in one
// call, or created before (data-transfer-project, issue 1009). Tried alone it
// yields the item that exists.
func (s Status) Duplicate() bool { return s.Code == codeExists }

// Permanent reports whether the entry fails at every attempt: Google does not
// understand its bytes.
func (s Status) Permanent() bool { return s.Code == codeInvalid }

// Transient reports whether the entry may succeed later (gphotos-uploader-cli,
// issue 105).
func (s Status) Transient() bool {
	switch s.Code {
	case codeUnknown, codeDeadline, codeInternal, codeUnavailable:
		return true
	}
	return false
}
