//! The rules of the standard on a model: what the schema cannot say, and what a model could break of it.

use std::fmt;

use crate::model::{Alert, Area, Circle, Info, MsgType, Named, Position, Resource, Scope, Status};
use crate::read::{Version, is_xml_char};
use crate::{Finding, FindingSeverity};

/// Checks an alert against CAP 1.2; the places of the findings have no line and no column.
///
/// An alert without errors is written by [`write`](crate::write()) and reads back as the same, but for white space
/// around values.
pub fn check(alert: &Alert) -> Vec<Finding> {
    rules(alert, Version::V1_2)
}

/// Checks an alert against the rules of a version.
pub(crate) fn rules(alert: &Alert, version: Version) -> Vec<Finding> {
    let mut sheet = Rules { version, findings: Vec::new() };
    sheet.alert(alert);
    for (info, n) in alert.infos.iter().zip(1..) {
        sheet.info(info, alert, &format!("/alert/info[{n}]"));
    }
    sheet.findings
}

/// The path of an element; it becomes text only if there is something to say.
#[derive(Clone, Copy)]
struct Path<'p> {
    base: &'p str,
    /// The child, or the base itself if empty.
    name: &'static str,
    /// Its count from 1, or 0 if it may stand once only.
    nth: usize,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Path { base, name: "", .. } => f.write_str(base),
            Path { base, name, nth: 0 } => write!(f, "{base}/{name}"),
            Path { base, name, nth } => write!(f, "{base}/{name}[{nth}]"),
        }
    }
}

struct Rules {
    version: Version,
    findings: Vec<Finding>,
}

impl Rules {
    fn alert(&mut self, alert: &Alert) {
        let at = |name| Path { base: "/alert", name, nth: 0 };
        self.name(&alert.identifier, at("identifier"));
        self.name(&alert.sender, at("sender"));
        for (name, text) in
            [("source", &alert.source), ("restriction", &alert.restriction), ("note", &alert.note)]
        {
            self.optional(text, at(name));
        }
        for (code, n) in alert.codes.iter().zip(1..) {
            self.text(code, Path { nth: n, ..at("code") });
        }
        self.items(&alert.addresses, at("addresses"));
        self.items(&alert.incidents, at("incidents"));
        for reference in &alert.references {
            self.name(&reference.sender, at("references"));
            self.name(&reference.identifier, at("references"));
        }

        match alert.scope {
            Scope::Restricted if alert.restriction.is_none() => {
                self.error("restriction-missing", at(""), "scope Restricted needs a <restriction>");
            }
            Scope::Private if alert.addresses.is_empty() => {
                self.error("addresses-missing", at(""), "scope Private needs <addresses>");
            }
            _ => {}
        }
        if alert.scope != Scope::Restricted && alert.restriction.is_some() {
            self.warning(
                "restriction-unexpected",
                at("restriction"),
                "a restriction belongs to scope Restricted only",
            );
        }
        let acts = alert.msg_type != MsgType::Alert;
        // CAP 1.0 names other messages in a way that is not kept.
        if acts && alert.references.is_empty() && self.version > Version::V1_0 {
            let message = format!("msgType {} needs <references> to the messages it acts on", alert.msg_type);
            self.error("references-missing", at(""), message);
        }
        if alert.msg_type == MsgType::Error && alert.note.is_none() {
            self.warning("note-missing", at(""), "msgType Error should say the reason in <note>");
        }
        if alert.status == Status::Exercise && alert.note.is_none() {
            self.warning("note-missing", at(""), "status Exercise should name the exercise in <note>");
        }
    }

    fn info(&mut self, info: &Info, alert: &Alert, base: &str) {
        let at = |name| Path { base, name, nth: 0 };
        if info.categories.is_empty() && self.version > Version::V1_0 {
            self.error(
                "missing",
                Path { nth: 1, ..at("category") },
                "<category> is missing; it is mandatory",
            );
        }
        self.mandatory(&info.event, at("event"));
        if info.language.as_deref().is_some_and(|tag| !is_language(tag)) {
            self.error("language", at("language"), "the language is no tag such as en-US or sw");
        }
        for (name, text) in [
            ("audience", &info.audience),
            ("senderName", &info.sender_name),
            ("headline", &info.headline),
            ("description", &info.description),
            ("instruction", &info.instruction),
            ("contact", &info.contact),
        ] {
            self.optional(text, at(name));
        }
        if let Some(web) = &info.web {
            self.uri(web, true, at("web"));
        }
        self.named(&info.event_codes, at("eventCode"));
        self.named(&info.parameters, at("parameter"));

        if let Some(expires) = info.expires.map(|t| t.instant()) {
            if expires < alert.sent.instant() {
                self.warning("expires-before-sent", at("expires"), "it had expired before it was sent");
            }
            if info.onset.is_some_and(|onset| onset.instant() > expires) {
                self.warning("expires-before-onset", at("expires"), "it expires before it sets on");
            }
            if info.effective.is_some_and(|effective| effective.instant() > expires) {
                self.warning("expires-before-effective", at("expires"), "it expires before it takes effect");
            }
        }
        for (resource, n) in info.resources.iter().zip(1..) {
            self.resource(resource, &format!("{base}/resource[{n}]"));
        }
        for (area, n) in info.areas.iter().zip(1..) {
            self.area(area, &format!("{base}/area[{n}]"));
        }
    }

