package photos_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/photos/emulator"
)

// unit is the granularity of the emulated sessions here.
const unit = 1 << 10

// bulk is a picture of n bytes, the most of which follow its end.
func bulk(n int) []byte {
	b := append(picture(7), make([]byte, n)...)[:n]
	for i := len(picture(7)); i < n; i++ {
		b[i] = byte(i * i >> 5)
	}
	return b
}

// resumed is a world in which uploads are resumable: an emulated account, a client
// of it, and what the client tells of its calls.
type resumed struct {
	*emulator.Emulator
	*photos.Client
	calls    []string // commands of the protocol, by the codes that answered
	sessions []photos.Session
	progress int64
	sent     atomic.Int64 // bytes that left in bodies
	next     http.RoundTripper
}

// post does a command of the protocol behind the client's back.
func (w *resumed) post(s photos.Session, command string, body []byte) {
	r, err := http.NewRequest(http.MethodPost, string(s.URL), bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + plantedToken}, "X-Goog-Upload-Command": {command}, "X-Goog-Upload-Offset": {"0"}}
	resp, err := w.next.RoundTrip(r)
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
}

func newResumed(t *testing.T, o photos.Options) *resumed {
	t.Helper()
	e, err := emulator.Open(emulator.Options{WritesPerMinute: -1, Seed: 1, ChunkGranularity: unit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	w := &resumed{Emulator: e}
	w.next = inMemory(t, e)
	o.Endpoint, o.ResumableSize = memoryEndpoint, 1
	o.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
		command := r.Header.Get("X-Goog-Upload-Command")
		if offset := r.Header.Get("X-Goog-Upload-Offset"); offset != "" {
			command += " " + offset
		}
		w.calls = append(w.calls, command)
		if r.Body != nil {
			r.Body = counting{r.Body, &w.sent}
		}
		return w.next.RoundTrip(r)
	})
	w.Client = newClient(t, o)
	return w
}

type counting struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// send uploads b and makes an item of it, whose bytes must be those of b.
func (w *resumed) send(t *testing.T, b []byte, s photos.Session) error {
	t.Helper()
	u := file("bulk.png", b)
	u.Session = s
	u.OnBytes = func(n int64) { w.progress += n }
	u.OnSession = func(s photos.Session) { w.sessions = append(w.sessions, s) }
	token, err := w.Upload(t.Context(), u)
	if err != nil {
		return err
	}
	w.created(t, b, token)
	return nil
}

func (w *resumed) created(t testingT, b []byte, token photos.UploadToken) {
	t.Helper()
	made, err := w.CreateItems(t.Context(), photos.CreateItems{Items: []photos.NewItem{{Token: token, FileName: "bulk.png"}}})
	if err != nil || made[0].Item == nil {
		t.Fatalf("%+v, %v", made, err)
	}
	if got, want := w.World().Items[0].SHA256, fmt.Sprintf("%x", sha256.Sum256(b)); got != want {
		t.Errorf("the item has other bytes")
	}
	w.calls = w.calls[:len(w.calls)-1]
}

