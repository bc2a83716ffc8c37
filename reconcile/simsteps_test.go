package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"albumen/photos/emulator"
	"albumen/spec"
	"albumen/state"
)

// verb is one kind of step. do carries it out and tells it in a sentence, or ""
// when it is not possible now.
type verb struct {
	weight int
	do     func(s *simulation, n step) string
}

// verbs are all that can happen. A new kind of write joins with a row here, and
// with what it may do in the laws.
func verbs() []verb {
	return slices.Concat(specVerbs(), diskVerbs(), appVerbs(), faultVerbs(), passVerbs())
}

// specVerbs are what the author of the spec does.
func specVerbs() []verb {
	edit := func(change func(s *simulation, d *draft, n step) string) func(*simulation, step) string {
		return func(s *simulation, n step) string {
			d := s.album(n.a)
			if d == nil {
				return ""
			}
			if says := change(s, d, n); says != "" {
				return fmt.Sprintf("spec: album %s %s", d.Key, says)
			}
			return ""
		}
	}
	return []verb{
		{5, (*simulation).newAlbum},
		{2, edit((*simulation).dropAlbum)},
		{2, edit((*simulation).renameKey)},
		{3, edit(func(s *simulation, d *draft, n step) string {
			d.Title = title(n.b)
			return fmt.Sprintf("is titled %q", d.Title)
		})},
		{5, edit(func(s *simulation, d *draft, n step) string {
			f := n.b % simFiles
			if slices.Contains(d.files, f) {
				return ""
			}
			d.files = slices.Insert(d.files, n.c%(len(d.files)+1), f)
			return fmt.Sprintf("has %s now", s.disk[f].name)
		})},
		{4, edit(func(s *simulation, d *draft, n step) string {
			if len(d.files) == 0 {
				return ""
			}
			at := n.b % len(d.files)
			f := d.files[at]
			d.files = slices.Delete(d.files, at, at+1)
			return fmt.Sprintf("has %s no more", s.disk[f].name)
		})},
		{1, edit(func(s *simulation, d *draft, n step) string {
			slices.Reverse(d.files)
			return "is turned round"
		})},
		{3, edit(func(s *simulation, d *draft, n step) string {
			if d.cover = -1; len(d.files) > 0 && n.c%4 > 0 {
				d.cover = d.files[n.b%len(d.files)]
				return "has the cover " + s.disk[d.cover].name
			}
			return "has no cover"
		})},
		{2, edit(func(s *simulation, d *draft, n step) string {
			d.Membership = []spec.Membership{spec.Managed, spec.Exact, spec.Additive}[n.b%3]
			return "is " + string(d.Membership)
		})},
		{2, edit(func(s *simulation, d *draft, n step) string {
			d.OnRemove = []spec.OnRemove{spec.Empty, spec.Keep}[n.b%2]
			return "has onRemove: " + string(d.OnRemove)
		})},
		{3, edit((*simulation).adopt)},
		{1, edit(func(s *simulation, d *draft, n step) string {
			d.Paused = !d.Paused
			return fmt.Sprintf("has paused: %v", d.Paused)
		})},
		{1, func(s *simulation, n step) string {
			s.safety = spec.Safety{MaxRemovals: []int{200, 3, 0}[n.a%3], MaxRemovalPercent: []int{25, 100, 0}[n.b%3]}
			return fmt.Sprintf("spec: safety %+v", s.safety)
		}},
	}
}

func title(n int) string { return string("ABCDEF"[n%6]) }

func (s *simulation) newAlbum(n step) string {
	key := spec.Key(albumNames[n.a%len(albumNames) : n.a%len(albumNames)+1])
	if s.named(key) != nil || len(s.albums) >= simAlbums {
		return ""
	}
	d := &draft{cover: -1}
	d.Key, d.Title, d.Membership, d.OnRemove = key, title(n.b), spec.Managed, spec.Keep
	for i := range 1 + n.c%4 {
		d.files = append(d.files, (n.c+i*3)%simFiles)
	}
	s.albums = append(s.albums, d)
	s.sort()
	return fmt.Sprintf("spec: album %s comes, titled %q, with %s", key, d.Title, s.names(d.files))
}

func (s *simulation) names(files []int) (names []string) {
	for _, f := range files {
		names = append(names, s.disk[f].name)
	}
	return names
}

func (s *simulation) dropAlbum(d *draft, _ step) string {
	s.albums = slices.DeleteFunc(s.albums, func(other *draft) bool { return other == d })
	return "goes"
}

