//! Who may read it, and in which mode: invariants 15 and 20.

mod machine;

use beaconfire_cap::{Scope, Status};
use beaconfire_core::guard::clear;
use beaconfire_core::{Act, Command, EXERCISE_MARK, Fact, Mode, Package, Progress, Stamp, cap_document};
use machine::always;
use proptest::prelude::*;

/// The message as a consumer reads it.
fn read(package: &Package, stamp: &Stamp) -> beaconfire_cap::Alert {
    let text = cap_document(package, stamp).expect("what was submitted can be written");
    let read = beaconfire_cap::read(text.as_bytes(), &beaconfire_cap::Limits::default()).expect("it is CAP");
    read.messages.into_iter().next().expect("one message").alert
}

/// Every package of a step that somebody could come to read.
fn packages<'a>(seen: &'a machine::Seen) -> impl Iterator<Item = (Package, Stamp)> + 'a {
    seen.facts().flat_map(|fact| match fact {
        Fact::Submitted { package, .. } => {
            let stamp = Stamp::unstamped(package);
            let mut all = vec![(package.as_ref().clone(), stamp.clone())];
            for form in [Act::Cancel, Act::AllClear] {
                all.extend(package.retraction(form, stamp.sent).map(|package| (package, stamp.clone())));
            }
            all
        }
        Fact::Issued { package, stamp, .. } => vec![(package.as_ref().clone(), stamp.clone())],
        _ => Vec::new(),
    })
}

#[test]
fn restricted_or_private_never_reaches_a_public_channel() {
    always(|seen| {
        for (key, job) in seen.after.jobs.iter().filter(|(_, job)| job.progress == Progress::Queued) {
            let scope = seen.after.warnings[&job.warning].chain[job.index].package.content.scope;
            let public = seen.after.rules.channel(&key.channel).is_none_or(|channel| channel.public);
            if scope != Scope::Public {
                seen.met();
                prop_assert!(!public || clear(seen.after, key, seen.river()).is_err(), "{key} is cleared");
            }
        }
        for fact in seen.facts() {
            let Fact::Submitted { package, .. } = fact else { continue };
            for channel in &package.channels {
                let public = seen.before.rules.channel(channel).is_none_or(|channel| channel.public);
                prop_assert!(!public || package.content.scope == Scope::Public);
            }
        }
        Ok(())
    });
}

#[test]
fn every_text_of_an_exercise_is_marked_first_and_last() {
    always(|seen| {
        for (package, stamp) in packages(seen) {
            let alert = read(&package, &stamp);
            let texts = alert.infos.iter().flat_map(|info| {
                let optional = [&info.headline, &info.description, &info.instruction, &info.sender_name];
                let areas = info.areas.iter().map(|area| &area.description);
                std::iter::once(&info.event).chain(optional.into_iter().flatten()).chain(areas)
            });
            let exercise = seen.before.mode == Some(Mode::Exercise);
            for text in texts {
                if exercise {
                    seen.met();
                    prop_assert!(text.starts_with(EXERCISE_MARK), "{text:?}");
                    prop_assert!(text.ends_with(EXERCISE_MARK), "{text:?}");
                    prop_assert!(text.len() > 3 * EXERCISE_MARK.len(), "it says nothing: {text:?}");
                } else {
                    prop_assert!(!text.contains(EXERCISE_MARK));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn an_exercise_has_status_exercise_and_its_id_in_note() {
    always(|seen| {
        for (package, stamp) in packages(seen) {
            let alert = read(&package, &stamp);
            let (status, note) = match seen.before.mode {
                Some(Mode::Exercise) => {
                    seen.met();
                    (Status::Exercise, seen.before.exercise.clone())
                }
                Some(Mode::Test) => (Status::Test, None),
                _ => (Status::Actual, None),
            };
            prop_assert_eq!(alert.status, status);
            prop_assert_eq!(alert.note, note);
        }
        Ok(())
    });
}

#[test]
fn an_exercise_has_its_own_channels() {
    always(|seen| {
        for fact in seen.facts() {
            match fact {
                Fact::Submitted { package, .. } => {
                    prop_assert_eq!(Some(package.mode), seen.before.mode);
                    for channel in &package.channels {
                        let mode = seen.before.rules.channel(channel).map(|channel| channel.mode);
                        prop_assert_eq!(mode, seen.before.mode);
                    }
                }
                Fact::Queued { job, .. } => {
                    seen.met();
                    prop_assert!(job.channel.0.starts_with(seen.before.mode.map_or("", Mode::word)));
                }
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn the_mode_of_a_journal_is_for_good() {
    always(|seen| {
        if let (Some(before), Command::Open { mode, .. }) = (seen.before.mode, seen.command) {
            seen.met();
            prop_assert_eq!(seen.outcome.is_ok(), before == *mode);
            prop_assert!(seen.news().is_empty());
        }
        if seen.before.mode.is_some() {
            prop_assert_eq!(seen.before.mode, seen.after.mode);
            prop_assert_eq!(&seen.before.exercise, &seen.after.exercise);
        }
        Ok(())
    });
}

#[test]
fn a_live_draft_begins_with_an_empty_area() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Drafted { act: Act::Alert, content, .. } = fact else { continue };
            if seen.before.mode == Some(Mode::Live) {
                seen.met();
                prop_assert!(content.area.is_empty());
                prop_assert_eq!(content.area_words.as_str(), "");
            }
        }
        // And no message leaves without somebody having said where.
        for (package, _) in packages(seen) {
            prop_assert!(!package.content.area.is_empty());
        }
        Ok(())
    });
}
