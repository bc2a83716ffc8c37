package emulator_test

import (
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

// shareInfo is the ShareInfo of an answer; nil without.
func shareInfo(answer object) object {
	info, _ := answer["shareInfo"].(object)
	return info
}

// share shares an album by the API and gives the share token.
func (a *account) share(album string, options object) string {
	a.t.Helper()
	answer := a.call(200, "POST", "/v1/albums/"+album+":share", object{"sharedAlbumOptions": options})
	return shareInfo(answer)["shareToken"].(string)
}

// join joins an album by the API and gives the album.
func (a *account) join(token string) object {
	a.t.Helper()
	return a.call(200, "POST", "/v1/sharedAlbums:join", object{"shareToken": token})["album"].(object)
}

// status makes a call and gives what it was answered with.
func (a *account) status(method, path string, body any) int {
	a.t.Helper()
	status, _, err := a.send(method, path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	return status
}

var collaborative = object{"isCollaborative": "true", "isCommentable": true}

func TestSharingTellsTheTokenAndTheLink(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	plain, open := a.album("Plain"), a.album("Open")
	answer := a.call(200, "POST", "/v1/albums/"+plain+":share", nil)
	info := shareInfo(answer)
	token, _ := info["shareToken"].(string)
	link, _ := info["shareableUrl"].(string)
	if len(token) < 40 || !strings.HasPrefix(link, "https://photos.app.goo.gl/") || len(link) != len("https://photos.app.goo.gl/")+17 || strings.Contains(link, token) {
		t.Errorf("token %q, link %q", token, link)
	}
	want := object{"shareToken": token, "shareableUrl": link, "sharedAlbumOptions": object{}, "isJoined": true, "isOwned": true, "isJoinable": true}
	if diff := cmp.Diff(object{"shareInfo": want}, answer); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	other := a.share(open, collaborative)
	if other == token {
		t.Error("two albums share a token")
	}
	got := shareInfo(a.call(200, "GET", "/v1/albums/"+open, nil))
	if diff := cmp.Diff(object{"isCollaborative": true, "isCommentable": true}, got["sharedAlbumOptions"]); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

func TestWhoLearnsHowAnAlbumIsShared(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	id := a.album("Trip")
	token := a.share(id, nil)
	foreign := a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Foreign"})
	for who, album := range map[string]string{"reader": id, "owner": foreign, "other app": id} {
		if got := shareInfo(a.as(who).call(200, "GET", "/v1/albums/"+album, nil)); got != nil {
			t.Errorf("%s learns %v", who, got)
		}
	}
	ben := a.as("ben")
	if got := shareInfo(ben.call(200, "GET", "/v1/sharedAlbums/"+token, nil)); got["isJoined"] != nil || got["isOwned"] != nil || got["isJoinable"] != true {
		t.Errorf("before joining: %v", got)
	}
	ben.join(token)
	if got := shareInfo(ben.call(200, "GET", "/v1/albums/"+id, nil)); got["isJoined"] != true || got["isOwned"] != nil || got["shareToken"] != token {
		t.Errorf("after joining: %v", got)
	}
}

func TestNothingTellsOfSharingToday(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{})
	id := a.album("Trip")
	a.item(id, "1.png", picture(1))
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Trip", Collaborative: true})
	a.does(emulator.Action{Do: emulator.JoinAlbum, Album: "Trip", User: "ben"})
	a.does(emulator.Action{Do: emulator.AddPhoto, Title: "ben.png", Bytes: picture(2), Album: "Trip", User: "ben"})
	for _, call := range []string{"GET /v1/albums/" + id, "GET /v1/albums", "POST /v1/mediaItems:search"} {
		verb, path, _ := strings.Cut(call, " ")
		var body any
		if verb == "POST" {
			body = object{"albumId": id}
		}
		_, text, err := a.send(verb, path, body)
		if err != nil || strings.Contains(text, "shareInfo") || strings.Contains(text, "contributorInfo") || strings.Contains(text, "ben.png") {
			t.Errorf("%s answered %s (%v)", call, text, err)
		}
	}
	a.as("ben").refused(404, notThere, "GET", "/v1/albums/"+id, nil)
}

func TestSharedAlbumsAreListedForOwnerAndJoined(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	trip := a.album("Trip")
	a.album("Private")
	a.as("other app").album("Other")
	a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
	for _, title := range []string{"Other", "Foreign"} {
		a.does(emulator.Action{Do: emulator.ShareAlbum, Album: title})
	}
	ben.join(a.share(trip, nil))
	ben.album("Ben's")
	a.does(emulator.Action{Do: emulator.JoinAlbum, Album: "Foreign", User: "ben"})
	for _, row := range []struct {
		who, query string
		want       []string
	}{
		{"owner", "", []string{"Foreign", "Other", "Trip"}},
		{"owner", "?excludeNonAppCreatedData=true", []string{"Trip"}},
		{"own reader", "", []string{"Trip"}},
		{"own reader", "?excludeNonAppCreatedData=false", []string{"Trip"}},
		{"ben", "", []string{"Foreign", "Trip"}},
		{"ben's reader", "", []string{"Trip"}},
		{"ben's other app", "?excludeNonAppCreatedData=true", []string{}},
		{"cat", "", []string{}},
	} {
		got := a.as(row.who).listed("GET", "/v1/sharedAlbums"+row.query, "sharedAlbums", "title", nil)
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", row.who, row.query, diff)
		}
	}
	if diff := cmp.Diff([]string{"Ben's"}, ben.albums("")); diff != "" {
		t.Errorf("ben's own albums (-want +got):\n%s", diff)
	}
}

func TestSharedAlbumsComeInPages(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	for range 51 {
		a.share(a.album("Trip"), nil)
	}
	for size, want := range map[string]int{"": 20, "?pageSize=50": 50, "?pageSize=51": 50} {
		page := a.call(200, "GET", "/v1/sharedAlbums"+size, nil)
		if got := len(page["sharedAlbums"].([]any)); got != want || page["nextPageToken"] == nil {
			t.Errorf("%q: %d albums", size, got)
		}
		if size == "?pageSize=50" {
			rest := a.call(200, "GET", "/v1/sharedAlbums?pageSize=50&pageToken="+page["nextPageToken"].(string), nil)
			if got := len(rest["sharedAlbums"].([]any)); got != 1 || rest["nextPageToken"] != nil {
				t.Errorf("the second page has %d", got)
			}
		}
	}
	a.call(400, "GET", "/v1/sharedAlbums?pageSize=-1", nil)
}

func TestOnlyTheSameAppJoinsByItsToken(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	token := a.share(a.album("Trip"), nil)
	if got := ben.join(token); got["title"] != "Trip" || shareInfo(got)["isJoined"] != true {
		t.Errorf("joined %v", got)
	}
	ben.join(token)
	a.album("By people")
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "By people"})
	shared, err := a.e.World().Album("By people")
	if err != nil {
		t.Fatal(err)
	}
	join, body := "/v1/sharedAlbums:join", func(token string) object { return object{"shareToken": token} }
	a.as("ben's other app").refused(404, notThere, "POST", join, body(token))
	a.as("ben's other app").refused(404, notThere, "GET", "/v1/sharedAlbums/"+token, nil)
	ben.refused(404, notThere, "POST", join, body(shared.Share.Token))
	ben.refused(404, notThere, "POST", join, body("garbage"))
	ben.refused(400, "Request must contain a share token.", "POST", join, body(""))
	a.refused(400, "The owner of a shared album cannot join it.", "POST", join, body(token))
}

