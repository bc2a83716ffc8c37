package state

import (
	"context"
	"database/sql"
	"time"
)

// Description is what an item says, as we wrote it or as a read showed that it
// stands there as wanted.
type Description struct {
	ItemID string
	Text   string // "" forgets what is known of the item
	At     time.Time
}

// describe remembers a description, or forgets one. The same text once more keeps
// its time.
func (t *tx) describe(d Description) error {
	if d.Text == "" {
		return t.change("DELETE FROM descriptions WHERE account = ? AND item = ?", t.account, d.ItemID)
	}
	return t.change(`
		INSERT INTO descriptions (account, item, text, written_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (account, item) DO UPDATE SET text = excluded.text, written_at = excluded.written_at
		WHERE descriptions.text <> excluded.text`,
		t.account, d.ItemID, d.Text, stored(d.At))
}

// Descriptions are the known descriptions, by item.
func (a *Account) Descriptions(ctx context.Context) (map[string]string, error) {
	var out map[string]string
	err := a.read(ctx, "reading the descriptions", func(t *tx) error {
		out = map[string]string{}
		return t.each(func(rows *sql.Rows) error {
			var item, text string
			err := rows.Scan(&item, &text)
			out[item] = text
			return err
		}, "SELECT item, text FROM descriptions WHERE account = ?", t.account)
	})
	return out, err
}
