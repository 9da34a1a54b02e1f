//! A compact encoding of areas and its matcher, for devices: no heap, no floats in the data, no std.
//!
//! An area is covered by cells of a quadtree over latitude and longitude: the whole earth is cut in four, each part
//! again, and so on to a greatest level. Every cell is marked as wholly inside or as touching the boundary. The cover
//! never misses a point of the area; it may hold points outside it, by at most a boundary cell.
//!
//! The bytes, in this order:
//!
//! | what | how |
//! |---|---|
//! | `B`, `C` | magic |
//! | version | one byte, 1 |
//! | greatest level L | one byte, 0 to 16 |
//! | count of cells | varint |
//! | the cells, by ascending Morton key | one varint each: gap to the end of the cell before, in cells of level L, times 64; plus twice the levels that this cell is above L; plus 1 on the boundary |
//!
//! A varint holds seven bits a byte, the lowest first, with the top bit set on all but the last. At level L there are
//! 2^L rows from south to north and 2^L columns from west to east; a key interleaves the bits of row and column, the
//! row's in the odd places.

#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod cell;
#[cfg(feature = "alloc")]
mod encode;
mod matcher;
#[cfg(feature = "alloc")]
mod rings;

pub use cell::{Cell, MAX_LEVEL};
#[cfg(feature = "alloc")]
pub use encode::{EncodeError, Look, MAX_BUDGET, Region, encode, encode_rings};
pub use matcher::{Matcher, MatcherError, Where};
#[cfg(feature = "alloc")]
pub use rings::Rings;
