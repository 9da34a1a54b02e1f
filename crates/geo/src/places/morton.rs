//! Morton keys: latitude and longitude, 16 bits each, interleaved, so that near places lie near in the file.

use crate::bbox::BBox;

/// Ranges of keys a box is cut into at most; more would cost more than they save.
const MAX_RANGES: usize = 64;

/// The key of a place in 1e-6 degrees.
pub(crate) fn key(lat: i32, lon: i32) -> u32 {
    interleave(cell(lat, 90_000_000, 180_000_000), cell(lon, 180_000_000, 360_000_000))
}

/// Ascending ranges of keys, ends included, that together hold every key of a place in the box.
pub(crate) fn ranges(bbox: &BBox) -> Vec<(u32, u32)> {
    let micro = |degrees: f64| (degrees * super::PER_DEGREE).round() as i32;
    let rows = (
        cell(micro(bbox.south).saturating_sub(1), 90_000_000, 180_000_000),
        cell(micro(bbox.north).saturating_add(1), 90_000_000, 180_000_000),
    );
    let mut out = Vec::new();
    for (west, east) in bbox.spans().into_iter().flatten() {
        let columns = (
            cell(micro(west).saturating_sub(1), 180_000_000, 360_000_000),
            cell(micro(east).saturating_add(1), 180_000_000, 360_000_000),
        );
        cover(rows, columns, &mut out);
    }
    out.sort_unstable();
    out.dedup_by(|next, kept| {
        let touch = next.0 <= kept.1.saturating_add(1);
        if touch {
            kept.1 = kept.1.max(next.1);
        }
        touch
    });
    out
}

/// Breadth first: squares wholly inside are kept, those on the edge are cut while there is room for more ranges.
fn cover(rows: (u32, u32), columns: (u32, u32), out: &mut Vec<(u32, u32)>) {
    let mut queue = std::collections::VecDeque::from([(0u32, 0u32, 16u32)]);
    let mut kept = 0;
    while let Some((row, column, level)) = queue.pop_front() {
        let last = (1u32 << level) - 1;
        let (row_end, column_end) = (row + last, column + last);
        if row > rows.1 || row_end < rows.0 || column > columns.1 || column_end < columns.0 {
            continue;
        }
        let within = row >= rows.0 && row_end <= rows.1 && column >= columns.0 && column_end <= columns.1;
        if within || level == 0 || kept + queue.len() + 4 > MAX_RANGES {
            let first = interleave(row, column);
            out.push((first, first + ((1u64 << (2 * level)) - 1) as u32));
            kept += 1;
            continue;
        }
        let half = 1 << (level - 1);
        for (r, c) in [(0, 0), (0, half), (half, 0), (half, half)] {
            queue.push_back((row + r, column + c, level - 1));
        }
    }
}

/// 0 to 65535 across the whole extent.
fn cell(value: i32, offset: i64, extent: i64) -> u32 {
    let shifted = (i64::from(value) + offset).clamp(0, extent);
    ((shifted * 65_536 / extent) as u32).min(65_535)
}

/// Latitude in the odd bits, longitude in the even ones.
fn interleave(row: u32, column: u32) -> u32 {
    (spread(row) << 1) | spread(column)
}

fn spread(mut x: u32) -> u32 {
    x &= 0xffff;
    x = (x | (x << 8)) & 0x00ff_00ff;
    x = (x | (x << 4)) & 0x0f0f_0f0f;
    x = (x | (x << 2)) & 0x3333_3333;
    (x | (x << 1)) & 0x5555_5555
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_corners_have_the_outermost_keys() {
        assert_eq!(key(-90_000_000, -180_000_000), 0);
        assert_eq!(key(90_000_000, 180_000_000), u32::MAX);
        let world = BBox { south: -90.0, west: -180.0, north: 90.0, east: 180.0 };
        assert_eq!(ranges(&world), [(0, u32::MAX)]);
    }

    proptest! {
        #[test]
        fn every_place_in_a_box_has_its_key_in_a_range_of_the_box(
            south in -90.0..90.0f64, west in -180.0..180.0f64, high in 0.0..20.0f64, wide in 0.0..40.0f64,
            up in 0.0..=1.0f64, right in 0.0..=1.0f64,
        ) {
            let bbox = BBox::from_unwrapped(south, west, south + high, west + wide);
            let lat = bbox.south + up * (bbox.north - bbox.south);
            let lon = (bbox.west + right * bbox.width() + 180.0).rem_euclid(360.0) - 180.0;
            let key = key((lat * 1e6).round() as i32, (lon * 1e6).round() as i32);
            let found = ranges(&bbox);
            prop_assert!(found.iter().any(|r| (r.0..=r.1).contains(&key)), "{bbox:?} {lat} {lon}");
            prop_assert!(found.len() <= 2 * MAX_RANGES);
            prop_assert!(found.windows(2).all(|w| w[0].1 < w[1].0));
        }
    }
}
