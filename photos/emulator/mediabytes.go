package emulator

import (
	"net/http"
	"sync"
	"time"
)

// mediaQuota counts the requests of media bytes of a day, apart from the calls of
// the API (Google's page of limits). The count is in memory: whoever restarts to
// get around 75,000 has deserved it.
type mediaQuota struct {
	limit   int // negative is none
	pacific *time.Location

	mu   sync.Mutex
	day  string // in Pacific time
	used int
}

// spend counts a request, and reports whether it is within the limit.
func (q *mediaQuota) spend(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if day := now.In(q.pacific).Format(time.DateOnly); day != q.day {
		q.day, q.used = day, 0
	}
	if q.limit >= 0 && q.used >= q.limit {
		return false
	}
	q.used++
	return true
}

func (q *mediaQuota) reset() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.used = 0
}

// mediaAllowed counts a request at baseUrl, or answers 429 (an issue of
// gilesknap/gphotos-sync).
func (e *Emulator) mediaAllowed(w http.ResponseWriter) bool {
	if e.media.spend(e.opts.Now()) {
		return true
	}
	http.Error(w, "429 Too Many Requests", http.StatusTooManyRequests)
	return false
}
