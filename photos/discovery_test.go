package photos_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
)

// discovery is what the API's discovery document, revision 20240605, says of the
// methods and their messages. Only words for people are left out.
type discovery struct {
	Methods map[photos.Method]struct {
		Verb, Path      string
		Parameters      map[string]field
		Request, Answer string
	}
	Messages map[string]map[string]field
}

// field is the type of a field or of a parameter.
type field struct {
	In, Type, Format, Ref string
	Repeated              bool
	Items                 *field
	Enum                  []string
}

func discovered(t *testing.T) discovery {
	t.Helper()
	b, err := os.ReadFile("testdata/discovery.json")
	if err != nil {
		t.Fatal(err)
	}
	var d discovery
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// called are calls of every method of the document. Together they send everything
// that the client can; each answers what it has read.
func called(ctx context.Context) map[photos.Method][]func(*photos.Client) (any, error) {
	type call = func(*photos.Client) (any, error)
	enrich := func(n photos.NewEnrichment, at photos.Position) call {
		return func(c *photos.Client) (any, error) { return c.AddEnrichment(ctx, "a", n, at) }
	}
	create := func(at photos.Position) call {
		return func(c *photos.Client) (any, error) {
			return c.CreateItems(ctx, photos.CreateItems{Album: "a", Position: at, Items: []photos.NewItem{{Token: "x", FileName: "f", Description: "d"}}})
		}
	}
	search := func(r photos.SearchItems) call {
		return func(c *photos.Client) (any, error) { return c.SearchItems(ctx, r) }
	}
	albums, items := photos.ListAlbums{OnlyOurs: true, PageSize: 50, PageToken: "p"}, photos.ListItems{PageSize: 100, PageToken: "p"}
	brief := photos.ListAlbums{Brief: true}
	token := photos.ShareToken("T-k")
	here, there := photos.Location{Name: "here", Latitude: 1.5, Longitude: -2}, photos.Location{Latitude: -3}
	filters := &photos.Filters{
		Dates: []photos.Date{{Year: 2024, Month: 6, Day: 1}}, Ranges: []photos.DateRange{{Start: photos.Date{Year: 2023}, End: photos.Date{Year: 2024}}},
		Categories: photos.Categories()[:10], Except: photos.Categories()[10:20], MediaType: "PHOTO", Favorites: true, Archived: true, OnlyOurs: true,
	}
	return map[photos.Method][]call{
		photos.MethodAlbumsAddEnrichment: {
			enrich(photos.NewEnrichment{Text: "t"}, photos.Position{Kind: photos.FirstInAlbum}),
			enrich(photos.NewEnrichment{Location: &here}, photos.Position{Kind: photos.AfterMediaItem, AfterItem: "i"}),
			enrich(photos.NewEnrichment{Map: &photos.MapEnrichment{Origin: here, Destination: there}}, photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "e"}),
		},
		photos.MethodAlbumsBatchAdd:    {func(c *photos.Client) (any, error) { return nil, c.AddItems(ctx, "a", ids(2)) }},
		photos.MethodAlbumsBatchRemove: {func(c *photos.Client) (any, error) { return nil, c.RemoveItems(ctx, "a", ids(2)) }},
		photos.MethodAlbumsCreate:      {func(c *photos.Client) (any, error) { return c.CreateAlbum(ctx, "t") }},
		photos.MethodAlbumsGet:         {func(c *photos.Client) (any, error) { return c.GetAlbum(ctx, "a") }},
		photos.MethodAlbumsList: {
			func(c *photos.Client) (any, error) { return c.ListAlbums(ctx, albums) },
			func(c *photos.Client) (any, error) { return c.ListAlbums(ctx, brief) },
		},
		photos.MethodAlbumsPatch: {func(c *photos.Client) (any, error) {
			return c.PatchAlbum(ctx, "a", photos.AlbumPatch{Title: ptr("t"), Cover: ptr(photos.ItemID("i"))})
		}},
		photos.MethodAlbumsShare: {func(c *photos.Client) (any, error) {
			return c.ShareAlbum(ctx, "a", photos.ShareOptions{Collaborative: true, Commentable: true})
		}},
		photos.MethodAlbumsUnshare: {func(c *photos.Client) (any, error) { return nil, c.UnshareAlbum(ctx, "a") }},
		photos.MethodItemsBatchCreate: {
			create(photos.Position{Kind: photos.LastInAlbum}), create(photos.Position{Kind: photos.AfterMediaItem, AfterItem: "i"}),
			create(photos.Position{Kind: photos.AfterEnrichmentItem, AfterEnrichment: "e"}),
		},
		photos.MethodItemsBatchGet: {func(c *photos.Client) (any, error) { return c.BatchGetItems(ctx, []photos.ItemID{"x"}) }},
		photos.MethodItemsGet:      {func(c *photos.Client) (any, error) { return c.GetItem(ctx, "i") }},
		photos.MethodItemsList:     {func(c *photos.Client) (any, error) { return c.ListItems(ctx, items) }},
		photos.MethodItemsPatch:    {func(c *photos.Client) (any, error) { return c.PatchItem(ctx, "i", "d") }},
		photos.MethodItemsSearch: {
			search(photos.SearchItems{Album: "a", PageSize: 100, PageToken: "p", Brief: true}),
			search(photos.SearchItems{Filters: filters}),
			search(photos.SearchItems{Filters: &photos.Filters{Dates: filters.Dates}, OrderBy: photos.NewestFirst}),
		},
		photos.MethodSharedGet:   {func(c *photos.Client) (any, error) { return c.GetSharedAlbum(ctx, token) }},
		photos.MethodSharedJoin:  {func(c *photos.Client) (any, error) { return c.JoinAlbum(ctx, token) }},
		photos.MethodSharedLeave: {func(c *photos.Client) (any, error) { return nil, c.LeaveAlbum(ctx, token) }},
		photos.MethodSharedList:  {func(c *photos.Client) (any, error) { return c.ListSharedAlbums(ctx, albums) }},
	}
}

