//! Signing in and out.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use beaconfire_core::{AccountId, Actor, Command, Role};
use beaconfire_store::{NewAccount, Session, SignInError};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

use crate::auth::{Operator, Peer, same_origin, session};
use crate::blocking::blocking;
use crate::body::Body;
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::SessionView;
use crate::{cookie, host};

/// Nobody needs more to sign in, and who asks is not known yet.
pub(crate) const MAX_BODY: usize = 16 << 10;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The login.
    login: String,
    /// The password.
    password: String,
}

/// A one-time token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTime {
    /// The token of the printed address.
    token: String,
}

/// The first account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// The token that `beaconfire account setup-token` printed.
    token: String,
    /// What is typed to sign in.
    login: String,
    /// How the console calls the operator.
    name: String,
    /// The password.
    password: String,
    /// What the operator may do: `author`, `approver`, `officer`, `admin`.
    roles: Vec<String>,
}

/// Who is signed in, and what this process is for; without a session too.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = SessionView)))]
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Answer<Json<SessionView>> {
    let session = session(&headers, &app).await?;
    Ok(Json(view(&app, &headers, session.as_ref())))
}

/// Signs in with a password.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Peer(peer): Peer,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Answer<Response> {
    app.limits.sign_in_peer.take(&peer)?;
    app.limits.sign_in_login.take(&short(&body.login))?;
    let accounts = app.services.accounts.clone();
    start(app, headers, move |now| accounts.sign_in(&body.login, &body.password, now)).await
}

/// Signs in with a one-time token.
#[utoipa::path(post, path = "/api/v1/session/token", tag = "session", request_body = OneTime,
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn sign_in_once(
    State(app): State<App>,
    Peer(peer): Peer,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<OneTime>,
) -> Answer<Response> {
    app.limits.sign_in_peer.take(&peer)?;
    let accounts = app.services.accounts.clone();
    start(app, headers, move |now| accounts.sign_in_once(&body.token, now)).await
}

/// Makes the first account with the token that was printed for it, once, and signs it in.
#[utoipa::path(post, path = "/api/v1/session/set-up", tag = "session", request_body = SetUp,
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    Peer(peer): Peer,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SetUp>,
) -> Answer<Response> {
    app.limits.sign_in_peer.take(&peer)?;
    let SetUp { token, login, name, password, roles } = body;
    let roles = roles_of(&roles)?;
    let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
    let accounts = app.services.accounts.clone();
    let account = blocking(move || {
        let new = NewAccount { id: None, login: &login, name: &name, password: &password, roles: &words };
        let account = accounts.create_first_account(&token, &new, Timestamp::now())?;
        Ok::<_, SignInError>((account, login, password))
    });
    let (account, login, password) = account.await?;
    let command = Command::SetRoles { account: AccountId(account.id), roles };
    app.services.engine.command(command, Actor::River).await?;
    let accounts = app.services.accounts.clone();
    start(app, headers, move |now| accounts.sign_in(&login, &password, now)).await
}

fn roles_of(words: &[String]) -> Answer<BTreeSet<Role>> {
    let mend = "give it author, approver, officer or admin, or several of them";
    let roles: Result<BTreeSet<Role>, _> = words.iter().map(|word| word.parse()).collect();
    match roles {
        Ok(roles) if !roles.is_empty() => Ok(roles),
        Ok(_) => Err(Problem::invalid("an account without a role can do nothing", mend)),
        Err(_) => Err(Problem::invalid("one of the roles is not known", mend)),
    }
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody)))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    operator: Operator,
    headers: HeaderMap,
) -> Answer<Response> {
    end(&app, operator.0.token).await?;
    Ok(answer(&app, &headers, None))
}

/// A request that a page of ours made, or no page at all.
pub(crate) struct OwnPage;

impl FromRequestParts<App> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &App) -> Result<Self, Problem> {
        same_origin(parts).map(|()| Self)
    }
}

/// A new session; the one before, if any, ends, so that none is left behind.
async fn start(
    app: App,
    headers: HeaderMap,
    sign_in: impl FnOnce(Timestamp) -> Result<Session, SignInError> + Send + 'static,
) -> Answer<Response> {
    let session = blocking(move || sign_in(Timestamp::now())).await?;
    if let Some(before) = cookie::read(&headers) {
        end(&app, before).await?;
    }
    Ok(answer(&app, &headers, Some(&session)))
}

async fn end(app: &App, secret: String) -> Answer<()> {
    let accounts = app.services.accounts.clone();
    blocking(move || accounts.sign_out(&secret)).await?;
    Ok(())
}

fn answer(app: &App, headers: &HeaderMap, session: Option<&Session>) -> Response {
    let mut response = (StatusCode::OK, Json(view(app, headers, session))).into_response();
    if let Some(line) = cookie::write(headers, session.map(|session| session.token.as_str())) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

fn view(app: &App, headers: &HeaderMap, session: Option<&Session>) -> SessionView {
    let services = &app.services;
    let role = host::host_of(headers).and_then(|host| host::role_of(&host));
    let now = services.engine.now();
    services.engine.read(|state| SessionView::of(session, state, &services.config, (now, role)))
}

/// A key for limits that a long login cannot swell.
fn short(login: &str) -> String {
    login.to_ascii_lowercase().chars().take(128).collect()
}
