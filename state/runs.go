package state

import (
	"context"
	"database/sql"
	"fmt"
)

// maxRuns is how many runs of an account are kept, the newest.
const maxRuns = 200

// AddRun remembers a run that is over. Its ID is not looked at.
func (a *Account) AddRun(ctx context.Context, r Run) error {
	_, err := a.StartRun(ctx, r)
	return err
}

// StartRun remembers a run that begins, and gives it its id for FinishRun.
func (a *Account) StartRun(ctx context.Context, r Run) (int64, error) {
	var id int64
	err := a.write(ctx, "remembering a run", Apply, func(t *tx) error {
		_, err := t.row([]any{&id}, `
			INSERT INTO runs (account, command, generation, outcome, started_at, ended_at, report)
			VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			t.account, r.Command, r.Generation, r.Outcome, stored(r.StartedAt), stored(r.EndedAt), string(r.Report))
		if err != nil {
			return err
		}
		_, err = t.exec(`
			DELETE FROM runs WHERE account = ? AND id NOT IN
				(SELECT id FROM runs WHERE account = ? ORDER BY id DESC LIMIT ?)`, t.account, t.account, maxRuns)
		return err
	})
	return id, err
}

// FinishRun replaces what is remembered of a run, found by its ID.
func (a *Account) FinishRun(ctx context.Context, r Run) error {
	return a.write(context.WithoutCancel(ctx), "remembering a run", Apply, func(t *tx) error {
		n, err := t.exec(`
			UPDATE runs SET command = ?, generation = ?, outcome = ?, started_at = ?, ended_at = ?, report = ?
			WHERE account = ? AND id = ?`,
			r.Command, r.Generation, r.Outcome, stored(r.StartedAt), stored(r.EndedAt), string(r.Report), t.account, r.ID)
		if err == nil && n == 0 {
			err = fmt.Errorf("no run %d is remembered", r.ID)
		}
		return err
	})
}

// Runs are the newest n runs, the newest first; 0 means all that are kept.
func (a *Account) Runs(ctx context.Context, n int) ([]Run, error) {
	if n <= 0 {
		n = maxRuns
	}
	var runs []Run
	err := a.read(ctx, "reading the runs", func(t *tx) error {
		runs = nil
		return t.each(func(rows *sql.Rows) error {
			var r Run
			err := rows.Scan(&r.ID, &r.Command, &r.Generation, &r.Outcome, moment{&r.StartedAt}, moment{&r.EndedAt}, &r.Report)
			runs = append(runs, r)
			return err
		}, `SELECT id, command, generation, outcome, started_at, ended_at, report
			FROM runs WHERE account = ? ORDER BY id DESC LIMIT ?`, t.account, n)
	})
	return runs, err
}
