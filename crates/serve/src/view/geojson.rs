//! Areas as GeoJSON (RFC 7946) and back.
//!
//! A ring that crosses the antimeridian goes on past 180 degrees instead of being cut in two: maps
//! draw that, and the ring stays one ring. Going back, longitudes are brought into range again.

use beaconfire_geo::{Circle, EARTH_RADIUS_KM, Point, Ring, Shape};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Corners of the polygon that stands for a circle.
const CORNERS: u32 = 64;
/// Positions of that polygon; one round a pole has three more.
pub(super) const CIRCLE_POSITIONS: usize = CORNERS as usize + 1;
/// Polygons in one area that is handed in, at most.
const MAX_POLYGONS: usize = 1_000;

/// A GeoJSON geometry, in degrees of longitude and latitude. Circles are shown as polygons of 64
/// corners; a draft whose geometry is sent back unchanged keeps its circles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type")]
pub(crate) enum Geometry {
    /// One polygon; rings with holes are not taken.
    Polygon {
        /// Its ring.
        coordinates: Vec<Vec<[f64; 2]>>,
    },
    /// Several polygons.
    MultiPolygon {
        /// Their rings.
        coordinates: Vec<Vec<Vec<[f64; 2]>>>,
    },
}

/// The geometry of shapes; none of no shapes.
pub(crate) fn geometry_of(shapes: &[Shape]) -> Option<Geometry> {
    let mut polygons: Vec<_> = shapes.iter().map(|shape| vec![outline(shape)]).collect();
    match polygons.len() {
        0 => None,
        1 => polygons.pop().map(|coordinates| Geometry::Polygon { coordinates }),
        _ => Some(Geometry::MultiPolygon { coordinates: polygons }),
    }
}

/// The shapes of a geometry, or what is wrong with it in words.
pub(crate) fn shapes_of(geometry: Geometry) -> Result<Vec<Shape>, String> {
    let polygons = match geometry {
        Geometry::Polygon { coordinates } => vec![coordinates],
        Geometry::MultiPolygon { coordinates } => coordinates,
    };
    if polygons.len() > MAX_POLYGONS {
        return Err(format!("there are {} polygons; {MAX_POLYGONS} is the limit", polygons.len()));
    }
    polygons.into_iter().map(|rings| polygon(&rings)).collect()
}

