// Package auth gets and keeps permission to act on a Google Photos account.
//
//	credentials, err := auth.LoadCredentials("credentials.json")   // as Google's console hands it out
//	store := auth.NewStore(filepath.Join(dir, "tokens"))
//	token, err := auth.Login(ctx, auth.LoginOptions{Credentials: credentials, Store: store, Account: "family", …})
//	source := auth.NewSource(auth.SourceOptions{Credentials: credentials, Store: store, Account: "family"})
//	client, err := photos.New(photos.Options{Token: source.Token})
//
// Login is OAuth's authorization code with PKCE: a person consents in a browser,
// which brings the answer to a listener on this machine's loopback address. One
// answer is taken, and only one that knows the random state.
//
// A Source gives access tokens for calls. It renews them before they expire, one
// renewal at a time, and writes what it got back to the Store, which other
// processes share. What it can't mend it says by type: GrantDeadError asks for a
// new login, TemporaryError for patience, RefusedError for other credentials.
//
// # Clocks
//
// An expiry is reckoned from this machine's own clock, so that a clock which is
// wrong all the time does no harm. A clock that was set back shows, because the
// token then comes from the future: it is renewed. What a clock hides beyond that,
// the service's 401 tells: Source.Refused takes it, and the next token is new.
//
// # Addresses
//
// All endpoints come from the credentials. The revocation endpoint, which that
// file does not have, is Google's for the token endpoints that its console has
// written in the course of the years. For any other it is the token endpoint's
// neighbour: its last segment becomes "revoke", which keeps the token on the host
// that issued it. Plain http is for loopback hosts alone.
//
// # Secrets
//
// A Secret shows itself to Reveal alone: neither fmt, JSON nor slog sees it. Token
// files have the mode 0600 in a folder of 0700, and are refused when others can
// read them.
package auth
