//! The way out of a warning: invariants 13 and 14.

mod machine;

use beaconfire_core::{Act, Command, Fact, Progress, Role, Stamp, Standing, confirm_phrase, render, story};
use machine::always;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn the_retraction_in_both_forms_is_ready_and_issued_by_one_person() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Submitted { package, .. } = fact else { continue };
            for form in [Act::Cancel, Act::AllClear] {
                let ready = package.retraction(form, jiff::Timestamp::UNIX_EPOCH);
                let ready = ready.expect("a retraction is approved with every message");
                for channel in &ready.channels {
                    let rendered = render(&ready, &Stamp::unstamped(&ready), channel, &seen.before.rules);
                    prop_assert!(rendered.is_ok(), "{:?}", rendered);
                }
            }
        }
        let Command::Retract { warning, version, form, reason, confirm } = seen.command else {
            return Ok(());
        };
        let Some(kept) = seen.before.warnings.get(warning) else { return Ok(()) };
        let officer = seen.account().is_some_and(|who| seen.before.holds(who, Role::Officer));
        let out_there = kept.chain.last().is_some_and(|last| !last.package.act.is_end());
        let asked_well = *version == kept.version && form.is_end() && reason.trim().len() >= 3;
        let typed = Some(confirm.as_str()) == seen.before.mode.map(confirm_phrase);
        let clock =
            seen.before.clock_apart.is_none() || seen.before.mode == Some(beaconfire_core::Mode::Exercise);
        if officer && out_there && asked_well && typed && clock {
            seen.met();
            prop_assert!(seen.outcome.is_ok(), "{:?}", seen.outcome);
            let standing = seen.after.warnings[warning].standing();
            let wanted = if *form == Act::Cancel { Standing::Cancelled } else { Standing::Ended };
            prop_assert_eq!(standing, wanted);
            let why = seen.facts().find_map(|fact| match fact {
                Fact::Issued { reason, .. } => reason.as_deref(),
                _ => None,
            });
            prop_assert_eq!(why, Some(reason.trim()), "the reason is not in the journal");
            let told = seen.news().iter().any(|record| {
                story::line(seen.after, record).is_some_and(|(_, line)| {
                    line.words.ends_with(&format!("; withdrawn because {}", reason.trim()))
                })
            });
            prop_assert!(told, "the story does not tell why");
        } else {
            prop_assert!(seen.outcome.is_err());
        }
        Ok(())
    });
}

#[test]
fn the_error_form_is_a_cancel_and_the_danger_over_form_an_update_with_all_clear() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Issued { warning, package, stamp, .. } = fact else { continue };
            if !package.act.is_end() {
                continue;
            }
            seen.met();
            let alert = beaconfire_core::render_alert(package, stamp).expect("it was issued");
            let last = seen.before.warnings[warning].chain.last().expect("it retracts something");
            let named: Vec<_> =
                alert.references.iter().map(|r| (r.identifier.as_str(), r.sent.instant())).collect();
            prop_assert_eq!(named, vec![(last.package.identifier.as_str(), last.stamp.sent)]);
            prop_assert_eq!(alert.infos.len(), package.content.texts.len());
            match package.act {
                Act::Cancel => prop_assert_eq!(alert.msg_type, beaconfire_cap::MsgType::Cancel),
                _ => {
                    prop_assert_eq!(alert.msg_type, beaconfire_cap::MsgType::Update);
                    let clear = |info: &beaconfire_cap::Info| {
                        info.response_types == [beaconfire_cap::ResponseType::AllClear]
                            && info.urgency == beaconfire_cap::Urgency::Past
                    };
                    prop_assert!(alert.infos.iter().all(clear));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_retraction_stops_all_unsent_jobs_first_and_goes_wherever_the_alert_may_have_arrived() {
    always(|seen| {
        let Command::Retract { warning, .. } = seen.command else { return Ok(()) };
        if seen.outcome.is_err() {
            return Ok(());
        }
        seen.met();
        let chain = &seen.after.warnings[warning].chain;
        let (retraction, earlier) = chain.split_last().expect("it was issued");
        let may_have: BTreeSet<_> =
            earlier.iter().flat_map(|message| message.issued_digests.keys()).collect();
        let waiting: BTreeSet<_> = seen
            .after
            .jobs
            .iter()
            .filter(|(_, job)| &job.warning == warning && job.progress == Progress::Queued)
            .map(|(key, _)| {
                assert_eq!(key.message, retraction.package.identifier, "an older job still waits");
                &key.channel
            })
            .collect();
        prop_assert_eq!(waiting, may_have);
        let queued = seen.facts().position(|fact| matches!(fact, Fact::Queued { .. }));
        let dropped =
            seen.facts().collect::<Vec<_>>().iter().rposition(|fact| matches!(fact, Fact::Dropped { .. }));
        prop_assert!(dropped.is_none_or(|dropped| Some(dropped) < queued));
        Ok(())
    });
}

#[test]
fn after_its_end_nothing_more_of_a_chain_is_issued() {
    always(|seen| {
        for (id, before) in &seen.before.warnings {
            if matches!(before.standing(), Standing::Cancelled | Standing::Ended) {
                seen.met();
                prop_assert_eq!(seen.after.warnings[id].chain.len(), before.chain.len());
            }
        }
        Ok(())
    });
}

#[test]
fn no_warning_lapses_silently() {
    always(|seen| {
        for (id, warning) in &seen.before.warnings {
            let Some(message) = warning.in_force() else { continue };
            let due = seen.before.next_due();
            prop_assert!(
                due.is_some_and(|due| due <= message.stamp.expires),
                "nobody is woken before it expires"
            );
            let passed = message.stamp.expires <= seen.river();
            if passed && matches!(seen.command, Command::Tick) && seen.outcome.is_ok() {
                seen.met();
                let told = seen.facts().any(|fact| matches!(fact, Fact::Lapsed { warning } if warning == id));
                prop_assert!(told);
                prop_assert_eq!(seen.after.warnings[id].standing(), Standing::Lapsed);
            }
        }
        Ok(())
    });
}

#[test]
fn a_lapsed_message_is_lapsed_once_and_the_event_is_not_over_by_it() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Lapsed { warning } = fact else { continue };
            seen.met();
            prop_assert!(seen.before.warnings[warning].in_force().is_some());
            let incident = &seen.before.warnings[warning].incident;
            // The event's end is kept apart from the message's expiry.
            prop_assert_eq!(
                &seen.before.incidents[incident].disposition,
                &seen.after.incidents[incident].disposition
            );
            prop_assert_eq!(seen.before.incidents[incident].level(), seen.after.incidents[incident].level());
        }
        Ok(())
    });
}

#[test]
fn an_incident_is_not_closed_while_its_warning_is_in_force() {
    always(|seen| {
        let Command::Close { incident, .. } = seen.command else { return Ok(()) };
        let warnings = seen.before.warnings.values().filter(|warning| &warning.incident == incident);
        if warnings.clone().any(|warning| warning.in_force().is_some()) {
            seen.met();
            prop_assert!(seen.outcome.is_err());
        }
        Ok(())
    });
}
