//! Puts every failure into the one form, also those that no handler of ours answered: an unknown
//! path, a wrong method, a body too large, a time-out.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Problem;

/// Replaces the body of a failure that is not JSON yet; keeps its other headers.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_json(response.headers()) {
        return response;
    }
    let mut dressed = words(status, &path).into_response();
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

fn words(status: StatusCode, path: &str) -> Problem {
    let path: String = path.chars().take(200).collect();
    let (code, message, mend) = match status {
        StatusCode::NOT_FOUND => {
            ("unknown", format!("there is nothing at {path}"), "look at /api/openapi.json")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method", format!("{path} does not take this method"), "the Allow header names those it takes")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too_large", "the body is too large".to_owned(), "send less at once")
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => (
            "time_out",
            "it took too long".to_owned(),
            "nothing is known to have been done; look again before you repeat it",
        ),
        _ => ("failed", format!("the server answered {}", status.as_u16()), "try again"),
    };
    Problem::new(status, code, message, mend)
}
