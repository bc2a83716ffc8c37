package plan_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

var now = time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)

// digest is a made-up digest that a test can recognise.
func digest(n int) spec.Digest {
	var d spec.Digest
	binary.BigEndian.PutUint64(d[:], uint64(n))
	d[31] = 1
	return d
}

func file(n int) spec.Member {
	label := fmt.Sprintf("%03d.jpg", n)
	return spec.Member{Digest: digest(n), Label: label, Name: label, Size: 1000}
}

func files(ns ...int) []spec.Member {
	out := make([]spec.Member, len(ns))
	for i, n := range ns {
		out[i] = file(n)
	}
	return out
}

func itemID(n int) photos.ItemID { return photos.ItemID(fmt.Sprintf("item-%03d", n)) }

// ours is what an album knows of file n, which albumen put in.
func ours(n int) plan.Known {
	label := fmt.Sprintf("%03d.jpg", n)
	return plan.Known{Item: itemID(n), Digest: digest(n), Label: label, FileName: label, Ours: true}
}

func knowns(ns ...int) []plan.Known {
	out := make([]plan.Known, len(ns))
	for i, n := range ns {
		out[i] = ours(n)
	}
	return out
}

// world is the input of one case: an album "a" titled A.
type world struct {
	members []spec.Member
	known   []plan.Known // nil: the album is not bound
	library []int        // files that the library holds
	change  func(in *plan.Input)
}

func (w world) input() plan.Input {
	in := plan.Input{
		Now: now,
		Desired: spec.Desired{
			Generation: "g1", Account: "default", Safety: spec.DefaultSafety,
			Albums: []spec.DesiredAlbum{{
				Key: "a", Title: "A", Members: w.members, ManagesContents: true,
				Membership: spec.Managed, OnRemove: spec.Keep,
			}},
		},
		Observed: plan.Observed{Albums: map[photos.AlbumID]photos.Album{}},
		Recorded: plan.Recorded{
			Albums: map[spec.Key]*plan.Bound{},
			Items:  map[spec.Digest]photos.ItemID{},
		},
	}
	for _, n := range w.library {
		in.Recorded.Items[digest(n)] = itemID(n)
	}
	for _, k := range w.known {
		if !k.Digest.IsZero() {
			in.Recorded.Items[k.Digest] = k.Item
		}
	}
	if w.known != nil {
		in.Recorded.Albums["a"] = &plan.Bound{Key: "a", ID: "album-a", Title: "A", OnRemove: spec.Keep, Known: w.known, ReadAt: now}
		in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "A", ItemsCount: int64(len(w.known))}
	}
	if w.change != nil {
		w.change(&in)
	}
	for i := range in.Desired.Albums {
		describes(&in.Desired.Albums[i])
	}
	return in
}

// lines is a plan in a few words a line, for tests to compare.
func lines(p plan.Plan) []string {
	var out []string
	for _, b := range p.Bindings {
		out = append(out, fmt.Sprintf("bind %s from=%q %s", b.Key, b.From, b.Album))
	}
	for _, a := range p.Actions {
		line := fmt.Sprintf("%s %s", a.Kind, a.Key)
		for _, item := range a.Items {
			line += " " + item.Label()
		}
		if a.Title != "" && a.Kind != plan.RemoveItems {
			line += fmt.Sprintf(" %q", a.Title)
		}
		if !a.Cover.IsZero() {
			line += " cover"
		}
		if a.Description != "" {
			line += fmt.Sprintf(" %q, was %q", a.Description, a.Was)
		}
		if a.Enrichment != nil {
			line += fmt.Sprintf(" %q", a.Enrichment.Label())
		}
		out = append(out, fmt.Sprintf("%s [%s; %s; %d calls]", line, a.Reason, a.Cause, a.Calls()))
	}
	for _, d := range p.Deferred {
		out = append(out, fmt.Sprintf("deferred %s %s %d", d.Key, d.Reason, d.Count))
	}
	for _, d := range p.Drift {
		out = append(out, fmt.Sprintf("drift %s %s %d", d.Key, d.Kind, d.Count))
	}
	for _, o := range p.Orphans {
		out = append(out, fmt.Sprintf("orphan %s %s", o.Key, o.OnRemove))
	}
	for _, s := range p.Strays {
		out = append(out, fmt.Sprintf("stray %s %q", s.Album, s.Title))
	}
	for _, r := range p.Renames {
		out = append(out, fmt.Sprintf("renamed %s %s -> %s", r.Item, r.From, r.To))
	}
	return out
}

