package emulator

import "bytes"

// Hits shows a fault's choice of calls to tests.
func (f Fault) Hits(n int) bool { return f.hits(n) }

// Examine shows what bytes are taken for to fuzz tests.
func Examine(body []byte) string {
	return examine(memoryBlob{bytes.NewReader(body)}, int64(len(body))).Type
}
