//! Random alerts that conform to the standard.

use beaconfire_cap::{
    Alert, Area, CapTime, Category, Certainty, Circle, Info, MsgType, Named, Position, Reference, Resource,
    ResponseType, Scope, Severity, Status, Urgency,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any text without white space at its ends, with markup, line ends and foreign letters.
fn text() -> impl Strategy<Value = String> {
    let chars = select("abcXYZ019 \t\n\r&<>\"']];%#é漢😀\u{85}\u{2028}".chars().collect::<Vec<_>>());
    vec(chars, 1..12)
        .prop_map(|chars| chars.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("some text is left", |text| !text.is_empty())
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.@:_>\"é漢/-]{1,16}"
}

fn item() -> impl Strategy<Value = String> {
    "[a-z&<é]{1,5}( [a-z']{1,5}){0,2}"
}

fn time() -> impl Strategy<Value = CapTime> {
    // Up to one day within the years 1 to 9999, so that every offset stays inside.
    (-62_135_500_000_i64..253_402_100_000, -840..=840_i32).prop_map(|(second, minutes)| {
        let instant = jiff::Timestamp::from_second(second).expect("the range fits");
        CapTime::new(instant, minutes * 60).expect("the range fits")
    })
}

fn position() -> impl Strategy<Value = Position> {
    (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| Position { lat, lon })
}

fn ring() -> impl Strategy<Value = Vec<Position>> {
    vec(position(), 3..8).prop_map(|mut ring| {
        ring.push(ring[0]);
        ring
    })
}

fn named() -> impl Strategy<Value = Vec<Named>> {
    vec((text(), text()).prop_map(|(name, value)| Named::new(&name, &value)), 0..3)
}

fn area() -> impl Strategy<Value = Area> {
    let circle = (position(), 0.0..1e4).prop_map(|(center, radius_km)| Circle { center, radius_km });
    let heights = option::of((-1e5..1e5, option::of(-1e-9..1e9)));
    (text(), vec(ring(), 0..3), vec(circle, 0..3), named(), heights).prop_map(
        |(description, polygons, circles, geocodes, heights)| Area {
            description,
            polygons,
            circles,
            geocodes,
            altitude: heights.map(|(altitude, _)| altitude),
            ceiling: heights.and_then(|(_, ceiling)| ceiling),
        },
    )
}

fn resource() -> impl Strategy<Value = Resource> {
    let uri = option::of("https://[a-z]{1,5}\\.example/[a-z%20é]{0,0}[a-z]{0,5}(\\?q=1&r=2)?");
    (
        text(),
        text(),
        option::of(any::<u64>()),
        uri,
        option::of("[A-Za-z0-9+/]{4,8}"),
        option::of("[0-9a-f]{40}"),
    )
        .prop_map(|(description, mime_type, size, uri, deref_uri, digest)| Resource {
            description,
            mime_type,
            size,
            uri,
            deref_uri,
            digest,
        })
}

fn info() -> impl Strategy<Value = Info> {
    let codes = (vec(select(Category::ALL), 1..3), vec(select(ResponseType::ALL), 0..3));
    let levels = (select(Urgency::ALL), select(Severity::ALL), select(Certainty::ALL));
    let times = (option::of(time()), option::of(time()), option::of(time()));
    let texts = (
        text(),
        vec(option::of(text()), 6),
        option::of("[a-z]{2,3}(-[A-Z]{2})?"),
        option::of("urn:[a-z0-9]{1,9}"),
    );
    let lists = (named(), named(), vec(resource(), 0..2), vec(area(), 0..3));
    (codes, levels, times, texts, lists).prop_map(
        |(
            (categories, response_types),
            (urgency, severity, certainty),
            times,
            (event, mut texts, language, web),
            lists,
        )| {
            let mut next = || texts.pop().flatten();
            let (effective, onset, expires) = times;
            let (event_codes, parameters, resources, areas) = lists;
            Info {
                language,
                categories,
                event,
                response_types,
                urgency,
                severity,
                certainty,
                audience: next(),
                event_codes,
                effective,
                onset,
                expires,
                sender_name: next(),
                headline: next(),
                description: next(),
                instruction: next(),
                web,
                contact: next(),
                parameters,
                resources,
                areas,
            }
        },
    )
}

prop_compose! {
    /// Any conformant alert.
    pub fn alert()(
        (identifier, sender, sent) in (name(), name(), time()),
        (status, msg_type, scope) in (select(Status::ALL), select(MsgType::ALL), select(Scope::ALL)),
        (source, note, restriction) in (option::of(text()), option::of(text()), text()),
        (addresses, incidents, codes) in (vec(item(), 1..4), vec(item(), 0..3), vec(text(), 0..3)),
        names in vec((name(), name(), time()), 1..3),
        infos in vec(info(), 0..3),
    ) -> Alert {
        let reference = |(sender, identifier, sent)| Reference { sender, identifier, sent };
        Alert {
            identifier, sender, sent, status, msg_type, source, scope,
            restriction: (scope == Scope::Restricted).then_some(restriction),
            addresses, codes, note,
            references: names.into_iter().map(reference).collect(),
            incidents, infos,
        }
    }
}
