package photos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// How long a call may take, and how long an upload may make no progress, before it
// is given up. Bytes of an upload still drain from the machine's buffers when the
// last of them has been handed over.
const (
	patience       = 2 * time.Minute
	uploadPatience = 5 * time.Minute
)

// message is what one HTTP call sends.
type message struct {
	method   Method
	id       string   // in the path
	at       *url.URL // where it goes if not where the method's row says; of the endpoint's host
	query    url.Values
	header   http.Header
	size     int64
	open     func() (io.ReadCloser, error) // the body, for each attempt anew; nil without
	rewinds  bool                          // net/http may open it again by itself
	secrets  []string                      // what an error must not quote
	patience time.Duration
}

// call makes a call with JSON both ways, by the row of its method: in its turn
// and once, or repeated.
func (c *Client) call(ctx context.Context, m message, in any, out answer) error {
	m.patience = patience
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return unsent(m.method, err)
		}
		m.header = http.Header{"Content-Type": {"application/json"}}
		m.size, m.rewinds = int64(len(b)), true
		m.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	}
	once := func(waited time.Duration) error {
		got, err := c.do(ctx, m, waited)
		if err != nil {
			return c.learned.from(err)
		}
		return understand(m.method, got.code, got.body, out)
	}
	switch {
	case c.o.ReadOnly && routes[m.method].deed != looks:
		return unsent(m.method, ErrReadOnly)
	case c.learned.has(m.method):
		return withdrawn(m.method)
	case m.method.Write():
		return c.alone(ctx, m.method, once)
	}
	return c.repeat(ctx, once)
}

// reply is what an HTTP call was answered.
type reply struct {
	code   int
	header http.Header
	body   []byte
}

// exchange is one HTTP call under way.
type exchange struct {
	c      *Client
	ctx    context.Context // of the caller
	method Method
	token  string
	hidden []string    // what an error must not quote, the token included
	quiet  *time.Timer // gives the call up when it goes off
	told   atomic.Bool // the transport tells what it does
	wrote  atomic.Bool // a byte of the request may have left
}

// do makes one HTTP call, and a second one where the service did not take the
// access token and another is to be had: a 401 proves that nothing happened.
func (c *Client) do(ctx context.Context, m message, waited time.Duration) (reply, error) {
	token, got, err := c.attempt(ctx, m, waited)
	if got.code == http.StatusUnauthorized && c.o.Refused != nil && c.o.Refused(token) {
		_, got, err = c.attempt(ctx, m, 0)
	}
	return got, err
}

// attempt makes one HTTP call: token, request, budget and bounded answer.
func (c *Client) attempt(ctx context.Context, m message, waited time.Duration) (token string, got reply, err error) {
	token, err = c.o.Token(ctx)
	if err == nil && !bearer(token) {
		err = errors.New("it is empty, or has blanks or other characters that none has")
	}
	if err != nil {
		return token, got, unsent(m.method, fmt.Errorf("%w: %w", ErrNoToken, err))
	}
	inner, cancel := lasting(ctx, m.method)
	defer cancel(nil)
	x := &exchange{c: c, ctx: ctx, method: m.method, token: token, hidden: append(slices.Clip(m.secrets), token)}
	req, err := x.request(inner, m)
	if err != nil {
		return token, got, unsent(m.method, err)
	}
	if err := c.spend(ctx, m.method); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return token, got, unsent(m.method, err)
	}
	x.quiet = time.AfterFunc(m.patience, func() { cancel(quietError(m.patience)) })
	defer x.quiet.Stop()
	began := time.Now()
	got, err = x.run(req)
	took := time.Since(began)
	c.log.LogAttrs(ctx, slog.LevelDebug, "call", slog.String("method", string(m.method)), slog.Int("code", got.code), slog.Duration("took", took))
	if c.o.OnCall != nil {
		c.o.OnCall(Call{Method: m.method, HTTPCode: got.code, Took: took, Waited: waited})
	}
	return token, got, err
}

// WriteGrace is how long a write that was sent may go on when its context is
// cancelled: cut off, nobody knew whether it was carried out. A deadline is kept.
const WriteGrace = 8 * time.Second

