package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"

	"gopkg.in/yaml.v3"
)

// Secret is a text of a spec that nobody may read but the service that it is for.
// Whatever prints it prints a word in its place.
type Secret string

// String is what stands for the secret.
func (Secret) String() string { return "[secret]" }

// GoString is what %#v prints.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps the secret out of JSON, and of whatever else writes texts.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Hash tells one secret from another without telling either: its SHA-256 in
// hexadecimal, "" of none.
func (s Secret) Hash() string {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// secret reads a text that no mistake may quote.
func (d *decoder) secret(n node, what string) (Secret, bool) {
	n, ok := d.enter(n)
	if !ok {
		return "", false
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		found := "a value that is no text"
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			found = kindName(n)
		}
		d.fail(n, what, "found %s", found)
		return "", false
	}
	text, ok := d.filled(n)
	if ok && !opaque(text) {
		d.fail(n, what, "what stands here is none")
		return "", false
	}
	return Secret(text), ok
}
