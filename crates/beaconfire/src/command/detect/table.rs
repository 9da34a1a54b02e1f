//! Series from CSV: one column each, or one row a value.

use anyhow::{Context as _, bail};
use csv::StringRecord;
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::Read;
use std::path::Path;

/// One value of a series.
#[derive(Debug)]
pub(super) struct Cell {
    /// The time as written.
    pub(super) t: String,
    /// The time as a detector takes it, seconds.
    pub(super) time: i64,
    /// The value; none where it is missing.
    pub(super) value: Option<f64>,
}

/// All series of a file, in the order of its columns or of their first rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) series: Vec<(String, Vec<Cell>)>,
}

/// The largest file, bytes.
const MAX_BYTES: u64 = 1 << 30;

impl Table {
    /// Reads a file, or stdin for `-`.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let at = || format!("read {}", path.display());
        if path == Path::new("-") {
            return Self::parse(std::io::stdin().take(MAX_BYTES)).context("read stdin");
        }
        let file = std::fs::File::open(path).with_context(at)?;
        Self::parse(std::io::BufReader::new(file).take(MAX_BYTES)).with_context(at)
    }

    fn parse(from: impl Read) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
        let header = reader.headers()?.clone();
        let column = |name: &str| header.iter().position(|found| found == name);
        let series = match (column("series"), column("time"), column("value"), column("t")) {
            (Some(series), Some(time), Some(value), _) | (Some(series), None, Some(value), Some(time)) => {
                long(&mut reader, [series, time, value])?
            }
            (_, time, _, t) => {
                let Some(time) = t.or(time) else {
                    bail!(
                        "the header has neither t nor time: write one of them, and a column for each series"
                    )
                };
                let passed_over = |name: &str| t.is_some() && name == "date";
                let columns: Vec<usize> =
                    (0..header.len()).filter(|at| *at != time && !passed_over(&header[*at])).collect();
                wide(&mut reader, &header, time, &columns)?
            }
        };
        Ok(Self { series })
    }
}

type Series = Vec<(String, Vec<Cell>)>;

fn long<R: Read>(reader: &mut csv::Reader<R>, [series, time, value]: [usize; 3]) -> anyhow::Result<Series> {
    let mut all: Series = Vec::new();
    for row in reader.records() {
        let row = row?;
        let name = row.get(series).unwrap_or_default();
        let cell = cell(&row, time, value)?;
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, cells)) => cells.push(cell),
            None => all.push((name.to_owned(), vec![cell])),
        }
    }
    Ok(all)
}

fn wide<R: Read>(
    reader: &mut csv::Reader<R>,
    header: &StringRecord,
    time: usize,
    columns: &[usize],
) -> anyhow::Result<Series> {
    let mut all: Series = columns.iter().map(|at| (header[*at].to_owned(), Vec::new())).collect();
    for row in reader.records() {
        let row = row?;
        for (at, (_, cells)) in columns.iter().zip(&mut all) {
            cells.push(cell(&row, time, *at)?);
        }
    }
    Ok(all)
}

fn cell(row: &StringRecord, time: usize, value: usize) -> anyhow::Result<Cell> {
    let line = row.position().map_or(0, csv::Position::line);
    let (t, value) = (row.get(time).unwrap_or_default(), row.get(value).unwrap_or_default());
    let time = seconds(t)
        .with_context(|| format!("line {line}: {t:?} is no time; write 17, a date, or RFC 3339"))?;
    let value = number(value)
        .with_context(|| format!("line {line}: {value:?} is no number; write NA where it is missing"))?;
    Ok(Cell { t: t.to_owned(), time, value })
}

fn seconds(text: &str) -> Option<i64> {
    if let Ok(step) = text.parse::<i64>() {
        return Some(step);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_second());
    }
    let date: Date = text.parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp().as_second())
}

/// A number, a missing one, or none for what is neither.
fn number(text: &str) -> Option<Option<f64>> {
    match text {
        "" | "NA" => Some(None),
        "Inf" => Some(Some(f64::INFINITY)),
        "-Inf" => Some(Some(f64::NEG_INFINITY)),
        _ => text.parse().ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_give_the_same_series() {
        let wide = Table::parse("t,date,a,b\n1,x,1,NA\n2,y,2.5,3\n".as_bytes()).expect("wide");
        let long = Table::parse("series,t,value\na,1,1\nb,1,\na,2,2.5\nb,2,3\n".as_bytes()).expect("long");
        let values = |table: &Table| {
            let cells =
                table.series.iter().flat_map(|(name, cells)| cells.iter().map(move |cell| (name, cell)));
            cells.map(|(name, cell)| (name.clone(), cell.time, cell.value)).collect::<Vec<_>>()
        };
        assert_eq!(values(&wide), values(&long));
        assert_eq!(values(&wide)[2..], [("b".to_owned(), 1, None), ("b".to_owned(), 2, Some(3.0))]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, words) in [
            ("a,b\n1,2\n", "neither t nor time"),
            ("t,a\n1,2\nx,3\n", "line 3"),
            ("t,a\n1,two\n", "no number"),
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
        assert_eq!(seconds("soon"), None);
    }
}
