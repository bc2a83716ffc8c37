package state_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"albumen/state"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// model is what Effects mean, in plain slices and maps.
type model struct {
	albums     map[string]state.Album
	members    map[string][]state.Member
	removed    map[string]map[string]state.Removed
	media      map[state.Digest]state.Media
	quarantine map[release]state.Quarantine
}

type release = state.Release

func newModel() *model {
	return &model{
		albums: map[string]state.Album{}, members: map[string][]state.Member{}, removed: map[string]map[string]state.Removed{},
		media: map[state.Digest]state.Media{}, quarantine: map[release]state.Quarantine{},
	}
}

func (m *model) clone() *model {
	c := newModel()
	maps.Copy(c.albums, m.albums)
	for k, v := range m.members {
		c.members[k] = slices.Clone(v)
	}
	for k, v := range m.removed {
		c.removed[k] = maps.Clone(v)
	}
	maps.Copy(c.media, m.media)
	maps.Copy(c.quarantine, m.quarantine)
	return c
}

// view is the model as a View shows it.
func (m *model) view() state.View {
	var v state.View
	for _, key := range slices.Sorted(maps.Keys(m.albums)) {
		v.Albums = append(v.Albums, m.albums[key])
		if len(m.members[key]) > 0 {
			if v.Members == nil {
				v.Members = map[string][]state.Member{}
			}
			v.Members[key] = m.members[key]
		}
		for _, item := range slices.Sorted(maps.Keys(m.removed[key])) {
			v.Removed = append(v.Removed, m.removed[key][item])
		}
	}
	for _, media := range m.media {
		v.Media = append(v.Media, media)
	}
	slices.SortFunc(v.Media, func(a, b state.Media) int { return slices.Compare(a.Digest[:], b.Digest[:]) })
	for _, q := range m.quarantine {
		v.Quarantine = append(v.Quarantine, q)
	}
	slices.SortFunc(v.Quarantine, func(a, b state.Quarantine) int {
		return slices.Compare([]string{a.Key, a.Label, string(a.Digest[:]), a.ItemID}, []string{b.Key, b.Label, string(b.Digest[:]), b.ItemID})
	})
	return v
}

var errModel = errors.New("refused by the model")

// apply gives the model after some effects, or an error and no change.
func (m *model) apply(e state.Effects) (*model, error) {
	if !legal(e) {
		return m, errModel
	}
	c := m.clone()
	if c.bindings(e) != nil || c.sightings(e) != nil || c.contents(e) != nil {
		return m, errModel
	}
	for _, media := range e.Media {
		c.media[media.Digest] = media
	}
	for _, r := range e.RefuseMedia {
		for d, media := range c.media {
			if media.ItemID == r.ItemID {
				media.Refused = r.Reason
				c.media[d] = media
			}
		}
	}
	for _, q := range e.Quarantine {
		c.quarantine[release{Key: q.Key, Digest: q.Digest, ItemID: q.ItemID}] = q
	}
	for _, r := range e.Release {
		delete(c.quarantine, r)
	}
	return c, nil
}

// legal says which effects can be taken twice.
func legal(e state.Effects) bool {
	keys := slices.Clone(e.Forget)
	for _, r := range e.Rebind {
		keys = append(keys, r.From, r.To)
	}
	for _, a := range e.Bind {
		keys = append(keys, a.Key)
	}
	slices.Sort(keys)
	if len(slices.Compact(slices.Clone(keys))) != len(keys) {
		return false
	}
	for _, r := range e.Remove {
		for _, in := range e.Insert {
			for _, member := range in.Members {
				if in.Key == r.Key && slices.Contains(r.Items, member.ItemID) {
					return false
				}
			}
		}
	}
	return true
}

func (m *model) drop(key string) {
	delete(m.albums, key)
	delete(m.members, key)
	delete(m.removed, key)
}

