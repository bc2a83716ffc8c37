package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// people are tokens of several users and of several apps, with all scopes of the
// profile unless they say otherwise.
func people() map[string]emulator.Grant {
	with := func(user, client, letters string) emulator.Grant {
		g := bearing(letters)
		g.User, g.Client = user, client
		return g
	}
	return map[string]emulator.Grant{
		"owner":  {},
		"reader": with("", "", "R"), "library": with("", "", "P"), "own reader": with("", "", "r"), "appender": with("", "", "A"),
		"editor": with("", "", "e"), "sharer": with("", "", "S"),
		"other app": {Client: "other"},
		"ben":       {User: "ben"}, "ben's reader": with("ben", "", "rS"), "ben's other app": {User: "ben", Client: "other"},
		"cat": {User: "cat"},
	}
}

// society serves an account with people in it; the caller is its owner.
func society(t *testing.T, profile emulator.Profile, choices emulator.Choices) *account {
	t.Helper()
	return open(t, emulator.Options{Profile: profile, Tokens: people(), Choices: choices, ConcurrentWrites: -1}).as("owner")
}

// does has people do something in the app.
func (a *account) does(action emulator.Action) string {
	a.t.Helper()
	id, err := a.e.Act(action)
	if err != nil {
		a.t.Fatalf("%+v: %v", action, err)
	}
	return id
}

// listed are the texts of a field of the entries of a page.
func (a *account) listed(method, path, list, field string, body any) []string {
	a.t.Helper()
	out := []string{}
	entries, _ := a.call(200, method, path, body)[list].([]any)
	for _, e := range entries {
		text, _ := e.(object)[field].(string)
		out = append(out, text)
	}
	return out
}

func (a *account) albums(query string) []string {
	a.t.Helper()
	return a.listed("GET", "/v1/albums"+query, "albums", "title", nil)
}

func (a *account) items() []string {
	a.t.Helper()
	return a.listed("GET", "/v1/mediaItems", "mediaItems", "filename", nil)
}

const (
	badItem  = "Request contains an invalid media item id."
	badID    = "Invalid media item ID."
	notThere = "Requested entity was not found."
	noAdding = "No permission to add media items to this album."
)

func TestTwoAppsOfOneUserDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{})
	other := a.as("other app")
	trip, theirs := a.album("Trip"), other.album("Theirs")
	mine := a.item(trip, "mine.png", picture(1))
	other.item(theirs, "theirs.png", picture(2))
	for who, want := range map[*account][2]string{a: {"Trip", "mine.png"}, other: {"Theirs", "theirs.png"}} {
		got := [][]string{who.albums(""), who.items(), who.listed("POST", "/v1/mediaItems:search", "mediaItems", "filename", object{}),
			who.listed("POST", "/v1/mediaItems:search", "mediaItems", "filename", object{"filters": object{"includeArchivedMedia": true}})}
		if diff := cmp.Diff([][]string{{want[0]}, {want[1]}, {want[1]}, {want[1]}}, got); diff != "" {
			t.Errorf("what %s sees (-want +got):\n%s", who.who, diff)
		}
	}
	other.refused(404, notThere, "GET", "/v1/albums/"+trip, nil)
	other.refused(404, notThere, "POST", "/v1/mediaItems:search", object{"albumId": trip})
	other.refused(400, badID, "GET", "/v1/mediaItems/"+mine, nil)
	other.refused(400, badID, "PATCH", "/v1/mediaItems/"+mine+"?updateMask=description", object{"description": "x"})
	got := other.call(200, "GET", "/v1/mediaItems:batchGet?mediaItemIds="+mine+"&mediaItemIds=garbage", nil)
	bad := object{"status": object{"code": 3.0, "message": badID}}
	if diff := cmp.Diff(object{"mediaItemResults": []any{bad, bad}}, got); diff != "" {
		t.Errorf("another app's item and garbage by batchGet (-want +got):\n%s", diff)
	}
	other.refused(400, badItem, "POST", "/v1/albums/"+theirs+":batchAddMediaItems", object{"mediaItemIds": []string{mine}})
	other.refused(400, noAdding, "POST", "/v1/albums/"+trip+":batchAddMediaItems", object{"mediaItemIds": []string{mine}})
	if diff := cmp.Diff([]string{"mine.png"}, a.members(trip)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestAppsThatPeopleLoggedInToAreToldApart(t *testing.T) {
	t.Parallel()
	a := noRedirect(t, emulator.Options{Profile: emulator.Legacy, Users: []string{"ann", "ben"},
		Clients: []emulator.OAuthClient{{ID: "one", Secret: "s"}, {ID: "two", Secret: "s"}}})
	wide := []string{scopeAppend, scopeRead, scopeOld}
	login := func(client, user string, scopes ...string) *account {
		t.Helper()
		ask := request()
		ask.Set("client_id", client)
		ask.Set("scope", strings.Join(wide, " "))
		form := exchange(a.consents(ask, user, scopes...).Get("code"))
		form.Set("client_id", client)
		form.Set("client_secret", "s")
		return a.as(a.tokens(200, form)["access_token"].(string))
	}
	one := login("one", "ann", wide...)
	id := one.album("Trip")
	for who, want := range map[*account][]string{one: {"Trip"}, login("one", "ann", scopeRead): {"Trip"}, login("two", "ann", wide...): {}, login("one", "ben", wide...): {}} {
		if diff := cmp.Diff(want, who.albums("")); diff != "" {
			t.Errorf("albums (-want +got):\n%s", diff)
		}
	}
	login("one", "ann", scopeAppend).refused(403, insufficient, "GET", "/v1/albums", nil)
	login("one", "ben", wide...).join(one.share(id, nil))
	login("two", "ben", wide...).refused(404, notThere, "GET", "/v1/albums/"+id, nil)
}

func TestClientsOfOneProjectAreOneAppByChoice(t *testing.T) {
	t.Parallel()
	tokens := map[string]emulator.Grant{"a": {Client: "4711-a"}, "b": {Client: "4711-b"}, "c": {Client: "4712-a"}}
	for _, byProject := range []bool{false, true} {
		a := open(t, emulator.Options{Tokens: tokens, Choices: emulator.Choices{AppIsProject: byProject}}).as("a")
		trip := a.album("Trip")
		a.item(trip, "1.png", picture(1))
		want := map[string][]string{"a": {"Trip"}, "b": {}, "c": {}}
		if byProject {
			want["b"] = []string{"Trip"}
			a.as("b").item(trip, "2.png", picture(2))
		}
		for who, albums := range want {
			if diff := cmp.Diff(albums, a.as(who).albums("")); diff != "" {
				t.Errorf("by project %v: albums that %s sees (-want +got):\n%s", byProject, who, diff)
			}
		}
	}
}

func TestUsersDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	for _, profile := range []emulator.Profile{emulator.Current, emulator.Legacy} {
		a := society(t, profile, emulator.Choices{})
		ben := a.as("ben")
		trip := a.album("Trip")
		mine := a.item(trip, "1.png", picture(1))
		if got := ben.item("", "same bytes.png", picture(1)); got == mine {
			t.Error("the same bytes are one item of two users")
		}
		if diff := cmp.Diff([]string{"same bytes.png"}, ben.items()); diff != "" {
			t.Errorf("what ben sees (-want +got):\n%s", diff)
		}
		if got := ben.albums(""); len(got) != 0 {
			t.Errorf("ben sees %v", got)
		}
		ben.refused(404, notThere, "GET", "/v1/albums/"+trip, nil)
		ben.refused(400, badID, "GET", "/v1/mediaItems/"+mine, nil)
		ben.refused(400, "Invalid album ID.", "POST", "/v1/albums/"+trip+":batchAddMediaItems", object{"mediaItemIds": []string{mine}})
		token := entry(a.upload(picture(2), ""), "2.png")
		ben.refused(400, "Request must contain a valid upload token.", "POST", createPath, object{"newMediaItems": []object{token}})
		session := a.begin()
		for who, want := range map[*account]int{a: 200, ben: 404, a.as("other app"): 404} {
			if got := who.query(session); got.status != want {
				t.Errorf("%s asks for the owner's upload session and gets %+v", who.who, got)
			}
		}
	}
}