func foreign(n int) plan.Known {
	return plan.Known{Item: itemID(n), FileName: fmt.Sprintf("%03d.jpg", n)}
}

func album(in *plan.Input) *spec.DesiredAlbum { return &in.Desired.Albums[0] }
func boundA(in *plan.Input) *plan.Bound       { return in.Recorded.Albums["a"] }

// unowned is file n as somebody else put it into the album.
func unowned(n int) plan.Known {
	k := ours(n)
	k.Ours = false
	return k
}

// describes notes what Resolve does: whether an album describes anything.
func describes(d *spec.DesiredAlbum) {
	d.Describes = slices.ContainsFunc(d.Members, func(m spec.Member) bool { return m.Description != "" })
}

// described are members that all say the same.
func described(members []spec.Member) []spec.Member {
	for i := range members {
		members[i].Description = "New"
	}
	return members
}

func enforced(in *plan.Input) { album(in).Outside.EnforceOrder = true }

// TestMakeDecides goes through the decision table of Make, row by row.
func TestMakeDecides(t *testing.T) {
	t.Parallel()
	live := func(id photos.AlbumID, title string) func(*plan.Input) {
		return func(in *plan.Input) { in.Observed.Albums[id] = photos.Album{ID: id, Title: title} }
	}
	cases := []struct {
		name  string
		world world
		want  []string
	}{
		{"a new album is created and filled in the declared order", world{members: files(2, 1)}, []string{
			`create_album a "A" [in the spec, not in the account; spec; 1 calls]`,
			"create_items a 002.jpg 001.jpg [new; spec; 3 calls]",
		}},
		{"an unbound album of the title blocks", world{members: files(1), change: live("x", "A")},
			[]string{"deferred a title_taken 1", `stray x "A"`}},
		{"adopt: off goes on beside it", world{change: func(in *plan.Input) {
			live("x", "A")(in)
			album(in).Adopt.Off = true
		}}, []string{`create_album a "A" [in the spec, not in the account; spec; 1 calls]`, `stray x "A"`}},
		{"an album is adopted by its title and waits for its contents", world{members: files(1), change: func(in *plan.Input) {
			live("x", "A")(in)
			album(in).Adopt.Title = "A"
		}}, []string{`bind a from="" x`, "deferred a stale 1"}},
		{"two albums of the title to adopt are ambiguous", world{change: func(in *plan.Input) {
			live("x", "A")(in)
			live("y", "A")(in)
			album(in).Adopt.Title = "A"
		}}, []string{"deferred a title_taken 1", `stray x "A"`, `stray y "A"`}},
		{"an album to adopt by id must live", world{change: func(in *plan.Input) {
			album(in).Adopt.ID = "nowhere"
		}}, []string{"deferred a not_found 1"}},
		{"an earlier key hands its album on", world{members: files(1), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Albums["old"] = boundA(in)
			in.Recorded.Albums["old"].Key = "old"
			delete(in.Recorded.Albums, "a")
			album(in).Previously = []spec.Key{"old"}
		}}, []string{`bind a from="old" album-a`}},
		{"a deleted album is drift", world{members: files(1), known: knowns(), change: func(in *plan.Input) {
			boundA(in).Gone = true
		}}, []string{"drift a album_gone 1"}},
		{"a deleted album is created again with what is left of it", world{members: files(1, 2, 3), known: knowns(1), change: func(in *plan.Input) {
			boundA(in).Gone, boundA(in).Left = true, true
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInLibrary}}
			in.Recorded.Items[digest(2)] = itemID(2)
			delete(in.Observed.Albums, "album-a")
			album(in).Outside.Recreate = true
		}}, []string{
			`create_album a "A" [somebody deleted it; external; 1 calls]`,
			"add_items a 001.jpg [already in the library; spec; 1 calls]",
			"create_items a 003.jpg [new; spec; 2 calls]",
			"drift a album_gone 1", "drift a deleted_in_photos 1",
		}},
		{"but not before it is known what is left", world{members: files(1), known: knowns(1), change: func(in *plan.Input) {
			boundA(in).Gone = true
			album(in).Outside.Recreate = true
		}}, []string{"deferred a stale 1"}},
		{"and not beside another one of its title", world{known: knowns(), change: func(in *plan.Input) {
			boundA(in).Gone = true
			album(in).Outside.Recreate = true
			delete(in.Observed.Albums, "album-a")
			live("x", "A")(in)
		}}, []string{"deferred a title_taken 1", `stray x "A"`}},
		{"an album that was adopted by its id is created again", world{known: knowns(), change: func(in *plan.Input) {
			boundA(in).Gone = true
			album(in).Adopt.ID = "album-a"
			album(in).Outside.Recreate = true
		}}, []string{`create_album a "A" [somebody deleted it; external; 1 calls]`, "drift a album_gone 1"}},
		{"an album that left the spec is an orphan", world{known: knowns(1), change: func(in *plan.Input) {
			in.Desired.Albums = nil
		}}, []string{"orphan a keep"}},
		{"an orphan with onRemove: empty is emptied after a yes", world{known: append(knowns(1), foreign(2)), change: func(in *plan.Input) {
			in.Desired.Albums = nil
			boundA(in).OnRemove = spec.Empty
			in.Policy.AllowRemovals = 1
		}}, []string{"remove_items a 001.jpg [the album left the spec, onRemove: empty; spec; 1 calls]", "orphan a empty"}},
		{"the spec's new title is patched", world{members: files(1), known: knowns(1), change: func(in *plan.Input) {
			album(in).Title = "B"
		}}, []string{`patch_album a "B" [the title differs; spec; 1 calls]`}},
		{"a title that somebody changed is drift and patched back", world{members: files(1), known: knowns(1), change: func(in *plan.Input) {
			in.Observed.Albums["album-a"] = photos.Album{ID: "album-a", Title: "X", ItemsCount: 1}
		}}, []string{`patch_album a "A" [somebody renamed it; external; 1 calls]`, "drift a title 1"}},
		{"title and cover change in one call", world{members: files(1, 2), known: knowns(1, 2), change: func(in *plan.Input) {
			album(in).Title = "B"
			album(in).Cover.Digest = digest(2)
		}}, []string{`patch_album a "B" cover [the title differs; spec; 1 calls]`}},
		{"a new picture becomes the cover after it is created", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			album(in).Cover.Digest = digest(2)
		}}, []string{"create_items a 002.jpg [new; spec; 2 calls]", "patch_album a cover [the cover differs; spec; 1 calls]"}},
		{"a description of the spec is patched", world{members: described(files(1, 2)), known: knowns(1, 2), change: func(in *plan.Input) {
			in.Recorded.Descriptions = map[photos.ItemID]string{itemID(1): "Old", itemID(2): "New"}
		}}, []string{`patch_item a 001.jpg "New", was "Old" [the description differs; spec; 1 calls]`}},
		{"so is one that was never written", world{members: described(files(1)), known: knowns(1)},
			[]string{`patch_item a 001.jpg "New", was "" [described in the spec, not yet in the account; spec; 1 calls]`}},
		{"a description that a read shows is not written", world{members: described(files(1)), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Shown = map[photos.ItemID]string{itemID(1): "New"}
		}}, nil},
		{"a description that somebody changed is drift and patched back", world{members: described(files(1)), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Descriptions = map[photos.ItemID]string{itemID(1): "New"}
			in.Recorded.Shown = map[photos.ItemID]string{itemID(1): "Mine"}
		}}, []string{`patch_item a 001.jpg "New", was "Mine" [somebody described it otherwise; external; 1 calls]`, "drift a description 1"}},
		{"a new item has its description with it, an added one by a patch", world{members: described(files(1, 2)), known: knowns(), library: []int{1}}, []string{
			"add_items a 001.jpg [already in the library; spec; 1 calls]",
			"create_items a 002.jpg [new; spec; 2 calls]",
			`patch_item a 001.jpg "New", was "" [described in the spec, not yet in the account; spec; 1 calls]`,
		}},
		{"what is thrown away is not described", world{members: described(files(1)), known: knowns(), library: []int{1}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(1): {Digest: digest(1), By: plan.LostInLibrary}}
		}}, []string{"drift a deleted_in_photos 1"}},
		{"an item of two albums is described once", world{members: described(files(1)), known: knowns(1), change: func(in *plan.Input) {
			in.Desired.Albums = append(in.Desired.Albums, spec.DesiredAlbum{Key: "b", Title: "B", ManagesContents: true, Members: described(files(1)), Membership: spec.Managed})
		}}, []string{
			`patch_item a 001.jpg "New", was "" [described in the spec, not yet in the account; spec; 1 calls]`,
			`create_album b "B" [in the spec, not in the account; spec; 1 calls]`,
			"add_items b 001.jpg [already in the library; spec; 1 calls]",
		}},
		{"a refused description is left alone for a day, and its item is not", world{members: described(files(1)), known: knowns(1, 2), change: func(in *plan.Input) {
			in.Recorded.Quarantine = []plan.Quarantined{
				{Kind: plan.PatchItem, Item: itemID(1), Message: "invalid", Since: now, Generation: "g1"},
				{Kind: plan.PatchItem, Item: itemID(2), Message: "invalid", Since: now, Generation: "g1"},
			}
		}}, []string{"remove_items a 002.jpg [no longer in the spec; spec; 1 calls]", "deferred a quarantined 1"}},
		{"a new file between two others has a call of its own", world{members: files(1, 2, 3, 4), known: knowns(1, 3)}, []string{
			"create_items a 002.jpg [new; spec; 2 calls]",
			"create_items a 004.jpg [new; spec; 2 calls]",
		}},
		{"bytes that Google holds are not priced again", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Uploaded = map[spec.Digest]bool{digest(2): true}
		}}, []string{"create_items a 002.jpg [new; spec; 1 calls]"}},
		{"an item of the library is added, not uploaded", world{members: files(1, 2), known: knowns(1), library: []int{2}},
			[]string{"add_items a 002.jpg [already in the library; spec; 1 calls]"}},
		{"an item that can't be added goes in by its bytes", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			in.Recorded.Refused = map[photos.ItemID]string{itemID(2): "invalid"}
		}}, []string{"create_items a 002.jpg [the library's item can't be added, its bytes can; spec; 2 calls]"}},
		{"a member taken out in the app is drift and added again", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInApp}}
		}}, []string{"add_items a 002.jpg [taken out in the app, put back; external; 1 calls]", "drift a removed_in_app 1"}},
		{"a member deleted in Google Photos is drift and stays so", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInLibrary}}
		}}, []string{"drift a deleted_in_photos 1"}},
		{"removedFromAlbum: respect leaves it out", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInApp}}
			album(in).Outside.RespectRemoved = true
		}}, []string{"drift a removed_in_app 1"}},
		{"deletedInPhotos: reupload sends it again", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInLibrary}}
			album(in).Outside.Reupload = true
		}}, []string{"create_items a 002.jpg [deleted in Google Photos, sent again; spec; 2 calls]", "drift a deleted_in_photos 1"}},
		{"what is sent again for one album is there for all", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostInLibrary}}
			in.Desired.Albums = append(in.Desired.Albums, spec.DesiredAlbum{
				Key: "b", Title: "B", ManagesContents: true, Members: files(2), Membership: spec.Managed, Outside: spec.Outside{Reupload: true},
			})
		}}, []string{
			"create_items a 002.jpg [deleted in Google Photos, sent again; spec; 2 calls]",
			`create_album b "B" [in the spec, not in the account; spec; 1 calls]`,
			"create_items b 002.jpg [deleted in Google Photos, sent again; spec; 1 calls]",
			"drift a deleted_in_photos 1", "drift b deleted_in_photos 1",
		}},
		{"an item without a file can't be sent again", world{members: []spec.Member{file(1), {Item: "item-002", Label: "item-002"}}, known: knowns(1), change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {By: plan.LostInLibrary}}
			album(in).Outside.Reupload = true
		}}, []string{"drift a deleted_in_photos 1"}},
		{"what albumen once took out comes back when it is wanted again", world{members: files(1, 2), known: knowns(1), library: []int{2}, change: func(in *plan.Input) {
			boundA(in).Lost = map[photos.ItemID]plan.Lost{itemID(2): {Digest: digest(2), By: plan.LostByUs}}
		}}, []string{"add_items a 002.jpg [already in the library; spec; 1 calls]"}},
		{"a file that is no longer wanted is removed", world{members: files(1), known: knowns(1, 2)},
			[]string{"remove_items a 002.jpg [no longer in the spec; spec; 1 calls]"}},
		{"an edited file comes in before its old version goes", world{members: []spec.Member{file(1), {Digest: digest(9), Label: "002.jpg", Name: "002.jpg", Size: 5}}, known: knowns(1, 2)}, []string{
			"create_items a 002.jpg [edited on disk; spec; 2 calls]",
			"remove_items a 002.jpg [version before the edit; spec; 1 calls]",
		}},
		{"an additive album takes nothing out", world{members: files(1), known: knowns(1, 2), change: func(in *plan.Input) {
			album(in).Membership = spec.Additive
		}}, nil},
		{"what others put in is drift", world{members: files(1), known: append(knowns(1), foreign(2))},
			[]string{"drift a foreign 1"}},
		{"an exact album takes out what others put in", world{members: files(1), known: append(knowns(1), foreign(2)), change: func(in *plan.Input) {
			album(in).Membership = spec.Exact
		}}, []string{"remove_items a 002.jpg [not in the spec, and the album is exact; external; 1 calls]"}},
		{"another order is drift", world{members: files(1, 2, 3), known: knowns(3, 1, 2)}, []string{"drift a order 1"}},
		{"order: enforce moves no more than it must", world{members: files(1, 2, 3), known: knowns(3, 1, 2), change: enforced}, []string{
			"remove_items a 003.jpg [moved to the spec's order; spec; 1 calls]",
			"add_items a 003.jpg [moved to the spec's order; spec; 1 calls]",
			"drift a order 1",
		}},
		{"a known item in the middle moves what follows it", world{members: files(1, 2, 3, 4), known: knowns(1, 3), library: []int{2}, change: enforced}, []string{
			"remove_items a 003.jpg [moved to the spec's order; spec; 1 calls]",
			"add_items a 002.jpg 003.jpg [1 already in the library, 1 moved to the spec's order; spec; 1 calls]",
			"create_items a 004.jpg [new; spec; 2 calls]",
			"drift a order 1",
		}},
		{"new files come in by their place and move nothing", world{members: files(1, 2, 3), known: knowns(1, 3), change: enforced},
			[]string{"create_items a 002.jpg [new; spec; 2 calls]"}},
		{"what others put in is not moved, and ours comes behind it", world{members: files(1, 2, 3), known: []plan.Known{ours(2), unowned(1), ours(3)}, change: enforced}, []string{
			"remove_items a 002.jpg 003.jpg [moved to the spec's order; spec; 1 calls]",
			"add_items a 002.jpg 003.jpg [moved to the spec's order; spec; 1 calls]",
			"drift a order 2",
		}},
		{"where that can't help the order is drift", world{members: files(1, 2), known: []plan.Known{unowned(2), ours(1)}, change: enforced},
			[]string{"drift a order 1"}},
		{"an exact album moves everything", world{members: files(1, 2), known: []plan.Known{unowned(2), ours(1)}, change: func(in *plan.Input) {
			enforced(in)
			album(in).Membership = spec.Exact
		}}, []string{
			"remove_items a 002.jpg [moved to the spec's order; spec; 1 calls]",
			"add_items a 002.jpg [moved to the spec's order; spec; 1 calls]",
			"drift a order 1",
		}},
		{"what the API would not take back stays", world{members: files(1, 2), known: knowns(2, 1), change: func(in *plan.Input) {
			enforced(in)
			in.Recorded.Refused = map[photos.ItemID]string{itemID(2): "invalid"}
		}}, []string{"drift a order 1"}},
		{"a renamed file stays the item that it is", world{members: []spec.Member{{Digest: digest(1), Label: "b.jpg", Name: "b.jpg"}}, known: knowns(1)},
			[]string{"renamed item-001 001.jpg -> b.jpg"}},
		{"a source that can't be read stops its album", world{members: files(1), known: knowns(1, 2), change: func(in *plan.Input) {
			album(in).Title = "B"
			album(in).Unavailable = []spec.Problem{{Message: "the folder is not there"}}
		}}, []string{"deferred a source_unavailable 1"}},
		{"a file cut to nothing keeps its picture in the album", world{members: []spec.Member{file(1), {Label: "002.jpg", Refused: "empty"}}, known: knowns(1, 2, 3)}, []string{
			"remove_items a 003.jpg [no longer in the spec; spec; 1 calls]",
			"deferred a unsupported 1", "deferred a source_unavailable 1",
		}},
		{"a file that can't be read may be any picture", world{members: []spec.Member{file(1), {Label: "new.jpg", Refused: "permission denied", Unreadable: true}}, known: knowns(1, 2)},
			[]string{"deferred a unsupported 1", "deferred a source_unavailable 1"}},
		{"a quarantined file is left alone", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Quarantine = []plan.Quarantined{{Digest: digest(2), Message: "BAD_IMAGE", Since: now.Add(-time.Hour), Generation: "g1"}}
		}}, []string{"deferred a quarantined 1"}},
		{"and tried again after a day", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Quarantine = []plan.Quarantined{{Digest: digest(2), Message: "BAD_IMAGE", Since: now.Add(-24 * time.Hour), Generation: "g1"}}
		}}, []string{"create_items a 002.jpg [new; spec; 2 calls]"}},
		{"and when the spec changes", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Quarantine = []plan.Quarantined{{Digest: digest(2), Message: "BAD_IMAGE", Since: now, Generation: "g0"}}
		}}, []string{"create_items a 002.jpg [new; spec; 2 calls]"}},
		{"a quarantined edit keeps the version before it", world{members: []spec.Member{file(1), {Digest: digest(9), Label: "002.jpg"}}, known: knowns(1, 2), change: func(in *plan.Input) {
			in.Recorded.Quarantine = []plan.Quarantined{{Digest: digest(9), Message: "BAD_IMAGE", Since: now, Generation: "g1"}}
		}}, []string{"deferred a quarantined 1", "deferred a source_unavailable 1"}},
		{"a write in doubt stops its album", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			in.Recorded.Doubts = []plan.Doubt{{ID: "i", Wish: plan.Wish{Key: "a", Kind: plan.CreateItems}}}
		}}, []string{"deferred a in_doubt 1"}},
		{"a paused album is planned and held back", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			album(in).Paused = true
		}}, []string{"deferred a paused 1"}},
		{"contents that could not be read stop the album", world{members: files(1, 2), known: knowns(1), change: func(in *plan.Input) {
			boundA(in).Stale = "503"
		}}, []string{"deferred a stale 1"}},
		{"an album whose contents the spec does not manage keeps them", world{known: knowns(1), change: func(in *plan.Input) {
			album(in).ManagesContents = false
		}}, nil},
		{"an album that is not selected is not looked at", world{members: files(1), change: func(in *plan.Input) {
			in.Policy.Selected = func(spec.Key) bool { return false }
		}}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, lines(plan.Make(c.world.input()))); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLargeBatchesAreCut(t *testing.T) {
	t.Parallel()
	var ns []int
	for n := range 120 {
		ns = append(ns, n+1)
	}
	p := plan.Make(world{members: files(ns...)}.input())
	var sizes []int
	for _, a := range p.Actions[1:] {
		sizes = append(sizes, len(a.Items))
	}
	if diff := cmp.Diff([]int{50, 50, 20}, sizes); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
	if p.Cost.Calls != 1+120+3 || p.Cost.Writes != 4 || p.Cost.Uploads != 120 {
		t.Errorf("cost = %+v, want 124 calls, 4 writes, 120 uploads", p.Cost)
	}
}

