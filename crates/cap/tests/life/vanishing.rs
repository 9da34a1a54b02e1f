//! Alerts that leave a list: jdemaeyer/brightsky#198 (MoWaS entries just vanish), seevee/weather_alerts_card#214
//! (a broken source must never read as "no alerts").

use beaconfire_cap::life::{
    Book, LifeEvent, Name, Poll, Presence, SourceRule, State, Trust, Vanish, VanishChange, VanishPolicy, Why,
};

use super::build::{MET, alert, at, state, via, word};

/// Hears polls a minute apart, written `healthy? complete? dated? listed`, and gives how `a` stands after each.
fn check(polls: &[&str], want: &[&str]) {
    let mut list = Vanish::new(VanishPolicy::default());
    let mut got = Vec::new();
    for (minute, text) in polls.iter().enumerate() {
        let at = at(minute as i64);
        let (marks, listed) = text.split_once(':').expect("marks: what is listed");
        list.hear(&Poll {
            at,
            healthy: !marks.contains("sick"),
            complete: !marks.contains("cut"),
            dated: (!marks.contains("undated")).then_some(if marks.contains("stale") {
                super::build::at(-9)
            } else {
                at
            }),
            listed: listed.split_whitespace().collect(),
        });
        got.push(match list.presence(&"a") {
            None => "never".to_owned(),
            Some(Presence::Listed) => "listed".to_owned(),
            Some(Presence::Missing { polls, .. }) => format!("missing {polls}"),
            Some(Presence::Unknown { why: Why::Empty, .. }) => "unknown empty".to_owned(),
            Some(Presence::Unknown { why: Why::Mass, .. }) => "unknown mass".to_owned(),
            Some(Presence::Vanished { polls, .. }) => format!("vanished {polls}"),
        });
    }
    assert_eq!(got, want, "{polls:?}");
}

#[test]
fn it_takes_three_good_polls_in_a_row() {
    check(
        &[":a b", ":b", ":b", ":b", ":b"],
        &["listed", "missing 1", "missing 2", "vanished 3", "vanished 3"],
    );
    check(&[":b", ":b"], &["never", "never"]);
    check(&[":a b", ":b", ":b", ":a b", ":b"], &["listed", "missing 1", "missing 2", "listed", "missing 1"]);
    for bad in ["sick:b", "cut:b", "undated:b", "stale:b"] {
        check(
            &[":a b", ":b", ":b", bad, ":b", ":b", ":b"],
            &["listed", "missing 1", "missing 2", "missing 0", "missing 1", "missing 2", "vanished 3"],
        );
    }
    check(
        &[":a b", ":b", ":b", ":b", "sick:a b"],
        &["listed", "missing 1", "missing 2", "vanished 3", "listed"],
    );
}

#[test]
fn an_empty_list_and_a_mass_that_goes_at_once_are_unknown() {
    check(
        &[":a", ":", ":", ":", ":"],
        &["listed", "unknown empty", "unknown empty", "unknown empty", "unknown empty"],
    );
    check(&[":a b", ":", ":a b"], &["listed", "unknown empty", "listed"]);
    check(
        &[":a b", ":", ":b", ":b", ":b"],
        &["listed", "unknown empty", "missing 1", "missing 2", "vanished 3"],
    );
    check(
        &[":a b c d", ":d", ":d", ":d", ":d"],
        &["listed", "unknown mass", "unknown mass", "unknown mass", "unknown mass"],
    );
    check(&[":a b c d", ":d", ":a d"], &["listed", "unknown mass", "listed"]);
    // Newcomers do not make a mass look small, nor does an empty answer between.
    check(&[":a b c d", ":d e f g h i j k l m"], &["listed", "unknown mass"]);
    check(&[":a b c d", ":", ":d e f g h"], &["listed", "unknown empty", "unknown mass"]);
    // Half is not most; two are no mass.
    check(&[":a b c d e f", ":d e f"], &["listed", "missing 1"]);
    check(&[":a b c", ":c"], &["listed", "missing 1"]);
}

#[test]
fn polls_out_of_order_are_passed_over_and_a_list_goes_on_after_a_restart() {
    let poll = |minute: i64, listed: &[&'static str]| Poll {
        at: at(minute),
        healthy: true,
        complete: true,
        dated: Some(at(minute)),
        listed: listed.iter().copied().collect(),
    };
    let mut list = Vanish::new(VanishPolicy { polls: 2, ..VanishPolicy::default() });
    list.hear(&poll(1, &["a", "b"]));
    list.hear(&poll(2, &["b"]));
    let before = list.clone();
    assert_eq!(list.hear(&poll(2, &["a"])), []);
    assert_eq!(list, before);
    let tracks: Vec<_> = list.tracks().map(|(key, presence)| (*key, presence)).collect();
    let policy = VanishPolicy { polls: 2, ..VanishPolicy::default() };
    let mut resumed = Vanish::resume(policy, list.last(), list.newest(), tracks);
    assert_eq!(resumed, list);
    assert_eq!(resumed.hear(&poll(3, &["b"])), [VanishChange::Vanished { key: "a", polls: 2 }]);
    assert_eq!(resumed.hear(&poll(4, &["a", "b"])), [VanishChange::Back { key: "a" }]);
    resumed.forget(&"a");
    assert_eq!(resumed.presence(&"a"), None);
}

#[test]
fn in_a_book_only_what_has_no_expires_ends_so_and_only_through_a_trusted_source() {
    let (mut a, b) = (alert("a", 0), alert("b", 0));
    a.infos[0].expires = None;
    let listing = |trusted: &[&str]| SourceRule {
        missing_expires: None,
        vanish: Some(VanishPolicy::default()),
        ..SourceRule::trusting(trusted.iter().copied())
    };
    let run = |rule: SourceRule| {
        let mut book = Book::new(Trust::none().with("met", rule));
        book.take(&a, &via("met"));
        book.take(&b, &via("met"));
        let other = Name::of(&alert("other", 0));
        let mut events = Vec::new();
        for minute in 1..6 {
            let mut listed: std::collections::BTreeSet<Name> = [other.clone()].into();
            listed.extend((minute == 1).then(|| [Name::of(&a), Name::of(&b)]).into_iter().flatten());
            let dated = Some(at(minute));
            events.extend(
                book.poll("met", &Poll { at: at(minute), healthy: true, complete: true, dated, listed }),
            );
        }
        (word(&state(&book, &a, 9)), word(&state(&book, &b, 9)), state(&book, &a, 9), events)
    };
    let (ended, stands, how, events) = run(listing(&[MET]));
    assert_eq!((ended, stands), ("ended", "active"));
    assert!(
        matches!(how, State::Ended { how: beaconfire_cap::life::End::Vanished { source, .. } } if source == "met")
    );
    let want = LifeEvent::Vanished { name: Name::of(&a), source: "met".to_owned(), polls: 3 };
    assert!(events.contains(&want));
    assert_eq!(run(listing(&[])).0, "active", "not trusted for the sender");
    assert_eq!(run(SourceRule { vanish: None, ..listing(&[MET]) }).0, "active", "the policy does not say so");
    let all = Some(VanishPolicy { only_without_expires: false, ..VanishPolicy::default() });
    assert_eq!(run(SourceRule { vanish: all, ..listing(&[MET]) }).1, "ended");
}
