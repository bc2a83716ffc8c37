package photos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Upload asks to send a file's bytes.
type Upload struct {
	FileName string // as a hint; that of NewItem wins
	MIMEType string // "" leaves it to Google
	Size     int64  // bytes; more than 0
	// Open opens the bytes, for each attempt anew. The reader is closed when the
	// attempt is over, and may still be read for a moment after it has failed.
	Open func() (io.ReadCloser, error)
	// OnBytes is told how many more bytes were sent, and takes them back with one
	// negative number when an attempt is given up; may be nil. It is called by the
	// goroutine that sends.
	OnBytes func(n int64)
}

// Upload sends bytes by the raw protocol and answers their token, which lives a
// day. It makes nothing visible, so it is repeated like a read. Memory does not
// grow with the file. A file that can't be read, or holds other than Size bytes,
// fails at once.
func (c *Client) Upload(ctx context.Context, u Upload) (UploadToken, error) {
	if err := u.check(); err != nil {
		return "", err
	}
	if c.o.ReadOnly {
		return "", unsent(MethodUpload, ErrReadOnly)
	}
	var token UploadToken
	err := c.repeat(ctx, func(waited time.Duration) (err error) {
		token, err = c.uploadOnce(ctx, u, waited)
		return err
	})
	return token, err
}

// check holds the upload to the API's limits.
func (u Upload) check() error {
	const m = MethodUpload
	switch {
	case u.Open == nil:
		return invalid(m, "nothing to open")
	case u.Size <= 0:
		return invalid(m, "an empty file")
	case u.Size > MaxVideoBytes:
		return invalid(m, "a file of %d bytes: expected at most %d", u.Size, int64(MaxVideoBytes))
	case strings.HasPrefix(u.MIMEType, "image/") && u.Size > MaxPhotoBytes:
		return invalid(m, "a picture of %d bytes: expected at most %d", u.Size, int64(MaxPhotoBytes))
	}
	return nil
}

func (c *Client) uploadOnce(ctx context.Context, u Upload, waited time.Duration) (UploadToken, error) {
	const m = MethodUpload
	var body *sending
	got, err := c.do(ctx, message{
		method: m, header: u.header(), size: u.Size, patience: uploadPatience,
		open: func() (io.ReadCloser, error) {
			file, err := u.Open()
			if err != nil {
				return nil, err
			}
			body = &sending{file: file, size: u.Size, tell: u.OnBytes}
			return body, nil
		},
	}, waited)
	if err == nil {
		// A page of a front end, or an error that claims to be a success, is no token.
		token := strings.TrimSpace(string(got.body))
		if token != "" && visible(token) && !strings.ContainsAny(token, `<{"`) {
			return UploadToken(token), nil
		}
		err = &Error{Method: m, HTTPStatus: got.code, Message: "the answer is no upload token"}
	}
	if body == nil {
		return "", err
	}
	if fault := body.giveUp(); fault != nil {
		return "", &Error{Method: m, Message: clean(fault.Error()), Effect: EffectNone, Err: fault}
	}
	return "", err
}

func (u Upload) header() http.Header {
	h := http.Header{"Content-Type": {"application/octet-stream"}, "X-Goog-Upload-Protocol": {"raw"}}
	if u.MIMEType != "" && printable(u.MIMEType) {
		h["X-Goog-Upload-Content-Type"] = []string{u.MIMEType}
	}
	if u.FileName != "" && printable(u.FileName) {
		h["X-Goog-Upload-File-Name"] = []string{u.FileName}
	}
	return h
}

// printable reports whether s can stand in a header. File names may not: a
// newline in one is legal on a disk.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// sending is a file on its way. It makes sure that exactly size bytes are sent,
// tells how many, and remembers whose fault it was that there were not.
type sending struct {
	file  io.ReadCloser
	size  int64
	tell  func(int64)
	heard func() // keeps the call from being given up

	mu    sync.Mutex // the transport may still read when the call has failed
	n     int64
	over  bool
	fault error
}

// Read implements io.Reader.
func (s *sending) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over:
		return 0, io.ErrClosedPipe
	case s.n+int64(n) > s.size:
		s.fault = fmt.Errorf("the file has grown beyond %d bytes", s.size)
	case errors.Is(err, io.EOF) && s.n+int64(n) < s.size:
		s.fault = fmt.Errorf("the file has shrunk from %d bytes to %d", s.size, s.n+int64(n))
	case err != nil && !errors.Is(err, io.EOF):
		s.fault = err
	}
	if s.fault != nil {
		return 0, s.fault
	}
	s.n += int64(n)
	s.heard()
	if s.tell != nil && n > 0 {
		s.tell(int64(n))
	}
	return n, err
}

// Close implements io.Closer.
func (s *sending) Close() error { return s.file.Close() }

// giveUp ends the attempt: nothing more is told, what was told is taken back, and
// the fault is what the file was guilty of.
func (s *sending) giveUp() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.tell != nil && s.n > 0 {
		s.tell(-s.n)
	}
	return s.fault
}
