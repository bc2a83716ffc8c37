package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"albumen/photos"
	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/spec"
	"albumen/state"
)

// pagesAddress is where "albumen emulator" shows the emulated account unless it
// is told otherwise.
const pagesAddress = "127.0.0.1:8085"

// grace is how long a write to Google may take to show, unless --grace says
// otherwise. A new album may be missing from the list for a while.
const grace = 5 * time.Minute

// session is everything that a command on an account works with. Close must be
// called.
type session struct {
	desired  spec.Desired
	selected func(spec.Key) bool
	db       *state.DB
	account  *state.Account
	writable bool
	budget   *reconcile.Budget
	client   *photos.Client
	log      *slog.Logger
	calls    counter
	binding  sync.Once
	closers  []func() error

	writesPerMinute int
	locked          *state.LockedError // who else works on the state; nil for nobody
}

// Close gives everything back, the last opened first.
func (s *session) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(errs...)
}

// purpose says how much a command may do.
type purpose int

const (
	toLook  purpose = iota // plan: take the lock if it is free, write nothing to the account
	toApply                // the lock is needed
)

// open opens the state, finds the account's service and resolves the spec's
// files.
func (a *app) open(ctx context.Context, loaded *spec.Spec, account string, why purpose, command string, watch watcher) (*session, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	s := &session{log: log}
	if s.selected, err = a.selection(loaded); err != nil {
		return nil, err
	}
	if err := a.connect(ctx, s, why, command, account, watch); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.resolve(ctx, loaded, account, watch); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// specPath is what -f says, or what lies in the working folder.
func (a *app) specPath() (string, error) {
	if a.spec != "" {
		return a.spec, nil
	}
	for _, path := range []string{"albumen.yaml", "albumen"} {
		if info, err := os.Stat(path); err == nil && (info.IsDir() == (path == "albumen")) {
			return path, nil
		}
	}
	return "", errors.New("no spec: there is neither albumen.yaml nor albumen/ here; name one with -f")
}

// selection turns --only and --except into a question.
func (a *app) selection(loaded *spec.Spec) (func(spec.Key) bool, error) {
	if len(a.only)+len(a.except) == 0 {
		return nil, nil
	}
	for _, pattern := range append(append([]string{}, a.only...), a.except...) {
		if !doublestar.ValidatePattern(pattern) {
			return nil, fmt.Errorf("%q is no pattern of keys", pattern)
		}
	}
	matches := func(patterns []string, key spec.Key) bool {
		for _, pattern := range patterns {
			if ok, _ := doublestar.Match(pattern, string(key)); ok {
				return true
			}
		}
		return false
	}
	for flag, patterns := range map[string][]string{"only": a.only, "except": a.except} {
		for _, pattern := range patterns {
			if !slices.ContainsFunc(loaded.Keys(), func(key spec.Key) bool { return matches([]string{pattern}, key) }) {
				return nil, fmt.Errorf("--%s %q matches no album of the spec", flag, pattern)
			}
		}
	}
	return func(key spec.Key) bool {
		return (len(a.only) == 0 || matches(a.only, key)) && !matches(a.except, key)
	}, nil
}

// connect opens the state and the client of the account's service.
func (a *app) connect(ctx context.Context, s *session, why purpose, command, account string, watch watcher) error {
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	service, err := a.service(ctx, s, dir, account)
	if err != nil {
		return err
	}
	s.writesPerMinute = service.writesPerMinute
	if err := s.openState(ctx, service, why, command); err != nil {
		return err
	}
	s.account = s.db.Account(account)
	if err := s.bound(ctx, account, service.identity); err != nil {
		return err
	}
	unsupported, err := s.account.Unsupported(ctx)
	if err != nil {
		return err
	}
	s.budget = reconcile.NewBudget(s.db, 0)
	s.closers = append(s.closers, func() error { return s.budget.Close(context.WithoutCancel(ctx)) })
	s.client, err = photos.New(photos.Options{
		Endpoint:        service.url,
		Token:           service.token,
		Refused:         service.refused,
		Budget:          s.budget,
		WritesPerMinute: service.writesPerMinute,
		ReadOnly:        why == toLook,
		UserAgent:       "albumen/" + buildVersion(),
		Logger:          s.log,
		Unsupported:     methods(unsupported),
		OnCall: func(c photos.Call) {
			s.calls.count(c)
			s.bind(ctx, service.identity, c)
		},
		OnWait:        watch.waiting,
		OnUnsupported: func(m photos.Method) { s.learn(ctx, m) },
	})
	return err
}

// bound refuses an account that lives on another service.
func (s *session) bound(ctx context.Context, account, identity string) error {
	known, err := s.account.Endpoint(ctx)
	if err == nil && known != "" && known != identity {
		err = &state.EndpointError{Account: account, Bound: known, Asked: identity}
	}
	return err
}

// bind remembers where the account lives once the service has answered: a wrong
// address binds nothing.
func (s *session) bind(ctx context.Context, identity string, c photos.Call) {
	if !s.writable || c.HTTPCode/100 != 2 {
		return
	}
	s.binding.Do(func() {
		if err := s.account.BindEndpoint(context.WithoutCancel(ctx), identity); err != nil {
			s.log.Warn("the account's service is not remembered", "err", err)
		}
	})
}

// learn remembers that the service does not offer a method to this account.
func (s *session) learn(ctx context.Context, m photos.Method) {
	s.log.Info("the service does not offer a method", "method", m)
	if err := s.account.PutUnsupported(context.WithoutCancel(ctx), string(m), time.Now()); err != nil {
		s.log.Warn("what the service does not offer is not remembered", "err", err)
	}
}

// methods are those of what the state remembers as unsupported.
func methods(since map[string]time.Time) []photos.Method {
	var out []photos.Method
	for _, m := range slices.Sorted(maps.Keys(since)) {
		out = append(out, photos.Method(m))
	}
	return out
}

// openState takes the lock. A command that only looks does without it when
// another process works: it then remembers nothing but its caches.
func (s *session) openState(ctx context.Context, at service, why purpose, command string) error {
	o := state.Options{Dir: at.stateDir, Mode: state.Apply, Command: command, Client: at.client, Logger: s.log}
	db, err := state.Open(ctx, o)
	s.writable = true
	var locked *state.LockedError
	if why == toLook && errors.As(err, &locked) {
		s.writable, s.locked = false, locked
		o.Mode = state.Observe
		db, err = state.Open(ctx, o)
	}
	if err != nil {
		return err
	}
	s.db = db
	s.closers = append(s.closers, db.Close)
	return nil
}

// service is where an account lives.
type service struct {
	url             string
	identity        string // what the state remembers it by
	stateDir        string
	client          string // the OAuth client, whose calls are counted together
	token           func(context.Context) (string, error)
	refused         func(token string) bool // nil where no other token is to be had
	writesPerMinute int
}

// service finds where the account lives: in the emulator, at another address,
// or at Google.
func (a *app) service(ctx context.Context, s *session, dir, account string) (service, error) {
	if a.emulator {
		return a.embed(ctx, s, dir)
	}
	identity, err := photos.Endpoint(a.endpoint)
	if err != nil {
		return service{}, err
	}
	out := service{url: a.endpoint, identity: identity, stateDir: dir}
	if token := strings.TrimSpace(os.Getenv("ALBUMEN_TOKEN")); token != "" {
		if strings.ContainsAny(token, " \t\r\n") {
			return service{}, errors.New("ALBUMEN_TOKEN holds blanks: expected one access token")
		}
		out.token = func(context.Context) (string, error) { return token, nil }
		return out, nil
	}
	source, client, err := a.access(dir, account, s.log)
	if err != nil {
		return service{}, err
	}
	out.token, out.refused, out.client = source.Token, source.Refused, client
	return out, nil
}

// embed serves the emulated account of the state folder inside this process, or
// finds the process that serves it already.
func (a *app) embed(ctx context.Context, s *session, dir string) (service, error) {
	out := service{
		identity: "emulator", stateDir: filepath.Join(dir, "emulator"), writesPerMinute: -1,
		token: func(context.Context) (string, error) { return "emulated-owner", nil },
	}
	world := filepath.Join(out.stateDir, "world")
	e, err := emulator.Open(emulator.Options{Dir: world, BaseURL: "http://" + pagesAddress, WritesPerMinute: -1, Logger: s.log})
	var inUse *emulator.InUseError
	if errors.As(err, &inUse) && inUse.Address != "" {
		out.url = "http://" + inUse.Address
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("opening the emulated account: %w", err)
	}
	s.closers = append(s.closers, e.Close)
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return out, fmt.Errorf("serving the emulated account: %w", err)
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	s.closers = append(s.closers, func() error {
		err := server.Close()
		<-served
		return err
	})
	out.url = "http://" + listener.Addr().String()
	return out, nil
}

// resolve reads the files that the spec means.
func (s *session) resolve(ctx context.Context, loaded *spec.Spec, account string, watch watcher) error {
	files, err := reconcile.OpenFiles(ctx, s.account)
	if err != nil {
		return err
	}
	s.desired, err = loaded.Resolve(ctx, spec.ResolveOptions{Account: account, Facts: files, Progress: watch.hashing})
	return errors.Join(err, files.Flush(context.WithoutCancel(ctx)))
}

// reconciler is the loop on this session's account. It sends so many files at a
// time; 0 is the default.
func (a *app) reconciler(s *session, why purpose, watch watcher, uploads int) *reconcile.Reconciler {
	o := reconcile.Options{
		Reader: s.client, Account: s.account, Writable: s.writable, Budget: s.budget,
		Grace: a.grace, Events: watch.event, Logger: s.log, Uploads: uploads,
		WritesPerMinute: s.writesPerMinute,
	}
	if a.emulator {
		o.Grace = 0
	}
	if why == toApply {
		o.Writer = s.client
	}
	return reconcile.New(o)
}

// watcher is told what goes on; its functions may be nil.
type watcher struct {
	event   func(reconcile.Event)
	hashing func(spec.ResolveProgress)
	waiting func(why string, d time.Duration)
}

// askYes puts a question to a person at a terminal.
func (a *app) askYes(ctx context.Context, question string) (bool, error) {
	if !isTerminal(a.stdin) {
		return false, errors.New("nobody is here to say yes: pass --yes")
	}
	fmt.Fprint(a.stderr, question)
	answered := make(chan string, 1)
	go func() { // it waits for a line that may never come
		var answer string
		if _, err := fmt.Fscanln(a.stdin, &answer); err != nil && !errors.Is(err, io.EOF) {
			answer = ""
		}
		answered <- answer
	}()
	select {
	case answer := <-answered:
		return answer == "yes" || answer == "y", nil
	case <-ctx.Done():
		fmt.Fprintln(a.stderr)
		return false, context.Cause(ctx)
	}
}
