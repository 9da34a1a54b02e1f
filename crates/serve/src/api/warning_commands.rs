//! The road of a warning: submit, approve, issue, update, retract.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beaconfire_core::{Act, Actor, ChannelId, Command, WarningId};
use beaconfire_store::SignInError;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{command, show_warning};
use crate::auth::Operator;
use crate::blocking::blocking;
use crate::body::{Body, Path};
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::WarningView;

/// The version that the operator saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenWarning {
    /// As shown.
    version: u64,
}

/// An approval of exactly this digest, with the password typed again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approve {
    /// As shown.
    version: u64,
    /// As shown.
    digest: String,
    /// The approver's own password.
    password: String,
}

/// Why it goes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendBack {
    /// As shown.
    version: u64,
    /// Why.
    reason: String,
}

/// A dead channel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropChannel {
    /// As shown.
    version: u64,
    /// The channel.
    channel: String,
}

/// The typed confirmation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issue {
    /// As shown.
    version: u64,
    /// What was typed.
    confirm: String,
}

/// A retraction in one form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retract {
    /// As shown.
    version: u64,
    /// Error, or danger over.
    form: RetractionForm,
    /// Why.
    reason: String,
    /// What was typed.
    confirm: String,
}

/// The two forms of a retraction.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RetractionForm {
    /// The warning was an error.
    Cancel,
    /// The danger is over.
    AllClear,
}

/// Fixes identifiers and digest.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/submit", tag = "warnings", request_body = SeenWarning,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn submit(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<SeenWarning>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let submit = Command::Submit { warning: warning.clone(), version: body.version };
    done(&app, &operator, warning, submit).await
}

/// Approves exactly this digest, after the password was typed again.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/approve", tag = "warnings", request_body = Approve,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn approve(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Approve>,
) -> Answer<Json<WarningView>> {
    let Approve { version, digest, password } = body;
    let warning = WarningId(id);
    let approve = Command::Approve { warning: warning.clone(), version, digest };
    // What the core refuses whatever is typed is told before a password is looked at.
    let (engine, account) = (&app.services.engine, operator.account());
    let now = engine.now();
    engine.read(|state| beaconfire_core::decide(state, &approve, &Actor::fresh(&account), now).map(drop))?;
    app.limits.approve.take(&account.0)?;
    confirm(&app, &operator, password).await?;
    engine.command(approve, Actor::fresh(&account)).await?;
    show_warning(&app, &operator, &warning)
}

/// Sends a submission back to its author.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/send-back", tag = "warnings", request_body = SendBack,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn send_back(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<SendBack>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let SendBack { version, reason } = body;
    let send_back = Command::SendBack { warning: warning.clone(), version, reason };
    done(&app, &operator, warning, send_back).await
}

/// Drops a dead channel; an approval survives that.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/drop-channel", tag = "warnings", request_body = DropChannel,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody)))]
pub(crate) async fn drop_channel(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<DropChannel>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let (version, channel) = (body.version, ChannelId(body.channel));
    let drop_channel = Command::DropChannel { warning: warning.clone(), version, channel };
    done(&app, &operator, warning, drop_channel).await
}

/// Issues what was approved.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/issue", tag = "warnings", request_body = Issue,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn issue(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Issue>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let Issue { version, confirm } = body;
    let issue = Command::Issue { warning: warning.clone(), version, confirm };
    done(&app, &operator, warning, issue).await
}

/// Opens the draft of an Update.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/update", tag = "warnings", request_body = SeenWarning,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody)))]
pub(crate) async fn update(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<SeenWarning>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let update = Command::OpenUpdate { warning: warning.clone(), version: body.version };
    done(&app, &operator, warning, update).await
}

/// Issues one of the two retractions that were approved with the warning.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/retract", tag = "warnings", request_body = Retract,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn retract(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Retract>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let form = match body.form {
        RetractionForm::Cancel => Act::Cancel,
        RetractionForm::AllClear => Act::AllClear,
    };
    let (version, reason, confirm) = (body.version, body.reason, body.confirm);
    let retract = Command::Retract { warning: warning.clone(), version, form, reason, confirm };
    done(&app, &operator, warning, retract).await
}

async fn done(
    app: &App,
    operator: &Operator,
    warning: WarningId,
    given: Command,
) -> Answer<Json<WarningView>> {
    command(app, operator, given).await?;
    show_warning(app, operator, &warning)
}

/// Looks at the password again. A wrong one is no lost session, so it is not answered with 401.
async fn confirm(app: &App, operator: &Operator, password: String) -> Answer<()> {
    let (accounts, secret) = (app.services.accounts.clone(), operator.0.token.clone());
    blocking(move || {
        accounts.reauthenticate(&secret, &password, Timestamp::now()).map(drop).map_err(|error| match error {
            SignInError::Refused => Problem::new(
                StatusCode::FORBIDDEN,
                "wrong_password",
                "the password is not right",
                "type your own password again",
            ),
            other => other.into(),
        })
    })
    .await
}
