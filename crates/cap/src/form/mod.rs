//! Other forms of an alert: JSON and GeoJSON. [`read`](crate::read()) takes them back.

mod circle;
mod geojson;
mod json;
mod ring;

pub use geojson::to_geojson;
pub use json::to_json;