type testingT interface {
	Helper()
	Context() context.Context
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// What each break of a resumable upload costs in calls, and what is sent again.
func TestAResumableUploadSendsOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	const size = 10*unit + 5
	for _, row := range []struct {
		name   string
		o      photos.Options
		faults []emulator.Fault
		want   []string
	}{
		{"nothing happens", photos.Options{}, nil, []string{"start", "upload, finalize 0"}},
		{"chunks are whole granules", photos.Options{ChunkBytes: 3*unit + 1}, nil, []string{"start", "upload 0", "upload 4096", "upload, finalize 8192"}},
		{"a chunk below the granule is one", photos.Options{ChunkBytes: 1}, nil, []string{
			"start", "upload 0", "upload 1024", "upload 2048", "upload 3072", "upload 4096", "upload 5120", "upload 6144", "upload 7168", "upload 8192", "upload 9216", "upload, finalize 10240",
		}},
		{"the connection breaks in the middle", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.CutUpload, Bytes: 4*unit + 100}}, []string{
			"start", "upload, finalize 0", "query", "upload, finalize 4096",
		}},
		{"it breaks twice", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.CutUpload, Bytes: 4 * unit}, {Nth: 4, Kind: emulator.CutUpload, Bytes: 2 * unit}}, []string{
			"start", "upload, finalize 0", "query", "upload, finalize 4096", "query", "upload, finalize 6144",
		}},
		{"it breaks at the first byte", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.LoseRequest}}, []string{
			"start", "upload, finalize 0", "query", "upload, finalize 0",
		}},
		{"the session's answer is lost", photos.Options{}, []emulator.Fault{{Kind: emulator.LoseAnswer}}, []string{"start", "start", "upload, finalize 0"}},
		{"a chunk's answer is lost", photos.Options{ChunkBytes: 8 * unit}, []emulator.Fault{{Nth: 2, Kind: emulator.LoseAnswer}}, []string{
			"start", "upload 0", "query", "upload, finalize 8192",
		}},
		{"the token is lost", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.LoseAnswer}}, []string{
			"start", "upload, finalize 0", "query", "start", "upload, finalize 0",
		}},
		{"Google asks for patience", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.Throttle, Quota: "concurrent"}}, []string{
			"start", "upload, finalize 0", "query", "upload, finalize 0",
		}},
		{"the query stumbles, too", photos.Options{}, []emulator.Fault{{Nth: 2, Kind: emulator.Broken, Times: 2}}, []string{
			"start", "upload, finalize 0", "query", "query", "upload, finalize 0",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				budget := &counted{}
				row.o.Budget = budget
				told := 0
				row.o.OnCall = func(photos.Call) { told++ }
				w := newResumed(t, row.o)
				for i := range row.faults {
					row.faults[i].Method = "uploads"
				}
				if err := w.SetFaults(row.faults); err != nil {
					t.Fatal(err)
				}
				if err := w.send(t, bulk(size), photos.Session{}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(row.want, w.calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				if w.progress != size || len(budget.calls) != len(row.want)+1 || told != len(row.want)+1 {
					t.Errorf("told of %d bytes; %d calls were paid and %d told of", w.progress, len(budget.calls), told)
				}
				last := w.sessions[len(w.sessions)-1]
				if last.Token == "" || last.Offset != size || last.Size != size || last.Created.IsZero() {
					t.Errorf("the last word of the session: %+v", last)
				}
			})
		})
	}
}

// A crash loses the process and nothing else: what OnSession told is all that the
// next one needs.
func TestAnUploadGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	const size = 8 * unit
	for name, chunk := range map[string]int64{"in the only call": 0, "between chunks": 2 * unit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newResumed(t, photos.Options{ChunkBytes: chunk})
				ctx, crash := context.WithCancel(t.Context())
				u := file("bulk.png", bulk(size))
				var kept photos.Session
				u.OnSession = func(s photos.Session) {
					if kept = s; s.Offset == 4*unit {
						crash()
					}
				}
				if chunk == 0 {
					if err := w.SetFaults([]emulator.Fault{{Method: "uploads", Nth: 2, Kind: emulator.CutUpload, Bytes: 5 * unit}}); err != nil {
						t.Fatal(err)
					}
					u.OnBytes = func(n int64) {
						if n < 0 {
							crash()
						}
					}
				}
				if _, err := w.Upload(ctx, u); err == nil || ctx.Err() == nil {
					t.Fatalf("no crash: %v", err)
				}
				w.calls, w.progress = nil, 0
				w.sent.Store(0)
				if err := w.send(t, bulk(size), kept); err != nil {
					t.Fatal(err)
				}
				if w.calls[0] != "query" || w.progress != size || w.sent.Load() > 5*unit {
					t.Errorf("%q; told of %d bytes, sent %d", w.calls, w.progress, w.sent.Load())
				}
				// After a crash behind the token, there is no call at all.
				w.calls, w.progress = nil, 0
				if err := w.send(t, bulk(size), w.sessions[len(w.sessions)-1]); err != nil || len(w.calls) != 0 || w.progress != size {
					t.Errorf("%v after %q, told of %d bytes", err, w.calls, w.progress)
				}
			})
		})
	}
}

