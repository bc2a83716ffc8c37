package auth

import (
	"slices"
	"strings"
)

const scopePrefix = "https://www.googleapis.com/auth/"

// CurrentScopes are what albumen needs, each with a part of the work: to add, to
// read and to change what this app created (Google's guide to authorization).
func CurrentScopes() []string {
	return []string{
		scopePrefix + "photoslibrary.appendonly",
		scopePrefix + "photoslibrary.readonly.appcreateddata",
		scopePrefix + "photoslibrary.edit.appcreateddata",
	}
}

// LegacyScopes are those that Google removed on 2025-03-31. Its page of consent
// may still grant them, and its API then takes no notice; another service may.
func LegacyScopes() []string {
	return []string{
		scopePrefix + "photoslibrary",
		scopePrefix + "photoslibrary.readonly",
		scopePrefix + "photoslibrary.sharing",
	}
}

// ShortScope is a scope without what all of them begin with.
func ShortScope(scope string) string { return strings.TrimPrefix(scope, scopePrefix) }

// Missing are the scopes of asked that are not in granted, in the order in which
// they were asked for.
func Missing(asked, granted []string) []string {
	var out []string
	for _, scope := range asked {
		if !slices.Contains(granted, scope) {
			out = append(out, scope)
		}
	}
	return out
}

// shortScopes names scopes for people.
func shortScopes(scopes []string) string {
	short := make([]string, len(scopes))
	for i, scope := range scopes {
		short[i] = ShortScope(scope)
	}
	return strings.Join(short, ", ")
}