func TestLeavingIsForThoseWhoJoined(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	id := a.album("Trip")
	token := a.share(id, collaborative)
	leave, body := "/v1/sharedAlbums:leave", object{"shareToken": token}
	ben.refused(400, "The user has not joined the shared album.", "POST", leave, body)
	a.refused(400, "The owner of a shared album cannot leave it.", "POST", leave, body)
	ben.join(token)
	ben.item(id, "ben.png", picture(1))
	if got := ben.call(200, "POST", leave, body); len(got) != 0 {
		t.Errorf("leaving answered %v", got)
	}
	ben.refused(404, notThere, "GET", "/v1/albums/"+id, nil)
	ben.call(200, "GET", "/v1/sharedAlbums/"+token, nil)
	if diff := cmp.Diff([]string{"ben.png"}, a.members(id)); diff != "" {
		t.Errorf("what ben left behind (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ben.png"}, ben.items()); diff != "" {
		t.Errorf("ben's library (-want +got):\n%s", diff)
	}
}

func TestUnsharingPutsOthersOutWithWhatTheyAdded(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	id := a.album("Trip")
	token := a.share(id, collaborative)
	ben.join(token)
	a.item(id, "owner.png", picture(1))
	ben.item(id, "ben.png", picture(2))
	if got := a.call(200, "POST", "/v1/albums/"+id+":unshare", object{}); len(got) != 0 {
		t.Errorf("unsharing answered %v", got)
	}
	if diff := cmp.Diff([]string{"owner.png"}, a.members(id)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if got := a.call(200, "GET", "/v1/albums/"+id, nil); shareInfo(got) != nil || got["mediaItemsCount"] != "1" {
		t.Errorf("the album is %v", got)
	}
	ben.refused(404, notThere, "GET", "/v1/albums/"+id, nil)
	for _, call := range []string{"GET /v1/sharedAlbums/" + token, "POST /v1/sharedAlbums:join", "POST /v1/sharedAlbums:leave"} {
		verb, path, _ := strings.Cut(call, " ")
		ben.refused(404, notThere, verb, path, map[string]any{"GET": nil, "POST": object{"shareToken": token}}[verb])
	}
	a.refused(400, "Album is not shared.", "POST", "/v1/albums/"+id+":unshare", nil)
	if again := a.share(id, nil); again == token {
		t.Error("the dead token came back")
	}
	if got := ben.listed("GET", "/v1/sharedAlbums", "sharedAlbums", "title", nil); len(got) != 0 {
		t.Errorf("ben is still in %v", got)
	}
}

func TestSharingTwiceAnswersTheShareThatThereIs(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	id := a.album("Trip")
	first := a.call(200, "POST", "/v1/albums/"+id+":share", object{"sharedAlbumOptions": collaborative})
	again := a.call(200, "POST", "/v1/albums/"+id+":share", object{"sharedAlbumOptions": object{}})
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the second answer (-first +second):\n%s", diff)
	}
}

