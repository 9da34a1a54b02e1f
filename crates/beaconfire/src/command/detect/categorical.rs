//! `beaconfire detect categorical`: shares of several categories that change together.

use super::number::shortest;
use super::table::Table;
use super::{Answer, print, quoted};
use anyhow::{Context as _, anyhow, ensure};
use beaconfire_detect::Judgement;
use beaconfire_detect::categorical::{Categorical, Parameters};
use beaconfire_detect::method::Mode;
use beaconfire_detect::outcome::NA;
use std::path::PathBuf;

/// Watches the shares of several categories among as many cases as there are: a CUSUM of their likelihood ratio.
///
/// The file has a column `t` (whole numbers), `time` (RFC 3339, or dates) or `date`, and a column of counts for each
/// category. Two categories are the method binomialLRCUSUM.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
At each point the logarithm of the likelihood ratio of the sought shares to the usual ones is added up, never below 0;
over the threshold there is an alarm, and the chart begins anew. A point without cases adds nothing; one with a missing
count cannot be judged, and leaves the sum as it is. Out comes CSV: t, n (cases of all categories), statistic, alarm (1,
0, or NA), reason, and for each category what it adds to the sum: the largest speaks loudest for the change.

Examples:
  beaconfire detect categorical --usual 0.8,0.15,0.05 --sought 0.6,0.3,0.1 serotypes.csv
  beaconfire detect categorical --usual 0.8,0.15,0.05 --sought 0.6,0.3,0.1 --category O157,O26,other \\
    --threshold 3 serotypes.csv")]
pub(super) struct Args {
    /// The share of each category as things are usually, in the order of the columns; they add up to 1.
    #[arg(long, value_name = "SHARES", value_delimiter = ',', required = true)]
    usual: Vec<f64>,
    /// The shares that are to be found, in the same order.
    #[arg(long, value_name = "SHARES", value_delimiter = ',', required = true)]
    sought: Vec<f64>,
    /// The sum over which there is an alarm.
    #[arg(long, value_name = "H", default_value_t = 5.0)]
    threshold: f64,
    /// The columns that are the categories, in the order of the shares; all but the time where it is not said.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    category: Vec<String>,
    /// Whose answers: in compat nothing is judged after a missing count.
    #[arg(long, value_enum, default_value_t = Whose::Default)]
    mode: Whose,
    /// The file; - for stdin.
    #[arg(value_name = "IN.csv")]
    input: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Whose {
    Default,
    Compat,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let table = Table::read(&self.input)?;
        let categories = if self.category.is_empty() {
            table.series.iter().collect::<Vec<_>>()
        } else {
            let named = |name: &String| {
                table.named(name).with_context(|| format!("find the category {name:?}: check the header"))
            };
            self.category.iter().map(named).collect::<anyhow::Result<_>>()?
        };
        for (option, shares) in [("--usual", &self.usual), ("--sought", &self.sought)] {
            ensure!(
                shares.len() == categories.len(),
                "use {option}: it has {} shares, and there are {} categories ({}); give one for each, \
                 or choose the columns with --category",
                shares.len(),
                categories.len(),
                categories.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
            );
        }
        let parameters = Parameters {
            pi0: vec![self.usual.clone()],
            pi1: vec![self.sought.clone()],
            h: self.threshold,
            mode: match self.mode {
                Whose::Default => Mode::Default,
                Whose::Compat => Mode::Compat,
            },
        };
        let mut chart = Categorical::new(parameters).map_err(|error| {
            let words = error.to_string().replace("pi0", "--usual").replace("pi1", "--sought");
            anyhow!("use the shares: {}", words.replace("h must", "--threshold must"))
        })?;
        let steps = &categories.first().context("find a category in the file")?.steps;
        let same = categories.iter().all(|column| column.steps == *steps);
        ensure!(same, "use the categories: they are not counted at the same times; give a column to each");
        let names = categories.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(",");
        let mut out = format!("t,n,statistic,alarm,reason,{names}\n");
        for (at, step) in steps.iter().enumerate() {
            let counts: Vec<f64> = categories.iter().map(|column| column.values[at]).collect();
            let point = chart.push(&counts);
            let (alarm, reason) = match point.judgement {
                Judgement::Alarm => ("1", String::new()),
                Judgement::NoAlarm => ("0", String::new()),
                Judgement::CannotJudge(reason) => ("NA", reason.to_string()),
            };
            let numbers = [counts.iter().sum(), point.statistic.unwrap_or(NA)].map(shortest).join(",");
            // Without cases a part is minus nothing, which is written as nothing.
            let part = |at: usize| shortest(point.parts.get(at).map_or(NA, |part| part + 0.0));
            let parts = (0..counts.len()).map(part).collect::<Vec<_>>().join(",");
            out += &format!("{},{numbers},{alarm},{},{parts}\n", quoted(&step.label), quoted(&reason));
        }
        print(&out)?;
        Ok(Answer::Yes)
    }
}
