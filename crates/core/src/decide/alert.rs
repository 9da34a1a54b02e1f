//! Other issuers' alerts: what may make an incident, what may act, what is held (invariants 5-8).

use super::place::{Newcomer, alert_id};
use super::{Context, Facts, reasoned};
use crate::actor::Role;
use crate::assess::alert_member;
use crate::id::{ItemId, SourceId};
use crate::incident::MemberId;
use crate::observe::{AlertKey, InboundAlert};
use crate::record::{Fact, Fate};
use crate::refusal::Refusal;
use beaconfire_geo::Exposure;
use jiff::{SignedDuration, Timestamp};

/// An alert or signal that comes this long after it was sent is marked late.
pub const LATE_AFTER_MINUTES: i64 = 30;

/// SAME event codes of tests and drills (47 CFR 11.31).
const DRILL_CODES: [&str; 5] = ["RWT", "RMT", "DMO", "NPT", "NAT"];

impl Context<'_> {
    pub(super) fn take_alert(&self, alert: &InboundAlert, exposure: &Exposure) -> Facts {
        self.river_only()?;
        if let Some(fact) = self.seen_elsewhere(alert) {
            return Ok(fact);
        }
        let fate = self.fate(alert);
        if let Some(kept) = self.state.alerts.get(&alert.key()) {
            // A mirror that was first must not keep an Update or Cancel from acting.
            let untrusted = matches!(kept.fate, Fate::NoEffect { .. }) && kept.alert.source != alert.source;
            if !(untrusted && matches!(fate, Fate::Acted { .. })) {
                return Ok(self.repeated(alert, &kept.alert.item));
            }
        }
        let mut facts = vec![Fact::AlertTaken { alert: alert.clone(), fate: fate.clone() }];
        facts.extend(self.consequences(alert, &fate, exposure));
        if let Some(words) = told(alert, &fate) {
            facts.extend(self.note_source(&alert.source, &words)?);
        }
        Ok(facts)
    }

    pub(super) fn release_alert(
        &self,
        key: &AlertKey,
        admit: bool,
        reason: &str,
        exposure: &Exposure,
    ) -> Facts {
        self.require(&[Role::Officer], "judge a held alert")?;
        reasoned(reason)?;
        let kept = self.state.alerts.get(key).ok_or_else(|| Refusal::unknown("alert", key))?;
        if !matches!(kept.fate, Fate::Held { .. }) {
            return Err(Refusal::new("not_held", "this alert is not held", "nothing is to be done"));
        }
        let mut facts = Vec::new();
        if admit {
            let fate = self.undisputed(&kept.alert);
            if !matches!(fate, Fate::Admitted | Fate::Acted { .. }) {
                let why = crate::story::fate_words(&fate);
                return Err(Refusal::new("no_effect", why, "put it aside: it cannot be let in"));
            }
            facts.extend(self.consequences(&kept.alert, &fate, exposure));
        }
        // Last, so that the incident that it makes has the officer's reason in its story.
        let reason = reason.trim().to_owned();
        facts.push(Fact::AlertReleased { alert: key.clone(), admit, reason });
        Ok(facts)
    }

    /// An alert left the list of a source for good. That ends it only through a source trusted for its sender
    /// (invariant 7), and only where the issuer did not say when it ends.
    pub(super) fn end_vanished(&self, source: &SourceId, key: &AlertKey, polls: u32) -> Facts {
        self.river_only()?;
        let Some(kept) = self.state.alerts.get(key) else { return Ok(Vec::new()) };
        let rule = self.state.rules.source(source);
        let trusted = rule.is_some_and(|rule| rule.trusted_senders.contains(&key.sender));
        if !trusted || kept.alert.expires().is_some() {
            return Ok(Vec::new());
        }
        let why = format!("{polls} polls of {source} in a row no longer list it, and it bears no expires");
        Ok(self.supersede(&alert_id(key), &why).into_iter().collect())
    }

    /// Ours, coming back through somebody else: evidence of having been read, never a member.
    fn seen_elsewhere(&self, alert: &InboundAlert) -> Option<Vec<Fact>> {
        let message = self.ours(alert)?;
        if self.state.seen_elsewhere.contains(&(alert.source.clone(), message.clone())) {
            return Some(Vec::new());
        }
        let item: ItemId = alert.item.clone();
        Some(vec![Fact::SeenElsewhere { source: alert.source.clone(), item, message }])
    }

    /// The identifier of the message of ours that an alert is: by sender, by reference, or because
    /// it says the same about the same place.
    fn ours(&self, alert: &InboundAlert) -> Option<String> {
        if alert.sender == self.state.rules.authority.sender {
            return Some(alert.identifier.clone());
        }
        let messages = || self.state.warnings.values().flat_map(|warning| &warning.chain);
        if let Some(message) = messages().find(|message| alert.references.contains(&message.key())) {
            return Some(message.package.identifier.clone());
        }
        messages()
            .find(|message| {
                let mode = message.package.mode;
                message.package.content.texts.iter().any(|text| {
                    alert.infos.iter().any(|info| {
                        info.headline == mode.marked(&text.headline) && info.event == mode.marked(&text.event)
                    })
                })
            })
            .map(|message| message.package.identifier.clone())
    }

    fn repeated(&self, alert: &InboundAlert, kept: &ItemId) -> Vec<Fact> {
        if kept == &alert.item {
            return Vec::new();
        }
        let words = format!(
            "{} came again with other bytes; the first are kept (an update needs a new identifier)",
            alert.key()
        );
        self.note_source(&alert.source, &words).unwrap_or_default()
    }

    fn fate(&self, alert: &InboundAlert) -> Fate {
        disagreement(alert).map_or_else(|| self.undisputed(alert), |why| Fate::Held { why })
    }

    /// What becomes of a message whose status, codes and text agree, or that an officer looked at.
    fn undisputed(&self, alert: &InboundAlert) -> Fate {
        if alert.status != "Actual" {
            return Fate::NotActual;
        }
        let acts = matches!(alert.msg_type.as_str(), "Update" | "Cancel");
        if !acts && alert.msg_type != "Alert" {
            let why = format!("a message of type {} carries no warning", alert.msg_type);
            return Fate::NoEffect { why };
        }
        if acts && let Err(why) = self.may_act(alert) {
            return Fate::NoEffect { why };
        }
        if !acts && let Some(by) = self.acted_on_before(alert) {
            let why = format!("superseded or withdrawn by {by} before it came");
            return Fate::NoEffect { why };
        }
        if alert.msg_type != "Cancel" && self.expiry(alert) <= self.now {
            return Fate::History;
        }
        if acts {
            let known = |key: &&AlertKey| self.state.alerts.contains_key(key);
            return Fate::Acted { on: alert.references.iter().filter(known).cloned().collect() };
        }
        Fate::Admitted
    }

    /// Only the same sender, through a source trusted for it, or a configured delegation
    /// (invariant 7).
    fn may_act(&self, alert: &InboundAlert) -> Result<(), String> {
        let source = self.state.rules.source(&alert.source);
        let trusted = source.is_some_and(|rule| rule.trusted_senders.contains(&alert.sender));
        if !trusted {
            return Err(format!("{} is not trusted to act for {}", alert.source, alert.sender));
        }
        let delegated = |whose: &str| {
            source.is_some_and(|rule| {
                rule.delegations.iter().any(|(who, of)| who == &alert.sender && of == whose)
            })
        };
        match alert.references.iter().find(|key| key.sender != alert.sender && !delegated(&key.sender)) {
            Some(key) => Err(format!("{} may not act on a message of {}", alert.sender, key.sender)),
            None => Ok(()),
        }
    }

    /// An Update or Cancel that came before what it names.
    fn acted_on_before(&self, alert: &InboundAlert) -> Option<AlertKey> {
        let key = alert.key();
        self.state
            .alerts
            .values()
            .find(|kept| matches!(kept.fate, Fate::Acted { .. }) && kept.alert.references.contains(&key))
            .map(|kept| kept.alert.key())
    }

    fn expiry(&self, alert: &InboundAlert) -> Timestamp {
        alert.expires().unwrap_or_else(|| {
            let hours =
                self.state.rules.source(&alert.source).map_or(24, |source| source.missing_expires_hours);
            super::place::add(alert.sent, crate::span::hours(hours))
        })
    }

    fn consequences(&self, alert: &InboundAlert, fate: &Fate, exposure: &Exposure) -> Vec<Fact> {
        let (on, joins) = match fate {
            Fate::Admitted => (Vec::new(), true),
            // One that was acted on before it came still takes the place of what it names.
            Fate::Acted { on } => {
                let stands = alert.msg_type == "Update" && self.acted_on_before(alert).is_none();
                (on.clone(), stands && !alert.says_over())
            }
            _ => return Vec::new(),
        };
        let over = alert.msg_type == "Update" && alert.says_over();
        let what = if over { "all clear" } else { alert.msg_type.as_str() };
        let why = format!("{what} by {}", alert.key());
        let members: Vec<MemberId> = on.iter().map(alert_id).collect();
        if !joins {
            return members.iter().filter_map(|member| self.supersede(member, &why)).collect();
        }
        let first = alert.infos.first();
        let hazard = first
            .map_or_else(|| crate::rules::OTHER_HAZARD.to_owned(), |info| self.state.rules.hazard_of(info));
        self.settle(&Newcomer {
            hazard,
            pack: first.and_then(|info| self.state.rules.pack_for_alert(info)),
            zone: self.zone(alert.zone.as_ref()),
            lost: false,
            late: self.now.duration_since(alert.sent) > SignedDuration::from_mins(LATE_AFTER_MINUTES),
            kin: members.clone(),
            supersedes: members.into_iter().map(|member| (member, why.clone())).collect(),
            member: alert_member(alert, exposure),
        })
    }
}

