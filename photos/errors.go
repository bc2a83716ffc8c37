package photos

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Effect says what a failed call may have changed.
type Effect int

// The effects.
const (
	// EffectUnknown means that the call may have been carried out.
	EffectUnknown Effect = iota
	// EffectNone means that the error proves that nothing changed.
	EffectNone
)

// String is the effect in words.
func (e Effect) String() string {
	if e == EffectNone {
		return "nothing changed"
	}
	return "may have changed something"
}

// Error is a failed call. It holds no secret: neither token nor signed address.
type Error struct {
	Method     Method
	HTTPStatus int           // 0 when there was no answer
	Status     string        // a google.rpc.Code by name, "INVALID_ARGUMENT"; "" when there is none
	Message    string        // the API's words, or what happened to the call
	Quota      string        // the quota limit that was met, by Google's name; "" when none was named
	RetryAfter time.Duration // as the answer asks; 0 when it does not
	Effect     Effect
	Err        error // the cause; may be nil
}

// Error says which method failed and how, on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Method))
	b.WriteString(": ")
	switch {
	case e.HTTPStatus != 0 && e.Status != "":
		fmt.Fprintf(&b, "%d %s: ", e.HTTPStatus, e.Status)
	case e.HTTPStatus != 0:
		fmt.Fprintf(&b, "%d %s: ", e.HTTPStatus, http.StatusText(e.HTTPStatus))
	}
	b.WriteString(e.Message)
	return b.String()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// EffectOf says what a failed call may have changed:
//
//	an answer 4xx, 401, 403, 404 and 429 included   none
//	the budget or a read-only client refused        none
//	the call broke one of the API's known limits    none
//	no byte of the request was sent                 none
//	an answer 5xx                                   unknown
//	the connection broke, or the time ran out       unknown
//	a success that can't be understood              unknown
//	an error that is not of this package            unknown
//
// It is not meant for a nil error.
func EffectOf(err error) Effect {
	var e *Error
	if errors.As(err, &e) {
		return e.Effect
	}
	return EffectUnknown
}

func as(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{}
}

// The limits of a 429, by the name in its metadata.
const (
	quotaDaily      = "ApiCallsPerProjectPerDay"
	quotaWrites     = "WritesPerMinutePerUser"
	quotaConcurrent = "concurrent write request"
)

// IsDailyQuota reports whether the day's calls of the project are used up.
// Nothing helps but the next day.
func IsDailyQuota(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && (e.Quota == quotaDaily || has(e, "per day"))
}

// IsWriteRate reports whether more writes a minute were made than a user may.
func IsWriteRate(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && (e.Quota == quotaWrites || has(e, "per minute per user") || has(e, quotaWrites))
}

// IsConcurrentWrite reports whether Google saw two writes of one user at once.
// It does so at times although there was one (rclone's issue 6920).
func IsConcurrentWrite(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusTooManyRequests && has(e, quotaConcurrent)
}

// IsStorageFull reports whether the account has no room left. Google says so in
// a message under several codes (data-transfer-project).
func IsStorageFull(err error) bool { return has(as(err), "remaining storage in the user's account") }

// IsAlbumGone reports whether the album of the call does not exist (any more).
func IsAlbumGone(err error) bool {
	e := as(err)
	switch {
	case has(e, "does not match any albums"), has(e, "invalid album id"):
		return true
	}
	return e.HTTPStatus == http.StatusNotFound && strings.HasPrefix(string(e.Method), "albums.")
}

// IsItemInvalid reports whether an id of the call is not that of an item that
// this app created.
func IsItemInvalid(err error) bool {
	e := as(err)
	return has(e, "invalid media item id") || e.HTTPStatus == http.StatusNotFound && strings.HasPrefix(string(e.Method), "mediaItems.")
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
func IsScopeMissing(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && has(e, "insufficient authentication scopes")
}

// IsAPIDisabled reports whether the Library API is not enabled in the Cloud
// project.
func IsAPIDisabled(err error) bool {
	e := as(err)
	return e.HTTPStatus == http.StatusForbidden && has(e, "has not been used in project")
}

// IsTemporary reports whether the same call may succeed later: the rate was too
// high, the service stumbled or the connection failed. A used-up day is not
// temporary.
func IsTemporary(err error) bool {
	e := as(err)
	switch {
	case e.HTTPStatus == http.StatusTooManyRequests:
		return !IsDailyQuota(err)
	case e.HTTPStatus >= 500:
		return true
	}
	return e.HTTPStatus == 0 && e.Status == statusNoAnswer
}

// statusNoAnswer marks an Error of the transport.
const statusNoAnswer = "NO_ANSWER"

func has(e *Error, text string) bool {
	return strings.Contains(strings.ToLower(e.Message), strings.ToLower(text))
}

// Duplicate reports whether the entry's bytes are there already: twice in one
// call, or created before (data-transfer-project, issue 1009). Tried alone it
// yields the item that exists.
func (s Status) Duplicate() bool { return s.Code == 6 }

// Permanent reports whether the entry fails at every try: Google does not
// understand its bytes.
func (s Status) Permanent() bool { return s.Code == 3 }

// Delays between tries. Google asks for at least 1 s after a 5xx answer and 30 s
// after a 429 (its page of best practices).
const (
	delayBroken = time.Second
	delayPaced  = 30 * time.Second
	delayMost   = 5 * time.Minute
)

// RetryDelay is how long to wait before the next try after so many failed ones,
// counted from 1. Retry-After wins; else the delay doubles with each try, up to
// five minutes, and is stretched by up to a half so that many clients do not
// come back at once. jitter answers from [0,1).
func RetryDelay(err error, tries int, jitter func() float64) time.Duration {
	e := as(err)
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	delay := delayBroken
	if e.HTTPStatus == http.StatusTooManyRequests {
		delay = delayPaced
	}
	for range tries - 1 {
		if delay *= 2; delay >= delayMost {
			delay = delayMost
			break
		}
	}
	return delay + time.Duration(jitter()*float64(delay)/2)
}