// unsent are the fields of requests that the client never sends, and why.
var unsent = map[string]string{
	"Album.id":                  "it stands in the path",
	"Album.productUrl":          "Google's alone to say",
	"Album.isWriteable":         "Google's alone to say",
	"Album.shareInfo":           "Google's alone to say",
	"Album.mediaItemsCount":     "Google's alone to say",
	"Album.coverPhotoBaseUrl":   "Google's alone to say",
	"MediaItem.id":              "it stands in the path",
	"MediaItem.productUrl":      "Google's alone to say",
	"MediaItem.baseUrl":         "Google's alone to say",
	"MediaItem.mimeType":        "Google's alone to say",
	"MediaItem.mediaMetadata":   "Google's alone to say",
	"MediaItem.contributorInfo": "Google's alone to say",
	"MediaItem.filename":        "no method changes it",

	"albums.create: Album.coverPhotoMediaItemId": "of a new album only the title is read",
}

// Every method goes to the document's address, and sends what the document knows,
// by its name and in its type.
func TestRequestsUseTheDiscoveryDocumentAndAllOfIt(t *testing.T) {
	t.Parallel()
	d := discovered(t)
	calls := called(t.Context())
	var known []photos.Method
	for _, m := range photos.Methods() {
		if m != photos.MethodUpload { // the document has none for bytes
			known = append(known, m)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(d.Methods)), known); diff != "" {
		t.Fatalf("methods (-document +client):\n%s", diff)
	}
	ever := map[string]bool{}
	for m, method := range d.Methods {
		sent := map[string]bool{}
		path := regexp.MustCompile("^" + regexp.MustCompile(`\{\+\w+\}`).ReplaceAllString(method.Path, `[^/:]+`) + "$")
		for _, call := range calls[m] {
			c := newClient(t, photos.Options{Transport: roundTrips(func(r *http.Request) (*http.Response, error) {
				if r.Method != method.Verb || !path.MatchString(r.URL.Path) {
					t.Errorf("%s: %s %s, want %s %s", m, r.Method, r.URL.Path, method.Verb, method.Path)
				}
				checkQuery(t, m, method.Parameters, r.URL.Query(), sent)
				var body any
				if r.Body != nil {
					b, _ := io.ReadAll(r.Body)
					if err := json.Unmarshal(b, &body); err != nil {
						t.Errorf("%s: %s", m, b)
					}
				}
				if (body != nil) != (method.Request != "") {
					t.Errorf("%s: the body %v, want a %q", m, body, method.Request)
				}
				if body != nil {
					d.check(t, string(m), field{Ref: method.Request}, body, sent)
				}
				return nil, io.EOF
			}), Attempts: 1})
			_, _ = call(c)
		}
		for name, p := range method.Parameters {
			if p.In == "query" && !sent[string(m)+"."+name] {
				t.Errorf("%s: the parameter %s is never sent", m, name)
			}
		}
		for _, name := range d.reachable(method.Request) {
			_, why := unsent[name]
			_, here := unsent[string(m)+": "+name]
			if !sent[name] && !why && !here {
				t.Errorf("%s: the field %s is never sent", m, name)
			}
		}
		for name := range sent {
			ever[name], ever[string(m)+": "+name] = true, true
		}
	}
	for name := range unsent {
		if ever[name] {
			t.Errorf("%s is sent after all", name)
		}
	}
}

