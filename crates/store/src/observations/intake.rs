//! Taking in: what is new, what is known, what is revised; then one durable write.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::tail::{Pace, Slice, Tail};
use super::{
    Committed, MAX_BATCH, NEVER, Observation, Observations, Point, Writer, begin, forget_batches, pack,
};
use crate::durable;
use crate::error::StoreError;
use crate::sqlite::{fault, locked, signed};

/// A batch, looked at and not yet written.
#[derive(Default)]
struct Judged {
    fresh: Vec<usize>,
    revised: Vec<usize>,
    /// For each of `revised`, what it replaces.
    replaced: Vec<Point>,
    repeated: usize,
    /// To take back what was noted in `Writer::last`.
    undo: Vec<(u32, Option<i64>)>,
}

impl Observations {
    /// Takes in a batch in one durable transaction; what is already known is only counted. Of two
    /// values for the same series and time the later one wins, the earlier is kept as a revision.
    /// A batch with an unknown series, a value that is not finite or a time of `i64::MIN` is
    /// refused whole.
    pub fn commit_batch(&self, batch: &[Observation]) -> Result<Committed, StoreError> {
        let mut writer = locked(&self.writer);
        let writer = &mut *writer;
        let series_count = self.series_count();
        check(batch, series_count)?;
        writer.last.resize(series_count, None);
        let mut judged = Judged::default();
        let outcome = self
            .judge(writer, batch, &mut judged)
            .map_err(fault(&self.file))
            .and_then(|()| self.write_batch(writer, batch, &judged));
        match outcome {
            Ok(number) => {
                let Judged { fresh, revised, repeated, .. } = judged;
                Ok(Committed { batch: number, fresh, revised, repeated })
            }
            Err(error) => {
                for (series, last) in judged.undo.into_iter().rev() {
                    writer.last[series as usize] = last;
                }
                Err(error)
            }
        }
    }

    /// Folds everything that waits into the table. Never needed; makes the next opening quicker.
    pub fn settle(&self) -> Result<(), StoreError> {
        let mut writer = locked(&self.writer);
        loop {
            let slice = {
                let mut tail = self.write_tail();
                match tail.slice(8192) {
                    Some(slice) => slice,
                    None if tail.len() == 0 => return Ok(()),
                    None => {
                        tail.start_fold();
                        continue;
                    }
                }
            };
            let fault = fault(&self.file);
            let Writer { conn, folded_upto, judged_upto, .. } = &mut *writer;
            let transaction = begin(conn).map_err(&fault)?;
            write_slice(&transaction, &slice, *judged_upto).map_err(&fault)?;
            durable::commit(transaction).map_err(&fault)?;
            *folded_upto = slice.completes.unwrap_or(*folded_upto);
            self.write_tail().folded(&slice);
        }
    }

    fn judge(&self, writer: &mut Writer, batch: &[Observation], judged: &mut Judged) -> rusqlite::Result<()> {
        let tail = self.read_tail();
        // What this batch itself brought, by series and time; only needed once one goes back.
        let mut brought: Option<HashMap<(u32, i64), usize>> = None;
        for (place, one) in batch.iter().enumerate() {
            let (key, slot) = ((one.series, one.time), one.series as usize);
            let last = match writer.last[slot] {
                Some(last) => last,
                None => table_last(&writer.conn, one.series)?.max(tail.last_time(one.series)),
            };
            if one.time > last {
                judged.undo.push((one.series, writer.last[slot]));
                writer.last[slot] = Some(one.time);
                judged.fresh.push(place);
                if let Some(brought) = &mut brought {
                    brought.insert(key, place);
                }
                continue;
            }
            let brought = brought.get_or_insert_with(|| index(batch, &judged.fresh));
            let known = match brought.get(&key) {
                Some(earlier) => Some(point(&batch[*earlier])),
                None => match tail.get(one.series, one.time) {
                    Some(known) => Some(known),
                    None => table_point(&writer.conn, one.series, one.time)?,
                },
            };
            match known {
                Some(known) if known == point(one) => judged.repeated += 1,
                Some(known) => {
                    judged.revised.push(place);
                    judged.replaced.push(known);
                    brought.insert(key, place);
                }
                None => {
                    judged.fresh.push(place);
                    brought.insert(key, place);
                }
            }
        }
        Ok(())
    }

