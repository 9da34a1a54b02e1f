//! Geocodes: registries of named areas (counties, forecast zones, provinces), read from borrowed bytes.
//!
//! A [`Table`] holds the codes of one scheme, each with a name, a time from which and until which it is valid, its
//! successors, and rings or the codes that it stands for. A [`Registry`] is a set of tables behind one question:
//! [`Registry::resolve`]. What is not known is answered in kind ([`Resolution`]), never with an empty area.
//!
//! A file of a table, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic `BCNGCODE` |
//! | 4 | version, 1 |
//! | 4 | CRC-32 (IEEE 802.3) of all bytes after this one |
//! | 4 | count of entries, n |
//! | 4 | units in a degree |
//! | 4 | how far its lines may lie from the true ones, metres; 0 where nothing is drawn |
//! | 4 | length of the words, w |
//! | w | scheme, title, licence, attribution, source: each its length and UTF-8 |
//! | 4 b | where each block of 16 entries begins, from the end of this array; b = n / 16, rounded up |
//! | rest | the entries, sorted by code, then by the time from which they are valid |
//!
//! An entry is its length and: how many bytes of its code it shares with the entry before (none at the start of a
//! block), the rest of the code, flags, then what the flags name: a name, a first second, a last second (excluded;
//! both since 1970), successors, and rings or targets. A ring is its count of points, without the one that closes it,
//! and the steps in latitude and longitude from point to point, from ring to ring, in units. Numbers are LEB128,
//! signed ones zigzag. A text is its length and its bytes; a list is its count and its items.
//!
//! [`Table::from_bytes`] checks every length, order and ring once, so that no question asked later can fail.

mod check;
mod crc;
mod date;
mod draft;
mod encode;
mod entry;
mod registry;
mod resolution;
mod rings;
mod scheme;
mod table;
mod varint;

pub use draft::{Drawing, EntryDraft, TableDraft, add_entries};
pub use encode::{EncodeError, Encoded, encode};
pub use entry::{Entry, Outline};
pub use registry::{Drawn, Place, Registry};
pub use resolution::Resolution;
pub use rings::RawRings;
pub use scheme::{Form, Meaning, MeaningError, meaning, scheme, split};
pub use table::{Table, TableError};

/// The first bytes of a table.
const MAGIC: &[u8; 8] = b"BCNGCODE";
/// The version written and read.
const VERSION: u32 = 1;
/// Bytes before the words.
const HEADER: usize = 32;
/// Entries in a block: one is found by halving the blocks, then by walking through its own.
const BLOCK: usize = 16;

/// The largest table, bytes.
pub const MAX_BYTES: usize = 256 << 20;
/// The most entries of a table.
pub const MAX_ENTRIES: usize = 1 << 20;
/// The longest code, bytes.
pub const MAX_CODE: usize = 128;
/// The longest name, bytes.
pub const MAX_NAME: usize = 512;
/// The longest of the words about a table, bytes.
pub const MAX_WORDS: usize = 8192;
/// The most entries that one code may have, one after the other in time.
pub const MAX_VERSIONS: usize = 64;
/// The most successors or targets of an entry.
pub const MAX_CODES: usize = 2048;
/// The most rings of an entry.
pub const MAX_RINGS: usize = 50_000;

#[cfg(test)]
mod tests;
