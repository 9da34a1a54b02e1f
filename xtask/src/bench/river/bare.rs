//! Bare SQLite: the same rows in the same batches into one table, as fast as it goes, durably.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use super::load::Load;

/// How one table took the load.
pub struct Bare {
    /// Rows a second.
    pub rate: f64,
    /// Longest commit of one batch.
    pub slowest: Duration,
}

/// Writes `rounds` of the load into a table keyed by series and time, which is what answers
/// "what did this series say" and takes nothing twice; WAL, `synchronous=FULL`, one transaction a
/// batch.
///
/// # Errors
/// When SQLite refuses.
pub fn keyed(folder: &Path, load: &Load, rounds: u32) -> Result<Bare> {
    let columns = "series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL, \
        quality INTEGER NOT NULL, PRIMARY KEY (series, time)";
    write(
        &folder.join("keyed.db"),
        &format!("CREATE TABLE observation ({columns}) WITHOUT ROWID"),
        load,
        rounds,
    )
}

/// As [`keyed`], into a table without a key: the fastest that SQLite can be, and of no use for reading.
///
/// # Errors
/// When SQLite refuses.
pub fn heap(folder: &Path, load: &Load, rounds: u32) -> Result<Bare> {
    let columns =
        "series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL";
    write(&folder.join("heap.db"), &format!("CREATE TABLE observation ({columns})"), load, rounds)
}

fn write(path: &Path, table: &str, load: &Load, rounds: u32) -> Result<Bare> {
    let mut db = Connection::open(path).context("open a bare SQLite file")?;
    db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;").context("set SQLite up")?;
    db.execute_batch(table).context("make the bare table")?;
    let (mut rows, mut slowest) = (0_u64, Duration::ZERO);
    let begun = Instant::now();
    for round in 0..rounds {
        for batch in load.batches() {
            let at = Instant::now();
            let transaction = db.transaction().context("begin a batch")?;
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO observation VALUES (?1, ?2, ?3, 0)")
                .context("prepare the insert")?;
            for series in batch {
                let row = params![series, load.time(round), load.value(series, round)];
                rows += insert.execute(row).context("insert a row")? as u64;
            }
            drop(insert);
            transaction.commit().context("commit a batch")?;
            slowest = slowest.max(at.elapsed());
        }
    }
    Ok(Bare { rate: rows as f64 / begun.elapsed().as_secs_f64(), slowest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_take_every_row() {
        let dir = tempfile::tempdir().unwrap();
        let load = Load { series: 100, batch: 30, start: 0 };
        assert!(keyed(dir.path(), &load, 2).unwrap().rate > 0.0);
        assert!(heap(dir.path(), &load, 2).unwrap().rate > 0.0);
        for name in ["keyed.db", "heap.db"] {
            let db = Connection::open(dir.path().join(name)).unwrap();
            let rows: i64 = db.query_row("SELECT count(*) FROM observation", [], |row| row.get(0)).unwrap();
            assert_eq!(rows, 200, "{name}");
        }
    }
}
