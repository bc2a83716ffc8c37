package state

import (
	"database/sql"
	"time"
)

// Enrichment is a text, a place or a route that we wrote into an album. The API
// never shows it again: this is all that is known of it.
type Enrichment struct {
	Key       string // of the album
	Identity  string // its name among those of the album
	ID        string // Google's; "" when it is not known
	Content   string // what it says
	Label     string // the same in short
	Place     string // what stands around it, in the caller's words
	WrittenAt time.Time
}

// Forgotten names an enrichment of which nothing shall be known any more.
type Forgotten struct{ Key, Identity string }

// putEnrichment takes over what is known of an enrichment. It keeps the time at
// which it was first remembered.
func (t *tx) putEnrichment(e Enrichment) error {
	album, err := t.album(e.Key)
	if err != nil {
		return err
	}
	return t.change(`
		INSERT INTO enrichments (album, identity, enrichment, content, label, after, written_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (album, identity) DO UPDATE SET
			enrichment = excluded.enrichment, content = excluded.content, label = excluded.label, after = excluded.after
		WHERE (enrichments.enrichment, enrichments.content, enrichments.label, enrichments.after)
			<> (excluded.enrichment, excluded.content, excluded.label, excluded.after)`,
		album, e.Identity, e.ID, e.Content, e.Label, e.Place, stored(e.WrittenAt))
}

// forgetEnrichment forgets one, and is content when it is not there: the album may
// be forgotten, too.
func (t *tx) forgetEnrichment(f Forgotten) error {
	return t.change("DELETE FROM enrichments WHERE identity = ? AND album = (SELECT id FROM albums WHERE account = ? AND key = ?)",
		f.Identity, t.account, f.Key)
}

func (v *View) enrichments(t *tx) error {
	return t.each(func(rows *sql.Rows) error {
		var e Enrichment
		err := rows.Scan(&e.Key, &e.Identity, &e.ID, &e.Content, &e.Label, &e.Place, moment{&e.WrittenAt})
		v.Enrichments = append(v.Enrichments, e)
		return err
	}, `SELECT albums.key, identity, enrichment, content, label, after, written_at
		FROM albums JOIN enrichments ON enrichments.album = albums.id
		WHERE account = ? ORDER BY albums.key, written_at, identity`, t.account)
}
