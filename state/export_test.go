package state

import (
	"context"
	"database/sql"
	"fmt"
)

// LimitPages lets the file grow by so many pages and no more: a full disk that
// needs no disk.
func (db *DB) LimitPages(more int) error {
	var pages int
	if err := db.writer.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	var limit int
	return db.writer.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages+more)).Scan(&limit)
}

// Ranks are the ranks of an album's members, in order.
func (a *Account) Ranks(ctx context.Context, key string) ([]float64, error) {
	var ranks []float64
	err := a.read(ctx, "reading ranks", func(t *tx) error {
		ranks = nil
		return t.each(func(rows *sql.Rows) error {
			var r float64
			err := rows.Scan(&r)
			ranks = append(ranks, r)
			return err
		}, "SELECT rank FROM members JOIN albums ON albums.id = members.album WHERE account = ? AND key = ? ORDER BY rank, item", t.account, key)
	})
	return ranks, err
}

// Check runs the database's own check of the whole file.
func (db *DB) Check(ctx context.Context) (string, error) {
	var verdict string
	err := db.read(ctx, func(t *tx) error {
		_, err := t.row([]any{&verdict}, "PRAGMA integrity_check")
		return err
	})
	return verdict, err
}

// Exec changes the file behind the package's back.
func (db *DB) Exec(query string) error {
	_, err := db.writer.Exec(query)
	return err
}

// The parts of migration that tests drive with steps of their own.
var (
	OpenPool      = func(path string) (*sql.DB, error) { return openPool(path, writing, 1) }
	Migrate       = migrate
	SchemaVersion = schemaVersion
	RanksBetween  = ranksBetween
)

// ApplicationID marks a file as a state.
const ApplicationID = applicationID

// MinGap is the narrowest gap between two ranks.
const MinGap = minGap
