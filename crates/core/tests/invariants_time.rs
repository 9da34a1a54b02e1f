//! State and time: invariants 1, 2 and 4 (the parts that the core decides).

mod machine;

use beaconfire_core::{
    Actor, Command, Deadline, Disposition, Fact, Health, MemberId, Mode, Record, SignalKind, State, Step,
    apply, decide, record, time_phrase,
};
use beaconfire_geo::Exposure;
use jiff::SignedDuration;
use machine::always;
use proptest::prelude::*;

#[test]
fn deciding_twice_gives_the_same_and_changes_nothing() {
    always(|seen| {
        seen.met();
        let (again, earlier) = (decide(seen.before, seen.command, seen.actor, seen.now), seen.outcome);
        // NaN is unequal to itself: compare what would be journalled.
        match (&again, earlier) {
            (Ok(again), Ok(earlier)) => {
                prop_assert!(again.iter().map(record::encode).eq(earlier.iter().map(record::encode)))
            }
            (again, earlier) => prop_assert_eq!(again, earlier),
        }
        if seen.outcome.is_err() {
            prop_assert_eq!(seen.before, seen.after);
        }
        Ok(())
    });
}

#[test]
fn folding_a_prefix_and_then_the_rest_equals_folding_all() {
    always(|seen| {
        if !seen.last {
            return Ok(());
        }
        seen.met();
        let all = State::fold(seen.records);
        prop_assert_eq!(&all, seen.after);
        prop_assert_eq!(all.digest(), seen.after.digest());
        for cut in [1, seen.records.len() / 3, seen.records.len() / 2, seen.records.len() - 1] {
            let (prefix, rest) = seen.records.split_at(cut);
            let mut state = State::fold(prefix);
            rest.iter().for_each(|record| apply(&mut state, record));
            prop_assert_eq!(&state, &all);
        }
        Ok(())
    });
}

#[test]
fn encode_then_decode_is_the_identity() {
    always(|seen| {
        for record in seen.news() {
            seen.met();
            let kept = record::encode(record);
            prop_assert_eq!(kept.version, record::VERSION);
            prop_assert_eq!(kept.kind.as_str(), record::kind(&record.fact));
            let read = record::decode(&kept.kind, kept.version, &kept.body);
            prop_assert_eq!(read.as_ref().ok(), Some(record), "{:?}", read.as_ref().err());
        }
        Ok(())
    });
}

#[test]
fn a_state_folded_from_decoded_records_goes_on_as_if_it_had_never_stopped() {
    always(|seen| {
        if !seen.last {
            return Ok(());
        }
        seen.met();
        let decoded: Result<Vec<Record>, _> = seen
            .records
            .iter()
            .map(record::encode)
            .map(|kept| record::decode(&kept.kind, kept.version, &kept.body))
            .collect();
        match decoded {
            Ok(decoded) => prop_assert_eq!(&State::fold(&decoded), seen.after),
            Err(error) => prop_assert!(false, "{}", error),
        }
        Ok(())
    });
}

#[test]
fn river_time_never_goes_back() {
    always(|seen| {
        prop_assert!(seen.after.river_time >= seen.before.river_time);
        for record in seen.news() {
            prop_assert!(record.at >= seen.before.river_time);
            if seen.now < seen.before.river_time {
                seen.met();
                prop_assert_eq!(record.at, seen.before.river_time);
            }
        }
        Ok(())
    });
}

#[test]
fn a_jumped_reading_is_recorded_and_never_adopted() {
    always(|seen| {
        let Command::ReadClock { reading, expected, .. } = seen.command else { return Ok(()) };
        let off = reading.as_second() - expected.as_second();
        if off.abs() > 10 && seen.actor == &Actor::River {
            seen.met();
            prop_assert!(seen.facts().any(|fact| matches!(fact, Fact::ClockJumped { .. })), "unrecorded");
        }
        prop_assert_eq!(
            seen.after.river_time,
            if seen.news().is_empty() { seen.before.river_time } else { seen.river() }
        );
        Ok(())
    });
}

#[test]
fn a_jumped_reading_never_lengthens_a_deadline() {
    always(|seen| {
        // Nothing lengthens a running deadline; least of all a clock or an item that is ahead.
        for (id, incident) in &seen.after.incidents {
            let Some(Deadline { at, next, .. }) = &incident.deadline else { continue };
            seen.met();
            let rule = incident.pack.as_ref().and_then(|pack| seen.after.rules.pack(pack));
            let within = SignedDuration::from_mins(rule.map_or(30, |pack| pack.decide.within_minutes));
            let before = seen.before.incidents.get(id).and_then(|incident| incident.deadline.as_ref());
            match before {
                Some(before) => {
                    prop_assert!(*at <= before.at, "{id}: from {} to {at}", before.at);
                    if let (Some(next), Some(earlier)) = (next, before.next)
                        && *at == before.at
                    {
                        let escalated = seen.facts().any(|fact| matches!(fact, Fact::Escalated { .. }));
                        prop_assert!(escalated || *next <= earlier);
                    }
                }
                None => {
                    let moved = seen.facts().any(|fact| matches!(fact, Fact::Merged { .. }));
                    prop_assert!(
                        moved || *at <= seen.river() + within,
                        "{id}: {at} is more than {within} ahead"
                    );
                }
            }
        }
        Ok(())
    });
}

