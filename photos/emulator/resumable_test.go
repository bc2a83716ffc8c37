package emulator_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reply is what an upload is answered with.
type reply struct {
	status   int
	state    string // X-Goog-Upload-Status
	received string // X-Goog-Upload-Size-Received
	text     string
}

// command sends one request of the resumable protocol. The path begins with a
// slash; a session's URL is taken as it was answered.
func (a *account) command(path, command string, body io.Reader, headers ...string) (reply, http.Header, error) {
	a.t.Helper()
	path = strings.TrimPrefix(path, a.url)
	req, err := http.NewRequest("POST", a.url+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token())
	req.Header.Set("X-Goog-Upload-Command", command)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := a.do(req)
	if err != nil {
		return reply{}, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	h := resp.Header
	return reply{resp.StatusCode, h.Get("X-Goog-Upload-Status"), h.Get("X-Goog-Upload-Size-Received"), string(text)}, h, err
}

// begin starts a session and gives its URL.
func (a *account) begin(headers ...string) string {
	a.t.Helper()
	headers = append([]string{"X-Goog-Upload-Protocol", "resumable"}, headers...)
	got, h, err := a.command("/v1/uploads", "start", http.NoBody, headers...)
	if err != nil || got != (reply{status: 200, state: "active"}) || h.Get("X-Goog-Upload-URL") == "" {
		a.t.Fatalf("start: %+v %v %v", got, h, err)
	}
	return h.Get("X-Goog-Upload-URL")
}

// chunk sends bytes at an offset.
func (a *account) chunk(url, command string, offset int, body []byte) reply {
	a.t.Helper()
	got, _, err := a.command(url, command, bytes.NewReader(body), "X-Goog-Upload-Offset", strconv.Itoa(offset))
	if err != nil {
		a.t.Fatal(err)
	}
	return got
}

func (a *account) query(url string) reply {
	a.t.Helper()
	got, _, err := a.command(url, "query", http.NoBody)
	if err != nil {
		a.t.Fatal(err)
	}
	return got
}

const finalize = "upload, finalize"

// large is a picture of some bytes, with what no decoder looks at behind it.
func large(n, size int) []byte {
	return append(picture(n), bytes.Repeat([]byte{byte(n)}, size-len(picture(n)))...)
}

// flatText is the body of a flat error.
func flatText(code int, message string) string {
	return `{"code":` + strconv.Itoa(code) + `,"message":"` + message + `"}` + "\n"
}

func TestResumableUploadOfSeveralChunks(t *testing.T) {
	a := open(t, emulator.Options{ChunkGranularity: 1000})
	whole := large(1, 2345)
	url := a.begin("X-Goog-Upload-Content-Type", "image/png", "X-Goog-Upload-Raw-Size", "2345", "X-Goog-Upload-File-Name", "größe.png")
	if want := a.url + "/v1/uploads?upload_id="; !strings.HasPrefix(url, want) || !strings.HasSuffix(url, "&upload_protocol=resumable") {
		t.Errorf("session URL %s", url)
	}
	var got []reply
	got = append(got, a.query(url), a.chunk(url, "upload", 0, whole[:1000]), a.query(url),
		a.chunk(url, "upload", 1000, whole[1000:2000]), a.query(url))
	active := func(received string) reply { return reply{200, "active", received, ""} }
	if diff := cmp.Diff([]reply{active("0"), active(""), active("1000"), active(""), active("2000")}, got, cmp.AllowUnexported(reply{})); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	last := a.chunk(url, finalize, 2000, whole[2000:])
	if last.status != 200 || last.state != "final" || last.text == "" {
		t.Fatalf("the last chunk: %+v", last)
	}
	if got := a.query(url); got != (reply{200, "final", "", ""}) {
		t.Errorf("a finished session answers %+v", got)
	}
	made := a.create(200, "", nil, entry(last.text, ""))
	if got := outcome(made[0]); got != "größe.png <nil> Success" {
		t.Errorf("the item is %q", got)
	}
	if world := a.e.World().Items[0]; world.Size != 2345 || world.SHA256 != sha256Of(whole) {
		t.Errorf("the item has %d bytes of SHA-256 %s", world.Size, world.SHA256)
	}
}

func TestWholeFileInOneRequestOfASession(t *testing.T) {
	for _, command := range []string{"upload, finalize", "upload,finalize", "Upload, Finalize"} {
		a := open(t, emulator.Options{})
		url := a.begin("X-Goog-Upload-Raw-Size", strconv.Itoa(len(picture(1))))
		if got := a.chunk(url, command, 0, picture(1)); got.state != "final" || outcome(a.create(200, "", nil, entry(got.text, "x"))[0]) != "x <nil> Success" {
			t.Errorf("%s: %+v", command, got)
		}
	}
}

func TestBytesThatArrivedCanBeFinalisedAlone(t *testing.T) {
	for _, command := range []string{"finalize", finalize} {
		a := open(t, emulator.Options{ChunkGranularity: 1000})
		url := a.begin()
		a.chunk(url, "upload", 0, large(1, 1000))
		if got := a.chunk(url, command, 1000, nil); got.state != "final" || got.text == "" {
			t.Errorf("%s: %+v", command, got)
		}
	}
}

func TestMisuseOfASessionIsRefusedAndTheSessionGoesOn(t *testing.T) {
	a := open(t, emulator.Options{ChunkGranularity: 1000, PhotoBytes: 5000, VideoBytes: 6000})
	whole := large(1, 2500)
	url := a.begin("X-Goog-Upload-Raw-Size", "2500")
	a.chunk(url, "upload", 0, whole[:1000])
	for _, row := range []struct {
		name, command string
		offset        int
		body          []byte
		message       string
	}{
		{"offset behind", "upload", 0, whole[:1000], `Invalid request. X-Goog-Upload-Offset is \"0\", and 1000 bytes have arrived.`},
		{"offset ahead", finalize, 2000, whole[2000:], `Invalid request. X-Goog-Upload-Offset is \"2000\", and 1000 bytes have arrived.`},
		{"odd chunk", "upload", 1000, whole[1000:1999], `Invalid request. The chunk has 999 bytes; all but the last must be a multiple of 1000.`},
		{"more than announced", finalize, 1000, whole[:1501], `Invalid request. The upload would have 2501 bytes, and 2500 were announced.`},
		{"unknown command", "append", 1000, nil, `Invalid request. X-Goog-Upload-Command \"append\" is not upload, finalize, query or cancel.`},
		{"second start", "start", 1000, nil, `Invalid request. X-Goog-Upload-Command \"start\" is not upload, finalize, query or cancel.`},
	} {
		got := a.chunk(url, row.command, row.offset, row.body)
		if got.status != 400 || got.text != flatText(3, row.message) {
			t.Errorf("%s: %+v", row.name, got)
		}
		if got := a.query(url); got.received != "1000" {
			t.Errorf("%s: afterwards %+v", row.name, got)
		}
	}
	if got := a.chunk(url, finalize, 1000, whole[1000:2000]); got.text != flatText(3, "Invalid request. The upload has 2000 bytes, and 2500 were announced.") {
		t.Errorf("less than announced: %+v", got)
	}
	if got := a.chunk(url, finalize, 2000, whole[2000:]); got.state != "final" {
		t.Errorf("the session did not go on: %+v", got)
	}
	for _, command := range []string{"upload", finalize, "cancel"} {
		if got := a.chunk(url, command, 2500, nil); got != (reply{400, "final", "", flatText(3, "Upload has already been terminated.")}) {
			t.Errorf("%s in a finished session: %+v", command, got)
		}
	}
}

func TestSessionsThatCantBeBegunOrFound(t *testing.T) {
	a := open(t, emulator.Options{PhotoBytes: 5000, VideoBytes: 6000})
	start := func(command string, headers ...string) reply {
		got, _, err := a.command("/v1/uploads", command, http.NoBody, append([]string{"X-Goog-Upload-Protocol", "resumable"}, headers...)...)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, row := range []struct {
		got    reply
		status int
		text   string
	}{
		{start("start", "X-Goog-Upload-Raw-Size", "6001"), 413, flatText(3, "Request Entity Too Large")},
		{start("start", "X-Goog-Upload-Raw-Size", "5001", "X-Goog-Upload-Content-Type", "image/jpeg"), 413, flatText(3, "Request Entity Too Large")},
		{start("start", "X-Goog-Upload-Raw-Size", "0"), 400, flatText(3, `Invalid request. X-Goog-Upload-Raw-Size \"0\" is not a number of bytes.`)},
		{start("start", "X-Goog-Upload-Raw-Size", "many"), 400, flatText(3, `Invalid request. X-Goog-Upload-Raw-Size \"many\" is not a number of bytes.`)},
		{start("upload"), 400, flatText(3, "Invalid request. X-Goog-Upload-Command must be start when there is no upload_id.")},
		{start("start", "Authorization", ""), 401, flatText(16, "Authentication session is not defined.")},
		{a.query("/v1/uploads?upload_id=unknown&upload_protocol=resumable"), 404, flatText(5, "Requested entity was not found.")},
	} {
		if row.got.status != row.status || row.got.text != row.text {
			t.Errorf("got %+v, not %d %s", row.got, row.status, row.text)
		}
	}
	url := a.begin()
	got, _, err := a.command(url, "query", http.NoBody, "Authorization", "")
	if err != nil || got.status != 401 || got.text != flatText(16, "Authentication session is not defined.") {
		t.Errorf("a session without a token: %+v %v", got, err)
	}
	if got := a.chunk(url, finalize, 0, nil); got.status != 400 {
		t.Errorf("an empty file: %+v", got)
	}
	if got := a.chunk(url, finalize, 0, large(1, 5001)); got.status != 413 || got.state != "active" {
		t.Errorf("a photograph that is too large: %+v", got)
	}
}

func TestCancelledSessionIsOver(t *testing.T) {
	a := open(t, emulator.Options{ChunkGranularity: 1000})
	url := a.begin()
	a.chunk(url, "upload", 0, large(1, 1000))
	if got := a.chunk(url, "cancel", 0, nil); got != (reply{200, "cancelled", "", ""}) {
		t.Errorf("cancel answers %+v", got)
	}
	if got := a.query(url); got != (reply{200, "cancelled", "", ""}) {
		t.Errorf("a cancelled session answers %+v", got)
	}
	if got := a.chunk(url, finalize, 1000, nil); got.status != 400 || got.state != "cancelled" {
		t.Errorf("upload into a cancelled session: %+v", got)
	}
}

func TestSessionIsItsUsersAlone(t *testing.T) {
	a := open(t, emulator.Options{Tokens: map[string]emulator.Grant{"token": {}, "other": {User: "other"}}})
	url := a.begin()
	got, _, err := a.command(url, "query", http.NoBody, "Authorization", "Bearer other")
	if err != nil || got.status != 404 {
		t.Errorf("another's session: %+v %v", got, err)
	}
	if got := a.query(url); got.received != "0" {
		t.Errorf("one's own: %+v", got)
	}
}

func TestSessionDiesAfterADay(t *testing.T) {
	at := newClock()
	dir := t.TempDir()
	a := open(t, emulator.Options{Now: at.now, Dir: dir, ChunkGranularity: 1000})
	url := a.begin()
	a.chunk(url, "upload", 0, large(1, 1000))
	at.Time = at.Add(24*time.Hour - time.Second)
	if got := a.query(url); got.received != "1000" {
		t.Errorf("a second before: %+v", got)
	}
	at.Time = at.Add(time.Second)
	if got := a.query(url); got.status != 404 {
		t.Errorf("a day later: %+v", got)
	}
	a.begin()
	if left, err := filepath.Glob(filepath.Join(dir, "blobs", "partial", "*")); err != nil || len(left) != 0 {
		t.Errorf("bytes of dead sessions are left: %v %v", left, err)
	}
}

func TestSessionSurvivesARestart(t *testing.T) {
	opts := emulator.Options{Dir: t.TempDir(), ChunkGranularity: 1000}
	whole := large(1, 2500)
	var path, done string
	t.Run("before", func(t *testing.T) {
		a := open(t, opts)
		path = strings.TrimPrefix(a.begin("X-Goog-Upload-Raw-Size", "2500", "X-Goog-Upload-File-Name", "x.png"), a.url)
		a.chunk(path, "upload", 0, whole[:1000])
		done = strings.TrimPrefix(a.begin(), a.url)
		a.chunk(done, finalize, 0, picture(2))
	})
	a := open(t, opts)
	if got := a.query(path); got.received != "1000" {
		t.Errorf("after a restart: %+v", got)
	}
	if got := a.query(done); got.state != "final" {
		t.Errorf("a finished session after a restart: %+v", got)
	}
	last := a.chunk(path, finalize, 1000, whole[1000:])
	if got := outcome(a.create(200, "", nil, entry(last.text, ""))[0]); got != "x.png <nil> Success" {
		t.Errorf("the item is %q", got)
	}
}

func TestConnectionCutInAChunkKeepsWhatArrivedUpToTheGranularity(t *testing.T) {
	for _, row := range []struct {
		cut      int64
		received string
	}{{0, "1000"}, {999, "1000"}, {1000, "2000"}, {2500, "3000"}} {
		a := faultyIn(t, emulator.Options{ChunkGranularity: 1000}, emulator.Fault{Method: "uploads", Nth: 3, Kind: emulator.CutUpload, Bytes: row.cut})
		whole := large(1, 5000)
		url := a.begin("X-Goog-Upload-Raw-Size", "5000")
		a.chunk(url, "upload", 0, whole[:1000])
		got, _, err := a.command(url, finalize, bytes.NewReader(whole[1000:]), "X-Goog-Upload-Offset", "1000")
		if err == nil {
			t.Errorf("cut after %d: answered %+v", row.cut, got)
		}
		if got := a.query(url); got != (reply{200, "active", row.received, ""}) {
			t.Errorf("cut after %d bytes: %+v", row.cut, got)
		}
	}
}

func TestCutOfARawUploadLeavesNothing(t *testing.T) {
	a := faultyIn(t, emulator.Options{}, emulator.Fault{Method: "uploads", Kind: emulator.CutUpload, Bytes: 700})
	if status, _, err := a.send("POST", "/v1/uploads", large(1, 2000)); err == nil {
		t.Errorf("answered %d", status)
	}
	a.item("", "1", large(1, 2000))
}

func TestUploadsNeedNoContentLength(t *testing.T) {
	a := open(t, emulator.Options{ChunkGranularity: 1000})
	whole := large(1, 2500)
	plain, _, err := a.command("/v1/uploads", "", io.MultiReader(bytes.NewReader(whole)), "X-Goog-Upload-Protocol", "raw")
	if err != nil || plain.status != 200 || plain.text == "" {
		t.Errorf("raw: %+v %v", plain, err)
	}
	url := a.begin()
	chunk, _, err := a.command(url, "upload", io.MultiReader(bytes.NewReader(whole[:2000])), "X-Goog-Upload-Offset", "0")
	if err != nil || chunk.status != 200 {
		t.Errorf("a chunk: %+v %v", chunk, err)
	}
	odd, _, err := a.command(url, "upload", io.MultiReader(bytes.NewReader(whole[2000:])), "X-Goog-Upload-Offset", "2000")
	if err != nil || odd.status != 400 || a.query(url).received != "2000" {
		t.Errorf("an odd chunk: %+v %v", odd, err)
	}
	last, _, err := a.command(url, finalize, io.MultiReader(bytes.NewReader(whole[2000:])), "X-Goog-Upload-Offset", "2000")
	if err != nil || last.state != "final" {
		t.Errorf("the last chunk: %+v %v", last, err)
	}
}

// TestWhoeverComesBackNeedNotWait lets a client leave a chunk hanging, as a lost
// connection does that the server has not noticed, and come back.
func TestWhoeverComesBackNeedNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{ChunkGranularity: 1000})
		url := a.begin()
		body, hang := io.Pipe()
		defer hang.Close()
		ended := make(chan error, 1)
		go func() {
			_, _, err := a.command(url, finalize, body, "X-Goog-Upload-Offset", "0")
			ended <- err
		}()
		if _, err := hang.Write(large(1, 1500)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := a.query(url); got.received != "1000" {
			t.Errorf("came back to %+v", got)
		}
		hang.CloseWithError(context.Canceled)
		<-ended
		if got := a.chunk(url, finalize, 1000, large(1, 1500)[1000:]); got.state != "final" {
			t.Errorf("went on with %+v", got)
		}
	})
}

