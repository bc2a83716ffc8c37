package emulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
)

func TestPeopleShareJoinAndLeaveInTheApp(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	trip := a.album("Trip")
	a.item(trip, "owner.png", picture(1))
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Trip", Collaborative: true, Commentable: true})
	for _, user := range []string{"ben", "cat"} {
		if id := a.does(emulator.Action{Do: emulator.JoinAlbum, Album: "Trip", User: user}); id != trip {
			t.Errorf("%s joined %q", user, id)
		}
		a.does(emulator.Action{Do: emulator.AddPhoto, Title: user + ".png", Bytes: picture(len(user) + int(user[0])), Album: "Trip", User: user})
	}
	a.does(emulator.Action{Do: emulator.LeaveAlbum, Album: "Trip", User: "cat"})
	world := a.e.World()
	album, err := world.Album("Trip")
	if err != nil {
		t.Fatal(err)
	}
	want := &emulator.WorldShare{Token: album.Share.Token, URL: album.Share.URL, Collaborative: true, Commentable: true, Members: []string{"ben"}}
	if diff := cmp.Diff(want, album.Share); diff != "" || want.Token == "" || want.URL == "" {
		t.Errorf("share (-want +got):\n%s", diff)
	}
	var got []string
	for _, it := range world.Items {
		got = append(got, fmt.Sprintf("%s of %s by %q", it.FileName, it.User, it.Client))
	}
	if diff := cmp.Diff([]string{`owner.png of owner by "app"`, `ben.png of ben by ""`, `cat.png of cat by ""`}, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if album.User != "owner" || album.Client != "app" {
		t.Errorf("the album is of %q by %q", album.User, album.Client)
	}
	a.does(emulator.Action{Do: emulator.StopLink, Album: "Trip"})
	a.does(emulator.Action{Do: emulator.RemoveItems, Album: "Trip", Items: []string{"ben.png"}, User: "ben"})
	a.does(emulator.Action{Do: emulator.UnshareAlbum, Album: "Trip"})
	world = a.e.World()
	if album, err = world.Album("Trip"); err != nil || album.Share != nil {
		t.Errorf("share after all: %+v (%v)", album.Share, err)
	}
	if diff := cmp.Diff([]string{"owner.png"}, world.FileNames(album)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
}

func TestPeopleDoOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Legacy, emulator.Choices{})
	open, closed := a.album("Open"), a.album("Closed")
	a.item(open, "owner.png", picture(1))
	a.as("ben").item("", "ben.png", picture(2))
	a.as("ben").album("Twin")
	a.album("Twin")
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Open", Collaborative: true})
	a.does(emulator.Action{Do: emulator.ShareAlbum, Album: "Closed"})
	a.does(emulator.Action{Do: emulator.JoinAlbum, Album: "Closed", User: "ben"})
	before := a.e.World()
	for _, action := range []emulator.Action{
		{Do: emulator.AddItems, Album: "Open", Items: []string{"ben.png"}, User: "ben"},
		{Do: emulator.AddItems, Album: "Open", Items: []string{"ben.png"}},
		{Do: emulator.AddItems, Album: "Closed", Items: []string{"ben.png"}, User: "ben"},
		{Do: emulator.AddPhoto, Album: "Closed", Title: "x.png", Bytes: picture(3), User: "ben"},
		{Do: emulator.AddPhoto, Album: "Open", Title: "x.png", Bytes: picture(3), User: "cat"},
		{Do: emulator.AddPhoto, Title: "x.png"},
		{Do: emulator.AddPhoto, Title: "x.png", Bytes: []byte("no picture")},
		{Do: emulator.RenameAlbum, Album: "Closed", Title: "x", User: "ben"},
		{Do: emulator.DeleteAlbum, Album: closed, User: "ben"},
		{Do: emulator.UnshareAlbum, Album: "Closed", User: "ben"},
		{Do: emulator.TrashItem, Item: "owner.png", User: "ben"},
		{Do: emulator.JoinAlbum, Album: "Closed", User: "ben"},
		{Do: emulator.JoinAlbum, Album: "Closed"},
		{Do: emulator.LeaveAlbum, Album: "Closed"},
		{Do: emulator.LeaveAlbum, Album: "Open", User: "ben"},
		{Do: emulator.ShareAlbum, Album: "Open"},
		{Do: emulator.StopLink, Album: "Twin"},
		{Do: emulator.JoinAlbum, Album: "Twin", User: "cat"},
	} {
		if id, err := a.e.Act(action); err == nil {
			t.Errorf("%+v was done to %q", action, id)
		}
	}
	if diff := cmp.Diff(before, a.e.World()); diff != "" {
		t.Errorf("a refused action changed the world (-before +after):\n%s", diff)
	}
	a.does(emulator.Action{Do: emulator.RenameAlbum, Album: "Twin", Title: "Ben's", User: "ben"})
}