#[test]
fn nothing_live_is_issued_while_the_clocks_differ() {
    always(|seen| {
        let tries = matches!(seen.command, Command::Issue { .. } | Command::Retract { .. });
        if seen.before.clock_apart.is_some() && seen.before.mode != Some(Mode::Exercise) {
            if tries {
                seen.met();
            }
            let left = seen.facts().any(|fact| matches!(fact, Fact::Issued { .. } | Fact::Queued { .. }));
            prop_assert!(!left);
        }
        if seen.before.clock_apart.is_some() && seen.after.clock_apart.is_none() {
            let confirmed = matches!(seen.command, Command::ConfirmTime { .. });
            let officer =
                seen.account().is_some_and(|who| seen.before.holds(who, beaconfire_core::Role::Officer));
            prop_assert!(confirmed && officer, "{:?}", seen.command);
        }
        if let Command::ConfirmTime { typed } = seen.command
            && seen.account().is_some_and(|who| seen.before.holds(who, beaconfire_core::Role::Officer))
            && let Some(apart) = seen.before.clock_apart
        {
            let host = seen.river() + SignedDuration::from_secs(apart);
            let right = [seen.river(), host].into_iter().any(|time| {
                [time_phrase(time), time_phrase(time - SignedDuration::from_mins(1))].contains(typed)
            });
            prop_assert_eq!(seen.after.clock_apart.is_none(), right, "{:?}", seen.outcome);
        }
        if let Command::ReadClock { reading, expected, synchronised: true } = seen.command
            && (reading.as_second() - expected.as_second()).abs() > 30
        {
            prop_assert!(seen.after.clock_apart.is_some());
        }
        Ok(())
    });
}

#[test]
fn unknown_exposure_is_never_zero_and_never_lowers_a_level() {
    always(|seen| {
        for fact in seen.facts() {
            let (Fact::IncidentOpened { member, .. } | Fact::MemberJoined { member, .. }) = fact else {
                continue;
            };
            if let MemberId::Alert(key) = &member.id
                && seen.after.alerts[key].alert.infos.iter().any(|info| info.unresolved.is_some())
            {
                prop_assert_eq!(member.exposure, Exposure::Unknown, "a part of its area is unknown");
            }
            let MemberId::Signal(id) = &member.id else { continue };
            let Some(kept) = seen.after.signals.get(id) else { continue };
            let pack = seen.after.rules.pack(&kept.signal.pack).expect("its pack is loaded");
            let nobody = Exposure::Range { min: 0, max: 0, places: 1 };
            let least = pack.level.matrix.level(kept.signal.likelihood, pack.impact(&nobody));
            prop_assert!(member.level >= least);
            if member.exposure != Exposure::Unknown {
                continue;
            }
            seen.met();
            prop_assert!(member.impact >= Some(pack.level.impact_when_unknown), "taken as none");
            prop_assert!(member.impact >= Step::new(1));
            // What it takes the place of had an impact that nothing known contradicts.
            let of_pack = |old: &&beaconfire_core::Member| match &old.id {
                MemberId::Signal(id) => seen.before.signals[id].signal.pack == pack.name,
                MemberId::Alert(_) => false,
            };
            let before =
                seen.before.incidents.values().flat_map(|incident| incident.standing()).filter(of_pack);
            let replaced = before.filter(|old| {
                seen.facts()
                    .any(|fact| matches!(fact, Fact::MemberSuperseded { member, .. } if member == &old.id))
            });
            for old in replaced {
                prop_assert!(
                    member.impact >= old.impact,
                    "unknown exposure lowered {:?} to {:?}",
                    old.impact,
                    member.impact
                );
            }
        }
        Ok(())
    });
}

#[test]
fn a_dead_feed_is_unknown_and_never_shown_as_no_warnings() {
    always(|seen| {
        let Command::ReportSource { source, health } = seen.command else { return Ok(()) };
        let kept = &seen.after.sources.get(source).expect("it was heard of").health;
        match (health, kept) {
            (Health::Unknown { cause: a, .. }, Health::Unknown { cause: b, .. }) => {
                seen.met();
                prop_assert_eq!(a, b);
            }
            (Health::Healthy, Health::Healthy) => {}
            _ => prop_assert!(false, "{:?} became {:?}", health, kept),
        }
        // And nothing that stands is taken down by it.
        prop_assert_eq!(seen.before.top_level(), seen.after.top_level());
        Ok(())
    });
}

#[test]
fn a_series_lost_while_rising_or_above_its_watch_level_starts_the_clock() {
    always(|seen| {
        let Command::RaiseSignal { signal, .. } = seen.command else { return Ok(()) };
        let current = seen.facts().any(|fact| matches!(fact, Fact::SignalRaised { history: false, .. }));
        if signal.kind == SignalKind::Lost && current {
            let holder = seen.after.incidents.values().find(|incident| {
                incident.merged_into.is_none()
                    && incident.members.iter().any(|member| member.id == MemberId::Signal(signal.id()))
            });
            seen.met();
            let incident = holder.expect("a current signal has an incident");
            prop_assert!(incident.deadline.is_some(), "no clock runs on {}", incident.id);
            prop_assert!(!matches!(incident.disposition, Disposition::Closed { .. }), "it is closed");
        }
        Ok(())
    });
}
