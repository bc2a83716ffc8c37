package emulator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos/emulator"
)

func TestMemberIsAddedOnceMoreByChoice(t *testing.T) {
	opts := emulator.Options{Dir: t.TempDir(), Choices: emulator.Choices{AddExisting: "duplicate"}}
	var album, one, two string
	state := func(a *account) string {
		t.Helper()
		count, _ := a.call(200, "GET", "/v1/albums/"+album, nil)["mediaItemsCount"].(string)
		truth := strings.NewReplacer(one, "1", two, "2").Replace(contentsOf(a.e.World().Albums[0]))
		if names := strings.Join(a.members(album), ""); names != truth {
			t.Errorf("search shows %s, and the truth is %s", names, truth)
		}
		return truth + " of " + count
	}
	check := func(a *account, when, want string) {
		t.Helper()
		if diff := cmp.Diff(want, state(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	batch := func(a *account, verb string, ids ...string) {
		t.Helper()
		a.call(200, "POST", "/v1/albums/"+album+":"+verb, object{"mediaItemIds": ids})
	}
	t.Run("", func(t *testing.T) {
		a := open(t, opts)
		album = a.album("Trip")
		one, two = a.item(album, "1", picture(1)), a.item("", "2", picture(2))
		batch(a, "batchAddMediaItems", two, one)
		check(a, "added", "121 of 3")
		a.act(object{"do": "reorder", "album": album, "items": []string{one}})
		check(a, "reordered", "112 of 3")
		a.act(object{"do": "trash_item", "item": one})
		check(a, "trashed", "2 of 1")
		a.act(object{"do": "restore_item", "item": one})
	})
	a := open(t, opts)
	check(a, "opened again", "112 of 3")
	batch(a, "batchRemoveMediaItems", one)
	check(a, "removed", "2 of 1")
}

// contentsOf is the ids of an album's items, one behind the other.
func contentsOf(a emulator.WorldAlbum) (out string) {
	for _, e := range a.Contents {
		out += e.Item
	}
	return out
}
