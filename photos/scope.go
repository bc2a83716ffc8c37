package photos

import "strings"

// Scope is a permission that a user grants, as OAuth names it.
type Scope string

// scopePrefix begins every scope.
const scopePrefix = "https://www.googleapis.com/auth/"

// The scopes that Google grants. A client of albums needs all three, and each
// covers only what the same app created.
const (
	ScopeAppend Scope = scopePrefix + "photoslibrary.appendonly"              // upload, create, add
	ScopeRead   Scope = scopePrefix + "photoslibrary.readonly.appcreateddata" // read
	ScopeEdit   Scope = scopePrefix + "photoslibrary.edit.appcreateddata"     // patch, add, remove
)

// The scopes that Google withdrew on 2025-03-31. Its consent page may still grant
// them, and the service refuses them all the same: a grant is no proof.
const (
	ScopeLegacyLibrary Scope = scopePrefix + "photoslibrary"
	ScopeLegacyRead    Scope = scopePrefix + "photoslibrary.readonly"
	ScopeLegacySharing Scope = scopePrefix + "photoslibrary.sharing"
)

// Short is the scope without what all of them begin with.
func (s Scope) Short() string { return strings.TrimPrefix(string(s), scopePrefix) }
