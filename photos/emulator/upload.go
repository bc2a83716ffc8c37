package emulator

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// sniffed is how many of the first bytes tell what a file is.
const sniffed = 512

// upload is POST /v1/uploads: bytes in, token out. It makes nothing visible.
func (c *call) upload() (any, error) {
	protocol := c.r.Header.Get("X-Goog-Upload-Protocol")
	switch {
	case protocol == "resumable", c.params.Has("upload_id"), protocol == "" && c.command() != "":
		return c.resumable()
	case protocol != "" && protocol != "raw":
		return nil, &apiError{code: http.StatusNotImplemented, status: "UNIMPLEMENTED",
			message: fmt.Sprintf("The upload protocol %q is not supported.", protocol)}
	}
	name := uploadName(c.r.Header.Get("X-Goog-Upload-File-Name"))
	if err := c.poisoned(name); err != nil {
		return nil, err
	}
	if c.r.ContentLength > max(c.opts.PhotoBytes, c.opts.VideoBytes) {
		return nil, tooLarge()
	}
	kept, err := c.store.blobs.create()
	if err != nil {
		return nil, fmt.Errorf("take an upload: %w", err)
	}
	up, err := c.receive(kept)
	if err != nil {
		kept.discard()
		return nil, err
	}
	up.Name = name
	if err := kept.keep(up.Digest); err != nil {
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	return c.grantToken(up)
}

// uploadName is the file name of an upload, which clients send raw or
// percent-encoded.
func uploadName(header string) string {
	if plain, err := url.QueryUnescape(strings.ReplaceAll(header, "+", "%2B")); err == nil {
		header = plain
	}
	return strings.ToValidUTF8(header, "\ufffd")
}

// noBytes answers an empty upload. Clients refuse one before they send it, so no
// source tells Google's text.
func noBytes() error { return invalid("Request must contain the bytes of a media item.") }

// limitOf is how many bytes a file of a MIME type may have. Of an unknown type it
// may be a video.
func (c *call) limitOf(kind string) int64 {
	if strings.HasPrefix(kind, "image/") {
		return c.opts.PhotoBytes
	}
	return c.opts.VideoBytes
}

func tooLarge() error {
	return &apiError{code: http.StatusRequestEntityTooLarge, status: "INVALID_ARGUMENT", message: "Request Entity Too Large"}
}

// receive streams the body into a blob and finds out what it is.
func (c *call) receive(kept blobWriter) (*upload, error) {
	body := bufio.NewReaderSize(c.r.Body, 32<<10)
	head, err := body.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, invalid("Request body could not be read.")
	}
	if len(head) == 0 && !c.choices.TakeEmptyUploads {
		return nil, noBytes()
	}
	limit := c.limitOf(sniff(head))
	sums := []hash.Hash{sha256.New()}
	if c.r.Header.Get("X-Goog-Hash") != "" {
		sums = append(sums, sha1.New())
	}
	size, err := io.Copy(io.MultiWriter(kept, hashAll(sums)), io.LimitReader(body, limit+1))
	if err != nil {
		return nil, invalid("Request body could not be read.")
	}
	if size > limit {
		return nil, tooLarge()
	}
	if err := checkHash(c.r.Header.Get("X-Goog-Hash"), sums[len(sums)-1]); err != nil {
		return nil, err
	}
	up := &upload{Digest: digest(sums[0].Sum(nil)), Size: size, At: c.now.Unix()}
	whole, err := kept.written()
	if err != nil {
		return nil, fmt.Errorf("read an upload back: %w", err)
	}
	defer whole.Close()
	up.facts = examine(whole, size)
	return up, nil
}

// checkHash holds X-Goog-Hash against the SHA-1 of what arrived. The header is
// not documented; dtinit/data-transfer-project sends it and quotes the answer.
func checkHash(header string, sum hash.Hash) error {
	for part := range strings.SplitSeq(header, ",") {
		sent, ok := strings.CutPrefix(strings.TrimSpace(part), "sha1=")
		if ok && sent != base64.StdEncoding.EncodeToString(sum.Sum(nil)) {
			return invalid("Checksum from header does not match received payload content.")
		}
	}
	return nil
}

// grantToken makes the upload known, with the end of its session if it had one, and
// lets go of tokens that died. A session that died in the meantime gives none.
func (c *call) grantToken(up *upload, end ...change) (_ any, err error) {
	up.maker = c.maker
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if err != nil {
			c.release(up.Digest)
		}
	}()
	w := c.world
	for _, e := range end {
		if w.sessions[e.Number] == nil {
			return nil, notFound(textGone)
		}
	}
	n := w.nextUpload
	if err := c.letGo(c.now, append(end, change{Op: opUpload, Number: n, Upload: up})...); err != nil {
		return nil, err
	}
	return uploadAnswer{status: sessionFinal, token: w.ids.text(tokenKind, n)}, nil
}
