package emulator_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"albumen/photos/emulator"
)

func TestBytesGoWithTheirTokenOrSession(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	size := func(n int) int64 { return int64(len(picture(n))) }
	check := func(when string, want int64) {
		t.Helper()
		if got := a.e.Held(); got != want {
			t.Errorf("%s: %d bytes are held, not %d", when, got, want)
		}
	}
	a.item("", "1", picture(1))
	a.upload(picture(2), "")
	a.upload(picture(3), "")
	a.act(object{"do": "add_photo", "title": "4", "bytes": picture(4)})
	a.call(400, "POST", controlPath+"user", object{"do": "add_photo", "title": "5", "bytes": picture(5), "album": "none"})
	session := a.begin()
	if _, _, err := a.command(session, "upload", bytes.NewReader(make([]byte, 256<<10)), "X-Goog-Upload-Offset", "0"); err != nil {
		t.Fatal(err)
	}
	check("at first", size(1)+size(2)+size(3)+size(4)+256<<10)
	a.advance(23 * time.Hour)
	again := a.upload(picture(3), "")
	a.advance(time.Hour)
	check("a day later", size(1)+size(3)+size(4))
	if got, _, err := a.command(session, "query", http.NoBody); err != nil || got.status != 404 {
		t.Errorf("the session is answered %+v, %v", got, err)
	}
	a.create(200, "", nil, entry(again, "3"))
	a.advance(72 * time.Hour)
	check("in the end", size(1)+size(3)+size(4))
}

// advance puts the account's clock ahead.
func (a *account) advance(by time.Duration) {
	a.t.Helper()
	if err := a.e.Advance(by); err != nil {
		a.t.Fatal(err)
	}
}