// checkQuery holds a query to the parameters of its method.
func checkQuery(t *testing.T, m photos.Method, known map[string]field, q url.Values, sent map[string]bool) {
	t.Helper()
	for name, values := range q {
		p, ok := known[name]
		if name == "fields" {
			continue // every method takes it
		}
		if !ok || p.In != "query" || len(values) > 1 && !p.Repeated {
			t.Errorf("%s: the parameter %s=%q is not in the document", m, name, values)
		}
		for _, v := range values {
			var err error
			switch p.Type {
			case "integer":
				_, err = strconv.ParseInt(v, 10, 32)
			case "boolean":
				_, err = strconv.ParseBool(v)
			}
			if err != nil {
				t.Errorf("%s: %s=%s: %v", m, name, v, err)
			}
		}
		sent[string(m)+"."+name] = true
	}
}

// check holds a JSON value to its type, and notes the fields that it meets.
func (d discovery) check(t *testing.T, where string, f field, v any, sent map[string]bool) {
	t.Helper()
	ok := true
	switch v := v.(type) {
	case map[string]any:
		message, known := d.Messages[f.Ref]
		ok = known
		for name, value := range v {
			inner, known := message[name]
			if !known {
				t.Errorf("%s: %s has no field %q", where, f.Ref, name)
				continue
			}
			sent[f.Ref+"."+name] = true
			d.check(t, where+"."+name, inner, value, sent)
		}
	case []any:
		ok = f.Type == "array"
		for i, value := range v {
			d.check(t, fmt.Sprintf("%s[%d]", where, i), *f.Items, value, sent)
		}
	case string:
		ok = f.Type == "string" && f.Format == "" && (f.Enum == nil || slices.Contains(f.Enum, v))
	case float64:
		ok = f.Type == "number" || f.Type == "integer" && v == math.Trunc(v)
	case bool:
		ok = f.Type == "boolean"
	default:
		ok = false
	}
	if !ok {
		t.Errorf("%s: %v is no %s%s %s %v", where, v, f.Ref, f.Type, f.Format, f.Enum)
	}
}

// reachable are the fields of a message and of all messages in it.
func (d discovery) reachable(message string) []string {
	var all []string
	for name, f := range d.Messages[message] {
		if f.Items != nil {
			f = *f.Items
		}
		full := message + "." + name
		all = append(all, full)
		if _, skipped := unsent[full]; !skipped {
			all = append(all, d.reachable(f.Ref)...)
		}
	}
	return all
}