func TestWideScopesOfTheLegacyProfileReadWhatNoAppMade(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	mine := a.album("Mine")
	a.item(mine, "mine.png", picture(1))
	foreign := a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	photo := a.does(emulator.Action{Do: emulator.AddPhoto, Title: "foreign.png", Bytes: picture(2), Album: "Foreign"})
	a.does(emulator.Action{Do: emulator.AddItems, Album: "Mine", Items: []string{"foreign.png"}})

	both, own := []string{"Foreign", "Mine"}, []string{"Mine"}
	for who, want := range map[string][]string{"owner": both, "reader": both, "library": both, "own reader": own} {
		one := a.as(who)
		if diff := cmp.Diff(want, one.albums("")); diff != "" {
			t.Errorf("albums that %s sees (-want +got):\n%s", who, diff)
		}
		if diff := cmp.Diff(own, one.albums("?excludeNonAppCreatedData=true")); diff != "" {
			t.Errorf("albums that %s sees of the app (-want +got):\n%s", who, diff)
		}
		files, count := []string{"mine.png"}, "1"
		if len(want) == 2 {
			files, count = []string{"foreign.png", "mine.png"}, "2"
		}
		if diff := cmp.Diff(files, one.items()); diff != "" {
			t.Errorf("items that %s sees (-want +got):\n%s", who, diff)
		}
		app := object{"filters": object{"excludeNonAppCreatedData": true}}
		if diff := cmp.Diff([]string{"mine.png"}, one.listed("POST", "/v1/mediaItems:search", "mediaItems", "filename", app)); diff != "" {
			t.Errorf("items that %s sees of the app (-want +got):\n%s", who, diff)
		}
		if got := one.call(200, "GET", "/v1/albums/"+mine, nil); got["mediaItemsCount"] != count || len(one.members(mine)) != len(files) {
			t.Errorf("%s sees %v of the album and %v in it", who, got, one.members(mine))
		}
		status, _, _ := one.send("GET", "/v1/albums/"+foreign, nil)
		item, _, _ := one.send("GET", "/v1/mediaItems/"+photo, nil)
		if wide := len(want) == 2; (status == 200) != wide || (item == 200) != wide {
			t.Errorf("%s got %d for the foreign album and %d for the foreign item", who, status, item)
		}
	}
	a.call(400, "GET", "/v1/albums?excludeNonAppCreatedData=perhaps", nil)
}

func TestWhatTheAppDidNotMakeIsNotChanged(t *testing.T) {
	t.Parallel()
	for _, profile := range []emulator.Profile{emulator.Current, emulator.Legacy} {
		a := society(t, profile, emulator.Choices{})
		mine := a.album("Mine")
		in, out := a.item(mine, "in.png", picture(1)), a.item("", "out.png", picture(2))
		foreign := a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
		photo := a.does(emulator.Action{Do: emulator.AddPhoto, Title: "foreign.png", Bytes: picture(3), Album: "Foreign"})
		a.does(emulator.Action{Do: emulator.AddItems, Album: "Mine", Items: []string{photo}})
		rows := []struct {
			message, call string
			body          object
		}{
			{noAdding, "POST /v1/albums/" + foreign + ":batchAddMediaItems", object{"mediaItemIds": []string{out}}},
			{noAdding, "POST " + createPath, object{"albumId": foreign, "newMediaItems": []object{entry(a.upload(picture(4), ""), "x")}}},
			{"No permission to remove media items from this album.", "POST /v1/albums/" + foreign + ":batchRemoveMediaItems", object{"mediaItemIds": []string{photo}}},
			{"No permission to edit this album.", "PATCH /v1/albums/" + foreign + "?updateMask=title", object{"title": "x"}},
			{"No permission to add enrichments to this album.", "POST /v1/albums/" + foreign + ":addEnrichment",
				object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}, "albumPosition": object{"position": "LAST_IN_ALBUM"}}},
			{badItem, "POST /v1/albums/" + mine + ":batchAddMediaItems", object{"mediaItemIds": []string{out, photo}}},
			{badItem, "POST /v1/albums/" + mine + ":batchRemoveMediaItems", object{"mediaItemIds": []string{in, photo}}},
			{badItem, "PATCH /v1/albums/" + mine + "?updateMask=coverPhotoMediaItemId", object{"coverPhotoMediaItemId": photo}},
			{badID, "PATCH /v1/mediaItems/" + photo + "?updateMask=description", object{"description": "x"}},
		}
		if profile == emulator.Legacy {
			for _, verb := range []string{":share", ":unshare"} {
				rows = append(rows, struct {
					message, call string
					body          object
				}{"No permission to share this album.", "POST /v1/albums/" + foreign + verb, object{}})
			}
		}
		before := a.e.World()
		for _, row := range rows {
			verb, path, _ := strings.Cut(row.call, " ")
			a.refused(400, row.message, verb, path, row.body)
		}
		if diff := cmp.Diff(before, a.e.World()); diff != "" {
			t.Errorf("a refused call changed the world (-before +after):\n%s", diff)
		}
	}
}

