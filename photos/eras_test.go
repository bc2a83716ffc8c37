package photos_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/photos/emulator"
)

// opened is an emulated account over real HTTP, and a maker of clients with a
// token.
func opened(t *testing.T, o emulator.Options) (*emulator.Emulator, func(token string) *photos.Client) {
	t.Helper()
	o.WritesPerMinute, o.Seed = -1, 1
	e, err := emulator.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, func(token string) *photos.Client {
		return newClient(t, photos.Options{Endpoint: server.URL, Attempts: 1, Token: func(context.Context) (string, error) { return token, nil }})
	}
}

// must is what a call answers that must succeed.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestEnrichmentsStandWhereTheyWerePut(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, e := live(t)
	album := must[photos.Album](t)(c.CreateAlbum(ctx, "Trip")).ID
	item := upload(t, c, photos.CreateItems{Album: album}, 1)[0].Item.ID
	add := func(n photos.NewEnrichment, at photos.Position) photos.EnrichmentID {
		t.Helper()
		return must[photos.EnrichmentID](t)(c.AddEnrichment(ctx, album, n, at))
	}
	gullfoss := photos.Location{Name: "Gullfoss", Latitude: 64.3271, Longitude: -20.1199}
	text := add(photos.NewEnrichment{Text: "Day one"}, photos.Position{Kind: photos.FirstInAlbum})
	add(photos.NewEnrichment{Map: &photos.MapEnrichment{Origin: photos.Location{Name: "Vík"}, Destination: gullfoss}}, photos.Position{Kind: photos.AfterMediaItem, AfterItem: item})
	add(photos.NewEnrichment{Location: &gullfoss}, photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: text})
	upload(t, c, photos.CreateItems{Album: album, Position: photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: text}}, 2)

	names := map[string]string{}
	for _, i := range e.World().Items {
		names[i.ID] = i.FileName
	}
	var got []string
	for _, entry := range e.World().Albums[0].Contents {
		switch n := entry.Enrichment; {
		case n == nil:
			got = append(got, names[entry.Item])
		case n.Location != nil:
			got = append(got, fmt.Sprint("at ", *n.Location))
		case n.Map != nil:
			got = append(got, fmt.Sprint("from ", n.Map.Origin, " to ", n.Map.Destination))
		default:
			got = append(got, n.Text)
		}
	}
	want := []string{"Day one", "2.png", "at {Gullfoss 64.3271 -20.1199}", "1.png", "from {Vík 0 0} to {Gullfoss 64.3271 -20.1199}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Searches show items alone.
	page := must[photos.ItemsPage](t)(c.SearchItems(ctx, photos.SearchItems{Album: album}))
	if len(page.Items) != 2 {
		t.Errorf("%d items in the album", len(page.Items))
	}
}

