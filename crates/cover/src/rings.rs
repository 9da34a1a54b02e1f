//! Closed rings as a region.

use alloc::rc::Rc;
use alloc::vec::Vec;

use crate::cell::Cell;
use crate::encode::{EncodeError, Look, Region};

/// Degrees by which a cell is taken larger than it is, so that rounding never loses a point.
const MARGIN: f64 = 1e-9;

/// An edge: latitude and longitude of its ends.
type Edge = ((f64, f64), (f64, f64));

/// The union of closed rings, together with the edges that matter to the cell at hand.
#[derive(Clone, Debug)]
pub struct Rings {
    all: Rc<Vec<Ring>>,
    /// Ring, edge within the ring, and turns of 360 degrees at which it meets the cell.
    near: Vec<(u32, u32, i8)>,
}

impl Rings {
    /// Closed rings of latitude and longitude in degrees; longitudes from -720 to 720.
    ///
    /// # Errors
    /// [`EncodeError::Ring`] names the first ring that is open, has fewer than four points or one out of range.
    pub fn new(rings: &[&[(f64, f64)]]) -> Result<Self, EncodeError> {
        for (index, ring) in rings.iter().enumerate() {
            let sound = |p: &(f64, f64)| (-90.0..=90.0).contains(&p.0) && (-720.0..=720.0).contains(&p.1);
            if ring.len() < 4 || ring.first() != ring.last() || !ring.iter().all(sound) {
                return Err(EncodeError::Ring(index));
            }
        }
        let all: Vec<Ring> = rings.iter().map(|ring| Ring::new(ring)).collect();
        let mut near = Vec::new();
        for (ring, shape) in all.iter().enumerate() {
            for edge in 0..shape.edges.len() {
                near.extend((-2..=2).map(|turn| (ring as u32, edge as u32, turn)));
            }
        }
        Ok(Self { all: Rc::new(all), near })
    }

    /// Whether a point off every boundary lies inside one of the rings.
    fn holds(&self, lat: f64, lon: f64) -> bool {
        (-2..=2).any(|turn| self.all.iter().any(|ring| ring.winding(lat, lon + 360.0 * f64::from(turn)) != 0))
    }
}

/// The edges of a ring, also listed by bands of latitude.
#[derive(Debug)]
struct Ring {
    edges: Vec<Edge>,
    south: f64,
    north: f64,
    west: f64,
    east: f64,
    bands: Vec<Vec<u32>>,
}

impl Ring {
    fn new(points: &[(f64, f64)]) -> Self {
        let edges: Vec<Edge> = points.windows(2).map(|w| (w[0], w[1])).collect();
        let least = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let (south, north, west, east) = (least(|p| p.0), most(|p| p.0), least(|p| p.1), most(|p| p.1));
        let mut ring = Self { edges, south, north, west, east, bands: Vec::new() };
        // Long edges lie in many bands: coarser bands until the lists hold at most eight entries an edge.
        let mut count = (ring.edges.len() / 8).clamp(1, 1024);
        while count > 1 && ring.listed(count) > 8 * ring.edges.len() {
            count /= 2;
        }
        let mut bands: Vec<Vec<u32>> = Vec::new();
        bands.resize(count, Vec::new());
        for (index, &(a, b)) in ring.edges.iter().enumerate() {
            for band in &mut bands[ring.band(a.0.min(b.0), count)..=ring.band(a.0.max(b.0), count)] {
                band.push(index as u32);
            }
        }
        ring.bands = bands;
        ring
    }

    /// Entries in all lists together when there are this many bands.
    fn listed(&self, count: usize) -> usize {
        let entries = |&(a, b): &Edge| self.band(a.0.max(b.0), count) - self.band(a.0.min(b.0), count) + 1;
        self.edges.iter().map(entries).sum()
    }

    fn band(&self, lat: f64, count: usize) -> usize {
        let height = (self.north - self.south).max(MARGIN);
        // A float below zero becomes 0.
        (((lat - self.south) / height * count as f64) as usize).min(count - 1)
    }

    /// How often the ring turns about a point.
    fn winding(&self, lat: f64, lon: f64) -> i32 {
        if lat < self.south || lat > self.north || lon < self.west || lon > self.east {
            return 0;
        }
        let mut turns = 0;
        for &index in &self.bands[self.band(lat, self.bands.len())] {
            let (a, b) = self.edges[index as usize];
            if (a.0 <= lat) == (b.0 <= lat) {
                continue;
            }
            let side = (b.1 - a.1) * (lat - a.0) - (lon - a.1) * (b.0 - a.0);
            if a.0 <= lat && side > 0.0 {
                turns += 1;
            } else if a.0 > lat && side < 0.0 {
                turns -= 1;
            }
        }
        turns
    }
}

impl Region for Rings {
    fn look(&self, cell: &Cell) -> Look<Self> {
        let (south, west, north, east) = cell.bounds();
        let near: Vec<(u32, u32, i8)> = self
            .near
            .iter()
            .copied()
            .filter(|&(ring, edge, turn)| {
                let shift = 360.0 * f64::from(turn);
                let cell = (south - MARGIN, west + shift - MARGIN, north + MARGIN, east + shift + MARGIN);
                meets(self.all[ring as usize].edges[edge as usize], cell)
            })
            .collect();
        // A cell inside one ring may still be crossed by another; it is then cut once more, which loses nothing.
        if !near.is_empty() {
            return Look::Boundary(Self { all: Rc::clone(&self.all), near });
        }
        if self.holds((south + north) / 2.0, (west + east) / 2.0) { Look::Inside } else { Look::Outside }
    }
}

/// Whether an edge may meet a box (south, west, north, east); never `false` when it does.
fn meets((a, b): Edge, (south, west, north, east): (f64, f64, f64, f64)) -> bool {
    if a.0.max(b.0) < south || a.0.min(b.0) > north || a.1.max(b.1) < west || a.1.min(b.1) > east {
        return false;
    }
    // The corners all on one side of the edge's line, by more than rounding.
    let side = |lat: f64, lon: f64| (b.1 - a.1) * (lat - a.0) - (lon - a.1) * (b.0 - a.0);
    let sides = [side(south, west), side(south, east), side(north, west), side(north, east)];
    let apart = sides.iter().all(|&s| s > MARGIN) || sides.iter().all(|&s| s < -MARGIN);
    !apart
}
