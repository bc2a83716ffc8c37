package emulator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pageItems is how many entries of an album one page shows.
const pageItems = 500

// accountView is the first page: all albums, the newest first, and the latest
// items of the library.
type accountView struct {
	Albums, Items int
	List          []albumTile
	Recent        []tile
	Address       string
}

// recentItems is how many of the latest items the first page shows.
const recentItems = 12

type albumTile struct {
	Page, Cover, Title string
	Count              int
}

// albumView is an album, or the library, as a story from top to bottom.
type albumView struct {
	Heading, Here, Title, Days string
	Empty                      string // what is said where there is nothing
	Count                      int
	Blocks                     []block
	Back, On                   string // the pages before and after
}

// block is a run of pictures, or an enrichment between two runs.
type block struct {
	Tiles    []tile
	Text     string
	Location *placeView
	From, To *placeView
	Way      string // the length of the way
	Sketch   *sketch
}

type tile struct {
	Page, Picture, Name string
	Caption             string // what somebody wrote about it
	Ratio               float64
	Video, Favourite    bool
}

type placeView struct{ Name, Point string }

// photoView is one item with what is known of it.
type photoView struct {
	Heading, Name, Description string
	Picture, Video             string
	Back, On                   string
	Facts                      []fact
}

type fact struct{ Label, Text, Page string }

func (w *world) accountView(address string) accountView {
	view := accountView{Items: len(w.library("").newest), Address: address}
	for _, a := range slices.Backward(w.albums) {
		if a.Deleted || !a.reaches("") {
			continue
		}
		t := albumTile{Page: albumPath + w.ids.text(albumKind, a.number), Title: a.Title, Count: a.count()}
		if cover := w.cover(a); cover >= 0 {
			t.Cover = w.picture(cover, "w480-h480-c")
		}
		view.List = append(view.List, t)
	}
	view.Albums = len(view.List)
	for _, n := range w.latest() {
		view.Recent = append(view.Recent, w.tile(n, photoPath))
	}
	return view
}

// latest are the items of the owner's library that were uploaded last.
func (w *world) latest() []number {
	var out []number
	for n := len(w.items) - 1; n >= 0 && len(out) < recentItems; n-- {
		if it := w.items[n]; !it.Trashed && it.User == "" {
			out = append(out, number(n))
		}
	}
	return out
}

// trashView is what the owner threw away, the latest first.
func (w *world) trashView(from int, now time.Time) albumView {
	var trashed []entry
	for n := len(w.items) - 1; n >= 0; n-- {
		if it := w.items[n]; it.Trashed && !it.lost(now) && it.User == "" {
			trashed = append(trashed, number(n))
		}
	}
	view := w.story("/trash", "/trash/", trashed, from)
	view.Heading, view.Here, view.Title, view.Count, view.Days = "Trash", "trash", "Trash", len(trashed), ""
	view.Empty = "Items that are thrown away appear here for 60 days, in which they can be brought back."
	return view
}

// picture is the address of an item's picture in a size.
func (w *world) picture(n number, size string) string {
	return picturePath + w.ids.text(itemKind, n) + "=" + size
}

func (w *world) libraryView(from int) albumView {
	newest := w.library("").newest
	view := w.story("/photos", photoPath, newest, from)
	view.Heading, view.Here, view.Title, view.Count = "All photos", "photos", "All photos", len(newest)
	return view
}

func (w *world) albumView(a *album, from int) albumView {
	id := w.ids.text(albumKind, a.number)
	view := w.story(albumPath+id, albumPath+id+"/photo/", w.shown(a), from)
	view.Heading, view.Title, view.Count = a.Title, a.Title, a.count()
	if view.Heading == "" {
		view.Heading = "Untitled"
	}
	return view
}

// story lays entries out: runs of pictures, and enrichments in their places.
func (w *world) story(page, itemPage string, entries []entry, from int) albumView {
	view := albumView{Days: w.days(entries)}
	from = max(0, min(from, len(entries)))
	to := min(from+pageItems, len(entries))
	if from > 0 {
		view.Back = page + "?from=" + strconv.Itoa(max(0, from-pageItems))
	}
	if to < len(entries) {
		view.On = page + "?from=" + strconv.Itoa(to)
	}
	var run []tile
	for _, e := range entries[from:to] {
		if e >= 0 {
			run = append(run, w.tile(e, itemPage))
			continue
		}
		if run != nil {
			view.Blocks, run = append(view.Blocks, block{Tiles: run}), nil
		}
		view.Blocks = append(view.Blocks, w.enrichmentBlock(^e))
	}
	if run != nil {
		view.Blocks = append(view.Blocks, block{Tiles: run})
	}
	return view
}

// tile is a picture of a run. Its shape is kept between a half and three, so
// that a panorama fills no page.
func (w *world) tile(n number, itemPage string) tile {
	it := w.items[n]
	ratio := 1.5
	if it.Width > 0 && it.Height > 0 {
		ratio = min(3, max(0.5, float64(it.Width)/float64(it.Height)))
	}
	return tile{Page: itemPage + w.ids.text(itemKind, n), Picture: w.picture(n, "w900-h520"), Name: it.Name,
		Caption: it.Description, Favourite: it.Favourite, Ratio: math.Round(ratio*1000) / 1000, Video: it.video()}
}

