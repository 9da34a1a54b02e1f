//! Every recorded alert with geocodes becomes an area with the built-in tables, or is reported unresolved, by code.
//!
//! `geocodes_recorded.txt` holds what came out: how many codes and alerts resolve, and each code that does not, with the
//! reason. What the recorded public tables do not have is unresolved and not guessed.

use beaconfire_cap as cap;
use beaconfire_core::area::{AreaUse, LeftOut, Missing, of_info};
use beaconfire_geo::Area;
use beaconfire_geo::geocode::{self, Registry, Resolution, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const EXPECTED: &str = include_str!("geocodes_recorded.txt");

/// Schemes of the US National Weather Service and of MeteoAlarm; the codes of the others have no table here.
const NAMED: [&str; 4] = ["SAME", "UGC", "EMMA_ID", "WARNCELLID"];

fn built_in() -> Registry<'static> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/geocodes");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("readable reference data")
        .map(|entry| entry.expect("readable reference data").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "geocodes"));
    paths.sort();
    let mut registry = Registry::new();
    for path in paths {
        registry.add(
            Table::from_bytes(std::fs::read(&path).expect("readable reference data")).expect("a sound table"),
        );
    }
    registry
}

#[test]
fn every_recorded_alert_resolves_or_is_reported_by_code() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA").map(PathBuf::from) else {
        eprintln!("skipped: recorded geocodes: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let mut count = Counts { registry: built_in(), codes: BTreeMap::new(), alerts: BTreeMap::new() };
    for folder in ["cap/messages", "cap/feeds", "feeds/meteoalarm", "feeds/cap-issuers", "feeds/cap-signed"] {
        for path in files(&data.join(folder)) {
            let bytes = std::fs::read(&path).expect("readable reference data");
            count.xml(&bytes);
            if let Ok(document) = cap::read(&bytes, &cap::Limits::default()) {
                document.messages.iter().for_each(|message| count.alert(&message.alert));
            }
        }
    }
    for path in files(&data.join("feeds/nws-api")) {
        if path.to_string_lossy().contains("alerts") {
            count.nws_api(
                &serde_json::from_slice(&std::fs::read(&path).expect("readable reference data"))
                    .expect("readable reference data"),
            );
        }
    }
    let found = count.told();
    assert!(found == EXPECTED, "geocodes_recorded.txt should hold what was found:\n{found}<end>");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("readable reference data")
        .map(|entry| entry.expect("readable reference data").path())
        .collect();
    paths.sort();
    paths
}

struct Counts {
    registry: Registry<'static>,
    /// By scheme: occurrences that resolved, and codes that did not, by reason.
    codes: BTreeMap<String, (usize, BTreeMap<String, BTreeSet<String>>)>,
    /// By issuer and outcome.
    alerts: BTreeMap<(&'static str, &'static str), usize>,
}

impl Counts {
    fn code(&mut self, name: &str, value: &str, second: i64) {
        for code in geocode::split(name, value) {
            let counts = self.codes.entry(geocode::scheme(name)).or_default();
            match self.registry.resolve(name, code, second) {
                Resolution::Place(place) => {
                    assert!(!self.registry.shapes(&place.drawn).is_empty(), "{name} {code} is drawn");
                    counts.0 += 1;
                }
                why => drop(counts.1.entry(why.to_string()).or_default().insert(code.to_owned())),
            }
        }
    }

    /// The geocodes that stand in a text, also those of entries in feeds that hold no alert.
    fn xml(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for (_, block) in elements(&text, &["geocode"]) {
            // Indexes of the weather service put several names and values into one.
            let mut name = "";
            for (element, inner) in elements(block, &["valueName", "value"]) {
                match element {
                    "valueName" => name = inner.trim(),
                    _ => self.code(name, inner, 0),
                }
            }
        }
    }

