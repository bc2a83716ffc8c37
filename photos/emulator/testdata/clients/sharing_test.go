package clients

import (
	"errors"
	"testing"

	"albumen/photos/emulator"

	"github.com/google/go-cmp/cmp"
	"github.com/gphotosuploader/google-photos-api-client-go/v3/uploader"
	"github.com/gphotosuploader/googlemirror/api/photoslibrary/v1"
	"google.golang.org/api/googleapi"
)

// TestGeneratedClientsShareAnAlbum is of the era in which that could be done.
func TestGeneratedClientsShareAnAlbum(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Profile: emulator.Legacy, Users: []string{"ada", "bob"},
		Tokens: map[string]emulator.Grant{"of-ada": {User: "ada"}, "of-bob": {User: "bob"}}})
	ada, bob := generatedClientOf(t, a, "of-ada"), generatedClientOf(t, a, "of-bob")
	made := ada.album(t, "Wedding")
	ada.create(t, made.Id, nil, 1)
	shared, err := ada.Albums.Share(made.Id, &photoslibrary.ShareAlbumRequest{
		SharedAlbumOptions: &photoslibrary.SharedAlbumOptions{IsCollaborative: true}}).Do()
	if err != nil || shared.ShareInfo.ShareToken == "" || shared.ShareInfo.ShareableUrl == "" || !shared.ShareInfo.SharedAlbumOptions.IsCollaborative {
		t.Fatalf("shared: %+v, %v", shared, err)
	}
	if _, err := bob.SharedAlbums.Join(&photoslibrary.JoinSharedAlbumRequest{ShareToken: shared.ShareInfo.ShareToken}).Do(); err != nil {
		t.Fatal(err)
	}
	list, err := bob.SharedAlbums.List().Do()
	if err != nil || len(list.SharedAlbums) != 1 || list.SharedAlbums[0].Title != "Wedding" {
		t.Fatalf("bob's shared albums: %+v, %v", list, err)
	}
	bob.create(t, list.SharedAlbums[0].Id, nil, 2)
	got, err := ada.MediaItems.Search(&photoslibrary.SearchMediaItemsRequest{AlbumId: made.Id}).Do()
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, item := range got.MediaItems {
		who = append(who, item.ContributorInfo.DisplayName+" "+item.Filename)
	}
	if diff := cmp.Diff([]string{"ada 1.png", "bob 2.png"}, who); diff != "" {
		t.Errorf("who brought what (-want +got):\n%s", diff)
	}
}

func TestRcloneListsSharedAlbums(t *testing.T) {
	t.Parallel()
	r := openRclone(t, emulator.Options{Profile: emulator.Legacy})
	g := generatedClient(t, r.account)
	made := g.album(t, "Wedding")
	g.create(t, made.Id, nil, 1)
	if _, err := g.Albums.Share(made.Id, &photoslibrary.ShareAlbumRequest{}).Do(); err != nil {
		t.Fatal(err)
	}
	r.lists([]string{"Wedding/"}, "lsf", "gp:shared-album")
	r.lists([]string{"1.png"}, "lsf", "gp:shared-album/Wedding")
}

// TestClientsAreToldOfMissingScopes: the API says so in words, uploads as if
// there were no token.
func TestClientsAreToldOfMissingScopes(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{Tokens: map[string]emulator.Grant{
		"appends": {Scopes: []string{"photoslibrary.appendonly"}}, "reads": {Scopes: []string{"photoslibrary.readonly.appcreateddata"}}}})
	made := generatedClientOf(t, a, "appends").album(t, "Album")
	_, unread := generatedClientOf(t, a, "appends").Albums.Get(made.Id).Do()
	up, err := uploader.NewSimpleUploader(a.client(t, "reads"))
	if err != nil {
		t.Fatal(err)
	}
	_, unwritten := up.UploadFile(t.Context(), folder(t, "a.png")+"/a.png")
	_, unknown := generatedClientOf(t, a, "nobody's").Albums.Get(made.Id).Do()
	for _, row := range []struct {
		name string
		err  error
		code int
		body string
	}{
		{"reading with a token that appends", unread, 403, `{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED"}}`},
		{"uploading with a token that reads", unwritten, 401, `{"code":16,"message":"Authentication session is not defined."}`},
		{"a token that nobody granted", unknown, 401, ""},
	} {
		var refused *googleapi.Error
		if !errors.As(row.err, &refused) || refused.Code != row.code || row.body != "" && refused.Body != row.body+"\n" {
			t.Errorf("%s: %v", row.name, row.err)
		}
	}
}
