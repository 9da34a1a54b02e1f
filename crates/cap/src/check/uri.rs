//! URIs, as xs:anyURI takes them and as the standard wants them.

use super::{Notes, Spot};

impl Notes {
    pub(super) fn uri(&mut self, uri: &str, absolute: bool, spot: Spot) {
        self.text(uri, spot);
        if !is_uri(uri) {
            let message =
                "this is no URI; percent-encode what is not a letter, digit or -._~:/?#@!$&'()*+,;=";
            self.error("uri", spot, message);
        } else if uri.contains(char::is_whitespace) {
            self.warning("uri-space", spot, "white space stands inside the URI; write it as %20");
        } else if absolute && !has_scheme(uri) {
            let message = "the URI should be absolute, such as https://example.org/warning";
            self.warning("uri-relative", spot, message);
        }
    }
}

/// Whether xs:anyURI takes it: a URI or relative reference, where foreign letters and spaces may stand as they are.
fn is_uri(uri: &str) -> bool {
    let (before, host) = uri.split_once("://").unwrap_or((uri, ""));
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    let (user, host) = host.split_once('@').unwrap_or(("", host));
    // An address of IP version 6 stands in brackets, and they have no other place.
    let (literal, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or((rest, "[")),
        None => host.split_once(':').map_or(("", ""), |(_, port)| ("", port)),
    };
    let brackets = if literal.is_empty() { 0 } else { 2 };
    let escapes = uri.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
    });
    let head = before.split(['/', '?', '#']).next().unwrap_or("");
    escapes
        && uri.matches(['[', ']']).count() == brackets
        && uri.matches('#').count() <= 1
        && !(user.contains('@') || host.contains('@'))
        && port.trim_start_matches(':').bytes().all(|b| b.is_ascii_digit())
        && (!head.contains(':') && before == uri || has_scheme(uri))
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_told_from_what_is_none() {
        for uri in [
            "https://example.org:8080/a%20b?q=1,2&r#s",
            "http://user@[2001:db8::1]:80/",
            "urn:oid:2.49.0.1",
            "mailto:a@example.org",
            "siren.mp3",
            "./a:b",
            "https://példa.hu/ő",
        ] {
            assert!(is_uri(uri), "{uri}");
        }
        for uri in
            ["http://a/%zz", "http://a/%4", "http://a:b/", "a#b#c", "http://a/[x]", "1a:b", ":a", "1a://b"]
        {
            assert!(!is_uri(uri), "{uri}");
        }
    }
}
