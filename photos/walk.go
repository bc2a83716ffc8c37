package photos

import (
	"errors"
	"fmt"
)

// MaxPages is the number of pages after which a listing has no end: more would
// take longer than a day.
const MaxPages = DailyCalls

// ErrEndless ends a listing whose pages lead nowhere: a page token came again, or
// there were MaxPages of them. What was read of it is not the whole.
var ErrEndless = errors.New("the pages have no end")

// IsEndless reports whether a listing was given up because its pages lead nowhere.
func IsEndless(err error) bool { return errors.Is(err, ErrEndless) }

// turns refuses a page that names itself as the next.
func turns(m Method, asked, next string) error {
	if next == "" || next != asked {
		return nil
	}
	return endless(m, "a page names itself as the next")
}

func endless(m Method, why string) *Error {
	return &Error{Method: m, Message: fmt.Sprintf("%v: %s", ErrEndless, why), Err: ErrEndless}
}

// Walk watches over a listing that its caller reads page by page, each with a call
// of its own. The zero value is at the start of one.
//
//	var w photos.Walk
//	for !w.Over() {
//		page, err := client.ListAlbums(ctx, photos.ListAlbums{PageToken: w.Token()})
//		…
//		albums, err := w.Albums(page)
//		…
//	}
type Walk struct {
	pages int
	token string
	seen  map[string]bool
	last  string // the id at the end of what was read
}

// Token is that of the page to read next, "" of the first.
func (w *Walk) Token() string { return w.token }

// Over reports whether the last page was read.
func (w *Walk) Over() bool { return w.pages > 0 && w.token == "" }

// Albums takes a page that was read and answers its albums, without a first one
// that ended the page before (rclone leaves it out, too).
func (w *Walk) Albums(p AlbumsPage) ([]Album, error) {
	return walk(w, p.Albums, func(a Album) string { return string(a.ID) }, p.NextPageToken)
}

// Items takes a page that was read and answers its items, without a first one
// that ended the page before.
func (w *Walk) Items(p ItemsPage) ([]Item, error) {
	return walk(w, p.Items, func(i Item) string { return string(i.ID) }, p.NextPageToken)
}

func walk[E any](w *Walk, entries []E, id func(E) string, next string) ([]E, error) {
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	w.pages++
	switch {
	case next != "" && w.seen[next]:
		return nil, endless("", "a page token came again")
	case next != "" && w.pages >= MaxPages:
		return nil, endless("", fmt.Sprintf("%d of them were read", w.pages))
	}
	w.token, w.seen[next] = next, true
	if len(entries) > 0 && id(entries[0]) == w.last {
		entries = entries[1:]
	}
	if len(entries) > 0 {
		w.last = id(entries[len(entries)-1])
	}
	return entries, nil
}
