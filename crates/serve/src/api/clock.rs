//! The officer's confirmation of the time, without which nothing live is issued while the clocks
//! differ.

use axum::Json;
use axum::extract::State;
use beaconfire_core::Command;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::command;
use crate::auth::Operator;
use crate::body::Body;
use crate::error::{Answer, ErrorBody};
use crate::services::App;
use crate::view::ClockApart;

/// The time, as read from a second clock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    /// `YYYY-MM-DD HH:MM` in UTC: river time, or the time of the machine's clock, which is followed then.
    typed: String,
}

/// How the clocks stand.
#[derive(Serialize, ToSchema)]
pub(crate) struct Clock {
    /// How far apart they are; null once the time is confirmed.
    clock_apart: Option<ClockApart>,
}

/// Confirms the time by typing it; live warnings can be issued again.
#[utoipa::path(post, path = "/api/v1/clock/confirm", tag = "session", request_body = Confirm,
    responses((status = 200, body = Clock), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn confirm(
    State(app): State<App>,
    operator: Operator,
    Body(body): Body<Confirm>,
) -> Answer<Json<Clock>> {
    command(&app, &operator, Command::ConfirmTime { typed: body.typed }).await?;
    let now = app.services.engine.now();
    let clock_apart = app.services.engine.read(|state| ClockApart::of(state, now));
    Ok(Json(Clock { clock_apart }))
}
