package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Export is the whole memory, in one moment.
func (db *DB) Export(ctx context.Context) (Document, error) {
	var d Document
	err := db.read(ctx, func(t *tx) error {
		d = Document{FormatVersion: DocumentVersion, SchemaVersion: schemaVersion(), ExportedAt: time.Now().UTC(), Accounts: []AccountDocument{}}
		ids, err := t.accountIDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			t.account = id
			one, err := t.accountDocument()
			if err != nil {
				return err
			}
			d.Accounts = append(d.Accounts, one)
		}
		return fill(t, &d.Quota, func(q *QuotaRow) []any { return []any{&q.Client, &q.Day, &q.Used} },
			"SELECT client, day, used FROM quota ORDER BY day, client")()
	})
	if err != nil {
		return Document{}, fmt.Errorf("exporting the memory: %w", err)
	}
	return d, nil
}

// Card is everything that is known of one album.
type Card struct {
	AlbumDocument
	Intents      []IntentRow      `json:"intents"`
	Quarantine   []QuarantineRow  `json:"quarantine"`
	Descriptions []DescriptionRow `json:"descriptions"` // of its members, in no album order
}

// Card reads everything that is known of the album of a key. A key that nothing is
// bound to is an *UnboundError.
func (a *Account) Card(ctx context.Context, key string) (Card, error) {
	var c Card
	err := a.read(ctx, "reading what is known of "+key, func(t *tx) error {
		c = Card{}
		id, err := t.album(key)
		if err != nil {
			return err
		}
		return firstError(
			func() error { c.AlbumDocument, err = t.albumDocument(id); return err },
			fill(t, &c.Intents, intentFields, selectIntents+" AND key = ? ORDER BY opened_at, id", t.account, key),
			fill(t, &c.Quarantine, quarantineFields, selectQuarantine+" AND key = ? ORDER BY label, digest, item", t.account, key),
			fill(t, &c.Descriptions, descriptionFields,
				selectDescriptions+" AND item IN (SELECT item FROM members WHERE album = ?) ORDER BY item", t.account, id),
		)
	})
	return c, err
}

func (t *tx) accountIDs() ([]int64, error) {
	var ids []int64
	err := t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT id FROM accounts ORDER BY name")
	return ids, err
}

// accountDocument reads the account of the transaction.
func (t *tx) accountDocument() (AccountDocument, error) {
	a := AccountDocument{Albums: []AlbumDocument{}}
	err := firstError(
		func() error {
			_, err := t.row([]any{&a.Name, &a.Endpoint, &a.Serial}, "SELECT name, endpoint, serial FROM accounts WHERE id = ?", t.account)
			return err
		},
		func() error { return t.albumDocuments(&a) },
		fill(t, &a.Media, func(m *MediaRow) []any {
			return []any{hexed{&m.Digest}, &m.Item, &m.FileName, &m.Refused, moment{&m.Created}}
		}, "SELECT digest, item, file_name, refused, created_at FROM media WHERE account = ? ORDER BY digest", t.account),
		fill(t, &a.Intents, intentFields, selectIntents+" ORDER BY opened_at, id", t.account),
		fill(t, &a.Quarantine, quarantineFields, selectQuarantine+" ORDER BY key, label, digest, item", t.account),
		fill(t, &a.Descriptions, descriptionFields, selectDescriptions+" ORDER BY item", t.account),
		fill(t, &a.Joined, func(j *JoinedRow) []any { return []any{&j.Key, &j.Album, &j.Title, moment{&j.Joined}} },
			"SELECT key, album, title, joined_at FROM joined WHERE account = ? ORDER BY key", t.account),
		fill(t, &a.Approvals, func(p *ApprovalRow) []any { return []any{&p.Plan, &p.Removals, moment{&p.Approved}} },
			"SELECT plan, removals, approved_at FROM approvals WHERE account = ? ORDER BY plan", t.account),
		fill(t, &a.Unsupported, func(u *UnsupportedRow) []any { return []any{&u.Method, moment{&u.Since}} },
			"SELECT method, since FROM unsupported WHERE account = ? ORDER BY method", t.account),
		fill(t, &a.Uploads, func(u *UploadRow) []any { return []any{hexed{&u.Digest}, &u.Size, moment{&u.Created}} },
			"SELECT digest, size, created_at FROM uploads WHERE account = ? ORDER BY digest", t.account),
		fill(t, &a.Files, func(f *FileRow) []any {
			return []any{&f.Path, &f.Size, moment{&f.Modified}, hexed{&f.Digest}, moment{&f.Taken}, moment{&f.Hashed}}
		}, "SELECT path, size, mod_time, digest, taken, hashed_at FROM files WHERE account = ? ORDER BY path", t.account),
		fill(t, &a.Runs, func(r *RunRow) []any {
			return []any{&r.Command, &r.Generation, &r.Outcome, moment{&r.Started}, moment{&r.Ended}, document{&r.Report}}
		}, "SELECT command, generation, outcome, started_at, ended_at, report FROM runs WHERE account = ? ORDER BY id DESC", t.account),
	)
	return a, err
}

