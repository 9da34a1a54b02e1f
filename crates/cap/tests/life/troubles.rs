//! What users of other readers ran into, each with its public thread.

use beaconfire_cap::life::{Book, Clear, End, LifeEvent, Name, Remark, Seen, SourceRule, State, Trust};
use beaconfire_cap::{Alert, MsgType, ResponseType, Status, Urgency};

use super::build::{
    MET, alert, area, at, book, cancel, check, clear, info, message, named, state, time, trust, update, via,
    word,
};

fn remarks(book: &Book, alert: &Alert) -> Vec<Remark> {
    book.standing(alert.status, &Name::of(alert), at(9)).expect("it was taken").remarks
}

/// The places of every `EndedHere` and `AllClear`, as codes.
fn codes(events: &[LifeEvent], all_clear: bool) -> Vec<String> {
    let places = events.iter().filter_map(|event| match event {
        LifeEvent::EndedHere { places, .. } if !all_clear => Some(places),
        LifeEvent::AllClear { places, .. } if all_clear => Some(places),
        _ => None,
    });
    places.flatten().flat_map(|place| &place.geocodes).map(|code| code.value().to_owned()).collect()
}

/// nucleus-ffm/foss_warn#239, home-assistant/core#53674, finity69x2/nws_alerts#45: what expired or was cancelled
/// stayed visible.
#[test]
fn what_expired_or_was_cancelled_is_not_in_force() {
    let (a, b) = (alert("a", 0), alert("b", 0));
    let c = cancel("c", 1, &[&b]);
    check(&[&a, &b, &c], 599, &["active", "cancelled", "acted"]);
    check(&[&a, &b, &c], 600, &["expired", "cancelled", "acted"]);
    // The Cancel first.
    check(&[&c, &b], 9, &["acted", "cancelled"]);
    check(&[&c], 9, &["orphan"]);
}

/// nucleus-ffm/foss_warn#194: the onset was missed and only the all-clear arrived.
#[test]
fn an_all_clear_without_its_alert_is_told_and_an_update_without_it_warns() {
    let a = alert("a", 0);
    let mut b = update("b", 1, &[&a]);
    let (warned, _) = book(&[&b]);
    assert_eq!(word(&state(&warned, &b, 9)), "active");
    assert!(remarks(&warned, &b).contains(&Remark::Orphan));
    b.infos = vec![clear("storm", &["1"])];
    let (mut ended, events) = book(&[&b]);
    let want = LifeEvent::AllClear {
        by: Name::of(&b),
        of: vec![Name::of(&a)],
        places: ended
            .standing(Status::Actual, &Name::of(&b), at(9))
            .unwrap()
            .parts
            .iter()
            .map(|p| p.0.place())
            .collect(),
    };
    assert!(events.contains(&want), "{events:?}");
    let late = ended.take(&a, &via("met"));
    assert!(late.contains(&LifeEvent::Found { name: Name::of(&b), of: Name::of(&a) }));
    assert!(late.contains(&LifeEvent::Ended { name: Name::of(&a), by: Name::of(&b), how: Clear::AllClear }));
    assert!(ended.in_force(at(9)).is_empty());
}

/// weather-gov/weather.gov#602: an end is an event. An Update that is Past and asks nothing is one too; an Alert
/// that is Past, such as Taiwan's earthquake reports, is not.
#[test]
fn past_ends_only_in_an_update_that_asks_nothing() {
    let ends = |kind: MsgType, responses: &[ResponseType]| {
        let a = alert("a", 0);
        let mut b = message(kind, "b", 1, &[&a]);
        b.infos[0].urgency = Urgency::Past;
        b.infos[0].response_types = responses.to_vec();
        let (book, _) = book(&[&a, &b]);
        (word(&state(&book, &a, 9)), word(&state(&book, &b, 9)))
    };
    assert_eq!(ends(MsgType::Update, &[]), ("ended", "ended"));
    assert_eq!(ends(MsgType::Update, &[ResponseType::None]), ("ended", "ended"));
    assert_eq!(ends(MsgType::Update, &[ResponseType::Monitor]), ("superseded", "active"));
    assert_eq!(ends(MsgType::Alert, &[]), ("active", "active"));
}

