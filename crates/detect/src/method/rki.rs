//! The RKI method: a Poisson limit, or mean and two standard deviations, over the same weeks of earlier years.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::windows::Windows;
use super::{Judge, Memory, Method, Mode, rows, within};
use crate::explain::{Explanation, VERSION};
use crate::judge::{Judgement, Reason};
use crate::outcome::{NA, Outcome, Refusal, over, unjudged};
use crate::param::{self, ParamError};
use crate::series::Series;

/// The method `rki`.
pub(crate) static METHOD: Method = Method {
    name: "rki",
    doc: "\
Compares a count with those of the `w` steps before it (with `actY`) and of the 2w+1 steps around the same step of \
each of the `b` years before. The bound is the upper limit of the 95 % interval of Crow and Gardner (Biometrika 46, \
1959) for a Poisson count where their mean is at most 20, else mean and two standard deviations; a count over it is \
an alarm. `score` is count / bound.

| parameter | meaning |
|---|---|
| `b` | years to look back, 0 to 20; default 2 |
| `w` | half the window, 0 to 366; default 4 |
| `actY` | whether the steps just before count too; default false |
| `mode` | `default` or `compat`: in `compat` one missing value among those compared with leaves the point unjudged, and windows as wide as a year reach the point and what comes after it; by default the others are used while at least half are there |

RKI 1 is w 6, b 0, actY; RKI 2 is w 6, b 1, actY; RKI 3 is w 4, b 2: the methods `rki1`, `rki2` and `rki3`.",
    example: r#"{"b": 2, "w": 4, "actY": false}"#,
    read: |json| {
        let Given { b, w, act_y, mode } = param::read(json)?;
        Rki::checked("rki", Windows { b, w, act_y, mode }, mode)
    },
};

/// The method `rki1`.
pub(crate) static RKI1: Method = Method {
    name: "rki1",
    doc: "The method `rki` with `w` 6, `b` 0 and `actY`: the six steps just before.

| parameter | meaning |
|---|---|
| `mode` | `default` or `compat`, as for `rki` |",
    example: r#"{"mode": "default"}"#,
    read: |json| Rki::fixed("rki1", (0, 6, true), json),
};

/// The method `rki2`.
pub(crate) static RKI2: Method = Method {
    name: "rki2",
    doc: "The method `rki` with `w` 6, `b` 1 and `actY`: the six steps just before, and thirteen of the year before.

| parameter | meaning |
|---|---|
| `mode` | `default` or `compat`, as for `rki` |",
    example: r#"{"mode": "default"}"#,
    read: |json| Rki::fixed("rki2", (1, 6, true), json),
};

/// The method `rki3`.
pub(crate) static RKI3: Method = Method {
    name: "rki3",
    doc: "The method `rki` with `w` 4, `b` 2 and without `actY`: nine steps of each of the two years before.

| parameter | meaning |
|---|---|
| `mode` | `default` or `compat`, as for `rki` |",
    example: r#"{"mode": "default"}"#,
    read: |json| Rki::fixed("rki3", (2, 4, false), json),
};

/// The parameters, named as in R surveillance.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields, default)]
struct Given {
    b: usize,
    w: usize,
    #[serde(rename = "actY")]
    act_y: bool,
    mode: Mode,
}

impl Default for Given {
    fn default() -> Self {
        Self { b: 2, w: 4, act_y: false, mode: Mode::Default }
    }
}

/// The parameters of a variant with fixed windows.
#[derive(Serialize, Deserialize, Clone, Debug, Default)]
#[serde(deny_unknown_fields, default)]
struct Fixed {
    mode: Mode,
}

/// The upper limits of Crow and Gardner (Biometrika 46, 1959) at 95 % for means from 0 to 20.
const CROW_GARDNER: [f64; 21] = [
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.050, 20.335,
    21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
];

#[derive(Clone, Debug, PartialEq)]
struct Rki {
    name: &'static str,
    windows: Windows,
    mode: Mode,
}

impl Rki {
    fn fixed(
        name: &'static str,
        (b, w, act_y): (usize, usize, bool),
        json: &str,
    ) -> Result<Box<dyn Judge>, ParamError> {
        let Fixed { mode } = param::read(json)?;
        Self::checked(name, Windows { b, w, act_y, mode }, mode)
    }

    fn checked(name: &'static str, windows: Windows, mode: Mode) -> Result<Box<dyn Judge>, ParamError> {
        windows.check()?;
        Ok(Box::new(Self { name, windows, mode }))
    }

