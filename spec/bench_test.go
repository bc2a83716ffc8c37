package spec

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkHash reads a file of 64 MiB, and for the ratio hashes the same bytes
// in memory with nothing else.
func BenchmarkHash(b *testing.B) {
	data := make([]byte, 64<<20)
	for i := range data {
		data[i] = byte(i * 7)
	}
	path := filepath.Join(b.TempDir(), "large.mp4")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("file", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Hash(b.Context(), path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sha256 alone", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			sha256.Sum256(data)
		}
	})
}
