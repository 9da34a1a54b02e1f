//! What goes out: the parts of invariants 17 and 18 that the guard and the issue decide.

mod machine;

use beaconfire_core::guard::{Held, clear};
use beaconfire_core::{Act, Command, Fact, Found, JobKey, Progress, ReadBack, sha256_hex};
use beaconfire_geo::{Area, Point};
use jiff::SignedDuration;
use machine::always;
use machine::model::Model;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn no_two_jobs_for_one_message_and_channel() {
    always(|seen| {
        if !seen.last {
            return Ok(());
        }
        let queued = Model::of(seen.records).queued;
        let once: BTreeSet<_> = queued.iter().cloned().collect();
        prop_assert_eq!(once.len(), queued.len());
        prop_assert_eq!(once, seen.after.jobs.keys().cloned().collect::<BTreeSet<_>>());
        if !queued.is_empty() {
            seen.met();
        }
        Ok(())
    });
}

#[test]
fn nothing_read_back_is_a_verdict_before_it_is_due_and_what_cannot_be_fetched_is_never_one() {
    always(|seen| {
        let Command::ReportReadBack { job, found } = seen.command else { return Ok(()) };
        let Some(before) = seen.before.jobs.get(job) else { return Ok(()) };
        let (before, after) = (&before.read_back, &seen.after.jobs[job].read_back);
        if let ReadBack::Pending { due } = before
            && seen.river().max(seen.now) < *due
        {
            prop_assert_eq!(before, after);
            return Ok(());
        }
        seen.met();
        match (found, before) {
            (Found::Unreachable(_), ReadBack::Pending { .. }) => {
                prop_assert_eq!(after, &ReadBack::Unverified)
            }
            (Found::Unreachable(_), _) => prop_assert_eq!(before, after),
            (Found::Same, ReadBack::Pending { .. }) => {
                prop_assert!(matches!(after, ReadBack::Matches { .. }), "{:?}", after)
            }
            (Found::Same, ReadBack::Unverified | ReadBack::Absent { .. } | ReadBack::Different { .. }) => {
                prop_assert!(matches!(after, ReadBack::Late { .. }), "{:?}", after);
            }
            (Found::Same, _) => prop_assert_eq!(before, after),
            (Found::Nothing, _) => prop_assert!(matches!(after, ReadBack::Absent { .. }), "{:?}", after),
            (Found::Other(_), _) => prop_assert!(matches!(after, ReadBack::Different { .. }), "{:?}", after),
            // No digest of ours begins so.
            (Found::Digest(_), _) => {
                prop_assert!(before == after || matches!(after, ReadBack::Different { .. }), "{:?}", after)
            }
        }
        Ok(())
    });
}

#[test]
fn a_receiver_that_answers_with_the_digest_verifies_what_it_took() {
    always(|seen| {
        let Command::ReportDelivered { job, digest, answered } = seen.command else { return Ok(()) };
        let news = seen.facts().any(|fact| matches!(fact, Fact::Delivered { .. }));
        if let (true, Some(answered)) = (news, answered) {
            seen.met();
            let matches = matches!(seen.after.jobs[job].read_back, ReadBack::Matches { .. });
            prop_assert_eq!(matches, answered.to_lowercase() == *digest);
        }
        Ok(())
    });
}

#[test]
fn the_guard_clears_only_what_is_live_newest_unexpired_and_in_its_mode() {
    always(|seen| {
        let now = seen.river();
        for (key, job) in &seen.after.jobs {
            let Ok(cleared) = clear(seen.after, key, now) else { continue };
            seen.met();
            let chain = &seen.after.warnings[&job.warning].chain;
            let message = &chain[job.index];
            let channel = seen.after.rules.channel(&key.channel).expect("it is configured");
            prop_assert_eq!(&job.progress, &Progress::Queued);
            prop_assert_eq!(Some(cleared.mode()), seen.after.mode);
            prop_assert_eq!(channel.mode, cleared.mode());
            prop_assert_eq!(job.index + 1, chain.len(), "it was superseded");
            prop_assert!(message.package.act.is_end() || message.stamp.expires > now, "it expired");
        }
        Ok(())
    });
}

#[test]
fn bytes_are_identical_at_every_attempt_and_those_that_were_issued() {
    always(|seen| {
        for (key, job) in &seen.after.jobs {
            let now = seen.river();
            let Ok(first) = clear(seen.after, key, now) else { continue };
            seen.met();
            let message = &seen.after.warnings[&job.warning].chain[job.index];
            prop_assert_eq!(
                Some(first.digest()),
                message.issued_digests.get(&key.channel).map(String::as_str)
            );
            prop_assert_eq!(first.digest(), sha256_hex(first.bytes()));
            prop_assert_eq!(first.key(), key);
            let later = now.checked_add(SignedDuration::from_secs(1)).expect("in range");
            if let Ok(second) = clear(seen.after, key, later) {
                prop_assert_eq!(first, second);
            }
        }
        Ok(())
    });
}

#[test]
fn order_is_kept_per_channel_and_chain() {
    always(|seen| {
        for (key, job) in &seen.after.jobs {
            let chain = &seen.after.warnings[&job.warning].chain;
            let waits = chain[..job.index].iter().any(|message| {
                let before =
                    JobKey { message: message.package.identifier.clone(), channel: key.channel.clone() };
                seen.after.jobs.get(&before).is_some_and(|job| job.progress == Progress::Queued)
            });
            if job.index > 0 && job.progress == Progress::Queued {
                seen.met();
                prop_assert!(!waits || clear(seen.after, key, seen.river()).is_err());
            }
        }
        Ok(())
    });
}

