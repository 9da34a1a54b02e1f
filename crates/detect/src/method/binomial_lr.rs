//! CUSUM of the likelihood ratio of two proportions.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chart::{Level, add_numbers, again, or_na, rows};
use super::outbreak_p::Ret;
use super::{Judge, Memory, Method, Mode, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{Cells, Column, NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `binomialLRCUSUM`.
pub(crate) static METHOD: Method = Method {
    name: "binomialLRCUSUM",
    doc: "\
Sums up the logarithm of the likelihood ratio of the proportion `pi1` to `pi0` for counts among the population of each \
step, never below 0; an alarm when the sum, the score, is over `h`, after which it begins anew (Höhle 2010; Steiner et \
al. 1999). The bound is the largest count that is no alarm. Counts in more than two categories have no one count to be \
a series of; they are judged by the crate's `categorical`.

| parameter | meaning |
|---|---|
| `pi0` | the in-control proportion: a number, or one for each point |
| `pi1` | the proportion to be found: a number, or one for each point |
| `h` | the decision interval; default 5 |
| `fn` | `categoricalCUSUM`, the reference's name for it; may be left out |
| `ret` | `cases` or `value`: what the reference returns as its bound; both are always there |
| `mode` | `default` or `compat`: in `compat` nothing is judged after a missing value, and where a fall is sought the count that alarms is 0 at an alarm; by default a missing value leaves the sum as it is |",
    example: r#"{"pi0": 0.01, "pi1": 0.02, "h": 5}"#,
    read: |json| Ok(Box::new(param::read::<Binomial>(json)?.checked()?)),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Binomial {
    pi0: Level,
    pi1: Level,
    #[serde(default = "five")]
    h: f64,
    #[serde(default, rename = "fn")]
    function: Option<Function>,
    #[serde(default)]
    ret: Ret,
    #[serde(default)]
    mode: Mode,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    #[serde(rename = "categoricalCUSUM")]
    CategoricalCusum,
}

fn five() -> f64 {
    5.0
}

/// Where the chart began, and its sum; below 0 once it is lost.
struct State {
    from: usize,
    sum: f64,
}

impl Binomial {
    fn checked(self) -> Result<Self, ParamError> {
        let inside = |p: f64| p > 0.0 && p < 1.0;
        require(self.pi0.all(inside), "pi0", "must lie between 0 and 1")?;
        require(self.pi1.all(inside), "pi1", "must lie between 0 and 1")?;
        require(self.h > 0.0 && self.h.is_finite(), "h", "must be above 0")?;
        Ok(self)
    }

    /// The smallest count among `n` that alarms: not-a-number where none does.
    fn cases(&self, sum: f64, x: f64, n: f64, p0: f64, p1: f64) -> f64 {
        let none = n * ((-p1).ln_1p() - (-p0).ln_1p());
        let each = (p1 / (1.0 - p1)).ln() - (p0 / (1.0 - p0)).ln();
        if self.mode == Mode::Compat && each <= 0.0 {
            // The reference looks below the count only where that alarms, and all counts below it do too.
            return if sum + none + each * x > self.h { 0.0 } else { NA };
        }
        let cases = ((self.h - sum - none) / each).max(0.0).ceil();
        // A fall of the proportion alarms at few counts, not at many.
        if each > 0.0 && cases <= n { cases } else { NA }
    }

    fn step(&self, state: &mut State, x: f64, n: f64, p0: f64, p1: f64) -> (f64, Judgement) {
        let reason = if x.is_nan() || n.is_nan() {
            Some(Reason::Missing)
        } else if !n.is_finite() || x < 0.0 || x > n {
            Some(Reason::OutOfRange)
        } else if state.sum.is_nan() {
            Some(Reason::MissingInWindow { missing: 1 })
        } else {
            None
        };
        if let Some(reason) = reason {
            if self.mode == Mode::Compat {
                state.sum = f64::NAN;
            }
            return (NA, Judgement::CannotJudge(reason));
        }
        let ratio = x * (p1 / p0).ln() + (n - x) * ((-p1).ln_1p() - (-p0).ln_1p());
        let sum = (state.sum + ratio).max(0.0);
        if sum > self.h {
            state.sum = 0.0;
            return (sum, Judgement::Alarm);
        }
        state.sum = sum;
        (sum, Judgement::NoAlarm)
    }
}

impl Judge for Binomial {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first
    }

    fn judge(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
    ) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        if series.population.is_none() {
            return Err(Refusal::Needs("the number examined is needed beside each count; give a population"));
        }
        let mut state = match memory.0.as_slice() {
            &[from, sum] => State { from: from as usize, sum: if sum < 0.0 { f64::NAN } else { sum } },
            _ => State { from: range.start, sum: 0.0 },
        };
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut needed = Vec::with_capacity(range.len());
        for index in range {
            let (n, since) = (series.population_at(index), index - state.from);
            let (p0, p1) = (self.pi0.at(since)?, self.pi1.at(since)?);
            let cases = or_na(self.cases(state.sum, series.value(index), n, p0, p1));
            let (sum, judgement) = self.step(&mut state, series.value(index), n, p0, p1);
            let bound = if cases >= 1.0 { cases - 1.0 } else { NA };
            let expected = n * p0;
            outcome.push(if expected.is_finite() { expected } else { NA }, bound, sum, judgement);
            needed.push(cases);
        }
        outcome.extra = vec![
            Column { name: "statistic", cells: Cells::Numbers(outcome.score.clone()) },
            Column { name: "cases_to_alarm", cells: Cells::Numbers(needed) },
        ];
        memory.0 = vec![state.from as f64, if state.sum.is_nan() { -1.0 } else { state.sum }];
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, from: usize, index: usize) -> Result<Explanation, Refusal> {
        let (outcome, _) = again(self, series, from, index)?;
        let zero = |at: &usize| outcome.score[*at] <= 0.0 || outcome.judgements[*at] == Judgement::Alarm;
        let begun = (0..outcome.len() - 1).rev().find(zero).map_or(from, |at| from + at + 1);
        let mut explanation = Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, begun..index),
            numbers: vec![
                ("h", self.h),
                ("n", series.population_at(index)),
                ("pi0", self.pi0.at(index - from)?),
                ("pi1", self.pi1.at(index - from)?),
            ],
            because: vec![format!("the sum was zero last before point {}", begun + 1)],
        };
        add_numbers(&mut explanation, &outcome, &["expected", "upperbound", "statistic", "cases_to_alarm"]);
        Ok(explanation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::method;

    #[test]
    fn a_sum_by_hand_and_the_count_that_it_takes() {
        let judge = method("binomialLRCUSUM").unwrap().parse(r#"{"pi0": 0.1, "pi1": 0.2, "h": 1}"#).unwrap();
        let n = [10.0; 3];
        let run = |values: &[f64]| {
            let series = Series { population: Some(&n[..values.len()]), ..Series::new(values, 52) };
            judge.judge(&series, 0..values.len(), &mut Memory::default()).unwrap()
        };
        let outcome = run(&[1.0, 3.0, 0.0]);
        let ratio = |x: f64| x * 2f64.ln() + (10.0 - x) * (0.8f64 / 0.9).ln();
        assert!((outcome.score[1] - ratio(3.0)).abs() < 1e-12);
        let needed = outcome.numbers("cases_to_alarm").unwrap()[1];
        assert_eq!(run(&[1.0, needed]).judgements[1], Judgement::Alarm);
        assert_eq!(run(&[1.0, needed - 1.0]).judgements[1], Judgement::NoAlarm);
        let error = judge.judge(&Series::new(&[1.0], 52), 0..1, &mut Memory::default()).unwrap_err();
        assert!(error.to_string().contains("population"), "{error}");
    }
}