func TestControlAPITakesPeopleAndPhotographs(t *testing.T) {
	t.Parallel()
	a := society(t, emulator.Current, emulator.Choices{})
	id := a.call(200, "POST", "/_emulator/user", object{"do": "add_photo", "title": "ben.png", "bytes": picture(1), "user": "ben"})["id"]
	album := a.call(200, "POST", "/_emulator/user", object{"do": "make_album", "title": "Ben's", "user": "ben"})["id"]
	a.call(200, "POST", "/_emulator/user", object{"do": "share_album", "album": album, "user": "ben", "collaborative": true})
	var world struct {
		Albums []object `json:"albums"`
		Items  []object `json:"items"`
	}
	_, text, err := a.send("GET", "/_emulator/world", nil)
	if err == nil {
		err = json.Unmarshal([]byte(text), &world)
	}
	if err != nil {
		t.Fatal(err)
	}
	if it := world.Items[0]; it["id"] != id || it["user"] != "ben" || it["client"] != nil {
		t.Errorf("item %v", it)
	}
	if got := world.Albums[0]; got["user"] != "ben" || got["client"] != nil || got["share"].(object)["collaborative"] != true {
		t.Errorf("album %v", got)
	}
}

func TestJournalOfBeforeIsTheOwnersByTheDefaultApp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sum := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	journal := `{"journal":"emulated photos","version":1,"generation":0,"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
[{"op":"album","title":"Trip","at":1717200000}]
[{"op":"item","item":{"sha256":"` + sum + `","size":4,"name":"1.jpg","uploaded":1717200000,"created":1717200000,"type":"image/jpeg"}},{"op":"insert","contents":[0]}]
`
	if err := os.WriteFile(filepath.Join(dir, "journal"), []byte(journal), 0o600); err != nil {
		t.Fatal(err)
	}
	a := open(t, emulator.Options{Dir: dir, Tokens: people()}).as("owner")
	if diff := cmp.Diff([]string{"Trip"}, a.albums("")); diff != "" {
		t.Errorf("albums (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1.jpg"}, a.items()); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if got := a.as("other app").albums(""); len(got) != 0 {
		t.Errorf("another app sees %v", got)
	}
	world := a.e.World()
	if it := world.Items[0]; it.User != "owner" || it.Client != "app" {
		t.Errorf("item %+v", it)
	}
}

func TestDamagedShareIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	head := `{"journal":"emulated photos","version":1,"generation":0,"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
[{"op":"album","title":"Trip"}]
`
	for _, line := range []string{
		`[{"op":"join","user":"ben"}]`, `[{"op":"unshare"}]`, `[{"op":"share"}]`, `[{"op":"share","n":1,"share":{}}]`,
		`[{"op":"share","share":{}},{"op":"join"}]`, `[{"op":"share","share":{}},{"op":"leave","user":"ben"}]`,
		`[{"op":"share","album":1,"share":{}}]`, `[{"op":"adopt","n":3}]`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "journal"), []byte(head+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := emulator.Open(emulator.Options{Dir: dir})
		var damage *emulator.DamageError
		if !errors.As(err, &damage) || damage.Line != 3 {
			t.Errorf("%s: %v", line, err)
		} else if remedy := "move " + filepath.Join(dir, "journal") + " away"; !strings.Contains(err.Error(), remedy) {
			t.Errorf("%s: no remedy in %v", line, err)
		}
	}
}
