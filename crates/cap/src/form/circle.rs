//! A circle as a polygon that covers it.

use super::ring::{Ring, split};
use crate::model::{Circle, Position};

/// The smallest radius of curvature of the WGS 84 ellipsoid, in km: that of the meridian at the equator.
///
/// Every length on the ellipsoid is at least that on a sphere of this radius at equal latitudes and longitudes, so
/// what covers the circle on this sphere covers it on the ellipsoid. The largest radius is 1.01 times as long.
const RADIUS_KM: f64 = 6335.439;

/// A point is drawn as large as this, in km.
const LEAST_KM: f64 = 0.001;

/// Degrees are rounded to this many decimals, 1 cm; what that may take away is added first.
const DECIMALS: f64 = 1e7;
const SLACK: f64 = 5e-8_f64;

/// The parts of a polygon, cut at the antimeridian, that covers the circle and reaches beyond it by at most 2 % of
/// its radius and a metre, but where the circle comes close to a pole: there it may be the box around it.
pub(super) fn parts(circle: &Circle) -> Vec<Ring> {
    let Circle { center, radius_km } = circle;
    let angle = (radius_km.max(LEAST_KM) / RADIUS_KM) + SLACK;
    if !(angle.is_finite() && center.lat.abs() <= 90.0 && center.lon.abs() <= 180.0) {
        return Vec::new();
    }
    if angle < 1.5 {
        for corners in [72, 144, 288, 576, 1152] {
            if let Some(ring) = around(center, angle, corners) {
                return split(ring);
            }
        }
    }
    split(boxed(center, angle))
}

/// A ring of so many corners that no edge, straight on the map, comes nearer to the centre than the angle.
fn around(center: &Position, angle: f64, corners: u32) -> Option<Ring> {
    let step = std::f64::consts::TAU / f64::from(corners);
    let mut reach = (angle.tan() / (step / 2.0).cos()).atan();
    for _ in 0..4 {
        if reach > angle * 1.009 {
            return None;
        }
        let mut ring: Ring = Vec::with_capacity(corners as usize + 1);
        for n in 0..=corners {
            let n = n % corners;
            let [lon, lat] = corner(center, reach, f64::from(n) * step);
            let lon = match ring.last() {
                Some([before, _]) => lon - 360.0 * ((lon - before) / 360.0).round(),
                None => lon,
            };
            ring.push([round(lon), round(lat)]);
        }
        let nearest = nearest(center, &ring);
        if nearest >= angle {
            return Some(ring);
        }
        reach *= angle / nearest * (1.0 + 1e-9);
    }
    None
}

/// How near the edges come to the centre, as an angle.
fn nearest(center: &Position, ring: &Ring) -> f64 {
    let along = |a: [f64; 2], b: [f64; 2], t: f64| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    let samples = ring.windows(2).flat_map(|w| (0..8).map(move |n| along(w[0], w[1], f64::from(n) / 8.0)));
    samples.map(|point| distance(center, point)).fold(f64::INFINITY, f64::min) * (1.0 - 2e-5)
}

/// The box around a circle; the whole width if it holds a pole.
fn boxed(center: &Position, angle: f64) -> Ring {
    let (south, north) = (center.lat - angle.to_degrees(), center.lat + angle.to_degrees());
    let wide = angle.sin() / center.lat.to_radians().cos().max(f64::MIN_POSITIVE);
    let (west, east) = match wide {
        _ if south <= -90.0 || north >= 90.0 || wide >= 1.0 => (-180.0, 180.0),
        wide => (center.lon - wide.asin().to_degrees() - 1e-6, center.lon + wide.asin().to_degrees() + 1e-6),
    };
    let (south, north) = (south.max(-90.0), north.min(90.0));
    let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    // A box once round the world is no ring round a pole: it keeps to the map by itself.
    corners.map(|[lon, lat]| [round(lon), round(lat)]).to_vec()
}

