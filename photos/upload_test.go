package photos_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
)

// zeros is an upload of n bytes that take no memory.
func zeros(n int64) photos.Upload {
	return photos.Upload{FileName: "zeros.mp4", MIMEType: "video/mp4", Size: n, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zero{}, n)), nil
	}}
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// tracked counts the readers that are open.
type tracked struct {
	io.Reader
	open *atomic.Int64
}

func (t tracked) Close() error { t.open.Add(-1); return nil }

func TestUploadSendsTheBytesAndWhatIsKnownOfThem(t *testing.T) {
	want := bytes.Repeat([]byte("photograph"), 100_000)
	var got *http.Request
	var digest [32]byte
	h := func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, digest = r, sha256.Sum256(b)
		_, _ = io.WriteString(w, " CAIS-token\n")
	}
	for _, server := range []*httptest.Server{httptest.NewServer(http.HandlerFunc(h)), newTLS(t, http.HandlerFunc(h))} {
		t.Cleanup(server.Close)
		var sent int64
		var open atomic.Int64
		u := photos.Upload{
			FileName: "Höfn ☀.jpg", MIMEType: "image/jpeg", Size: int64(len(want)),
			Open:    func() (io.ReadCloser, error) { open.Add(1); return tracked{bytes.NewReader(want), &open}, nil },
			OnBytes: func(n int64) { sent += n },
		}
		token, err := newClient(t, photos.Options{Endpoint: server.URL, Transport: server.Client().Transport}).Upload(t.Context(), u)
		if err != nil || string(token) != "CAIS-token" {
			t.Fatalf("token %q: %v", string(token), err)
		}
		if digest != sha256.Sum256(want) || sent != u.Size || got.ContentLength != u.Size {
			t.Errorf("%s: other bytes arrived, or %d were told of, %d announced", got.Proto, sent, got.ContentLength)
		}
		headers := map[string]string{}
		for _, name := range []string{"Content-Type", "X-Goog-Upload-Protocol", "X-Goog-Upload-Content-Type", "X-Goog-Upload-File-Name", "Authorization"} {
			headers[name] = got.Header.Get(name)
		}
		if diff := cmp.Diff(map[string]string{
			"Content-Type": "application/octet-stream", "X-Goog-Upload-Protocol": "raw", "X-Goog-Upload-Content-Type": "image/jpeg",
			"X-Goog-Upload-File-Name": "Höfn ☀.jpg", "Authorization": "Bearer " + plantedToken,
		}, headers); diff != "" || got.Method+got.RequestURI != "POST/v1/uploads" {
			t.Errorf("%s %s (-want +got):\n%s", got.Method, got.RequestURI, diff)
		}
		if open.Load() != 0 {
			t.Errorf("%s: %d files are still open", got.Proto, open.Load())
		}
	}
}

// A newline in a file name is legal on a disk, and would be a header of its own.
func TestAFileNameThatFitsNoHeaderIsLeftOut(t *testing.T) {
	c := newClient(t, photos.Options{Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		if name, ok := r.Header["X-Goog-Upload-File-Name"]; ok {
			t.Errorf("the name %q was sent", name)
		}
		return canned(200, "token")(r)
	})})
	if _, err := c.Upload(t.Context(), file("a\nEvil: yes.jpg", picture(1))); err != nil {
		t.Error(err)
	}
}

func TestUploadsAreRepeatedFromTheirFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := account(t)
		if err := e.SetFaults([]emulator.Fault{
			{Method: "uploads", Nth: 1, Kind: emulator.LoseRequest},
			{Method: "uploads", Nth: 2, Kind: emulator.Broken, Status: 503},
			{Method: "uploads", Nth: 3, Kind: emulator.LoseAnswer},
		}); err != nil {
			t.Fatal(err)
		}
		c := newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, e)})
		var sent int64
		opened := 0
		want := picture(1)
		u := photos.Upload{FileName: "a.png", Size: int64(len(want)), OnBytes: func(n int64) { sent += n }, Open: func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(bytes.NewReader(want)), nil
		}}
		token, err := c.Upload(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		if sent != u.Size || opened != 4 || e.Stats()["uploads"] != 4 {
			t.Errorf("told of %d bytes of %d; opened %d times, calls %v", sent, u.Size, opened, e.Stats())
		}
		created, err := c.CreateItems(t.Context(), photos.CreateItems{Items: []photos.NewItem{{Token: token, FileName: "a.png"}}})
		if err != nil || created[0].Item == nil {
			t.Fatalf("%+v: %v", created, err)
		}
		if got, want := e.World().Items[0].SHA256, fmt.Sprintf("%x", sha256.Sum256(want)); got != want {
			t.Errorf("the item's digest is %s, want %s", got, want)
		}
	})
}

var errDisk = errors.New("input/output error")

