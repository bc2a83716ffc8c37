-- Everything belongs to an account. Times are text, UTC, of fixed width, so that
-- they sort as they read; '' is the zero time. Digests are 32 bytes, all zero
-- where the bytes of an item are not known.
CREATE TABLE accounts (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    endpoint TEXT    NOT NULL DEFAULT '',
    serial   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE albums (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    album       TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    cover       TEXT    NOT NULL,
    membership  TEXT    NOT NULL,
    on_remove   TEXT    NOT NULL,
    seen_title  TEXT    NOT NULL,
    seen_cover  TEXT    NOT NULL,
    product_url TEXT    NOT NULL,
    seen_count  INTEGER NOT NULL,
    created_at  TEXT    NOT NULL,
    seen_at     TEXT    NOT NULL,
    read_at     TEXT    NOT NULL,
    gone_at     TEXT    NOT NULL,
    UNIQUE (account, key),
    UNIQUE (account, album)
) STRICT;

-- The members of an album stand in the order of their ranks, which have gaps so
-- that one can come in between two others without moving any.
CREATE TABLE members (
    album     INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    rank      REAL    NOT NULL,
    item      TEXT    NOT NULL,
    digest    BLOB    NOT NULL CHECK (length(digest) = 32),
    path      TEXT    NOT NULL,
    file_name TEXT    NOT NULL,
    ours      INTEGER NOT NULL,
    PRIMARY KEY (album, rank, item)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX members_item ON members (album, item);

-- What was a member and is none any more, and who took it out. No item stands
-- here and in members.
CREATE TABLE removed (
    album    INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    item     TEXT    NOT NULL,
    digest   BLOB    NOT NULL CHECK (length(digest) = 32),
    taken_at TEXT    NOT NULL,
    taken_by TEXT    NOT NULL,
    PRIMARY KEY (album, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    item       TEXT    NOT NULL,
    file_name  TEXT    NOT NULL,
    refused    TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX media_item ON media (account, item);

CREATE TABLE intents (
    account   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id        TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    payload   TEXT    NOT NULL,
    opened_at TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    doubt     INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key        TEXT    NOT NULL,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    item       TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    since      TEXT    NOT NULL,
    tries      INTEGER NOT NULL,
    generation TEXT    NOT NULL,
    PRIMARY KEY (account, key, digest, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    token      TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    created_at TEXT    NOT NULL,
    PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    account   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    path      TEXT    NOT NULL,
    size      INTEGER NOT NULL,
    mod_time  TEXT    NOT NULL,
    inode     INTEGER NOT NULL,
    device    INTEGER NOT NULL,
    digest    BLOB    NOT NULL CHECK (length(digest) = 32),
    taken     TEXT    NOT NULL,
    hashed_at TEXT    NOT NULL,
    PRIMARY KEY (account, path)
) STRICT, WITHOUT ROWID;

-- Google counts calls by OAuth client, so that accounts share a row.
CREATE TABLE quota (
    client TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    used   INTEGER NOT NULL,
    PRIMARY KEY (client, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    command    TEXT    NOT NULL,
    generation TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    started_at TEXT    NOT NULL,
    ended_at   TEXT    NOT NULL,
    report     TEXT    NOT NULL
) STRICT;

CREATE INDEX runs_account ON runs (account, id);
