//! What holds for any messages in any order.

use std::collections::{BTreeMap, BTreeSet};

use beaconfire_cap::life::{
    Book, Name, Poll, Seen, Senders, SourceRule, Standing, State, Trust, VanishPolicy,
};
use beaconfire_cap::{Alert, Info, MsgType, ResponseType, Status, Urgency};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::build::{alert, at, info, reference, time};

const SENDERS: [&str; 2] = ["a@example.org", "b@example.org"];
const SOURCES: [&str; 3] = ["of-a", "of-b", "mirror"];

fn rules() -> Trust {
    let patient = SourceRule { missing_expires: None, ..SourceRule::default() };
    let delegated = SourceRule {
        delegations: [(SENDERS[1].to_owned(), SENDERS[0].to_owned())].into(),
        vanish: Some(VanishPolicy { polls: 2, mass_from: 2, ..VanishPolicy::default() }),
        ..SourceRule::trusting([SENDERS[1]])
    };
    Trust::none()
        .with("of-a", SourceRule::trusting([SENDERS[0]]))
        .with("of-b", delegated)
        .with("mirror", patient)
}

/// A name out of few, so that they meet.
fn names() -> impl Strategy<Value = Alert> {
    (select(&SENDERS[..]), select(&["1", "2", "3"][..]), 0..4_i64).prop_map(|(sender, identifier, minute)| {
        Alert { sender: sender.to_owned(), ..alert(identifier, minute) }
    })
}

fn infos() -> impl Strategy<Value = Info> {
    let codes = btree_set(select(&["01", "02", "10"][..]), 0..3);
    let response = select(&[ResponseType::Prepare, ResponseType::AllClear, ResponseType::None][..]);
    let urgency = select(&[Urgency::Expected, Urgency::Past][..]);
    let expires = select(&[None, Some(10), Some(30)][..]);
    let parts =
        (select(&["storm", "flood"][..]), codes, response, urgency, expires, select(&["en", "fr"][..]));
    parts.prop_map(|(event, codes, response, urgency, expires, language)| Info {
        response_types: vec![response],
        urgency,
        expires: expires.map(time),
        language: Some(language.to_owned()),
        ..info(event, &codes.into_iter().collect::<Vec<_>>())
    })
}

fn messages() -> impl Strategy<Value = Alert> {
    let status = prop_oneof![9 => Just(Status::Actual), 1 => Just(Status::Exercise)];
    let kind = prop_oneof![
        3 => Just(MsgType::Alert),
        4 => Just(MsgType::Update),
        2 => Just(MsgType::Cancel),
        1 => Just(MsgType::Ack),
        1 => Just(MsgType::Error),
    ];
    (names(), status, kind, vec(names(), 0..3), vec(infos(), 0..3)).prop_map(
        |(name, status, msg_type, of, infos)| {
            let references = of.iter().map(reference).collect();
            Alert { status, msg_type, references, infos, ..name }
        },
    )
}

/// What a book is given.
#[derive(Clone, Debug)]
enum Step {
    Take(Box<Alert>, Seen),
    Poll(Poll<Name>),
}

fn takes(most: usize) -> impl Strategy<Value = Vec<(Alert, Seen)>> {
    let via = (select(&SOURCES[..]), 0..5_i64)
        .prop_map(|(source, minute)| Seen { source: source.to_owned(), received: at(minute) });
    vec((messages(), via), 1..most)
}

fn polls() -> impl Strategy<Value = Vec<Poll<Name>>> {
    let one = (any::<[bool; 2]>(), btree_set(names().prop_map(|alert| Name::of(&alert)), 0..4));
    vec(one, 0..5).prop_map(|polls| {
        let poll = |(n, ([healthy, complete], listed)): (usize, ([bool; 2], BTreeSet<Name>))| {
            let at = at(5 + n as i64);
            Poll { at, healthy: healthy || complete, complete: true, dated: Some(at), listed }
        };
        polls.into_iter().enumerate().map(poll).collect()
    })
}

/// Polls keep their order, everything else comes anywhere and some of it again.
fn order(takes: &[(Alert, Seen)], polls: &[Poll<Name>], keys: &[Index]) -> Vec<Step> {
    let mut steps: Vec<Step> = polls.iter().cloned().map(Step::Poll).collect();
    for (n, key) in keys.iter().enumerate() {
        let (alert, seen) = &takes[if n < takes.len() { n } else { key.index(takes.len()) }];
        let place = key.index(steps.len() + 1);
        steps.insert(place, Step::Take(Box::new(alert.clone()), seen.clone()));
    }
    steps
}

fn run(trust: Trust, steps: &[Step], ask: bool) -> Book {
    let mut book = Book::new(trust);
    for step in steps {
        match step {
            Step::Take(alert, seen) => drop(book.take(alert, seen)),
            Step::Poll(poll) => drop(book.poll("of-b", poll)),
        }
        if ask {
            book.state_at(at(7));
            book.likely_same(at(7));
        }
    }
    book
}

fn end(book: &Book) -> Vec<Vec<Standing>> {
    [0, 7, 20, 60, 10_000].into_iter().map(|minute| book.state_at(at(minute))).collect()
}

