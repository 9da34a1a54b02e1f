//! The rows of a file as series of strata.

use super::path::{self, UNKNOWN, WHOLE, name_of};
use crate::command::detect::table::{Cell, Raw, TIMES, Table};
use anyhow::{Context as _, ensure};
use std::path::Path;

/// Which columns of a file are taken.
pub(super) struct Source<'a> {
    /// Those of the strata, the widest first. Without any, places stand in a column `series`.
    pub(super) strata: &'a [String],
    /// That of the numbers.
    pub(super) value: &'a str,
    /// That of the population, where there is one.
    pub(super) population: Option<&'a str>,
    /// Whether totals have rows of their own.
    pub(super) totals: bool,
}

/// Numbers by the strata of their rows, whose names are those of [`name_of`].
pub(super) struct Rows {
    pub(super) values: Table,
    pub(super) population: Option<Table>,
}

impl Rows {
    /// Reads a file, or CSV from stdin for `-`.
    pub(super) fn read(path: &Path, source: &Source<'_>) -> anyhow::Result<Self> {
        let mut people = None;
        let values = Table::read_as(path, |raw| {
            let names = source.names(&raw)?;
            people = source.population.map(|column| joined(&raw, &names, column)).transpose()?;
            joined(&raw, &names, source.value)
        })?;
        let at = || format!("read the population of {}", path.display());
        let population = people.map(Table::of).transpose().with_context(at)?;
        Ok(Self { values, population })
    }
}

impl Source<'_> {
    /// The name of the strata of each row.
    fn names(&self, raw: &Raw) -> anyhow::Result<Vec<String>> {
        if self.strata.is_empty() {
            let series = place(raw, "series").context("name the columns of the strata with --strata")?;
            let places = raw.rows.iter().map(|row| path::read(&row[series].label()));
            return self.checked(places);
        }
        let columns = self.strata.iter().map(|name| place(raw, name));
        let columns = columns.collect::<anyhow::Result<Vec<_>>>()?;
        self.checked(raw.rows.iter().map(|row| columns.iter().map(|at| row[*at].label()).collect()))
    }

    fn checked(&self, rows: impl Iterator<Item = Vec<String>>) -> anyhow::Result<Vec<String>> {
        let checked = rows.enumerate().map(|(at, strata)| {
            let name = self.name(strata).with_context(|| format!("line {}", at + 2))?;
            Ok(name)
        });
        checked.collect()
    }

    fn name(&self, strata: Vec<String>) -> anyhow::Result<String> {
        let known =
            |stratum: String| if matches!(&*stratum, "" | "NA") { UNKNOWN.to_owned() } else { stratum };
        let strata: Vec<String> = strata.into_iter().map(known).collect();
        let depth = strata.iter().position(|stratum| stratum == WHOLE).unwrap_or(strata.len());
        ensure!(
            self.totals || depth == strata.len(),
            "leave out this row: it is a total ({WHOLE}), and totals are made of their parts"
        );
        ensure!(
            strata[depth..].iter().all(|stratum| stratum == WHOLE),
            "write {WHOLE} in all columns after the first with {WHOLE}: a total has no narrower strata"
        );
        Ok(name_of(&strata[..depth]))
    }
}

/// Where a column stands.
fn place(raw: &Raw, name: &str) -> anyhow::Result<usize> {
    let found = raw.header.iter().position(|found| found == name);
    found.with_context(|| format!("find the column {name:?}: the header has {}", raw.header.join(", ")))
}

/// The rows with their strata joined to the name of a series, and the numbers of a column.
fn joined(raw: &Raw, names: &[String], column: &str) -> anyhow::Result<Raw> {
    let value = match column {
        "value" => {
            place(raw, column).context("the header lacks `value`: name so the column of the numbers")?
        }
        _ => place(raw, column)?,
    };
    let times: Vec<usize> = TIMES.iter().filter_map(|name| place(raw, name).ok()).collect();
    let mut header: Vec<String> = times.iter().map(|at| raw.header[*at].clone()).collect();
    header.extend(["series".to_owned(), "value".to_owned()]);
    let row = |(row, name): (&Vec<Cell>, &String)| {
        let times = times.iter().map(|at| row[*at].clone());
        times.chain([Cell::Text(name.clone()), row[value].clone()]).collect()
    };
    Ok(Raw { header, rows: raw.rows.iter().zip(names).map(row).collect() })
}
