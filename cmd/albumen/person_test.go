package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"albumen/photos/emulator"
)

// google serves an emulated service with OAuth to a story: two people, a client
// "app", and a client "trial" that is in testing. It sets $GOOGLE to its address
// and writes app.json and trial.json.
func google(ts *testscript.TestScript, _ bool, _ []string) {
	e, err := emulator.Open(emulator.Options{
		RequireTokens: true, WritesPerMinute: -1, Users: []string{"ada", "bob"},
		Clients: []emulator.OAuthClient{{ID: "app", Secret: "GOCSPX-emulated"}, {ID: "trial", Secret: "GOCSPX-emulated-trial", Testing: true}},
		Choices: emulator.Choices{TellRefreshExpiry: true},
	})
	ts.Check(err)
	server := httptest.NewServer(e)
	ts.Defer(func() {
		server.Close()
		ts.Check(e.Close())
	})
	ts.Setenv("GOOGLE", server.URL)
	for _, client := range []string{"app", "trial"} {
		resp, err := http.Get(server.URL + "/_emulator/credentials.json?client=" + client)
		ts.Check(err)
		text, err := io.ReadAll(resp.Body)
		ts.Check(err)
		ts.Check(resp.Body.Close())
		ts.Check(os.WriteFile(ts.MkAbs(client+".json"), text, 0o600))
	}
}

// stumbles makes the emulated service stumble: stumbles METHOD STATUS TIMES, and
// with "applied" at the end only after it carried the call out.
func stumbles(ts *testscript.TestScript, _ bool, args []string) {
	fault := emulator.Fault{Method: args[0], Kind: emulator.Broken}
	_, err := fmt.Sscan(strings.Join(args[1:3], " "), &fault.Status, &fault.Times)
	ts.Check(err)
	fault.Applied = len(args) > 3 && args[3] == "applied"
	control(ts, "faults", []emulator.Fault{fault})
}

// later puts the emulated service's clock ahead, and not ours: later DURATION.
func later(ts *testscript.TestScript, _ bool, args []string) {
	control(ts, "clock", map[string]string{"advance": args[0]})
}

// control tells the emulated service something.
func control(ts *testscript.TestScript, what string, body any) {
	text, err := json.Marshal(body)
	ts.Check(err)
	resp, err := http.Post(ts.Getenv("GOOGLE")+"/_emulator/"+what, "application/json", bytes.NewReader(text))
	ts.Check(err)
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("the emulator answers %d: %s", resp.StatusCode, answer)
	}
}

// logsIn runs "albumen auth login --no-browser" with a person who consents:
// logs-in CODE USER HOW FLAGS..., where CODE is how albumen must exit and HOW is
// one of browser, paste, stale (a code that nobody issued), less and no. What
// albumen said is in login.txt.
func logsIn(ts *testscript.TestScript, _ bool, args []string) {
	program := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "albumen"); program == "" && exec.Command(path, "version").Run() == nil {
			program = path
		}
	}
	cmd := exec.Command(program, append([]string{"auth", "login", "--no-browser"}, args[3:]...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"))
	said, code := consent(cmd, ts.Getenv("GOOGLE"), args[1], args[2])
	ts.Check(os.WriteFile(ts.MkAbs("login.txt"), []byte(said), 0o600))
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s:\n%s", code, args[0], said)
	}
}

// consent runs a login whose person reads the address from stdout, consents, and
// brings the answer back.
func consent(cmd *exec.Cmd, service, user, how string) (said string, code int) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err.Error(), -1
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err.Error(), -1
	}
	var all bytes.Buffer
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return err.Error(), -1
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		fmt.Fprintln(&all, lines.Text())
		if !strings.HasPrefix(lines.Text(), "http") {
			continue
		}
		back, err := decide(service, lines.Text(), user, how)
		switch {
		case err != nil:
			fmt.Fprintln(&all, err)
			_ = stdin.Close()
		case how == "browser":
			if resp, err := http.Get(back); err == nil {
				_, _ = io.Copy(&all, resp.Body)
				_ = resp.Body.Close()
			}
		case how == "stale":
			fmt.Fprintln(stdin, "yes")
			fmt.Fprintln(stdin, "4/emulated-0123456789")
		default:
			fmt.Fprintln(stdin, back)
		}
	}
	_ = cmd.Wait() // the code says it all
	return all.String() + stderr.String(), cmd.ProcessState.ExitCode()
}

// decide plays the person at the page of consent, and gives where the browser is
// sent.
func decide(service, address, user, how string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	form := u.Query()
	form["grant"] = strings.Fields(form.Get("scope"))
	if how == "less" {
		form["grant"] = form["grant"][:1]
	}
	form.Set("user", user)
	form.Set("decision", map[bool]string{true: "deny", false: "allow"}[how == "no"])
	req, err := http.NewRequest(http.MethodPost, service+u.Path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("the page of consent answered %d", resp.StatusCode)
	}
	return resp.Header.Get("Location"), nil
}
