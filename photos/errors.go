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

// Error is a failed call. Its words hold no secret: neither token nor signed
// address.
type Error struct {
	Method     Method
	HTTPStatus int           // 0 when there was no answer
	Status     string        // a google.rpc.Code by name, "INVALID_ARGUMENT"; "" when there is none
	Message    string        // the API's words, or what happened to the call: one bounded line
	Reason     string        // Google's machine-readable reason, "SERVICE_DISABLED"; mostly ""
	Quota      string        // the quota limit that was met, by Google's name; "" when none was named
	RetryAfter time.Duration // as the answer asks; 0 when it does not
	Effect     Effect
	Err        error // the cause; may be nil, and is not cleaned of anything

	passing   bool // no answer came, or none to its end, and the next may
	withdrawn bool // refused here, because the service refused it before
}

// ErrGrantDead is what a Token func wraps when the user's grant is revoked or
// expired, OAuth's invalid_grant. Only a new consent helps.
var ErrGrantDead = errors.New("the grant is revoked or expired")

// ErrNoToken is wrapped by the error of a call for which there was no access
// token, for whatever reason.
var ErrNoToken = errors.New("no access token")

// Error says which method failed and how, on one line. Of a missing scope it says
// which would do.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Method != "" {
		fmt.Fprintf(&b, "%s: ", e.Method)
	}
	switch {
	case e.HTTPStatus != 0 && e.Status != "":
		fmt.Fprintf(&b, "%d %s: ", e.HTTPStatus, e.Status)
	case e.HTTPStatus/100 > 2:
		fmt.Fprintf(&b, "%s: ", strings.TrimSpace(fmt.Sprintf("%d %s", e.HTTPStatus, http.StatusText(e.HTTPStatus))))
	}
	b.WriteString(e.Message)
	if scopes := MissingScopes(e); len(scopes) > 0 {
		b.WriteString(" (it needs " + scopes[0].Short())
		for _, s := range scopes[1:] {
			b.WriteString(" or " + s.Short())
		}
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// EffectOf says what a failed call may have changed:
//
//	no byte of it was sent: connection refused, no such host, TLS   none
//	the budget or a read-only client refused, or no token came      none
//	the context ended before it was sent                            none
//	it breaks one of the API's known limits                         none
//	an answer 4xx, 401, 403, 404 and 429 included                   none
//	an answer 5xx                                                   unknown
//	an answer 3xx                                                   unknown
//	the connection broke after a byte was sent                      unknown
//	the time ran out, or the context ended, after a byte was sent   unknown
//	an answer 2xx that broke off, is too large or makes no sense    unknown
//	an error that is not of this package                            unknown
//
// A nil error has no effect to ask for; the answer means nothing.
func EffectOf(err error) Effect { return as(err).Effect }

// as is the Error in err, or an empty one.
func as(err error) *Error {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e
	}
	return &Error{}
}
