//! The Bayes method of Riebler: a limit of the predictive distribution after the same weeks of earlier years.

mod limit;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use self::limit::Limit;
use super::windows::Windows;
use super::{Judge, Memory, Method, Mode, rows, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{NA, Outcome, Refusal, over, unjudged};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `bayes`.
pub(crate) static METHOD: Method = Method {
    name: "bayes",
    doc: "\
Compares a count with what is to be expected after the counts of the `w` steps before it (with `actY`) and of the \
2w+1 steps around the same step of each of the `b` years before (Riebler 2004; Höhle 2007). Poisson counts whose \
mean has a Jeffreys prior make the next count negative binomial, of size sum + 1/2 and probability n/(n+1); the bound \
is its quantile at 1 - `alpha`, and a count over it is an alarm. `score` is the count less its expectation, in \
standard deviations of that distribution.

| parameter | meaning |
|---|---|
| `b` | years to look back, 0 to 20; default 0 |
| `w` | half the window, 0 to 366; default 6 |
| `actY` | whether the steps just before count too; default true |
| `alpha` | the chance of a false alarm; default 0.05 |
| `mode` | `default` or `compat`: in `compat` missing values are left out however many they are, and windows as wide as a year reach the point and what comes after it; by default a point is judged only while at least half of the values are there |

Bayes 1 is w 6, b 0, actY; Bayes 2 is w 6, b 1, actY; Bayes 3 is w 4, b 2: the methods `bayes1`, `bayes2` and \
`bayes3`.",
    example: r#"{"b": 2, "w": 4, "actY": false, "alpha": 0.05}"#,
    read: |json| {
        let Given { b, w, act_y, alpha, mode } = param::read(json)?;
        Bayes::checked("bayes", Windows { b, w, act_y, mode }, alpha, mode)
    },
};

/// The parameters that the variants take.
macro_rules! table {
    () => {
        "

| parameter | meaning |
|---|---|
| `alpha` | the chance of a false alarm; default 0.05 |
| `mode` | `default` or `compat`, as for `bayes` |"
    };
}

/// The method `bayes1`.
pub(crate) static BAYES1: Method = Method {
    name: "bayes1",
    doc: concat!("The method `bayes` with `w` 6, `b` 0 and `actY`: the six steps just before.", table!()),
    example: r#"{"alpha": 0.05}"#,
    read: |json| Bayes::fixed("bayes1", (0, 6, true), json),
};

/// The method `bayes2`.
pub(crate) static BAYES2: Method = Method {
    name: "bayes2",
    doc: concat!(
        "The method `bayes` with `w` 6, `b` 1 and `actY`: the six steps just before, and thirteen of the year before.",
        table!()
    ),
    example: r#"{"alpha": 0.05}"#,
    read: |json| Bayes::fixed("bayes2", (1, 6, true), json),
};

/// The method `bayes3`.
pub(crate) static BAYES3: Method = Method {
    name: "bayes3",
    doc: concat!(
        "The method `bayes` with `w` 4, `b` 2 and without `actY`: nine steps of each of the two years before.",
        table!()
    ),
    example: r#"{"alpha": 0.05}"#,
    read: |json| Bayes::fixed("bayes3", (2, 4, false), json),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
struct Given {
    b: usize,
    w: usize,
    #[serde(rename = "actY")]
    act_y: bool,
    alpha: f64,
    mode: Mode,
}

impl Default for Given {
    fn default() -> Self {
        Self { b: 0, w: 6, act_y: true, alpha: 0.05, mode: Mode::Default }
    }
}

/// The parameters of a variant with fixed windows.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
struct Fixed {
    alpha: f64,
    mode: Mode,
}

impl Default for Fixed {
    fn default() -> Self {
        Self { alpha: 0.05, mode: Mode::Default }
    }
}

#[derive(Clone, Debug)]
struct Bayes {
    name: &'static str,
    windows: Windows,
    alpha: f64,
    mode: Mode,
}

impl Bayes {
    fn checked(
        name: &'static str,
        windows: Windows,
        alpha: f64,
        mode: Mode,
    ) -> Result<Box<dyn Judge>, ParamError> {
        windows.check()?;
        require(alpha > 0.0 && alpha < 1.0, "alpha", "must be above 0 and below 1")?;
        Ok(Box::new(Self { name, windows, alpha, mode }))
    }

    fn fixed(
        name: &'static str,
        (b, w, act_y): (usize, usize, bool),
        json: &str,
    ) -> Result<Box<dyn Judge>, ParamError> {
        let Fixed { alpha, mode } = param::read(json)?;
        require(alpha > 0.0 && alpha < 1.0, "alpha", "must be above 0 and below 1")?;
        // The reference passes over it.
        let alpha = if mode == Mode::Compat { Fixed::default().alpha } else { alpha };
        Self::checked(name, Windows { b, w, act_y, mode }, alpha, mode)
    }

    /// Expectation, bound and variance; `whole` is the limit for windows in which nothing is missing.
    #[inline]
    fn bound(
        &self,
        series: &Series<'_>,
        index: usize,
        whole: &mut Option<(usize, Limit)>,
    ) -> Result<[f64; 3], Reason> {
        let held = self.windows.held(series, index);
        if self.mode == Mode::Default {
            held.mean_of_half()?;
        }
        if held.n == 0 {
            return Err(held.short());
        }
        if held.sum < 0.0 {
            return Err(Reason::Undefined);
        }
        let bound = match whole {
            Some((n, limit)) if *n == held.n => limit.of(held.sum),
            _ if held.missing > 0 => Limit::new(held.n, self.alpha).of(held.sum),
            _ => whole.insert((held.n, Limit::new(held.n, self.alpha))).1.of(held.sum),
        };
        let n = held.n as f64;
        let mean = (held.sum + 0.5) / n;
        if bound.is_finite() { Ok([mean, bound, mean * (n + 1.0) / n]) } else { Err(Reason::Undefined) }
    }
}

impl Judge for Bayes {
    fn looks_back_to(&self, index: usize, freq: u32) -> usize {
        index.saturating_sub(self.windows.reach(freq))
    }

    fn first_judged(&self, series: &Series<'_>) -> usize {
        series.first + self.windows.reach(series.freq)
    }

    fn judge(&self, series: &Series<'_>, range: Range<usize>, _: &mut Memory) -> Result<Outcome, Refusal> {
        within(series, &range)?;
        let (need, have) = (self.windows.reach(series.freq), range.start - series.first);
        if have < need {
            return Err(Refusal::TooShort { what: self.name, need, have });
        }
        let mut outcome = Outcome::with_capacity(range.start, range.len());
        let mut whole = None;
        for index in range {
            let value = series.value(index);
            match self.bound(series, index, &mut whole) {
                Ok([mean, bound, variance]) => {
                    let score = (value - mean) / variance.sqrt();
                    outcome.push(mean, bound, score, over(value, bound, Reason::Undefined));
                }
                Err(reason) => {
                    // Of nothing at all the reference still asks for a quantile, which is no number.
                    let bound = if self.mode == Mode::Compat { f64::NAN } else { NA };
                    outcome.push(NA, bound, NA, unjudged(value, reason));
                }
            }
        }
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let held = self.windows.held(series, index);
        let because = match outcome.judgements[0] {
            Judgement::CannotJudge(reason) => reason.to_string(),
            _ => format!(
                "after {} values with the sum {}, a count over the bound has a chance of at most {}",
                held.n, held.sum, self.alpha
            ),
        };
        Ok(Explanation {
            method: self.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.windows.indexes(series, index)),
            numbers: vec![
                ("expected", outcome.expected[0]),
                ("upperbound", outcome.upperbound[0]),
                ("score", outcome.score[0]),
                ("size", held.sum + 0.5),
                ("prob", held.n as f64 / (held.n as f64 + 1.0)),
            ],
            because: vec![because],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(json: &str, values: &[f64]) -> Outcome {
        let judge = METHOD.parse(json).unwrap();
        let series = Series::new(values, 52);
        judge.judge(&series, judge.first_judged(&series)..values.len(), &mut Memory::default()).unwrap()
    }

    #[test]
    fn nothing_but_zeros_still_has_a_bound() {
        // Size 1/2, probability 6/7: P(0) = 0.926, P(1) = 0.066.
        let outcome = judge(r#"{"alpha": 0.05}"#, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0]);
        assert_eq!((outcome.upperbound[0], outcome.judgements[0]), (1.0, Judgement::Alarm));
        assert_eq!(outcome.expected[0], 0.5 / 6.0);
    }

    #[test]
    fn compat_uses_what_is_there_and_the_default_asks_for_half() {
        let values = [f64::NAN, 4.0, f64::NAN, f64::NAN, 5.0, f64::NAN, 9.0];
        assert!(judge(r#"{"mode": "compat"}"#, &values).upperbound[0] > 5.0);
        let judgement = judge("{}", &values).judgements[0];
        assert_eq!(judgement, Judgement::CannotJudge(Reason::MissingInWindow { missing: 4 }));
        let nothing = judge(r#"{"mode": "compat"}"#, &[f64::NAN; 7]).judgements[0];
        assert_eq!(nothing, Judgement::CannotJudge(Reason::Missing));
    }
}
