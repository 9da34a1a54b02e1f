//! A region taken apart into simple rings without holes, none of which shares ground with another.
//!
//! Holes are kept by cutting the region along parallels through them. The cuts are drawn through the whole region at
//! once: an edge led through a rounded point moves by up to a step, and what lies beside it has to move with it.

use std::collections::{BTreeMap, HashMap};

use super::faces::{Faces, directed, simple_rings, straighten};
use super::lattice::{P, crossing_parallel, doubled_area, winds_about};
use super::noding::{Edge, edges_of, node};
use super::tree::{Extent, Spent, Work};

/// The most holes that are kept; smaller ones beyond are filled.
const MAX_HOLES: usize = 64;

/// Steps from south to north under which a hole is filled: a parallel must pass clear of both its ends.
const LOWEST: i64 = 4;

/// How often the region is cut before the holes left are filled. Once is usual: only where a cut passes within a step
/// of a corner can rounding close a bay beside it, or part the cut from a narrow tail of the hole.
const ROUNDS: usize = 4;

/// A region taken apart.
#[derive(Debug)]
pub(crate) struct Parts {
    /// Simple rings, counter-clockwise.
    pub(crate) rings: Vec<Vec<P>>,
    /// Holes kept by cuts, and those filled with whatever lay in them.
    pub(crate) kept: usize,
    pub(crate) filled: usize,
}

/// The parts of the region where the winding number is not zero.
pub(crate) fn parts(faces: &Faces, work: &mut Work) -> Result<Parts, Spent> {
    let mut at = Filled::new(faces.region(|winding| winding != 0), MAX_HOLES);
    let (kept, mut filled) = (at.holes.len(), at.count);
    for round in 1..=ROUNDS {
        if at.holes.is_empty() {
            break;
        }
        at.region.extend(cuts(&at.rings, &at.holes, work)?);
        let faces = Faces::new(node(at.region, work)?);
        let most = if round < ROUNDS { MAX_HOLES } else { 0 };
        at = Filled::new(faces.region(|winding| winding != 0), most);
        filled += at.count;
    }
    at.rings.iter_mut().for_each(straighten);
    Ok(Parts { rings: at.rings, kept, filled })
}

/// A region of which some holes were filled.
struct Filled {
    region: Vec<Edge>,
    /// The rings around it, and around the holes left in it.
    rings: Vec<Vec<P>>,
    holes: Vec<Vec<P>>,
    /// How many were filled.
    count: usize,
}

impl Filled {
    /// Leaves the largest holes, `most` of them, unless they are low.
    fn new(mut region: Vec<Edge>, most: usize) -> Self {
        let mut count = 0;
        loop {
            let (rings, mut holes): (Vec<_>, Vec<_>) =
                simple_rings(directed(&region)).into_iter().partition(|ring| doubled_area(ring) > 0);
            holes.sort_by_key(|hole| doubled_area(hole));
            let (mut holes, mut gone): (Vec<_>, Vec<_>) = holes.into_iter().partition(|hole| {
                let (south, north) = Extent::around(hole).heights();
                north - south >= LOWEST
            });
            gone.extend(holes.drain(most.min(holes.len())..));
            if gone.is_empty() {
                return Self { region, rings, holes, count };
            }
            // One is added to the winding number in the hole: it is ground then, and what lies in it lies within.
            let mut rims: HashMap<(P, P), i32> = HashMap::new();
            for edge in gone.iter().flat_map(|hole| edges_of(hole)) {
                *rims.entry((edge.a, edge.b)).or_default() += edge.weight;
            }
            let before = region.len();
            for edge in &mut region {
                edge.weight -= rims.get(&(edge.a, edge.b)).unwrap_or(&0);
            }
            region = Faces::new(region).region(|winding| winding != 0);
            if region.len() == before {
                // Ground with nothing but cuts around it is no hole.
                return Self { region, rings, holes, count };
            }
            count += gone.len();
        }
    }
}

/// Cuts along a parallel through each hole, from rim to rim of the ring that it lies in.
fn cuts(rings: &[Vec<P>], holes: &[Vec<P>], work: &mut Work) -> Result<Vec<Edge>, Spent> {
    let sizes: Vec<i128> = rings.iter().map(|ring| doubled_area(ring)).collect();
    let mut within: BTreeMap<usize, Vec<&Vec<P>>> = BTreeMap::new();
    for hole in holes {
        // The smallest ring about a hole is the one it is in.
        let mut best: Option<usize> = None;
        for (i, ring) in rings.iter().enumerate() {
            if best.is_none_or(|b| sizes[i] < sizes[b]) && sizes[i] > -doubled_area(hole) {
                work.spend(ring.len() as u64)?;
                if winds_about(ring, hole) {
                    best = Some(i);
                }
            }
        }
        if let Some(i) = best {
            within.entry(i).or_default().push(hole);
        }
    }
    let mut cuts = Vec::new();
    for (i, holes) in within {
        let rim: Vec<Edge> =
            edges_of(&rings[i]).chain(holes.iter().flat_map(|hole| edges_of(hole))).collect();
        let mut parallels: Vec<i64> = Vec::new();
        for hole in holes {
            let (south, north) = Extent::around(hole).heights();
            if !parallels.iter().any(|y| (south + 1..north).contains(y)) {
                let y = south + (north - south) / 2;
                parallels.push(y);
                cuts.extend(cut(&rim, y));
            }
        }
    }
    Ok(cuts)
}

/// The stretches of a parallel inside the rim. A stretch that ends on an edge ends in the lattice point nearest to
/// their crossing, through which the edge is led.
fn cut(rim: &[Edge], y: i64) -> Vec<Edge> {
    let mut ends: Vec<i64> = rim.iter().filter_map(|edge| crossing_parallel((edge.a, edge.b), y)).collect();
    ends.sort_unstable();
    let stretches = ends.chunks_exact(2).filter(|pair| pair[0] < pair[1]);
    stretches.map(|pair| Edge::new(P { x: pair[0], y }, P { x: pair[1], y }, 0, true)).collect()
}

/// The region where the winding number of the edges is not zero, as simple rings without holes that share no ground.
pub(crate) fn without_holes(edges: Vec<Edge>, work: &mut Work) -> Result<Vec<Vec<P>>, Spent> {
    Ok(parts(&Faces::new(node(edges, work)?), work)?.rings)
}