/// seevee/weather_alerts_card#234, home-assistant/core#83992, nucleus-ffm/foss_warn#300: the same warning came
/// through two sources and was shown twice.
#[test]
fn one_message_through_two_sources_is_one_with_both_named() {
    let a = alert("a", 0);
    // An aggregator that writes the time its own way.
    let rewritten = Alert { sent: beaconfire_cap::CapTime::new(at(0), -3600).unwrap(), ..a.clone() };
    let (mut book, _) = book(&[&a]);
    let events = book.take(&rewritten, &Seen { source: "hub".to_owned(), received: at(2) });
    assert_eq!(events, [LifeEvent::SeenAgain { name: Name::of(&a), source: "hub".to_owned() }]);
    assert_eq!(book.take(&a, &via("met")), []);
    let all = book.state_at(at(9));
    let sources: Vec<_> = all[0].seen.iter().map(|seen| (seen.source.as_str(), seen.received)).collect();
    assert_eq!((all.len(), sources), (1, vec![("hub", at(2)), ("met", at(0))]));
}

/// The same danger by two issuers (NINA and DWD in the threads above): apart, but linked with the reason.
#[test]
fn two_issuers_stay_apart_and_are_linked() {
    let a = alert("a", 0);
    let b = Alert { sender: "water@example.org".to_owned(), ..alert("b", 1) };
    let mut elsewhere = Alert { sender: "third@example.org".to_owned(), ..alert("c", 1) };
    elsewhere.infos[0].areas = vec![area(&["7"])];
    let (book, _) = book(&[&a, &b, &elsewhere]);
    assert_eq!(book.in_force(at(9)).len(), 3);
    let links = book.likely_same(at(9));
    assert_eq!(links.len(), 1);
    assert_eq!((&links[0].a, &links[0].b), (&Name::of(&a), &Name::of(&b)));
    assert_eq!(links[0].why, "both name event code event=storm at register=1");
    assert!(book.likely_same(at(700)).is_empty(), "what expired is linked no more");
}

/// sahana/eden-legacy#1191: an update was sent under the identifier of the alert that it updates.
#[test]
fn an_identifier_used_again_is_another_message_and_is_told() {
    let a = alert("a", 0);
    let again = update("a", 5, &[&a]);
    let (known, _) = book(&[&a, &again]);
    assert_eq!(word(&state(&known, &a, 9)), "superseded");
    assert_eq!(word(&state(&known, &again, 9)), "active");
    assert!(remarks(&known, &a).contains(&Remark::IdentifierReused { other: Name::of(&again) }));
    // Under the very same triple two contents stand, as nobody can say which is meant.
    let mut other = alert("a", 0);
    other.infos = vec![info("storm", &["2"])];
    let (disputed, _) = book(&[&a, &other]);
    assert!(remarks(&disputed, &a).contains(&Remark::Disputed));
    assert_eq!(disputed.in_force(at(9))[0].parts.len(), 2);
    // A mirror's alteration does not count beside a trusted copy.
    let mut book = Book::new(trust());
    book.take(&other, &via("mirror"));
    book.take(&a, &via("met"));
    assert_eq!(book.in_force(at(9))[0].parts[0].0.place().geocodes, [named("register", "1")]);
}

