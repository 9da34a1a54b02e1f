-- The one row that says what this journal is and where it ends.
CREATE TABLE journal (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    mode        TEXT    NOT NULL CHECK (mode IN ('live', 'exercise')),
    journal_id  BLOB    NOT NULL CHECK (length(journal_id) = 16),
    head_seq    INTEGER NOT NULL,
    head_hash   BLOB    NOT NULL CHECK (length(head_hash) = 32)
) STRICT;

-- The records, in order, never rewritten.
CREATE TABLE record (
    seq              INTEGER PRIMARY KEY,
    at_second        INTEGER NOT NULL,
    at_nano          INTEGER NOT NULL,
    kind             TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    subject          TEXT,
    subject_version  INTEGER NOT NULL,
    body             BLOB    NOT NULL,
    prev             BLOB    NOT NULL CHECK (length(prev) = 32),
    hash             BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- One record a version of a subject; also finds a subject's last version.
CREATE UNIQUE INDEX record_subject ON record (subject, subject_version) WHERE subject IS NOT NULL;

-- Signed statements "the journal reached this head".
CREATE TABLE checkpoint (
    n           INTEGER PRIMARY KEY,
    seq         INTEGER NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    at_second   INTEGER NOT NULL,
    at_nano     INTEGER NOT NULL,
    public_key  BLOB    NOT NULL,
    signature   BLOB    NOT NULL,
    UNIQUE (seq, public_key)
) STRICT;

-- What the journal's owner notes beside the records; not part of the chain.
CREATE TABLE meta (
    key    TEXT PRIMARY KEY,
    value  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
