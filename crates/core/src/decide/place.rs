//! Where a new member belongs: it joins an incident, or opens one and is linked (invariant 9).

use super::Context;
use crate::id::{IncidentId, PackId};
use crate::incident::{Disposition, Incident, LinkKind, Member, MemberId};
use crate::level::Level;
use crate::observe::AlertKey;
use crate::pack::{DecideRule, JoinRule, Pack};
use crate::record::Fact;
use crate::span::{hours, minutes};
use beaconfire_geo::{Area, Overlap};
use jiff::{SignedDuration, Timestamp};

/// What a new thing is about, beside the member itself.
pub(super) struct Newcomer<'a> {
    pub(super) hazard: String,
    pub(super) pack: Option<&'a Pack>,
    pub(super) zone: String,
    pub(super) late: bool,
    /// Whether it is a series that fell silent when it should not.
    pub(super) lost: bool,
    /// The same series or event as these members: it joins them whatever the overlap.
    pub(super) kin: Vec<MemberId>,
    /// Of those, the ones that it takes the place of.
    pub(super) supersedes: Vec<(MemberId, String)>,
    pub(super) member: Member,
}

/// An area grown beyond this factor asks for a new decision (invariant 10).
const GROWN: f64 = 1.25;

impl Context<'_> {
    /// The zone of a place, or the authority's own.
    pub(super) fn zone(&self, known: Option<&String>) -> String {
        known.unwrap_or(&self.state.rules.authority.zone).clone()
    }

    /// The facts by which a newcomer finds its place and the clock is started where it must run.
    pub(super) fn settle(&self, new: &Newcomer) -> Vec<Fact> {
        let mut facts = Vec::new();
        // Wherever they are: an Update may change the hazard, and an operator may have split them.
        facts.extend(new.supersedes.iter().filter_map(|(member, why)| self.supersede(member, why)));
        let after = match self.best(new) {
            Some((incident, confidence)) => {
                facts.push(Fact::MemberJoined {
                    incident: incident.id.clone(),
                    member: new.member.clone(),
                    confidence,
                });
                self.grown(incident, new)
            }
            None => {
                let id = Incident::id_for(&new.hazard, &new.member.id);
                if self.state.incidents.contains_key(&id) {
                    return facts;
                }
                facts.push(Fact::IncidentOpened {
                    incident: id.clone(),
                    pack: new.pack.map(|pack| pack.name.clone()),
                    hazard: new.hazard.clone(),
                    title: new.member.words.clone(),
                    zone: new.zone.clone(),
                    late: new.late,
                    member: new.member.clone(),
                });
                facts.extend(self.links(&id, new));
                self.opened(id, new)
            }
        };
        facts.extend(self.arm(&after, Some(&new.member)).or_else(|| self.arm_lost(&after, new)));
        facts
    }

    /// The live incident that the newcomer belongs to, with the confidence: the one that holds the
    /// same series or event, else the surest.
    fn best(&self, new: &Newcomer) -> Option<(&Incident, f64)> {
        let kin = new.kin.iter().filter_map(|member| self.state.holder(member));
        let kin = kin.filter(|incident| incident.is_live() && incident.hazard == new.hazard);
        if let Some(incident) = kin.min_by(|a, b| a.id.cmp(&b.id)) {
            return Some((incident, 1.0));
        }
        let rule = join_rule(new.pack);
        self.state
            .live_of(&new.hazard)
            .filter_map(|incident| {
                let confidence = confidence(incident, new, &rule);
                let fits = confidence >= rule.confidence && !outgrows(incident, &new.member.area, &rule);
                fits.then_some((incident, confidence))
            })
            .max_by(|(a, x), (b, y)| x.total_cmp(y).then_with(|| b.id.cmp(&a.id)))
    }

    /// Links to what may be the same, and to what may have caused it or follow from it.
    fn links(&self, id: &IncidentId, new: &Newcomer) -> Vec<Fact> {
        let rule = join_rule(new.pack);
        let mut facts = Vec::new();
        let mut link = |to: &IncidentId, kind, why: String| {
            facts.push(Fact::Linked { incident: id.clone(), to: to.clone(), kind, why });
        };
        for other in self.state.incidents.values().filter(|i| i.is_live() && &i.id != id) {
            if other.hazard == new.hazard {
                let confidence = confidence(other, new, &rule);
                if confidence > 0.0 {
                    let why = format!(
                        "overlap and time give confidence {confidence:.2}, or it would outgrow the core"
                    );
                    link(&other.id, LinkKind::Related, why);
                }
            } else if let Some(why) = self.follows(other.pack.as_ref(), &new.hazard, other, new) {
                link(&other.id, LinkKind::Cause, why);
            } else if let Some(why) = self.follows(new.pack.map(|pack| &pack.name), &other.hazard, other, new)
            {
                link(&other.id, LinkKind::Cascade, why);
            }
        }
        facts
    }

    /// Whether `pack` declares that `to` may follow, near and soon enough.
    fn follows(&self, pack: Option<&PackId>, to: &str, other: &Incident, new: &Newcomer) -> Option<String> {
        let pack = self.state.rules.pack(pack?)?;
        let cascade = pack.cascades.iter().find(|cascade| cascade.to == to)?;
        let apart = new.member.at.duration_since(other.first_signal_at).abs();
        if apart > hours(cascade.within_hours) {
            return None;
        }
        let km = match new.member.area.overlap(&other.core) {
            Overlap::Fraction(_) => 0.0,
            Overlap::Unknown => return None,
            Overlap::None => other.core.locator_center()?.distance_km(&new.member.area.locator_center()?),
        };
        (km <= cascade.distance_km).then(|| {
            format!(
                "{} may be followed by {to} within {} h and {} km",
                pack.hazard, cascade.within_hours, cascade.distance_km
            )
        })
    }

    /// The incident as it will be with the newcomer.
    fn grown(&self, incident: &Incident, new: &Newcomer) -> Incident {
        let mut after = incident.clone();
        for member in &mut after.members {
            member.superseded |= new.supersedes.iter().any(|(id, _)| id == &member.id);
        }
        after.members.push(new.member.clone());
        after.first_signal_at = after.first_signal_at.min(new.member.at);
        after
    }

    fn opened(&self, id: IncidentId, new: &Newcomer) -> Incident {
        Incident {
            id,
            version: 0,
            pack: new.pack.map(|pack| pack.name.clone()),
            hazard: new.hazard.clone(),
            title: new.member.words.clone(),
            zone: new.zone.clone(),
            first_signal_at: new.member.at,
            newest_at: new.member.at,
            late: new.late,
            core: new.member.area.clone(),
            members: vec![new.member.clone()],
            links: Vec::new(),
            disposition: Disposition::Open,
            deadline: None,
            decided_level: None,
            decided_km2: None,
            warnings: std::collections::BTreeSet::new(),
            touched: self.now,
            merged_into: None,
        }
    }

    /// Starts the decision clock where it must run and does not. A running one is left alone:
    /// nothing lengthens it.
    pub(super) fn arm(&self, after: &Incident, new: Option<&Member>) -> Option<Fact> {
        let rule = self.decide_rule(after.pack.as_ref());
        let level = after.level()?;
        if after.deadline.is_some() || level < rule.from {
            return None;
        }
        let why = why_again(after, level, rule.from, new)?;
        Some(self.armed(after, &rule, why))
    }

    /// A series lost while rising or above its watch level starts the clock at any level
    /// (invariant 5): what it would have said is unknown.
    fn arm_lost(&self, after: &Incident, new: &Newcomer) -> Option<Fact> {
        let lost = new.lost && after.deadline.is_none();
        let why = format!("a series was lost: {}", new.member.words);
        lost.then(|| self.armed(after, &self.decide_rule(after.pack.as_ref()), why))
    }

    fn armed(&self, after: &Incident, rule: &DecideRule, why: String) -> Fact {
        // A first decision is due from the first signal on, but never later for one that is dated
        // ahead; one asked for again, from now on.
        let from = if after.decided_level.is_none() { after.first_signal_at.min(self.now) } else { self.now };
        let deadline = add(from, minutes(rule.within_minutes)).max(self.now);
        Fact::Armed { incident: after.id.clone(), deadline, next: Some(deadline), why }
    }

    /// The clock of a pack, or the usual one where no pack of ours claims the hazard.
    pub(super) fn decide_rule(&self, pack: Option<&PackId>) -> DecideRule {
        pack.and_then(|id| self.state.rules.pack(id)).map_or_else(
            || DecideRule { from: Level::Severe, within_minutes: 30, escalate_minutes: vec![15, 30] },
            |pack| pack.decide.clone(),
        )
    }
}

