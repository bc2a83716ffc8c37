package photos

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// ResumableSize is the size above which uploads are resumable. Below it, sending
// everything again is cheaper than the call that begins a session.
const ResumableSize = 8 << 20

// UploadCalls is how many calls the upload of so many bytes costs when nothing
// breaks, by a client whose Options leave the protocol to it.
func UploadCalls(size int64) int {
	if size > ResumableSize {
		return 2
	}
	return 1
}

// A file goes in one call, because each chunk costs one of the day's calls and
// saves none: what arrived of a call that broke off is kept by the service, and a
// query tells how much. Only where nothing is kept of a call that breaks off, as
// behind a front end that holds bodies back, are there chunks: as large as a call
// that is worth repeating, and at most a hundred of a file, which is one in a
// hundred of the day's calls.
const (
	chunkLeast = 64 << 20
	chunksMost = 100
)

// resuming is a resumable upload under way. Each of its steps is one HTTP call.
type resuming struct {
	c     *Client
	u     Upload
	s     Session
	chunk int64 // the most bytes of one call; 0 has no limit

	unsure   bool  // what has arrived is to be asked for
	refusal  error // of the bytes before, which stands if nothing has moved
	lost     int64 // bytes of the call before, which broke off
	failures int   // in a row, without progress
	mark     int64 // the offset from which progress counts
	restarts int
	told     int64 // bytes that OnBytes was told have arrived
}

// resumable sends bytes by the resumable protocol (Google's guide to resumable
// uploads).
func (c *Client) resumable(ctx context.Context, u Upload) (UploadToken, error) {
	r := &resuming{c: c, u: u, s: u.Session, chunk: c.o.ChunkBytes}
	// A session at another host, or of another file, is none of this upload.
	if _, ok := c.address(r.s.URL); !ok || r.s.Size != u.Size || r.s.Token != "" {
		r.s = Session{}
	}
	if r.s.Granularity <= 0 {
		r.s.Granularity = usualGranularity
	}
	r.unsure = r.s.URL != ""
	var waited time.Duration
	for {
		err := r.step(ctx, waited)
		waited = 0
		if err == nil && r.s.Token != "" {
			return r.s.Token, nil
		}
		if err != nil {
			waited, err = r.mend(ctx, err)
		}
		if err != nil {
			r.tell(0)
			return "", err
		}
	}
}

// step makes the next call.
func (r *resuming) step(ctx context.Context, waited time.Duration) error {
	switch {
	case r.s.URL == "":
		return r.start(ctx, waited)
	case r.unsure:
		return r.query(ctx, waited)
	}
	return r.send(ctx, waited)
}

// start begins a session.
func (r *resuming) start(ctx context.Context, waited time.Duration) error {
	h := r.u.header("resumable")
	h.Del("Content-Type") // there is no content
	h["X-Goog-Upload-Command"] = []string{"start"}
	h["X-Goog-Upload-Raw-Size"] = []string{strconv.FormatInt(r.u.Size, 10)}
	got, err := r.c.do(ctx, message{method: MethodUpload, header: h, patience: patience}, waited)
	if err != nil {
		return err
	}
	r.s, err = r.c.begun(got, r.u.Size)
	if err != nil {
		return err
	}
	r.mark = 0
	r.changed()
	return nil
}

// command makes a call of the session.
func (r *resuming) command(ctx context.Context, command string, m message, waited time.Duration) (reply, error) {
	at, ok := r.c.address(r.s.URL)
	if !ok {
		return reply{}, invalid(MethodUpload, "the upload session is not at the endpoint's host")
	}
	m.method, m.at, m.secrets = MethodUpload, at, secrets(at)
	if m.header == nil {
		m.header = http.Header{}
	}
	m.header["X-Goog-Upload-Command"] = []string{command}
	got, err := r.c.do(ctx, m, waited)
	if over := state(got.header); err != nil && (got.code == http.StatusNotFound || got.code == http.StatusGone || over == stateFinal || over == stateCancelled) {
		return got, deadSession{err}
	}
	return got, err
}

// deadSession is the failure of a session that can't be continued: it expired, or
// it is final and the answer with its token was lost.
type deadSession struct{ error }

// Unwrap is what the service said.
func (d deadSession) Unwrap() error { return d.error }

