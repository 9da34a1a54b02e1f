//! What the readers of public files have in common: where each field lies, times, mistakes with their place.

use beaconfire_geo::geocode::{EntryDraft, meaning};
use std::path::Path;

/// Where the fields of an entry lie: properties of GeoJSON, columns of CSV.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Fields {
    /// The property or column of the code; the feature's `id`, or the first column, where it is left out.
    #[arg(long, visible_alias = "code-column", value_name = "NAME")]
    pub(super) code_property: Option<String>,
    /// The property or column of the name; of several the first that holds anything.
    #[arg(long, visible_alias = "name-column", value_name = "NAME")]
    pub(super) name_property: Vec<String>,
    /// The property or column of the first moment at which a code is valid: a day or a time, empty for always.
    #[arg(long, visible_alias = "from-column", value_name = "NAME")]
    pub(super) from_property: Option<String>,
    /// The property or column of the first moment at which a code is no longer valid: likewise.
    #[arg(long, visible_alias = "to-column", value_name = "NAME")]
    pub(super) to_property: Option<String>,
    /// The property or column of the codes that followed it, with spaces, commas or semicolons between.
    #[arg(long, visible_alias = "successors-column", value_name = "NAME")]
    pub(super) successors_property: Option<String>,
    /// CSV: the column of the codes that a code stands for, with spaces or semicolons between, each alone or as
    /// `SCHEME/CODE`; the second column where it is left out. `none`: the table only says when codes were valid.
    #[arg(long, value_name = "NAME")]
    pub(super) target_column: Option<String>,
    /// CSV: the scheme of targets that do not say theirs.
    #[arg(long, value_name = "SCHEME")]
    pub(super) target_scheme: Option<String>,
    /// When all codes become valid that do not say it themselves: a day or a time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(super) valid_from: Option<i64>,
    /// The first moment at which all codes are no longer valid that do not say it themselves.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(super) valid_to: Option<i64>,
}

/// What was read of one file.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// What can be used.
    pub(super) entries: Vec<EntryDraft>,
    /// What cannot, each with its place.
    pub(super) mistakes: Vec<String>,
    /// Holes of polygons, which tables do not have: they count as inside.
    pub(super) holes: usize,
}

impl Read {
    /// Takes an entry in, its code as tables spell it, or notes why it cannot be used.
    pub(super) fn take(&mut self, path: &Path, line: u64, scheme: &str, entry: Result<EntryDraft, String>) {
        let spelled = entry.and_then(|entry| match meaning(scheme, &entry.code) {
            Ok(meaning) => Ok(EntryDraft { code: meaning.code, ..entry }),
            Err(error) => Err(format!("code {:?} is no such code: {error}", entry.code)),
        });
        match spelled {
            Ok(entry) => self.entries.push(entry),
            Err(words) => self.mistakes.push(format!("{}, line {line}: {words}", path.display())),
        }
    }
}

/// The times of an entry from the texts of its fields.
pub(super) fn times(fields: &Fields, from: &str, until: &str) -> Result<(Option<i64>, Option<i64>), String> {
    let one =
        |text: &str, otherwise| if text.trim().is_empty() { Ok(otherwise) } else { moment(text).map(Some) };
    Ok((one(from, fields.valid_from)?, one(until, fields.valid_to)?))
}

/// A day (its first second, UTC) or a time with its offset, in seconds since 1970.
pub(super) fn moment(text: &str) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_second());
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == "2026-01-31".len());
    day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|zoned| zoned.timestamp().as_second())
        .ok_or_else(|| {
            format!("{text:?} is no day or time; write 2026-01-31, or 2026-01-31T12:00:00Z with its offset")
        })
}

/// Several codes in one field.
pub(super) fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ';' || c == ',').filter(|code| !code.is_empty())
}
