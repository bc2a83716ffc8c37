package emulator_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// walk reads all pages of a listing, and gives the names on each, with a bar
// where one ends: "1 2|3|".
func (a *account) walk(list string, size int, album string) string {
	a.t.Helper()
	var out strings.Builder
	token := ""
	for range 50 {
		var page object
		key, name := "mediaItems", "filename"
		switch list {
		case "search":
			page = a.call(200, "POST", "/v1/mediaItems:search", object{"albumId": album, "pageSize": size, "pageToken": token})
		case "albums":
			key, name = "albums", "title"
			fallthrough
		default:
			page = a.call(200, "GET", "/v1/"+list+"?"+url.Values{"pageSize": {strconv.Itoa(size)}, "pageToken": {token}}.Encode(), nil)
		}
		entries, _ := page[key].([]any)
		for i, e := range entries {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.WriteString(e.(object)[name].(string))
		}
		out.WriteByte('|')
		if token, _ = page["nextPageToken"].(string); token == "" {
			return out.String()
		}
	}
	a.t.Fatalf("%s never ends: %s", list, &out)
	return ""
}

// filled is an account with the albums 1 to 5, of which 1 has the items 1 to 5.
func filled(t *testing.T, opts emulator.Options) (*account, string) {
	t.Helper()
	opts.Choices.OldestAlbumsFirst = true
	a := open(t, opts)
	album := a.album("1")
	for n := range 5 {
		if n > 0 {
			a.album(fmt.Sprint(n + 1))
		}
		a.item(album, fmt.Sprint(n+1), picture(n))
	}
	return a, album
}

func TestPagesAreAsBadAsTheChoiceSays(t *testing.T) {
	for _, row := range []struct {
		pages string
		size  int
		want  string
	}{
		{"", 2, "1 2|3 4|5|"},
		{"", 5, "1 2 3 4 5|"},
		{"short", 4, "1 2|3 4|5|"},
		{"short", 1, "1|2|3|4|5|"},
		{"empty", 2, "|1 2||3 4||5|"},
		{"trailing", 5, "1 2 3 4 5||"},
		{"trailing", 3, "1 2 3|4 5|"},
		{"repeat", 3, "1 2 3|3 4 5|"},
		{"repeat", 1, "1|1 2|2 3|3 4|4 5|"},
		{"short,empty", 4, "|1 2||3 4||5|"},
		{"repeat,trailing", 3, "1 2 3|3 4 5||"},
	} {
		a, album := filled(t, emulator.Options{Choices: emulator.Choices{Pages: row.pages}})
		for _, list := range []string{"albums", "search"} {
			if got := a.walk(list, row.size, album); got != row.want {
				t.Errorf("%s pages of %d, %s: %s, not %s", row.pages, row.size, list, got, row.want)
			}
		}
		reversed := strings.NewReplacer("1", "5", "2", "4", "4", "2", "5", "1").Replace(row.want)
		if got := a.walk("mediaItems", row.size, ""); got != reversed {
			t.Errorf("%s pages of %d, mediaItems: %s, not %s", row.pages, row.size, got, reversed)
		}
	}
}

func TestOnePageIsBadByAFault(t *testing.T) {
	a, album := filled(t, emulator.Options{})
	for kind, want := range map[string]string{
		emulator.ShortPage: "1 2|3|4 5|", emulator.EmptyPage: "1 2||3 4|5|", emulator.RepeatPage: "1 2|3 4|4 5|",
	} {
		if err := a.e.SetFaults([]emulator.Fault{{Method: "mediaItems.search", Kind: kind, Nth: 2}}); err != nil {
			t.Fatal(err)
		}
		if got := a.walk("search", 2, album); got != want {
			t.Errorf("%s: %s, not %s", kind, got, want)
		}
	}
	if err := a.e.SetFaults([]emulator.Fault{{Method: "mediaItems.search", Kind: emulator.TrailingPage}}); err != nil {
		t.Fatal(err)
	}
	if got := a.walk("search", 5, album); got != "1 2 3 4 5||" {
		t.Errorf("trailing page: %s", got)
	}
}

func TestPageTokenIsBoundToItsRequest(t *testing.T) {
	a, album := filled(t, emulator.Options{})
	token := func(page object) string { return page["nextPageToken"].(string) }
	albums := token(a.call(200, "GET", "/v1/albums?pageSize=2", nil))
	search := token(a.call(200, "POST", "/v1/mediaItems:search", object{"albumId": album, "pageSize": 2}))
	const bound = "When using a page token, you must use the same parameters as the previous request."
	a.refused(400, bound, "GET", "/v1/albums?pageSize=3&pageToken="+albums, nil)
	a.refused(400, bound, "GET", "/v1/mediaItems?pageSize=2&pageToken="+albums, nil)
	a.refused(400, bound, "POST", "/v1/mediaItems:search", object{"albumId": album, "pageSize": 3, "pageToken": search})
	a.refused(400, bound, "POST", "/v1/mediaItems:search", object{"pageSize": 2, "pageToken": search})
	for _, bad := range []string{"x", albums + "A", albums[1:]} {
		a.refused(400, "Request contains an invalid page token.", "GET", "/v1/albums?pageSize=2&pageToken="+bad, nil)
	}
	shown := func(page object) (out []string) {
		for _, e := range page["albums"].([]any) {
			out = append(out, e.(object)["title"].(string))
		}
		return out
	}
	for range 2 {
		got := shown(a.call(200, "GET", "/v1/albums?pageSize=2&fields=albums/title&pageToken="+albums, nil))
		if diff := cmp.Diff([]string{"3", "4"}, got); diff != "" {
			t.Errorf("a token used again, with fields (-want +got):\n%s", diff)
		}
	}
}
