package emulator

import (
	"fmt"
	"time"
)

// World is the whole truth about an account, for tests and for the curious. The
// API shows less of it.
type World struct {
	Albums []WorldAlbum `json:"albums"` // in the order of their creation, without deleted ones
	Items  []WorldItem  `json:"items"`  // in the order of their creation, trashed ones too
}

// WorldAlbum is one album.
type WorldAlbum struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	User       string       `json:"user"`             // the owner
	Client     string       `json:"client,omitempty"` // the app that made it; "" for none
	Cover      string       `json:"cover,omitempty"`  // the item that stands for it
	ProductURL string       `json:"productUrl"`
	Share      *WorldShare  `json:"share,omitempty"` // nil for an album that is not shared
	Contents   []WorldEntry `json:"contents"`        // in order, without trashed items
}

// WorldShare is how an album is shared.
type WorldShare struct {
	Token         string   `json:"token,omitempty"`  // "" once the link was stopped
	URL           string   `json:"url,omitempty"`    // likewise
	Client        string   `json:"client,omitempty"` // the app that shared it; "" for none
	Collaborative bool     `json:"collaborative,omitempty"`
	Commentable   bool     `json:"commentable,omitempty"`
	Members       []string `json:"members,omitempty"` // who joined, in that order
}

// WorldEntry is one place in an album: an item's id or an enrichment.
type WorldEntry struct {
	Item       string           `json:"item,omitempty"`
	Enrichment *WorldEnrichment `json:"enrichment,omitempty"`
}

// WorldEnrichment is a text, a location or a map; only one of them is set.
type WorldEnrichment struct {
	ID       string         `json:"id"`
	Text     string         `json:"text,omitempty"`
	Location *WorldLocation `json:"location,omitempty"`
	Map      *WorldMap      `json:"map,omitempty"`
}

// WorldLocation is a named point on the earth.
type WorldLocation struct {
	Name      string  `json:"name"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// WorldMap leads from one location to another.
type WorldMap struct {
	Origin      WorldLocation `json:"origin"`
	Destination WorldLocation `json:"destination"`
}

// WorldItem is one item.
type WorldItem struct {
	ID           string    `json:"id"`
	FileName     string    `json:"filename"`
	User         string    `json:"user"`             // whose library it is in
	Client       string    `json:"client,omitempty"` // the app that made it; "" for none
	SHA256       string    `json:"sha256"`           // of the bytes that were uploaded
	Size         int64     `json:"size"`
	MIMEType     string    `json:"mimeType"`
	Description  string    `json:"description,omitempty"`
	CreationTime time.Time `json:"creationTime"`
	Width        int       `json:"width,omitempty"`
	Height       int       `json:"height,omitempty"`
	Trashed      bool      `json:"trashed,omitempty"`
	Favourite    bool      `json:"favourite,omitempty"`
	Archived     bool      `json:"archived,omitempty"`
}

// World is the account as it is now. Its addresses begin with Options.BaseURL.
func (e *Emulator) World() World { return e.truth(e.opts.BaseURL) }

func (e *Emulator) truth(base string) World {
	e.mu.RLock()
	defer e.mu.RUnlock()
	w := e.world
	out := World{Albums: []WorldAlbum{}, Items: make([]WorldItem, 0, len(w.items))}
	for _, a := range w.albums {
		if !a.Deleted {
			out.Albums = append(out.Albums, w.truthOfAlbum(a, base))
		}
	}
	for n, it := range w.items {
		out.Items = append(out.Items, WorldItem{
			ID: w.ids.text(itemKind, number(n)), FileName: it.Name, User: it.user(), Client: it.client(), SHA256: it.Digest.String(), Size: it.Size,
			MIMEType: it.Type, Description: it.Description, CreationTime: time.Unix(it.Created, 0).UTC(),
			Width: int(it.Width), Height: int(it.Height), Trashed: it.Trashed,
			Favourite: it.Favourite, Archived: it.Archived,
		})
	}
	return out
}

func (w *world) truthOfAlbum(a *album, base string) WorldAlbum {
	id := w.ids.text(albumKind, a.number)
	out := WorldAlbum{ID: id, Title: a.Title, User: a.user(), Client: a.client(), Share: w.truthOfShare(a), ProductURL: base + albumPath + id, Contents: []WorldEntry{}}
	if cover := w.cover(a); cover >= 0 {
		out.Cover = w.ids.text(itemKind, cover)
	}
	for _, e := range w.shown(a) {
		if e >= 0 {
			out.Contents = append(out.Contents, WorldEntry{Item: w.ids.text(itemKind, e)})
			continue
		}
		out.Contents = append(out.Contents, WorldEntry{Enrichment: w.truthOfEnrichment(^e)})
	}
	return out
}

func (w *world) truthOfShare(a *album) *WorldShare {
	s := a.share
	if s == nil {
		return nil
	}
	out := &WorldShare{Client: s.maker.client(), Collaborative: s.Collaborative, Commentable: s.Commentable}
	if s.linked {
		out.Token = w.ids.text(shareKind, s.token)
		out.URL = w.link(out.Token)
	}
	for _, user := range s.members {
		out.Members = append(out.Members, maker{User: user}.user())
	}
	return out
}

func (w *world) truthOfEnrichment(n number) *WorldEnrichment {
	made := w.enrichments[n]
	out := &WorldEnrichment{ID: w.ids.text(enrichmentKind, n), Text: made.Text}
	if made.Location != nil {
		at := WorldLocation(*made.Location)
		out.Location = &at
	}
	if made.Map != nil {
		out.Map = &WorldMap{Origin: WorldLocation(made.Map.Origin), Destination: WorldLocation(made.Map.Destination)}
	}
	return out
}

// Album is the album of a title, for tests that know it to be the only one.
func (w World) Album(title string) (WorldAlbum, error) {
	var found []WorldAlbum
	for _, a := range w.Albums {
		if a.Title == title {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return WorldAlbum{}, fmt.Errorf("%d albums have the title %q", len(found), title)
	}
	return found[0], nil
}

// FileNames are the file names of an album's items, in order.
func (w World) FileNames(a WorldAlbum) []string {
	names := make(map[string]string, len(w.Items))
	for _, it := range w.Items {
		names[it.ID] = it.FileName
	}
	var out []string
	for _, entry := range a.Contents {
		if entry.Item != "" {
			out = append(out, names[entry.Item])
		}
	}
	return out
}
