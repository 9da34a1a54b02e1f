//! Signals and events: raised once, superseded by revisions, ended when their cause is over.

use super::place::Newcomer;
use super::{Context, Facts};
use crate::assess::{event_rules, event_signal, signal_member};
use crate::id::{ItemId, PackId, SourceId};
use crate::incident::{Incident, Member, MemberId};
use crate::observe::Event;
use crate::pack::Pack;
use crate::record::Fact;
use crate::refusal::Refusal;
use crate::signal::{Signal, SignalKind};
use beaconfire_geo::Exposure;
use jiff::{SignedDuration, Timestamp};

impl Context<'_> {
    /// An event: one signal for every pack that it concerns, superseding earlier revisions; below
    /// every rule, earlier revisions end.
    pub(super) fn take_event(
        &self,
        source: &SourceId,
        item: &ItemId,
        event: &Event,
        exposures: &[Exposure],
    ) -> Facts {
        self.river_only()?;
        let rules = event_rules(&self.state.rules, event);
        let mut facts = Vec::new();
        for (at, (pack, rule, step, area)) in rules.iter().enumerate() {
            let signal = finite(&event_signal(event, source, item, (pack, rule, step, area)));
            let exposure = exposures.get(at).unwrap_or(&Exposure::Unknown);
            facts.extend(self.raise(pack, &signal, exposure));
        }
        let met: Vec<&PackId> = rules.iter().map(|(pack, ..)| &pack.name).collect();
        facts.extend(self.revised_away(source, event, &met));
        Ok(facts)
    }

    pub(super) fn raise_signal(&self, signal: &Signal, exposure: &Exposure) -> Facts {
        self.river_only()?;
        let pack =
            self.state.rules.pack(&signal.pack).ok_or_else(|| Refusal::unknown("pack", &signal.pack))?;
        Ok(self.raise(pack, &finite(signal), exposure))
    }

    fn raise(&self, pack: &Pack, signal: &Signal, exposure: &Exposure) -> Vec<Fact> {
        let id = signal.id();
        if self.state.signals.contains_key(&id) {
            return Vec::new();
        }
        let kin = self.kin(signal);
        let newest_kin = kin.iter().filter_map(|member| self.revision(member)).max();
        // A new stamp on the same facts is no revision: it asks nobody to decide again.
        if kin.iter().any(|member| self.says_the_same(member, signal)) {
            return Vec::new();
        }
        // A revision that arrives after a later one changes nothing.
        let outdated = matches!((signal.revision, newest_kin), (Some(new), Some(kept)) if new < kept);
        let age = self.now.duration_since(signal.at);
        let history = outdated || age > crate::span::hours(pack.join.valid_hours);
        let mut facts = vec![Fact::SignalRaised { id, signal: signal.clone(), history }];
        if history {
            return facts;
        }
        let supersedes = if signal.kind == SignalKind::Event {
            kin.iter().map(|m| (m.clone(), "the source revised the event".to_owned())).collect()
        } else {
            Vec::new()
        };
        let zone = self.zone(signal.zone.as_ref());
        facts.extend(self.settle(&Newcomer {
            hazard: pack.hazard.clone(),
            pack: Some(pack),
            zone,
            late: age > SignedDuration::from_mins(super::LATE_AFTER_MINUTES),
            lost: signal.kind == SignalKind::Lost,
            member: self.member(signal, pack, exposure, &supersedes),
            kin,
            supersedes,
        }));
        facts
    }

    /// The signal's member. Unknown exposure never lowers a level (invariant 4): the impact of what
    /// it takes the place of holds until something is known.
    fn member(
        &self,
        signal: &Signal,
        pack: &Pack,
        exposure: &Exposure,
        supersedes: &[(MemberId, String)],
    ) -> Member {
        let mut member = signal_member(signal, pack, exposure);
        let before = |(id, _): &(MemberId, String)| {
            self.state.holder(id)?.standing().find(|kept| &kept.id == id).and_then(|kept| kept.impact)
        };
        let worst = supersedes.iter().filter_map(before).max().max(member.impact);
        if *exposure == Exposure::Unknown
            && let Some(impact) = worst
        {
            member.impact = Some(impact);
            member.level = pack.level.matrix.level(signal.likelihood, impact);
        }
        member
    }

    /// Members about the same series or event.
    fn kin(&self, signal: &Signal) -> Vec<MemberId> {
        self.state
            .signals_about(&signal.source, &signal.subject, &signal.pack)
            .filter(|(_, kept)| !kept.history)
            .map(|(id, _)| MemberId::Signal(id.clone()))
            .collect()
    }

    /// Whether a member is the newest word on the event and says what this signal says.
    fn says_the_same(&self, member: &MemberId, signal: &Signal) -> bool {
        let MemberId::Signal(id) = member else { return false };
        let Some(kept) = self.state.signals.get(id) else { return false };
        signal.kind == SignalKind::Event
            && kept.ended.is_none()
            && kept.signal.rule == signal.rule
            && kept.signal.observed == signal.observed
            && kept.signal.area == signal.area
            && kept.signal.words == signal.words
            && self
                .state
                .holder(member)
                .is_some_and(|incident| incident.standing().any(|standing| &standing.id == member))
    }

    fn revision(&self, member: &MemberId) -> Option<Timestamp> {
        match member {
            // A revision that met no rule ended it, and is newer still.
            MemberId::Signal(id) => {
                let kept = self.state.signals.get(id)?;
                kept.signal.revision.max(kept.ended)
            }
            MemberId::Alert(_) => None,
        }
    }

    /// An event that a pack's rules no longer meet: its earlier signals count no longer.
    fn revised_away(&self, source: &SourceId, event: &Event, met: &[&PackId]) -> Vec<Fact> {
        let open = self.state.signals_of_all_packs(source, &event.id).filter(|(_, kept)| {
            kept.signal.kind == SignalKind::Event
                && kept.ended.is_none()
                && !met.contains(&&kept.signal.pack)
                && kept.signal.revision.is_some_and(|revision| revision < event.updated)
        });
        open.flat_map(|(id, _)| {
            let member = MemberId::Signal(id.clone());
            let ended = Fact::SignalEnded { id: id.clone(), at: event.updated };
            let why = "a revision of the event meets no rule any more".to_owned();
            std::iter::once(ended).chain(self.supersede(&member, &why))
        })
        .collect()
    }

    pub(super) fn end_signals(
        &self,
        (pack, rule, source, subject): (&PackId, &str, &SourceId, &str),
        at: Timestamp,
    ) -> Facts {
        self.river_only()?;
        let open = self
            .state
            .signals_about(source, subject, pack)
            .filter(|(_, kept)| kept.ended.is_none() && kept.signal.rule == rule && kept.signal.at <= at);
        Ok(open
            .flat_map(|(id, kept)| {
                let ended = Fact::SignalEnded { id: id.clone(), at };
                let why = match kept.signal.kind {
                    SignalKind::Lost => "the series is heard again",
                    _ => "the series is back to normal by the rule",
                };
                std::iter::once(ended).chain(self.supersede(&MemberId::Signal(id.clone()), why))
            })
            .collect())
    }

    pub(super) fn supersede(&self, member: &MemberId, why: &str) -> Option<Fact> {
        let counts = |incident: &&Incident| incident.standing().any(|kept| &kept.id == member);
        self.state.holder(member).filter(counts).map(|incident| Fact::MemberSuperseded {
            incident: incident.id.clone(),
            member: member.clone(),
            why: why.to_owned(),
        })
    }
}

/// The signal as the journal can keep it: JSON has no infinity and no NaN.
fn finite(signal: &Signal) -> Signal {
    let number = |value: Option<f64>| value.filter(|value| value.is_finite());
    Signal {
        observed: number(signal.observed),
        expected: number(signal.expected),
        threshold: number(signal.threshold),
        score: number(signal.score),
        ..signal.clone()
    }
}
