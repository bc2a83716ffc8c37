// Package state is albumen's memory: one SQLite file with what was bound,
// written, uploaded and spent.
//
//	db, err := state.Open(ctx, state.Options{Dir: dir, Mode: state.Apply, Command: "albumen apply"})
//	account := db.Account("family")
//	view, err := account.View(ctx)          // what is remembered, in one moment
//	err = account.Intend(ctx, intent)       // durable before the write call
//	err = account.Settle(ctx, intent.ID, state.Done, state.Effects{...})
//
// Three modes share the file. One process at a time applies; it holds the lock
// file, which dies with it. Any number observe beside it, and write nothing but
// caches: digests of files and the count of calls. Any number only read, and
// leave no trace.
//
// A change is one transaction: Settle ends an intent and stores what the write
// has changed together, so that a crash leaves either an open intent or a
// finished one. Everything that a View shows is counted by its Serial, which goes
// up with each change and stays when a change changes nothing.
//
// Backup copies the file while others work, and Restore puts a copy back. A memory
// of earlier is one to mistrust: it looks before it acts, and what no look shows is
// taken over from the state that it replaces. Export, Card and Inventory show what
// is remembered, without what somebody could act with.
//
// Rows belong to an account and hold plain strings; the caller knows which of
// them are keys and which are Google's ids.
package state
