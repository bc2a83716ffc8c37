package state

import (
	"database/sql"
	"math"
	"slices"
)

// insert puts members into an album. What was removed and comes back is not
// remembered as removed any more.
func (t *tx) insert(in Insert) error {
	album, err := t.album(in.Key)
	if err != nil {
		return err
	}
	var fresh []Member
	for _, m := range once(in.Members) {
		there, err := t.row([]any{new(int)}, "SELECT 1 FROM members WHERE album = ? AND item = ?", album, m.ItemID)
		if err != nil {
			return err
		}
		if !there {
			fresh = append(fresh, m)
		} else if err := t.updateMember(album, m); err != nil {
			return err
		}
		if err := t.change("DELETE FROM removed WHERE album = ? AND item = ?", album, m.ItemID); err != nil {
			return err
		}
	}
	return t.place(album, in.After, in.Front, fresh)
}

// once drops what stands in a list again.
func once(members []Member) []Member {
	seen := make(map[string]bool, len(members))
	twice := func(m Member) bool {
		again := seen[m.ItemID]
		seen[m.ItemID] = true
		return again
	}
	if !slices.ContainsFunc(members, twice) {
		return members
	}
	clear(seen)
	return slices.DeleteFunc(slices.Clone(members), twice)
}

// place gives new members their ranks, after an item, at the front or at the
// end, and numbers the album anew when there is no room.
func (t *tx) place(album int64, after string, front bool, fresh []Member) error {
	if len(fresh) == 0 {
		return nil
	}
	low, high, err := t.gap(album, after, front)
	if err != nil {
		return err
	}
	ranks, ok := ranksBetween(low, high, len(fresh))
	if !ok {
		if err := t.renumber(album); err != nil {
			return err
		}
		if low, high, err = t.gap(album, after, front); err != nil {
			return err
		}
		ranks, _ = ranksBetween(low, high, len(fresh))
	}
	for i, m := range fresh {
		err := t.change("INSERT INTO members (album, rank, item, digest, path, file_name, ours) VALUES (?, ?, ?, ?, ?, ?, ?)",
			album, ranks[i], m.ItemID, m.Digest[:], m.Path, m.FileName, m.Ours)
		if err != nil {
			return err
		}
	}
	return nil
}

// gap is the room between two neighbours, infinite where there is none. An item
// that is not there any more can't be placed after: the API would have refused,
// so that the write behind this placed nothing there, and the end is as good.
func (t *tx) gap(album int64, after string, front bool) (low, high float64, err error) {
	low, high = math.Inf(-1), math.Inf(1)
	if front {
		_, err = t.row([]any{&high}, "SELECT rank FROM members WHERE album = ? ORDER BY rank LIMIT 1", album)
		return low, high, err
	}
	found := false
	if after != "" {
		if found, err = t.row([]any{&low}, "SELECT rank FROM members WHERE album = ? AND item = ?", album, after); err != nil {
			return low, high, err
		}
	}
	if !found {
		_, err = t.row([]any{&low}, "SELECT rank FROM members WHERE album = ? ORDER BY rank DESC LIMIT 1", album)
		return low, high, err
	}
	_, err = t.row([]any{&high}, "SELECT rank FROM members WHERE album = ? AND rank > ? ORDER BY rank LIMIT 1", album, low)
	return low, high, err
}

// renumber gives the members of an album ranks with wide gaps, in their order.
func (t *tx) renumber(album int64) error {
	return t.change(`
		UPDATE members SET rank = ordered.place * ?
		FROM (SELECT item, row_number() OVER (ORDER BY rank, item) AS place FROM members WHERE album = ?) AS ordered
		WHERE members.album = ? AND members.item = ordered.item`, float64(rankStep), album, album)
}

func (t *tx) updateMember(album int64, m Member) error {
	return t.change(`
		UPDATE members SET digest = ?, path = ?, file_name = ?, ours = ?
		WHERE album = ? AND item = ? AND (digest, path, file_name, ours) <> (?, ?, ?, ?)`,
		m.Digest[:], m.Path, m.FileName, m.Ours, album, m.ItemID, m.Digest[:], m.Path, m.FileName, m.Ours)
}

