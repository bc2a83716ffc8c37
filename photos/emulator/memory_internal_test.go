package emulator

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkMemory fills an account with 1,000 albums of 500 items, all different,
// and reports what it holds in memory. Their bytes are on disk.
func BenchmarkMemory(b *testing.B) {
	const albums, items = 1000, 500
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		e, err := Open(Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		for n := range albums {
			if err := e.commit(fullAlbum(n, items)...); err != nil {
				b.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		held := float64(after.HeapAlloc-before.HeapAlloc) / 1e6
		b.ReportMetric(held, "MB")
		if held > 400 {
			b.Errorf("%d albums of %d items take %.0f MB", albums, items, held)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// fullAlbum are the changes that make an album with as many photographs.
func fullAlbum(n, items int) []change {
	out := []change{{Op: opAlbum, Number: number(n), Title: fmt.Sprintf("Album %d", n), At: int64(n)}}
	insert := change{Op: opInsert, Album: number(n)}
	for i := range items {
		at := n*items + i
		out = append(out, change{Op: opItem, Number: number(at), Item: &item{
			Digest: sha256.Sum256(fmt.Append(nil, at)), Size: 4_000_000, Name: fmt.Sprintf("IMG_%06d.JPG", at),
			Description: fmt.Sprintf("What was seen at %d", at), Uploaded: int64(at), Created: int64(at) * 7 % 1e6,
			facts: facts{Type: "image/jpeg", Width: 4032, Height: 3024, Taken: int64(at), Turn: 1,
				Camera: &cameraFacts{Make: fmt.Sprint("Maker", at%3), Model: fmt.Sprint("Model ", at%7), Focal: 4.3, Aperture: 1.8, ISO: 50, Exposure: 4e6}},
		}})
		insert.Contents = append(insert.Contents, entry(at))
	}
	return append(out, insert)
}
