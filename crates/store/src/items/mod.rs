//! Original bytes beside the journal: what came in, and what outlets answered.
//!
//! An item is known by the SHA-256 of its bytes and is taken in once. Its bytes can be erased; the
//! hash, which is what the journal holds, stays and the chain with it.

use std::path::Path;
use std::sync::Mutex;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use crate::durable;
use crate::encode::{hex, parse_hex32};
use crate::error::StoreError;
use crate::hash::sha256;
use crate::sqlite::{fault, instant, locked, open, open_read_only, schema, signed};

mod receipts;

pub use receipts::Receipt;

/// The largest item, in bytes (256 MiB).
pub const MAX_ITEM_BYTES: usize = 256 << 20;

/// The SHA-256 of an item's bytes. Shows itself as 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub [u8; 32]);

impl ItemId {
    /// The id of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        parse_hex32(text).map(Self)
    }
}

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::fmt::Debug for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ItemId({self})")
    }
}

/// Something to be taken in.
#[derive(Debug, Clone, Copy)]
pub struct NewItem<'a> {
    /// The bytes as they came; at most [`MAX_ITEM_BYTES`].
    pub bytes: &'a [u8],
    /// Media type as the source gave it or as it was recognised.
    pub content_type: &'a str,
    /// The source's name.
    pub source: &'a str,
    /// River time of the intake.
    pub at: Timestamp,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Put {
    /// Its id.
    pub id: ItemId,
    /// Whether it was not known before. Erased items stay known.
    pub new: bool,
}

/// An item as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Place in the order of intake; 1 for the first.
    pub n: u64,
    /// Its id.
    pub id: ItemId,
    /// Length of its bytes, also after they were erased.
    pub size: u64,
    /// Media type.
    pub content_type: String,
    /// The source that brought it first.
    pub source: String,
    /// River time of the first intake.
    pub at: Timestamp,
    /// Why its bytes were erased, if they were.
    pub erased: Option<String>,
}

/// The items' file. All methods may be called from several threads.
#[derive(Debug)]
pub struct Items {
    conn: Mutex<Connection>,
    file: String,
}