func TestPlacePutsNewItemsAfterTheirNeighbour(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		known []plan.Known
		from  int
		want  photos.Position
	}{
		{"into an empty album", nil, 0, photos.Position{}},
		{"before everything", knowns(2), 0, photos.Position{Kind: photos.FirstInAlbum}},
		{"after its neighbour", knowns(1, 3), 1, photos.Position{Kind: photos.AfterMediaItem, AfterItem: itemID(1)}},
		{"after the last one, appended", knowns(1, 2), 2, photos.Position{}},
		{"after the nearest that stands there", knowns(1, 4), 3, photos.Position{Kind: photos.AfterMediaItem, AfterItem: itemID(1)}},
	}
	for _, c := range cases {
		in := world{members: files(1, 2, 3, 4), library: []int{1, 2, 3, 4}}.input()
		got := plan.Place(&in.Desired.Albums[0], c.from, &in.Recorded, &plan.Bound{Known: c.known})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestLaw4PlanIsPureTotalAndDeterministic: any input gives a plan, and the same
// input the same bytes, whatever the order of maps.
func TestLaw4PlanIsPureTotalAndDeterministic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		before := mustJSON([]any{in.Desired, in.Recorded, in.Observed})
		first := mustJSON(plan.Make(in))
		for range 3 {
			if again := mustJSON(plan.Make(in)); again != first {
				t.Fatalf("the same input gave another plan:\n%s", cmp.Diff(first, again))
			}
		}
		if after := mustJSON([]any{in.Desired, in.Recorded, in.Observed}); after != before {
			t.Fatalf("the input changed:\n%s", cmp.Diff(before, after))
		}
	})
}

