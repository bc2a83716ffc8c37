package photos_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
)

// walked reads a whole listing, a call for each page.
func walked(t interface {
	Context() context.Context
	Fatal(...any)
}, pages map[string]string) ([]string, error) {
	c, err := photos.New(photos.Options{Token: token, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		return canned(200, pages[r.URL.Query().Get("pageToken")])(r)
	})})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var w photos.Walk
	for !w.Over() {
		page, err := c.ListItems(t.Context(), photos.ListItems{PageToken: w.Token()})
		if err != nil {
			return got, err
		}
		items, err := w.Items(page)
		if err != nil {
			return got, err
		}
		for _, i := range items {
			got = append(got, string(i.ID))
		}
	}
	return got, nil
}

// itemsPage is a page of items in JSON. An empty one has no list at all.
func itemsPage(next string, items ...string) string {
	var fields []string
	if len(items) > 0 {
		fields = append(fields, `"mediaItems":[{"id":"`+strings.Join(items, `"},{"id":"`)+`"}]`)
	}
	if next != "" {
		fields = append(fields, `"nextPageToken":"`+next+`"`)
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func TestAWalkEndsWithTheLastPageAndNoOther(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		pages map[string]string
		want  []string
	}{
		{"one page", map[string]string{"": itemsPage("", "a", "b")}, []string{"a", "b"}},
		{"nothing", map[string]string{"": `{}`}, nil},
		{"an empty page in the middle", map[string]string{"": itemsPage("1", "a"), "1": itemsPage("2"), "2": itemsPage("3"), "3": itemsPage("", "b")}, []string{"a", "b"}},
		{"an empty page at the start", map[string]string{"": itemsPage("1"), "1": itemsPage("", "a")}, []string{"a"}},
		{"an empty page at the end", map[string]string{"": itemsPage("1", "a", "b"), "1": `{}`}, []string{"a", "b"}},
		{"the first repeats the last", map[string]string{"": itemsPage("1", "a", "b"), "1": itemsPage("2", "b", "c"), "2": itemsPage("", "c")}, []string{"a", "b", "c"}},
		{"the same over an empty page", map[string]string{"": itemsPage("1", "a", "b"), "1": itemsPage("2"), "2": itemsPage("", "b", "c")}, []string{"a", "b", "c"}},
	} {
		got, err := walked(t, row.pages)
		if diff := cmp.Diff(row.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", row.name, err, diff)
		}
	}
}

// A chain without an end would spend the day's calls on nothing.
func TestAWalkWithoutAnEndIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string]map[string]string{
		"a page that names itself": {"": itemsPage("1", "a"), "1": itemsPage("1", "b")},
		"a ring":                   {"": itemsPage("1", "a"), "1": itemsPage("2", "b"), "2": itemsPage("1", "c")},
	} {
		if got, err := walked(t, pages); !photos.IsEndless(err) || photos.IsTemporary(err) || len(got) > 3 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	var w photos.Walk
	pages := 0
	for err := error(nil); err == nil; pages++ {
		_, err = w.Albums(photos.AlbumsPage{NextPageToken: fmt.Sprint(pages)})
		if err != nil && !photos.IsEndless(err) || pages > photos.MaxPages {
			t.Fatalf("%d pages: %v", pages, err)
		}
	}
	if pages != photos.MaxPages {
		t.Errorf("given up after %d pages", pages)
	}
}

// However the pages are cut and whichever first entries repeat, the walk reads the
// whole listing once.
func TestAWalkReadsEachEntryOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,4}`), rapid.ID[string]).Draw(t, "items")
		pages, token, last := map[string]string{}, "", ""
		for i, rest := 0, want; ; i++ {
			n := rapid.IntRange(0, len(rest)).Draw(t, "size")
			entries := slices.Clone(rest[:n])
			rest = rest[n:]
			if last != "" && rapid.Bool().Draw(t, "repeats") {
				entries = append([]string{last}, entries...)
			}
			if len(entries) > 0 {
				last = entries[len(entries)-1]
			}
			next := fmt.Sprintf("t%d", i)
			if len(rest) == 0 && rapid.Bool().Draw(t, "ends") {
				next = ""
			}
			pages[token] = itemsPage(next, entries...)
			if token = next; next == "" {
				break
			}
		}
		got, err := walked(t, pages)
		if diff := cmp.Diff(slices.Concat([]string{}, want), slices.Concat([]string{}, got)); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}
