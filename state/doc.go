// Package state is albumen's memory: one SQLite file with what was bound, written, uploaded and spent.
package state
