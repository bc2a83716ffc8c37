// Package clients holds the emulator against clients that were not written for
// it: whatever Google Photos means to them, the emulator has to be.
//
// It is a module of its own, so that these clients are no dependencies of
// albumen. Nothing in it leaves the machine: each client gets connections to the
// emulator alone, whatever host it asks for, and hosts that are not Google
// Photos are refused.
package clients