// TestSessionsWorkOverHTTP2 cuts a stream, not a connection, and leaves one
// hanging.
func TestSessionsWorkOverHTTP2(t *testing.T) {
	e, err := emulator.Open(emulator.Options{ChunkGranularity: 1000})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(func() {
		server.Close()
		e.Close()
	})
	a := &account{t: t, e: e, url: server.URL, do: server.Client().Do}
	whole := large(1, 2500)
	url := a.begin("X-Goog-Upload-Raw-Size", "2500")
	if !strings.HasPrefix(url, "https://") {
		t.Errorf("session URL %s", url)
	}
	if err := e.SetFaults([]emulator.Fault{{Method: "uploads", Kind: emulator.CutUpload, Bytes: 1700}}); err != nil {
		t.Fatal(err)
	}
	if got, _, err := a.command(url, finalize, bytes.NewReader(whole), "X-Goog-Upload-Offset", "0"); err == nil {
		t.Errorf("a cut stream answered %+v", got)
	}
	if got := a.query(url); got.received != "1000" {
		t.Errorf("after the cut: %+v", got)
	}
	body, hang := io.Pipe()
	defer hang.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _, _ = a.command(url, finalize, body, "X-Goog-Upload-Offset", "1000") // whatever becomes of it
	}()
	if _, err := hang.Write(whole[1000:1200]); err != nil {
		t.Fatal(err)
	}
	if got := a.query(url); got.received != "1000" {
		t.Errorf("came back to %+v", got)
	}
	if got := a.chunk(url, finalize, 1000, whole[1000:]); got.state != "final" {
		t.Errorf("went on with %+v", got)
	}
	hang.CloseWithError(io.ErrUnexpectedEOF)
	<-ended
}