    fn resource(&mut self, resource: &Resource, base: &str) {
        let at = |name| Path { base, name, nth: 0 };
        self.mandatory(&resource.description, at("resourceDesc"));
        if self.version == Version::V1_2 {
            self.mandatory(&resource.mime_type, at("mimeType"));
        }
        if let Some(uri) = &resource.uri {
            self.uri(uri, resource.deref_uri.is_none(), at("uri"));
        }
        self.optional(&resource.deref_uri, at("derefUri"));
        self.optional(&resource.digest, at("digest"));
        let is_sha1 = |digest: &String| digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        if resource.digest.as_ref().is_some_and(|d| !is_sha1(d)) {
            self.warning("digest", at("digest"), "the digest is no SHA-1 of 40 hexadecimal digits");
        }
    }

    fn area(&mut self, area: &Area, base: &str) {
        let at = |name, nth| Path { base, name, nth };
        self.mandatory(&area.description, at("areaDesc", 0));
        for (ring, n) in area.polygons.iter().zip(1..) {
            if ring.len() < 4 {
                self.error("polygon-short", at("polygon", n), "a polygon needs 4 positions");
            } else if ring.first() != ring.last() {
                self.error("polygon-open", at("polygon", n), "the last position must repeat the first");
            }
            if !ring.iter().all(is_on_earth) {
                let message = "latitudes must lie within 90 and longitudes within 180 degrees";
                self.error("polygon-range", at("polygon", n), message);
            }
        }
        for (Circle { center, radius_km }, n) in area.circles.iter().zip(1..) {
            if !is_on_earth(center) || !radius_km.is_finite() || *radius_km < 0.0 {
                let message =
                    "latitude must lie within 90, longitude within 180, and the radius be 0 or more";
                self.error("circle-range", at("circle", n), message);
            }
        }
        self.named(&area.geocodes, at("geocode", 0));
        for (name, height) in [("altitude", area.altitude), ("ceiling", area.ceiling)] {
            if height.is_some_and(|h| !h.is_finite()) {
                self.error("height", at(name, 0), "the height must be a number");
            }
        }
        if area.ceiling.is_some() && area.altitude.is_none() {
            self.error("ceiling-alone", at("ceiling", 0), "a ceiling needs an <altitude>");
        }
    }

    /// An identifier or sender.
    fn name(&mut self, name: &str, path: Path<'_>) {
        if name.is_empty() {
            self.error("missing", path, "a name is empty; it is mandatory");
        } else if name.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '<' | '&')) {
            self.error("name-characters", path, "names must not hold white space, commas, < or &");
        }
        self.text(name, path);
    }

    fn mandatory(&mut self, text: &str, path: Path<'_>) {
        if text.trim().is_empty() {
            // The schemas let these elements be empty, so this is no error in a foreign message.
            self.warning("empty-mandatory", path, "this mandatory text is empty");
        }
        self.text(text, path);
    }

    fn optional(&mut self, text: &Option<String>, path: Path<'_>) {
        if let Some(text) = text {
            self.text(text, path);
        }
    }

    fn text(&mut self, text: &str, path: Path<'_>) {
        if !text.chars().all(is_xml_char) {
            self.error("illegal-character", path, "XML forbids some of these characters");
        }
    }

    fn items(&mut self, items: &[String], path: Path<'_>) {
        for item in items {
            self.text(item, path);
            if item.trim().is_empty() || item.contains('"') {
                self.error("list-item", path, "an item must not be empty or hold a double quote");
            }
        }
    }

    fn named(&mut self, values: &[Named], path: Path<'_>) {
        for (Named { name, value }, n) in values.iter().zip(1..) {
            let path = Path { nth: n, ..path };
            self.text(name, path);
            self.text(value, path);
            if name.trim().is_empty() {
                self.warning("value-name", path, "the value has no name to tell what it means");
            }
        }
    }

    fn uri(&mut self, uri: &str, absolute: bool, path: Path<'_>) {
        self.text(uri, path);
        if !is_uri(uri) {
            self.error(
                "uri",
                path,
                "this is no URI; percent-encode what is not a letter, digit or -._~:/?#@!$&'()*+,;=",
            );
        } else if uri.contains(char::is_whitespace) {
            self.warning("uri-space", path, "white space stands inside the URI; write it as %20");
        } else if absolute && !has_scheme(uri) {
            self.warning(
                "uri-relative",
                path,
                "the URI should be absolute, such as https://example.org/warning",
            );
        }
    }

    fn error(&mut self, rule: &'static str, path: Path<'_>, message: impl Into<String>) {
        self.note(FindingSeverity::Error, rule, path, message.into());
    }

    fn warning(&mut self, rule: &'static str, path: Path<'_>, message: impl Into<String>) {
        self.note(FindingSeverity::Warning, rule, path, message.into());
    }

    fn note(&mut self, severity: FindingSeverity, rule: &'static str, path: Path<'_>, message: String) {
        self.findings.push(Finding {
            rule: rule.into(),
            severity,
            path: path.to_string(),
            line: 0,
            column: 0,
            message,
        });
    }
}

/// Whether the position is a number pair within range; NaN is not.
fn is_on_earth(p: &Position) -> bool {
    p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0
}

/// The pattern of xs:language.
fn is_language(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(n, part)| {
        let fits = |b: u8| b.is_ascii_alphabetic() || (n > 0 && b.is_ascii_digit());
        (1..=8).contains(&part.len()) && part.bytes().all(fits)
    })
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
    uri.split_once(':').is_some_and(|(scheme, rest)| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(fits) && !rest.is_empty()
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

    #[test]
    fn language_tags_follow_the_schema() {
        for tag in ["en", "en-US", "sr-Latn-RS", "x-klingon", "es-419"] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in ["", "en_US", "123", "en-", "English language", "abcdefghi"] {
            assert!(!is_language(tag), "{tag}");
        }
    }
}