/// What the source's page says of an alert that waits for an officer, or that may not act on what
/// it names; the latter without its name, so that a mirror's many are told once.
fn told(alert: &InboundAlert, fate: &Fate) -> Option<String> {
    match fate {
        Fate::Held { why } => {
            Some(format!("{} of {} is held for an officer: {why}", alert.identifier, alert.sender))
        }
        Fate::NoEffect { why } if matches!(alert.msg_type.as_str(), "Update" | "Cancel") => {
            Some(format!("messages of type {} have no effect: {why}", alert.msg_type))
        }
        _ => None,
    }
}

/// What disagrees between status, codes and text, in words (invariant 6).
fn disagreement(alert: &InboundAlert) -> Option<String> {
    let coded = alert.infos.iter().find_map(|info| {
        let codes = info.event_codes.iter().map(|(_, value)| value.as_str());
        codes.into_iter().find(|code| DRILL_CODES.contains(code))
    });
    let marked = alert.infos.iter().any(|info| info.marked_as_drill);
    match alert.status.as_str() {
        "Actual" => match coded {
            Some(code) => Some(format!("status Actual, but event code {code} is a drill's")),
            None => marked.then(|| "status Actual, but the text says test or exercise".to_owned()),
        },
        status if !alert.infos.is_empty() && !marked && coded.is_none() => {
            Some(format!("status {status}, but neither codes nor text say so"))
        }
        _ => None,
    }
}
