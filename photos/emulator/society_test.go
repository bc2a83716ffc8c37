package emulator_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestCallersSeeWhatTheTableSays makes a random society through the app and
// through the API, and holds what each token sees against the truth and the rules
// of sight.go, written down once more.
func TestCallersSeeWhatTheTableSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		profile := rapid.SampledFrom([]emulator.Profile{emulator.Current, emulator.Legacy}).Draw(rt, "profile")
		e, err := emulator.Open(emulator.Options{Profile: profile, Tokens: people(), WritesPerMinute: -1, DailyCalls: -1,
			Choices: emulator.Choices{AdoptDuplicates: rapid.Bool().Draw(rt, "adopt")}})
		if err != nil {
			rt.Fatal(err)
		}
		server := httptest.NewServer(e)
		defer server.Close()
		a := &account{t: t, e: e, url: server.URL, do: server.Client().Do}
		callers := []string{"owner", "other app", "ben", "ben's other app"}
		for _, who := range callers {
			a.as(who).album(who)
		}
		for range rapid.IntRange(1, 30).Draw(rt, "deeds") {
			if rapid.Bool().Draw(rt, "in the app") {
				_, _ = e.Act(deed(rt))
				continue
			}
			caller := a.as(rapid.SampledFrom(callers).Draw(rt, "caller"))
			n := rapid.IntRange(0, 3).Draw(rt, "upload")
			body := object{"newMediaItems": []object{entry(caller.upload(picture(n), ""), fmt.Sprintf("%d.png", n))}}
			if albums := e.World().Albums; rapid.Bool().Draw(rt, "into an album") {
				body["albumId"] = rapid.SampledFrom(albums).Draw(rt, "which").ID
			}
			caller.status("POST", createPath, body)
		}
		truth := e.World()
		tokens := people()
		for range 3 {
			who := rapid.SampledFrom(slices.Sorted(maps.Keys(tokens))).Draw(rt, "who looks")
			if a.as(who).status("GET", "/v1/albums", nil) == 403 {
				continue // what each scope permits is another test's matter
			}
			grant := tokens[who]
			expected, got := model{truth, profile, grant}.sees(), a.as(who).views(truth)
			if diff := cmp.Diff(expected, got); diff != "" {
				rt.Fatalf("%s, %s sees (-want +got):\n%s", profile, who, diff)
			}
		}
	})
}

// model tells what a token sees of a world.
type model struct {
	world   emulator.World
	profile emulator.Profile
	grant   emulator.Grant
}

// wide reports whether the token reads what its app did not make.
func (m model) wide() bool {
	all := m.grant.Scopes == nil
	return m.profile == emulator.Legacy && (all || m.grant.Scopes[0] == scopeOf['P'] || m.grant.Scopes[0] == scopeOf['R'])
}

func (m model) ours(client string) bool { return m.wide() || client == orElse(m.grant.Client, "app") }

func (m model) user() string { return orElse(m.grant.User, "owner") }

