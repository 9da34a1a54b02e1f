//! Coordinates with fewer decimals, without a shape breaking.

use crate::model::{Area, Circle, Position};
use crate::{Alert, Finding, FindingSeverity};

/// Kilometres that a degree of latitude or longitude has at most, on WGS 84.
const KM_A_DEGREE: f64 = 111.7;

/// Rounds all shapes of an alert to so many decimals of a degree; says of which it could not.
///
/// A ring stays closed, of at least 4 positions and, if it had an area, of some area: where rounding would take that,
/// it keeps more decimals. Equal positions in a row become one. A circle's radius, rounded to as many decimals of a
/// kilometre, grows by as much as its centre moved: it covers what it covered.
pub(super) fn round(alert: &mut Alert, decimals: u8) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (info, i) in alert.infos.iter_mut().zip(1..) {
        for (area, a) in info.areas.iter_mut().zip(1..) {
            round_area(area, decimals, &format!("/alert/info[{i}]/area[{a}]"), &mut findings);
        }
    }
    findings
}

fn round_area(area: &mut Area, decimals: u8, path: &str, findings: &mut Vec<Finding>) {
    for (ring, n) in area.polygons.iter_mut().zip(1..) {
        let is_kept = |ring: &[Position]| ring.len() >= 4 && surface(ring) != 0.0;
        let tried = (decimals..=MOST).find_map(|d| {
            let rounded = round_ring(ring, d);
            is_kept(&rounded).then_some((d, rounded))
        });
        let (used, rounded) = match tried {
            Some((used, rounded)) => (Some(used), rounded),
            // It had no area before; or no number of decimals keeps it.
            None => (None, ring.clone()),
        };
        if used != Some(decimals) {
            let kept = used.map_or("all its decimals".to_owned(), |d| format!("{d} decimals"));
            findings.push(Finding {
                rule: "polygon-precision".into(),
                severity: FindingSeverity::Info,
                path: format!("{path}/polygon[{n}]"),
                line: 0,
                column: 0,
                message: format!("with {decimals} decimals nothing would be left of it; it kept {kept}"),
            });
        }
        *ring = rounded;
    }
    for circle in &mut area.circles {
        *circle = round_circle(circle, decimals);
    }
}

/// Decimals beyond which a degree has none that matter: a tenth of a micrometre.
const MOST: u8 = 12;

fn round_ring(ring: &[Position], decimals: u8) -> Vec<Position> {
    let mut rounded: Vec<Position> = ring.iter().map(|p| round_position(p, decimals)).collect();
    rounded.dedup();
    rounded
}

fn round_circle(Circle { center, radius_km }: &Circle, decimals: u8) -> Circle {
    let moved = round_position(center, decimals);
    let shift = KM_A_DEGREE * (moved.lat - center.lat).hypot(moved.lon - center.lon);
    let reach = radius_km + shift;
    let rounded = round_number(reach, decimals);
    let step = 10.0_f64.powi(-i32::from(decimals));
    // Up, never down.
    let radius_km =
        if rounded >= reach { rounded } else { round_number(rounded + step, decimals).max(reach) };
    Circle { center: moved, radius_km }
}

fn round_position(Position { lat, lon }: &Position, decimals: u8) -> Position {
    Position { lat: round_number(*lat, decimals), lon: round_number(*lon, decimals) }
}

/// The nearest number with so many decimals, exactly as its decimal text says; there is no negative zero.
fn round_number(number: f64, decimals: u8) -> f64 {
    let text = format!("{number:.*}", usize::from(decimals));
    text.parse::<f64>().map_or(number, |n| n + 0.0)
}

/// Twice the area in square degrees; 0 if all positions lie on a line.
fn surface(ring: &[Position]) -> f64 {
    let Some(first) = ring.first() else { return 0.0 };
    // The shorter way round, where the ring crosses the antimeridian.
    let east = |p: &Position| {
        let lon = p.lon - first.lon;
        lon - 360.0 * (lon / 360.0).round()
    };
    let pairs = ring.windows(2);
    pairs.map(|w| east(&w[0]) * (w[1].lat - first.lat) - east(&w[1]) * (w[0].lat - first.lat)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Position> {
        points.iter().map(|(lat, lon)| Position { lat: *lat, lon: *lon }).collect()
    }

    fn area(polygons: Vec<Vec<Position>>, circles: Vec<Circle>) -> Area {
        let (description, geocodes) = ("d".to_owned(), Vec::new());
        Area { description, polygons, circles, geocodes, altitude: None, ceiling: None }
    }

    #[test]
    fn rings_stay_closed_and_drop_what_falls_together() {
        let points = [(1.23456, 2.0), (1.23459, 2.00004), (9.0, 179.99999), (5.0, -0.00001), (1.23456, 2.0)];
        let mut area = area(vec![ring(&points)], vec![]);
        let mut findings = Vec::new();
        round_area(&mut area, 3, "", &mut findings);
        assert_eq!(area.polygons[0], ring(&[(1.235, 2.0), (9.0, 180.0), (5.0, 0.0), (1.235, 2.0)]));
        assert!(area.polygons[0][2].lon.is_sign_positive());
        assert!(findings.is_empty());
    }

    #[test]
    fn a_ring_that_would_collapse_keeps_more_decimals() {
        let tiny = ring(&[(1.0, 2.0), (1.0, 2.0004), (1.0004, 2.0004), (1.0, 2.0)]);
        let line = ring(&[(1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (1.0, 2.0)]);
        let mut area = area(vec![tiny.clone(), line.clone()], vec![]);
        let mut findings = Vec::new();
        round_area(&mut area, 2, "/a", &mut findings);
        assert_eq!(area.polygons, [tiny, line]);
        let told: Vec<_> =
            findings.iter().map(|f| (f.path.as_str(), f.message.contains("4 decimals"))).collect();
        assert_eq!(told, [("/a/polygon[1]", true), ("/a/polygon[2]", false)]);
    }

    #[test]
    fn a_circle_never_becomes_smaller() {
        let check = |lat, lon, radius_km, decimals| {
            let circle = Circle { center: Position { lat, lon }, radius_km };
            let rounded = round_circle(&circle, decimals);
            let shift = KM_A_DEGREE * (rounded.center.lat - lat).hypot(rounded.center.lon - lon);
            assert!(rounded.radius_km >= radius_km + shift, "{circle:?} {rounded:?}");
            rounded
        };
        assert_eq!(check(1.0, 2.0, 12.34, 1).radius_km, 12.4);
        assert_eq!(check(1.0, 2.0, 0.0, 1).radius_km, 0.0);
        for n in 0..500 {
            let n = f64::from(n);
            check(n * 0.1234567, -n * 0.3456789, n * 0.0123456789, 3);
        }
    }
}
