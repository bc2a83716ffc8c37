package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Share is how an album was shared last, by us or as we wanted it.
type Share struct {
	Key           string
	Shared        bool // otherwise it was unshared
	Collaborative bool
	Commentable   bool
	TokenHash     string // of the share token, never the token: whoever has one can join
	At            time.Time
}

// Joined is a shared album of somebody else that we joined.
type Joined struct {
	Key       string
	Album     string // Google's id
	Title     string
	TokenHash string
	At        time.Time
}

// Approval is a yes to a held plan, until the plan is carried out.
type Approval struct {
	Plan     string
	Removals int // at most so many; 0 is as many as the plan holds
	At       time.Time
}

// Approve remembers a yes. It needs no lock, because whoever says it does so while
// somebody else works.
func (a *Account) Approve(ctx context.Context, yes Approval) error {
	if yes.Plan == "" {
		return errors.New("approving a plan: it has no id")
	}
	return a.write(ctx, "approving a plan", Observe, func(t *tx) error {
		_, err := t.exec(`
			INSERT INTO approvals (account, plan, removals, approved_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (account, plan) DO UPDATE SET removals = excluded.removals, approved_at = excluded.approved_at`,
			t.account, yes.Plan, yes.Removals, stored(yes.At))
		return err
	})
}

// Approvals are the plans that somebody said yes to and that were not carried out
// since, by plan. A View does not show them: a yes makes no plan stale.
func (a *Account) Approvals(ctx context.Context) ([]Approval, error) {
	var out []Approval
	err := a.read(ctx, "reading the approvals", func(t *tx) error {
		out = nil
		return t.each(func(rows *sql.Rows) error {
			var yes Approval
			err := rows.Scan(&yes.Plan, &yes.Removals, moment{&yes.At})
			out = append(out, yes)
			return err
		}, "SELECT plan, removals, approved_at FROM approvals WHERE account = ? ORDER BY plan", t.account)
	})
	return out, err
}

func (t *tx) applySharing(e *Effects) error {
	return firstError(
		inTurn(e.Shares, t.setShare),
		inTurn(e.Join, t.join),
		inTurn(e.Leave, func(key string) error {
			return t.change("DELETE FROM joined WHERE account = ? AND key = ?", t.account, key)
		}),
		inTurn(e.UseApproval, func(plan string) error {
			_, err := t.exec("DELETE FROM approvals WHERE account = ? AND plan = ?", t.account, plan)
			return err
		}),
	)
}

// setShare keeps the time of a share that is the same as before.
func (t *tx) setShare(s Share) error {
	id, err := t.album(s.Key)
	if err != nil {
		return err
	}
	return t.change(`
		INSERT INTO shares (album, shared, collaborative, commentable, token_hash, written_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (album) DO UPDATE SET shared = excluded.shared, collaborative = excluded.collaborative,
			commentable = excluded.commentable, token_hash = excluded.token_hash, written_at = excluded.written_at
		WHERE (shares.shared, shares.collaborative, shares.commentable, shares.token_hash)
			<> (excluded.shared, excluded.collaborative, excluded.commentable, excluded.token_hash)`,
		id, s.Shared, s.Collaborative, s.Commentable, s.TokenHash, stored(s.At))
}

func (t *tx) join(j Joined) error {
	return t.change(`
		INSERT INTO joined (account, key, album, title, token_hash, joined_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key) DO UPDATE SET album = excluded.album, title = excluded.title,
			token_hash = excluded.token_hash, joined_at = excluded.joined_at
		WHERE (joined.album, joined.title, joined.token_hash) <> (excluded.album, excluded.title, excluded.token_hash)`,
		t.account, j.Key, j.Album, j.Title, j.TokenHash, stored(j.At))
}

// sharing reads what is shared and joined.
func (v *View) sharing(t *tx) error {
	return firstError(
		func() error {
			return t.each(func(rows *sql.Rows) error {
				var s Share
				err := rows.Scan(&s.Key, &s.Shared, &s.Collaborative, &s.Commentable, &s.TokenHash, moment{&s.At})
				v.Shares = append(v.Shares, s)
				return err
			}, `SELECT albums.key, shared, collaborative, commentable, token_hash, written_at
				FROM albums JOIN shares ON shares.album = albums.id WHERE account = ? ORDER BY albums.key`, t.account)
		},
		func() error {
			return t.each(func(rows *sql.Rows) error {
				var j Joined
				err := rows.Scan(&j.Key, &j.Album, &j.Title, &j.TokenHash, moment{&j.At})
				v.Joined = append(v.Joined, j)
				return err
			}, "SELECT key, album, title, token_hash, joined_at FROM joined WHERE account = ? ORDER BY key", t.account)
		},
	)
}
