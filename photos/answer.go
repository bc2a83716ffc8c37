package photos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The most that is read of an answer, and kept of its words.
const (
	maxAnswer = 32 << 20
	maxError  = 64 << 10
	maxWords  = 500
)

// bounded reads the body of a success, and one byte more than is allowed of one
// that is too large.
func bounded(resp *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		b.Grow(int(min(n, 1<<20)) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	return b.Bytes(), err
}

// answer is the wire form of a success. Its flaw is what makes it useless though
// it is JSON, "" for none.
type answer interface{ flaw() string }

// void is the answer of a method that has none: an empty object.
type void struct{}

func (void) flaw() string { return "" }

// understand reads a success. What is no object, or is an error that claims to be
// a success, must not pass for an empty one: a failed read is not an empty read.
//
// It reads by the second version of encoding/json, which scans each byte once and
// so reads a page in half the time, takes no name in another case for the one that
// is meant, and refuses a name that stands there twice.
func understand(m Method, code int, raw []byte, out answer) error {
	e := &Error{Method: m, HTTPStatus: code}
	rest, object := bytes.CutPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{"))
	if !object || bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(`"error"`)) {
		e.Message = "the answer is not what the method answers"
		if bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("<")) {
			e.Message = "the answer is a page and no JSON: is the endpoint that of a Photos Library API?"
		}
		return e
	}
	if err := jsonv2.Unmarshal(raw, out, jsontext.AllowInvalidUTF8(true)); err != nil {
		e.Message, e.Err = "the answer is not the JSON that the method answers", err
		return e
	}
	if flaw := out.flaw(); flaw != "" {
		e.Message = "the answer is flawed: " + flaw
		return e
	}
	return nil
}

// errorBody is an error as JSON methods wrap it, and as /v1/uploads does not.
type errorBody struct {
	Error *errorStatus `json:"error"`
	errorStatus
}

type errorStatus struct {
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []struct {
		Reason   string            `json:"reason"`
		Metadata map[string]string `json:"metadata"`
	} `json:"details"`
}

// refused reads an answer that is no success. What is not JSON (a page of a front
// end, even a picture) is told by its status alone.
func (x *exchange) refused(resp *http.Response) *Error {
	e := &Error{Method: x.method, HTTPStatus: resp.StatusCode, RetryAfter: retryAfter(resp.Header)}
	switch resp.StatusCode / 100 {
	case 3:
		e.Message = "a redirect to " + host(resp.Header.Get("Location")) + ", which is not followed: is the endpoint right?"
		return e
	case 4:
		e.Effect = EffectNone
	}
	// A body that breaks off has said enough by its status.
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxError))
	var body errorBody
	var typed *json.UnmarshalTypeError // the fields beside it are read all the same
	if err := json.Unmarshal(raw, &body); err != nil && !errors.As(err, &typed) {
		e.Message = "the answer is no error of the API but " + content(resp.Header.Get("Content-Type"))
		return e
	}
	status := body.errorStatus
	if body.Error != nil {
		status = *body.Error
	}
	e.Status, e.Message = Clean(status.Status, x.hidden...), Clean(status.Message, x.hidden...)
	for _, d := range status.Details {
		if d.Reason != "" {
			e.Reason = Clean(d.Reason, x.hidden...)
		}
		if limit := d.Metadata["quota_limit"]; limit != "" {
			e.Quota = Clean(limit, x.hidden...)
		}
	}
	if e.Message == "" {
		e.Message = "no message"
	}
	return e
}

// host is where a redirect leads, without anything that could be a secret.
func host(location string) string {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return "an address of its own"
	}
	return Clean(u.Host)
}

// content names the kind of a body.
func content(header string) string {
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
		return "of an unknown kind"
	}
	return Clean(kind)
}

// retryAfter reads the header of that name: seconds or a date. A date is held
// against the server's own clock, because ours may be a day off.
func retryAfter(h http.Header) time.Duration {
	const most = 1 << 24 * time.Second
	header := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(0, seconds), 1<<24)) * time.Second
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(0, at.Sub(now)), most)
}

// What may hide a secret: the part of an address after its path, a password in
// it, and runs of letters that are no words. The project of an address stays: it
// is what leads to the place where an API is enabled.
var (
	addressTail = regexp.MustCompile(`(https?://)(?:[^\s/?#"'<>]*@)?([^\s?#"'<>]+)(\?project=[0-9a-z-]+)?(?:[?#&][^\s"'<>]*)?`)
	opaqueRun   = regexp.MustCompile(`[A-Za-z0-9_+=-]{40,}`)
)

// shortestSecret is what a secret has at least: a shorter one would be found in the
// middle of words.
const shortestSecret = 4

// Clean makes foreign words fit to be shown: one bounded line without the secrets
// that are known, and without what could be one. Paths of files stay, for a slash
// and a dot end a run of letters.
func Clean(s string, secrets ...string) string {
	if len(s) > maxError {
		s = s[:maxError]
	}
	for _, secret := range secrets {
		if len(secret) >= shortestSecret {
			s = strings.ReplaceAll(s, secret, "[token]")
		}
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = opaqueRun.ReplaceAllString(addressTail.ReplaceAllString(s, "$1$2$3"), "[…]")
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + " …"
	}
	return s
}

// few says how many entries came where others were expected.
func few(got, want int) string { return fmt.Sprintf("%d results for %d entries", got, want) }
