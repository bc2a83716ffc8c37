package photos_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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

// BenchmarkSmallCall is to be compared with BenchmarkSmallCallOfNetHTTP, which is
// the same answer without the client.
func BenchmarkSmallCall(b *testing.B) {
	server := httptest.NewServer(answers(200, smallAnswer))
	b.Cleanup(server.Close)
	c := newClient(b, photos.Options{Endpoint: server.URL})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.GetAlbum(b.Context(), "a"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallCallOfNetHTTP(b *testing.B) {
	server := httptest.NewServer(answers(200, smallAnswer))
	b.Cleanup(server.Close)
	b.ReportAllocs()
	for b.Loop() {
		resp, err := server.Client().Get(server.URL + "/v1/albums/a")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
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