func (w *world) enrichmentBlock(n number) block {
	made := w.enrichments[n]
	switch {
	case made.Location != nil:
		return block{Location: made.Location.view(), Sketch: made.Location.globe()}
	case made.Map != nil:
		return block{From: made.Map.Origin.view(), To: made.Map.Destination.view(),
			Way: fmt.Sprintf("%.0f km", made.Map.kilometres()), Sketch: made.Map.chart()}
	default:
		return block{Text: made.Text}
	}
}

// view writes a place as people do: 64.3271° N, 20.1199° W.
func (p place) view() *placeView {
	ns, ew := "N", "E"
	if p.Latitude < 0 {
		ns = "S"
	}
	if p.Longitude < 0 {
		ew = "W"
	}
	return &placeView{Name: p.Name, Point: fmt.Sprintf("%.4f° %s, %.4f° %s", math.Abs(p.Latitude), ns, math.Abs(p.Longitude), ew)}
}

// kilometres is the length of the way as the crow flies.
func (r route) kilometres() float64 {
	rad := func(deg float64) float64 { return deg * math.Pi / 180 }
	lat1, lat2 := rad(r.Origin.Latitude), rad(r.Destination.Latitude)
	dlat, dlong := lat2-lat1, rad(r.Destination.Longitude-r.Origin.Longitude)
	h := math.Pow(math.Sin(dlat/2), 2) + math.Cos(lat1)*math.Cos(lat2)*math.Pow(math.Sin(dlong/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(min(1, h)))
}

// days is the time that the items span: "3 June 2024", "1 – 14 June 2024".
func (w *world) days(entries []entry) string {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, e := range entries {
		if e >= 0 {
			first, last = min(first, w.items[e].Created), max(last, w.items[e].Created)
		}
	}
	if first > last {
		return ""
	}
	from, to := time.Unix(first, 0).UTC(), time.Unix(last, 0).UTC()
	end := to.Format("2 January 2006")
	switch {
	case from.Format("2 January 2006") == end:
		return end
	case from.Year() != to.Year():
		return from.Format("2 January 2006") + " – " + end
	case from.Month() != to.Month():
		return from.Format("2 January") + " – " + end
	default:
		return from.Format("2") + " – " + end
	}
}

// photoView is one item, with its neighbours in the album or in the library.
func (w *world) photoView(n number, a *album) photoView {
	it := w.items[n]
	view := photoView{Heading: it.Name, Name: it.Name, Description: it.Description,
		Picture: w.picture(n, "w2048-h2048"), Facts: w.facts(n)}
	if view.Heading == "" {
		view.Heading = "Untitled"
	}
	if it.video() {
		view.Video = w.picture(n, "dv")
	}
	page, all := photoPath, w.library(it.User).newest
	if a != nil {
		page, all = albumPath+w.ids.text(albumKind, a.number)+"/photo/", w.shown(a)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return e < 0 })
	at := slices.Index(all, n)
	if at > 0 {
		view.Back = page + w.ids.text(itemKind, all[at-1])
	}
	if at >= 0 && at+1 < len(all) {
		view.On = page + w.ids.text(itemKind, all[at+1])
	}
	return view
}

// facts is what is known of an item.
func (w *world) facts(n number) []fact {
	it := w.items[n]
	const stamp = "2 January 2006, 15:04"
	var out []fact
	add := func(label, text string) {
		if text != "" {
			out = append(out, fact{Label: label, Text: text})
		}
	}
	if it.Taken != 0 {
		add("Taken", time.Unix(it.Taken, 0).UTC().Format(stamp))
	}
	add("Uploaded", time.Unix(it.Uploaded, 0).UTC().Format(stamp)+" UTC")
	if it.Width > 0 {
		add("Size", fmt.Sprintf("%d × %d", it.Width, it.Height))
	}
	add("File", it.Type+", "+byteSize(it.Size))
	if it.FPS > 0 {
		add("Frames", strconv.FormatFloat(math.Round(it.FPS*100)/100, 'f', -1, 64)+" a second")
	}
	if cam := it.Camera; cam != nil {
		add("Camera", joinWords(cam.Make, cam.Model))
		add("Exposure", cam.exposure())
	}
	var said []string
	for text, is := range map[string]bool{"favourite": it.Favourite, "archived": it.Archived, "in the trash": it.Trashed} {
		if is {
			said = append(said, text)
		}
	}
	slices.Sort(said)
	add("Marked", strings.Join(said, ", "))
	for _, a := range w.albums {
		if !a.Deleted && a.has(n) {
			out = append(out, fact{Label: "Album", Text: a.Title, Page: albumPath + w.ids.text(albumKind, a.number)})
		}
	}
	return out
}

// exposure is the settings of the camera on one line: ƒ/1.8 · 1/250 s · ISO 50.
func (c *cameraFacts) exposure() string {
	text := ""
	add := func(part string) {
		if text != "" {
			text += " · "
		}
		text += part
	}
	if c.Aperture > 0 {
		add("ƒ/" + strconv.FormatFloat(math.Round(c.Aperture*10)/10, 'f', -1, 64))
	}
	if s := c.Exposure.Seconds(); s > 0 && s < 0.5 {
		add(fmt.Sprintf("1/%.0f s", 1/s))
	} else if s > 0 {
		add(fmt.Sprintf("%.1f s", s))
	}
	if c.Focal > 0 {
		add(strconv.FormatFloat(math.Round(c.Focal*10)/10, 'f', -1, 64) + " mm")
	}
	if c.ISO > 0 {
		add(fmt.Sprintf("ISO %d", c.ISO))
	}
	return text
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// byteSize is a size as people read it.
func byteSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
}
