package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"albumen/photos"
	"albumen/photos/emulator"
)

// vault is a service that knows where every secret is, and a program whose every
// word is kept.
type vault struct {
	t       *testing.T
	e       *emulator.Emulator
	url     string
	dir     string // of the state
	world   string // of the emulator
	spec    string
	said    *words
	secrets map[string]string
	unsaid  map[string]string // secrets that the state may hold, and no word may
}

// words keeps what was written, by several at once.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func openVault(t *testing.T) *vault {
	t.Helper()
	v := &vault{t: t, dir: t.TempDir(), world: t.TempDir(), said: &words{}, unsaid: map[string]string{}, secrets: map[string]string{"client secret": "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6"}}
	e, err := emulator.Open(emulator.Options{
		Dir: v.world, Profile: emulator.Legacy, RequireTokens: true, WritesPerMinute: -1,
		Clients: []emulator.OAuthClient{{ID: "app", Secret: v.secrets["client secret"]}},
		Logger:  slog.New(slog.NewJSONHandler(v.said, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(func() {
		server.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	v.e, v.url = e, server.URL
	v.write(filepath.Join(v.dir, "credentials.json"), v.get("/_emulator/credentials.json"))
	v.spec = filepath.Join(t.TempDir(), "albumen.yaml")
	v.secrets["token of the spec"] = "AOVPplantedtokenofthespec"
	v.wish("A")
	if err := picture(filepath.Join(filepath.Dir(v.spec), "1.jpg"), 1); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *vault) write(path, text string) {
	v.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// wish writes a spec with a shared album of a title, and one of somebody else.
func (v *vault) wish(title string) {
	v.t.Helper()
	v.write(v.spec, fmt.Sprintf("version: 1\nalbums:\n  a: {title: %q, contents: [{files: \"*.jpg\"}], share: {commentable: true}}\njoined:\n  club: {token: %s}\n",
		title, v.secrets["token of the spec"]))
}

func (v *vault) get(path string) string {
	v.t.Helper()
	resp, err := http.Get(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(text)
}

// run runs a command at debug level, and gives its exit code and its stdout.
func (v *vault) run(args ...string) (int, string) {
	v.t.Helper()
	var out bytes.Buffer
	args = append(args, "--state-dir", v.dir, "--log-level", "debug", "--log-format", "json")
	code := run(v.t.Context(), args, strings.NewReader(""), io.MultiWriter(v.said, &out), v.said)
	return code, out.String()
}

// onAccount are the flags of commands that work on the account.
func (v *vault) onAccount(args ...string) (int, string) {
	return v.run(append(args, "--endpoint", v.url, "-f", v.spec)...)
}

// login logs in as a person who may do it in some way, and notes the secrets that
// come of it.
func (v *vault) login(how string) int {
	v.t.Helper()
	in, paste := io.Pipe()
	out, address := io.Pipe()
	var person sync.WaitGroup
	person.Go(func() { // reads the address, and pastes the answer
		var line string
		if _, err := fmt.Fscanln(out, &line); err == nil {
			back, err := decide(v.url, line, "owner", how)
			if err != nil {
				v.t.Error(err)
			}
			if u, err := url.Parse(back); err == nil {
				v.secrets["code of "+how] = u.Query().Get("code")
			}
			forged := regexp.MustCompile(`state=\w+`).ReplaceAllString(back, "state=forged")
			fmt.Fprintln(paste, forged)
			fmt.Fprintln(paste, back)
		}
		_, _ = io.Copy(io.Discard, out)
	})
	args := []string{"auth", "login", "--no-browser", "--legacy-scopes", "--state-dir", v.dir, "--log-level", "debug"}
	code := run(v.t.Context(), args, in, io.MultiWriter(address, v.said), v.said)
	_ = in.Close()
	_ = address.Close()
	person.Wait()
	v.note(how)
	return code
}

// note remembers the tokens that the state folder has.
func (v *vault) note(when string) {
	v.t.Helper()
	text, err := os.ReadFile(filepath.Join(v.dir, "tokens", "default.json"))
	if err != nil {
		return
	}
	var token struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(text, &token); err != nil {
		v.t.Fatal(err)
	}
	v.secrets["access token, "+when], v.secrets["refresh token, "+when] = token.Access, token.Refresh
}

// share shares every album, so that its share token is in the answers.
func (v *vault) share() {
	v.t.Helper()
	for _, album := range v.albums() {
		v.api("POST", "/v1/albums/"+album+":share", "{}")
	}
	for i, token := range regexp.MustCompile(`"shareToken": ?"([^"]+)"`).FindAllStringSubmatch(v.api("GET", "/v1/albums", ""), -1) {
		v.secrets[fmt.Sprintf("share token %d", i)] = token[1]
	}
}

func (v *vault) albums() []string {
	v.t.Helper()
	var page struct{ Albums []struct{ ID string } }
	if err := json.Unmarshal([]byte(v.api("GET", "/v1/albums", "")), &page); err != nil {
		v.t.Fatal(err)
	}
	var ids []string
	for _, a := range page.Albums {
		ids = append(ids, a.ID)
	}
	return ids
}

// api makes a call with the access token there is.
func (v *vault) api(method, path, body string) string {
	v.t.Helper()
	v.note("of now")
	req, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+v.secrets["access token, of now"])
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		v.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, text, err)
	}
	return string(text)
}

// TestNoSecretGetsOut runs every command with planted secrets, at debug level and
// over faults whose words quote the secrets, and looks for these in every word
// and in every file but the two that are there to hold them (law 13).
func TestNoSecretGetsOut(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	for how, want := range map[string]int{"no": exitUnauthorized, "less": exitUnauthorized} {
		if code := v.login(how); code != want {
			t.Errorf("a login that gives %s exits with %d:\n%s", how, code, v.said)
		}
	}
	if code := v.login("paste"); code != exitDone {
		t.Fatalf("the login exits with %d:\n%s", code, v.said)
	}
	v.commands()
	v.share()
	// A service quotes what it was sent: only the token endpoint knows the client's
	// secret, and only the methods of sharing know the token of the spec.
	quoting := "no: "
	for name, secret := range v.secrets {
		if name != "client secret" && name != "token of the spec" {
			quoting += secret + " "
		}
	}
	issuer := v.secrets["client secret"] + " " + quoting
	for _, fault := range []emulator.Fault{
		{Kind: emulator.Refuse, Times: -1, Message: quoting},
		{Kind: emulator.Refuse, Times: -1, Status: http.StatusUnauthorized, Message: quoting},
		{Kind: emulator.Refuse, Times: -1, Status: http.StatusForbidden, Message: quoting},
		{Kind: emulator.Throttle, Times: -1, Quota: "daily"},
		{Method: "albums.patch", Kind: emulator.LoseAnswer, Times: -1},
		{Method: "sharedAlbums.get", Kind: emulator.Refuse, Times: -1, Message: quoting + v.secrets["token of the spec"]},
		{Method: "albums.patch", Kind: emulator.Broken, Times: -1, Message: quoting},
		{Method: "uploads", Kind: emulator.Refuse, Times: -1, Message: quoting},
		{Method: "oauth.token", Kind: emulator.Refuse, Times: -1, Message: issuer},
		{Method: "oauth.revoke", Kind: emulator.Refuse, Times: -1, Message: issuer},
	} {
		if err := v.e.SetFaults([]emulator.Fault{fault}); err != nil {
			t.Fatal(err)
		}
		v.wish("A" + fault.Method + fault.Kind)
		if err := picture(filepath.Join(filepath.Dir(v.spec), fault.Method+".jpg"), len(fault.Method)); err != nil {
			t.Fatal(err)
		}
		v.commands()
	}
	if err := v.e.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	v.session()
	v.endpoint()
	v.memory()
	v.damaged()
	v.served()
	v.look()
}

// session has a large file sent, over answers that quote its session.
func (v *vault) session() {
	v.t.Helper()
	large := filepath.Join(filepath.Dir(v.spec), "large.jpg")
	v.write(large, "\xff\xd8\xff\xe0"+strings.Repeat("x", photos.ResumableSize+1<<20))
	if err := v.e.SetFaults([]emulator.Fault{{Method: "uploads", Nth: 2, Kind: emulator.CutUpload, Bytes: 1 << 20}, {Method: "uploads", Nth: 3, Kind: emulator.Refuse}}); err != nil {
		v.t.Fatal(err)
	}
	v.onAccount("apply", "--yes", "--grace", "0")
	if err := v.e.SetFaults(nil); err != nil {
		v.t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(v.dir, "state.db-wal"))
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = os.ReadFile(filepath.Join(v.dir, "state.db"))
	}
	id := regexp.MustCompile(`upload_id=([A-Za-z0-9_-]{20,})`).FindStringSubmatch(string(raw))
	if err != nil || id == nil {
		v.t.Fatalf("no session was begun: %v", err)
	}
	v.unsaid["upload session"] = id[1]
	v.onAccount("apply", "--yes", "--grace", "0")
	if err := os.Remove(large); err != nil {
		v.t.Fatal(err)
	}
}

// endpoint names addresses with secrets in them.
func (v *vault) endpoint() {
	v.t.Helper()
	v.unsaid["password of an address"], v.unsaid["key of an address"] = "hunter2-planted", "sekret-planted"
	host := strings.TrimPrefix(v.url, "http://")
	for _, address := range []string{"http://me:hunter2-planted@" + host + "/?key=sekret-planted", "https://me:hunter2-planted@", "http://me:hunter2-planted@far.example/"} {
		v.run("plan", "--endpoint", address, "-f", v.spec)
		v.run("apply", "--yes", "--endpoint", address, "-f", v.spec, "-o", "json")
	}
}

// commands runs every command that looks at the account or at its memory.
func (v *vault) commands() {
	v.t.Helper()
	v.run("version")
	v.run("validate", "-f", v.spec)
	for _, format := range []string{"text", "json"} {
		v.onAccount("plan", "-o", format)
		v.onAccount("apply", "--yes", "--grace", "0", "-o", format)
		v.run("status", "-o", format)
		v.run("state", "list", "-o", format)
		v.run("state", "show", "a", "-o", format)
		v.run("auth", "status", "-o", format)
		v.run("auth", "status", "--check", "-o", format)
		v.note("after " + format)
	}
	v.login("paste")
	v.run("approve", "0123456789ab")
	v.run("completion", "bash")
	v.run("__complete", "plan", "--account", "")
}

// memory runs the commands that repair the memory. The backup is one of the files
// that are looked through.
func (v *vault) memory() {
	v.t.Helper()
	backup := filepath.Join(v.dir, "backup.db")
	for _, args := range [][]string{
		{"state", "export"}, {"state", "backup", backup}, {"state", "backup", backup, "--force", "-o", "json"},
		{"state", "restore", backup}, {"state", "restore", backup, "-o", "json"}, {"__complete", "state", "show", ""},
		{"state", "forget", "a", "--yes"}, {"state", "forget", "--all-gone", "--yes", "-o", "json"}, {"state", "restore", backup},
	} {
		if code, _ := v.run(args...); code != exitDone {
			v.t.Errorf("%q exits with %d", args, code)
		}
	}
	v.run("state", "backup", backup)
	v.run("state", "restore", v.spec)
	v.run("state", "restore", filepath.Join(v.dir, "credentials.json"))
}

// damaged runs the commands on files with secrets that are spoiled, and logs out.
func (v *vault) damaged() {
	v.t.Helper()
	token := filepath.Join(v.dir, "tokens", "default.json")
	good, err := os.ReadFile(token)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, text := range []string{string(good[:len(good)/2]), strings.ReplaceAll(string(good), `"`, ""), strings.Replace(string(good), `"app"`, "7", 1)} {
		v.write(token, text)
		v.onAccount("plan")
		v.run("auth", "status")
		v.run("auth", "logout")
	}
	v.write(token, string(good))
	spoiled := filepath.Join(v.t.TempDir(), "credentials.json")
	v.write(spoiled, v.secrets["client secret"]+"{")
	v.onAccount("plan", "--credentials", spoiled)
	v.run("auth", "login", "--credentials", spoiled)
	if code, _ := v.run("auth", "logout"); code != exitDone {
		v.t.Errorf("the logout exits with %d", code)
	}
	v.onAccount("plan")
}

// served runs the emulator's own command, which is called with secrets.
func (v *vault) served() {
	v.t.Helper()
	ctx, cancel := context.WithCancel(v.t.Context())
	out, in := io.Pipe()
	var serving sync.WaitGroup
	serving.Go(func() {
		args := []string{"emulator", "--listen", "127.0.0.1:0", "--state-dir", v.dir, "--log-level", "debug"}
		if code := run(ctx, args, strings.NewReader(""), io.MultiWriter(in, v.said), v.said); code != exitDone {
			v.t.Errorf("the emulator exits with %d", code)
		}
		_ = in.Close()
	})
	var text bytes.Buffer
	buf := make([]byte, 4096)
	address := regexp.MustCompile(`http://[0-9.:]+`)
	for address.FindString(text.String()) == "" {
		n, err := out.Read(buf)
		if text.Write(buf[:n]); err != nil {
			v.t.Fatalf("the emulator said %q: %v", text.String(), err)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the pipe
	here := *v
	here.url = address.FindString(text.String())
	for _, secret := range v.secrets {
		req, err := http.NewRequest(http.MethodGet, here.url+"/v1/albums?access_token="+url.QueryEscape(secret), nil)
		if err != nil {
			v.t.Fatal(err)
		}
		for _, path := range []string{"/v1/albums", "/token", "/revoke", "/o/oauth2/auth", "/" + secret} {
			req.URL.Path = path
			if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
				_ = resp.Body.Close()
			}
		}
	}
	cancel()
	serving.Wait()
}

// look looks for the secrets.
func (v *vault) look() {
	v.t.Helper()
	if len(v.secrets) < 12 {
		v.t.Errorf("only %d secrets are known", len(v.secrets))
	}
	places := map[string]string{"what was said": v.said.String()}
	for _, dir := range []string{v.dir, v.world} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "tokens" || d.Name() == "credentials.json" {
				return err
			}
			text, err := os.ReadFile(path)
			places[path] = string(text)
			return err
		})
		if err != nil {
			v.t.Fatal(err)
		}
	}
	for name, secret := range v.unsaid {
		if at := strings.Index(v.said.String(), secret); at >= 0 {
			v.t.Errorf("the %s is in what was said: …%s", name, v.said.String()[max(0, at-300):])
		}
	}
	for name, secret := range v.secrets {
		for place, text := range places {
			if secret == "" {
				continue
			}
			if at := strings.Index(text, secret); at >= 0 {
				v.t.Errorf("the %s is in %s: …%s", name, place, text[max(0, at-300):min(len(text), at+100)])
			}
			if strings.Contains(text, url.QueryEscape(secret)) {
				v.t.Errorf("the %s is in %s, as in an address", name, place)
			}
		}
	}
}
