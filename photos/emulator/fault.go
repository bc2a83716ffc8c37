package emulator

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The kinds of fault.
const (
	Refuse       = "refuse"        // a 4xx answer; nothing changes
	LoseRequest  = "lose_request"  // the connection is cut before the call is carried out
	LoseAnswer   = "lose_answer"   // the call is carried out, and the connection is cut
	CutUpload    = "cut_upload"    // the connection is cut when Bytes of the body have arrived
	Throttle     = "throttle"      // a 429 answer as the quota's; nothing changes
	Broken       = "error"         // a 5xx answer; nothing changes unless Applied
	Slow         = "slow"          // the call takes Seconds more, and goes well
	FailEntry    = "fail_entry"    // an entry of batchCreate fails with Code, the others go well
	ShortPage    = "short_page"    // a page is not full, and there are more
	EmptyPage    = "empty_page"    // a page has nothing, and there are more
	TrailingPage = "trailing_page" // a full last page is followed by an empty one
	RepeatPage   = "repeat_page"   // the next page begins with the last entry of this one
)

// FaultKinds are all kinds of fault.
func FaultKinds() []string {
	return []string{Refuse, LoseRequest, LoseAnswer, CutUpload, Throttle, Broken, Slow, FailEntry,
		ShortPage, EmptyPage, TrailingPage, RepeatPage}
}

// Quotas are what Fault.Quota may be.
func Quotas() []string { return []string{"daily", "writes", "concurrent"} }

// Fault is one thing that is to go wrong. Of several that fit a call, the first
// of the list happens; all of them count it.
type Fault struct {
	Method string `json:"method"`          // "mediaItems.batchCreate", "uploads", "oauth.token"; "*" or "" is every method of the API
	Nth    int    `json:"nth,omitempty"`   // the first call that it hits, counted from 1 since the faults were set; 0 = 1
	Times  int    `json:"times,omitempty"` // how many calls in a row it hits; 0 = 1 (with Item or Probability: for ever), -1 = for ever
	Kind   string `json:"kind,omitempty"`  // one of the constants above; with Item, "" is Refuse
	// Probability makes the fault hit each of those calls by chance, 0 to 1; 0 is
	// always. Seed makes the same calls be hit again; 0 draws one, which
	// Emulator.Faults and GET faults tell.
	Probability float64 `json:"probability,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	// Item makes a poison item: the fault counts and hits only calls that name
	// this media item id or file name, or an upload of that file name. With
	// FailEntry it counts and hits only such entries.
	Item       string `json:"item,omitempty"`
	Status     int    `json:"status,omitempty"`     // HTTP status; 0 = 400 to refuse, 500 for an error
	Message    string `json:"message,omitempty"`    // "" is Google's text for the status
	Applied    bool   `json:"applied,omitempty"`    // with Broken: carry the call out first
	Quota      string `json:"quota,omitempty"`      // with Throttle: "daily", "writes" (the default) or "concurrent"
	RetryAfter int    `json:"retryAfter,omitempty"` // seconds, in a Retry-After header; 0 = none
	// Bytes is how much of the body arrives with CutUpload. What arrived of a
	// resumable upload counts up to the granularity; a body that is not longer is
	// taken, and only the answer is lost.
	Bytes   int64   `json:"bytes,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // with Slow
	Code    int     `json:"code,omitempty"`    // with FailEntry: a google.rpc.Code, 3 or 13; 0 = 13
}

// check refuses a fault that could never do what it says.
func (f Fault) check(methods []string) error {
	if f.Kind == "" && f.Item == "" {
		return fmt.Errorf("a fault of %q needs a kind", f.Method)
	}
	if f.Kind != "" && !slices.Contains(FaultKinds(), f.Kind) {
		return fmt.Errorf("unknown kind of fault %q; %s", f.Kind, meant(f.Kind, FaultKinds()))
	}
	if f.Method != "" && f.Method != "*" && !slices.Contains(methods, f.Method) {
		return fmt.Errorf("a fault of an unknown method %q; %s", f.Method, meant(f.Method, methods))
	}
	if f.Quota != "" && !slices.Contains(Quotas(), f.Quota) {
		return fmt.Errorf("unknown quota %q; %s", f.Quota, meant(f.Quota, Quotas()))
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		return fmt.Errorf("status %d is no failure", f.Status)
	}
	if f.Nth < 0 || f.Times < -1 || f.RetryAfter < 0 || f.Bytes < 0 || f.Code < 0 || !(f.Seconds >= 0) {
		return fmt.Errorf("a fault of %q has a negative count", f.Method)
	}
	if !(f.Probability >= 0 && f.Probability <= 1) {
		return fmt.Errorf("a probability is 0 to 1, not %v", f.Probability)
	}
	return nil
}

// fits reports whether the fault is one of the method's.
func (f Fault) fits(method string) bool {
	if f.Method == "" || f.Method == "*" {
		return !strings.HasPrefix(method, oauthPrefix)
	}
	return f.Method == method
}

// hits reports whether the n-th fitting call is one that goes wrong. Chance goes
// by the number of the call alone, so that the same calls are hit with the same
// seed, whatever else goes on.
func (f Fault) hits(n int) bool {
	first, times := max(f.Nth, 1), f.Times
	if times == 0 && f.Item == "" && f.Probability == 0 {
		times = 1
	}
	if n < first || times > 0 && n >= first+times {
		return false
	}
	return f.Probability == 0 || rand.New(rand.NewPCG(f.Seed, uint64(n))).Float64() < f.Probability
}

// faults is the list of what goes wrong, with the calls that each has seen.
type faults struct {
	mu   sync.Mutex
	list []Fault
	seen []int
}

