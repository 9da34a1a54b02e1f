//! How the shapes and the geocodes of one area go together.

use beaconfire_cap as cap;
use beaconfire_cap::profile::{AreaSemantics, Profile};
use serde::{Deserialize, Serialize};

/// What a source's options say about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaUse {
    /// What the message's profile says; without a profile the base standard.
    #[default]
    Auto,
    /// Polygons, circles and geocodes together, as the base standard says.
    Union,
    /// Polygons and circles where there are any; geocodes are their approximation. It is what the US National Weather
    /// Service means by its storm-based warnings: the counties are those that the polygon touches.
    Shapes,
}

/// How the shapes and the geocodes of one area go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// All of them together (CAP 1.2, section 3.2.4).
    Union,
    /// Shapes are the area, geocodes an approximation that counts only where there is no shape (CAP-CP 0.4, CAP-AU 1.0).
    ShapesAreExact,
}

impl AreaUse {
    /// What holds for this message.
    #[must_use]
    pub fn semantics(self, alert: &cap::Alert) -> Semantics {
        let is_exact = |profile: &Profile| {
            profile.area_semantics() == AreaSemantics::ExactShape && profile.claimed_by(alert)
        };
        match self {
            Self::Union => Semantics::Union,
            Self::Shapes => Semantics::ShapesAreExact,
            Self::Auto if Profile::built_in().iter().any(is_exact) => Semantics::ShapesAreExact,
            Self::Auto => Semantics::Union,
        }
    }
}
