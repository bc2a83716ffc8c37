package state_test

import (
	"fmt"
	"testing"

	"albumen/state"
)

// many are members as a large album has them.
func many(n int) []state.Member {
	out := make([]state.Member, n)
	for i := range out {
		name := fmt.Sprintf("IMG_%05d.JPG", i)
		out[i] = state.Member{ItemID: fmt.Sprintf("AF1QipN%083d-item-%08d", i, i), Digest: sum(i), Path: "nas:iceland/day 1/" + name, FileName: name, Ours: true}
	}
	return out
}

// BenchmarkView reads 1,000 albums of 500 members, without and with the media
// that they came from.
func BenchmarkView(b *testing.B) {
	b.Run("members", func(b *testing.B) { benchmarkView(b, false) })
	b.Run("members and media", func(b *testing.B) { benchmarkView(b, true) })
}

func benchmarkView(b *testing.B, media bool) {
	db, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Mode: state.Apply})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	a := db.Account("family")
	n := 0
	for album := range 1000 {
		e := state.Effects{Bind: []state.Album{{Key: fmt.Sprintf("trip-%04d", album), ID: fmt.Sprintf("A%075d", album), Title: "Trip"}}}
		in := state.Insert{Key: e.Bind[0].Key, Members: many(500)}
		for i := range in.Members {
			m := &in.Members[i]
			m.ItemID = fmt.Sprintf("AF1QipN%091d", n)
			m.Digest = state.Digest{byte(n), byte(n >> 8), byte(n >> 16), 1}
			if media {
				e.Media = append(e.Media, state.Media{Digest: m.Digest, ItemID: m.ItemID, FileName: m.FileName, CreatedAt: at(1)})
			}
			n++
		}
		e.Insert = []state.Insert{in}
		if err := a.Record(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		v, err := a.View(b.Context())
		if err != nil || len(v.Members) != 1000 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n), "members")
}

// BenchmarkSettle is a batch of 50 new items: intent, end, effects.
func BenchmarkSettle(b *testing.B) {
	db, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Mode: state.Apply})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	a, ctx := db.Account("family"), b.Context()
	if err := a.Record(ctx, state.Effects{Bind: []state.Album{{Key: "k", ID: "A"}}}); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		e := state.Effects{Insert: []state.Insert{{Key: "k", Members: make([]state.Member, 50)}}}
		for i := range 50 {
			m := &e.Insert[0].Members[i]
			*m = state.Member{ItemID: fmt.Sprintf("AF1QipN%091d", n), Digest: state.Digest{byte(n), byte(n >> 8), byte(n >> 16), 1}, Path: "day 1/IMG.JPG", FileName: "IMG.JPG", Ours: true}
			e.Media = append(e.Media, state.Media{Digest: m.Digest, ItemID: m.ItemID, FileName: m.FileName})
			n++
		}
		if err := a.Intend(ctx, state.Intent{ID: "w", Key: "k"}); err != nil {
			b.Fatal(err)
		}
		if err := a.Settle(ctx, "w", state.Done, e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPutFiles stores the digests of 200 files.
func BenchmarkPutFiles(b *testing.B) {
	db, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Mode: state.Observe})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	n := 0
	files := make([]state.File, 200)
	for b.Loop() {
		for i := range files {
			files[i] = state.File{Path: fmt.Sprintf("/mnt/photos/%d.jpg", n), Size: int64(n), ModTime: at(1), Digest: sum(n), HashedAt: at(2)}
			n++
		}
		if err := db.Account("family").PutFiles(b.Context(), files); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLease is what a call costs when they are leased one at a time.
func BenchmarkLease(b *testing.B) {
	db, err := state.Open(b.Context(), state.Options{Dir: b.TempDir(), Mode: state.Observe})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for b.Loop() {
		if err := db.Lease(b.Context(), "2026-11-24", 1); err != nil {
			b.Fatal(err)
		}
	}
}