func TestStoppedLinkLetsNobodyElseIn(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben, cat := a.as("ben"), a.as("cat")
	id := a.album("Trip")
	token := a.share(id, nil)
	ben.join(token)
	a.does(emulator.Action{Do: emulator.StopLink, Album: "Trip"})
	cat.refused(404, notThere, "POST", "/v1/sharedAlbums:join", object{"shareToken": token})
	info := shareInfo(ben.call(200, "GET", "/v1/albums/"+id, nil))
	if diff := cmp.Diff(object{"sharedAlbumOptions": object{}, "isJoined": true}, info); diff != "" {
		t.Errorf("ben's view (-want +got):\n%s", diff)
	}
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Trip"})
	if got := shareInfo(ben.call(200, "GET", "/v1/albums/"+id, nil)); got["shareToken"] == token || got["isJoinable"] != true {
		t.Errorf("after a new link: %v", got)
	}
}

func TestCollaboratorsAddTheirOwnAtTheEnd(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	open, closed := a.album("Open"), a.album("Closed")
	theirs := a.item(open, "owner.png", picture(1))
	own, wanted := ben.item("", "ben.png", picture(2)), "/v1/albums/"+open+":batchAddMediaItems"
	ben.refused(400, "Invalid album ID.", "POST", wanted, object{"mediaItemIds": []string{own}})
	ben.join(a.share(open, collaborative))
	joined := ben.join(a.share(closed, nil))
	if joined["isWriteable"] != nil || ben.call(200, "GET", "/v1/albums/"+open, nil)["isWriteable"] != true {
		t.Error("isWriteable does not follow isCollaborative")
	}
	ben.call(200, "POST", wanted, object{"mediaItemIds": []string{own}})
	ben.item(open, "ben too.png", picture(3))
	ben.refused(400, badItem, "POST", wanted, object{"mediaItemIds": []string{theirs}})
	ben.refused(400, noAdding, "POST", "/v1/albums/"+closed+":batchAddMediaItems", object{"mediaItemIds": []string{own}})
	one := []object{entry(ben.upload(picture(4), ""), "4.png")}
	ben.refused(400, noAdding, "POST", createPath, object{"albumId": closed, "newMediaItems": one})
	ben.refused(400, "Album position cannot be set in a shared album that the user does not own.", "POST", createPath,
		object{"albumId": open, "newMediaItems": one, "albumPosition": object{"position": "FIRST_IN_ALBUM"}})
	ben.refused(400, "No permission to edit this album.", "PATCH", "/v1/albums/"+open+"?updateMask=title", object{"title": "x"})
	ben.refused(400, "No permission to add enrichments to this album.", "POST", "/v1/albums/"+open+":addEnrichment",
		object{"newEnrichmentItem": object{"textEnrichment": object{"text": "x"}}, "albumPosition": object{"position": "LAST_IN_ALBUM"}})
	for _, verb := range []string{":share", ":unshare"} {
		ben.refused(400, "No permission to share this album.", "POST", "/v1/albums/"+open+verb, nil)
	}
	for _, who := range []*account{a, ben} {
		if diff := cmp.Diff([]string{"owner.png", "ben.png", "ben too.png"}, who.members(open)); diff != "" {
			t.Errorf("what %s sees (-want +got):\n%s", who.who, diff)
		}
	}
	ben.call(200, "GET", "/v1/mediaItems/"+theirs, nil)
	a.call(200, "GET", "/v1/mediaItems/"+own, nil)
	a.refused(400, badID, "PATCH", "/v1/mediaItems/"+own+"?updateMask=description", object{"description": "x"})
	if diff := cmp.Diff([]string{"owner.png"}, a.items()); diff != "" {
		t.Errorf("the owner's library (-want +got):\n%s", diff)
	}
}

