//! Reports with the times of their events.

use super::step::{Step, Unit, first_day};
use anyhow::{Context as _, bail, ensure};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// Steps times delays, at most.
pub(super) const MOST_CELLS: usize = 50_000_000;
/// The largest file, bytes.
const MAX_BYTES: u64 = 1 << 30;

/// Everything in a file.
pub(super) struct Reports {
    /// Whether steps are days, weeks or months, and not numbers.
    pub(super) dated: bool,
    /// The step of the first event of any series.
    pub(super) first: i64,
    /// That of the last report.
    pub(super) last: i64,
    /// In the order of their first rows.
    pub(super) series: Vec<Series>,
}

pub(super) struct Series {
    pub(super) name: String,
    pub(super) counts: Vec<Count>,
}

/// So many reports of events of one step in another.
pub(super) struct Count {
    pub(super) event: i64,
    pub(super) report: i64,
    pub(super) count: f64,
}

impl Reports {
    pub(super) fn read(path: &Path, unit: Unit) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Self::parse(std::io::stdin().take(MAX_BYTES), unit).context("read stdin");
        }
        let at = || format!("read {}", path.display());
        let file = std::fs::File::open(path).with_context(at)?;
        Self::parse(std::io::BufReader::new(file).take(MAX_BYTES), unit).with_context(at)
    }

    fn parse(from: impl Read, unit: Unit) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
        let header = reader.headers()?.clone();
        let column = |name: &str| header.iter().position(|found| found == name);
        let (Some(event), Some(report)) = (column("event"), column("report")) else {
            bail!(
                "the header lacks event or report: name so the columns of when it happened and was reported"
            )
        };
        let (count, series) = (column("count"), column("series"));
        let mut it = Self { dated: false, first: i64::MAX, last: i64::MIN, series: Vec::new() };
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in reader.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let time = |at: usize| {
                let step = Step::read(cell(at), unit);
                step.with_context(|| {
                    format!("line {line}: {:?} is no time; write a date such as 2026-03-02, or 17", cell(at))
                })
            };
            let (event, report) = (time(event)?, time(report)?);
            it.dated = if known.is_empty() { event.dated() } else { it.dated };
            ensure!(
                event.dated() == it.dated && report.dated() == it.dated,
                "line {line}: there are dates and numbers: write all times as dates, or all as numbers"
            );
            let (event, report) = (event.number(), report.number());
            ensure!(
                event <= report,
                "line {line}: reported before it happened: correct the times, or leave the row out"
            );
            let count = match count.map(cell) {
                None => 1.0,
                Some(text) => text
                    .parse::<f64>()
                    .ok()
                    .filter(|count| (0.0..1e12).contains(count))
                    .with_context(|| format!("line {line}: {text:?} is no count; write 0 or more"))?,
            };
            let name = series.map_or("reports", cell);
            let at = *known.entry(name.to_owned()).or_insert_with(|| {
                it.series.push(Series { name: name.to_owned(), counts: Vec::new() });
                it.series.len() - 1
            });
            it.series[at].counts.push(Count { event, report, count });
            (it.first, it.last) = (it.first.min(event), it.last.max(report));
        }
        ensure!(!it.series.is_empty(), "it has no report");
        Ok(it)
    }

    /// A step as it is written.
    pub(super) fn label(&self, step: i64, unit: Unit) -> String {
        let date = if self.dated { first_day(step, unit) } else { None };
        date.map_or_else(|| step.to_string(), |date| date.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line_and_the_mend() {
        for (text, words) in [
            ("a,report\n1,2\n", "lacks event or report"),
            ("event,report\n1,2\n3,2\n", "line 3: reported before"),
            ("event,report\n1,soon\n", "line 2: \"soon\" is no time"),
            ("event,report\n2026-01-02,2026-01-03\n4,5\n", "line 3: there are dates and numbers"),
            ("event,report,count\n1,2,-3\n", "no count"),
            ("event,report\n", "no report"),
        ] {
            let error = Reports::parse(text.as_bytes(), Unit::Day).err().expect(text);
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }

    #[test]
    fn series_stand_in_the_order_of_their_first_rows() {
        let text = "series,event,report,count\nb,2026-03-04,2026-03-20,2\na,2026-03-01,2026-03-02,1\n";
        let reports = Reports::parse(text.as_bytes(), Unit::Week).expect("reports");
        let names: Vec<&str> = reports.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!((names, reports.last - reports.first), (vec!["b", "a"], 3));
        assert_eq!(reports.label(reports.first, Unit::Week), "2026-02-23");
    }
}
