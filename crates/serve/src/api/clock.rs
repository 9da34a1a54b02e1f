//! Confirming the time, where river time and the host's clock differ.

use axum::Json;
use axum::extract::State;
use beaconfire_core::Command;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::command;
use crate::auth::Operator;
use crate::body::Body;
use crate::error::{Answer, ErrorBody};
use crate::services::App;

/// What a second clock says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmTime {
    /// `YYYY-MM-DD HH:MM` in UTC, typed by hand.
    typed: String,
}

/// The time that holds now.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimeConfirmed {
    /// River time.
    river_time: Timestamp,
}

/// Confirms the time by a second clock: river time, or that of the host's clock, which is followed then. Until this is
/// done nothing live is issued while they differ.
#[utoipa::path(post, path = "/api/v1/time/confirm", tag = "session", request_body = ConfirmTime,
    responses((status = 200, body = TimeConfirmed), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
pub(crate) async fn confirm(
    State(app): State<App>,
    operator: Operator,
    Body(body): Body<ConfirmTime>,
) -> Answer<Json<TimeConfirmed>> {
    command(&app, &operator, Command::ConfirmTime { typed: body.typed }).await?;
    Ok(Json(TimeConfirmed { river_time: app.services.engine.now() }))
}
