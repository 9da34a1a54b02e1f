//! Tests of the watch.

use super::*;
use proptest::prelude::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_772_431_200 + minute * 60).unwrap()
}

/// Expected every 10 minutes.
fn watch(must_advance: bool) -> Watch {
    Watch::new(WatchRule { expected_every_s: 600, must_advance }, at(0))
}

fn answer(digest: &str, newest: i64, alerts: u64) -> Heard {
    Heard::Answer(Summary {
        waiting: 0,
        digest: digest.to_owned(),
        newest: Some(at(newest)),
        alerts,
        dropped: 0,
        unread: 0,
        problem: None,
    })
}

fn with(heard: Heard, change: impl FnOnce(&mut Summary)) -> Heard {
    match heard {
        Heard::Answer(mut summary) => {
            change(&mut summary);
            Heard::Answer(summary)
        }
        other => other,
    }
}

fn cause(watch: &Watch) -> Option<Trouble> {
    match watch.health() {
        Health::Healthy => None,
        Health::Unknown { cause, .. } => Some(*cause),
    }
}

#[test]
fn a_source_is_unknown_until_it_is_heard_and_silent_after_three_cadences() {
    let mut watch = watch(false);
    assert_eq!(cause(&watch), Some(Trouble::Unheard));
    assert_eq!(watch.next_check(), at(30));
    assert!(watch.tick(at(29)).is_empty());
    watch.hear(answer("a", 1, 0), at(29));
    assert_eq!(cause(&watch), None);
    assert_eq!(watch.next_check(), at(59));
    let findings = watch.tick(at(59));
    assert!(matches!(&findings[..], [WatchFinding::Health(Health::Unknown { cause: Trouble::Silent, .. })]));
    assert_eq!(watch.next_check(), Timestamp::MAX);
    assert!(watch.tick(at(60)).is_empty(), "said once");
    watch.hear(Heard::NotModified, at(61));
    assert_eq!(cause(&watch), None, "a 304 is a sign of life");
}

#[test]
fn never_heard_at_all_is_silence_too() {
    let mut watch = watch(false);
    watch.tick(at(30));
    assert_eq!(cause(&watch), Some(Trouble::Silent));
}

#[test]
fn where_data_must_advance_an_identical_answer_is_no_sign_of_life() {
    let mut watch = watch(true);
    watch.hear(answer("a", 1, 0), at(1));
    watch.hear(Heard::NotModified, at(10));
    watch.hear(answer("a", 1, 0), at(20));
    watch.hear(answer("b", 1, 0), at(25));
    assert_eq!((cause(&watch), watch.next_check()), (None, at(31)));
    watch.hear(Heard::NotModified, at(31));
    assert_eq!(cause(&watch), Some(Trouble::Silent));
    watch.hear(answer("c", 30, 0), at(32));
    assert_eq!(cause(&watch), None);
}

#[test]
fn a_refusal_is_told_at_once_and_a_failure_at_the_second() {
    let mut watch = watch(false);
    watch.hear(answer("a", 1, 2), at(1));
    let findings = watch.hear(Heard::Refused { status: 403 }, at(2));
    let [WatchFinding::Health(Health::Unknown { cause: Trouble::Refused, words })] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert!(words.contains("403"));
    watch.hear(answer("a", 1, 2), at(3));
    assert_eq!(cause(&watch), None);
    let failed = || Heard::Failed { words: "connect: refused".to_owned() };
    assert!(matches!(&watch.hear(failed(), at(4))[..], [WatchFinding::Note(_)]));
    assert_eq!(cause(&watch), None);
    watch.hear(failed(), at(5));
    assert_eq!(cause(&watch), Some(Trouble::Failing));
    watch.hear(Heard::NotModified, at(6));
    assert_eq!(cause(&watch), None);
}

#[test]
fn unreadable_and_oversized_answers_make_it_unknown() {
    for heard in [Heard::Unreadable { words: "read JSON".to_owned() }, Heard::TooLarge { limit: 10 }] {
        let mut watch = watch(false);
        watch.hear(answer("a", 1, 0), at(1));
        watch.hear(heard, at(2));
        assert_eq!(cause(&watch), Some(Trouble::Unreadable));
    }
}

#[test]
fn over_the_limit_it_is_unknown_until_an_answer_is_complete() {
    let mut watch = watch(false);
    watch.hear(with(answer("a", 1, 5), |summary| summary.dropped = 1), at(1));
    assert_eq!(cause(&watch), Some(Trouble::Truncated));
    watch.hear(Heard::NotModified, at(2));
    assert_eq!(cause(&watch), Some(Trouble::Truncated), "304 says that it is as it was");
    watch.hear(answer("b", 2, 4), at(3));
    assert_eq!(cause(&watch), None);
}

#[test]
fn time_going_backwards_is_unknown_until_it_has_caught_up() {
    let mut watch = watch(false);
    watch.hear(answer("a", 10, 1), at(10));
    watch.hear(answer("old", 3, 1), at(11));
    assert_eq!(cause(&watch), Some(Trouble::Backwards));
    watch.hear(answer("older files are played again", 7, 1), at(12));
    assert_eq!(cause(&watch), Some(Trouble::Backwards));
    watch.hear(answer("a", 10, 1), at(13));
    assert_eq!(cause(&watch), None);
}

