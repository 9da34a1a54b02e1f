//! The area of a draft.

use beaconfire_geo::Area;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::geojson::{Geometry, geometry_of, shapes_of};

/// Where a warning holds. Always explicit: the empty area that live drafts begin with has shapes
/// without a geometry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AreaView {
    /// Polygons.
    Shapes {
        /// Their geometry; null for the empty area.
        geometry: Option<Geometry>,
    },
    /// Everything the authority is responsible for.
    WholeJurisdiction,
    /// Somewhere, but where could not be found out.
    Unresolved {
        /// Why.
        why: String,
    },
}

impl AreaView {
    /// The area as shown.
    pub(crate) fn of(area: &Area) -> Self {
        match area {
            Area::WholeJurisdiction => Self::WholeJurisdiction,
            Area::Unresolved(why) => Self::Unresolved { why: why.clone() },
            Area::Shapes(shapes) => Self::Shapes { geometry: geometry_of(shapes) },
        }
    }

    /// The area that was meant; one that comes back as it was shown is the one there was, so that
    /// looking at a circle does not make a polygon of it.
    pub(crate) fn into_area(self, shown: &Area) -> Result<Area, String> {
        if self == Self::of(shown) {
            return Ok(shown.clone());
        }
        match self {
            Self::Shapes { geometry: None } => Ok(Area::default()),
            Self::Shapes { geometry: Some(geometry) } => shapes_of(geometry).map(Area::Shapes),
            Self::WholeJurisdiction => Ok(Area::WholeJurisdiction),
            Self::Unresolved { why } => Ok(Area::Unresolved(why.chars().take(500).collect())),
        }
    }
}

/// The geometry of an area, for a map; none where it has no shapes.
pub(super) fn geometry(area: &Area) -> Option<Geometry> {
    geometry_of(area.shapes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use beaconfire_geo::{Circle, Point};

    #[test]
    fn an_area_that_comes_back_unchanged_keeps_its_circles() {
        let center = Point::new(29.7, -95.4).expect("a point");
        let area = Area::from(Circle::new(center, 30.0).expect("a circle"));
        let sent = serde_json::to_string(&AreaView::of(&area)).expect("it is JSON");
        let back: AreaView = serde_json::from_str(&sent).expect("it reads back");
        assert_eq!(back.clone().into_area(&area), Ok(area));
        let polygon = back.into_area(&Area::default()).expect("its corners are an area");
        assert!(matches!(polygon.shapes(), [beaconfire_geo::Shape::Polygon(_)]));
    }

    #[test]
    fn the_other_kinds_go_there_and_back() {
        for area in [Area::WholeJurisdiction, Area::Unresolved("no shape".into()), Area::default()] {
            assert_eq!(AreaView::of(&area).into_area(&Area::WholeJurisdiction), Ok(area));
        }
    }
}
