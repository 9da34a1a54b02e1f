//! Cells of the quadtree, and their keys.

/// The finest level: cells of 0.0027 by 0.0055 degrees, at most 305 by 611 metres.
pub const MAX_LEVEL: u8 = 16;

/// The first bytes of an encoding, and its version.
pub(crate) const HEAD: [u8; 3] = *b"BC\x01";

/// One cell of the quadtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// 0 for the whole earth, to [`MAX_LEVEL`].
    pub level: u8,
    /// From the south, 0 to 2^level - 1.
    pub row: u32,
    /// From the west, 0 to 2^level - 1.
    pub column: u32,
}

impl Cell {
    /// The whole earth.
    pub const EARTH: Self = Self { level: 0, row: 0, column: 0 };

    /// South, west, north and east in degrees; exact.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64, f64, f64) {
        let count = f64::from(1u32 << self.level.min(MAX_LEVEL));
        let (high, wide) = (180.0 / count, 360.0 / count);
        let (south, west) = (f64::from(self.row) * high - 90.0, f64::from(self.column) * wide - 180.0);
        (south, west, south + high, west + wide)
    }

    /// Its four quarters.
    #[must_use]
    pub fn quarters(&self) -> [Self; 4] {
        let (level, row, column) = (self.level + 1, self.row * 2, self.column * 2);
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(r, c)| Self { level, row: row + r, column: column + c })
    }
}

/// The Morton key of a row and a column.
pub(crate) fn key(row: u32, column: u32) -> u64 {
    (spread(row) << 1) | spread(column)
}

fn spread(x: u32) -> u64 {
    let mut x = u64::from(x & 0xffff);
    x = (x | (x << 8)) & 0x00ff_00ff;
    x = (x | (x << 4)) & 0x0f0f_0f0f;
    x = (x | (x << 2)) & 0x3333_3333;
    (x | (x << 1)) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exact() {
        assert_eq!(Cell::EARTH.bounds(), (-90.0, -180.0, 90.0, 180.0));
        let cell = Cell { level: 1, row: 1, column: 0 };
        assert_eq!(cell.bounds(), (0.0, -180.0, 90.0, 0.0));
        assert_eq!(Cell { level: 16, row: 65_535, column: 65_535 }.bounds().3, 180.0);
    }

    #[test]
    fn quarters_have_consecutive_keys() {
        let keys = Cell { level: 3, row: 5, column: 2 }.quarters().map(|c| key(c.row, c.column));
        assert_eq!(keys, [keys[0], keys[0] + 1, keys[0] + 2, keys[0] + 3]);
        assert_eq!(key(65_535, 65_535), u64::from(u32::MAX));
    }
}
