package emulator

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// pageSize reads the page size of a GET.
func (c *call) pageSize(otherwise, limit int) (int, error) {
	n, err := c.intParam("pageSize")
	if err != nil {
		return 0, err
	}
	return c.clampPage(n, otherwise, limit)
}

// clampPage is the page size that a caller's number means.
func (c *call) clampPage(n int32, otherwise, limit int) (int, error) {
	switch {
	case n < 0, int(n) > limit && c.choices.RefuseLargePages:
		return 0, invalid("Page size must be between 0 and %d.", limit)
	case n == 0:
		return otherwise, nil
	default:
		return min(int(n), limit), nil
	}
}

// boundQuery is all that a page token of a GET is bound to.
func (c *call) boundQuery() string {
	var b strings.Builder
	for _, name := range c.method.query {
		if name != "pageToken" {
			b.WriteString(name + "=" + c.param(name) + "\n")
		}
	}
	return b.String()
}

// boundMessage is all that a page token of a request message is bound to. The
// message comes without its page token.
func boundMessage(m any) string {
	text, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(text)
}

// pageToken is the way to the next page: a cursor, and proofs that it is ours and
// what it is bound to.
func (c *call) pageToken(bound string, cursor ...int64) string {
	parts := make([]string, len(cursor))
	for i, n := range cursor {
		parts[i] = strconv.FormatInt(n, 10)
	}
	text := strings.Join(parts, ",") + "," + c.world.ids.sign(c.pageOf(), bound)
	return base64.RawURLEncoding.EncodeToString([]byte(text + "," + c.world.ids.sign("page", text)))
}

// pageOf is what a page token is for: it leads nowhere in another method, and for
// another user or app.
func (c *call) pageOf() string {
	return "page of " + c.method.name + " for " + c.grant.user + " of " + c.grant.client
}

// pageQuirks is how a page may be less than one hopes. All of them are known from
// the real service: a page that is not full or has nothing and yet goes on
// (issues of gilesknap/gphotos-sync), an empty page behind a full last one (an
// issue of cedricdelpoux/gatsby-source-google-photos), and a page that begins
// with the last entry of the one before (rclone drops it).
type pageQuirks struct{ short, empty, trailing, repeat bool }

// quirks are those of all pages, and those of this call.
func (c *call) quirks() pageQuirks {
	has := func(kind string) bool {
		return c.fault != nil && c.fault.Kind == kind+"_page" || slices.Contains(strings.Split(c.choices.Pages, ","), kind)
	}
	return pageQuirks{short: has("short"), empty: has("empty"), trailing: has("trailing"), repeat: has("repeat")}
}

// The second number of a page token's cursor says how to go on from the first.
const (
	fromEntry   = iota // with the entry
	fromEmptied        // the same, behind an empty page
	fromStart          // from the start, behind an empty page
	fromLast           // with the last entry of the page before
	fromNowhere        // there is no more
)

// page is one page of a walk: the keys of its entries, and the token of the next
// page. A walk begins at a key, or at its start.
func (c *call) page(bound, token string, size int, walk func(from int64, start bool) iter.Seq[int64]) (keys []int64, next string, err error) {
	cursor, err := c.cursor(bound, token, 2)
	if err != nil {
		return nil, "", err
	}
	from, how := int64(0), int64(fromStart)
	if cursor != nil {
		from, how = cursor[0], cursor[1]
	}
	q := c.quirks()
	switch {
	case how == fromNowhere:
		return nil, "", nil
	case q.empty && cursor == nil:
		return nil, c.pageToken(bound, 0, fromStart), nil
	case q.empty && how == fromEntry:
		return nil, c.pageToken(bound, from, fromEmptied), nil
	}
	if q.short {
		size = (size + 1) / 2
	}
	if how == fromLast {
		size = max(size, 2) // or it would never come to an end
	}
	for key := range walk(from, how == fromStart) {
		if len(keys) < size {
			keys = append(keys, key)
			continue
		}
		if q.repeat {
			return keys, c.pageToken(bound, keys[size-1], fromLast), nil
		}
		return keys, c.pageToken(bound, key, fromEntry), nil
	}
	if q.trailing && len(keys) == size {
		next = c.pageToken(bound, 0, fromNowhere)
	}
	return keys, next, nil
}

// cursor reads a page token; nil for the first page.
func (c *call) cursor(bound, token string, length int) ([]int64, error) {
	if token == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	text, proof, ok := cutLast(string(raw))
	if err != nil || !ok || !c.world.ids.signed("page", text, proof) {
		return nil, invalid("Request contains an invalid page token.")
	}
	text, proof, _ = cutLast(text)
	parts := strings.Split(text, ",")
	if len(parts) != length || !c.world.ids.signed(c.pageOf(), bound, proof) {
		return nil, invalid(textPage)
	}
	out := make([]int64, len(parts))
	for i, part := range parts {
		if out[i], err = strconv.ParseInt(part, 10, 64); err != nil {
			return nil, invalid("Request contains an invalid page token.")
		}
	}
	return out, nil
}

// cutLast splits a text at its last comma.
func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, ',')
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}
