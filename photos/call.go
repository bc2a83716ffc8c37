package photos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// The most that is read of an answer.
const (
	maxAnswer = 32 << 20
	maxError  = 64 << 10
	maxWords  = 500
)

// read makes a reading call of JSON, repeated where that helps.
func (c *Client) read(ctx context.Context, m Method, verb, path string, query url.Values, in, out any) error {
	return c.repeat(ctx, func() error { return c.json(ctx, m, verb, path, query, in, out) })
}

// write makes a writing call of JSON, once, in its turn.
func (c *Client) write(ctx context.Context, m Method, verb, path string, query url.Values, in, out any) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return unsent(m, err)
	}
	if err := c.turn(ctx, m); err != nil {
		return err
	}
	return c.json(ctx, m, verb, path, query, in, out)
}

// json makes one call with JSON both ways.
func (c *Client) json(ctx context.Context, m Method, verb, path string, query url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return unsent(m, err)
		}
		body = bytes.NewReader(b)
	}
	address := c.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, verb, address, body)
	if err != nil {
		return unsent(m, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.do(m, req)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return &Error{Method: m, HTTPStatus: http.StatusOK, Message: "the answer is not the JSON that was expected", Err: err}
	}
	return nil
}

// do makes one HTTP call: budget, token, request, bounded answer.
func (c *Client) do(m Method, req *http.Request) ([]byte, error) {
	ctx := req.Context()
	if c.o.Budget != nil {
		if err := c.o.Budget.Spend(ctx, m); err != nil {
			return nil, unsent(m, err)
		}
	}
	token, err := c.o.Token(ctx)
	if err != nil {
		return nil, unsent(m, fmt.Errorf("no access token: %w", err))
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("User-Agent", c.o.UserAgent)
	var sent atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { sent.Store(true) },
		WroteHeaders:     func() { sent.Store(true) },
	}))
	began := time.Now()
	resp, err := c.http.Do(req)
	code := 0
	if resp != nil {
		code = resp.StatusCode
	}
	defer func() {
		if c.o.OnCall != nil {
			c.o.OnCall(Call{Method: m, HTTPCode: code, Took: time.Since(began)})
		}
	}()
	if err != nil {
		return nil, c.failed(m, err, sent.Load())
	}
	defer func() { _ = resp.Body.Close() }()
	c.log.Debug("call", "method", m, "code", code, "took", time.Since(began))
	if code/100 != 2 {
		return nil, refusal(m, resp)
	}
	return answer(m, resp)
}

// answer reads the body of a success.
func answer(m Method, resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, &Error{Method: m, Status: statusNoAnswer, Message: "the answer was cut off: " + cause(err), Err: errors.Unwrap(err)}
	case len(body) > maxAnswer:
		return nil, &Error{Method: m, HTTPStatus: resp.StatusCode, Message: fmt.Sprintf("the answer is larger than %d MiB", maxAnswer>>20)}
	}
	return body, nil
}

// failed is the error of a call without an answer. Nothing changed when no byte
// was sent, or when this client refused to send it.
func (c *Client) failed(m Method, err error, sent bool) *Error {
	e := &Error{Method: m, Status: statusNoAnswer, Message: cause(err), Err: err}
	var ue *url.Error
	if errors.As(err, &ue) {
		e.Err = ue.Err // the address of the call stays out of it
	}
	if !sent {
		e.Effect = EffectNone
	}
	if errors.Is(err, ErrReadOnly) || errors.Is(err, context.Canceled) {
		e.Status = ""
	}
	return e
}

// cause is the text of a transport's error without the address of the call.
func cause(err error) string {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return err.Error()
}

// errorBody is an error as JSON methods wrap it, and as /v1/uploads does not.
type errorBody struct {
	Error *errorStatus `json:"error"`
	errorStatus
}

type errorStatus struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []struct {
		Metadata map[string]string `json:"metadata"`
	} `json:"details"`
}

// refusal reads an answer that is no success. What is not JSON (a page of a front
// end, even a picture) is told by its status alone.
func refusal(m Method, resp *http.Response) *Error {
	e := &Error{Method: m, HTTPStatus: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
	if resp.StatusCode >= 400 && resp.StatusCode < 500 {
		e.Effect = EffectNone
	}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxError))
	var body errorBody
	if err := json.Unmarshal(raw, &body); err != nil {
		e.Message = "the answer is no error of the API"
		return e
	}
	status := body.errorStatus
	if body.Error != nil {
		status = *body.Error
	}
	e.Status, e.Message = status.Status, oneLine(status.Message)
	for _, d := range status.Details {
		if limit := d.Metadata["quota_limit"]; limit != "" {
			e.Quota = limit
		}
	}
	if e.Message == "" {
		e.Message = "no message"
	}
	return e
}

func retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 && seconds < 1<<20 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// oneLine bounds the words of a service.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "") + " …"
	}
	return s
}
