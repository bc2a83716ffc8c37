// Package emulator is a Google Photos of its own, for tests, demos and other people's clients.
package emulator
