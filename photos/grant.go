package photos

import "errors"

// ErrGrantDead is what a Token func wraps when the user's grant is revoked or
// expired, OAuth's invalid_grant. Only a new consent helps.
var ErrGrantDead = errors.New("the grant is revoked or expired")

// IsGrantDead reports whether no access token is to be had any more. Nothing
// helps but the user's consent.
func IsGrantDead(err error) bool { return errors.Is(err, ErrGrantDead) }
