//! `stcd`: clusters of events in space and time, from a file of their places and times.

use super::number::seventeen;
use anyhow::{Context as _, anyhow, bail, ensure};
use beaconfire_detect::stcd::{Event, Parameters, Stcd};
use serde_json::{Map, Value};
use std::path::Path;

/// The columns that come out where none are asked for.
pub(super) const COLUMNS: [&str; 7] = ["i", "x", "y", "t", "R", "alarm", "centre"];

/// Reads events (columns x, y and t), takes them in the order of their times, and writes a row for each: its number
/// from 1, its place and time, the statistic R, whether it is over the threshold, and the event that the cluster began
/// with.
pub(super) fn run(path: &Path, params: Map<String, Value>, columns: &[String]) -> anyhow::Result<String> {
    let mut chart = Stcd::new(parameters(params)?).map_err(|error| anyhow!("use the parameters: {error}"))?;
    let mut out = columns.join(",") + "\n";
    for (at, [x, y, t]) in events(path)?.into_iter().enumerate() {
        let cluster = chart.push(Event { x, y });
        let cell = |name: &String| {
            Ok(match name.as_str() {
                "i" => (at + 1).to_string(),
                "x" => seventeen(x),
                "y" => seventeen(y),
                "t" => seventeen(t),
                "R" => seventeen(chart.statistic()),
                "alarm" => u8::from(cluster.is_some()).to_string(),
                "centre" => cluster.map_or("NA".to_owned(), |cluster| (cluster.centre + 1).to_string()),
                _ => bail!("find a column {name}: stcd has {}", COLUMNS.join(", ")),
            })
        };
        let cells = columns.iter().map(cell).collect::<anyhow::Result<Vec<_>>>()?;
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    Ok(out)
}

/// The parameters; the areas, which the statistic does not depend on, are passed over.
fn parameters(mut params: Map<String, Value>) -> anyhow::Result<Parameters> {
    for unused in ["areaA", "areaAcapBk"] {
        params.remove(unused);
    }
    serde_json::from_value(Value::Object(params)).context("use the parameters")
}

/// Places and times, in the order of the times.
fn events(path: &Path) -> anyhow::Result<Vec<[f64; 3]>> {
    let at = || format!("read {}", path.display());
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).with_context(at)?;
    let header = reader.headers().with_context(at)?.clone();
    let column = |name: &str| {
        header.iter().position(|found| found == name).with_context(|| format!("{}: no column {name}", at()))
    };
    let columns = [column("x")?, column("y")?, column("t")?];
    let mut events = Vec::new();
    for row in reader.records() {
        let row = row.with_context(at)?;
        let line = row.position().map_or(0, csv::Position::line);
        let number = |at: usize| {
            let text = row.get(at).unwrap_or_default();
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            number.with_context(|| format!("read {}: line {line}: {text:?} is no number", path.display()))
        };
        events.push([number(columns[0])?, number(columns[1])?, number(columns[2])?]);
    }
    ensure!(!events.is_empty(), "{}: it has no event", at());
    events.sort_by(|a, b| a[2].total_cmp(&b[2]));
    Ok(events)
}