// sees are the ids of all that the token sees, and what is in its albums.
func (m model) sees() map[string][]string {
	out := map[string][]string{}
	items := map[string]emulator.WorldItem{}
	for _, it := range m.world.Items {
		items[it.ID] = it
		if it.User == m.user() && !it.Trashed && m.ours(it.Client) {
			out["items"] = append(out["items"], it.ID)
		}
	}
	for _, a := range m.world.Albums {
		joined := m.profile == emulator.Legacy && a.Share != nil && slices.Contains(a.Share.Members, m.user())
		if a.User != m.user() && !joined || !m.ours(a.Client) {
			continue
		}
		if !joined {
			out["albums"] = append(out["albums"], a.ID)
		}
		if a.Share != nil && m.profile == emulator.Legacy {
			out["shared albums"] = append(out["shared albums"], a.ID)
		}
		in := []string{}
		for _, entry := range a.Contents {
			it := items[entry.Item]
			if m.ours(it.Client) && (it.User == m.user() || m.profile == emulator.Legacy && a.Share != nil) {
				in = append(in, it.ID)
			}
		}
		out["album "+a.ID] = in
		out["count of "+a.ID] = []string{strconv.Itoa(len(in))}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// views is what the API shows, in the form of model.sees.
func (a *account) views(truth emulator.World) map[string][]string {
	a.t.Helper()
	out := map[string][]string{}
	list := func(name, method, path, field string, body any) {
		if ids := a.listed(method, path, field, "id", body); len(ids) > 0 {
			slices.Sort(ids)
			out[name] = ids
		}
	}
	list("items", "GET", "/v1/mediaItems?pageSize=100", "mediaItems", nil)
	list("albums", "GET", "/v1/albums?pageSize=50", "albums", nil)
	if a.status("GET", "/v1/sharedAlbums", nil) == 200 {
		list("shared albums", "GET", "/v1/sharedAlbums?pageSize=50", "sharedAlbums", nil)
	}
	for _, album := range truth.Albums {
		if a.status("GET", "/v1/albums/"+album.ID, nil) != 200 {
			continue
		}
		count, _ := a.call(200, "GET", "/v1/albums/"+album.ID, nil)["mediaItemsCount"].(string)
		out["count of "+album.ID] = []string{orElse(count, "0")}
		out["album "+album.ID] = []string{}
		list("album "+album.ID, "POST", "/v1/mediaItems:search", "mediaItems", object{"albumId": album.ID, "pageSize": 100})
	}
	for _, it := range truth.Items {
		if seen := a.status("GET", "/v1/mediaItems/"+it.ID, nil) == 200; seen != slices.ContainsFunc(slices.Sorted(maps.Keys(out)), func(name string) bool {
			return !strings.HasPrefix(name, "count") && slices.Contains(out[name], it.ID)
		}) {
			a.t.Errorf("%s: mediaItems.get sees an item: %v, unlike the lists", a.who, seen)
		}
	}
	return out
}

// deed draws something that people do, or try to.
func deed(rt *rapid.T) emulator.Action {
	n := rapid.IntRange(0, 5).Draw(rt, "picture")
	name := fmt.Sprintf("%d.png", n)
	a := emulator.Action{
		Do: rapid.SampledFrom([]string{emulator.MakeAlbum, emulator.AddAlbum, emulator.AddPhoto, emulator.ShareAlbum, emulator.ShareAlbum,
			emulator.StopLink, emulator.UnshareAlbum, emulator.JoinAlbum, emulator.JoinAlbum, emulator.LeaveAlbum, emulator.AddItems,
			emulator.RemoveItems, emulator.TrashItem, emulator.RestoreItem, emulator.DeleteAlbum}).Draw(rt, "do"),
		User: rapid.SampledFrom([]string{"", "ben", "cat"}).Draw(rt, "user"), Album: rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "album"),
		Bytes: picture(n), Item: name, Items: []string{name}, Collaborative: rapid.Bool().Draw(rt, "collaborative"),
	}
	if a.Title = a.Album; a.Do == emulator.AddPhoto {
		a.Title = name
	}
	return a
}

// sights is what each caller sees of an account, without addresses that expire.
func sights(t *testing.T, e *emulator.Emulator) map[string]string {
	t.Helper()
	server := httptest.NewServer(e)
	defer server.Close()
	a := &account{t: t, e: e, url: server.URL, do: server.Client().Do}
	out := map[string]string{}
	const album = "(id,title,mediaItemsCount,isWriteable,shareInfo,coverPhotoMediaItemId)"
	for _, who := range []string{"owner", "own reader", "ben", "ben's other app"} {
		for _, path := range []string{"/v1/albums?fields=albums" + album, "/v1/sharedAlbums?fields=sharedAlbums" + album,
			"/v1/mediaItems?fields=mediaItems(id,filename)"} {
			_, text, err := a.as(who).send("GET", path, nil)
			if err != nil {
				t.Fatal(err)
			}
			out[who+" "+path] = text
		}
	}
	return out
}

// TestSocietyIsTheSameWhenItIsOpenedAgain does many things at random, of which
// most are refused, and opens the account again, sometimes with a journal that
// grew so long that it is written anew.
func TestSocietyIsTheSameWhenItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		opts := emulator.Options{Dir: dir, Profile: emulator.Legacy, Tokens: people(), DailyCalls: -1, Choices: emulator.Choices{
			KeepShareTokens: rapid.Bool().Draw(rt, "keep tokens"), LeaveTakesItems: rapid.Bool().Draw(rt, "leave takes items")}}
		e, err := emulator.Open(opts)
		if err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 60).Draw(rt, "actions") {
			_, _ = e.Act(deed(rt))
		}
		if rapid.IntRange(0, 4).Draw(rt, "long journal") == 0 {
			if _, err := e.Act(emulator.Action{Do: emulator.MakeAlbum, Title: "Renamed"}); err != nil {
				rt.Fatal(err)
			}
			for range 1500 {
				if _, err := e.Act(emulator.Action{Do: emulator.RenameAlbum, Album: "Renamed", Title: "Renamed"}); err != nil {
					rt.Fatal(err)
				}
			}
		}
		before, seen := e.World(), sights(t, e)
		if err := e.Close(); err != nil {
			rt.Fatal(err)
		}
		again, err := emulator.Open(opts)
		if err != nil {
			rt.Fatal(err)
		}
		defer again.Close()
		if diff := cmp.Diff(before, again.World()); diff != "" {
			rt.Errorf("the world (-before +after):\n%s", diff)
		}
		if diff := cmp.Diff(seen, sights(t, again)); diff != "" {
			rt.Errorf("what people see (-before +after):\n%s", diff)
		}
	})
}
