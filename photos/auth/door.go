package auth

import (
	"bufio"
	"context"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// door is where the answer of one login comes in: a listener that this machine
// alone can reach, and a person who pastes.
type door struct {
	address string // that the browser is sent to: the redirect URI
	host    string // that a request must name, so that no other site's name leads here
	state   string
	server  *http.Server
	served  sync.WaitGroup

	answers chan answer   // the one answer that counts
	once    sync.Once     // lets it in
	told    chan struct{} // closed when outcome is known
	telling sync.Once
	outcome error
}

// answer is what the page of consent answered.
type answer struct {
	code Secret
	err  error
}

// openDoor listens on a loopback address, of the older family if there is one.
func openDoor(ctx context.Context, port int) (*door, error) {
	if port < 0 || port > 65535 {
		return nil, fmt.Errorf("there is no port %d: expected 1 to 65535, or 0 for any that is free", port)
	}
	listener, err := listen(ctx, port)
	if err != nil {
		return nil, fmt.Errorf("listening for the answer of the browser: %w", err)
	}
	host := listener.Addr().String()
	d := &door{
		address: "http://" + host + "/", host: host, state: newState(),
		answers: make(chan answer, 1), told: make(chan struct{}),
	}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10}
	d.served.Go(func() { _ = d.server.Serve(listener) })
	return d, nil
}

// listen takes the port at 127.0.0.1, and at ::1 on a machine that has no other.
// A port that somebody else has at 127.0.0.1 is not taken at ::1: who asked for it
// forwards it from elsewhere, and the answer would go to that other program.
func listen(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	switch {
	case err == nil:
		return listener, nil
	case port != 0 && !errors.Is(err, syscall.EADDRNOTAVAIL) && !errors.Is(err, syscall.EAFNOSUPPORT):
		return nil, fmt.Errorf("%w: choose another port, or any that is free", err)
	}
	if second, failed := lc.Listen(ctx, "tcp", net.JoinHostPort("::1", strconv.Itoa(port))); failed == nil {
		return second, nil
	}
	return nil, err
}

// close ends the listener. Pages on their way get a moment to arrive.
func (d *door) close() {
	d.tell(errors.New("the login has ended"))
	end, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := d.server.Shutdown(end); err != nil {
		_ = d.server.Close()
	}
	d.served.Wait()
}

// wait gives the code that the first answer with the right state brought.
func (d *door) wait(ctx context.Context) (Secret, error) {
	select {
	case a := <-d.answers:
		return a.code, a.err
	case <-ctx.Done():
	}
	select {
	case a := <-d.answers: // in the last moment
		return a.code, a.err
	default:
		return Secret{}, context.Cause(ctx)
	}
}

// tell lets the browser's page know what came of the login, once.
func (d *door) tell(err error) {
	d.telling.Do(func() {
		d.outcome = err
		close(d.told)
	})
}

// enter takes the first answer, and no other.
func (d *door) enter(a answer) (first bool) {
	d.once.Do(func() {
		first = true
		d.answers <- a
		if a.err != nil {
			d.tell(a.err)
		}
	})
	return first
}

// read makes an answer of a query. One that does not know the state is none: it
// was not asked for by this login.
func (d *door) read(query url.Values) (answer, error) {
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(d.state)) != 1 {
		return answer{}, errors.New("this answer belongs to another login, or was forged")
	}
	switch refusal := query.Get("error"); {
	case refusal == "access_denied":
		return answer{err: ErrDenied}, nil
	case refusal != "":
		return answer{err: fmt.Errorf("the page of consent refused: %s", clean(refusal))}, nil
	case query.Get("code") == "":
		return answer{}, errors.New("this answer holds no code")
	}
	return answer{code: NewSecret(query.Get("code"))}, nil
}

// ServeHTTP takes the answer from the browser. What is no answer to this login
// changes nothing: it goes on waiting for the right one.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Host != d.host:
		d.page(w, http.StatusForbidden, "This address is not the one that was asked for.")
		return
	case r.URL.Path != "/":
		d.page(w, http.StatusNotFound, "There is nothing here.")
		return
	case r.Method != http.MethodGet:
		d.page(w, http.StatusMethodNotAllowed, "Only a browser's answer is taken here.")
		return
	}
	a, err := d.read(r.URL.Query())
	if err != nil {
		d.page(w, http.StatusBadRequest, sentence(err))
		return
	}
	if !d.enter(a) {
		d.page(w, http.StatusGone, "This login has had its answer.")
		return
	}
	select {
	case <-d.told:
	case <-r.Context().Done():
		return
	}
	if d.outcome != nil {
		d.page(w, http.StatusOK, sentence(d.outcome))
		return
	}
	d.page(w, http.StatusOK, "")
}

// sentence makes an error's words fit for a page.
func sentence(err error) string {
	text := clean(err.Error())
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

//go:embed page.html
var pageText string

// page shows how it went; without a problem it went well. It is whole in itself
// and runs nothing, and no other site learns its address, in which the code is.
func (d *door) page(w http.ResponseWriter, status int, problem string) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		http.Error(w, problem, status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = t.Execute(w, struct{ Problem string }{problem}) // the browser may have gone
}

// maxPasted bounds a line; an address with a code has half a kilobyte.
const maxPasted = 16 << 10

// readPasted takes the answer from lines that a person pastes, until one is good.
func (d *door) readPasted(from io.Reader, complain func(string)) {
	lines := bufio.NewReaderSize(from, maxPasted)
	for {
		line, long, err := lines.ReadLine()
		text := strings.TrimSpace(string(line))
		for rest := long; rest && err == nil; {
			_, rest, err = lines.ReadLine()
		}
		switch {
		case err != nil && !long:
			return
		case text == "" && !long:
			continue
		}
		a, err := d.pasted(text)
		if long {
			err = errors.New("this line is too long for an address")
		}
		if err == nil {
			d.enter(a)
			return
		}
		select {
		case <-d.told:
			return
		default:
			complain(err.Error() + "; paste the whole address that the browser was sent to")
		}
	}
}

// pasted makes an answer of an address, or of the bare code in it. The bare code
// has no state to check: the person vouches for it, and it is worth nothing to
// anybody else without this login's verifier.
func (d *door) pasted(text string) (answer, error) {
	text = unwrap(text)
	if _, query, ok := strings.Cut(text, "?"); ok {
		query, _, _ = strings.Cut(query, "#")
		values, err := url.ParseQuery(query)
		if err != nil {
			return answer{}, errors.New("this is no whole address")
		}
		return d.read(values)
	}
	if strings.ContainsAny(text, " \t&=") || strings.Contains(text, "://") {
		return answer{}, errors.New("this is neither an address with a code nor a code")
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain // copied out of an address
	}
	if len(text) < shortestCode || !strings.ContainsAny(text, "0123456789") {
		return answer{}, errors.New("this is neither an address with a code nor a code")
	}
	return answer{code: NewSecret(text)}, nil
}

// shortestCode is what a bare code has at least. Google's begin with "4/" and have
// some seventy letters and digits; other services may issue others, but none that
// a word typed by mistake could be.
const shortestCode = 12

// unwrap takes off what an address wears in a mail, a chat or the source of a
// page: quotes and brackets around it, and its ampersands spelled as in HTML. An
// address has none of these itself, for it would encode them.
func unwrap(text string) string {
	return strings.ReplaceAll(strings.Trim(text, " \t\"'`<>“”‘’"), "&amp;", "&")
}
