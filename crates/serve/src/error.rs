//! What goes wrong, as a status and `{error: {code, message, mend}}`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use beaconfire_core::Refusal;
use beaconfire_flow::{CommandError, IntakeError};
use beaconfire_store::{SignInError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// The body of every answer that is no success.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What is wrong.
    pub error: ErrorWords,
}

/// What is wrong, for programs and for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorWords {
    /// Stable code, such as `own_approval`.
    pub code: String,
    /// What is wrong, in words.
    pub message: String,
    /// What to do.
    pub mend: String,
}

/// A request that is not done.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: String,
    message: String,
    mend: String,
    retry_after: Option<u64>,
}

/// What a handler answers.
pub(crate) type Answer<T> = Result<T, Problem>;

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let (code, message, mend) = (code.to_owned(), message.into(), mend.into());
        Self { status, code, message, mend, retry_after: None }
    }

    /// Come again in so many seconds.
    pub(crate) fn wait(message: &str, seconds: u64) -> Self {
        let mend = format!("try again in {seconds} s");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message, mend);
        Self { retry_after: Some(seconds), ..problem }
    }

    pub(crate) fn not_found(what: &str, name: &str) -> Self {
        Refusal::unknown(what, &name).into()
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "you are not signed in", "sign in")
    }

    pub(crate) fn invalid(message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message, mend)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        let mend = "nothing is known to have been done; look again before you repeat it";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message, mend)
    }

    /// Only words of ours go out; what the system said goes to the log.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        let mend = "the server's log says more; try again";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "internal", "the server could not do it", mend)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let words = ErrorWords { code: self.code, message: self.message, mend: self.mend };
        let mut response = (self.status, axum::Json(ErrorBody { error: words })).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = axum::http::HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(status_of(refusal.code), refusal.code, refusal.message, refusal.mend)
    }
}

/// The status of a refusal: what is missing, forbidden, badly said; all else is a conflict with
/// how things stand.
fn status_of(code: &str) -> StatusCode {
    match code {
        "unknown" => StatusCode::NOT_FOUND,
        "role" | "own_approval" | "river_only" | "authenticate" => StatusCode::FORBIDDEN,
        "confirm" | "reason" | "review_at" | "members" | "form" | "same" | "content" | "not_cap"
        | "channels" | "scope" | "mode" | "template" | "time" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Unavailable(why) => Self::unavailable(why),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Source(why) => {
                Self::new(StatusCode::NOT_FOUND, "source", why, "name a source that is pushed to")
            }
            IntakeError::Parse(error) => {
                Self::invalid(error.to_string(), "mend the body; each line is one measurement")
            }
            IntakeError::Store(error) => error.into(),
            IntakeError::Command(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull { .. } => Self::unavailable("the disk is full"),
            StoreError::Invalid { what, reason } => {
                Self::invalid(format!("{what}: {reason}"), "mend it and try again")
            }
            other => Self::internal(&other),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::new(
                StatusCode::UNAUTHORIZED,
                "refused",
                "the login or the password is wrong, or the address was used or is too old",
                "type both again, or ask for a new address",
            ),
            SignInError::Wait { seconds } => {
                Self::wait("there were too many failures with this login", seconds)
            }
            SignInError::NoSession => Self::signed_out(),
            SignInError::Store(error) => error.into(),
        }
    }
}
