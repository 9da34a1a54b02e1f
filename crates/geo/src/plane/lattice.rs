//! Points on a lattice, and the exact questions about them.

use std::cmp::Ordering;

/// Steps of the lattice in one degree.
pub(crate) const UNIT: f64 = 1e8;

/// A pole in steps.
pub(crate) const LAT_LIMIT: i64 = 9_000_000_000;

/// Unrolled longitudes beyond this many degrees are brought back to it, which keeps products within 128 bits.
const FURTHEST: f64 = 3600.0;

/// A point of the lattice: `x` counts longitude, `y` latitude. Ordered by longitude, then latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct P {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

impl P {
    /// The nearest lattice point to degrees of latitude and unrolled longitude.
    pub(crate) fn at((lat, lon): (f64, f64)) -> Self {
        let steps = |degrees: f64| (degrees.clamp(-FURTHEST, FURTHEST) * UNIT).round() as i64;
        Self { x: steps(lon), y: steps(lat) }
    }

    /// Latitude and unrolled longitude in degrees; what had at most eight decimals comes back as it was.
    pub(crate) fn degrees(self) -> (f64, f64) {
        (self.y as f64 / UNIT, self.x as f64 / UNIT)
    }
}

/// The cross product of `b - a` and `c - a`: positive when `c` lies left of the way from `a` to `b`.
#[inline]
pub(crate) fn cross(a: P, b: P, c: P) -> i128 {
    let wide = |v: i64| i128::from(v);
    wide(b.x - a.x) * wide(c.y - a.y) - wide(b.y - a.y) * wide(c.x - a.x)
}

/// On which side of the way from `a` to `b` the point lies: `Greater` is left.
#[inline]
pub(crate) fn orient(a: P, b: P, c: P) -> Ordering {
    cross(a, b, c).cmp(&0)
}

/// Twice the signed area of a ring without its closing point; positive when counter-clockwise.
pub(crate) fn doubled_area(ring: &[P]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2).map(|w| cross(origin, w[0], w[1])).sum()
}

/// Whether the ring goes round the first point of the other that is not one of its own corners; a ring whose corners
/// are all shared is looked at in the middle of its first edge.
pub(crate) fn winds_about(ring: &[P], other: &[P]) -> bool {
    let corners: std::collections::HashSet<P> = ring.iter().copied().collect();
    // Twice as fine, so that middles are points as well.
    let double = |p: P| P { x: 2 * p.x, y: 2 * p.y };
    let probe = match (other.iter().find(|p| !corners.contains(p)), other) {
        (Some(p), _) => double(*p),
        (None, [a, b, ..]) => P { x: a.x + b.x, y: a.y + b.y },
        _ => return false,
    };
    let mut turns = 0;
    for (i, a) in ring.iter().enumerate() {
        let (a, b) = (double(*a), double(ring[(i + 1) % ring.len()]));
        if a.y <= probe.y && b.y > probe.y && orient(a, b, probe).is_gt() {
            turns += 1;
        } else if b.y <= probe.y && a.y > probe.y && orient(a, b, probe).is_lt() {
            turns -= 1;
        }
    }
    turns != 0
}

/// Where two edges cross in a point inside both, rounded to the lattice; none when they only touch or overlap.
pub(crate) fn crossing((a, b): (P, P), (c, d): (P, P)) -> Option<P> {
    let (from_c, from_d) = (cross(a, b, c), cross(a, b, d));
    if from_c.signum() * from_d.signum() >= 0 {
        return None;
    }
    if orient(c, d, a) as i8 * orient(c, d, b) as i8 >= 0 {
        return None;
    }
    let whole = from_c - from_d;
    let along = |from: i64, to: i64| from + rounded(from_c * i128::from(to - from), whole) as i64;
    Some(P { x: along(c.x, d.x), y: along(c.y, d.y) })
}

/// The longitude where an edge crosses a parallel, rounded to the lattice; an edge that only comes up to it from the
/// south or runs along it does not cross.
pub(crate) fn crossing_parallel((a, b): (P, P), y: i64) -> Option<i64> {
    let wide = |v: i64| i128::from(v);
    ((a.y <= y) != (b.y <= y)).then(|| a.x + rounded(wide(y - a.y) * wide(b.x - a.x), wide(b.y - a.y)) as i64)
}

/// Whether the point lies on the edge, ends included.
pub(crate) fn touches((a, b): (P, P), p: P) -> bool {
    boxed((a, b), p) && orient(a, b, p).is_eq()
}

/// Whether two edges share a point.
pub(crate) fn meets((a, b): (P, P), (c, d): (P, P)) -> bool {
    crossing((a, b), (c, d)).is_some()
        || touches((a, b), c)
        || touches((a, b), d)
        || touches((c, d), a)
        || touches((c, d), b)
}

/// Whether the edge passes through the inside of the square of one step about the point. Corners do not count: an
/// edge led through both points beside a corner would lead back and forth for ever.
pub(crate) fn near((a, b): (P, P), p: P) -> bool {
    let reach = i128::from((b.x - a.x).abs()) + i128::from((b.y - a.y).abs());
    boxed((a, b), p) && 2 * cross(a, b, p).abs() < reach
}

/// Whether the point lies in the box whose corners the edge joins.
fn boxed((a, b): (P, P), p: P) -> bool {
    (a.x.min(b.x)..=a.x.max(b.x)).contains(&p.x) && (a.y.min(b.y)..=a.y.max(b.y)).contains(&p.y)
}

/// The quotient rounded to the nearest whole number.
fn rounded(top: i128, bottom: i128) -> i128 {
    let (top, bottom) = if bottom < 0 { (-top, -bottom) } else { (top, bottom) };
    (2 * top + bottom).div_euclid(2 * bottom)
}
