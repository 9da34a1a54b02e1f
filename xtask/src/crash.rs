//! `cargo xtask crash`: aborts the demo after chosen durable writes, kills it at random moments,
//! starts it again, and holds that it ends as if nothing had happened.

pub mod demo;
pub mod sink;
pub mod trial;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::house;
use trial::{Blow, Reference};

/// So often a trial that held is told while others run; one that did not is told at once.
const TOLD_EVERY: usize = 50;

/// How much is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many values of k, spread evenly over the durable writes; None for each of them.
    pub values: Option<u64>,
    /// The first durable write that is tried, so that a long run can be taken up again.
    pub from: u64,
    /// How many kills at random moments.
    pub kills: u64,
    /// From which the random moments follow.
    pub seed: u64,
    /// How many trials run at a time.
    pub jobs: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { values: Some(40), from: 1, kills: 20, seed: 1, jobs: 2 }
    }
}

/// What came of it: a row for each trial, and how many held.
pub struct Report {
    /// One line a trial, in order.
    pub rows: Vec<String>,
    /// Trials that ended as the undisturbed run did.
    pub passed: u64,
    /// Trials that did not.
    pub failed: u64,
}

/// Runs the task with the release binary.
///
/// # Errors
/// On an unknown option, or when the undisturbed run itself cannot be made.
pub fn main(args: &[&str]) -> Result<bool> {
    let (plan, binary) = options(args)?;
    let binary = binary.map_or_else(house::release_binary, Ok)?;
    let report = run(&binary, &plan)?;
    for row in &report.rows {
        println!("{row}");
    }
    println!("{} passed, {} failed", report.passed, report.failed);
    Ok(report.failed == 0)
}

/// Makes one undisturbed run and every trial of the plan.
///
/// # Errors
/// When the undisturbed run cannot be made, is not the same twice, or does not tell its writes.
pub fn run(binary: &Path, plan: &Plan) -> Result<Report> {
    let reference = Reference::make(binary)?;
    eprintln!(
        "undisturbed: {} durable writes, state {}, {} messages at the sink",
        reference.writes,
        reference.short_state(),
        reference.keys.len()
    );
    ensure!(reference.writes > 0, "crash the demo: it tells of no durable write");
    let blows = blows(plan, &reference);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![None; blows.len()]);
    thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(blow) = blows.get(i) else { return };
                    let outcome = trial::run(binary, *blow, &reference);
                    match &outcome {
                        Err(error) => eprintln!("{blow}: FAILED: {error:#}"),
                        Ok(_) if i.is_multiple_of(TOLD_EVERY) => {
                            eprintln!("{blow}: held ({i} of {})", blows.len())
                        }
                        Ok(_) => {}
                    }
                    if let Ok(mut results) = results.lock() {
                        results[i] = Some(outcome.map_err(|e| format!("{e:#}")));
                    }
                }
            });
        }
    });
    let results =
        results.into_inner().map_err(|_| anyhow::anyhow!("gather the trials: one of them panicked"))?;
    Ok(tell(&blows, results))
}

fn tell(blows: &[Blow], results: Vec<Option<std::result::Result<String, String>>>) -> Report {
    let mut report = Report { rows: Vec::new(), passed: 0, failed: 0 };
    for (blow, result) in blows.iter().zip(results) {
        let (word, words) = match result {
            Some(Ok(words)) => {
                report.passed += 1;
                ("held", words)
            }
            Some(Err(words)) => {
                report.failed += 1;
                ("FAILED", words)
            }
            None => {
                report.failed += 1;
                ("FAILED", "the trial did not come to an end".into())
            }
        };
        report.rows.push(format!("{:<24} {word:<7} {words}", blow.to_string()));
    }
    report
}

fn blows(plan: &Plan, reference: &Reference) -> Vec<Blow> {
    let writes = (reference.writes + 1).saturating_sub(plan.from);
    let count = plan.values.unwrap_or(writes).min(writes);
    let aborts = spread(writes, count).map(|k| Blow::AbortAfterWrite(plan.from + k - 1));
    let whole = reference.took.as_millis().max(1) as u64;
    let mut moments = Moments(plan.seed);
    let kills = (0..plan.kills).map(|_| Blow::KillAfter(Duration::from_millis(moments.next() % whole)));
    aborts.chain(kills.collect::<Vec<_>>()).collect()
}

/// `count` values from 1 to `writes`, both ends among them.
fn spread(writes: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |i| if count < 2 { 1 } else { 1 + i * (writes - 1) / (count - 1) })
}

/// SplitMix64: the same seed gives the same moments everywhere.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn options(args: &[&str]) -> Result<(Plan, Option<PathBuf>)> {
    let mut binary = None;
    let mut plan = Plan { jobs: thread::available_parallelism().map_or(2, usize::from), ..Plan::default() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number = || -> Result<u64> {
            let text = args.next().with_context(|| format!("read {arg}: a number must follow"))?;
            text.parse().with_context(|| format!("read {arg}: `{text}` is no whole number"))
        };
        match *arg {
            "--values" => plan.values = Some(number()?),
            "--from" => plan.from = number()?.max(1),
            "--kills" => plan.kills = number()?,
            "--seed" => plan.seed = number()?,
            "--jobs" => plan.jobs = usize::try_from(number()?).context("read --jobs")?,
            "--binary" => {
                binary = Some(PathBuf::from(args.next().context("read --binary: a file must follow")?))
            }
            "--all" => (plan.values, plan.kills) = (None, 200),
            other => bail!("read the options of `crash`: there is no {other}"),
        }
    }
    Ok((plan, binary))
}

/// The last lines of a file of words, for a failed trial's row.
fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join(" | ")
}

/// A folder for one trial, kept when the trial fails so that it can be looked at.
struct Folder {
    dir: Option<tempfile::TempDir>,
}

impl Folder {
    fn make() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("beaconfire-crash-").tempdir();
        Ok(Self { dir: Some(dir.context("make a temporary folder")?) })
    }

    fn path(&self) -> PathBuf {
        self.dir.as_ref().map(|d| d.path().to_path_buf()).unwrap_or_default()
    }

    fn keep(&mut self) -> PathBuf {
        self.dir.take().map(tempfile::TempDir::keep).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spread_from_the_first_write_to_the_last() {
        assert_eq!(spread(100, 4).collect::<Vec<_>>(), [1, 34, 67, 100]);
        assert_eq!(spread(3, 3).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(spread(9, 1).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn options_are_read() {
        let (plan, binary) = options(&[
            "--values", "7", "--from", "5", "--kills", "3", "--seed", "9", "--jobs", "1", "--binary", "b",
        ])
        .unwrap();
        assert_eq!(plan, Plan { values: Some(7), from: 5, kills: 3, seed: 9, jobs: 1 });
        assert_eq!(binary, Some("b".into()));
        assert_eq!(options(&["--all"]).unwrap().0.values, None);
        assert!(options(&["--values"]).is_err());
        assert!(options(&["--every"]).is_err());
    }
}
