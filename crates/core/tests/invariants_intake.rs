//! What comes in: invariants 5 to 8.

mod machine;

use beaconfire_core::{
    Command, Fact, Fate, InboundAlert, LATE_AFTER_MINUTES, MemberId, Rules, State, record,
};
use jiff::{SignedDuration, Timestamp};
use machine::world::OURS;
use machine::{Seen, always};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Codes that mark a drill or a test.
const DRILLS: [&str; 5] = ["RWT", "RMT", "DMO", "NPT", "NAT"];

/// The alert that a step brought or let in.
fn brought<'a>(seen: &'a Seen) -> Option<&'a InboundAlert> {
    match seen.command {
        Command::TakeAlert { alert, .. } => Some(alert),
        Command::ReleaseAlert { alert, .. } => seen.before.alerts.get(alert).map(|kept| &kept.alert),
        _ => None,
    }
}

fn is_ours(state: &State, alert: &InboundAlert) -> bool {
    let mut messages = state.warnings.values().flat_map(|warning| &warning.chain);
    alert.sender == OURS
        || messages.any(|message| {
            let mode = message.package.mode;
            alert.references.contains(&message.key())
                || message.package.content.texts.iter().any(|text| {
                    alert.infos.iter().any(|info| {
                        info.headline == mode.marked(&text.headline) && info.event == mode.marked(&text.event)
                    })
                })
        })
}

fn disagrees(alert: &InboundAlert) -> bool {
    let coded =
        alert.infos.iter().flat_map(|info| &info.event_codes).any(|(_, c)| DRILLS.contains(&c.as_str()));
    let marked = alert.infos.iter().any(|info| info.marked_as_drill);
    if alert.status == "Actual" { coded || marked } else { !alert.infos.is_empty() && !coded && !marked }
}

fn may_act(rules: &Rules, alert: &InboundAlert) -> bool {
    rules.source(&alert.source).is_some_and(|source| {
        source.trusted_senders.contains(&alert.sender)
            && alert.references.iter().all(|key| {
                key.sender == alert.sender
                    || source.delegations.iter().any(|(who, of)| who == &alert.sender && of == &key.sender)
            })
    })
}

fn expiry(rules: &Rules, alert: &InboundAlert) -> Timestamp {
    let hours = rules.source(&alert.source).map_or(24, |source| source.missing_expires_hours);
    let usual = alert.sent.checked_add(SignedDuration::from_hours(hours)).expect("in range");
    alert.expires().unwrap_or(usual)
}

/// Facts that give an incident a member.
fn joins(fact: &Fact) -> bool {
    matches!(fact, Fact::IncidentOpened { .. } | Fact::MemberJoined { .. })
}

#[test]
fn items_are_taken_in_once() {
    always(|seen| {
        if seen.last {
            let taken: Vec<_> = seen
                .records
                .iter()
                .filter_map(|record| match &record.fact {
                    Fact::ItemTaken { item, .. } => Some(item),
                    _ => None,
                })
                .collect();
            prop_assert_eq!(taken.len(), taken.iter().collect::<BTreeSet<_>>().len());
            let model = machine::model::Model::of(seen.records);
            prop_assert_eq!(&model.items, &seen.after.taken);
            prop_assert_eq!(seen.after.items.values().sum::<u64>(), taken.len() as u64);
        }
        if let Command::TakeItem { item, .. } = seen.command
            && seen.before.taken.contains(item)
        {
            seen.met();
            prop_assert!(seen.news().is_empty());
        }
        Ok(())
    });
}

#[test]
fn the_same_signal_or_alert_is_a_member_once() {
    always(|seen| {
        let mut members = BTreeSet::new();
        for incident in seen.after.incidents.values().filter(|incident| incident.merged_into.is_none()) {
            for member in &incident.members {
                seen.met();
                prop_assert!(members.insert(&member.id), "{:?} is there twice", member.id);
            }
        }
        Ok(())
    });
}

#[test]
fn a_late_alert_before_its_expiry_makes_an_incident_marked_late_with_the_clock_running() {
    always(|seen| {
        let Some(alert) = brought(seen) else { return Ok(()) };
        let late = seen.river().duration_since(alert.sent) > SignedDuration::from_mins(LATE_AFTER_MINUTES);
        for fact in seen.facts() {
            let Fact::IncidentOpened { incident, late: marked, .. } = fact else { continue };
            prop_assert_eq!(*marked, late);
            let kept = &seen.after.incidents[incident];
            let pack = kept.pack.as_ref().and_then(|pack| seen.after.rules.pack(pack));
            let from = pack.map_or(beaconfire_core::Level::Severe, |pack| pack.decide.from);
            if late && kept.level() >= Some(from) {
                seen.met();
                prop_assert!(kept.deadline.is_some(), "no clock runs on {}", incident);
            }
        }
        Ok(())
    });
}

#[test]
fn past_alerts_enter_history_only() {
    always(|seen| {
        let Some(alert) = brought(seen) else { return Ok(()) };
        if expiry(&seen.before.rules, alert) > seen.river() || alert.msg_type == "Cancel" {
            return Ok(());
        }
        if seen.outcome.is_ok() {
            seen.met();
        }
        prop_assert!(!seen.facts().any(joins));
        Ok(())
    });
}

