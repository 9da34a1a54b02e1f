//! A table while it is made: what is to be encoded, and how a later import joins an earlier one.

use std::collections::BTreeMap;

use super::entry::Outline;
use super::table::Table;

/// A table that is to be encoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableDraft {
    /// The scheme, in any spelling.
    pub scheme: String,
    /// What it is, for people.
    pub title: String,
    /// Under what it may be used and passed on.
    pub licence: String,
    /// Whom to name where it is used, or empty.
    pub attribution: String,
    /// Where it came from and how it was made.
    pub source: String,
    /// Steps in a degree that coordinates are rounded to, 1 to 1,000,000.
    pub units: u32,
    /// How far its lines may lie from the true ones, metres, rounding included; 0 where nothing is drawn or nobody knows.
    pub resolution_m: u32,
    /// What it holds, in any order.
    pub entries: Vec<EntryDraft>,
}

/// An entry that is to be encoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryDraft {
    /// The code, in any spelling.
    pub code: String,
    /// Its name, or empty.
    pub name: String,
    /// The second since 1970 from which it is valid; `None`: always was.
    pub from: Option<i64>,
    /// The second from which it is no longer valid; `None`: still is.
    pub until: Option<i64>,
    /// The codes of the same scheme that followed it.
    pub successors: Vec<String>,
    /// Where it is.
    pub drawing: Drawing,
}

/// Where an entry's place is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Drawing {
    /// Not known.
    #[default]
    Nowhere,
    /// Inside these rings together: degrees north and east of each point; closed or not, without holes.
    Rings(Vec<Vec<(f64, f64)>>),
    /// Where these codes are together: scheme and code of each.
    As(Vec<(String, String)>),
}

impl TableDraft {
    /// A table as a draft, so that entries can be added.
    #[must_use]
    pub fn of(table: &Table<'_>) -> Self {
        let units = f64::from(table.units());
        let entries = table.iter().map(|entry| EntryDraft {
            drawing: match &entry.outline {
                Outline::Nowhere => Drawing::Nowhere,
                Outline::Rings(rings) => {
                    let grids = rings.grids(table.units()).unwrap_or_default();
                    let degrees = |(lat, lon)| (lat as f64 / units, lon as f64 / units);
                    Drawing::Rings(grids.into_iter().map(|g| g.into_iter().map(degrees).collect()).collect())
                }
                Outline::As(targets) => {
                    Drawing::As(targets.iter().map(|&(s, c)| (s.to_owned(), c.to_owned())).collect())
                }
            },
            name: entry.name.to_owned(),
            from: entry.from,
            until: entry.until,
            successors: entry.successors.iter().map(|&code| code.to_owned()).collect(),
            code: entry.code,
        });
        Self {
            scheme: table.scheme().to_owned(),
            title: table.title().to_owned(),
            licence: table.licence().to_owned(),
            attribution: table.attribution().to_owned(),
            source: table.source().to_owned(),
            units: table.units(),
            resolution_m: table.resolution_m().unwrap_or(0),
            entries: entries.collect(),
        }
    }
}

/// Joins later entries to earlier ones. A later entry takes the place of an earlier one of the same code and time; one
/// that begins later ends what still held before it. Codes that the later ones do not name are kept.
///
/// Codes are compared as they are written: both lists should be in the spelling of tables.
pub fn add_entries(earlier: &mut Vec<EntryDraft>, later: Vec<EntryDraft>) {
    // A code and a time may have several entries: parts of one place, joined when they are encoded.
    type Versions = BTreeMap<Option<i64>, Vec<EntryDraft>>;
    let mut by_code: BTreeMap<String, Versions> = BTreeMap::new();
    for entry in std::mem::take(earlier) {
        by_code.entry(entry.code.clone()).or_default().entry(entry.from).or_default().push(entry);
    }
    let mut renewed: BTreeMap<String, Versions> = BTreeMap::new();
    for entry in later {
        renewed.entry(entry.code.clone()).or_default().entry(entry.from).or_default().push(entry);
    }
    for (code, entries) in renewed {
        let versions = by_code.entry(code).or_default();
        for (from, entries) in entries {
            if let Some(from) = from {
                for before in versions.range_mut(..Some(from)).flat_map(|(_, before)| before) {
                    if before.until.is_none_or(|until| until > from) {
                        before.until = Some(from);
                    }
                }
            }
            versions.insert(from, entries);
        }
    }
    earlier.extend(by_code.into_values().flat_map(BTreeMap::into_values).flatten());
}
