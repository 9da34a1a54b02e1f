//! `beaconfire detect`: one detector over the series of a CSV file.

mod table;

use super::{Answer, print};
use anyhow::{Context as _, anyhow, bail};
use beaconfire_detect::{Detector as _, Judgement, Kind, Sample, Step};
use serde_json::{Map, Value};
use std::path::PathBuf;
use table::{Cell, Table};

/// Runs a detector over the series of a CSV file.
///
/// The file has a column `t` (whole numbers) or `time` (RFC 3339, or dates) and one column a series; a column `date`
/// beside `t` is passed over. Or it has the columns series, time, value. Empty and NA are missing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Out comes CSV: series,t,observed,expected,upperbound,score,alarm,reason. alarm is 1, 0, or NA where it cannot be
judged, and reason says why. Numbers read back to the same value. With `t`, one step counts as one second.

Examples:
  beaconfire detect ears -p method=C2 -p baseline=7 counts.csv
  beaconfire detect threshold --params gauge.json --series 08074000 gauges.csv
  beaconfire kinds   says what each detector takes")]
pub(crate) struct Args {
    /// The detector: ears (or earsC), rate, threshold.
    method: String,
    /// Its parameters, as a JSON object.
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// One parameter; goes before those of --params. May be given several times.
    #[arg(short = 'p', value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<(String, Value)>,
    /// Only this series; may be given several times.
    #[arg(long, value_name = "S")]
    series: Vec<String>,
    /// The file; - for stdin.
    #[arg(value_name = "IN.csv")]
    input: PathBuf,
}

fn pair(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as baseline=7")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let kind = kind(&self.method)?;
        let params = self.parameters()?;
        let params =
            kind.parse(&params.to_string()).map_err(|error| anyhow!("use the parameters: {error}"))?;
        let table = Table::read(&self.input)?;
        for wanted in &self.series {
            if !table.series.iter().any(|(name, _)| name == wanted) {
                bail!("find the series {wanted:?} in {}: check its header", self.input.display());
            }
        }
        let mut out = "series,t,observed,expected,upperbound,score,alarm,reason\n".to_owned();
        for (name, cells) in
            table.series.iter().filter(|(name, _)| self.series.is_empty() || self.series.contains(name))
        {
            let mut detector = params.start();
            for cell in cells {
                let step = detector.push(Sample { time: cell.time, value: cell.value, suspect: false });
                out.push_str(&row(name, cell, &step));
            }
            print(&out)?;
            out.clear();
        }
        print(&out)?;
        Ok(Answer::Yes)
    }

    /// The file's parameters, with those of the command line over them.
    fn parameters(&self) -> anyhow::Result<Value> {
        let mut params = match &self.params {
            None => Map::new(),
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
                serde_json::from_str(&text)
                    .with_context(|| format!("read {}: it must be a JSON object", path.display()))?
            }
        };
        params.extend(self.param.iter().cloned());
        Ok(Value::Object(params))
    }
}

fn kind(method: &str) -> anyhow::Result<&'static Kind> {
    // R surveillance's name for the same.
    let name = if method == "earsC" { "ears" } else { method };
    beaconfire_detect::kind(name).ok_or_else(|| {
        let known: Vec<_> = beaconfire_detect::KINDS.iter().map(|kind| kind.name).collect();
        anyhow!("find a detector {method:?}: there are {}", known.join(", "))
    })
}

fn row(series: &str, cell: &Cell, step: &Step) -> String {
    let (alarm, reason) = match step.judgement {
        Judgement::Alarm => ("1", String::new()),
        Judgement::NoAlarm => ("0", String::new()),
        Judgement::CannotJudge(reason) => ("NA", reason.to_string()),
    };
    let (series, reason) = (quoted(series), quoted(&reason));
    let numbers = [cell.value, step.expected, step.threshold, step.score].map(number).join(",");
    format!("{series},{},{numbers},{alarm},{reason}\n", quoted(&cell.t))
}

/// The shortest text that reads back to the same f64.
fn number(value: Option<f64>) -> String {
    match value {
        None => "NA".to_owned(),
        Some(v) if v.is_nan() => "NaN".to_owned(),
        Some(v) if v.is_infinite() => if v > 0.0 { "Inf" } else { "-Inf" }.to_owned(),
        Some(v) => format!("{v:?}").trim_end_matches(".0").to_owned(),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_to_the_same_value() {
        for v in [0.1, -0.0, 1e300, 5e-324, 2.859_953_204_817_408, 7.0, 1e16, f64::MAX] {
            let text = number(Some(v));
            assert_eq!(text.parse::<f64>().expect(&text).to_bits(), v.to_bits(), "{text}");
        }
        assert_eq!([None, Some(f64::NAN), Some(f64::INFINITY)].map(number), ["NA", "NaN", "Inf"]);
    }

    #[test]
    fn parameters_are_numbers_switches_or_words() {
        assert_eq!(pair("a=7").expect("a pair").1, 7);
        assert_eq!(pair("a=true").expect("a pair").1, true);
        assert_eq!(pair("a=C2").expect("a pair").1, "C2");
        assert!(pair("a").is_err());
    }
}
