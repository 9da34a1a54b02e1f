//! Random configurations: packs that join, cascade and clock differently, sources with trust and
//! delegations, channels of every mode, accounts with roles.

use beaconfire_core::pack::{Cascade, Pack, parse};
use beaconfire_core::{
    AccountId, Authority, ChannelRule, Form, Level, Mode, Role, Rules, SourceRule, Station, StationRule, Step,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Our own CAP sender.
pub(crate) const OURS: &str = "warn@town.example";
/// CAP senders of others: the first is trusted through two sources, the second acts by delegation
/// on the first, the third is trusted nowhere.
pub(crate) const SENDERS: [&str; 3] = ["met@state.example", "water@state.example", "stranger@example"];
/// Sources: events, series, alerts trusted, alerts trusted too, alerts of a mirror nobody trusts.
pub(crate) const SOURCES: [&str; 5] = ["quakes", "gauges", "met-feed", "met-feed-2", "mirror"];
/// Accounts; the last is never given a role.
pub(crate) const ACCOUNTS: [&str; 8] =
    ["op-author", "op-approver", "op-officer", "op-both", "op-all", "op-admin", "op-second", "op-nobody"];

const PACK: &str = r#"
name = "NAME"
version = 1
title = "TITLE"
hazard = "HAZARD"
categories = ["Met"]
cap_events = ["HAZARD"]
[level]
people = [100, 1000, 10000]
impact_when_unknown = 3
[decide]
from = "moderate"
within_minutes = 30
escalate_minutes = [10, 30]
[join]
within_hours = 12
confidence = 0.4
max_growth = 4.0
valid_hours = 12
[[events]]
name = "size"
kind = "earthquake"
number = "magnitude"
say = "HAZARD of {title}"
steps = [
  { from = 4.0, likelihood = 1, radius_km = 10.0 },
  { from = 5.0, likelihood = 2, radius_km = 20.0 },
  { from = 6.0, likelihood = 4, radius_km = 40.0 },
]
[draft]
urgency = "Immediate"
certainty = "Likely"
response_types = ["Avoid"]
event_code = ["SAME", "FLW"]
expires_minutes = 120
[[texts]]
language = "en-US"
event = "TITLE Warning"
headline = "TITLE at {{ place }}: stay away"
description = "{{ authority }} warns at {{ place }}: {{ words }}. People: {{ people }}."
instruction = "Stay away."
all_clear = "TITLE ended at {{ place }}"
cancel = "The TITLE warning for {{ place }} was an error"
[[texts]]
language = "es-US"
event = "Aviso TITLE"
headline = "TITLE en {{ place }}: no se acerque"
description = "{{ authority }} avisa en {{ place }}: {{ words }}. Personas: {{ people }}."
instruction = "No se acerque."
all_clear = "TITLE terminó en {{ place }}"
cancel = "El aviso TITLE de {{ place }} fue un error"
"#;

fn packs() -> &'static [Pack; 3] {
    static PACKS: OnceLock<[Pack; 3]> = OnceLock::new();
    let pack = |name: &str, title: &str, hazard: &str| {
        let text = PACK.replace("NAME", name).replace("TITLE", title).replace("HAZARD", hazard);
        parse(&text).expect("the machine's packs are sound")
    };
    PACKS.get_or_init(|| {
        [
            pack("river", "River flood", "flood"),
            pack("quake", "Earthquake", "earthquake"),
            pack("slide", "Landslide", "landslide"),
        ]
    })
}

/// What may be turned about a pack.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    from: Level,
    within: i64,
    ladder: Vec<i64>,
    unknown: Step,
    confidence: f64,
    growth: f64,
    within_hours: i64,
    valid_hours: i64,
    /// Whether the pack has rules on events.
    events: bool,
}

fn turn() -> impl Strategy<Value = Turn> {
    let step = (1u8..=4).prop_map(|n| Step::new(n).expect("1 to 4"));
    let level = prop::sample::select(vec![Level::Minor, Level::Moderate, Level::Moderate, Level::Severe]);
    let ladder = prop::sample::select(vec![vec![], vec![10], vec![5, 20, 60]]);
    (level, 1i64..180, ladder, step, 0.05f64..0.9, 1.0f64..8.0, 1i64..48, 2i64..48, any::<bool>()).prop_map(
        |(from, within, ladder, unknown, confidence, growth, within_hours, valid_hours, events)| Turn {
            from,
            within,
            ladder,
            unknown,
            confidence,
            growth,
            within_hours,
            valid_hours,
            events,
        },
    )
}