    fn alert(&mut self, alert: &cap::Alert) {
        let issuer = if alert.sender.contains("noaa.gov") || alert.sender.contains("weather.gov") {
            "NWS"
        } else if alert.infos.iter().any(|info| info.parameters.iter().any(|p| p.name() == "awareness_level"))
        {
            "MeteoAlarm"
        } else {
            "others"
        };
        for info in &alert.infos {
            let semantics = AreaUse::Auto.semantics(alert);
            let found = of_info(info, &LeftOut::default(), &self.registry, alert.sent.instant(), semantics);
            assert_told(info, &found.missing, &found.spare, &self.registry, alert.sent.instant().as_second());
            let outcome = match (&found.area, found.missing.is_empty()) {
                (Area::Unresolved(_), _) => "unresolved, told by code",
                (_, false) => "an area, and what is missing told by code",
                (_, true) => "an area",
            };
            *self.alerts.entry((issuer, outcome)).or_default() += 1;
        }
    }

    /// Alerts of the weather service's interface: geocodes are lists by scheme.
    fn nws_api(&mut self, document: &serde_json::Value) {
        let list = document["features"]
            .as_array()
            .or(document["@graph"].as_array())
            .expect("readable reference data");
        for feature in list {
            let properties = feature.get("properties").unwrap_or(feature);
            let (mut all, mut known) = (0, 0);
            for (scheme, codes) in properties["geocode"].as_object().expect("readable reference data") {
                for code in codes.as_array().expect("readable reference data") {
                    let code = code.as_str().expect("readable reference data");
                    all += 1;
                    known +=
                        usize::from(matches!(self.registry.resolve(scheme, code, 0), Resolution::Place(_)));
                    self.code(scheme, code, 0);
                }
            }
            let outcome = match known {
                0 => "unresolved, told by code",
                known if known < all => "an area, and what is missing told by code",
                _ => "an area",
            };
            *self.alerts.entry(("NWS interface", outcome)).or_default() += 1;
        }
    }

    fn told(&self) -> String {
        let mut text = "Info blocks, of the interface alerts:\n".to_owned();
        for ((issuer, outcome), count) in &self.alerts {
            writeln!(text, "  {issuer}: {outcome}: {count}").expect("a String takes all");
        }
        text.push_str("Codes, occurrences that resolve, distinct ones that do not:\n");
        for (scheme, (known, unknown)) in &self.codes {
            let distinct: usize = unknown.values().map(BTreeSet::len).sum();
            writeln!(text, "  {scheme}: {known}, {distinct}").expect("a String takes all");
        }
        text.push_str("Those that do not, by reason:\n");
        for (scheme, (_, unknown)) in &self.codes {
            for (why, codes) in unknown {
                let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
                if NAMED.contains(&scheme.as_str()) || !why.contains("without a table") {
                    writeln!(text, "  {scheme} {why}:").expect("a String takes all");
                    for line in codes.chunks(12) {
                        writeln!(text, "    {}", line.join(" ")).expect("a String takes all");
                    }
                } else {
                    writeln!(text, "  {scheme} {why}: {} codes", codes.len()).expect("a String takes all");
                }
            }
        }
        text
    }
}

/// Each code of the block is drawn, or stands by name among what is missing or spare, or its area's shapes are exact.
fn assert_told(
    info: &cap::Info,
    missing: &[Missing],
    spare: &[Missing],
    registry: &Registry<'_>,
    second: i64,
) {
    let told: BTreeSet<&str> = missing.iter().chain(spare).map(|one| one.what.as_str()).collect();
    for area in info.areas.iter().filter(|area| area.polygons.is_empty() && area.circles.is_empty()) {
        for named in &area.geocodes {
            for code in geocode::split(named.name(), named.value()) {
                let is_place = matches!(registry.resolve(named.name(), code, second), Resolution::Place(_));
                let what = format!("{} {code}", geocode::scheme(named.name()));
                assert!(is_place || told.contains(what.as_str()), "{what} is lost in silence");
            }
        }
    }
}

/// Each element with one of these local names, with any prefix: its name, and what stands in it.
fn elements<'t>(text: &'t str, names: &'t [&'t str]) -> impl Iterator<Item = (&'t str, &'t str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find('<')?;
            let end = start + rest[start..].find('>')?;
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            let local = tag.rsplit(':').next().unwrap_or_default();
            if names.contains(&local) && !tag.starts_with('/') {
                let stop = rest.find(&format!("</{tag}>"))?;
                let inner = &rest[..stop];
                rest = &rest[stop..];
                return Some((local, inner));
            }
        }
    })
}
