//! One entry of a table as it lies there.

use super::rings::{self, RawRings};
use super::varint::Bytes;
use super::{MAX_CODE, MAX_CODES, MAX_NAME};

pub(super) const HAS_NAME: u8 = 1;
pub(super) const HAS_FROM: u8 = 2;
pub(super) const HAS_UNTIL: u8 = 4;
pub(super) const HAS_SUCCESSORS: u8 = 8;
pub(super) const HAS_RINGS: u8 = 16;
pub(super) const HAS_TARGETS: u8 = 32;

/// A code during one stretch of time.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The code, as [`meaning`](super::meaning) spells it.
    pub code: String,
    /// Its name; empty where the table has none.
    pub name: &'a str,
    /// The second since 1970 from which it is valid; `None`: always was.
    pub from: Option<i64>,
    /// The second from which it is no longer valid; `None`: still is.
    pub until: Option<i64>,
    /// The codes of the same scheme that followed it.
    pub successors: Vec<&'a str>,
    /// Where it is.
    pub outline: Outline<'a>,
    /// Where it lies among the entries.
    pub(super) at: usize,
}

/// Where an entry's place is.
#[derive(Clone, Debug)]
pub enum Outline<'a> {
    /// The table does not say: it only knows that the code was there, and when.
    Nowhere,
    /// Inside these rings together.
    Rings(RawRings<'a>),
    /// Where these codes are together: scheme and code of each.
    As(Vec<(&'a str, &'a str)>),
}

impl Entry<'_> {
    /// Whether the entry holds at this second.
    #[must_use]
    pub fn holds_at(&self, second: i64) -> bool {
        self.from.is_none_or(|from| from <= second) && self.until.is_none_or(|until| second < until)
    }

    /// How many codes it names.
    pub(super) fn listed(&self) -> usize {
        let targets = if let Outline::As(targets) = &self.outline { targets.len() } else { 0 };
        self.successors.len() + targets
    }
}

/// The beginning of an entry: enough to walk past it.
pub(super) struct Head<'a> {
    /// How many bytes of its code it shares with the one before; none at the beginning of a block.
    shared: usize,
    /// The rest of the code.
    rest: &'a str,
    body: Bytes<'a>,
    at: usize,
    /// Where the next one begins.
    pub(super) next: usize,
}

impl<'a> Head<'a> {
    /// Reads the head at a place among the entries.
    pub(super) fn read(records: &'a [u8], at: usize) -> Option<Self> {
        let mut rest = Bytes(records.get(at..)?);
        let length = rest.count(records.len())?;
        let mut body = Bytes(rest.take(length)?);
        let next = records.len() - rest.0.len();
        let shared = body.count(MAX_CODE)?;
        Some(Self { shared, rest: body.text(MAX_CODE)?, body, at, next })
    }

    /// Turns the code before into this one's.
    pub(super) fn advance(&self, code: &mut String) -> Option<()> {
        code.get(..self.shared)?;
        code.truncate(self.shared);
        code.push_str(self.rest);
        Some(())
    }

    /// All of the entry; `None` where it cannot be read.
    pub(super) fn entry(mut self, code: String) -> Option<Entry<'a>> {
        let body = &mut self.body;
        let flags = body.byte()?;
        let name = if flags & HAS_NAME == 0 { "" } else { body.text(MAX_NAME)? };
        let from = if flags & HAS_FROM == 0 { None } else { Some(body.signed()?) };
        let until = if flags & HAS_UNTIL == 0 { None } else { Some(body.signed()?) };
        let mut successors = Vec::new();
        if flags & HAS_SUCCESSORS != 0 {
            for _ in 0..body.count(MAX_CODES)? {
                successors.push(body.text(MAX_CODE)?);
            }
        }
        let outline = match flags & (HAS_RINGS | HAS_TARGETS) {
            0 => Outline::Nowhere,
            HAS_RINGS => Outline::Rings(rings::raw(body)?),
            HAS_TARGETS => {
                let mut targets = Vec::new();
                for _ in 0..body.count(MAX_CODES)? {
                    targets.push((body.text(MAX_CODE)?, body.text(MAX_CODE)?));
                }
                Outline::As(targets)
            }
            _ => return None,
        };
        body.0.is_empty().then_some(Entry { code, name, from, until, successors, outline, at: self.at })
    }
}
