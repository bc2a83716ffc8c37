package auth_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"albumen/photos/auth"
)

func TestOnlyADesktopClientsFileIsTaken(t *testing.T) {
	t.Parallel()
	const good = `{"installed":{"client_id":"1.apps.googleusercontent.com","project_id":"p","auth_uri":"https://accounts.google.com/o/oauth2/auth","token_uri":"https://oauth2.googleapis.com/token","client_secret":"GOCSPX-planted","redirect_uris":["http://localhost"]}}`
	for _, test := range []struct{ name, text, problem string }{
		{"desktop client", good, ""},
		{"desktop client, with a byte order mark", "\ufeff" + good, ""},
		{"web client", strings.Replace(good, "installed", "web", 1), "a web client"},
		{"service account", `{"type":"service_account","client_id":"1","private_key":"GOCSPX-planted"}`, "a service account"},
		{"tokens of gcloud", `{"type":"authorized_user","client_id":"1","client_secret":"GOCSPX-planted","refresh_token":"1//x"}`, "somebody's tokens"},
		{"token of albumen", `{"version":1,"client_id":"1","refresh_token":"1//x"}`, "somebody's tokens"},
		{"rubbish", "GOCSPX-planted", "no JSON"},
		{"empty", "", "no JSON"},
		{"a list", `[]`, "no JSON"},
		{"other JSON", `{}`, `no "installed"`},
		{"no secret", strings.Replace(good, "GOCSPX-planted", "", 1), `no "client_secret"`},
		{"no client", strings.Replace(good, "client_id", "client", 1), `no "client_id"`},
		{"open endpoint", strings.Replace(good, "https://oauth2", "http://oauth2", 1), "token_uri would send secrets in the open"},
		{"an endpoint's password", strings.Replace(good, "https://oauth2", "https://a:GOCSPX-planted@oauth2", 1), "token_uri has more"},
		{"no endpoint", strings.Replace(good, "https://accounts.google.com/o/oauth2/auth", "file:///etc/passwd", 1), "auth_uri is no address"},
		{"large", good + strings.Repeat(" ", 64<<10), "too large"},
	} {
		path := filepath.Join(t.TempDir(), "c.json")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := auth.LoadCredentials(path)
		refuses(t, test.name, path, test.problem, err)
		if test.problem == "" && c.Secret.Reveal() != "GOCSPX-planted" {
			t.Errorf("%s: read %v", test.name, c)
		}
		if text := fmt.Sprintf("%v %+v %#v %v", c, c, c, err); strings.Contains(text, "planted") {
			t.Errorf("%s: a secret got out: %s", test.name, text)
		}
	}
	folder := t.TempDir()
	_, err := auth.LoadCredentials(folder)
	refuses(t, "folder", folder, "this is no file", err)
	missing := filepath.Join(folder, "missing")
	_, err = auth.LoadCredentials(missing)
	refuses(t, "missing", missing, "no such file", err)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file can't be told from a wrong one: %v", err)
	}
}

// refuses expects an error about a file that names the file, the problem and a
// remedy; none without a problem.
func refuses(t *testing.T, what, path, problem string, err error) {
	t.Helper()
	if problem == "" {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	var file *auth.FileError
	if !errors.As(err, &file) || file.Path != path || file.Remedy == "" || !strings.Contains(err.Error(), problem) {
		t.Errorf("%s: the error is %v, without %q, or without a remedy", what, err, problem)
	}
}
