//! Whether rings cover another.

use super::faces::{Faces, simple_rings};
use super::lattice::{P, doubled_area};
use super::noding::{Edge, edges_of, node};
use super::tree::{Spent, Work};

/// Weight of the outer rings, so large that the inner one cannot be mistaken for them.
const APART: i32 = 1 << 20;

/// Whether the region inside the outer rings together holds everything inside the inner one (winding number not
/// zero), to so many steps of the lattice where edges
/// cross. By one they are moved here; rings that were cut before may lie another beside where they were.
pub(crate) fn covers(outer: &[Vec<P>], inner: &[P], steps: u8, work: &mut Work) -> Result<bool, Spent> {
    let mut edges: Vec<Edge> = edges_of(inner).collect();
    for ring in outer {
        edges.extend(edges_of(ring).map(|e| Edge { weight: e.weight * APART, ..e }));
    }
    let faces = Faces::new(node(edges, work)?);
    // The nearest multiple is the part of the outer rings.
    let in_outer = |winding: i32| (winding + APART / 2).div_euclid(APART) != 0;
    let missed = faces.rim(|winding| winding != 0 && !in_outer(winding));
    Ok(simple_rings(missed).iter().all(|ring| is_sliver(ring, steps)))
}

/// Whether the ring is no wider than so many steps, as what rounding leaves between an edge and the same edge cut.
fn is_sliver(ring: &[P], steps: u8) -> bool {
    let long = |e: Edge| i128::from(e.b.x - e.a.x) + i128::from((e.b.y - e.a.y).abs());
    doubled_area(ring).abs() <= i128::from(steps) * edges_of(ring).map(long).sum::<i128>()
}
