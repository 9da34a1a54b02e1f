//! A level's machine name, and "none" where nothing stands.

use beaconfire_core::Level;
use serde::Serialize;
use utoipa::ToSchema;

/// A level by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LevelName {
    /// Nothing stands any more.
    None,
    /// No action needed.
    Minor,
    /// Be aware.
    Moderate,
    /// Be prepared.
    Severe,
    /// Take action.
    Extreme,
}

impl From<Option<Level>> for LevelName {
    fn from(level: Option<Level>) -> Self {
        match level {
            None => Self::None,
            Some(Level::Minor) => Self::Minor,
            Some(Level::Moderate) => Self::Moderate,
            Some(Level::Severe) => Self::Severe,
            Some(Level::Extreme) => Self::Extreme,
        }
    }
}