// query asks what has arrived.
func (r *resuming) query(ctx context.Context, waited time.Duration) error {
	got, err := r.command(ctx, "query", message{patience: patience}, waited)
	if as(err).HTTPStatus == http.StatusBadRequest && !IsTemporary(err) {
		return deadSession{err} // what can't be asked can't be continued
	}
	if err != nil {
		return err
	}
	switch state(got.header) {
	case stateActive:
	case stateFinal, stateCancelled:
		lost := flawed(got, "the upload session is over, and its token is lost")
		lost.passing = true // another session need not lose its own
		return deadSession{lost}
	default:
		return flawed(got, "it does not say how the upload session stands")
	}
	n, err := arrived(got, r.u.Size)
	if err != nil {
		return err
	}
	if refusal := r.refusal; refusal != nil && n == r.s.Offset {
		return refusal
	}
	if n == r.s.Offset && r.chunk == 0 && r.lost > chunkLeast {
		r.chunk = max(chunkLeast, r.u.Size/chunksMost)
	}
	r.unsure, r.refusal, r.lost = false, nil, 0
	r.reached(n)
	return nil
}

// reached takes the word of the service for what has arrived.
func (r *resuming) reached(n int64) {
	r.tell(n)
	if n-r.mark >= max(r.s.Granularity, r.u.Size/chunksMost) {
		r.mark, r.failures = n, 0
	}
	if n != r.s.Offset {
		r.s.Offset = n
		r.changed()
	}
}

// changed tells of the session.
func (r *resuming) changed() {
	if r.u.OnSession != nil {
		r.u.OnSession(r.s)
	}
}

// tell brings what OnBytes was told to n bytes.
func (r *resuming) tell(n int64) {
	if d := n - r.told; d != 0 && r.u.OnBytes != nil {
		r.u.OnBytes(d)
	}
	r.told = n
}

// send sends the rest, or a chunk of it.
func (r *resuming) send(ctx context.Context, waited time.Duration) error {
	command, n := "upload, finalize", r.u.Size-r.s.Offset
	if chunk := r.rounded(r.chunk); chunk > 0 && chunk < n {
		command, n = "upload", chunk
	}
	m := message{patience: uploadPatience, header: http.Header{"X-Goog-Upload-Offset": {strconv.FormatInt(r.s.Offset, 10)}}}
	var body *sending
	if n > 0 {
		m.size = n
		m.header["Content-Type"] = []string{"application/octet-stream"}
		m.open = func() (_ io.ReadCloser, err error) {
			_, _ = body.failed(nil) // of a call that another access token is to repeat
			body, err = r.u.from(r.s.Offset, n)
			return body, err
		}
	}
	got, err := r.command(ctx, command, m, waited)
	if err == nil {
		err = r.taken(got, command, n)
	}
	if err == nil {
		return nil
	}
	r.unsure = true
	r.lost, err = body.failed(err)
	return err
}

// taken reads the answer to n bytes. The token is handed on before anything else.
func (r *resuming) taken(got reply, command string, n int64) error {
	if command == "upload" {
		if state(got.header) != stateActive {
			return flawed(got, "it does not say that the chunk was taken")
		}
		r.told += n // by the one who sent it
		r.reached(r.s.Offset + n)
		return nil
	}
	token, err := uploadToken(got)
	if err != nil {
		return err
	}
	r.s.Token, r.s.Offset, r.s.Created = token, r.u.Size, time.Now()
	r.changed()
	return nil
}

// rounded makes a number of bytes a chunk of the session.
func (r *resuming) rounded(n int64) int64 {
	if n <= 0 {
		return 0
	}
	return max(1, (n+r.s.Granularity-1)/r.s.Granularity) * r.s.Granularity
}

// mend decides what follows a failed step, and waits for it: nil goes on, an error
// ends the upload. The session remains for another day.
//
//	the session is dead                    begin another, at once
//	the service asks for patience, or the  wait, ask what has arrived, go on
//	connection broke
//	an answer 400 to bytes                 ask what has arrived: it may be more than
//	                                       was known, else the refusal stands
//	anything else                          the end
func (r *resuming) mend(ctx context.Context, err error) (time.Duration, error) {
	if dead, ok := err.(deadSession); ok {
		r.restarts++
		if r.restarts >= r.c.o.Attempts {
			return 0, fmt.Errorf("%d upload sessions died: %w", r.restarts, dead.error)
		}
		r.tell(0)
		r.s, r.unsure, r.refusal, r.lost = Session{}, false, nil, 0
		return 0, nil
	}
	switch {
	case IsTemporary(err):
	case as(err).HTTPStatus == http.StatusBadRequest && r.unsure && r.refusal == nil && !IsStorageFull(err):
		r.refusal = err
		return 0, nil
	default:
		return 0, err
	}
	r.failures++
	delay := RetryDelay(err, r.failures, r.c.o.Jitter)
	switch {
	case r.failures >= r.c.o.Attempts, ctx.Err() != nil, delay > delayMost+delayMost/2:
		return 0, err
	case !r.c.wait(ctx, WaitReason(err), delay):
		return 0, fmt.Errorf("%w (while waiting after: %w)", ended(ctx), err)
	}
	return delay, nil
}