// A session that can't be continued is left, and nothing is worse than without it.
func TestASessionThatIsNoneBeginsAnew(t *testing.T) {
	t.Parallel()
	const size = 4 * unit
	anew := []string{"start", "upload, finalize 0"}
	asked := append([]string{"query"}, anew...)
	dead := photos.SessionURL(memoryEndpoint + "/v1/uploads?upload_id=dead&upload_protocol=resumable")
	for name, row := range map[string]struct {
		session func(w *resumed, live photos.Session) photos.Session
		want    []string
	}{
		"unknown": {func(*resumed, photos.Session) photos.Session { return photos.Session{URL: dead, Size: size, Offset: 7} }, asked},
		"a day old": {func(w *resumed, live photos.Session) photos.Session {
			time.Sleep(25 * time.Hour)
			return live
		}, asked},
		"of another file": {func(w *resumed, live photos.Session) photos.Session { live.Size++; return live }, anew},
		"of another host": {func(w *resumed, live photos.Session) photos.Session {
			live.URL = photos.SessionURL(strings.Replace(string(live.URL), "127.0.0.1", "127.0.0.2", 1))
			return live
		}, anew},
		"with a dead token": {func(w *resumed, live photos.Session) photos.Session {
			live.Token, live.Created = "dead", time.Now().Add(-25*time.Hour)
			return live
		}, anew},
		"final": {func(w *resumed, live photos.Session) photos.Session {
			w.post(live, "upload, finalize", bulk(size))
			return live
		}, asked},
		"cancelled": {func(w *resumed, live photos.Session) photos.Session {
			w.post(live, "cancel", nil)
			return live
		}, asked},
		"arrived, not finalised": {func(w *resumed, live photos.Session) photos.Session {
			w.post(live, "upload", bulk(size))
			return live
		}, []string{"query", "upload, finalize 4096"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newResumed(t, photos.Options{Attempts: 2})
				u := file("bulk.png", bulk(size))
				var live photos.Session
				ctx, crash := context.WithCancel(t.Context())
				u.OnSession = func(s photos.Session) { live = s; crash() }
				_, _ = w.Upload(ctx, u)
				session := row.session(w, live)
				w.calls = nil
				if err := w.send(t, bulk(size), session); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(row.want, w.calls); diff != "" || w.progress != size {
					t.Errorf("told of %d bytes; calls (-want +got):\n%s", w.progress, diff)
				}
			})
		})
	}
}

// The access token must not follow a session to another host, wherever its address
// came from.
func TestASessionOfAnotherHostIsRefused(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://host.example/v1/uploads?upload_id=s3ssion":              true,
		"https://HOST.example:443/v1/uploads?upload_id=s3ssion":          true,
		"https://host.example.evil/v1/uploads?upload_id=s3ssion":         false,
		"https://evil.example/v1/uploads?upload_id=s3ssion":              false,
		"https://host.example:8443/v1/uploads?upload_id=s3ssion":         false,
		"http://host.example/v1/uploads?upload_id=s3ssion":               false,
		"https://host.example@evil.example/v1/uploads?upload_id=s3ssion": false,
		"https://user:pass@host.example/v1/uploads?upload_id=s3ssion":    false,
		"//host.example/v1/uploads?upload_id=s3ssion":                    false,
		"/v1/uploads?upload_id=s3ssion":                                  false,
		"":                                                               false,
		"://":                                                            false,
	} {
		var to []string
		c := newClient(t, photos.Options{Endpoint: "https://host.example", ResumableSize: 1, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			to = append(to, r.URL.Host)
			resp, err := canned(200, "token")(r)
			resp.Header.Set("X-Goog-Upload-URL", address)
			return resp, err
		})})
		_, err := c.Upload(t.Context(), file("a.png", picture(1)))
		want := []string{"host.example"}
		if ok {
			want = append(want, "host.example")
		}
		if diff := cmp.Diff(want, to); diff != "" || (err == nil) != ok {
			t.Errorf("%q: %v; hosts (-want +got):\n%s", address, err, diff)
		}
		if err != nil && (strings.Contains(err.Error(), "s3ssion") || photos.IsTemporary(err)) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// No error and no log quotes the address of a session, whatever the service says.
