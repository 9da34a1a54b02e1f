//! Which host names this server answers to. A name that somebody else's DNS points at this machine
//! (DNS rebinding) is refused.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Problem;
use crate::services::{App, ServeConfig};

/// Refuses requests to a name that is not ours.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    // HTTP/2 names the host in the address instead of the header.
    let host = request.uri().host().map(str::to_owned).or_else(|| host_of(request.headers()));
    let config = &app.services.config;
    if host.is_some_and(|host| is_loopback(&host) || is_configured(&host, config)) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "host",
        "this server does not answer to that host name",
        "use the configured address, or add the name to the configuration",
    )
    .into_response()
}

/// The host that was asked for, lower case, without its port.
pub(crate) fn host_of(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(without_port(host).to_ascii_lowercase())
}

/// Whether a name always means this machine (RFC 6761, 6.3, and the loopback addresses).
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let name = host == "localhost" || host.ends_with(".localhost");
    name || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The role that a loopback name is kept for: `author` of `author.localhost`.
pub(crate) fn role_of(host: &str) -> Option<&'static str> {
    let first = host.strip_suffix(".localhost")?;
    first.parse::<beaconfire_core::Role>().ok().map(beaconfire_core::Role::word)
}

fn is_configured(host: &str, config: &ServeConfig) -> bool {
    let public = config.public_url.split_once("://").map_or("", |(_, rest)| rest);
    let public = without_port(public.split('/').next().unwrap_or_default());
    let named = config.hosts.iter().any(|name| name.eq_ignore_ascii_case(host));
    named || (!public.is_empty() && public.eq_ignore_ascii_case(host))
}

fn without_port(host: &str) -> &str {
    match host.rfind(':') {
        Some(at) if !host[at..].contains(']') => &host[..at],
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_told_from_lookalikes() {
        for host in ["localhost", "author.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example", "evillocalhost", "10.0.0.1", "127.0.0.1.example", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn ports_are_left_out_and_roles_are_read() {
        for (host, name) in [("a.localhost:80", "a.localhost"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]")] {
            assert_eq!(without_port(host), name);
        }
        assert_eq!(role_of("author.localhost"), Some("author"));
        assert_eq!(role_of("somebody.localhost"), None);
    }

    #[test]
    fn the_public_address_and_further_names_are_ours() {
        let config = ServeConfig {
            public_url: "https://warn.example:8443/x".to_owned(),
            hosts: vec!["other.example".to_owned()],
            ..ServeConfig::default()
        };
        assert!(is_configured("warn.example", &config) && is_configured("OTHER.example", &config));
        assert!(!is_configured("evil.example", &config));
        assert!(!is_configured("", &ServeConfig::default()));
    }
}
