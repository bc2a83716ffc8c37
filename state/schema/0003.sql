-- Captions, places and routes that were written into albums. The API neither lists
-- nor changes them: this is all that is known of them. The id is good for one
-- thing, to put something after it.
CREATE TABLE enrichments (
    album      INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    identity   TEXT    NOT NULL,
    enrichment TEXT    NOT NULL,
    content    TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    after      TEXT    NOT NULL,
    written_at TEXT    NOT NULL,
    PRIMARY KEY (album, identity)
) STRICT, WITHOUT ROWID;

-- Descriptions of items as last written.
CREATE TABLE descriptions (
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    item       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    written_at TEXT    NOT NULL,
    PRIMARY KEY (account, item)
) STRICT, WITHOUT ROWID;

-- How albums were shared last, by us. Tokens are hashed: whoever has one can join.
CREATE TABLE shares (
    album         INTEGER PRIMARY KEY REFERENCES albums (id) ON DELETE CASCADE,
    shared        INTEGER NOT NULL,
    collaborative INTEGER NOT NULL,
    commentable   INTEGER NOT NULL,
    token_hash    TEXT    NOT NULL,
    written_at    TEXT    NOT NULL
) STRICT;

-- Albums of others that were joined.
CREATE TABLE joined (
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key        TEXT    NOT NULL,
    album      TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    token_hash TEXT    NOT NULL,
    joined_at  TEXT    NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

-- Plans that somebody said yes to, until they are carried out.
CREATE TABLE approvals (
    account     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    plan        TEXT    NOT NULL,
    removals    INTEGER NOT NULL,
    approved_at TEXT    NOT NULL,
    PRIMARY KEY (account, plan)
) STRICT, WITHOUT ROWID;
