package clients

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// proxy leads the HTTPS connections of a program that has Google's hosts built
// in to the emulator, and refuses all others.
type proxy struct {
	*account
	url string

	mu      sync.Mutex
	refused []string
}

// lead serves a proxy until the test ends, which fails if anything else than
// Google Photos was asked for.
func lead(t testing.TB, a *account) *proxy {
	t.Helper()
	p := &proxy{account: a}
	server := httptest.NewServer(p)
	p.url = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.refused) > 0 {
			t.Errorf("asked for what is not Google Photos: %q", p.refused)
		}
	})
	return p
}

// ServeHTTP answers CONNECT with a connection to the emulator.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || !p.answersTo(r.Host) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused = append(p.refused, r.Method+" "+r.Host)
		http.Error(w, r.Host+" is not Google Photos", http.StatusForbidden)
		return
	}
	far, err := p.dial(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer near.Close()
	if _, err := fmt.Fprint(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	join(near, buffered, far)
}

// join carries bytes both ways until both ends have said all.
func join(near net.Conn, fromNear io.Reader, far net.Conn) {
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(far, fromNear)
		far.(*net.TCPConn).CloseWrite()
	})
	both.Go(func() {
		io.Copy(near, far)
		near.(*net.TCPConn).CloseWrite()
	})
	both.Wait()
}
