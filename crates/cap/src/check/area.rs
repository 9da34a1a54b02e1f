//! Areas: rings, circles, heights.

use super::{Notes, Spot};
use crate::model::{Alert, Area, Circle, Position};

/// Positions of a polygon beyond which receivers get into trouble.
const MANY_POSITIONS: usize = 1_000;

pub(super) fn check(notes: &mut Notes, area: &Area, spot: Spot, outlook: &Outlook) {
    notes.mandatory(&area.description, spot.one("areaDesc"));
    for (ring, n) in area.polygons.iter().zip(1..) {
        polygon(notes, ring, spot.nth("polygon", n), outlook);
    }
    for (Circle { center, radius_km }, n) in area.circles.iter().zip(1..) {
        if !is_on_earth(center) || !radius_km.is_finite() || *radius_km < 0.0 {
            let message = "latitude must lie within 90, longitude within 180, and the radius be 0 or more";
            notes.error("circle-range", spot.nth("circle", n), message);
        }
    }
    notes.named(&area.geocodes, spot, "geocode");
    for (name, height) in [("altitude", area.altitude), ("ceiling", area.ceiling)] {
        if height.is_some_and(|h| !h.is_finite()) {
            notes.error("height", spot.one(name), "the height must be a number");
        }
    }
    match (area.altitude, area.ceiling) {
        (None, Some(_)) => {
            notes.error("ceiling-alone", spot.one("ceiling"), "a ceiling needs an <altitude>");
        }
        (Some(low), Some(high)) if high < low => {
            notes.warning("ceiling-low", spot.one("ceiling"), "the ceiling lies below the altitude");
        }
        _ => {}
    }
}

fn polygon(notes: &mut Notes, ring: &[Position], spot: Spot, outlook: &Outlook) {
    if ring.len() < 4 {
        let message =
            format!("a polygon needs 4 positions, the first and last the same; it has {}", ring.len());
        notes.error("polygon-short", spot, message);
    } else if ring.first() != ring.last() {
        notes.error("polygon-open", spot, "the last position must repeat the first");
    }
    let out = ring.iter().find(|p| !is_on_earth(p));
    if let Some(Position { lat, lon }) = out {
        let message =
            format!("{lat},{lon} is no place: latitudes lie within 90, longitudes within 180 degrees");
        notes.error("polygon-range", spot, message);
    }
    if outlook.swapped(ring, out.is_some()) {
        let Position { lat, lon } = ring.first().copied().unwrap_or(Position { lat: 0.0, lon: 0.0 });
        let message = format!(
            "longitude seems to stand first, as the ring makes sense only as {lon},{lat} …: latitude comes first"
        );
        notes.warning("polygon-swapped", spot, message);
    }
    if ring.len() > MANY_POSITIONS {
        let message = format!("it has {} positions; simplify it to 1,000 at most", ring.len());
        notes.warning("polygon-large", spot, message);
    }
    if ring.len() > 2 && ring.windows(2).any(|pair| pair[0] == pair[1]) {
        notes.warning("polygon-repeated", spot, "a position is given twice in a row; leave one out");
    }
    if ring.len() > 3 && is_flat(ring) {
        notes.warning("polygon-flat", spot, "it encloses nothing; all its positions lie on one line");
    }
}

/// Whether the position is a number pair within range; NaN is not.
fn is_on_earth(p: &Position) -> bool {
    p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0
}

/// Whether all positions lie on one line.
fn is_flat(ring: &[Position]) -> bool {
    let Some(first) = ring.first() else { return true };
    let from = |p: &Position| (east(p.lon - first.lon), p.lat - first.lat);
    let square = |p: (f64, f64)| p.0 * p.0 + p.1 * p.1;
    let far = ring
        .iter()
        .map(from)
        .fold((0.0, 0.0), |far: (f64, f64), p| if square(p) > square(far) { p } else { far });
    // 1e-9 degrees are a tenth of a millimetre.
    let reach = square(far).sqrt();
    ring.iter().map(from).all(|p| (p.0 * far.1 - p.1 * far.0).abs() <= 1e-9 * reach.max(1e-9))
}

/// A difference of longitudes, the short way round.
fn east(degrees: f64) -> f64 {
    if degrees > 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

/// Where the shapes of an alert lie, so that one that lies elsewhere stands out.
pub(super) struct Outlook {
    centres: Vec<Position>,
}

/// Shapes that are looked at; an alert with more has enough to compare with among them.
const MAX_CENTRES: usize = 64;
/// Degrees within which a ring lies beside another, and beyond which it lies far off.
const NEAR: f64 = 5.0;
const FAR: f64 = 20.0;

impl Outlook {
    pub(super) fn of(alert: &Alert) -> Outlook {
        let areas = || alert.infos.iter().flat_map(|info| &info.areas);
        let rings = areas().flat_map(|area| &area.polygons).filter_map(|ring| centre(ring));
        let circles = areas().flat_map(|area| &area.circles).map(|circle| circle.center);
        Outlook { centres: circles.take(MAX_CENTRES / 2).chain(rings.take(MAX_CENTRES)).collect() }
    }

    /// Whether a ring makes sense only with longitude first: it lies on Earth only so, or beside the other shapes of
    /// its alert only so.
    fn swapped(&self, ring: &[Position], out_of_range: bool) -> bool {
        let flip = |p: &Position| Position { lat: p.lon, lon: p.lat };
        if out_of_range {
            // A single impossible latitude is a slip of the pen.
            let out = ring.iter().filter(|p| p.lat.abs() > 90.0).count();
            return out * 2 > ring.len() && ring.iter().map(flip).all(|p| is_on_earth(&p));
        }
        if self.centres.len() < 2 {
            return false;
        }
        let Some(here) = centre(ring) else { return false };
        let there = flip(&here);
        let gap = |a: &Position, b: &Position| (a.lat - b.lat).abs().max(east(a.lon - b.lon).abs());
        let mut others = self.centres.iter().filter(|c| **c != here).peekable();
        others.peek().is_some()
            && is_on_earth(&there)
            && others.clone().all(|c| gap(c, &here) > FAR)
            && others.any(|c| gap(c, &there) < NEAR)
    }
}

/// The middle of what a ring spans; `None` where it spans nothing or crosses the antimeridian.
fn centre(ring: &[Position]) -> Option<Position> {
    let span = |of: fn(&Position) -> f64| {
        let (low, high) = ring
            .iter()
            .map(of)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)));
        (low <= high && high - low < 180.0).then_some((low + high) / 2.0)
    };
    Some(Position { lat: span(|p| p.lat)?, lon: span(|p| p.lon)? })
}