// TestLaw1OneActionOneWrite: no action holds more than one call can carry, and
// the price of each is its write and its uploads.
func TestLaw1OneActionOneWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := plan.Make(anyInput(t))
		calls := 0
		for _, a := range p.Actions {
			if len(a.Items) > photos.MaxBatch {
				t.Fatalf("%s carries %d items", a.Kind, len(a.Items))
			}
			if a.Kind != plan.CreateAlbum && a.Kind != plan.PatchAlbum && a.Kind != plan.AddEnrichment && len(a.Items) == 0 {
				t.Fatalf("%s carries nothing", a.Kind)
			}
			if a.Uploads > 0 && a.Kind != plan.CreateItems {
				t.Fatalf("%s uploads", a.Kind)
			}
			calls += 1 + a.Uploads
		}
		if p.Cost.Writes != len(p.Actions) || p.Cost.Calls != calls {
			t.Fatalf("cost %+v, but %d actions take %d calls", p.Cost, len(p.Actions), calls)
		}
	})
}

// TestLaw7OnlyOurs: nothing is planned for an album that neither state binds nor
// the spec adopts, and nothing is taken out beyond the membership mode.
func TestLaw7OnlyOurs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		in.Policy.AllowRemovals = 1 << 20
		p := plan.Make(in)
		may := map[photos.AlbumID]bool{"": true}
		for _, b := range in.Recorded.Albums {
			may[b.ID] = true
		}
		for _, b := range p.Bindings {
			may[b.Album] = true
		}
		for _, a := range p.Actions {
			if !may[a.Album] {
				t.Fatalf("%s touches the album %s of others", a.Kind, a.Album)
			}
			for _, item := range a.Items {
				if a.Kind != plan.RemoveItems {
					continue
				}
				mode := spec.Managed
				if a.Desired != nil {
					mode = a.Desired.Membership
				}
				if mode == spec.Additive || mode == spec.Managed && !item.Known.Ours {
					t.Fatalf("a %s album loses %+v", mode, *item.Known)
				}
			}
		}
	})
}