/// wmo-raf/cap-composer#93: several alerts of one event superseded each other wrongly.
#[test]
fn updates_act_on_what_they_name_and_on_nothing_else() {
    let (a, b) = (alert("a", 0), alert("b", 0));
    let both = update("c", 1, &[&a, &b]);
    check(&[&a, &b, &both], 9, &["superseded", "superseded", "active"]);
    let (u, v) = (update("u", 1, &[&a]), update("v", 2, &[&a]));
    check(&[&a, &b, &u, &v], 9, &["superseded", "active", "active", "active"]);
    let (forked, _) = book(&[&v, &u, &a]);
    let forks = forked.standing(Status::Actual, &Name::of(&a), at(9)).unwrap().forks;
    assert_eq!(forks, [Name::of(&u), Name::of(&v)]);
    let joined = update("w", 3, &[&u, &v]);
    let (joined, _) = book(&[&a, &u, &v, &joined]);
    assert!(joined.standing(Status::Actual, &Name::of(&a), at(9)).unwrap().forks.is_empty());
}

/// wmo-raf/cap-composer#33, #104: Update and Cancel are the hardest act of a duty officer.
#[test]
fn nothing_revives_and_an_update_of_a_cancelled_message_warns_anew() {
    let a = alert("a", 0);
    let u = update("u", 1, &[&a]);
    check(&[&a, &u, &cancel("c", 2, &[&u])], 9, &["superseded", "cancelled", "acted"]);
    check(&[&a, &cancel("c", 1, &[&a]), &update("u", 2, &[&a])], 9, &["cancelled", "acted", "active"]);
    check(&[&a, &u, &cancel("c", 2, &[&a, &u])], 9, &["cancelled", "cancelled", "acted"]);
    // A Cancel of a Cancel gives nothing back.
    let c = cancel("c", 1, &[&a]);
    check(&[&a, &c, &cancel("d", 2, &[&c])], 9, &["cancelled", "acted", "acted"]);
    for kind in [MsgType::Ack, MsgType::Error] {
        check(&[&a, &message(kind, "k", 1, &[&a])], 9, &["active", "acted"]);
    }
}

/// Anybody can write anybody's name into `sender`.
#[test]
fn only_the_sender_through_a_trusted_source_or_a_delegate_acts() {
    let a = alert("a", 0);
    let c = cancel("c", 1, &[&a]);
    let mut book = Book::new(trust());
    book.take(&a, &via("mirror"));
    let events = book.take(&c, &via("mirror"));
    assert!(events.contains(&LifeEvent::Remarked { name: Name::of(&c), remark: Remark::Untrusted }));
    assert_eq!((word(&state(&book, &a, 9)), word(&state(&book, &c, 9))), ("active", "unheeded"));
    let events = book.take(&c, &via("met"));
    assert!(events.contains(&LifeEvent::Cancelled { name: Name::of(&a), by: Name::of(&c) }));
    assert_eq!(word(&state(&book, &a, 9)), "cancelled");

    let foreign = Alert { sender: "state@example.org".to_owned(), ..cancel("c", 1, &[&a]) };
    let after = |delegations: &[(&str, &str)]| {
        let owned = |(who, of): &(&str, &str)| ((*who).to_owned(), (*of).to_owned());
        let rule = SourceRule {
            delegations: delegations.iter().map(owned).collect(),
            ..SourceRule::trusting([MET, "state@example.org"])
        };
        let mut book = Book::new(Trust::none().with("met", rule));
        book.take(&a, &via("met"));
        book.take(&foreign, &via("met"));
        (word(&state(&book, &a, 9)), remarks(&book, &foreign))
    };
    let of = Remark::Foreign { reference: Name::of(&a) };
    assert_eq!(after(&[]), ("active", vec![of.clone()]));
    assert_eq!(after(&[(MET, "state@example.org")]), ("active", vec![of]));
    assert_eq!(after(&[("state@example.org", MET)]), ("cancelled", vec![]));
}

#[test]
fn an_exercise_cannot_cancel_what_is_real() {
    let a = alert("a", 0);
    let drill = Alert { status: Status::Exercise, ..cancel("c", 1, &[&a]) };
    let (book, _) = book(&[&a, &drill]);
    assert_eq!(word(&state(&book, &a, 9)), "active");
    let want = Remark::OtherStatus { reference: Name::of(&a), status: Status::Actual };
    assert!(remarks(&book, &drill).contains(&want));
}