// sender uploads a file in chunks through whatever happens to its connections.
type sender struct {
	*account
	r     *rapid.T
	path  string // of the session
	whole []byte
	sent  int // what arrived, as the sender reckons
	token string
}

const sendUnit = 64

// step asks how much arrived and sends one more chunk, which may be cut.
func (s *sender) step() {
	if got := s.query(s.path); got.received != strconv.Itoa(s.sent) {
		s.r.Fatalf("%d bytes arrived, and the answer is %+v", s.sent, got)
	}
	rest, command := s.whole[s.sent:], finalize
	if n := rapid.IntRange(0, len(rest)/sendUnit).Draw(s.r, "chunk"); n > 0 && n*sendUnit < len(rest) {
		rest, command = rest[:n*sendUnit], "upload"
	}
	cut := rapid.IntRange(0, 2*len(rest)).Draw(s.r, "cut")
	if cut >= len(rest) {
		got := s.chunk(s.path, command, s.sent, rest)
		if got.status != 200 {
			s.r.Fatalf("%s of %d bytes at %d: %+v", command, len(rest), s.sent, got)
		}
		s.token, s.sent = got.text, s.sent+len(rest)
		return
	}
	if err := s.e.SetFaults([]emulator.Fault{{Method: "uploads", Kind: emulator.CutUpload, Bytes: int64(cut)}}); err != nil {
		s.r.Fatal(err)
	}
	_, _, err := s.command(s.path, command, bytes.NewReader(rest), "X-Goog-Upload-Offset", strconv.Itoa(s.sent))
	if err == nil {
		s.r.Fatal("the connection was not cut")
	}
	s.sent += cut - cut%sendUnit
}

// TestAnyCutOfAFileArrivesWhole cuts a file into chunks, loses connections and
// restarts on the way, and asks after each loss how much arrived.
func TestAnyCutOfAFileArrivesWhole(t *testing.T) {
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		opts := emulator.Options{ChunkGranularity: sendUnit, Dir: filepath.Join(t.TempDir(), strconv.Itoa(n))}
		s := &sender{r: r, whole: large(3, rapid.IntRange(100, 1000).Draw(r, "size"))}
		for s.token == "" {
			s.account = serve(t, opts)
			if s.path == "" {
				s.path = strings.TrimPrefix(s.begin(), s.url)
			}
			for restart := false; s.token == "" && !restart; restart = rapid.Bool().Draw(r, "restart") {
				s.step()
			}
			if s.token != "" {
				s.create(200, "", nil, entry(s.token, "x"))
				if got := s.e.World().Items[0].SHA256; got != sha256Of(s.whole) {
					r.Fatalf("SHA-256 %s arrived", got)
				}
			}
			s.stop()
		}
	})
}
