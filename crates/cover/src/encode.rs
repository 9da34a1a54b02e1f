//! Covering a region with cells and writing them down.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::cell::{Cell, HEAD, MAX_LEVEL, key};
use crate::rings::Rings;

/// The most cells an encoding may be asked to spend.
pub const MAX_BUDGET: usize = 16_384;

/// Something that can be covered with cells.
///
/// A cell is taken with its edges and a margin of 1e-9 degree. `Outside` and `Inside` must be certain for all of it;
/// in doubt, `Boundary` is always right, and only costs cells.
pub trait Region: Sized {
    /// How the cell lies to the region.
    fn look(&self, cell: &Cell) -> Look<Self>;
}

/// How a cell lies to a region.
#[derive(Clone, Debug, PartialEq)]
pub enum Look<R> {
    /// No point of it is inside.
    Outside,
    /// Every point of it is.
    Inside,
    /// The boundary may pass through; with what is left of the region for looking at the cell's quarters.
    Boundary(R),
}

/// Why a region could not be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The greatest level is over [`MAX_LEVEL`].
    Level(u8),
    /// The budget of cells is 0 or over [`MAX_BUDGET`].
    Budget(usize),
    /// A ring, counted from 0, has fewer than four points, is open, or has a coordinate out of range.
    Ring(usize),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => write!(f, "level {level} is over 16"),
            Self::Budget(budget) => write!(f, "a budget of {budget} cells is not from 1 to 16384"),
            Self::Ring(index) => {
                write!(f, "ring {index} is open, too short, or has a coordinate out of range")
            }
        }
    }
}

impl core::error::Error for EncodeError {}

/// Encodes the union of closed rings, given as latitude and longitude in degrees.
///
/// A ring that crosses the antimeridian runs on past 180 degrees (to at most 720). Inside is where the winding number
/// of a ring is not zero. See [`encode`] for the level and the budget.
///
/// # Errors
/// [`EncodeError`] when a ring, the level or the budget is out of range.
pub fn encode_rings(rings: &[&[(f64, f64)]], max_level: u8, budget: usize) -> Result<Vec<u8>, EncodeError> {
    encode(Rings::new(rings)?, max_level, budget)
}

/// Encodes a region with cells down to `max_level`, and as few coarser ones as a `budget` of cells forces. The
/// largest cells on the boundary are cut first.
///
/// # Errors
/// [`EncodeError`] when the level or the budget is out of range.
pub fn encode<R: Region>(region: R, max_level: u8, budget: usize) -> Result<Vec<u8>, EncodeError> {
    if max_level > MAX_LEVEL {
        return Err(EncodeError::Level(max_level));
    }
    if budget == 0 || budget > MAX_BUDGET {
        return Err(EncodeError::Budget(budget));
    }
    Ok(write(cover(region, max_level, budget), max_level))
}

/// A cell, and whether the boundary may pass it.
type Marked = (Cell, bool);

fn cover<R: Region>(region: R, max_level: u8, budget: usize) -> Vec<Marked> {
    let mut done: Vec<Marked> = Vec::new();
    // First in, first out: coarse cells come before fine ones.
    let mut queue: VecDeque<(Cell, R)> = VecDeque::new();
    let sort = |cell: Cell, region: &R, done: &mut Vec<Marked>, queue: &mut VecDeque<(Cell, R)>| match region
        .look(&cell)
    {
        Look::Outside => {}
        Look::Inside => done.push((cell, false)),
        Look::Boundary(_) if cell.level == max_level => done.push((cell, true)),
        Look::Boundary(rest) => queue.push_back((cell, rest)),
    };
    sort(Cell::EARTH, &region, &mut done, &mut queue);
    while let Some((cell, rest)) = queue.pop_front() {
        // Cutting one cell may make four of it.
        if done.len() + queue.len() + 4 > budget {
            done.push((cell, true));
            continue;
        }
        for quarter in cell.quarters() {
            sort(quarter, &rest, &mut done, &mut queue);
        }
    }
    done
}

fn write(cells: Vec<Marked>, max_level: u8) -> Vec<u8> {
    let mut spans: Vec<(u64, u8, bool)> = cells
        .into_iter()
        .map(|(cell, boundary)| {
            let above = max_level - cell.level;
            (key(cell.row, cell.column) << (2 * above), above, boundary)
        })
        .collect();
    spans.sort_unstable();
    let mut out = HEAD.to_vec();
    out.push(max_level);
    varint(&mut out, spans.len() as u64);
    let mut end = 0;
    for (start, above, boundary) in spans {
        varint(&mut out, (start - end) << 6 | u64::from(above) << 1 | u64::from(boundary));
        end = start + (1 << (2 * above));
    }
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