#[test]
fn references_compare_as_instants_and_nearly_is_not_the_same() {
    let a = alert("a", 0);
    let mut c = cancel("c", 1, &[&a]);
    c.references[0].sent = beaconfire_cap::CapTime::new(at(0), 9 * 3600).unwrap();
    check(&[&a, &c], 9, &["cancelled", "acted"]);
    c.references[0].sent = time(-60);
    let (book, _) = book(&[&a, &c]);
    assert_eq!((word(&state(&book, &a, 9)), word(&state(&book, &c, 9))), ("active", "orphan"));
    let want = Remark::Near { reference: Name { sent: at(-60), ..Name::of(&a) }, known: Name::of(&a) };
    assert!(remarks(&book, &c).contains(&want));
}

#[test]
fn circles_and_self_references_take_nothing_away() {
    let mut a = update("a", 0, &[]);
    let b = update("b", 0, &[&a]);
    a.references = vec![super::build::reference(&b), super::build::reference(&a)];
    let (book, _) = book(&[&a, &b]);
    assert_eq!((word(&state(&book, &a, 9)), word(&state(&book, &b, 9))), ("superseded", "active"));
    assert_eq!(remarks(&book, &a), [Remark::NamesItself, Remark::NotEarlier { reference: Name::of(&b) }]);
    // In one second an Alert is always the earlier.
    check(&[&alert("z", 0), &update("b", 0, &[&alert("z", 0)])], 9, &["superseded", "active"]);
}

#[test]
fn an_update_without_info_takes_no_place() {
    let a = alert("a", 0);
    let u = Alert { infos: Vec::new(), ..update("u", 1, &[&a]) };
    let (book, _) = book(&[&a, &u]);
    assert_eq!(word(&state(&book, &a, 9)), "active");
    assert!(remarks(&book, &u).contains(&Remark::SaysNothing));
}

/// wmo-raf/cap-composer#113, home-assistant/core#31447: several languages are one warning.
#[test]
fn languages_are_joined_and_what_differs_in_more_is_apart() {
    let mut a = alert("a", 0);
    let french = beaconfire_cap::Info {
        language: Some("fr-CA".to_owned()),
        event: "orage".to_owned(),
        areas: vec![beaconfire_cap::Area { description: "lieu 1".to_owned(), ..area(&["1"]) }],
        ..info("storm", &["1"])
    };
    let sooner = beaconfire_cap::Info { expires: Some(time(60)), ..info("storm", &["2"]) };
    a.infos.extend([french, sooner]);
    let (book, _) = book(&[&a]);
    let parts = book.standing(a.status, &Name::of(&a), at(100)).unwrap().parts;
    let told: Vec<_> = parts
        .iter()
        .map(|(part, state)| {
            let languages: Vec<_> = part.texts().iter().map(|text| text.language.as_str()).collect();
            (part.place().geocodes[0].value().to_owned(), languages, word(state))
        })
        .collect();
    assert_eq!(
        told,
        [("2".to_owned(), vec!["en-US"], "expired"), ("1".to_owned(), vec!["en-US", "fr-CA"], "active")]
    );
    assert_eq!(book.next_expiry(at(0)), Some(at(60)));
}

