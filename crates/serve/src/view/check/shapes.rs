//! The shapes of a message as GeoJSON features, and in words what has none.

use beaconfire_cap as cap;
use beaconfire_core::area;
use beaconfire_geo::geocode::Registry;
use beaconfire_geo::{Area, Shape};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::geojson::{CIRCLE_POSITIONS, Geometry, geometry_of};

/// Positions in one answer, at most: circles of 20 bytes become polygons of 65 corners.
const MAX_POSITIONS: usize = 500_000;
/// Characters of an area's name that stand in the words about it.
const MAX_NAME: usize = 200;

/// A GeoJSON feature collection.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeatureCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// One feature a shape, in the order of the message.
    features: Vec<Feature>,
}

/// A GeoJSON feature.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Feature {
    /// `Feature`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Its outline.
    geometry: Geometry,
    /// Where it comes from.
    properties: Properties,
}

/// Where a shape comes from.
#[derive(Debug, Serialize, ToSchema)]
struct Properties {
    /// Which info block, from 1 as in paths.
    info: usize,
    /// Which area of it, from 1 as in paths.
    area: usize,
    /// `polygon` or `circle`.
    shape: &'static str,
}

impl From<Vec<Feature>> for FeatureCollection {
    fn from(features: Vec<Feature>) -> Self {
        Self { kind: "FeatureCollection", features }
    }
}

/// How many positions may still be drawn in this answer.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(MAX_POSITIONS)
    }
}

/// The features of an info block, the `n`th from 1, and for each of its areas what could not be resolved.
pub(super) fn of_info(
    info: &mut cap::Info,
    n: usize,
    budget: &mut Budget,
) -> (Vec<Feature>, Vec<Option<String>>) {
    let areas = std::mem::take(&mut info.areas);
    let (mut features, mut unresolved) = (Vec::new(), Vec::new());
    for (area, number) in areas.iter().zip(1..) {
        // A long name would stand in the words about each of its shapes.
        let description = area.description.chars().take(MAX_NAME).collect();
        info.areas = vec![cap::Area { description, ..area.clone() }];
        let at = jiff::Timestamp::UNIX_EPOCH;
        let found = area::of_info(info, &Registry::new(), at, area::Semantics::Union);
        let (rest, resolved) = (found.unresolved(), found.area);
        let (drawn, over) = draw(&resolved, n, number, budget);
        features.extend(drawn);
        let words: Vec<String> = rest.into_iter().chain(over).collect();
        unresolved.push((!words.is_empty()).then(|| words.join("; ")));
    }
    info.areas = areas;
    (features, unresolved)
}

/// The features of an area, and in words what went over the budget.
fn draw(area: &Area, info: usize, number: usize, budget: &mut Budget) -> (Vec<Feature>, Option<String>) {
    let (mut features, mut left_out) = (Vec::new(), 0_usize);
    for shape in area.shapes() {
        let (outline, positions) = match shape {
            Shape::Polygon(ring) => ("polygon", ring.points().len()),
            Shape::Circle(_) => ("circle", CIRCLE_POSITIONS),
        };
        let Some(left) = budget.0.checked_sub(positions) else {
            left_out += 1;
            continue;
        };
        budget.0 = left;
        features.extend(geometry_of(std::slice::from_ref(shape)).map(|geometry| Feature {
            kind: "Feature",
            geometry,
            properties: Properties { info, area: number, shape: outline },
        }));
    }
    let over = (left_out > 0).then(|| {
        format!(
            "{left_out} of its shapes are not drawn: the document has more than {MAX_POSITIONS} positions"
        )
    });
    (features, over)
}
