package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Restored is what Restore did.
type Restored struct {
	Path   string // the state
	Kept   string // the one that was there before; "" when there was none
	Schema int    // the version that the backup had; it was brought forward
	Albums int    // those whose contents are read again
	// Doubts and Captions are what was taken over of the state before: writes
	// without a known end, and captions that the backup does not know. They are in
	// no list of the service's, so that they would be written again.
	Doubts, Captions int
	// Unknown is why nothing could be taken over, nil when it was: nobody knows then
	// what was written after the backup.
	Unknown error
}

// errNoState says that there was nothing to take over.
var errNoState = errors.New("there was no state before")

// Restore puts a backup in the place of the state. The backup is copied, checked
// and brought forward first; then the state that is there keeps its place beside
// it under another name, and the copy takes its name in one step. It needs the
// lock, and nobody who looks. Dir, Command and Logger of the Options are used.
//
// An older memory doubles nothing: the contents of every album count as never
// read, upload tokens and sessions are dropped because they may be spent, and so
// are approvals, which may be carried out. The count of calls, open writes and
// captions of the state before are taken over where it can still be read.
func Restore(ctx context.Context, o Options, file string) (r Restored, err error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return r, fmt.Errorf("restoring the state: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{path: filepath.Join(dir, fileName), mode: Apply, log: o.Logger}
	defer func() {
		if err != nil {
			err = fmt.Errorf("restoring the state: %w", db.explain(err))
		}
	}()
	if err := mayRestore(db.path, file); err != nil {
		return r, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, err
	}
	if db.lock, err = takeLock(filepath.Join(dir, lockName), o.Command); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.lock.Unlock()) }()
	fresh := db.path + ".restored"
	defer removeDatabase(fresh)
	removeDatabase(fresh)
	if r, err = db.prepare(ctx, file, fresh); err != nil {
		return r, err
	}
	r.Path = db.path
	if r.Kept, err = db.keep(time.Now()); err != nil {
		return r, err
	}
	if err := os.Rename(fresh, db.path); err != nil {
		return r, err
	}
	return r, syncFolder(dir)
}

func mayRestore(path, file string) error {
	backup, err := os.Stat(file)
	if err != nil {
		return err
	}
	if own, err := os.Stat(path); err == nil && os.SameFile(own, backup) {
		return fmt.Errorf("%s is the state itself", file)
	}
	return nil
}

// prepare makes the file that takes the state's place.
func (db *DB) prepare(ctx context.Context, file, fresh string) (r Restored, err error) {
	if r.Schema, err = db.fetch(ctx, file, fresh); err != nil {
		return r, err
	}
	if err := db.migrateFile(ctx, fresh); err != nil {
		return r, err
	}
	if r.Unknown, err = db.fold(ctx); err != nil {
		return r, err
	}
	pool, err := openPool(fresh, writing, 1)
	if err != nil {
		return r, err
	}
	err = firstError(
		func() error { return db.mistrust(ctx, pool, &r) },
		func() error { return db.takeOver(ctx, pool, &r) },
		func() error { return emptyLog(ctx, pool) },
	)
	return r, errors.Join(err, pool.Close())
}

// fetch copies a backup beside the state and checks the copy. A log that lies by
// the backup is part of it.
func (db *DB) fetch(ctx context.Context, file, fresh string) (version int, err error) {
	file, err = filepath.Abs(file)
	if err != nil {
		return 0, err
	}
	head, err := peek(file)
	if err != nil {
		return 0, err
	}
	if err := versionError(file, head.version); err != nil {
		return 0, err
	}
	seen, err := takeStamp(file)
	if err != nil {
		return 0, err
	}
	as := frozen
	if seen.log {
		as = looking
	}
	source, err := openPool(file, as, 1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(f.Close(), copyInto(ctx, source, fresh)); err != nil {
		return 0, (&DB{path: file}).explainCopy(db.path, err)
	}
	version, err = verify(ctx, fresh)
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		damaged.Path = file
	}
	return version, err
}

