-- Operators. The journal knows only `id`.
CREATE TABLE account (
    id        TEXT    PRIMARY KEY,
    login     TEXT    NOT NULL UNIQUE,
    name      TEXT    NOT NULL,
    password  TEXT    NOT NULL, -- argon2id, PHC string
    roles     TEXT    NOT NULL, -- words separated by one space
    disabled  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Tokens that work once: without an account to make the first one, else to sign that one in.
CREATE TABLE one_time_token (
    hash     BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    account  TEXT    REFERENCES account (id),
    expires  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed-in browsers. Times in seconds of the host's clock.
CREATE TABLE session (
    hash          BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    account       TEXT    NOT NULL REFERENCES account (id),
    csrf          TEXT    NOT NULL,
    signed_in_at  INTEGER NOT NULL,
    confirmed_at  INTEGER,          -- by password
    seen_at       INTEGER NOT NULL,
    expires       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_account ON session (account);

-- Failed sign-ins since the last good one, by login as typed, hashed.
CREATE TABLE failure (
    login  BLOB    PRIMARY KEY CHECK (length(login) = 32),
    count  INTEGER NOT NULL,
    last   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens of programs.
CREATE TABLE api_token (
    id       TEXT    PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    name     TEXT    NOT NULL,
    scopes   TEXT    NOT NULL, -- separated by one space
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    revoked  INTEGER
) STRICT;
