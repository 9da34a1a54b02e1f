//! The public feed: what was delivered to the feed's channel, and nothing else.

mod atom;
mod entry;
mod kept;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use beaconfire_core::{ChannelId, sha256_hex};
use jiff::Timestamp;

use crate::auth::Peer;
use crate::blocking::blocking;
use crate::body::Path;
use crate::error::{Answer, ErrorBody, Problem};
use crate::pages::is_held;
use crate::services::App;

use entry::{read_entry, shown};

pub(crate) use kept::Kept;

/// How long a reader may keep the feed.
const CACHE: &str = "public, max-age=60";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const CAP: &str = "application/cap+xml; charset=utf-8";

/// The public feed, as Atom with CAP elements.
#[utoipa::path(get, path = "/feed/atom.xml", tag = "public",
    responses((status = 200, body = String, content_type = "application/atom+xml"), (status = 404, body = ErrorBody)))]
pub(crate) async fn atom(State(app): State<App>, Peer(peer): Peer, headers: HeaderMap) -> Answer<Response> {
    app.limits.public.take(&peer)?;
    let channel = channel(&app)?;
    let reader = app.clone();
    let all = blocking(move || reader.feed.entries(&reader.services.published, &channel.0)).await?;
    let entries = shown(&all, app.services.engine.now());
    let updated = all.iter().map(|entry| entry.sent()).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let about = atom::About {
        title: app.services.engine.read(|state| state.rules.authority.name.clone()),
        public_url: app.services.config.public_url.trim_end_matches('/').to_owned(),
        updated,
    };
    answer(&headers, atom::write(&about, &entries).into_bytes(), ATOM, updated)
}

/// One message, exactly as it was issued.
#[utoipa::path(get, path = "/feed/cap/{file}", tag = "public",
    params(("file" = String, Path, description = "The CAP identifier and `.xml`")),
    responses((status = 200, body = String, content_type = "application/cap+xml"), (status = 404, body = ErrorBody)))]
pub(crate) async fn cap(
    State(app): State<App>,
    Peer(peer): Peer,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    app.limits.public.take(&peer)?;
    let missing = || Problem::not_found("message", &file);
    let identifier = file.strip_suffix(".xml").ok_or_else(missing)?.to_owned();
    let (published, channel) = (app.services.published.clone(), channel(&app)?);
    let found = blocking(move || published.get(&channel.0, &identifier)).await?;
    // What is not public is not shown, whoever put it there (invariant 15).
    let entry = found.and_then(read_entry).ok_or_else(missing)?;
    let sent = entry.sent();
    answer(&headers, entry.bytes, CAP, sent)
}

fn channel(app: &App) -> Answer<ChannelId> {
    let mend = "name a feed channel in the configuration";
    let none = || Problem::new(StatusCode::NOT_FOUND, "no_feed", "there is no public feed", mend);
    app.services.config.feed_channel.clone().ok_or_else(none)
}

fn answer(headers: &HeaderMap, bytes: Vec<u8>, kind: &'static str, changed: Timestamp) -> Answer<Response> {
    let etag = format!("\"{}\"", &sha256_hex(&bytes)[..32]);
    let changed = changed.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::internal(&error));
    let about = [
        (header::ETAG, value(&etag)?),
        (header::LAST_MODIFIED, value(&changed)?),
        (header::CACHE_CONTROL, HeaderValue::from_static(CACHE)),
        // Public by its nature: any page may read it.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    if not_changed(headers, &etag, &changed) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, [(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// `If-None-Match` decides where it is sent (RFC 9110, 13.2.2).
fn not_changed(headers: &HeaderMap, etag: &str, changed: &str) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return is_held(headers, etag);
    }
    // Only the very time that was given is taken: times of the river may go back between runs.
    headers.get(header::IF_MODIFIED_SINCE).is_some_and(|since| since == changed)
}