func TestForeignAlbumsAreHiddenFromWritesByChoice(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{HideForeignAlbums: true})
	foreign := a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	out := a.item("", "out.png", picture(1))
	a.refused(400, "Invalid album ID.", "POST", "/v1/albums/"+foreign+":batchAddMediaItems", object{"mediaItemIds": []string{out}})
}

func TestAlbumDeletedByPeopleIsGoneForItsAppAlone(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{})
	id, out := a.album("Trip"), a.item("", "out.png", picture(1))
	a.does(emulator.Action{Do: emulator.DeleteAlbum, Album: "Trip"})
	body := object{"mediaItemIds": []string{out}}
	a.refused(404, "The provided ID does not match any albums.", "POST", "/v1/albums/"+id+":batchAddMediaItems", body)
	a.as("other app").refused(400, "Invalid album ID.", "POST", "/v1/albums/"+id+":batchAddMediaItems", body)
}

func TestIsWriteableFollowsTokenAndOwnership(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{SharingReads: true, EditReads: true})
	ids := map[string]string{"unshared": a.album("Unshared"), "shared": a.album("Shared")}
	ids["foreign"] = a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	a.call(200, "POST", "/v1/albums/"+ids["shared"]+":share", nil)
	for _, row := range []struct{ who, album, want string }{
		{"owner", "unshared", "writeable"}, {"owner", "foreign", "read-only"},
		{"library", "unshared", "writeable"}, {"library", "foreign", "read-only"},
		{"reader", "unshared", "read-only"}, {"own reader", "unshared", "read-only"}, {"editor", "unshared", "read-only"},
		{"sharer", "shared", "writeable"}, {"sharer", "unshared", "unseen"},
	} {
		status, text, err := a.as(row.who).send("GET", "/v1/albums/"+ids[row.album], nil)
		got := "read-only"
		switch {
		case err != nil || status != 200:
			got = "unseen"
		case strings.Contains(text, `"isWriteable":true`):
			got = "writeable"
		case strings.Contains(text, "isWriteable"):
			got = "told to be read-only"
		}
		if got != row.want {
			t.Errorf("the %s album is %s for %s: %s", row.album, got, row.who, text)
		}
	}
}

func TestBytesThatTheUserHadAreTheItemOfNoApp(t *testing.T) {
	t.Parallel()
	for _, adopt := range []bool{false, true} {
		a := society(t, emulator.Current, emulator.Choices{AdoptDuplicates: adopt})
		photo := a.does(emulator.Action{Do: emulator.AddPhoto, Title: "camera.png", Bytes: picture(1)})
		album := a.album("Trip")
		if got := a.item("", "upload.png", picture(1)); got != photo {
			t.Errorf("the bytes that were there made another item")
		}
		add := "/v1/albums/" + album + ":batchAddMediaItems"
		if adopt {
			a.call(200, "POST", add, object{"mediaItemIds": []string{photo}})
		} else {
			a.refused(400, badItem, "POST", add, object{"mediaItemIds": []string{photo}})
			a.item(album, "upload.png", picture(1))
		}
		truth := a.e.World()
		trip, err := truth.Album("Trip")
		if diff := cmp.Diff([]string{"camera.png"}, truth.FileNames(trip)); diff != "" || err != nil {
			t.Errorf("adopted %v: what is in the album (-want +got, %v):\n%s", adopt, err, diff)
		}
		want := []string{}
		if adopt {
			want = []string{"camera.png"}
		}
		if diff := cmp.Diff(want, a.items()); diff != "" {
			t.Errorf("adopted %v: what the app sees of it (-want +got):\n%s", adopt, diff)
		}
		if got := a.call(200, "GET", "/v1/albums/"+album, nil); (got["mediaItemsCount"] != nil) != adopt || (got["coverPhotoMediaItemId"] != nil) != adopt {
			t.Errorf("adopted %v: the app sees of its album %v", adopt, got)
		}
	}
}