// The older era: an album's life with people in it, by every method of sharing.
func TestSharingInTheOlderEra(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, as := opened(t, emulator.Options{Profile: emulator.Legacy, Tokens: map[string]emulator.Grant{"owner": {}, "ben": {User: "ben"}}})
	owner, ben := as("owner"), as("ben")
	album := must[photos.Album](t)(owner.CreateAlbum(ctx, "Party"))
	if album.Share != nil {
		t.Errorf("a new album is shared: %+v", album)
	}
	info := must[photos.ShareInfo](t)(owner.ShareAlbum(ctx, album.ID, photos.ShareOptions{Collaborative: true}))
	world := e.World().Albums[0].Share
	want := photos.ShareInfo{
		Options: photos.ShareOptions{Collaborative: true}, Link: photos.ShareLink(world.URL), Token: photos.ShareToken(world.Token),
		Joined: true, Owned: true, Joinable: info.Joinable,
	}
	if diff := cmp.Diff(want, info); diff != "" || world.Token == "" {
		t.Errorf("shared (-want +got):\n%s", diff)
	}
	if seen := must[photos.Album](t)(ben.GetSharedAlbum(ctx, info.Token)); seen.Title != "Party" || seen.Share == nil || seen.Share.Joined || seen.Share.Owned {
		t.Errorf("ben sees %+v", seen)
	}
	joined := must[photos.Album](t)(ben.JoinAlbum(ctx, info.Token))
	if joined.Title != "Party" || joined.Share == nil || !joined.Share.Joined {
		t.Errorf("ben joined %+v", joined)
	}
	upload(t, ben, photos.CreateItems{Album: joined.ID}, 1)
	page := must[photos.ItemsPage](t)(owner.SearchItems(ctx, photos.SearchItems{Album: album.ID}))
	if len(page.Items) != 1 || page.Items[0].Contributor == nil || page.Items[0].Contributor.Name == "" {
		t.Errorf("the owner sees %+v", page.Items)
	}
	if shared := must[photos.AlbumsPage](t)(ben.ListSharedAlbums(ctx, photos.ListAlbums{PageSize: 50})); len(shared.Albums) != 1 || shared.Albums[0].Title != "Party" {
		t.Errorf("ben's shared albums: %+v", shared)
	}
	if err := ben.LeaveAlbum(ctx, info.Token); err != nil || len(e.World().Albums[0].Share.Members) != 0 {
		t.Errorf("%v; members %q", err, e.World().Albums[0].Share.Members)
	}
	if err := owner.UnshareAlbum(ctx, album.ID); err != nil || e.World().Albums[0].Share != nil {
		t.Errorf("%v; %+v", err, e.World().Albums[0])
	}
	if err := second(ben.JoinAlbum(ctx, info.Token)); err == nil || photos.IsUnsupported(err) {
		t.Errorf("joining by a dead token: %v", err)
	}
}

// Today: each method of sharing is refused, learned by one call, and answered here
// from then on.
func TestSharingToday(t *testing.T) {
	t.Parallel()
	c, e := live(t)
	ctx := t.Context()
	album := must[photos.Album](t)(c.CreateAlbum(ctx, "Party"))
	for range 2 {
		for m, err := range map[photos.Method]error{
			photos.MethodAlbumsShare: second(c.ShareAlbum(ctx, album.ID, photos.ShareOptions{})), photos.MethodAlbumsUnshare: c.UnshareAlbum(ctx, album.ID),
			photos.MethodSharedGet: second(c.GetSharedAlbum(ctx, "t")), photos.MethodSharedJoin: second(c.JoinAlbum(ctx, "t")),
			photos.MethodSharedLeave: c.LeaveAlbum(ctx, "t"), photos.MethodSharedList: second(c.ListSharedAlbums(ctx, photos.ListAlbums{})),
		} {
			if !photos.IsUnsupported(err) || photos.EffectOf(err) != photos.EffectNone || !m.Sharing() || e.Stats()[string(m)] != 1 {
				t.Errorf("%s: %v after %d calls", m, err, e.Stats()[string(m)])
			}
		}
	}
}

// The scopes of each method are those that the service asks for: with any one of
// them alone it is no question of scopes, with any other it is.
func TestTheScopesOfAMethodAreThoseThatSuffice(t *testing.T) {
	t.Parallel()
	all := []photos.Scope{photos.ScopeAppend, photos.ScopeRead, photos.ScopeEdit}
	tokens := map[string]emulator.Grant{}
	for _, s := range all {
		tokens[s.Short()] = emulator.Grant{Scopes: []string{string(s)}}
	}
	_, as := opened(t, emulator.Options{Tokens: tokens})
	calls := called(t.Context())
	calls[photos.MethodUpload] = []func(*photos.Client) (any, error){func(c *photos.Client) (any, error) {
		return c.Upload(t.Context(), file("a.png", picture(1)))
	}}
	for _, m := range photos.Methods() {
		if m.Sharing() {
			continue
		}
		for _, s := range all {
			_, err := calls[m][0](as(s.Short()))
			missing := photos.IsScopeMissing(err)
			if m == photos.MethodUpload {
				missing = photos.IsUnauthorized(err)
			} else if missing {
				if diff := cmp.Diff(m.Scopes(), photos.MissingScopes(err)); diff != "" {
					t.Errorf("%s with %s (-want +got):\n%s", m, s.Short(), diff)
				}
			}
			if missing == slices.Contains(m.Scopes(), s) {
				t.Errorf("%s with %s: %v", m, s.Short(), err)
			}
		}
	}
}

