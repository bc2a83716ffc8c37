package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// errCut is a connection that broke before an answer came.
var errCut = errors.New("the connection was cut")

// direct is a transport without sockets: it calls a handler. The handler's way to
// cut a connection (http.ErrAbortHandler) loses the answer, as on a socket.
type direct struct {
	handler http.Handler
	// takes is how long a call is on its way there. Calls that begin in the same
	// moment are told apart by it, so that virtual time puts them into one order.
	takes func(*http.Request) time.Duration
}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if d.takes != nil {
		time.Sleep(d.takes(r))
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	served := *r // a handler may change what it was given, and a transport must not
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}
	served.RemoteAddr = "127.0.0.1:1"
	answer := &answer{header: http.Header{}}
	if cut := serve(d.handler, answer, &served); cut {
		return nil, errCut
	}
	answer.WriteHeader(http.StatusOK)
	return &http.Response{
		StatusCode: answer.code, Header: answer.header, Body: io.NopCloser(&answer.body),
		ContentLength: int64(answer.body.Len()), Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// serve calls a handler and reports whether it cut the connection.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			cut = true
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// answer is what a handler writes.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) {
	if a.code == 0 {
		a.code = code
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// unreachable is how a call ends when the network is down: it provably did
// nothing.
func unreachable() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}
