package state

func (t *tx) putMedia(m Media) error {
	return t.change(`
		INSERT INTO media (account, digest, item, file_name, refused, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, digest) DO UPDATE SET
			item = excluded.item, file_name = excluded.file_name, refused = excluded.refused, created_at = excluded.created_at
		WHERE (media.item, media.file_name, media.refused, media.created_at)
			<> (excluded.item, excluded.file_name, excluded.refused, excluded.created_at)`,
		t.account, m.Digest[:], m.ItemID, m.FileName, m.Refused, stored(m.CreatedAt))
}

func (t *tx) refuseMedia(r RefusedMedia) error {
	return t.change("UPDATE media SET refused = ? WHERE account = ? AND item = ? AND refused <> ?", r.Reason, t.account, r.ItemID, r.Reason)
}

func (t *tx) quarantine(q Quarantine) error {
	return t.change(`
		INSERT INTO quarantine (account, key, digest, item, label, reason, message, since, tries, generation)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, key, digest, item) DO UPDATE SET
			label = excluded.label, reason = excluded.reason, message = excluded.message,
			since = excluded.since, tries = excluded.tries, generation = excluded.generation
		WHERE (quarantine.label, quarantine.reason, quarantine.message, quarantine.since, quarantine.tries, quarantine.generation)
			<> (excluded.label, excluded.reason, excluded.message, excluded.since, excluded.tries, excluded.generation)`,
		t.account, q.Key, q.Digest[:], q.ItemID, q.Label, q.Reason, q.Message, stored(q.Since), q.Tries, q.Generation)
}

func (t *tx) release(r Release) error {
	return t.change("DELETE FROM quarantine WHERE account = ? AND key = ? AND digest = ? AND item = ?",
		t.account, r.Key, r.Digest[:], r.ItemID)
}