func TestCollaboratorsRemoveTheirOwnAndTheOwnerAll(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben, cat := a.as("ben"), a.as("cat")
	id := a.album("Trip")
	token := a.share(id, collaborative)
	ben.join(token)
	cat.join(token)
	owners, bens := a.item(id, "owner.png", picture(1)), ben.item(id, "ben.png", picture(2))
	cats := []string{cat.item(id, "cat 1.png", picture(3)), cat.item(id, "cat 2.png", picture(4))}
	remove := "/v1/albums/" + id + ":batchRemoveMediaItems"
	for _, others := range [][]string{{owners}, {bens}, {cats[0], bens}} {
		cat.refused(400, badItem, "POST", remove, object{"mediaItemIds": others})
	}
	cat.call(200, "POST", remove, object{"mediaItemIds": cats[:1]})
	a.call(200, "POST", remove, object{"mediaItemIds": []string{bens, owners}})
	if diff := cmp.Diff([]string{"cat 2.png"}, a.members(id)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ben.png"}, ben.items()); diff != "" {
		t.Errorf("ben's library (-want +got):\n%s", diff)
	}
}

func TestContributorsAreToldInTheSearchOfASharedAlbumAlone(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	ben := a.as("ben")
	id, private := a.album("Trip"), a.album("Private")
	ben.join(a.share(id, collaborative))
	a.item(private, "owner.png", picture(1))
	a.call(200, "POST", "/v1/albums/"+id+":batchAddMediaItems", object{"mediaItemIds": []string{a.item("", "owner.png", picture(1))}})
	bens := ben.item(id, "ben.png", picture(2))
	names := func(who *account, body object) (out []string) {
		t.Helper()
		list, _ := who.call(200, "POST", "/v1/mediaItems:search", body)["mediaItems"].([]any)
		for _, it := range list {
			info, _ := it.(object)["contributorInfo"].(object)
			name, _ := info["displayName"].(string)
			out = append(out, name)
			face, _ := info["profilePictureBaseUrl"].(string)
			if name == "" {
				continue
			}
			status, png, err := who.send("GET", strings.TrimPrefix(face, a.url)+"=w48-h48", nil)
			if err != nil || status != 200 || !strings.HasPrefix(png, "\x89PNG") {
				t.Errorf("the picture of %s at %q: %d %v", name, face, status, err)
			}
		}
		return out
	}
	for _, row := range []struct {
		who  string
		body object
		want []string
	}{
		{"owner", object{"albumId": id}, []string{"owner", "ben"}},
		{"ben", object{"albumId": id}, []string{"owner", "ben"}},
		{"reader", object{"albumId": id}, []string{"", ""}},
		{"owner", object{"albumId": private}, []string{""}},
		{"owner", object{}, []string{""}},
	} {
		if diff := cmp.Diff(row.want, names(a.as(row.who), row.body)); diff != "" {
			t.Errorf("%s, %v (-want +got):\n%s", row.who, row.body, diff)
		}
	}
	if got := a.call(200, "GET", "/v1/mediaItems/"+bens, nil); got["contributorInfo"] != nil {
		t.Errorf("mediaItems.get tells of %v", got["contributorInfo"])
	}
}

