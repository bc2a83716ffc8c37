package photos

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// GoogleEndpoint is the address of the service.
const GoogleEndpoint = "https://photoslibrary.googleapis.com"

// Budget is asked before each HTTP call, repeated ones included.
type Budget interface {
	// Spend takes one call, or says why none may be made.
	Spend(ctx context.Context, m Method) error
}

// Options are what a Client works with. Token must be set.
type Options struct {
	Endpoint  string            // "" means GoogleEndpoint; plain http only to loopback addresses
	Transport http.RoundTripper // nil means one of its own
	// Token answers the bearer token for one call. It is neither stored nor logged.
	Token           func(context.Context) (string, error)
	Budget          Budget // nil counts nothing
	WritesPerMinute int    // 0 means WritesPerMinute of the API; negative means no pace
	ReadOnly        bool   // refuse everything but reads before it is sent
	UserAgent       string // "" means "albumen"
	Logger          *slog.Logger
	OnCall          func(Call)                        // told of each HTTP call after its end; may be nil
	OnWait          func(why string, d time.Duration) // told of each wait before it begins; may be nil
}

// Call is one HTTP call that was made.
type Call struct {
	Method   Method
	HTTPCode int // 0 when there was no answer
	Took     time.Duration
}

// Client is a typed client of the API. It is safe for concurrent use: writes
// wait for one another, because Google refuses two at once of one user.
type Client struct {
	o       Options
	base    string
	http    *http.Client
	pace    *rate.Limiter
	writing sync.Mutex
	log     *slog.Logger
}

// tries is how often a read or an upload is made at most.
const tries = 5

// New makes a Client. It makes no call.
func New(o Options) (*Client, error) {
	if o.Endpoint == "" {
		o.Endpoint = GoogleEndpoint
	}
	base, err := url.Parse(strings.TrimSuffix(o.Endpoint, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("the endpoint %q is no address: expected https://HOST", o.Endpoint)
	}
	if base.Scheme == "http" && !loopback(base.Hostname()) {
		return nil, fmt.Errorf("the endpoint %q would send the access token in the open: expected https, or a loopback address", o.Endpoint)
	}
	if o.Token == nil {
		return nil, errors.New("a client needs an access token")
	}
	if o.UserAgent == "" {
		o.UserAgent = "albumen"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	if o.ReadOnly {
		o.Transport = readOnly{o.Transport}
	}
	return &Client{o: o, base: base.String(), http: &http.Client{Transport: o.Transport, CheckRedirect: stay}, pace: pacer(o.WritesPerMinute), log: o.Logger}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// transport keeps enough connections for the uploads that go on at once.
func transport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   15 * time.Second,
		ExpectContinueTimeout: time.Second,
		ResponseHeaderTimeout: 2 * time.Minute,
	}
}

// stay refuses redirects: the API has none, and the token must not follow one.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// pacer lets at most n writes through in any 60 seconds: a third of them at once,
// the rest evenly.
func pacer(n int) *rate.Limiter {
	switch {
	case n < 0:
		return rate.NewLimiter(rate.Inf, 1)
	case n == 0:
		n = WritesPerMinute
	}
	burst := max(1, n/3)
	return rate.NewLimiter(rate.Limit(max(1, n-burst))/60, burst)
}

// ErrReadOnly refuses a write of a read-only client before it is sent.
var ErrReadOnly = errors.New("this client only reads")

// readOnly lets reads through and nothing else (law 8). It sits below everything
// that could forget to ask.
type readOnly struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (r readOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if !reads(req) {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, ErrReadOnly
	}
	return r.next.RoundTrip(req)
}

// repeat makes a read or an upload, again while Google asks for patience.
func (c *Client) repeat(ctx context.Context, call func() error) error {
	for n := 1; ; n++ {
		err := call()
		if err == nil || n == tries || !IsTemporary(err) || ctx.Err() != nil {
			return err
		}
		delay := RetryDelay(err, n, rand.Float64)
		c.log.Debug("call repeated", "method", as(err).Method, "err", err, "delay", delay)
		if !c.wait(ctx, "Google asks for patience", delay) {
			return err
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

// turn waits until a write may be made by Google's pace.
func (c *Client) turn(ctx context.Context, m Method) error {
	r := c.pace.Reserve()
	d := r.Delay()
	if d == 0 || c.wait(ctx, "Google's pace of writes", d) {
		return nil
	}
	r.Cancel()
	return unsent(m, ctx.Err())
}

// unsent is the error of a call that was never sent.
func unsent(m Method, err error) *Error {
	return &Error{Method: m, Message: err.Error(), Effect: EffectNone, Err: err}
}

// invalid is the error of a call that breaks a known limit.
func invalid(m Method, format string, args ...any) *Error {
	return &Error{Method: m, Status: "INVALID_ARGUMENT", Message: fmt.Sprintf(format, args...), Effect: EffectNone}
}
