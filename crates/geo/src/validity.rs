//! What is wrong with a ring, and where: edges that cross, touch or overlap, spikes, repeated points, no area.
//!
//! A ring is simple (OGC 06-103r4, 6.1.11) when none of these holds. Judged on a lattice of 1e-8 degrees, about a
//! millimetre; exactly there.

use crate::plane::{Extent, P, Spent, Tree, Work, crossing, doubled_area, orient, touches};
use crate::point::Point;
use crate::ring::Trace;

/// Boxes looked at before it is given up; a ring of a million points that winds like a coast needs a third.
const MAX_WORK: u64 = 100_000_000;

/// One thing wrong with a ring. Edges are named by the index of the point that they begin at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The point is the one before it again.
    Repeated {
        /// The later of the two.
        point: usize,
    },
    /// The ring turns back on itself at the point.
    Spike {
        /// The tip.
        point: usize,
    },
    /// Two edges cross.
    Crossing {
        /// The earlier edge.
        first: usize,
        /// The later edge.
        second: usize,
        /// Where; to 1e-8 degrees.
        at: Point,
    },
    /// A point lies on an edge, or on the beginning of one, that it does not belong to.
    Touch {
        /// The edge.
        edge: usize,
        /// The point.
        point: usize,
    },
    /// The ring encloses nothing.
    NoArea,
}

/// What was found wrong with a ring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// The faults, at most as many as were asked for.
    pub found: Vec<Fault>,
    /// Whether there may be more: the number asked for was reached, or the ring is so entangled that looking at all
    /// of it would take too long.
    pub more: bool,
}

impl Faults {
    /// Whether the ring is known to be simple.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        self.found.is_empty() && !self.more
    }
}

/// Looks for what is wrong with a ring, closed or not, and stops after `most` faults. Longitudes may jump at the
/// antimeridian. Takes time in proportion to n log n for rings as they are drawn, and a second at most for any.
///
/// ```
/// use beaconfire_geo::{Point, validity};
/// let bow = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)];
/// let bow = bow.map(|(lat, lon)| Point { lat, lon });
/// let faults = validity::faults(&bow, 10);
/// let at = Point { lat: 0.5, lon: 0.5 };
/// assert!(faults.found.contains(&validity::Fault::Crossing { first: 0, second: 2, at }));
/// ```
#[must_use]
pub fn faults(points: &[Point], most: usize) -> Faults {
    let mut faults = Faults::default();
    if points.is_empty() {
        faults.found.push(Fault::NoArea);
        return faults;
    }
    let (ring, names) = named(points, &mut faults, most);
    if ring.len() < 3 || doubled_area(&ring) == 0 {
        // A bow-tie of equal halves has no signed area, and is told by its crossing.
        if ring.iter().all(|p| orient(ring[0], ring[ring.len() / 2], *p).is_eq()) {
            add(&mut faults, most, Fault::NoArea);
        }
    }
    if ring.len() > 2 {
        let mut work = Work(MAX_WORK);
        if of_pairs(&ring, &names, &mut faults, most, &mut work).is_err() {
            faults.more = true;
        }
    }
    faults
}

/// The points that do not repeat the one before, with their indices.
fn named(points: &[Point], faults: &mut Faults, most: usize) -> (Vec<P>, Vec<usize>) {
    let trace = Trace::of(points);
    let (mut ring, mut names): (Vec<P>, Vec<usize>) = (Vec::new(), Vec::new());
    for (i, p) in trace.points.iter().map(|p| P::at(*p)).enumerate() {
        if ring.last() == Some(&p) {
            add(faults, most, Fault::Repeated { point: i.min(points.len() - 1) });
        } else {
            ring.push(p);
            names.push(i.min(points.len() - 1));
        }
    }
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
        names.pop();
    }
    (ring, names)
}

fn of_pairs(
    ring: &[P],
    names: &[usize],
    faults: &mut Faults,
    most: usize,
    work: &mut Work,
) -> Result<(), Spent> {
    let n = ring.len();
    let edge = |i: usize| (ring[i], ring[(i + 1) % n]);
    let tree = Tree::new((0..n).map(|i| Extent::around(&[edge(i).0, edge(i).1])));
    tree.pairs(work, |i, j| {
        let (s, t) = (edge(i), edge(j));
        let follows = j == i + 1;
        if follows || (i == 0 && j == n - 1) {
            let (before, tip, after, point) = if follows { (s.0, s.1, t.1, j) } else { (t.0, t.1, s.1, i) };
            if touches((tip, before), after) || touches((tip, after), before) {
                add(faults, most, Fault::Spike { point: names[point] });
            }
        } else if let Some(p) = crossing(s, t) {
            let at = on_earth(p);
            add(faults, most, Fault::Crossing { first: names[i], second: names[j], at });
        } else if t.0 != s.1 && touches(s, t.0) {
            add(faults, most, Fault::Touch { edge: names[i], point: names[j] });
        } else if s.0 != t.1 && touches(t, s.0) {
            add(faults, most, Fault::Touch { edge: names[j], point: names[i] });
        }
        if faults.more { Err(Spent) } else { Ok(()) }
    })
}

fn add(faults: &mut Faults, most: usize, fault: Fault) {
    if faults.found.len() < most {
        faults.found.push(fault);
    } else {
        faults.more = true;
    }
}

fn on_earth(p: P) -> Point {
    let (lat, lon) = p.degrees();
    let lon = if lon.abs() <= 180.0 { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
    Point { lat, lon }
}

#[cfg(test)]
#[path = "validity_tests.rs"]
mod tests;
