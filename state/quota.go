package state

import (
	"context"
	"database/sql"
	"fmt"
)

// quotaDays is how many days are kept.
const quotaDays = 60

// Quota is how many calls of the client are counted on a day, a date in
// California as "2026-11-24".
func (db *DB) Quota(ctx context.Context, day string) (int, error) {
	used := 0
	err := db.read(ctx, func(t *tx) error {
		used = 0
		_, err := t.row([]any{&used}, "SELECT used FROM quota WHERE client = ? AND day = ?", db.client, day)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("reading the count of calls: %w", err)
	}
	return used, nil
}

// ClientCalls is how many calls of an OAuth client are counted on a day.
type ClientCalls struct {
	Client string // "" counts the calls of no known client
	Used   int
}

// QuotaByClient is what is counted of all clients on a day, sorted by client.
func (db *DB) QuotaByClient(ctx context.Context, day string) ([]ClientCalls, error) {
	var out []ClientCalls
	err := db.read(ctx, func(t *tx) error {
		out = nil
		return t.each(func(rows *sql.Rows) error {
			var c ClientCalls
			err := rows.Scan(&c.Client, &c.Used)
			out = append(out, c)
			return err
		}, "SELECT client, used FROM quota WHERE day = ? ORDER BY client", day)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the count of calls: %w", err)
	}
	return out, nil
}

// Lease counts calls before they are made, so that a crash over-counts and never
// under-counts. A caller that leases some at a time pays one write for them all.
func (db *DB) Lease(ctx context.Context, day string, n int) error {
	_, err := db.LeaseWithin(ctx, day, n, 0)
	return err
}

// LeaseWithin is Lease up to a limit of calls that the day may have, 0 for none.
// It tells how many it got: two processes never get more than the limit.
func (db *DB) LeaseWithin(ctx context.Context, day string, n, limit int) (int, error) {
	if n <= 0 {
		return 0, nil
	}
	granted := 0
	err := db.write(ctx, Observe, func(t *tx) error {
		used := 0
		known, err := t.row([]any{&used}, "SELECT used FROM quota WHERE client = ? AND day = ?", db.client, day)
		if err != nil {
			return err
		}
		granted = n
		if limit > 0 {
			granted = max(0, min(n, limit-used))
		}
		if granted == 0 {
			return nil
		}
		if known {
			_, err = t.exec("UPDATE quota SET used = used + ? WHERE client = ? AND day = ?", granted, db.client, day)
			return err
		}
		if _, err := t.exec("INSERT INTO quota (client, day, used) VALUES (?, ?, ?)", db.client, day, granted); err != nil {
			return err
		}
		_, err = t.exec(`
			DELETE FROM quota WHERE client = ? AND day NOT IN
				(SELECT day FROM quota WHERE client = ? ORDER BY day DESC LIMIT ?)`, db.client, db.client, quotaDays)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("counting calls: %w", err)
	}
	return granted, nil
}

// Return gives back calls that were leased and not made.
func (db *DB) Return(ctx context.Context, day string, n int) error {
	if n <= 0 {
		return nil
	}
	err := db.write(ctx, Observe, func(t *tx) error {
		_, err := t.exec("UPDATE quota SET used = MAX(0, used - ?) WHERE client = ? AND day = ?", n, db.client, day)
		return err
	})
	if err != nil {
		return fmt.Errorf("counting calls: %w", err)
	}
	return nil
}
