//! Info blocks.

use super::{Notes, Spot, area, resource};
use crate::Version;
use crate::model::{Alert, Certainty, Info, MsgType, Severity, Urgency};

pub(super) fn check(notes: &mut Notes, alert: &Alert, info: &Info, spot: Spot, outlook: &mut area::Outlook) {
    let at = |name| spot.one(name);
    if info.categories.is_empty() && notes.version > Version::V1_0 {
        notes.error("missing", spot.nth("category", 1), "<category> is missing; it is mandatory");
    }
    notes.mandatory(&info.event, at("event"));
    if info.language.as_deref().is_some_and(|tag| !is_language(tag)) {
        notes.error("language", at("language"), "the language is no tag such as en-US or sw");
    }
    for (name, text) in
        [("audience", &info.audience), ("senderName", &info.sender_name), ("contact", &info.contact)]
    {
        notes.optional(text, at(name));
    }
    for (name, text) in
        [("headline", &info.headline), ("description", &info.description), ("instruction", &info.instruction)]
    {
        notes.plain(text, at(name));
    }
    if let Some(web) = &info.web {
        notes.uri(web, true, at("web"));
    }
    notes.named(&info.event_codes, spot, "eventCode");
    notes.named(&info.parameters, spot, "parameter");
    let unknown = info.urgency == Urgency::Unknown && info.severity == Severity::Unknown;
    if unknown && info.certainty == Certainty::Unknown {
        let message = "urgency, severity and certainty are all Unknown; say what is known";
        notes.warning("unknown-everywhere", spot, message);
    }
    times(notes, alert, info, spot);
    let warns = matches!(alert.msg_type, MsgType::Alert | MsgType::Update);
    if warns && info.areas.is_empty() {
        notes.warning("area-missing", spot, "no <area> says where; name at least the place in words");
    }
    for (resource, n) in info.resources.iter().zip(1..) {
        resource::check(notes, resource, spot.part("resource", n));
    }
    for (area, n) in info.areas.iter().zip(1..) {
        area::check(notes, area, spot.part("area", n), outlook);
    }
}

fn times(notes: &mut Notes, alert: &Alert, info: &Info, spot: Spot) {
    let Some(expires) = info.expires else {
        if matches!(alert.msg_type, MsgType::Alert | MsgType::Update) {
            let message = "no <expires> says when this ends; receivers have to guess";
            notes.warning("expires-missing", spot, message);
        }
        return;
    };
    let at = spot.one("expires");
    let expires = expires.instant();
    if expires <= alert.sent.instant() {
        notes.warning("expires-before-sent", at, "it had expired before it was sent");
    }
    if info.onset.is_some_and(|onset| onset.instant() > expires) {
        notes.warning("expires-before-onset", at, "it expires before it sets on");
    }
    if info.effective.is_some_and(|effective| effective.instant() > expires) {
        notes.warning("expires-before-effective", at, "it expires before it takes effect");
    }
}

/// The pattern of xs:language.
fn is_language(tag: &str) -> bool {
    tag.split('-').enumerate().all(|(n, part)| {
        let fits = |b: u8| b.is_ascii_alphabetic() || (n > 0 && b.is_ascii_digit());
        (1..=8).contains(&part.len()) && part.bytes().all(fits)
    })
}

#[cfg(test)]
mod tests {
    use super::is_language;

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
