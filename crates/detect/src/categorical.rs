//! CUSUM of the likelihood ratio of shares, for counts in several categories.
//!
//! Each point has a count in every category: cases by type, or people examined by result. Under control the shares of
//! the categories are `pi0`, and what is to be found are shares `pi1`. The logarithm of the likelihood ratio of one to
//! the other, the sum over categories of count times ln(pi1/pi0), is added up and never below 0; over `h` there is an
//! alarm, and the chart begins anew (Höhle, in Statistical Modelling and Regression Structures, 2010). Two categories
//! are the method `binomialLRCUSUM`, which judges a series of counts among a population.
//!
//! ```
//! use beaconfire_detect::Judgement;
//! use beaconfire_detect::categorical::{Categorical, Parameters};
//! let (pi0, pi1) = (vec![vec![0.8, 0.15, 0.05]], vec![vec![0.6, 0.3, 0.1]]);
//! let mut chart = Categorical::new(Parameters { pi0, pi1, ..Parameters::default() })?;
//! assert_eq!(chart.push(&[16.0, 3.0, 1.0]).judgement, Judgement::NoAlarm);
//! let point = chart.push(&[6.0, 9.0, 5.0]);
//! assert_eq!(point.judgement, Judgement::Alarm);
//! assert!(point.parts[1] > point.parts[2], "the second category speaks loudest");
//! # Ok::<(), beaconfire_detect::categorical::CategoricalError>(())
//! ```

use serde::{Deserialize, Serialize};

use crate::judge::{Judgement, Reason};
use crate::method::Mode;

/// What is looked for, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// The in-control shares of the categories, which add up to 1: one list for all points, or one for each.
    pub pi0: Vec<Vec<f64>>,
    /// The shares to be found, in the same way.
    pub pi1: Vec<Vec<f64>>,
    /// An alarm when the sum is over it.
    pub h: f64,
    /// In `compat` nothing is judged after a missing count; by default it leaves the sum as it is.
    pub mode: Mode,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { pi0: vec![], pi1: vec![], h: 5.0, mode: Mode::Default }
    }
}

/// Why a chart cannot be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CategoricalError {
    /// Shares that are not above 0, do not add up to 1, or are of fewer than two categories.
    #[error("{0} must hold shares above 0 of two categories or more that add up to 1")]
    Shares(&'static str),
    /// Lists that do not belong together.
    #[error("pi0 and pi1 must be of the same categories, with one list for all points or one for each")]
    Differ,
    /// The threshold.
    #[error("h must be above 0")]
    NotPositive,
}

/// What was found at a point.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Point {
    /// The judgement.
    pub judgement: Judgement,
    /// The sum; none where the point cannot be judged.
    pub statistic: Option<f64>,
    /// What each category adds to the logarithm of the likelihood ratio; empty where the point cannot be judged.
    pub parts: Vec<f64>,
    /// The counts that were to be expected among as many; empty where the point cannot be judged.
    pub expected: Vec<f64>,
}

/// The chart and its state: everything that it needs to go on when read back, which is no past count.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Categorical {
    parameters: Parameters,
    /// Points seen.
    points: usize,
    sum: f64,
    /// Whether a count was missing that `compat` does not get over.
    lost: bool,
}

impl Categorical {
    /// A chart before the first point.
    ///
    /// # Errors
    /// [`CategoricalError`].
    pub fn new(parameters: Parameters) -> Result<Self, CategoricalError> {
        let Parameters { pi0, pi1, h, .. } = &parameters;
        for (name, lists) in [("pi0", pi0), ("pi1", pi1)] {
            let sound = |list: &Vec<f64>| {
                let sum: f64 = list.iter().sum();
                list.len() >= 2 && list.iter().all(|share| *share > 0.0) && (sum - 1.0).abs() < 1e-6
            };
            if lists.is_empty() || !lists.iter().all(sound) {
                return Err(CategoricalError::Shares(name));
            }
        }
        let categories = pi0[0].len();
        let same = pi0.iter().chain(pi1).all(|list| list.len() == categories);
        if !same || (pi0.len() > 1 && pi1.len() > 1 && pi0.len() != pi1.len()) {
            return Err(CategoricalError::Differ);
        }
        if !(*h > 0.0 && h.is_finite()) {
            return Err(CategoricalError::NotPositive);
        }
        Ok(Self { parameters, points: 0, sum: 0.0, lost: false })
    }

    /// The sum that the next point is added to; 0 after an alarm.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// Takes in the counts of the next point, one for each category; not-a-number for a missing one. A point beyond
    /// the last list of shares cannot be judged.
    pub fn push(&mut self, counts: &[f64]) -> Point {
        let at = self.points;
        self.points += 1;
        if let Some(reason) = self.reason(at, counts) {
            self.lost |= self.parameters.mode == Mode::Compat;
            let judgement = Judgement::CannotJudge(reason);
            return Point { judgement, statistic: None, parts: vec![], expected: vec![] };
        }
        let Parameters { pi0, pi1, h, .. } = &self.parameters;
        let (usual, sought) = (of(pi0, at), of(pi1, at));
        let n: f64 = counts.iter().sum();
        let ratios = usual.iter().zip(sought).map(|(p0, p1)| (p1 / p0).ln());
        let parts: Vec<f64> = counts.iter().zip(ratios).map(|(count, ratio)| count * ratio).collect();
        let statistic = (self.sum + parts.iter().sum::<f64>()).max(0.0);
        let alarm = statistic > *h;
        self.sum = if alarm { 0.0 } else { statistic };
        Point {
            judgement: if alarm { Judgement::Alarm } else { Judgement::NoAlarm },
            statistic: Some(statistic),
            expected: usual.iter().map(|share| n * share).collect(),
            parts,
        }
    }

