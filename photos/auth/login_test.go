package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/auth"
	"albumen/photos/emulator"
)

// browsing makes a login's options use a browser, which does something with the
// address to which it is sent.
func browsing(s *service, o auth.LoginOptions, browse func(back string)) (auth.LoginOptions, *sync.WaitGroup) {
	var browser sync.WaitGroup
	o.Paste, o.Show = nil, func(string) {}
	o.Open = func(_ context.Context, address string) error {
		browser.Go(func() { browse(s.consents(address)) })
		return nil
	}
	return o, &browser
}

func TestALoginThroughTheBrowserIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	o, browser := browsing(s, s.options("family"), func(back string) {
		if status, page := visit(t, back); status != http.StatusOK || !strings.Contains(page, "You are logged in") {
			t.Errorf("the page answers %d: %s", status, page)
		}
	})
	token, err := auth.Login(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	browser.Wait()
	kept, err := s.store.Load("family")
	if err != nil || !kept.Refresh.Equal(token.Refresh) {
		t.Errorf("kept %v, %v", kept, err)
	}
	want := auth.CurrentScopes()
	slices.Sort(want)
	if diff := cmp.Diff(want, kept.Scopes); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if status := s.call(s.token(s.source("family"))); status != http.StatusOK {
		t.Errorf("a call is answered %d", status)
	}
	for path, mode := range map[string]os.FileMode{s.dir: 0o700, s.store.Path("family"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has the mode %v, %v", path, info.Mode().Perm(), err)
		}
	}
	s.quiet(fmt.Sprintf("%v %+v %#v %s", kept, kept, kept, inJSON(kept)), fmt.Sprintf("%v %+v %#v %s", s.credentials, s.credentials, s.credentials, inJSON(s.credentials)))
}

