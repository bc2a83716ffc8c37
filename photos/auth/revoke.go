package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Revoke ends what a person granted, at the service; a nil client is one that
// suits it. A grant that is dead already is no error. Google then drops all that
// this person granted to the client's project, so that every machine with these
// credentials is logged out.
func Revoke(ctx context.Context, t Token, client *http.Client) error {
	if client == nil {
		client = endpointClient()
	}
	form := url.Values{"token": {t.Refresh.Reveal()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, revokeURL(t.TokenURL), strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("revoking the access: the token leads to no address")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("revoking the access: %w", context.Cause(ctx))
		}
		return fmt.Errorf("revoking the access: %w", &TemporaryError{errors.New(clean(err.Error()))})
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what breaks off has said enough by its status
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode == http.StatusBadRequest && strings.Contains(string(body), "invalid_token"):
		return nil
	case resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("revoking the access: %w", &TemporaryError{&RefusedError{Status: resp.StatusCode}})
	}
	return fmt.Errorf("revoking the access: %w", &RefusedError{Status: resp.StatusCode})
}
