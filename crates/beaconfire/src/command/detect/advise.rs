//! `beaconfire detect advise`: which methods a series qualifies for, and why not the others.

use super::call::Input;
use super::table::Table;
use super::{Answer, print};
use beaconfire_detect::Judgement;
use beaconfire_detect::method::{METHODS, Memory, Method};
use beaconfire_detect::series::Series;
use std::path::PathBuf;

/// Says of each series which methods can judge it, and why not the others.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every method is tried, with the parameters of its example, on the last points of the series. Nothing is chosen for
you: what suits a purpose is in each method's documentation (`beaconfire kinds`).

Example:
  beaconfire detect advise weekly.csv")]
pub(super) struct Args {
    /// Steps in a year; told from the dates where there are any, else 52.
    #[arg(long, value_name = "N")]
    freq: Option<u32>,
    /// The file; - for stdin.
    #[arg(value_name = "IN.csv")]
    input: PathBuf,
}

/// Points that a method is tried on.
const TRIED: usize = 13;

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let table = Table::read(&self.input)?;
        for column in &table.series {
            let input = Input::new(column, None, self.freq)?;
            let series = input.series();
            print(&format!("{}: {}\n", column.name, about(&series)))?;
            for method in METHODS {
                let (mark, words) = match tried(method, &series) {
                    Ok(words) => ("yes", words),
                    Err(words) => ("no ", words),
                };
                print(&format!("  {mark} {:<20} {words}\n", method.name))?;
            }
        }
        Ok(Answer::Yes)
    }
}

/// What the series is, in words.
fn about(series: &Series<'_>) -> String {
    let present: Vec<f64> = series.values.iter().copied().filter(|value| !value.is_nan()).collect();
    let sort = if present.iter().all(|value| *value >= 0.0 && value.fract() == 0.0) {
        "counts"
    } else {
        "measurements"
    };
    let mean = present.iter().sum::<f64>() / present.len().max(1) as f64;
    let missing = series.values.len() - present.len();
    let step = match series.freq {
        52 => "weekly",
        12 => "monthly",
        365 => "daily",
        _ => "of another step",
    };
    let dated = if series.dates.is_some() { ", dated" } else { "" };
    format!("{} {sort} {step}{dated}, mean {mean:.3}, {missing} missing", series.values.len())
}

/// Whether the method can judge the last points, and since when, or why not.
fn tried(method: &Method, series: &Series<'_>) -> Result<String, String> {
    let judge = method.parse(method.example).map_err(|error| error.to_string())?;
    let first = judge.first_judged(series);
    if first >= series.end() {
        return Err(format!(
            "needs {} values before the first one judged, and there are {}",
            first,
            series.end()
        ));
    }
    let from = first.max(series.end().saturating_sub(TRIED));
    let outcome = judge
        .judge(series, from..series.end(), &mut Memory::default())
        .map_err(|refusal| refusal.to_string())?;
    let unjudged = outcome.judgements.iter().filter_map(|judgement| match judgement {
        Judgement::CannotJudge(reason) => Some(reason),
        _ => None,
    });
    let last = unjudged.clone().next_back();
    match (unjudged.count(), last) {
        (0, _) => Ok(format!("from point {} on", first + 1)),
        (some, Some(reason)) if some == outcome.len() => Err(reason.to_string()),
        (some, reason) => Ok(format!(
            "from point {} on; {some} of the last {} cannot be judged{}",
            first + 1,
            outcome.len(),
            reason.map(|reason| format!(": {reason}")).unwrap_or_default(),
        )),
    }
}