#[test]
fn a_signal_older_than_its_pack_allows_enters_history_only() {
    always(|seen| {
        let Command::RaiseSignal { signal, .. } = seen.command else { return Ok(()) };
        let Some(pack) = seen.before.rules.pack(&signal.pack) else { return Ok(()) };
        if seen.river().duration_since(signal.at) > SignedDuration::from_hours(pack.join.valid_hours) {
            seen.met();
            prop_assert_eq!(&seen.before.incidents, &seen.after.incidents);
        }
        Ok(())
    });
}

#[test]
fn inbound_status_other_than_actual_never_makes_a_live_incident() {
    always(|seen| {
        if brought(seen).is_some_and(|alert| alert.status != "Actual") && seen.outcome.is_ok() {
            seen.met();
            prop_assert!(!seen.facts().any(joins), "{:?}", seen.command);
        }
        for member in seen.after.incidents.values().flat_map(|incident| &incident.members) {
            if let MemberId::Alert(key) = &member.id {
                prop_assert_eq!(&seen.after.alerts[key].alert.status, "Actual");
            }
        }
        Ok(())
    });
}

#[test]
fn where_status_codes_and_text_disagree_the_message_is_held() {
    always(|seen| {
        let Command::TakeAlert { alert, .. } = seen.command else { return Ok(()) };
        for fact in seen.facts() {
            let Fact::AlertTaken { fate, .. } = fact else { continue };
            prop_assert_eq!(matches!(fate, Fate::Held { .. }), disagrees(alert), "{:?}", fate);
            if disagrees(alert) {
                seen.met();
                prop_assert_eq!(&seen.before.incidents, &seen.after.incidents);
                let notes = &seen.after.notes[&alert.source];
                let told = |note: &beaconfire_core::Note| note.words.contains(&alert.identifier);
                prop_assert!(notes.iter().any(told), "its source does not say that it is held");
            }
        }
        Ok(())
    });
}

#[test]
fn only_an_officer_lets_a_held_message_in_and_then_it_is_judged_as_any_other() {
    always(|seen| {
        let Command::ReleaseAlert { alert: key, admit, .. } = seen.command else { return Ok(()) };
        if seen.outcome.is_err() {
            prop_assert_eq!(seen.before, seen.after);
            return Ok(());
        }
        seen.met();
        let officer =
            seen.account().is_some_and(|who| seen.before.holds(who, beaconfire_core::Role::Officer));
        prop_assert!(officer);
        let judged = seen.after.alerts[key].judged.as_ref().expect("what was said of it is kept");
        prop_assert_eq!((&judged.reason, judged.admit), (&"looked at it".to_owned(), *admit));
        let told = seen.news().iter().any(|record| {
            beaconfire_core::story::line(seen.after, record)
                .is_some_and(|(_, line)| line.words.contains("looked at it"))
        });
        prop_assert!(told || !seen.facts().any(joins), "the incident does not tell who let it in");
        let kept = &seen.before.alerts[key];
        prop_assert!(matches!(kept.fate, Fate::Held { .. }), "it was not held");
        if !admit {
            prop_assert_eq!(&seen.before.incidents, &seen.after.incidents);
        } else if matches!(kept.alert.msg_type.as_str(), "Update" | "Cancel") {
            prop_assert!(may_act(&seen.before.rules, &kept.alert));
            prop_assert!(
                kept.alert.msg_type == "Update" || !seen.facts().any(joins),
                "a Cancel made a member"
            );
        } else {
            prop_assert_eq!(&kept.alert.msg_type, "Alert");
        }
        Ok(())
    });
}

#[test]
fn an_update_or_cancel_acts_only_on_messages_of_the_same_sender_through_a_trusted_source() {
    always(|seen| {
        let Some(alert) = brought(seen) else { return Ok(()) };
        let gone = |state: &State| -> BTreeSet<_> {
            state.alerts.iter().filter(|(_, kept)| kept.gone).map(|(key, _)| key.clone()).collect()
        };
        let superseded = seen.facts().filter_map(|fact| match fact {
            Fact::MemberSuperseded { member: MemberId::Alert(key), .. } => Some(key.clone()),
            _ => None,
        });
        let mut touched: BTreeSet<_> = superseded.collect();
        touched.extend(gone(seen.after).difference(&gone(seen.before)).cloned());
        for key in touched {
            seen.met();
            prop_assert!(alert.references.contains(&key), "it does not name {key}");
            prop_assert!(may_act(&seen.before.rules, alert), "{} by {}", alert.key(), alert.source);
            prop_assert_eq!(&alert.status, "Actual");
            prop_assert!(matches!(alert.msg_type.as_str(), "Update" | "Cancel"));
        }
        Ok(())
    });
}

