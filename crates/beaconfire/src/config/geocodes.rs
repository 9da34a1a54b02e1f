//! The tables of geocodes: those that come with the program, and those that a configuration names.

use super::Reader;
use anyhow::Context as _;
use beaconfire_geo::geocode::{MAX_BYTES, Registry, Table};
use std::path::Path;

/// The tables that come with the program, with their names; `samples/geocodes/README.md` says how each was made.
static BUILT_IN: &[(&str, &[u8])] = &[
    ("ugc.geocodes", include_bytes!("../../../../samples/geocodes/ugc.geocodes")),
    ("same.geocodes", include_bytes!("../../../../samples/geocodes/same.geocodes")),
    ("emma.geocodes", include_bytes!("../../../../samples/geocodes/emma.geocodes")),
    ("nuts.geocodes", include_bytes!("../../../../samples/geocodes/nuts.geocodes")),
    ("fips.geocodes", include_bytes!("../../../../samples/geocodes/fips.geocodes")),
    ("warncellid.geocodes", include_bytes!("../../../../samples/geocodes/warncellid.geocodes")),
    ("iso3166-2.geocodes", include_bytes!("../../../../samples/geocodes/iso3166-2.geocodes")),
    ("cn-admin.geocodes", include_bytes!("../../../../samples/geocodes/cn-admin.geocodes")),
];

/// The tables that come with the program, by the names of their files.
///
/// # Errors
/// A program that was put together wrongly.
pub(crate) fn built_in() -> anyhow::Result<Vec<(&'static str, Table<'static>)>> {
    let read = |&(name, bytes): &(&'static str, &'static [u8])| {
        let table = Table::from_bytes(bytes).with_context(|| format!("read the built-in table {name}"))?;
        Ok((name, table))
    };
    BUILT_IN.iter().map(read).collect()
}

/// Reads one table.
///
/// # Errors
/// A file that cannot be read or is none.
pub(crate) fn read_table(path: &Path) -> anyhow::Result<Table<'static>> {
    let about = || format!("read the table {}", path.display());
    let size = std::fs::metadata(path).with_context(about)?.len();
    if size > MAX_BYTES as u64 {
        anyhow::bail!("{}: it has {size} bytes and the limit is {MAX_BYTES}; split it", about());
    }
    Table::from_bytes(std::fs::read(path).with_context(about)?).with_context(about)
}

impl Reader {
    /// What geocodes stand for: the built-in tables, then the configured ones.
    pub(super) fn load_geocodes(&mut self) -> Registry<'static> {
        let mut registry = Registry::new();
        if self.file.geocodes.built_in {
            match built_in() {
                Ok(tables) => tables.into_iter().for_each(|(_, table)| registry.add(table)),
                Err(error) => self.wrong("geocodes.built_in", format!("failed to {error:#}")),
            }
        }
        for (index, path) in self.file.geocodes.tables.clone().iter().enumerate() {
            match read_table(&self.folder.join(path)) {
                Ok(table) => registry.add(table),
                Err(error) => {
                    let words = format!("failed to {error:#}; paths are relative to this file");
                    self.wrong(&format!("geocodes.tables[{index}]"), words);
                }
            }
        }
        if registry.tables().is_empty() {
            self.warnings
                .push("no tables of geocodes: alerts with codes alone have no known area".to_owned());
        }
        registry
    }
}
