//! Decide and approve: invariants 11 (approval by others) and 12.

mod machine;

use beaconfire_core::{
    Act, Actor, Command, Fact, Message, Package, Role, Stamp, State, Warning, WarningId, Work,
    confirm_phrase, render,
};
use jiff::{SignedDuration, Timestamp};
use machine::model::Model;
use machine::{Seen, always};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The message that this step issued, with the warning as it was before.
fn issued<'a>(seen: &'a Seen) -> Option<(&'a Warning, &'a Message)> {
    let id: &WarningId = seen.facts().find_map(|fact| match fact {
        Fact::Issued { warning, .. } => Some(warning),
        _ => None,
    })?;
    Some((seen.before.warnings.get(id)?, seen.after.warnings[id].chain.last()?))
}

fn approved(state: &State, id: &WarningId) -> Option<Package> {
    match &state.warnings.get(id)?.work {
        Work::Approved { package, .. } => Some(package.as_ref().clone()),
        _ => None,
    }
}

#[test]
fn nobody_approves_what_they_contributed_to() {
    always(|seen| {
        let Command::Approve { warning, .. } = seen.command else { return Ok(()) };
        let model = Model::of(seen.records);
        let contributors = model.contributors.get(warning).cloned().unwrap_or_default();
        if seen.account().is_some_and(|who| contributors.contains(who)) {
            seen.met();
            prop_assert!(seen.outcome.is_err());
        }
        for record in seen.news() {
            let by = record.by.as_ref().expect("an operator approves");
            prop_assert!(!contributors.contains(by));
            prop_assert!(!contributors.is_empty(), "somebody wrote it");
        }
        Ok(())
    });
}

#[test]
fn the_contributors_are_everybody_who_wrote_since_the_last_message() {
    always(|seen| {
        if !seen.last {
            return Ok(());
        }
        let model = Model::of(seen.records);
        for (id, warning) in &seen.after.warnings {
            seen.met();
            prop_assert_eq!(&warning.contributors, &model.contributors.get(id).cloned().unwrap_or_default());
            prop_assert_eq!(&warning.incident, &model.incident_of[id]);
        }
        Ok(())
    });
}

#[test]
fn an_approval_names_role_digest_and_time_and_needs_renewed_authentication() {
    always(|seen| {
        for record in seen.news() {
            let Fact::Approved { warning, digest, role, lapses } = &record.fact else { continue };
            seen.met();
            prop_assert!(matches!(seen.actor, Actor::Operator { fresh: true, .. }), "a stale session");
            prop_assert_eq!(*role, Role::Approver);
            prop_assert!(seen.account().is_some_and(|who| seen.before.holds(who, Role::Approver)));
            prop_assert!(*lapses > record.at);
            let Work::Submitted { digest: submitted, .. } = &seen.before.warnings[warning].work else {
                return Err(TestCaseError::fail("it was not submitted"));
            };
            prop_assert_eq!(digest, submitted);
        }
        Ok(())
    });
}

#[test]
fn any_change_voids_an_approval_save_dropping_a_dead_channel() {
    always(|seen| {
        for (id, before) in &seen.before.warnings {
            let Work::Approved { package, approval } = &before.work else { continue };
            let after = &seen.after.warnings[id];
            match (&after.work, seen.command) {
                (Work::Approved { package: p, approval: a }, command) => {
                    prop_assert_eq!(p, package);
                    prop_assert_eq!(a, approval);
                    if after.dropped_channels != before.dropped_channels {
                        seen.met();
                        let Command::DropChannel { channel, .. } = command else {
                            return Err(TestCaseError::fail("a channel was lost"));
                        };
                        prop_assert!(seen.before.outlet_alarms.contains_key(channel), "it was not dead");
                        prop_assert!(after.dropped_channels.len() < package.channels.len(), "none is left");
                    }
                }
                (Work::None, _) => prop_assert_eq!(after.chain.len(), before.chain.len() + 1),
                (_, Command::Edit { .. }) => {
                    seen.met();
                    let voided = seen
                        .facts()
                        .any(|fact| matches!(fact, Fact::Voided { warning, .. } if warning == id));
                    prop_assert!(voided);
                }
                (Work::Draft { .. }, Command::SendBack { .. } | Command::Tick | Command::Retract { .. }) => {}
                (work, command) => prop_assert!(false, "{:?} made it {:?}", command, work),
            }
        }
        Ok(())
    });
}

#[test]
fn only_an_approved_message_or_its_ready_retraction_is_ever_issued() {
    always(|seen| {
        let Some((before, message)) = issued(seen) else { return Ok(()) };
        seen.met();
        match seen.command {
            Command::Issue { .. } => {
                let approved = approved(seen.before, &before.id);
                prop_assert_eq!(Some(&message.package), approved.as_ref());
            }
            Command::Retract { form, .. } => {
                let last = before.chain.last().expect("something was issued");
                let ready = last.package.retraction(*form, last.stamp.sent);
                prop_assert_eq!(Some(&message.package), ready.as_ref());
                prop_assert_eq!(&message.approved_digest, &last.approved_digest);
            }
            other => prop_assert!(false, "{:?} issued something", other),
        }
        Ok(())
    });
}

