// Package emulator is a Google Photos of its own: the Library API v1 served over
// HTTP with the rules, limits and error texts of the real one, for tests, for
// demos and for other people's clients. It knows nothing of any client.
//
// An Emulator is an http.Handler. Any non-empty bearer token is its owner's:
//
//	e, err := emulator.Open(emulator.Options{})
//	server := httptest.NewServer(e)
//	// point a client at server.URL instead of https://photoslibrary.googleapis.com
//
// With Options.Dir the account is kept in a folder and is there again the next
// time; a process that is killed loses nothing that was answered. In a bubble of
// testing/synctest, Pipe connects an http.Server and an http.Transport without
// sockets, and the clock is the bubble's.
//
// # What it serves
//
//	/v1/…                 the API
//	/v1/uploads           bytes: raw, or resumable in a session that lives for a day
//	/lh3/…=w400-h300      pictures at baseUrl, for an hour: =wN, =hN, =wN-hN, -c, -no, =d, =dv
//	/                     pages for people: the account, its albums, its items, its trash
//	/_emulator/…          the control API
//	/o/oauth2/v2/auth     the page on which a person grants access; /token, /revoke,
//	                      /.well-known/openid-configuration: see below
//
// The API honours fields, alt=json and prettyPrint, both spellings of names, and
// X-HTTP-Method-Override, which Google's client libraries send for long URLs.
//
// # What goes wrong
//
// Nothing goes wrong by itself, but what the real service refuses: limits, quotas,
// scopes, ids. A Fault makes calls of a method go wrong, the n-th or by chance;
// with a seed, chance hits the same calls again. Choices are for what no source
// tells of the real service, and for how bad its pages, lags and errors were seen
// to be.
//
// # The control API
//
// It is JSON, whose names are those of the Go types, and answers only to clients
// on the same machine, unless Options.ControlFromAnywhere says otherwise. The
// methods of Emulator do the same from Go. A request that is refused is answered
// with 400 and {"error":"…"}, and changes nothing.
//
//	GET    world         the whole truth: World
//	GET    stats         {"calls":{"albums.list":1},"total":1,"writes":0} since the last reset
//	POST   stats/reset
//	GET    faults        the list of Fault, with the seeds that were drawn
//	POST   faults        replaces it, and counts calls from one again:
//	                     [{"method":"albums.create","kind":"lose_answer","nth":2},
//	                      {"method":"*","kind":"error","status":503,"probability":0.05,"times":-1}]
//	DELETE faults
//	GET    choices       {"listLag":"30s"}: the choices that are not the likeliest, by name
//	POST   choices       replaces them, for the calls from now on: see Emulator.SetChoices
//	GET    clock         {"now":"2026-06-02T12:00:00Z","ahead":"36h0m0s"}
//	POST   clock         {"advance":"36h"} puts the clock ahead; the answer is that of GET
//	POST   user          an Action, which people do in the app; the answer is {"id":"…"}:
//	                     {"do":"rename_album","album":"Trip","title":"Iceland"}
//	                     {"do":"trash_item","item":"IMG_7.jpg"}
//	                     {"do":"edit_enrichment","album":"Trip","enrichment":"Day one","content":{"text":"Day 1"}}
//	GET    credentials.json  an OAuth client as Google's console hands it out; ?client=ID
//	POST   reset         a new account: its clock is that of the machine again, and no id is valid any more
//
// Every expiry goes by the account's clock: upload tokens and sessions (a day),
// baseUrls (an hour), quotas, lags, the processing of videos, OAuth's tokens.
//
// # People and apps
//
// Every album and item is of one user, and was made by one OAuth client, or by
// none: in Google Photos itself. A token acts for one of them through the other,
// within its scopes. Tests declare tokens:
//
//	emulator.Options{Profile: emulator.Legacy, Tokens: map[string]emulator.Grant{
//		"owner":  {},
//		"ben":    {User: "ben"},
//		"reader": {Scopes: []string{"photoslibrary.readonly"}},
//		"other":  {Client: "4711-other.apps.googleusercontent.com"},
//	}}
//
// From then on any other text is no token. In the current profile an app sees what
// it made for its user, and in the legacy profile the scopes photoslibrary and
// photoslibrary.readonly show the whole library; sight.go has the table. Only the
// legacy profile shares albums by the API. In both, people do it in the app, with
// the field user of an Action: share_album, join_album, add_photo and more.
//
// # OAuth
//
// A client with the credentials of GET /_emulator/credentials.json can ask for
// access as it asks Google: by an authorization code with PKCE to a loopback
// address. A program consents for a person with one request:
//
//	POST /o/oauth2/v2/auth   the request's own parameters, and user=owner,
//	                         grant=SCOPE for each scope granted, decision=allow or deny
//
// Access tokens live for an hour less a second. Refresh tokens die after seven
// days when their client is in testing, after half a year without use, when there
// are more than a hundred, and by /revoke. Only their hashes are kept. Faults of
// "oauth.token" and "oauth.revoke" make these two stumble. The document at
// /.well-known/openid-configuration tells all endpoints, that of who is signed in
// among them.
//
// # Clients that have Google's hosts built in
//
// They can be led here by a proxy in HTTPS_PROXY that answers CONNECT with a
// connection to the emulator, whose certificate bears those names and is one
// that they trust. The tests in testdata/clients lead rclone in this way.
//
// # How a call goes
//
// A call is routed by its path to a method, counted, and asked for its token; then
// come the faults, the quota, the token's scopes, the latency, and the method
// itself. A method reads the world, or makes a list of changes, which is written to
// the journal as one line and then carried out. The journal's lines and the calls'
// effects are the same changes, so that an account that is opened again is the
// account that was closed.
package emulator
