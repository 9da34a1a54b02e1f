//! How this crate opens SQLite: write-ahead log, full synchronisation, private files, and its
//! errors turned into words.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use crate::error::StoreError;
use crate::migrate::{self, Step};

pub(crate) mod schema;

/// Opens a database to write, makes it where it is missing, and brings its schema up to date.
pub(crate) fn open(path: &Path, steps: &[Step]) -> Result<Connection, StoreError> {
    let file = path.display().to_string();
    create_private(path).map_err(|error| StoreError::os(path, &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(fault(&file))?;
    configure(&conn).map_err(fault(&file))?;
    conn.pragma_update(None, "journal_mode", "WAL").map_err(fault(&file))?;
    conn.pragma_update(None, "synchronous", "FULL").map_err(fault(&file))?;
    conn.pragma_update(None, "secure_delete", "ON").map_err(fault(&file))?;
    migrate::run(&mut conn, &file, steps)?;
    Ok(conn)
}

/// Opens a database to read beside a writer. Its schema must be known already.
pub(crate) fn open_read_only(path: &Path, steps: &[Step]) -> Result<Connection, StoreError> {
    let file = path.display().to_string();
    if !path.is_file() {
        return Err(StoreError::io(&file, "there is no such file; check the data folder's name"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fault(&file))?;
    configure(&conn).map_err(fault(&file))?;
    let found = migrate::check(&conn, &file, steps)?;
    if found < steps.last().map_or(0, |step| step.number) {
        let reason = "its schema is older than this program's; start the program on it once";
        return Err(StoreError::io(&file, reason));
    }
    Ok(conn)
}

fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    conn.pragma_update(None, "cell_size_check", "ON")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Makes an empty file for its owner alone, where it is missing. SQLite gives its log files the mode of the database file.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => crate::durable::sync_parent(path),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Turns the engine's errors about `file` into the store's.
pub(crate) fn fault(file: &str) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
    move |error| match &error {
        rusqlite::Error::SqliteFailure(code, _) if no_room(code) => {
            StoreError::DiskFull { file: file.to_owned() }
        }
        rusqlite::Error::SqliteFailure(code, _)
            if matches!(code.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) =>
        {
            StoreError::damaged(file, error.to_string())
        }
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::QueryReturnedNoRows
        | rusqlite::Error::Utf8Error(..) => StoreError::damaged(file, error.to_string()),
        _ => StoreError::io(file, error),
    }
}

// A quota or a file size limit answers as a failed write, a full shared-memory disk as a failed
// resize: for whoever must mend it they are all "no room".
fn no_room(code: &ffi::Error) -> bool {
    code.code == ErrorCode::DiskFull
        || [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE].contains(&code.extended_code)
}

/// An instant as two columns; nanoseconds alone would overflow after the year 2262.
pub(crate) fn instant(second: i64, nano: i32) -> rusqlite::Result<jiff::Timestamp> {
    jiff::Timestamp::new(second, nano).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Integer, Box::new(error))
    })
}

/// A number that SQLite can hold.
pub(crate) fn signed(number: u64, what: &str) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::invalid(what, format!("{number} is too large")))
}

/// A lock that a panic elsewhere cannot poison for good: every change is one transaction.
pub(crate) fn locked<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