// set replaces the list. A fault that needs a seed and has none gets one, the
// same in every run if the account has a seed.
func (f *faults) set(list []Fault, methods []string, seed int64) error {
	list = slices.Clone(list)
	for i, one := range list {
		if err := one.check(methods); err != nil {
			return err
		}
		if one.Probability == 0 || one.Seed != 0 {
			continue
		}
		const most = 1<<53 - 1 // what every reader of JSON can hold
		if list[i].Seed = rand.Uint64N(most) + 1; seed != 0 {
			list[i].Seed = (uint64(seed)+uint64(i))%most + 1
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list, f.seen = list, make([]int, len(list))
	return nil
}

func (f *faults) get() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.list...)
}

// next counts a call and finds its fault; nil without. With names, only faults
// of items among them are looked at, and without, only those of no item.
func (f *faults) next(method string, names ...string) *Fault {
	return f.find(method, func(one Fault) bool { return one.Kind != FailEntry && slices.Contains(names, one.Item) })
}

// nextEntry counts an entry of a batch, which has names, and finds its fault.
func (f *faults) nextEntry(method string, names ...string) *Fault {
	return f.find(method, func(one Fault) bool {
		return one.Kind == FailEntry && (one.Item == "" || slices.Contains(names, one.Item))
	})
}

func (f *faults) find(method string, fits func(Fault) bool) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found *Fault
	for i := range f.list {
		one := f.list[i]
		if !one.fits(method) || !fits(one) {
			continue
		}
		f.seen[i]++
		if found == nil && one.hits(f.seen[i]) {
			found = &one
		}
	}
	return found
}

// anyItem reports whether there are poison items at all.
func (f *faults) anyItem() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.list, func(one Fault) bool { return one.Item != "" })
}

// changesAnswer reports whether the fault shows in an answer that is otherwise
// made as always.
func (f *Fault) changesAnswer() bool {
	switch f.Kind {
	case Slow, ShortPage, EmptyPage, TrailingPage, RepeatPage:
		return true
	}
	return false
}

// delay is how much longer the call takes.
func (f *Fault) delay() time.Duration {
	if f == nil || f.Kind != Slow {
		return 0
	}
	return time.Duration(f.Seconds * float64(time.Second))
}

// entryStatus is the outcome of an entry that FailEntry hits.
func (f *Fault) entryStatus() wireStatus {
	status := wireStatus{Code: orDefault(f.Code, 13), Message: f.Message}
	if status.Message == "" {
		status.Message = "Failed: There was an error while trying to create this media item."
	}
	return status
}

// before is what goes wrong before the call is carried out.
func (f *Fault) before(now time.Time) error {
	if f == nil {
		return nil
	}
	switch f.Kind {
	case LoseRequest:
		panic(http.ErrAbortHandler)
	case LoseAnswer, CutUpload, Slow, ShortPage, EmptyPage, TrailingPage, RepeatPage:
		return nil
	case Throttle:
		return f.throttled(now)
	case Broken:
		if f.Applied {
			return nil
		}
		return f.answer(http.StatusInternalServerError)
	default:
		return f.answer(http.StatusBadRequest)
	}
}

// after is what goes wrong when the call has been carried out.
func (f *Fault) after() error {
	if f == nil || f.changesAnswer() {
		return nil
	}
	if f.Kind == LoseAnswer || f.Kind == CutUpload {
		panic(http.ErrAbortHandler)
	}
	return f.answer(http.StatusInternalServerError)
}

// cut is the body of a request as it arrives with CutUpload.
func (f *Fault) cut(body io.ReadCloser) io.ReadCloser {
	if f == nil || f.Kind != CutUpload {
		return body
	}
	return &cutBody{ReadCloser: body, left: f.Bytes}
}

// cutBody breaks off after some bytes.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (f *Fault) throttled(now time.Time) error {
	err := quotaError(f.Quota)
	if f.Message != "" {
		err.message = f.Message
	}
	err.retryAfter = f.RetryAfter
	return err
}

// answer is the error that the fault's status and message make.
func (f *Fault) answer(otherwise int) error {
	code := orDefault(f.Status, otherwise)
	status, _ := statusNames(code)
	err := &apiError{code: code, status: status, message: f.Message, retryAfter: f.RetryAfter}
	switch {
	case err.message != "":
	case code == http.StatusServiceUnavailable:
		err.message = "The service is currently unavailable."
	case code >= 500:
		err.message = internal().message
	case code == http.StatusUnauthorized:
		err.message = textCredentials
	case code == http.StatusForbidden:
		err.message = textScopes
	case code == http.StatusNotFound:
		err.message = textGone
	case f.Item != "":
		err.message = textItemInBatch
	default:
		err.message = "Request contains an invalid argument."
	}
	return err
}

// poisoned makes a call fail that names a poison item. It is asked when the
// call is understood and before anything is changed.
func (c *call) poisoned(names ...string) error {
	if !c.faults.anyItem() {
		return nil
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	fault := c.faults.next(c.method.name, names...)
	if fault == nil {
		return nil
	}
	if fault.Kind == LoseAnswer || fault.Kind == CutUpload || fault.changesAnswer() || fault.Applied {
		c.fault = fault
		c.r.Body = fault.cut(c.r.Body)
		return nil
	}
	return fault.before(c.now)
}

// itemNames are the ids of items and the file names that they have, for
// poisoned. The world must be locked.
func (c *call) itemNames(ids []string) []string {
	names := slices.Clone(ids)
	for _, id := range ids {
		if _, it, _ := c.world.item(id); it != nil {
			names = append(names, it.Name)
		}
	}
	return names
}