// TestLaw9FailedReadIsNoEmptyRead: with a source or an album that can't be read
// there is no removal, whatever else the input holds.
func TestLaw9FailedReadIsNoEmptyRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		in.Policy.AllowRemovals = 1 << 20
		source := rapid.Bool().Draw(t, "a source fails, not a read")
		for i := range in.Desired.Albums {
			d := &in.Desired.Albums[i]
			if source {
				d.Members = nil
				d.Unavailable = []spec.Problem{{Message: "gone"}}
			}
		}
		for _, b := range in.Recorded.Albums {
			if !source {
				b.Stale = "lost page"
			}
		}
		for _, a := range plan.Make(in).Actions {
			if a.Kind == plan.RemoveItems && (a.Desired != nil || !source) {
				t.Fatalf("%s loses %d items to a failed read", a.Key, len(a.Items))
			}
		}
	})
}

// TestLaw12OneGuard: whatever put them into the plan, no more removals are left
// in it than the limits let through without a yes.
func TestLaw12OneGuard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		in.Desired.Safety = spec.Safety{MaxRemovals: rapid.IntRange(0, 20).Draw(t, "max"), MaxRemovalPercent: rapid.IntRange(0, 100).Draw(t, "percent")}
		p := plan.Make(in)
		total := 0
		perAlbum := map[spec.Key]int{}
		for _, a := range p.Actions {
			if a.Kind == plan.RemoveItems {
				perAlbum[a.Key] += len(a.Items)
				total += len(a.Items)
			}
		}
		if total > in.Desired.Safety.MaxRemovals {
			t.Fatalf("%d removals are let through, %d are allowed", total, in.Desired.Safety.MaxRemovals)
		}
		for key, n := range perAlbum {
			b := in.Recorded.Albums[key]
			if b == nil {
				continue
			}
			comes := slices.ContainsFunc(p.Actions, func(a plan.Action) bool {
				return a.Key == key && (a.Kind == plan.AddItems || a.Kind == plan.CreateItems)
			})
			if n >= len(b.Known) && !comes {
				t.Fatalf("%s is emptied", key)
			}
			if limit := max(10, len(b.Known)*in.Desired.Safety.MaxRemovalPercent/100); n > limit {
				t.Fatalf("%s loses %d of %d, and %d is the limit", key, n, len(b.Known), limit)
			}
		}
	})
}

