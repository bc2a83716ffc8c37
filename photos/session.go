package photos

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// SessionURL is the address of a resumable upload. Whoever knows it can meddle
// with the upload, so it is never printed.
type SessionURL string

// String keeps the address out of formatted text; a conversion to string yields
// it.
func (SessionURL) String() string { return "[upload session]" }

// GoString keeps the address out of text for programmers.
func (u SessionURL) GoString() string { return u.String() }

// LogValue keeps the address out of logs.
func (u SessionURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Session is how far an upload has come. Who keeps what Upload.OnSession tells of
// it, and hands it back as Upload.Session, sends no byte twice after a crash that
// had arrived before it.
type Session struct {
	URL         SessionURL // "" of a raw upload
	Size        int64      // of the whole file
	Offset      int64      // bytes that are known to have arrived
	Granularity int64      // a chunk that is not the last is a multiple of it
	Created     time.Time  // the session, or the token when there is one
	Token       UploadToken
}

// finished reports whether the upload of so many bytes is over and its token
// lives.
func (s Session) finished(size int64) bool {
	return s.Token != "" && s.Size == size && time.Since(s.Created).Abs() < UploadTokenLife
}

// usualGranularity is that of Google's servers, for one that names none.
const usualGranularity = 256 << 10

// begun reads the answer to the start of a session.
func (c *Client) begun(got reply, size int64) (Session, error) {
	address := SessionURL(got.header.Get("X-Goog-Upload-URL"))
	if _, ok := c.address(address); !ok {
		// To any other host the access token would follow.
		return Session{}, flawed(got, "the upload session is not at the endpoint's host")
	}
	s := Session{URL: address, Size: size, Granularity: usualGranularity, Created: time.Now()}
	if text := got.header.Get("X-Goog-Upload-Chunk-Granularity"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return Session{}, flawed(got, "the granularity of the upload session is no number")
		}
		s.Granularity = n
	}
	return s, nil
}

// address reads the address of a session. Only one of the endpoint's own host is
// one.
func (c *Client) address(s SessionURL) (*url.URL, bool) {
	u, err := url.Parse(string(s))
	if err != nil || u.User != nil || u.Scheme != c.base.Scheme || authority(u) != authority(c.base) {
		return nil, false
	}
	return &url.URL{Scheme: u.Scheme, Host: c.base.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}, true
}

// authority is the host and the port of an address, the usual one when it names
// none.
func authority(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	switch port {
	case "https":
		port = "443"
	case "http":
		port = "80"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// secrets are the parts of a session's address that an error must not quote.
func secrets(u *url.URL) []string {
	hidden := []string{u.String(), u.RequestURI()}
	for _, values := range u.Query() {
		for _, v := range values {
			if len(v) > len("resumable") {
				hidden = append(hidden, v)
			}
		}
	}
	return hidden
}

// The states of a session, as its answers name them.
const (
	stateActive    = "active"
	stateFinal     = "final"
	stateCancelled = "cancelled"
)

// state is that of the session by an answer, "" when it does not say.
func state(h http.Header) string {
	return strings.ToLower(strings.TrimSpace(h.Get("X-Goog-Upload-Status")))
}

// arrived is how many of a session's bytes an answer says have arrived.
func arrived(got reply, size int64) (int64, error) {
	n, err := strconv.ParseInt(got.header.Get("X-Goog-Upload-Size-Received"), 10, 64)
	if err != nil || n < 0 || n > size {
		return 0, flawed(got, "it does not say how many bytes have arrived")
	}
	return n, nil
}

func flawed(got reply, flaw string) *Error {
	return &Error{Method: MethodUpload, HTTPStatus: got.code, Message: "the answer is flawed: " + flaw}
}