func (m *model) bindings(e state.Effects) error {
	for _, r := range e.Rebind {
		from, known := m.albums[r.From]
		_, taken := m.albums[r.To]
		if taken && !known {
			continue
		}
		if taken || !known {
			return errModel
		}
		members, removed := m.members[r.From], m.removed[r.From]
		m.drop(r.From)
		from.Key = r.To
		m.albums[r.To], m.members[r.To], m.removed[r.To] = from, members, map[string]state.Removed{}
		for item, gone := range removed {
			gone.Key = r.To
			m.removed[r.To][item] = gone
		}
		maps.DeleteFunc(m.quarantine, func(_ release, q state.Quarantine) bool { return q.Key == r.To })
		for id, q := range maps.Clone(m.quarantine) {
			if q.Key == r.From {
				delete(m.quarantine, id)
				id.Key, q.Key = r.To, r.To
				m.quarantine[id] = q
			}
		}
	}
	for _, key := range e.Forget {
		m.drop(key)
		maps.DeleteFunc(m.quarantine, func(_ release, q state.Quarantine) bool { return q.Key == key })
	}
	for _, a := range e.Bind {
		for key, other := range m.albums {
			if other.ID == a.ID && key != a.Key {
				return errModel
			}
		}
		if m.albums[a.Key].ID != a.ID {
			m.drop(a.Key)
			m.removed[a.Key] = map[string]state.Removed{}
		}
		m.albums[a.Key] = a
	}
	return nil
}

func (m *model) sightings(e state.Effects) error {
	change := func(key string, change func(*state.Album)) error {
		a, ok := m.albums[key]
		if !ok {
			return errModel
		}
		change(&a)
		m.albums[key] = a
		return nil
	}
	var errs []error
	for _, g := range e.Gone {
		errs = append(errs, change(g.Key, func(a *state.Album) { a.GoneAt = g.At }))
	}
	for _, s := range e.Seen {
		errs = append(errs, change(s.Key, func(a *state.Album) {
			news := a.SeenTitle != s.Title || a.SeenCover != s.Cover || a.ProductURL != s.ProductURL || a.SeenCount != s.Count
			if news || a.SeenAt.IsZero() {
				a.SeenAt = s.At
			}
			a.SeenTitle, a.SeenCover, a.ProductURL, a.SeenCount = s.Title, s.Cover, s.ProductURL, s.Count
		}))
	}
	for key, title := range e.Titles {
		errs = append(errs, change(key, func(a *state.Album) { a.Title = title }))
	}
	for key, cover := range e.Covers {
		errs = append(errs, change(key, func(a *state.Album) { a.CoverItem = cover }))
	}
	for key, p := range e.Policies {
		errs = append(errs, change(key, func(a *state.Album) { a.Membership, a.OnRemove = p.Membership, p.OnRemove }))
	}
	return errors.Join(errs...)
}

func (m *model) contents(e state.Effects) error {
	for _, r := range e.Remove {
		if _, ok := m.albums[r.Key]; !ok {
			return errModel
		}
		for _, item := range r.Items {
			digest := state.Digest{}
			if i := m.find(r.Key, item); i >= 0 {
				digest = m.members[r.Key][i].Digest
				m.members[r.Key] = slices.Delete(m.members[r.Key], i, i+1)
			}
			m.takeOut(state.Removed{Key: r.Key, ItemID: item, Digest: digest, At: r.At, By: r.By})
		}
	}
	for _, r := range e.Members {
		a, ok := m.albums[r.Key]
		if !ok {
			return errModel
		}
		before := m.members[r.Key]
		m.members[r.Key] = nil
		for _, member := range r.Members {
			if m.find(r.Key, member.ItemID) < 0 {
				m.members[r.Key] = append(m.members[r.Key], member)
				delete(m.removed[r.Key], member.ItemID)
			}
		}
		for _, member := range before {
			if member.Ours && m.find(r.Key, member.ItemID) < 0 {
				m.takeOut(state.Removed{Key: r.Key, ItemID: member.ItemID, Digest: member.Digest, At: r.ReadAt, By: state.ByApp})
			}
		}
		a.ReadAt = r.ReadAt
		m.albums[r.Key] = a
	}
	for _, in := range e.Insert {
		if err := m.insert(in); err != nil {
			return err
		}
	}
	for _, p := range e.Paths {
		if _, ok := m.albums[p.Key]; !ok {
			return errModel
		}
		if i := m.find(p.Key, p.ItemID); i >= 0 {
			m.members[p.Key][i].Path = p.Path
		}
	}
	return nil
}

func (m *model) insert(in state.Insert) error {
	if _, ok := m.albums[in.Key]; !ok {
		return errModel
	}
	at := len(m.members[in.Key])
	if i := m.find(in.Key, in.After); i >= 0 {
		at = i + 1
	}
	if in.Front {
		at = 0
	}
	done := map[string]bool{}
	for _, member := range in.Members {
		if done[member.ItemID] {
			continue
		}
		done[member.ItemID] = true
		delete(m.removed[in.Key], member.ItemID)
		if i := m.find(in.Key, member.ItemID); i >= 0 {
			m.members[in.Key][i] = member
			continue
		}
		m.members[in.Key] = slices.Insert(m.members[in.Key], at, member)
		at++
	}
	return nil
}

