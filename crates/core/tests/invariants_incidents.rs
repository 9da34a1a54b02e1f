//! Incidents and the decision clock: invariants 9 and 10.

mod machine;

use beaconfire_core::{Command, Disposition, Fact, Incident, Level, LinkKind, MemberId, Role, Rules};
use beaconfire_geo::Overlap;
use jiff::SignedDuration;
use machine::always;
use machine::model::Model;
use proptest::prelude::*;

fn from(rules: &Rules, incident: &Incident) -> Level {
    incident.pack.as_ref().and_then(|pack| rules.pack(pack)).map_or(Level::Severe, |pack| pack.decide.from)
}

#[test]
fn below_the_stated_confidence_link_do_not_merge() {
    always(|seen| {
        for fact in seen.facts() {
            match fact {
                Fact::MemberJoined { incident, member, confidence } => {
                    let target = &seen.before.incidents.get(incident);
                    let Some(target) = target else { continue };
                    // The rule is that of the newcomer's own pack.
                    let pack = match &member.id {
                        MemberId::Signal(id) => Some(seen.after.signals[id].signal.pack.clone()),
                        MemberId::Alert(key) => seen.after.alerts[key]
                            .alert
                            .infos
                            .first()
                            .and_then(|info| seen.before.rules.pack_for_alert(info))
                            .map(|pack| pack.name.clone()),
                    };
                    let stated =
                        pack.and_then(|id| seen.before.rules.pack(&id)).map_or(0.5, |p| p.join.confidence);
                    seen.met();
                    prop_assert!(*confidence >= stated, "{confidence} is below {stated}");
                    prop_assert!(target.is_live());
                }
                Fact::IncidentOpened { incident, hazard, member, .. } => {
                    for other in seen.before.incidents.values().filter(|i| i.is_live() && &i.hazard == hazard)
                    {
                        let near =
                            member.at.duration_since(other.newest_at).abs() < SignedDuration::from_mins(30);
                        let placed = !other.core.shapes().is_empty() && !member.area.shapes().is_empty();
                        if near && placed && matches!(member.area.overlap(&other.core), Overlap::Fraction(_))
                        {
                            let link = seen.after.incidents[incident].links.iter().find(|l| l.to == other.id);
                            prop_assert_eq!(link.map(|link| link.kind), Some(LinkKind::Related));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn overlap_is_tested_with_the_core_and_growth_is_bounded() {
    always(|seen| {
        let Command::TakeAlert { alert, .. } = seen.command else { return Ok(()) };
        for fact in seen.facts() {
            let Fact::MemberJoined { incident, member, confidence } = fact else { continue };
            let Some(before) = seen.before.incidents.get(incident) else { continue };
            let kin = before
                .members
                .iter()
                .any(|m| matches!(&m.id, MemberId::Alert(k) if alert.references.contains(k)));
            if kin {
                continue;
            }
            seen.met();
            let Overlap::Fraction(shared) = member.area.overlap(&before.core) else {
                return Err(TestCaseError::fail("it joined without touching the core"));
            };
            prop_assert!(*confidence <= shared + 1e-9);
            let pack = alert.infos.first().and_then(|info| seen.before.rules.pack_for_alert(info));
            let bound = pack.map_or(4.0, |pack| pack.join.max_growth);
            if let (Some(union), Some(core)) = (before.area().union(&member.area).km2(), before.core.km2()) {
                prop_assert!(union <= core * bound * (1.0 + 1e-9), "{union} km² from a core of {core} km²");
            }
            prop_assert_eq!(&seen.after.incidents[incident].core, &before.core);
        }
        Ok(())
    });
}

#[test]
fn the_level_is_the_maximum_over_unsuperseded_members_per_area() {
    always(|seen| {
        if !seen.last {
            return Ok(());
        }
        let model = Model::of(seen.records);
        prop_assert_eq!(model.members.len(), seen.after.incidents.len());
        for (id, incident) in &seen.after.incidents {
            seen.met();
            prop_assert_eq!(incident.level(), model.level(id), "{}", id);
            prop_assert_eq!(incident.levels(), model.levels(id), "{}", id);
        }
        Ok(())
    });
}

#[test]
fn a_new_member_never_inherits_an_acknowledgement() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::MemberJoined { incident, member, .. } = fact else { continue };
            let after = &seen.after.incidents[incident];
            let kept = after.members.iter().find(|kept| kept.id == member.id).expect("it joined");
            prop_assert!(!kept.seen);
            if after.decided_level.is_some() && member.level >= from(&seen.before.rules, after) {
                seen.met();
                prop_assert!(after.deadline.is_some(), "nobody is asked about {:?}", member.id);
            }
        }
        if seen.last {
            let model = Model::of(seen.records);
            for (id, incident) in &seen.after.incidents {
                for member in &incident.members {
                    let told = &model.members[id][&member.id];
                    // What was merged away keeps what was decided about it there.
                    prop_assert_eq!(member.seen, told.seen, "{:?} in {}", member.id, id);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn whoever_decides_has_seen_every_member() {
    always(|seen| {
        for (id, after) in &seen.after.incidents {
            let Some(before) = seen.before.incidents.get(id) else { continue };
            if before.members != after.members {
                seen.met();
                prop_assert!(after.version > before.version, "{id} changed under the same version");
            }
        }
        let asked = match seen.command {
            Command::Accept { incident, version }
            | Command::Decline { incident, version, .. }
            | Command::Close { incident, version, .. }
            | Command::Merge { incident, version, .. }
            | Command::Split { incident, version, .. }
            | Command::Link { incident, version, .. }
            | Command::Draft { incident, version } => Some((incident, *version)),
            _ => None,
        };
        if let Some((incident, version)) = asked
            && seen.outcome.is_ok()
        {
            prop_assert_eq!(seen.before.incidents[incident].version, version);
            prop_assert!(seen.account().is_some_and(|who| !seen.before.roles[who].is_empty()));
        }
        Ok(())
    });
}

#[test]
fn age_is_never_reset() {
    always(|seen| {
        for (id, after) in &seen.after.incidents {
            let Some(before) = seen.before.incidents.get(id) else { continue };
            prop_assert!(after.first_signal_at <= before.first_signal_at, "{id} grew younger");
        }
        for fact in seen.facts() {
            if let Fact::Merged { incident, into } = fact {
                seen.met();
                let (from, into) = (&seen.before.incidents[incident], &seen.after.incidents[into]);
                prop_assert!(into.first_signal_at <= from.first_signal_at, "merging made it younger");
            }
        }
        if seen.last {
            let model = Model::of(seen.records);
            for (id, incident) in &seen.after.incidents {
                prop_assert_eq!(incident.first_signal_at, model.began[id]);
            }
        }
        Ok(())
    });
}

#[test]
fn warnings_never_merge() {
    always(|seen| {
        for fact in seen.facts() {
            if let Fact::Merged { incident, into } = fact {
                seen.met();
                prop_assert!(seen.before.incidents[incident].warnings.is_empty());
                prop_assert_eq!(&seen.before.incidents[into].warnings, &seen.after.incidents[into].warnings);
            }
        }
        for (id, warning) in &seen.before.warnings {
            prop_assert_eq!(&seen.after.warnings[id].incident, &warning.incident);
            let chain = &seen.after.warnings[id].chain;
            prop_assert!(chain.len() >= warning.chain.len(), "a chain was cut");
            for (kept, message) in chain.iter().zip(&warning.chain) {
                prop_assert_eq!((&kept.package, &kept.stamp), (&message.package, &message.stamp));
            }
        }
        Ok(())
    });
}

#[test]
fn at_or_above_its_level_an_undecided_incident_has_a_deadline() {
    always(|seen| {
        // A changed configuration is caught up with at the next tick.
        let settled = matches!(seen.command, Command::Tick) && seen.outcome.is_ok();
        for incident in seen.after.incidents.values().filter(|incident| settled && incident.is_live()) {
            let due = incident.level() >= Some(from(&seen.after.rules, incident));
            if due && incident.disposition == Disposition::Open {
                seen.met();
                prop_assert!(incident.deadline.is_some(), "no clock runs on {}", incident.id);
            }
        }
        Ok(())
    });
}

#[test]
fn there_is_one_deadline_and_it_escalates_step_by_step() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Escalated { incident, due, step, next } = fact else { continue };
            seen.met();
            let before = seen.before.incidents[incident].deadline.as_ref();
            let before = before.expect("only what has a deadline escalates");
            prop_assert_eq!(*step, before.escalations + 1);
            prop_assert_eq!(Some(*due), before.next);
            prop_assert!(*due <= seen.river());
            prop_assert!(next.is_none_or(|next| next > *due), "the ladder goes up");
            prop_assert_eq!(seen.after.incidents[incident].deadline.as_ref().map(|d| d.at), Some(before.at));
        }
        if matches!(seen.command, Command::Tick) && seen.outcome.is_ok() {
            for incident in seen.before.incidents.values().filter(|incident| incident.is_live()) {
                if incident.deadline.as_ref().and_then(|d| d.next).is_some_and(|next| next <= seen.river()) {
                    let told = seen
                        .facts()
                        .any(|f| matches!(f, Fact::Escalated { incident: i, .. } if i == &incident.id));
                    prop_assert!(told, "{} is overdue and nobody is told", incident.id);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn only_a_decision_stops_the_clock() {
    always(|seen| {
        for (id, before) in &seen.before.incidents {
            if before.deadline.is_some() && seen.after.incidents[id].deadline.is_none() {
                seen.met();
                let decided = seen.facts().any(|fact| match fact {
                    Fact::Accepted { incident }
                    | Fact::Declined { incident, .. }
                    | Fact::Closed { incident, .. } => incident == id,
                    Fact::Merged { incident, into } => {
                        incident == id
                            && seen.after.incidents[into].deadline.as_ref().is_some_and(|kept| {
                                before.deadline.as_ref().is_some_and(|was| kept.at <= was.at)
                            })
                    }
                    _ => false,
                });
                prop_assert!(decided, "{:?} stopped the clock of {}", seen.command, id);
                prop_assert!(seen.account().is_some_and(|who| seen.before.holds(who, Role::Officer)));
            }
        }
        Ok(())
    });
}

#[test]
fn a_review_time_re_arms_what_was_declined() {
    always(|seen| {
        if !matches!(seen.command, Command::Tick) || seen.outcome.is_err() {
            return Ok(());
        }
        for (id, incident) in seen.before.incidents.iter().filter(|(_, incident)| incident.is_live()) {
            let Disposition::Declined { review_at, .. } = incident.disposition else { continue };
            if review_at <= seen.river() {
                seen.met();
                prop_assert!(seen.after.incidents[id].deadline.is_some());
            }
        }
        Ok(())
    });
}

#[test]
fn a_higher_level_or_a_grown_area_re_arms_what_was_decided() {
    always(|seen| {
        for fact in seen.facts() {
            let (Fact::MemberJoined { incident, .. } | Fact::Merged { into: incident, .. }) = fact else {
                continue;
            };
            let after = &seen.after.incidents[incident];
            let higher = after.decided_level.is_some() && after.level() > after.decided_level;
            let grown = match (after.area().km2(), after.decided_km2) {
                (Some(now), Some(then)) => now > then * 1.26,
                _ => false,
            };
            if (higher || grown) && after.level() >= Some(from(&seen.before.rules, after)) {
                seen.met();
                prop_assert!(after.deadline.is_some(), "{} changed and nobody is asked", incident);
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_looked_up_is_what_a_walk_over_the_state_finds() {
    always(|seen| {
        let state = seen.after;
        for incident in state.incidents.values() {
            let live = state.live_of(&incident.hazard).any(|found| found.id == incident.id);
            prop_assert_eq!(live, incident.is_live());
            for member in incident.members.iter().filter(|_| incident.merged_into.is_none()) {
                seen.met();
                prop_assert_eq!(state.holder(&member.id).map(|found| &found.id), Some(&incident.id));
            }
        }
        for (id, kept) in &state.signals {
            let (source, subject, pack) = (&kept.signal.source, &kept.signal.subject, &kept.signal.pack);
            let walked = |one_pack: bool| {
                let about = move |other: &&beaconfire_core::Signal| {
                    &other.source == source && &other.subject == subject && (!one_pack || &other.pack == pack)
                };
                state.signals.values().filter(move |other| about(&&other.signal)).count()
            };
            prop_assert!(state.signals_about(source, subject, pack).any(|(found, _)| found == id));
            prop_assert_eq!(state.signals_about(source, subject, pack).count(), walked(true));
            prop_assert_eq!(state.signals_of_all_packs(source, subject).count(), walked(false));
        }
        Ok(())
    });
}
