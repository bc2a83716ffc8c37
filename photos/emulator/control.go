package emulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// controlPath is where the control API begins; doc.go tells what it has.
const controlPath = "/_emulator/"

// statsBody is the answer of GET stats.
type statsBody struct {
	Calls  map[string]int `json:"calls"`
	Total  int            `json:"total"`
	Writes int            `json:"writes"`
}

// serveControl answers the control API, which is only for programs on the same
// machine, unless Options.ControlFromAnywhere says otherwise, and never for the
// pages of others in a browser.
func (e *Emulator) serveControl(w http.ResponseWriter, r *http.Request) {
	if err := e.reachesControl(r); err != nil {
		controlError(w, http.StatusForbidden, err)
		return
	}
	answer, status, err := e.control(r)
	if err != nil {
		controlError(w, status, err)
		return
	}
	writeJSON(w, http.StatusOK, answer, true)
}

// control does one request of the control API.
func (e *Emulator) control(r *http.Request) (answer any, status int, err error) {
	ok := map[string]bool{"ok": true}
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPath) {
	case "GET world":
		return e.truth(e.baseOf(r)), 0, nil
	case "GET stats":
		return e.statsBody(), 0, nil
	case "POST stats/reset":
		e.ResetStats()
		return ok, 0, nil
	case "GET credentials.json":
		c, ok := e.oauth.client(cmp.Or(r.URL.Query().Get("client"), e.opts.Clients[0].ID))
		if !ok {
			return nil, http.StatusNotFound, errors.New("there is no such client")
		}
		return c.credentials(e.baseOf(r)), 0, nil
	case "GET faults":
		return e.faults.get(), 0, nil
	case "DELETE faults":
		return ok, http.StatusInternalServerError, e.SetFaults(nil)
	case "POST faults":
		var list []Fault
		if err := readControl(r, &list); err != nil {
			return nil, http.StatusBadRequest, err
		}
		return ok, http.StatusBadRequest, e.SetFaults(list)
	case "GET clock":
		return e.clockBody(), 0, nil
	case "POST clock":
		var body clockBody
		if err := readControl(r, &body); err != nil {
			return nil, http.StatusBadRequest, err
		}
		err := e.advance(body)
		return e.clockBody(), http.StatusBadRequest, err
	case "GET choices":
		return e.Choices().byName(), 0, nil
	case "POST choices":
		var set map[string]any
		if err := readControl(r, &set); err != nil {
			return nil, http.StatusBadRequest, err
		}
		return ok, http.StatusBadRequest, e.chooseByName(set)
	case "POST reset":
		return ok, http.StatusInternalServerError, e.Reset()
	case "POST user":
		var a Action
		if err := readControl(r, &a); err != nil {
			return nil, http.StatusBadRequest, err
		}
		id, err := e.Act(a)
		return map[string]string{"id": id}, http.StatusBadRequest, err
	}
	return nil, http.StatusNotFound, errors.New("the control API has no " + r.Method + " " + r.URL.Path)
}

func (e *Emulator) statsBody() statsBody {
	calls, writes := e.stats.get()
	body := statsBody{Calls: calls, Writes: writes}
	for _, n := range calls {
		body.Total += n
	}
	return body
}

// readControl reads a request's JSON, in which every name must be known.
func readControl(r *http.Request, into any) error {
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

func controlError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()}, true)
}

// reachesControl refuses requests that come from elsewhere, or from the pages of
// others. What a proxy passes on comes from elsewhere, too, even if the proxy is on
// this machine.
func (e *Emulator) reachesControl(r *http.Request) error {
	switch {
	case e.opts.ControlFromAnywhere:
	case !local(r.RemoteAddr) || passedOn(r.Header):
		return errors.New("the control API answers to this machine alone, unless the emulator was told to let others control it")
	case !e.named(r):
		return fmt.Errorf("the control API is at localhost or 127.0.0.1, not at %q", r.Host)
	}
	return e.guard.Check(r)
}

// passedOn reports whether a proxy says that it has passed a request on.
func passedOn(h http.Header) bool {
	return h.Get("X-Forwarded-For") != "" || h.Get("Forwarded") != "" || h.Get("Via") != ""
}

// named reports whether a request over the net calls this machine by a name of its
// own. A page of others can have a name that leads here, and would then count as
// one of ours.
func (e *Emulator) named(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	_, of, _ := strings.Cut(e.opts.BaseURL, "://")
	return ip != nil && ip.IsLoopback() || host == "localhost" || r.Host == of || r.RemoteAddr == pipeName || r.RemoteAddr == "" ||
		strings.HasPrefix(r.RemoteAddr, "@")
}

// local reports whether a request comes from this machine or from this process.
func local(remote string) bool {
	if remote == pipeName || remote == "" || strings.HasPrefix(remote, "@") {
		return true // a Pipe, or a socket of the file system
	}
	host, _, err := net.SplitHostPort(remote)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
