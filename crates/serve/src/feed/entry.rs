//! What the feed knows of a message, and how long it is shown.

use beaconfire_cap::{Alert, Limits, Scope, read};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;

/// Superseded, ended and expired messages stay at least a day (invariant 19); two leave room for
/// who reads once a day.
const KEEP: SignedDuration = SignedDuration::from_hours(48);
/// Messages in one feed, at most: the newest.
const MAX_ENTRIES: usize = 500;

/// A message in the feed.
pub(crate) struct Entry {
    /// What it says.
    pub(super) alert: Alert,
    /// Its bytes as issued.
    pub(super) bytes: Vec<u8>,
}

impl Entry {
    /// CAP sent, as an instant.
    pub(super) fn sent(&self) -> Timestamp {
        self.alert.sent.instant()
    }

    /// When the last of its blocks expires; none where any does not say.
    pub(super) fn expires(&self) -> Option<Timestamp> {
        let each = self.alert.infos.iter().map(|info| info.expires.map(|time| time.instant()));
        each.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// What was published, where it is public (invariant 15).
pub(super) fn read_entry(bytes: Vec<u8>) -> Option<Entry> {
    let alert = match read(&bytes, &Limits::default()) {
        Ok(document) => document.messages.into_iter().next().map(|message| message.alert),
        Err(error) => {
            tracing::error!(%error, "a published message cannot be read");
            None
        }
    }?;
    (alert.scope == Scope::Public).then_some(Entry { alert, bytes })
}

/// A message as the feed shows it.
pub(super) struct Shown<'a> {
    /// The message.
    pub(super) entry: &'a Entry,
    /// The newest message that superseded or withdrew it.
    pub(super) successor: Option<&'a Entry>,
}

/// What is shown at `now`, the newest first.
pub(super) fn shown(entries: &[Arc<Entry>], now: Timestamp) -> Vec<Shown<'_>> {
    let mut after: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in entries {
        for reference in &entry.alert.references {
            after.entry(&reference.identifier).or_default().push(entry);
        }
    }
    let stands = |entry: &&Entry, after: &[&Entry]| {
        let replaced = after.iter().map(|entry| entry.sent()).min();
        // What withdraws or ends is over as soon as it is said, but has to be heard.
        let end = if entry.is_end() { Some(entry.sent()) } else { None };
        let ends = [replaced, end, entry.expires()].into_iter().flatten().min();
        ends.is_none_or(|ends| now.duration_since(ends) < KEEP)
    };
    let mut shown = Vec::new();
    for entry in entries.iter().map(Arc::as_ref) {
        let after = after.get(entry.alert.identifier.as_str()).map_or(&[][..], Vec::as_slice);
        if stands(&entry, after) {
            let successor = after.iter().copied().max_by_key(|entry| entry.sent());
            shown.push(Shown { entry, successor });
        }
    }
    shown.sort_by_key(|shown| std::cmp::Reverse(shown.entry.sent()));
    shown.truncate(MAX_ENTRIES);
    shown
}

impl Entry {
    fn is_end(&self) -> bool {
        let all_clear = beaconfire_cap::ResponseType::AllClear;
        let cleared = |info: &beaconfire_cap::Info| info.response_types.contains(&all_clear);
        self.alert.msg_type == beaconfire_cap::MsgType::Cancel
            || (!self.alert.infos.is_empty() && self.alert.infos.iter().all(cleared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "2017-08-27T09:00:00-00:00";

    fn read_all(published: Vec<Vec<u8>>) -> Vec<Arc<Entry>> {
        published.into_iter().filter_map(read_entry).map(Arc::new).collect()
    }

    fn entry(identifier: &str, sent: &str, kind: &str, references: &str, scope: &str) -> Vec<u8> {
        let references = match references {
            "" => String::new(),
            name => format!("<references>a@example,{name},{SENT}</references>"),
        };
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>a@example</sender><sent>{sent}</sent><status>Exercise</status><msgType>{kind}</msgType><scope>{scope}</scope>{references}<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty><expires>2017-08-28T09:00:00-00:00</expires><area><areaDesc>Somewhere</areaDesc></area></info></alert>"#
        )
        .into_bytes()
    }

    fn names(entries: &[Arc<Entry>], now: &str) -> Vec<String> {
        let now = now.parse().expect("a time");
        shown(entries, now).iter().map(|shown| shown.entry.alert.identifier.clone()).collect()
    }

    #[test]
    fn what_was_superseded_ended_or_expired_stays_more_than_a_day_and_not_for_good() {
        let entries = read_all(vec![
            entry("one", SENT, "Alert", "", "Public"),
            entry("two", "2017-08-27T12:00:00-00:00", "Cancel", "one", "Public"),
            entry("three", "2017-08-27T13:00:00-00:00", "Alert", "", "Public"),
        ]);
        assert_eq!(names(&entries, "2017-08-27T14:00:00Z"), ["three", "two", "one"]);
        assert_eq!(names(&entries, "2017-08-28T13:00:00Z"), ["three", "two", "one"]);
        assert_eq!(names(&entries, "2017-08-29T13:00:00Z"), ["three"]);
        assert!(names(&entries, "2017-08-30T10:00:00Z").is_empty());
    }

    #[test]
    fn what_was_superseded_names_what_took_its_place() {
        let entries = read_all(vec![
            entry("one", SENT, "Alert", "", "Public"),
            entry("two", "2017-08-27T12:00:00-00:00", "Update", "one", "Public"),
            entry("three", "2017-08-27T13:00:00-00:00", "Cancel", "two", "Public"),
        ]);
        let now = "2017-08-27T14:00:00Z".parse().expect("a time");
        let successor = |shown: &Shown<'_>| shown.successor.map(|entry| entry.alert.identifier.clone());
        let successors: Vec<_> = shown(&entries, now).iter().map(successor).collect();
        assert_eq!(successors, [None, Some("three".to_owned()), Some("two".to_owned())]);
    }

    #[test]
    fn scope_restricted_or_private_never_reaches_the_feed() {
        let entries = read_all(vec![
            entry("open", SENT, "Alert", "", "Public"),
            entry("closed", SENT, "Alert", "", "Restricted"),
            entry("secret", SENT, "Alert", "", "Private"),
        ]);
        assert_eq!(names(&entries, "2017-08-27T10:00:00Z"), ["open"]);
    }

    #[test]
    fn bytes_that_are_no_message_are_left_out() {
        let broken = b"<alert>".to_vec();
        assert!(read_all(vec![broken]).is_empty());
    }
}