#[test]
fn what_was_superseded_ended_or_expired_while_queued_is_dropped_and_recorded() {
    always(|seen| {
        for (key, before) in &seen.before.jobs {
            let after = &seen.after.jobs[key];
            if before.progress == after.progress {
                continue;
            }
            let recorded = seen.facts().any(|fact| match fact {
                Fact::Delivered { job, .. } | Fact::Dropped { job, .. } => job == key,
                _ => false,
            });
            prop_assert!(recorded);
            // What was taken stays taken.
            prop_assert!(!matches!(before.progress, Progress::Sent { .. }), "it had left");
        }
        for fact in seen.facts() {
            let Fact::Issued { warning, .. } = fact else { continue };
            let older = seen.before.jobs.iter().filter(|(_, job)| &job.warning == warning);
            for (key, job) in older {
                if job.progress == Progress::Queued {
                    seen.met();
                    let dropped = matches!(seen.after.jobs[key].progress, Progress::Dropped { .. });
                    prop_assert!(dropped);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_job_waits_leaves_or_is_refused_with_words_and_is_never_lost() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Issued { warning, package, issued_digests, .. } = fact else { continue };
            let index = seen.after.warnings[warning].chain.len() - 1;
            for channel in issued_digests.keys() {
                let key = JobKey { message: package.identifier.clone(), channel: channel.clone() };
                let job = seen.after.jobs.get(&key);
                prop_assert_eq!(job.map(|job| (job.index, &job.progress)), Some((index, &Progress::Queued)));
            }
        }
        for (key, job) in &seen.after.jobs {
            match clear(seen.after, key, seen.river()) {
                Err(Held::Done) => prop_assert!(job.progress != Progress::Queued),
                Err(Held::Never(why)) => {
                    seen.met();
                    prop_assert!(!why.is_empty());
                }
                Ok(_) | Err(Held::After(_)) => prop_assert_eq!(&job.progress, &Progress::Queued),
            }
        }
        Ok(())
    });
}

#[test]
fn update_and_cancel_are_queued_to_every_channel_that_the_chain_used() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Issued { warning, package, .. } = fact else { continue };
            let used = seen.before.warnings[warning].used_channels();
            for channel in used {
                // A channel that is configured no more has nobody at the other end.
                if package.act == Act::Update && seen.before.rules.channel(&channel).is_none() {
                    continue;
                }
                seen.met();
                let key = JobKey { message: package.identifier.clone(), channel };
                prop_assert!(seen.after.jobs.contains_key(&key), "{key} is not queued");
            }
        }
        Ok(())
    });
}

/// Points of a grid over each shape's box that lie inside.
fn inside(area: &Area) -> Vec<Point> {
    let mut points = Vec::new();
    for shape in area.shapes() {
        let of_one = Area::Shapes(vec![shape.clone()]);
        let Some(bbox) = of_one.bbox() else { continue };
        for at in 0..144 {
            let (up, along) = (f64::from(at / 12) + 0.5, f64::from(at % 12) + 0.5);
            let lat = bbox.south + up / 12.0 * (bbox.north - bbox.south);
            let point = Point::new(lat, bbox.west + along / 12.0 * bbox.width());
            points.extend(point.ok().filter(|point| of_one.contains(*point) == Some(true)));
        }
    }
    points
}

#[test]
fn places_that_an_update_leaves_outside_are_told_that_it_ended_for_them() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Issued { warning, package, stamp, .. } = fact else { continue };
            if package.act != Act::Update {
                continue;
            }
            let before = seen.before.warnings[warning].chain.last().expect("it updates something");
            let after = &package.content.area;
            let before = &before.package.content.area;
            let drawn = inside(before);
            let left_out = drawn.iter().filter(|point| after.contains(**point) == Some(false)).count();
            // Less than a cell of the grid may go untold.
            if left_out * 5 >= drawn.len().max(1) {
                prop_assert!(package.left.is_some(), "{:?} then {:?}", before, after);
            }
            for point in package.left.iter().flat_map(inside) {
                prop_assert!(after.contains(point) != Some(true), "{point:?} is still warned");
            }
            let outside = package.left.is_some();
            let told = seen.facts().any(|fact| matches!(fact, Fact::AreaLeft { .. }));
            prop_assert_eq!(told, outside);
            let alert = beaconfire_core::render_alert(package, stamp).expect("it was issued");
            let clear = |info: &&beaconfire_cap::Info| info.urgency == beaconfire_cap::Urgency::Past;
            let expected = if outside { package.content.texts.len() } else { 0 };
            prop_assert_eq!(alert.infos.iter().filter(clear).count(), expected);
            if outside {
                seen.met();
            }
        }
        Ok(())
    });
}

#[test]
fn each_update_says_rings_or_quiet() {
    always(|seen| {
        for fact in seen.facts() {
            let Fact::Issued { package, stamp, .. } = fact else { continue };
            if package.act != Act::Update {
                continue;
            }
            seen.met();
            let wanted = if package.rings { "rings" } else { "quiet" };
            let alert = beaconfire_core::render_alert(package, stamp).expect("it was issued");
            for info in &alert.infos {
                prop_assert!(
                    info.parameters.iter().any(|p| p.name() == "beaconfire:notify" && p.value() == wanted)
                );
            }
        }
        Ok(())
    });
}