func (s *simulation) renameKey(d *draft, n step) string {
	key := spec.Key(albumNames[n.b%len(albumNames) : n.b%len(albumNames)+1])
	if s.named(key) != nil {
		return ""
	}
	earlier := d.Key
	for _, other := range s.albums {
		if slices.Contains(other.Previously, earlier) || slices.Contains(other.Previously, key) {
			return "" // the language lets one album alone have an earlier key, and none that is one now
		}
	}
	s.albums[slices.Index(s.albums, d)].Key = key
	d.Previously = []spec.Key{earlier}
	s.sort()
	return fmt.Sprintf("was %s before", earlier)
}

func (s *simulation) adopt(d *draft, n step) string {
	d.Adopt = spec.Adopt{}
	switch n.b % 4 {
	case 1:
		d.Adopt.Off = true
	case 2:
		d.Adopt.Title = title(n.c)
	case 3:
		albums := s.emu.World().Albums
		if len(albums) == 0 {
			return ""
		}
		d.Adopt.ID = albums[n.c%len(albums)].ID
		for _, other := range s.albums {
			if other != d && other.Adopt.ID == d.Adopt.ID {
				d.Adopt.ID = "" // the language refuses two that adopt one
			}
		}
	}
	return fmt.Sprintf("has adopt: %+v", d.Adopt)
}

// diskVerbs are what happens to files.
func diskVerbs() []verb {
	return []verb{
		{4, func(s *simulation, n step) string {
			f := &s.disk[n.a%simFiles]
			f.picture = n.b % pictures
			return fmt.Sprintf("disk: %s has other bytes, picture %d", f.name, f.picture)
		}},
		{2, func(s *simulation, n step) string {
			f := &s.disk[n.a%simFiles]
			f.gone = !f.gone
			return fmt.Sprintf("disk: %s is gone: %v", f.name, f.gone)
		}},
		{1, func(s *simulation, n step) string {
			f := &s.disk[n.a%simFiles]
			f.name = fmt.Sprintf("p%d%c.jpg", n.a%simFiles, 'a'+n.b%3)
			return fmt.Sprintf("disk: a file is called %s now", f.name)
		}},
		{1, func(s *simulation, n step) string {
			f := &s.disk[n.a%simFiles]
			f.unreadable = !f.unreadable
			return fmt.Sprintf("disk: %s is unreadable: %v", f.name, f.unreadable)
		}},
		{1, func(s *simulation, n step) string {
			d := s.album(n.a)
			if d == nil {
				return ""
			}
			if len(d.Unavailable) > 0 {
				d.Unavailable = nil
				return fmt.Sprintf("disk: the folder of album %s is back", d.Key)
			}
			d.Unavailable = []spec.Problem{{Message: "the folder is not there"}}
			return fmt.Sprintf("disk: the folder of album %s is not there", d.Key)
		}},
	}
}

// appVerbs are what people do in the app.
func appVerbs() []verb {
	act := func(weight int, make func(s *simulation, w emulator.World, n step) emulator.Action) verb {
		return verb{weight, func(s *simulation, n step) string { return s.act(make(s, s.emu.World(), n)) }}
	}
	inAlbum := func(weight int, make func(a emulator.WorldAlbum, n step) emulator.Action) verb {
		return act(weight, func(s *simulation, w emulator.World, n step) emulator.Action {
			if len(w.Albums) == 0 {
				return emulator.Action{}
			}
			a := w.Albums[n.a%len(w.Albums)]
			do := make(a, n)
			do.Album = a.ID
			return do
		})
	}
	onItem := func(weight int, do string) verb {
		return act(weight, func(s *simulation, w emulator.World, n step) emulator.Action {
			if len(w.Items) == 0 {
				return emulator.Action{}
			}
			return emulator.Action{Do: do, Item: w.Items[n.a%len(w.Items)].ID, Title: "words"}
		})
	}
	return []verb{
		inAlbum(2, func(a emulator.WorldAlbum, n step) emulator.Action {
			return emulator.Action{Do: emulator.RenameAlbum, Title: title(n.b)}
		}),
		inAlbum(1, func(a emulator.WorldAlbum, n step) emulator.Action {
			return emulator.Action{Do: emulator.DeleteAlbum}
		}),
		inAlbum(4, func(a emulator.WorldAlbum, n step) emulator.Action {
			return emulator.Action{Do: emulator.RemoveItems, Items: some(a, n)}
		}),
		inAlbum(1, func(a emulator.WorldAlbum, n step) emulator.Action {
			return emulator.Action{Do: emulator.Reorder, Items: some(a, n)}
		}),
		inAlbum(2, func(a emulator.WorldAlbum, n step) emulator.Action {
			items := some(a, n)
			if len(items) == 0 {
				return emulator.Action{}
			}
			return emulator.Action{Do: emulator.SetCover, Item: items[0]}
		}),
		inAlbum(1, func(a emulator.WorldAlbum, n step) emulator.Action {
			return emulator.Action{Do: emulator.AddEnrichment, Content: &emulator.WorldEnrichment{Text: fmt.Sprintf("somebody's words %d", n.b)}}
		}),
		act(3, func(s *simulation, w emulator.World, n step) emulator.Action {
			if len(w.Albums) == 0 || len(w.Items) == 0 {
				return emulator.Action{}
			}
			return emulator.Action{Do: emulator.AddItems, Album: w.Albums[n.a%len(w.Albums)].ID, Items: []string{w.Items[n.b%len(w.Items)].ID}}
		}),
		act(1, func(s *simulation, w emulator.World, n step) emulator.Action {
			bytes, err := os.ReadFile(s.pool[1+n.a%(pictures-1)].path)
			if err != nil {
				s.t.Fatal(err)
			}
			return emulator.Action{Do: emulator.AddPhoto, Title: fmt.Sprintf("phone%d.jpg", n.b), Bytes: bytes}
		}),
		act(1, func(s *simulation, w emulator.World, n step) emulator.Action {
			return emulator.Action{Do: emulator.MakeAlbum, Title: title(n.a)}
		}),
		act(1, func(s *simulation, w emulator.World, n step) emulator.Action {
			return emulator.Action{Do: emulator.AddAlbum, Title: title(n.a)}
		}),
		onItem(2, emulator.TrashItem), onItem(3, emulator.RestoreItem), onItem(1, emulator.ArchiveItem),
		onItem(1, emulator.UnarchiveItem), onItem(1, emulator.FavouriteItem), onItem(1, emulator.DescribeItem),
	}
}

