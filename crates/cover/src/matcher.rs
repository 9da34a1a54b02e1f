//! Matching a place against an encoded area, without a heap.

use core::fmt;

use crate::cell::{HEAD, MAX_LEVEL, key};

/// An encoded area, checked and borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Matcher<'a> {
    level: u8,
    cells: &'a [u8],
}

/// Where a place lies to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// Surely outside.
    Outside,
    /// In a cell that the boundary passes: it may be inside.
    Boundary,
    /// Surely inside.
    Inside,
}

/// Why bytes are no encoded area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatcherError {
    /// They do not begin as one, or are of another version.
    Head,
    /// The greatest level is over [`MAX_LEVEL`].
    Level,
    /// They end before the last cell does, or go on after it.
    Length,
    /// A cell that cannot be: beyond the earth, across a cell border, or a number too long.
    Cell,
}

impl fmt::Display for MatcherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "these bytes are no encoded area of version 1",
            Self::Level => "the encoded area has a level over 16",
            Self::Length => "the encoded area is cut short or too long",
            Self::Cell => "the encoded area has a damaged cell",
        })
    }
}

impl core::error::Error for MatcherError {}

impl<'a> Matcher<'a> {
    /// Checks the bytes from one end to the other and borrows them.
    ///
    /// # Errors
    /// [`MatcherError`] when the bytes are not a sound encoding.
    pub fn new(bytes: &'a [u8]) -> Result<Self, MatcherError> {
        let rest = bytes.strip_prefix(&HEAD).ok_or(MatcherError::Head)?;
        let (&level, mut rest) = rest.split_first().ok_or(MatcherError::Length)?;
        if level > MAX_LEVEL {
            return Err(MatcherError::Level);
        }
        let count = varint(&mut rest)?;
        let mut spans = Spans { level, rest, end: 0 };
        for _ in 0..count {
            spans.read()?;
        }
        if spans.rest.is_empty() { Ok(Self { level, cells: rest }) } else { Err(MatcherError::Length) }
    }

    /// Whether the place may lie in the area: `false` only if it surely does not. Longitudes in -180 to 180; a place
    /// that is no place on the earth lies in no area.
    #[must_use]
    pub fn contains(&self, lat: f64, lon: f64) -> bool {
        self.find(lat, lon) != Where::Outside
    }

    /// Where the place lies. Costs one pass over the bytes.
    #[must_use]
    pub fn find(&self, lat: f64, lon: f64) -> Where {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return Where::Outside;
        }
        // The antimeridian belongs to the first and to the last column.
        if lon.abs() == 180.0 { self.at(lat, -180.0).max(self.at(lat, 180.0)) } else { self.at(lat, lon) }
    }

    /// How many cells there are, by walking over them.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.spans().count()
    }

    fn at(&self, lat: f64, lon: f64) -> Where {
        let count = 1u32 << self.level;
        let index = |part: f64| ((part * f64::from(count)) as u32).min(count - 1);
        let wanted = key(index((lat + 90.0) / 180.0), index((lon + 180.0) / 360.0));
        match self.spans().find(|span| wanted < span.end) {
            Some(span) if wanted >= span.start => span.place,
            _ => Where::Outside,
        }
    }

    fn spans(&self) -> Spans<'a> {
        Spans { level: self.level, rest: self.cells, end: 0 }
    }
}

/// The keys of one cell, at the greatest level.
struct Span {
    start: u64,
    /// One past the last.
    end: u64,
    place: Where,
}

struct Spans<'a> {
    level: u8,
    rest: &'a [u8],
    end: u64,
}

impl Spans<'_> {
    fn read(&mut self) -> Result<Span, MatcherError> {
        let token = varint(&mut self.rest)?;
        let (gap, above) = (token >> 6, (token >> 1 & 31) as u8);
        if above > self.level {
            return Err(MatcherError::Cell);
        }
        let size = 1u64 << (2 * above);
        // A gap has at most 58 bits and an end at most 33: no overflow.
        let start = self.end + gap;
        let end = start + size;
        if !start.is_multiple_of(size) || end > 1 << (2 * self.level) {
            return Err(MatcherError::Cell);
        }
        self.end = end;
        Ok(Span { start, end, place: if token & 1 == 1 { Where::Boundary } else { Where::Inside } })
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        // Bytes were checked when they were borrowed: an error is the end.
        self.read().ok()
    }
}

fn varint(rest: &mut &[u8]) -> Result<u64, MatcherError> {
    let mut value = 0;
    for place in 0..9 {
        let (&byte, tail) = rest.split_first().ok_or(MatcherError::Length)?;
        *rest = tail;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(MatcherError::Cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    /// Level 1, one cell: the north-west quarter, on the boundary.
    /// Its key is 2: the varint of 2 * 64 + 1.
    const QUARTER: &[u8] = &[b'B', b'C', 1, 1, 1, 0x81, 1];

    #[test]
    fn one_quarter() {
        let matcher = Matcher::new(QUARTER).unwrap();
        assert_eq!(matcher.find(45.0, -90.0), Where::Boundary);
        for (lat, lon) in [(45.0, 90.0), (-45.0, -90.0), (f64::NAN, 0.0), (91.0, -90.0), (45.0, -181.0)] {
            assert_eq!(matcher.find(lat, lon), Where::Outside, "{lat} {lon}");
        }
        assert!(matcher.contains(45.0, 180.0), "the antimeridian is in the first column too");
        assert_eq!(matcher.cells(), 1);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        for end in 0..QUARTER.len() {
            assert!(Matcher::new(&QUARTER[..end]).is_err(), "{end}");
        }
        let longer = [QUARTER, &[0]].concat();
        assert_eq!(Matcher::new(&longer).unwrap_err(), MatcherError::Length);
        assert_eq!(Matcher::new(b"BC\x01\x11\x00").unwrap_err(), MatcherError::Level);
        assert_eq!(Matcher::new(b"BC\x02\x01\x00").unwrap_err(), MatcherError::Head);
        assert_eq!(Matcher::new(b"BC\x01\x01\x01\x04").unwrap_err(), MatcherError::Cell, "above the earth");
        assert_eq!(
            Matcher::new(b"BC\x01\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff").unwrap_err(),
            MatcherError::Cell
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_matcher_panic(
            tail in proptest::collection::vec(any::<u8>(), 0..80), level in 0u8..18, lat in -91.0..91.0f64, lon in -181.0..181.0f64,
        ) {
            for bytes in [tail.clone(), [&HEAD[..], &[level], &tail].concat(), low_bytes(level, &tail)] {
                if let Ok(matcher) = Matcher::new(&bytes) {
                    let _ = (matcher.find(lat, lon), matcher.cells());
                }
            }
        }
    }

    /// Short gaps, so that many are sound.
    fn low_bytes(level: u8, tail: &[u8]) -> Vec<u8> {
        let cells: Vec<u8> = tail.iter().map(|b| b & 0x41).collect();
        [&HEAD[..], &[level, cells.len() as u8], &cells].concat()
    }
}