fn polygon(rings: &[Vec<[f64; 2]>]) -> Result<Shape, String> {
    let [ring] = rings else {
        return Err("a polygon must have one ring: holes cannot be written in CAP".to_owned());
    };
    let points = ring
        .iter()
        .map(|[lon, lat]| Point::new(*lat, wrapped(*lon)).map_err(|error| error.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    Ring::new(points).map(Shape::Polygon).map_err(|error| error.to_string())
}

/// A longitude that ran past the antimeridian, back in range; others as they are.
fn wrapped(lon: f64) -> f64 {
    if (180.0..=540.0).contains(&lon) && lon != 180.0 {
        lon - 360.0
    } else if (-540.0..-180.0).contains(&lon) {
        lon + 360.0
    } else {
        lon
    }
}

fn outline(shape: &Shape) -> Vec<[f64; 2]> {
    match shape {
        Shape::Polygon(ring) => unrolled(ring.points().iter().map(|point| [point.lon, point.lat])),
        Shape::Circle(circle) => circle_outline(circle),
    }
}

/// Steps of more than 180 degrees are taken the short way round. What goes once round the earth is closed along
/// the nearer pole.
fn unrolled(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    let mut out: Vec<[f64; 2]> = Vec::new();
    let mut turns = 0.0;
    let mut last: Option<f64> = None;
    for [lon, lat] in points {
        match last.map(|last| lon - last) {
            Some(step) if step > 180.0 => turns -= 360.0,
            Some(step) if step < -180.0 => turns += 360.0,
            _ => {}
        }
        last = Some(lon);
        out.push([lon + turns, lat]);
    }
    if let (true, Some(&start), Some(&end)) = (turns != 0.0, out.first(), out.last()) {
        let pole = 90.0_f64.copysign(out.iter().map(|[_, lat]| lat).sum());
        out.extend([[end[0], pole], [start[0], pole], start]);
    }
    out
}

fn circle_outline(circle: &Circle) -> Vec<[f64; 2]> {
    let angle = circle.radius_km / EARTH_RADIUS_KM;
    let reach = angle.to_degrees() - circle.center.lat.abs();
    if reach >= 90.0 {
        // Both poles lie within: no ring encloses that on a flat map, the box does.
        let b = circle.bbox();
        return vec![
            [b.west, b.south],
            [b.east, b.south],
            [b.east, b.north],
            [b.west, b.north],
            [b.west, b.south],
        ];
    }
    let (lat, lon) = (circle.center.lat.to_radians(), circle.center.lon);
    let corner = |n: u32| {
        // Counter-clockwise, as RFC 7946 asks.
        let bearing = -std::f64::consts::TAU * f64::from(n % CORNERS) / f64::from(CORNERS);
        let sin = lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos();
        let there = sin.clamp(-1.0, 1.0).asin();
        let east = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * there.sin());
        [round(lon + east.to_degrees()), round(there.to_degrees())]
    };
    unrolled((0..=CORNERS).map(corner))
}

/// To about a tenth of a metre.
fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(lat: f64, lon: f64, km: f64) -> Circle {
        Circle::new(Point::new(lat, lon).expect("a point"), km).expect("a circle")
    }

    #[test]
    fn a_circle_becomes_a_closed_ring_whose_corners_lie_on_it() {
        for circle in [circle(29.7, -95.4, 25.0), circle(-41.0, 179.9, 80.0), circle(0.0, 0.0, 3000.0)] {
            let ring = circle_outline(&circle);
            assert_eq!(ring.len(), 65);
            assert_eq!(ring.first(), ring.last());
            for [lon, lat] in ring {
                let corner = Point::new(lat, wrapped(lon)).expect("in range");
                let off = (corner.distance_km(&circle.center) - circle.radius_km).abs();
                assert!(off < 0.001, "{off} km off");
            }
        }
    }

    #[test]
    fn a_ring_across_the_antimeridian_comes_back_as_it_was() {
        let points = [(10.0, 179.0), (10.0, -179.0), (12.0, -179.0), (12.0, 179.0), (10.0, 179.0)];
        let points = points.map(|(lat, lon)| Point::new(lat, lon).expect("a point"));
        let shapes = vec![Shape::Polygon(Ring::new(points.to_vec()).expect("a ring"))];
        let geometry = geometry_of(&shapes).expect("there is a shape");
        let Geometry::Polygon { coordinates } = &geometry else { panic!("one shape is one polygon") };
        assert!(coordinates[0].windows(2).all(|pair| (pair[0][0] - pair[1][0]).abs() <= 180.0));
        assert_eq!(shapes_of(geometry), Ok(shapes));
    }

    #[test]
    fn what_goes_round_a_pole_is_closed_along_it() {
        for (lat, pole) in [(80.0, 90.0), (-80.0, -90.0)] {
            let ring = circle_outline(&circle(lat, 10.0, 2000.0));
            assert_eq!(ring.len(), CIRCLE_POSITIONS + 3);
            assert_eq!(ring.first(), ring.last());
            assert_eq!(ring.iter().filter(|[_, lat]| *lat == pole).count(), 2);
            let width = (ring[CIRCLE_POSITIONS][0] - ring[0][0]).abs();
            assert!((width - 360.0).abs() < 1e-6, "{width}");
        }
        let points = [(70.0, 0.0), (70.0, 120.0), (70.0, -120.0), (70.0, 0.0)];
        let points = points.map(|(lat, lon)| Point::new(lat, lon).expect("a point"));
        let ring = outline(&Shape::Polygon(Ring::new(points.to_vec()).expect("a ring")));
        let expected = [
            [0.0, 70.0],
            [120.0, 70.0],
            [240.0, 70.0],
            [360.0, 70.0],
            [360.0, 90.0],
            [0.0, 90.0],
            [0.0, 70.0],
        ];
        assert_eq!(ring, expected);
    }

    #[test]
    fn a_circle_round_both_poles_is_a_box() {
        let ring = circle_outline(&circle(10.0, 10.0, 19_000.0));
        assert_eq!(ring.len(), 5);
        assert_eq!(ring.first(), ring.last());
    }

    #[test]
    fn what_is_no_area_is_refused_in_words() {
        let read = |text: &str| {
            serde_json::from_str::<Geometry>(text).map_err(|e| e.to_string()).and_then(shapes_of)
        };
        for text in [
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,95],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0,0],[1,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[900,0],[1,1],[0,0]]]}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#).is_ok());
    }
}
