//! Other issuers' alerts that wait for an officer's word, or that had no effect.

use beaconfire_core::{Actor, Command, Fate, InboundAlert, InboundInfo, KeptAlert, State, decide};
use beaconfire_geo::Exposure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::Seen;

/// Alerts in one answer, at most: the newest.
const MAX_ALERTS: usize = 200;

/// What became of an alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlertState {
    /// Status, codes and text disagree: it waits for an officer.
    #[default]
    Held,
    /// It may not act on what it names, or an officer put it aside.
    NoEffect,
}

/// The alerts of one state.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertList {
    /// Newest first, at most 200.
    alerts: Vec<AlertView>,
    /// How many there are.
    total: usize,
    /// River time now.
    river_time: Timestamp,
}

impl AlertList {
    /// What the list shows.
    pub(crate) fn of(wanted: AlertState, state: &State, seen: Seen<'_>) -> Self {
        let mut kept: Vec<_> = state
            .alerts
            .values()
            .filter_map(|kept| told(&kept.fate).filter(|(is, _)| *is == wanted).map(|(_, why)| (kept, why)))
            .collect();
        kept.sort_by_key(|(kept, _)| std::cmp::Reverse(kept.at));
        let total = kept.len();
        kept.truncate(MAX_ALERTS);
        let alerts = kept.into_iter().map(|(kept, why)| AlertView::of(kept, wanted, why, state, seen));
        Self { alerts: alerts.collect(), total, river_time: seen.now }
    }
}

/// How many alerts wait for an officer.
pub(crate) fn held(state: &State) -> usize {
    state.alerts.values().filter(|kept| matches!(kept.fate, Fate::Held { .. })).count()
}

fn told(fate: &Fate) -> Option<(AlertState, &str)> {
    match fate {
        Fate::Held { why } => Some((AlertState::Held, why)),
        Fate::NoEffect { why } => Some((AlertState::NoEffect, why)),
        Fate::Admitted | Fate::Acted { .. } | Fate::NotActual | Fate::History => None,
    }
}

/// Another issuer's alert.
#[derive(Debug, Serialize, ToSchema)]
struct AlertView {
    /// CAP sender.
    sender: String,
    /// CAP identifier.
    identifier: String,
    /// CAP sent.
    sent: Timestamp,
    /// The source that brought it.
    source: String,
    /// The SHA-256 of its bytes.
    item: String,
    /// River time at which it was taken in.
    received_at: Timestamp,
    /// IANA zone of the place nearest to its area; UTC where none is known.
    zone: String,
    /// CAP status, as written.
    status: String,
    /// CAP msgType.
    msg_type: String,
    /// What became of it.
    state: AlertState,
    /// What disagrees, or why it has no effect.
    why: String,
    /// What it says, one entry an info block.
    infos: Vec<AlertInfo>,
    /// The messages that it names, as CAP writes them.
    references: Vec<String>,
    /// Rules of the standard that it breaks.
    findings: Vec<String>,
    /// What an officer said of it.
    judged: Option<JudgedView>,
    /// What may be done: `admit`, `put_aside`.
    can: BTreeMap<&'static str, bool>,
    /// Why something may not be done.
    why_not: BTreeMap<&'static str, String>,
}

/// What one info block says.
#[derive(Debug, Serialize, ToSchema)]
struct AlertInfo {
    language: String,
    event: String,
    headline: String,
    urgency: String,
    severity: String,
    certainty: String,
    /// CAP expires.
    expires: Option<Timestamp>,
    /// The areas in words.
    area_words: String,
}

/// An officer's word.
#[derive(Debug, Serialize, ToSchema)]
struct JudgedView {
    /// Who, by pseudonym.
    by: String,
    /// River time.
    at: Timestamp,
    /// Whether it was let in.
    admit: bool,
    /// Why, as typed.
    reason: String,
}

impl AlertView {
    fn of(kept: &KeptAlert, is: AlertState, why: &str, state: &State, seen: Seen<'_>) -> Self {
        let alert = &kept.alert;
        let (can, why_not) =
            if is == AlertState::Held { can(alert, state, seen) } else { Default::default() };
        Self {
            sender: alert.sender.clone(),
            identifier: alert.identifier.clone(),
            sent: alert.sent,
            source: alert.source.0.clone(),
            item: alert.item.0.clone(),
            received_at: kept.at,
            zone: alert.zone.clone().unwrap_or_else(|| "UTC".to_owned()),
            status: alert.status.clone(),
            msg_type: alert.msg_type.clone(),
            state: is,
            why: why.to_owned(),
            infos: alert.infos.iter().map(info).collect(),
            references: alert.references.iter().map(ToString::to_string).collect(),
            findings: alert.findings.clone(),
            judged: kept.judged.as_ref().map(|judged| JudgedView {
                by: judged.by.0.clone(),
                at: judged.at,
                admit: judged.admit,
                reason: judged.reason.clone(),
            }),
            can,
            why_not,
        }
    }
}

fn info(info: &InboundInfo) -> AlertInfo {
    AlertInfo {
        language: info.language.clone(),
        event: info.event.clone(),
        headline: info.headline.clone(),
        urgency: info.urgency.clone(),
        severity: info.severity.clone(),
        certainty: info.certainty.clone(),
        expires: info.expires,
        area_words: info.area_words.clone(),
    }
}

type Can = (BTreeMap<&'static str, bool>, BTreeMap<&'static str, String>);

/// Asks the core for both answers, without giving any.
fn can(alert: &InboundAlert, state: &State, seen: Seen<'_>) -> Can {
    let (mut can, mut why_not) = Can::default();
    for (name, admit) in [("admit", true), ("put_aside", false)] {
        let asked = match seen.by {
            None => Err("a program may only look".to_owned()),
            Some(account) => {
                let reason = "only asked".to_owned();
                let exposure = Exposure::Unknown;
                let command = Command::ReleaseAlert { alert: alert.key(), admit, reason, exposure };
                decide(state, &command, &Actor::operator(account), seen.now)
                    .map(drop)
                    .map_err(|refusal| refusal.message)
            }
        };
        can.insert(name, asked.is_ok());
        if let Err(why) = asked {
            why_not.insert(name, why);
        }
    }
    (can, why_not)
}
