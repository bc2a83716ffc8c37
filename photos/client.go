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
	"runtime/debug"
	"strings"
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

// Options are what a Client works with. Token must be set; every other zero
// value works.
type Options struct {
	// Endpoint is the address of the service; "" means GoogleEndpoint. Plain http
	// is for loopback hosts alone: anywhere else the token would go in the open.
	Endpoint string
	// Transport makes the HTTP calls; nil means one that suits the service. It
	// should honour net/http/httptrace, as http.Transport does: without, only a
	// failed dial proves that nothing was sent.
	Transport http.RoundTripper
	// Token answers the bearer token for one call. It is neither stored nor logged.
	Token func(context.Context) (string, error)
	// Refused is told of an access token that the service answered with 401, and
	// says whether Token has another now: the call is then made once more. nil has
	// none.
	Refused         func(token string) bool
	Budget          Budget // nil counts nothing
	WritesPerMinute int    // 0 means WritesPerMinute of the API; negative means no pace
	Attempts        int    // how often a read or an upload is made at most without progress; 0 means 5
	ResumableSize   int64  // bytes above which an upload is resumable; 0 means ResumableSize; negative means none is
	ChunkBytes      int64  // the most bytes of one call of a resumable upload; 0 means all, as long as that works
	ReadOnly        bool   // refuse everything but reads before anything is sent
	UserAgent       string // "" means "albumen/" and the module's version
	Logger          *slog.Logger
	// Jitter answers by how much of a half a delay is stretched, from [0,1), so that
	// many clients do not come back at once; nil draws it at random.
	Jitter func() float64
	// Unsupported are the methods of which it was learned that this account's
	// service refuses them for good: they are refused here, without a call. Only
	// Sharing methods count.
	Unsupported   []Method
	OnCall        func(Call)                        // told of each HTTP call after its end; may be nil
	OnWait        func(why string, d time.Duration) // told of each wait before it begins; may be nil
	OnUnsupported func(Method)                      // told once of each method of which it is learned; may be nil
}

// Call is one HTTP call that was made.
type Call struct {
	Method   Method
	HTTPCode int           // 0 when there was no answer
	Took     time.Duration // from the first byte sent to the last one read
	Waited   time.Duration // before that: for its turn, for the pace or for patience
}

// Client is a typed client of the API. It is safe for concurrent use: writes
// wait for one another, because Google refuses two at once of one user.
type Client struct {
	o    Options
	base *url.URL
	pace *rate.Limiter
	turn chan struct{} // holds one entry while a write is under way
	log  *slog.Logger

	learned *unsupported
}

// New makes a Client. It makes no call.
func New(o Options) (*Client, error) {
	base, err := endpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if o.Token == nil {
		return nil, errors.New("a client needs an access token")
	}
	if o.UserAgent == "" {
		o.UserAgent = "albumen/" + version()
	}
	if o.Attempts <= 0 {
		o.Attempts = 5
	}
	if o.ResumableSize == 0 {
		o.ResumableSize = ResumableSize
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	if o.ReadOnly {
		o.Transport = readOnly{base.Path, o.Transport}
	}
	return &Client{o: o, base: base, pace: pacer(o.WritesPerMinute), turn: make(chan struct{}, 1), log: o.Logger, learned: learn(o)}, nil
}

// Endpoint is the address of a service as a Client uses it: without a slash at its
// end, with GoogleEndpoint for "". Two that lead to the same place are the same. It
// refuses what New refuses, with errors that do not quote it.
func Endpoint(address string) (string, error) {
	u, err := endpoint(address)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// endpoint reads the address of a service. Its errors do not quote it: somebody
// may have put a password there.
func endpoint(address string) (*url.URL, error) {
	if address == "" {
		address = GoogleEndpoint
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the endpoint is no address: expected https://HOST")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the endpoint has more than a host and a path: expected https://HOST")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		return nil, fmt.Errorf("the endpoint http://%s would send the access token in the open: expected https, or a loopback address", u.Host)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}, nil
}

// Loopback reports whether a host of an address is this machine itself: what is
// sent to it stays here.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// version is that of the module in which this package was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != "albumen" || info.Main.Version == "" {
		return "devel"
	}
	return strings.Trim(info.Main.Version, "()")
}

// transport keeps enough connections for the uploads that go on at once. Pings
// find out when a connection has died in silence.
func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second,
		WriteBufferSize:     64 << 10,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// ErrReadOnly refuses a write of a read-only client before it is sent.
var ErrReadOnly = errors.New("this client only reads")

// readOnly lets the reading routes through and nothing else: dry is dry. It sits
// below everything that could forget to ask.
type readOnly struct {
	base string // of the endpoint's path
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r readOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(req.URL.Path, r.base)
	if ok && reads(req.Method, path) {
		return r.next.RoundTrip(req)
	}
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, ErrReadOnly
}
