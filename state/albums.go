package state

// album is the row of a bound album.
func (t *tx) album(key string) (int64, error) {
	var id int64
	found, err := t.row([]any{&id}, "SELECT id FROM albums WHERE account = ? AND key = ?", t.account, key)
	if err == nil && !found {
		err = &UnboundError{key}
	}
	return id, err
}

// rebind gives a binding another key. What is quarantined goes along; an open
// intent keeps the words with which it was opened.
func (t *tx) rebind(r Rebind) error {
	var id string
	taken, err := t.row([]any{&id}, "SELECT album FROM albums WHERE account = ? AND key = ?", t.account, r.To)
	if err != nil {
		return err
	}
	var known bool
	if known, err = t.row([]any{new(int64)}, "SELECT id FROM albums WHERE account = ? AND key = ?", t.account, r.From); err != nil {
		return err
	}
	switch {
	case taken && known:
		return &BoundError{ID: id, Key: r.To}
	case taken:
		return nil
	case !known:
		return &UnboundError{r.From}
	}
	if err := t.change("UPDATE albums SET key = ? WHERE account = ? AND key = ?", r.To, t.account, r.From); err != nil {
		return err
	}
	if err := t.change("DELETE FROM quarantine WHERE account = ? AND key = ?", t.account, r.To); err != nil {
		return err
	}
	return t.change("UPDATE quarantine SET key = ? WHERE account = ? AND key = ?", r.To, t.account, r.From)
}

// forget drops a binding with its members.
func (t *tx) forget(key string) error {
	if err := t.change("DELETE FROM quarantine WHERE account = ? AND key = ?", t.account, key); err != nil {
		return err
	}
	return t.change("DELETE FROM albums WHERE account = ? AND key = ?", t.account, key)
}

// bind lets a key stand for an album.
func (t *tx) bind(a Album) error {
	var other string
	taken, err := t.row([]any{&other}, "SELECT key FROM albums WHERE account = ? AND album = ?", t.account, a.ID)
	if err != nil {
		return err
	}
	if taken && other != a.Key {
		return &BoundError{ID: a.ID, Key: other}
	}
	if err := t.change("DELETE FROM albums WHERE account = ? AND key = ? AND album <> ?", t.account, a.Key, a.ID); err != nil {
		return err
	}
	return t.change(`
		INSERT INTO albums (account, key, album, title, cover, membership, on_remove,
			seen_title, seen_cover, product_url, seen_count, created_at, seen_at, read_at, gone_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key) DO UPDATE SET
			title = excluded.title, cover = excluded.cover, membership = excluded.membership, on_remove = excluded.on_remove,
			seen_title = excluded.seen_title, seen_cover = excluded.seen_cover, product_url = excluded.product_url,
			seen_count = excluded.seen_count, created_at = excluded.created_at, seen_at = excluded.seen_at,
			read_at = excluded.read_at, gone_at = excluded.gone_at
		WHERE (albums.title, albums.cover, albums.membership, albums.on_remove,
				albums.seen_title, albums.seen_cover, albums.product_url, albums.seen_count,
				albums.created_at, albums.seen_at, albums.read_at, albums.gone_at)
			<> (excluded.title, excluded.cover, excluded.membership, excluded.on_remove,
				excluded.seen_title, excluded.seen_cover, excluded.product_url, excluded.seen_count,
				excluded.created_at, excluded.seen_at, excluded.read_at, excluded.gone_at)`,
		t.account, a.Key, a.ID, a.Title, a.CoverItem, a.Membership, a.OnRemove,
		a.SeenTitle, a.SeenCover, a.ProductURL, a.SeenCount,
		stored(a.CreatedAt), stored(a.SeenAt), stored(a.ReadAt), stored(a.GoneAt))
}

func (t *tx) gone(g Gone) error {
	id, err := t.album(g.Key)
	if err != nil {
		return err
	}
	return t.change("UPDATE albums SET gone_at = ? WHERE id = ? AND gone_at <> ?", stored(g.At), id, stored(g.At))
}

func (t *tx) sawAlbum(s Seen) error {
	id, err := t.album(s.Key)
	if err != nil {
		return err
	}
	return t.change(`
		UPDATE albums SET seen_title = ?, seen_cover = ?, product_url = ?, seen_count = ?, seen_at = ?
		WHERE id = ? AND ((seen_title, seen_cover, product_url, seen_count) <> (?, ?, ?, ?) OR (seen_at = '' AND ? <> ''))`,
		s.Title, s.Cover, s.ProductURL, s.Count, stored(s.At),
		id, s.Title, s.Cover, s.ProductURL, s.Count, stored(s.At))
}

func (t *tx) setTitle(key, title string) error {
	id, err := t.album(key)
	if err != nil {
		return err
	}
	return t.change("UPDATE albums SET title = ? WHERE id = ? AND title <> ?", title, id, title)
}

func (t *tx) setCover(key, item string) error {
	id, err := t.album(key)
	if err != nil {
		return err
	}
	return t.change("UPDATE albums SET cover = ? WHERE id = ? AND cover <> ?", item, id, item)
}

func (t *tx) setPolicy(key string, p Policy) error {
	id, err := t.album(key)
	if err != nil {
		return err
	}
	return t.change("UPDATE albums SET membership = ?, on_remove = ? WHERE id = ? AND (membership, on_remove) <> (?, ?)",
		p.Membership, p.OnRemove, id, p.Membership, p.OnRemove)
}
