//! CSV: codes that stand for others, and codes that were given up.

use super::rows::{Fields, Read, codes, times};
use anyhow::{Context as _, bail};
use beaconfire_geo::geocode::{Drawing, EntryDraft};
use std::path::Path;

/// Reads a CSV file with a header line.
///
/// # Errors
/// A file that cannot be read, or without the columns that were named.
pub(super) fn read(path: &Path, scheme: &str, fields: &Fields) -> anyhow::Result<Read> {
    let about = || format!("read {}", path.display());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).with_context(about)?;
    let columns = Columns::of(reader.headers().with_context(about)?, fields).with_context(about)?;
    let mut read = Read::default();
    for row in reader.records() {
        let row = row.with_context(about)?;
        let line = row.position().map_or(0, csv::Position::line);
        read.take(path, line, scheme, columns.entry(&row, fields));
    }
    Ok(read)
}

/// The positions of the columns.
struct Columns {
    code: usize,
    names: Vec<usize>,
    from: Option<usize>,
    until: Option<usize>,
    successors: Option<usize>,
    target: Option<usize>,
}

impl Columns {
    fn of(header: &csv::StringRecord, fields: &Fields) -> anyhow::Result<Self> {
        let find = |name: &Option<String>| {
            let Some(name) = name else { return Ok(None) };
            let found = header.iter().position(|column| column == name);
            let words = || {
                format!(
                    "line 1: there is no column {name:?}; there are {}",
                    header.iter().collect::<Vec<_>>().join(", ")
                )
            };
            found.map(Some).with_context(words)
        };
        let code = find(&fields.code_property)?.unwrap_or(0);
        let target = match fields.target_column.as_deref() {
            Some("none") => None,
            Some(_) => find(&fields.target_column)?,
            None if header.len() < 2 => {
                bail!(
                    "line 1: there is no second column for what a code stands for; add one, or say --target-column none"
                )
            }
            None => Some(1),
        };
        let names = fields
            .name_property
            .iter()
            .map(|name| find(&Some(name.clone())))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            code,
            target,
            names: names.into_iter().flatten().collect(),
            from: find(&fields.from_property)?,
            until: find(&fields.to_property)?,
            successors: find(&fields.successors_property)?,
        })
    }

    fn entry(&self, row: &csv::StringRecord, fields: &Fields) -> Result<EntryDraft, String> {
        let field = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default();
        let (from, until) = times(fields, field(self.from), field(self.until))?;
        let mut targets = Vec::new();
        for target in codes(field(self.target)) {
            let (scheme, code) = match (target.split_once('/'), &fields.target_scheme) {
                (Some((scheme, code)), _) => (scheme, code),
                (None, Some(scheme)) => (scheme.as_str(), target),
                (None, None) => {
                    return Err(format!(
                        "the target {target:?} does not say its scheme; give --target-scheme"
                    ));
                }
            };
            targets.push((scheme.to_owned(), code.to_owned()));
        }
        if self.target.is_some() && targets.is_empty() && until.is_none() {
            return Err("the code stands for nothing; give its target, or when it was given up".to_owned());
        }
        let drawing = if targets.is_empty() { Drawing::Nowhere } else { Drawing::As(targets) };
        Ok(EntryDraft {
            code: field(Some(self.code)).to_owned(),
            name: self
                .names
                .iter()
                .map(|&at| field(Some(at)))
                .find(|name| !name.is_empty())
                .unwrap_or_default()
                .to_owned(),
            from,
            until,
            successors: codes(field(self.successors)).map(str::to_owned).collect(),
            drawing,
        })
    }
}