#[test]
fn a_time_ahead_of_ours_is_noted_and_holds_nothing_up() {
    let mut watch = watch(false);
    let findings = watch.hear(answer("a", 60 * 24 * 365, 1), at(1));
    assert!(
        matches!(&findings[..], [WatchFinding::Note(_), WatchFinding::Health(Health::Healthy)]),
        "{findings:?}"
    );
    watch.hear(answer("b", 2, 1), at(2));
    assert_eq!(cause(&watch), None);
}

#[test]
fn a_repeat_is_noted_once_in_a_row() {
    let mut watch = watch(false);
    watch.hear(answer("a", 1, 0), at(1));
    assert_eq!(
        watch.hear(answer("a", 1, 0), at(2)),
        [WatchFinding::Note("the same answer came again".into())]
    );
    assert!(watch.hear(answer("a", 1, 0), at(3)).is_empty());
    watch.hear(answer("b", 2, 0), at(4));
    assert_eq!(watch.hear(answer("b", 2, 0), at(5)).len(), 1);
}

#[test]
fn an_emptied_feed_is_unknown_until_three_complete_answers_agree() {
    let mut watch = watch(false);
    watch.hear(answer("a", 1, 3), at(1));
    watch.hear(answer("none", 2, 0), at(2));
    assert_eq!(cause(&watch), Some(Trouble::Emptied));
    watch.hear(with(answer("bad", 3, 0), |summary| summary.unread = 1), at(3));
    watch.hear(Heard::NotModified, at(4));
    watch.hear(answer("none", 4, 0), at(5));
    assert_eq!(cause(&watch), Some(Trouble::Emptied), "an incomplete answer agrees with nothing");
    watch.hear(Heard::NotModified, at(6));
    assert_eq!(cause(&watch), None);
}

#[test]
fn an_emptied_feed_that_lists_again_is_healthy_at_once() {
    let mut watch = watch(false);
    watch.hear(answer("a", 1, 3), at(1));
    watch.hear(answer("none", 2, 0), at(2));
    watch.hear(answer("a", 1, 3), at(3));
    assert_eq!(cause(&watch), None, "the time of the empty answer is not held against it");
}

#[test]
fn a_feed_that_never_listed_may_be_empty() {
    let mut watch = watch(false);
    watch.hear(answer("none", 1, 0), at(1));
    assert_eq!(cause(&watch), None);
}

#[test]
fn what_could_not_be_read_is_noted() {
    let mut watch = watch(false);
    let heard = with(answer("a", 1, 1), |summary| {
        summary.unread = 2;
        summary.problem = Some("line 3: it has no sender".to_owned());
    });
    let findings = watch.hear(heard, at(1));
    let [WatchFinding::Note(words), WatchFinding::Health(Health::Healthy)] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert!(words.contains("2 entries") && words.contains("line 3"));
}

fn any_heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        (0_u8..4, -20_i64..300, 0_u64..3, 0_u64..2, 0_u64..2).prop_map(
            |(digest, newest, alerts, dropped, unread)| {
                with(answer(&digest.to_string(), newest, alerts), |summary| {
                    summary.dropped = dropped;
                    summary.unread = unread;
                })
            }
        ),
        Just(Heard::NotModified),
        Just(Heard::Refused { status: 401 }),
        Just(Heard::Failed { words: "connect".to_owned() }),
        Just(Heard::TooLarge { limit: 1 }),
        Just(Heard::Unreadable { words: "read".to_owned() }),
    ]
}

proptest! {
    #[test]
    fn unknown_is_a_state_of_its_own_a_dead_feed_is_never_healthy(
        heard in proptest::collection::vec((any_heard(), 0_i64..12), 0..40), must_advance: bool,
    ) {
        let mut watch = watch(must_advance);
        let mut now = 0;
        for (heard, wait) in heard {
            now += wait;
            watch.hear(heard.clone(), at(now));
            let bad = !matches!(heard, Heard::Answer(_) | Heard::NotModified | Heard::Failed { .. });
            prop_assert!(!(bad && *watch.health() == Health::Healthy));
        }
        if now >= 0 {
            watch.tick(at(now + 30));
            prop_assert_ne!(watch.health(), &Health::Healthy);
        }
    }

    #[test]
    fn a_restart_between_any_two_answers_changes_nothing(
        heard in proptest::collection::vec(any_heard(), 0..20), must_advance: bool,
    ) {
        let mut whole = watch(must_advance);
        let mut restarted = watch(must_advance);
        for (minute, heard) in heard.into_iter().enumerate() {
            let now = at(minute as i64 * 7);
            let stored = serde_json::to_string(&restarted).unwrap();
            restarted = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(whole.hear(heard.clone(), now), restarted.hear(heard, now));
        }
    }

    #[test]
    fn a_change_of_health_is_said_once(heard in proptest::collection::vec(any_heard(), 0..40)) {
        let mut watch = watch(true);
        let mut before = cause(&watch);
        for (minute, heard) in heard.into_iter().enumerate() {
            let findings = watch.hear(heard, at(minute as i64 * 5));
            let said = findings.iter().filter(|finding| matches!(finding, WatchFinding::Health(_))).count();
            prop_assert_eq!(said, usize::from(before != cause(&watch)));
            before = cause(&watch);
        }
    }
}
