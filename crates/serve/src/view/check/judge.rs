//! Verdicts on a message beside that on CAP itself: profiles, geometry, signature.

use beaconfire_cap::profile::Profile;
use beaconfire_cap::sign::{Anchors, Flag, Validity, Verdict, Verifier};
use beaconfire_cap::{Alert, Finding, FindingSeverity, Message, check_geometry};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::MAX_FINDINGS;

/// What is to be said of a signature.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignatureView {
    /// `none`, `verified`, `unverifiable`, `broken`, or `whitespace`: broken unless white space is stripped.
    verdict: &'static str,
    /// Why, in words; empty where there is none.
    reason: String,
    /// Whether a certificate that is trusted for the sender vouches for the key. False here, where no certificate is:
    /// whose key it is nobody says.
    anchored: bool,
    /// What weakens it, such as `sha1-digest`.
    flags: Vec<&'static str>,
    /// Whose certificate it brings, by its own word.
    certificate: Option<String>,
}

impl SignatureView {
    /// Judged as of the time that the message was sent: when it was received nobody knows.
    pub(super) fn of(verifier: &Verifier<'_>, message: &Message) -> Self {
        let Verdict { integrity, reason, anchored, flags, certificate, .. } =
            verifier.verify(message, &Anchors::new(), Validity::Archive);
        Self {
            verdict: integrity.as_str(),
            reason,
            anchored,
            flags: flags.into_iter().map(Flag::as_str).collect(),
            certificate: certificate.map(|about| about.subject.chars().take(300).collect()),
        }
    }
}

/// What the geometry is warned of, and what the profiles say: those that the alert claims, and these.
pub(super) fn judge(alert: &Alert, profiles: &[&'static Profile]) -> Vec<Finding> {
    let said = chosen(alert, profiles).flat_map(|profile| profile.check(alert));
    check_geometry(alert).into_iter().chain(said).collect()
}

/// Whether the message conforms to each profile that it claims, and to these.
pub(super) fn conforms(message: &Message, profiles: &[&'static Profile]) -> BTreeMap<String, bool> {
    let verdict = |profile: &Profile| {
        let errors = message.judged.iter().filter(|finding| finding.severity == FindingSeverity::Error);
        let of = |finding: &Finding| finding.rule.split_once(':').is_some_and(|(id, _)| id == profile.id());
        !errors.into_iter().any(of)
    };
    chosen(&message.alert, profiles).map(|profile| (profile.id().to_owned(), verdict(profile))).collect()
}

/// At most so many findings, the last of which sums up the rest.
pub(super) fn shortened(mut judged: Vec<Finding>) -> Vec<Finding> {
    let more = judged.len().saturating_sub(MAX_FINDINGS);
    if more > 0 {
        judged.truncate(MAX_FINDINGS);
        judged.push(Finding {
            rule: "more-findings".into(),
            severity: FindingSeverity::Info,
            path: "/alert".to_owned(),
            line: 0,
            column: 0,
            message: format!("{more} more findings of profiles are not listed; mend those above first"),
        });
    }
    judged
}

fn chosen<'p>(
    alert: &'p Alert,
    profiles: &'p [&'static Profile],
) -> impl Iterator<Item = &'static Profile> + 'p {
    Profile::built_in().iter().filter(move |profile| {
        profiles.iter().any(|asked| asked.id() == profile.id()) || profile.claimed_by(alert)
    })
}
