package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/oauth2"

	"albumen/photos"
)

// ErrGrantDead says that a grant has expired or was revoked: nothing but a new
// login helps. It is the error of photos, so that a call that failed for it can
// be asked by photos.IsGrantDead.
var ErrGrantDead = photos.ErrGrantDead

// IsGrantDead reports whether an error says that only a new login helps.
func IsGrantDead(err error) bool { return errors.Is(err, ErrGrantDead) }

// GrantDeadError says whose grant is dead.
type GrantDeadError struct{ Account string }

// Error names the account.
func (e *GrantDeadError) Error() string {
	return fmt.Sprintf("the access to the account %q has expired or was revoked", e.Account)
}

// Unwrap is ErrGrantDead.
func (e *GrantDeadError) Unwrap() error { return ErrGrantDead }

// NotLoggedInError says that there is no token of an account.
type NotLoggedInError struct{ Account string }

// Error names the account.
func (e *NotLoggedInError) Error() string {
	return fmt.Sprintf("nobody is logged in for the account %q", e.Account)
}

// FileError is about a file with secrets that is not used as it is, and says what
// mends that.
type FileError struct {
	Path    string
	Problem string
	Remedy  string
	Err     error // the cause; may be nil
}

// Error says what is wrong with which file. The remedy is apart.
func (e *FileError) Error() string { return e.Path + ": " + e.Problem }

// Unwrap is the cause.
func (e *FileError) Unwrap() error { return e.Err }

// ScopesError says that a person granted less than is needed.
type ScopesError struct{ Missing []string }

// Error names the missing scopes.
func (e *ScopesError) Error() string {
	return "not all was granted that is needed; missing: " + shortScopes(e.Missing)
}

// RefusedError is an answer of the token endpoint that no repetition changes.
type RefusedError struct {
	Status      int    // of HTTP
	Code        string // OAuth's, "invalid_client"; "" when the answer had none
	Description string // the service's words, cleaned
}

// Error says what the endpoint said.
func (e *RefusedError) Error() string {
	text := "the token endpoint refused with " + strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, e.Code))
	if e.Description != "" {
		text += ": " + e.Description
	}
	return text
}

// IsWrongClient reports whether the service does not know the client, or not by
// this secret: the credentials are wrong or were deleted.
func IsWrongClient(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused) && (refused.Code == "invalid_client" || refused.Code == "deleted_client" || refused.Code == "unauthorized_client")
}

// TemporaryError says that the token endpoint could not be asked, or stumbled,
// also when asked again.
type TemporaryError struct{ Err error }

// Error says what came in between.
func (e *TemporaryError) Error() string {
	return "the token endpoint can't be asked for now: " + e.Err.Error()
}

// Unwrap is what came in between.
func (e *TemporaryError) Unwrap() error { return e.Err }

// IsTemporary reports whether the same request may succeed later.
func IsTemporary(err error) bool {
	var temporary *TemporaryError
	return errors.As(err, &temporary)
}

// explain turns what asking the token endpoint gave into an error of this
// package. An answer's body never gets into it: it may hold tokens. What was sent
// must not come back in its words, either.
func explain(ctx context.Context, account string, err error, sent ...Secret) error {
	var answer *oauth2.RetrieveError
	var stranger *tls.CertificateVerificationError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &stranger):
		return errors.New("the token endpoint is not who it claims to be: " + clean(err.Error(), sent...))
	case !errors.As(err, &answer):
		return &TemporaryError{errors.New(clean(err.Error(), sent...))}
	case answer.ErrorCode == "invalid_grant":
		return &GrantDeadError{account}
	}
	refused := &RefusedError{Status: answer.Response.StatusCode, Code: code(answer.ErrorCode), Description: clean(answer.ErrorDescription, sent...)}
	if refused.Status >= http.StatusInternalServerError || refused.Status == http.StatusTooManyRequests {
		return &TemporaryError{refused}
	}
	return refused
}

var codeShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// code is OAuth's word for an error, "" for anything that is none.
func code(text string) string {
	if codeShape.MatchString(text) {
		return text
	}
	return ""
}

// clean makes foreign words fit to be shown, as photos does, without the secrets
// that are known.
func clean(text string, secrets ...Secret) string {
	known := make([]string, len(secrets))
	for i, s := range secrets {
		known[i] = s.Reveal()
	}
	return photos.Clean(text, known...)
}
