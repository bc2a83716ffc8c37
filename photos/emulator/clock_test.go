package emulator_test

import (
	"testing"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

const controlPath = "/_emulator/"

func TestClockGoesAheadByTheControlAPI(t *testing.T) {
	at := newClock()
	opts := emulator.Options{Now: at.now, Dir: t.TempDir()}
	var token string
	t.Run("before", func(t *testing.T) {
		a := open(t, opts)
		token = a.upload(picture(1), "")
		got := a.call(200, "POST", controlPath+"clock", object{"advance": "23h59m"})
		want := object{"now": "2026-03-02T11:59:00Z", "ahead": "23h59m0s"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
		a.create(200, "", nil, entry(token, "1"))
		for _, bad := range []string{"-1s", "0s", "soon", ""} {
			a.call(400, "POST", controlPath+"clock", object{"advance": bad})
		}
	})
	a := open(t, opts)
	if diff := cmp.Diff(object{"now": "2026-03-02T11:59:00Z", "ahead": "23h59m0s"}, a.call(200, "GET", controlPath+"clock", nil)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	if err := a.e.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	a.refused(400, "Request must contain a valid upload token.", "POST", createPath, object{"newMediaItems": []object{entry(token, "1")}})
	if err := a.e.Reset(); err != nil {
		t.Fatal(err)
	}
	if got := a.e.Now(); !got.Equal(at.Time) {
		t.Errorf("after a reset it is %v", got)
	}
}