/// The first content of each name, so that nothing is disputed.
fn undisputed(takes: Vec<(Alert, Seen)>) -> Vec<(Alert, Seen)> {
    let mut first: BTreeMap<(Status, Name), Alert> = BTreeMap::new();
    let one = |(alert, seen): (Alert, Seen)| {
        (first.entry((alert.status, Name::of(&alert))).or_insert(alert).clone(), seen)
    };
    takes.into_iter().map(one).collect()
}

fn plain(takes: &[(Alert, Seen)], trust: Trust) -> Book {
    let steps: Vec<Step> =
        takes.iter().map(|(alert, seen)| Step::Take(Box::new(alert.clone()), seen.clone())).collect();
    run(trust, &steps, false)
}

/// Whether an act, and not time, took it out of force.
fn is_acted_on(state: &State) -> bool {
    matches!(state, State::Superseded { .. } | State::Ended { .. } | State::Cancelled { .. })
}

proptest! {
    #[test]
    fn any_order_of_arrival_with_copies_doubled_and_questions_between_gives_the_same_end(
        takes in takes(12), polls in polls(), one in vec(any::<Index>(), 24), other in vec(any::<Index>(), 36),
    ) {
        let first = run(rules(), &order(&takes, &polls, &one), false);
        let second = run(rules(), &order(&takes, &polls, &other), true);
        prop_assert_eq!(end(&first), end(&second));
        prop_assert_eq!(first.likely_same(at(7)), second.likely_same(at(7)));
        prop_assert_eq!(first.next_expiry(at(7)), second.next_expiry(at(7)));
    }

    #[test]
    fn a_known_copy_changes_and_tells_nothing(takes in takes(10)) {
        let mut book = plain(&takes, rules());
        let before = end(&book);
        for (alert, seen) in &takes {
            prop_assert!(book.take(alert, seen).is_empty());
        }
        prop_assert_eq!(before, end(&book));
    }

    #[test]
    fn what_no_trusted_source_brings_changes_nothing_of_what_one_brought(takes in takes(10), more in takes(6)) {
        let before = plain(&takes, rules());
        let mirrored = more.into_iter().map(|(alert, seen)| (alert, Seen { source: "mirror".to_owned(), ..seen }));
        let all: Vec<_> = takes.iter().cloned().chain(mirrored).collect();
        let after = plain(&all, rules());
        for standing in before.state_at(at(2_000)) {
            let trusted = standing.seen.iter().any(|seen| rules().rule(&seen.source).trusts(&standing.name.sender));
            if trusted {
                let now = after.standing(standing.status, &standing.name, at(2_000)).expect("it was taken");
                // What a mirror brings may be what an orphan waits for.
                prop_assert!(standing.state == now.state || standing.orphan, "{:?} became {:?}", standing, now);
                prop_assert_eq!(standing.parts, now.parts);
            }
        }
    }

    #[test]
    fn what_an_act_took_out_of_force_never_comes_back(takes in takes(10), more in takes(6)) {
        let all = undisputed(takes.iter().cloned().chain(more).collect());
        let before = plain(&all[..takes.len()], rules());
        let after = plain(&all, rules());
        for standing in before.state_at(at(7)) {
            let now = after.standing(standing.status, &standing.name, at(7)).expect("it was taken");
            for ((part, was), (same, is)) in standing.parts.iter().zip(&now.parts) {
                prop_assert_eq!(part, same);
                prop_assert!(!is_acted_on(was) || is_acted_on(is), "{:?} became {:?}", was, is);
            }
        }
    }

    #[test]
    fn more_trust_lets_more_acts_take_effect_and_none_less(takes in takes(12)) {
        let takes = undisputed(takes);
        let trusting = SourceRule { trusted: Senders::Everybody, ..SourceRule::default() };
        let (less, more) = (plain(&takes, rules()), plain(&takes, rules().with("mirror", trusting)));
        for (before, after) in less.state_at(at(7)).iter().zip(more.state_at(at(7))) {
            for ((_, was), (_, is)) in before.parts.iter().zip(&after.parts) {
                prop_assert!(!is_acted_on(was) || is_acted_on(is), "{:?} became {:?}", was, is);
            }
        }
    }

    #[test]
    fn messages_of_one_status_never_touch_those_of_another(takes in takes(12)) {
        let actual: Vec<_> = takes.iter().filter(|(alert, _)| alert.status == Status::Actual).cloned().collect();
        let parts = |book: Book| -> Vec<_> {
            let all = book.state_at(at(7)).into_iter().filter(|standing| standing.status == Status::Actual);
            all.map(|standing| (standing.name, standing.parts, standing.state)).collect()
        };
        prop_assert_eq!(parts(plain(&takes, rules())), parts(plain(&actual, rules())));
    }

    #[test]
    fn among_trusted_updates_of_one_sender_something_always_stands(takes in vec(messages(), 1..10)) {
        // However they name each other: the last of them is nobody's past.
        let updates = takes.into_iter().map(|alert| Alert {
            sender: SENDERS[0].to_owned(),
            status: Status::Actual,
            msg_type: MsgType::Update,
            references: alert.references.into_iter().map(|mut of| { of.sender = SENDERS[0].to_owned(); of }).collect(),
            infos: vec![info("storm", &["01"])],
            ..alert
        });
        let takes: Vec<_> = updates.map(|alert| (alert, Seen { source: "of-a".to_owned(), received: at(0) })).collect();
        let book = plain(&takes, rules());
        prop_assert!(!book.in_force(at(7)).is_empty());
    }
}