// some are a few items of an album.
func some(a emulator.WorldAlbum, n step) (items []string) {
	for i, entry := range a.Contents {
		if entry.Item != "" && (i+n.b)%3 < 1+n.c%2 {
			items = append(items, entry.Item)
		}
	}
	return items
}

// act lets somebody do something in the app, if it can be done.
func (s *simulation) act(a emulator.Action) string {
	if a.Do == "" || a.Items != nil && len(a.Items) == 0 {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.emu.Act(a)
	if err != nil {
		return ""
	}
	s.acted(a, id)
	a.Bytes = nil
	return "app: " + s.words(a)
}

// words tell an action with the names that people know.
func (s *simulation) words(a emulator.Action) string {
	name := map[string]string{}
	for i, album := range s.laws.world.Albums {
		name[album.ID] = fmt.Sprintf("album #%d %q", i, album.Title)
	}
	for i, item := range s.laws.world.Items {
		name[item.ID] = fmt.Sprintf("item #%d %s", i, item.FileName)
	}
	says := a.Do
	for _, id := range append([]string{a.Album, a.Item}, a.Items...) {
		if id != "" {
			says += ", " + orElse(name[id], "a deleted album")
		}
	}
	if a.Title != "" {
		says += fmt.Sprintf(", %q", a.Title)
	}
	return says
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// faultVerbs are what goes wrong, and time.
func faultVerbs() []verb {
	return []verb{
		{7, (*simulation).fault},
		{3, func(s *simulation, _ step) string {
			if len(s.emu.Faults()) == 0 {
				return ""
			}
			s.faults(nil)
			return "faults: none any more"
		}},
		{2, func(s *simulation, n step) string {
			s.choices.ListLag = []time.Duration{0, 40 * time.Second, 100 * time.Second}[n.a%3]
			s.choices.Pages = []string{"", "short", "empty,repeat", "trailing"}[n.b%4]
			if err := s.emu.SetChoices(s.choices); err != nil {
				s.t.Fatal(err)
			}
			return fmt.Sprintf("account: new albums are listed after %v, pages are %q", s.choices.ListLag, s.choices.Pages)
		}},
		{6, func(s *simulation, n step) string {
			d := []time.Duration{15 * time.Second, time.Minute, 3 * time.Minute, time.Hour, 7 * time.Hour, 25 * time.Hour, 61 * 24 * time.Hour}[n.a%7]
			time.Sleep(d)
			return fmt.Sprintf("%v pass", d)
		}},
	}
}

// fault makes calls go wrong: the n-th of a method, or some by chance.
func (s *simulation) fault(n step) string {
	methods := []string{"*", "albums.create", "albums.list", "albums.get", "albums.patch", "albums.batchAddMediaItems",
		"albums.batchRemoveMediaItems", "mediaItems.batchCreate", "mediaItems.search", "mediaItems.batchGet", "uploads", "mediaItems.batchCreate"}
	kinds := []emulator.Fault{
		{Kind: emulator.LoseAnswer}, {Kind: emulator.LoseRequest}, {Kind: emulator.LoseAnswer}, {Kind: emulator.LoseAnswer},
		{Kind: emulator.Broken, Status: 500}, {Kind: emulator.Broken, Status: 503, Applied: true}, {Kind: emulator.Broken, Status: 503},
		{Kind: emulator.Throttle, Quota: "writes"}, {Kind: emulator.Throttle, Quota: "daily"}, {Kind: emulator.Throttle, Quota: "concurrent", RetryAfter: 5},
		{Kind: emulator.Refuse}, {Kind: emulator.Refuse, Status: 403}, {Kind: emulator.Slow, Seconds: 7}, {Kind: emulator.CutUpload, Bytes: 1500},
		{Kind: emulator.FailEntry}, {Kind: emulator.FailEntry, Code: 3},
	}
	f := kinds[n.b%len(kinds)]
	if f.Method = methods[n.a%len(methods)]; f.Kind == emulator.FailEntry {
		f.Method = "mediaItems.batchCreate"
	}
	switch n.c % 4 {
	case 0, 1:
		f.Nth = 1 + n.c/4
	case 2:
		f.Nth, f.Times = 1+n.c/8, 2+n.c/4
	case 3:
		f.Probability, f.Seed, f.Times = []float64{0.1, 0.3, 0.7}[n.c/4%3], uint64(1+n.c), -1
	}
	s.faults(append(s.emu.Faults(), f))
	return fmt.Sprintf("fault: %s %s %d%s, nth %d, times %d, probability %v", f.Method, f.Kind, f.Status, f.Quota, f.Nth, f.Times, f.Probability)
}

func (s *simulation) faults(list []emulator.Fault) {
	if err := s.emu.SetFaults(list); err != nil {
		s.t.Fatal(err)
	}
}

// passVerbs are what albumen does.
func passVerbs() []verb {
	return []verb{
		{4, func(s *simulation, _ step) string {
			_, err := s.now.look()
			return "albumen plan" + outcomeOf(err)
		}},
		{14, func(s *simulation, _ step) string {
			_, _, err := s.now.apply(0, nil)
			return "albumen apply" + outcomeOf(err)
		}},
		{3, func(s *simulation, n step) string {
			_, _, err := s.now.apply(1+n.a, nil)
			return fmt.Sprintf("albumen apply --allow-removals %d", 1+n.a) + outcomeOf(err)
		}},
		{7, func(s *simulation, n step) string {
			at := moment{[]string{beforeCall, afterCall, startOfDeed, endOfDeed}[n.a%4], 1 + n.b}
			if n.a%4 > 1 {
				at.nth = 1 + n.b%6
			}
			s.now.apply([]int{0, 100}[n.c%2], map[moment]func(){at: s.now.killed})
			if s.now.heir == "" {
				return fmt.Sprintf("albumen apply, which ended before %s %d", at.what, at.nth)
			}
			s.succeed()
			return fmt.Sprintf("albumen apply, killed %s %d, and started again", at.what, at.nth)
		}},
		{2, func(s *simulation, n step) string {
			s.limit = []int{0, 200, 100, 60}[n.a%4]
			s.succeed()
			return fmt.Sprintf("albumen starts again with %d calls a day", s.limit)
		}},
		{4, func(s *simulation, n step) string {
			at, says := moment{[]string{beforeCall, afterCall}[n.a%2], 1 + n.b%12}, ""
			people := appVerbs()
			_, _, err := s.now.apply(0, map[moment]func(){at: func() {
				says = people[(n.c*7+n.a)%len(people)].do(s, step{nil, n.b, n.c, n.a})
			}})
			return fmt.Sprintf("albumen apply%s, and %s %d: %s", outcomeOf(err), at.what, at.nth, orElse(says, "nothing"))
		}},
		{2, func(s *simulation, n step) string {
			at := moment{beforeCall, 1 + n.b%12}
			_, _, err := s.now.apply(0, map[moment]func(){at: func() { s.network(false) }})
			s.network(true)
			return fmt.Sprintf("albumen apply%s, and %s %d the network is gone until it ends", outcomeOf(err), at.what, at.nth)
		}},
		{2, func(s *simulation, n step) string {
			at := moment{[]string{beforeCall, afterCall}[n.a%2], 1 + n.b%12}
			_, _, err := s.now.apply(0, map[moment]func(){at: s.another})
			return fmt.Sprintf("albumen apply%s, and %s %d another process plans", outcomeOf(err), at.what, at.nth)
		}},
	}
}

func outcomeOf(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf(" (%.60s)", err)
}

func (s *simulation) network(up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = !up
}

// another is a second process beside the one that applies: it may plan, and may
// not apply.
func (s *simulation) another() {
	_, err := state.Open(context.Background(), state.Options{Dir: s.now.dir, Mode: state.Apply})
	var locked *state.LockedError
	if !errors.As(err, &locked) {
		s.breaks("two processes may apply at once: %v", err)
	}
	other := s.launch(s.now.dir, state.Observe)
	_, _ = other.look()
	other.end()
}
