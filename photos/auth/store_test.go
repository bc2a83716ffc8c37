package auth_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"albumen/photos/auth"
)

// planted is a token whose secrets are easy to find.
func planted(account string) auth.Token {
	return auth.Token{
		Account: account, ClientID: "app", TokenURL: "https://oauth2.example/token", Scopes: auth.CurrentScopes(),
		Refresh: auth.NewSecret("1//planted"), Access: auth.NewSecret("ya29.planted"),
		Obtained: time.Unix(1717200000, 0), Expiry: time.Unix(1717203599, 0), Granted: time.Unix(1717200000, 0),
	}
}

// filled is a store that holds the token of one account.
func filled(t *testing.T, account string) (auth.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tokens")
	store := auth.NewStore(dir)
	if err := store.Save(t.Context(), planted(account)); err != nil {
		t.Fatal(err)
	}
	return store, dir
}

func TestATokenIsReadAsItWasSaved(t *testing.T) {
	t.Parallel()
	store, dir := filled(t, "family")
	want := planted("family")
	got, err := store.Load("family")
	if err != nil || !got.Refresh.Equal(want.Refresh) || !got.Access.Equal(want.Access) || !got.Expiry.Equal(want.Expiry) || !got.Granted.Equal(want.Granted) {
		t.Errorf("read %v, %v", got, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v: expected the lock and the token", entries, err)
	}
	for range 2 {
		if err := store.Delete(t.Context(), "family"); err != nil {
			t.Errorf("deleting: %v", err)
		}
	}
	var none *auth.NotLoggedInError
	if _, err := store.Load("family"); !errors.As(err, &none) {
		t.Errorf("after that: %v", err)
	}
	if _, err := auth.NewStore(filepath.Join(dir, "nowhere")).Load("family"); !errors.As(err, &none) {
		t.Errorf("without a folder: %v", err)
	}
}

func TestATokenThatIsNotToBeTrustedIsRefused(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside.json")
	store, dir := filled(t, "family")
	good, err := os.ReadFile(store.Path("family"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(outside, good, 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(text string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(text), 0o600) }
	}
	for _, test := range []struct {
		problem string
		spoil   func(path string) error
	}{
		{"others on this machine can read", func(path string) error { return os.WriteFile(path, good, 0o600) }},
		{"this is no file", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"this is a link that leads out of the folder of the tokens", func(path string) error { return os.Symlink(outside, path) }},
		{"this is a link that can't be followed", func(path string) error { return os.Symlink(filepath.Base(path), path) }},
		{"leads nowhere", func(path string) error { return os.Symlink("nowhere", path) }},
		{"damaged: it is no JSON", write("1//planted")},
		{"damaged: it is no JSON", write(string(good[:len(good)/2]))},
		{"damaged: it is no JSON", write("")},
		{"damaged: a part is missing", write("{}")},
		{"a newer albumen wrote this token: its version is 2", write(strings.Replace(string(good), `"version": 1`, `"version": 2`, 1))},
		{`damaged: it is the token of the account "other"`, write(strings.Replace(string(good), "family", "other", 1))},
	} {
		path := store.Path("family")
		if err := errors.Join(os.RemoveAll(path), test.spoil(path)); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(test.problem, "others") {
			if err := os.Chmod(path, 0o640); err != nil {
				t.Fatal(err)
			}
		}
		_, err := store.Load("family")
		refuses(t, test.problem, path, test.problem, err)
		if strings.Contains(fmt.Sprint(err), "planted") {
			t.Errorf("%s: a secret got out: %v", test.problem, err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = store.Load("family")
	refuses(t, "an open folder", dir, "look into the folder", err)
	refuses(t, "an open folder", dir, "look into the folder", store.Save(t.Context(), planted("family")))
}

func TestNoAccountLeadsOutOfTheFolder(t *testing.T) {
	t.Parallel()
	store, _ := filled(t, "family")
	for _, account := range []string{"", ".", "..", "../family", "a/b", `a\b`, ".lock", "A", "a b", "ä", "a\x00", strings.Repeat("a", 64)} {
		_, err := store.Load(account)
		token := planted(account)
		for _, err := range []error{err, store.Save(t.Context(), token), store.Update(t.Context(), token), store.Delete(t.Context(), account)} {
			if err == nil || !strings.Contains(err.Error(), "no account name") {
				t.Errorf("%q: %v", account, err)
			}
		}
	}
}

func TestReadersSeeAWholeTokenWhileOthersSave(t *testing.T) {
	t.Parallel()
	store, _ := filled(t, "family")
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 20 {
				if err := store.Save(t.Context(), planted("family")); err != nil {
					t.Error(err)
				}
				if _, err := store.Load("family"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
}
