//! The journal on SQLite.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use super::{
    AppendError, Appended, Checkpoint, Head, JournalBackend, Mode, NewRecord, Outcome, Record, check_limits,
    checkpoint_message, genesis, record_hash,
};
use crate::durable;
use crate::error::StoreError;
use crate::hash::random;
use crate::signer::Signer;
use crate::sqlite::{fault, instant, open, open_read_only, schema, signed};

const COLUMNS: &str = "seq, at_second, at_nano, kind, version, subject, subject_version, body, prev, hash";

/// A journal in one SQLite file.
#[derive(Debug)]
pub struct SqliteJournal {
    conn: Connection,
    path: PathBuf,
    file: String,
    mode: Mode,
    journal_id: [u8; 16],
}

impl SqliteJournal {
    /// Opens a journal to write, or makes a new one with this mark. A file with the other mark is
    /// refused.
    pub fn open(path: &Path, mode: Mode) -> Result<Self, StoreError> {
        let mut conn = open(path, schema::JOURNAL)?;
        let file = path.display().to_string();
        let (found, journal_id) = match read_mark(&conn, &file)? {
            Some(mark) => mark,
            None => (mode, write_mark(&mut conn, &file, mode)?),
        };
        if found != mode {
            let (found, wanted) = (found.as_str().to_owned(), mode.as_str().to_owned());
            return Err(StoreError::WrongMode { file, found, wanted });
        }
        Ok(Self { conn, path: path.to_owned(), file, mode, journal_id })
    }

    /// Opens a journal of either mark to read, also beside a running writer.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let conn = open_read_only(path, schema::JOURNAL)?;
        let file = path.display().to_string();
        let Some((mode, journal_id)) = read_mark(&conn, &file)? else {
            return Err(StoreError::damaged(&file, "it does not say what journal it is"));
        };
        Ok(Self { conn, path: path.to_owned(), file, mode, journal_id })
    }

    /// A second, read-only handle on the same file, for another thread.
    pub fn reader(&self) -> Result<Self, StoreError> {
        Self::open_read_only(&self.path)
    }

    /// Lets the file grow to at most this many bytes; then appends answer `DiskFull`.
    pub fn limit_size(&mut self, bytes: u64) -> Result<(), StoreError> {
        let fault = fault(&self.file);
        let page: i64 = self.conn.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(&fault)?;
        let pages = (signed(bytes, "a size limit")? / page).max(1);
        self.conn.pragma_update(None, "max_page_count", pages).map_err(&fault)
    }

    fn write(&mut self, submissions: &[&[NewRecord]]) -> Result<Vec<Outcome>, StoreError> {
        let fault = fault(&self.file);
        let transaction =
            self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fault)?;
        let before = read_head(&transaction).map_err(&fault)?;
        let mut head = before;
        let mut outcomes = Vec::with_capacity(submissions.len());
        for records in submissions {
            outcomes.push(match refusal(&transaction, records).map_err(&fault)? {
                Some(error) => Err(error),
                None => Ok(insert(&transaction, &mut head, records).map_err(&fault)?),
            });
        }
        if head != before {
            transaction
                .prepare_cached("UPDATE journal SET head_seq = ?1, head_hash = ?2 WHERE one = 1")
                .and_then(|mut update| update.execute((sql(head.seq), head.hash)))
                .map_err(&fault)?;
            durable::commit(transaction).map_err(&fault)?;
        }
        Ok(outcomes)
    }
}

impl JournalBackend for SqliteJournal {
    fn mode(&self) -> Mode {
        self.mode
    }

    fn journal_id(&self) -> [u8; 16] {
        self.journal_id
    }

    fn append_groups(&mut self, submissions: &[&[NewRecord]]) -> Vec<Outcome> {
        match self.write(submissions) {
            Ok(outcomes) => outcomes,
            Err(error) => submissions.iter().map(|_| Err(error.clone().into())).collect(),
        }
    }

    fn read(&self, from_seq: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM record WHERE seq >= ?1 ORDER BY seq LIMIT ?2");
        let mut rows = self.conn.prepare_cached(&text).map_err(fault(&self.file))?;
        let from = i64::try_from(from_seq).unwrap_or(i64::MAX);
        rows.query_map((from, row_limit(limit)), read_record)
            .and_then(Iterator::collect)
            .map_err(fault(&self.file))
    }

