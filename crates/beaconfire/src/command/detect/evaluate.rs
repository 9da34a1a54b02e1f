//! `beaconfire detect evaluate`: methods side by side at equal false-alarm budgets.

mod candidates;
mod own;
mod page;
mod table;
mod windows;

use super::table::Table;
use super::{Answer, print};
use anyhow::{Context as _, bail, ensure};
use beaconfire_detect::evaluate::compare::{judge, tabulate};
use beaconfire_detect::evaluate::simulate::replications;
use beaconfire_detect::evaluate::{
    Candidate, Comparison, Labelled, Options, Pool, SCENARIOS, entries, measurements,
};
use candidates::Asked;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};

/// Measures what methods find, and how soon, when all may give equally many false alarms.
///
/// Without a file, on the 42 scenarios of Noufaily and others (2013) with injected outbreaks; every number follows from
/// the seed. With a file and its labels, on those series.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every method gets the level of its own statistic that uses up the budget of false alarms: on simulated series without
an outbreak and with another seed, or on the steps outside the outbreaks of the file. Measures: POD (outbreaks found),
POD1 (in their first week), sens, spec, FPR, PPV, F1 (by week), CED (weeks to the first alarm, of those found), delay
(the same, those not found with their whole duration). Shares in percent, with 95 % intervals. CED makes one that also
finds what others never do look slow; the last columns compare the first method (or --against) with each of the others
outbreak by outbreak: how many more it finds, how many weeks later its alarm comes where both find one, and of how many
outbreaks it is the first or only one to tell / the other is.

With --windows the series are measurements, such as those of the Numenta Anomaly Benchmark, and the windows labelled in
them are the outbreaks. Then each method also stands with the limits that it has by itself: windows hit, false alarms
(steps next to each other count once), how many of them a day, and the benchmark's score (usual profile; 100 is all, 0
never an alarm), with these limits and at the level that is best for it. The methods compared are onset, which takes the
values as measurements, and the charts shewhart, ewma, cusum_mean, as they are and prewhitened, where none is named. At
an equal budget the charts never begin anew, so that a CUSUM that was once high stays so for long: see it with its own
limits. Measurements next to each other are alike, and charts that are not prewhitened alarm far more often than their
run length says.

Examples:
  beaconfire detect evaluate --replications 20
  beaconfire detect evaluate --budget 0.005 --method onset --method bayes --page evaluation.html
  beaconfire detect evaluate --labels labels.csv --from 105 weekly.csv
  beaconfire detect evaluate --windows combined_windows.json --budget 0.01 nyc_taxi.csv speed_7578.csv")]
pub(super) struct Args {
    /// A method to compare, with parameters as JSON after a colon where others than the usual are meant; all usual ones
    /// where none is named. May be given several times.
    #[arg(long = "method", value_name = "NAME[:JSON]")]
    methods: Vec<String>,
    /// The share of steps that may be in false alarm; may be given several times.
    #[arg(long = "budget", value_name = "SHARE", default_values_t = [0.005, 0.01])]
    budgets: Vec<f64>,
    /// Simulated series of each scenario.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "input")]
    replications: u64,
    /// From which everything drawn follows.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// One level for all series, or one for each scenario or file's series.
    #[arg(long, value_enum, default_value_t = Pooled::All)]
    pool: Pooled,
    /// The method that the others are compared with, by its label in the table; the first one otherwise.
    #[arg(long, value_name = "LABEL")]
    against: Option<String>,
    /// Labels of the file's series, in the same form: what is neither 0 nor missing is an outbreak.
    #[arg(long, value_name = "LABELS.csv", requires = "input", conflicts_with = "windows")]
    labels: Option<PathBuf>,
    /// The windows of each series, as JSON: {"FILE.csv": [["2014-10-30 15:30:00", "2014-11-03 22:30:00"]]}, or with the
    /// name of the series instead of the file's. Several files may be given.
    #[arg(long, value_name = "WINDOWS.json", requires = "input")]
    windows: Option<PathBuf>,
    /// The first point of the file that is judged, from 1; the middle otherwise, and with --windows after 15 % of it,
    /// 750 steps at most.
    #[arg(long, value_name = "T", requires = "input")]
    from: Option<usize>,
    /// JSON with everything instead of the table.
    #[arg(long)]
    json: bool,
    /// Writes a page with the table and the curves (ROC and AMOC).
    #[arg(long, value_name = "OUT.html")]
    page: Option<PathBuf>,
    /// Series with outbreaks.
    #[arg(value_name = "IN.csv")]
    input: Vec<PathBuf>,
}

