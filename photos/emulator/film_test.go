package emulator_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// mp4Box is a box of an ISO base media file.
func mp4Box(kind string, inside ...[]byte) []byte {
	body := bytes.Join(inside, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), kind...), body...)
}

// words are numbers of 32 bits.
func words(numbers ...uint32) (out []byte) {
	for _, n := range numbers {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

// movie is an MP4 file of 1280 by 720, turned by a quarter or not, with 100
// samples in 4 s, that was taken at a time.
func movie(taken time.Time, turned bool) []byte {
	matrix := words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	if turned {
		matrix = words(0, 0x10000, 0, 0xffff0000, 0, 0, 0, 0, 0x40000000)
	}
	track := func(kind string, scale, length, samples uint32) []byte {
		return mp4Box("trak",
			mp4Box("tkhd", words(0, 0, 0, 1, 0, length), make([]byte, 16), matrix, words(1280<<16, 720<<16)),
			mp4Box("mdia", mp4Box("mdhd", words(0, 0, 0, scale, length, 0)),
				mp4Box("hdlr", words(0, 0), []byte(kind), make([]byte, 13)),
				mp4Box("minf", mp4Box("stbl", mp4Box("stts", words(0, 2, samples-1, 40, 1, 40))))))
	}
	return bytes.Join([][]byte{
		mp4Box("ftyp", []byte("mp42\x00\x00\x00\x00mp42isom")),
		mp4Box("moov", mp4Box("mvhd", words(0, uint32(taken.Unix()+2082844800), 0, 1000, 4000), make([]byte, 80)),
			track("soun", 48000, 192000, 400), track("vide", 1000, 4000, 100)),
		mp4Box("mdat", make([]byte, 100)),
	}, nil)
}

func TestVideoTellsItsSizeItsFramesAndItsTime(t *testing.T) {
	a := open(t, emulator.Options{})
	taken := time.Date(2024, 6, 3, 10, 20, 30, 0, time.UTC)
	for turned, want := range map[bool]object{
		false: {"creationTime": "2024-06-03T10:20:30Z", "width": "1280", "height": "720", "video": object{"fps": 25.0, "status": "READY"}},
		true:  {"creationTime": "2024-06-03T10:20:30Z", "width": "720", "height": "1280", "video": object{"fps": 25.0, "status": "READY"}},
	} {
		id := a.item("", "f.mp4", movie(taken, turned))
		if diff := cmp.Diff(want, a.call(200, "GET", "/v1/mediaItems/"+id, nil)["mediaMetadata"]); diff != "" {
			t.Errorf("turned %v (-want +got):\n%s", turned, diff)
		}
	}
	avi := "RIFF\x00\x00\x00\x00AVI LIST\x00\x00\x00\x00hdrlavih\x38\x00\x00\x00" + "\x40\x9c\x00\x00" + strings.Repeat("\x00", 28) + "\x40\x01\x00\x00\xf0\x00\x00\x00"
	id := a.item("", "f.avi", []byte(avi))
	metadata := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["mediaMetadata"].(object)
	if metadata["width"] != "320" || metadata["height"] != "240" || metadata["video"].(object)["fps"] != 25.0 {
		t.Errorf("an AVI file tells %v", metadata)
	}
}

func FuzzVideoThatLies(f *testing.F) {
	whole := movie(time.Unix(1e9, 0), false)
	f.Add(whole)
	f.Add(whole[:len(whole)-150])
	f.Add([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(_ *testing.T, body []byte) { emulator.Examine(body) })
}

func TestVideoIsProcessingAtFirst(t *testing.T) {
	at := newClock()
	state := func(a *account, id string) string {
		return a.call(200, "GET", "/v1/mediaItems/"+id, nil)["mediaMetadata"].(object)["video"].(object)["status"].(string)
	}
	for fail, end := range map[bool]string{false: "READY", true: "FAILED"} {
		a := open(t, emulator.Options{Now: at.now, Choices: emulator.Choices{VideoProcessing: time.Minute, VideosFail: fail}})
		id := a.item("", "f.mp4", film(1))
		if got := state(a, id); got != "PROCESSING" {
			t.Errorf("at first %s", got)
		}
		if status := a.fetch(id, "=dv"); status != 404 {
			t.Errorf("a film that is being processed: %d", status)
		}
		if err := a.e.Advance(time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := state(a, id); got != end {
			t.Errorf("a minute later %s, not %s", got, end)
		}
	}
	a := open(t, emulator.Options{})
	id := a.item("", "f.mp4", film(1))
	if _, err := a.e.Act(emulator.Action{Do: emulator.FailVideo, Item: id}); err != nil || state(a, id) != "FAILED" {
		t.Errorf("%s %v", state(a, id), err)
	}
}

// fetch gets an item's bytes at its baseUrl with a suffix, and gives the status.
func (a *account) fetch(id, suffix string) int {
	a.t.Helper()
	status, _ := a.picture(a.call(200, "GET", "/v1/mediaItems/"+id, nil)["baseUrl"].(string) + suffix)
	return status
}

// picture gets an address that an answer named, without a token.
func (a *account) picture(url string) (int, []byte) {
	a.t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	resp, err := a.do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp.StatusCode, body
}

func TestBaseURLNeedsASizeAndLivesForAnHour(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now})
	photo, film := a.item("", "p.png", picture(1)), a.item("", "f.mp4", film(1))
	for _, row := range []struct {
		id, suffix string
		want       int
	}{
		{photo, "", 403}, {photo, "=", 403}, {photo, "=x", 403}, {photo, "=w0", 403}, {photo, "=c", 403},
		{photo, "=d", 200}, {photo, "=w2", 200}, {photo, "=h2", 200}, {photo, "=w2-h2", 200}, {photo, "=w2-h2-c", 200},
		{photo, "=dv", 404}, {film, "=dv", 200}, {film, "=w64-h64", 200}, {film, "=w64-h64-no", 200},
	} {
		if got := a.fetch(row.id, row.suffix); got != row.want {
			t.Errorf("%s: %d, not %d", row.suffix, got, row.want)
		}
	}
	url := a.call(200, "GET", "/v1/mediaItems/"+photo, nil)["baseUrl"].(string) + "=d"
	at.Time = at.Add(time.Hour - time.Second)
	if got, _ := a.picture(url); got != 200 {
		t.Errorf("a second before the hour: %d", got)
	}
	at.Time = at.Add(time.Second)
	if got, _ := a.picture(url); got != 403 {
		t.Errorf("an hour later: %d", got)
	}
}

func TestPlaySignIsOnVideosUnlessTheSuffixSaysNo(t *testing.T) {
	a := open(t, emulator.Options{})
	id := a.item("", "f.mp4", film(1))
	base := a.call(200, "GET", "/v1/mediaItems/"+id, nil)["baseUrl"].(string)
	_, with := a.picture(base + "=w64-h64")
	_, without := a.picture(base + "=w64-h64-no")
	if bytes.Equal(with, without) {
		t.Error("both pictures are the same")
	}
}

func TestMediaBytesHaveTheirOwnQuota(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{Now: at.now, DailyMedia: 2, DailyCalls: 100})
	id := a.item("", "p.png", picture(1))
	for _, want := range []int{200, 200, 429} {
		if got := a.fetch(id, "=w2"); got != want {
			t.Errorf("answered %d, not %d", got, want)
		}
	}
	if got, _ := a.picture(a.url + "/pictures/" + id + "=w2"); got != 200 {
		t.Errorf("the pages' pictures: %d", got)
	}
	at.Time = at.Add(24 * time.Hour)
	if got := a.fetch(id, "=w2"); got != 200 {
		t.Errorf("a day later: %d", got)
	}
}

func TestDownloadHasLostItsPlace(t *testing.T) {
	a := open(t, emulator.Options{})
	north := append(words(64, 1, 19, 1), words(37, 1)...)
	located := photographAt(t, north)
	if !bytes.Contains(located, north) {
		t.Fatal("the photograph has no place to lose")
	}
	id := a.item("", "p.jpg", located)
	_, got := a.picture(a.call(200, "GET", "/v1/mediaItems/"+id, nil)["baseUrl"].(string) + "=d")
	if len(got) != len(located) || bytes.Contains(got, north) || !bytes.Contains(got, []byte("Model 7")) {
		t.Errorf("%d of %d bytes came back; place %v, camera %v", len(got), len(located), bytes.Contains(got, north), bytes.Contains(got, []byte("Model 7")))
	}
	plain := photograph(t, "2024:06:03 10:20:30", 2)
	id = a.item("", "q.jpg", plain)
	if _, got := a.picture(a.call(200, "GET", "/v1/mediaItems/"+id, nil)["baseUrl"].(string) + "=d"); !bytes.Equal(got, plain) {
		t.Error("a photograph without a place came back changed")
	}
}

// photographAt is a JPEG whose EXIF has a GPS directory with one value.
func photographAt(t *testing.T, value []byte) []byte {
	t.Helper()
	order := binary.LittleEndian
	plain := photograph(t, "2024:06:03 10:20:30", 1)
	block := append([]byte("II*\x00\x08\x00\x00\x00"), directory(8, []exifTag{{tag: 0x0110, text: "Model 7"}}, map[uint16]uint32{0x8825: 100})...)
	block = append(block, make([]byte, 100-len(block))...)
	gps := order.AppendUint16(nil, 1)
	gps = order.AppendUint16(gps, 2) // latitude
	gps = order.AppendUint16(gps, 5)
	gps = order.AppendUint32(gps, 3)
	gps = order.AppendUint32(gps, 100+2+12+4)
	block = append(append(append(block, gps...), 0, 0, 0, 0), value...)
	segment := append([]byte("Exif\x00\x00"), block...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), plain[bytes.Index(plain, []byte{0xff, 0xdb}):]...)
}
