package photos

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// Why a call waits, as OnWait is told.
const (
	waitPace       = "Google's pace of writes"
	waitPatience   = "Google asks for patience"
	waitConnection = "the connection failed"
)

// WaitReason says in a few words for what the next attempt after an error waits.
func WaitReason(err error) string {
	if as(err).HTTPStatus < http.StatusBadRequest { // an answer that broke off included
		return waitConnection
	}
	return waitPatience
}

// pacer lets at most n writes through in any 60 seconds: a third of them at once,
// the rest evenly.
func pacer(n int) *rate.Limiter {
	switch {
	case n < 0:
		return rate.NewLimiter(rate.Inf, 1)
	case n == 0:
		n = WritesPerMinute
	}
	burst, rest := burstOf(n)
	return rate.NewLimiter(rate.Limit(rest)/60, burst)
}

// burstOf cuts the writes of a minute into those that go at once and those that
// come evenly.
func burstOf(perMinute int) (burst, rest int) {
	burst = max(1, perMinute/3)
	return burst, max(1, perMinute-burst)
}

// Paced is how long so many writes take at least, at a pace as in
// Options.WritesPerMinute.
func Paced(writes, perMinute int) time.Duration {
	if perMinute < 0 {
		return 0
	}
	burst, rest := burstOf(cmp.Or(perMinute, WritesPerMinute))
	return time.Duration(max(0, writes-burst)) * time.Minute / time.Duration(rest)
}

// alone makes a write when no other is under way and Google's pace allows it,
// once. A write is never repeated here. One that still waits ends with its context.
func (c *Client) alone(ctx context.Context, m Method, write func(waited time.Duration) error) error {
	began := time.Now()
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return unsent(m, ended(ctx))
	}
	defer func() { <-c.turn }()
	r := c.pace.Reserve()
	if d := r.Delay(); d > 0 && !c.wait(ctx, waitPace, d) {
		r.Cancel()
		return unsent(m, ended(ctx))
	}
	return write(time.Since(began))
}

// repeat makes a read or an upload, again while Google asks for patience. It does
// not wait for a Retry-After that is longer than any delay of its own: the caller
// learns of it.
func (c *Client) repeat(ctx context.Context, call func(waited time.Duration) error) error {
	var waited time.Duration
	for attempt := 1; ; attempt++ {
		err := call(waited)
		if err == nil || attempt == c.o.Attempts || !IsTemporary(err) || ctx.Err() != nil {
			return err
		}
		waited = RetryDelay(err, attempt, c.o.Jitter)
		if waited > delayMost+delayMost/2 {
			return err
		}
		c.log.LogAttrs(ctx, slog.LevelDebug, "call to be repeated", slog.Any("err", err), slog.Duration("delay", waited))
		if !c.wait(ctx, WaitReason(err), waited) {
			return fmt.Errorf("%w (while waiting after: %w)", ended(ctx), err)
		}
	}
}

// wait waits and reports whether the time was up before the context ended.
func (c *Client) wait(ctx context.Context, why string, d time.Duration) bool {
	if c.o.OnWait != nil {
		c.o.OnWait(why, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// ended is why a context ended. It wraps context.Canceled or
// context.DeadlineExceeded whatever the cause that was given.
func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) {
		return cause
	}
	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}

// Delays between attempts. Google asks for at least 1 s after a 5xx answer and
// 30 s after a 429 (its page of best practices).
const (
	delayBroken = time.Second
	delayPaced  = 30 * time.Second
	delayMost   = 5 * time.Minute
)

// RetryDelay is how long to wait after so many failed attempts, counted from 1.
// Retry-After wins; else the delay doubles with each attempt, up to five minutes,
// and is stretched by up to a half so that many clients do not come back at once.
// jitter answers from [0,1); nil means 0.
func RetryDelay(err error, attempt int, jitter func() float64) time.Duration {
	e := as(err)
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	delay := delayBroken
	if e.HTTPStatus == http.StatusTooManyRequests || IsUploadRate(err) {
		delay = delayPaced
	}
	for i := 1; i < attempt && delay < delayMost; i++ {
		delay = min(2*delay, delayMost)
	}
	if jitter == nil {
		return delay
	}
	return delay + time.Duration(jitter()*float64(delay)/2)
}

// passing reports whether a failure of the transport may pass by itself. A wrong
// certificate does not.
func passing(err error) bool {
	var wrong *tls.CertificateVerificationError
	return !errors.As(err, &wrong) && !errors.Is(err, ErrReadOnly)
}
