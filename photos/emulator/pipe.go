package emulator

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// pipeName is the address of both ends of a pipe.
const pipeName = "pipe"

// PipeListener is a net.Listener whose connections stay in the process, so that
// an http.Server and an http.Transport can talk without sockets, in a bubble of
// testing/synctest too if Pipe was called in it.
type PipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Pipe makes a listener in memory.
func Pipe() *PipeListener {
	return &PipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next DialContext.
func (l *PipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close refuses all that dial from now on.
func (l *PipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is the address "pipe".
func (l *PipeListener) Addr() net.Addr { return pipeAddr{} }

// DialContext connects to the listener, whatever network and address are named.
// It fits http.Transport.DialContext.
func (l *PipeListener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := newPipeConns()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: pipeName, Addr: pipeAddr{}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: pipeName, Addr: pipeAddr{}, Err: ctx.Err()}
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return pipeName }
func (pipeAddr) String() string  { return pipeName }

// pipeBuffer is how much a stream holds before a writer waits, so that both
// ends can write at once as they can on a socket.
const pipeBuffer = 64 << 10

// stream is one direction of a pipe.
type stream struct {
	mu            sync.Mutex
	moved         sync.Cond // something below changed
	buf           []byte
	writerGone    bool
	readerGone    bool
	readDeadline  deadline
	writeDeadline deadline
}

// deadline is a moment after which one side of a stream waits no longer.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newStream() *stream {
	s := &stream{}
	s.moved.L = &s.mu
	return s
}

// set moves a deadline. Whoever waits looks again when it passes.
func (s *stream) set(d *deadline, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.at = at
	if wait := time.Until(at); !at.IsZero() && wait > 0 {
		d.timer = time.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.moved.Broadcast()
		})
	}
	s.moved.Broadcast()
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.readerGone:
			return 0, io.ErrClosedPipe
		case s.readDeadline.passed():
			return 0, os.ErrDeadlineExceeded
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			if s.buf = s.buf[n:]; len(s.buf) == 0 {
				s.buf = nil
			}
			s.moved.Broadcast()
			return n, nil
		case s.writerGone:
			return 0, io.EOF
		case len(p) == 0:
			return 0, nil
		}
		s.moved.Wait()
	}
}

func (s *stream) write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch room := pipeBuffer - len(s.buf); {
		case s.writerGone:
			return n, io.ErrClosedPipe
		case s.readerGone:
			return n, syscall.EPIPE
		case s.writeDeadline.passed():
			return n, os.ErrDeadlineExceeded
		case room > 0:
			part := p[n:min(len(p), n+room)]
			s.buf = append(s.buf, part...)
			n += len(part)
			s.moved.Broadcast()
		}
		if n == len(p) {
			return n, nil
		}
		if len(s.buf) >= pipeBuffer {
			s.moved.Wait()
		}
	}
}

func (s *stream) leave(gone *bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*gone = true
	s.moved.Broadcast()
}

// pipeConn is one end of a pipe.
type pipeConn struct {
	in, out *stream
	once    sync.Once
}

func newPipeConns() (near, far net.Conn) {
	there, back := newStream(), newStream()
	return &pipeConn{in: back, out: there}, &pipeConn{in: there, out: back}
}

func (c *pipeConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

func (c *pipeConn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// wrap names the operation that failed, as the errors of sockets do.
func (c *pipeConn) wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: pipeName, Addr: pipeAddr{}, Err: err}
}

// Close lets both directions go: the other end reads what was written and then
// the end of the stream.
func (c *pipeConn) Close() error {
	c.once.Do(func() {
		c.SetDeadline(time.Time{})
		c.in.leave(&c.in.readerGone)
		c.out.leave(&c.out.writerGone)
	})
	return nil
}

func (c *pipeConn) LocalAddr() net.Addr  { return pipeAddr{} }
func (c *pipeConn) RemoteAddr() net.Addr { return pipeAddr{} }

func (c *pipeConn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.set(&c.in.readDeadline, t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.set(&c.out.writeDeadline, t)
	return nil
}
