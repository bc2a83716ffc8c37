package emulator

import (
	"fmt"
	"net/http"
	"strconv"
)

// apiError is an answer that is not what the caller hoped for. Its texts are
// those of the real service where a source has them.
type apiError struct {
	code       int // the HTTP status
	status     string
	message    string
	reason     string // of the older list of errors; "" without
	details    []any
	retryAfter int // seconds; 0 without
	// uploadStatus is the state of the upload session that a call failed in.
	uploadStatus string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.code, e.status, e.message)
}

func invalid(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, status: "INVALID_ARGUMENT", message: fmt.Sprintf(format, args...)}
}

func notFound(message string) *apiError {
	return &apiError{code: http.StatusNotFound, status: "NOT_FOUND", message: message}
}

// The messages that more than one method answers with. Clients compare them.
const (
	textItemInBatch  = "Request contains an invalid media item id."                                         // an issue of f2calv/CasCap.Api.GooglePhotos
	textItem         = "Invalid media item ID."                                                             // an issue of gilesknap/gphotos-sync
	textAlbum        = "Invalid album ID."                                                                  // public upload scripts
	textAlbumGone    = "The provided ID does not match any albums."                                         // dtinit/data-transfer-project
	textGone         = "Requested entity was not found."                                                    // Google's generic text
	textTooMany      = "Request must have less than 50 items."                                              // an issue of davidedelpapa/gphotospy
	textRepeated     = "Request must not contain duplicated ids"                                            // a test double of ylexus/jiotty-photos-uploader
	textToken        = "Request must contain a valid upload token."                                         // an issue of gphotos-uploader-cli
	textPage         = "When using a page token, you must use the same parameters as the previous request." // an issue of mholt/timeliner
	textStorage      = "The remaining storage in the user's account is not enough to perform this operation."
	textScopes       = "Request had insufficient authentication scopes."
	textCredentials  = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	textUploadNoAuth = "Authentication session is not defined." // an issue of f2calv/CasCap.Api.GooglePhotos
)

// unauthenticated answers a call without an access token.
func unauthenticated() *apiError {
	return &apiError{code: http.StatusUnauthorized, status: "UNAUTHENTICATED", message: textCredentials}
}

// internal answers what went wrong on our side; the cause is for the log alone.
func internal() *apiError {
	return &apiError{code: http.StatusInternalServerError, status: "INTERNAL", message: "Internal error encountered."}
}

// statusNames gives the name and the number of the google.rpc.Code that goes
// with an HTTP status.
func statusNames(httpStatus int) (string, int) {
	switch httpStatus {
	case http.StatusBadRequest:
		return "INVALID_ARGUMENT", 3
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED", 16
	case http.StatusForbidden:
		return "PERMISSION_DENIED", 7
	case http.StatusNotFound:
		return "NOT_FOUND", 5
	case http.StatusConflict:
		return "ABORTED", 10
	case http.StatusRequestEntityTooLarge:
		return "INVALID_ARGUMENT", 3
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED", 8
	case http.StatusNotImplemented:
		return "UNIMPLEMENTED", 12
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE", 14
	case http.StatusGatewayTimeout:
		return "DEADLINE_EXCEEDED", 4
	default:
		return "INTERNAL", 13
	}
}

// errorBody is the error of all JSON methods.
type errorBody struct {
	Error struct {
		Code    int          `json:"code"`
		Message string       `json:"message"`
		Errors  []olderError `json:"errors,omitempty"`
		Status  string       `json:"status"`
		Details []any        `json:"details,omitempty"`
	} `json:"error"`
}

type olderError struct {
	Message string `json:"message"`
	Domain  string `json:"domain"`
	Reason  string `json:"reason"`
}

// flatBody is the error of /v1/uploads, whose code is a google.rpc.Code.
type flatBody struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// body is what goes over the wire for the error.
func (e *apiError) body(flat bool) any {
	if flat {
		_, code := statusNames(e.code)
		return flatBody{Code: code, Message: e.message}
	}
	var b errorBody
	b.Error.Code, b.Error.Message, b.Error.Status, b.Error.Details = e.code, e.message, e.status, e.details
	if e.reason != "" {
		b.Error.Errors = []olderError{{Message: e.message, Domain: "global", Reason: e.reason}}
	}
	return b
}

// chosen is the error with the lists that Choices.Errors asks for, and with its
// Retry-After. The reasons are those that were seen.
func (e *apiError) chosen(c Choices) *apiError {
	out := *e
	switch {
	case c.Errors == "never":
		out.reason, out.details = "", nil
	case c.Errors == "always" && out.reason == "":
		out.reason = map[int]string{http.StatusBadRequest: "badRequest", http.StatusUnauthorized: "authError",
			http.StatusForbidden: "forbidden", http.StatusNotFound: "notFound", http.StatusTooManyRequests: "rateLimitExceeded",
			http.StatusServiceUnavailable: "backendError"}[out.code]
		if out.reason == "" {
			out.reason = "backendError"
		}
	}
	if out.code == http.StatusTooManyRequests && out.retryAfter == 0 {
		out.retryAfter = c.RetryAfter
	}
	return &out
}

// write sends the error.
func (e *apiError) write(w http.ResponseWriter, flat bool) {
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	if e.uploadStatus != "" {
		w.Header().Set("X-Goog-Upload-Status", e.uploadStatus)
	}
	if e.code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/"`)
	}
	writeJSON(w, e.code, e.body(flat), false)
}
