//! Reading JSON bodies; what cannot be read is answered in words.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::Problem;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let axum::Json(value) = axum::Json::<T>::from_request(request, state).await?;
        Ok(Self(value))
    }
}

/// The words of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(value) = axum::extract::Path::<T>::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

/// The words behind the question mark.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) = axum::extract::Query::<T>::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let (code, mend) = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "send less at once"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("media_type", "send JSON, with Content-Type: application/json")
            }
            _ => ("invalid", "mend the body; /api/openapi.json says what it must hold"),
        };
        Self::new(rejection.status(), code, cut(&rejection.body_text()), mend)
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        let mend = "mend the address; /api/openapi.json lists all";
        Self::new(rejection.status(), "invalid", cut(&rejection.body_text()), mend)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        let mend = "mend the address; /api/openapi.json says what it takes";
        Self::new(rejection.status(), "invalid", cut(&rejection.body_text()), mend)
    }
}

/// Foreign text in an answer stays short.
fn cut(text: &str) -> String {
    text.chars().take(400).collect()
}
