//! `beaconfire detect`: one detector or method over the series of a CSV file, or a whole manifest of such calls.

mod advise;
mod answers;
mod batch;
mod call;
mod categorical;
mod clusters;
mod evaluate;
mod hierarchy;
mod nowcast;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod run;
mod side_by_side;
mod table;

use super::{Answer, print};
use anyhow::{Context as _, bail};
use serde_json::{Map, Value};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Runs a detector over the series of a CSV file.
///
/// The file has a column `t` (whole numbers), `time` (RFC 3339, or dates) or `date`, and one column a series; a column
/// `date` beside the others dates the steps. Or it has the columns series, time, value. Empty and NA are missing. A file whose name ends in .parquet is read as
/// Parquet.
#[derive(Debug, clap::Args)]
#[command(
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Out comes CSV: series,t,observed,expected,upperbound,score,alarm,reason. alarm is 1, 0, or NA where it cannot be
judged, and reason says why. Numbers read back to the same value. With `t`, one step counts as one second for the
detectors of the river (ears, rate, threshold). The methods judge from the first point that can be judged on, or
the range asked for: -p 'range={\"from\": 261, \"to\": 312}', counted from 1.

Examples:
  beaconfire detect farringtonFlexible -p noPeriods=10 -p b=5 weekly.csv
  beaconfire detect earsC -p method=C2 -p baseline=7 counts.csv
  beaconfire detect farringtonFlexible --explain weekly.csv | jq .
  beaconfire detect farringtonFlexible --series 'S. Newport' --plot newport.svg weekly.csv
  beaconfire detect threshold --params gauge.json --series 08074000 gauges.csv
  beaconfire detect advise weekly.csv
  beaconfire detect evaluate --replications 20
  beaconfire detect nowcast --step week reports.csv | beaconfire detect earsC -
  beaconfire detect hierarchy onset --strata region,district cases.csv
  beaconfire detect categorical --usual 0.8,0.15,0.05 --sought 0.6,0.3,0.1 serotypes.csv
  beaconfire kinds   says what each detector and method takes"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    other: Option<Other>,
    /// The detector or method; `beaconfire kinds` lists them.
    #[arg(required = true)]
    method: Option<String>,
    /// Its parameters, as a JSON object.
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// One parameter; goes before those of --params. May be given several times.
    #[arg(short = 'p', value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<(String, Value)>,
    /// Only this series; may be given several times.
    #[arg(long, value_name = "S")]
    series: Vec<String>,
    /// The population at risk or the number examined, in the form of the series and under their names.
    #[arg(long, value_name = "FILE")]
    population: Option<PathBuf>,
    /// What no value is compared with, as a JSON object: stretches such as a pandemic year, and breaks such as a vaccine:
    /// {"stretches": [{"from": {"day": "2020-03-01"}, "until": {"day": "2022-05-01"}, "why": "pandemic"}], "breaks":
    /// [{"at": {"day": "2023-09-01"}, "why": "vaccine"}]}; instead of a day also {"step": 140}, from 0.
    #[arg(long, value_name = "FILE")]
    left_out: Option<PathBuf>,
    /// Steps in a year; told from the dates where there are any, else 52.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8784))]
    freq: Option<u32>,
    /// Instead of the CSV, one JSON object for each alarm: what it was compared with, how, and what was decided on the
    /// way.
    #[arg(long, conflicts_with = "plot")]
    explain: bool,
    /// Writes to a file instead of stdout: CSV, or Parquet where its name ends so.
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    out: Option<PathBuf>,
    /// Draws the one series asked for as an SVG picture too.
    #[arg(long, value_name = "OUT.svg")]
    plot: Option<PathBuf>,
    /// How many series are judged at a time; as many as there are cores where it is not said. The answers and their
    /// order are the same.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The file; - for stdin.
    #[arg(value_name = "IN.csv", required = true)]
    input: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Other {
    Batch(batch::Args),
    Advise(advise::Args),
    Evaluate(evaluate::Args),
    Nowcast(nowcast::Args),
    Hierarchy(hierarchy::Args),
    Categorical(categorical::Args),
}

fn pair(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as baseline=7")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        match self.other {
            Some(Other::Batch(args)) => args.run(),
            Some(Other::Advise(args)) => args.run(),
            Some(Other::Evaluate(args)) => args.run(),
            Some(Other::Nowcast(args)) => args.run(),
            Some(Other::Hierarchy(args)) => args.run(),
            Some(Other::Categorical(args)) => args.run(),
            None => run::run(&self),
        }
    }

    /// The file's parameters, with those of the command line over them.
    fn parameters(&self) -> anyhow::Result<Map<String, Value>> {
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
        Ok(params)
    }

    /// Refuses what only methods over whole series take, so that it is not passed over silently.
    fn refuse_method_options(&self, name: &str) -> anyhow::Result<()> {
        let given = [
            ("--population", self.population.is_some()),
            ("--left-out", self.left_out.is_some()),
            ("--freq", self.freq.is_some()),
            ("--explain", self.explain),
            ("--plot", self.plot.is_some()),
            ("--out", self.out.is_some() && name == "stcd"),
            ("--series", !self.series.is_empty() && name == "stcd"),
            ("--jobs", self.jobs.is_some() && name == "stcd"),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((option, _)) => {
                bail!("use {option} with {name}: it takes none; leave it out, or take a method")
            }
            None => Ok(()),
        }
    }

    /// How many series are judged at a time.
    fn jobs(&self) -> NonZeroUsize {
        self.jobs.unwrap_or_else(side_by_side::cores)
    }

    /// The series asked for.
    fn chosen<'t>(&self, table: &'t table::Table) -> anyhow::Result<Vec<&'t table::Column>> {
        if self.series.is_empty() {
            return Ok(table.series.iter().collect());
        }
        for wanted in &self.series {
            if table.named(wanted).is_none() {
                bail!("find the series {wanted:?} in the file: check its header");
            }
        }
        Ok(table.series.iter().filter(|column| self.series.contains(&column.name)).collect())
    }
}

/// A field of CSV, in quotes where it needs them.
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
    fn parameters_are_numbers_switches_or_words() {
        assert_eq!(pair("a=7").expect("a pair").1, 7);
        assert_eq!(pair("a=true").expect("a pair").1, true);
        assert_eq!(pair("a=C2").expect("a pair").1, "C2");
        assert!(pair("a").is_err());
    }
}
