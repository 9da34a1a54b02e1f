//! Brings a database to the newest schema: numbered SQL steps, each applied once in a transaction
//! of its own, its text's hash recorded.

use rusqlite::{Connection, TransactionBehavior};

use crate::durable;
use crate::error::StoreError;
use crate::hash::sha256;
use crate::sqlite::fault;

/// One step of a schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// 1 for the first, without gaps.
    pub(crate) number: u32,
    /// The SQL statements.
    pub(crate) sql: &'static str,
}

/// Applies what is missing, after checking what is there.
pub(crate) fn run(conn: &mut Connection, file: &str, steps: &[Step]) -> Result<(), StoreError> {
    let fault = fault(file);
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fault)?;
    transaction
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS schema_step (
                 number INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, release TEXT NOT NULL
             ) STRICT",
        )
        .map_err(&fault)?;
    let applied = check(&transaction, file, steps)?;
    let missing: Vec<&Step> = steps.iter().filter(|step| step.number > applied).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for step in missing {
        transaction.execute_batch(step.sql).map_err(&fault)?;
        transaction
            .execute(
                "INSERT INTO schema_step VALUES (?1, ?2, ?3)",
                (step.number, sha256(step.sql.as_bytes()), env!("CARGO_PKG_VERSION")),
            )
            .map_err(&fault)?;
    }
    durable::commit(transaction).map_err(&fault)
}

/// The last applied step; an error where the file knows a newer or another step than this program.
pub(crate) fn check(conn: &Connection, file: &str, steps: &[Step]) -> Result<u32, StoreError> {
    let fault = fault(file);
    let applied: Vec<(u32, Vec<u8>)> = conn
        .prepare("SELECT number, sha256 FROM schema_step ORDER BY number")
        .and_then(|mut rows| rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(&fault)?;
    let known = steps.last().map_or(0, |step| step.number);
    let found = applied.last().map_or(0, |(number, _)| *number);
    if found > known {
        return Err(StoreError::NewerSchema { file: file.to_owned(), found, known });
    }
    for (number, hash) in &applied {
        let same =
            steps.iter().any(|step| step.number == *number && sha256(step.sql.as_bytes()) == hash.as_slice());
        if !same {
            return Err(StoreError::ForeignSchema { file: file.to_owned(), step: *number });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Step = Step { number: 1, sql: "CREATE TABLE a (x INTEGER)" };
    const TWO: Step = Step { number: 2, sql: "CREATE TABLE b (x INTEGER)" };
    const OTHER: Step = Step { number: 1, sql: "CREATE TABLE c (x INTEGER)" };

    #[test]
    fn steps_apply_once_and_go_on_later() {
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn, "f", &[ONE]).unwrap();
        run(&mut conn, "f", &[ONE, TWO]).unwrap();
        run(&mut conn, "f", &[ONE, TWO]).unwrap();
        conn.execute_batch("INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)").unwrap();
    }

    #[test]
    fn a_newer_or_foreign_schema_is_refused_in_words() {
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn, "f", &[ONE, TWO]).unwrap();
        let newer = run(&mut conn, "f", &[ONE]).unwrap_err();
        assert_eq!(
            newer.to_string(),
            "open f: its schema 2 is newer than 1, the newest this program knows; start the newer release"
        );
        let foreign = run(&mut conn, "f", &[OTHER, TWO]).unwrap_err();
        assert_eq!(foreign, StoreError::ForeignSchema { file: "f".into(), step: 1 });
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        const BAD: Step = Step { number: 2, sql: "CREATE TABLE d (x INTEGER); NONSENSE" };
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn, "f", &[ONE]).unwrap();
        run(&mut conn, "f", &[ONE, BAD]).unwrap_err();
        assert!(conn.execute_batch("SELECT * FROM d").is_err());
        run(&mut conn, "f", &[ONE, TWO]).unwrap();
    }
}
