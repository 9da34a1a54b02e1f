//! `beaconfire geocodes compare`: what a new table of a scheme changes.

use crate::command::{Answer, print};
use crate::config::read_table;
use anyhow::ensure;
use beaconfire_geo::difference::difference;
use beaconfire_geo::geocode::{Registry, Resolution, Table};
use beaconfire_geo::{Ring, Shape};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Tells, code by code, what differs between two tables at a time. Answers yes where nothing does.
pub(super) fn compare(old: &Path, new: &Path, at: i64, least_km2: f64) -> anyhow::Result<Answer> {
    let (old, new) = (Side::read(old)?, Side::read(new)?);
    ensure!(
        old.scheme() == new.scheme(),
        "compare tables of one scheme: these are of {} and {}",
        old.scheme(),
        new.scheme()
    );
    let codes: BTreeSet<String> = old.codes().chain(new.codes()).collect();
    let (mut text, mut same) = (String::new(), 0_usize);
    for code in &codes {
        match told(&old.place(code, at), &new.place(code, at), least_km2) {
            // Writing to a String cannot fail.
            Some(words) => drop(writeln!(text, "{} {code} {words}", old.scheme())),
            None => same += 1,
        }
    }
    let differ = codes.len() - same;
    print(&format!("{text}{differ} of {} codes differ, {same} are the same\n", codes.len()))?;
    Ok(Answer::from_bool(differ == 0))
}

/// One of the two tables.
struct Side(Registry<'static>);

/// What a code stands for.
enum Place {
    Drawn { name: String, rings: Vec<Ring> },
    Not(Resolution),
}

impl Side {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let mut registry = Registry::new();
        registry.add(read_table(path)?);
        Ok(Self(registry))
    }

    fn scheme(&self) -> &str {
        self.0.tables().first().map_or("", Table::scheme)
    }

    fn codes(&self) -> impl Iterator<Item = String> {
        self.0.tables().iter().flat_map(|table| table.iter().map(|entry| entry.code))
    }

    fn place(&self, code: &str, at: i64) -> Place {
        let place = match self.0.resolve(self.scheme(), code, at) {
            Resolution::Place(place) => place,
            other => return Place::Not(other),
        };
        let rings = self.0.shapes(&place.drawn).into_iter().filter_map(|shape| match shape {
            Shape::Polygon(ring) => Some(ring),
            Shape::Circle(_) => None,
        });
        Place::Drawn { rings: rings.collect(), name: place.name }
    }
}

/// What differs, in words that follow on the code; none where nothing does.
fn told(old: &Place, new: &Place, least_km2: f64) -> Option<String> {
    match (old, new) {
        (Place::Not(old), Place::Not(new)) => (old != new).then(|| format!("{old}; now it {new}")),
        (Place::Drawn { name, .. }, Place::Not(new)) => Some(format!("was {name}; now it {new}")),
        (Place::Not(old), Place::Drawn { name, .. }) => Some(format!("{old}; now it is {name}")),
        (Place::Drawn { name, rings }, Place::Drawn { name: new_name, rings: new_rings }) => {
            let mut words = Vec::new();
            if name != new_name {
                words.push(format!("was called {name} and is now called {new_name}"));
            }
            words.extend(ground(rings, new_rings, least_km2));
            (!words.is_empty()).then(|| words.join("; "))
        }
    }
}

fn ground(old: &[Ring], new: &[Ring], least_km2: f64) -> Option<String> {
    let Some(told) = difference(old, new) else {
        return Some("is drawn anew, too entangled to say by how much".to_owned());
    };
    if told.lost_km2.max(told.gained_km2) < least_km2 {
        return None;
    }
    let share = |km2: f64| 100.0 * km2 / told.before_km2.max(f64::MIN_POSITIVE);
    Some(format!(
        "loses {:.1} km² ({:.1} %) and gains {:.1} km² ({:.1} %)",
        told.lost_km2,
        share(told.lost_km2),
        told.gained_km2,
        share(told.gained_km2)
    ))
}
