-- Uploads that were begun: where they go on, so that bytes which arrived are not
-- sent again.
CREATE TABLE sessions (
    account     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),
    url         TEXT    NOT NULL,
    granularity INTEGER NOT NULL,
    created_at  TEXT    NOT NULL,
    PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;

-- What the service refuses this account altogether.
CREATE TABLE unsupported (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method  TEXT    NOT NULL,
    since   TEXT    NOT NULL,
    PRIMARY KEY (account, method)
) STRICT, WITHOUT ROWID;
