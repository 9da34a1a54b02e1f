//! Whether the process lives, and whether it can do its work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;

/// How it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// Decisions can be made: the journal is open and can be written. After a failed write that is tried.
#[utoipa::path(get, path = "/health/ready", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = ErrorBody)))]
pub(crate) async fn ready(State(app): State<App>) -> Answer<Json<Health>> {
    if app.services.engine.read(|state| state.mode.is_none()) {
        let mend = "wait until it has started";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Err(Problem::new(status, "not_open", "the journal is not open", mend));
    }
    match app.services.engine.prove_writable().await {
        Ok(()) => Ok(Json(Health { status: "ready" })),
        Err(error) => {
            let mend = "free space on the disk of the data folder, or give it back; reading goes on";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Err(Problem::new(status, "not_writable", error.to_string(), mend))
        }
    }
}
