package state

import (
	"context"
	"database/sql"
)

// Accounts are the names of the accounts that the state knows, sorted.
func (db *DB) Accounts(ctx context.Context) ([]string, error) {
	var names []string
	err := db.read(ctx, func(t *tx) error {
		names = nil
		return t.each(func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names = append(names, name)
			return err
		}, "SELECT name FROM accounts ORDER BY name")
	})
	return names, err
}
