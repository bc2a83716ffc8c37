package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// blobs keeps bytes by their digest.
type blobs interface {
	create() (blobWriter, error)
	open(d digest) (blob, error)
	// sweep forgets all bytes that are not needed.
	sweep(needed map[digest]bool) error
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

// memoryBlobs keeps bytes in memory.
type memoryBlobs struct {
	mu    sync.Mutex
	bytes map[digest][]byte
}

func newMemoryBlobs() *memoryBlobs { return &memoryBlobs{bytes: map[digest][]byte{}} }

func (m *memoryBlobs) create() (blobWriter, error) { return &memoryWriter{to: m}, nil }

func (m *memoryBlobs) open(d digest) (blob, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.bytes[d]
	if !ok {
		return nil, fmt.Errorf("bytes %v: %w", d, fs.ErrNotExist)
	}
	return memoryBlob{bytes.NewReader(b)}, nil
}

func (m *memoryBlobs) sweep(needed map[digest]bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for d := range m.bytes {
		if !needed[d] {
			delete(m.bytes, d)
		}
	}
	return nil
}

type memoryBlob struct{ *bytes.Reader }

func (memoryBlob) Close() error { return nil }

type memoryWriter struct {
	to *memoryBlobs
	bytes.Buffer
}

func (w *memoryWriter) written() (blob, error) { return memoryBlob{bytes.NewReader(w.Bytes())}, nil }

func (w *memoryWriter) keep(d digest) error {
	w.to.mu.Lock()
	defer w.to.mu.Unlock()
	w.to.bytes[d] = bytes.Clone(w.Bytes())
	return nil
}

func (w *memoryWriter) discard() {}

// diskBlobs keeps bytes in files. They come to their names by renaming, so that
// a file of that name is whole.
type diskBlobs struct {
	dir  string
	sync bool // bytes reach the disk before they are kept
}

func (d *diskBlobs) incoming() string { return filepath.Join(d.dir, "incoming") }

func (d *diskBlobs) path(name digest) string {
	text := name.String()
	return filepath.Join(d.dir, text[:2], text)
}

// prepare makes the folders and clears what a killed process left half written.
func (d *diskBlobs) prepare() error {
	if err := os.RemoveAll(d.incoming()); err != nil {
		return err
	}
	return os.MkdirAll(d.incoming(), 0o700)
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

func (d *diskBlobs) sweep(needed map[digest]bool) error {
	return filepath.WalkDir(d.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
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

func (w *diskWriter) discard() {
	w.Close()
	os.Remove(w.Name())
}
