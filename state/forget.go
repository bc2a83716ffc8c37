package state

import "context"

// Forget drops bindings with all that is known of their albums, in one
// transaction: members, captions, shares, quarantine, and the writes without a
// known end, which are about an album that nobody speaks for any more. The items
// of the library stay known by their bytes. A key that nothing is bound to is an
// *UnboundError, and then nothing is forgotten.
func (a *Account) Forget(ctx context.Context, keys ...string) error {
	return a.write(ctx, "forgetting", Apply, func(t *tx) error {
		for _, key := range keys {
			if _, err := t.album(key); err != nil {
				return err
			}
			if err := t.change("DELETE FROM intents WHERE account = ? AND key = ?", t.account, key); err != nil {
				return err
			}
			if err := t.forget(key); err != nil {
				return err
			}
		}
		return nil
	})
}
