//! Reading series back: the table under the tail.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;

use super::{NEVER, Observations, Point};
use crate::error::StoreError;
use crate::sqlite::{fault, locked};

/// A value that a later one replaced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revision {
    /// What was there before.
    pub old: Point,
    /// The batch that replaced it.
    pub replaced_by: u64,
}

impl Observations {
    /// A series' points with `from <= time < to`, by time, each with its latest value.
    pub fn range(&self, series: u32, from: i64, to: i64) -> Result<Vec<Point>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        // The tail first: what is folded in between is then seen twice and not missed.
        let tail = self.read_tail().range(series, from, to);
        let mut points: BTreeMap<i64, (f64, u8)> = locked(&self.reader)
            .prepare_cached(
                "SELECT time, value, quality FROM point WHERE series = ?1 AND time >= ?2 AND time < ?3",
            )
            .and_then(|mut rows| {
                rows.query_map((series, from, to), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
                    .collect()
            })
            .map_err(fault(&self.file))?;
        points.extend(tail);
        let to_point = |(time, (value, quality))| Point { time, value, quality };
        Ok(points.into_iter().map(to_point).collect())
    }

    /// A series' latest point.
    pub fn latest(&self, series: u32) -> Result<Option<Point>, StoreError> {
        let in_tail = {
            let tail = self.read_tail();
            match tail.last_time(series) {
                NEVER => None,
                time => tail.get(series, time),
            }
        };
        let in_table: Option<Point> = locked(&self.reader)
            .prepare_cached(
                "SELECT time, value, quality FROM point WHERE series = ?1
                 ORDER BY time DESC LIMIT 1",
            )
            .and_then(|mut rows| {
                rows.query_row([series], |row| {
                    Ok(Point { time: row.get(0)?, value: row.get(1)?, quality: row.get(2)? })
                })
                .optional()
            })
            .map_err(fault(&self.file))?;
        Ok(match (in_tail, in_table) {
            (Some(tail), Some(table)) if table.time > tail.time => Some(table),
            (tail, table) => tail.or(table),
        })
    }

    /// What was replaced in a series, by time and then in the order it was replaced.
    pub fn revisions(&self, series: u32) -> Result<Vec<Revision>, StoreError> {
        locked(&self.reader)
            .prepare_cached(
                "SELECT time, value, quality, replaced FROM revision WHERE series = ?1
                 ORDER BY time, replaced, n",
            )
            .and_then(|mut rows| {
                rows.query_map([series], |row| {
                    let old = Point { time: row.get(0)?, value: row.get(1)?, quality: row.get(2)? };
                    let replaced_by: i64 = row.get(3)?;
                    Ok(Revision { old, replaced_by: replaced_by.unsigned_abs() })
                })?
                .collect()
            })
            .map_err(fault(&self.file))
    }
}