/// The point at an angle from the centre, in a direction in radians east of north.
fn corner(center: &Position, angle: f64, direction: f64) -> [f64; 2] {
    let (lat, lon) = (center.lat.to_radians(), center.lon.to_radians());
    let sin = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * direction.cos()).clamp(-1.0, 1.0);
    let east = (direction.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * sin);
    [(lon + east).to_degrees(), sin.asin().to_degrees()]
}

/// The angle between two points, by the haversine.
fn distance(center: &Position, [lon, lat]: [f64; 2]) -> f64 {
    let (a, b) = (center.lat.to_radians(), lat.to_radians());
    let (north, east) = ((b - a) / 2.0, (lon - center.lon).to_radians() / 2.0);
    let h = north.sin().powi(2) + a.cos() * b.cos() * east.sin().powi(2);
    2.0 * h.sqrt().min(1.0).asin()
}

fn round(degrees: f64) -> f64 {
    (degrees * DECIMALS).round() / DECIMALS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a part holds a point: an odd number of edges lie east of it.
    fn holds(parts: &[Ring], [lon, lat]: [f64; 2]) -> bool {
        let lon = lon - 360.0 * (lon / 360.0).round();
        parts.iter().any(|ring| {
            let crossed = ring.windows(2).filter(|w| {
                let ([x0, y0], [x1, y1]) = (w[0], w[1]);
                (y0 > lat) != (y1 > lat) && x0 + (lat - y0) / (y1 - y0) * (x1 - x0) > lon
            });
            crossed.count() % 2 == 1
        })
    }

    fn check(lat: f64, lon: f64, radius_km: f64) -> Vec<Ring> {
        let center = Position { lat, lon };
        let parts = parts(&Circle { center, radius_km });
        // On the ellipsoid a kilometre is never a larger angle than on the small sphere.
        for n in 0..3600 {
            let point = corner(&center, radius_km / RADIUS_KM, f64::from(n) * std::f64::consts::TAU / 3600.0);
            // The seam of the map itself belongs to both sides.
            let on_seam = 180.0 - point[0].abs() < 1e-6 || point[1].abs() > 89.9999;
            assert!(on_seam || holds(&parts, point), "{lat},{lon} {radius_km}: {point:?} is not covered");
        }
        let far = parts.iter().flatten().map(|p| distance(&center, *p)).fold(0.0, f64::max);
        if lat.abs() + (radius_km / RADIUS_KM).to_degrees() < 85.0 {
            // Of the 2 %, 1 % is how far the ellipsoid may stretch.
            let most = radius_km / RADIUS_KM * 1.0095 + 2e-7;
            assert!(far <= most, "{lat},{lon} {radius_km}: reaches {far}, not {most}");
        }
        parts
    }

    #[test]
    fn circles_are_covered_and_not_by_much_more() {
        for lat in [-75.0, -45.0, 0.0, 10.0, 38.5, 60.0, 70.0] {
            for radius_km in [0.01, 1.0, 32.9, 250.0, 900.0] {
                assert_eq!(check(lat, -120.25, radius_km).len(), 1);
            }
        }
        assert_eq!(check(-17.0, 179.9, 100.0).len(), 2);
        assert_eq!(check(52.0, -180.0, 100.0).len(), 2);
    }

    #[test]
    fn circles_at_a_pole_are_covered() {
        for radius_km in [1.0, 100.0, 1111.0, 1112.5, 2000.0] {
            check(80.0, 30.0, radius_km);
            check(-89.999, 179.0, radius_km);
            check(90.0, 0.0, radius_km);
        }
        for radius_km in [9000.0, 12_000.0, 30_000.0] {
            check(10.0, 20.0, radius_km);
        }
    }

    #[test]
    fn a_point_is_a_small_ring_and_nonsense_none() {
        assert_eq!(parts(&Circle { center: Position { lat: 1.0, lon: 2.0 }, radius_km: 0.0 }).len(), 1);
        assert!(parts(&Circle { center: Position { lat: f64::NAN, lon: 2.0 }, radius_km: 1.0 }).is_empty());
        assert!(
            parts(&Circle { center: Position { lat: 1.0, lon: 2.0 }, radius_km: f64::INFINITY }).is_empty()
        );
    }
}
