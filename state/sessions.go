package state

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

// Session is an upload that was begun and has not ended. Whoever has its address
// and the account's token can go on with it, so it is never printed.
type Session struct {
	Digest      Digest
	URL         string
	Granularity int64 // bytes; what arrives counts in multiples of it
	CreatedAt   time.Time
}

// String keeps the address out of whatever prints the session.
func (s Session) String() string { return "[upload session]" }

// GoString is what %#v prints.
func (s Session) GoString() string { return s.String() }

// LogValue keeps the address out of logs.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// PutSession remembers where an upload goes on, and forgets those that are too
// old. A session without an address is forgotten.
func (a *Account) PutSession(ctx context.Context, s Session) error {
	return a.write(ctx, "remembering an upload session", Apply, func(t *tx) error {
		_, err := t.exec("DELETE FROM sessions WHERE account = ? AND (created_at <= ? OR digest = ?)",
			t.account, stored(time.Now().Add(-UploadLife)), s.Digest[:])
		if err != nil || s.URL == "" {
			return err
		}
		_, err = t.exec("INSERT INTO sessions (account, digest, url, granularity, created_at) VALUES (?, ?, ?, ?, ?)",
			t.account, s.Digest[:], s.URL, s.Granularity, stored(s.CreatedAt))
		return err
	})
}

// Session is the session of some bytes; one without an address means that there
// is none, or that it is too old.
func (a *Account) Session(ctx context.Context, d Digest) (Session, error) {
	s := Session{Digest: d}
	err := a.read(ctx, "reading an upload session", func(t *tx) error {
		_, err := t.row([]any{&s.URL, &s.Granularity, moment{&s.CreatedAt}},
			"SELECT url, granularity, created_at FROM sessions WHERE account = ? AND digest = ? AND created_at > ?",
			t.account, d[:], stored(time.Now().Add(-UploadLife)))
		return err
	})
	return s, err
}

// PutUnsupported remembers that the service refuses a method to this account. The
// first time counts.
func (a *Account) PutUnsupported(ctx context.Context, method string, since time.Time) error {
	return a.write(ctx, "remembering what is not supported", Observe, func(t *tx) error {
		_, err := t.exec("INSERT INTO unsupported (account, method, since) VALUES (?, ?, ?) ON CONFLICT (account, method) DO NOTHING",
			t.account, method, stored(since))
		return err
	})
}

// Unsupported are the methods that the service refuses to this account, with
// when that was learned.
func (a *Account) Unsupported(ctx context.Context) (map[string]time.Time, error) {
	var out map[string]time.Time
	err := a.read(ctx, "reading what is not supported", func(t *tx) error {
		out = map[string]time.Time{}
		return t.each(func(rows *sql.Rows) error {
			var method string
			var since time.Time
			err := rows.Scan(&method, moment{&since})
			out[method] = since
			return err
		}, "SELECT method, since FROM unsupported WHERE account = ?", t.account)
	})
	return out, err
}

// ForgetUnsupported lets everything be tried again, as after a new login.
func (a *Account) ForgetUnsupported(ctx context.Context) error {
	return a.write(ctx, "forgetting what is not supported", Observe, func(t *tx) error {
		_, err := t.exec("DELETE FROM unsupported WHERE account = ?", t.account)
		return err
	})
}
