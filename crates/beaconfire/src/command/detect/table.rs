//! Series from CSV: one column each, or one row a value.

use anyhow::{Context as _, bail};
use beaconfire_detect::outcome::NA;
use beaconfire_detect::series::Day;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// One step of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The time as written.
    pub(super) label: String,
    /// The time as a detector takes it, seconds.
    pub(super) time: i64,
    /// The day, where the table is dated.
    pub(super) day: Option<Day>,
    /// Whether `time` is an instant, and not the number of a step or a day.
    pub(super) instant: bool,
}

/// One series.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// Shared by all series of a table with a column each.
    pub(super) steps: Arc<Vec<Step>>,
    /// One for each step; NA where it is missing.
    pub(super) values: Vec<f64>,
}

/// All series of a file, in the order of its columns or of their first rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) series: Vec<Column>,
}

/// What the column of the times may be called, by which goes first.
pub(super) const TIMES: [&str; 4] = ["t", "time", "timestamp", "date"];

/// The largest file, bytes.
const MAX_BYTES: u64 = 1 << 30;

/// How one gets a program that reads and writes Parquet.
#[cfg(not(feature = "parquet"))]
pub(super) const WITH_PARQUET: &str = "build it with `cargo build --release --features parquet`, or take CSV";

/// A file's rows before they are series.
pub(super) struct Raw {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands in one place of a file.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "CSV has text alone"))]
pub(super) enum Cell {
    Missing,
    Text(String),
    Number(f64),
    Day(Day),
    Second(i64),
}

/// Whether the name says that the file is Parquet.
pub(super) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

impl Table {
    /// Reads a file, or CSV from stdin for `-`.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        Self::read_as(path, Ok)
    }

    /// The same, its rows brought into another form first.
    pub(super) fn read_as(
        path: &Path,
        form: impl FnOnce(Raw) -> anyhow::Result<Raw>,
    ) -> anyhow::Result<Self> {
        let at = || format!("read {}", path.display());
        if path == Path::new("-") {
            let raw = Raw::parse(std::io::stdin().take(MAX_BYTES));
            return raw.and_then(form).and_then(Self::of).context("read stdin");
        }
        if is_parquet(path) {
            #[cfg(feature = "parquet")]
            return super::parquet::read(path).and_then(form).and_then(Self::of).with_context(at);
            #[cfg(not(feature = "parquet"))]
            bail!("{}: this program was built without Parquet; {WITH_PARQUET}", at());
        }
        let file = std::fs::File::open(path).with_context(at)?;
        let raw = Raw::parse(std::io::BufReader::new(file).take(MAX_BYTES));
        raw.and_then(form).and_then(Self::of).with_context(at)
    }

    /// The series of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Column> {
        self.series.iter().find(|column| column.name == name)
    }

    #[cfg(test)]
    fn parse(from: impl Read) -> anyhow::Result<Self> {
        Raw::parse(from).and_then(Self::of)
    }

    /// The series of rows.
    pub(super) fn of(raw: Raw) -> anyhow::Result<Self> {
        let column = |name: &str| raw.header.iter().position(|found| found == name);
        let date = column("date");
        let Some(time) = TIMES.iter().find_map(|name| column(name)) else {
            bail!(
                "the header has none of {}: write one of them, and a column for each series",
                TIMES.join(", ")
            )
        };
        let at = Place { time, date };
        let series = match (column("series"), column("value")) {
            (Some(series), Some(value)) => long(&raw, &at, series, value)?,
            _ => wide(&raw, &at)?,
        };
        Ok(Self { series })
    }
}

impl Raw {
    fn parse(from: impl Read) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
        let header = reader.headers()?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for row in reader.records() {
            rows.push(row?.iter().map(|text| Cell::Text(text.to_owned())).collect());
        }
        Ok(Self { header, rows })
    }
}

/// In which columns the time stands.
struct Place {
    time: usize,
    date: Option<usize>,
}

impl Place {
    fn step(&self, row: &[Cell], line: usize) -> anyhow::Result<Step> {
        let cell = &row[self.time];
        let time = cell.second().with_context(|| {
            format!("line {line}: {:?} is no time; write 17, a date, or RFC 3339", cell.label())
        })?;
        let dated = self.date.map_or(cell, |date| &row[date]);
        if dated.day().is_none() && self.date == Some(self.time) {
            bail!("line {line}: {:?} is no date; write it as 2026-03-02", dated.label());
        }
        Ok(Step { label: cell.label(), time, day: dated.day(), instant: cell.is_instant() })
    }
}

