//! `beaconfire sink`: the receiving end of a webhook, which acts once on each key.
//!
//! `POST /hook` with the header `Beaconfire-Key` and a CAP message as body. A first message of a key
//! is written to the log before it is answered; the same again is answered and not written; another
//! message under a known key is refused.

mod log;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn, map_response};
use axum::routing::{get, post};
use beaconfire_cap::{Limits, read};
use beaconfire_core::sha256_hex;
use jiff::Timestamp;
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::{Answer, Problem};
use crate::{dress, headers};

use log::{Line, Log, Outcome};

pub use log::SinkError;

/// The longest message, in bytes.
const MAX_BODY: usize = 8 << 20;
/// The longest key, in bytes.
const MAX_KEY: usize = 512;
/// The header that names the job.
pub const KEY_HEADER: &str = "beaconfire-key";

type Shared = Arc<Mutex<Log>>;

/// What the sink answers.
#[derive(Serialize)]
struct Taken {
    /// The key.
    key: String,
    /// SHA-256 of the bytes, hex: what the sender compares.
    digest: String,
    /// Whether this very message was taken before.
    repeat: bool,
}

/// The sink's routes. Keys already taken are read from the log.
///
/// # Errors
/// A log that cannot be opened or read, or that another sink writes to.
pub fn router(log: &Path) -> Result<Router, SinkError> {
    let log: Shared = Arc::new(Mutex::new(Log::open(log)?));
    Ok(Router::new()
        .route("/hook", post(hook))
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(dress::dress))
        .layer(map_response(headers::secure))
        .with_state(log))
}

async fn hook(State(log): State<Shared>, headers: HeaderMap, body: Bytes) -> Answer<axum::Json<Taken>> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > MAX_KEY {
        let message = format!("the header Beaconfire-Key has not 1 to {MAX_KEY} characters");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "key", message, "send one key for each job"));
    }
    let (key, identifier) = (key.to_owned(), identifier(&body)?);
    let digest = sha256_hex(&body);
    let line = Line {
        key: key.clone(),
        digest: digest.clone(),
        identifier,
        at: Timestamp::now(),
        bytes: body.len(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let written = blocking(move || {
        log.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(&line)
            .map_err(|e| Problem::unavailable(e.to_string()))
    });
    match written.await? {
        Outcome::First => Ok(axum::Json(Taken { key, digest, repeat: false })),
        Outcome::Repeat => Ok(axum::Json(Taken { key, digest, repeat: true })),
        Outcome::Other(kept) => Err(Problem::new(
            StatusCode::CONFLICT,
            "different",
            format!("the key {key} was taken with other bytes, digest {kept}"),
            "never send two messages under one key",
        )),
    }
}

/// The message's identifier; what is no CAP message is not acted on.
fn identifier(body: &[u8]) -> Answer<String> {
    let no =
        |why: String| Problem::invalid(format!("the body is no CAP message: {why}"), "send one CAP message");
    let document = read(body, &Limits::default()).map_err(|error| no(error.to_string()))?;
    match document.messages.as_slice() {
        [message] => Ok(message.alert.identifier.clone()),
        messages => Err(no(format!("it holds {} messages", messages.len()))),
    }
}
