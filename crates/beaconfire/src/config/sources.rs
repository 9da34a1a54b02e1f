//! `[[source]]`: checked against its kind and the mode, with its stations and regions.

use super::format::{ModeWord, SourceTable};
use super::stations::{read_regions, read_stations};
use super::{Mistake, Reader};
use beaconfire_core::{SourceRule, Station, StationRule};
use beaconfire_flow::source::SourceConfig;
use beaconfire_flow::{Fetch, SourceSetup};
use std::collections::BTreeSet;
use std::sync::Arc;

type Loaded = (Vec<SourceSetup>, Vec<SourceRule>, Vec<StationRule>);

impl Reader {
    /// All sources, in the order of the file.
    pub(super) fn load_sources(&mut self) -> Loaded {
        let mut loaded = Loaded::default();
        let mut ids = BTreeSet::new();
        for (at, table) in self.file.source.clone().iter().enumerate() {
            if !ids.insert(table.id.clone()) {
                self.wrong(
                    &format!("source[{at}].id"),
                    "another source has this name: choose a different one",
                );
            }
            self.check_way(at, table);
            let config = config_of(table);
            if let Err(error) = config.check() {
                let words = error.to_string();
                let place = ["kind", "url", "options", "id"].into_iter().find(|key| mentions(&words, key));
                let place = place.map_or(format!("source[{at}]"), |key| format!("source[{at}].{key}"));
                self.wrong(&place, words);
            }
            let mut setup = config.setup();
            if table.recorded {
                setup.fetch = Fetch::Recorded;
            }
            setup.anchors = Arc::new(self.load_anchors(at, table));
            loaded.0.push(setup);
            loaded.1.push(config.rule());
            for station in self.load_stations(at, table) {
                loaded.2.push(StationRule { source: table.id.as_str().into(), station });
            }
        }
        loaded
    }

    /// One way in, and no recording where none is played, nor in live or test mode (invariant 20).
    fn check_way(&mut self, at: usize, table: &SourceTable) {
        let ways = [table.url.is_some(), table.push, table.recorded].into_iter().filter(|way| *way).count();
        // None of them is a push: as the examples of the kinds have it.
        if ways > 1 {
            let message = "it comes in one way: keep one of `url`, `push = true` and `recorded = true`";
            self.wrong(&format!("source[{at}]"), message);
        }
        if table.recorded && !self.plays {
            let message = "only `beaconfire demo` plays recordings, those of its own configuration; a server would wait \
                           for this source for ever: give it a `url` or `push = true`, or take it out";
            self.wrong(&format!("source[{at}].recorded"), message);
        } else if table.recorded && self.file.mode != ModeWord::Exercise {
            let message =
                "a recording makes the whole process an exercise: set mode = \"exercise\", or take it out";
            self.wrong(&format!("source[{at}].recorded"), message);
        }
        if table.every.is_some() && table.url.is_none() {
            self.wrong(
                &format!("source[{at}].every"),
                "only a source with a url is asked: take this line out",
            );
        }
        if table.every.is_some_and(|every| every > table.expected_every) {
            let message = "it is asked less often than it is expected to speak: ask at least as often";
            self.wrong(&format!("source[{at}].every"), message);
        }
        if !(1..=8_784).contains(&table.missing_expires_hours) {
            self.wrong(&format!("source[{at}].missing_expires_hours"), "write 1 to 8784 hours (a year)");
        }
    }

    fn load_stations(&mut self, at: usize, table: &SourceTable) -> Vec<Station> {
        let files = [("stations", &table.stations), ("regions", &table.regions)];
        let mut found: Vec<Station> = Vec::new();
        for (key, paths) in files {
            for (n, path) in paths.iter().enumerate() {
                let full = self.folder.join(path);
                if !full.is_file() {
                    let message =
                        format!("there is no file {}: paths are relative to this file", full.display());
                    self.wrong(&format!("source[{at}].{key}[{n}]"), message);
                    continue;
                }
                match if key == "stations" { read_stations(&full) } else { read_regions(&full) } {
                    Ok(stations) => found.extend(stations),
                    Err(mistakes) => self.mistakes.extend::<Vec<Mistake>>(mistakes),
                }
            }
        }
        let Some(only) = &table.only else { return found };
        for (n, id) in only.iter().enumerate() {
            if !found.iter().any(|station| &station.id == id) {
                self.wrong(
                    &format!("source[{at}].only[{n}]"),
                    "none of the files has a station or region of this id",
                );
            }
        }
        found.retain(|station| only.contains(&station.id));
        found
    }
}

fn config_of(table: &SourceTable) -> SourceConfig {
    SourceConfig {
        id: table.id.clone(),
        kind: table.kind.clone(),
        title: table.title.clone(),
        url: table.url.clone(),
        poll_every_s: table.every.map(|every| every.0),
        expected_every_s: i64::try_from(table.expected_every.0).unwrap_or(i64::MAX),
        must_advance: table.must_advance,
        trusted_senders: table.trusted_senders.clone(),
        delegations: table.delegations.clone(),
        missing_expires_hours: table.missing_expires_hours,
        options: table.options.clone(),
    }
}

/// Whether a message of the source's own check is about this key.
fn mentions(words: &str, key: &str) -> bool {
    match key {
        "kind" => words.contains(": kind "),
        "url" => words.contains("address"),
        "options" => words.contains("options."),
        "id" => words.contains("the id "),
        _ => false,
    }
}