func (m *model) find(key, item string) int {
	return slices.IndexFunc(m.members[key], func(member state.Member) bool { return member.ItemID == item })
}

func (m *model) takeOut(r state.Removed) {
	if old, ok := m.removed[r.Key][r.ItemID]; ok {
		old.By = r.By
		r = old
	}
	m.removed[r.Key][r.ItemID] = r
}

// Generators draw from few names, so that effects meet each other.
var (
	someKey    = rapid.SampledFrom([]string{"a", "b", "c"})
	someID     = rapid.SampledFrom([]string{"A", "B", "C", "D"})
	someItem   = rapid.SampledFrom([]string{"i", "j", "k", "l", "m", "n", "o", "p"})
	someText   = rapid.SampledFrom([]string{"", "x", "day 1/x", "y"})
	someTime   = rapid.Map(rapid.IntRange(0, 3), func(n int) time.Time { return map[bool]time.Time{false: at(n)}[n == 0] })
	someDigest = rapid.Map(rapid.IntRange(0, 4), func(n int) state.Digest {
		if n == 0 {
			return state.Digest{}
		}
		return sum(n)
	})
	someMember = rapid.Custom(func(t *rapid.T) state.Member {
		return state.Member{
			ItemID: someItem.Draw(t, "item"), Digest: someDigest.Draw(t, "digest"), Path: someText.Draw(t, "path"),
			FileName: someText.Draw(t, "name"), Ours: rapid.Bool().Draw(t, "ours"),
		}
	})
	someMembers = rapid.SliceOfN(someMember, 0, 6)
)

// parts add one part each to some effects.
var parts = map[string]func(*rapid.T, *state.Effects){
	"Rebind": func(t *rapid.T, e *state.Effects) {
		e.Rebind = append(e.Rebind, state.Rebind{From: someKey.Draw(t, "from"), To: someKey.Draw(t, "to")})
	},
	"Forget": func(t *rapid.T, e *state.Effects) { e.Forget = append(e.Forget, someKey.Draw(t, "key")) },
	"Bind": func(t *rapid.T, e *state.Effects) {
		e.Bind = append(e.Bind, state.Album{
			Key: someKey.Draw(t, "key"), ID: someID.Draw(t, "id"), Title: someText.Draw(t, "title"), CoverItem: someText.Draw(t, "cover"),
			Membership: someText.Draw(t, "membership"), OnRemove: someText.Draw(t, "onRemove"), SeenTitle: someText.Draw(t, "seen title"),
			SeenCount: rapid.Int64Range(0, 2).Draw(t, "count"), CreatedAt: someTime.Draw(t, "created"), ReadAt: someTime.Draw(t, "read"),
			SeenAt: someTime.Draw(t, "seen"), GoneAt: someTime.Draw(t, "gone"),
		})
	},
	"Gone": func(t *rapid.T, e *state.Effects) {
		e.Gone = append(e.Gone, state.Gone{Key: someKey.Draw(t, "key"), At: someTime.Draw(t, "at")})
	},
	"Seen": func(t *rapid.T, e *state.Effects) {
		e.Seen = append(e.Seen, state.Seen{
			Key: someKey.Draw(t, "key"), Title: someText.Draw(t, "title"), Cover: someText.Draw(t, "cover"), ProductURL: someText.Draw(t, "url"),
			Count: rapid.Int64Range(0, 2).Draw(t, "count"), At: someTime.Draw(t, "at"),
		})
	},
	"Titles": func(t *rapid.T, e *state.Effects) {
		e.Titles = map[string]string{someKey.Draw(t, "key"): someText.Draw(t, "title")}
	},
	"Covers": func(t *rapid.T, e *state.Effects) {
		e.Covers = map[string]string{someKey.Draw(t, "key"): someText.Draw(t, "cover")}
	},
	"Policies": func(t *rapid.T, e *state.Effects) {
		e.Policies = map[string]state.Policy{someKey.Draw(t, "key"): {Membership: someText.Draw(t, "membership"), OnRemove: someText.Draw(t, "onRemove")}}
	},
	"Remove": func(t *rapid.T, e *state.Effects) {
		e.Remove = append(e.Remove, state.Remove{
			Key: someKey.Draw(t, "key"), Items: rapid.SliceOfN(someItem, 0, 3).Draw(t, "items"),
			By: rapid.SampledFrom([]string{state.ByUs, state.ByApp, "library"}).Draw(t, "by"), At: someTime.Draw(t, "at"),
		})
	},
	"Members": func(t *rapid.T, e *state.Effects) {
		e.Members = append(e.Members, state.MembersRead{Key: someKey.Draw(t, "key"), Members: someMembers.Draw(t, "members"), ReadAt: someTime.Draw(t, "at")})
	},
	"Insert": func(t *rapid.T, e *state.Effects) {
		e.Insert = append(e.Insert, state.Insert{
			Key: someKey.Draw(t, "key"), After: rapid.OneOf(rapid.Just(""), someItem).Draw(t, "after"),
			Front: rapid.Bool().Draw(t, "front"), Members: someMembers.Draw(t, "members"),
		})
	},
	"Paths": func(t *rapid.T, e *state.Effects) {
		e.Paths = append(e.Paths, state.PathChange{Key: someKey.Draw(t, "key"), ItemID: someItem.Draw(t, "item"), Path: someText.Draw(t, "path")})
	},
	"Media": func(t *rapid.T, e *state.Effects) {
		e.Media = append(e.Media, state.Media{
			Digest: someDigest.Draw(t, "digest"), ItemID: someItem.Draw(t, "item"), FileName: someText.Draw(t, "name"),
			Refused: someText.Draw(t, "refused"), CreatedAt: someTime.Draw(t, "created"),
		})
	},
	"RefuseMedia": func(t *rapid.T, e *state.Effects) {
		e.RefuseMedia = append(e.RefuseMedia, state.RefusedMedia{ItemID: someItem.Draw(t, "item"), Reason: someText.Draw(t, "reason")})
	},
	"Quarantine": func(t *rapid.T, e *state.Effects) {
		e.Quarantine = append(e.Quarantine, state.Quarantine{
			Key: someKey.Draw(t, "key"), Digest: someDigest.Draw(t, "digest"), ItemID: someItem.Draw(t, "item"), Label: someText.Draw(t, "label"),
			Reason: someText.Draw(t, "reason"), Since: someTime.Draw(t, "since"), Tries: rapid.IntRange(0, 2).Draw(t, "tries"),
		})
	},
	"Release": func(t *rapid.T, e *state.Effects) {
		e.Release = append(e.Release, state.Release{Key: someKey.Draw(t, "key"), Digest: someDigest.Draw(t, "digest"), ItemID: someItem.Draw(t, "item")})
	},
}

