package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"
)

// BenchmarkSmallCalls measures albums.get over HTTP, and in the same run a bare
// handler with an answer of the same size: how many calls a second there are, and
// how much longer than bare one takes.
func BenchmarkSmallCalls(b *testing.B) {
	e, err := emulator.Open(emulator.Options{DailyCalls: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	id, err := e.Act(emulator.Action{Do: emulator.AddAlbum, Title: "Trip"})
	if err != nil {
		b.Fatal(err)
	}
	answer := strings.Repeat("x", 230)
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })
	b.ReportAllocs()
	without := getMany(b, bare, "/v1/albums/"+id)
	b.ResetTimer()
	with := getMany(b, e, "/v1/albums/"+id)
	b.ReportMetric(float64(b.N)/with.Seconds(), "calls/s")
	b.ReportMetric(with.Seconds()/without.Seconds(), "x-bare")
}

// getMany calls a handler over HTTP b.N times, from several clients at once.
func getMany(b *testing.B, h http.Handler, path string) time.Duration {
	b.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	start := time.Now()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			req, err := http.NewRequest("GET", server.URL+path, nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer x")
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != 200 {
				b.Errorf("%s %v", resp.Status, err)
				return
			}
		}
	})
	return time.Since(start)
}

// zeros is a file of a size that nobody keeps in memory: a JPEG's first bytes,
// and then nothing.
func zeros(size int64) io.Reader {
	return io.MultiReader(strings.NewReader("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), io.LimitReader(endless{}, size-24))
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// send uploads a large file, raw or in a session.
func sendLarge(t testing.TB, url string, size int64, headers ...string) {
	t.Helper()
	req, err := http.NewRequest("POST", url, zeros(size))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || len(text) == 0 {
		t.Fatalf("%s %s %v", resp.Status, text, err)
	}
}

// allocated is how many bytes a function allocates in the whole process.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestUploadsTakeTheSameMemoryWhateverTheirSize(t *testing.T) {
	a := open(t, emulator.Options{Dir: t.TempDir()})
	for _, size := range []int64{1 << 20, 96 << 20} {
		raw := allocated(func() { sendLarge(t, a.url+"/v1/uploads", size) })
		url := a.begin("X-Goog-Upload-Raw-Size", strconv.FormatInt(size, 10))
		session := allocated(func() {
			sendLarge(t, url, size, "X-Goog-Upload-Command", finalize, "X-Goog-Upload-Offset", "0")
		})
		if limit := uint64(2 << 20); raw > limit || session > limit {
			t.Errorf("%d MiB: %d KiB raw, %d KiB in a session", size>>20, raw>>10, session>>10)
		}
	}
}

func BenchmarkUploads(b *testing.B) {
	for _, size := range []int64{1 << 20, 64 << 20} {
		b.Run(fmt.Sprintf("%dMiB", size>>20), func(b *testing.B) {
			e, err := emulator.Open(emulator.Options{Dir: b.TempDir(), DailyCalls: -1})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			server := httptest.NewServer(e)
			defer server.Close()
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				sendLarge(b, server.URL+"/v1/uploads", size)
			}
		})
	}
}
