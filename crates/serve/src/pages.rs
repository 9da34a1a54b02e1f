//! The console's files.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::console::{self, Asset, NOT_BUILT};

/// An embedded file, the console's page for its own routes, or nothing.
pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let Some(asset) = console::asset(uri.path()) else {
        let not_built = uri.path() == "/" && method == Method::GET;
        return if not_built { NOT_BUILT.into_response() } else { StatusCode::NOT_FOUND.into_response() };
    };
    match method {
        Method::GET | Method::HEAD => file(&asset, &headers),
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response(),
    }
}

fn file(asset: &Asset, headers: &HeaderMap) -> Response {
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let about = [(header::ETAG, asset.etag), (header::CACHE_CONTROL, cache)];
    if is_held(headers, asset.etag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let kind = HeaderValue::from_static(asset.content_type);
    (about, [(header::CONTENT_TYPE, kind)], asset.bytes).into_response()
}

/// Whether who asks holds this version already (RFC 9110, 13.1.2: weak comparison).
pub(crate) fn is_held(headers: &HeaderMap, etag: &str) -> bool {
    let held = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|line| line.split(',')).map(str::trim).any(|tag| {
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag.strip_prefix("W/").unwrap_or(etag)
    })
}