impl Items {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = open(path, schema::ITEMS)?;
        Ok(Self { conn: Mutex::new(conn), file: path.display().to_string() })
    }

    /// Opens the file to read, also beside a running writer.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let conn = open_read_only(path, schema::ITEMS)?;
        Ok(Self { conn: Mutex::new(conn), file: path.display().to_string() })
    }

    /// Takes in one item, once.
    pub fn put(
        &self,
        bytes: &[u8],
        content_type: &str,
        source: &str,
        at: Timestamp,
    ) -> Result<Put, StoreError> {
        let item = NewItem { bytes, content_type, source, at };
        self.take_in(&[item], None)?
            .pop()
            .ok_or_else(|| StoreError::io(&self.file, "the item was not answered"))
    }

    /// Takes in many items, and moves a reader's cursor with them, in one durable transaction.
    /// Answers in order; items that are already known write nothing.
    pub fn take_in(
        &self,
        items: &[NewItem<'_>],
        cursor: Option<(&str, &[u8])>,
    ) -> Result<Vec<Put>, StoreError> {
        if let Some(item) = items.iter().find(|item| item.bytes.len() > MAX_ITEM_BYTES) {
            let size = item.bytes.len();
            let reason = format!("it has {size} bytes and the limit is {MAX_ITEM_BYTES}");
            return Err(StoreError::invalid(format!("an item of {}", item.source), reason));
        }
        // Hashed before the file is locked.
        let ids: Vec<ItemId> = items.iter().map(|item| ItemId::of(item.bytes)).collect();
        self.write(|transaction| {
            let mut puts = Vec::with_capacity(items.len());
            for (id, item) in ids.iter().zip(items) {
                puts.push(Put { id: *id, new: insert(transaction, id, item)? });
            }
            if let Some((name, position)) = cursor {
                write_cursor(transaction, name, position)?;
            }
            Ok((cursor.is_some() || puts.iter().any(|put| put.new), puts))
        })
    }

    /// What is known of an item, without its bytes.
    pub fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        locked(&self.conn)
            .prepare_cached("SELECT * FROM item WHERE id = ?1")
            .and_then(|mut rows| rows.query_row([id.0], read_item).optional())
            .map_err(fault(&self.file))
    }

    /// An item's bytes; `None` where it is unknown or erased.
    pub fn get(&self, id: &ItemId) -> Result<Option<Vec<u8>>, StoreError> {
        locked(&self.conn)
            .prepare_cached("SELECT bytes FROM item JOIN item_bytes USING (n) WHERE id = ?1")
            .and_then(|mut rows| rows.query_row([id.0], |row| row.get(0)).optional())
            .map_err(fault(&self.file))
    }

    /// Items in the order of intake after the `after`-th, at most `limit`.
    pub fn list(&self, after: u64, limit: usize) -> Result<Vec<Item>, StoreError> {
        let (after, limit) = (signed(after, "a place")?, i64::try_from(limit).unwrap_or(i64::MAX));
        locked(&self.conn)
            .prepare_cached("SELECT * FROM item WHERE n > ?1 ORDER BY n LIMIT ?2")
            .and_then(|mut rows| rows.query_map((after, limit), read_item)?.collect())
            .map_err(fault(&self.file))
    }

    /// How many items are known, erased ones too.
    pub fn count(&self) -> Result<u64, StoreError> {
        let count: i64 = locked(&self.conn)
            .query_row("SELECT count(*) FROM item", [], |row| row.get(0))
            .map_err(fault(&self.file))?;
        Ok(count.unsigned_abs())
    }

    /// Erases an item's bytes for good and keeps its hash; false where it is unknown or was erased
    /// before. `reason` names the policy.
    pub fn erase(&self, id: &ItemId, reason: &str) -> Result<bool, StoreError> {
        let erased = self.write(|transaction| {
            let known = "SELECT n FROM item WHERE id = ?1 AND erased IS NULL";
            let n: Option<i64> = transaction.query_row(known, [id.0], |row| row.get(0)).optional()?;
            let Some(n) = n else { return Ok((false, false)) };
            transaction.execute("DELETE FROM item_bytes WHERE n = ?1", [n])?;
            transaction.execute("UPDATE item SET erased = ?2 WHERE n = ?1", (n, reason))?;
            Ok((true, true))
        })?;
        if erased {
            self.forget_log()?;
        }
        Ok(erased)
    }

    /// How far a reader is.
    pub fn cursor(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        locked(&self.conn)
            .query_row("SELECT position FROM cursor WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(fault(&self.file))
    }

    /// Keeps how far a reader is.
    pub fn set_cursor(&self, name: &str, position: &[u8]) -> Result<(), StoreError> {
        self.write(|transaction| Ok((true, write_cursor(transaction, name, position)?)))
    }

    // Erased bytes would otherwise stay readable in the write-ahead log.
    fn forget_log(&self) -> Result<(), StoreError> {
        locked(&self.conn)
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(fault(&self.file))
    }

    /// Runs `change` in a transaction and ends it where it says that it wrote.
    fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<(bool, T)>,
    ) -> Result<T, StoreError> {
        let fault = fault(&self.file);
        let mut conn = locked(&self.conn);
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&fault)?;
        let (wrote, answer) = change(&transaction).map_err(&fault)?;
        if wrote {
            durable::commit(transaction).map_err(&fault)?;
        }
        Ok(answer)
    }
}

/// Whether it was not known.
fn insert(tx: &Transaction<'_>, id: &ItemId, item: &NewItem<'_>) -> rusqlite::Result<bool> {
    let known = tx.prepare_cached("SELECT 1 FROM item WHERE id = ?1")?.exists([id.0])?;
    if known {
        return Ok(false);
    }
    let size = i64::try_from(item.bytes.len()).unwrap_or(i64::MAX);
    tx.prepare_cached("INSERT INTO item VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, NULL)")?.execute((
        id.0,
        size,
        item.content_type,
        item.source,
        item.at.as_second(),
        item.at.subsec_nanosecond(),
    ))?;
    tx.prepare_cached("INSERT INTO item_bytes VALUES (?1, ?2)")?
        .execute((tx.last_insert_rowid(), item.bytes))?;
    Ok(true)
}

fn write_cursor(tx: &Transaction<'_>, name: &str, position: &[u8]) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO cursor VALUES (?1, ?2)")?.execute((name, position))?;
    Ok(())
}

fn read_item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let (n, size): (i64, i64) = (row.get("n")?, row.get("size")?);
    Ok(Item {
        n: n.unsigned_abs(),
        id: ItemId(row.get("id")?),
        size: size.unsigned_abs(),
        content_type: row.get("content_type")?,
        source: row.get("source")?,
        at: instant(row.get("at_second")?, row.get("at_nano")?)?,
        erased: row.get("erased")?,
    })
}

#[cfg(test)]
mod tests;
