//! Rings that cross themselves, taken apart into simple ones.
//!
//! CAP says nothing of self-crossing polygons, and readers differ: some fill where the winding number is not zero,
//! some where it is odd. Whatever is odd is not zero, so the first rule is used here: nobody whom either reader would
//! warn is left out. Spikes and ways that the ring goes along and back enclose nothing and go. Holes, which a ring
//! can draw by going along a bridge and back, are kept by cutting the region along parallels through them.

use crate::plane::{
    Edge, Extent, Faces, P, Spent, Work, doubled_area, edges_of, flat_ring, hull, node, ring_of,
    simple_rings, spherical_km2, straighten, winds_about,
};
use crate::ring::Ring;
use crate::validity::{self, Faults};

/// Boxes looked at before the hull is taken instead.
const MAX_WORK: u64 = 200_000_000;

/// Faults that a report lists.
const LISTED: usize = 100;

/// The most holes that are kept; smaller ones beyond are filled.
const MAX_HOLES: usize = 64;

/// A ring taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// Simple rings that together cover all that the ring encloses, to 1e-8 degrees (a millimetre) where edges
    /// cross; the ring as it was where nothing was wrong; none where it enclosed nothing.
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
    /// Holes kept by cuts.
    pub holes_kept: usize,
    /// Holes filled, being too small to cut or too many.
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
    let mut parts = parts(&faces, report, &mut work)?;
    let km2: f64 = parts.iter().map(|part| spherical_km2(edges_of(part).map(|e| directed(&e)))).sum();
    let above = |inside: fn(i32) -> bool| (km2 - spherical_km2(faces.rim(inside).into_iter())).max(0.0);
    report.over_even_odd_km2 = above(|winding| winding % 2 != 0);
    report.over_winding_km2 = above(|winding| winding != 0);
    parts.iter_mut().for_each(straighten);
    Ok(parts)
}

/// The region where the winding number is not zero, as simple rings without holes.
pub(crate) fn without_holes(edges: Vec<Edge>, work: &mut Work) -> Result<Vec<Vec<P>>, Spent> {
    let mut parts = parts(&Faces::new(node(edges, work)?), &mut Report::default(), work)?;
    parts.iter_mut().for_each(straighten);
    Ok(parts)
}

fn parts(faces: &Faces, report: &mut Report, work: &mut Work) -> Result<Vec<Vec<P>>, Spent> {
    let (parts, mut holes): (Vec<_>, Vec<_>) =
        simple_rings(faces.rim(|winding| winding != 0)).into_iter().partition(|ring| doubled_area(ring) > 0);
    if holes.is_empty() {
        return Ok(parts);
    }
    holes.sort_by_key(|hole| doubled_area(hole));
    let kept = holes.len().min(MAX_HOLES);
    report.holes_filled = holes.len() - kept;
    holes.truncate(kept);
    // The smallest part about a hole is the one it is in.
    let sizes: Vec<i128> = parts.iter().map(|part| doubled_area(part)).collect();
    let mut within: Vec<Vec<Vec<P>>> = vec![Vec::new(); parts.len()];
    for hole in holes {
        let mut best: Option<usize> = None;
        for (i, part) in parts.iter().enumerate() {
            if best.is_none_or(|b| sizes[i] < sizes[b]) && sizes[i] > -doubled_area(&hole) {
                work.spend(part.len() as u64)?;
                if winds_about(part, &hole) {
                    best = Some(i);
                }
            }
        }
        match best {
            Some(i) => within[i].push(hole),
            None => report.holes_filled += 1,
        }
    }
    let mut out = Vec::new();
    for (part, holes) in parts.into_iter().zip(within) {
        if holes.is_empty() {
            out.push(part);
        } else {
            out.extend(cut(&part, &holes, report, work)?);
        }
    }
    Ok(out)
}

/// The part without its holes, cut along a parallel through each.
fn cut(part: &[P], holes: &[Vec<P>], report: &mut Report, work: &mut Work) -> Result<Vec<Vec<P>>, Spent> {
    let mut edges: Vec<Edge> = edges_of(part).collect();
    let width = Extent::around(part);
    let mut parallels: Vec<i64> = Vec::new();
    for hole in holes {
        let (south, north) = Extent::around(hole).heights();
        if north - south < 4 {
            report.holes_filled += 1;
            continue;
        }
        report.holes_kept += 1;
        edges.extend(edges_of(hole));
        if !parallels.iter().any(|y| (south + 1..north).contains(y)) {
            let y = south + (north - south) / 2;
            parallels.push(y);
            let (west, east) = width.widths();
            edges.push(Edge::new(P { x: west, y }, P { x: east, y }, 0, true));
        }
    }
    let faces = Faces::new(node(edges, work)?);
    let rings = simple_rings(faces.rim(|winding| winding != 0));
    Ok(rings.into_iter().filter(|ring| doubled_area(ring) > 0).collect())
}

fn directed(edge: &Edge) -> (P, P) {
    if edge.weight > 0 { (edge.a, edge.b) } else { (edge.b, edge.a) }
}

#[cfg(test)]
#[path = "repair_tests.rs"]
mod tests;
