package state

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// View is what is remembered of an account, in one moment.
type View struct {
	// Serial goes up with every change of what a View shows. It is 0 before the
	// first one.
	Serial     int64
	Albums     []Album             // by key
	Members    map[string][]Member // by album key, in album order; albums without members are not there
	Removed    []Removed           // by key and item
	Media      []Media             // by digest
	Intents    []Intent            // open, the oldest first
	Quarantine []Quarantine        // by key, label, digest and item
	Shares     []Share             // by key
	Joined     []Joined            // by key
}

// View reads all that a pass needs.
func (a *Account) View(ctx context.Context) (View, error) {
	var v View
	err := a.read(ctx, "reading what is remembered", func(t *tx) error {
		v = View{}
		_, err := t.row([]any{&v.Serial}, "SELECT serial FROM accounts WHERE id = ?", t.account)
		var keys map[int64]string
		return firstError(
			func() error { return err },
			func() error { keys, err = v.albums(t); return err },
			func() error { return v.media(t) },
			func() error { return v.members(t, keys) },
			func() error { return v.removed(t) },
			func() error { return v.intents(t) },
			func() error { return v.quarantine(t) },
			func() error { return v.sharing(t) },
		)
	})
	return v, err
}

// albums reads the albums and tells which row stands for which key.
func (v *View) albums(t *tx) (keys map[int64]string, err error) {
	keys = map[int64]string{}
	err = t.each(func(rows *sql.Rows) error {
		var a Album
		var id int64
		err := rows.Scan(&id, &a.Key, &a.ID, &a.Title, &a.CoverItem, &a.Membership, &a.OnRemove,
			&a.SeenTitle, &a.SeenCover, &a.ProductURL, &a.SeenCount,
			moment{&a.CreatedAt}, moment{&a.SeenAt}, moment{&a.ReadAt}, moment{&a.GoneAt})
		v.Albums = append(v.Albums, a)
		keys[id] = a.Key
		return err
	}, `SELECT id, key, album, title, cover, membership, on_remove,
			seen_title, seen_cover, product_url, seen_count, created_at, seen_at, read_at, gone_at
		FROM albums WHERE account = ? ORDER BY key`, t.account)
	return keys, err
}

// mediaChunk is how many media are read before room is made for more: growing one
// slice of a large library would copy it several times.
const mediaChunk = 4096

func (v *View) media(t *tx) error {
	var full [][]Media
	var chunk []Media
	err := t.raw(func(r *row) {
		if len(chunk) == cap(chunk) {
			full = append(full, chunk)
			chunk = make([]Media, 0, mediaChunk)
		}
		m := Media{ItemID: r.text(1), FileName: r.text(2), Refused: r.text(3)}
		r.digest(0, &m.Digest)
		r.time(4, &m.CreatedAt)
		chunk = append(chunk, m)
	}, "SELECT digest, item, file_name, refused, created_at FROM media WHERE account = ? ORDER BY digest", t.account)
	v.Media = slices.Concat(append(full, chunk)...)
	return err
}

// members reads the members of the albums whose rows are given. The strings of a
// large library are most of its memory: an item id that the media hold is not
// held again, nor is a file name that ends a path.
func (v *View) members(t *tx, keys map[int64]string) error {
	index := make(map[Digest]int32, len(v.Media))
	for i := range v.Media {
		index[v.Media[i].Digest] = int32(i)
	}
	var members []Member
	current := int64(0)
	end := func() {
		if len(members) == 0 {
			return
		}
		if v.Members == nil {
			v.Members = make(map[string][]Member, len(keys))
		}
		v.Members[keys[current]] = slices.Clone(members)
		members = members[:0]
	}
	err := t.raw(func(r *row) {
		if album := r.number(0); album != current {
			end()
			current = album
		}
		m := Member{ItemID: r.text(1), Path: r.text(3), Ours: r.number(5) != 0}
		m.FileName = nameOf(m.Path, r.text(4))
		r.digest(2, &m.Digest)
		if i, known := index[m.Digest]; known && v.Media[i].ItemID == m.ItemID {
			m.ItemID = v.Media[i].ItemID
		}
		members = append(members, m)
	}, `SELECT album, item, digest, path, file_name, ours
		FROM members WHERE album IN (SELECT id FROM albums WHERE account = ?) ORDER BY album, rank, item`, t.account)
	end()
	return err
}

// nameOf shares the name with the path that ends with it.
func nameOf(label, name string) string {
	if strings.HasSuffix(label, name) {
		return label[len(label)-len(name):]
	}
	return name
}

func (v *View) removed(t *tx) error {
	return t.each(func(rows *sql.Rows) error {
		var r Removed
		err := rows.Scan(&r.Key, &r.ItemID, digits{&r.Digest}, moment{&r.At}, &r.By)
		v.Removed = append(v.Removed, r)
		return err
	}, `SELECT albums.key, item, digest, taken_at, taken_by
		FROM albums JOIN removed ON removed.album = albums.id
		WHERE account = ? ORDER BY albums.key, item`, t.account)
}

func (v *View) intents(t *tx) error {
	return t.each(func(rows *sql.Rows) error {
		var i Intent
		err := rows.Scan(&i.ID, &i.Key, &i.Kind, &i.Payload, moment{&i.OpenedAt}, &i.Note, &i.Doubt)
		v.Intents = append(v.Intents, i)
		return err
	}, "SELECT id, key, kind, payload, opened_at, note, doubt FROM intents WHERE account = ? ORDER BY opened_at, id", t.account)
}

func (v *View) quarantine(t *tx) error {
	return t.each(func(rows *sql.Rows) error {
		var q Quarantine
		err := rows.Scan(&q.Key, digits{&q.Digest}, &q.ItemID, &q.Label, &q.Reason, &q.Message, moment{&q.Since}, &q.Tries, &q.Generation)
		v.Quarantine = append(v.Quarantine, q)
		return err
	}, `SELECT key, digest, item, label, reason, message, since, tries, generation
		FROM quarantine WHERE account = ? ORDER BY key, label, digest, item`, t.account)
}
