//! Checking a message that somebody else wrote, or that is yet to be sent. Nothing is kept of it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use tokio::sync::OwnedSemaphorePermit;

use crate::auth::Operator;
use crate::blocking::blocking;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::CheckView;

/// The longest document, in bytes; the largest alert known has 1.7 MB.
pub(crate) const MAX_BODY: usize = 8 << 20;

/// Says what is wrong with a CAP message or feed, and what it says. The body is the document itself, of any media
/// type, at most 8 MiB: its encoding is told by its first bytes and its XML declaration. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/check", tag = "check",
    request_body(content = String, content_type = "application/cap+xml"), security(("session" = [])),
    responses((status = 200, body = CheckView), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn check(_: Operator, document: Document) -> Answer<Json<CheckView>> {
    let Document { bytes, room } = document;
    let view = blocking(move || Ok::<_, Problem>(CheckView::of(&bytes))).await?;
    drop(room);
    Ok(Json(view))
}

/// A document of a signed-in operator, held while there is room: only so many are in memory at once.
pub(crate) struct Document {
    bytes: Bytes,
    room: OwnedSemaphorePermit,
}

impl FromRequest<App> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        if length.and_then(|text| text.parse::<u64>().ok()).is_some_and(|length| length > MAX_BODY as u64) {
            return Err(too_large());
        }
        let room = app.checks.clone().acquire_owned().await.map_err(|closed| Problem::internal(&closed))?;
        let bytes =
            Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                status => Problem::new(status, "invalid", rejection.body_text(), "send the document again"),
            })?;
        Ok(Self { bytes, room })
    }
}

fn too_large() -> Problem {
    let message = format!("the document is longer than {} MiB", MAX_BODY >> 20);
    let mend = "take a part of it, or run `beaconfire check FILE`, which takes up to 64 MiB";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message, mend)
}
