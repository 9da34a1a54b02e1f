//! Short ways to write messages and to ask how they stand.

use beaconfire_cap::life::{Book, LifeEvent, Name, Seen, SourceRule, State, Trust};
use beaconfire_cap::{
    Alert, Area, CapTime, Category, Certainty, Info, MsgType, Named, Reference, ResponseType, Scope,
    Severity, Status, Urgency,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) const MET: &str = "met@example.org";

/// Minutes after an arbitrary hour.
pub(crate) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_280_400).expect("in range") + SignedDuration::from_mins(minute)
}

pub(crate) fn time(minute: i64) -> CapTime {
    CapTime::new(at(minute), 3600).expect("in range")
}

/// A message of [`MET`] that warns of a storm at code 1 till minute 600.
pub(crate) fn message(kind: MsgType, identifier: &str, minute: i64, names: &[&Alert]) -> Alert {
    Alert {
        identifier: identifier.to_owned(),
        sender: MET.to_owned(),
        sent: time(minute),
        status: Status::Actual,
        msg_type: kind,
        source: None,
        scope: Scope::Public,
        restriction: None,
        addresses: Vec::new(),
        codes: Vec::new(),
        note: None,
        references: names.iter().map(|alert| reference(alert)).collect(),
        incidents: Vec::new(),
        infos: vec![info("storm", &["1"])],
    }
}

pub(crate) fn alert(identifier: &str, minute: i64) -> Alert {
    message(MsgType::Alert, identifier, minute, &[])
}

pub(crate) fn update(identifier: &str, minute: i64, names: &[&Alert]) -> Alert {
    message(MsgType::Update, identifier, minute, names)
}

/// Without info, as most are.
pub(crate) fn cancel(identifier: &str, minute: i64, names: &[&Alert]) -> Alert {
    Alert { infos: Vec::new(), ..message(MsgType::Cancel, identifier, minute, names) }
}

pub(crate) fn reference(alert: &Alert) -> Reference {
    Reference { sender: alert.sender.clone(), identifier: alert.identifier.clone(), sent: alert.sent }
}

/// An event at places with these codes of one register, all in one area.
pub(crate) fn info(event: &str, codes: &[&str]) -> Info {
    Info {
        language: None,
        categories: vec![Category::Met],
        event: event.to_owned(),
        response_types: vec![ResponseType::Prepare],
        urgency: Urgency::Expected,
        severity: Severity::Severe,
        certainty: Certainty::Likely,
        audience: None,
        event_codes: vec![named("event", event)],
        effective: None,
        onset: None,
        expires: Some(time(600)),
        sender_name: None,
        headline: None,
        description: None,
        instruction: None,
        web: None,
        contact: None,
        parameters: Vec::new(),
        resources: Vec::new(),
        areas: vec![area(codes)],
    }
}

pub(crate) fn clear(event: &str, codes: &[&str]) -> Info {
    Info { response_types: vec![ResponseType::AllClear], urgency: Urgency::Past, ..info(event, codes) }
}

pub(crate) fn area(codes: &[&str]) -> Area {
    Area {
        description: format!("places {}", codes.join(" ")),
        polygons: Vec::new(),
        circles: Vec::new(),
        geocodes: codes.iter().map(|code| named("register", code)).collect(),
        altitude: None,
        ceiling: None,
    }
}

pub(crate) fn named(name: &str, value: &str) -> Named {
    Named::new(name, value)
}

pub(crate) fn via(source: &str) -> Seen {
    Seen { source: source.to_owned(), received: at(0) }
}

/// The source `met` is trusted for [`MET`], no other for anybody.
pub(crate) fn trust() -> Trust {
    Trust::none().with("met", SourceRule::trusting([MET]))
}

/// A book that took these through `met`, and everything that it told.
pub(crate) fn book(alerts: &[&Alert]) -> (Book, Vec<LifeEvent>) {
    let mut book = Book::new(trust());
    let events = alerts.iter().flat_map(|alert| book.take(alert, &via("met"))).collect();
    (book, events)
}

pub(crate) fn state(book: &Book, alert: &Alert, minute: i64) -> State {
    book.standing(alert.status, &Name::of(alert), at(minute)).expect("it was taken").state
}

/// The state in one word, for tables.
pub(crate) fn word(state: &State) -> &'static str {
    match state {
        State::Active => "active",
        State::Superseded { .. } => "superseded",
        State::Ended { .. } => "ended",
        State::Cancelled { .. } => "cancelled",
        State::Expired { .. } => "expired",
        State::Orphan => "orphan",
        State::Unheeded => "unheeded",
        State::Acted => "acted",
    }
}

pub(crate) fn check(alerts: &[&Alert], minute: i64, want: &[&str]) {
    let (book, _) = book(alerts);
    let got: Vec<_> = alerts.iter().map(|alert| word(&state(&book, alert, minute))).collect();
    assert_eq!(got, want);
}
