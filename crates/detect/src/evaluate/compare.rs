//! Methods side by side, at equal false-alarm budgets.

use serde::Serialize;

use super::calibrate::{Level, Pool, bisect, outside, tie_draws};
use super::candidate::{Candidate, Says};
use super::interval::{Interval, resamples};
use super::labelled::Labelled;
use super::measure::{Measures, Tally, delays};
use super::paired::{Paired, Pairs};

/// How methods are compared.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Options {
    /// Shares of steps outside outbreaks that may be in alarm.
    pub budgets: Vec<f64>,
    /// For which series a level is set together.
    pub pool: Pool,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Of the bootstrap and of the draws that break ties.
    pub seed: u64,
    /// The candidate, from 0, whose differences to each of the others are given.
    pub against: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { budgets: vec![0.005, 0.01], pool: Pool::All, draws: 1000, seed: 1, against: None }
    }
}

/// What a candidate does at one budget, series by series.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The budget.
    pub budget: f64,
    /// The level of every group that has one of its own, or the one of all.
    pub levels: Vec<(Option<u32>, Level)>,
    /// The counts of every series.
    pub tallies: Vec<Tally>,
    /// Steps to the first alarm of every series' outbreaks; none for those not found.
    pub delays: Vec<Vec<Option<usize>>>,
}

/// A line of the table: a candidate at a budget.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Row {
    /// The candidate.
    pub label: String,
    /// The share of steps that may be in false alarm.
    pub budget: f64,
    /// The level that takes up the budget: of every group, or of all.
    pub levels: Vec<(Option<u32>, Level)>,
    /// What it finds.
    pub measures: Measures,
    /// How the candidate named in the options differs from this one.
    pub difference: Option<Difference>,
    /// The counts of every group of series.
    pub groups: Vec<(u32, Tally)>,
}

/// One candidate's measures less another's, on the same series; the intervals are of paired resamples.
#[derive(Serialize, Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Of the probability of detection.
    pub pod: Interval,
    /// Of that in the first week.
    pub pod_1week: Interval,
    /// Of the sensitivity.
    pub sensitivity: Interval,
    /// Of the conditional expected delay.
    pub ced: Interval,
    /// Of the delay with the full duration for outbreaks not found.
    pub delay: Interval,
    /// The candidate of the options against this one, outbreak by outbreak.
    pub paired: Paired,
}

/// Candidates side by side.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How they were compared.
    pub options: Options,
    /// Series that were judged.
    pub series: usize,
    /// Series on which levels were set.
    pub calibration: usize,
    /// Candidates in their order, for every budget.
    pub rows: Vec<Row>,
}

/// Sets every candidate's level on the calibration series, judges the evaluation series with it, and measures. Where
/// no series without outbreaks can be drawn, the evaluation series may be the calibration series too: only their
/// steps outside outbreaks count, and the budget is then met on them exactly.
#[must_use]
pub fn compare(
    candidates: &[Candidate],
    evaluation: &[Labelled],
    calibration: &[Labelled],
    options: &Options,
) -> Comparison {
    let judged: Vec<Vec<Judged>> =
        candidates.iter().map(|candidate| judge(candidate, evaluation, calibration, options)).collect();
    let labels: Vec<&str> = candidates.iter().map(|candidate| candidate.label.as_str()).collect();
    tabulate(&labels, &judged, evaluation, calibration.len(), options)
}

/// One candidate's part of [`compare()`], so that many may be run side by side.
#[must_use]
pub fn judge(
    candidate: &Candidate,
    evaluation: &[Labelled],
    calibration: &[Labelled],
    options: &Options,
) -> Vec<Judged> {
    match &candidate.says {
        Says::Scores(scores) => {
            let learned: Vec<Vec<f64>> = calibration.iter().map(scores).collect();
            let said: Vec<Vec<f64>> = evaluation.iter().map(scores).collect();
            let level = |group: Option<u32>, budget| {
                let of_group = calibration.iter().zip(&learned).filter(|(s, _)| of(group, s));
                Level::at_budget(of_group.flat_map(|(s, said)| outside(s, said)).collect(), budget)
            };
            at_budgets(evaluation, options, level, |level, at| {
                level.alarms(&said[at], &tie_draws(&evaluation[at], at, options.seed))
            })
        }
        Says::Alarms { at: alarms, from, to } => {
            let level = |group: Option<u32>, budget| {
                let of_group: Vec<&Labelled> = calibration.iter().filter(|s| of(group, s)).collect();
                Level { value: bisect(&of_group, alarms, *from..*to, budget), tie: 0.0 }
            };
            at_budgets(evaluation, options, level, |level, at| alarms(&evaluation[at], level.value))
        }
    }
}

fn of(group: Option<u32>, series: &Labelled) -> bool {
    group.is_none_or(|group| series.group == group)
}

fn at_budgets(
    evaluation: &[Labelled],
    options: &Options,
    level: impl Fn(Option<u32>, f64) -> Level,
    alarms: impl Fn(&Level, usize) -> Vec<f64>,
) -> Vec<Judged> {
    let mut groups: Vec<Option<u32>> = match options.pool {
        Pool::All => vec![None],
        Pool::Group => evaluation.iter().map(|series| Some(series.group)).collect(),
    };
    groups.sort_unstable();
    groups.dedup();
    let judged = |budget: f64| {
        let levels: Vec<(Option<u32>, Level)> = groups.iter().map(|g| (*g, level(*g, budget))).collect();
        let tally = |(at, series): (usize, &Labelled)| {
            let own = levels.iter().find(|(group, _)| of(*group, series)).expect("every group has a level");
            let alarms = alarms(&own.1, at);
            (Tally::of(series, &alarms), delays(series, &alarms))
        };
        let (tallies, delays) = evaluation.iter().enumerate().map(tally).unzip();
        Judged { budget, levels, tallies, delays }
    };
    options.budgets.iter().map(|budget| judged(*budget)).collect()
}

