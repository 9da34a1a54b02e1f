//! The session's cookie: for this host name alone, not for scripts, not for other sites.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::auth::is_local;

/// The cookie on loopback names, where there is no TLS.
const LOCAL: &str = "beaconfire";
/// The cookie elsewhere; the prefix makes browsers refuse it without `Secure` and with a `Domain`.
const SECURE: &str = "__Host-beaconfire";

/// The secret that the request's cookie bears.
pub(crate) fn read(headers: &HeaderMap) -> Option<String> {
    let name = name(headers);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty() && value.len() <= 256)
}

/// Sets the cookie until the browser closes, or takes it away where there is no secret. The server
/// ends sessions itself.
pub(crate) fn write(headers: &HeaderMap, secret: Option<&str>) -> Option<HeaderValue> {
    let (name, secure) = (name(headers), if is_local(headers) { "" } else { "; Secure" });
    let (value, age) = match secret {
        Some(secret) => (secret, ""),
        None => ("", "; Max-Age=0"),
    };
    let line = format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/{secure}{age}");
    HeaderValue::from_str(&line).ok()
}

fn name(headers: &HeaderMap) -> &'static str {
    if is_local(headers) { LOCAL } else { SECURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn the_cookie_is_bound_to_the_host_and_to_tls_where_there_is_some() {
        let local = write(&headers(&[("host", "author.localhost:1")]), Some("s")).expect("text");
        assert_eq!(local, "beaconfire=s; HttpOnly; SameSite=Strict; Path=/");
        let public = write(&headers(&[("host", "warn.example")]), Some("s")).expect("text");
        assert_eq!(public, "__Host-beaconfire=s; HttpOnly; SameSite=Strict; Path=/; Secure");
        let gone = write(&headers(&[("host", "localhost")]), None).expect("text");
        assert!(gone.to_str().expect("text").ends_with("Max-Age=0"));
    }

    #[test]
    fn only_the_own_cookie_is_read() {
        let read = |cookie| read(&headers(&[("host", "localhost"), ("cookie", cookie)]));
        assert_eq!(read("a=1; beaconfire=x; b=2").as_deref(), Some("x"));
        assert_eq!(read("xbeaconfire=x"), None);
        assert_eq!(read("__Host-beaconfire=x"), None);
        assert_eq!(read("beaconfire="), None);
        assert_eq!(read(";;=;"), None);
    }
}
