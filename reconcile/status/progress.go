package status

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"albumen/reconcile"
	"albumen/reconcile/plan"
)

// Progress shows what an apply does while it does it: one line that moves on a
// terminal, a plain line every few seconds elsewhere. It is safe for concurrent
// use; Stop must be called.
type Progress struct {
	w        io.Writer
	terminal bool
	style    Style

	mu         sync.Mutex
	total      plan.Cost
	arrived    map[string]bool // by label: a file whose bytes Google still holds arrives once more
	bytes      int64
	inFlight   map[string]int64
	done, of   int
	current    string
	waiting    string
	waitUntil  time.Time
	began      time.Time
	dirty      bool
	shown      bool
	quit, over chan struct{}
}

// Intervals between two lines.
const (
	terminalInterval = 100 * time.Millisecond
	plainInterval    = 5 * time.Second
)

// NewProgress starts to show progress on w.
func NewProgress(w io.Writer, terminal bool, s Style) *Progress {
	p := &Progress{
		w: w, terminal: terminal, style: s, began: time.Now(),
		inFlight: map[string]int64{}, arrived: map[string]bool{}, quit: make(chan struct{}), over: make(chan struct{}),
	}
	go p.run()
	return p
}

// Expect says what there is to do, so that the rest can be told.
func (p *Progress) Expect(c plan.Cost) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total, p.of, p.began = c, c.Writes, time.Now()
}

// Hashing tells how far reading the files has come.
func (p *Progress) Hashing(files, of int, bytes, ofBytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = fmt.Sprintf("reading files %s of %s, %s of %s", number(files), number(of), Size(bytes), Size(ofBytes))
	p.dirty = true
}

// Event takes in what happened.
func (p *Progress) Event(e reconcile.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirty = true
	switch e.Kind {
	case reconcile.Sweeping:
		p.current = "listing the albums"
	case reconcile.Reading:
		p.current = fmt.Sprintf("reading %s (%d of %d)", e.Key, e.Done+1, e.Total)
	case reconcile.Uploading:
		p.inFlight[e.Label] += e.Bytes
	case reconcile.Uploaded:
		p.bytes += p.inFlight[e.Label]
		delete(p.inFlight, e.Label)
		p.arrived[e.Label] = true
		p.total.Uploads = max(p.total.Uploads, len(p.arrived)) // another pass may send more
	case reconcile.UploadFailed:
		delete(p.inFlight, e.Label)
	case reconcile.ActionStarted:
		p.current = fmt.Sprintf("%s: %s", e.Key, Headline(e.Action))
	case reconcile.ActionEnded:
		if e.Result == nil || e.Result.Status == reconcile.Done {
			p.done++
		}
		p.of = max(p.of, p.done)
	case reconcile.Waiting:
		p.waiting, p.waitUntil = e.Why, time.Now().Add(e.Wait)
	}
}

// Stop ends the showing and leaves a clean line.
func (p *Progress) Stop() {
	close(p.quit)
	<-p.over
}

func (p *Progress) run() {
	defer close(p.over)
	every := plainInterval
	if p.terminal {
		every = terminalInterval
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.show()
		case <-p.quit:
			p.finish()
			return
		}
	}
}

func (p *Progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.dirty && !p.terminal {
		return
	}
	p.dirty = false
	line := p.line()
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(p.w, line)
}

func (p *Progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.terminal && p.shown:
		fmt.Fprint(p.w, "\r\x1b[K")
	case !p.terminal && p.total.Writes > 0:
		fmt.Fprintln(p.w, p.line())
	}
}

// plainWidth bounds a line where no terminal has an edge.
const plainWidth = 160

// line is the state of things on one line.
func (p *Progress) line() string {
	var parts []string
	if p.total.Uploads > 0 {
		sent := p.bytes
		for _, n := range p.inFlight {
			sent += n
		}
		parts = append(parts, fmt.Sprintf("%s%s of %s files, %s", p.bar(sent), number(len(p.arrived)), number(p.total.Uploads), p.rate(sent)))
	}
	if p.of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d writes", p.done, p.of))
	}
	if wait := time.Until(p.waitUntil); wait >= time.Second/2 {
		parts = append(parts, fmt.Sprintf("waiting %s: %s", wait.Round(time.Second), p.waiting))
	} else if p.current != "" {
		parts = append(parts, p.current)
	}
	columns := plainWidth
	if p.terminal {
		columns = width
	}
	return cut(Show(strings.Join(parts, " | ")), columns)
}

func (p *Progress) bar(sent int64) string {
	if !p.terminal || p.total.Bytes == 0 {
		return ""
	}
	const cells = 16
	full := min(cells, int(sent*cells/p.total.Bytes))
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "] "
}

// rate is what was sent, how fast, and how long the rest takes at that.
func (p *Progress) rate(sent int64) string {
	took := time.Since(p.began).Seconds()
	if took < 1 || sent == 0 {
		return Size(sent)
	}
	perSecond := float64(sent) / took
	left := time.Duration(float64(p.total.Bytes-sent) / perSecond * float64(time.Second))
	if left <= 0 {
		return Size(sent)
	}
	return fmt.Sprintf("%s at %s/s, %s left", Size(sent), Size(int64(perSecond)), left.Round(time.Second))
}
