//! The convex hull: what covers a ring when nothing finer can be said in time.

use super::lattice::{P, orient};

/// The corners of the smallest convex ring around the points, counter-clockwise; fewer than three when they lie on
/// one line.
pub(crate) fn hull(points: &[P]) -> Vec<P> {
    let mut sorted = points.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut corners = chain(sorted.iter().copied());
    corners.pop();
    let mut upper = chain(sorted.iter().rev().copied());
    upper.pop();
    corners.append(&mut upper);
    corners
}

fn chain(points: impl Iterator<Item = P>) -> Vec<P> {
    let mut chain: Vec<P> = Vec::new();
    for p in points {
        while let [.., a, b] = chain[..]
            && orient(a, b, p).is_le()
        {
            chain.pop();
        }
        chain.push(p);
    }
    chain
}