/// IFRCGo/go-web-app#2457 and alert fatigue in general: whoever is left out by an Update has to be told.
#[test]
fn what_an_update_leaves_out_ended_there() {
    let of = |old: &[&[&str]], new: &[&[&str]]| {
        let mut a = alert("a", 0);
        a.infos = old.iter().map(|codes| info("storm", codes)).collect();
        let mut u = update("u", 1, &[&a]);
        u.infos = new.iter().map(|codes| info("storm", codes)).collect();
        codes(&book(&[&a, &u]).1, false)
    };
    assert_eq!(of(&[&["1", "2", "3"]], &[&["1", "3"]]), ["2"]);
    assert_eq!(of(&[&["1"], &["2"]], &[&["2"]]), ["1"]);
    assert_eq!(of(&[&["11", "12"]], &[&["12", "13"]]), ["11"], "moved on");
    assert!(of(&[&["11", "12"]], &[&["1"]]).is_empty(), "the code of the whole may hold those of its parts");
    assert!(of(&[&["024031"]], &[&["024000"]]).is_empty(), "all of a state (SAME)");
    assert!(of(&[&["024031"]], &[&["524031"]]).is_empty(), "a part of a county (SAME)");
    assert!(of(&[&["MDC031"]], &[&["MDZ004"]]).is_empty(), "counties and zones overlap (UGC)");
    assert_eq!(of(&[&["MDZ003"]], &[&["MDZ004"]]), ["MDZ003"]);
    assert!(of(&[&["1", "2"]], &[&["1", "2"]]).is_empty());
    // A polygon alone: without geometry nobody knows what lies in it.
    let a = alert("a", 0);
    let mut u = update("u", 1, &[&a]);
    u.infos[0].areas[0].geocodes.clear();
    u.infos[0].areas[0].description = "drawn anew".to_owned();
    u.infos[0].areas[0].circles = vec![beaconfire_cap::Circle {
        center: beaconfire_cap::Position { lat: 1.0, lon: 2.0 },
        radius_km: 3.0,
    }];
    assert!(codes(&book(&[&a, &u]).1, false).is_empty());
}

#[test]
fn an_all_clear_in_one_info_of_several_ends_only_its_part() {
    let mut a = alert("a", 0);
    a.infos = vec![info("storm", &["1"]), info("flood", &["1"]), info("storm", &["2"])];
    let mut u = update("u", 1, &[&a]);
    u.infos = vec![clear("storm", &["1"]), info("flood", &["1"]), info("storm", &["2"])];
    let (book, events) = book(&[&a, &u]);
    let parts = book.standing(a.status, &Name::of(&a), at(9)).unwrap().parts;
    let of = |event: &str, code: &str| {
        let found = parts
            .iter()
            .find(|(part, _)| part.texts()[0].event == event && part.place().geocodes[0].value() == code);
        found.map(|(_, state)| state.clone()).unwrap()
    };
    let by = Name::of(&u);
    let how = End::Cleared { by: by.clone(), how: Clear::AllClear };
    assert_eq!(of("storm", "1"), State::Ended { how });
    assert_eq!(of("flood", "1"), State::Superseded { by: by.clone(), left: Vec::new() });
    assert_eq!(of("storm", "2"), State::Superseded { by, left: Vec::new() });
    assert_eq!(codes(&events, true), ["1"]);
    assert_eq!(book.in_force(at(9)).len(), 1);
}

/// jdemaeyer/brightsky#198, home-assistant/core#57328: no `expires` at all.
#[test]
fn without_expires_the_source_decides_how_long() {
    let mut a = alert("a", 0);
    a.infos[0].expires = None;
    let (known, _) = book(&[&a]);
    assert_eq!(word(&state(&known, &a, 24 * 60 - 1)), "active");
    assert_eq!(word(&state(&known, &a, 24 * 60)), "expired");
    let forever = SourceRule { missing_expires: None, ..SourceRule::trusting([MET]) };
    let mut book = Book::new(Trust::none().with("met", forever));
    book.take(&a, &via("met"));
    assert_eq!(word(&state(&book, &a, 1_000_000)), "active");
    let bare = Alert { infos: Vec::new(), ..alert("b", 0) };
    book.take(&bare, &via("mirror"));
    assert_eq!(
        word(&state(&book, &bare, 9)),
        "active",
        "an Alert without info warns of what it does not say"
    );
    assert_eq!(word(&state(&book, &bare, 24 * 60)), "expired");
}