// fold takes the log of the present state into its file, so that the file is all
// there is of it. Somebody who still looks at it is an error: SQLite would remove
// the log of the restored state when he leaves. A state that can't be used is none
// to take anything over from, and why is unknown.
func (db *DB) fold(ctx context.Context) (unknown, err error) {
	head, err := peek(db.path)
	if errors.Is(err, fs.ErrNotExist) {
		return errNoState, nil
	}
	if err != nil {
		return err, nil
	}
	if known := schemaVersion(); head.version < known {
		return &OlderSchemaError{Path: db.path, Found: head.version, Known: known}, nil
	}
	if err := versionError(db.path, head.version); err != nil {
		return err, nil
	}
	pool, err := openPool(db.path, writing, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	var journal string
	failed := pool.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&journal)
	if failed == nil {
		failed = sound(ctx, pool, db.path)
	}
	var damaged *DamagedError
	if explained := db.explain(failed); errors.As(explained, &damaged) {
		return explained, nil
	}
	return nil, failed
}

// keep gives the present state another name beside its own, with a log that could
// not be taken in: a log that stayed would be read into the restored state.
func (db *DB) keep(now time.Time) (kept string, err error) {
	name := db.path + ".before-" + now.UTC().Format("20060102T150405.000Z")
	if _, err := os.Stat(db.path); err == nil {
		kept = name
		if os.Link(db.path, name) != nil { // not every file system has links
			if err := os.Rename(db.path, name); err != nil {
				return "", err
			}
		}
	}
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Rename(db.path+suffix, name+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
	}
	return kept, nil
}

// mistrust makes a memory of earlier look before it acts.
func (db *DB) mistrust(ctx context.Context, pool *sql.DB, r *Restored) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, query := range []string{
		"UPDATE albums SET read_at = ''",
		"UPDATE accounts SET serial = serial + 1",
		"DELETE FROM uploads", "DELETE FROM sessions", "DELETE FROM approvals",
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM albums").Scan(&r.Albums); err != nil {
		return err
	}
	return tx.Commit()
}

// The parts of the state before that a backup can't replace. An open write is
// taken over when its key stands for the same album in both, or for none in both,
// and a caption when its album is the same.
const (
	takeCalls = `INSERT INTO quota (client, day, used) SELECT client, day, used FROM present.quota WHERE true
		ON CONFLICT (client, day) DO UPDATE SET used = MAX(used, excluded.used)`
	takeSerials  = `UPDATE accounts SET serial = MAX(serial, 1 + COALESCE((SELECT b.serial FROM present.accounts b WHERE b.name = accounts.name), 0))`
	takeAccounts = `INSERT INTO accounts (name, endpoint, serial) SELECT name, endpoint, serial FROM present.accounts WHERE true
		ON CONFLICT (name) DO NOTHING`
	takeDoubts = `INSERT INTO intents (account, id, key, kind, payload, opened_at, note, doubt)
		SELECT a.id, i.id, i.key, i.kind, i.payload, i.opened_at, i.note, i.doubt
		FROM present.intents i JOIN present.accounts b ON b.id = i.account JOIN main.accounts a ON a.name = b.name
		WHERE COALESCE((SELECT album FROM present.albums x WHERE x.account = b.id AND x.key = i.key), '')
			= COALESCE((SELECT album FROM main.albums x WHERE x.account = a.id AND x.key = i.key), '')
		ON CONFLICT (account, id) DO NOTHING`
	takeCaptions = `INSERT INTO enrichments (album, identity, enrichment, content, label, after, written_at)
		SELECT n.id, e.identity, e.enrichment, e.content, e.label, e.after, e.written_at
		FROM present.enrichments e JOIN present.albums o ON o.id = e.album JOIN present.accounts b ON b.id = o.account
			JOIN main.accounts a ON a.name = b.name JOIN main.albums n ON n.account = a.id AND n.album = o.album
		WHERE true ON CONFLICT (album, identity) DO NOTHING`
)

// takeOver brings into the restored memory what would be done twice without it.
func (db *DB) takeOver(ctx context.Context, pool *sql.DB, r *Restored) error {
	if r.Unknown != nil {
		return nil
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	present := url.URL{Scheme: "file", Path: filepath.ToSlash(db.path), RawQuery: "mode=ro&immutable=1"}
	if filepath.VolumeName(db.path) != "" {
		present.Path = "/" + present.Path
	}
	if _, err := conn.ExecContext(ctx, "ATTACH ? AS present", present.String()); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, take := range []struct {
		query string
		count *int
	}{{takeCalls, new(int)}, {takeSerials, new(int)}, {takeAccounts, new(int)}, {takeDoubts, &r.Doubts}, {takeCaptions, &r.Captions}} {
		done, err := tx.ExecContext(ctx, take.query)
		if err != nil {
			return err
		}
		rows, err := done.RowsAffected()
		if err != nil {
			return err
		}
		*take.count = int(rows)
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "DETACH present")
	return err
}
