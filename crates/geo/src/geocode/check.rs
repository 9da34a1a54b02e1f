//! Checking a table's entries, once.

use super::entry::{Entry, Head, Outline};
use super::table::{Table, TableError};
use super::{BLOCK, MAX_CODE, MAX_VERSIONS, meaning};

/// Walks through all entries: each can be read, lies where its block says, comes after the one before, and has what
/// it says it has. Linear in the length of the table.
pub(super) fn entries(table: &Table<'_>) -> Result<(), TableError> {
    let (mut at, mut versions) = (0, 0);
    let mut code = String::new();
    let mut before: Option<(String, Option<i64>)> = None;
    for index in 0..table.len() {
        let fail = |what| TableError::Entry { entry: index, what };
        if index % BLOCK == 0 {
            code.clear();
            if table.block(index / BLOCK) != Some(at) {
                return Err(fail("blocks"));
            }
        }
        let head = Head::read(table.records(), at).ok_or(fail("lengths"))?;
        head.advance(&mut code).ok_or(fail("code"))?;
        at = head.next;
        let entry = head.entry(code.clone()).ok_or(fail("lengths"))?;
        if let Some((last, from)) = &before {
            if (last, from) >= (&entry.code, &entry.from) {
                return Err(fail("order"));
            }
            versions = if *last == entry.code { versions + 1 } else { 1 };
            if versions > MAX_VERSIONS {
                return Err(TableError::TooMany("entries of one code"));
            }
        }
        one(table, &entry).map_err(fail)?;
        before = Some((entry.code, entry.from));
    }
    if at != table.records().len() {
        return Err(TableError::Head("lengths"));
    }
    Ok(())
}

/// What is wrong with an entry by itself.
fn one(table: &Table<'_>, entry: &Entry<'_>) -> Result<(), &'static str> {
    if !is_code(table.scheme(), &entry.code) {
        return Err("code");
    }
    if entry.from.zip(entry.until).is_some_and(|(from, until)| from >= until) {
        return Err("times");
    }
    if entry.successors.iter().any(|code| !is_code(table.scheme(), code)) {
        return Err("successors");
    }
    match &entry.outline {
        Outline::Nowhere => Ok(()),
        Outline::As(targets) if targets.is_empty() => Err("targets"),
        Outline::As(targets) => {
            if targets.iter().all(|(scheme, code)| is_code(scheme, code)) {
                Ok(())
            } else {
                Err("targets")
            }
        }
        Outline::Rings(rings) => rings.rings(table.units()).map(|_| ()).ok_or("rings"),
    }
}

/// Whether a code is spelled as tables spell it.
pub(super) fn is_code(scheme: &str, code: &str) -> bool {
    if code.is_empty() || code.len() > MAX_CODE || code.chars().any(char::is_control) {
        return false;
    }
    meaning(scheme, code).is_ok_and(|m| m.scheme == scheme && m.code == code)
}
