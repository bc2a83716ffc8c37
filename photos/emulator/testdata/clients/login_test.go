package clients

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"
)

// callback is where rclone waits for the browser. The port is among those that
// connections get at random, so that it may be taken for a minute.
const callback = "127.0.0.1:53682"

// TestRcloneLogsIn goes all the way of an account: rclone asks for access, a
// person grants it in a browser, tokens are spent, renewed and taken back. It is
// of the legacy era, whose scopes Debian's rclone asks for.
func TestRcloneLogsIn(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{Profile: emulator.Legacy, RequireTokens: true, Users: []string{"ada"}})
	if _, stderr, err := r.try("lsf", "gp:album"); err == nil || !strings.Contains(stderr, "401") {
		t.Errorf("a token that nobody granted: %v\n%s", err, stderr)
	}
	if l, err := net.Listen("tcp", callback); err != nil {
		t.Skipf("%s is taken, and rclone waits for the browser at no other port: %v", callback, err)
	} else if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	token := r.authorize()
	r.configure(token)
	r.run("copy", serial, folder(t, "a.png"), "gp:album/Mine")
	r.lists([]string{"Mine/"}, "lsf", "gp:album")

	token["expiry"] = time.Now().Add(-time.Hour).Format(time.RFC3339)
	r.configure(token)
	r.lists([]string{"Mine/"}, "lsf", "gp:album")
	if kept, err := os.ReadFile(r.config); err != nil || strings.Contains(string(kept), token["access_token"].(string)) {
		t.Errorf("the token that had expired was not renewed: %v", err)
	}
	if who := strings.Join(r.run("config", "userinfo", "gp:"), "\n"); !strings.Contains(who, "ada") {
		t.Errorf("userinfo tells %q", who)
	}
	r.run("config", "disconnect", "gp:")
	if _, stderr, err := r.try("lsf", "gp:album"); err == nil {
		t.Errorf("a token that was taken back still reads\n%s", stderr)
	}
}

// authorize has rclone ask for access, which the person ada grants, and gives
// the token as rclone prints it.
func (r *rclone) authorize() map[string]any {
	r.t.Helper()
	def := emulator.DefaultOAuthClient()
	cmd := exec.CommandContext(r.t.Context(), r.program, "--config", r.config, "authorize", "google photos", def.ID, def.Secret, "--auth-no-open-browser")
	cmd.Env = r.env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	link := regexp.MustCompile(`http://127\.0\.0\.1:\d+/auth\?state=\S+`)
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if at := link.FindString(lines.Text()); at != "" {
			r.grant(at)
		}
	}
	if err := cmd.Wait(); err != nil {
		r.t.Fatalf("rclone authorize: %v\n%s", err, said.String())
	}
	var token map[string]any
	text := out.String()
	if err := json.Unmarshal([]byte(text[strings.Index(text, "{"):strings.LastIndex(text, "}")+1]), &token); err != nil {
		r.t.Fatalf("rclone authorize printed %q: %v", text, err)
	}
	return token
}

// grant is the browser of a person who grants all that rclone asks for. It
// begins at rclone's own address, and comes back to it.
func (r *rclone) grant(link string) {
	r.t.Helper()
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	near := &http.Client{CheckRedirect: noRedirect}
	far := &http.Client{Transport: r.client(r.t, anyToken).Transport, CheckRedirect: noRedirect}
	ask, err := url.Parse(follow(r.t, near, http.MethodGet, link, nil))
	if err != nil {
		r.t.Fatal(err)
	}
	form := ask.Query()
	form["grant"] = strings.Fields(form.Get("scope"))
	for i, scope := range form["grant"] {
		if scope == "profile" { // as the page of consent has it
			form["grant"][i] = "https://www.googleapis.com/auth/userinfo.profile"
		}
	}
	form.Set("user", "ada")
	form.Set("decision", "allow")
	ask.RawQuery = ""
	back := follow(r.t, far, http.MethodPost, ask.String(), form)
	if !strings.HasPrefix(back, "http://127.0.0.1:") {
		r.t.Fatalf("the browser is sent to %s", back)
	}
	follow(r.t, near, http.MethodGet, back, nil)
}

// follow makes a request and gives the address that it leads to, "" for none.
func follow(t testing.TB, client *http.Client, method, address string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 400 {
		t.Fatalf("%s %s: %s %s %v", method, address, resp.Status, body, err)
	}
	return resp.Header.Get("Location")
}
