//! Polygons whose edges cross. It takes longer than the other rules, so it is asked for apart.

use super::{Broken, Spot};
use crate::model::{Alert, Position};
use crate::{Finding, FindingSeverity};

/// Pairs of edges that are compared in one alert; a ring that needs more is not told to cross.
const MAX_PAIRS: usize = 20_000_000;

/// Looks for polygons whose edges cross each other; such are legal, but readers disagree on what is inside.
///
/// The findings have no line and no column. The work is bounded: very long rings whose edges all lie side by side are
/// given up after 20 million comparisons, and no finding says so.
pub fn check_geometry(alert: &Alert) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut room = MAX_PAIRS;
    for (info, n) in alert.infos.iter().zip(1..) {
        for (area, m) in info.areas.iter().zip(1..) {
            for (ring, k) in area.polygons.iter().zip(1..) {
                let Some((a, b)) = crossing(ring, &mut room) else { continue };
                let message = format!(
                    "the edges from {},{} and from {},{} cross; let the ring go round without crossing",
                    ring[a].lat, ring[a].lon, ring[b].lat, ring[b].lon
                );
                let spot = Spot::info(n).part("area", m).nth("polygon", k);
                let (rule, severity) = ("polygon-crossing", FindingSeverity::Warning);
                findings.push(Broken { rule, severity, spot, message }.finding(0, 0));
            }
        }
    }
    findings
}

/// An edge from west to east, on longitudes that do not jump.
struct Edge {
    from: (f64, f64),
    to: (f64, f64),
    low: f64,
    high: f64,
    index: usize,
}

/// Two edges that cross, by the index of the position where each begins.
fn crossing(ring: &[Position], room: &mut usize) -> Option<(usize, usize)> {
    let mut edges = edges(ring);
    edges.sort_by(|a, b| a.from.0.total_cmp(&b.from.0));
    let last = ring.len().saturating_sub(2);
    // The edges that reach as far east as the one looked at begins.
    let mut open: Vec<usize> = Vec::new();
    for (at, edge) in edges.iter().enumerate() {
        *room = room.checked_sub(open.len())?;
        open.retain(|o| edges[*o].to.0 >= edge.from.0);
        for other in open.iter().map(|o| &edges[*o]) {
            let gap = edge.index.abs_diff(other.index);
            let neighbours = gap <= 1 || gap == last;
            if !neighbours && edge.low <= other.high && other.low <= edge.high && cross(edge, other) {
                return Some((edge.index.min(other.index), edge.index.max(other.index)));
            }
        }
        open.push(at);
    }
    None
}

fn edges(ring: &[Position]) -> Vec<Edge> {
    let mut east = 0.0;
    let mut edges = Vec::with_capacity(ring.len());
    for (index, pair) in ring.windows(2).enumerate() {
        let step = pair[1].lon - pair[0].lon;
        let turn = if step > 180.0 {
            -360.0
        } else if step < -180.0 {
            360.0
        } else {
            0.0
        };
        let from = (pair[0].lon + east, pair[0].lat);
        east += turn;
        let to = (pair[1].lon + east, pair[1].lat);
        let (from, to) = if from.0 <= to.0 { (from, to) } else { (to, from) };
        edges.push(Edge { from, to, low: from.1.min(to.1), high: from.1.max(to.1), index });
    }
    edges
}

/// Whether two edges cross at a point inside both.
fn cross(a: &Edge, b: &Edge) -> bool {
    let side = |e: &Edge, p: (f64, f64)| {
        (e.to.0 - e.from.0) * (p.1 - e.from.1) - (e.to.1 - e.from.1) * (p.0 - e.from.0)
    };
    let apart = |e: &Edge, o: &Edge| side(e, o.from) * side(e, o.to) < 0.0;
    apart(a, b) && apart(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(f64, f64)], want: Option<(usize, usize)>) {
        let ring: Vec<Position> = pairs.iter().map(|(lat, lon)| Position { lat: *lat, lon: *lon }).collect();
        assert_eq!(crossing(&ring, &mut MAX_PAIRS.clone()), want, "{pairs:?}");
    }

    #[test]
    fn crossings_are_found_and_touching_neighbours_are_none() {
        check(&[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)], None);
        check(&[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0)], Some((0, 2)));
        check(&[(0.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)], None);
        check(&[(0.0, 179.0), (1.0, -179.0), (0.0, -179.0), (1.0, 179.0), (0.0, 179.0)], Some((0, 2)));
        check(&[], None);
        check(&[(0.0, 0.0)], None);
    }

    #[test]
    fn the_work_on_a_hostile_ring_is_bounded() {
        // Every edge spans the whole width and none crosses another.
        let ring: Vec<Position> = (0..200_000)
            .map(|i| Position { lat: f64::from(i) * 1e-4, lon: if i % 2 == 0 { 0.0 } else { 90.0 } })
            .collect();
        let mut room = MAX_PAIRS;
        assert_eq!(crossing(&ring, &mut room), None);
    }
}
