-- What came in, once each, by the SHA-256 of its bytes. A row outlives the erasure of its bytes.
CREATE TABLE item (
    n             INTEGER PRIMARY KEY,
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 32),
    size          INTEGER NOT NULL,
    content_type  TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    at_second     INTEGER NOT NULL,
    at_nano       INTEGER NOT NULL,
    erased        TEXT
) STRICT;

-- The original bytes, apart, so that walking the items does not read them.
CREATE TABLE item_bytes (
    n      INTEGER PRIMARY KEY REFERENCES item (n),
    bytes  BLOB NOT NULL
) STRICT;

-- What an outlet answered to each attempt.
CREATE TABLE receipt (
    n          INTEGER PRIMARY KEY,
    job        TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    at_second  INTEGER NOT NULL,
    at_nano    INTEGER NOT NULL,
    words      TEXT    NOT NULL,
    answer     BLOB    NOT NULL
) STRICT;

CREATE INDEX receipt_job ON receipt (job, n);

-- Positions of readers, such as how far a recording was played.
CREATE TABLE cursor (
    name      TEXT PRIMARY KEY,
    position  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