#[test]
fn an_alert_ends_by_leaving_a_list_only_without_expires_and_through_a_source_trusted_for_its_sender() {
    always(|seen| {
        let Command::EndVanished { source, alert, .. } = seen.command else { return Ok(()) };
        let rule = seen.before.rules.source(source);
        let trusted = rule.is_some_and(|rule| rule.trusted_senders.contains(&alert.sender));
        for fact in seen.facts() {
            seen.met();
            let Fact::MemberSuperseded { member, .. } = fact else {
                prop_assert!(false, "{:?}", fact);
                continue;
            };
            prop_assert_eq!(member, &MemberId::Alert(alert.clone()));
            prop_assert!(trusted && seen.before.alerts[alert].alert.expires().is_none());
        }
        Ok(())
    });
}

#[test]
fn an_update_or_cancel_that_may_not_act_is_reported_and_has_no_effect() {
    always(|seen| {
        let Command::TakeAlert { alert, .. } = seen.command else { return Ok(()) };
        let acts = matches!(alert.msg_type.as_str(), "Update" | "Cancel");
        let plain = alert.status == "Actual" && !disagrees(alert) && !is_ours(seen.before, alert);
        if !acts
            || !plain
            || may_act(&seen.before.rules, alert)
            || seen.before.alerts.contains_key(&alert.key())
        {
            return Ok(());
        }
        seen.met();
        let fate = &seen.after.alerts[&alert.key()].fate;
        prop_assert!(matches!(fate, Fate::NoEffect { .. }), "{fate:?}");
        let noted = |fact: &Fact| matches!(fact, Fact::SourceNoted { source, .. } if source == &alert.source);
        prop_assert!(seen.facts().skip(1).all(noted));
        let Fate::NoEffect { why } = fate else { return Ok(()) };
        let notes = &seen.after.notes[&alert.source];
        prop_assert!(
            notes.iter().any(|note| note.words.contains(why.as_str())),
            "its source does not say so"
        );
        prop_assert_eq!(&seen.before.incidents, &seen.after.incidents);
        Ok(())
    });
}

#[test]
fn an_update_or_cancel_that_may_act_does_so_also_where_a_mirror_brought_it_first() {
    always(|seen| {
        let Command::TakeAlert { alert, .. } = seen.command else { return Ok(()) };
        let acts = matches!(alert.msg_type.as_str(), "Update" | "Cancel");
        let plain = alert.status == "Actual" && !disagrees(alert) && !is_ours(seen.before, alert);
        let rules = &seen.before.rules;
        let in_time = alert.msg_type == "Cancel" || expiry(rules, alert) > seen.river();
        if !acts || !plain || !in_time || !may_act(rules, alert) {
            return Ok(());
        }
        let before = seen.before.alerts.get(&alert.key());
        if before
            .is_some_and(|kept| kept.alert.item != alert.item || !matches!(kept.fate, Fate::NoEffect { .. }))
        {
            return Ok(());
        }
        if before.is_some() {
            seen.met();
        }
        let kept = &seen.after.alerts[&alert.key()];
        prop_assert!(matches!(kept.fate, Fate::Acted { .. }), "{:?}", kept.fate);
        Ok(())
    });
}

#[test]
fn what_an_update_or_cancel_acted_on_counts_no_longer_whatever_came_first() {
    always(|seen| {
        let acted: BTreeSet<_> = seen
            .after
            .alerts
            .values()
            .filter(|kept| matches!(kept.fate, Fate::Acted { .. }))
            .flat_map(|kept| kept.alert.references.iter().cloned())
            .collect();
        for incident in seen.after.incidents.values().filter(|incident| incident.merged_into.is_none()) {
            for member in incident.members.iter() {
                let MemberId::Alert(key) = &member.id else { continue };
                if acted.contains(key) {
                    seen.met();
                    prop_assert!(member.superseded, "{key} still counts in {}", incident.id);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_ours_coming_back_never_raises_a_level() {
    always(|seen| {
        let Command::TakeAlert { alert, .. } = seen.command else { return Ok(()) };
        if is_ours(seen.before, alert) {
            seen.met();
            prop_assert_eq!(&seen.before.incidents, &seen.after.incidents);
            prop_assert_eq!(&seen.before.alerts, &seen.after.alerts);
            let only = seen.facts().all(|fact| record::kind(fact) == "seen_elsewhere");
            prop_assert!(only);
        }
        Ok(())
    });
}

#[test]
fn a_revision_that_arrives_after_a_later_one_changes_nothing() {
    always(|seen| {
        let Command::TakeEvent { source, event, .. } = seen.command else { return Ok(()) };
        // Each pack judges the event by its own rules.
        let of_event =
            seen.before.signals.values().filter(|kept| {
                &kept.signal.source == source && kept.signal.subject == event.id && !kept.history
            });
        let newer = of_event.filter(|kept| kept.signal.revision.max(kept.ended) > Some(event.updated));
        let later: BTreeSet<_> = newer.map(|kept| kept.signal.pack.clone()).collect();
        for fact in seen.facts() {
            let Fact::SignalRaised { signal, history, .. } = fact else { continue };
            if later.contains(&signal.pack) {
                seen.met();
                prop_assert!(*history, "revision {} came after a later one and counts", event.updated);
            }
        }
        Ok(())
    });
}