    /// Writes the batch, and a slice of the fold with it; gives the batch's number.
    fn write_batch(
        &self,
        writer: &mut Writer,
        batch: &[Observation],
        judged: &Judged,
    ) -> Result<u64, StoreError> {
        if judged.fresh.is_empty() && judged.revised.is_empty() {
            return Ok(writer.last_batch);
        }
        let fault = fault(&self.file);
        let number = writer.last_batch + 1;
        let fresh = judged.fresh.iter().map(|place| &batch[*place]);
        let revised = judged.revised.iter().map(|place| &batch[*place]);
        let packed = pack::pack(fresh.clone(), revised.clone());
        let slice = self.read_tail().slice_beside(batch.len());

        let transaction = begin(&mut writer.conn).map_err(&fault)?;
        let named = self.write_series(&transaction).map_err(&fault)?;
        let row = signed(number, "a batch")?;
        insert_batch(&transaction, row, &packed).map_err(&fault)?;
        insert_revisions(&transaction, row, revised.clone(), judged).map_err(&fault)?;
        if let Some(slice) = &slice {
            write_slice(&transaction, slice, writer.judged_upto).map_err(&fault)?;
        }
        durable::commit(transaction).map_err(&fault)?;

        writer.last_batch = number;
        self.series_written(named);
        let mut tail = self.write_tail();
        if let Some(slice) = &slice {
            writer.folded_upto = slice.completes.unwrap_or(writer.folded_upto);
            tail.folded(slice);
        }
        tail.add(number, fresh.chain(revised));
        Ok(number)
    }

    pub(super) fn read_tail(&self) -> RwLockReadGuard<'_, Tail> {
        self.tail.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_tail(&self) -> RwLockWriteGuard<'_, Tail> {
        self.tail.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The batches that were not folded when the file was last closed.
pub(super) fn read_tail(
    conn: &Connection,
    file: &str,
    pace: Pace,
    folded_upto: u64,
    last_batch: u64,
) -> Result<Tail, StoreError> {
    let mut tail = Tail::new(pace);
    let mut statement = conn.prepare("SELECT packed FROM intake WHERE batch = ?1").map_err(fault(file))?;
    for number in folded_upto + 1..=last_batch {
        let packed: Option<Vec<u8>> = statement
            .query_row([signed(number, "a batch")?], |row| row.get(0))
            .optional()
            .map_err(fault(file))?;
        let Some(packed) = packed else {
            return Err(StoreError::damaged(file, format!("batch {number} is missing")));
        };
        let batch = pack::unpack(number, &packed, file)?;
        tail.add(number, batch.fresh.iter().chain(&batch.revised));
    }
    Ok(tail)
}

fn check(batch: &[Observation], series_count: usize) -> Result<(), StoreError> {
    if batch.len() > MAX_BATCH {
        let reason = format!("it has {} observations and the limit is {MAX_BATCH}", batch.len());
        return Err(StoreError::invalid("a batch", reason));
    }
    for (place, one) in batch.iter().enumerate() {
        let reason = if !one.value.is_finite() {
            "its value is not finite"
        } else if one.series as usize >= series_count {
            "its series is not known"
        } else if one.time == NEVER {
            "its time is out of range"
        } else {
            continue;
        };
        return Err(StoreError::invalid(format!("observation {place} of a batch"), reason));
    }
    Ok(())
}

fn index(batch: &[Observation], fresh: &[usize]) -> HashMap<(u32, i64), usize> {
    fresh.iter().map(|place| ((batch[*place].series, batch[*place].time), *place)).collect()
}

fn point(one: &Observation) -> Point {
    Point { time: one.time, value: one.value, quality: one.quality }
}

fn table_last(conn: &Connection, series: u32) -> rusqlite::Result<i64> {
    let last: Option<i64> = conn
        .prepare_cached("SELECT max(time) FROM point WHERE series = ?1")?
        .query_row([series], |row| row.get(0))?;
    Ok(last.unwrap_or(NEVER))
}

fn table_point(conn: &Connection, series: u32, time: i64) -> rusqlite::Result<Option<Point>> {
    conn.prepare_cached("SELECT value, quality FROM point WHERE series = ?1 AND time = ?2")?
        .query_row((series, time), |row| Ok(Point { time, value: row.get(0)?, quality: row.get(1)? }))
        .optional()
}

fn insert_batch(tx: &Transaction<'_>, number: i64, packed: &[u8]) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO intake VALUES (?1, ?2)")?.execute((number, packed))?;
    tx.prepare_cached("UPDATE progress SET last_batch = ?1")?.execute([number])?;
    Ok(())
}

fn insert_revisions<'a>(
    transaction: &Transaction<'_>,
    number: i64,
    revised: impl Iterator<Item = &'a Observation>,
    judged: &Judged,
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached("INSERT INTO revision VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (place, (one, old)) in (0i64..).zip(revised.zip(&judged.replaced)) {
        insert.execute((one.series, one.time, number, place, old.value, old.quality))?;
    }
    Ok(())
}

fn write_slice(tx: &Transaction<'_>, slice: &Slice, judged_upto: u64) -> rusqlite::Result<()> {
    let mut upsert = tx.prepare_cached(
        "INSERT INTO point VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET value = excluded.value, quality = excluded.quality",
    )?;
    for ((series, time), (value, quality)) in &slice.points {
        upsert.execute((series, time, value, quality))?;
    }
    if let Some(upto) = slice.completes {
        tx.prepare_cached("UPDATE progress SET folded_upto = ?1")?
            .execute([i64::try_from(upto).unwrap_or(i64::MAX)])?;
        forget_batches(tx, upto.min(judged_upto))?;
    }
    Ok(())
}
