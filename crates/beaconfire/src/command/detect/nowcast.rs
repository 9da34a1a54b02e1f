//! `beaconfire detect nowcast`: how many reports there will be in the end of what happened lately.

mod reports;
mod step;

use super::number::shortest;
use super::{Answer, print, quoted};
use anyhow::{Context as _, ensure};
use beaconfire_detect::nowcast::{Estimate, Settings, Triangle, nowcast};
use reports::{Reports, Series};
use std::path::PathBuf;
use step::{Step, Unit};

/// Corrects counts of the last steps for reports that are still to come.
///
/// The file has a row for each report, or for each number of reports: a column `event` (when it happened), a column
/// `report` (when it was reported), both dates or both whole numbers; and, where wanted, `count` (how many; 1 without
/// it) and `series`. Steps between the first event and now without any report have had none.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
How many reports come by which delay is learnt from the file itself. Out comes CSV: series, date (the first day of the
step) or t, value (the reports to be expected in the end), reported (those in by now), complete (their share), low and
high (limits of what will have come). NA where nothing can be learnt. It is a table of series for every method: write
it to a file, or into `beaconfire detect METHOD -`, so that the detector sees the counts as they will be.

Examples:
  beaconfire detect nowcast --step week reports.csv
  beaconfire detect nowcast --step day --now 2026-03-02 --delays 14 --window 60 linelist.csv
  beaconfire detect nowcast --step week --whole reports.csv | beaconfire detect farringtonFlexible -p b=3 -")]
pub(super) struct Args {
    /// What one step is, where the times are dates: a week begins on Monday.
    #[arg(long, value_enum, default_value_t = Unit::Day)]
    step: Unit,
    /// The step at whose end is asked, as a date in it or its number; that of the last report where it is not said.
    /// Later reports are not looked at.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// The longest delay, in steps: what comes later counts as come then. The longest of the file where it is not said.
    #[arg(long, value_name = "N")]
    delays: Option<usize>,
    /// Learns the delays from so many of the last steps; from all where it is not said.
    #[arg(long, value_name = "N")]
    window: Option<usize>,
    /// How often the steps are drawn anew for the limits; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    draws: usize,
    /// From which everything drawn follows.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The share of what may come that lies between the limits.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    level: f64,
    /// Rounds the values, for methods that take whole counts alone.
    #[arg(long)]
    whole: bool,
    /// Only this series; may be given several times.
    #[arg(long, value_name = "S")]
    series: Vec<String>,
    /// The reports; - for stdin.
    #[arg(value_name = "REPORTS.csv")]
    input: PathBuf,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let reports = Reports::read(&self.input, self.step)?;
        let asked = self.now.as_deref().map(|text| {
            Step::read(text, self.step).filter(|step| step.dated() == reports.dated).with_context(|| {
                let form = if reports.dated { "a date such as 2026-03-02" } else { "a whole number" };
                format!("use --now {text}: write {form}, as the file has it")
            })
        });
        let now = asked.transpose()?.map_or(reports.last, Step::number);
        ensure!(
            now >= reports.first,
            "use --now: the first event of the file is later, of {}",
            reports.label(reports.first, self.step)
        );
        for wanted in &self.series {
            let known = reports.series.iter().any(|series| series.name == *wanted);
            ensure!(known, "find the series {wanted:?} in the file: check its column `series`");
        }
        let time = if reports.dated { "date" } else { "t" };
        print(&format!("series,{time},value,reported,complete,low,high\n"))?;
        let chosen = |series: &&Series| self.series.is_empty() || self.series.contains(&series.name);
        for series in reports.series.iter().filter(chosen) {
            let estimates = self.estimates(&reports, series, now)?;
            let line = |(at, estimate): (usize, &Estimate)| {
                let value = if self.whole { estimate.expected.round() } else { estimate.expected };
                let Estimate { reported, complete, low, high, .. } = *estimate;
                let numbers = [value, reported, complete, low, high].map(shortest).join(",");
                let label = reports.label(reports.first + at as i64, self.step);
                format!("{},{label},{numbers}\n", quoted(&series.name))
            };
            print(&estimates.iter().enumerate().map(line).collect::<String>())?;
        }
        Ok(Answer::Yes)
    }

    fn estimates(&self, reports: &Reports, series: &Series, now: i64) -> anyhow::Result<Vec<Estimate>> {
        let steps = usize::try_from(now - reports.first + 1).context("count the steps up to now")?;
        let known = series.counts.iter().filter(|count| count.report <= now);
        let longest = known.clone().map(|count| (count.report - count.event) as usize).max().unwrap_or(0);
        let delays =
            self.delays.unwrap_or(longest).checked_add(1).context("use --delays: it is too large")?;
        let cells = steps.checked_mul(delays).filter(|cells| *cells <= reports::MOST_CELLS);
        let cells = cells.with_context(|| {
            format!(
                "make a table of {steps} steps by {delays} delays for {:?}: it is too large; \
                 give a shorter --delays, or a longer --step",
                series.name
            )
        })?;
        let mut counts = vec![0.0; cells];
        for count in known {
            let (step, delay) =
                ((count.event - reports.first) as usize, (count.report - count.event) as usize);
            counts[step * delays + delay.min(delays - 1)] += count.count;
        }
        let triangle = Triangle::new(steps, delays, counts).context("use the reports")?;
        let Self { window, draws, seed, level, .. } = *self;
        let settings = Settings { now: steps - 1, window, draws, seed, level };
        nowcast(&triangle, &settings).with_context(|| format!("estimate {:?}", series.name))
    }
}
