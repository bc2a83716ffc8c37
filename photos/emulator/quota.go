package emulator

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
	_ "time/tzdata" // the day turns in Los Angeles, also where no zones are installed
)

// quota counts calls by day, writes by minute and writes at one time.
type quota struct {
	daily, writes, concurrent int // the limits; negative is none
	pacific                   *time.Location
	file                      *os.File // keeps the day's count; nil in memory

	mu          sync.Mutex
	day         string // of the count, in Pacific time
	calls       int
	minute      int64 // of the count, since 1970
	minuteCalls int
	writing     int
}

func newQuota(o Options, file *os.File) (*quota, error) {
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return nil, fmt.Errorf("load the zone in which the day turns: %w", err)
	}
	q := &quota{daily: o.DailyCalls, writes: o.WritesPerMinute, concurrent: o.ConcurrentWrites, pacific: pacific, file: file}
	if file != nil {
		q.read()
	}
	return q, nil
}

// The file holds one line of fixed length, "2006-01-02 0000000042", so that each
// count overwrites the one before in one write.
const dayLine = "%s %010d\n"

// read takes the count up again. A file that makes no sense counts as nothing
// spent: at worst a day's calls are granted twice.
func (q *quota) read() {
	var line [22]byte
	if _, err := q.file.ReadAt(line[:], 0); err != nil {
		return
	}
	var day string
	var calls int
	if _, err := fmt.Sscanf(string(line[:]), "%s %d\n", &day, &calls); err != nil {
		return
	}
	q.day, q.calls = day, calls
}

// spend counts a call, or refuses it.
func (q *quota) spend(write bool, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if day := now.In(q.pacific).Format(time.DateOnly); day != q.day {
		q.day, q.calls = day, 0
	}
	if q.daily >= 0 && q.calls >= q.daily {
		return quotaError("daily", q.daily)
	}
	q.calls++
	if q.file != nil {
		if _, err := q.file.WriteAt(fmt.Appendf(nil, dayLine, q.day, q.calls), 0); err != nil {
			return fmt.Errorf("note the day's calls: %w", err)
		}
	}
	if !write {
		return nil
	}
	if minute := now.Unix() / 60; minute != q.minute {
		q.minute, q.minuteCalls = minute, 0
	}
	if q.writes >= 0 && q.minuteCalls >= q.writes {
		return quotaError("writes", q.writes)
	}
	q.minuteCalls++
	return nil
}

// enter begins a write, unless too many are under way.
func (q *quota) enter() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.concurrent >= 0 && q.writing >= q.concurrent {
		return quotaError("concurrent", q.concurrent)
	}
	q.writing++
	return nil
}

// leave ends a write.
func (q *quota) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing--
}

// reset forgets what was spent.
func (q *quota) reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.day, q.calls, q.minuteCalls = "", 0, 0
}

// quotaError is the 429 of a quota, "daily", "writes" or "concurrent", with the
// bodies that clients of the real service have quoted.
func quotaError(which string, limit ...int) *apiError {
	err := &apiError{code: http.StatusTooManyRequests, status: "RESOURCE_EXHAUSTED", reason: "rateLimitExceeded"}
	const tail = " of service 'photoslibrary.googleapis.com' for consumer 'project_number:1'."
	value := func(otherwise int) string { return strconv.Itoa(append(limit, otherwise)[0]) }
	switch which {
	case "concurrent":
		err.message, err.reason = "Quota exceeded for quota 'concurrent write request' of service 'photoslibrary.googleapis.com'.", ""
	case "daily":
		err.message = "Quota exceeded for quota metric 'All requests' and limit 'All requests per day'" + tail
		err.details = quotaDetails("ApiCallsPerProjectPerDay", "all_requests", value(10_000))
	default:
		err.message = "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user'" + tail
		err.details = quotaDetails("WritesPerMinutePerUser", "write_requests", value(30))
	}
	return err
}

func quotaDetails(limit, metric, value string) []any {
	type object = map[string]any
	return []any{
		object{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com",
			"metadata": object{
				"quota_limit_value": value, "consumer": "projects/1", "service": "photoslibrary.googleapis.com",
				"quota_limit": limit, "quota_location": "global", "quota_metric": "photoslibrary.googleapis.com/" + metric,
			},
		},
		object{
			"@type": "type.googleapis.com/google.rpc.Help",
			"links": []any{object{
				"description": "Request a higher quota limit.",
				"url":         "https://cloud.google.com/docs/quota#requesting_higher_quota",
			}},
		},
	}
}
