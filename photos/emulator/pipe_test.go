package emulator_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos/emulator"
)

// pipe serves a new account in memory, in the bubble that it is called in.
func pipe(t *testing.T, opts emulator.Options) *account {
	t.Helper()
	if opts.WritesPerMinute == 0 {
		opts.WritesPerMinute = -1
	}
	e, err := emulator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	listener := emulator.Pipe()
	server := &http.Server{Handler: e, ReadTimeout: time.Hour, WriteTimeout: time.Hour}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(listener) })
	transport := &http.Transport{DialContext: listener.DialContext}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
		serving.Wait()
		e.Close()
	})
	return &account{t: t, e: e, url: "http://photos.example", do: (&http.Client{Transport: transport}).Do, transport: transport}
}

func TestAccountWorksInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{Latency: 100 * time.Millisecond})
		start := time.Now()
		album := a.album("Trip")
		a.item(album, "1.png", picture(1))
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("three calls took %v of the bubble's time", took)
		}
		large := append(film(1), make([]byte, 3<<20)...)
		a.item(album, "large.mp4", large)
		if status, text, err := a.send("GET", "/_emulator/world", nil); err != nil || status != 200 {
			t.Errorf("control API in memory: %d %s %v", status, text, err)
		}
		time.Sleep(24 * time.Hour)
		if got := len(a.members(album)); got != 2 {
			t.Errorf("%d members a day later", got)
		}
	})
}

func TestManyClientsShareAPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{Latency: time.Second})
		var wait sync.WaitGroup
		start := time.Now()
		for n := range 20 {
			wait.Go(func() { a.upload(picture(n), "x") })
		}
		wait.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("20 uploads side by side took %v", took)
		}
	})
}

func TestPipeBehavesAsASocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := emulator.Pipe()
		accepted := make(chan net.Conn, 1)
		go func() {
			conn, _ := listener.Accept()
			accepted <- conn
		}()
		near, err := listener.DialContext(t.Context(), "tcp", "anywhere:443")
		if err != nil {
			t.Fatal(err)
		}
		far := <-accepted
		if n, err := near.Write([]byte("hello")); n != 5 || err != nil {
			t.Errorf("a write that fits waits for nobody: %d, %v", n, err)
		}
		near.SetReadDeadline(time.Now().Add(time.Minute))
		start := time.Now()
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("a read past its deadline: %v after %v", err, time.Since(start))
		}
		near.SetWriteDeadline(time.Now().Add(time.Minute))
		if n, err := near.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
			t.Errorf("a write that nobody reads: %d, %v", n, err)
		}
		near.Close()
		got, err := io.ReadAll(far)
		if err != nil || string(got[:5]) != "hello" {
			t.Errorf("after the other end closed: %d bytes, %v", len(got), err)
		}
		if _, err := far.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("a write to a closed end: %v", err)
		}
		far.Close()
		listener.Close()
		if _, err := listener.DialContext(t.Context(), "tcp", "x"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialling a closed listener: %v", err)
		}
		if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accepting on a closed listener: %v", err)
		}
	})
}

func TestDialGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := emulator.Pipe().DialContext(ctx, "tcp", "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dialling where nobody accepts: %v", err)
		}
	})
}

func TestCutConnectionReachesAClientInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{})
		if err := a.e.SetFaults([]emulator.Fault{{Method: "albums.create", Kind: emulator.LoseAnswer}}); err != nil {
			t.Fatal(err)
		}
		if status, _, err := a.send("POST", "/v1/albums", object{"album": object{"title": "x"}}); err == nil {
			t.Errorf("answered %d", status)
		}
		if n := len(a.e.World().Albums); n != 1 {
			t.Errorf("%d albums", n)
		}
	})
}
