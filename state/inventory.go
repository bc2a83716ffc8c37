package state

import (
	"context"
	"os"
	"time"
)

// Inventory is what the memory holds of one account, counted.
type Inventory struct {
	Endpoint   string // the service that it lives on; "" before the first use
	Serial     int64
	Albums     []AlbumLine // by key
	Intents    []IntentRow
	Quarantine []QuarantineRow
	Uploads    int // bytes that Google holds and that are no items yet
	Sessions   int // uploads that were begun
	Media      int // items whose bytes are known
	Files      int // files whose digests are known
	Runs       int
}

// AlbumLine is one bound album in short.
type AlbumLine struct {
	Key, ID, Title, URL string
	Items, Ours         int
	// Written is when albumen last wrote something that leaves a time: made the
	// album, took something out, wrote a caption, shared it, or made one of the items
	// that stand in it. It is zero when none of it happened.
	Written time.Time
	Read    time.Time // when the members were last known in full; zero means never
	Gone    time.Time // when somebody was found to have deleted it
}

// writtenAt is AlbumLine.Written in a query of albums. Times sort as text, and ”
// is the zero time.
const writtenAt = `MAX(created_at,
	COALESCE((SELECT MAX(taken_at) FROM removed WHERE removed.album = albums.id AND taken_by = '` + ByUs + `'), ''),
	COALESCE((SELECT MAX(written_at) FROM enrichments WHERE enrichments.album = albums.id), ''),
	COALESCE((SELECT MAX(written_at) FROM shares WHERE shares.album = albums.id), ''),
	COALESCE((SELECT MAX(media.created_at) FROM members JOIN media ON media.account = albums.account AND media.digest = members.digest
		WHERE members.album = albums.id AND members.ours), ''))`

// Inventory counts what is remembered of the account.
func (a *Account) Inventory(ctx context.Context) (Inventory, error) {
	var i Inventory
	err := a.read(ctx, "counting what is remembered", func(t *tx) error {
		i = Inventory{}
		live := stored(time.Now().Add(-UploadLife))
		return firstError(
			func() error {
				_, err := t.row([]any{&i.Endpoint, &i.Serial}, "SELECT endpoint, serial FROM accounts WHERE id = ?", t.account)
				return err
			},
			fill(t, &i.Albums, func(l *AlbumLine) []any {
				return []any{&l.Key, &l.ID, &l.Title, &l.URL, &l.Items, &l.Ours, moment{&l.Written}, moment{&l.Read}, moment{&l.Gone}}
			}, `SELECT key, album, title, product_url,
					(SELECT COUNT(*) FROM members WHERE members.album = albums.id),
					(SELECT COUNT(*) FROM members WHERE members.album = albums.id AND ours),
					`+writtenAt+`, read_at, gone_at
				FROM albums WHERE account = ? ORDER BY key`, t.account),
			fill(t, &i.Intents, intentFields, selectIntents+" ORDER BY opened_at, id", t.account),
			fill(t, &i.Quarantine, quarantineFields, selectQuarantine+" ORDER BY key, label, digest, item", t.account),
			t.count(&i.Uploads, "SELECT COUNT(*) FROM uploads WHERE account = ? AND created_at > ?", t.account, live),
			t.count(&i.Sessions, "SELECT COUNT(*) FROM sessions WHERE account = ? AND created_at > ?", t.account, live),
			t.count(&i.Media, "SELECT COUNT(*) FROM media WHERE account = ?", t.account),
			t.count(&i.Files, "SELECT COUNT(*) FROM files WHERE account = ?", t.account),
			t.count(&i.Runs, "SELECT COUNT(*) FROM runs WHERE account = ?", t.account),
		)
	})
	return i, err
}

// count is a step that counts rows.
func (t *tx) count(into *int, query string, args ...any) func() error {
	return func() error {
		_, err := t.row([]any{into}, query, args...)
		return err
	}
}

// Path is the file that the memory is kept in.
func (db *DB) Path() string { return db.path }

// Size is how many bytes the memory takes on disk, with what was not yet taken
// into its file.
func (db *DB) Size() (int64, error) {
	info, err := os.Stat(db.path)
	if err != nil {
		return 0, err
	}
	size := info.Size()
	if log, err := os.Stat(db.path + "-wal"); err == nil {
		size += log.Size()
	}
	return size, nil
}

// Keys are the keys that albums are bound to, sorted.
func (a *Account) Keys(ctx context.Context) ([]string, error) {
	var keys []string
	err := a.read(ctx, "reading the keys", func(t *tx) (err error) {
		keys, err = listed(t, func(key *string) []any { return []any{key} }, "SELECT key FROM albums WHERE account = ? ORDER BY key", t.account)
		return err
	})
	return keys, err
}
