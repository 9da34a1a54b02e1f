//! Other issuers' alerts that an officer must judge, or that had no effect.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use beaconfire_core::{Actor, AlertKey, Fact, ItemId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Operator, Viewer};
use crate::body::{Body, Query};
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::{AlertList, AlertState, Seen};

/// Which alerts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Held unless said.
    #[serde(default)]
    state: AlertState,
}

/// Which message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    /// The SHA-256 of its bytes.
    item: String,
}

/// An officer's word on a held alert.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    /// CAP sender.
    sender: String,
    /// CAP identifier.
    identifier: String,
    /// CAP sent, as an instant.
    sent: Timestamp,
    /// Whether it is let in; otherwise it is put aside.
    admit: bool,
    /// Why.
    reason: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Released {
    /// The incident that it opened, joined or acted on; none where it was put aside.
    incident: Option<String>,
}

/// Alerts of other issuers that are held or had no effect, newest first.
#[utoipa::path(get, path = "/api/v1/alerts", tag = "alerts",
    params(("state" = Option<AlertState>, Query, description = "Held unless said")),
    responses((status = 200, body = AlertList), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(crate) async fn list(
    State(app): State<App>,
    Viewer(account): Viewer,
    Query(which): Query<Which>,
) -> Answer<Json<AlertList>> {
    let engine = &app.services.engine;
    let seen = Seen { by: account.as_ref(), now: engine.now() };
    Ok(Json(engine.read(|state| AlertList::of(which.state, state, seen))))
}

/// The message as it came, byte for byte.
#[utoipa::path(get, path = "/api/v1/alerts/original", tag = "alerts",
    params(("item" = String, Query, description = "The SHA-256 of its bytes, as the list gives it")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = ErrorBody), (status = 410, body = ErrorBody)))]
pub(crate) async fn original(
    State(app): State<App>,
    _: Viewer,
    Query(message): Query<Message>,
) -> Answer<Response> {
    let item = ItemId(message.item);
    let services = &app.services;
    if !services.engine.read(|state| state.alerts.values().any(|kept| kept.alert.item == item)) {
        return Err(Problem::not_found("alert with these bytes:", &item.0));
    }
    let bytes = services.intake.original(&item).await?.ok_or_else(|| {
        let mend = "judge it by what is shown; the journal holds the hash alone";
        Problem::new(StatusCode::GONE, "erased", "the original bytes were erased by policy", mend)
    })?;
    // As text, so that no browser runs what somebody else wrote.
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], bytes).into_response())
}

/// Lets a held alert in, or puts it aside.
#[utoipa::path(post, path = "/api/v1/alerts/release", tag = "alerts", request_body = Release,
    responses((status = 200, body = Released), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn release(
    State(app): State<App>,
    operator: Operator,
    Body(body): Body<Release>,
) -> Answer<Json<Released>> {
    let Release { sender, identifier, sent, admit, reason } = body;
    let alert = AlertKey { sender, identifier, sent };
    let by = Actor::operator(&operator.account());
    let records = app.services.intake.release(alert, admit, reason, by).await?;
    let released = records.iter().find(|record| matches!(record.fact, Fact::AlertReleased { .. }));
    let incident = app.services.engine.read(|state| released.and_then(|record| state.subject(&record.fact)));
    Ok(Json(Released { incident: incident.map(|id| id.0) }))
}
