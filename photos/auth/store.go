package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Store keeps tokens in a folder, one file for each account:
//
//	tokens/               0700
//	tokens/.lock          held while a file is replaced
//	tokens/family.json    0600
//
// Several processes may use it at once. It reads and writes nothing before it is
// asked to.
type Store struct{ dir string }

// NewStore is the store of a folder, which is made when the first token is saved.
func NewStore(dir string) Store { return Store{dir} }

const (
	tokenSuffix = ".json"
	lockName    = ".lock"
	maxToken    = 64 << 10
)

// accountShape is what names of accounts look like in a spec. None leads out of
// the folder, and none looks like a file of the store's own.
var accountShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// CheckAccount refuses a name that no account of a spec can have.
func CheckAccount(account string) error {
	if accountShape.MatchString(account) {
		return nil
	}
	return fmt.Errorf("%q is no account name: expected up to 63 of a-z 0-9 . _ - that begin with a letter or digit", account)
}

// Path is the file of an account's token.
func (s Store) Path(account string) string { return filepath.Join(s.dir, account+tokenSuffix) }

// Accounts are the accounts that have a token, sorted. Whether it can be used,
// Load tells.
func (s Store) Accounts() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for tokens: %w", err)
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), tokenSuffix); ok && accountShape.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Load reads the token of an account. Without one the error is a
// *NotLoggedInError; a file that is not to be trusted gives a *FileError.
func (s Store) Load(account string) (Token, error) {
	if err := CheckAccount(account); err != nil {
		return Token{}, err
	}
	root, err := os.OpenRoot(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Token{}, &NotLoggedInError{account}
	}
	if err != nil {
		return Token{}, s.folderProblem(err)
	}
	defer func() { _ = root.Close() }()
	return s.load(root, account)
}

func (s Store) folderProblem(err error) error {
	return &FileError{Path: s.dir, Problem: "the folder of the tokens can't be used: " + reason(err), Remedy: "make it a folder of this user alone, of the mode 0700", Err: err}
}

func (s Store) load(root *os.Root, account string) (Token, error) {
	const again = "log in again, which replaces it"
	bad := func(problem, remedy string, err error) (Token, error) {
		return Token{}, &FileError{Path: s.Path(account), Problem: problem, Remedy: remedy, Err: err}
	}
	if err := s.look(root, account); err != nil {
		return Token{}, err
	}
	file, err := root.Open(account + tokenSuffix)
	if err != nil {
		return bad("the token can't be read: "+reason(err), "let this user alone read it", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxToken))
	if err != nil {
		return bad("the token can't be read: "+reason(err), again, err)
	}
	t, err := decodeToken(account, text)
	var newer *newerTokenError
	switch {
	case errors.As(err, &newer):
		return bad(newer.Error(), "use that albumen, or "+again, nil)
	case err != nil:
		return bad("this token is damaged: "+err.Error(), again, nil)
	}
	return t, nil
}

// look finds out whether there is a token's file that may be trusted. What is no
// file is not opened: of a pipe, that would wait for ever.
func (s Store) look(root *os.Root, account string) error {
	if info, err := root.Stat("."); err == nil && others(info) {
		return &FileError{Path: s.dir, Problem: "others on this machine can look into the folder of the tokens", Remedy: "chmod 700 " + s.dir}
	}
	bad := &FileError{Path: s.Path(account), Remedy: "remove it, and log in again"}
	info, err := root.Stat(account + tokenSuffix)
	if err != nil {
		bad.Problem = linkProblem(root, account+tokenSuffix, err)
	}
	switch {
	case bad.Problem != "":
	case errors.Is(err, fs.ErrNotExist):
		return &NotLoggedInError{account}
	case err != nil:
		bad.Problem, bad.Err = "the token can't be read: "+reason(err), err
	case !info.Mode().IsRegular():
		bad.Problem = "this is no file"
	case others(info):
		bad.Problem, bad.Remedy = "others on this machine can read this token", "chmod 600 "+bad.Path+"; if somebody may have read it, log out and in again"
	default:
		return nil
	}
	return bad
}

// linkProblem says what is wrong with a link that can't be followed, "" for what
// is no link. That one leads out is os.Root's own word, which no number of the
// system stands behind.
func linkProblem(root *os.Root, name string, err error) string {
	info, failed := root.Lstat(name)
	var number syscall.Errno
	switch {
	case failed != nil || info.Mode().Type() != fs.ModeSymlink:
		return ""
	case errors.Is(err, fs.ErrNotExist):
		return "this is a link that leads nowhere"
	case !errors.As(err, &number):
		return "this is a link that leads out of the folder of the tokens"
	}
	return "this is a link that can't be followed: " + reason(err)
}

// others reports whether anybody but the owner may use a file. Windows has no
// such modes: there the folder of the user is its own.
func others(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}

// Save keeps a token in the place of any that the account had.
func (s Store) Save(ctx context.Context, t Token) error {
	return s.change(ctx, t.Account, func(root *os.Root) error { return s.replace(root, t) })
}

// Update keeps a renewed token, unless somebody logged in or out meanwhile: what
// they did wins.
func (s Store) Update(ctx context.Context, t Token) error {
	return s.change(ctx, t.Account, func(root *os.Root) error {
		kept, err := s.load(root, t.Account)
		if err != nil || !kept.Granted.Equal(t.Granted) || kept.ClientID != t.ClientID {
			return nil
		}
		return s.replace(root, t)
	})
}

// Delete forgets the token of an account. There need not be one, and one that
// can't be used goes, too.
func (s Store) Delete(ctx context.Context, account string) error {
	return s.change(ctx, account, func(root *os.Root) error {
		err := root.Remove(account + tokenSuffix)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// prepare finds out whether a token of the account could be kept.
func (s Store) prepare(ctx context.Context, account string) error {
	return s.change(ctx, account, func(root *os.Root) error {
		if info, err := root.Lstat(account + tokenSuffix); err == nil && info.IsDir() {
			return &FileError{Path: s.Path(account), Problem: "this is a folder, where the token should be kept", Remedy: "remove it, and log in again"}
		}
		return nil
	})
}

// lockPatience is how long a process waits for another that replaces a file.
const lockPatience = 10 * time.Second

// change does something to the folder while no other process does.
func (s Store) change(ctx context.Context, account string, do func(*os.Root) error) error {
	if err := CheckAccount(account); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return s.folderProblem(err)
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return s.folderProblem(err)
	}
	defer func() { _ = root.Close() }()
	if info, err := root.Stat("."); err == nil && others(info) {
		return &FileError{Path: s.dir, Problem: "others on this machine can look into the folder of the tokens", Remedy: "chmod 700 " + s.dir}
	}
	waiting, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	lock := flock.New(filepath.Join(s.dir, lockName), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(waiting, 20*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for another process that changes the tokens in %s: %w", s.dir, err)
	}
	defer func() { _ = lock.Unlock() }()
	if err := do(root); err != nil {
		return fmt.Errorf("changing the token of the account %q: %w", account, err)
	}
	return nil
}

// replace writes a token so that whoever reads sees the old one or the new one,
// also after a loss of power. A folder or a link in its place is not followed.
func (s Store) replace(root *os.Root, t Token) error {
	text, err := t.encode()
	if err != nil {
		return err
	}
	name := t.Account + tokenSuffix
	temp := "." + name + ".new"
	if err := root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return syncFolder(root)
}

// syncFolder makes a rename durable. Systems that can't do it to a folder have
// nothing to wait for.
func syncFolder(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	if err := dir.Sync(); err != nil && runtime.GOOS != "windows" && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
