package clients

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/media_items"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/uploader"
)

// sessions remembers the URLs of uploads that did not end, as the resumable
// uploader wants it.
type sessions map[string]string

func (s sessions) Get(fingerprint string) (string, bool) {
	url, ok := s[fingerprint]
	return url, ok
}
func (s sessions) Set(fingerprint, url string) { s[fingerprint] = url }
func (s sessions) Delete(fingerprint string)   { delete(s, fingerprint) }
func (s sessions) Close()                      {}

// film is the beginning of an MP4 file, and then n bytes.
func film(n int) []byte {
	return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, n)...)
}

func TestResumableUploaderGoesOn(t *testing.T) {
	t.Parallel()
	upload := []string{"start", "query", "upload, finalize"}
	again := []string{"query", "upload, finalize"}
	lost := []string{"query", "start", "query", "upload, finalize"}
	for _, row := range []struct {
		name  string
		fault *emulator.Fault
		calls []string
		after int64 // the offset of the last request
	}{
		{"nothing goes wrong", nil, upload, 0},
		{"the connection is cut in the bytes", &emulator.Fault{Kind: emulator.CutUpload, Bytes: 700_000}, slices.Concat(upload, again), 2 * 262_144},
		{"the answer is lost, and with it the token", &emulator.Fault{Kind: emulator.LoseAnswer}, slices.Concat(upload, lost), 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := open(t, emulator.Options{})
			up, err := uploader.NewResumableUploader(a.client(t, anyToken))
			if err != nil {
				t.Fatal(err)
			}
			up.Store = sessions{}
			path := filepath.Join(t.TempDir(), "film.mp4")
			write(t, path, film(1<<20))
			if row.fault != nil {
				row.fault.Method, row.fault.Nth = "uploads", 3
				if err := a.SetFaults([]emulator.Fault{*row.fault}); err != nil {
					t.Fatal(err)
				}
				if got, err := up.UploadFile(t.Context(), path); err == nil {
					t.Fatalf("the upload with a fault gave %q", got)
				}
			}
			got, err := up.UploadFile(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			checkFilm(t, a, got, film(1<<20))
			var calls []string
			var offset int64
			for _, s := range a.calls("POST /v1/uploads") {
				calls, offset = append(calls, s.command), s.offset
			}
			if diff := cmp.Diff(row.calls, calls); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if offset != row.after {
				t.Errorf("it went on at %d, not at %d", offset, row.after)
			}
		})
	}
}

// checkFilm makes an item of a token and holds it against what was uploaded.
func checkFilm(t *testing.T, a *account, token string, body []byte) {
	t.Helper()
	item, err := uploaderClient(t, a).MediaItems.Create(t.Context(), media_items.SimpleMediaItem{UploadToken: token})
	if err != nil || item.Filename != "film.mp4" {
		t.Fatalf("its item is %+v, %v", item, err)
	}
	sum := sha256.Sum256(body)
	if it := a.World().Items[0]; it.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("%d bytes arrived, and others than were sent", it.Size)
	}
}
