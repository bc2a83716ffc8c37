package emulator

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func TestPiecesAreTheBytesThatWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var got pieces
		var want []byte
		for range rapid.IntRange(1, 4).Draw(t, "writes") {
			size := rapid.SampledFrom([]int{0, 1, 1000, pieceSize - 1, pieceSize, pieceSize + 1, 2*pieceSize + 7}).Draw(t, "size")
			more := bytes.Repeat([]byte{byte(len(want)), 2, 3}, size/3+1)[:size]
			got.Write(more)
			want = append(want, more...)
			if cut := rapid.IntRange(0, len(want)).Draw(t, "cut"); rapid.Bool().Draw(t, "cuts") {
				got.truncate(int64(cut))
				want = want[:cut]
			}
		}
		all, err := io.ReadAll(got.clip().blob())
		if err != nil || !bytes.Equal(all, want) || got.size != int64(len(want)) {
			t.Errorf("%d of %d bytes are read back, %v", len(all), len(want), err)
		}
	})
}

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
