//! The signatures of alerts: what a source does with them, and what is said of each.

use super::{Options, Parsed};
use crate::setup::{Fetch, SourceSetup};
use beaconfire_cap::sign::{Integrity, Validity, Verdict, Verifier};
use beaconfire_cap::{Limits, Message, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a source does with the signatures of its alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureUse {
    /// Nothing: they are not looked at.
    #[default]
    Ignore,
    /// The verdict stands among the findings of every alert; none is refused for it.
    Note,
    /// An alert whose signature is not verified and anchored is not taken as an alert: it is a finding on the source.
    /// CAP 1.2, 3.3.2.1, forbids a reader to do so of its own accord; whoever sets this decides it.
    Demand,
}

/// What is said of one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    /// Whether the message is what was signed, by a key that is trusted for its sender.
    pub(crate) is_anchored: bool,
    /// The verdict in words that follow on "its signature".
    pub(crate) words: String,
}

/// How many refused alerts of one document are told each by itself; the others are counted.
pub(crate) const MAX_TOLD: usize = 10;

/// Judges the alerts of a document that `first_received` gives a time for, in their order; `None` for the others.
///
/// A recording is an archive: certificates have to have been valid when the message was sent, for anybody else when it
/// was first received.
pub(crate) fn judge<E>(
    setup: &SourceSetup,
    parsed: &Parsed,
    body: &[u8],
    mut first_received: impl FnMut(usize) -> Result<Option<Timestamp>, E>,
) -> Result<Vec<Option<Judged>>, E> {
    let limits = limits(&setup.options);
    let verifier = Verifier::new(body, &limits);
    let mut judged = Vec::with_capacity(parsed.alerts.len());
    for (at, item) in parsed.alerts.iter().enumerate() {
        let Some(received) = first_received(at)? else {
            judged.push(None);
            continue;
        };
        let when =
            if setup.fetch == Fetch::Recorded { Validity::Archive } else { Validity::Live { received } };
        // Of a message only the alert and its place or text are looked at.
        let message = Message {
            alert: item.alert.clone(),
            version: Version::V1_2,
            findings: Vec::new(),
            judged: Vec::new(),
            foreign: Vec::new(),
            bytes: item.bytes.clone(),
            escaped: item.escaped.clone(),
        };
        judged.push(Some(Judged::of(&verifier.verify(&message, &setup.anchors, when))));
    }
    Ok(judged)
}

/// The limits that a source's documents are read within.
pub(super) fn limits(options: &Options) -> Limits {
    Limits { max_bytes: options.max_bytes, max_alerts: options.feed_entries(), ..Limits::default() }
}

impl Judged {
    fn of(verdict: &Verdict) -> Self {
        let mut words = match (verdict.integrity, &verdict.anchor_reason) {
            (Integrity::None, _) => "is not there".to_owned(),
            (Integrity::Verified, None) => "is verified and anchored".to_owned(),
            (Integrity::Verified, Some(why)) => format!("is verified, but not anchored: {why}"),
            (Integrity::Unverifiable, _) => format!("cannot be verified: {}", verdict.reason),
            (Integrity::Broken, _) => format!("is broken: {}", verdict.reason),
            (Integrity::Whitespace, _) => {
                format!("is broken unless white space is stripped: {}", verdict.reason)
            }
        };
        match (verdict.judged_at, verdict.archive) {
            (Some(at), true) => words += &format!("; judged as of {at}, when it says it was sent (archive)"),
            (Some(at), false) => words += &format!("; judged as of {at}, when it was first received"),
            (None, _) => {}
        }
        let flags: Vec<&str> = verdict.flags.iter().map(|flag| flag.as_str()).collect();
        if !flags.is_empty() {
            words += &format!("; flagged: {}", flags.join(", "));
        }
        Self { is_anchored: verdict.integrity == Integrity::Verified && verdict.anchored, words }
    }
}
