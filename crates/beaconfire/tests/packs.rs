//! The packs that come with the program: each reads, is exercised by the samples, joins what belongs together, and
//! says who, where, what to do and until when in every language.

use beaconfire_core::assess::{circle, event_rules};
use beaconfire_core::pack::{Pack, TextTemplate, fill, parse};
use beaconfire_core::{
    Actor, Command, Event, Facts, Mode, Rules, Signal, SignalKind, SourceId, SourceRule, State, Station,
    StationRule, apply, decide,
};
use beaconfire_detect::{Change, Detector as _, Sample};
use beaconfire_geo::{Exposure, Point};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn packs() -> Vec<Pack> {
    let mut packs = Vec::new();
    for entry in std::fs::read_dir(root().join("packs")).expect("the packs") {
        let path = entry.expect("an entry").path();
        if !path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(path.join("pack.toml")).expect("a pack.toml in every folder");
        let pack = parse(&text).unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        assert_eq!(path.file_name().and_then(|name| name.to_str()), Some(pack.name.as_str()));
        packs.push(pack);
    }
    packs.sort_by(|a, b| a.name.cmp(&b.name));
    packs
}

fn pack(name: &str) -> Pack {
    packs().into_iter().find(|pack| pack.name.as_str() == name).expect("the pack")
}

/// The gauges of the samples.
fn stations() -> BTreeMap<String, Station> {
    #[derive(serde::Deserialize)]
    struct File {
        station: Vec<Station>,
    }
    let text = std::fs::read_to_string(root().join("samples/stations.toml")).expect("the stations");
    let file: File = toml::from_str(&text).expect("stations");
    file.station.into_iter().map(|station| (station.id.clone(), station)).collect()
}

/// (source, series, time, value) of the samples, in the order of time.
fn numbers() -> Vec<(String, String, Timestamp, f64)> {
    let mut rows = Vec::new();
    let mut read = |source: &str, text: &str| {
        for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
            let mut fields = line.split(',');
            let mut next = || fields.next().expect("three columns").to_owned();
            let (series, time, value) = (next(), next(), next());
            rows.push((
                source.to_owned(),
                series,
                time.parse().expect("a time"),
                value.parse().expect("a number"),
            ));
        }
    };
    let demo = root().join("samples/demo");
    for (source, file) in [("houston-gauges", "harvey-2017.csv"), ("wimberley-gauge", "wimberley-2015.csv")] {
        read(source, &std::fs::read_to_string(demo.join(file)).expect("a sample"));
    }
    let weekly = std::fs::read_to_string(demo.join("salmonella-weekly.ndjson")).expect("a sample");
    for line in weekly.lines() {
        let answer: serde_json::Value = serde_json::from_str(line).expect("JSON");
        read("salmonella-weekly", answer["body"].as_str().unwrap_or_default());
    }
    rows.sort_by_key(|row| row.2);
    rows
}

/// Every alarm that a pack's series rules raise on the samples, as signals in the order of time.
fn alarms(pack: &Pack) -> Vec<Signal> {
    let stations = stations();
    let mut detectors = BTreeMap::new();
    let mut signals = Vec::new();
    for (source, series, time, value) in numbers() {
        for rule in pack.series.iter().filter(|rule| rule.applies(&source, &series)) {
            let station = stations.get(&series);
            let thresholds = station.map(|station| station.thresholds.clone()).unwrap_or_default();
            let Some(params) = rule.params_json(&thresholds) else { continue };
            let detector = detectors.entry((rule.name.clone(), series.clone())).or_insert_with(|| {
                let kind = beaconfire_detect::kind(&rule.detector).expect("a known detector");
                kind.build(&params).expect("parameters that it takes")
            });
            let step = detector.push(Sample::new(time.as_second(), value));
            if step.change != Some(Change::On) {
                continue;
            }
            let area = match (station.and_then(Station::point), rule.radius_km) {
                (Some(point), Some(km)) => circle(point, km),
                _ => beaconfire_geo::Area::WholeJurisdiction,
            };
            signals.push(Signal {
                pack: pack.name.clone(),
                pack_version: pack.version,
                rule: rule.name.clone(),
                kind: SignalKind::Alarm,
                source: source.as_str().into(),
                subject: series.clone(),
                at: time,
                observed: step.observed,
                expected: step.expected,
                threshold: step.threshold,
                score: step.score,
                unit: String::new(),
                likelihood: rule.likelihood,
                area,
                place: station.map(|station| station.name.clone()).unwrap_or_default(),
                words: rule.words.clone(),
                item: None,
                zone: None,
                revision: None,
            });
        }
    }
    signals
}

