package emulator

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// blobs keeps bytes by their digest.
type blobs interface {
	create() (blobWriter, error)
	open(d digest) (blob, error)
	// partial opens the bytes of an upload session, none at first.
	partial(session number) (partialBlob, error)
	// drop forgets the bytes of a session.
	drop(session number) error
	// release says that uploads of these bytes are over, one for each time that
	// keep was called. What is needed stays.
	release(over []digest, needed map[digest]bool)
	// sweep forgets all bytes that are not needed.
	sweep(needed map[digest]bool, sessions map[number]bool) error
}

// blob is bytes that are kept.
type blob interface {
	io.ReadSeeker
	io.ReaderAt
	io.Closer
}

// blobWriter takes bytes that are to be kept. It ends with keep or discard.
type blobWriter interface {
	io.Writer
	// written opens what was written so far.
	written() (blob, error)
	keep(d digest) error
	discard()
}

// partialBlob is bytes that arrive over several requests. It ends with release,
// after keep or discard too.
type partialBlob interface {
	blobWriter
	size() int64
	// settle cuts off what is beyond a size; the rest is there for the next time.
	settle(size int64) error
	release()
}

// diskBlobs keeps bytes in files. They come to their names by renaming, so that
// a file of that name is whole.
type diskBlobs struct {
	dir  string
	sync bool // bytes reach the disk before they are kept
}

func (d *diskBlobs) incoming() string { return filepath.Join(d.dir, "incoming") }

func (d *diskBlobs) partialFile(session number) string {
	return filepath.Join(d.dir, "partial", strconv.Itoa(int(session)))
}

func (d *diskBlobs) path(name digest) string {
	text := name.String()
	return filepath.Join(d.dir, text[:2], text)
}

// prepare makes the folders and clears what a killed process left half written.
func (d *diskBlobs) prepare() error {
	if err := os.RemoveAll(d.incoming()); err != nil {
		return err
	}
	if err := os.MkdirAll(d.incoming(), 0o700); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Dir(d.partialFile(0)), 0o700)
}

func (d *diskBlobs) create() (blobWriter, error) {
	file, err := os.CreateTemp(d.incoming(), "upload-*")
	if err != nil {
		return nil, err
	}
	return &diskWriter{to: d, File: file}, nil
}

func (d *diskBlobs) open(name digest) (blob, error) {
	file, err := os.Open(d.path(name))
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (d *diskBlobs) partial(session number) (partialBlob, error) {
	file, err := os.OpenFile(d.partialFile(session), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &diskPartial{diskWriter: diskWriter{to: d, File: file}, have: info.Size()}, nil
}

func (d *diskBlobs) drop(session number) error {
	err := os.Remove(d.partialFile(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// release leaves the files where they are: they are swept when the account is
// opened with a fresh journal.
func (d *diskBlobs) release([]digest, map[digest]bool) {}

func (d *diskBlobs) sweep(needed map[digest]bool, sessions map[number]bool) error {
	partials := filepath.Dir(d.partialFile(0))
	return filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if filepath.Dir(path) == partials {
			n, err := strconv.Atoi(entry.Name())
			if err == nil && sessions[number(n)] {
				return nil
			}
			return os.Remove(path)
		}
		var name digest
		if name.UnmarshalText([]byte(entry.Name())) != nil || needed[name] {
			return nil
		}
		return os.Remove(path)
	})
}

type diskWriter struct {
	to *diskBlobs
	*os.File
}

func (w *diskWriter) written() (blob, error) { return os.Open(w.Name()) }

func (w *diskWriter) keep(d digest) error {
	path := w.to.path(d)
	var err error
	if w.to.sync {
		err = w.Sync()
	}
	err = errors.Join(err, w.Close())
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.Rename(w.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(w.Name()))
	}
	return nil
}

// diskPartial is the file of a session. Whoever writes it last knows its length.
type diskPartial struct {
	diskWriter
	have int64
}

func (p *diskPartial) Write(b []byte) (int, error) {
	n, err := p.File.Write(b)
	p.have += int64(n)
	return n, err
}

func (p *diskPartial) size() int64 { return p.have }

func (p *diskPartial) settle(size int64) error {
	if size != p.have {
		if err := p.Truncate(size); err != nil {
			return err
		}
		p.have = size
	}
	if p.to.sync {
		return p.Sync()
	}
	return nil
}

func (p *diskPartial) release() { p.Close() }

func (w *diskWriter) discard() {
	w.Close()
	os.Remove(w.Name())
}