// lasting is the context under which a call goes over the wire.
func lasting(ctx context.Context, m Method) (context.Context, context.CancelCauseFunc) {
	if !m.Write() {
		return context.WithCancelCause(ctx)
	}
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.Canceled) {
			cancel(ended(ctx))
			return
		}
		grace := time.AfterFunc(WriteGrace, func() { cancel(ended(ctx)) })
		context.AfterFunc(inner, func() { grace.Stop() })
	})
	return inner, func(cause error) {
		stop()
		cancel(cause)
	}
}

// spend takes the call from the budget, at the last moment before it is sent.
func (c *Client) spend(ctx context.Context, m Method) error {
	if c.o.Budget != nil {
		if err := c.o.Budget.Spend(ctx, m); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return nil
}

// request is the HTTP request of a message.
func (x *exchange) request(ctx context.Context, m message) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(string) { x.told.Store(true) },
		WroteHeaderField: func(string, []string) { x.wrote.Store(true) },
	})
	r := routes[m.method]
	u := *x.c.base
	u.Path += r.to(m.id)
	u.RawQuery = m.query.Encode()
	if m.at != nil {
		u = *m.at
	}
	req := (&http.Request{
		Method: r.verb, URL: &u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	for name, values := range m.header {
		req.Header[name] = values
	}
	req.Header["Authorization"] = []string{"Bearer " + x.token}
	req.Header["User-Agent"] = []string{x.c.o.UserAgent}
	if m.open == nil {
		return req, nil
	}
	body, err := m.open()
	if err != nil {
		return nil, err
	}
	req.Body, req.ContentLength = body, m.size
	if m.rewinds {
		req.GetBody = m.open
	}
	if sending, ok := body.(*sending); ok {
		sending.heard = func() { x.quiet.Reset(m.patience) }
	}
	return req, nil
}

// run sends the request and reads what comes back. It is no http.Client, which
// would follow redirects: the API has none, and the token must not follow one.
func (x *exchange) run(req *http.Request) (reply, error) {
	resp, err := x.c.o.Transport.RoundTrip(req)
	if err != nil {
		return reply{}, x.failed(req.Context(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	got := reply{code: resp.StatusCode, header: resp.Header}
	if got.code/100 != 2 {
		return got, x.refused(resp)
	}
	got.body, err = bounded(resp)
	if err != nil {
		e := x.failed(req.Context(), err)
		e.HTTPStatus, e.Effect = resp.StatusCode, EffectUnknown
		e.Message = "the answer broke off: " + e.Message
		return got, e
	}
	if len(got.body) > maxAnswer {
		return got, &Error{Method: x.method, HTTPStatus: resp.StatusCode, Message: fmt.Sprintf("the answer is larger than %d MiB", maxAnswer>>20)}
	}
	return got, nil
}

// failed is the error of a call without an answer.
func (x *exchange) failed(inner context.Context, err error) *Error {
	e := &Error{Method: x.method, Effect: x.effect(err)}
	var quiet quietError
	switch {
	case x.ctx.Err() != nil:
		err = ended(x.ctx)
	case errors.As(context.Cause(inner), &quiet):
		err, e.passing = quiet, true
	default:
		e.passing = passing(err)
	}
	e.Message, e.Err = Clean(err.Error(), x.hidden...), err
	if errors.Is(err, io.EOF) {
		e.Message = "the connection was closed without an answer"
	}
	return e
}

// effect is what a call without an answer may have done. It did nothing when the
// transport, which tells what it does, wrote no byte of it.
func (x *exchange) effect(err error) Effect {
	var op *net.OpError
	switch {
	case errors.Is(err, ErrReadOnly), errors.As(err, &op) && op.Op == "dial", x.told.Load() && !x.wrote.Load():
		return EffectNone
	}
	return EffectUnknown
}

// quietError gives up a call that makes no progress for so long.
type quietError time.Duration

// Error says for how long.
func (e quietError) Error() string {
	return fmt.Sprintf("given up: no end and no progress for %v", time.Duration(e))
}

// bearer reports whether a token can stand in a header.
func bearer(token string) bool { return token != "" && visible(token) }

// visible reports whether s has neither blanks nor control characters, and
// nothing beyond ASCII.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// unsent is the error of a call that was never sent.
func unsent(m Method, err error) *Error {
	return &Error{Method: m, Message: Clean(err.Error()), Effect: EffectNone, Err: err}
}

// invalid is the error of a call that breaks a known limit.
func invalid(m Method, format string, args ...any) *Error {
	return &Error{Method: m, Status: "INVALID_ARGUMENT", Message: fmt.Sprintf(format, args...), Effect: EffectNone}
}
