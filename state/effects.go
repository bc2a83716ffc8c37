package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
)

func (e *Effects) empty() bool {
	return len(e.Rebind)+len(e.Albums)+len(e.Contents)+len(e.Insert)+len(e.Remove)+len(e.Lost)+len(e.Found)+
		len(e.Labels)+len(e.Media)+len(e.Refused)+len(e.DropUploads)+len(e.Quarantine) == 0
}

// apply writes effects, in the order of their fields.
func (a *Account) apply(ctx context.Context, tx *sql.Tx, e Effects) error {
	w := writer{ctx: ctx, tx: tx, account: a.name}
	for _, r := range e.Rebind {
		w.rebind(r)
	}
	for _, b := range e.Albums {
		w.album(b)
	}
	for _, c := range e.Contents {
		w.exec("DELETE FROM members WHERE account = ? AND key = ?", a.name, c.Key)
		w.insertAt(c.Key, 1, 1, c.Members)
	}
	for _, i := range e.Insert {
		w.insert(i)
	}
	for _, r := range e.Remove {
		w.remove(r)
	}
	for _, l := range e.Lost {
		w.lose(l)
	}
	for _, f := range e.Found {
		for _, item := range f.Items {
			w.exec("DELETE FROM lost WHERE account = ? AND key = ? AND item = ?", a.name, f.Key, item)
		}
	}
	for _, l := range e.Labels {
		w.exec("UPDATE members SET label = ? WHERE account = ? AND key = ? AND item = ?", l.Label, a.name, l.Key, l.Item)
	}
	w.library(e)
	return w.err
}

// writer makes the statements of one transaction and remembers the first error.
type writer struct {
	ctx     context.Context
	tx      *sql.Tx
	account string
	err     error
}

func (w *writer) exec(query string, args ...any) {
	if w.err != nil {
		return
	}
	_, w.err = w.tx.ExecContext(w.ctx, query, args...)
}

// prepared runs a statement once for each set of arguments.
func (w *writer) prepared(query string, n int, args func(i int) []any) {
	if w.err != nil || n == 0 {
		return
	}
	stmt, err := w.tx.PrepareContext(w.ctx, query)
	if err != nil {
		w.err = err
		return
	}
	for i := 0; i < n && w.err == nil; i++ {
		_, w.err = stmt.ExecContext(w.ctx, args(i)...)
	}
	w.err = errors.Join(w.err, stmt.Close())
}

func (w *writer) rebind(r Rebind) {
	for _, table := range []string{"albums", "members", "lost"} {
		w.exec("UPDATE "+table+" SET key = ? WHERE account = ? AND key = ?", r.To, w.account, r.From)
	}
}

func (w *writer) album(b Album) {
	if w.err != nil {
		return
	}
	other := ""
	err := w.tx.QueryRowContext(w.ctx, "SELECT key FROM albums WHERE account = ? AND id = ? AND key <> ?", w.account, b.ID, b.Key).Scan(&other)
	if err == nil {
		w.err = fmt.Errorf("the album %s belongs to the key %s", b.ID, other)
		return
	}
	if !errors.Is(err, sql.ErrNoRows) {
		w.err = err
		return
	}
	w.exec(`INSERT INTO albums (account, key, id, title, cover, url, on_remove, created_at, read_at, gone_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key) DO UPDATE SET id = excluded.id, title = excluded.title, cover = excluded.cover, url = excluded.url,
		on_remove = excluded.on_remove, created_at = excluded.created_at, read_at = excluded.read_at, gone_at = excluded.gone_at`,
		w.account, b.Key, b.ID, b.Title, b.Cover, b.URL, b.OnRemove, nanos(b.CreatedAt), nanos(b.ReadAt), nanos(b.GoneAt))
}

// insertAt puts new members at the ranks from first on, in steps. Those that
// stand in the album keep their rank and take over what is now known of them.
func (w *writer) insertAt(key string, first, step float64, members []Member) {
	rank := first - step
	w.prepared(`INSERT INTO members (account, key, item, rank, digest, label, file_name, ours) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key, item) DO UPDATE SET digest = excluded.digest, label = excluded.label, file_name = excluded.file_name, ours = excluded.ours`,
		len(members), func(i int) []any {
			m := &members[i]
			rank += step
			return []any{w.account, key, m.Item, rank, raw(m.Digest), m.Label, m.FileName, m.Ours}
		})
	w.prepared("DELETE FROM lost WHERE account = ? AND key = ? AND item = ?", len(members), func(i int) []any {
		return []any{w.account, key, members[i].Item}
	})
}