// frequent parts are drawn more often than the others.
var frequent = []string{"Insert", "Insert", "Insert", "Members", "Members", "Remove", "Bind", "Bind"}

// Effects do what the model says; refused ones do nothing; the same ones again
// do nothing; the serial moves if, and for single parts only if, something
// changed; and View shows it all in order.
func TestEffectsDoWhatTheModelSays(t *testing.T) {
	db := open(t, t.TempDir(), state.Apply)
	names := append(slices.Sorted(maps.Keys(parts)), frequent...)
	accounts := 0
	rapid.Check(t, func(t *rapid.T) {
		accounts++
		a := db.Account(fmt.Sprint(accounts))
		m, serial := newModel(), int64(0)
		record := func(e state.Effects, single bool) {
			next, refused := m.apply(e)
			err := a.Record(t.Context(), e)
			if (err != nil) != (refused != nil) {
				t.Fatalf("recording %+v: %v, and the model says %v", e, err, refused)
			}
			got, err := a.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := next.view()
			changed := !cmp.Equal(m.view(), want)
			switch moved := got.Serial > serial; {
			case changed && !moved:
				t.Fatalf("the serial stays at %d, and there is a change: %s", serial, cmp.Diff(m.view(), want))
			case !changed && moved && single:
				t.Fatalf("the serial moves without a change by %+v", e)
			case refused != nil && moved:
				t.Fatal("the serial moves and the effects were refused")
			}
			serial, got.Serial = got.Serial, 0
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("after %+v (-model +state):\n%s", e, diff)
			}
			m = next
		}
		for _, key := range []string{"a", "b"} {
			record(state.Effects{Bind: []state.Album{{Key: key, ID: key + "1"}}}, true)
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			var e state.Effects
			n := rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "parts")
			for range n {
				parts[rapid.SampledFrom(names).Draw(t, "part")](t, &e)
			}
			record(e, n == 1)
			record(e, n == 1)
		}
	})
	if verdict, err := db.Check(t.Context()); verdict != "ok" || err != nil {
		t.Errorf("the file: %s, %v", verdict, err)
	}
}