/// What is judged.
struct Set {
    evaluation: Vec<Labelled>,
    /// What levels are set on.
    calibration: Vec<Labelled>,
    /// With windows: how many days are judged.
    days: Option<f64>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Pooled {
    All,
    Group,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<Answer> {
        let sound = self.budgets.iter().all(|budget| *budget > 0.0 && *budget < 1.0);
        ensure!(sound, "use the budgets: each must be above 0 and below 1");
        let field = if self.windows.is_some() { measurements() } else { entries() };
        let mut asked = candidates::asked(&self.methods, &field)?;
        if self.windows.is_some() {
            asked.iter_mut().for_each(windows::measured);
        }
        let candidates = asked.iter().map(Asked::candidate).collect::<anyhow::Result<Vec<_>>>()?;
        let set = self.series()?;
        let (evaluation, calibration) = (set.evaluation, set.calibration);
        let against = match &self.against {
            None => 0,
            Some(label) => {
                candidates.iter().position(|candidate| candidate.label == *label).with_context(|| {
                    let known: Vec<_> = candidates.iter().map(|candidate| candidate.label.as_str()).collect();
                    format!("find the method {label:?}: there are {}", known.join(", "))
                })?
            }
        };
        let options = Options {
            budgets: self.budgets.clone(),
            pool: match self.pool {
                Pooled::All => Pool::All,
                Pooled::Group => Pool::Group,
            },
            seed: self.seed,
            against: Some(against),
            ..Options::default()
        };
        let comparison = compared(&candidates, &evaluation, &calibration, &options);
        if let Some(path) = &self.page {
            let page = page::page(&comparison, &candidates, &evaluation, self.seed);
            std::fs::write(path, page).with_context(|| format!("write {}", path.display()))?;
        }
        let own = set.days.map(|days| own::Own::of(&asked, &candidates, &evaluation, days)).transpose()?;
        match (&own, self.json) {
            (None, true) => {
                print(&format!("{}\n", serde_json::to_string(&comparison).context("write JSON")?))?;
            }
            (Some(own), true) => {
                let mut told = serde_json::to_value(&comparison).context("write JSON")?;
                told["own_limits"] = own.json();
                print(&format!("{told}\n"))?;
            }
            (own, false) => {
                print(&own.as_ref().map(own::Own::table).unwrap_or_default())?;
                print(&table::table(&comparison))?;
            }
        }
        Ok(Answer::Yes)
    }

    /// The series to judge, and those that levels are set on.
    fn series(&self) -> anyhow::Result<Set> {
        let same =
            |series: Vec<Labelled>, days| Set { evaluation: series.clone(), calibration: series, days };
        match (self.input.as_slice(), &self.labels, &self.windows) {
            ([], ..) => {
                ensure!(self.replications > 0, "simulate series: --replications must be above 0");
                let range = 0..self.replications;
                let evaluation = replications(&SCENARIOS, self.seed, range.clone(), true);
                let calibration = replications(&SCENARIOS, self.seed.wrapping_add(1), range, false);
                Ok(Set { evaluation, calibration, days: None })
            }
            ([input], Some(labels), _) => Ok(same(self.labelled(input, labels)?, None)),
            (_, Some(_), _) => bail!("read the series: --labels are of one file; join the files"),
            (inputs, None, Some(path)) => {
                let (series, days) = windows::read(path, inputs, self.from)?;
                Ok(same(series, Some(days)))
            }
            (_, None, None) => bail!(
                "judge the series: nothing says when there were outbreaks; give --labels, or --windows for \
                 measurements"
            ),
        }
    }

    fn labelled(&self, input: &Path, labels: &Path) -> anyhow::Result<Vec<Labelled>> {
        let (values, labels) = (Table::read(input)?, Table::read(labels)?);
        let mut all = Vec::new();
        for (group, column) in values.series.iter().enumerate() {
            let of = labels
                .named(&column.name)
                .with_context(|| format!("find the labels of {:?}: no column has its name", column.name))?;
            let input = super::call::Input::new(column, None, None)?;
            let (end, freq) = (column.values.len(), input.freq);
            let from = self.from.map_or(end / 2, |from| from.saturating_sub(1)).min(end);
            let series = input.series();
            all.push(Labelled::from_labels(series.values, &of.values, from..end, freq, group as u32));
        }
        ensure!(!all.is_empty(), "find a series in {}", input.display());
        Ok(all)
    }
}

/// Judges with one candidate after the other, the work of each shared by the machine's cores.
fn compared(
    candidates: &[Candidate],
    evaluation: &[Labelled],
    calibration: &[Labelled],
    options: &Options,
) -> Comparison {
    let bar = ProgressBar::new(candidates.len() as u64);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let judged = std::sync::Mutex::new(vec![Vec::new(); candidates.len()]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(candidate) = candidates.get(at) else { return };
                    let said = judge(candidate, evaluation, calibration, options);
                    if let Ok(mut judged) = judged.lock() {
                        judged[at] = said;
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let judged = judged.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let labels: Vec<&str> = candidates.iter().map(|candidate| candidate.label.as_str()).collect();
    tabulate(&labels, &judged, evaluation, calibration.len(), options)
}