func TestOnlyTheOneAnswerIsTaken(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	o, browser := browsing(s, s.options("family"), func(back string) {
		u := must(url.Parse(back))
		at := func(change func(*url.URL, url.Values)) string {
			other, query := *u, u.Query()
			change(&other, query)
			other.RawQuery = query.Encode()
			return other.String()
		}
		for _, test := range []struct {
			what   string
			to     string
			status int
		}{
			{"a forged state", at(func(_ *url.URL, q url.Values) { q.Set("state", "guessed") }), http.StatusBadRequest},
			{"no state", at(func(_ *url.URL, q url.Values) { q.Del("state") }), http.StatusBadRequest},
			{"a forged refusal", at(func(_ *url.URL, q url.Values) { q.Set("state", ""); q.Set("error", "access_denied") }), http.StatusBadRequest},
			{"no code", at(func(_ *url.URL, q url.Values) { q.Del("code") }), http.StatusBadRequest},
			{"another path", at(func(u *url.URL, _ url.Values) { u.Path = "/favicon.ico" }), http.StatusNotFound},
		} {
			if status, page := visit(t, test.to); status != test.status || !strings.Contains(page, "Not logged in") {
				t.Errorf("%s is answered %d: %s", test.what, status, page)
			}
		}
		rebound := must(http.NewRequest(http.MethodGet, back, nil))
		rebound.Host = "attacker.example"
		posted := must(http.NewRequest(http.MethodPost, back, nil))
		for req, want := range map[*http.Request]int{rebound: http.StatusForbidden, posted: http.StatusMethodNotAllowed} {
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil || resp.StatusCode != want {
				t.Errorf("%s for %s: %v %v", req.Method, req.Host, resp, err)
				continue
			}
			_ = resp.Body.Close()
		}
		// Of two answers at once one counts. The door may close before the other.
		var both sync.WaitGroup
		statuses := make([]int, 2)
		for i := range statuses {
			both.Go(func() {
				if resp, err := http.DefaultTransport.RoundTrip(must(http.NewRequest(http.MethodGet, back, nil))); err == nil {
					statuses[i] = resp.StatusCode
					_ = resp.Body.Close()
				}
			})
		}
		both.Wait()
		slices.Sort(statuses)
		if !slices.Equal(statuses, []int{0, http.StatusOK}) && !slices.Equal(statuses, []int{http.StatusOK, http.StatusGone}) {
			t.Errorf("two answers are answered %v", statuses)
		}
	})
	if _, err := auth.Login(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	browser.Wait()
}

func TestALoginWithoutABrowserTakesWhatIsPasted(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	for name, paste := range map[string]func(back string) string{
		"the address":          func(back string) string { return back },
		"without its scheme":   func(back string) string { return strings.TrimPrefix(back, "http://") },
		"with blanks around":   func(back string) string { return "\n  " + back + "\t" },
		"the bare code":        func(back string) string { return must(url.Parse(back)).Query().Get("code") },
		"in quotes":            func(back string) string { return "'" + back + "'" },
		"in a mail's brackets": func(back string) string { return "<" + back + ">" },
		"out of a page":        func(back string) string { return `"` + strings.ReplaceAll(back, "&", "&amp;") + `"` },
		"the code, as encoded": func(back string) string { return url.QueryEscape(must(url.Parse(back)).Query().Get("code")) },
		"after rubbish": func(back string) string {
			return "what?\nhttp://127.0.0.1/\n" + strings.Replace(back, "state=", "state=x", 1) + "\n" + back
		},
		"after words": func(back string) string {
			return "yes\n4/x\nauthorization\n" + back
		},
	} {
		o := s.options("family")
		var pasted strings.Builder
		var complaints []string
		o.Complain = func(problem string) { complaints = append(complaints, problem) }
		o.Show = func(address string) { pasted.WriteString(paste(s.consents(address)) + "\n") }
		o.Paste = readerOf(func() string { return pasted.String() })
		if _, err := auth.Login(t.Context(), o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if (len(complaints) == 3) != strings.HasPrefix(name, "after") {
			t.Errorf("%s: complaints %q", name, complaints)
		}
	}
}

func TestALineThatIsTooLongEndsNoLogin(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	for _, size := range []int{16<<10 - 1, 16 << 10, 16<<10 + 1, 100 << 10} {
		o := s.options("family")
		var complaints []string
		o.Complain = func(problem string) { complaints = append(complaints, problem) }
		back := ""
		o.Show = func(address string) { back = s.consents(address) }
		o.Paste = readerOf(func() string { return strings.Repeat("1", size) + back + "\n" + back + "\n" })
		if _, err := auth.Login(t.Context(), o); err != nil {
			t.Errorf("%d: %v", size, err)
		}
		if len(complaints) != 1 || !strings.Contains(complaints[0], "too long") {
			t.Errorf("%d: complaints %q", size, complaints)
		}
	}
}

// lazy reads what a function gives when it is first asked.
type lazy struct {
	text func() string
	from *strings.Reader
}

func readerOf(text func() string) *lazy { return &lazy{text: text} }

func (l *lazy) Read(p []byte) (int, error) {
	if l.from == nil {
		l.from = strings.NewReader(l.text())
	}
	return l.from.Read(p)
}

func TestLessThanEnoughIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	s.grants = auth.CurrentScopes()[1:2]
	var page string
	o, browser := browsing(s, s.options("family"), func(back string) { _, page = visit(t, back) })
	_, err := auth.Login(t.Context(), o)
	browser.Wait()
	var scopes *auth.ScopesError
	if !errors.As(err, &scopes) || len(scopes.Missing) != 2 {
		t.Fatalf("the error is %v", err)
	}
	const missing = "missing: photoslibrary.appendonly, photoslibrary.edit.appcreateddata"
	if !strings.Contains(err.Error(), missing) || !strings.Contains(page, missing) {
		t.Errorf("neither %q nor the page names what is missing:\n%s", err, page)
	}
	s.denies = true
	o, browser = browsing(s, s.options("family"), func(back string) { _, page = visit(t, back) })
	_, err = auth.Login(t.Context(), o)
	browser.Wait()
	if !errors.Is(err, auth.ErrDenied) || !strings.Contains(page, "declined") {
		t.Errorf("declined: %v\n%s", err, page)
	}
	var none *auth.NotLoggedInError
	if _, err := s.store.Load("family"); !errors.As(err, &none) {
		t.Errorf("afterwards there is %v", err)
	}
}

func TestOldScopesCanBeAskedFor(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	o := s.options("family")
	o.Scopes = append(auth.CurrentScopes(), auth.LegacyScopes()...)
	token, err := auth.Login(t.Context(), o)
	if err != nil || len(auth.Missing(o.Scopes, token.Scopes)) != 0 {
		t.Errorf("granted %q, %v", token.Scopes, err)
	}
}

func TestALoginEndsWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	o := s.options("family")
	o.Paste, o.Show, o.Timeout = strings.NewReader("\n\n"), func(string) {}, time.Nanosecond
	if _, err := auth.Login(t.Context(), o); !errors.Is(err, auth.ErrLoginTimeout) {
		t.Errorf("nobody answers: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o.Timeout, o.Show, o.Paste = 0, func(string) { cancel() }, strings.NewReader("")
	if _, err := auth.Login(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if s.asked() != 0 {
		t.Errorf("the token endpoint was asked %d times", s.asked())
	}
}

// TestThePersonsTimeIsNotTheServices: who answered in time is not told that nobody
// did because the token endpoint was slow.
func TestThePersonsTimeIsNotTheServices(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	o := s.options("family")
	var waiting context.Context
	o.Open = func(ctx context.Context, _ string) error { waiting = ctx; return nil }
	o.HTTP = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		<-waiting.Done() // the person's time is over
		return s.transport.RoundTrip(req)
	})}
	if _, err := auth.Login(t.Context(), o); err != nil {
		t.Error(err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestLoginsAtOnceDoNotMix(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	var logins sync.WaitGroup
	for _, account := range []string{"ada", "bob", "ada", "bob"} {
		logins.Go(func() {
			o, browser := browsing(s, s.options(account), func(back string) { visit(t, back) })
			if token, err := auth.Login(t.Context(), o); err != nil || token.Account != account {
				t.Errorf("%s: %v, %v", account, token, err)
			}
			browser.Wait()
		})
	}
	logins.Wait()
	names, err := s.store.Accounts()
	if diff := cmp.Diff([]string{"ada", "bob"}, names); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, account := range names {
		if status := s.call(s.token(s.source(account))); status != http.StatusOK {
			t.Errorf("a call of %s is answered %d", account, status)
		}
	}
}

func TestALoginThatCanNotSucceedAsksNobody(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	busy := must(net.Listen("tcp", "127.0.0.1:0"))
	defer func() { _ = busy.Close() }()
	_, port, _ := net.SplitHostPort(busy.Addr().String())
	if err := os.MkdirAll(s.store.Path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*auth.LoginOptions){
		"in use":          func(o *auth.LoginOptions) { o.Port = must(strconv.Atoi(port)) },
		"there is no":     func(o *auth.LoginOptions) { o.Port = 70000 },
		"no account name": func(o *auth.LoginOptions) { o.Account = "../ada" },
		"this is a folder": func(o *auth.LoginOptions) {
			o.Account = "folder"
		},
		"is a file": func(o *auth.LoginOptions) {
			file := filepath.Join(t.TempDir(), "tokens")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Error(err)
			}
			o.Store = auth.NewStore(file)
		},
	} {
		o := s.options("family")
		o.Show = func(string) { t.Errorf("%s: somebody was asked", name) }
		change(&o)
		if _, err := auth.Login(t.Context(), o); err == nil || name != "is a file" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTokenEndpointsNoIsTold(t *testing.T) {
	t.Parallel()
	s := open(t, emulator.Options{})
	bogus := s.options("family")
	bogus.Show, bogus.Paste = func(string) {}, strings.NewReader("4/emulated-bogus\n")
	_, err := auth.Login(t.Context(), bogus)
	if !errors.Is(err, auth.ErrCodeRefused) || auth.IsGrantDead(err) {
		t.Errorf("a wrong code: %v", err)
	}
	other, code := s.options("family"), ""
	other.Show, other.Paste = func(address string) { code = must(url.Parse(s.consents(address))).Query().Get("code") }, strings.NewReader("")
	ended, end := context.WithCancel(t.Context())
	other.Open = func(context.Context, string) error { end(); return nil }
	if _, err := auth.Login(ended, other); !errors.Is(err, context.Canceled) {
		t.Errorf("another login: %v", err)
	}
	bogus.Paste = strings.NewReader(code + "\n")
	if _, err := auth.Login(t.Context(), bogus); !errors.Is(err, auth.ErrCodeRefused) {
		t.Errorf("another login's code: %v", err)
	}
	wrong := s.options("family")
	wrong.Credentials.Secret = auth.NewSecret("GOCSPX-wrong")
	_, err = auth.Login(t.Context(), wrong)
	if !auth.IsWrongClient(err) {
		t.Errorf("a wrong client secret: %v", err)
	}
	s.quiet(err.Error())
	s.faults(emulator.Fault{Method: "oauth.token", Kind: emulator.Broken, Status: 503})
	if _, err = auth.Login(t.Context(), s.options("family")); !auth.IsTemporary(err) {
		t.Errorf("a 503: %v", err)
	}
}
