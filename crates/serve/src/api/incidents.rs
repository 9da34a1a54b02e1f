//! Looking at incidents.

use axum::Json;
use axum::extract::State;
use beaconfire_core::IncidentId;

use crate::auth::Viewer;
use crate::body::Path;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::{IncidentList, IncidentView, Seen};

/// All incidents, without their members.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents",
    responses((status = 200, body = IncidentList), (status = 401, body = ErrorBody)))]
pub(crate) async fn list(State(app): State<App>, Viewer(account): Viewer) -> Answer<Json<IncidentList>> {
    let engine = &app.services.engine;
    let seen = Seen { by: account.as_ref(), now: engine.now() };
    Ok(Json(engine.read(|state| IncidentList::of(state, seen))))
}

/// One incident with everything that belongs to it.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", tag = "incidents",
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = IncidentView), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show(
    State(app): State<App>,
    Viewer(account): Viewer,
    Path(id): Path<String>,
) -> Answer<Json<IncidentView>> {
    let (engine, id) = (&app.services.engine, IncidentId(id));
    let missing = || Problem::not_found("incident", &id.0);
    if !engine.read(|state| state.incidents.contains_key(&id)) {
        return Err(missing());
    }
    let story = engine.story(&id);
    let seen = Seen { by: account.as_ref(), now: engine.now() };
    let view = engine.read(|state| {
        state.incidents.get(&id).map(|incident| IncidentView::of(incident, &story, state, seen))
    });
    view.map(Json).ok_or_else(missing)
}
