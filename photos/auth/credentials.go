package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/oauth2"
)

// Credentials are those of an OAuth client of the type "Desktop app".
type Credentials struct {
	ClientID string
	Secret   Secret // Google's console hands one out to desktop clients, too
	AuthURL  string // where a person consents
	TokenURL string // where codes and refresh tokens are spent
}

// LogValue leaves the secret out of logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.ClientID) }

// String is the client.
func (c Credentials) String() string { return "OAuth client " + c.ClientID }

// maxCredentials bounds the file; the real one has half a kilobyte.
const maxCredentials = 64 << 10

// desktop is the remedy for files of anything else.
const desktop = `create an OAuth client of the type "Desktop app" in Google's console and download its JSON`

// credentialsFile is what the console hands out, for all kinds of clients.
type credentialsFile struct {
	Installed *struct {
		ClientID string `json:"client_id"`
		Secret   string `json:"client_secret"`
		AuthURI  string `json:"auth_uri"`
		TokenURI string `json:"token_uri"`
	} `json:"installed"`
	Web          json.RawMessage `json:"web"`
	Type         string          `json:"type"`          // "service_account", "authorized_user"
	RefreshToken json.RawMessage `json:"refresh_token"` // of a file with tokens
}

// LoadCredentials reads the file that Google's console hands out. Its errors are
// *FileError; a file that is not there wraps fs.ErrNotExist.
func LoadCredentials(name string) (Credentials, error) {
	text, err := readCredentials(name)
	if err != nil {
		return Credentials{}, err
	}
	bad := func(problem, remedy string) (Credentials, error) {
		return Credentials{}, &FileError{Path: name, Problem: problem, Remedy: remedy}
	}
	var f credentialsFile
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // which editors of Windows put before a text that they save
	if err := json.Unmarshal(text, &f); err != nil {
		return bad("this is no JSON of an OAuth client", desktop)
	}
	switch {
	case f.Type == "service_account":
		return bad("these are credentials of a service account, which has no photo library and can't be given one", desktop)
	case f.Type != "", f.RefreshToken != nil:
		return bad("this file holds somebody's tokens, not an OAuth client", desktop)
	case f.Web != nil:
		return bad("these are credentials of a web client, which can't answer to this machine", desktop)
	case f.Installed == nil:
		return bad(`this is no file of an OAuth client: it has no "installed"`, desktop)
	}
	c := Credentials{ClientID: f.Installed.ClientID, Secret: NewSecret(f.Installed.Secret), AuthURL: f.Installed.AuthURI, TokenURL: f.Installed.TokenURI}
	for _, field := range []struct{ name, value string }{{"client_id", c.ClientID}, {"client_secret", c.Secret.Reveal()}, {"auth_uri", c.AuthURL}, {"token_uri", c.TokenURL}} {
		if field.value == "" {
			return bad(fmt.Sprintf("it has no %q", field.name), "download the file again from Google's console")
		}
	}
	for _, field := range []struct{ name, value string }{{"auth_uri", c.AuthURL}, {"token_uri", c.TokenURL}} {
		if problem := endpointProblem(field.value); problem != "" {
			return bad(fmt.Sprintf("its %s %s", field.name, problem), "download the file again from Google's console")
		}
	}
	return c, nil
}

func readCredentials(name string) ([]byte, error) {
	unreadable := func(err error) error {
		return &FileError{Path: name, Problem: "the credentials can't be read: " + reason(err), Remedy: "let this user read it", Err: err}
	}
	// What is no file is not opened: of a pipe, that would wait for ever.
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &FileError{Path: name, Problem: "there is no such file", Remedy: desktop, Err: err}
	case err != nil:
		return nil, unreadable(err)
	case !info.Mode().IsRegular():
		return nil, &FileError{Path: name, Problem: "this is no file", Remedy: "name the JSON file of an OAuth client"}
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxCredentials+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > maxCredentials {
		return nil, &FileError{Path: name, Problem: "this is too large for the JSON of an OAuth client", Remedy: desktop}
	}
	return text, nil
}

// reason is an error of a file without the file's name.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// config is the client as golang.org/x/oauth2 wants it. The secret goes into the
// form, which is what Google documents, so that nothing needs to be tried out.
func (c Credentials) config(redirect string, scopes []string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: c.ClientID, ClientSecret: c.Secret.Reveal(), RedirectURL: redirect, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: c.AuthURL, TokenURL: strings.TrimSpace(c.TokenURL), AuthStyle: oauth2.AuthStyleInParams},
	}
}
