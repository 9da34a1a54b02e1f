//! The shapes of a message as GeoJSON features, and in words what has none.

use beaconfire_cap as cap;
use beaconfire_core::area::{self, LeftOut, Semantics};
use beaconfire_geo::geocode::Registry;
use beaconfire_geo::{Area, Shape};
use jiff::Timestamp;
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

/// What is asked of an info block.
pub(super) struct Asked<'a> {
    /// Its number, from 1.
    pub(super) n: usize,
    /// What the reader left out of it.
    pub(super) left_out: &'a LeftOut,
    /// When the message was sent.
    pub(super) sent: Timestamp,
    /// How shapes and codes go together in it.
    pub(super) semantics: Semantics,
}

/// The features of an info block, and for each of its areas what could not be resolved.
pub(super) fn of_info(
    info: &mut cap::Info,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> (Vec<Feature>, Vec<Option<String>>) {
    let areas = std::mem::take(&mut info.areas);
    let (mut features, mut unresolved) = (Vec::new(), Vec::new());
    for (area, number) in areas.iter().zip(1..) {
        // A long name would stand in the words about each of its shapes.
        let description = area.description.chars().take(MAX_NAME).collect();
        info.areas = vec![cap::Area { description, ..area.clone() }];
        // No table is asked here, so that codes are told as unresolved where no shape stands beside them.
        let left_out = asked.left_out.of_area(number);
        let found = area::of_info(info, &left_out, &Registry::new(), asked.sent, asked.semantics);
        let (drawn, over) = draw(&found.area, asked.n, number, budget);
        features.extend(drawn);
        let words: Vec<String> = found.unresolved().into_iter().chain(over).collect();
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
