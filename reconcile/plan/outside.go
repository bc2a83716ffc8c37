package plan

import (
	"albumen/photos"
	"albumen/spec"
)

// recreates reports whether an album that somebody deleted is created again.
func recreates(d *spec.DesiredAlbum, rec *Bound) bool {
	return rec != nil && rec.Gone && d.Outside.Recreate
}

// unsure defers the creation of a deleted album until it is known which of its
// items are left in the library: what was thrown away with it must not come back
// unasked.
func (m *maker) unsure(d *spec.DesiredAlbum) bool {
	rec := m.in.Recorded.Albums[d.Key]
	if rec == nil || len(rec.Known) == 0 || rec.Left {
		return false
	}
	m.deferred(d, Stale, 1, "somebody deleted the album, and which of its items are left in the library is not known yet", "the next pass with calls to spare looks")
	return true
}

// learnSentAgain gathers the bytes of deleted items that an album wants sent
// again. The new item stands for the bytes from then on, in every album that
// wants them.
func (m *maker) learnSentAgain() {
	if len(m.deleted) == 0 {
		return
	}
	for i := range m.in.Desired.Albums {
		d := &m.in.Desired.Albums[i]
		if !d.Outside.Reupload || d.Paused || len(d.Unavailable) > 0 || !m.in.Policy.selected(d.Key) {
			continue
		}
		for j := range d.Members {
			w := &d.Members[j]
			if w.Item == "" && w.Refused == "" && m.deleted[m.in.Recorded.Items[w.Digest]] {
				m.again[w.Digest] = true
			}
		}
	}
}

// leftCalls is the price of a look at which items of a deleted album are left.
func leftCalls(rec *Bound) int { return (len(rec.Known) + photos.MaxBatch - 1) / photos.MaxBatch }
