//! Who asks: an operator with a session, or a program with a token.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use beaconfire_core::AccountId;
use beaconfire_store::{ApiToken, Session};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};

use crate::blocking::blocking;
use crate::error::{Answer, Problem};
use crate::limit::peer_key;
use crate::services::App;
use crate::{cookie, host};

/// The scope that lets a program look at everything an operator sees.
const READ_SCOPE: &str = "read";
/// The header that every request bears which changes something.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// A signed-in operator. On methods that change something the session's secret was carried and the
/// request came from our own page.
pub(crate) struct Operator(pub(crate) Session);

impl Operator {
    pub(crate) fn account(&self) -> AccountId {
        AccountId(self.0.account.id.clone())
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        same_origin(parts)?;
        let session = session(&parts.headers, app).await?.ok_or_else(Problem::signed_out)?;
        app.limits.api.take(&session.account.id)?;
        let carried = text(&parts.headers, CSRF_HEADER).unwrap_or_default();
        if !is_safe(&parts.method) && !session.csrf_holds(carried) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "csrf",
                "the request did not bear this session's secret",
                "send X-CSRF-Token as GET /api/v1/session gives it, or load the page again",
            ));
        }
        Ok(Self(session))
    }
}

/// Who may look: an operator by pseudonym, or a program whose token has the scope `read`.
pub(crate) struct Viewer(pub(crate) Option<AccountId>);

impl FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let token = token(&parts.headers, READ_SCOPE, app).await?;
            app.limits.api.take(&token.id)?;
            return Ok(Self(None));
        }
        let session = session(&parts.headers, app).await?.ok_or_else(Problem::signed_out)?;
        app.limits.api.take(&session.account.id)?;
        Ok(Self(Some(AccountId(session.account.id))))
    }
}

/// The peer's key for rate limits.
pub(crate) struct Peer(pub(crate) String);

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let trusted = &app.services.config.trusted_proxies;
        Ok(Self(peer_key(connected.map(|address| behind(address, trusted, &parts.headers)))))
    }
}

/// Who stands behind proxies of ours: the last address that none of them is. What comes before it
/// in the header, anybody may have written.
fn behind(connected: IpAddr, trusted: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    if !trusted.contains(&connected) {
        return connected;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let addresses: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = connected;
    for address in addresses.iter().rev() {
        let Ok(address) = address.parse() else { break };
        nearest = address;
        if !trusted.contains(&address) {
            break;
        }
    }
    nearest
}

/// The session that the request's cookie names, if it stands.
pub(crate) async fn session(headers: &HeaderMap, app: &App) -> Answer<Option<Session>> {
    let Some(secret) = cookie::read(headers) else { return Ok(None) };
    let accounts = app.services.accounts.clone();
    blocking(move || accounts.session(&secret, Timestamp::now())).await
}

/// The token of a program, if it stands and has the scope.
pub(crate) async fn token(headers: &HeaderMap, scope: &str, app: &App) -> Answer<ApiToken> {
    let bearer = text(headers, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let secret = bearer.map(str::trim).unwrap_or_default().to_owned();
    let (accounts, wanted) = (app.services.accounts.clone(), scope.to_owned());
    let found = blocking(move || accounts.check_token(&secret, &wanted, Timestamp::now())).await?;
    found.ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "token",
            format!("the token is unknown, too old, revoked, or has not the scope {scope}"),
            "send Authorization: Bearer TOKEN with a token of that scope",
        )
    })
}

/// Refuses what changes something and comes from a page that is not ours, by what browsers say of
/// where a request comes from. Programs say nothing and are not refused here.
pub(crate) fn same_origin(parts: &Parts) -> Answer<()> {
    if is_safe(&parts.method) {
        return Ok(());
    }
    let site = text(&parts.headers, "sec-fetch-site").unwrap_or("none");
    let own = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let origin = text(&parts.headers, "origin").map(|origin| origin.split_once("://"));
    let foreign = match origin {
        None => false,
        Some(Some((_, host))) => !own.is_some_and(|own| own.eq_ignore_ascii_case(host)),
        Some(None) => true,
    };
    if foreign || !matches!(site, "none" | "same-origin") {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "the request came from another page",
            "use this server's own pages",
        ));
    }
    Ok(())
}

/// Whether this request came to a loopback name, where cookies go without TLS.
pub(crate) fn is_local(headers: &HeaderMap) -> bool {
    host::host_of(headers).is_some_and(|host| host::is_loopback(&host))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_its_own_word() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().expect("a value"));
        headers.append("x-forwarded-for", "10.0.0.2".parse().expect("a value"));
        let trusted = [ip("127.0.0.1"), ip("10.0.0.2")];
        assert_eq!(behind(ip("127.0.0.1"), &trusted, &headers), ip("198.51.100.7"));
        assert_eq!(
            behind(ip("192.0.2.1"), &trusted, &headers),
            ip("192.0.2.1"),
            "a stranger says what he likes"
        );
        assert_eq!(behind(ip("127.0.0.1"), &[], &headers), ip("127.0.0.1"));
        assert_eq!(behind(ip("127.0.0.1"), &trusted, &HeaderMap::new()), ip("127.0.0.1"));
    }
}
