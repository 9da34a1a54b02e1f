//! Rings as steps between whole numbers.

use super::MAX_RINGS;
use super::varint::{Bytes, put, put_signed};
use crate::point::Point;
use crate::ring::{MAX_VERTICES, Ring};

/// Rings as they lie in a table; read when asked for.
#[derive(Clone, Copy, Debug)]
pub struct RawRings<'a> {
    count: usize,
    bytes: &'a [u8],
}

/// A ring in units: latitude and longitude of each point, the first not repeated.
pub(super) type Grid = Vec<(i64, i64)>;

impl RawRings<'_> {
    /// How many rings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The rings, in units of which so many are a degree.
    pub(super) fn rings(&self, units: u32) -> Option<Vec<Ring>> {
        self.grids(units)?.iter().map(|grid| ring(grid, units)).collect()
    }

    /// The rings in whole units; `None` where they are cut short or leave the globe.
    pub(super) fn grids(&self, units: u32) -> Option<Vec<Grid>> {
        let units = u64::from(units);
        let (mut lat, mut lon) = (0i64, 0i64);
        let mut rest = Bytes(self.bytes);
        let mut grids = Vec::new();
        for _ in 0..self.count {
            let count = rest.count(MAX_VERTICES - 1)?;
            // A point takes two bytes at least, so a count beyond them is not believed.
            if count < 3 || count > rest.0.len() / 2 {
                return None;
            }
            let mut grid = Vec::with_capacity(count);
            for _ in 0..count {
                lat = lat.checked_add(rest.signed()?)?;
                lon = lon.checked_add(rest.signed()?)?;
                if lat.unsigned_abs() > 90 * units || lon.unsigned_abs() > 180 * units {
                    return None;
                }
                grid.push((lat, lon));
            }
            grids.push(grid);
        }
        rest.0.is_empty().then_some(grids)
    }
}

/// The rest of an entry as rings.
pub(super) fn raw<'a>(body: &mut Bytes<'a>) -> Option<RawRings<'a>> {
    let count = body.count(MAX_RINGS)?;
    let bytes = std::mem::take(&mut body.0);
    (count > 0).then_some(RawRings { count, bytes })
}

/// Appends rings.
pub(super) fn write(out: &mut Vec<u8>, grids: &[Grid]) {
    put(out, grids.len() as u64);
    let (mut lat, mut lon) = (0, 0);
    for grid in grids {
        put(out, grid.len() as u64);
        for &(y, x) in grid {
            put_signed(out, y - lat);
            put_signed(out, x - lon);
            (lat, lon) = (y, x);
        }
    }
}

/// A ring of units as a ring of degrees; `None` where it is none.
pub(super) fn ring(grid: &Grid, units: u32) -> Option<Ring> {
    let degrees = |unit: i64| unit as f64 / f64::from(units);
    let point = |&(lat, lon): &(i64, i64)| Point::new(degrees(lat), degrees(lon)).ok();
    Ring::new(grid.iter().chain(grid.first()).map(point).collect::<Option<Vec<_>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_off_the_globe_are_no_rings() {
        for far in [i64::MIN, i64::MAX, 91, -91] {
            let mut bytes = Vec::new();
            write(&mut bytes, &[vec![(0, 0), (0, 1), (far, 0)]]);
            let rings = raw(&mut Bytes(&bytes)).expect("one ring");
            assert_eq!(rings.grids(1), None, "{far}");
        }
        let mut bytes = Vec::new();
        write(&mut bytes, &[vec![(0, 0), (90, 0), (0, -180)]]);
        assert_eq!(
            raw(&mut Bytes(&bytes)).and_then(|rings| rings.grids(1)).map(|grids| grids.len()),
            Some(1)
        );
    }
}
