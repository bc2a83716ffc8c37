package reconcile

import (
	"context"
	"io/fs"
	"sync"
	"time"

	"albumen/spec"
	"albumen/state"
)

// Files knows the digests of files without reading those again that have not
// changed (spec.Facts). It is safe for concurrent use.
type Files struct {
	account *state.Account

	mu    sync.Mutex
	known map[string]state.File
	fresh []state.File
}

// flushFiles is how many new digests are stored at a time, so that an interrupted
// first look at a large folder is not lost.
const flushFiles = 200

// OpenFiles loads what is remembered of an account's files.
func OpenFiles(ctx context.Context, account *state.Account) (*Files, error) {
	known, err := account.Files(ctx)
	if err != nil {
		return nil, err
	}
	return &Files{account: account, known: known}, nil
}

// Of returns a file's digest and capture time, from memory if size, modification
// time and inode are the same.
func (f *Files) Of(ctx context.Context, path string, info fs.FileInfo) (spec.FileFacts, error) {
	device, inode := identity(info)
	f.mu.Lock()
	k, ok := f.known[path]
	f.mu.Unlock()
	if ok && k.Size == info.Size() && k.ModTime.Equal(info.ModTime()) && k.Inode == inode && k.Device == device && settled(k.ModTime, k.HashedAt) {
		return spec.FileFacts{Digest: spec.Digest(k.Digest), Taken: k.Taken}, nil
	}
	began := time.Now()
	facts, err := spec.Hash(ctx, path)
	if err != nil {
		return facts, err
	}
	return facts, f.remember(ctx, state.File{
		Path: path, Size: info.Size(), ModTime: info.ModTime(), Inode: inode, Device: device,
		Digest: facts.Digest, Taken: facts.Taken, HashedAt: began,
	})
}

// settled reports whether a file was left alone for long enough before it was
// hashed. One that was written in the same tick of the clock may have changed
// after without showing it.
func settled(modified, hashed time.Time) bool { return hashed.Sub(modified) > 2*time.Second }

func (f *Files) remember(ctx context.Context, file state.File) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[file.Path] = file
	f.fresh = append(f.fresh, file)
	if len(f.fresh) < flushFiles {
		return nil
	}
	return f.flush(ctx)
}

// Flush stores what is new.
func (f *Files) Flush(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.flush(ctx)
}

func (f *Files) flush(ctx context.Context) error {
	if len(f.fresh) == 0 {
		return nil
	}
	err := f.account.PutFiles(ctx, f.fresh)
	f.fresh = nil
	return err
}
