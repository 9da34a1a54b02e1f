//! The series' small numbers. A new one is made in memory and becomes durable with the next batch,
//! so that a hundred thousand new series do not cost a hundred thousand disk writes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use rusqlite::{Connection, Transaction};

use super::Observations;
use crate::error::StoreError;

/// The longest source name and key, in bytes.
const MAX_NAME: usize = 512;

#[derive(Debug, Default)]
pub(super) struct SeriesTable {
    numbers: HashMap<Arc<str>, HashMap<Arc<str>, u32>>,
    names: Vec<(Arc<str>, Arc<str>)>,
    durable: usize,
}

impl SeriesTable {
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut table = Self::default();
        let mut statement = conn.prepare("SELECT id, source, key FROM series ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: usize = row.get::<_, u32>(0)? as usize;
            if id != table.names.len() {
                return Err(rusqlite::Error::IntegralValueOutOfRange(0, row.get(0)?));
            }
            table.add(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        }
        table.durable = table.names.len();
        Ok(table)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    fn number(&self, source: &str, key: &str) -> Option<u32> {
        self.numbers.get(source)?.get(key).copied()
    }

    fn add(&mut self, source: &str, key: &str) -> u32 {
        // Bounded by memory far below 2^32.
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let key: Arc<str> = key.into();
        let source = match self.numbers.get_key_value(source) {
            Some((known, _)) => Arc::clone(known),
            None => source.into(),
        };
        self.numbers.entry(Arc::clone(&source)).or_default().insert(Arc::clone(&key), number);
        self.names.push((source, key));
        number
    }

    fn write(&self, transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
        if self.durable < self.names.len() {
            let mut insert = transaction.prepare_cached("INSERT INTO series VALUES (?1, ?2, ?3)")?;
            for (number, (source, key)) in self.names.iter().enumerate().skip(self.durable) {
                insert.execute((number as i64, &**source, &**key))?;
            }
        }
        Ok(self.names.len())
    }
}

impl Observations {
    /// The number of a series, a new one where it is not known; durable with the next batch.
    /// Names have at most 512 bytes.
    pub fn intern(&self, source: &str, key: &str) -> Result<u32, StoreError> {
        if let Some(number) = self.series_number(source, key) {
            return Ok(number);
        }
        if source.len() > MAX_NAME || key.len() > MAX_NAME {
            let reason = format!("its source or key is longer than {MAX_NAME} bytes");
            return Err(StoreError::invalid("a series", reason));
        }
        let mut table = self.series.write().unwrap_or_else(PoisonError::into_inner);
        Ok(table.number(source, key).unwrap_or_else(|| table.add(source, key)))
    }

    /// The number of a series that is known; none is made by asking.
    pub fn series_number(&self, source: &str, key: &str) -> Option<u32> {
        self.series.read().unwrap_or_else(PoisonError::into_inner).number(source, key)
    }

    /// The source and key of a series.
    pub fn series_name(&self, series: u32) -> Option<(Arc<str>, Arc<str>)> {
        let table = self.series.read().unwrap_or_else(PoisonError::into_inner);
        table.names.get(series as usize).cloned()
    }

    /// How many series there are; their numbers are 0 to one less.
    pub fn series_count(&self) -> usize {
        self.series.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Writes the numbers that are not durable yet; gives how many are when the transaction is.
    pub(super) fn write_series(&self, transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
        self.series.read().unwrap_or_else(PoisonError::into_inner).write(transaction)
    }

    /// So many numbers are durable now.
    pub(super) fn series_written(&self, durable: usize) {
        self.series.write().unwrap_or_else(PoisonError::into_inner).durable = durable;
    }
}