// TestChoicesOfSharing makes each call that no source tells the answer of, under
// both answers.
func TestChoicesOfSharing(t *testing.T) {
	t.Parallel()
	type world struct{ a, ben *account }
	type token struct{ album, token string }
	for _, row := range []struct {
		name           string
		choice         emulator.Choices
		otherwise, got int
		does           func(world, token) (status int)
	}{
		{"share a shared album", emulator.Choices{RefuseShareTwice: true}, 200, 400, func(w world, at token) int {
			return w.a.status("POST", "/v1/albums/"+at.album+":share", nil)
		}},
		{"unshare an album that is not shared", emulator.Choices{UnshareTwice: true}, 400, 200, func(w world, at token) int {
			w.a.status("POST", "/v1/albums/"+at.album+":unshare", nil)
			return w.a.status("POST", "/v1/albums/"+at.album+":unshare", nil)
		}},
		{"share an album of no app", emulator.Choices{ForbidForeignShare: true}, 400, 403, func(w world, _ token) int {
			id := w.a.does(emulator.Action{Do: emulator.MakeAlbum, Title: "Foreign"})
			return w.a.status("POST", "/v1/albums/"+id+":share", nil)
		}},
		{"use a token of an earlier share", emulator.Choices{KeepShareTokens: true}, 404, 200, func(w world, at token) int {
			w.a.status("POST", "/v1/albums/"+at.album+":unshare", nil)
			w.a.share(at.album, nil)
			return w.ben.status("GET", "/v1/sharedAlbums/"+at.token, nil)
		}},
		{"join by garbage", emulator.Choices{RefuseDeadShareToken: true}, 404, 400, func(w world, _ token) int {
			return w.ben.status("POST", "/v1/sharedAlbums:join", object{"shareToken": "garbage"})
		}},
		{"join twice", emulator.Choices{RefuseJoinTwice: true}, 200, 400, func(w world, at token) int {
			w.ben.join(at.token)
			return w.ben.status("POST", "/v1/sharedAlbums:join", object{"shareToken": at.token})
		}},
		{"join one's own album", emulator.Choices{OwnerJoins: true}, 400, 200, func(w world, at token) int {
			return w.a.status("POST", "/v1/sharedAlbums:join", object{"shareToken": at.token})
		}},
		{"leave without having joined", emulator.Choices{LeaveTwice: true}, 400, 200, func(w world, at token) int {
			return w.ben.status("POST", "/v1/sharedAlbums:leave", object{"shareToken": at.token})
		}},
		{"see what somebody added who left", emulator.Choices{LeaveTakesItems: true}, 200, 400, func(w world, at token) int {
			w.ben.join(at.token)
			id := w.ben.item(at.album, "ben.png", picture(1))
			w.ben.status("POST", "/v1/sharedAlbums:leave", object{"shareToken": at.token})
			return w.a.status("GET", "/v1/mediaItems/"+id, nil)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, choices := range []emulator.Choices{{}, row.choice} {
				a := society(t, emulator.Legacy, choices)
				id := a.album("Trip")
				want := map[bool]int{true: row.otherwise, false: row.got}[choices == emulator.Choices{}]
				status := row.does(world{a, a.as("ben")}, token{id, a.share(id, collaborative)})
				if status != want {
					t.Errorf("with %+v: %d, not %d", choices, status, want)
				}
			}
		})
	}
}
