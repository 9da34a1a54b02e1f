//! URIs, as xs:anyURI takes them and as the standard wants them.

use super::{Notes, Spot};

impl Notes {
    pub(super) fn uri(&mut self, uri: &str, absolute: bool, spot: Spot) {
        self.text(uri, spot);
        if is_plain(uri) {
            return;
        }
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

/// Whether it is an address of the web without anything that has to be looked at.
fn is_plain(uri: &str) -> bool {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
    let is_plain = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'/' | b'?' | b'=' | b'&')
    };
    rest.is_some_and(|rest| rest.bytes().all(is_plain))
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
    fn plain_ones_pass_either_way() {
        for uri in ["http://", "https://example.org/a?b=c&d=~e_f", "http:///x", "https://a.b-c//"] {
            assert!(is_plain(uri) && is_uri(uri) && has_scheme(uri), "{uri}");
        }
    }

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
            assert!(!is_plain(uri), "{uri}");
        }
        for uri in
            ["http://a/%zz", "http://a/%4", "http://a:b/", "a#b#c", "http://a/[x]", "1a:b", ":a", "1a://b"]
        {
            assert!(!is_uri(uri), "{uri}");
        }
    }
}