// What the client can ask for by name is what the document names.
func TestTheClientsWordsAreTheDocuments(t *testing.T) {
	t.Parallel()
	d := discovered(t)
	categories := d.Messages["ContentFilter"]["includedContentCategories"].Items.Enum
	if diff := cmp.Diff(slices.Sorted(slices.Values(categories)), slices.Sorted(slices.Values(photos.Categories()))); diff != "" {
		t.Errorf("categories (-document +client):\n%s", diff)
	}
	positions := []string{"POSITION_TYPE_UNSPECIFIED"}
	for _, p := range []photos.PositionKind{photos.FirstInAlbum, photos.LastInAlbum, photos.AfterMediaItem, photos.AfterEnrichmentItem} {
		positions = append(positions, string(p))
	}
	if diff := cmp.Diff(d.Messages["AlbumPosition"]["position"].Enum, positions); diff != "" {
		t.Errorf("positions (-document +client):\n%s", diff)
	}
}

// read is where the client keeps each field of an answer.
var read = map[string]string{
	"Album.coverPhotoBaseUrl": "CoverBaseURL", "Album.coverPhotoMediaItemId": "CoverItemID", "Album.id": "ID", "Album.isWriteable": "Writeable",
	"Album.mediaItemsCount": "ItemsCount", "Album.productUrl": "ProductURL", "Album.title": "Title",
	"ContributorInfo.displayName": "Contributor.Name", "ContributorInfo.profilePictureBaseUrl": "Contributor.PictureURL",
	"EnrichmentItem.id":                "",
	"ListAlbumsResponse.nextPageToken": "NextPageToken", "ListMediaItemsResponse.nextPageToken": "NextPageToken",
	"ListSharedAlbumsResponse.nextPageToken": "NextPageToken", "SearchMediaItemsResponse.nextPageToken": "NextPageToken",
	"MediaItem.baseUrl": "BaseURL", "MediaItem.description": "Description", "MediaItem.filename": "FileName", "MediaItem.id": "ID",
	"MediaItem.mimeType": "MIMEType", "MediaItem.productUrl": "ProductURL",
	"MediaMetadata.creationTime": "Metadata.CreationTime", "MediaMetadata.height": "Metadata.Height", "MediaMetadata.width": "Metadata.Width",
	"Photo.apertureFNumber": "Photo.ApertureFNumber", "Photo.cameraMake": "Photo.CameraMake", "Photo.cameraModel": "Photo.CameraModel",
	"Photo.exposureTime": "Photo.ExposureTime", "Photo.focalLength": "Photo.FocalLength", "Photo.isoEquivalent": "Photo.ISOEquivalent",
	"ShareInfo.isJoinable": "Joinable", "ShareInfo.isJoined": "Joined", "ShareInfo.isOwned": "Owned", "ShareInfo.shareToken": "Token",
	"ShareInfo.shareableUrl": "Link", "SharedAlbumOptions.isCollaborative": "Options.Collaborative", "SharedAlbumOptions.isCommentable": "Options.Commentable",
	"Status.code": "Item Status.Code", "Status.message": "Status.Message", // a failed entry has no item
	"Video.cameraMake": "Video.CameraMake", "Video.cameraModel": "Video.CameraModel", "Video.fps": "Video.FPS", "Video.status": "Video.Status",
}

// unread are the fields of answers that the client does not keep, and why.
var unread = map[string]string{
	"Status.details":                 "no entry was ever seen with any",
	"NewMediaItemResult.uploadToken": "it is held to the request's, which the caller has",
}

// Every field of every answer lands in its place: a change of it changes just that.
func TestAnswersOfTheDiscoveryDocumentAreReadToTheLastField(t *testing.T) {
	t.Parallel()
	d := discovered(t)
	met := map[string]bool{}
	for m, method := range d.Methods {
		call := called(t.Context())[m][0]
		ask := func(answer any) (any, error) {
			b, err := json.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			return call(newClient(t, photos.Options{Transport: canned(200, string(b))}))
		}
		whole := d.sample(method.Answer)
		before, err := ask(whole)
		if err != nil {
			t.Errorf("%s: a whole answer: %v", m, err)
		}
		for _, leaf := range d.leaves(method.Answer, whole) {
			met[leaf.name] = true
			old := leaf.get()
			leaf.set(other(leaf.field))
			after, err := ask(whole)
			leaf.set(old)
			want, known := read[leaf.name]
			_, skipped := unread[leaf.name]
			if held := leaf.name == "NewMediaItemResult.uploadToken" || m == photos.MethodItemsBatchGet && leaf.name == "MediaItem.id"; held {
				if err == nil {
					t.Errorf("%s: another %s is taken for the one that was asked for", m, leaf.name)
				}
				continue
			}
			got, changes := moved(before, after)
			switch {
			case err != nil:
				t.Errorf("%s: another %s: %v", m, leaf.name, err)
			case changes == 0 && !skipped:
				t.Errorf("%s: %s is not read", m, leaf.name)
			case changes > 0 && (!known || skipped || !landed(got, want)):
				t.Errorf("%s: %s changes %q, want %q", m, leaf.name, got, want)
			}
		}
	}
	for name := range read {
		if !met[name] {
			t.Errorf("%s is in no answer", name)
		}
	}
}