func (t *tx) remove(r Remove) error {
	album, err := t.album(r.Key)
	if err != nil {
		return err
	}
	for _, item := range r.Items {
		var digest Digest
		if _, err := t.row([]any{digits{&digest}}, "SELECT digest FROM members WHERE album = ? AND item = ?", album, item); err != nil {
			return err
		}
		if err := t.takeOut(album, Removed{ItemID: item, Digest: digest, At: r.At, By: r.By}); err != nil {
			return err
		}
	}
	return nil
}

// takeOut moves an item from the members to the removed. One that is there
// already only learns who took it out.
func (t *tx) takeOut(album int64, r Removed) error {
	if err := t.change("DELETE FROM members WHERE album = ? AND item = ?", album, r.ItemID); err != nil {
		return err
	}
	return t.change(`
		INSERT INTO removed (album, item, digest, taken_at, taken_by) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (album, item) DO UPDATE SET taken_by = excluded.taken_by
		WHERE removed.taken_by <> excluded.taken_by`,
		album, r.ItemID, r.Digest[:], stored(r.At), r.By)
}

// replace takes over a complete read. Where the order of those that stay is the
// old one, only what differs is written: a page of a large album that changed by
// one member costs one row.
func (t *tx) replace(r MembersRead) error {
	album, err := t.album(r.Key)
	if err != nil {
		return err
	}
	want := once(r.Members)
	before, err := t.membersOf(album)
	if err != nil {
		return err
	}
	if err := t.dropMissing(album, before, want, r); err != nil {
		return err
	}
	for _, m := range want {
		if err := t.change("DELETE FROM removed WHERE album = ? AND item = ?", album, m.ItemID); err != nil {
			return err
		}
	}
	if err := t.arrange(album, before, want); err != nil {
		return err
	}
	return t.change("UPDATE albums SET read_at = ? WHERE id = ? AND read_at <> ?", stored(r.ReadAt), album, stored(r.ReadAt))
}

// dropMissing takes out what a read does not show.
func (t *tx) dropMissing(album int64, before, want []Member, r MembersRead) error {
	wanted := make(map[string]bool, len(want))
	for i := range want {
		wanted[want[i].ItemID] = true
	}
	for _, m := range before {
		switch {
		case wanted[m.ItemID]:
		case m.Ours:
			if err := t.takeOut(album, Removed{ItemID: m.ItemID, Digest: m.Digest, At: r.ReadAt, By: ByApp}); err != nil {
				return err
			}
		default:
			if err := t.change("DELETE FROM members WHERE album = ? AND item = ?", album, m.ItemID); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrange brings the members that are left, and the new ones, into the order of
// a read. New ones are placed run by run after what stands before them; only when
// somebody moved what stays is the whole album written anew.
func (t *tx) arrange(album int64, before, want []Member) error {
	old := make(map[string]int, len(before))
	for i := range before {
		old[before[i].ItemID] = i
	}
	if !keepOrder(old, want) {
		if err := t.change("DELETE FROM members WHERE album = ?", album); err != nil {
			return err
		}
		return t.place(album, "", false, want)
	}
	var run []Member
	after := ""
	for _, m := range want {
		at, stays := old[m.ItemID]
		if !stays {
			run = append(run, m)
			continue
		}
		if err := t.place(album, after, after == "", run); err != nil {
			return err
		}
		run, after = nil, m.ItemID
		if before[at] == m {
			continue
		}
		if err := t.updateMember(album, m); err != nil {
			return err
		}
	}
	return t.place(album, after, after == "", run)
}

// keepOrder reports whether those of a read that stood in the album stand in the
// order in which they stood.
func keepOrder(old map[string]int, want []Member) bool {
	last := -1
	for i := range want {
		at, stays := old[want[i].ItemID]
		if stays && at < last {
			return false
		}
		if stays {
			last = at
		}
	}
	return true
}

// membersOf are the members of an album, in order.
func (t *tx) membersOf(album int64) ([]Member, error) {
	var members []Member
	err := t.each(func(rows *sql.Rows) error {
		var m Member
		err := rows.Scan(&m.ItemID, digits{&m.Digest}, &m.Path, &m.FileName, &m.Ours)
		members = append(members, m)
		return err
	}, "SELECT item, digest, path, file_name, ours FROM members WHERE album = ? ORDER BY rank, item", album)
	return members, err
}

func (t *tx) setPath(p PathChange) error {
	album, err := t.album(p.Key)
	if err != nil {
		return err
	}
	return t.change("UPDATE members SET path = ? WHERE album = ? AND item = ? AND path <> ?", p.Path, album, p.ItemID, p.Path)
}
