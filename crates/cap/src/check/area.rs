//! Areas: rings, circles, heights.

use std::vec::IntoIter;

use super::survey::{Survey, east, is_on_earth};
use super::{Notes, Spot};
use crate::model::{Alert, Area, Circle, Position};

/// Positions of a polygon beyond which receivers get into trouble.
const MANY_POSITIONS: usize = 1_000;

pub(super) fn check(notes: &mut Notes, area: &Area, spot: Spot, outlook: &mut Outlook) {
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

fn polygon(notes: &mut Notes, ring: &[Position], spot: Spot, outlook: &mut Outlook) {
    if ring.len() < 4 {
        let message =
            format!("a polygon needs 4 positions, the first and last the same; it has {}", ring.len());
        notes.error("polygon-short", spot, message);
    } else if ring.first() != ring.last() {
        notes.error("polygon-open", spot, "the last position must repeat the first");
    }
    let survey = outlook.next_survey(ring);
    if let Some(Position { lat, lon }) = ring.iter().find(|p| !survey.on_earth && !is_on_earth(p)) {
        let message =
            format!("{lat},{lon} is no place: latitudes lie within 90, longitudes within 180 degrees");
        notes.error("polygon-range", spot, message);
    }
    if outlook.swapped(ring, &survey) {
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
    if ring.len() > 2 && survey.repeated {
        notes.warning("polygon-repeated", spot, "a position is given twice in a row; leave one out");
    }
    if ring.len() > 3 && survey.is_flat(ring) {
        notes.warning("polygon-flat", spot, "it encloses nothing; all its positions lie on one line");
    }
}

/// Where the shapes of an alert lie, so that one that lies elsewhere stands out.
pub(super) struct Outlook {
    centres: Vec<Position>,
    /// What was seen of the rings that have not been checked yet, in document order.
    surveys: IntoIter<Survey>,
}

/// Shapes that are looked at; an alert with more has enough to compare with among them.
const MAX_CENTRES: usize = 64;
/// Degrees within which a ring lies beside another, and beyond which it lies far off.
const NEAR: f64 = 5.0;
const FAR: f64 = 20.0;

impl Outlook {
    pub(super) fn of(alert: &Alert) -> Outlook {
        let areas = || alert.infos.iter().flat_map(|info| &info.areas);
        let surveys: Vec<Survey> = areas().flat_map(|area| &area.polygons).map(|r| Survey::of(r)).collect();
        let circles = areas().flat_map(|area| &area.circles).map(|circle| circle.center);
        let mut centres: Vec<Position> = circles.take(MAX_CENTRES / 2).collect();
        centres.extend(surveys.iter().filter_map(Survey::centre).take(MAX_CENTRES));
        Outlook { centres, surveys: surveys.into_iter() }
    }

    /// What was seen of the next ring.
    fn next_survey(&mut self, ring: &[Position]) -> Survey {
        self.surveys.next().unwrap_or_else(|| Survey::of(ring))
    }

    /// Whether a ring makes sense only with longitude first: it lies on Earth only so, or beside the other shapes of
    /// its alert only so.
    fn swapped(&self, ring: &[Position], survey: &Survey) -> bool {
        let flip = |p: &Position| Position { lat: p.lon, lon: p.lat };
        if !survey.on_earth {
            // A single impossible latitude is a slip of the pen.
            let out = ring.iter().filter(|p| p.lat.abs() > 90.0).count();
            return out * 2 > ring.len() && ring.iter().map(flip).all(|p| is_on_earth(&p));
        }
        if self.centres.len() < 2 {
            return false;
        }
        let Some(here) = survey.centre() else { return false };
        let there = flip(&here);
        let gap = |a: &Position, b: &Position| (a.lat - b.lat).abs().max(east(a.lon - b.lon).abs());
        let mut others = self.centres.iter().filter(|c| **c != here).peekable();
        others.peek().is_some()
            && is_on_earth(&there)
            && others.clone().all(|c| gap(c, &here) > FAR)
            && others.any(|c| gap(c, &there) < NEAR)
    }
}