    /// Mean and bound of what is looked back on from a point.
    #[inline]
    fn bound(&self, series: &Series<'_>, index: usize) -> Result<(f64, f64), Reason> {
        let held = self.windows.held(series, index);
        if self.mode == Mode::Compat && held.missing > 0 {
            return Err(held.short());
        }
        let mean = held.mean_of_half()?;
        if mean <= 20.0 {
            // A series of measurements may have a mean below zero.
            return Ok((mean, CROW_GARDNER[mean.max(0.0) as usize]));
        }
        let mut squares = 0.0;
        for stretch in self.windows.stretches(series, index) {
            let square = |value: &f64| (value - mean) * (value - mean);
            squares += if held.missing == 0 {
                stretch.iter().map(square).sum::<f64>()
            } else {
                stretch.iter().filter(|value| value.is_finite()).map(square).sum()
            };
        }
        let bound = mean + 2.0 * (squares / (held.n as f64 - 1.0)).sqrt();
        if bound.is_finite() { Ok((mean, bound)) } else { Err(Reason::Undefined) }
    }
}

impl Judge for Rki {
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
        for index in range {
            match self.bound(series, index) {
                Ok((mean, bound)) => {
                    let value = series.value(index);
                    outcome.push(mean, bound, value / bound, over(value, bound, Reason::Undefined));
                }
                Err(reason) => outcome.push(NA, NA, NA, unjudged(series.value(index), reason)),
            }
        }
        Ok(outcome)
    }

    fn explain(&self, series: &Series<'_>, _: usize, index: usize) -> Result<Explanation, Refusal> {
        let outcome = self.judge(series, index..index + 1, &mut Memory::default())?;
        let (mean, bound) = (outcome.expected[0], outcome.upperbound[0]);
        let because = match outcome.judgements[0] {
            Judgement::CannotJudge(reason) => reason.to_string(),
            _ if mean <= 20.0 => {
                "the mean is at most 20, so the bound is the limit of Crow and Gardner for it".to_owned()
            }
            _ => "the mean is over 20, so the bound is mean and two standard deviations".to_owned(),
        };
        Ok(Explanation {
            method: self.name,
            mode: self.mode,
            version: VERSION,
            index,
            baseline: rows(series, self.windows.indexes(series, index)),
            numbers: vec![("expected", mean), ("upperbound", bound), ("score", outcome.score[0])],
            because: vec![because],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(json: &str, values: &[f64]) -> Outcome {
        let judge = METHOD.parse(json).unwrap();
        judge
            .judge(
                &Series::new(values, 4),
                judge.first_judged(&Series::new(values, 4))..values.len(),
                &mut Memory::default(),
            )
            .unwrap()
    }

    #[test]
    fn small_means_have_a_poisson_limit_and_large_ones_two_deviations() {
        let small = judge(r#"{"b": 0, "w": 3, "actY": true}"#, &[1.0, 2.0, 3.0, 7.0]);
        assert_eq!((small.expected[0], small.upperbound[0]), (2.0, 6.686));
        assert_eq!(small.judgements, [Judgement::Alarm]);
        let large = judge(r#"{"b": 0, "w": 3, "actY": true}"#, &[100.0, 110.0, 120.0, 130.0]);
        assert_eq!((large.expected[0], large.upperbound[0]), (110.0, 130.0));
        assert_eq!(large.judgements, [Judgement::NoAlarm]);
    }

    #[test]
    fn a_missing_value_leaves_compat_alone_unjudged() {
        let values = [1.0, f64::NAN, 3.0, 7.0, f64::NAN];
        let compat = judge(r#"{"b": 0, "w": 3, "actY": true, "mode": "compat"}"#, &values);
        let window = Judgement::CannotJudge(Reason::MissingInWindow { missing: 1 });
        let value = Judgement::CannotJudge(Reason::Missing);
        assert_eq!(compat.judgements, [window, value]);
        let default = judge(r#"{"b": 0, "w": 3, "actY": true}"#, &values);
        assert_eq!(default.upperbound, [6.686, 11.177]);
        assert_eq!(default.judgements, [Judgement::Alarm, value]);
    }

    #[test]
    fn variants_take_no_windows_and_a_window_of_nothing_is_refused() {
        assert!(RKI1.parse(r#"{"w": 3}"#).is_err());
        assert!(METHOD.parse(r#"{"b": 0}"#).is_err());
        assert!(METHOD.parse(r#"{"b": 0, "w": 0, "actY": true}"#).is_err());
    }
}
