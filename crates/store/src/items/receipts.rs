//! Receipts: what an outlet answered to each attempt of a delivery job.

use jiff::Timestamp;
use rusqlite::Row;

use super::Items;
use crate::error::StoreError;
use crate::sqlite::{fault, instant, locked};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The delivery job's key.
    pub job: String,
    /// 1 for the first attempt. After a crash the same attempt may have two receipts.
    pub attempt: u32,
    /// When it came.
    pub at: Timestamp,
    /// What happened, for people.
    pub words: String,
    /// The outlet's own bytes, may be empty.
    pub answer: Vec<u8>,
}

impl Items {
    /// Keeps a receipt.
    pub fn put_receipt(&self, receipt: &Receipt) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT INTO receipt VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute((
                    &receipt.job,
                    receipt.attempt,
                    receipt.at.as_second(),
                    receipt.at.subsec_nanosecond(),
                    &receipt.words,
                    &receipt.answer,
                ))?;
            Ok((true, ()))
        })
    }

    /// A job's receipts in the order they came.
    pub fn receipts(&self, job: &str) -> Result<Vec<Receipt>, StoreError> {
        locked(&self.conn)
            .prepare_cached("SELECT * FROM receipt WHERE job = ?1 ORDER BY n")
            .and_then(|mut rows| rows.query_map([job], read_receipt)?.collect())
            .map_err(fault(&self.file))
    }

    /// Erases a job's receipts for good; how many there were.
    pub fn erase_receipts(&self, job: &str) -> Result<usize, StoreError> {
        let erased = self.write(|transaction| {
            let count = transaction.execute("DELETE FROM receipt WHERE job = ?1", [job])?;
            Ok((count > 0, count))
        })?;
        if erased > 0 {
            self.forget_log()?;
        }
        Ok(erased)
    }
}

fn read_receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    Ok(Receipt {
        job: row.get("job")?,
        attempt: row.get("attempt")?,
        at: instant(row.get("at_second")?, row.get("at_nano")?)?,
        words: row.get("words")?,
        answer: row.get("answer")?,
    })
}
