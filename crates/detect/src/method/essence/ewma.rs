//! The method `alert_ewma`: two exponentially weighted means against the days of the last weeks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Baseline, Columns, Found, RED, quantile, tail};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::method::{Judge, Memory, Method, Mode, rows, within};
use crate::num::t;
use crate::outcome::{NA, Outcome, Refusal};
use crate::param::{self, ParamError, require};
use crate::series::Series;

/// The method `alert_ewma`.
pub(crate) static METHOD: Method = Method {
    name: "alert_ewma",
    doc: "\
Compares two exponentially weighted means of the daily counts, one slow and one quick, with the mean of up to `B` days \
before a pause of `g` days: the EWMA of the ESSENCE system (Burkom), as in R Rnssp. It judges from seven days of \
baseline on. The p value is that of Student's t; the smaller of the two counts. Below 0.01 the alert is red, an alarm; \
below 0.05 yellow, a warning; else blue, and grey where there is no baseline. A mean beyond the 99 % limits is drawn \
back to them, so that one outburst is forgotten soon.

| parameter | meaning |
|---|---|
| `B` | days to compare with, 7 to 365; default 28 |
| `g` | days left out before the day, 0 to 60; default 2 |
| `w1` | the weight of the day in the slow mean; default 0.4 |
| `w2` | the weight of the day in the quick mean; default 0.9 |
| `unit` | what the values are divided by before; default 1. Shares below 1 need their usual size here, for the least spread of the method is one for counts |
| `mode` | `default` or `compat`: `compat` reads t from a table of five decimals, divides series of shares by the median of those above 0 that are held (so what it says of shares depends on how many are) and tells `baseline_expected` in that unit, and judges no day whose baseline misses a day; by default seven days must be there |

`baseline_expected` is the mean, `test_statistic` and `score` the distance from it in standard errors, `p.value` its \
chance, `alert` the word; the bound is the count at which the alert would be red.",
    example: r#"{"B": 28, "g": 2, "w1": 0.4, "w2": 0.9}"#,
    read: |json| Ok(Box::new(param::read::<Given>(json)?.checked()?)),
};

/// Days of baseline that it takes.
const LEAST: usize = 7;

/// The parameters, named as in R Rnssp.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Given {
    #[serde(rename = "B")]
    b: usize,
    g: usize,
    w1: f64,
    w2: f64,
    unit: f64,
    mode: Mode,
}

impl Default for Given {
    fn default() -> Self {
        Self { b: 28, g: 2, w1: 0.4, w2: 0.9, unit: 1.0, mode: Mode::Default }
    }
}

impl Given {
    pub(super) fn checked(self) -> Result<Ewma, ParamError> {
        let Self { b, g, w1, w2, unit, mode } = self;
        let baseline = Baseline { b, g };
        baseline.check(LEAST)?;
        require(w1 > 0.0 && w1 < 1.0, "w1", "must be above 0 and below 1")?;
        require(w2 > 0.0 && w2 < 1.0, "w2", "must be above 0 and below 1")?;
        require(unit > 0.0 && unit <= 1e15, "unit", "must be above 0")?;
        let numbers = (0..=b).map(|n| Numbers::of(n, g, [w1, w2], mode)).collect();
        Ok(Ewma { baseline, weights: [w1, w2], unit, mode, numbers })
    }
}

/// The method with its parameters.
#[derive(Clone, Debug)]
pub(super) struct Ewma {
    pub(super) baseline: Baseline,
    weights: [f64; 2],
    unit: f64,
    pub(super) mode: Mode,
    /// What depends on the number of days in the baseline alone, by that number.
    numbers: Vec<Numbers>,
}

/// The two means; not-a-number before the first value.
pub(super) type Means = [f64; 2];

/// What stands in a memory for a mean before the first value, for a memory holds numbers alone.
const NONE: f64 = f64::MIN;

#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    /// The quantile at which means are drawn back.
    clip: f64,
    /// That of a red alert.
    red: f64,
    /// For each weight: the factor of the standard deviation, what is added to it, and the least of the sum.
    spread: [[f64; 3]; 2],
}