#[test]
fn issued_bytes_are_the_approved_content_with_the_stated_stamp() {
    always(|seen| {
        let Some((_, message)) = issued(seen) else { return Ok(()) };
        seen.met();
        let (package, stamp) = (&message.package, &message.stamp);
        let sent = Timestamp::from_second(seen.river().as_second()).expect("in range");
        let lasts = SignedDuration::from_mins(package.content.expires_after_minutes);
        prop_assert_eq!(stamp.sent, sent);
        prop_assert_eq!(stamp.expires, sent.checked_add(lasts).expect("in range"));
        for (channel, digest) in &message.issued_digests {
            let rendering =
                render(package, stamp, channel, &seen.after.rules).expect("it was rendered before");
            prop_assert_eq!(&rendering.digest(), digest);
            let read = beaconfire_cap::read(rendering.text.as_bytes(), &beaconfire_cap::Limits::default());
            let read = read.expect("it is CAP");
            let alert = &read.messages[0].alert;
            prop_assert_eq!(
                (alert.sent.instant(), alert.identifier.as_str()),
                (sent, package.identifier.as_str())
            );
            for info in &alert.infos {
                prop_assert_eq!(info.effective.map(|at| at.instant()), Some(sent));
                prop_assert_eq!(info.expires.map(|at| at.instant()), Some(stamp.expires));
            }
            // But for the times it is, byte by byte, what was approved.
            let written = beaconfire_cap::CapTime::new(sent, 0).expect("in range").to_string();
            let expires = beaconfire_cap::CapTime::new(stamp.expires, 0).expect("in range").to_string();
            let blank = Stamp::unstamped(package);
            let unstamped = render(package, &blank, channel, &seen.after.rules).expect("as before").text;
            let zero = beaconfire_cap::CapTime::new(blank.sent, 0).expect("in range").to_string();
            let zero_end = beaconfire_cap::CapTime::new(blank.expires, 0).expect("in range").to_string();
            let tag = |name: &str, at: &str| format!("<{name}>{at}</{name}>");
            let mut again = rendering.text.clone();
            for (name, from, to) in
                [("sent", &written, &zero), ("effective", &written, &zero), ("expires", &expires, &zero_end)]
            {
                again = again.replace(&tag(name, from), &tag(name, to));
            }
            prop_assert_eq!(again, unstamped);
        }
        if matches!(seen.command, Command::Issue { .. }) {
            let digest = package.digest(&seen.before.rules);
            prop_assert_eq!(digest.as_ref(), Ok(&message.approved_digest));
        }
        Ok(())
    });
}

#[test]
fn roles_are_checked_again_at_issue() {
    always(|seen| {
        let Command::Issue { warning, version, confirm } = seen.command else { return Ok(()) };
        let Some(kept) = seen.before.warnings.get(warning) else { return Ok(()) };
        let Work::Approved { approval, .. } = &kept.work else {
            prop_assert!(seen.outcome.is_err(), "issued unapproved");
            return Ok(());
        };
        let officer = seen.account().is_some_and(|who| seen.before.holds(who, Role::Officer));
        let approver = seen.before.holds(&approval.by, Role::Approver);
        let in_time = approval.lapses > seen.river();
        let typed = Some(confirm.as_str()) == seen.before.mode.map(confirm_phrase);
        if !(officer && approver && in_time && typed && *version == kept.version) {
            seen.met();
            prop_assert!(seen.outcome.is_err(), "issued though {officer} {approver} {in_time} {typed}");
        }
        Ok(())
    });
}

#[test]
fn an_approval_lapses() {
    always(|seen| {
        if !matches!(seen.command, Command::Tick) || seen.outcome.is_err() {
            return Ok(());
        }
        for (id, warning) in &seen.before.warnings {
            let Work::Approved { approval, .. } = &warning.work else { continue };
            prop_assert!(seen.before.next_due().is_some_and(|due| due <= approval.lapses));
            if approval.lapses <= seen.river() {
                seen.met();
                prop_assert!(approved(seen.after, id).is_none());
            }
        }
        Ok(())
    });
}

#[test]
fn identifiers_are_fixed_at_submission_and_never_given_twice() {
    always(|seen| {
        let mut given = BTreeSet::new();
        for record in seen.records.iter().filter(|_| seen.last) {
            let Fact::Submitted { package, .. } = &record.fact else { continue };
            seen.met();
            let ids = package.retraction.as_ref().expect("its retraction is ready");
            for id in [&package.identifier, &ids.cancel, &ids.all_clear] {
                prop_assert!(given.insert(id.clone()), "{id} was given twice");
            }
        }
        for fact in seen.facts() {
            let Fact::Issued { warning, package, .. } = fact else { continue };
            if package.act == Act::Alert || package.act == Act::Update {
                let fixed = approved(seen.before, warning).map(|package| package.identifier);
                prop_assert_eq!(fixed.as_ref(), Some(&package.identifier));
            }
        }
        Ok(())
    });
}

#[test]
fn nobody_acts_without_the_role_or_on_what_changed_since_they_looked() {
    always(|seen| {
        let (id, version, roles): (&WarningId, u64, &[Role]) = match seen.command {
            Command::Edit { warning, version, .. }
            | Command::Submit { warning, version }
            | Command::OpenUpdate { warning, version } => (warning, *version, &[Role::Author]),
            Command::Approve { warning, version, .. } => (warning, *version, &[Role::Approver]),
            Command::SendBack { warning, version, .. } => {
                (warning, *version, &[Role::Approver, Role::Author])
            }
            Command::DropChannel { warning, version, .. }
            | Command::Issue { warning, version, .. }
            | Command::Retract { warning, version, .. } => (warning, *version, &[Role::Officer]),
            _ => return Ok(()),
        };
        let may = seen.account().is_some_and(|who| roles.iter().any(|role| seen.before.holds(who, *role)));
        let current = seen.before.warnings.get(id).is_some_and(|warning| warning.version == version);
        if !may || !current {
            seen.met();
            prop_assert!(seen.outcome.is_err());
        }
        Ok(())
    });
}