func TestTheSessionStaysSecret(t *testing.T) {
	t.Parallel()
	const id = "s3ssion-of-this-upload"
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, code := range []int{400, 403, 404, 500} {
		c := newClient(t, photos.Options{Endpoint: "https://host.example", ResumableSize: 1, Attempts: 1, Logger: logger, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("X-Goog-Upload-Command") == "start" {
				resp, err := canned(200, "")(r)
				resp.Header.Set("X-Goog-Upload-URL", "https://host.example/v1/uploads?upload_id="+id)
				return resp, err
			}
			if r.Body != nil {
				_, _ = io.Copy(io.Discard, r.Body)
			}
			return canned(code, fmt.Sprintf(`{"code":3,"message":"no %s at %s or %s"}`, r.URL.Query().Get("upload_id"), r.URL, r.URL.RequestURI()))(r)
		})})
		u := file("a.png", picture(1))
		u.OnSession = func(s photos.Session) {
			logger.Info("session", "session", s, "url", s.URL)
			logger.Info(fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s.URL, s.URL))
			if !strings.Contains(string(s.URL), id) {
				t.Errorf("told of %q", string(s.URL))
			}
		}
		err := second(c.Upload(t.Context(), u))
		if err == nil {
			t.Errorf("%d: no error", code)
		}
		logger.Info("failed", "err", err)
	}
	if strings.Contains(log.String(), id) {
		t.Errorf("it is in the log:\n%s", log.String())
	}
}

// forgetful is a service that keeps nothing of a call that breaks off, and breaks
// those off that are larger than its memory.
func forgetful(memory int64, commands *[]string) http.HandlerFunc {
	var have int64
	return func(w http.ResponseWriter, r *http.Request) {
		command := r.Header.Get("X-Goog-Upload-Command")
		*commands = append(*commands, command)
		h := w.Header()
		h.Set("X-Goog-Upload-Status", "active")
		switch {
		case command == "start":
			h.Set("X-Goog-Upload-URL", memoryEndpoint+"/v1/uploads?upload_id=x")
			h.Set("X-Goog-Upload-Chunk-Granularity", "262144")
		case command == "query":
			h.Set("X-Goog-Upload-Size-Received", fmt.Sprint(have))
		case r.ContentLength > memory:
			_, _ = io.CopyN(io.Discard, r.Body, memory+memory/2)
			panic(http.ErrAbortHandler)
		default:
			n, _ := io.Copy(io.Discard, r.Body)
			if have += n; command == "upload, finalize" {
				h.Set("X-Goog-Upload-Status", "final")
				_, _ = io.WriteString(w, "token")
			}
		}
	}
}

// Where a call that breaks off leaves nothing, the file goes in chunks: few of
// them, however large it is.
func TestAFileGoesInChunksWhereABrokenCallLeavesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var commands []string
		c := newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, forgetful(70<<20, &commands))})
		if _, err := c.Upload(t.Context(), zeros(200<<20)); err != nil {
			t.Fatal(err)
		}
		want := []string{"start", "upload, finalize", "query", "upload", "upload", "upload", "upload, finalize"}
		if diff := cmp.Diff(want, commands); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// What never gets further is given up after the attempts, and not after the day's
