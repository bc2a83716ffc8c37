package photos

import (
	"net/http"
	"slices"
	"sync"
)

// IsUnsupported reports whether the service refuses a sharing method for good, as
// it does since 2025-03-31. A service of the older era refuses it like that to a
// token without the scope for sharing.
func IsUnsupported(err error) bool {
	e := as(err)
	if e.withdrawn {
		return true
	}
	// A page of a front end has no status, and says nothing of the service; other
	// refusals are of the project, the account or the one album.
	return e.Method.Sharing() && e.HTTPStatus == http.StatusForbidden && e.Status != "" &&
		!IsAPIDisabled(err) && !IsNoPhotos(err) && !IsNotOurs(err)
}

// withdrawn is the error of a call that need not be made, because the answer is
// known.
func withdrawn(m Method) *Error {
	return &Error{
		Method: m, Status: "PERMISSION_DENIED", Effect: EffectNone, withdrawn: true,
		Message: "the service refused it before and no longer offers it: share in Google Photos itself",
	}
}

// unsupported is what was learned of the account's service.
type unsupported struct {
	tell func(Method)

	mu      sync.Mutex
	methods []Method
}

func learn(o Options) *unsupported {
	return &unsupported{tell: o.OnUnsupported, methods: slices.Clone(o.Unsupported)}
}

func (u *unsupported) has(m Method) bool {
	if !m.Sharing() {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Contains(u.methods, m)
}

// from learns from an error, and returns it.
func (u *unsupported) from(err error) error {
	if !IsUnsupported(err) {
		return err
	}
	m := as(err).Method
	u.mu.Lock()
	news := !slices.Contains(u.methods, m)
	if news {
		u.methods = append(u.methods, m)
	}
	u.mu.Unlock()
	if news && u.tell != nil {
		u.tell(m)
	}
	return err
}
