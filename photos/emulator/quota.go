package emulator

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the day turns in Los Angeles, also where no zones are installed
)

// quota counts the calls of a day for each Cloud project, and the writes of a
// minute and the writes at one time for each user (Google's page of limits).
type quota struct {
	daily, writes, concurrent int // the limits; negative is none
	pacific                   *time.Location
	file                      *os.File // keeps the day's counts; nil in memory

	mu       sync.Mutex
	size     int64 // of the file
	projects map[string]*spentDay
	users    map[string]*spentMinute
}

// spentDay is what a project spent.
type spentDay struct {
	day   string // in Pacific time
	calls int
	at    int64 // the offset of its line in the file
}

// spentMinute is what a user spent.
type spentMinute struct {
	minute  int64 // since 1970
	calls   int
	writing int // now
}

func newQuota(o Options, file *os.File) (*quota, error) {
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return nil, fmt.Errorf("load the zone in which the day turns: %w", err)
	}
	q := &quota{daily: o.DailyCalls, writes: o.WritesPerMinute, concurrent: o.ConcurrentWrites, pacific: pacific, file: file,
		projects: map[string]*spentDay{}, users: map[string]*spentMinute{}}
	if file != nil {
		q.read()
	}
	return q, nil
}

// dayCount is how the file's lines begin, one a project: "2006-01-02 0000000042".
// Behind it, but for the project of the default client, stand a blank and the
// project's name, escaped as in a query. Day and count have a fixed length, so that
// each count overwrites the one before in one write.
const dayCount = "%10s %010d"

// read takes the counts up again. A line that makes no sense counts as nothing
// spent: at worst a day's calls are granted twice.
func (q *quota) read() {
	text, err := io.ReadAll(io.NewSectionReader(q.file, 0, 1<<20))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		at := q.size
		q.size += int64(len(line))
		line, whole := strings.CutSuffix(line, "\n")
		day, rest, _ := strings.Cut(line, " ")
		count, project, named := strings.Cut(rest, " ")
		calls, err := strconv.Atoi(count)
		if !whole || err != nil || len(day) != len(time.DateOnly) {
			continue
		}
		if project, err = url.QueryUnescape(project); err != nil {
			continue
		}
		if !named {
			project = projectOf(DefaultClient)
		}
		q.projects[project] = &spentDay{day: day, calls: calls, at: at}
	}
}

// note writes a project's count down.
func (q *quota) note(project string, spent *spentDay, known bool) error {
	if q.file == nil {
		return nil
	}
	line := fmt.Appendf(nil, dayCount, spent.day, spent.calls)
	if !known {
		spent.at = q.size
		if project != projectOf(DefaultClient) {
			line = fmt.Append(line, " ", url.QueryEscape(project))
		}
		line = append(line, '\n')
		q.size += int64(len(line))
	}
	if _, err := q.file.WriteAt(line, spent.at); err != nil {
		return fmt.Errorf("note the day's calls: %w", err)
	}
	return nil
}

// spend counts a call of a client for a user, or refuses it.
func (q *quota) spend(g grant, write bool, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	project := projectOf(g.client)
	spent, known := q.projects[project]
	if !known {
		spent = &spentDay{}
		q.projects[project] = spent
	}
	if day := now.In(q.pacific).Format(time.DateOnly); day != spent.day {
		spent.day, spent.calls = day, 0
	}
	if q.daily >= 0 && spent.calls >= q.daily {
		return quotaErrorOf(project, "daily", q.daily)
	}
	spent.calls++
	if err := q.note(project, spent, known); err != nil || !write {
		return err
	}
	user := q.user(g)
	if minute := now.Unix() / 60; minute != user.minute {
		user.minute, user.calls = minute, 0
	}
	if q.writes >= 0 && user.calls >= q.writes {
		return quotaErrorOf(project, "writes", q.writes)
	}
	user.calls++
	return nil
}

// user is what the user spent, through whichever app.
func (q *quota) user(g grant) *spentMinute {
	if q.users[g.user] == nil {
		q.users[g.user] = &spentMinute{}
	}
	return q.users[g.user]
}

// enter begins a write, unless the user has too many under way.
func (q *quota) enter(g grant) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	user := q.user(g)
	if q.concurrent >= 0 && user.writing >= q.concurrent {
		return quotaErrorOf(projectOf(g.client), "concurrent", q.concurrent)
	}
	user.writing++
	return nil
}

// leave ends a write.
func (q *quota) leave(g grant) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.user(g).writing--
}

// reset forgets what was spent.
func (q *quota) reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, spent := range q.projects {
		spent.day, spent.calls = "", 0
	}
	for _, user := range q.users {
		user.minute, user.calls = 0, 0
	}
}

// projectOf is the Cloud project of an OAuth client. Google's client ids begin
// with the number of their project: "4711-abc.apps.googleusercontent.com". An id
// of another shape is a project of its own.
func projectOf(client string) string {
	number, _, ok := strings.Cut(client, "-")
	if ok && number != "" && strings.Trim(number, "0123456789") == "" {
		return number
	}
	return client
}

// quotaError is the 429 of a quota, "daily", "writes" or "concurrent", with the
// bodies that clients of the real service have quoted.
func quotaError(which string, limit ...int) *apiError {
	return quotaErrorOf("", which, limit...)
}

// quotaErrorOf is quotaError for a project. One that has no number is 1.
func quotaErrorOf(project, which string, limit ...int) *apiError {
	if project == "" || strings.Trim(project, "0123456789") != "" {
		project = "1"
	}
	err := &apiError{code: http.StatusTooManyRequests, status: "RESOURCE_EXHAUSTED", reason: "rateLimitExceeded"}
	tail := " of service 'photoslibrary.googleapis.com' for consumer 'project_number:" + project + "'."
	value := func(otherwise int) string { return strconv.Itoa(append(limit, otherwise)[0]) }
	switch which {
	case "concurrent":
		err.message, err.reason = "Quota exceeded for quota 'concurrent write request' of service 'photoslibrary.googleapis.com'.", ""
	case "daily":
		err.message = "Quota exceeded for quota metric 'All requests' and limit 'All requests per day'" + tail
		err.details = quotaDetails(project, "ApiCallsPerProjectPerDay", "all_requests", value(10_000))
	default:
		err.message = "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user'" + tail
		err.details = quotaDetails(project, "WritesPerMinutePerUser", "write_requests", value(30))
	}
	return err
}

func quotaDetails(project, limit, metric, value string) []any {
	type object = map[string]any
	return []any{
		object{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com",
			"metadata": object{
				"quota_limit_value": value, "consumer": "projects/" + project, "service": "photoslibrary.googleapis.com",
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
