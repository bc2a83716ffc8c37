package photos

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// Upload asks to send a file's bytes.
type Upload struct {
	FileName string // as a hint; that of NewItem wins
	MIMEType string // "" leaves it to Google
	Size     int64  // bytes; more than 0
	// Open opens the bytes, for each try anew.
	Open func() (io.ReadCloser, error)
	// OnBytes is told how many more bytes were sent, and a negative number when a
	// try is given up; may be nil.
	OnBytes func(int64)
}

// Upload sends bytes by the raw protocol and answers their token, which lives a
// day. It makes nothing visible, so it is repeated like a read. Memory does not
// grow with the file.
func (c *Client) Upload(ctx context.Context, u Upload) (UploadToken, error) {
	if u.Size <= 0 {
		return "", invalid(MethodUpload, "an empty file")
	}
	var token UploadToken
	err := c.repeat(ctx, func() error {
		var err error
		token, err = c.uploadOnce(ctx, u)
		return err
	})
	return token, err
}

func (c *Client) uploadOnce(ctx context.Context, u Upload) (UploadToken, error) {
	body, err := u.Open()
	if err != nil {
		return "", &Error{Method: MethodUpload, Message: err.Error(), Effect: EffectNone, Err: err}
	}
	counted := &counting{ReadCloser: body, tell: u.OnBytes}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/uploads", counted)
	if err != nil {
		return "", unsent(MethodUpload, err)
	}
	req.ContentLength = u.Size
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("X-Goog-Upload-Protocol", "raw")
	if u.MIMEType != "" {
		req.Header.Set("X-Goog-Upload-Content-Type", u.MIMEType)
	}
	answer, err := c.do(MethodUpload, req)
	if err == nil {
		if token := strings.TrimSpace(string(answer)); token != "" && !strings.ContainsAny(token, "<\n ") {
			return UploadToken(token), nil
		}
		err = &Error{Method: MethodUpload, HTTPStatus: http.StatusOK, Message: "the answer is no upload token"}
	}
	counted.takeBack()
	return "", err
}

// counting tells how many bytes were read.
type counting struct {
	io.ReadCloser
	tell func(int64)
	n    atomic.Int64 // the transport may still read when the call has failed
}

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.n.Add(int64(n)); c.tell != nil && n > 0 {
		c.tell(int64(n))
	}
	return n, err
}

func (c *counting) takeBack() {
	if n := c.n.Load(); c.tell != nil && n > 0 {
		c.tell(-n)
	}
}
