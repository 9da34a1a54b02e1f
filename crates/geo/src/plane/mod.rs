//! Exact geometry in the latitude-longitude plane: whole numbers, so that no rounding misleads a decision.
//!
//! Coordinates are counted in hundred-millionths of a degree (about a millimetre); products of two differences fit
//! 128 bits, so every "left or right" is decided exactly. Only where two edges cross a point is rounded.

mod cover;
mod faces;
mod form;
mod hull;
mod lattice;
mod noding;
mod parts;
#[cfg(test)]
mod shared;
mod tree;

pub(crate) use cover::covers;
pub(crate) use faces::{Faces, directed, straighten};
pub(crate) use form::{flat_ring, ring_of, spherical_km2};
pub(crate) use hull::hull;
pub(crate) use lattice::{LAT_LIMIT, P, UNIT, cross, crossing, doubled_area, meets, orient, touches};
pub(crate) use noding::{Edge, edges_of, node};
pub(crate) use parts::{parts, without_holes};
#[cfg(test)]
pub(crate) use shared::shared_ground;
pub(crate) use tree::{Extent, Spent, Tree, Work};
