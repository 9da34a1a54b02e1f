//! A series over time, for a chart.

use axum::Json;
use axum::extract::State;
use beaconfire_core::SourceId;
use beaconfire_store::{Observations, Point, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Viewer;
use crate::blocking::blocking;
use crate::body::Query;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::{SeriesView, series_view};

/// The longest stretch, hours: two years.
const MAX_HOURS: i64 = 24 * 731;

/// Which series, and how far back from now.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The source.
    source: String,
    /// The series' key within it.
    key: String,
    /// How far back from river time now; 72 where absent.
    hours: Option<i64>,
}

/// A series over time.
#[utoipa::path(get, path = "/api/v1/series", tag = "sources", params(Which),
    responses((status = 200, body = SeriesView), (status = 404, body = ErrorBody)))]
pub(crate) async fn show(
    State(app): State<App>,
    _: Viewer,
    Query(which): Query<Which>,
) -> Answer<Json<SeriesView>> {
    let hours = which.hours.unwrap_or(72);
    if !(1..=MAX_HOURS).contains(&hours) {
        return Err(Problem::invalid(format!("hours is {hours}"), format!("choose 1 to {MAX_HOURS}")));
    }
    let Which { source, key, .. } = which;
    let engine = &app.services.engine;
    let upto = engine.now().as_second().saturating_add(1);
    let range = (upto - hours * 3600, upto);
    let (observations, names) = (app.services.observations.clone(), (source.clone(), key.clone()));
    let points = blocking(move || read(&observations, (&names.0, &names.1), range)).await?;
    let source = SourceId(source);
    engine.read(|state| {
        let known = points.is_some() || state.rules.station(&source, &key).is_some();
        let points = points.unwrap_or_default();
        let view = known.then(|| series_view(&source, &key, &points, state));
        view.map(Json).ok_or_else(|| Problem::not_found("series", &format!("{source} {key}")))
    })
}

/// The points of a series; none where nobody ever heard of it.
fn read(
    observations: &Observations,
    (source, key): (&str, &str),
    (from, to): (i64, i64),
) -> Result<Option<Vec<Point>>, StoreError> {
    let Some(series) = observations.series_number(source, key) else { return Ok(None) };
    observations.range(series, from, to).map(Some)
}