/// What asks for a decision: never decided, or something that the last decision did not cover.
fn why_again(after: &Incident, level: Level, from: Level, new: Option<&Member>) -> Option<String> {
    let Some(decided) = after.decided_level else {
        return Some(if after.decided_km2.is_none() && matches!(after.disposition, Disposition::Open) {
            format!("at or above {:?} and undecided", from.word())
        } else {
            "it had no level when it was decided on".to_owned()
        });
    };
    if level > decided {
        return Some(format!("the level rose to {:?} since the decision", level.word()));
    }
    if let (Some(now), Some(then)) = (after.area().km2(), after.decided_km2)
        && now > then * GROWN
    {
        return Some(format!("the area grew from {then:.0} to {now:.0} km² since the decision"));
    }
    new.filter(|member| member.level >= from)
        .map(|member| format!("a new member that the decision did not cover: {}", member.words))
}

/// The usual joining rule where no pack of ours claims the hazard.
fn join_rule(pack: Option<&Pack>) -> JoinRule {
    pack.map_or(JoinRule { within_hours: 24, confidence: 0.5, max_growth: 4.0, valid_hours: 24 }, |pack| {
        pack.join.clone()
    })
}

/// How sure it is that the newcomer is about this incident: the overlap with its core, halved as
/// the gap in time nears the rule's limit. Areas that say nothing of a place (whole jurisdiction,
/// unresolved) give none.
fn confidence(incident: &Incident, new: &Newcomer, rule: &JoinRule) -> f64 {
    let limit = hours(rule.within_hours).as_secs_f64();
    let gap = new.member.at.duration_since(incident.newest_at).as_secs_f64().abs();
    let placeless = |area: &Area| !matches!(area, Area::Shapes(_));
    if gap > limit || placeless(&incident.core) || placeless(&new.member.area) {
        return 0.0;
    }
    match new.member.area.overlap(&incident.core) {
        Overlap::Fraction(fraction) => fraction * (1.0 - 0.5 * gap / limit),
        Overlap::None | Overlap::Unknown => 0.0,
    }
}

fn outgrows(incident: &Incident, area: &Area, rule: &JoinRule) -> bool {
    match (incident.area().union(area).km2(), incident.core.km2()) {
        (Some(union), Some(core)) => union > core * rule.max_growth,
        _ => false,
    }
}

/// The member that an alert of another issuer is.
pub(super) fn alert_id(key: &AlertKey) -> MemberId {
    MemberId::Alert(key.clone())
}

pub(super) fn add(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