/// A state in which these packs' rules hold.
fn river(packs: Vec<Pack>) -> State {
    let source = |id: &str| SourceRule {
        id: id.into(),
        trusted_senders: Vec::new(),
        delegations: Vec::new(),
        missing_expires_hours: 24,
    };
    let stations = stations();
    let rules = Rules {
        packs,
        sources: vec![source("houston-gauges"), source("wimberley-gauge"), source("usgs-quakes")],
        stations: stations
            .into_values()
            .map(|station| StationRule { source: "houston-gauges".into(), station })
            .collect(),
        ..Rules::default()
    };
    let mut state = State::default();
    let start = "2026-03-01T00:00:00Z".parse().expect("a time");
    command(&mut state, &Command::Open { mode: Mode::Exercise, exercise: Some("x".into()) }, start);
    command(&mut state, &Command::LoadRules(Box::new(rules)), start);
    state
}

fn command(state: &mut State, command: &Command, now: Timestamp) {
    for record in decide(state, command, &Actor::River, now).expect("not refused") {
        apply(state, &record);
    }
}

#[test]
fn every_series_rule_is_exercised_by_a_sample() {
    for pack in packs() {
        let alarmed: BTreeSet<String> = alarms(&pack).into_iter().map(|signal| signal.rule).collect();
        let rules: BTreeSet<String> = pack.series.iter().map(|rule| rule.name.clone()).collect();
        assert_eq!(alarmed, rules, "{}", pack.name);
    }
}

#[test]
fn every_event_rule_and_step_is_exercised_by_an_event() {
    let quake = |magnitude: f64| event("earthquake", &[("magnitude", magnitude)], &[]);
    let flaw = |ransomware: &str| event("vulnerability", &[], &[("ransomware", ransomware)]);
    let events = [quake(4.4), quake(4.5), quake(5.4), quake(6.4), quake(7.1), flaw("Known"), flaw("Unknown")];
    let rules = Rules { packs: packs(), ..Rules::default() };
    let found: Vec<_> = events
        .iter()
        .flat_map(|event| event_rules(&rules, event))
        .map(|(pack, rule, step, _)| (pack.name.to_string(), rule.name.clone(), step.likelihood.get()))
        .collect();
    let row = |pack: &str, rule: &str, likelihood| (pack.to_owned(), rule.to_owned(), likelihood);
    let expected = [
        row("earthquake", "magnitude", 1),
        row("earthquake", "magnitude", 2),
        row("earthquake", "magnitude", 3),
        row("earthquake", "magnitude", 4),
        row("exploited-vulnerability", "ransomware", 4),
        row("exploited-vulnerability", "exploited", 2),
    ];
    assert_eq!(found, expected);
}

fn event(kind: &str, numbers: &[(&str, f64)], words: &[(&str, &str)]) -> Event {
    let at: Timestamp = "2026-03-02T06:02:00Z".parse().expect("a time");
    Event {
        id: "e1".into(),
        kind: kind.into(),
        time: at,
        updated: at,
        title: "one".into(),
        point: Some(Point::new(35.7053, -117.5038).expect("a point")),
        numbers: numbers.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
        words: words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect(),
    }
}

#[test]
fn the_bayous_of_one_city_are_one_flood_and_another_river_is_another() {
    let flood = pack("river-flood");
    let mut state = river(vec![flood.clone()]);
    for signal in alarms(&flood) {
        let now = signal.at;
        command(&mut state, &Command::RaiseSignal { signal, exposure: Exposure::Unknown }, now);
    }
    let members: Vec<BTreeSet<&str>> = state
        .incidents
        .values()
        .map(|incident| incident.members.iter().map(|member| member.place.as_str()).collect())
        .collect();
    assert_eq!(members.len(), 2, "{members:#?}");
    let mut sizes: Vec<usize> = members.iter().map(BTreeSet::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 6], "Wimberley alone, six bayous together: {members:#?}");
}