impl Cell {
    /// As it is written.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => format!("{number:?}").trim_end_matches(".0").to_owned(),
            Self::Day(day) => date_of(*day).map_or_else(|| day.to_string(), |date| date.to_string()),
            Self::Second(at) => {
                Timestamp::from_second(*at).map_or_else(|_| at.to_string(), |at| at.to_string())
            }
        }
    }

    /// As a detector takes it, seconds.
    fn second(&self) -> Option<i64> {
        match self {
            Self::Missing => None,
            Self::Text(text) => seconds(text),
            Self::Number(number) => (number.fract() == 0.0 && number.abs() < 1e15).then_some(*number as i64),
            Self::Day(day) => Some(i64::from(*day) * 86_400),
            Self::Second(at) => Some(*at),
        }
    }

    fn is_instant(&self) -> bool {
        match self {
            Self::Text(text) => text.parse::<Timestamp>().is_ok() || has_time_of_day(text),
            Self::Second(_) => true,
            Self::Missing | Self::Number(_) | Self::Day(_) => false,
        }
    }

    fn day(&self) -> Option<Day> {
        match self {
            Self::Text(text) => text.parse::<Date>().ok().map(day),
            Self::Day(day) => Some(*day),
            Self::Second(at) => Day::try_from(at.div_euclid(86_400)).ok(),
            Self::Missing | Self::Number(_) => None,
        }
    }

    /// A number, or NA where it is missing.
    fn number(&self, line: usize) -> anyhow::Result<f64> {
        let number = match self {
            Self::Missing => Some(NA),
            Self::Text(text) => number(text),
            Self::Number(number) => Some(*number),
            Self::Day(_) | Self::Second(_) => None,
        };
        number.with_context(|| {
            format!("line {line}: {:?} is no number; write NA where it is missing", self.label())
        })
    }
}

/// Days since 1970-01-01.
pub(super) fn day(date: Date) -> Day {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// The date of a day.
pub(super) fn date_of(day: Day) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

/// Rows of a file with their lines; the header is line 1.
fn lines(raw: &Raw) -> impl Iterator<Item = (usize, &Vec<Cell>)> {
    raw.rows.iter().enumerate().map(|(at, row)| (at + 2, row))
}

fn long(raw: &Raw, place: &Place, series: usize, value: usize) -> anyhow::Result<Vec<Column>> {
    let mut all: Vec<(String, Vec<Step>, Vec<f64>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (line, row) in lines(raw) {
        let name = row[series].label();
        let at = *known.entry(name.clone()).or_insert_with(|| {
            all.push((name, Vec::new(), Vec::new()));
            all.len() - 1
        });
        all[at].1.push(place.step(row, line)?);
        all[at].2.push(row[value].number(line)?);
    }
    let column = |(name, steps, values)| Column { name, steps: Arc::new(steps), values };
    Ok(all.into_iter().map(column).collect())
}

fn wide(raw: &Raw, place: &Place) -> anyhow::Result<Vec<Column>> {
    let series = (0..raw.header.len()).filter(|at| *at != place.time && Some(*at) != place.date);
    let series: Vec<usize> = series.collect();
    let mut steps = Vec::with_capacity(raw.rows.len());
    let mut values = vec![Vec::with_capacity(raw.rows.len()); series.len()];
    for (line, row) in lines(raw) {
        steps.push(place.step(row, line)?);
        for (at, values) in series.iter().zip(&mut values) {
            values.push(row[*at].number(line)?);
        }
    }
    let steps = Arc::new(steps);
    let named = series.iter().map(|at| raw.header[*at].clone()).zip(values);
    Ok(named.map(|(name, values)| Column { name, steps: steps.clone(), values }).collect())
}

/// A step, an instant, or a date or a time of day without a zone, taken as UTC.
pub(super) fn seconds(text: &str) -> Option<i64> {
    if let Ok(step) = text.parse::<i64>() {
        return Some(step);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_second());
    }
    let at: DateTime = text.parse().ok()?;
    let of_day = at.time().duration_since(jiff::civil::Time::midnight()).as_secs();
    Some(i64::from(day(at.date())) * 86_400 + of_day)
}

/// Whether it is a date with a time of day: a date alone is read as its midnight.
fn has_time_of_day(text: &str) -> bool {
    text.contains(':') && text.parse::<DateTime>().is_ok()
}

/// A number, or NA where it is missing; none for what is neither.
fn number(text: &str) -> Option<f64> {
    match text {
        "" | "NA" => Some(NA),
        "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_give_the_same_series() {
        let wide =
            Table::parse("t,date,a,b\n1,1970-01-01,1,NA\n2,1970-01-08,2.5,3\n".as_bytes()).expect("wide");
        let rows =
            "series,t,date,value\na,1,1970-01-01,1\nb,1,1970-01-01,\na,2,1970-01-08,2.5\nb,2,1970-01-08,3\n";
        let long = Table::parse(rows.as_bytes()).expect("long");
        for (one, other) in wide.series.iter().zip(&long.series) {
            assert_eq!((&one.name, &one.steps), (&other.name, &other.steps));
            let bits = |column: &Column| column.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(one), bits(other));
        }
        assert_eq!(wide.named("b").expect("a series").values[1], 3.0);
        assert_eq!(wide.series[0].steps[1].day, Some(7));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, words) in [
            ("a,b\n1,2\n", "none of t, time, timestamp, date"),
            ("t,a\n1,2\nx,3\n", "line 3"),
            ("t,a\n1,two\n", "no number"),
            ("date,a\n17,2\n", "no date"),
        ] {
            let error = format!("{:#}", Table::parse(text.as_bytes()).expect_err(text));
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn times_are_steps_dates_or_instants() {
        assert_eq!(seconds("17"), Some(17));
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(seconds("1970-01-02 00:01:00"), Some(86_460));
        assert_eq!(seconds("soon"), None);
        let instant = |text: &str| Cell::Text(text.to_owned()).is_instant();
        assert!(instant("1970-01-02 00:01:00") && instant("1970-01-01T01:00:00Z"));
        assert!(!instant("17") && !instant("1970-01-02"));
        assert_eq!(Cell::Day(1).label(), "1970-01-02");
        assert_eq!(Cell::Second(-1).day(), Some(-1));
    }
}
