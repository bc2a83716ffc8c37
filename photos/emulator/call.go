package emulator

import (
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// call is one call of the API on its way through the layers: count, credentials,
// faults, quota, and then the method itself.
type call struct {
	*Emulator
	choices Choices // as they were when the call came
	method  method
	id      string // in the path
	r       *http.Request
	w       http.ResponseWriter
	params  url.Values
	grant   grant
	scopes  scopes // of the grant, those of the era
	maker   maker  // of what the call makes
	appOnly bool   // leave out what the app did not make
	base    string // what productUrl and baseUrl begin with
	now     time.Time
	fault   *Fault // nil without
	// anonymous is a call to an upload session whose URL is enough.
	anonymous bool
}

// serveAPI answers one call of the API.
func (e *Emulator) serveAPI(w http.ResponseWriter, r *http.Request) {
	r = overridden(r)
	m, id, ok := e.match(r)
	if !ok {
		serveUnknown(w)
		return
	}
	e.stats.count(m)
	params, _ := url.ParseQuery(r.URL.RawQuery)
	c := &call{Emulator: e, choices: e.Choices(), method: m, id: id, r: r, w: w, params: params, base: e.baseOf(r), now: e.opts.Now()}
	start := c.now
	answer, err := c.run()
	status := c.respond(w, answer, err)
	e.opts.Logger.Debug("call", slog.String("method", m.name), slog.Int("status", status),
		slog.Duration("took", e.opts.Now().Sub(start)))
}

// run takes the call through the layers. A call that is to get no answer
// panics with http.ErrAbortHandler, which makes net/http cut the connection.
func (c *call) run() (any, error) {
	var ok bool
	if c.grant, ok = c.granted(c.token()); !ok {
		if !c.openSession() {
			return nil, c.refusal(unauthenticated())
		}
		c.grant, c.anonymous = Grant{}.grant(c.opts.Profile), true
	}
	c.scopes = scopesOf(c.grant.scopes) & c.opts.Profile.scopes()
	c.maker = makerOf(c.grant.user, c.grant.client)
	c.fault = c.faults.next(c.method.name, "")
	if err := c.fault.before(c.now); err != nil {
		return nil, err
	}
	c.r.Body = c.fault.cut(c.r.Body)
	if err := c.quota.spend(c.grant, c.method.write, c.now); err != nil {
		return nil, err
	}
	if err := c.permitted(); err != nil {
		return nil, err
	}
	if c.method.write {
		if err := c.quota.enter(c.grant); err != nil {
			return nil, err
		}
		defer c.quota.leave(c.grant)
	}
	if wait := c.opts.Latency + c.fault.delay(); wait > 0 {
		time.Sleep(wait)
	}
	if err := c.checkQuery(); err != nil {
		return nil, err
	}
	mask, err := c.readFields()
	if err != nil {
		return nil, err
	}
	answer, err := c.method.serve(c)
	if lost := c.fault.after(); lost != nil {
		return nil, lost
	}
	if err != nil {
		return nil, err
	}
	return mask.of(answer)
}

// openSession reports whether a call goes to an upload session whose URL is
// enough.
func (c *call) openSession() bool {
	return c.choices.OpenSessions && c.method.flat && c.params.Has("upload_id")
}

// respond sends the answer and tells its status.
func (c *call) respond(w http.ResponseWriter, answer any, err error) int {
	var refused *apiError
	switch {
	case err == nil:
	case errors.As(err, &refused):
		refused.chosen(c.choices).write(w, c.method.flat)
		return refused.code
	default:
		c.opts.Logger.Error("call failed", slog.String("method", c.method.name), slog.Any("error", err))
		internal().write(w, c.method.flat)
		return http.StatusInternalServerError
	}
	status := http.StatusOK
	switch a := answer.(type) {
	case uploadAnswer:
		a.write(w)
		return status
	case partial:
		answer, status = a.answer, http.StatusMultiStatus
	}
	writeJSON(w, status, answer, c.params.Get("prettyPrint") == "true")
	return status
}

// refusal is the error as this method tells it.
func (c *call) refusal(e *apiError) *apiError {
	if c.method.flat && e.code == http.StatusUnauthorized {
		e.message = textUploadNoAuth
	}
	return e
}

// checkQuery refuses query parameters that the method does not have.
func (c *call) checkQuery() error {
	if alt := c.params.Get("alt"); alt != "" && alt != "json" && !c.method.flat {
		return invalid("Invalid value at 'alt', %q", alt) // Google's other forms are not served here
	}
	for _, name := range slices.Sorted(maps.Keys(c.params)) {
		if commonQuery(name) {
			continue
		}
		known := slices.ContainsFunc(c.method.query, func(q string) bool { return q == name || snake(q) == name })
		if !known {
			return invalid("Invalid JSON payload received. Unknown name %q: Cannot bind query parameter. Field '%s' could not be found in request message.", name, name)
		}
	}
	return nil
}

// param is a query parameter by its JSON name, however it was spelt.
func (c *call) param(name string) string {
	if v := c.params.Get(name); v != "" {
		return v
	}
	return c.params.Get(snake(name))
}

// intParam is a query parameter that is a 32-bit number.
func (c *call) intParam(name string) (int32, error) {
	text := c.param(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, invalid("Invalid value at '%s' (TYPE_INT32), %q", snake(name), text)
	}
	return int32(n), nil
}

// boolParam is a query parameter that is true or false.
func (c *call) boolParam(name string) (bool, error) {
	switch text := c.param(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, invalid("Invalid value at '%s' (TYPE_BOOL), %q", snake(name), text)
	}
}

// decode reads the call's body into a message. A body that breaks off is
// answered to nobody: whoever sent it has gone.
func (c *call) decode(into any) error {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return invalid("Request body could not be read.")
	}
	if len(body) > maxBody {
		return &apiError{code: http.StatusRequestEntityTooLarge, status: "INVALID_ARGUMENT", message: "Request payload size exceeds the limit."}
	}
	if err := decodeJSON(body, into); err != nil {
		return err
	}
	return nil
}

// serveUnknown answers a path that no method has, as Google's front end does.
func serveUnknown(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusNotFound)
	io.WriteString(w, "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)</title><p><b>404.</b> That is an error. The requested URL was not found on this server.</html>\n")
}