func TestGuardHoldsAndAYesLifts(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		known   int
		removed int
		safety  spec.Safety
		allow   int
		want    []string
	}{
		{"a few of a small album go", 12, 10, spec.DefaultSafety, 0, []string{"remove 10"}},
		{"more than a few are held", 12, 11, spec.DefaultSafety, 0, []string{"deferred a guard 11"}},
		{"a small album is not emptied", 3, 3, spec.DefaultSafety, 0, []string{"deferred a guard 3"}},
		{"a quarter of a large one goes", 100, 25, spec.DefaultSafety, 0, []string{"remove 25"}},
		{"more than a quarter is held", 100, 26, spec.DefaultSafety, 0, []string{"deferred a guard 26"}},
		{"the limit of the pass holds too", 100, 5, spec.Safety{MaxRemovals: 4, MaxRemovalPercent: 100}, 0, []string{"deferred a guard 5"}},
		{"a yes to as many lets them go", 3, 3, spec.DefaultSafety, 3, []string{"remove 3"}},
		{"a yes to fewer does not", 3, 3, spec.DefaultSafety, 2, []string{"deferred a guard 3"}},
	}
	for _, c := range cases {
		var all []int
		for n := range c.known {
			all = append(all, n+1)
		}
		in := world{members: files(all[c.removed:]...), known: knowns(all...)}.input()
		in.Desired.Safety, in.Policy.AllowRemovals = c.safety, c.allow
		p := plan.Make(in)
		var got []string
		n := 0
		for _, a := range p.Actions {
			n += len(a.Items)
		}
		if n > 0 {
			got = append(got, fmt.Sprintf("remove %d", n))
		}
		for _, d := range p.Deferred {
			got = append(got, fmt.Sprintf("deferred %s %s %d", d.Key, d.Reason, d.Count))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if p.Held() != (c.want[0][0] == 'd') {
			t.Errorf("%s: Held() = %v", c.name, p.Held())
		}
	}
}