func TestItemsThatTheAppDoesNotSeeAreCountedByChoice(t *testing.T) {
	t.Parallel()
	for count, want := range map[bool]string{false: "1", true: "2"} {
		a := society(t, emulator.Current, emulator.Choices{CountUnseen: count})
		album := a.album("Trip")
		a.does(emulator.Action{Do: emulator.AddPhoto, Title: "camera.png", Bytes: picture(1), Album: "Trip"})
		first := a.item(album, "app.png", picture(2))
		got := a.call(200, "GET", "/v1/albums/"+album, nil)
		if got["mediaItemsCount"] != want || got["coverPhotoMediaItemId"] != first {
			t.Errorf("counting unseen %v: %v", count, got)
		}
		if diff := cmp.Diff([]string{"app.png"}, a.members(album)); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
	}
}

func TestTokenThatOnlySharesPutsThingsIntoSharedAlbumsAlone(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	sharer := a.as("sharer")
	shared, plain := sharer.album("Shared"), sharer.album("Plain")
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Plain"})
	sharer.call(200, "POST", "/v1/albums/"+shared+":share", nil)
	batch := func(album string) object {
		return object{"albumId": album, "newMediaItems": []object{entry(sharer.upload(picture(1), ""), "1.png")}}
	}
	sharer.refused(403, insufficient, "POST", createPath, object{"newMediaItems": batch("")["newMediaItems"]})
	sharer.refused(400, noAdding, "POST", createPath, batch(plain))
	sharer.call(200, "POST", createPath, batch(shared))
	enrich := object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}, "albumPosition": object{"position": "LAST_IN_ALBUM"}}
	sharer.refused(400, "No permission to add enrichments to this album.", "POST", "/v1/albums/"+plain+":addEnrichment", enrich)
	sharer.call(200, "POST", "/v1/albums/"+shared+":addEnrichment", enrich)
}

func TestPageTokenIsOfItsUserAndApp(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{})
	for n := range 2 {
		a.item("", fmt.Sprint(n), picture(n))
	}
	token := a.call(200, "GET", "/v1/mediaItems?pageSize=1", nil)["nextPageToken"].(string)
	for who, want := range map[string]int{"owner": 200, "appender": 403, "own reader": 200, "other app": 400, "ben": 400} {
		a.as(who).call(want, "GET", "/v1/mediaItems?pageSize=1&pageToken="+token, nil)
	}
}

func TestListLagHidesAnAlbumFromTheListAlone(t *testing.T) {
	t.Parallel()
	at := newClock()
	a := open(t, emulator.Options{Now: at.now, Choices: emulator.Choices{ListLag: 1e9}})
	id := a.album("Trip")
	if got := a.albums(""); len(got) != 0 {
		t.Errorf("listed at once: %v", got)
	}
	a.call(200, "GET", "/v1/albums/"+id, nil)
	at.Time = at.Add(1e9)
	if got := a.albums(""); len(got) != 1 {
		t.Errorf("not listed later: %v", got)
	}
}

func TestStorageIsOfEachUser(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Tokens: people(), StorageBytes: int64(len(picture(1))) + 10}).as("owner")
	a.item("", "1.png", picture(1))
	a.as("ben").item("", "2.png", picture(2))
	a.refused(400, "The remaining storage in the user's account is not enough to perform this operation.", "POST", createPath,
		object{"newMediaItems": []object{entry(a.upload(picture(3), ""), fmt.Sprint(3))}})
}