/// One configuration, with the mode of the journal.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) mode: Mode,
    pub(crate) rules: Rules,
    turns: Vec<Turn>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?}, approvals hold {} h, {:?}",
            self.mode, self.rules.authority.approval_hours, self.turns
        )
    }
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let modes = vec![Mode::Live, Mode::Live, Mode::Exercise, Mode::Test];
    (prop::sample::select(modes), turn(), turn(), turn(), any::<bool>(), 1i64..24).prop_map(
        |(mode, a, b, c, shared, approval_hours)| {
            let turns = vec![a, b, c];
            World { mode, rules: rules(&turns, shared, approval_hours), turns }
        },
    )
}

fn rules(turns: &[Turn], shared: bool, approval_hours: i64) -> Rules {
    let mut packs: Vec<Pack> = packs().iter().zip(turns).map(|(pack, turn)| turned(pack, turn)).collect();
    if shared {
        // Two packs of one hazard family.
        packs[2].hazard = "flood".to_owned();
    }
    packs[1].events = self::packs()[1].events.clone();
    packs[1].cascades.push(Cascade { to: "flood".to_owned(), within_hours: 24, distance_km: 100.0 });
    packs[0].cascades.push(Cascade { to: "landslide".to_owned(), within_hours: 12, distance_km: 30.0 });
    Rules {
        authority: Authority {
            sender: OURS.to_owned(),
            name: "Town".to_owned(),
            identifier_prefix: "urn:oid:2.49.0.1.999.0".to_owned(),
            web: None,
            contact: Some("the duty desk".to_owned()),
            zone: "Etc/UTC".to_owned(),
            jurisdiction: "the town".to_owned(),
            approval_hours,
        },
        packs,
        sources: SOURCES.iter().map(|id| source(id)).collect(),
        channels: channels(),
        stations: stations(),
    }
}

fn turned(pack: &Pack, turn: &Turn) -> Pack {
    let mut pack = pack.clone();
    pack.decide.from = turn.from;
    pack.decide.within_minutes = turn.within;
    pack.decide.escalate_minutes.clone_from(&turn.ladder);
    pack.level.impact_when_unknown = turn.unknown;
    pack.join.confidence = turn.confidence;
    pack.join.max_growth = turn.growth;
    pack.join.within_hours = turn.within_hours;
    pack.join.valid_hours = turn.valid_hours;
    if !turn.events {
        pack.events.clear();
    }
    pack
}

fn source(id: &str) -> SourceRule {
    let (trusted, delegations): (&[&str], Vec<(String, String)>) = match id {
        "met-feed" => (&SENDERS[..2], vec![(SENDERS[1].to_owned(), SENDERS[0].to_owned())]),
        "met-feed-2" => (&SENDERS[..1], Vec::new()),
        _ => (&[], Vec::new()),
    };
    SourceRule {
        id: id.into(),
        trusted_senders: trusted.iter().map(|&s| s.to_owned()).collect(),
        delegations,
        missing_expires_hours: 6,
    }
}

fn channels() -> Vec<ChannelRule> {
    let channel = |id: &str, mode, public, read_back_minutes| ChannelRule {
        id: id.into(),
        kind: "webhook".to_owned(),
        form: Form::Cap,
        mode,
        public,
        read_back_minutes,
    };
    [Mode::Live, Mode::Test, Mode::Exercise]
        .into_iter()
        .flat_map(|mode| {
            let name = |what: &str| format!("{}-{what}", mode.word());
            [
                channel(&name("feed"), mode, true, Some(5)),
                channel(&name("sms"), mode, true, None),
                channel(&name("agencies"), mode, false, Some(10)),
            ]
        })
        .collect()
}

fn stations() -> Vec<StationRule> {
    (0..4)
        .map(|n| StationRule {
            source: "gauges".into(),
            station: Station {
                id: format!("g{n}"),
                name: format!("Gauge {n}"),
                lat: 30.0 + 0.05 * f64::from(n),
                lon: -95.0,
                zone: "America/Chicago".to_owned(),
                unit: "ft".to_owned(),
                area: None,
                thresholds: std::iter::once(("minor".to_owned(), 3.0)).collect(),
            },
        })
        .collect()
}

/// What each account may do at the beginning.
pub(crate) fn roles() -> Vec<(AccountId, BTreeSet<Role>)> {
    use Role::{Admin, Approver, Author, Officer};
    let of: [&[Role]; 7] = [
        &[Author],
        &[Approver],
        &[Officer],
        &[Author, Approver],
        &[Author, Approver, Officer],
        &[Admin],
        &[Approver, Officer],
    ];
    ACCOUNTS.iter().zip(of).map(|(id, roles)| ((*id).into(), roles.iter().copied().collect())).collect()
}