const (
	selectIntents      = "SELECT id, key, kind, opened_at, doubt, note, payload FROM intents WHERE account = ?"
	selectQuarantine   = "SELECT key, label, item, digest, reason, message, since, tries FROM quarantine WHERE account = ?"
	selectDescriptions = "SELECT item, text, written_at FROM descriptions WHERE account = ?"
)

func intentFields(i *IntentRow) []any {
	return []any{&i.ID, &i.Key, &i.Kind, moment{&i.Opened}, &i.Lost, &i.Note, document{&i.Payload}}
}

func quarantineFields(q *QuarantineRow) []any {
	return []any{&q.Key, &q.Label, &q.Item, hexed{&q.Digest}, &q.Reason, &q.Message, moment{&q.Since}, &q.Tries}
}

func descriptionFields(d *DescriptionRow) []any {
	return []any{&d.Item, &d.Text, moment{&d.Written}}
}

// albumDocuments reads the bound albums of the account.
func (t *tx) albumDocuments(a *AccountDocument) error {
	ids := []int64{}
	err := t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT id FROM albums WHERE account = ? ORDER BY key", t.account)
	if err != nil {
		return err
	}
	for _, id := range ids {
		one, err := t.albumDocument(id)
		if err != nil {
			return err
		}
		a.Albums = append(a.Albums, one)
	}
	return nil
}

// albumDocument reads one album by its row.
func (t *tx) albumDocument(id int64) (AlbumDocument, error) {
	var a AlbumDocument
	err := firstError(
		func() error {
			_, err := t.row([]any{&a.Key, &a.Album, &a.Title, &a.Cover, &a.Membership, &a.OnRemove, &a.URL,
				moment{&a.Created}, moment{&a.Read}, moment{&a.Gone}, moment{&a.Written}},
				`SELECT key, album, title, cover, membership, on_remove, product_url, created_at, read_at, gone_at, `+writtenAt+`
				FROM albums WHERE id = ?`, id)
			return err
		},
		fill(t, &a.Members, func(m *MemberRow) []any {
			return []any{&m.Item, &m.Label, &m.FileName, hexed{&m.Digest}, &m.Ours}
		}, "SELECT item, path, file_name, digest, ours FROM members WHERE album = ? ORDER BY rank, item", id),
		fill(t, &a.Removed, func(r *RemovedRow) []any {
			return []any{&r.Item, hexed{&r.Digest}, moment{&r.At}, &r.By}
		}, "SELECT item, digest, taken_at, taken_by FROM removed WHERE album = ? ORDER BY taken_at, item", id),
		fill(t, &a.Enrichments, func(e *EnrichmentRow) []any {
			return []any{&e.Identity, &e.Enrichment, &e.Label, &e.Content, &e.After, moment{&e.Written}}
		}, "SELECT identity, enrichment, label, content, after, written_at FROM enrichments WHERE album = ? ORDER BY written_at, identity", id),
		func() error {
			var s ShareRow
			found, err := t.row([]any{&s.Shared, &s.Collaborative, &s.Commentable, moment{&s.Written}},
				"SELECT shared, collaborative, commentable, written_at FROM shares WHERE album = ?", id)
			if found {
				a.Share = &s
			}
			return err
		},
	)
	return a, err
}
