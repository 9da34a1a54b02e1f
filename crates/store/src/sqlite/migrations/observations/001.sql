-- A series has a small number for good.
CREATE TABLE series (
    id      INTEGER PRIMARY KEY,
    source  TEXT NOT NULL,
    key     TEXT NOT NULL,
    UNIQUE (source, key)
) STRICT;

-- Batches as they came, until they are both judged and folded into `point`.
CREATE TABLE intake (
    batch   INTEGER PRIMARY KEY,
    packed  BLOB NOT NULL
) STRICT;

-- The observations, the latest value of each (series, time).
CREATE TABLE point (
    series   INTEGER NOT NULL,
    time     INTEGER NOT NULL,
    value    REAL    NOT NULL,
    quality  INTEGER NOT NULL,
    PRIMARY KEY (series, time)
) STRICT, WITHOUT ROWID;

-- Values that a later batch replaced.
CREATE TABLE revision (
    series    INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    replaced  INTEGER NOT NULL, -- the batch that brought the newer value
    n         INTEGER NOT NULL, -- place in that batch
    value     REAL    NOT NULL,
    quality   INTEGER NOT NULL,
    PRIMARY KEY (series, time, replaced, n)
) STRICT, WITHOUT ROWID;

-- How far the batches are numbered, folded and judged.
CREATE TABLE progress (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    last_batch   INTEGER NOT NULL,
    folded_upto  INTEGER NOT NULL,
    judged_upto  INTEGER NOT NULL
) STRICT;

INSERT INTO progress VALUES (1, 0, 0, 0);

-- The detectors' state after the last judged batch; apart, because it is large.
CREATE TABLE detector_state (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    upto   INTEGER NOT NULL,
    state  BLOB    NOT NULL
) STRICT;
