package emulator_test

import (
	"net/http"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// faulty serves an account over a transport that repeats nothing by itself.
func faulty(t *testing.T, faults ...emulator.Fault) *account {
	t.Helper()
	return faultyIn(t, emulator.Options{}, faults...)
}

func faultyIn(t *testing.T, opts emulator.Options, faults ...emulator.Fault) *account {
	t.Helper()
	a := open(t, opts)
	a.do = (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do
	if err := a.e.SetFaults(faults); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFaults makes the second albums.create go wrong in every way, and looks at
// what was answered and what became of the world.
func TestFaults(t *testing.T) {
	const lost = -1
	for _, row := range []struct {
		name    string
		fault   emulator.Fault
		status  int
		applied bool
	}{
		{"refused", emulator.Fault{Kind: emulator.Refuse}, 400, false},
		{"forbidden", emulator.Fault{Kind: emulator.Refuse, Status: 403}, 403, false},
		{"request lost", emulator.Fault{Kind: emulator.LoseRequest}, lost, false},
		{"answer lost", emulator.Fault{Kind: emulator.LoseAnswer}, lost, true},
		{"throttled", emulator.Fault{Kind: emulator.Throttle}, 429, false},
		{"broken", emulator.Fault{Kind: emulator.Broken}, 500, false},
		{"unavailable", emulator.Fault{Kind: emulator.Broken, Status: 503}, 503, false},
		{"broken after the act", emulator.Fault{Kind: emulator.Broken, Applied: true}, 500, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.fault.Method, row.fault.Nth = "albums.create", 2
			a := faulty(t, row.fault)
			a.album("1")
			a.call(200, "GET", "/v1/albums", nil)
			status, text, err := a.send("POST", "/v1/albums", object{"album": object{"title": "2"}})
			if err != nil {
				status = lost
			}
			if status != row.status {
				t.Errorf("answered %d %s (%v), not %d", status, text, err, row.status)
			}
			a.album("3")
			want := []string{"1", "3"}
			if row.applied {
				want = []string{"1", "2", "3"}
			}
			var got []string
			for _, album := range a.e.World().Albums {
				got = append(got, album.Title)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("albums (-want +got):\n%s", diff)
			}
			if n := a.e.Stats()["albums.create"]; n != 3 {
				t.Errorf("%d calls were counted", n)
			}
		})
	}
}

func TestFaultTextsAreGoogles(t *testing.T) {
	a := faulty(t,
		emulator.Fault{Method: "albums.list", Nth: 1, Kind: emulator.Broken},
		emulator.Fault{Method: "albums.list", Nth: 2, Kind: emulator.Broken, Status: 503},
		emulator.Fault{Method: "albums.list", Nth: 3, Kind: emulator.Throttle, Quota: "concurrent"},
		emulator.Fault{Method: "albums.list", Nth: 4, Kind: emulator.Throttle, Quota: "daily", RetryAfter: 7},
		emulator.Fault{Method: "albums.list", Nth: 5, Kind: emulator.Refuse, Message: "No."},
		emulator.Fault{Method: "uploads", Times: -1, Kind: emulator.Broken, Status: 503},
	)
	a.refused(500, "Internal error encountered.", "GET", "/v1/albums", nil)
	a.refused(503, "The service is currently unavailable.", "GET", "/v1/albums", nil)
	a.refused(429, "Quota exceeded for quota 'concurrent write request' of service 'photoslibrary.googleapis.com'.", "GET", "/v1/albums", nil)
	a.refused(429, "Quota exceeded for quota metric 'All requests' and limit 'All requests per day' of service 'photoslibrary.googleapis.com' for consumer 'project_number:1'.",
		"GET", "/v1/albums", nil)
	a.refused(400, "No.", "GET", "/v1/albums", nil)
	a.call(200, "GET", "/v1/albums", nil)
	for range 3 {
		if got := a.call(503, "POST", "/v1/uploads", picture(1)); got["code"] != 14.0 {
			t.Errorf("flat body %v", got)
		}
	}
}

func TestFaultOfAnyMethodCountsAllCalls(t *testing.T) {
	a := faulty(t, emulator.Fault{Method: "*", Nth: 2, Times: 2, Kind: emulator.Refuse})
	a.call(200, "GET", "/v1/albums", nil)
	a.call(400, "GET", "/v1/mediaItems", nil)
	a.call(400, "POST", "/v1/albums", object{"album": object{}})
	a.album("x")
}

func TestPoisonItemFailsEveryBatchWithIt(t *testing.T) {
	a := faulty(t)
	album := a.album("Trip")
	good, bad := a.item("", "good.png", picture(1)), a.item("", "bad.png", picture(2))
	set := func(f emulator.Fault) {
		t.Helper()
		if err := a.e.SetFaults([]emulator.Fault{f}); err != nil {
			t.Fatal(err)
		}
	}
	add := "/v1/albums/" + album + ":batchAddMediaItems"
	for _, name := range []string{bad, "bad.png"} {
		set(emulator.Fault{Item: name})
		for range 2 {
			a.refused(400, "Request contains an invalid media item id.", "POST", add, object{"mediaItemIds": []string{good, bad}})
		}
		a.call(200, "GET", "/v1/albums", nil)
	}
	set(emulator.Fault{Method: "mediaItems.batchGet", Item: bad, Kind: emulator.Broken})
	a.call(500, "GET", "/v1/mediaItems:batchGet?mediaItemIds="+good+"&mediaItemIds="+bad, nil)
	a.call(200, "GET", "/v1/mediaItems:batchGet?mediaItemIds="+good, nil)
	a.call(200, "GET", "/v1/mediaItems/"+bad, nil)
	set(emulator.Fault{Method: "mediaItems.batchCreate", Item: "new.png", Kind: emulator.Refuse, Times: 1})
	body := object{"albumId": album, "newMediaItems": []object{entry(a.upload(picture(3), ""), "new.png")}}
	a.call(400, "POST", createPath, body)
	a.call(200, "POST", createPath, body)
	a.call(200, "POST", add, object{"mediaItemIds": []string{good, bad}})
	if diff := cmp.Diff([]string{"new.png", "good.png", "bad.png"}, a.members(album)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestPoisonItemLosesAnswers(t *testing.T) {
	a := faulty(t, emulator.Fault{Item: "x.png", Method: "mediaItems.batchCreate", Kind: emulator.LoseAnswer, Times: 1})
	body := object{"newMediaItems": []object{entry(a.upload(picture(1), ""), "x.png")}}
	if status, _, err := a.send("POST", createPath, body); err == nil {
		t.Errorf("answered %d", status)
	}
	if n := len(a.e.World().Items); n != 1 {
		t.Errorf("%d items", n)
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	e := open(t, emulator.Options{}).e
	for _, f := range []emulator.Fault{
		{}, {Kind: "explode"}, {Kind: emulator.Refuse, Method: "albums.lst"}, {Kind: emulator.Refuse, Probability: 2}, {Kind: emulator.Throttle, Quota: "monthly"}, {Kind: emulator.Refuse, Status: 200}, {Kind: emulator.Refuse, Nth: -1},
	} {
		if err := e.SetFaults([]emulator.Fault{f}); err == nil {
			t.Errorf("%+v was accepted", f)
		}
	}
}
