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
	// Where an upload is resumed it is sought, if it can, or read up to there.
	Open func() (io.ReadCloser, error)
	// OnBytes is told how many more bytes were sent, and takes them back with one
	// negative number when an attempt is given up; may be nil. It is called by the
	// goroutine that sends.
	OnBytes func(n int64)
	// Session continues an upload of the same bytes, of which OnSession told before
	// a crash; the zero value begins one. That of a finished one yields its token.
	Session Session
	// OnSession is told of the session whenever it has come further, and of the
	// token at once, before anything else can fail; may be nil. It is called by the
	// goroutine of Upload.
	OnSession func(Session)
}

// Upload sends bytes and answers their token, which lives a day. It makes nothing
// visible, so it is repeated like a read. Up to ResumableSize it is the raw
// protocol, in one call; above, the resumable one, in two, and a break costs a
// call to ask and one to send the rest. Memory does not grow with the file. A file
// that can't be read, or holds other than Size bytes, fails at once.
func (c *Client) Upload(ctx context.Context, u Upload) (UploadToken, error) {
	if err := u.check(); err != nil {
		return "", err
	}
	if c.o.ReadOnly {
		return "", unsent(MethodUpload, ErrReadOnly)
	}
	switch {
	case u.Session.finished(u.Size):
		if u.OnBytes != nil {
			u.OnBytes(u.Size)
		}
		return u.Session.Token, nil
	case u.Session.URL != "", c.o.ResumableSize >= 0 && u.Size > c.o.ResumableSize:
		return c.resumable(ctx, u)
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
		method: m, header: u.header("raw"), size: u.Size, patience: uploadPatience,
		open: func() (_ io.ReadCloser, err error) {
			_, _ = body.failed(nil) // of a call that another access token is to repeat
			body, err = u.from(0, u.Size)
			return body, err
		},
	}, waited)
	if err == nil {
		var token UploadToken
		if token, err = uploadToken(got); err == nil {
			if u.OnSession != nil {
				u.OnSession(Session{Size: u.Size, Offset: u.Size, Created: time.Now(), Token: token})
			}
			return token, nil
		}
	}
	_, err = body.failed(err)
	return "", err
}

// uploadToken reads the answer to the last byte. A page of a front end, or an
// error that claims to be a success, is no token.
func uploadToken(got reply) (UploadToken, error) {
	token := strings.TrimSpace(string(got.body))
	if token == "" || !visible(token) || strings.ContainsAny(token, `<{"`) {
		return "", &Error{Method: MethodUpload, HTTPStatus: got.code, Message: "the answer is no upload token"}
	}
	return UploadToken(token), nil
}

func (u Upload) header(protocol string) http.Header {
	h := http.Header{"Content-Type": {"application/octet-stream"}, "X-Goog-Upload-Protocol": {protocol}}
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

// from opens n bytes of the file from an offset on.
func (u Upload) from(offset, n int64) (*sending, error) {
	file, err := u.Open()
	if err != nil {
		return nil, err
	}
	if at, err := skip(file, offset); err != nil {
		_ = file.Close()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the file has shrunk from %d bytes to %d", u.Size, at)
		}
		return nil, fmt.Errorf("go on at byte %d: %w", offset, err)
	}
	s := &sending{file: file, from: file, base: offset, size: n, whole: u.Size, tell: u.OnBytes}
	if offset+n < u.Size {
		s.from = io.LimitReader(file, n)
	}
	return s, nil
}

// skip leaves out the first n bytes of a file, and says where it is.
func skip(file io.Reader, n int64) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	if seeker, ok := file.(io.Seeker); ok {
		return seeker.Seek(n, io.SeekStart)
	}
	return io.CopyN(io.Discard, file, n)
}

// sending is a file on its way, or a part of one. It makes sure that exactly size
// bytes are sent, tells how many, and remembers whose fault it was that there were
// not.
type sending struct {
	file  io.Closer
	from  io.Reader
	base  int64 // bytes before it
	size  int64
	whole int64 // bytes of the file
	tell  func(int64)
	heard func() // keeps the call from being given up

	mu    sync.Mutex // the transport may still read when the call has failed
	n     int64
	over  bool
	fault error
}

// Read implements io.Reader.
func (s *sending) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over:
		return 0, io.ErrClosedPipe
	case s.n+int64(n) > s.size:
		s.fault = fmt.Errorf("the file has grown beyond %d bytes", s.whole)
	case errors.Is(err, io.EOF) && s.n+int64(n) < s.size:
		s.fault = fmt.Errorf("the file has shrunk from %d bytes to %d", s.whole, s.base+s.n+int64(n))
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

// failed ends the attempt: nothing more is told, and what was told is taken back.
// The error is the file's own, if it was its fault; n bytes had been handed over.
func (s *sending) failed(err error) (n int64, _ error) {
	if s == nil {
		return 0, err // it was not even opened
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.tell != nil && s.n > 0 {
		s.tell(-s.n)
	}
	if s.fault != nil {
		err = &Error{Method: MethodUpload, Message: Clean(s.fault.Error()), Effect: EffectNone, Err: s.fault}
	}
	return s.n, err
}
