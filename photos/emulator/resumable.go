package emulator

import (
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The resumable protocol of /v1/uploads, as Google's guide to resumable uploads
// has it. The command of a request says what it does:
//
//	start            without upload_id: begins a session, whose URL is answered
//	upload           a chunk at an offset, of a multiple of the granularity
//	upload, finalize the last chunk, of any length; answers the upload token
//	finalize         the same without bytes
//	query            tells the state, and how many bytes have arrived
//	cancel           ends the session
//
// A chunk that breaks off counts up to the granularity. Where no source tells
// what a misuse is answered with, it is 400, and the session goes on.

// granularity is what Google's servers name in most protocols; no source tells
// it for Photos.
const granularity = 256 << 10

// uploadAnswer is what an upload is answered with: its state in headers and, at
// the end, the upload token as text.
type uploadAnswer struct {
	status string
	header map[string]string
	token  string
}

func (a uploadAnswer) write(w http.ResponseWriter) {
	h := w.Header()
	for name, value := range a.header {
		h.Set(name, value)
	}
	h.Set("X-Goog-Upload-Status", a.status)
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(a.token)))
	io.WriteString(w, a.token)
}

// command reads X-Goog-Upload-Command, a list with commas. Both "upload,finalize"
// and "upload, finalize" are on the wire of real clients.
func (c *call) command() string {
	words := strings.Split(strings.ToLower(c.r.Header.Get("X-Goog-Upload-Command")), ",")
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	slices.Sort(words)
	return strings.Join(words, "+")
}

// resumable does one request of the resumable protocol.
func (c *call) resumable() (any, error) {
	id := c.params.Get("upload_id")
	command := c.command()
	if id == "" {
		if command != "start" {
			return nil, invalid("Invalid request. X-Goog-Upload-Command must be start when there is no upload_id.")
		}
		return c.startSession()
	}
	switch command {
	case "upload", "finalize", "finalize+upload", "query", "cancel":
	default:
		return nil, invalid("Invalid request. X-Goog-Upload-Command %q is not upload, finalize, query or cancel.",
			c.r.Header.Get("X-Goog-Upload-Command"))
	}
	c.mu.RLock()
	n, s := c.world.session(id, c.now, c.choices.sessionLife())
	c.mu.RUnlock()
	switch {
	case s == nil:
		return nil, notFound(textGone)
	case c.anonymous:
		c.maker = s.maker
	case s.maker != c.maker:
		return nil, notFound(textGone) // another's session
	}
	leave := c.turns.enter(n, c.hurry)
	defer leave()
	return c.inSession(n, command)
}

// inSession does a command in a session that nobody else works on.
func (c *call) inSession(n number, command string) (any, error) {
	c.mu.RLock()
	found := c.world.sessions[n]
	if found == nil {
		c.mu.RUnlock()
		return nil, notFound(textGone)
	}
	s := *found
	c.mu.RUnlock()
	if command == "query" && s.State != "" {
		return uploadAnswer{status: s.status()}, nil
	}
	if s.State != "" {
		err := invalid("Upload has already been terminated.") // seen from Google's servers
		err.uploadStatus = s.status()
		return nil, err
	}
	bytes, err := c.store.blobs.partial(n)
	if err != nil {
		return nil, fmt.Errorf("open the bytes of an upload session: %w", err)
	}
	defer bytes.release()
	if torn := bytes.size() % int64(c.opts.ChunkGranularity); torn != 0 && bytes.size() != s.Size {
		// The process died in the middle of a chunk.
		if err := bytes.settle(bytes.size() - torn); err != nil {
			return nil, fmt.Errorf("cut a torn chunk off: %w", err)
		}
	}
	switch command {
	case "query":
		received := strconv.FormatInt(bytes.size(), 10)
		return uploadAnswer{status: sessionActive, header: map[string]string{"X-Goog-Upload-Size-Received": received}}, nil
	case "cancel":
		err := c.endSession(n, sessionCancelled)
		if err == nil {
			bytes.discard()
		}
		return uploadAnswer{status: sessionCancelled}, err
	}
	answer, err := c.continueSession(n, s, bytes, command)
	var refused *apiError
	if errors.As(err, &refused) {
		refused.uploadStatus = sessionActive
	}
	return answer, err
}

