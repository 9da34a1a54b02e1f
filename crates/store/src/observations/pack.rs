//! A batch as bytes: `u8` form 1, `u32` count of fresh ones, then each observation, fresh ones
//! first, as `u32` series, `i64` time, `f64` value, `u8` quality. Little-endian.

use super::{IntakeBatch, Observation};
use crate::error::StoreError;

const FORM: u8 = 1;
const HEADER: usize = 5;
const EACH: usize = 21;

/// Packs what a batch brought.
pub(super) fn pack<'a>(
    fresh: impl ExactSizeIterator<Item = &'a Observation>,
    revised: impl ExactSizeIterator<Item = &'a Observation>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + (fresh.len() + revised.len()) * EACH);
    bytes.push(FORM);
    // A batch is bounded far below 2^32.
    let count = u32::try_from(fresh.len()).unwrap_or(u32::MAX);
    bytes.extend(count.to_le_bytes());
    for one in fresh.chain(revised) {
        bytes.extend(one.series.to_le_bytes());
        bytes.extend(one.time.to_le_bytes());
        bytes.extend(one.value.to_le_bytes());
        bytes.push(one.quality);
    }
    bytes
}

/// Reads a batch back.
pub(super) fn unpack(batch: u64, bytes: &[u8], file: &str) -> Result<IntakeBatch, StoreError> {
    parse(batch, bytes)
        .ok_or_else(|| StoreError::damaged(file, format!("batch {batch} is not in the known form")))
}

fn parse(batch: u64, bytes: &[u8]) -> Option<IntakeBatch> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let (each, left) = rest.as_chunks::<EACH>();
    if header[0] != FORM || !left.is_empty() {
        return None;
    }
    let count = u32::from_le_bytes(header[1..].try_into().ok()?) as usize;
    let all = each.iter().map(parse_one).collect::<Option<Vec<_>>>()?;
    let (fresh, revised) = all.split_at_checked(count)?;
    Some(IntakeBatch { batch, fresh: fresh.to_vec(), revised: revised.to_vec() })
}

fn parse_one(bytes: &[u8; EACH]) -> Option<Observation> {
    Some(Observation {
        series: u32::from_le_bytes(bytes[0..4].try_into().ok()?),
        time: i64::from_le_bytes(bytes[4..12].try_into().ok()?),
        value: f64::from_le_bytes(bytes[12..20].try_into().ok()?),
        quality: bytes[20],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_reads_back_and_damage_is_found() {
        let one = Observation { series: 7, time: -3, value: 0.1, quality: 255 };
        let two = Observation { series: u32::MAX, time: i64::MAX, value: -1e300, quality: 0 };
        let bytes = pack([one].iter(), [two].iter());
        assert_eq!(bytes.len(), HEADER + 2 * EACH);
        let read = unpack(9, &bytes, "f").unwrap();
        assert_eq!(read, IntakeBatch { batch: 9, fresh: vec![one], revised: vec![two] });
        for cut in 0..bytes.len() {
            // A cut between the fresh and the revised ones leaves a shorter batch; the database's own
            // record lengths hold that together.
            let between = cut == HEADER + EACH;
            assert_eq!(unpack(9, &bytes[..cut], "f").is_err(), !between, "cut at {cut}");
        }
        let mut other = bytes;
        other[0] = 2;
        assert!(unpack(9, &other, "f").is_err());
    }
}
