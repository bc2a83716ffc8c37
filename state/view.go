package state

import (
	"context"
	"database/sql"
	"path"
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
}

// View reads all that a pass needs.
func (a *Account) View(ctx context.Context) (View, error) {
	var v View
	err := a.read(ctx, "reading what is remembered", func(t *tx) error {
		v = View{}
		if _, err := t.row([]any{&v.Serial}, "SELECT serial FROM accounts WHERE id = ?", t.account); err != nil {
			return err
		}
		for _, part := range []func(*tx) error{v.albums, v.media, v.members, v.removed, v.intents, v.quarantine} {
			if err := part(t); err != nil {
				return err
			}
		}
		return nil
	})
	return v, err
}

func (v *View) albums(t *tx) error {
	return t.each(func(rows *sql.Rows) error {
		var a Album
		err := rows.Scan(&a.Key, &a.ID, &a.Title, &a.CoverItem, &a.Membership, &a.OnRemove,
			&a.SeenTitle, &a.SeenCover, &a.ProductURL, &a.SeenCount,
			moment{&a.CreatedAt}, moment{&a.SeenAt}, moment{&a.ReadAt}, moment{&a.GoneAt})
		v.Albums = append(v.Albums, a)
		return err
	}, `SELECT key, album, title, cover, membership, on_remove,
			seen_title, seen_cover, product_url, seen_count, created_at, seen_at, read_at, gone_at
		FROM albums WHERE account = ? ORDER BY key`, t.account)
}

func (v *View) media(t *tx) error {
	var n int
	if _, err := t.row([]any{&n}, "SELECT COUNT(*) FROM media WHERE account = ?", t.account); err != nil || n == 0 {
		return err
	}
	v.Media = make([]Media, 0, n)
	return t.each(func(rows *sql.Rows) error {
		var m Media
		err := rows.Scan(digits{&m.Digest}, &m.ItemID, &m.FileName, &m.Refused, moment{&m.CreatedAt})
		v.Media = append(v.Media, m)
		return err
	}, "SELECT digest, item, file_name, refused, created_at FROM media WHERE account = ? ORDER BY digest", t.account)
}

// members reads the members of all albums into one slice, of which each album
// holds its part. The strings of a large library are most of its memory: an item
// id that the media hold is not held again, nor is a file name that ends a path.
func (v *View) members(t *tx) error {
	var n int
	if _, err := t.row([]any{&n}, "SELECT COUNT(*) FROM members JOIN albums ON albums.id = members.album WHERE account = ?", t.account); err != nil || n == 0 {
		return err
	}
	items := make(map[Digest]string, len(v.Media))
	for i := range v.Media {
		items[v.Media[i].Digest] = v.Media[i].ItemID
	}
	v.Members = make(map[string][]Member, len(v.Albums))
	all := make([]Member, 0, n)
	var key, item, digest, label, name sql.RawBytes
	begin, current := 0, ""
	end := func() {
		if len(all) > begin {
			v.Members[current] = all[begin:len(all):len(all)]
		}
		begin = len(all)
	}
	err := t.each(func(rows *sql.Rows) error {
		var m Member
		if err := rows.Scan(&key, &item, &digest, &label, &name, &m.Ours); err != nil {
			return err
		}
		if string(key) != current {
			end()
			current = string(key)
		}
		copy(m.Digest[:], digest)
		if m.ItemID = items[m.Digest]; m.ItemID != string(item) {
			m.ItemID = string(item)
		}
		m.Path = string(label)
		m.FileName = nameOf(m.Path, name)
		all = append(all, m)
		return nil
	}, `SELECT albums.key, item, digest, path, file_name, ours
		FROM albums JOIN members ON members.album = albums.id
		WHERE account = ? ORDER BY albums.key, rank, item`, t.account)
	end()
	return err
}

// nameOf shares the name with the path that ends with it.
func nameOf(label string, name []byte) string {
	if base := path.Base(label); base == string(name) && strings.HasSuffix(label, base) {
		return label[len(label)-len(base):]
	}
	return string(name)
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
