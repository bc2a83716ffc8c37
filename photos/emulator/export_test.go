package emulator

import (
	"bytes"
	"io"
)

// Hits shows a fault's choice of calls to tests.
func (f Fault) Hits(n int) bool { return f.hits(n) }

// Examine shows what bytes are taken for to fuzz tests.
func Examine(body []byte) string {
	return examine(memoryBlob{io.NewSectionReader(bytes.NewReader(body), 0, int64(len(body)))}, int64(len(body))).Type
}

// Held is how many bytes an account in memory holds.
func (e *Emulator) Held() (held int64) {
	m := e.store.blobs.(*memoryBlobs)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.bytes {
		held += b.size
	}
	for _, w := range m.partials {
		held += w.pieces.size
	}
	return held
}
