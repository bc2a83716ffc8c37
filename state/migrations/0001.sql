-- Version 1. Times are nanoseconds since 1970, 0 is none. Digests are 32 bytes,
-- empty when not known. Every table but quota is by account.
CREATE TABLE accounts (
    name     TEXT    NOT NULL PRIMARY KEY,
    endpoint TEXT    NOT NULL DEFAULT '',
    serial   INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE albums (
    account    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    cover      TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    on_remove  TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    read_at    INTEGER NOT NULL,
    gone_at    INTEGER NOT NULL,
    PRIMARY KEY (account, key),
    UNIQUE (account, id)
);
CREATE TABLE members (
    account   TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    item      TEXT    NOT NULL,
    rank      REAL    NOT NULL,
    digest    BLOB    NOT NULL,
    label     TEXT    NOT NULL,
    file_name TEXT    NOT NULL,
    ours      INTEGER NOT NULL,
    PRIMARY KEY (account, key, item)
) WITHOUT ROWID;
CREATE TABLE lost (
    account TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    item    TEXT    NOT NULL,
    digest  BLOB    NOT NULL,
    by      TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, key, item)
) WITHOUT ROWID;
CREATE TABLE media (
    account    TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    item       TEXT    NOT NULL,
    file_name  TEXT    NOT NULL,
    refused    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, digest)
) WITHOUT ROWID;
CREATE TABLE files (
    account   TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    size      INTEGER NOT NULL,
    mod_time  INTEGER NOT NULL,
    inode     INTEGER NOT NULL,
    device    INTEGER NOT NULL,
    digest    BLOB    NOT NULL,
    taken     INTEGER NOT NULL,
    hashed_at INTEGER NOT NULL,
    PRIMARY KEY (account, path)
) WITHOUT ROWID;
CREATE TABLE uploads (
    account    TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    token      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, digest)
) WITHOUT ROWID;
CREATE TABLE intents (
    account   TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    payload   BLOB    NOT NULL,
    opened_at INTEGER NOT NULL,
    note      TEXT    NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE TABLE quarantine (
    account    TEXT    NOT NULL,
    digest     BLOB    NOT NULL,
    item       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    generation TEXT    NOT NULL,
    PRIMARY KEY (account, digest, item)
);
CREATE TABLE quota (
    client TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    used   INTEGER NOT NULL,
    PRIMARY KEY (client, day)
);
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT    NOT NULL,
    command    TEXT    NOT NULL,
    generation TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    report     BLOB    NOT NULL
);
