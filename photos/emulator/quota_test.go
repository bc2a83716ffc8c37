package emulator_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// quotaBody is the answer of a quota that is used up.
func quotaBody(metric, limit, metricID, limitID, value string, project ...string) object {
	number := append(project, "1")[0]
	message := "Quota exceeded for quota metric '" + metric + "' and limit '" + limit +
		"' of service 'photoslibrary.googleapis.com' for consumer 'project_number:" + number + "'."
	return object{"error": object{
		"code": 429.0, "message": message, "status": "RESOURCE_EXHAUSTED",
		"errors": []any{object{"message": message, "domain": "global", "reason": "rateLimitExceeded"}},
		"details": []any{
			object{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com",
				"metadata": object{"quota_limit_value": value, "consumer": "projects/" + number, "service": "photoslibrary.googleapis.com",
					"quota_limit": limitID, "quota_location": "global", "quota_metric": "photoslibrary.googleapis.com/" + metricID}},
			object{"@type": "type.googleapis.com/google.rpc.Help", "links": []any{object{
				"description": "Request a higher quota limit.", "url": "https://cloud.google.com/docs/quota#requesting_higher_quota"}}},
		},
	}}
}

func TestDailyQuotaTurnsAtMidnightPacificAndSurvivesARestart(t *testing.T) {
	at := newClock()
	at.Time = time.Date(2026, 7, 1, 6, 59, 50, 0, time.UTC) // 23:59:50 in Los Angeles
	opts := emulator.Options{Dir: t.TempDir(), DailyCalls: 3, Now: at.now}
	want := quotaBody("All requests", "All requests per day", "all_requests", "ApiCallsPerProjectPerDay", "3")
	t.Run("before", func(t *testing.T) {
		a := open(t, opts)
		for range 3 {
			a.call(200, "GET", "/v1/albums", nil)
		}
	})
	a := open(t, opts)
	if diff := cmp.Diff(want, a.call(429, "GET", "/v1/albums", nil)); diff != "" {
		t.Errorf("the fourth call (-want +got):\n%s", diff)
	}
	at.Time = at.Add(10 * time.Second)
	a.call(200, "GET", "/v1/albums", nil)
}

func TestWritesOfAMinute(t *testing.T) {
	at := newClock()
	a := open(t, emulator.Options{WritesPerMinute: 2, Now: at.now})
	a.album("1")
	a.album("2")
	want := quotaBody("Write requests", "Write requests per minute per user", "write_requests", "WritesPerMinutePerUser", "2")
	got := a.call(429, "POST", "/v1/albums", object{"album": object{"title": "3"}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the third write (-want +got):\n%s", diff)
	}
	a.call(200, "GET", "/v1/albums", nil)
	a.upload(picture(1), "uploads are no writes")
	at.Time = at.Add(time.Minute)
	a.album("3")
}

func TestOverlappingWritesAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{Latency: time.Second})
		var wait sync.WaitGroup
		answers := make([]int, 2)
		for i := range answers {
			wait.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				answers[i], _, _ = a.send("POST", "/v1/albums", object{"album": object{"title": fmt.Sprint(i)}})
			})
		}
		wait.Wait()
		if diff := cmp.Diff([]int{200, 429}, answers); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		a.album("afterwards")
	})
}

func TestWritesOfTwoUsersDoNotHinderEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := pipe(t, emulator.Options{Latency: time.Second, Tokens: people()})
		var wait sync.WaitGroup
		callers := []string{"owner", "ben", "appender", "other app"}
		answers := make([]int, len(callers))
		for i, who := range callers {
			wait.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				answers[i], _, _ = a.as(who).send("POST", "/v1/albums", object{"album": object{"title": who}})
			})
		}
		wait.Wait()
		if diff := cmp.Diff([]int{200, 200, 429, 429}, answers); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}