// landed reports whether the paths that changed are the wanted ones, each at the
// end of one.
func landed(got []string, want string) bool {
	return slices.EqualFunc(got, strings.Split(want, " "), func(g, w string) bool { return g == w || strings.HasSuffix(g, "."+w) })
}

// moved are the fields in which two results differ.
func moved(before, after any) (paths []string, n int) {
	r := &reporter{}
	cmp.Equal(before, after, cmp.Reporter(r))
	slices.Sort(r.paths)
	return slices.Compact(r.paths), len(r.paths)
}

// reporter notes where values differ.
type reporter struct {
	path  cmp.Path
	paths []string
}

func (r *reporter) PushStep(s cmp.PathStep) { r.path = append(r.path, s) }
func (r *reporter) PopStep()                { r.path = r.path[:len(r.path)-1] }
func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	var names []string
	for _, step := range r.path {
		if f, ok := step.(cmp.StructField); ok {
			names = append(names, f.Name())
		}
	}
	r.paths = append(r.paths, strings.Join(names, "."))
}

// sample is a message in which every field is set. A status is a success.
func (d discovery) sample(message string) map[string]any {
	v := map[string]any{}
	for name, f := range d.Messages[message] {
		v[name] = d.value(f)
	}
	if message == "Status" {
		v["code"] = 0
	}
	return v
}

func (d discovery) value(f field) any {
	switch {
	case f.Ref != "":
		return d.sample(f.Ref)
	case f.Items != nil:
		return []any{d.value(*f.Items)}
	case f.Enum != nil:
		return f.Enum[0]
	}
	return map[string]any{
		"string": "x", "stringint64": "11", "stringgoogle-datetime": "2024-01-02T03:04:05Z", "stringgoogle-duration": "1.5s",
		"integerint32": 11, "numberdouble": 1.5, "numberfloat": 1.5, "boolean": true, "object": map[string]any{"a": 1},
	}[f.Type+f.Format]
}

// other is another value of the type.
func other(f field) any {
	switch {
	case f.Items != nil:
		return []any{other(*f.Items), other(*f.Items)}
	case f.Enum != nil:
		return f.Enum[1]
	}
	return map[string]any{
		"string": "y", "stringint64": "12", "stringgoogle-datetime": "2024-01-02T03:04:06Z", "stringgoogle-duration": "2.5s",
		"integerint32": 3, "numberdouble": 2.5, "numberfloat": 2.5, "boolean": false, "object": map[string]any{"b": 2},
	}[f.Type+f.Format]
}

// leaf is a field of a sample that holds no message.
type leaf struct {
	name  string // of its message and itself
	field field
	in    map[string]any
	key   string
}

func (l leaf) get() any  { return l.in[l.key] }
func (l leaf) set(v any) { l.in[l.key] = v }

func (d discovery) leaves(message string, v map[string]any) []leaf {
	var all []leaf
	for name, f := range d.Messages[message] {
		inner := v[name]
		if list, ok := inner.([]any); ok && f.Items.Ref != "" {
			f, inner = *f.Items, list[0]
		}
		if f.Ref != "" {
			all = append(all, d.leaves(f.Ref, inner.(map[string]any))...)
			continue
		}
		all = append(all, leaf{message + "." + name, f, v, name})
	}
	return all
}