impl Numbers {
    fn of(n: usize, g: usize, weights: [f64; 2], mode: Mode) -> Self {
        if n < LEAST {
            return Self::default();
        }
        let (days, df) = (n as f64, n as f64 - 1.0);
        let t95 = quantile(0.95, df, mode);
        let spread = weights.map(|w| {
            let rest = 1.0 - w;
            let shared = 2.0 * rest.powi(g as i32 + 1) * (1.0 - rest.powi(n as i32)) / days;
            let least = w / t95 * (0.01 + 0.05 * rest * rest);
            let more = w / t95 * (0.1289 - (0.2414 - 0.1826 * rest.powi(4)) * 0.5f64.ln());
            [(w / (2.0 - w) + 1.0 / days - shared).sqrt(), more, least]
        });
        Self { clip: quantile(0.99, df, mode), red: t::quantile(1.0 - RED, df), spread }
    }
}

impl Ewma {
    /// What the values of a range are divided by, where there was one of 1 or more or not.
    fn scale(&self, series: &Series<'_>, end: usize, counts: bool) -> f64 {
        if self.mode == Mode::Default || counts {
            return self.unit;
        }
        let held = &series.values[..end - series.first];
        let mut shares: Vec<f64> = held.iter().copied().filter(|&value| value > 0.0).collect();
        shares.sort_by(f64::total_cmp);
        match shares.len() {
            0 => self.unit,
            n => self.unit * 0.5 * (shares[(n - 1) / 2] + shares[n / 2]),
        }
    }

    /// Takes a value into the means and judges it.
    fn step(
        &self,
        series: &Series<'_>,
        index: usize,
        scale: f64,
        means: &mut Means,
    ) -> Result<Found, Reason> {
        let value = series.value(index) / scale;
        if !value.is_finite() {
            return Err(if value.is_nan() { Reason::Missing } else { Reason::OutOfRange });
        }
        let before = means.map(|mean| if mean.is_nan() { value } else { mean });
        for (mean, (before, w)) in means.iter_mut().zip(before.iter().zip(self.weights)) {
            *mean = w * value + (1.0 - w) * before;
        }
        let days = self.baseline.values(series, index, LEAST, self.mode)?.map(|(_, value)| value / scale);
        let n = days.clone().count();
        let usual = days.clone().sum::<f64>() / n as f64;
        let squares: f64 = days.map(|value| (value - usual) * (value - usual)).sum();
        let deviation = (squares / (n as f64 - 1.0)).sqrt();
        if !deviation.is_finite() {
            return Err(Reason::OutOfRange);
        }
        let numbers = &self.numbers[n];
        // The reference leaves shares that it divided as they are.
        let unit = if self.mode == Mode::Compat { self.unit } else { scale };
        let mut best: Option<Found> = None;
        let mut bound = f64::INFINITY;
        for which in [0, 1] {
            let [factor, more, least] = numbers.spread[which];
            let error = (deviation * factor + more).max(least);
            let statistic = (means[which] - usual) / error;
            if statistic.abs() > numbers.clip {
                means[which] = usual + numbers.clip.copysign(statistic) * error;
            }
            let w = self.weights[which];
            bound = bound.min((usual + numbers.red * error - (1.0 - w) * before[which]) / w);
            let p = tail(statistic, n as f64 - 1.0, self.mode);
            if best.is_none_or(|best| p <= best.p) {
                best = Some(Found { expected: usual * unit, bound: 0.0, statistic, p });
            }
        }
        best.map(|best| Found { bound: bound * scale, ..best }).ok_or(Reason::Undefined)
    }