#[test]
fn a_larger_shock_a_day_later_belongs_to_the_same_sequence() {
    let mut state = river(vec![pack("earthquake")]);
    let quake = |id: &str, at: &str, magnitude: f64, lat: f64, lon: f64| Event {
        id: id.into(),
        time: at.parse().expect("a time"),
        updated: at.parse().expect("a time"),
        point: Some(Point::new(lat, lon).expect("a point")),
        ..event("earthquake", &[("magnitude", magnitude)], &[])
    };
    let shocks = [
        quake("a", "2026-03-02T06:02:00Z", 6.2, 35.7053, -117.5038),
        Event {
            updated: "2026-03-02T06:14:00Z".parse().expect("a time"),
            ..quake("a", "2026-03-02T06:02:00Z", 6.4, 35.7053, -117.5038)
        },
        quake("b", "2026-03-03T00:00:00Z", 5.37, 35.7603, -117.575),
        quake("c", "2026-03-03T15:48:00Z", 7.1, 35.7695, -117.5993),
    ];
    for event in shocks {
        let now = event.updated;
        let take = Command::TakeEvent {
            source: SourceId::from("usgs-quakes"),
            item: "0".repeat(64).into(),
            event,
            exposures: vec![Exposure::Unknown],
        };
        command(&mut state, &take, now);
    }
    assert_eq!(state.incidents.len(), 1);
}

/// Longest headline that phones show whole, less the marks of an exercise.
const HEADLINE: usize = 160 - 27;

#[test]
fn texts_are_short_name_the_place_and_say_until_when_in_every_language() {
    for pack in packs() {
        let until = if pack.draft.expires_minutes % 1440 == 0 {
            [(pack.draft.expires_minutes / 1440, "days"), (pack.draft.expires_minutes / 1440, "días")]
        } else {
            [(pack.draft.expires_minutes / 60, "hours"), (pack.draft.expires_minutes / 60, "horas")]
        };
        let long = Facts {
            place: "a place of a long name; ".repeat(12),
            words: "something observed of a long name, ".repeat(12),
            ..Facts::specimen()
        };
        for text in &pack.texts {
            let named = format!("{} {}", pack.name, text.language);
            for facts in [Facts::specimen(), long.clone()] {
                for template in [&text.headline, &text.all_clear, &text.cancel] {
                    let headline = fill(template, &facts).expect("fills");
                    assert!(headline.chars().count() <= HEADLINE, "{named}: {headline}");
                }
                let description = fill(&text.description, &facts).expect("fills");
                assert!(description.contains(facts.place.trim()), "{named}: where? {description}");
                assert!(description.contains(&facts.authority), "{named}: who says so? {description}");
                let says = until.iter().any(|(n, unit)| description.contains(&format!("{n} {unit}")));
                assert!(says, "{named}: until when? {description}");
                assert!(fill(&text.instruction, &facts).expect("fills").len() > 80, "{named}: what to do?");
            }
        }
    }
}

#[test]
fn texts_give_the_same_facts_in_every_language_and_no_reassurance() {
    let reassuring = [
        "no danger",
        "do not worry",
        "no reason to",
        "is safe",
        "calm",
        "tranquil",
        "no hay peligro",
        "sin riesgo",
    ];
    for pack in packs() {
        let facts_of = |text: &TextTemplate| {
            let all = [&text.headline, &text.description, &text.instruction, &text.all_clear, &text.cancel];
            let uses =
                |name: &str| all.map(|template| template.matches(&format!("{{{{ {name} }}}}")).count());
            ["place", "words", "people", "authority"].map(uses)
        };
        for text in &pack.texts {
            assert_eq!(facts_of(text), facts_of(&pack.texts[0]), "{} {}", pack.name, text.language);
            let whole = format!("{} {} {}", text.headline, text.description, text.instruction).to_lowercase();
            for phrase in reassuring {
                assert!(!whole.contains(phrase), "{} {} says {phrase:?}", pack.name, text.language);
            }
        }
    }
}