/// Measures and differences of what [`judge`] made of each candidate.
#[must_use]
pub fn tabulate(
    labels: &[&str],
    judged: &[Vec<Judged>],
    evaluation: &[Labelled],
    calibration: usize,
    options: &Options,
) -> Comparison {
    let groups: Vec<u32> = evaluation.iter().map(|series| series.group).collect();
    let resamples = resamples(&groups, options.draws, options.seed);
    let mut rows = vec![];
    for (at_budget, budget) in options.budgets.iter().enumerate() {
        let drawn: Vec<Vec<Tally>> =
            judged.iter().map(|j| draws(&j[at_budget].tallies, &resamples)).collect();
        let total = |at: usize| judged[at][at_budget].tallies.iter().copied().sum::<Tally>();
        for (at, label) in labels.iter().enumerate() {
            let difference = |to: usize| {
                let one_by_one = judged[to][at_budget].delays.iter().zip(&judged[at][at_budget].delays);
                let pairs: Vec<Pairs> = one_by_one.map(|(one, other)| Pairs::of(one, other)).collect();
                let paired = pairs.iter().copied().sum::<Pairs>().paired(&draws(&pairs, &resamples));
                difference((total(to), &drawn[to]), (total(at), &drawn[at]), paired)
            };
            rows.push(Row {
                label: (*label).to_owned(),
                budget: *budget,
                levels: judged[at][at_budget].levels.clone(),
                measures: total(at).measures(&drawn[at]),
                difference: options.against.filter(|to| *to != at && *to < judged.len()).map(difference),
                groups: by_group(&groups, &judged[at][at_budget].tallies),
            });
        }
    }
    Comparison { options: options.clone(), series: evaluation.len(), calibration, rows }
}

fn draws<T: Copy + std::iter::Sum>(tallies: &[T], resamples: &[Vec<u32>]) -> Vec<T> {
    resamples.iter().map(|draw| draw.iter().map(|at| tallies[*at as usize]).sum()).collect()
}

fn difference(a: (Tally, &[Tally]), b: (Tally, &[Tally]), paired: Paired) -> Difference {
    let of = |f: fn(&Tally) -> f64| {
        Interval::of_draws(f(&a.0) - f(&b.0), a.1.iter().zip(b.1).map(|(a, b)| f(a) - f(b)))
    };
    Difference {
        pod: of(Tally::pod),
        pod_1week: of(Tally::pod_1week),
        sensitivity: of(Tally::sensitivity),
        ced: of(Tally::ced),
        delay: of(Tally::mean_delay),
        paired,
    }
}

fn by_group(groups: &[u32], tallies: &[Tally]) -> Vec<(u32, Tally)> {
    let mut sums = std::collections::BTreeMap::<u32, Tally>::new();
    for (group, tally) in groups.iter().zip(tallies) {
        let sum = sums.entry(*group).or_default();
        *sum = *sum + *tally;
    }
    sums.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::SCENARIOS;
    use crate::evaluate::simulate::replications;

    fn candidate(label: &str, score: fn(&Labelled) -> Vec<f64>) -> Candidate {
        Candidate { label: label.into(), says: Says::Scores(Box::new(score)) }
    }

    #[test]
    fn a_score_that_knows_beats_one_that_does_not_at_the_same_budget() {
        let scenarios = &SCENARIOS[36..38];
        let (with, without) =
            (replications(scenarios, 1, 0..40, true), replications(scenarios, 2, 0..40, false));
        let knows = candidate("value", |s| s.values[s.judged.clone()].to_vec());
        let guesses = candidate("guess", |s| tie_draws(s, s.values[600] as usize, 77));
        let alarms = Box::new(|s: &Labelled, level: f64| {
            s.values[s.judged.clone()].iter().map(|v| f64::from(u8::from(*v > level))).collect()
        });
        let dial = Candidate { label: "dial".into(), says: Says::Alarms { at: alarms, from: 1.0, to: 1e4 } };
        let options = Options { draws: 200, against: Some(0), ..Options::default() };
        let all = compare(&[knows, guesses, dial], &with, &without, &options);
        assert_eq!((all.rows.len(), all.series, all.calibration), (6, 80, 80));
        for rows in all.rows.chunks(3) {
            let [knows, guesses, dial] = rows else { panic!("three candidates") };
            assert!((knows.measures.fpr.value / knows.budget - 1.0).abs() < 0.5, "{knows:?}");
            let gain = guesses.difference.expect("a difference to another").pod;
            assert!(gain.low > 0.2 && gain.low < gain.value && gain.value < gain.high, "{gain:?}");
            assert!(knows.difference.is_none());
            // Who finds more is first more often; what both find is no more than what one does.
            let paired = guesses.difference.expect("a difference to another").paired;
            assert!(paired.sooner.low > paired.later.high && paired.both.value <= guesses.measures.pod.value);
            assert!((dial.measures.pod.value - knows.measures.pod.value).abs() < 0.06, "{dial:?}");
        }
    }

    #[test]
    fn levels_by_group_meet_the_budget_in_every_group() {
        let set = replications(&SCENARIOS[35..38], 4, 0..20, false);
        let value = candidate("value", |s| s.values[s.judged.clone()].to_vec());
        let options = Options { pool: Pool::Group, budgets: vec![0.02], draws: 10, ..Options::default() };
        let rows = compare(&[value], &set, &set, &options).rows;
        assert_eq!(rows[0].levels.len(), 3);
        for (group, tally) in &rows[0].groups {
            assert!((tally.fpr() - 0.02).abs() < 0.008, "{group}: {}", tally.fpr());
        }
    }
}