// insert finds the ranks between which members belong. Where too little room is
// left the whole album is ranked anew.
func (w *writer) insert(i Insert) {
	if w.err != nil || len(i.Members) == 0 {
		return
	}
	low, high := w.gap(i)
	step := 1.0
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		low = 0
	case math.IsInf(high, 1):
	case math.IsInf(low, -1):
		low = high - float64(len(i.Members)) - 1
	default:
		step = (high - low) / float64(len(i.Members)+1)
		if step < 1e-6 {
			w.renumber(i.Key)
			low, high = w.gap(i)
			step = (high - low) / float64(len(i.Members)+1)
		}
	}
	w.insertAt(i.Key, low+step, step, i.Members)
}

// gap is the ranks of the neighbours between which an Insert goes; infinite
// where there is none.
func (w *writer) gap(i Insert) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	if i.Front {
		w.rank(&high, "SELECT min(rank) FROM members WHERE account = ? AND key = ?", w.account, i.Key)
		return low, high
	}
	if i.After != "" {
		w.rank(&low, "SELECT rank FROM members WHERE account = ? AND key = ? AND item = ?", w.account, i.Key, i.After)
	}
	if math.IsInf(low, -1) {
		w.rank(&low, "SELECT max(rank) FROM members WHERE account = ? AND key = ?", w.account, i.Key)
		return low, high
	}
	w.rank(&high, "SELECT min(rank) FROM members WHERE account = ? AND key = ? AND rank > ?", w.account, i.Key, low)
	return low, high
}

// rank reads a rank, and leaves the default where there is none.
func (w *writer) rank(into *float64, query string, args ...any) {
	if w.err != nil {
		return
	}
	var found sql.NullFloat64
	err := w.tx.QueryRowContext(w.ctx, query, args...).Scan(&found)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		w.err = err
	}
	if found.Valid {
		*into = found.Float64
	}
}

// renumber gives an album's members whole ranks.
func (w *writer) renumber(key string) {
	w.exec(`UPDATE members SET rank = (SELECT count(*) FROM members AS before
			WHERE before.account = members.account AND before.key = members.key
			AND (before.rank < members.rank OR before.rank = members.rank AND before.item <= members.item)) + 1e9
		WHERE account = ? AND key = ?`, w.account, key)
}

func (w *writer) remove(r Remove) {
	w.prepared(`INSERT INTO lost (account, key, item, digest, by, at)
		SELECT account, key, item, digest, ?, ? FROM members WHERE account = ? AND key = ? AND item = ?
		ON CONFLICT (account, key, item) DO UPDATE SET by = excluded.by, at = excluded.at`,
		len(r.Items), func(i int) []any { return []any{r.By, nanos(r.At), w.account, r.Key, r.Items[i]} })
	w.prepared("DELETE FROM members WHERE account = ? AND key = ? AND item = ?",
		len(r.Items), func(i int) []any { return []any{w.account, r.Key, r.Items[i]} })
}

func (w *writer) lose(l Lost) {
	w.exec(`INSERT INTO lost (account, key, item, digest, by, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key, item) DO UPDATE SET digest = excluded.digest, by = excluded.by, at = excluded.at`,
		w.account, l.Key, l.Item, raw(l.Digest), l.By, nanos(l.At))
}

// library writes what is known beyond single albums.
func (w *writer) library(e Effects) {
	w.prepared(`INSERT INTO media (account, digest, item, file_name, refused, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, digest) DO UPDATE SET item = excluded.item, file_name = excluded.file_name, refused = excluded.refused, created_at = excluded.created_at`,
		len(e.Media), func(i int) []any {
			m := &e.Media[i]
			return []any{w.account, raw(m.Digest), m.Item, m.FileName, m.Refused, nanos(m.CreatedAt)}
		})
	for _, r := range e.Refused {
		w.exec("UPDATE media SET refused = ? WHERE account = ? AND item = ?", r.Why, w.account, r.Item)
	}
	w.prepared("DELETE FROM uploads WHERE account = ? AND digest = ?", len(e.DropUploads), func(i int) []any {
		return []any{w.account, raw(e.DropUploads[i])}
	})
	for _, q := range e.Quarantine {
		w.exec(`INSERT INTO quarantine (account, digest, item, key, label, message, since, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (account, digest, item) DO UPDATE SET key = excluded.key, label = excluded.label, message = excluded.message,
			since = excluded.since, generation = excluded.generation`,
			w.account, raw(q.Digest), q.Item, q.Key, q.Label, q.Message, nanos(q.Since), q.Generation)
	}
	// What came into the library is no longer refused.
	w.prepared("DELETE FROM quarantine WHERE account = ? AND digest = ?", len(e.Media), func(i int) []any {
		return []any{w.account, raw(e.Media[i].Digest)}
	})
}
