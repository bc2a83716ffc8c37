package photos_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"albumen/photos"
)

const smallAnswer = `{"id":"ADIlLZn","title":"Trip","productUrl":"https://photos.google.com/lr/album/ADIlLZn","isWriteable":true,"mediaItemsCount":"3"}`

// What the client itself allocates for a call, without net/http below it.
func TestASmallCallAllocatesLittle(t *testing.T) {
	c := newClient(t, photos.Options{Transport: canned(200, smallAnswer)})
	bare := canned(200, smallAnswer)
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	below := testing.AllocsPerRun(100, func() { _, _ = bare(request) })
	call := testing.AllocsPerRun(100, func() {
		if _, err := c.GetAlbum(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	})
	if got := call - below; got > 60 {
		t.Errorf("a call allocates %v times", got)
	}
}

// BenchmarkSmallCall makes a small call by turns with the client and with net/http
// alone, so that the machine is the same for both, and reports what the client adds.
func BenchmarkSmallCall(b *testing.B) {
	server := httptest.NewServer(answers(200, smallAnswer))
	b.Cleanup(server.Close)
	c := newClient(b, photos.Options{Endpoint: server.URL})
	ours := func() {
		if _, err := c.GetAlbum(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
	bare := func() {
		resp, err := server.Client().Get(server.URL + "/v1/albums/a")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	const batch = 50 // calls of one before the other has its turn
	var took [2]time.Duration
	var allocated [2]uint64
	n := 0
	for b.Loop() {
		for i, call := range []func(){ours, bare} {
			before, began := mallocs(), time.Now()
			for range batch {
				call()
			}
			took[i] += time.Since(began)
			allocated[i] += mallocs() - before
		}
		n += batch
	}
	each := func(v float64) float64 { return v / float64(n) }
	b.ReportMetric(each(float64(took[0]-took[1])/1e3), "µs-above/call")
	b.ReportMetric(each(float64(took[1])/1e3), "µs-net-http/call")
	b.ReportMetric(float64(took[0])/float64(took[1]), "ratio")
	b.ReportMetric(each(float64(allocated[0])-float64(allocated[1])), "allocs-above/call")
	b.ReportMetric(0, "ns/op")
}

// mallocs are the allocations of the process so far.
func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// BenchmarkCallAlone is the client without net/http below it.
func BenchmarkCallAlone(b *testing.B) {
	c := newClient(b, photos.Options{Transport: canned(200, smallAnswer)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.GetAlbum(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage decodes a full page of items.
func BenchmarkPage(b *testing.B) {
	var items []string
	for i := range photos.MaxItemsPage {
		id := fmt.Sprintf("ADIl%094d", i)
		items = append(items, strings.NewReplacer(`"i"`, `"`+id+`"`, "/photo/i", "/photo/"+id, "/lr/x", "/lr/"+strings.Repeat("x", 300)).Replace(itemJSON))
	}
	page := `{"mediaItems":[` + strings.Join(items, ",\n") + `],"nextPageToken":"p"}`
	c := newClient(b, photos.Options{Transport: canned(200, page)})
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := c.ListItems(b.Context(), photos.ListItems{}); err != nil || len(got.Items) != photos.MaxItemsPage {
			b.Fatal(len(got.Items), err)
		}
	}
}

// BenchmarkUpload streams files of 64 MiB by both protocols.
func BenchmarkUpload(b *testing.B) {
	for name, size := range map[string]int64{"raw": -1, "resumable": 0} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(swallows))
			b.Cleanup(server.Close)
			c := newClient(b, photos.Options{Endpoint: server.URL, ResumableSize: size})
			b.SetBytes(64 << 20)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Upload(b.Context(), zeros(64<<20)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
