package emulator

import (
	"encoding/base64"
	"encoding/json"
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
	case n < 0, int(n) > limit && c.opts.Choices.RefuseLargePages:
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
