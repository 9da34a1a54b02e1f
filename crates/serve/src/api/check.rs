//! Checking a message that somebody else wrote, or that is yet to be sent. Nothing is kept of it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use beaconfire_cap::profile::Profile;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::auth::Operator;
use crate::blocking::blocking;
use crate::body::Query;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::CheckView;

/// The longest document, in bytes; the largest alert known has 1.7 MB.
pub(crate) const MAX_BODY: usize = 8 << 20;

/// Says what is wrong with a CAP message or feed, and what it says. The body is the document itself, of any media
/// type, at most 8 MiB: its encoding is told by its first bytes and its XML declaration. JSON and GeoJSON forms of CAP are
/// taken too. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/check", tag = "check",
    params(("profile" = Option<String>, Query,
        description = "Profiles to check against beside those that a message claims, such as `ipaws,cap-cp`")),
    request_body(content = String, content_type = "application/cap+xml"), security(("session" = [])),
    responses((status = 200, body = CheckView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn check(
    _: Operator,
    Query(asked): Query<Asked>,
    document: Document,
) -> Answer<Json<CheckView>> {
    let profiles = asked.profiles()?;
    let Document { bytes, room } = document;
    let view = blocking(move || Ok::<_, Problem>(CheckView::of(&bytes, &profiles))).await?;
    drop(room);
    Ok(Json(view))
}

/// What a document is to be checked against.
#[derive(Deserialize)]
pub(crate) struct Asked {
    profile: Option<String>,
}

impl Asked {
    fn profiles(&self) -> Result<Vec<&'static Profile>, Problem> {
        let names = self.profile.as_deref().unwrap_or_default().split(',').map(str::trim);
        let found = names.filter(|name| !name.is_empty()).map(|name| {
            Profile::named(name).ok_or_else(|| {
                let known: Vec<&str> = Profile::built_in().iter().map(Profile::id).collect();
                let message = format!("there is no profile {:?}", name.chars().take(60).collect::<String>());
                let mend = format!("use one or several of {}", known.join(", "));
                Problem::new(StatusCode::BAD_REQUEST, "unknown_profile", message, mend)
            })
        });
        found.collect()
    }
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
