package reconcile_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"
)

// BenchmarkJournal applies a thousand actions at 20 ms a call: with the state on
// a disk, and on one that is memory and to which nothing need be made durable. What
// the first takes longer is the price of the journal. It reports what an apply
// takes beyond its calls, in percent of them.
func BenchmarkJournal(b *testing.B) {
	b.Run("disk", func(b *testing.B) { benchmarkJournal(b, b.TempDir()) })
	b.Run("memory", func(b *testing.B) {
		dir, err := os.MkdirTemp("/dev/shm", "albumen-journal")
		if err != nil {
			b.Skipf("no disk in memory: %v", err)
		}
		b.Cleanup(func() { _ = os.RemoveAll(dir) })
		benchmarkJournal(b, dir)
	})
}

func benchmarkJournal(b *testing.B, dir string) {
	const actions, latency = 1000, 20 * time.Millisecond
	var spec strings.Builder
	spec.WriteString("albums:\n")
	for n := range actions {
		fmt.Fprintf(&spec, "  a%04d: {title: A%04d}\n", n, n)
	}
	for n := 0; b.Loop(); n++ {
		e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, Seed: 1, Latency: latency})
		if err != nil {
			b.Fatal(err)
		}
		server := httptest.NewServer(e)
		a := &account{t: b, emu: e, url: server.URL, dir: b.TempDir(), state: fmt.Sprintf("%s/%d", dir, n), token: "token"}
		a.spec(spec.String())
		s := a.open()
		p, err := s.loop.Plan(context.Background(), s.request)
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		r, err := s.loop.Apply(context.Background(), s.request, p)
		if err != nil || !r.Complete() || len(r.Results) != actions {
			b.Fatalf("%d actions: %v", len(r.Results), err)
		}
		b.ReportMetric(100*(float64(time.Since(began))/float64(actions*latency)-1), "%beyond")
		s.close()
		server.Close()
		_ = e.Close()
	}
}
