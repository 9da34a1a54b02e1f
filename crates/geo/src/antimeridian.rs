//! Rings cut at the antimeridian for readers that know none, and such pairs joined again.

use crate::plane::{Edge, Extent, P, Spent, Work, doubled_area, edges_of, flat_ring, ring_of, without_holes};
use crate::ring::Ring;

const HALF: i64 = 18_000_000_000;
const TURN: i64 = 2 * HALF;

/// Boxes looked at before a ring is left as it is.
const MAX_WORK: u64 = 200_000_000;

/// The most rings that are looked at for joining.
const MAX_JOINED: usize = 2000;

/// The ring in pieces that lie between the antimeridians, edges on them included; as it was where it does not cross.
/// The pieces are simple, share no ground, and cover what the ring covers, to 1e-8 degrees where its edges cross the antimeridian. A
/// ring about a pole becomes pieces that reach up to the pole. Entangled rings that would take too long stay whole.
#[must_use]
pub fn split(ring: &Ring) -> Vec<Ring> {
    let trace = ring.trace();
    if trace.west >= -180.0 && trace.east <= 180.0 {
        return vec![ring.clone()];
    }
    pieces(&flat_ring(&trace)).unwrap_or_else(|| vec![ring.clone()])
}

fn pieces(flat: &[P]) -> Option<Vec<Ring>> {
    let extent = Extent::around(flat);
    let ((west, east), (south, north)) = (extent.widths(), extent.heights());
    let mut edges: Vec<Edge> = edges_of(flat).collect();
    let mut seam = (west + HALF).div_euclid(TURN) * TURN + HALF;
    while seam < east {
        edges.push(Edge::new(P { x: seam, y: south }, P { x: seam, y: north }, 0, true));
        seam += TURN;
    }
    let mut parts = without_holes(edges, &mut Work(MAX_WORK)).ok()?;
    if east - west > TURN {
        // Drawn more than once round the earth: pieces of one turn may lie on those of another.
        let edges =
            parts.iter().flat_map(|part| edges_of(&in_first_turn(part)).collect::<Vec<_>>()).collect();
        parts = without_holes(edges, &mut Work(MAX_WORK)).ok()?;
    }
    parts.iter().map(|part| ring_of(part).ok()).collect()
}

/// The piece brought between the antimeridians by whole turns.
fn in_first_turn(piece: &[P]) -> Vec<P> {
    let (west, _) = Extent::around(piece).widths();
    let shift = (west + HALF).div_euclid(TURN) * TURN;
    piece.iter().map(|p| P { x: p.x - shift, ..*p }).collect()
}

/// The rings with those joined that meet along the antimeridian, one on each side; others stay as they are, in front.
/// Undoes [`split`], up to where a ring begins and which way it goes.
#[must_use]
pub fn join(rings: &[Ring]) -> Vec<Ring> {
    let mut out = Vec::new();
    let mut beside: Vec<Beside> = Vec::new();
    for ring in rings {
        match Beside::of(ring) {
            Some(piece) if beside.len() < MAX_JOINED => beside.push(piece),
            _ => out.push(ring.clone()),
        }
    }
    while let Some(first) = beside.pop() {
        let mut group = vec![first];
        // Each newcomer may bring others near.
        let mut next = 0;
        while next < group.len() {
            let (near, far) = beside.into_iter().partition(|other| group[next].meets(other));
            group.extend::<Vec<Beside>>(near);
            beside = far;
            next += 1;
        }
        match joined(&group) {
            Ok(Some(ring)) => out.push(ring),
            _ => out.extend(group.into_iter().map(|piece| piece.ring)),
        }
    }
    out
}

/// A ring with an edge on the antimeridian, east of Greenwich or brought there from the other side.
struct Beside {
    ring: Ring,
    flat: Vec<P>,
    is_west: bool,
    /// South and north of its edges on the antimeridian.
    seams: Vec<(i64, i64)>,
}

impl Beside {
    fn of(ring: &Ring) -> Option<Self> {
        let mut flat = flat_ring(&ring.trace());
        let (west, east) = Extent::around(&flat).widths();
        let is_west = match (west == -HALF, east == HALF) {
            (true, false) => true,
            (false, true) => false,
            _ => return None,
        };
        if is_west {
            flat.iter_mut().for_each(|p| p.x += TURN);
        }
        if doubled_area(&flat) < 0 {
            flat.reverse();
        }
        let on_seam = |e: &Edge| e.a.x == HALF && e.b.x == HALF;
        let seams: Vec<(i64, i64)> = edges_of(&flat).filter(on_seam).map(|e| (e.a.y, e.b.y)).collect();
        (!seams.is_empty()).then(|| Self { ring: ring.clone(), flat, is_west, seams })
    }

    fn meets(&self, other: &Self) -> bool {
        let overlap = |a: &(i64, i64)| other.seams.iter().any(|b| a.0 < b.1 && b.0 < a.1);
        self.is_west != other.is_west && self.seams.iter().any(overlap)
    }
}

/// The pieces as one ring, where they make one without holes.
fn joined(group: &[Beside]) -> Result<Option<Ring>, Spent> {
    if group.len() < 2 {
        return Ok(None);
    }
    let edges = group.iter().flat_map(|piece| edges_of(&piece.flat)).collect();
    let parts = without_holes(edges, &mut Work(MAX_WORK))?;
    let [part] = &parts[..] else { return Ok(None) };
    let mut ring = part.clone();
    let (west, east) = Extent::around(&ring).widths();
    if east - west >= TURN {
        return Ok(None);
    }
    without_seam_points(&mut ring);
    Ok(ring_of(&ring).ok())
}

/// Takes out points that the cut left on edges across the antimeridian.
fn without_seam_points(ring: &mut Vec<P>) {
    let n = ring.len();
    let is_left_over = |i: &usize| {
        let (a, p, b) = (ring[(i + n - 1) % n], ring[*i], ring[(i + 1) % n]);
        let crosses = (a.x < HALF) != (b.x < HALF) && a.x != HALF && b.x != HALF;
        // Within a step of the straight way.
        let straight =
            i128::from(b.y - a.y) * i128::from(p.x - a.x) - i128::from(b.x - a.x) * i128::from(p.y - a.y);
        p.x == HALF && crosses && straight.abs() <= i128::from((b.x - a.x).abs())
    };
    *ring = (0..n).filter(|i| !is_left_over(i)).map(|i| ring[i]).collect();
}

#[cfg(test)]
#[path = "antimeridian_tests.rs"]
mod tests;