// The fault of a file is not mended by sending it again, and not Google's.
func TestAFaultOfTheFileEndsItsUpload(t *testing.T) {
	opens := func(b []byte, err error) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(b), failing{err})), nil
		}
	}
	for _, row := range []struct {
		name   string
		open   func() (io.ReadCloser, error)
		budget *counted
		words  string
		is     error
	}{
		{"it is gone", func() (io.ReadCloser, error) { return nil, fs.ErrNotExist }, nil, "does not exist", fs.ErrNotExist},
		{"it has shrunk", opens(make([]byte, 70_000), io.EOF), nil, "shrunk from 100000 bytes to 70000", nil},
		{"it has grown", opens(make([]byte, 170_000), io.EOF), nil, "grown beyond 100000 bytes", nil},
		{"the disk fails", opens(make([]byte, 70_000), errDisk), nil, "input/output", errDisk},
		{"the budget is spent", opens(make([]byte, 100_000), io.EOF), &counted{refuse: 1}, "spent", errSpent},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := func(w http.ResponseWriter, r *http.Request) {
				if n, err := io.Copy(io.Discard, r.Body); err == nil && n != 100_000 {
					t.Errorf("%d bytes passed for a file", n)
				}
				// An answer would win over a fault that shows only after the last byte.
				<-r.Context().Done()
			}
			for _, server := range []*httptest.Server{httptest.NewServer(http.HandlerFunc(h)), newTLS(t, http.HandlerFunc(h))} {
				t.Cleanup(server.Close)
				calls, sent := 0, int64(0)
				var open atomic.Int64
				o := photos.Options{Endpoint: server.URL, Transport: server.Client().Transport, OnCall: func(photos.Call) { calls++ }}
				if row.budget != nil {
					o.Budget = row.budget
				}
				_, err := newClient(t, o).Upload(t.Context(), photos.Upload{
					Size: 100_000, OnBytes: func(n int64) { sent += n },
					Open: func() (io.ReadCloser, error) {
						r, err := row.open()
						if err != nil {
							return nil, err
						}
						open.Add(1)
						return tracked{r, &open}, nil
					},
				})
				if err == nil || !strings.Contains(err.Error(), row.words) || row.is != nil && !errors.Is(err, row.is) {
					t.Errorf("error %v, want one of %q", err, row.words)
				}
				if photos.IsTemporary(err) || photos.EffectOf(err) != photos.EffectNone || calls > 1 || sent != 0 {
					t.Errorf("temporary: %v; %v; %d calls; %d bytes not taken back", photos.IsTemporary(err), photos.EffectOf(err), calls, sent)
				}
				server.CloseClientConnections()
				for open.Load() != 0 {
					runtime.Gosched() // the transport closes it when it has let go of it
				}
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAnAnswerThatIsNoTokenIsNone(t *testing.T) {
	for _, body := range []string{"", " \n", "<html>", `{"code":3,"message":"m"}`, "two words", "a\x00b", "tökén"} {
		c := newClient(t, photos.Options{Transport: canned(200, body), Attempts: 1})
		if token, err := c.Upload(t.Context(), file("a.png", picture(1))); err == nil {
			t.Errorf("%q passed for the token %q", body, string(token))
		}
	}
}

// swallows takes uploads by both protocols and keeps nothing of them.
func swallows(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if r.Header.Get("X-Goog-Upload-Command") == "start" {
		w.Header().Set("X-Goog-Upload-URL", "http://"+r.Host+"/v1/uploads?upload_id=x")
		return
	}
	_, _ = io.WriteString(w, "token")
}

func TestUploadStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 256 MiB over the loopback device, twice")
	}
	server := httptest.NewServer(http.HandlerFunc(swallows))
	t.Cleanup(server.Close)
	for name, size := range map[string]int64{"raw": -1, "resumable": 0} {
		c := newClient(t, photos.Options{Endpoint: server.URL, ResumableSize: size})
		allocated := func(n int64) uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := c.Upload(context.Background(), zeros(n)); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		small, large := allocated(1<<10), allocated(256<<20)
		if large > small+2<<20 {
			t.Errorf("%s: 256 MiB allocate %d bytes, 1 KiB %d", name, large, small)
		}
	}
}

// What a plan reckons with is what is spent.
func TestUploadCallsAreThoseThatAreMade(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(swallows))
	t.Cleanup(server.Close)
	for _, size := range []int64{1, photos.ResumableSize, photos.ResumableSize + 1, 4 * photos.ResumableSize} {
		budget := &counted{}
		c := newClient(t, photos.Options{Endpoint: server.URL, Budget: budget})
		if _, err := c.Upload(t.Context(), zeros(size)); err != nil || len(budget.calls) != photos.UploadCalls(size) {
			t.Errorf("%d bytes: %v after %d calls, want %d", size, err, len(budget.calls), photos.UploadCalls(size))
		}
	}
}
