package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Intend remembers a write before it is made. It is durable when it returns. A
// second open intent of the same id is refused with an *OpenIntentError: the same
// wish is not sent twice.
func (a *Account) Intend(ctx context.Context, i Intent) error {
	if i.ID == "" {
		return errors.New("opening an intent: it has no id")
	}
	if i.OpenedAt.IsZero() {
		i.OpenedAt = time.Now()
	}
	return a.write(ctx, "opening the intent "+i.ID, Apply, func(t *tx) error {
		open := OpenIntentError{ID: i.ID}
		found, err := t.row([]any{moment{&open.OpenedAt}, &open.Doubt},
			"SELECT opened_at, doubt FROM intents WHERE account = ? AND id = ?", t.account, i.ID)
		if err != nil {
			return err
		}
		if found {
			return &open
		}
		return t.change("INSERT INTO intents (account, id, key, kind, payload, opened_at, note, doubt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			t.account, i.ID, i.Key, i.Kind, string(i.Payload), stored(i.OpenedAt), i.Note, i.Doubt)
	})
}

// Doubt notes that the answer of an open intent's write was lost, and why. It is
// done even when ctx is over.
func (a *Account) Doubt(ctx context.Context, id, note string) error {
	return a.write(context.WithoutCancel(ctx), "noting a doubt", Apply, func(t *tx) error {
		found, err := t.row([]any{new(int)}, "SELECT 1 FROM intents WHERE account = ? AND id = ?", t.account, id)
		if err != nil {
			return err
		}
		if !found {
			return &NoIntentError{id}
		}
		return t.change("UPDATE intents SET doubt = ?, note = ? WHERE account = ? AND id = ? AND (doubt, note) <> (?, ?)",
			true, note, t.account, id, true, note)
	})
}

// Outcome is how an intent ends. There is none for a write whose effect is not
// known: such an intent stays open.
type Outcome int

// The outcomes. The zero Outcome is none.
const (
	Done    Outcome = iota + 1 // the write happened
	Refused                    // it provably did not
)

// Settle ends an open intent and stores what its write has changed, in one
// transaction. It is done even when ctx is over, because the call behind it is
// done, too.
func (a *Account) Settle(ctx context.Context, id string, outcome Outcome, e Effects) error {
	if outcome != Done && outcome != Refused {
		return fmt.Errorf("settling the intent %s: its outcome is not known, so that it stays open", id)
	}
	if err := e.check(); err != nil {
		return fmt.Errorf("settling the intent %s: %w", id, err)
	}
	return a.write(context.WithoutCancel(ctx), "settling the intent "+id, Apply, func(t *tx) error {
		n, err := t.exec("DELETE FROM intents WHERE account = ? AND id = ?", t.account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return &NoIntentError{id}
		}
		t.shown = true
		return t.apply(&e)
	})
}

// Record stores effects that need no intent: bindings and what was observed.
// Effects that change nothing write nothing.
func (a *Account) Record(ctx context.Context, e Effects) error {
	if err := e.check(); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return a.write(ctx, "recording", Apply, func(t *tx) error { return t.apply(&e) })
}
