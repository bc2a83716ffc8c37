package emulator

import (
	"io"
	"mime"
	"net/http"
	"strings"
)

// overridden is the request that is meant by a POST that names another verb.
// Google's client libraries for Python and Java send a GET so when its address
// is longer than 2,048 characters, as that of a batchGet of 50 items is, and put
// its query into the body. A body that can't be read leaves the query out.
func overridden(r *http.Request) *http.Request {
	verb := strings.ToUpper(r.Header.Get("X-HTTP-Method-Override"))
	if r.Method != http.MethodPost || verb == "" {
		return r
	}
	meant := r.Clone(r.Context())
	meant.Method = verb
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if verb != http.MethodGet || kind != "application/x-www-form-urlencoded" {
		return meant
	}
	query, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil || len(query) == 0 {
		return meant
	}
	if meant.URL.RawQuery != "" {
		meant.URL.RawQuery += "&"
	}
	meant.URL.RawQuery += string(query)
	return meant
}