    /// Why a point cannot be judged.
    fn reason(&self, at: usize, counts: &[f64]) -> Option<Reason> {
        let Parameters { pi0, pi1, .. } = &self.parameters;
        let shares = |lists: &Vec<Vec<f64>>| lists.len() == 1 || at < lists.len();
        if counts.len() != pi0[0].len() || !shares(pi0) || !shares(pi1) || counts.iter().any(|c| c.is_nan()) {
            return Some(Reason::Missing);
        }
        if !counts.iter().all(|count| (0.0..=1e15).contains(count)) {
            return Some(Reason::OutOfRange);
        }
        self.lost.then_some(Reason::MissingInWindow { missing: 1 })
    }
}

/// The list of a point.
fn of(lists: &[Vec<f64>], at: usize) -> &[f64] {
    &lists[if lists.len() == 1 { 0 } else { at }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::{Memory, method};
    use crate::series::Series;

    fn counts(at: usize) -> [f64; 4] {
        [20 + at * 7 % 9, 5 + at * 5 % 7, at * 3 % 5 + at / 6, at % 4].map(|count| count as f64)
    }

    fn ln_factorial(n: f64) -> f64 {
        (1..=n as usize).map(|i| (i as f64).ln()).sum()
    }

    /// The logarithm of the multinomial probability.
    fn log_probability(counts: &[f64], shares: &[f64]) -> f64 {
        let each = counts.iter().zip(shares).map(|(n, p)| n * p.ln() - ln_factorial(*n));
        ln_factorial(counts.iter().sum()) + each.sum::<f64>()
    }

    #[test]
    fn the_sum_is_that_of_probabilities() {
        let pi0 = vec![vec![0.65, 0.25, 0.06, 0.04]];
        let pi1: Vec<Vec<f64>> = (0..30)
            .map(|at| vec![0.6 - 0.005 * f64::from(at), 0.25, 0.1 + 0.005 * f64::from(at), 0.05])
            .collect();
        let parameters = Parameters { pi0: pi0.clone(), pi1: pi1.clone(), h: 2.0, mode: Mode::Default };
        let mut chart = Categorical::new(parameters).unwrap();
        let (mut sum, mut alarms) = (0.0, 0);
        for (at, sought) in pi1.iter().enumerate() {
            let counts = counts(at);
            let ratio = log_probability(&counts, sought) - log_probability(&counts, &pi0[0]);
            sum = f64::max(0.0, sum + ratio);
            let point = chart.push(&counts);
            assert!((point.statistic.unwrap() - sum).abs() < 1e-10, "{at}");
            assert_eq!(point.judgement == Judgement::Alarm, sum > 2.0);
            if sum > 2.0 {
                (sum, alarms) = (0.0, alarms + 1);
            }
            let text = serde_json::to_string(&chart).unwrap();
            chart = serde_json::from_str(&text).unwrap();
        }
        assert!(alarms > 0);
        assert_eq!(chart.push(&counts(0)).judgement, Judgement::CannotJudge(Reason::Missing));
    }

    #[test]
    fn two_categories_are_proportions() {
        let judge =
            method("binomialLRCUSUM").unwrap().parse(r#"{"pi0": 0.1, "pi1": 0.25, "h": 1.5}"#).unwrap();
        for mode in [Mode::Default, Mode::Compat] {
            let parameters =
                Parameters { pi0: vec![vec![0.1, 0.9]], pi1: vec![vec![0.25, 0.75]], h: 1.5, mode };
            let mut chart = Categorical::new(parameters).unwrap();
            let values: Vec<f64> = (0..25).map(|at| f64::from(at * 11 % 7)).collect();
            let people = vec![24.0; 25];
            let series = Series { population: Some(&people), ..Series::new(&values, 52) };
            let outcome = judge.judge(&series, 0..25, &mut Memory::default()).unwrap();
            for (at, x) in values.iter().enumerate() {
                let point = chart.push(&[*x, 24.0 - x]);
                assert!((point.statistic.unwrap() - outcome.score[at]).abs() < 1e-12);
                assert_eq!(point.judgement, outcome.judgements[at]);
            }
        }
    }

    #[test]
    fn a_missing_count_is_no_zero() {
        for (mode, goes_on) in [(Mode::Default, true), (Mode::Compat, false)] {
            let (pi0, pi1) = (vec![vec![0.5, 0.5]], vec![vec![0.7, 0.3]]);
            let mut chart = Categorical::new(Parameters { pi0, pi1, h: 5.0, mode }).unwrap();
            let sum = chart.push(&[8.0, 2.0]).statistic.unwrap();
            assert_eq!(chart.push(&[f64::NAN, 2.0]).statistic, None);
            assert_eq!(chart.sum(), sum);
            assert_eq!(chart.push(&[8.0, 2.0]).statistic.is_some(), goes_on);
        }
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        let start = |pi0: &[f64], pi1: &[f64], h: f64| {
            let (pi0, pi1) = (vec![pi0.to_vec()], vec![pi1.to_vec()]);
            Categorical::new(Parameters { pi0, pi1, h, mode: Mode::Default }).unwrap_err().to_string()
        };
        assert!(start(&[0.5, 0.4], &[0.5, 0.5], 5.0).starts_with("pi0 must"));
        assert!(start(&[0.5, 0.5], &[1.0, 0.0], 5.0).starts_with("pi1 must"));
        assert!(start(&[0.5, 0.5], &[0.2, 0.3, 0.5], 5.0).contains("same categories"));
        assert_eq!(start(&[0.5, 0.5], &[0.7, 0.3], 0.0), "h must be above 0");
    }
}
