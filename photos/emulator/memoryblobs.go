package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"slices"
	"sync"
)

// memoryBlobs keeps bytes in memory. It counts the uploads that each of them came
// by: bytes that come again while others of the same digest expire must not go with
// them.
type memoryBlobs struct {
	mu       sync.Mutex
	bytes    map[digest]pieces
	uploads  map[digest]int
	partials map[number]*memoryWriter
}

func newMemoryBlobs() *memoryBlobs {
	return &memoryBlobs{bytes: map[digest]pieces{}, uploads: map[digest]int{}, partials: map[number]*memoryWriter{}}
}

func (m *memoryBlobs) create() (blobWriter, error) { return &memoryWriter{to: m}, nil }

func (m *memoryBlobs) open(d digest) (blob, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.bytes[d]
	if !ok {
		return nil, fmt.Errorf("bytes %v: %w", d, fs.ErrNotExist)
	}
	return b.blob(), nil
}

func (m *memoryBlobs) partial(session number) (partialBlob, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.partials[session] == nil {
		m.partials[session] = &memoryWriter{to: m}
	}
	return memoryPartial{m.partials[session], session}, nil
}

func (m *memoryBlobs) drop(session number) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.partials, session)
	return nil
}

// muchFreed is for how many bytes at once it is worth a garbage collection that
// gives them back to the machine. None would come by itself while nobody calls.
const muchFreed = 64 << 20

func (m *memoryBlobs) release(over []digest, needed map[digest]bool) {
	if m.forget(over, needed) >= muchFreed {
		debug.FreeOSMemory()
	}
}

// forget does what release says, and tells how many bytes went.
func (m *memoryBlobs) forget(over []digest, needed map[digest]bool) (freed int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range over {
		if m.uploads[d]--; m.uploads[d] > 0 {
			continue
		}
		delete(m.uploads, d)
		if !needed[d] {
			freed += m.bytes[d].size
			delete(m.bytes, d)
		}
	}
	return freed
}

func (m *memoryBlobs) sweep(needed map[digest]bool, sessions map[number]bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n := range m.partials {
		if !sessions[n] {
			delete(m.partials, n)
		}
	}
	for d := range m.bytes {
		if !needed[d] {
			delete(m.bytes, d)
			delete(m.uploads, d)
		}
	}
	return nil
}

// memoryWriter takes bytes that memoryBlobs is to keep.
type memoryWriter struct {
	to *memoryBlobs
	pieces
}

func (w *memoryWriter) written() (blob, error) { return w.blob(), nil }

func (w *memoryWriter) keep(d digest) error {
	w.to.mu.Lock()
	defer w.to.mu.Unlock()
	w.to.uploads[d]++
	if _, ok := w.to.bytes[d]; !ok {
		w.to.bytes[d] = w.clip()
	}
	return nil
}

func (w *memoryWriter) discard() {}

// memoryPartial is a session's writer, which memoryBlobs holds on to.
type memoryPartial struct {
	*memoryWriter
	session number
}

func (p memoryPartial) size() int64 { return p.pieces.size }

func (p memoryPartial) settle(size int64) error {
	p.truncate(size)
	return nil
}

func (p memoryPartial) keep(d digest) error {
	return errors.Join(p.memoryWriter.keep(d), p.to.drop(p.session))
}

func (p memoryPartial) discard() { _ = p.to.drop(p.session) } // never fails
func (p memoryPartial) release() {}

// memoryBlob reads bytes in memory.
type memoryBlob struct{ *io.SectionReader }

func (memoryBlob) Close() error { return nil }

// pieces is bytes in memory, which stay where they are when more come: a slice that
// grows as a whole is copied, and takes up to twice the room of a video.
type pieces struct {
	list [][]byte // all of pieceSize, but for the last one
	size int64
}

const pieceSize = 1 << 20

// Write appends bytes. The first piece grows with them, so that a small picture
// takes little.
func (p *pieces) Write(b []byte) (int, error) {
	p.size += int64(len(b))
	for rest := b; len(rest) > 0; {
		at := len(p.list) - 1
		switch {
		case at < 0:
			p.list = append(p.list, nil)
			continue
		case len(p.list[at]) == pieceSize:
			p.list = append(p.list, make([]byte, 0, pieceSize))
			continue
		}
		n := min(pieceSize-len(p.list[at]), len(rest))
		p.list[at] = append(p.list[at], rest[:n]...)
		rest = rest[n:]
	}
	return len(b), nil
}

// ReadAt reads from an offset on.
func (p pieces) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && off < p.size {
		copied := copy(b[n:], p.list[off/pieceSize][off%pieceSize:])
		n, off = n+copied, off+int64(copied)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// truncate takes away what is beyond a size.
func (p *pieces) truncate(size int64) {
	p.list = p.list[:(size+pieceSize-1)/pieceSize]
	if last := len(p.list) - 1; last >= 0 {
		p.list[last] = p.list[last][:size-int64(last)*pieceSize]
	}
	p.size = size
}

// clip is the bytes without room for more.
func (p pieces) clip() pieces {
	list := slices.Clone(p.list)
	if last := len(list) - 1; last >= 0 {
		list[last] = bytes.Clone(list[last])
	}
	return pieces{list, p.size}
}

// blob reads what there is by now.
func (p pieces) blob() blob {
	p.list = slices.Clone(p.list)
	return memoryBlob{io.NewSectionReader(p, 0, p.size)}
}
