package state

import (
	"context"
	"database/sql"
	"time"
)

// UploadLife is how long an upload token is used. Google keeps the bytes for a
// day (its upload guide); the hour less is for the batch that is on its way.
const UploadLife = 23 * time.Hour

// PutUpload remembers a token, and forgets those that are too old. The session by
// which its bytes were sent has ended.
func (a *Account) PutUpload(ctx context.Context, u Upload) error {
	return a.write(ctx, "remembering an upload", Apply, func(t *tx) error {
		if _, err := t.exec("DELETE FROM uploads WHERE account = ? AND created_at <= ?", t.account, stored(time.Now().Add(-UploadLife))); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM sessions WHERE account = ? AND digest = ?", t.account, u.Digest[:]); err != nil {
			return err
		}
		_, err := t.exec(`
			INSERT INTO uploads (account, digest, token, size, created_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (account, digest) DO UPDATE SET token = excluded.token, size = excluded.size, created_at = excluded.created_at`,
			t.account, u.Digest[:], u.Token, u.Size, stored(u.CreatedAt))
		return err
	})
}

// UploadTokens are the live uploads of some bytes, or of all when digests is nil.
func (a *Account) UploadTokens(ctx context.Context, digests []Digest) (map[Digest]Upload, error) {
	const columns = "SELECT digest, token, size, created_at FROM uploads WHERE account = ? AND created_at > ?"
	var out map[Digest]Upload
	err := a.read(ctx, "reading the uploads", func(t *tx) error {
		out = map[Digest]Upload{}
		take := func(rows *sql.Rows) error {
			var u Upload
			err := rows.Scan(digits{&u.Digest}, &u.Token, &u.Size, moment{&u.CreatedAt})
			out[u.Digest] = u
			return err
		}
		since := stored(time.Now().Add(-UploadLife))
		if digests == nil {
			return t.each(take, columns, t.account, since)
		}
		for _, d := range digests {
			if err := t.each(take, columns+" AND digest = ?", t.account, since, d[:]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (t *tx) dropUpload(d Digest) error {
	_, err := t.exec("DELETE FROM uploads WHERE account = ? AND digest = ?", t.account, d[:])
	return err
}

const fileColumns = "SELECT path, size, mod_time, inode, device, digest, taken, hashed_at FROM files WHERE account = ?"

func scanFile(rows *sql.Rows) (File, error) {
	var f File
	var inode, device int64
	err := rows.Scan(&f.Path, &f.Size, moment{&f.ModTime}, &inode, &device, digits{&f.Digest}, moment{&f.Taken}, moment{&f.HashedAt})
	f.Inode, f.Device = uint64(inode), uint64(device)
	return f, err
}

// Files are all files that are known, by path.
func (a *Account) Files(ctx context.Context) (map[string]File, error) { return a.files(ctx, nil) }

// LookupFiles are the known ones among some paths.
func (a *Account) LookupFiles(ctx context.Context, paths []string) (map[string]File, error) {
	if len(paths) == 0 {
		return map[string]File{}, nil
	}
	return a.files(ctx, paths)
}

func (a *Account) files(ctx context.Context, paths []string) (map[string]File, error) {
	var out map[string]File
	err := a.read(ctx, "reading what is known of the files", func(t *tx) error {
		out = make(map[string]File, len(paths))
		take := func(rows *sql.Rows) error {
			f, err := scanFile(rows)
			out[f.Path] = f
			return err
		}
		if paths == nil {
			return t.each(take, fileColumns, t.account)
		}
		for _, path := range paths {
			if err := t.each(take, fileColumns+" AND path = ?", t.account, path); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// PutFiles remembers files, in one transaction.
func (a *Account) PutFiles(ctx context.Context, files []File) error {
	if len(files) == 0 {
		return nil
	}
	return a.write(ctx, "remembering files", Observe, func(t *tx) error {
		for _, f := range files {
			_, err := t.exec(`
				INSERT INTO files (account, path, size, mod_time, inode, device, digest, taken, hashed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (account, path) DO UPDATE SET
					size = excluded.size, mod_time = excluded.mod_time, inode = excluded.inode, device = excluded.device,
					digest = excluded.digest, taken = excluded.taken, hashed_at = excluded.hashed_at`,
				t.account, f.Path, f.Size, stored(f.ModTime), int64(f.Inode), int64(f.Device), f.Digest[:], stored(f.Taken), stored(f.HashedAt))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
