package emulator

import (
	"fmt"
	"time"
)

// expired is what died by itself: upload tokens and upload sessions.
type expired struct {
	changes  []change
	bytes    []digest // of the tokens
	sessions []number
}

// expired finds what is dead by now and was not let go of yet. Tokens and sessions
// die in the order in which they were granted and begun.
func (w *world) expired(now time.Time, life time.Duration) (out expired) {
	token := w.oldUpload
	for ; token < w.nextUpload; token++ {
		up := w.uploads[token]
		if up != nil && !up.dead(now) {
			break
		}
		if up != nil {
			out.bytes = append(out.bytes, up.Digest)
		}
	}
	if token > w.oldUpload {
		out.changes = append(out.changes, change{Op: opExpire, Number: token})
	}
	session := w.oldSession
	for ; session < w.nextSession; session++ {
		if s := w.sessions[session]; s != nil && !s.dead(now, life) {
			break
		}
		out.sessions = append(out.sessions, session)
	}
	if session > w.oldSession {
		out.changes = append(out.changes, change{Op: opForget, Number: session})
	}
	return out
}

// letGo makes changes, and with them that what is dead by now is forgotten, with
// its bytes. The world must be locked.
func (e *Emulator) letGo(now time.Time, changes ...change) error {
	over := e.world.expired(now, e.Choices().sessionLife())
	if err := e.commit(append(changes, over.changes...)...); err != nil {
		return err
	}
	e.release(over.bytes...)
	for _, n := range over.sessions {
		if err := e.store.blobs.drop(n); err != nil {
			return fmt.Errorf("drop an expired upload session: %w", err)
		}
	}
	return nil
}

// release gives up bytes that uploads held, where no item has them.
func (e *Emulator) release(over ...digest) {
	if len(over) == 0 {
		return
	}
	needed := make(map[digest]bool, len(over))
	for _, d := range over {
		needed[d] = false
	}
	for _, it := range e.world.items {
		if _, asked := needed[it.Digest]; asked {
			needed[it.Digest] = true
		}
	}
	e.store.blobs.release(over, needed)
}
