package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"albumen/photos/emulator"
)

// certificate loads what --tls-cert and --tls-key name; nil without them.
func (o emulatorOptions) certificate() (*tls.Config, error) {
	if o.cert == "" && o.key == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, fmt.Errorf("loading --tls-cert %q and --tls-key %q: %w; name the PEM files of a certificate and of its private key", o.cert, o.key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

func (a *app) serveEmulator(ctx context.Context, o emulatorOptions) (err error) {
	if err := errors.Join(a.check(), o.check()); err != nil {
		return err
	}
	secure, err := o.certificate()
	if err != nil {
		return err
	}
	log, err := a.logger()
	if err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("serving the emulator: %w; name another address with --listen", err)
	}
	at := servedAt(listener.Addr(), secure != nil)
	base := emulator.Options{BaseURL: at.base(o.baseURL), ControlFromAnywhere: o.open, Logger: log}
	if secure == nil {
		base.Address = at.host // where --emulator finds us
	}
	where := "in memory"
	if !o.memory {
		base.Dir = filepath.Join(dir, "emulator", "world")
		where = "of " + base.Dir
	}
	e, err := o.account(base)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	o.tell(a.stdout, at, where, e.Faults())
	return serve(ctx, listener, e, secure)
}

// served is where an emulator listens.
type served struct {
	scheme string
	host   string // with the port, as this machine reaches it
	port   string // on all interfaces; "" on one
}

// servedAt is where a listener is reached. The address of all interfaces is none to
// go to.
func servedAt(address net.Addr, secure bool) served {
	out := served{scheme: "http", host: address.String()}
	if secure {
		out.scheme = "https"
	}
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		out.port = strconv.Itoa(tcp.Port)
		out.host = net.JoinHostPort("127.0.0.1", out.port)
	}
	return out
}

func (s served) url() string { return s.scheme + "://" + s.host }

// base is what addresses in answers begin with: what was asked for, or where the
// emulator listens. On all interfaces it is "", for the host that a request names.
func (s served) base(asked string) string {
	switch {
	case asked != "":
		return strings.TrimSuffix(asked, "/")
	case s.port != "":
		return ""
	}
	return s.url()
}

// tell says where everything is.
func (o emulatorOptions) tell(out io.Writer, at served, where string, faults []emulator.Fault) {
	pages := cmp.Or(at.base(o.baseURL), at.url())
	control := at.url()
	if o.open {
		control = pages
	}
	tokens := "any bearer token; albumen … --endpoint " + pages
	if o.strict {
		tokens = "tokens of the OAuth below alone"
	}
	fmt.Fprintf(out, "Google Photos, emulated, %s\n  albums   %s/\n  API      %s/v1/   (%s)\n", where, pages, pages, tokens)
	fmt.Fprintf(out, "  OAuth    %[1]s/_emulator/credentials.json   (save it for albumen auth login --credentials)\n  control  %[1]s/_emulator/world\n", control)
	if at.port != "" {
		fmt.Fprintf(out, "  network  port %s on all interfaces%s\n", at.port, o.tellBase())
	}
	if o.open {
		fmt.Fprintln(out, "  warning  whoever reaches this machine can empty the account and hand out access")
	}
	for _, f := range faults {
		method := f.Method
		if method == "" {
			method = "*"
		}
		fmt.Fprintf(out, "  fault    %s:%s", method, f.Kind)
		if f.Probability > 0 {
			fmt.Fprintf(out, ", repeated with seed=%d", f.Seed)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "Ctrl-C ends it.")
}

// tellBase says what addresses begin with on all interfaces.
func (o emulatorOptions) tellBase() string {
	if o.baseURL != "" {
		return ""
	}
	return "; addresses in answers begin with the host that is asked"
}

// serve serves until ctx ends, then lets the calls under way end. With a
// certificate it is HTTPS, and HTTP/2 for those who ask for it.
func serve(ctx context.Context, listener net.Listener, h http.Handler, secure *tls.Config) error {
	server := &http.Server{Handler: h, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() {
		if secure == nil {
			failed <- server.Serve(listener)
			return
		}
		failed <- server.ServeTLS(listener, "", "")
	}()
	select {
	case err := <-failed:
		return errors.Join(err, listener.Close())
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(end)
	<-failed
	return err
}
