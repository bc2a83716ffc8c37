package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
)

// The schema is a row of numbered steps. Each is applied once, in its order and
// in a transaction of its own; a step that was ever released is never changed.
//
//go:embed schema/*.sql
var steps embed.FS

// schemaSteps are the steps in their order.
var schemaSteps = sync.OnceValue(func() []string { return readSteps(steps) })

// readSteps reads schema/0001.sql and so on. The files are part of the program:
// one that can't be read can't happen.
func readSteps(files fs.FS) []string {
	var out []string
	for {
		text, err := fs.ReadFile(files, fmt.Sprintf("schema/%04d.sql", len(out)+1))
		if err != nil {
			return out
		}
		out = append(out, string(text))
	}
}

// schemaVersion is the version that this program reads and writes.
func schemaVersion() int { return len(schemaSteps()) }

func versionError(path string, found int) error {
	if known := schemaVersion(); found > known {
		return &NewerSchemaError{Path: path, Found: found, Known: known}
	}
	return nil
}

// migrateFile brings a file forward. The connection is its own and is closed
// again, so that the file is whole on disk without its log.
func (db *DB) migrateFile(ctx context.Context, path string) error {
	pool, err := openPool(path, writing, 1)
	if err != nil {
		return err
	}
	var journal string
	if err = pool.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&journal); err == nil {
		err = migrate(ctx, pool, schemaSteps())
	}
	if err == nil {
		err = emptyLog(ctx, pool)
	}
	return errors.Join(err, pool.Close())
}

// emptyLog takes the write-ahead log into the file. Closing does so, too, but
// says nothing of a disk that is too full for it.
func emptyLog(ctx context.Context, pool *sql.DB) error {
	var busy, frames, moved int
	if err := pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("somebody else reads the file that is being made")
	}
	return nil
}

// migrate applies the steps that the file has not seen.
func migrate(ctx context.Context, pool *sql.DB, steps []string) error {
	var version int
	if err := pool.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		if err := step(ctx, pool, steps[version], version+1); err != nil {
			return fmt.Errorf("bringing the schema to version %d: %w", version+1, err)
		}
	}
	return nil
}

func step(ctx context.Context, pool *sql.DB, text string, version int) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, query := range []string{
		text,
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", version),
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	return tx.Commit()
}