    /// Goes through the series, from its first value where nothing is remembered. The memory holds the means, and
    /// whether there was a count, of 1 or more, among what may no longer be held.
    pub(super) fn run(
        &self,
        series: &Series<'_>,
        range: Range<usize>,
        memory: &mut Memory,
        mut each: impl FnMut(usize, Result<Found, Reason>),
    ) -> Result<(), Refusal> {
        let (mut means, before, from) = match memory.0[..] {
            [slow, quick, counts] => ([slow, quick], counts > 0.0, range.start),
            _ if series.first > 0 => {
                return Err(Refusal::Needs(
                    "the weighted means begin with the series; hold it from its beginning, or their memory",
                ));
            }
            _ => ([NONE; 2], false, 0),
        };
        means = means.map(|mean| if mean == NONE { f64::NAN } else { mean });
        let counts = before || series.values[..range.end - series.first].iter().any(|&value| value >= 1.0);
        let scale = self.scale(series, range.end, counts);
        for index in from..range.end {
            let found = self.step(series, index, scale, &mut means);
            if index >= range.start {
                each(index, found);
            }
        }
        let [slow, quick] = means.map(|mean| if mean.is_nan() { NONE } else { mean });
        memory.0 = vec![slow, quick, f64::from(u8::from(counts))];
        Ok(())
    }
}

/// A mean as it is told.
fn or_na(mean: f64) -> f64 {
    if mean == NONE { NA } else { mean }
}

impl Judge for Ewma {
    fn looks_back_to(&self, index: usize, _: u32) -> usize {
        index.saturating_sub(self.baseline.b + self.baseline.g)
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
        let mut columns = Columns::new(&range);
        self.run(series, range, memory, |index, found| {
            columns.push(series.value(index), found, |word| word)
        })?;
        Ok(columns.finish())
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let mut memory = Memory::default();
        let outcome = self.judge(series, index..index + 1, &mut memory)?;
        let because = match outcome.judgements[0] {
            Judgement::CannotJudge(reason) => reason.to_string(),
            _ => format!(
                "of the two means the one with the smaller p value counts; weights {:?}",
                self.weights
            ),
        };
        Ok(Explanation {
            method: METHOD.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.baseline.range(series, index)),
            numbers: vec![
                ("baseline_expected", outcome.expected[0]),
                ("upperbound", outcome.upperbound[0]),
                ("test_statistic", outcome.score[0]),
                ("p.value", outcome.numbers("p.value").map_or(f64::NAN, |p| p[0])),
                ("slow mean", or_na(memory.0[0])),
                ("quick mean", or_na(memory.0[1])),
            ],
            because: vec![because],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_where_red_begins() {
        let mut values: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 5 + i % 3)).collect();
        let judge = METHOD.parse("{}").unwrap();
        let outcome =
            |values: &[f64]| judge.judge(&Series::new(values, 365), 39..40, &mut Memory::default()).unwrap();
        let bound = outcome(&values).upperbound[0];
        for (over, wanted) in [(1e-6, Judgement::Alarm), (-1e-6, Judgement::NoAlarm)] {
            values[39] = bound + over;
            assert_eq!(outcome(&values).judgements, [wanted]);
        }
    }

    #[test]
    fn shares_are_put_into_units() {
        let shares: Vec<f64> = (0..20).map(|i| f64::from(i % 4 + 1) / 400.0).collect();
        let counts: Vec<f64> = shares.iter().map(|share| share / 0.00625).collect();
        let score = |json: &str, values: &[f64]| {
            let judge = METHOD.parse(json).unwrap();
            let outcome = judge.judge(&Series::new(values, 365), 19..20, &mut Memory::default()).unwrap();
            outcome.score[0]
        };
        let wanted = score(r#"{"mode": "compat"}"#, &counts);
        assert!((score(r#"{"mode": "compat"}"#, &shares) - wanted).abs() < 1e-12);
        assert!((score(r#"{"unit": 0.00625}"#, &shares) - score("{}", &counts)).abs() < 1e-12);
    }

    #[test]
    fn nothing_but_zeros_is_usual_and_the_first_days_are_grey() {
        for json in ["{}", r#"{"mode": "compat"}"#] {
            let judge = METHOD.parse(json).unwrap();
            let outcome = judge.judge(&Series::new(&[0.0; 30], 365), 0..30, &mut Memory::default()).unwrap();
            assert_eq!(outcome.words("alert").unwrap()[..9], ["grey"; 9]);
            assert!(outcome.judgements[9..].iter().all(|&j| j == Judgement::NoAlarm));
            assert!(outcome.upperbound[9..].iter().all(|&bound| bound > 0.0 && bound < 2.0));
        }
    }
}
