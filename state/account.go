package state

import (
	"context"
)

// Endpoint is the service that the account lives on, "" before the first use.
func (a *Account) Endpoint(ctx context.Context) (string, error) {
	var endpoint string
	err := a.read(ctx, "reading the account's service", func(t *tx) error {
		_, err := t.row([]any{&endpoint}, "SELECT endpoint FROM accounts WHERE id = ?", t.account)
		return err
	})
	return endpoint, err
}

// BindEndpoint remembers at its first use which service the account lives on,
// and refuses any other with an *EndpointError from then on: what was learned of
// Google would be nonsense on an emulator, and the other way round.
func (a *Account) BindEndpoint(ctx context.Context, endpoint string) error {
	return a.write(ctx, "binding the account to its service", Apply, func(t *tx) error {
		var bound string
		_, err := t.row([]any{&bound}, "SELECT endpoint FROM accounts WHERE id = ?", t.account)
		if err != nil || bound == endpoint {
			return err
		}
		if bound != "" {
			return &EndpointError{Account: a.name, Bound: bound, Asked: endpoint}
		}
		_, err = t.exec("UPDATE accounts SET endpoint = ? WHERE id = ?", endpoint, t.account)
		return err
	})
}