// startSession begins a session and answers its URL.
func (c *call) startSession() (any, error) {
	s := &session{Name: uploadName(c.r.Header.Get("X-Goog-Upload-File-Name")),
		Type: c.r.Header.Get("X-Goog-Upload-Content-Type"), At: c.now.Unix(), maker: c.maker}
	if err := c.poisoned(s.Name); err != nil {
		return nil, err
	}
	if text := c.r.Header.Get("X-Goog-Upload-Raw-Size"); text != "" {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil || size <= 0 {
			return nil, invalid("Invalid request. X-Goog-Upload-Raw-Size %q is not a number of bytes.", text)
		}
		if s.Size = size; size > c.limitOf(s.Type) {
			return nil, tooLarge()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.world
	n := w.nextSession
	if err := c.letGo(c.now, change{Op: opSession, Number: n, Session: s}); err != nil {
		return nil, err
	}
	address := c.sessionBase() + "/v1/uploads?upload_id=" + w.ids.text(sessionKind, n) + "&upload_protocol=resumable"
	return uploadAnswer{status: sessionActive, header: map[string]string{
		"X-Goog-Upload-URL": address, "X-Goog-Upload-Control-URL": address,
		"X-Goog-Upload-Chunk-Granularity": strconv.Itoa(c.opts.ChunkGranularity),
	}}, nil
}

// sessionBase is what the URL of a session begins with: the host at which it was
// begun, whatever Options.BaseURL says of another one. Of the same host it knows
// better whether a proxy takes HTTPS there.
func (c *call) sessionBase() string {
	if base, err := url.Parse(c.opts.BaseURL); err == nil && base.Host == c.r.Host && base.Host != "" {
		return c.opts.BaseURL
	}
	return hostOf(c.r)
}

// continueSession takes a chunk, the last one or one before.
func (c *call) continueSession(n number, s session, bytes partialBlob, command string) (any, error) {
	if err := c.poisoned(s.Name); err != nil {
		return nil, err
	}
	if command != "finalize" {
		if err := c.takeChunk(s, bytes, command == "upload"); err != nil {
			return nil, err
		}
	}
	if command == "upload" {
		return uploadAnswer{status: sessionActive}, nil
	}
	size := bytes.size()
	if size == 0 && !c.choices.TakeEmptyUploads {
		return nil, noBytes()
	}
	if s.Size > 0 && size != s.Size {
		return nil, invalid("Invalid request. The upload has %d bytes, and %d were announced.", size, s.Size)
	}
	up, err := c.measure(bytes, s.Name)
	if err != nil {
		return nil, err
	}
	if err := bytes.keep(up.Digest); err != nil {
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	return c.grantToken(up, change{Op: opEnded, Number: n, Title: sessionFinal})
}

// takeChunk appends a request's body to what has arrived. What it may not append
// is refused before a byte is read, where the length is known.
func (c *call) takeChunk(s session, bytes partialBlob, more bool) error {
	have, unit := bytes.size(), int64(c.opts.ChunkGranularity)
	text := c.r.Header.Get("X-Goog-Upload-Offset")
	offset, err := strconv.ParseInt(text, 10, 64)
	if err != nil || offset != have {
		return invalid("Invalid request. X-Goog-Upload-Offset is %q, and %d bytes have arrived.", text, have)
	}
	room := c.limitOf(s.Type) - have
	if s.Size > 0 {
		room = s.Size - have
	}
	wrong := func(n int64) error {
		switch {
		case n > room && s.Size == 0:
			return tooLarge()
		case n > room:
			return invalid("Invalid request. The upload would have %d bytes, and %d were announced.", have+n, s.Size)
		case more && n%unit != 0:
			return invalid("Invalid request. The chunk has %d bytes; all but the last must be a multiple of %d.", n, unit)
		}
		return nil
	}
	if err := wrong(max(c.r.ContentLength, 0)); err != nil {
		return err
	}
	n, broken := io.Copy(onlyWriter{bytes}, io.LimitReader(c.r.Body, room+1))
	keep := have + n
	if broken != nil {
		keep -= keep % unit
		err = invalid("Request body could not be read.")
	} else if err = wrong(n); err != nil {
		keep = have
	}
	return firstError(bytes.settle(max(keep, have)), err)
}

// firstError puts our own failure before the caller's.
func firstError(ours, theirs error) error {
	if ours != nil {
		return fmt.Errorf("write the bytes of an upload session: %w", ours)
	}
	return theirs
}

// onlyWriter hides all but Write, so that a copy goes through a small buffer.
type onlyWriter struct{ io.Writer }

// measure reads a session's bytes back: their digest and what they are.
func (c *call) measure(bytes partialBlob, name string) (*upload, error) {
	whole, err := bytes.written()
	if err != nil {
		return nil, fmt.Errorf("read an upload back: %w", err)
	}
	defer whole.Close()
	sums := []hash.Hash{sha256.New()}
	if c.r.Header.Get("X-Goog-Hash") != "" {
		sums = append(sums, sha1.New())
	}
	size, err := io.Copy(onlyWriter{hashAll(sums)}, whole)
	if err != nil {
		return nil, fmt.Errorf("read an upload back: %w", err)
	}
	if err := checkHash(c.r.Header.Get("X-Goog-Hash"), sums[len(sums)-1]); err != nil {
		return nil, err
	}
	up := &upload{Digest: digest(sums[0].Sum(nil)), Size: size, Name: name, At: c.now.Unix(), facts: examine(whole, size)}
	if size > c.limitOf(up.Type) {
		return nil, tooLarge()
	}
	return up, nil
}

func hashAll(sums []hash.Hash) io.Writer {
	to := make([]io.Writer, len(sums))
	for i, sum := range sums {
		to[i] = sum
	}
	return io.MultiWriter(to...)
}

// endSession makes the end of a session known.
func (c *call) endSession(n number, state string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.world.sessions[n] == nil {
		return notFound(textGone) // it died in the meantime
	}
	return c.commit(change{Op: opEnded, Number: n, Title: state})
}
