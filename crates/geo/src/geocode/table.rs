//! A table of one scheme's codes over bytes, borrowed or owned, checked once and for all.

use std::borrow::Cow;
use std::ops::Range;

use super::entry::{Entry, Head, Outline};
use super::varint::Bytes;
use super::{BLOCK, HEADER, MAGIC, MAX_BYTES, MAX_ENTRIES, MAX_WORDS, VERSION, check, crc};
use crate::point::EARTH_RADIUS_KM;
use crate::ring::Ring;

/// A table of geocodes. See the [module](super) for its form.
#[derive(Clone)]
pub struct Table<'a> {
    bytes: Cow<'a, [u8]>,
    scheme: Range<usize>,
    title: Range<usize>,
    licence: Range<usize>,
    attribution: Range<usize>,
    source: Range<usize>,
    count: usize,
    units: u32,
    resolution_m: u32,
    /// Where the array of blocks begins.
    blocks: usize,
    /// Where the entries begin.
    entries: usize,
}

/// Why bytes are no table of geocodes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It does not begin as one.
    #[error("these bytes are not a table of geocodes; make one with `beaconfire geocodes import`")]
    Magic,
    /// A version not known here.
    #[error("version {0} of the table of geocodes is not known here; import it anew with this program")]
    Version(u32),
    /// The checksum does not hold.
    #[error(
        "the table of geocodes was damaged on its way (its checksum does not hold); copy or import it anew"
    )]
    Checksum,
    /// More than the limits allow.
    #[error("the table of geocodes has too many {0}; split it")]
    TooMany(&'static str),
    /// Something in it contradicts something else; the word says what.
    #[error("the {what} of entry {entry} in the table of geocodes are damaged; import it anew")]
    Entry {
        /// Which entry, from zero.
        entry: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The head contradicts itself; the word says what.
    #[error("the {0} of the table of geocodes are damaged; import it anew")]
    Head(&'static str),
}

impl<'a> Table<'a> {
    /// Checks the bytes and keeps or borrows them. Linear in their length.
    ///
    /// # Errors
    /// [`TableError`] when the bytes are not a sound table.
    pub fn from_bytes(bytes: impl Into<Cow<'a, [u8]>>) -> Result<Self, TableError> {
        let table = Self::lay_out(bytes.into())?;
        check::entries(&table)?;
        Ok(table)
    }

    /// Finds the parts by the head.
    fn lay_out(bytes: Cow<'a, [u8]>) -> Result<Self, TableError> {
        if bytes.len() > MAX_BYTES {
            return Err(TableError::TooMany("bytes"));
        }
        let mut rest = Bytes(bytes.strip_prefix(MAGIC).ok_or(TableError::Magic)?);
        let mut number = || word(&mut rest).ok_or(TableError::Head("lengths"));
        let version = number()?;
        if version != VERSION {
            return Err(TableError::Version(version));
        }
        let checksum = number()?;
        let [count, units, resolution_m, words] = [number()?, number()?, number()?, number()?];
        if crc::crc32(&bytes[MAGIC.len() + 8..]) != checksum {
            return Err(TableError::Checksum);
        }
        let (count, words) = (count as usize, words as usize);
        if count > MAX_ENTRIES {
            return Err(TableError::TooMany("entries"));
        }
        if !(1..=1_000_000).contains(&units) {
            return Err(TableError::Head("units"));
        }
        let mut at = HEADER;
        let mut texts: [Range<usize>; 5] = Default::default();
        let mut rest = Bytes(bytes.get(HEADER..HEADER + words).ok_or(TableError::Head("lengths"))?);
        for text in &mut texts {
            let found = rest.text(MAX_WORDS).ok_or(TableError::Head("words"))?;
            let end = HEADER + words - rest.0.len();
            at = at.max(end);
            *text = end - found.len()..end;
        }
        if at != HEADER + words {
            return Err(TableError::Head("words"));
        }
        let entries = at + count.div_ceil(BLOCK) * 4;
        if entries > bytes.len() {
            return Err(TableError::Head("lengths"));
        }
        let [scheme, title, licence, attribution, source] = texts;
        let table = Self {
            bytes,
            scheme,
            title,
            licence,
            attribution,
            source,
            count,
            units,
            resolution_m,
            blocks: at,
            entries,
        };
        if table.scheme().is_empty() || table.scheme() != super::scheme(table.scheme()) {
            return Err(TableError::Head("words"));
        }
        Ok(table)
    }

    /// The scheme of its codes, as [`scheme`](super::scheme) spells it.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.words(&self.scheme)
    }

    /// What it is, for people.
    #[must_use]
    pub fn title(&self) -> &str {
        self.words(&self.title)
    }

    /// Under what it may be used and passed on.
    #[must_use]
    pub fn licence(&self) -> &str {
        self.words(&self.licence)
    }

    /// Whom to name where it is used; empty where nobody asks for it.
    #[must_use]
    pub fn attribution(&self) -> &str {
        self.words(&self.attribution)
    }

    /// Where it came from and how it was made.
    #[must_use]
    pub fn source(&self) -> &str {
        self.words(&self.source)
    }

    /// How many entries there are: codes, and further times of codes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How far its lines may lie from the true ones, metres; `None` where the one who imported it did not say, or
    /// where nothing is drawn.
    #[must_use]
    pub fn resolution_m(&self) -> Option<u32> {
        (self.resolution_m > 0).then_some(self.resolution_m)
    }

    /// The step between two coordinates that it can tell apart, metres along a meridian.
    #[must_use]
    pub fn step_m(&self) -> f64 {
        EARTH_RADIUS_KM.to_radians() * 1000.0 / f64::from(self.units)
    }

    /// Steps in a degree.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.units
    }

    /// All entries, in the order of their codes and times.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.walk(0).filter_map(|(code, head)| head.entry(code))
    }

    /// The entries of a code, in the order of their times.
    pub fn find<'s>(&'s self, code: &'s str) -> impl Iterator<Item = Entry<'s>> {
        self.prefixed(code).take_while(move |entry| entry.code == code)
    }

    /// The entries whose codes begin so, in order.
    pub fn prefixed<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = Entry<'s>> {
        let (mut low, mut high) = (0, self.count.div_ceil(BLOCK));
        while low < high {
            let middle = low.midpoint(high);
            let before = self.walk(middle).next().is_some_and(|(code, _)| code.as_str() < prefix);
            if before { low = middle + 1 } else { high = middle }
        }
        // It may begin inside the last block that begins before it.
        self.walk(low.saturating_sub(1))
            .skip_while(move |(code, _)| code.as_str() < prefix)
            .take_while(move |(code, _)| code.starts_with(prefix))
            .filter_map(|(code, head)| head.entry(code))
    }

    /// The rings of the entry at a place among the entries.
    pub(super) fn rings_at(&self, at: usize) -> Option<Vec<Ring>> {
        // Its code is not asked for, so the one before need not be known.
        match Head::read(self.records(), at)?.entry(String::new())?.outline {
            Outline::Rings(rings) => rings.rings(self.units),
            Outline::Nowhere | Outline::As(_) => None,
        }
    }

    /// The heads from a block on; ends where one cannot be read, which was checked not to happen.
    fn walk(&self, block: usize) -> impl Iterator<Item = (String, Head<'_>)> {
        let mut at = self.block(block);
        let mut code = String::new();
        let mut left = self.count.saturating_sub(block * BLOCK);
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let head = Head::read(self.records(), at?)?;
            head.advance(&mut code)?;
            at = Some(head.next);
            Some((code.clone(), head))
        })
    }

    /// Where a block begins among the entries.
    pub(super) fn block(&self, block: usize) -> Option<usize> {
        let at = self.blocks + block * 4;
        if at >= self.entries {
            return None;
        }
        let bytes = self.bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }

    /// The bytes of the entries.
    pub(super) fn records(&self) -> &[u8] {
        &self.bytes[self.entries..]
    }

    fn words(&self, range: &Range<usize>) -> &str {
        // Checked when the bytes were laid out.
        std::str::from_utf8(&self.bytes[range.clone()]).unwrap_or_default()
    }
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("scheme", &self.scheme()).field("entries", &self.count).finish()
    }
}

fn word(bytes: &mut Bytes<'_>) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.take(4)?.try_into().ok()?))
}
