//! Observations: numbers of series over time, taken in once, in batches, and kept until judged.
//!
//! A batch is durable as one packed blob: one small sequential write however many series it
//! touches. Its observations wait in memory (the tail) and are folded into the table, ordered by
//! series and time, a slice with each later batch and in one sweep over the table for some hundred
//! thousand observations, because a sweep for every batch would rewrite the whole table each time.
//! What was not folded when the process ended is read back from the batches.
//!
//! Times are whole numbers in the caller's unit, one unit for the whole file.

use std::path::Path;
use std::sync::{Mutex, RwLock};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::durable;
use crate::error::StoreError;
use crate::sqlite::{fault, locked, open, open_read_only, schema, signed};

mod intake;
mod pack;
mod read;
mod series;
mod tail;

pub use read::Revision;

use series::SeriesTable;
use tail::{Pace, Tail};

/// The most observations in one batch.
pub const MAX_BATCH: usize = 1 << 20;

/// Before any time that is accepted; stands for "nothing yet".
const NEVER: i64 = i64::MIN;

/// One number of one series at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// The series' number, from [`Observations::intern`].
    pub series: u32,
    /// When; any but `i64::MIN`.
    pub time: i64,
    /// How much; finite. `-0.0` is kept as `0.0`.
    pub value: f64,
    /// The source's quality code.
    pub quality: u8,
}

/// What a series had at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub time: i64,
    /// How much.
    pub value: f64,
    /// The source's quality code.
    pub quality: u8,
}

/// What became of a batch. Every observation of it is counted in exactly one of the three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The batch's number. Where nothing was new it is that of the batch before.
    pub batch: u64,
    /// Places in the batch of the observations that were not known.
    pub fresh: Vec<usize>,
    /// Places of those that replaced a different value of the same series and time.
    pub revised: Vec<usize>,
    /// How many were known already.
    pub repeated: usize,
}

/// A durable batch that no checkpoint has covered yet. Repetitions are not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct IntakeBatch {
    /// The batch's number; rising, without gaps.
    pub batch: u64,
    /// What was new, in the order of arrival.
    pub fresh: Vec<Observation>,
    /// What replaced another value, in the order of arrival.
    pub revised: Vec<Observation>,
}

/// The observations' file. All methods may be called from several threads; reads do not wait for
/// writes.
#[derive(Debug)]
pub struct Observations {
    // Locks are taken in this order: writer, series, tail, reader.
    writer: Mutex<Writer>,
    series: RwLock<SeriesTable>,
    tail: RwLock<Tail>,
    reader: Mutex<Connection>,
    file: String,
}

#[derive(Debug)]
struct Writer {
    conn: Connection,
    last_batch: u64,
    folded_upto: u64,
    judged_upto: u64,
    /// The latest time of each series, `None` where it was not looked up yet. Spares the common
    /// append a look-up.
    last: Vec<Option<i64>>,
}

impl Observations {
    /// Opens the file, or makes it. Reads back what was not folded yet.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_paced(path, Pace::default())
    }

    fn open_paced(path: &Path, pace: Pace) -> Result<Self, StoreError> {
        let file = path.display().to_string();
        let conn = open(path, schema::OBSERVATIONS)?;
        tune(&conn).map_err(fault(&file))?;
        let reader = open_read_only(path, schema::OBSERVATIONS)?;
        let (last_batch, folded_upto, judged_upto) = conn
            .query_row("SELECT last_batch, folded_upto, judged_upto FROM progress", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .map(|(last, folded, judged): (i64, i64, i64)| {
                (last.unsigned_abs(), folded.unsigned_abs(), judged.unsigned_abs())
            })
            .map_err(fault(&file))?;
        let series = SeriesTable::load(&conn).map_err(fault(&file))?;
        let tail = intake::read_tail(&conn, &file, pace, folded_upto, last_batch)?;
        let last = vec![None; series.len()];
        Ok(Self {
            writer: Mutex::new(Writer { conn, last_batch, folded_upto, judged_upto, last }),
            series: RwLock::new(series),
            tail: RwLock::new(tail),
            reader: Mutex::new(reader),
            file,
        })
    }

    /// Keeps the detectors' state after batch `upto`, and lets go of the batches up to it, in one
    /// durable transaction. `upto` may not go back, nor beyond the last batch.
    pub fn checkpoint(&self, upto: u64, detector_state: &[u8]) -> Result<(), StoreError> {
        let fault = fault(&self.file);
        let mut writer = locked(&self.writer);
        if upto < writer.judged_upto || upto > writer.last_batch {
            let (judged, last) = (writer.judged_upto, writer.last_batch);
            let reason = format!("it is not between the last one, {judged}, and the last batch, {last}");
            return Err(StoreError::invalid(format!("a checkpoint at batch {upto}"), reason));
        }
        let done = upto.min(writer.folded_upto);
        let upto_sql = signed(upto, "a batch")?;
        let transaction = begin(&mut writer.conn).map_err(&fault)?;
        // The state may speak of series that no batch has brought yet.
        let named = self.write_series(&transaction).map_err(&fault)?;
        transaction.execute("UPDATE progress SET judged_upto = ?1", [upto_sql]).map_err(&fault)?;
        transaction
            .execute("INSERT OR REPLACE INTO detector_state VALUES (1, ?1, ?2)", (upto_sql, detector_state))
            .map_err(&fault)?;
        forget_batches(&transaction, done).map_err(&fault)?;
        durable::commit(transaction).map_err(&fault)?;
        self.series_written(named);
        writer.judged_upto = upto;
        Ok(())
    }

    /// The last checkpoint: its batch and the detectors' state; `None` before the first.
    pub fn load_checkpoint(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        locked(&self.reader)
            .query_row("SELECT upto, state FROM detector_state", [], |row| {
                let upto: i64 = row.get(0)?;
                Ok((upto.unsigned_abs(), row.get(1)?))
            })
            .optional()
            .map_err(fault(&self.file))
    }

    /// Batches after `after` that no checkpoint covers, in order, at most `limit`.
    pub fn unjudged(&self, after: u64, limit: usize) -> Result<Vec<IntakeBatch>, StoreError> {
        let (after, limit) = (signed(after, "a batch")?, i64::try_from(limit).unwrap_or(i64::MAX));
        let packed: Vec<(i64, Vec<u8>)> = locked(&self.reader)
            .prepare_cached(
                "SELECT batch, packed FROM intake
                 WHERE batch > max(?1, (SELECT judged_upto FROM progress)) ORDER BY batch LIMIT ?2",
            )
            .and_then(|mut rows| {
                rows.query_map((after, limit), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            })
            .map_err(fault(&self.file))?;
        packed
            .into_iter()
            .map(|(batch, bytes)| pack::unpack(batch.unsigned_abs(), &bytes, &self.file))
            .collect()
    }
}

fn tune(conn: &Connection) -> rusqlite::Result<()> {
    // A fold touches many pages; copying them back less often spares most of the writing.
    conn.pragma_update(None, "wal_autocheckpoint", 8192)?;
    conn.pragma_update(None, "cache_size", -16_384)
}

fn begin(conn: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn forget_batches(transaction: &Transaction<'_>, upto: u64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM intake WHERE batch <= ?1")?
        .execute([i64::try_from(upto).unwrap_or(i64::MAX)])?;
    Ok(())
}

#[cfg(test)]
mod tests;
