//! Rings that cross themselves, taken apart into simple ones.
//!
//! CAP says nothing of self-crossing polygons, and readers differ: some fill where the winding number is not zero,
//! some where it is odd. Whatever is odd is not zero, so the first rule is used here: nobody whom either reader would
//! warn is left out. Spikes and ways that the ring goes along and back enclose nothing and go. Holes, which a ring
//! can draw by going along a bridge and back, are kept by cutting the region along parallels through them.

use crate::plane::{
    Faces, P, Spent, Work, directed, edges_of, flat_ring, hull, node, parts, ring_of, spherical_km2,
};
use crate::ring::Ring;
use crate::validity::{self, Faults};

/// Boxes looked at before the hull is taken instead.
const MAX_WORK: u64 = 200_000_000;

/// Faults that a report lists.
const LISTED: usize = 100;

/// A ring taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// Simple rings that together cover all that the ring encloses, to 1e-8 degrees (a millimetre) where edges
    /// cross, and share no ground as they are drawn; the ring as it was where nothing was wrong; none where it
    /// enclosed nothing.
    pub rings: Vec<Ring>,
    /// What was wrong and what changed.
    pub report: Report,
}

/// What a repair found and changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What was wrong, at most a hundred faults.
    pub faults: Faults,
    /// Square kilometres by which the outcome exceeds the even-odd reading.
    pub over_even_odd_km2: f64,
    /// Square kilometres by which it exceeds the reading by winding number: holes filled, or the hull.
    pub over_winding_km2: f64,
    /// Holes that the ring was cut through to keep.
    pub holes_kept: usize,
    /// Holes filled with whatever lay in them, being too small to cut or too many.
    pub holes_filled: usize,
    /// Whether the ring was too entangled to be taken apart, so that its convex hull stands for it. The areas are then
    /// not known, and zero.
    pub hull: bool,
}

/// Takes a ring apart into simple ones. Never fails: what cannot be taken apart in about two seconds becomes its
/// convex hull, which covers it.
#[must_use]
pub fn repair(ring: &Ring) -> Repaired {
    let faults = validity::faults(ring.points(), LISTED);
    if faults.is_simple() {
        return Repaired { rings: vec![ring.clone()], report: Report::default() };
    }
    let mut report = Report { faults, ..Report::default() };
    let flat = flat_ring(&ring.trace());
    let parts = taken_apart(&flat, &mut report).unwrap_or_else(|Spent| {
        report = Report { faults: std::mem::take(&mut report.faults), hull: true, ..Report::default() };
        vec![hull(&flat)]
    });
    let rings = parts.iter().filter_map(|part| ring_of(part).or_else(|_| ring_of(&hull(part))).ok());
    Repaired { rings: rings.collect(), report }
}

/// The simple rings around where the winding number is not zero, counter-clockwise.
fn taken_apart(flat: &[P], report: &mut Report) -> Result<Vec<Vec<P>>, Spent> {
    let mut work = Work(MAX_WORK);
    let faces = Faces::new(node(edges_of(flat).collect(), &mut work)?);
    let parts = parts(&faces, &mut work)?;
    let around = |ring: &[P]| spherical_km2(directed(&edges_of(ring).collect::<Vec<_>>()).into_iter());
    let km2: f64 = parts.rings.iter().map(|ring| around(ring)).sum();
    let above = |inside: fn(i32) -> bool| (km2 - spherical_km2(faces.rim(inside).into_iter())).max(0.0);
    report.over_even_odd_km2 = above(|winding| winding % 2 != 0);
    report.over_winding_km2 = above(|winding| winding != 0);
    report.holes_kept = parts.kept;
    report.holes_filled = parts.filled;
    Ok(parts.rings)
}

#[cfg(test)]
#[path = "repair_tests.rs"]
mod tests;
