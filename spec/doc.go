// Package spec reads what the user wanted: YAML in, desired albums out.
package spec
