//! Measurements pushed by programs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use beaconfire_core::SourceId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::token;
use crate::body::Path;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;

/// The longest body, in bytes.
pub(crate) const MAX_BODY: usize = 16 << 20;
/// Lines that are told to be wrong in one answer, at most.
const MAX_REJECTED: usize = 100;

/// What became of a push. Every line is counted in exactly one of the four.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pushed {
    /// New measurements.
    accepted: u64,
    /// Those that were known.
    repeated: u64,
    /// Those that replaced another value.
    revised: u64,
    /// Lines that could not be used; of many, the first 100.
    rejected: Vec<RejectedLine>,
    /// How many could not be used.
    rejected_count: usize,
}

/// A line that could not be used.
#[derive(Serialize, ToSchema)]
struct RejectedLine {
    /// From 1; null where it is about no single line.
    line: Option<u64>,
    /// Why.
    message: String,
}

/// Takes measurements in, as NDJSON or CSV; durable when answered. Needs a token with the scope
/// `intake:SOURCE`.
#[utoipa::path(post, path = "/api/v1/intake/{source}", tag = "intake",
    params(("source" = String, Path, description = "The source")),
    request_body(content = String, content_type = "application/x-ndjson"),
    security(("token" = [])),
    responses((status = 200, body = Pushed), (status = 401, body = ErrorBody), (status = 413, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn push(
    State(app): State<App>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Pushed>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or("application/x-ndjson");
    let report = app.services.intake.push(&SourceId(source), kind, body.bytes.into()).await?;
    drop(body.room);
    let rejected_count = report.rejected.len();
    let rejected = report.rejected.into_iter().take(MAX_REJECTED);
    Ok(Json(Pushed {
        accepted: report.accepted,
        repeated: report.repeated,
        revised: report.revised,
        rejected: rejected.map(rejected_line).collect(),
        rejected_count,
    }))
}

/// The reader's words begin with `line N: ` where they are about one.
fn rejected_line(words: String) -> RejectedLine {
    let told = words.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    match told.and_then(|(line, message)| Some((line.parse().ok()?, message.to_owned()))) {
        Some((line, message)) => RejectedLine { line: Some(line), message },
        None => RejectedLine { line: None, message: words },
    }
}

/// A body of somebody who may push, held while there is room: the token is looked at before a byte
/// of it is read, and only so many bodies are in memory at once.
pub(crate) struct Body {
    bytes: Bytes,
    room: tokio::sync::OwnedSemaphorePermit,
}

impl axum::extract::FromRequest<App> for Body {
    type Rejection = Problem;

    async fn from_request(request: axum::extract::Request, app: &App) -> Result<Self, Problem> {
        let source = request.uri().path().rsplit('/').next().unwrap_or_default();
        let token = token(request.headers(), &format!("intake:{source}"), app).await?;
        app.limits.intake.take(&token.id)?;
        let room = app.intakes.clone().acquire_owned().await;
        let room = room.map_err(|closed| Problem::internal(&closed))?;
        let bytes = Bytes::from_request(request, app).await?;
        Ok(Self { bytes, room })
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let message = format!("the body is longer than {MAX_BODY} bytes");
            return Self::new(rejection.status(), "too_large", message, "send fewer lines at once");
        }
        Self::new(rejection.status(), "invalid", rejection.body_text(), "send the body again")
    }
}