// Brief pages hold what tells entries apart, in fewer bytes.
func TestBriefPagesAreSmaller(t *testing.T) {
	t.Parallel()
	e := account(t)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	var answered int
	c := newClient(t, photos.Options{Endpoint: server.URL, Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			resp.Body = measured{resp.Body, &answered}
		}
		return resp, err
	})})
	ctx := t.Context()
	album := must[photos.Album](t)(c.CreateAlbum(ctx, "Trip")).ID
	upload(t, c, photos.CreateItems{Album: album}, 1, 2, 3)
	sizes := func(read func(brief bool) any) [2]int {
		var n [2]int
		for i, brief := range []bool{false, true} {
			answered = 0
			read(brief)
			n[i] = answered
		}
		return n
	}
	var items, found [2]photos.ItemsPage
	var albums [2]photos.AlbumsPage
	index := map[bool]int{true: 1}
	for name, n := range map[string][2]int{
		"items": sizes(func(brief bool) any {
			items[index[brief]] = must[photos.ItemsPage](t)(c.ListItems(ctx, photos.ListItems{Brief: brief}))
			return nil
		}),
		"search": sizes(func(brief bool) any {
			found[index[brief]] = must[photos.ItemsPage](t)(c.SearchItems(ctx, photos.SearchItems{Album: album, Brief: brief}))
			return nil
		}),
		"albums": sizes(func(brief bool) any {
			albums[index[brief]] = must[photos.AlbumsPage](t)(c.ListAlbums(ctx, photos.ListAlbums{Brief: brief}))
			return nil
		}),
	} {
		if n[1]*10 > n[0]*7 {
			t.Errorf("%s: %d bytes in brief, %d whole", name, n[1], n[0])
		}
	}
	brief := func(p photos.ItemsPage) photos.ItemsPage {
		for i, item := range p.Items {
			p.Items[i] = photos.Item{ID: item.ID, Description: item.Description, MIMEType: item.MIMEType, FileName: item.FileName}
		}
		return p
	}
	albums[0].Albums[0].Writeable, albums[0].Albums[0].ProductURL, albums[0].Albums[0].CoverBaseURL = false, "", ""
	for name, diff := range map[string]string{
		"items": cmp.Diff(brief(items[0]), items[1]), "search": cmp.Diff(brief(found[0]), found[1]), "albums": cmp.Diff(albums[0], albums[1]),
	} {
		if diff != "" {
			t.Errorf("%s (-whole +brief):\n%s", name, diff)
		}
	}
}

type measured struct {
	io.ReadCloser
	n *int
}

func (m measured) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	*m.n += n
	return n, err
}

// The worst pages that were seen hold the same as the best, when they are walked.
func TestAWalkReadsTheWorstPages(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, pages := range []string{"", "short", "empty", "trailing", "repeat", "short,empty,trailing,repeat"} {
		_, as := opened(t, emulator.Options{Choices: emulator.Choices{Pages: pages}})
		c := as("any")
		album := must[photos.Album](t)(c.CreateAlbum(ctx, "Trip")).ID
		upload(t, c, photos.CreateItems{Album: album}, 1, 2, 3, 4, 5, 6, 7)
		var got []string
		calls := 0
		for w := (photos.Walk{}); !w.Over(); calls++ {
			page := must[photos.ItemsPage](t)(c.SearchItems(ctx, photos.SearchItems{Album: album, PageSize: 3, PageToken: w.Token()}))
			got = append(got, names(must[[]photos.Item](t)(w.Items(page)))...)
		}
		if diff := cmp.Diff([]string{"1.png", "2.png", "3.png", "4.png", "5.png", "6.png", "7.png"}, got); diff != "" || calls < 3 {
			t.Errorf("%q, %d pages (-want +got):\n%s", pages, calls, diff)
		}
	}
}