func TestBudgetCutsThePlan(t *testing.T) {
	t.Parallel()
	var ns []int
	for n := range 120 {
		ns = append(ns, n+1)
	}
	in := world{members: files(ns...)}.input()
	in.Policy.CallsLeft = 60
	p := plan.Make(in)
	if p.Cost.Calls != 52 || len(p.Actions) != 2 || p.Cost.Days != 2 {
		t.Errorf("cost = %+v with %d actions, want 52 calls of 2 actions over 2 days", p.Cost, len(p.Actions))
	}
	if got := lines(p); got[len(got)-1] != "deferred  budget 2" {
		t.Errorf("the rest is not deferred: %v", got)
	}
}

func mustJSON(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// anyInput draws a world of a few albums in which anything may be the case.
func anyInput(t *rapid.T) plan.Input {
	in := world{}.input()
	in.Desired.Albums = nil
	for n := range 60 {
		if n%3 == 0 {
			in.Recorded.Items[digest(n)] = itemID(n)
		}
	}
	pick := rapid.SliceOfNDistinct(rapid.IntRange(0, 59), 0, 60, rapid.ID[int])
	for _, key := range []spec.Key{"a", "b", "c"} {
		id := photos.AlbumID("album-" + key)
		if rapid.Bool().Draw(t, "desired") {
			d := spec.DesiredAlbum{
				Key: key, Title: string(key), ManagesContents: rapid.Bool().Draw(t, "manages"),
				Membership: rapid.SampledFrom([]spec.Membership{spec.Additive, spec.Managed, spec.Exact}).Draw(t, "membership"),
				Members:    files(pick.Draw(t, "members")...),
				Paused:     rapid.IntRange(0, 9).Draw(t, "paused") == 0,
			}
			d.Enrichments = anyEnrichments(t, len(d.Members))
			if !d.ManagesContents {
				d.Members, d.Enrichments = nil, nil
			}
			if rapid.Bool().Draw(t, "adopt") {
				d.Adopt.Title = d.Title
			}
			in.Desired.Albums = append(in.Desired.Albums, d)
		}
		if rapid.Bool().Draw(t, "live") {
			in.Observed.Albums[id] = photos.Album{ID: id, Title: string(key)}
		}
		if rapid.Bool().Draw(t, "bound") {
			b := &plan.Bound{Key: key, ID: id, Title: string(key), ReadAt: now, OnRemove: rapid.SampledFrom([]spec.OnRemove{spec.Keep, spec.Empty}).Draw(t, "onRemove")}
			for _, n := range pick.Draw(t, "known") {
				k := ours(n)
				if n%4 == 0 {
					k = foreign(n)
				}
				b.Known = append(b.Known, k)
				if n%5 == 0 {
					b.Lost = map[photos.ItemID]plan.Lost{itemID(n + 1): {Digest: digest(n + 1), By: plan.LostInApp}}
				}
			}
			b.Enrichments = anyWritten(t)
			in.Recorded.Albums[key] = b
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "held") == 0 {
		in.Recorded.Doubts = []plan.Doubt{{ID: "y", OpenedAt: now, Wish: plan.Wish{
			Key: "a", Kind: plan.AddEnrichment, Album: "album-a", Enrichment: &plan.WishEnrichment{Identity: "e1"},
		}}}
	}
	if rapid.IntRange(0, 4).Draw(t, "doubt") == 0 {
		in.Recorded.Doubts = append(in.Recorded.Doubts, plan.Doubt{ID: "x", Wish: plan.Wish{Key: "b", Kind: plan.AddItems}, OpenedAt: now})
	}
	in.Policy.CallsLeft = rapid.IntRange(-1, 200).Draw(t, "left")
	slices.SortFunc(in.Desired.Albums, func(a, b spec.DesiredAlbum) int { return len(a.Key) - len(b.Key) })
	return in
}