// calls.
func TestAResumableUploadWithoutProgressIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"cut at once":          {Kind: emulator.CutUpload, Times: -1},
		"broken":               {Kind: emulator.Broken, Times: -1},
		"the session is gone":  {Nth: 2, Kind: emulator.Refuse, Status: 404, Times: -1},
		"the bytes are wrong":  {Nth: 2, Kind: emulator.Refuse, Status: 400},
		"the scope is missing": {Nth: 2, Kind: emulator.Refuse, Status: 403},
		"every token is lost":  {Nth: 2, Kind: emulator.LoseAnswer, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newResumed(t, photos.Options{Attempts: 3})
				fault.Method = "uploads"
				if err := w.SetFaults([]emulator.Fault{fault}); err != nil {
					t.Fatal(err)
				}
				err := w.send(t, bulk(3*unit), photos.Session{})
				if err == nil || len(w.calls) > 10 || w.progress != 0 {
					t.Errorf("%v after %q; told of %d bytes", err, w.calls, w.progress)
				}
				if refused := fault.Kind == emulator.Refuse && fault.Times == 0; refused != !photos.IsTemporary(err) && name != "the session is gone" || refused && len(w.calls) > 3 {
					t.Errorf("%v after %q", err, w.calls)
				}
			})
		})
	}
}

// A file that is no longer what it was ends its upload, wherever it is.
func TestAFaultOfTheFileEndsItsResumableUpload(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		chunk int64
		open  func(n int) (io.ReadCloser, error)
		want  string
	}{
		"shrunk":              {0, func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bulk(3 * unit))), nil }, "shrunk from 4096 bytes to 3072"},
		"grown":               {0, func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bulk(5 * unit))), nil }, "grown beyond 4096 bytes"},
		"shrunk in a chunk":   {2 * unit, func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bulk(3 * unit))), nil }, "shrunk from 4096 bytes to 3072"},
		"shrunk before it":    {2 * unit, func(n int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bulk(2*unit - n))), nil }, "shrunk from 4096 bytes to 2047"},
		"grown after a chunk": {2 * unit, func(int) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(bulk(5 * unit))), nil }, "grown beyond 4096 bytes"},
		"gone after a chunk": {2 * unit, func(n int) (io.ReadCloser, error) {
			if n > 0 {
				return nil, errors.New("it is gone")
			}
			return io.NopCloser(bytes.NewReader(bulk(4 * unit))), nil
		}, "it is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newResumed(t, photos.Options{ChunkBytes: row.chunk})
				opened := 0
				var progress int64
				_, err := w.Upload(t.Context(), photos.Upload{Size: 4 * unit, OnBytes: func(n int64) { progress += n }, Open: func() (io.ReadCloser, error) {
					opened++
					return row.open(opened - 1)
				}})
				if err == nil || !strings.Contains(err.Error(), row.want) || photos.IsTemporary(err) || progress != 0 {
					t.Errorf("%v; told of %d bytes", err, progress)
				}
			})
		})
	}
}

// Whatever breaks whenever, the item has the file's bytes, all of them are told of,
// and few are sent twice.
func TestAResumableUploadComesThrough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(200, 20*unit).Draw(rt, "size")
		chunk := rapid.SampledFrom([]int64{0, 1, 2 * unit, 7 * unit}).Draw(rt, "chunk")
		seeks := rapid.Bool().Draw(rt, "seeks")
		var faults []emulator.Fault
		for range rapid.IntRange(0, 4).Draw(rt, "faults") {
			faults = append(faults, emulator.Fault{
				Method: "uploads", Nth: rapid.IntRange(1, 12).Draw(rt, "nth"),
				Kind:  rapid.SampledFrom([]string{emulator.CutUpload, emulator.LoseAnswer, emulator.LoseRequest, emulator.Broken}).Draw(rt, "kind"),
				Bytes: int64(rapid.IntRange(0, size).Draw(rt, "bytes")),
			})
		}
		synctest.Test(t, func(t *testing.T) {
			w := newResumed(t, photos.Options{ChunkBytes: chunk, Attempts: 10})
			if err := w.SetFaults(faults); err != nil {
				t.Fatal(err)
			}
			b := bulk(size)
			u := file("bulk.png", b)
			if !seeks {
				u.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewBuffer(b)), nil }
			}
			u.OnBytes = func(n int64) { w.progress += n }
			token, err := w.Upload(t.Context(), u)
			if err != nil {
				t.Fatalf("%v after %q", err, w.calls)
			}
			if w.progress != int64(size) {
				t.Errorf("told of %d of %d bytes after %q", w.progress, size, w.calls)
			}
			_ = w.SetFaults(nil)
			w.created(t, b, token)
		})
	})
}