    fn read_subject(
        &self,
        subject: &str,
        from_version: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM record WHERE subject = ?1 AND subject_version >= ?2
             ORDER BY subject_version LIMIT ?3"
        );
        let mut rows = self.conn.prepare_cached(&text).map_err(fault(&self.file))?;
        let from = i64::try_from(from_version).unwrap_or(i64::MAX);
        rows.query_map((subject, from, row_limit(limit)), read_record)
            .and_then(Iterator::collect)
            .map_err(fault(&self.file))
    }

    fn head(&self) -> Result<Head, StoreError> {
        read_head(&self.conn).map_err(fault(&self.file))
    }

    fn subject_version(&self, subject: &str) -> Result<u64, StoreError> {
        last_version(&self.conn, subject).map_err(fault(&self.file))
    }

    fn checkpoint(&mut self, signer: &dyn Signer, at: Timestamp) -> Result<Checkpoint, StoreError> {
        let fault = fault(&self.file);
        let transaction =
            self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fault)?;
        let Head { seq, hash } = read_head(&transaction).map_err(&fault)?;
        let public_key = signer.public_key();
        let made = transaction
            .query_row(
                "SELECT seq, hash, at_second, at_nano, public_key, signature FROM checkpoint
                 WHERE seq = ?1 AND public_key = ?2",
                (sql(seq), &public_key),
                read_checkpoint,
            )
            .optional()
            .map_err(&fault)?;
        if let Some(made) = made {
            return Ok(made);
        }
        let signature = signer.sign(&checkpoint_message(&self.journal_id, seq, &hash, at));
        transaction
            .execute(
                "INSERT INTO checkpoint (seq, hash, at_second, at_nano, public_key, signature)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (sql(seq), hash, at.as_second(), at.subsec_nanosecond(), &public_key, &signature),
            )
            .map_err(&fault)?;
        durable::commit(transaction).map_err(&fault)?;
        Ok(Checkpoint { seq, hash, at, public_key, signature })
    }

    fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.conn
            .prepare_cached(
                "SELECT seq, hash, at_second, at_nano, public_key, signature FROM checkpoint
                 ORDER BY n",
            )
            .and_then(|mut rows| rows.query_map([], read_checkpoint)?.collect())
            .map_err(fault(&self.file))
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.conn
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
            .optional()
            .map_err(fault(&self.file))
    }

    fn set_meta(&mut self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let fault = fault(&self.file);
        let transaction = self.conn.transaction().map_err(&fault)?;
        transaction.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", (key, value)).map_err(&fault)?;
        durable::commit(transaction).map_err(&fault)
    }

    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> = self
            .conn
            .prepare("PRAGMA integrity_check")
            .and_then(|mut rows| rows.query_map([], |row| row.get(0))?.collect())
            .map_err(fault(&self.file))?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Why a submission cannot be appended now, judged before anything of it is written.
fn refusal(transaction: &Transaction<'_>, records: &[NewRecord]) -> rusqlite::Result<Option<AppendError>> {
    if let Err(error) = check_limits(records) {
        return Ok(Some(error));
    }
    let mut versions: HashMap<&str, u64> = HashMap::new();
    for record in records {
        let Some(subject) = record.subject.as_deref() else { continue };
        let found = match versions.get(subject) {
            Some(version) => *version,
            None => last_version(transaction, subject)?,
        };
        if record.subject_version != found + 1 {
            let expected = record.subject_version.saturating_sub(1);
            let subject = subject.to_owned();
            return Ok(Some(AppendError::Conflict { subject, expected, found }));
        }
        versions.insert(subject, found + 1);
    }
    Ok(None)
}

fn insert(
    transaction: &Transaction<'_>,
    head: &mut Head,
    records: &[NewRecord],
) -> rusqlite::Result<Appended> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    let first_seq = head.seq + 1;
    for record in records {
        let seq = head.seq + 1;
        let hash = record_hash(&head.hash, seq, record);
        statement.execute(rusqlite::params![
            sql(seq),
            record.at.as_second(),
            record.at.subsec_nanosecond(),
            record.kind,
            record.version,
            record.subject,
            sql(record.subject_version),
            record.body,
            head.hash,
            hash,
        ])?;
        *head = Head { seq, hash };
    }
    Ok(Appended { first_seq, last_seq: head.seq, head: head.hash })
}

fn read_mark(conn: &Connection, file: &str) -> Result<Option<(Mode, [u8; 16])>, StoreError> {
    let mark: Option<(String, [u8; 16])> = conn
        .query_row("SELECT mode, journal_id FROM journal", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(fault(file))?;
    let Some((word, journal_id)) = mark else { return Ok(None) };
    match Mode::from_word(&word) {
        Some(mode) => Ok(Some((mode, journal_id))),
        None => Err(StoreError::damaged(file, format!("its mark {word:?} is no mode"))),
    }
}

fn write_mark(conn: &mut Connection, file: &str, mode: Mode) -> Result<[u8; 16], StoreError> {
    let fault = fault(file);
    let journal_id = random()?;
    let transaction = conn.transaction().map_err(&fault)?;
    transaction
        .execute(
            "INSERT INTO journal VALUES (1, ?1, ?2, 0, ?3)",
            (mode.as_str(), journal_id, genesis(mode, &journal_id)),
        )
        .map_err(&fault)?;
    durable::commit(transaction).map_err(&fault)?;
    Ok(journal_id)
}

fn read_head(conn: &Connection) -> rusqlite::Result<Head> {
    conn.prepare_cached("SELECT head_seq, head_hash FROM journal")?
        .query_row([], |row| Ok(Head { seq: unsigned(row, 0)?, hash: row.get(1)? }))
}

fn last_version(conn: &Connection, subject: &str) -> rusqlite::Result<u64> {
    conn.prepare_cached("SELECT coalesce(max(subject_version), 0) FROM record WHERE subject = ?1")?
        .query_row([subject], |row| unsigned(row, 0))
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        seq: unsigned(row, 0)?,
        at: instant(row.get(1)?, row.get(2)?)?,
        kind: row.get(3)?,
        version: row.get(4)?,
        subject: row.get(5)?,
        subject_version: unsigned(row, 6)?,
        body: row.get(7)?,
        prev: row.get(8)?,
        hash: row.get(9)?,
    })
}

fn read_checkpoint(row: &Row<'_>) -> rusqlite::Result<Checkpoint> {
    Ok(Checkpoint {
        seq: unsigned(row, 0)?,
        hash: row.get(1)?,
        at: instant(row.get(2)?, row.get(3)?)?,
        public_key: row.get(4)?,
        signature: row.get(5)?,
    })
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

// Only numbers that were counted up from 1, or checked against one that was.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn row_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
